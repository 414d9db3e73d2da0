"""Model fields whose type says what they hold. An amount of money is always one of these."""

from typing import Any

from django.db import models


class MoneyField(models.DecimalField):
    """Euros in whole cents. Allowed only above the price line."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_digits", 12)
        kwargs.setdefault("decimal_places", 2)
        super().__init__(*args, **kwargs)


class UnitPriceField(MoneyField):
    """Euros per unit, to a hundredth of a cent. Allowed only above the price line."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("decimal_places", 4)
        super().__init__(*args, **kwargs)


class PercentageField(models.DecimalField):
    """A percentage from 0 to 100."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_digits", 5)
        kwargs.setdefault("decimal_places", 2)
        super().__init__(*args, **kwargs)


class QuantityField(models.DecimalField):
    """How many of a unit: pieces, metres, hours."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_digits", 10)
        kwargs.setdefault("decimal_places", 3)
        super().__init__(*args, **kwargs)


class HoursField(models.DecimalField):
    """Hours as a decimal number."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_digits", 7)
        kwargs.setdefault("decimal_places", 2)
        super().__init__(*args, **kwargs)
