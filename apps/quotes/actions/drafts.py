"""Making a draft and changing it, while two people may be at it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.company.models import Company
from apps.core import clock, numbering
from apps.core.actors import Actor
from apps.core.audit import audit_record
from apps.core.changes import assign
from apps.core.money import totals
from apps.core.refusals import Forbidden, Refused
from apps.core.transitions import move
from apps.customers.models import Contact, Customer, Site
from apps.intake.models import IntakeReport, Request, RequestType
from apps.intake.states import RequestStatus
from apps.pricing.models import VatCode
from apps.quotes import rules
from apps.quotes.actions.lines import (
    HAND,
    line_make,
    lines_copied,
    lines_from_intake,
    lines_from_template,
    vat_set,
)
from apps.quotes.actions.standard import standard_texts, texts_in
from apps.quotes.models import Quote, QuoteLine, QuoteTemplate, QuoteVersion

VERSION_FIELDS = (
    "title", "introduction", "scope", "terms", "notes", "billing_basis", "sold_hours", "sla_class", "valid_until",
    "deposit_percentage", "language",
)  # fmt: skip


CHANGED_MEANWHILE = gettext_lazy("This draft was changed meanwhile, by a colleague or in another tab.")


class Conflict(Refused):
    """The draft was changed by someone else, or in another tab, since it was shown."""


@dataclass(frozen=True)
class LineFields:
    """A line as the builder gives it. `id` names the line that it changes; None, or one that is gone, is a new line."""

    id: int | None
    kind: str
    description: str
    quantity: Decimal
    unit: str
    unit_price: Decimal
    vat_code: VatCode
    section: str = ""
    discount: Decimal = Decimal(0)
    optional: bool = False
    unit_cost: Decimal | None = None
    material_id: int | None = None
    rate_kind: str = ""


def may_make_quotes(by: Actor) -> None:
    if not by.may("make_quotes"):
        raise Forbidden(_("You may not make quotes."))


def quote_create(
    *,
    by: Actor,
    request: Request | None = None,
    customer: Customer | None = None,
    site: Site | None = None,
    contact: Contact | None = None,
    type: RequestType | None = None,
    template: QuoteTemplate | None = None,
    copy_of: Quote | None = None,
    title: str = "",
) -> Quote:
    """Start a draft: from a request with its intake's estimates, from a template, or from an older quote.

    Raises Refused when it is not clear for whom and where, or when the request cannot be quoted.
    """
    may_make_quotes(by)
    first = request or copy_of
    customer = customer or (first.customer if first else None)
    if customer is None:
        raise Refused(_("Choose a customer."))
    if site is None:
        same = first if first and first.customer_id == customer.pk else None
        site = same.site if same else customer.sites.first()
    if site is None or site.customer_id != customer.pk:
        raise Refused(_("Choose an address of this customer."))
    type = type or (first.type if first else template.type if template else None)
    if type is None:
        raise Refused(_("Choose the type of work."))
    source = copy_of.current if copy_of else None
    with transaction.atomic():
        if request is not None:
            _request_quoted(request, by)
        report = IntakeReport.objects.filter(request=request).first() if request else None
        quote = Quote(
            customer=customer,
            contact=contact or (request.contact if request else None),
            site=site,
            request=request,
            type=type,
            created_by_id=by.pk,
            created_at=clock.now(),
        )
        quote.number = numbering.number_take(numbering.QUOTE)
        quote.save()
        version = _first_version(quote, request, report, template, source, title)
        version.save()
        if template is not None:
            lines = lines_from_template(
                version, customer, template.lines.select_related("material", "vat_code")
            )
        elif source is not None:
            lines = lines_copied(version, customer, source.lines.select_related("vat_code"))
        else:
            lines = lines_from_intake(version, customer, report) if report else []
        _lines_write(version, lines)
        quote.current = version
        quote.save(update_fields=["current"])
        audit_record(quote, verb="quote.create", by=by, after=quote.status)
    return quote


def _request_quoted(request: Request, by: Actor) -> None:
    if request.status not in (RequestStatus.QUOTED, RequestStatus.ORDERED):
        move(request, "quote", by=by)


def _first_version(
    quote: Quote,
    request: Request | None,
    report: IntakeReport | None,
    template: QuoteTemplate | None,
    source: QuoteVersion | None,
    title: str,
) -> QuoteVersion:
    company = Company.objects.row()
    standard = standard_texts(company, quote.customer.language)
    dutch = quote.customer.language == "nl"
    version = QuoteVersion(
        quote=quote,
        number=1,
        language=quote.customer.language,
        title=title or (quote.type.name_nl if dutch else quote.type.name),
        terms=standard["terms"],
        valid_until=clock.today() + timedelta(days=company.quote_valid_days if company else 30),
    )
    started = template or source
    if started is not None:
        copied = ("introduction", "scope", "billing_basis", "sold_hours", "deposit_percentage")
        assign(version, {name: getattr(started, name) for name in copied})
        version.title = title or started.title
        version.terms = started.terms or version.terms
    if source is not None:
        version.notes, version.sla_class = source.notes, source.sla_class
    if report is not None:
        if not version.sold_hours:
            version.sold_hours = report.hours or Decimal(0)
        version.notes = version.notes or report.note
    if request is not None and not version.scope:
        version.scope = request.description
    version.introduction = version.introduction or standard["introduction"]
    if started is not None:
        assign(
            version,
            texts_in(
                company, version.language, {"introduction": version.introduction, "terms": version.terms}
            ),
        )
    return version


# Changing


def draft_lock(version: QuoteVersion, revision: int | None = None) -> QuoteVersion:
    """The version as it stands now, locked. Raises Refused once it is sent, Conflict when it is not `revision`."""
    locked = (
        QuoteVersion.objects.select_for_update(of=("self",))
        .select_related("quote__customer")
        .get(pk=version.pk)
    )
    if locked.is_frozen:
        raise Refused(_("This version was sent; it does not change any more. Revise the quote instead."))
    if revision is not None and revision != locked.revision:
        raise Conflict(CHANGED_MEANWHILE)
    return locked


def line_rows(version: QuoteVersion) -> QuerySet:
    return version.lines.select_related("vat_code", "material").order_by("position", "id")


def lines_fresh(version: QuoteVersion, rows: QuerySet | None = None) -> list[QuoteLine]:
    """The version's lines; those of a draft with the VAT that holds for the customer now.

    `rows` are its `line_rows` when these were asked already.
    """
    lines = list(line_rows(version) if rows is None else rows)
    if not version.is_frozen:
        for line in lines:
            vat_set(line, version.quote.customer, line.vat_code)
    return lines


def sums_write(version: QuoteVersion, lines: Sequence[QuoteLine]) -> None:
    """Put the totals of `lines` on the version; not saved. Raises Refused when they are beyond all reason."""
    sums = totals(line.priced for line in lines if not line.optional)
    everything = totals(line.priced for line in lines)
    if max(abs(sums.total), abs(everything.total)) > rules.LARGEST:
        raise Refused(_("These amounts are too large."))
    version.net, version.vat, version.total = sums.net, sums.vat, sums.total


def _lines_write(version: QuoteVersion, lines: Sequence[QuoteLine], changed: Sequence[str] = ()) -> None:
    """Write all lines of a draft in this order, and what follows from them."""
    sums_write(version, lines)
    for position, line in enumerate(lines, 1):
        line.position = position
    QuoteLine.objects.bulk_create([line for line in lines if line.pk is None])
    if old := [line for line in lines if line.pk is not None]:
        stored = QuoteLine.objects.in_bulk([line.pk for line in old])
        names = [f.attname for f in QuoteLine._meta.concrete_fields if not f.primary_key]
        different = [
            line for line in old
            if line.pk not in stored or any(getattr(line, n) != getattr(stored[line.pk], n) for n in names)
        ]  # fmt: skip
        if different:
            QuoteLine.objects.bulk_update(different, names)
    version.revision += 1
    version.save(update_fields=["net", "vat", "total", "revision", *changed])


def version_change(
    *,
    version: QuoteVersion,
    by: Actor,
    revision: int | None = None,
    texts: Mapping[str, Any] | None = None,
    lines: Sequence[LineFields] | None = None,
) -> QuoteVersion:
    """Save a draft: its texts, and all its lines in this order. A line that is not named any more goes.

    `revision` is the one that the user saw. Raises Conflict when the draft is another one by now.
    """
    may_make_quotes(by)
    with transaction.atomic():
        locked = draft_lock(version)
        if texts:
            texts = texts_in(Company.objects.row(), texts.get("language", locked.language), texts)
        if revision is not None and revision != locked.revision:
            if _is_saved(locked, texts, lines):  # the same button, pressed twice
                return locked
            raise Conflict(CHANGED_MEANWHILE)
        changed = [name for name in VERSION_FIELDS if texts and name in texts]
        assign(locked, {name: texts[name] for name in changed})  # type: ignore[index]
        if lines is None:
            kept = lines_fresh(locked)
        else:
            stored = {line.pk: line for line in lines_fresh(locked)}
            kept = [_line_changed(locked, stored.get(one.id or 0), one) for one in lines]
            gone = stored.keys() - {line.pk for line in kept}
            if gone:
                QuoteLine.objects.filter(version=locked, pk__in=gone).delete()
        _lines_write(locked, kept, changed)
    return locked


def _is_saved(
    version: QuoteVersion, texts: Mapping[str, Any] | None, lines: Sequence[LineFields] | None
) -> bool:
    """Whether the draft already is what is to be saved."""
    if any(getattr(version, name) != value for name, value in (texts or {}).items()):
        return False
    stored = list(version.lines.order_by("position", "id"))
    if lines is None:
        return True
    if [line.pk for line in stored] != [one.id for one in lines]:
        return False
    return all(
        getattr(line, one.name) == getattr(given, one.name)
        for line, given in zip(stored, lines, strict=True)
        for one in fields(given)
        if one.name not in ("id", "vat_code", "material_id", "rate_kind")
        and getattr(given, one.name) is not None
    ) and [line.vat_code_id for line in stored] == [one.vat_code.pk for one in lines]


def _line_changed(version: QuoteVersion, line: QuoteLine | None, given: LineFields) -> QuoteLine:
    if line is None:
        line = QuoteLine(version=version, price_source=HAND)
        line.material_id, line.rate_kind = given.material_id, given.rate_kind
        line.unit_cost = Decimal(0)
    elif line.unit_price != given.unit_price:
        line.price_source = HAND
    names = {one.name for one in fields(given)} - {"id", "material_id", "rate_kind", "vat_code", "unit_cost"}
    assign(line, {name: getattr(given, name) for name in names})
    if given.unit_cost is not None:
        line.unit_cost = given.unit_cost
    vat_set(line, version.quote.customer, given.vat_code)
    return line


def line_add(*, version: QuoteVersion, by: Actor, revision: int | None = None, **fields: Any) -> QuoteLine:
    """Add a line at the end. `fields` as in `lines.line_make`; what they do not say is looked up."""
    may_make_quotes(by)
    with transaction.atomic():
        locked = draft_lock(version, revision)
        lines = lines_fresh(locked)
        fields.setdefault("section", lines[-1].section if lines else "")
        line = line_make(locked, locked.quote.customer, **fields)
        _lines_write(locked, [*lines, line])
    version.revision = locked.revision
    return line


def line_remove(*, version: QuoteVersion, by: Actor, line: int, revision: int | None = None) -> None:
    """Take a line out. One that is gone already is no matter."""
    may_make_quotes(by)
    with transaction.atomic():
        locked = draft_lock(version, revision)
        QuoteLine.objects.filter(version=locked, pk=line).delete()
        _lines_write(locked, lines_fresh(locked))


def line_move(
    *, version: QuoteVersion, by: Actor, line: int, places: int, revision: int | None = None
) -> None:
    """Move a line up (negative) or down by so many places."""
    may_make_quotes(by)
    with transaction.atomic():
        locked = draft_lock(version, revision)
        lines = lines_fresh(locked)
        at = next((n for n, one in enumerate(lines) if one.pk == line), None)
        if at is not None:
            moved = lines.pop(at)
            lines.insert(max(0, min(len(lines), at + places)), moved)
        _lines_write(locked, lines)
