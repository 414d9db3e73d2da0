"""The list beside the week: what there is to plan, read flat, with its two tabs and its counter."""

from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db.models import DateTimeField, FloatField, IntegerField, Value
from django.db.models.functions import Cast, Coalesce, NullIf
from django.utils.translation import gettext as _

from apps.core import clock
from apps.core.compiled import compiled, reader_of
from apps.core.together import Question, number_of
from apps.intake.models import DayPart, Urgency
from apps.planning.queue import SHOWN, intakes_to_plan, orders_to_plan
from apps.planning.roster import mailed_of
from apps.planning.rules.suggest import visit_length

INTAKES = "intakes"


class Card(NamedTuple):
    """A job that waits, as the list shows it."""

    pk: int
    number: str
    customer: str
    city: str
    type: int
    urgency: str
    part: str
    mailed: str
    visits: list[int]
    hours: float
    people: int
    due: datetime | None
    confirms: bool
    left_over: str
    length: int | None

    @property
    def key(self) -> str:
        return f"{'r' if self.length else 'w'}{self.pk}"

    @property
    def minutes(self) -> int:
        if self.length:
            return self.length
        return round(visit_length(self.hours, self.people).total_seconds() / 60)

    @property
    def is_late(self) -> bool:
        return self.due is not None and self.due < clock.now() + timedelta(days=1)

    @property
    def known(self) -> str:
        """The visits that are on the plan, for the form that books another."""
        return ",".join(map(str, self.visits))

    @property
    def mails(self) -> str:
        """Who gets a mail when it is dropped somewhere; empty when nobody does."""
        return self.mailed if self.confirms else ""

    @property
    def pressing(self) -> str:
        return "" if self.urgency == Urgency.NORMAL else str(URGENCIES[self.urgency])

    @property
    def preferred(self) -> str:
        return "" if self.part == DayPart.ANY else str(PARTS[self.part])


URGENCIES, PARTS = dict(Urgency.choices), dict(DayPart.choices)
COMMON = ("pk", "number", "customer__name", "site__city", "type_id", "urgency", "preferred_part")
NO_DUE = Value(None, output_field=DateTimeField())


def _questions(user: Any, intakes: bool) -> dict[str, Question]:
    orders, requests = orders_to_plan(user), intakes_to_plan(user)
    common = (*COMMON, mailed_of(), "visit_ids")
    if intakes:
        fixed = (Value(0.0), Value(1), NO_DUE, Value(True), Value(""))
        cards = requests.values_list(*common, *fixed, "type__minutes")
    else:
        known = Coalesce("hours_left", NullIf("expected_hours", Value(0)), "sold_hours")
        own = (Cast(known, FloatField()), "people", "complete_by", "confirm_to_customer", "left_over")
        cards = orders.values_list(*common, *own, Value(None, output_field=IntegerField()))
    return {
        "cards": cards[: SHOWN + 1],
        "orders": number_of(orders, cap=SHOWN + 1),
        "intakes": number_of(requests, cap=SHOWN + 1),
    }


class Waiting:
    """What waits, of the kind that the address asks for. Its questions are asked along with the week."""

    def __init__(self, user: Any, query: Any) -> None:
        self.intakes = query.get("queue") == INTAKES
        self._asked = compiled(
            ("planning.waiting", reader_of(user), self.intakes), lambda: _questions(user, self.intakes)
        )

    @property
    def questions(self) -> list[Question]:
        return list(self._asked.values())

    @property
    def cards(self) -> list[Card]:
        return [Card(*row) for row in self._asked["cards"]][:SHOWN]

    @property
    def has_more(self) -> bool:
        return len(self._asked["cards"]) > SHOWN

    def tabs(self, address: Any) -> list[dict[str, Any]]:
        """`address(queue=…)` gives the week with that list."""
        return [
            {
                "label": label,
                "count": capped(self._asked[name].value),
                "url": address(queue=queue, job=""),
                "current": self.intakes == bool(queue),
            }
            for name, label, queue in (("orders", _("Work orders"), ""), ("intakes", _("Intakes"), INTAKES))
        ]

    def counter(self, address: Any) -> dict[str, Any]:
        count = self._asked["orders"].value
        return {
            "label": _("Work orders to plan"),
            "value": capped(count),
            "url": address(queue="", job=""),
            "tone": "a" if count else "",
        }


def capped(count: int) -> str:
    return f"{SHOWN}+" if count > SHOWN else str(count)
