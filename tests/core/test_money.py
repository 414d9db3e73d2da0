"""The one totals function, against exact fractions."""

from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from apps.core.money import PricedLine, cents, line_net, totals

quantities = st.decimals("-999", "999", places=3)
prices = st.decimals("0", "9999", places=4)
discounts = st.decimals("0", "100", places=2)
vats = st.sampled_from([("S", Decimal(21)), ("S", Decimal(9)), ("AE", Decimal(0)), ("Z", Decimal(0))])
lines = st.builds(
    lambda quantity, price, discount, vat: PricedLine(quantity, price, vat[0], vat[1], discount),
    quantities, prices, discounts, vats,
)  # fmt: skip


def half_up(exact: Fraction) -> Fraction:
    """`exact` rounded to cents, halves away from zero."""
    scaled = abs(exact) * 100
    whole = scaled.numerator // scaled.denominator
    if scaled - whole >= Fraction(1, 2):
        whole += 1
    return Fraction(whole if exact >= 0 else -whole, 100)


@given(quantities, prices, discounts)
def test_a_line_is_the_exact_product_rounded_once(
    quantity: Decimal, price: Decimal, discount: Decimal
) -> None:
    exact = Fraction(quantity) * Fraction(price) * (100 - Fraction(discount)) / 100
    assert Fraction(line_net(quantity, price, discount)) == half_up(exact)


@given(st.lists(lines, max_size=30))
def test_vat_is_rounded_once_per_category_and_rate(several: list[PricedLine]) -> None:
    found = totals(several)
    bases: dict[tuple[str, Decimal], Fraction] = {}
    for line in several:
        exact = Fraction(line.quantity) * Fraction(line.unit_price) * (100 - Fraction(line.discount)) / 100
        bases[line.category, line.rate] = bases.get((line.category, line.rate), Fraction(0)) + half_up(exact)
    assert {(one.category, one.rate): Fraction(one.base) for one in found.vat_sums} == bases
    for one in found.vat_sums:
        assert Fraction(one.vat) == half_up(bases[one.category, one.rate] * Fraction(one.rate) / 100)
    assert found.total == found.net + found.vat


@given(st.lists(lines, max_size=12), st.randoms())
def test_the_order_of_lines_changes_no_total(several: list[PricedLine], random: object) -> None:
    shuffled = list(several)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert totals(shuffled) == totals(several)


def test_halves_are_rounded_away_from_zero() -> None:
    assert [cents(Decimal(one)) for one in ("0.005", "0.015", "-0.005")] == [
        Decimal("0.01"),
        Decimal("0.02"),
        Decimal("-0.01"),
    ]


def test_vat_of_many_small_lines_is_not_the_sum_of_their_roundings() -> None:
    """Three lines of € 0.03 at 21 %: 0.0189 once, not three times 0.01."""
    line = PricedLine(Decimal(1), Decimal("0.03"), "S", Decimal(21))
    assert totals([line] * 3).vat == Decimal("0.02")


def test_prepaid_is_taken_off_what_is_to_be_paid() -> None:
    line = PricedLine(Decimal(1), Decimal(100), "S", Decimal(21))
    assert totals([line], prepaid=Decimal(50)).payable == Decimal("71.00")
