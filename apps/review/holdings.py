"""What waits for the judgement of the office, or of a customer, of those who leave."""

from django.db.models import Exists, OuterRef, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from apps.core.holdings import Kind, Line, register
from apps.field.models import MaterialUsage, Visit
from apps.review.models import Billable, ExtraWorkOffer
from apps.workorders.models import WorkOrder


def _order_line(order: WorkOrder) -> Line:
    url = reverse("review:review_detail", args=[order.pk])
    return Line(f"{order} {order.customer}", str(order.get_status_display()), url)


@register
class UnreviewedVisits(Kind):
    name = "review.visits"
    subject = "technicians.technician"
    holder = "technician"
    label = _("Visits that are not reviewed yet")
    stays = _("They stay in review. Nothing can be returned to who left: the office corrects it itself.")
    order = 65

    def rows(self) -> QuerySet:
        rows = Visit.objects.filter(work_order__status__in=["ready_for_review", "in_review"])
        return rows.select_related("work_order__customer").order_by("finished_at")

    def line(self, row: Visit) -> Line:
        return _order_line(row.work_order)


class _Offers(Kind):
    def rows(self) -> QuerySet:
        rows = ExtraWorkOffer.objects.filter(status="sent")
        return rows.select_related("extra_work__visit__work_order__customer").order_by("sent_at")

    def line(self, row: ExtraWorkOffer) -> Line:
        return _order_line(row.extra_work.visit.work_order)


@register
class OffersOfUser(_Offers):
    name = "review.offers"
    subject = "accounts.user"
    holder = "offered_by"
    label = _("Extra work offered, not answered")
    stays = _("The answer is told to everybody who prices extra work.")
    order = 81


@register
class OffersWithVat(_Offers):
    name = "review.vat"
    subject = "pricing.vatcode"
    holder = "vat_code"
    label = _("Extra work offered, not answered")
    stays = _("They keep the rate at which they were offered.")
    order = 40


@register
class UnbilledUsage(Kind):
    name = "review.material"
    subject = "materials.material"
    holder = "material"
    label = _("Used in work that is not billed yet")
    stays = _("It is priced and billed as if the material were in use.")
    order = 40

    def rows(self) -> QuerySet:
        decided = Billable.objects.filter(material_usage=OuterRef("pk"), decided_at__isnull=False)
        rows = MaterialUsage.objects.exclude(Exists(decided))
        rows = rows.exclude(visit__work_order__status__in=["closed", "cancelled"])
        return rows.select_related("visit__work_order__customer").order_by("at")

    def line(self, row: MaterialUsage) -> Line:
        return _order_line(row.visit.work_order)
