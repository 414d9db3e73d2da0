from django.urls import URLPattern, URLResolver, path

from apps.technicians.views import certificates, technicians

app_name = "technicians"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", technicians.technician_list, name="technician_list"),
    path("create/", technicians.technician_create, name="technician_create"),
    path("<int:pk>/", technicians.technician_detail, name="technician_detail"),
    path("<int:pk>/change/", technicians.technician_change, name="technician_change"),
    path("<int:pk>/hours/", technicians.hours_set, name="hours_set"),
    path("hours/<int:pk>/remove/", technicians.hours_remove, name="hours_remove"),
    path("<int:pk>/deactivate/", technicians.technician_deactivate, name="technician_deactivate"),
    path("<int:pk>/hand-over/", technicians.technician_hand_over, name="technician_hand_over"),
    path("<int:pk>/activate/", technicians.technician_activate, name="technician_activate"),
    path("<int:pk>/certificates/add/", certificates.certificate_add, name="certificate_add"),
    path("certificates/<int:pk>/", certificates.certificate_file, name="certificate_file"),
    path("certificates/<int:pk>/renew/", certificates.certificate_renew, name="certificate_renew"),
    path("certificates/<int:pk>/remove/", certificates.certificate_remove, name="certificate_remove"),
    path("certificate-kinds/", certificates.certificate_kind_list, name="certificate_kind_list"),
    path("certificate-kinds/create/", certificates.certificate_kind_create, name="certificate_kind_create"),
    path(
        "certificate-kinds/<int:pk>/change/",
        certificates.certificate_kind_change,
        name="certificate_kind_change",
    ),
    path("<int:pk>/calendar/close/", technicians.calendar_feed_close, name="calendar_feed_close"),
]
