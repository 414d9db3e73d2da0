"""The contracts that hang on a customer, a type of work, a form or a VAT code."""

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from apps.core import clock, merging
from apps.core.holdings import Choice, Kind, Leaving, Line, register
from apps.maintenance.actions import contract_end
from apps.maintenance.models import Contract


class _Contracts(Kind):
    label = _("Maintenance contracts")
    order = 12

    def rows(self) -> QuerySet:
        return Contract.objects.exclude(ends_on__lt=clock.today()).select_related("customer").order_by("pk")

    def line(self, row: Contract) -> Line:
        url = reverse("maintenance:contract_detail", args=[row.pk])
        return Line(str(row), str(row.customer), url)


@register
class ContractsOfCustomer(_Contracts):
    name = "maintenance.customer"
    subject = "customers.customer"
    holder = "customer"
    since = "created_at"
    stays = _("They stay, and nobody is sent: no visits are made while the customer is out of use.")
    ways = {"end": _("End them; what is planned is still done")}
    ability = "manage_work_orders"

    def hand_over(self, row: Contract, choice: Choice, leaving: Leaving) -> None:
        reason = leaving.reason.strip() or str(_("The customer is no longer active."))
        contract_end(contract=row, by=leaving.by, ends_on=clock.today(), reason=reason, off_plan=False)


@register
class ContractsOfType(_Contracts):
    name = "maintenance.type"
    subject = "intake.requesttype"
    holder = "type"
    stays = _("They keep this type.")


@register
class ContractsWithForm(_Contracts):
    name = "maintenance.form"
    subject = "workorders.jobform"
    holder = "job_form"
    stays = _("They keep this form, and technicians fill it in.")


@register
class ContractsWithVat(_Contracts):
    name = "maintenance.vat"
    subject = "pricing.vatcode"
    holder = "prices__vat_code"
    stays = _("They keep this rate.")


CUSTOMER = "customers.customer"
merging.register(
    merging.Part(
        CUSTOMER, "maintenance.contract", "customer", _("Maintenance contracts"), 36, ties=("sites__site__customer",)
    ),
    merging.Part(CUSTOMER, "maintenance.contractsite", "contract__customer", _("Sites of contracts"), 37),
)  # fmt: skip
