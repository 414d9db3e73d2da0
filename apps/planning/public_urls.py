from django.urls import path

from apps.planning.views import appointments

app_name = "appointment"
urlpatterns = [
    path("<str:token>/", appointments.show, name="show"),
    path("<str:token>/confirm/", appointments.appointment_confirm, name="appointment_confirm"),
    path("<str:token>/move/", appointments.appointment_ask_move, name="appointment_ask_move"),
    path("<str:token>/off/", appointments.appointment_ask_off, name="appointment_ask_off"),
    path("<str:token>/appointment.ics", appointments.appointment_calendar, name="appointment_calendar"),
]
