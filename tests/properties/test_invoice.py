"""Any set of lines gives the same exact totals in the rows, on the e-invoice and by hand in fractions."""

from collections import defaultdict
from decimal import Decimal
from fractions import Fraction

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from lxml import etree

from apps.accounts.models import User
from apps.core.money import PricedLine, line_net, totals
from apps.invoicing.actions import invoice_credit, invoice_draft, invoice_issue
from apps.invoicing.documents import invoice_ubl
from apps.invoicing.einvoice import CBC
from apps.invoicing.models import Invoice, InvoiceLine, VatLine
from apps.invoicing.rules import epc_payload, open_amount
from tests.conftest import Cast
from tests.kept import kept
from tests.money import MoneyWorld, money_world

CODES = {"21": ("S", 21), "9": ("S", 9), "0": ("Z", 0)}
quantities = st.decimals("0.001", "9999", places=3)
prices = st.decimals("0", "9999", places=4)
discounts = st.decimals("0", "100", places=2)
lines = st.lists(
    st.tuples(quantities, prices, discounts, st.sampled_from(sorted(CODES))), min_size=1, max_size=12
)


def half_up(value: Fraction) -> Decimal:
    cents = value * 100
    whole = abs(cents) + Fraction(1, 2)
    return Decimal(int(whole) * (1 if cents >= 0 else -1)) / 100


def by_hand(given_lines: list[tuple[Decimal, Decimal, Decimal, str]]) -> tuple[Decimal, Decimal]:
    """Net and VAT in exact fractions, rounded where the law rounds and nowhere else."""
    bases: dict[str, Decimal] = defaultdict(Decimal)
    for quantity, price, discount, code in given_lines:
        exact = Fraction(quantity) * Fraction(price) * (100 - Fraction(discount)) / 100
        bases[code] += half_up(exact)
    vat = sum((half_up(Fraction(base) * CODES[code][1] / 100) for code, base in bases.items()), Decimal(0))
    return sum(bases.values(), Decimal(0)), vat


@given(lines)
@settings(max_examples=300, deadline=None)
def test_the_totals_function_is_exact(given_lines: list[tuple[Decimal, Decimal, Decimal, str]]) -> None:
    found = totals(PricedLine(q, p, CODES[c][0], Decimal(CODES[c][1]), d) for q, p, d, c in given_lines)
    assert (found.net, found.vat) == by_hand(given_lines)
    assert found.total == found.net + found.vat


@kept
def bram(cast: Cast) -> User:
    return cast.bram


@kept
def world(db: None) -> MoneyWorld:
    return money_world()


@given(given_lines=lines)
@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_rows_and_e_invoice_say_the_same(
    world: MoneyWorld, bram: User, given_lines: list[tuple[Decimal, Decimal, Decimal, str]]
) -> None:
    # One that asks nothing on any line is not issued: test_nothing_to_pay.
    assume(any(line_net(quantity, price, discount) for quantity, price, discount, _code in given_lines))
    order = world.job(
        *(
            {"quantity": quantity, "unit_price": price, "discount": discount, "vat_code": world.vat[code]}
            for quantity, price, discount, code in given_lines
        )
    )
    invoice = invoice_issue(invoice=invoice_draft(work_orders=[order], by=bram), by=bram)
    invoice.refresh_from_db()
    assert (invoice.net, invoice.vat) == by_hand(given_lines)
    root = etree.fromstring(invoice_ubl(invoice))

    def amounts(tag: str) -> list[Decimal]:
        return [Decimal(one.text) for one in root.iter(f"{{{CBC}}}{tag}")]

    assert sum(amounts("TaxableAmount"), Decimal(0)) == invoice.net
    assert amounts("TaxAmount")[0] == invoice.vat == sum(amounts("TaxAmount")[1:], Decimal(0))
    assert amounts("PayableAmount") == [invoice.payable]
    assert all(one.net == line_net(one.quantity, one.unit_price, one.discount) for one in invoice.lines.all())


@given(st.text(max_size=300), st.text(max_size=300), st.decimals("0.01", "99999.99", places=2))
def test_a_payment_code_has_twelve_lines_at_most_and_keeps_its_amount(
    name: str, text: str, amount: Decimal
) -> None:
    rows = epc_payload(name=name, iban="NL91 ABNA 0417 1643 00", bic="", amount=amount, text=text).split("\n")
    assert len(rows) <= 12
    assert rows[:4] == ["BCD", "002", "1", "SCT"]
    assert rows[6:8] == ["NL91ABNA0417164300", f"EUR{amount:.2f}"]
    assert len(rows[5]) <= 70


@given(
    st.decimals("0.01", "9999", places=2),
    st.decimals("0", "9999", places=2),
    st.decimals("0", "9999", places=2),
)
def test_what_is_open_never_counts_a_credited_invoice(
    payable: Decimal, paid: Decimal, credited: Decimal
) -> None:
    assert open_amount(status="credited", payable=payable, paid=paid, credited=credited) == -paid
    assert (
        open_amount(status="sent", payable=payable, paid=paid, credited=credited) == payable - paid - credited
    )


small = st.lists(
    st.tuples(st.decimals("0.01", "3", places=2), st.sampled_from(sorted(CODES)), st.integers(0, 3)),
    min_size=2,
    max_size=9,
)


@given(given_lines=small)
@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_credits_in_parts_are_the_invoice_to_the_cent(
    world: MoneyWorld, bram: User, given_lines: list[tuple[Decimal, str, int]]
) -> None:
    """The number at each line says in which credit note it is taken back."""
    order = world.job(
        *(
            {"quantity": 1, "unit_price": price, "vat_code": world.vat[code]}
            for price, code, _part in given_lines
        )
    )
    invoice = invoice_issue(invoice=invoice_draft(work_orders=[order], by=bram), by=bram)
    lines_of = list(invoice.lines.order_by("position"))
    parts: dict[int, list[InvoiceLine]] = defaultdict(list)
    for number, line in enumerate(lines_of):  # the job brings a line of its own
        parts[given_lines[number % len(given_lines)][2]].append(line)
    notes = [
        invoice_credit(invoice=invoice, by=bram, reason="Fout", lines=part)
        for _n, part in sorted(parts.items())
    ]
    for name in ("net", "vat", "total", "payable"):
        assert sum(getattr(note, name) for note in notes) == getattr(invoice, name), name
    taken: dict[tuple[str, Decimal], list[Decimal]] = defaultdict(lambda: [Decimal(0), Decimal(0)])
    for row in VatLine.objects.filter(invoice__in=notes):
        taken[row.category, row.rate][0] += row.base
        taken[row.category, row.rate][1] += row.vat
        assert row.vat >= 0
        assert abs(row.vat - half_up(Fraction(row.base) * Fraction(row.rate) / 100)) <= Decimal("0.01")
    assert dict(taken) == {(row.category, row.rate): [row.base, row.vat] for row in invoice.vat_lines.all()}
    assert Invoice.objects.with_open().get(pk=invoice.pk).open == 0
