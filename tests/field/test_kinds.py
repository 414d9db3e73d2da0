"""Each kind of event and each step of a job is said once, and whole."""

import re
from pathlib import Path

import pytest
from django.template import engines
from django.urls import reverse

from apps.field.actions.recording import RECORDERS
from apps.field.events import BEGINS, EVENTS, MOVES_THE_CLOCK, About, EventKind
from apps.field.sides import LABELS
from apps.field.states import VisitStatus
from apps.field.steps import STEPS, PhoneStep

ROWS = (Path(__file__).parents[2] / "apps/pipeline/sql/rows.sql").read_text()


def test_each_kind_of_event_is_recorded_by_one_action() -> None:
    assert set(RECORDERS) == set(EVENTS)


@pytest.mark.parametrize("kind", EVENTS.values(), ids=str)
def test_a_kind_of_event_is_whole(kind: EventKind) -> None:
    assert kind.label
    assert kind.fits
    assert kind.fits <= set(VisitStatus.values)
    assert set(kind.correctable) <= set(LABELS)
    assert not (kind.begins and kind.ends)
    assert kind.about is About.CLOCK or not (kind.begins or kind.ends)


def test_no_two_kinds_come_from_one_address() -> None:
    found = [one.address or one.key for one in EVENTS.values()]
    assert len(found) == len(set(found))


def test_the_pipeline_reads_the_same_kinds_of_the_clock() -> None:
    """Postgres values what waits for the office by kinds of its own list."""
    clock, begins = (
        set(re.findall(r"'(\w+)'", re.search(pattern, ROWS).group(1)))  # type: ignore[union-attr]
        for pattern in (r"e\.kind IN \(([^)]*)\) AS is_clock", r"begun\.kind IN \(([^)]*)\)")
    )
    assert clock == set(MOVES_THE_CLOCK)
    assert begins == set(BEGINS)


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.key)
def test_a_step_has_its_page_and_its_words(step: PhoneStep) -> None:
    assert step.label
    assert step.press
    assert step.icon
    # A step without a page is a button: one of the clock.
    address = reverse(step.page or f"phone:{step.key}", args=[1])
    assert address.startswith("/phone/job/1/")
    if step.page:
        name = step.page.removeprefix("phone:").replace("before_", "").replace("after_", "")
        engines["jinja2"].get_template(f"field/{name}.html")
