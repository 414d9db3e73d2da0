"""A small company with a plan: everybody works Monday to Friday, 08:00–16:30, with half an hour's break."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from django.utils import timezone

from apps.company.actions import opening_hours_set
from apps.core import clock
from apps.intake.models import Request
from apps.technicians.actions import hours_set
from apps.workorders.models import WorkOrder
from tests.builders import (
    BookingFactory,
    CustomerFactory,
    RequestFactory,
    RequestTypeFactory,
    WorkOrderFactory,
    intake_report,
)
from tests.conftest import Cast
from tests.kept import kept

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


@kept
def small_company(cast: Cast) -> "World":
    with clock.at(NOW):
        return World(cast)


@pytest.fixture
def world(small_company: "World", friday_before: None) -> "World":
    return small_company


class World:
    """What planning tests start from."""

    def __init__(self, cast: Cast) -> None:
        self.cast = cast
        self.tim, self.tessa, self.zeno = (u.technician for u in (cast.tim, cast.tessa, cast.zeno))
        self.type = RequestTypeFactory(name="Leak", name_nl="Lekkage", minutes=60)
        self.customer = CustomerFactory(language="nl")
        self.site = self.customer.sites.get()
        week = range(1, 6)
        opening_hours_set(by=cast.olga, hours=[(weekday, time(8), time(17)) for weekday in week])
        halves = ((time(8), time(12)), (time(12, 30), time(16, 30)))
        patterns = [(weekday, *half) for weekday in week for half in halves]
        for technician in (self.tim, self.tessa, self.zeno):
            hours_set(technician=technician, by=cast.olga, weeks=[patterns])

    def order(self, **fields: Any) -> WorkOrder:
        defaults = {"by": self.cast.petra, "customer": self.customer, "type": self.type}
        return WorkOrderFactory(**defaults | fields)

    def request(self, **fields: Any) -> Request:
        defaults = {"by": self.cast.petra, "customer": self.customer, "type": self.type}
        return RequestFactory(**defaults | fields)

    def received(self, **fields: Any) -> Request:
        """A request whose report Tim has handed in."""
        request = self.request(**fields)
        BookingFactory(
            by=self.cast.petra, technician=self.tim, request=request, start=at(16, day=4), hours=0.5
        )
        request.refresh_from_db()
        return intake_report(request, self.cast.tim)


@pytest.fixture
def web(client_as: Callable[..., Any], world: World) -> Any:
    return client_as(world.cast.petra)
