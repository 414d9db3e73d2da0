"""How much of everything goes with a number of work orders."""

from dataclasses import dataclass
from datetime import date, timedelta

from apps.acceptance.demo import story
from apps.core import clock

# So many jobs a week a technician does.
A_WEEK = 9
# Fewer orders than this are for a test: the story that they are copied from is short.
SMALL = 1000


class NoBase(Exception):
    """The installation lacks something without which no believable company can be made; the text says what."""


@dataclass(frozen=True)
class Size:
    orders: int
    people: int | None = None

    @property
    def small(self) -> bool:
        return self.orders < SMALL

    @property
    def technicians(self) -> int:
        return self.people or min(60, max(8, self.orders // 3000))

    @property
    def customers(self) -> int:
        return max(20, self.orders // 12)

    @property
    def standing(self) -> int:
        """At most so many orders are of the last weeks."""
        return self.orders // 2

    @property
    def a_week(self) -> int:
        """Orders of a week, when the technicians are busy; a few orders are spread over half a year."""
        return max(1, min(A_WEEK * self.technicians, self.orders // 26))

    @property
    def story(self) -> story.Size:
        """The weeks that are told."""
        if self.small:
            return story.Size(months=0, customers=16, requests=1.1, installations=0, maintenance=2, ahead=4)
        return story.Size(months=0, customers=40, requests=2.2, installations=1, maintenance=4, ahead=16)

    @property
    def weeks_told(self) -> int:
        return 2 if self.small else 3

    @property
    def start(self) -> date:
        """When the company began, before the first of its jobs."""
        weeks = 2 * self.orders // self.a_week + 20
        return clock.today() - timedelta(weeks=weeks)
