"""The office's pages of the field; not under /phone/, where Postgres grants only what a technician may."""

from django.urls import path

from apps.field.views import office

app_name = "field"
urlpatterns = [
    path("events/", office.event_list, name="event_list"),
    path("events/of/<int:pk>/", office.event_of_visit, name="event_of_visit"),
    path("events/<uuid:pk>/", office.event_detail, name="event_detail"),
    path("events/<uuid:pk>/apply-after-all/", office.event_apply_after_all, name="event_apply_after_all"),
    path("events/<uuid:pk>/set-aside/", office.event_set_aside, name="event_set_aside"),
    path("events/<uuid:pk>/file/", office.event_file, name="event_file"),
    path("phones/", office.phone_settings, name="phone_settings"),
    path("phones/of/<int:pk>/lost/", office.holdings_give_up, name="holdings_give_up"),
    path("work-orders/<int:pk>/enough/", office.work_order_enough, name="work_order_enough"),
    path("deviations/<int:pk>/follow-up/", office.deviation_follow_up, name="deviation_follow_up"),
]
