"""A company with prices and a customer, and jobs as a technician leaves them."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Max

from apps.field.models import MaterialUsage, TimeEntry
from apps.materials.models import Material
from apps.planning.models import Assignment
from apps.quotes.models import Quote
from apps.technicians.models import Technician
from apps.workorders.models import WorkOrder
from tests.builders.company import (
    CompanyFactory,
    MaterialFactory,
    PolicyFactory,
    RateFactory,
    RequestTypeFactory,
    TechnicianRateFactory,
    VatCodeFactory,
)
from tests.builders.customers import CustomerFactory
from tests.builders.jobs import BookingFactory, QuoteFactory, WorkOrderFactory, quote_accepted
from tests.builders.phone import Phone

MORNING = datetime(2026, 11, 16, 8, 0, tzinfo=UTC)  # a Monday, 09:00 in Amsterdam


class Shop:
    """Hours at 60, 90, 110 and 50 (normal, evening, weekend, travel), two priced parts, and one that nobody priced."""

    def __init__(self, cast: Any) -> None:
        self.cast, self.weeks = cast, 0
        self.tim: Technician = cast.tim.technician
        self.company = CompanyFactory()
        self.high = VatCodeFactory(code="H", rate=21, is_default=True)
        self.low = VatCodeFactory(code="L", rate=9)
        for kind, price in (("normal", 60), ("evening", 90), ("weekend", 110), ("travel", 50)):
            RateFactory(kind=kind, price=Decimal(price), vat_code=self.high)
        TechnicianRateFactory(technician=self.tim)
        PolicyFactory()
        self.type = RequestTypeFactory(name="Leak", name_nl="Lekkage")
        self.customer = CustomerFactory()
        self.site = self.customer.sites.get()
        priced = {"vat_code": self.high, "category": "Pipes"}
        self.pipe = MaterialFactory(code="P1", name="Pipe 15 mm", unit="MTR", price="7.50", cost=3, **priced)
        self.valve = MaterialFactory(code="V1", name="Valve", price=25, cost=12, **priced)
        self.nameless = MaterialFactory(code="X1", name="Odd thing", category="Pipes")

    def order(self, basis: str = "actuals", sold: Any = 0, **fields: Any) -> WorkOrder:
        """A job to plan that nobody quoted."""
        return WorkOrderFactory(
            by=self.cast.bram, customer=self.customer, type=self.type, billing_basis=basis,
            sold_hours=Decimal(sold), **fields,
        )  # fmt: skip

    def sold(
        self,
        *lines: Mapping[str, Any],
        basis: str = "fixed_price",
        hours: Any = 0,
        chosen: tuple[int, ...] = (),
    ) -> WorkOrder:
        """A job to plan from an accepted quote of these lines; `chosen` are positions of options that were ticked."""
        quote = self.quote(*lines, texts={"billing_basis": basis, "sold_hours": Decimal(hours)})
        return quote_accepted(quote, chosen=chosen)

    def quote(self, *lines: Mapping[str, Any], **fields: Any) -> Quote:
        """A sent quote of these lines, at 21 % where they do not say otherwise."""
        return QuoteFactory(
            by=self.cast.bram, customer=self.customer, type=self.type,
            lines=[{"vat_code": self.high} | dict(line) for line in lines or ({},)], **fields,
        )  # fmt: skip

    def phone(
        self, order: WorkOrder, *, start: datetime | None = None, later: int = 0, hours: int = 8
    ) -> Phone:
        """Tim's phone at the job, planned on a Monday of its own, so many hours `later` than nine."""
        self.weeks += 1
        start = start or MORNING + timedelta(weeks=self.weeks - 1, hours=later)
        booking = BookingFactory(
            by=self.cast.petra, technician=self.tim, work_order=order, start=start, hours=hours
        )
        return Phone(self.cast.tim, booking)

    def done(
        self, basis: str = "actuals", sold: Any = 0, minutes: int = 120, *,
        quoted: Sequence[Mapping[str, Any]] = (), chosen: tuple[int, ...] = (),
        parts: Sequence[tuple[Material, Any]] = (), extra: Any = None, deviation: str = "", later: int = 0,
    ) -> WorkOrder:  # fmt: skip
        """A job, handed in: one visit of one stretch of work, photos, and the customer's signature.

        `quoted` are the lines of an accepted quote, `parts` what was used, `extra` hours of extra work.
        """
        order = (
            self.sold(*quoted, basis=basis, hours=sold, chosen=chosen) if quoted else self.order(basis, sold)
        )
        phone = self.phone(order, later=later).work(minutes)
        for material, quantity in parts:
            phone.use(material, quantity)
        if extra is not None:
            phone.extra(extra)
        if deviation:
            phone.deviate(deviation)
        phone.finish(signed="Mrs Peters")
        order.refresh_from_db()
        return order

    # -- what the office let count after the visit was handed in ------------------------

    def late_time(self, order: WorkOrder, minutes: int) -> TimeEntry:
        phone = self.phone_of(order)
        last = phone.visit.time_entries.aggregate(last=Max("ended_at"))["last"]
        phone.late("resume", by=self.cast.bram, occurred_at=last)
        phone.late("stop", by=self.cast.bram, occurred_at=last + timedelta(minutes=minutes))
        return phone.visit.time_entries.latest("started_at")

    def late_part(self, order: WorkOrder, material: Material, quantity: Any) -> MaterialUsage:
        phone = self.phone_of(order)
        phone.late("material", by=self.cast.bram, material=material.pk, quantity=str(quantity))
        return phone.visit.materials.latest("pk")

    def phone_of(self, order: WorkOrder) -> Phone:
        """The phone that was at the job."""
        return Phone(self.cast.tim, Assignment.objects.filter(work_order=order).latest("pk"))
