from django.urls import URLPattern, URLResolver, path

from apps.intake.views import form_settings, photos, requests, steps

app_name = "intake"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", requests.request_list, name="request_list"),
    path("new/", requests.request_create, name="request_create"),
    path("of-customer/<int:pk>/", requests.customer_requests, name="customer_requests"),
    path("form/", form_settings.form_settings, name="form_settings"),
    path("types/new/", form_settings.request_type_create, name="request_type_create"),
    path("types/<int:pk>/", form_settings.request_type_change, name="request_type_change"),
    path("<int:pk>/", requests.request_detail, name="request_detail"),
    path("<int:pk>/change/", requests.request_change, name="request_change"),
    path("<int:pk>/print/", requests.request_print, name="request_print"),
    path("<int:pk>/accept/", steps.request_accept, name="request_accept"),
    path("<int:pk>/decline/", steps.request_decline, name="request_decline"),
    path("<int:pk>/cancel/", steps.request_cancel, name="request_cancel"),
    path("<int:pk>/close/", steps.request_close, name="request_close"),
    path("<int:pk>/customer/<int:customer>/", steps.request_customer_use, name="request_customer_use"),
    path("<int:pk>/photos/<int:photo>/", photos.request_photo, name="request_photo"),
    path("<int:pk>/report-photos/<int:photo>/", photos.report_photo, name="report_photo"),
]
