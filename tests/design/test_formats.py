"""How numbers, money and moments are written."""

import re
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.utils import timezone, translation
from psycopg.types.range import TimestamptzRange

from apps.core import clock, formats

ROOT = Path(__file__).parents[2]
WINTER = datetime(2026, 11, 18, 16, 42, tzinfo=UTC)


@pytest.mark.parametrize(
    ("language", "value", "text"),
    [
        ("nl", "1234.56", "€\u00a01.234,56"),
        ("en", "1234.56", "€1,234.56"),
        ("nl", "-0.5", "€\u00a0−0,50"),
        ("en", "-0.5", "−€0.50"),
        ("nl", "1000000", "€\u00a01.000.000,00"),
        ("nl", None, ""),
        ("en", "0.005", "€0.01"),
    ],
)
def test_money_is_written_as_the_language_does(language: str, value: str | None, text: str) -> None:
    with translation.override(language):
        assert formats.money(value) == text


def test_quantities_drop_idle_zeros() -> None:
    with translation.override("nl"):
        assert formats.quantity(Decimal("12.500"), "m") == "12,5\u00a0m"
        assert formats.quantity(Decimal("1200")) == "1.200"
        assert formats.quantity(Decimal("0")) == "0"


def test_what_somebody_chose_is_shown_with_all_its_decimals() -> None:
    with translation.override("nl"):
        assert formats.rate(Decimal("10.50")) == "10,5\u00a0%"
        assert formats.rate(Decimal("21.00")) == "21\u00a0%"
        assert formats.price(Decimal("0.0850")) == "€\u00a00,085"
        assert formats.price(Decimal("64.9500")) == "€\u00a064,95"
        assert (formats.rate(None), formats.price("")) == ("", "")


def test_no_template_rounds_a_price_of_one_unit_or_a_percentage_that_somebody_chose() -> None:
    """10,5 % discount stood as 11 % on the quote that the customer signed. Units are in the language of the page."""
    wrong = re.compile(
        r"\|floatformat|price\|money(?!\()|[.](?:discount|deposit_percentage|rate)\|percent|\|quantity\(\"h\"\)"
    )
    found = [
        f"{path.relative_to(ROOT)}: {match[0]}"
        for path in sorted((ROOT / "templates").rglob("*.html"))
        if "components" not in path.name
        for match in wrong.finditer(path.read_text())
    ]
    assert found == []


def test_hours_come_from_a_duration_or_a_number() -> None:
    with translation.override("en"):
        assert formats.hours(timedelta(hours=16, minutes=15)) == "16.25"
        assert formats.hours(Decimal("7.5")) == "7.50"


def test_durations_read_as_people_say_them() -> None:
    with translation.override("en"):
        assert formats.duration(timedelta(minutes=45)) == "45\u00a0min"
        assert formats.duration(timedelta(hours=2, minutes=5)) == "2\u00a0h\u00a005"
        assert formats.duration(-90) == "−1\u00a0h\u00a030"


def test_moments_are_in_the_companys_time() -> None:
    with clock.at(WINTER), translation.override("en"):
        assert formats.clock_time(WINTER) == "17:42"
        assert formats.clock_time(time(8, 5)) == "08:05"
        assert formats.day(WINTER) == "Wed\u00a018\u00a0Nov"
        assert formats.day(WINTER - timedelta(days=365)).endswith("2025")


@pytest.mark.parametrize(("language", "text"), [("en", "18 Nov"), ("nl", "18 nov")])
def test_a_month_is_written_as_the_language_does(language: str, text: str) -> None:
    with clock.at(WINTER), translation.override(language):
        assert formats.day_short(WINTER) == text
        assert formats.day_short(WINTER - timedelta(days=365)) == f"{text} 2025"


def test_no_page_writes_a_short_month_by_itself() -> None:
    """Django writes it with a capital, also in Dutch; the initial under a bar is one letter and a capital."""
    own = re.compile(r'date_format\([^)]*"[^"]*M|\|date:"[^"]*M[^"]*"(?!\|slice:":1")')
    found = [
        f"{path.name}: {match[0]}"
        for folder in ("apps", "templates")
        for path in sorted((ROOT / folder).rglob("*"))
        if path.suffix in (".py", ".html", ".txt") and path.name != "formats.py"
        for match in own.finditer(path.read_text())
    ]
    assert found == []


def test_a_period_over_midnight_names_the_day_of_its_end() -> None:
    with clock.at(WINTER), translation.override("en"):
        assert formats.period(WINTER, WINTER + timedelta(hours=1)) == "17:42\u00a0–\u00a018:42"
        assert "Thu" in formats.period(WINTER, WINTER + timedelta(hours=9))


def test_whole_days_are_named_with_the_last_one_included() -> None:
    here = timezone.get_default_timezone()
    friday = datetime(2026, 11, 27, tzinfo=here)

    def away(hours: float, *, start: datetime = friday) -> str:
        return formats.span(TimestamptzRange(start, start + timedelta(hours=hours)))

    with clock.at(WINTER), translation.override("en"):
        assert away(24) == "Fri\u00a027\u00a0Nov"
        assert away(4 * 24) == "Fri\u00a027\u00a0Nov\u00a0– Mon\u00a030\u00a0Nov"
        assert away(4, start=friday + timedelta(hours=8)).endswith("08:00 – 12:00")
        assert formats.span(None) == ""


@pytest.mark.parametrize(
    ("name", "letters"), [("Tim Kuiper", "TK"), ("Cher", "CH"), ("A. de Wit", "AW"), ("", "?")]
)
def test_initials(name: str, letters: str) -> None:
    assert formats.initials(name) == letters
