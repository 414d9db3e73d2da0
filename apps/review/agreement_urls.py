from django.urls import path

from apps.review.views import agreements

app_name = "agreement"
urlpatterns = [
    path("<int:pk>/order/", agreements.agreement_order, name="agreement_order"),
    path("<int:pk>/cancel/", agreements.agreement_cancel, name="agreement_cancel"),
]
