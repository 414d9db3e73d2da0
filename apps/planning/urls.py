from django.urls import URLPattern, URLResolver, path

from apps.planning.views import absences, bookings, changes, illness, jobs, plans, rows, steps, telling

app_name = "planning"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", plans.plan, name="plan"),
    path("week/", plans.week, name="week"),
    path("week/pulse/", plans.week_pulse, name="week_pulse"),
    path("week/view/", rows.week_view_set, name="week_view_set"),
    path("week/rows/<int:pk>/move/", rows.row_move, name="row_move"),
    path("day/", plans.day, name="day"),
    path("ill/<int:pk>/", illness.day_hand_over, name="day_hand_over"),
    path("quick/", bookings.quick_plan, name="quick_plan"),
    path("intake/<int:pk>/", bookings.intake_plan, name="intake_plan"),
    path("visits/new/", bookings.assignment_place, name="assignment_place"),
    path("visits/<int:pk>/", bookings.assignment_detail, name="assignment_detail"),
    path("visits/<int:pk>/move/", bookings.assignment_move, name="assignment_move"),
    path("visits/<int:pk>/cancel/", bookings.assignment_cancel, name="assignment_cancel"),
    path("visits/<int:pk>/tell/", telling.appointment_tell, name="appointment_tell"),
    path("tell/", telling.appointments_tell, name="appointments_tell"),
    path("changes/<int:pk>/", changes.change_request_detail, name="change_request_detail"),
    path("changes/<int:pk>/grant/", changes.change_request_grant, name="change_request_grant"),
    path("changes/<int:pk>/decline/", changes.change_request_decline, name="change_request_decline"),
    path("undo/<int:pk>/", steps.plan_undo, name="plan_undo"),
    path("work-orders/<int:pk>/cancel/", jobs.job_cancel, name="job_cancel"),
    path("work-orders/<int:pk>/hold/", jobs.job_hold, name="job_hold"),
    path("work-orders/<int:pk>/share/", jobs.job_share, name="job_share"),
    path("work-orders/<int:pk>/unshare/", jobs.job_unshare, name="job_unshare"),
    path("absences/", absences.absence_list, name="absence_list"),
    path("absences/new/", absences.absence_add, name="absence_add"),
    path("absences/<int:pk>/remove/", absences.absence_remove, name="absence_remove"),
]
