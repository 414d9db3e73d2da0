"""What the office gives up with what a phone reported and it sets aside: work that was done, and that nobody bills."""

import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from decimal import Decimal
from itertools import pairwise

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.core.actors import Actor
from apps.core.formats import money
from apps.core.numbers import pk_read
from apps.core.refusals import Forbidden
from apps.field.events import BEGINS, MOVES_THE_CLOCK
from apps.field.models import EventState, FieldEvent, TimeEntry
from apps.pricing.lookup import hour_price, usual_price
from apps.review.actions.losses import loss_check

_PLAIN = re.compile(r"[0-9]{1,6}([.,][0-9]{1,3})?")


def aside_check(event: FieldEvent, by: Actor) -> None:
    """Raises Forbidden for who may not set aside so much of one visit: many small events are one large one.

    A part that nobody priced needs the right too, for nobody knows what is given up.
    """
    if event.assignment is None or by.may("write_off"):
        return
    reported = FieldEvent.objects.filter(
        Q(state=EventState.TO_DECIDE) | Q(state=EventState.DECIDED) & ~Q(decision=""),
        assignment=event.assignment, user=event.user,
    )  # fmt: skip
    lost = Decimal(0)
    gone = {one.pk for one in reported if one.state == EventState.DECIDED} | {event.pk}
    for one in reported:
        if one.pk not in gone or one.kind in MOVES_THE_CLOCK:
            continue
        price = _price_of(one)
        if price is None and one.pk == event.pk:
            raise Forbidden(
                _("Nobody knows what this part is worth: setting it aside needs the right to write off.")
            )
        lost += _number(one) * (price or Decimal(0))
    clock = [one for one in reported if one.kind in MOVES_THE_CLOCK]
    for hours, at, ends in _stretches(event, clock):
        if gone & ends:
            lost += hours * hour_price(on=timezone.localdate(at))
    loss_check(by, lost.quantize(Decimal("0.01")))


def event_worth(event: FieldEvent) -> str:
    """What one event asks, as the pipeline counts it: a stretch of time with the event that ended it."""
    if event.kind in MOVES_THE_CLOCK:
        reported = FieldEvent.objects.to_decide().filter(
            assignment=event.assignment_id, user=event.user, kind__in=MOVES_THE_CLOCK
        )
        worth = sum(
            (
                hours * hour_price(on=timezone.localdate(at))
                for hours, at, ends in _stretches(event, reported)
                if event.happened_at == at and event.pk in ends
            ),
            Decimal(0),
        )
    else:
        price = _price_of(event)
        if price is None:
            return _("nobody priced it")
        worth = _number(event) * price
    return money(worth) if worth else ""


def _price_of(event: FieldEvent) -> Decimal | None:
    """What one of it is asked at; None where nobody knows, zero for what is no work."""
    day = timezone.localdate(event.happened_at)
    if event.kind == "extra_work":
        return hour_price(on=day)
    if event.kind == "material":
        material = pk_read(event.payload.get("material"))
        return usual_price(material=material, on=day) if material is not None else None
    return None if event.kind == "material_other" else Decimal(0)


def _number(event: FieldEvent) -> Decimal:
    said = str(event.payload.get("hours" if event.kind == "extra_work" else "quantity") or "")
    return Decimal(said.replace(",", ".")) if _PLAIN.fullmatch(said) else Decimal(0)


def _stretches(event: FieldEvent, clock: Iterable[FieldEvent]) -> Iterator[tuple[Decimal, datetime, set]]:
    """Each stretch of reported time in hours, with the events at its two ends; a clock that runs may have begun the first."""
    begun: list[tuple[datetime, str, set]] = [
        (entry.started_at, "start", set())
        for entry in TimeEntry.objects.filter(visit__assignment=event.assignment_id, ended_at=None).exclude(
            kind="pause"
        )
    ]
    marks = begun + [(one.happened_at, one.kind, {one.pk}) for one in clock]
    marks.sort(key=lambda mark: mark[0])
    for (since, kind, first), (until, _kind, last) in pairwise(marks):
        if kind in BEGINS and last:
            yield Decimal((until - since).total_seconds()) / 3600, until, first | last
