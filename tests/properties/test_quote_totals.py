"""Whatever the lines, options, discounts and rates: one total, on the page, the PDF, the customer's page and in the row."""

import io
import re
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from django.test import Client
from django.utils import translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from apps.core import formats
from apps.core.money import PricedLine, totals
from apps.core.tokens import token_for
from apps.quotes import actions, rules
from apps.quotes.documents import quote_pdf
from apps.quotes.models import Acceptance
from tests.pages import submit
from tests.quotes.conftest import *  # noqa: F403

CENT = Fraction(1, 100)
quantities = st.decimals("-20", "999", places=3).filter(bool)
prices = st.decimals("0", "9999", places=4)
discounts = st.one_of(st.just(Decimal(0)), st.decimals("0", "100", places=2))
rates = st.sampled_from(
    [("S", Decimal(21)), ("S", Decimal(9)), ("Z", Decimal(0)), ("AE", Decimal(0)), ("S", Decimal("19.5"))]
)
lines = st.lists(
    st.builds(
        lambda quantity, price, discount, rate: PricedLine(quantity, price, *rate, discount),
        quantities, prices, discounts, rates,
    ),
    max_size=30,
)  # fmt: skip


def half_up(value: Fraction) -> Fraction:
    """`value` in whole cents, half away from zero, without a float or a Decimal."""
    whole, rest = divmod(abs(value), CENT)
    cents = whole + (1 if rest * 2 >= CENT else 0)
    return (cents if value >= 0 else -cents) * CENT


@given(lines)
def test_totals_equal_the_exact_fractions_rounded_once(found: list[PricedLine]) -> None:
    bases: dict[tuple[str, Decimal], Fraction] = {}
    for line in found:
        exact = Fraction(line.quantity) * Fraction(line.unit_price) * (1 - Fraction(line.discount) / 100)
        key = (line.category, line.rate)
        bases[key] = bases.get(key, Fraction(0)) + half_up(exact)
    sums = totals(found)
    assert {(one.category, one.rate): Fraction(one.base) for one in sums.vat_sums} == bases
    for one in sums.vat_sums:
        assert Fraction(one.vat) == half_up(bases[one.category, one.rate] * Fraction(one.rate) / 100)
    assert Fraction(sums.net) == sum(bases.values())
    assert sums.total == sums.net + sums.vat == sum((one.base + one.vat for one in sums.vat_sums), Decimal(0))


@given(lines, st.randoms(use_true_random=False))
def test_the_order_of_lines_changes_no_total(found: list[PricedLine], chance: Any) -> None:
    other = list(found)
    chance.shuffle(other)
    assert totals(other) == totals(found)


offered = st.lists(
    st.tuples(
        st.decimals("0.001", "99", places=3), st.decimals("0", "2500", places=4), discounts,
        st.sampled_from(["high", "low", "zero"]), st.booleans(), st.booleans(),
    ),
    min_size=1, max_size=6,
)  # fmt: skip


def numbers(text: str) -> str:
    return re.sub(r"\s", "", text)


@pytest.mark.slow
@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(offered=offered, charged=st.booleans(), language=st.sampled_from(["en", "nl"]))
def test_one_total_everywhere(
    cast, company, customer, business, work_type, vat, offered, charged, language
) -> None:
    quote = actions.quote_create(by=cast.bram, customer=business if charged else customer, type=work_type)
    version = quote.current
    actions.line_add(
        version=version, by=cast.bram, description="Always", unit_price=Decimal(10), vat_code=vat["low"]
    )
    for quantity, price, discount, code, optional, _ticked in offered:
        actions.line_add(
            version=version, by=cast.bram, description="Line", quantity=quantity, unit_price=price,
            discount=discount, vat_code=vat[code], optional=optional,
        )  # fmt: skip
    actions.version_change(version=version, by=cast.bram, texts={"language": language})
    link = actions.quote_send(quote=quote, by=cast.bram)
    version = quote.current
    version.refresh_from_db()
    options = [line for line in version.content["lines"] if line["optional"]]
    chosen = [
        line["id"] for line, one in zip(options, [one for one in offered if one[4]], strict=True) if one[5]
    ]
    offer, agreed = version.total, rules.content_totals(version.content, chosen).total

    def shown(amount: Decimal) -> str:
        with translation.override(language):
            return numbers(formats.money(amount))

    address = f"/quote/{token_for('quote', link.nonce)}/"
    assert version.content["totals"]["total"] == f"{offer:f}"
    assert shown(offer) in numbers(Client().get(address).content.decode())
    assert shown(offer) in numbers(_text(quote_pdf(version)))
    client = Client()
    answer = client.get(address)
    if any(line["optional"] for line in version.content["lines"]):
        answer = submit(answer, client=client, form=f"{address}totals/", option=chosen, name="A")
    page = answer.content.decode()
    assert shown(agreed) in numbers(page)
    assert f'name="total" value="{agreed}"' in page
    assert submit(answer, client=client, press="accept", name="A").status_code == 302
    acceptance = Acceptance.objects.get(version=version)
    assert acceptance.total == agreed == Decimal(acceptance.shown["totals"]["total"])
    assert shown(agreed) in numbers(_text(quote_pdf(version, acceptance)))
    assert all(one.ok for one in rules.acceptance_checks(
        acceptance.shown, shown_hash=acceptance.shown_hash, content=version.content, content_hash=version.content_hash,
        options=acceptance.options, name=acceptance.name, sums=(acceptance.net, acceptance.vat, acceptance.total), signature="",
    ))  # fmt: skip


def _text(pdf: bytes) -> str:
    return "".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)
