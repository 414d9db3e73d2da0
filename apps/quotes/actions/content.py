"""Gathering what a version says into the content that is hashed and frozen."""

from collections.abc import Sequence
from typing import Any

from django.utils import translation

from apps.company.models import Company
from apps.core import clock
from apps.core.telephone_fields import tel
from apps.pricing.models import VatCategory
from apps.quotes import rules
from apps.quotes.models import QuoteLine, QuoteVersion


def version_content(version: QuoteVersion, lines: Sequence[QuoteLine]) -> dict[str, Any]:
    """Everything that the customer will be shown, and nothing else: no cost, no note for the technician."""
    quote, customer = version.quote, version.quote.customer
    company = Company.objects.select_related("logo").row() or Company(name="Watertight")
    with translation.override(version.language):
        country = str(customer.get_country_display()) if customer.country != company.country else ""
    return rules.content(
        head={
            "number": quote.number,
            "version": version.number,
            "language": version.language,
            "date": clock.today().isoformat(),
            "valid_until": version.valid_until.isoformat(),
            "billing_basis": version.billing_basis,
            "sold_hours": rules.exact_text(version.sold_hours),
            "deposit_percentage": rules.exact_text(version.deposit_percentage),
            "sla": _sla(version),
        },
        company=company_data(company),
        customer={
            "name": customer.name,
            "contact": quote.contact.name if quote.contact else "",
            "street_line": customer.street_line,
            "city_line": customer.city_line,
            "country": country,
            "vat_number": customer.vat_number if customer.reverse_charge else "",
            "site": f"{quote.site.street_line}, {quote.site.city_line}",
        },
        texts={
            "title": version.title,
            "introduction": version.introduction,
            "scope": version.scope,
            "terms": version.terms,
        },
        lines=[_line(line) for line in lines],
    )


def _line(line: QuoteLine) -> rules.OfferedLine:
    return rules.OfferedLine(
        id=line.pk,
        section=line.section,
        kind=line.kind,
        description=line.description,
        quantity=line.quantity,
        unit=line.unit,
        unit_price=line.unit_price,
        discount=line.discount,
        optional=line.optional,
        vat_category=VatCategory(line.vat_category).value,
        vat_rate=line.vat_rate,
    )


def _sla(version: QuoteVersion) -> dict[str, Any] | None:
    sla = version.sla_class
    if sla is None:
        return None
    return {"name": sla.name, "respond_hours": sla.respond_hours, "complete_hours": sla.complete_hours}


def company_data(company: Company) -> dict[str, str]:
    names = (
        "name", "street_line", "city_line", "kvk_number", "vat_number", "iban", "bic", "email", "phone", "website", "colour",
    )  # fmt: skip
    logo = company.logo.path if company.logo else ""
    said = {name: str(getattr(company, name)) for name in names}
    return said | {"phone": tel(company.phone), "logo": logo}
