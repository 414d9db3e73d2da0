from django.urls import URLPattern, URLResolver, path

from apps.invoicing.views import drafts, invoices, money, sending

app_name = "invoicing"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", invoices.invoice_list, name="invoice_list"),
    path("ready/", drafts.ready_list, name="ready_list"),
    path("ready/<int:pk>/close/", drafts.work_order_close, name="work_order_close"),
    path("ready/<int:pk>/leave-deposit/", drafts.deposit_leave, name="deposit_leave"),
    path("ready/<int:pk>/credit/", drafts.correction_credit, name="correction_credit"),
    path("draft/", drafts.invoice_draft, name="invoice_draft"),
    path("<int:pk>/", invoices.invoice_detail, name="invoice_detail"),
    path("<int:pk>/pdf/", invoices.invoice_pdf, name="invoice_pdf"),
    path("<int:pk>/ubl/", invoices.invoice_ubl, name="invoice_ubl"),
    path("<int:pk>/change/", drafts.invoice_change, name="invoice_change"),
    path("<int:pk>/lines/add/", drafts.line_add, name="line_add"),
    path("lines/<int:pk>/remove/", drafts.line_remove, name="line_remove"),
    path("<int:pk>/issue/", invoices.invoice_issue, name="invoice_issue"),
    path("<int:pk>/cancel/", invoices.invoice_cancel, name="invoice_cancel"),
    path("<int:pk>/send/", sending.invoice_send, name="invoice_send"),
    path("<int:pk>/resend/", sending.invoice_resend, name="invoice_resend"),
    path("<int:pk>/remind/", sending.reminder_send, name="reminder_send"),
    path("<int:pk>/mark/sent/", invoices.sent_mark, name="sent_mark"),
    path("<int:pk>/mark/delivered/", invoices.delivered_mark, name="delivered_mark"),
    path("<int:pk>/mark/booked/", invoices.booked_mark, name="booked_mark"),
    path("<int:pk>/payment/", money.payment_record, name="payment_record"),
    path("<int:pk>/set-off/", money.payment_set_off, name="payment_set_off"),
    path("payments/<int:pk>/reverse/", money.payment_reverse, name="payment_reverse"),
    path("<int:pk>/credit/", money.invoice_credit, name="invoice_credit"),
]
