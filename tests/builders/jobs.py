"""Requests, quotes, work orders and their place in the plan."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import factory

from apps.accounts.models import User
from apps.core import clock
from apps.core.actors import SYSTEM
from apps.core.actors import Customer as Customers
from apps.intake import actions as intake
from apps.intake.models import Advice, Execution, Request, Urgency
from apps.materials.models import Material
from apps.planning.actions import absence_add, assignment_place
from apps.planning.models import Assignment
from apps.quotes import actions as quotes
from apps.quotes.models import LineKind, Quote
from apps.technicians.actions import skill_get
from apps.technicians.models import Absence, Skill
from apps.workorders.actions import FieldDraft, job_form_create, work_order_create
from apps.workorders.models import JobForm, SlaClass, WorkOrder
from tests.builders.base import ActionFactory
from tests.builders.phone import photo_stored


class RequestFactory(ActionFactory):
    class Meta:
        model = Request

    _action = staticmethod(intake.request_create)

    site = factory.LazyAttribute(lambda made: made.customer.sites.first())
    description = "Water under the sink"


class WorkOrderFactory(ActionFactory):
    class Meta:
        model = WorkOrder

    _action = staticmethod(work_order_create)

    site = factory.LazyAttribute(lambda made: made.customer.sites.first())
    title = "Leak under the sink"


def _booking_make(*, start: datetime, hours: float, **fields: Any) -> Assignment:
    """Booked the day before, so that it lies in the future then."""
    with clock.at(start - timedelta(days=1)):
        return assignment_place(start=start, end=start + timedelta(hours=hours), **fields)


class BookingFactory(ActionFactory):
    """A place in the plan: `technician`, `start`, and a `work_order` or a `request`."""

    class Meta:
        model = Assignment

    _action = staticmethod(_booking_make)

    hours = 8


class AbsenceFactory(ActionFactory):
    """Away: `technician`, `start`, `end`."""

    class Meta:
        model = Absence

    _action = staticmethod(absence_add)


class JobFormFactory(ActionFactory):
    """A checklist of one question."""

    class Meta:
        model = JobForm

    _action = staticmethod(job_form_create)

    name = factory.Sequence(lambda number: f"Form {number}")
    request_type = None
    fields = (FieldDraft("Pressure tested"),)


def _skill_make(*, by: Any, name: str) -> Skill:
    return skill_get(name=name)


class SkillFactory(ActionFactory):
    """A skill comes to be when somebody first names it."""

    class Meta:
        model = Skill

    _action = staticmethod(_skill_make)

    name = "Gas"


def _sla_class_make(*, by: Any, **fields: Any) -> SlaClass:
    return SlaClass.objects.create(**fields)


class SlaClassFactory(ActionFactory):
    """The classes come with an installation (`starters_load`): no action makes one of them."""

    class Meta:
        model = SlaClass

    _action = staticmethod(_sla_class_make)

    name = "Gold"
    respond_hours = 1
    complete_hours = 4


def intake_report(
    request: Request, by: User, *, estimates: Sequence[tuple[Material, Any]] = (), **parts: Any
) -> Request:
    """The technician on whom it was planned hands in a report."""
    given = {
        "note": "New pipe", "hours": Decimal(1), "execution": Execution.ONE, "urgency": Urgency.NORMAL,
        "advice": Advice.QUOTE,
    }  # fmt: skip
    intake.report_save(request=request, by=by, **given | parts)
    for material, quantity in estimates:
        intake.estimate_set(request=request, by=by, material=material, quantity=Decimal(quantity))
    intake.report_photo_add(request=request, by=by, file=photo_stored(), key=f"photo-{request.pk}")
    intake.report_hand_in(request=request, by=by)
    request.refresh_from_db()
    return request


def _quote_make(
    *, by: Any, lines: Sequence[Mapping[str, Any]], texts: Mapping[str, Any], send: bool, **fields: Any
) -> Quote:
    quote = quotes.quote_create(by=by, **fields)
    if texts:
        quotes.version_change(version=quote.current, by=by, texts=dict(texts))
    for position, line in enumerate(lines, 1):
        given: dict[str, Any] = {
            "kind": LineKind.TEXT, "description": f"Line {position}", "quantity": 1, "unit_price": 100,
        } | dict(line)  # fmt: skip
        given |= {name: Decimal(given[name]) for name in ("quantity", "unit_price")}
        quotes.line_add(version=quote.current, by=by, **given)
    if send:
        quotes.quote_send(quote=quote, by=by)
    quote.refresh_from_db()
    quote.current.refresh_from_db()
    return quote


class QuoteFactory(ActionFactory):
    """A quote of one line, sent unless `send` is False; `lines` and `texts` as the builder writes them."""

    class Meta:
        model = Quote

    _action = staticmethod(_quote_make)

    by = SYSTEM
    lines: Sequence[Mapping[str, Any]] = ({},)
    texts: Mapping[str, Any] = {}
    title = "Leak under the sink"
    send = True


def quote_accepted(quote: Quote, *, chosen: Sequence[int] = ()) -> WorkOrder:
    """The customer accepts; `chosen` are positions of the optional lines that they tick."""
    ids = [line["id"] for line in quote.current.content["lines"]]
    return quotes.quote_accept(
        version=quote.current,
        name="P. Peters",
        by=Customers("P. Peters"),
        options=[ids[position] for position in chosen],
    )
