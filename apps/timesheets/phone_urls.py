from django.urls import path

from apps.timesheets.views import phone

app_name = "my_week"
urlpatterns = [
    path("", phone.week, name="week"),
    path("add/", phone.time_add, name="time_add"),
    path("<int:pk>/remove/", phone.time_remove, name="time_remove"),
    path("submit/", phone.week_submit, name="week_submit"),
]
