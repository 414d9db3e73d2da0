"""When each device was serviced, and when it is next."""

from typing import Any

from django.db.models import Case, DateField, Exists, F, Func, Max, OuterRef, Q, QuerySet, Subquery, When
from django.db.models.functions import Cast, Coalesce, Greatest, TruncDate

from apps.core import clock
from apps.customers.models import Equipment
from apps.field.models import Visit
from apps.maintenance.models import ContractDevice, ContractVisit


class Months(Func):
    """So many months, to add to a day."""

    function = "make_interval"
    template = "%(function)s(months => %(expressions)s)"


def equipment_rows(user: Any) -> QuerySet:
    """Devices with `last_service`, `under_contract`, `next_from` and `late_after`: from when the next service is to be made,
    and since when it is late.

    A visit that a contract owes says so; a contract that owes none yet makes it in time. Without one, what is advised for
    the device counts from its last service, or from when it was installed.
    """
    owed = ContractVisit.objects.owed().exclude(work_order__status="cancelled")
    owed = owed.filter(work_order__serviced=OuterRef("pk")).order_by("window_from")
    advised = Cast(
        Coalesce(F("last_service"), F("installed_on")) + Months(F("service_months")), output_field=DateField()
    )
    rows = Equipment.objects.for_user(user).select_related("site__customer")
    return rows.annotate(
        last_service=Greatest(_last("work_order__equipment"), _last("work_order__serviced")),
        under_contract=Exists(_agreed()),
        owed_from=Subquery(owed.values("window_from")[:1]),
        owed_until=Subquery(owed.values("window_until")[:1]),
        by_advice=Case(When(under_contract=False, then=advised), output_field=DateField()),
        next_from=Coalesce(F("owed_from"), F("by_advice")),
        late_after=Coalesce(F("owed_until"), F("by_advice")),
    )


def _last(device: str) -> Subquery:
    """The day of the last visit that counts as a service."""
    counts = Q(work_order__type__services=True) | Q(work_order__in=ContractVisit.objects.values("work_order"))
    visits = Visit.objects.filter(
        counts, status="finished", goes_on=False, **{device: OuterRef("pk")}
    ).order_by()
    day = TruncDate(Max("finished_at"))
    return Subquery(visits.values(device).annotate(day=day).values("day"), output_field=DateField())


def _agreed() -> QuerySet:
    """What the running contracts have of one device."""
    contract = "place__contract"
    running = Q(**{f"{contract}__ends_on": None}) | Q(**{f"{contract}__ends_on__gte": clock.today()})
    rows = ContractDevice.objects.filter(running, equipment=OuterRef("pk"), place__left_on=None)
    return rows.filter(**{f"{contract}__customer__active": True})
