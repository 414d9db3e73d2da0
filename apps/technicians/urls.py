from django.urls import URLPattern, URLResolver, path

from apps.technicians import views

app_name = "technicians"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.technician_list, name="technician_list"),
    path("create/", views.technician_create, name="technician_create"),
    path("<int:pk>/", views.technician_detail, name="technician_detail"),
    path("<int:pk>/change/", views.technician_change, name="technician_change"),
    path("<int:pk>/hours/", views.hours_set, name="hours_set"),
    path("hours/<int:pk>/remove/", views.hours_remove, name="hours_remove"),
    path("<int:pk>/deactivate/", views.technician_deactivate, name="technician_deactivate"),
    path("<int:pk>/hand-over/", views.technician_hand_over, name="technician_hand_over"),
    path("<int:pk>/activate/", views.technician_activate, name="technician_activate"),
    path("<int:pk>/calendar/close/", views.calendar_feed_close, name="calendar_feed_close"),
]
