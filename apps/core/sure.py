"""A value that is far from the usual is asked about once, at its field, before it is taken. See docs/algorithms/numbers.md."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from apps.core import formats
from apps.core.number_fields import NumberField
from apps.core.numbers import is_far_from

Known = Decimal | int | None
Usual = Known | Callable[[], Known]  # a look-up is made only for a value that is new
DAY = 16  # hours; more in one day is asked about


@dataclass(frozen=True)
class Doubt:
    """The tick that answers. It holds for exactly the value that was asked about: another one is asked about again."""

    name: str
    value: str
    label: str
    ticked: bool


class AsksOnce:
    """Put it before the form's own base class, and call `ask_far`, `ask_above`, `ask_before` or `ask` in `clean`.

    What was not changed is not asked about: it was taken before.
    """

    data: Any
    fields: dict[str, Any]
    cleaned_data: dict[str, Any]
    add_error: Callable[..., None]
    add_prefix: Callable[[str], str]
    get_initial_for_field: Callable[..., Any]

    @cached_property
    def doubts(self) -> dict[str, Doubt]:
        """By the name of the field; see `{% field %}` and `{% sure %}`."""
        return {}

    def ask_far(self, name: str, usual: Usual, what: str, *, down: bool = True) -> None:
        """Ask when the value is ten times the usual or, with `down`, a tenth. `what` says what the usual is."""
        value, found = self._new_and_known(name, usual)
        if value is None or found is None or not is_far_from(value, found):
            return
        if not down and abs(value) < abs(found):
            return
        show = self.fields[name].show
        words = {"value": show(value), "usual": show(found), "times": int(abs(value / found)), "what": what}
        sentence = (
            _("%(value)s is %(times)s times %(usual)s, %(what)s. Is that right?")
            if abs(value) > abs(found)
            else _("%(value)s is no more than a tenth of %(usual)s, %(what)s. Is that right?")
        )
        self._ask_number(name, value, sentence % words)

    def ask_above(self, name: str, most: Usual, sentence: str = "") -> None:
        """Ask when the value is more than one ever sees; `sentence` may hold %(value)s."""
        value, found = self._new_and_known(name, most)
        if value is None or found is None or abs(value) <= found:
            return
        sentence = sentence or _("%(value)s is unusually much. Is that right?")
        self._ask_number(name, value, sentence % {"value": self.fields[name].show(value)})

    def ask_before(self, name: str, earliest: date, sentence: str) -> None:
        """Ask when the day is an earlier one than one expects; `sentence` may hold %(value)s."""
        value = self.cleaned_data.get(name)
        if value is not None and value < earliest:
            self._ask(name, value.isoformat(), formats.day(value), sentence % {"value": formats.day(value)})

    def ask(self, name: str, shown: str, sentence: str) -> None:
        """Ask about a value that is odd in a way of its own; `shown` is what somebody agrees to."""
        self._ask(name, shown, shown, sentence)

    def _new_and_known(self, name: str, usual: Usual) -> tuple[Decimal | None, Decimal | None]:
        """A value that was changed, and what it is held against; nothing is looked up for one that was not."""
        field, value = self.fields.get(name), self.cleaned_data.get(name)
        if value is None or not isinstance(field, NumberField):
            return None, None
        if value == self.get_initial_for_field(field, name):
            return None, None
        known = usual() if callable(usual) else usual
        return Decimal(value), None if known is None else Decimal(known)

    def _ask_number(self, name: str, value: Decimal, sentence: str) -> None:
        self._ask(name, f"{value.normalize():f}", self.fields[name].show(value), sentence)

    def _ask(self, name: str, exact: str, shown: str, sentence: str) -> None:
        tick = self.add_prefix(f"sure_{name}")
        asked = Doubt(
            name=tick,
            value=exact,
            label=_("Yes, %(value)s is right") % {"value": shown},
            ticked=self.data.get(tick) == exact,
        )
        self.doubts[name] = asked
        if not asked.ticked:
            self.add_error(name, ValidationError(sentence, code="sure"))
