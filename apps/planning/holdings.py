"""What technicians hold of the plan besides their own visits."""

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from apps.core.holdings import Choice, Kind, Leaving, Line, register
from apps.planning.actions import job_share, job_unshare
from apps.planning.models import Share
from apps.workorders.states import DONE


@register
class SharedJobs(Kind):
    name = "planning.shares"
    subject = "technicians.technician"
    holder = "user__technician"
    label = _("Jobs shared with them")
    stays = _("The share stays, and gives nobody anything.")
    order = 50
    since = "at"
    ways = {"end": _("End the share")}
    to_colleague = True
    ability = "share_jobs"

    def rows(self) -> QuerySet:
        rows = Share.objects.exclude(work_order__status__in=DONE)
        return rows.select_related("work_order__customer", "user").order_by("at")

    def line(self, row: Share) -> Line:
        order = row.work_order
        url = reverse("workorders:work_order_detail", args=[order.pk])
        return Line(f"{order} {order.customer}", order.title, url)

    def hand_over(self, row: Share, choice: Choice, leaving: Leaving) -> None:
        job_unshare(work_order=row.work_order, user=row.user, by=leaving.by)
        if choice.to:
            job_share(work_order=row.work_order, user=choice.to, by=leaving.by)
