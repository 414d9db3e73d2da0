"""A job that was done: with a crew, evidence, prices and, if wanted, an accepted quote."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal as D
from typing import Any

import pytest
from psycopg.types.range import TimestamptzRange

from apps.company.models import Company
from apps.core import clock
from apps.customers.models import Customer, Site
from apps.documents.models import StoredFile
from apps.field.models import Deviation, ExtraWork, MaterialUsage, SignOff, TimeEntry, Visit, VisitPhoto
from apps.intake.models import RequestType
from apps.materials.models import Category, Material
from apps.planning.models import Assignment
from apps.pricing.models import MaterialPrice, PricingPolicy, Rate, TechnicianRate, VatCode
from apps.quotes.models import Acceptance, Quote, QuoteLine, QuoteVersion
from apps.workorders.models import WorkOrder
from tests.conftest import Cast

MORNING = datetime(2026, 11, 16, 8, 0, tzinfo=UTC)  # a Monday, 09:00 in Amsterdam
LONG_AGO = date(2020, 1, 1)


class Shop:
    """Prices, a customer, and jobs as a technician leaves them."""

    def __init__(self, cast: Cast) -> None:
        self.cast, self.taken, self.weeks = cast, 0, 0
        self.tim = cast.tim.technician
        Company.objects.create(
            pk=1, name="Van Dam", email="info@vandam.example", street="Kade", house_number="1",
            postal_code="1011 AA", city="Amsterdam", vat_number="NL001234567B01", iban="NL91ABNA0417164300",
        )  # fmt: skip
        self.high = VatCode.objects.create(code="H", name="21 %", rate=21, is_default=True)
        self.low = VatCode.objects.create(code="L", name="9 %", rate=9)
        for kind, price in (("normal", 60), ("evening", 90), ("weekend", 110), ("travel", 50)):
            Rate.objects.create(kind=kind, price=price, vat_code=self.high, valid_from=LONG_AGO)
        TechnicianRate.objects.create(technician=self.tim, cost=35, valid_from=LONG_AGO)
        PricingPolicy.objects.create(pk=1, round_minutes=15)
        self.type = RequestType.objects.create(name="Leak", name_nl="Lekkage")
        self.customer = Customer.objects.create(
            name="Familie Peters", email="peters@example.nl", language="en", street="Dorpsstraat",
            house_number="1", postal_code="5038 AA", city="Tilburg",
        )  # fmt: skip
        self.site = Site.objects.create(
            customer=self.customer, street="Dorpsstraat", house_number="1", postal_code="5038 AA", city="Tilburg"
        )  # fmt: skip
        category = Category.objects.create(name="Pipes")
        self.pipe = Material.objects.create(code="P1", name="Pipe 15 mm", category=category, unit="MTR")
        self.valve = Material.objects.create(code="V1", name="Valve", category=category)
        self.nameless = Material.objects.create(code="X1", name="Odd thing", category=category)
        MaterialPrice.objects.create(
            material=self.pipe, cost=3, price=D("7.50"), vat_code=self.high, valid_from=LONG_AGO
        )
        MaterialPrice.objects.create(
            material=self.valve, cost=12, price=25, vat_code=self.high, valid_from=LONG_AGO
        )

    def number(self, prefix: str) -> str:
        self.taken += 1
        return f"{prefix}26-{self.taken:04}"

    def order(self, basis: str = "actuals", sold: Any = 0, status: str = "ready_for_review") -> WorkOrder:
        return WorkOrder.objects.create(
            number=self.number("W"), customer=self.customer, site=self.site,
            type=self.type, title="Leak under the sink", billing_basis=basis, sold_hours=sold, status=status,
            created_at=clock.now(), search_text="leak peters",
        )  # fmt: skip

    def visit(self, order: WorkOrder, *, start: datetime | None = None, hours: int = 8) -> Visit:
        self.weeks += 1
        start = start or MORNING + timedelta(weeks=self.weeks - 1)  # each visit on a Monday of its own
        period = TimestamptzRange(start, start + timedelta(hours=hours))
        assignment = Assignment.objects.create(technician=self.tim, work_order=order, period=period)
        return Visit.objects.create(
            assignment=assignment, technician=self.tim, work_order=order, status="finished",
            finished_at=start + timedelta(hours=hours), work_done="Replaced the trap",
        )  # fmt: skip

    def time(
        self, visit: Visit, minutes: int, kind: str = "work", start: datetime | None = None
    ) -> TimeEntry:
        last = visit.time_entries.order_by("-ended_at").first()
        start = start or (last.ended_at if last else visit.assignment.period.lower)
        return TimeEntry.objects.create(
            visit=visit, kind=kind, started_at=start, ended_at=start + timedelta(minutes=minutes)
        )

    def material(self, visit: Visit, material: Material, quantity: Any) -> MaterialUsage:
        return MaterialUsage.objects.create(
            visit=visit, material=material, quantity=quantity, at=visit.assignment.period.lower
        )

    def extra(self, visit: Visit, hours: Any = 1) -> ExtraWork:
        return ExtraWork.objects.create(visit=visit, description="Second tap replaced", hours=hours)

    def deviation(self, visit: Visit) -> Deviation:
        return Deviation.objects.create(visit=visit, text="Rotten floor board")

    def photo(self, visit: Visit, kind: str) -> VisitPhoto:
        return VisitPhoto.objects.create(visit=visit, kind=kind, file=self.file())

    def file(self) -> StoredFile:
        return StoredFile.objects.create(
            sha256="0" * 64, size=3, content_type="image/jpeg", name="a.jpg", path="a.jpg"
        )

    def signed(self, visit: Visit) -> SignOff:
        sign_off = SignOff.objects.create(visit=visit, reason="Nobody at home", shown={}, shown_hash="0")
        Visit.objects.filter(pk=visit.pk).update(sign_off=sign_off)
        return sign_off

    def quote(
        self,
        order: WorkOrder,
        *lines: dict[str, Any],
        chosen: tuple[int, ...] = (),
        until: date = date(2026, 12, 31),
    ) -> Quote:
        """An accepted quote for the order; `chosen` are positions of optional lines that were ticked."""
        quote = Quote.objects.create(
            number=self.number("Q"), customer=self.customer, site=self.site,
            type=self.type, work_order=order, status="accepted",
        )  # fmt: skip
        version = QuoteVersion.objects.create(
            quote=quote, number=1, title="Quote", valid_until=until, language="en"
        )
        made = [
            QuoteLine.objects.create(
                **{
                    "version": version, "position": number, "kind": "labour", "description": f"Line {number}",
                    "quantity": 1, "unit_price": 100, "vat_code": self.high, "vat_category": "S", "vat_rate": 21,
                } | line
            )
            for number, line in enumerate(lines)
        ]  # fmt: skip
        QuoteVersion.objects.filter(pk=version.pk).update(
            content={}, content_hash="0" * 64, net=100, vat=21, total=121, frozen_at=clock.now()
        )
        Quote.objects.filter(pk=quote.pk).update(current=version)
        Acceptance.objects.create(
            version=version, name="P. Peters", options=[made[at].pk for at in chosen],
            shown={"content_hash": "0" * 64},
            shown_hash="0", net=100, vat=21, total=121,
        )  # fmt: skip
        return quote

    def done(self, basis: str = "actuals", sold: Any = 0, minutes: int = 120) -> WorkOrder:
        """A plain job, done: one visit with one stretch of work, photos and a reason for no signature."""
        order = self.order(basis, sold)
        visit = self.visit(order)
        self.time(visit, minutes)
        self.photo(visit, "before")
        self.photo(visit, "after")
        self.signed(visit)
        return order


@pytest.fixture
def shop(cast: Cast) -> Shop:
    return Shop(cast)
