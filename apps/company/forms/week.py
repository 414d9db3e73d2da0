"""Hours per weekday, twice a day: opening hours, and when a technician works."""

from collections.abc import Iterable, Iterator
from datetime import date, time, timedelta
from typing import Any

from django import forms
from django.utils.formats import date_format
from django.utils.translation import gettext as _

Period = tuple[int, time, time]
WEEKDAYS = range(1, 8)
MONDAY = date(2024, 1, 1)


class TimeInput(forms.TimeInput):
    input_type = "time"

    def __init__(self) -> None:
        super().__init__(format="%H:%M")


class WeekForm(forms.Form):
    """Fields `day1_from1`, `day1_until1`, `day1_from2`, `day1_until2` … `day7_until2`; 1 is Monday."""

    def __init__(self, *args: Any, periods: Iterable[Period] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        by_day: dict[int, list[tuple[time, time]]] = {}
        for weekday, start, end in periods:
            by_day.setdefault(weekday, []).append((start, end))
        for weekday in WEEKDAYS:
            known = sorted(by_day.get(weekday, []))[:2]
            for turn in (1, 2):
                period: tuple[time | None, time | None] = (
                    known[turn - 1] if len(known) >= turn else (None, None)
                )
                for name, initial, word in (("from", period[0], _("from")), ("until", period[1], _("until"))):
                    self.fields[f"day{weekday}_{name}{turn}"] = forms.TimeField(
                        label=f"{weekday_name(weekday)} {word} {turn if turn == 2 else ''}".strip(),
                        required=False,
                        initial=initial,
                        widget=TimeInput(),
                    )

    def rows(self) -> Iterator[dict[str, Any]]:
        """What the page shows: a name and four fields per weekday."""
        for weekday in WEEKDAYS:
            names = [f"day{weekday}_{name}{turn}" for turn in (1, 2) for name in ("from", "until")]
            yield {"name": weekday_name(weekday), "fields": [self[name] for name in names]}

    @property
    def together(self) -> dict[str, list[str]]:
        """The hours of a day are one thing (`core.parts`)."""
        return {one["name"]: [bound.name for bound in one["fields"]] for one in self.rows()}

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        for weekday in WEEKDAYS:
            before: time | None = None
            for turn in (1, 2):
                start, end = given.get(f"day{weekday}_from{turn}"), given.get(f"day{weekday}_until{turn}")
                until = f"day{weekday}_until{turn}"
                if (start is None) != (end is None) and until not in self.errors:
                    self.add_error(until, _("Fill in both times, or neither."))
                elif start and end and start >= end:
                    self.add_error(until, _("This must be later than the start."))
                elif start and before and start < before:
                    self.add_error(f"day{weekday}_from{turn}", _("This overlaps with the hours before."))
                before = end or before
        return given

    @property
    def periods(self) -> list[Period]:
        found = []
        for weekday in WEEKDAYS:
            for turn in (1, 2):
                start, end = (
                    self.cleaned_data.get(f"day{weekday}_{name}{turn}") for name in ("from", "until")
                )
                if start and end:
                    found.append((weekday, start, end))
        return found


def weekday_name(weekday: int) -> str:
    """The name of a weekday, 1 is Monday, in the language that is active."""
    return date_format(MONDAY + timedelta(days=weekday - 1), "l").capitalize()
