"""The quotes that hang on those who leave, and on what goes out of use."""

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from apps.core import merging
from apps.core.holdings import Kind, Line, register
from apps.quotes.models import Quote, QuoteLine, QuoteTemplate, TemplateLine


def _quote_line(row: Quote) -> Line:
    url = reverse("quotes:quote_detail", args=[row.pk])
    return Line(f"{row} {row.customer}", str(row.get_status_display()), url)


class _OpenQuotes(Kind):
    label = _("Open quotes")
    order = 20

    def rows(self) -> QuerySet:
        return Quote.objects.open().select_related("customer").order_by("created_at")

    def line(self, row: Quote) -> Line:
        return _quote_line(row)


@register
class QuotesOfUser(_OpenQuotes):
    name = "quotes.user"
    subject = "accounts.user"
    holder = "created_by"
    stays = _("They stay as they are; an answer is told to everybody who makes quotes.")
    order = 80


@register
class QuotesOfCustomer(_OpenQuotes):
    name = "quotes.customer"
    subject = "customers.customer"
    holder = "customer"
    stays = _("They stay open: the customer can still accept a quote that was sent.")


@register
class QuotesOfType(_OpenQuotes):
    name = "quotes.type"
    subject = "intake.requesttype"
    holder = "type"
    stays = _("They keep this type.")


class _Lines(Kind):
    """Lines of drafts and of what was sent and not answered."""

    label = _("On open quotes")
    order = 10

    def rows(self) -> QuerySet:
        rows = QuoteLine.objects.filter(version__in=Quote.objects.open().values("current"))
        return rows.select_related("version__quote__customer").order_by(
            "version__quote__created_at", "position"
        )

    def line(self, row: QuoteLine) -> Line:
        return _quote_line(row.version.quote)


@register
class LinesWithMaterial(_Lines):
    name = "quotes.material"
    subject = "materials.material"
    holder = "material"
    stays = _("It stays on the quote, and comes along on the job once the customer accepts.")


@register
class LinesWithVat(_Lines):
    name = "quotes.vat"
    subject = "pricing.vatcode"
    holder = "vat_code"
    stays = _("They keep this code.")


def _template_line(row: QuoteTemplate) -> Line:
    return Line(str(row), row.title, reverse("quotes:template_change", args=[row.pk]))


class _TemplateLines(Kind):
    label = _("In quote templates")
    stays = _("They stay in the template, and come along into each new quote made of it.")
    order = 30

    def rows(self) -> QuerySet:
        rows = TemplateLine.objects.filter(template__active=True)
        return rows.select_related("template").order_by("template__name__by_name", "position")

    def line(self, row: TemplateLine) -> Line:
        return _template_line(row.template)


@register
class TemplatesWithMaterial(_TemplateLines):
    name = "quotes.template_material"
    subject = "materials.material"
    holder = "material"


@register
class TemplatesWithVat(_TemplateLines):
    name = "quotes.template_vat"
    subject = "pricing.vatcode"
    holder = "vat_code"


@register
class TemplatesOfType(Kind):
    name = "quotes.template_type"
    subject = "intake.requesttype"
    holder = "type"
    label = _("Quote templates")
    stays = _("They keep this type, and a quote made of one gets it.")
    order = 30

    def rows(self) -> QuerySet:
        return QuoteTemplate.objects.active().order_by("name__by_name")

    def line(self, row: QuoteTemplate) -> Line:
        return _template_line(row)


merging.register(
    merging.Part(
        "customers.customer", "quotes.quote", "customer", _("Quotes"), 30,
        ties=("site__customer", "contact__customer", "request__customer", "work_order__customer"),
    ),
    merging.Part(
        "customers.customer", "quotes.quotelink", "version__quote__customer", _("Private addresses of quotes"), 32
    ),
)  # fmt: skip
