"""The columns that a copy cannot take over: numbers, private links, and what is bound to content by a hash."""

import uuid
from collections.abc import Callable
from typing import Any, Protocol

from django.db.models import Model

from apps.core import numbering
from apps.core.models import AuditEvent
from apps.core.tokens import token_for, token_hash
from apps.customers.models import Customer
from apps.field.models import SignOff
from apps.intake.models import IntakePhoto, Request
from apps.invoicing.actions.issuing import party_of_customer
from apps.invoicing.actions.sending import PURPOSE as PAY
from apps.invoicing.models import Invoice, PayLink
from apps.planning.models import Assignment
from apps.quotes.letters import PURPOSE as QUOTE
from apps.quotes.models import Acceptance, Quote, QuoteLine, QuoteLink, QuoteVersion
from apps.review.actions.extra_work import PURPOSE as EXTRA_WORK
from apps.review.models import ExtraWorkOffer
from apps.workorders.models import WorkOrder

Row = dict[str, Any]
# Not a text of the job, though it is one: a date in it is that of a price.
VERBATIM = {
    "price_source",
    "status",
    "kind",
    "nonce",
    "token_hash",
    "content_hash",
    "shown_hash",
    "verb",
    "subject_type",
}


class Told(Protocol):
    """What the special columns may ask of a template: a gap that each copy fills for itself."""

    def pk(self, model: type[Model], old: Any) -> Any: ...

    def hash_of(self, value: Any) -> str: ...

    def fresh(self, say: Callable[[str], str]) -> str:
        """Something that no other copy has; `say` makes it of a text of 32 hexadecimal digits."""

    def customers(self, say: Callable[[Customer], Any]) -> str:
        """What the customer of the copy has there; it stands for a whole value in a document."""


_SERIES: dict[type[Model], str] = {
    Request: numbering.REQUEST, Quote: numbering.QUOTE, WorkOrder: numbering.WORK_ORDER,
}  # fmt: skip


def series_of(model: type[Model], row: Row) -> tuple[str, Any] | None:
    """The series that the row's number is of, and the moment at which it was given."""
    if model is Invoice:
        kind = numbering.CREDIT_NOTE if row["kind"] == "credit_note" else numbering.INVOICE
        return (kind, row["issued_at"]) if row["number"] else None
    series = _SERIES.get(model)
    return (series, row["created_at"]) if series else None


def _lines(content: dict[str, Any], told: Told) -> None:
    for line in content["lines"]:
        line["id"] = told.pk(QuoteLine, line["id"])


def _version(row: Row, told: Told) -> None:
    if row["content"]:
        _lines(row["content"], told)
        row["content_hash"] = told.hash_of(row["content"])


def _acceptance(row: Row, told: Told) -> None:
    shown = row["shown"]
    _lines(shown["content"], told)
    row["options"] = shown["options"] = [told.pk(QuoteLine, one) for one in row["options"]]
    shown["content_hash"] = told.hash_of(shown["content"])
    row["shown_hash"] = told.hash_of(shown)


def _sign_off(row: Row, told: Told) -> None:
    row["shown_hash"] = told.hash_of(row["shown"])


def _invoice(row: Row, told: Told) -> None:
    if row["buyer"]:
        row["buyer"] = told.customers(party_of_customer)


def _link(purpose: str) -> Callable[[Row, Told], None]:
    def renew(row: Row, told: Told) -> None:
        key = row["nonce"].hex
        row["nonce"] = told.fresh(lambda digits: str(_nonce(digits, key)))
        row["token_hash"] = told.fresh(lambda digits: token_hash(token_for(purpose, _nonce(digits, key))))

    return renew


def _nonce(digits: str, key: str) -> uuid.UUID:
    """Of one link of a copy; a copy may have several."""
    return uuid.uuid5(uuid.UUID(digits), key)


_NAMED = {"assignment": Assignment, "offer": ExtraWorkOffer, "work_order": WorkOrder}


def _event(row: Row, told: Told) -> None:
    """What an event tells beside its texts: other records, by their ids."""
    for name, model in _NAMED.items():
        if isinstance(row["data"].get(name), int):
            row["data"][name] = told.pk(model, row["data"][name])


def _photo(row: Row, told: Told) -> None:
    key = row["key"]
    row["key"] = told.fresh(lambda digits: uuid.uuid5(uuid.UUID(digits), key).hex)


SPECIAL: dict[type[Model], Callable[[Row, Told], None]] = {
    QuoteVersion: _version,
    Acceptance: _acceptance,
    SignOff: _sign_off,
    IntakePhoto: _photo,
    Invoice: _invoice,
    QuoteLink: _link(QUOTE),
    PayLink: _link(PAY),
    ExtraWorkOffer: _link(EXTRA_WORK),
    AuditEvent: _event,
}
