"""Model fields whose type says what they hold. An amount of money is always one of these."""

from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.forms import Field

from apps.core import number_fields

BOUNDS = {MinValueValidator: "least", MaxValueValidator: "most"}


class TypedField(models.DecimalField):
    """A number that people type: its form field is that of `core.number_fields`, with the bounds of its validators."""

    typed: type[number_fields.NumberField] = number_fields.NumberField

    def formfield(self, **kwargs: Any) -> Field | None:  # type: ignore[override]
        bounds = {
            BOUNDS[type(one)]: one.limit_value  # type: ignore[index, attr-defined]
            for one in self.validators
            if type(one) in BOUNDS
        }
        shape = {"places": self.decimal_places, "digits": self.max_digits} | bounds
        return models.Field.formfield(self, **({"form_class": self.typed} | shape | kwargs))


class MoneyField(TypedField):
    """Euros in whole cents. Allowed only above the price line."""

    typed = number_fields.AmountField

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_digits", 12)
        kwargs.setdefault("decimal_places", 2)
        super().__init__(*args, **kwargs)


class UnitPriceField(MoneyField):
    """Euros per unit, to a hundredth of a cent. Allowed only above the price line."""

    typed = number_fields.UnitPriceField

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("decimal_places", 4)
        super().__init__(*args, **kwargs)


class PercentageField(TypedField):
    """A percentage from 0 to 100."""

    typed = number_fields.PercentageField

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_digits", 5)
        kwargs.setdefault("decimal_places", 2)
        super().__init__(*args, **kwargs)


class QuantityField(TypedField):
    """How many of a unit: pieces, metres, hours."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_digits", 10)
        kwargs.setdefault("decimal_places", 3)
        super().__init__(*args, **kwargs)


class HoursField(TypedField):
    """Hours as a decimal number."""

    typed = number_fields.HoursField

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_digits", 7)
        kwargs.setdefault("decimal_places", 2)
        super().__init__(*args, **kwargs)
