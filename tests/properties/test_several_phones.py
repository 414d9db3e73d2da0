"""Two technicians, one of them with two devices, at one job of two days, without a network: whatever is heard of when."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from apps.core import clock
from apps.core.refusals import Refused
from apps.field.actions import event_apply_after_all, work_order_settle
from apps.field.evidence import evidence_for
from apps.field.models import EventState, FieldEvent, FormAnswer, MaterialUsage, TimeEntry, Visit
from apps.planning.actions import assignment_cancel
from apps.workorders.models import WorkOrder
from tests.builders import Phone, photo_stored
from tests.field.conftest import booked, customer, form, order, order_make, pump, site

__all__ = ["customer", "form", "order", "order_make", "pump", "site"]
pytestmark = pytest.mark.django_db

START = datetime(2027, 1, 11, 8, 0, tzinfo=UTC)
SAID: dict[str, Callable[[int], dict[str, Any]]] = {
    "travel": lambda _n: {},
    "turn_back": lambda _n: {},
    "before_photo": lambda _n: {"file": True},
    "start": lambda _n: {},
    "pause": lambda _n: {},
    "resume": lambda _n: {},
    "stop": lambda _n: {},
    "answer": lambda n: {"value": ("Good", "Poor")[n % 2]},
    "work_done": lambda n: {"text": f"Part {n}"},
    "material": lambda n: {"quantity": str(n + 1)},
    "no_materials": lambda _n: {},
    "no_extra_work": lambda _n: {},
    "no_deviation": lambda _n: {},
    "after_photo": lambda _n: {"file": True},
    "sign_off": lambda n: {"reason": f"Nobody {n}"},
    "goes_on": lambda n: {"left_over": f"Rest {n}"},
    "finish": lambda _n: {},
    "no_access": lambda _n: {"reason": "Closed", "file": True},
    "hold": lambda _n: {"reason": "A part"},
}
# A visit as it goes, so that most of what is taken is taken somewhere.
ROAD = ("travel", "before_photo", "start", "answer", "work_done", "material", "no_extra_work", "no_deviation", "after_photo", "sign_off", "finish")  # fmt: skip
acts = st.lists(
    st.tuples(st.integers(0, 3), st.sampled_from([*SAID, *ROAD]), st.integers(0, 5), st.integers(0, 60)),
    min_size=8,
    max_size=30,
)
office = st.lists(st.tuples(st.integers(0, 40), st.sampled_from(["decide", "cancel", "settle"])), max_size=6)


@dataclass
class Said:
    """An act on a device: `device` 0 and 1 are Tim's at the first day, 2 is his second day, 3 is Tessa."""

    device: int
    kind: str
    payload: dict[str, Any]
    at: datetime
    id: uuid.UUID = field(default_factory=uuid.uuid4)


def send(phones: list[Phone], one: Said) -> FieldEvent:
    given = {name: photo_stored() if name == "file" else value for name, value in one.payload.items()}
    return phones[one.device].send(one.kind, id=one.id, occurred_at=one.at, **given)


def clocks_do_not_overlap() -> None:
    last: dict[int, datetime] = {}
    for entry in TimeEntry.objects.order_by("technician", "started_at", "id"):
        assert entry.ended_at is None or entry.ended_at >= entry.started_at
        if entry.ended_at == entry.started_at:
            continue  # the jitter of two clocks
        assert entry.started_at >= last.get(entry.technician_id, entry.started_at)
        last[entry.technician_id] = entry.ended_at or datetime.max.replace(tzinfo=UTC)


def answers_stand_by_their_moment(job: WorkOrder) -> None:
    """Of all that was answered and taken, the last by the moment stands, and each other value can be read."""
    taken = list(FieldEvent.objects.filter(kind="answer", visit__isnull=False))
    evidence = evidence_for(job)
    if not taken:
        assert evidence.standing == {}
        return
    (stands,) = evidence.standing.values()
    if not any(one.state == EventState.DECIDED for one in taken):
        last = max(one.happened_at for one in taken)
        assert stands.value in {one.payload["value"] for one in taken if one.happened_at == last}
    told = {text for _event, text in evidence.answered_before(stands.field)}
    assert told | {stands.value} == {one.payload["value"] for one in taken}
    assert FormAnswer.objects.filter(visit__work_order=job).count() <= Visit.objects.count()


def nothing_falls_off(job: WorkOrder) -> None:
    """The job has one signature that stands at most, and is on a list as its visits say."""
    assert Visit.objects.filter(work_order=job).signed().count() <= 1
    job.refresh_from_db()
    done = Visit.objects.filter(work_order=job, status="finished").order_by("finished_at", "pk").last()
    if job.status == "ready_for_review":
        assert done is not None
        assert not done.goes_on
    if done is not None:
        assert (job.left_over, job.hours_left) == (done.left_over, done.hours_left)


@given(said=acts, does=office, order_of=st.randoms(use_true_random=False), twice=st.sets(st.integers(0, 29)))
@settings(
    max_examples=25, deadline=None, phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
def test_whatever_is_heard_of_when_nothing_is_lost_and_the_last_word_stands(
    cast: Any, order: WorkOrder, pump: Any, said: Any, does: Any, order_of: Any, twice: set[int]
) -> None:
    with transaction.atomic():
        with clock.at(START):
            days = [START, START, START + timedelta(days=1), START]
            first = booked(cast.tim, order, days[0])
            second = booked(cast.tim, order, days[2])
            tessa = booked(cast.tessa, order, days[3])
            phones = [Phone(cast.tim, one) for one in (first, first, second)] + [Phone(cast.tessa, tessa)]
        choice = order.job_form_version.fields.get(label="State of the boiler").pk
        more = {"answer": {"field": choice}, "material": {"material": pump.pk}}
        now, queues = START, [[], [], [], []]  # type: ignore[var-annotated]
        for device, kind, n, minutes in said:
            now += timedelta(minutes=minutes)
            queues[device].append(Said(device, kind, SAID[kind](n) | more.get(kind, {}), now))
        heard, at = [], 0
        while any(queues):
            one = order_of.choice([queue for queue in queues if queue]).pop(0)  # each device in its own order
            with clock.at(now + timedelta(hours=1, seconds=at)):
                receipt = send(phones, one).receipt
                if at in twice:
                    assert send(phones, one).receipt == receipt
                for step, what in does:
                    if step == at:
                        _act(what, order, tessa, cast)
            heard.append(one)
            at += 1
            clocks_do_not_overlap()
            answers_stand_by_their_moment(order)
            nothing_falls_off(order)
        stored = set(FieldEvent.objects.values_list("pk", flat=True))
        assert stored == {one.id for one in heard}
        assert not FieldEvent.objects.filter(why__startswith="fault").exists()
        taken = FieldEvent.objects.filter(kind="material", visit__isnull=False).count()
        assert MaterialUsage.objects.count() == taken
        transaction.set_rollback(True)


def _act(what: str, order: WorkOrder, tessa: Any, cast: Any) -> None:
    """What the office does meanwhile; what it is refused changes nothing."""
    try:
        with transaction.atomic():
            if what == "decide" and (event := FieldEvent.objects.to_decide().first()):
                event_apply_after_all(event=event, by=cast.bram)
            if what == "cancel":
                tessa.refresh_from_db()
                if tessa.active:
                    assignment_cancel(assignment=tessa, by=cast.bram, reason="Ill", confirm=False)
            if what == "settle":
                work_order_settle(work_order=order)
    except Refused:
        return
