from django.urls import path

from apps.invoicing.views import pay

app_name = "pay"
urlpatterns = [
    path("<str:token>/", pay.invoice_pay, name="invoice_pay"),
    path("<str:token>/pdf/", pay.invoice_pay_pdf, name="invoice_pay_pdf"),
    path("<str:token>/qr.svg", pay.invoice_pay_qr, name="invoice_pay_qr"),
]
