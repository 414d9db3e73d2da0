from django.urls import path

from apps.finance import views

app_name = "finance"
urlpatterns = [
    path("", views.finance, name="overview"),
    path("per/<slug:kind>/", views.sum_list, name="sum_list"),
    path("records/<slug:what>/", views.record_list, name="record_list"),
    path("unpaid/", views.unpaid_list, name="unpaid_list"),
    path("report/", views.report, name="report"),
    path("available/", views.available_list, name="available_list"),
]
