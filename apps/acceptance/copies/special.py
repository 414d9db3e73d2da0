"""The columns that a copy cannot take over: numbers, private links, and what is bound to content by a hash."""

import uuid
from collections.abc import Callable
from random import Random
from typing import Any, Protocol

from django.db.models import Model

from apps.core import numbering
from apps.core.models import AuditEvent
from apps.core.tokens import token_for, token_hash
from apps.customers.models import Customer, Site
from apps.field.models import SignOff
from apps.field.rules import shown_hash
from apps.intake.models import IntakePhoto, Request
from apps.invoicing.actions.issuing import party_of_customer
from apps.invoicing.actions.sending import PURPOSE as PAY
from apps.invoicing.models import Invoice, PayLink
from apps.planning.models import Assignment
from apps.quotes.letters import PURPOSE as QUOTE
from apps.quotes.models import Acceptance, Quote, QuoteLine, QuoteLink, QuoteVersion
from apps.quotes.rules import fingerprint
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
    """What the special columns need to know of a copy."""

    random: Random

    @property
    def customer(self) -> Customer: ...

    @property
    def site(self) -> Site: ...

    def pk(self, model: type[Model], old: Any) -> Any: ...


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


def _lines(content: dict[str, Any], copy: Told) -> None:
    for line in content["lines"]:
        line["id"] = copy.pk(QuoteLine, line["id"])


def _version(row: Row, copy: Told) -> None:
    if row["content"]:
        _lines(row["content"], copy)
        row["content_hash"] = fingerprint(row["content"])


def _acceptance(row: Row, copy: Told) -> None:
    shown = row["shown"]
    _lines(shown["content"], copy)
    row["options"] = shown["options"] = [copy.pk(QuoteLine, one) for one in row["options"]]
    shown["content_hash"] = fingerprint(shown["content"])
    row["shown_hash"] = fingerprint(shown)


def _sign_off(row: Row, copy: Told) -> None:
    row["shown_hash"] = shown_hash(row["shown"])


def _invoice(row: Row, copy: Told) -> None:
    if row["buyer"]:
        row["buyer"] = party_of_customer(copy.customer)


def _link(purpose: str) -> Callable[[Row, Told], None]:
    def renew(row: Row, copy: Told) -> None:
        row["nonce"] = uuid.UUID(int=copy.random.getrandbits(128), version=4)
        row["token_hash"] = token_hash(token_for(purpose, row["nonce"]))

    return renew


_NAMED = {"assignment": Assignment, "offer": ExtraWorkOffer, "work_order": WorkOrder}


def _event(row: Row, copy: Told) -> None:
    """What an event tells beside its texts: other records, by their ids."""
    for name, model in _NAMED.items():
        if isinstance(row["data"].get(name), int):
            row["data"][name] = copy.pk(model, row["data"][name])


def _photo(row: Row, copy: Told) -> None:
    row["key"] = f"{copy.random.getrandbits(128):032x}"


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
