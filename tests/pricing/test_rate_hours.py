"""When which kind of hour is asked: set on a page, kept by the database."""

from datetime import datetime, time, timedelta

import pytest
from django.db import IntegrityError, transaction

from apps.core import clock, formats
from apps.core.refusals import Refused
from apps.pricing.actions import rate_hours_add
from apps.pricing.book import PriceBook, windows
from apps.pricing.models import RateWindow
from apps.pricing.rules import STANDARD_WEEK, Window
from tests.builders import CustomerFactory, RateFactory
from tests.pages import submit

pytestmark = pytest.mark.django_db
PAGE, ADD = "/pricing/hours/", "/pricing/hours/add/"


def text(answer):
    return " ".join(answer.content.decode().split())


def said(day):
    return formats.day(day).replace("\N{NO-BREAK SPACE}", " ")


def of_day(day, on=None):
    kept = windows(on or clock.today())
    return [(one.starts // 60, one.ends // 60, one.kind) for one in kept if one.day == day]


def test_a_company_begins_with_the_standard_week(cast, client_as):
    assert not RateWindow.objects.exists()
    assert windows(clock.today()) == list(STANDARD_WEEK)
    assert client_as(cast.olga).get(PAGE).status_code == 200


def test_hours_take_the_place_of_what_stood_there(cast, client_as, vat):
    RateFactory(kind="normal", price=60, vat_code=vat)
    RateFactory(kind="weekend", price=110, vat_code=vat)
    client = client_as(cast.ada)
    answer = submit(ADD, client=client, kind="weekend", days=["5"], starts="16:00", ends="00:00")
    assert answer.status_code == 302
    assert of_day(5) == [(0, 7, "evening"), (7, 16, "normal"), (16, 24, "weekend")]
    assert of_day(4) == [(0, 7, "evening"), (7, 18, "normal"), (18, 24, "evening")], "the rest stays"
    shown = text(client.get(PAGE))
    assert f"Friday, 16:00–24:00, from {said(clock.today())}: Labour, weekend, €110.00 an hour." in shown


def test_hours_hold_from_a_day_on_and_what_was_worked_before_keeps_its_own(cast, client_as, vat):
    RateFactory(kind="normal", price=60, vat_code=vat)
    today = clock.today()
    soon, later = today + timedelta(days=10), today + timedelta(days=40)
    client = client_as(cast.ada)
    for since, ends in ((later, "20:00"), (soon, "19:00")):
        answer = submit(
            ADD,
            client=client,
            kind="normal",
            days=["1"],
            starts="07:00",
            ends=ends,
            valid_from=since.isoformat(),
        )
        assert answer.status_code == 302
    assert (
        of_day(1)
        == of_day(1, soon - timedelta(days=1))
        == [(0, 7, "evening"), (7, 18, "normal"), (18, 24, "evening")]
    )
    assert of_day(1, soon)[1] == (7, 19, "normal")
    assert of_day(1, later)[1] == (7, 20, "normal")
    shown = text(client.get(PAGE))
    assert shown.index(f"From {said(soon)}") < shown.index(f"From {said(later)}")
    week = PriceBook(CustomerFactory()).week
    monday = soon + timedelta(days=(7 - soon.weekday()) % 7)
    kinds = [
        week.kind(datetime.combine(day, time(18, 30), week.zone))
        for day in (monday - timedelta(days=14), monday, monday + timedelta(days=7))
    ]
    assert kinds == ["evening", "normal", "normal"]


def test_hours_over_midnight_end_on_the_day_after(cast, client_as):
    submit(ADD, client=client_as(cast.ada), kind="night", days=["5", "7"], starts="22:00", ends="06:00")
    assert of_day(5)[-1] == (22, 24, "night")
    assert of_day(6) == [(0, 6, "night"), (6, 24, "weekend")]
    assert of_day(1)[0] == (0, 6, "night"), "after Sunday comes Monday"


def test_a_whole_day_is_from_midnight_until_midnight(cast, client_as):
    submit(ADD, client=client_as(cast.ada), kind="normal", days=["6", "8"], starts="00:00", ends="00:00")
    assert of_day(6) == of_day(8) == [(0, 24, "normal")]


def test_hours_of_a_holiday_end_at_midnight(cast, client_as):
    answer = submit(ADD, client=client_as(cast.ada), kind="night", days=["8"], starts="22:00", ends="06:00")
    assert answer.status_code == 422
    assert "end at midnight" in text(answer)
    with pytest.raises(Refused, match="end at midnight"):
        rate_hours_add(by=cast.ada, kind="night", days=[8], starts=22 * 60, ends=6 * 60)
    assert not RateWindow.objects.exists()


def test_hours_of_no_day_are_refused(cast, client_as):
    answer = submit(ADD, client=client_as(cast.ada), kind="night", starts="22:00", ends="23:00")
    assert answer.status_code == 422
    assert "This field is required." in text(answer)


def test_a_kind_without_a_rate_says_which_rate_holds_instead(cast, client_as, vat):
    RateFactory(kind="evening", price=90, vat_code=vat)
    client = client_as(cast.ada)
    submit(ADD, client=client, kind="night", days=["1"], starts="22:00", ends="00:00")
    shown = text(client.get(PAGE))
    assert "Labour, night, €90.00 an hour, the rate of “Labour, evening”: it has none of its own" in shown
    assert "no rate is set" in shown, "of the normal hours"


def test_no_minute_of_a_day_can_have_two_kinds(cast):
    rate_hours_add(by=cast.ada, kind="night", days=[1], starts=22 * 60, ends=0)
    with pytest.raises(IntegrityError, match="rate_windows_do_not_overlap"), transaction.atomic():
        RateWindow.objects.bulk_create(
            [RateWindow(valid_from=clock.today(), day=1, starts=23 * 60, ends=24 * 60, kind="weekend")]
        )
    for wrong in (
        Window(9, 0, 60, "night"),
        Window(1, 60, 60, "night"),
        Window(2, 0, 1500, "night"),
        Window(3, 0, 1, "travel"),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            RateWindow.objects.bulk_create(
                [
                    RateWindow(
                        valid_from=clock.today(),
                        day=wrong.day,
                        starts=wrong.starts,
                        ends=wrong.ends,
                        kind=wrong.kind,
                    )
                ]
            )
