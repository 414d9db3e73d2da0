from django.urls import URLPattern, URLResolver, path

from apps.intake.views import phone, photos

app_name = "phone-intake"
urlpatterns: list[URLPattern | URLResolver] = [
    path("<int:pk>/", phone.report, name="report"),
    path("<int:pk>/save/", phone.report_save, name="report_save"),
    path("<int:pk>/photos/add/", phone.photo_add, name="photo_add"),
    path("<int:pk>/photos/<int:photo>/", photos.phone_report_photo, name="report_photo"),
    path("<int:pk>/photos/<int:photo>/remove/", phone.photo_remove, name="photo_remove"),
    path("<int:pk>/request-photos/<int:photo>/", photos.phone_request_photo, name="request_photo"),
    path("<int:pk>/materials/", phone.materials, name="materials"),
    path("<int:pk>/materials/<int:material>/", phone.estimate_set, name="estimate_set"),
    path("<int:pk>/materials/<int:material>/remove/", phone.estimate_remove, name="estimate_remove"),
    path("<int:pk>/no-access/", phone.request_miss, name="request_miss"),
]
