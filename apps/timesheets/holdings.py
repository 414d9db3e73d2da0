"""Hours of a technician that nobody put a name to yet: what is not submitted is not paid."""

from django.db.models import DateTimeField, QuerySet
from django.db.models.functions import Cast
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from apps.core import formats
from apps.core.holdings import Choice, Kind, Leaving, Line, register
from apps.timesheets.actions import week_submit_for
from apps.timesheets.models import Week


@register
class UnsubmittedWeeks(Kind):
    name = "timesheets.weeks"
    subject = "technicians.technician"
    holder = "technician"
    label = _("Weeks of hours that are not submitted")
    stays = _("They are not paid as long as nobody submits them.")
    order = 40
    since = "waits"
    ways = {"submit": _("Submit the hours as they stand")}
    ability = "approve_hours"

    def rows(self) -> QuerySet:
        rows = Week.objects.unsubmitted().annotate(waits=Cast("monday", DateTimeField()))
        return rows.select_related("technician__user").order_by("monday")

    def line(self, row: Week) -> Line:
        url = reverse("timesheets:week_detail", args=[row.pk])
        return Line(formats.day(row.monday), str(row.get_status_display()), url)

    def hand_over(self, row: Week, choice: Choice, leaving: Leaving) -> None:
        week_submit_for(week=row, by=leaving.by, reason=leaving.reason)
