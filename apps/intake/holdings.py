"""What technicians hold of requests, and what customers and types of work have open."""

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from apps.core import merging
from apps.core.holdings import Choice, Kind, Leaving, Line, register
from apps.intake.actions import request_change
from apps.intake.models import MaterialEstimate, Request


def request_line(row: Request) -> Line:
    url = reverse("intake:request_detail", args=[row.pk])
    return Line(f"{row} {row.customer}", str(row.get_status_display()), url)


class _OpenRequests(Kind):
    since = "created_at"

    def rows(self) -> QuerySet:
        return Request.objects.open().select_related("customer").order_by("created_at")

    def line(self, row: Request) -> Line:
        return request_line(row)


@register
class ChosenRequests(_OpenRequests):
    name = "intake.requests"
    subject = "technicians.technician"
    holder = "technician"
    label = _("Requests for which they were chosen")
    stays = _("They stay on the list of requests, for a technician who does not come.")
    order = 40
    ways = {"nobody": _("Choose somebody when it is planned")}
    to_colleague = True
    ability = "handle_requests"

    def rows(self) -> QuerySet:
        """Not yet on the plan: a planned one goes with its visit. Once the report is in, nobody is waited for."""
        return super().rows().filter(status__in=["new", "accepted", "missed"])

    def hand_over(self, row: Request, choice: Choice, leaving: Leaving) -> None:
        request_change(request=row, technician=choice.to.technician if choice.to else None, by=leaving.by)


@register
class RequestsOfCustomer(_OpenRequests):
    name = "intake.customer"
    subject = "customers.customer"
    holder = "customer"
    label = _("Open requests")
    stays = _("They stay on the list of requests and go on as they would.")
    order = 10


@register
class RequestsOfType(_OpenRequests):
    name = "intake.type"
    subject = "intake.requesttype"
    holder = "type"
    label = _("Open requests")
    stays = _("They keep this type.")
    order = 10


@register
class Estimates(Kind):
    name = "intake.estimates"
    subject = "materials.material"
    holder = "material"
    label = _("Estimates in open intake reports")
    stays = _("They stay in the report; a quote or a work order made of it keeps the material.")
    order = 20

    def rows(self) -> QuerySet:
        rows = MaterialEstimate.objects.filter(report__request__in=Request.objects.open())
        return rows.select_related("report__request__customer").order_by("report__request__created_at")

    def line(self, row: MaterialEstimate) -> Line:
        return request_line(row.report.request)


merging.register(
    merging.Part(
        "customers.customer", "intake.request", "customer", _("Requests"), 20,
        ties=("site__customer", "contact__customer"),
    ),
    merging.Part("customers.customer", "intake.requestphoto", "request__customer", _("Photos with requests"), 22),
)  # fmt: skip
