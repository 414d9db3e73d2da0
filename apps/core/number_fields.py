"""The one form field and the one widget in which a number is typed, and the field of an id that a page carries along.

No other module makes a number of what was typed: tests/architecture/test_numbers.py. What can be typed: docs/algorithms/numbers.md.
"""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from apps.core import formats, numbers

HOUR = gettext_lazy("h")
LARGEST_COUNT = 32_767  # of a small whole number in the database


class NumberInput(forms.TextInput):
    """Text, so that no browser drops a comma; with the keys of numbers on a telephone. See `input.num` in the styles."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"inputmode": "decimal", "autocomplete": "off", "class": "num"} | (attrs or {}))


class CountInput(NumberInput):
    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"inputmode": "numeric"} | (attrs or {}))


class NumberField(forms.Field):
    """A number with `places` decimals, from `least` to `most`; `digits` in all, as in the database.

    `pad` is how many decimals a stored value shows at least; `unit` stands beside the control and may be typed.
    The sentences "least" and "most" of `error_messages` may hold %(least)s, %(most)s and %(value)s.
    """

    widget = NumberInput
    words: tuple[str, ...] = ()
    pad = 0

    def __init__(
        self, *, places: int = 3, least: Decimal | int | None = None, most: Decimal | int | None = None,
        digits: int = 10, pad: int | None = None, unit: Any = "", **kwargs: Any,
    ) -> None:  # fmt: skip
        self.unit = unit
        self.pad = self.pad if pad is None else pad
        largest = 10 ** (digits - places) - Decimal(1).scaleb(-places)
        self.shape = numbers.Shape(
            places=places,
            least=-largest if least is None else Decimal(least),
            most=largest if most is None else Decimal(most),
            words=self.words,
        )
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> Any:
        if value in self.empty_values or (isinstance(value, str) and not value.strip()):
            return None
        if isinstance(value, Decimal | int | float):
            return Decimal(str(value))
        try:
            return numbers.read(str(value), self.shape)
        except numbers.Unreadable as fault:
            raise forms.ValidationError(self._sentence(str(value), fault), code=fault.why) from fault

    def prepare_value(self, value: Any) -> Any:
        """What was typed is shown as it was typed; what is stored, in the language of the user."""
        if isinstance(value, Decimal | int | float) and not isinstance(value, bool):
            return formats.typed(value, self.pad)
        return value

    def has_changed(self, initial: Any, data: Any) -> bool:
        if self.disabled:
            return False
        try:
            return self.to_python(initial) != self.to_python(data)
        except forms.ValidationError:
            return True

    def show(self, value: Decimal) -> str:
        """A value in a sentence."""
        return formats.number(value, max(self.pad, formats.places_of(value)))

    def _sentence(self, text: str, fault: numbers.Unreadable) -> str:
        shape = self.shape
        if own := self.error_messages.get(fault.why):
            words = {"least": self.show(shape.least), "most": self.show(shape.most)}  # type: ignore[arg-type]
            return own % (words | {"value": self.show(fault.readings[0]) if fault.readings else text[:40]})
        if fault.why == "two":
            one, other = fault.readings
            return _(
                "“%(text)s” can be %(one)s or %(other)s. Type %(one_typed)s or %(other_typed)s."
            ) % {
                "text": text[:40], "one": self.show(one), "other": self.show(other),
                "one_typed": formats.typed(one, self.pad), "other_typed": formats.typed(other, self.pad),
            }  # fmt: skip
        if fault.why == "least":
            return _("Type at least %(least)s; this is %(value)s.") % {
                "least": self.show(shape.least), "value": self.show(fault.readings[0])  # type: ignore[arg-type]
            }  # fmt: skip
        if fault.why == "most":
            return _("Type at most %(most)s; this is %(value)s.") % {
                "most": self.show(shape.most), "value": self.show(fault.readings[0])  # type: ignore[arg-type]
            }  # fmt: skip
        if not shape.places:
            return _("Type a whole number, such as 12.")
        if fault.why == "decimals":
            return ngettext(
                "At most %(n)s decimal fits here.", "At most %(n)s decimals fit here.", shape.places
            ) % {"n": shape.places}
        return _("Type a number, such as %(example)s.") % {
            "example": formats.typed(Decimal("12.5"), self.pad)
        }


class AmountField(NumberField):
    """Euros, in cents."""

    words = numbers.EURO
    pad = 2

    def __init__(self, *, places: int = 2, digits: int = 12, unit: Any = "€", **kwargs: Any) -> None:
        super().__init__(places=places, digits=digits, unit=unit, **kwargs)

    def show(self, value: Decimal) -> str:
        return formats.money(value, max(self.pad, formats.places_of(value)))


class UnitPriceField(AmountField):
    """Euros per unit, to a hundredth of a cent."""

    def __init__(self, *, places: int = 4, **kwargs: Any) -> None:
        super().__init__(places=places, **kwargs)


class PercentageField(NumberField):
    """A percentage from 0 to 100."""

    words = numbers.PERCENT

    def __init__(
        self, *, places: int = 2, digits: int = 5, least: Decimal | int = 0, most: Decimal | int = 100,
        unit: Any = "%", **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(places=places, digits=digits, least=least, most=most, unit=unit, **kwargs)

    def show(self, value: Decimal) -> str:
        return formats.percent(value, formats.places_of(value))


class HoursField(NumberField):
    """Hours, as a decimal number."""

    words = numbers.HOURS

    def __init__(self, *, places: int = 2, digits: int = 7, unit: Any = HOUR, **kwargs: Any) -> None:
        super().__init__(places=places, digits=digits, unit=unit, **kwargs)


class CountField(NumberField):
    """A whole number: days, minutes, people."""

    widget = CountInput

    def __init__(self, *, least: int = 0, most: int = LARGEST_COUNT, **kwargs: Any) -> None:
        super().__init__(places=0, least=least, most=most, **kwargs)

    def to_python(self, value: Any) -> Any:
        found = super().to_python(value)
        return None if found is None else int(found)


class IdField(forms.Field):
    """An id or a version that the page carried along, hidden from the reader."""

    widget = forms.HiddenInput
    default_error_messages = {"invalid": gettext_lazy("Open this page again; it is no longer what it was.")}

    def to_python(self, value: Any) -> Any:
        if value in self.empty_values:
            return None
        if (found := numbers.pk_read(value)) is None:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        return found
