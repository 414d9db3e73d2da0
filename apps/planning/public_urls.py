from django.urls import path

from apps.planning.views import appointments, feeds

app_name = "appointment"
urlpatterns = [
    path("<str:token>/", appointments.show, name="show"),
    path("<str:token>/confirm/", appointments.appointment_confirm, name="appointment_confirm"),
    path("<str:token>/move/", appointments.appointment_move_ask, name="appointment_move_ask"),
    path("<str:token>/off/", appointments.appointment_off_ask, name="appointment_off_ask"),
    path("<str:token>/appointment.ics", appointments.appointment_calendar, name="appointment_calendar"),
    path("calendar/<str:token>/visits.ics", feeds.calendar_feed, name="calendar_feed"),
]
