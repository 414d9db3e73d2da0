"""Which hours somebody works on a day: what `technicians_works` holds, read for one day. The same in SQL: `wt_week_of`.

And which of the skills somebody has on a day: some last as long as a certificate.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, time, timedelta
from typing import NamedTuple

ODD_EVEN, FORTNIGHT = "odd_even", "fortnight"
# From which days on hours are set: no further from today.
FAR = timedelta(days=366)


class Stretch(NamedTuple):
    """Hours of a weekday, from the day `since` until the day before `until`; of one of two weeks where these differ."""

    technician: int
    since: date | None
    until: date | None
    rhythm: str
    week: int
    weekday: int
    starts: time
    ends: time

    def is_on(self, day: date) -> bool:
        """Whether it is worked on `day`, which is its weekday."""
        if (self.since and day < self.since) or (self.until and day >= self.until):
            return False
        return self.week == week_of(self.rhythm, self.since, day)


class WorkWeeks:
    """Everybody's hours of a stretch of days."""

    def __init__(self, rows: Iterable[tuple]) -> None:
        """`rows` as `WorksQuerySet.stretches` gives them."""
        self._found: dict[tuple[int, int], list[Stretch]] = defaultdict(list)
        for row in rows:
            one = Stretch(*row)
            self._found[one.technician, one.weekday].append(one)

    def on(self, technician: int, day: date) -> list[tuple[time, time]]:
        """From when until when they work on that day, as if nothing were closed and nobody away."""
        found = self._found.get((technician, day.isoweekday()), ())
        return [(one.starts, one.ends) for one in found if one.is_on(day)]


class Proof(NamedTuple):
    """The certificate that gives a skill, and the last day on which it does."""

    until: date
    kind: str


class Proofs:
    """Everybody's certificates that give a skill. A skill without any has no end."""

    def __init__(self, rows: Iterable[tuple[int, int, date, str]]) -> None:
        """`rows` as `CertificateQuerySet.proofs` gives them: the last of a skill is the one that lasts longest."""
        self._last = {(technician, skill): Proof(until, kind) for technician, skill, until, kind in rows}

    def over(self, technician: int, skill: int, day: date) -> Proof | None:
        """The certificate that expired before `day`, so that the skill counts no more."""
        last = self._last.get((technician, skill))
        return last if last and last.until < day else None

    def skills(self, technician: int, skills: Iterable[int], day: date) -> frozenset[int]:
        """Which of their skills count on that day."""
        return frozenset(one for one in skills if not self.over(technician, one, day))


def week_of(rhythm: str, since: date | None, day: date) -> int:
    """Which of the two weeks `day` is in: odd, or A, is the first; A is the week of `since`."""
    if rhythm == ODD_EVEN:
        return 2 - day.isocalendar().week % 2
    if rhythm == FORTNIGHT and since:
        return (_monday(day) - _monday(since)).days // 7 % 2 + 1
    return 1


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())
