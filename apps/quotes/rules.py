"""What an offer says and adds up to. No Django here.

A sent version is its *content*: a dictionary of texts and of amounts as text, from which the page, the PDF and the
acceptance are made and over which the hash is taken. See docs/algorithms/quotes.md.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby
from typing import Any

from apps.core.canonical import fingerprint
from apps.core.money import HUNDRED, ZERO, PricedLine, Totals, cents, totals

FORMAT = 1
# What fits in the columns for amounts, with room for the VAT.
LARGEST = Decimal("9999999999")


def money_text(value: Decimal) -> str:
    return f"{cents(value):f}"


def exact_text(value: Decimal) -> str:
    """A number without idle zeros and without an exponent: 2.500 → 2.5."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


# The sums


@dataclass(frozen=True)
class Margin:
    """What is left of an offer after its cost, in euros and as a percentage of the net amount."""

    net: Decimal
    cost: Decimal

    @property
    def amount(self) -> Decimal:
        return self.net - self.cost

    @property
    def percentage(self) -> Decimal | None:
        return self.amount * HUNDRED / self.net if self.net else None


def deposit_lines(lines: Iterable[PricedLine], percentage: Decimal) -> list[PricedLine]:
    """What is asked on acceptance: of each VAT rate of these lines its share, in whole cents."""
    shares = ((one, cents(one.base * percentage / HUNDRED)) for one in totals(lines).vat_sums)
    return [
        PricedLine(Decimal(1 if share > 0 else -1), abs(share), one.category, one.rate)
        for one, share in shares
        if share
    ]


def deposit(lines: Iterable[PricedLine], percentage: Decimal) -> Decimal:
    """What is asked on acceptance, in euros with VAT: exactly what its invoice will say."""
    return totals(deposit_lines(lines, percentage)).total


def priced(line: dict[str, Any]) -> PricedLine:
    """A line of the content as the totals see it."""
    return PricedLine(
        Decimal(line["quantity"]),
        Decimal(line["unit_price"]),
        line["vat_category"],
        Decimal(line["vat_rate"]),
        Decimal(line["discount"]),
    )


def chosen_lines(content: dict[str, Any], options: Collection[int]) -> list[dict[str, Any]]:
    """The lines that count: those that are not optional, and the options that were ticked."""
    return [line for line in content["lines"] if not line["optional"] or line["id"] in options]


def content_totals(content: dict[str, Any], options: Collection[int] = ()) -> Totals:
    """The sums of a sent version with these options ticked."""
    return totals(priced(line) for line in chosen_lines(content, options))


def totals_data(sums: Totals) -> dict[str, Any]:
    """Totals as they stand in the content."""
    return {
        "net": money_text(sums.net),
        "vat": money_text(sums.vat),
        "total": money_text(sums.total),
        "vat_sums": [
            {
                "category": one.category,
                "rate": exact_text(one.rate),
                "base": money_text(one.base),
                "vat": money_text(one.vat),
            }
            for one in sums.vat_sums
        ],
    }


# The content


@dataclass(frozen=True)
class OfferedLine:
    """A line as it goes into the content. `id` is what the customer's tick names."""

    id: int
    section: str
    kind: str
    description: str
    quantity: Decimal
    unit: str
    unit_price: Decimal
    discount: Decimal
    optional: bool
    vat_category: str
    vat_rate: Decimal

    def data(self) -> dict[str, Any]:
        line: dict[str, Any] = {
            "id": self.id,
            "section": self.section,
            "kind": self.kind,
            "description": self.description,
            "quantity": exact_text(self.quantity),
            "unit": self.unit,
            "unit_price": exact_text(self.unit_price),
            "discount": exact_text(self.discount),
            "optional": self.optional,
            "vat_category": self.vat_category,
            "vat_rate": exact_text(self.vat_rate),
        }
        return line | {"net": money_text(priced(line).net)}


def content(
    *,
    lines: Iterable[OfferedLine],
    head: dict[str, Any],
    company: dict[str, str],
    customer: dict[str, Any],
    texts: dict[str, str],
) -> dict[str, Any]:
    """The whole of what is offered. `head`: number, version, dates, language, billing, deposit, SLA."""
    made: dict[str, Any] = head | texts | {
        "format": FORMAT,
        "company": company,
        "customer": customer,
        "lines": [line.data() for line in lines],
    }  # fmt: skip
    return made | {"totals": totals_data(content_totals(made))}


@dataclass(frozen=True)
class Section:
    """Lines that stand together under one heading, and what they come to without the options."""

    title: str
    lines: Sequence[dict[str, Any]]

    @property
    def net(self) -> Decimal:
        return sum((Decimal(line["net"]) for line in self.lines if not line["optional"]), ZERO)


def sections(lines: Iterable[dict[str, Any]]) -> list[Section]:
    """Lines grouped under the headings that they carry, in their order."""
    return [Section(title, list(found)) for title, found in groupby(lines, key=lambda line: line["section"])]


def options_known(content: dict[str, Any], options: Iterable[int]) -> list[int]:
    """Those of `options` that the content offers, in order, each once."""
    offered = {line["id"] for line in content["lines"] if line["optional"]}
    return sorted(offered & set(options))


# The acceptance


def shown(
    *,
    content: dict[str, Any],
    content_hash: str,
    options: Sequence[int],
    name: str,
    signature: str,
    at: str,
) -> dict[str, Any]:
    """Exactly what the customer agreed to. `signature` is the SHA-256 of the drawing, or empty."""
    return {
        "format": FORMAT,
        "content": content,
        "content_hash": content_hash,
        "options": list(options),
        "totals": totals_data(content_totals(content, options)),
        "name": name,
        "signature": signature,
        "at": at,
    }


@dataclass(frozen=True)
class Check:
    """One thing that was computed again."""

    what: str
    ok: bool


def acceptance_checks(
    shown: dict[str, Any],
    *,
    shown_hash: str,
    content: dict[str, Any],
    content_hash: str,
    options: Sequence[int],
    name: str,
    sums: tuple[Decimal, Decimal, Decimal],
    signature: str,
) -> list[Check]:
    """Whether a stored acceptance still is what was signed: everything is computed again."""
    again = content_totals(shown["content"], shown["options"])
    return [
        Check("the hash of what was shown", fingerprint(shown) == shown_hash),
        Check(
            "the hash of the content that was shown", fingerprint(shown["content"]) == shown["content_hash"]
        ),
        Check("the hash of the version's content", fingerprint(content) == content_hash),
        Check("that both are the same content", shown["content_hash"] == content_hash),
        Check("the options", list(options) == shown["options"] == options_known(shown["content"], options)),
        Check("the totals that were shown", totals_data(again) == shown["totals"]),
        Check("the stored amounts", sums == (again.net, again.vat, again.total)),
        Check("the name", name == shown["name"]),
        Check("the drawn signature", signature == shown["signature"]),
    ]
