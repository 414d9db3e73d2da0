"""The jobs that hang on a customer, a type of work, a form or a material."""

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from apps.core import merging
from apps.core.holdings import Kind, Line, register
from apps.workorders.models import JobForm, ToBring, WorkOrder
from apps.workorders.states import DONE


def _order_line(order: WorkOrder) -> Line:
    url = reverse("workorders:work_order_detail", args=[order.pk])
    return Line(f"{order} {order.customer}", str(order.get_status_display()), url)


class _OpenOrders(Kind):
    label = _("Open work orders")
    order = 15

    def rows(self) -> QuerySet:
        """Until they are closed: what is done and not paid is open as well."""
        return WorkOrder.objects.open().select_related("customer").order_by("created_at")

    def line(self, row: WorkOrder) -> Line:
        return _order_line(row)


@register
class OrdersOfCustomer(_OpenOrders):
    name = "workorders.customer"
    subject = "customers.customer"
    holder = "customer"
    stays = _("They stay on every list, and are planned, reviewed and invoiced as they would be.")
    order = 30


@register
class OrdersOfType(_OpenOrders):
    name = "workorders.type"
    subject = "intake.requesttype"
    holder = "type"
    stays = _("They keep this type.")


@register
class OrdersWithForm(_OpenOrders):
    name = "workorders.form"
    subject = "workorders.jobform"
    holder = "job_form_version__form"
    stays = _("They keep this form, and technicians fill it in.")

    def rows(self) -> QuerySet:
        return super().rows().exclude(status__in=DONE)


@register
class FormsOfType(Kind):
    name = "workorders.type_form"
    subject = "intake.requesttype"
    holder = "request_type"
    label = _("Job forms")
    stays = _("They stay the form of this type.")
    order = 40

    def rows(self) -> QuerySet:
        return JobForm.objects.active().order_by("name__by_name")

    def line(self, row: JobForm) -> Line:
        return Line(str(row), url=reverse("workorders:job_form_detail", args=[row.pk]))


@register
class MaterialToBring(Kind):
    name = "workorders.material"
    subject = "materials.material"
    holder = "material"
    label = _("To bring to open jobs")
    stays = _("It stays on the list to bring, and the technician can record it there.")
    order = 25

    def rows(self) -> QuerySet:
        rows = ToBring.objects.exclude(work_order__status__in=DONE)
        return rows.select_related("work_order__customer").order_by("work_order__created_at")

    def line(self, row: ToBring) -> Line:
        return _order_line(row.work_order)


merging.register(
    merging.Part(
        "customers.customer", "workorders.workorder", "customer", _("Work orders"), 40,
        ties=("site__customer", "contact__customer", "request__customer", "equipment__site__customer"),
    ),
    merging.Part("customers.customer", "workorders.workorderfile", "work_order__customer", _("Files of work orders"), 42),
)  # fmt: skip
