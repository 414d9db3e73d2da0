"""A small company with a plan: everybody works Monday to Friday, 08:00–16:30, with half an hour's break."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from django.utils import timezone

from apps.company.models import OpeningHours
from apps.core import clock, numbering
from apps.customers.models import Customer, Site
from apps.intake.models import Request, RequestType
from apps.technicians.models import WorkingPattern
from apps.workorders.actions import work_order_create
from tests.conftest import Cast

MONDAY = date(2026, 11, 16)
NOW = datetime(2026, 11, 13, 9, 0, tzinfo=timezone.get_default_timezone())


def at(hour: int, minute: int = 0, *, day: int = 0) -> datetime:
    """That time of day in the week under test; day 0 is its Monday."""
    moment = datetime.combine(MONDAY + timedelta(days=day), time(hour, minute))
    return timezone.make_aware(moment, timezone.get_default_timezone())


@pytest.fixture
def friday_before():
    with clock.at(NOW):
        yield


@pytest.fixture
def world(cast: Cast, friday_before: None) -> "World":
    return World(cast)


class World:
    """What planning tests start from."""

    def __init__(self, cast: Cast) -> None:
        self.cast = cast
        self.tim, self.tessa, self.zeno = (u.technician for u in (cast.tim, cast.tessa, cast.zeno))
        self.type = RequestType.objects.create(name="Leak", name_nl="Lekkage", minutes=60)
        self.customer = Customer.objects.create(
            name="Familie Peters", email="peters@example.nl", language="nl",
            street="Dorpsstraat", house_number="1", postal_code="5038 AA", city="Tilburg",
        )  # fmt: skip
        self.site = Site.objects.create(
            customer=self.customer, street="Dorpsstraat", house_number="1", postal_code="5038 AA", city="Tilburg",
        )  # fmt: skip
        for weekday in range(1, 6):
            OpeningHours.objects.create(weekday=weekday, opens=time(8), closes=time(17))
            for technician in (self.tim, self.tessa, self.zeno):
                for starts, ends in ((time(8), time(12)), (time(12, 30), time(16, 30))):
                    WorkingPattern.objects.create(
                        technician=technician, weekday=weekday, starts=starts, ends=ends
                    )

    def order(self, **fields: Any) -> Any:
        return work_order_create(
            **{
                "by": self.cast.petra, "customer": self.customer, "site": self.site, "type": self.type,
                "title": "Leak under the sink",
            } | fields
        )  # fmt: skip

    def request(self, **fields: Any) -> Request:
        return Request.objects.create(
            **{
                "number": numbering_next(), "customer": self.customer, "site": self.site, "type": self.type,
                "description": "Water on the floor", "status": "accepted",
            } | fields
        )  # fmt: skip


def numbering_next() -> str:
    from django.db import transaction

    with transaction.atomic():
        return numbering.number_take(numbering.REQUEST)


@pytest.fixture
def web(client_as: Callable[..., Any], world: World) -> Any:
    return client_as(world.cast.petra)
