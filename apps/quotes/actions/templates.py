"""Quotes to start from."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from apps.core.actors import Actor
from apps.core.audit import audit_record
from apps.core.changes import assign
from apps.core.refusals import Refused
from apps.core.versions import version_lock
from apps.quotes.actions.drafts import may_make_quotes
from apps.quotes.actions.lines import copied_fields
from apps.quotes.models import Quote, QuoteTemplate, TemplateLine

FROM_VERSION = (
    "language",
    "title",
    "introduction",
    "scope",
    "terms",
    "billing_basis",
    "sold_hours",
    "deposit_percentage",
)


def template_create(
    *, by: Actor, fields: Mapping[str, Any], lines: Sequence[Mapping[str, Any]] = ()
) -> QuoteTemplate:
    """Make a template. A line without `unit_price` takes the price of the day on which the template is used."""
    may_make_quotes(by)
    if QuoteTemplate.objects.filter(name=fields["name"]).exists():
        raise Refused(_("There is already a template with this name."))
    with transaction.atomic():
        template = QuoteTemplate.objects.create(**fields)
        _lines_write(template, lines)
        audit_record(template, verb="quotetemplate.create", by=by)
    return template


def template_change(
    *,
    template: QuoteTemplate,
    by: Actor,
    fields: Mapping[str, Any],
    lines: Sequence[Mapping[str, Any]] | None,
    version: int | None = None,
) -> QuoteTemplate:
    """Change a template; quotes that were made from it stay as they are. `lines` None leaves its lines."""
    may_make_quotes(by)
    with transaction.atomic():
        locked = version_lock(template, version)
        assign(locked, fields)
        locked.save()
        if lines is not None:
            locked.lines.all().delete()
            _lines_write(locked, lines)
        audit_record(locked, verb="quotetemplate.change", by=by)
    return locked


def template_from_quote(*, quote: Quote, by: Actor, name: str, keep_prices: bool = False) -> QuoteTemplate:
    """Keep a quote's current version as a template. Prices from rates and the catalogue stay open unless kept."""
    version = quote.current
    lines = []
    for line in version.lines.order_by("position", "id"):
        fields = copied_fields(line)
        if not keep_prices and (line.material_id or line.rate_kind):
            fields["unit_price"] = None
        lines.append(fields)
    taken = {one: getattr(version, one) for one in FROM_VERSION}
    return template_create(by=by, fields={"name": name, "type": quote.type, **taken}, lines=lines)


def _lines_write(template: QuoteTemplate, lines: Sequence[Mapping[str, Any]]) -> None:
    TemplateLine.objects.bulk_create(
        TemplateLine(template=template, position=position, **fields)
        for position, fields in enumerate(lines, 1)
    )
