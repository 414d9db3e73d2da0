"""The quote as a PDF, from its frozen content only: the same version always gives the same text."""

import hashlib
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.core.files.storage import default_storage

from apps.core.formats import price_places
from apps.documents.models import StoredFile
from apps.documents.rendering import pdf_render
from apps.quotes import rules
from apps.quotes.models import Acceptance, QuoteVersion


def reading(content: dict[str, Any], options: list[int] | None = None) -> dict[str, Any]:
    """The content as page and PDF show it: dates and amounts in their own types, lines under their headings.

    With `options` it is what those come to; without, the offer as it was sent.
    """
    ticked = set(options or [])
    lines = [_line(line, ticked) for line in content["lines"]]
    sums = rules.content_totals(content, ticked)
    percentage = Decimal(content["deposit_percentage"])
    return {
        "content": content,
        "date": date.fromisoformat(content["date"]),
        "valid_until": date.fromisoformat(content["valid_until"]),
        "sold_hours": Decimal(content["sold_hours"]),
        "sections": rules.sections(lines),
        "has_sections": any(line["section"] for line in lines),
        "has_options": any(line["optional"] for line in lines),
        "has_discounts": any(line["discount"] for line in lines),
        "answered": options is not None,
        "sums": sums,
        "vat_sums": sums.vat_sums,
        "reverse_charge": any(one.category == "AE" for one in sums.vat_sums),
        "deposit_percentage": percentage,
        "deposit": rules.deposit(map(rules.priced, rules.chosen_lines(content, ticked)), percentage),
    }


def _line(line: dict[str, Any], ticked: set[int]) -> dict[str, Any]:
    amounts = {
        name: Decimal(line[name]) for name in ("quantity", "unit_price", "discount", "vat_rate", "net")
    }
    return (
        line | amounts | {"ticked": line["id"] in ticked, "price_places": price_places(amounts["unit_price"])}
    )


def quote_pdf(version: QuoteVersion, acceptance: Acceptance | None = None) -> bytes:
    """The sent version as it went out or, with its acceptance, as it was accepted and signed."""
    return content_pdf(version.content, acceptance)


def content_pdf(
    content: dict[str, Any], acceptance: Acceptance | None = None, *, draft: bool = False
) -> bytes:
    context = reading(content, acceptance.options if acceptance else None)
    logo = content["company"].get("logo")
    context |= {
        "letterhead": content["company"]
        | {"logo": {"path": logo} if logo and default_storage.exists(logo) else None},
        "acceptance": acceptance,
        "draft": draft,
    }
    if acceptance is not None:
        context["accepted_at"] = datetime.fromisoformat(acceptance.shown["at"])
        context["signature"] = acceptance.signature
    return pdf_render("documents/quote.html", context, language=content["language"])


def file_name(version: QuoteVersion, *, accepted: bool = False) -> str:
    """What the file is called when it is kept."""
    stem = f"{version.quote.number}-v{version.number}"
    return f"{stem}-accepted.pdf" if accepted else f"{stem}.pdf"


def signature_hash(file: StoredFile | None) -> str:
    """The SHA-256 of the drawing as it is on disk now; empty when there is none."""
    if file is None:
        return ""
    with default_storage.open(file.path) as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()
