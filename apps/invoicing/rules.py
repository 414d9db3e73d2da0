"""What holds for invoices, without a database: dates, what is open, reminders, the QR code to pay with."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from apps.core.money import HUNDRED, Totals, VatSum, cents, totals

ZERO = Decimal("0.00")
# Euros: no line comes near, a slip of the keyboard does.
LARGEST_LINE = Decimal(10_000_000)
# Days after the due date from which each reminder may go out; the last one announces collection.
REMINDER_AFTER = (7, 14, 28)


def is_too_much(quantity: Decimal, unit_price: Decimal) -> bool:
    return abs(quantity * unit_price) >= LARGEST_LINE


def sums(lines: Iterable[Any], earlier: Iterable[VatSum] = ()) -> Totals:
    """What the lines of an invoice come to. Deposits that they take off are parts of it, to the cent of VAT."""
    lines = list(lines)
    return totals((line.priced for line in lines), earlier=[*earlier, *vat_deducted(lines)])


def vat_deducted(lines: Iterable[Any]) -> list[VatSum]:
    """The VAT that was asked beforehand of what these take off. `sql/frozen.sql` says the same."""
    return [
        VatSum(one.vat_category, one.vat_rate, -one.net, -cents(one.net * one.vat_rate / HUNDRED))
        for one in lines
        if one.deducts_id
    ]


def due_date(issued: date, term_days: int) -> date:
    return issued + timedelta(days=term_days)


def open_amount(*, status: str, payable: Decimal, paid: Decimal, credited: Decimal) -> Decimal:
    """Euros still to come in; below zero is to go back to the customer.

    A credited invoice asks for nothing more, so whatever was paid on it goes back.
    """
    if status in ("draft", "cancelled"):
        return ZERO
    if status == "credited":
        return ZERO - paid
    return payable - credited - paid


def is_overdue(*, status: str, open_amount: Decimal, due: date | None, today: date) -> bool:
    """Whether the customer is late. One that was never sent is not: nobody asked for it.

    Of a credited one something is open only when a payment bounced after the refund.
    """
    return status in ("sent", "credited") and open_amount > 0 and due is not None and due < today


def reminder_due(*, due: date, today: date, sent: Sequence[date]) -> int:
    """The step of the reminder that may go out today (1, 2, 3), or 0 when none may.

    However late the first one was, the customer has the days between two of them to pay.
    """
    steps = len(sent)
    if steps >= len(REMINDER_AFTER):
        return 0
    earliest = due + timedelta(days=REMINDER_AFTER[steps])
    if steps:
        earliest = max(earliest, sent[-1] + days_between(steps))
    return steps + 1 if today >= earliest else 0


def days_between(steps: int) -> timedelta:
    """How long a customer has after so many reminders before the next one."""
    return timedelta(days=REMINDER_AFTER[steps] - REMINDER_AFTER[steps - 1])


# Besluit vergoeding voor buitengerechtelijke incassokosten, article 2: of so many euros of the claim such a percentage.
COLLECTION_SCALE = (
    (Decimal(2_500), Decimal(15)),
    (Decimal(2_500), Decimal(10)),
    (Decimal(5_000), Decimal(5)),
    (Decimal(190_000), Decimal(1)),
    (None, Decimal("0.5")),
)
LEAST_COLLECTION, MOST_COLLECTION = Decimal(40), Decimal(6_775)


def collection_costs(claim: Decimal) -> Decimal:
    """What a consumer owes for collection who does not pay within fourteen days after a reminder that names the amount.

    Article 6:96 BW. Without VAT: a company that reclaims it may not add any.
    """
    costs, left = ZERO, claim
    for width, percentage in COLLECTION_SCALE:
        share = left if width is None else min(left, width)
        costs += share * percentage / HUNDRED
        left -= share
    return cents(min(max(costs, LEAST_COLLECTION), MOST_COLLECTION))


def is_complete(*, open_amount: Decimal, status: str, facts: Collection[str]) -> bool:
    """Whether a case may be archived: nothing open, delivered and booked."""
    return status in ("paid", "credited") and open_amount == 0 and {"delivered", "booked"} <= set(facts)


def epc_payload(*, name: str, iban: str, bic: str, amount: Decimal, text: str) -> str:
    """The text of a SEPA credit transfer QR code: EPC069-12, version 2, unstructured remittance."""
    rows = (
        "BCD", "002", "1", "SCT", bic.replace(" ", ""), _latin(name)[:70], iban.replace(" ", ""),
        f"EUR{amount:.2f}", "", "", _latin(text)[:140], "",
    )  # fmt: skip
    return "\n".join(rows).rstrip("\n")


def _latin(text: str) -> str:
    """One line without control characters."""
    return " ".join("".join(c for c in text if c.isprintable()).split())


def grouped_iban(iban: str) -> str:
    """An IBAN as people read it: in groups of four."""
    bare = iban.replace(" ", "")
    return " ".join(bare[start : start + 4] for start in range(0, len(bare), 4))
