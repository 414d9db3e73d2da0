"""The forms about quotes."""

from collections.abc import Iterable, Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django import forms
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from apps.core.number_fields import (
    AmountField,
    CountField,
    IdField,
    NumberField,
    PercentageField,
    UnitPriceField,
)
from apps.core.numbers import pk_read
from apps.core.sure import AsksOnce
from apps.customers.forms import CustomerChoiceForm
from apps.intake.models import Request, RequestType
from apps.materials.models import Unit
from apps.materials.rules import much_of
from apps.pricing.lookup import usual_price
from apps.pricing.models import RateKind, VatCode
from apps.quotes.actions import LineFields
from apps.quotes.actions.drafts import VERSION_FIELDS
from apps.quotes.actions.lines import source_label
from apps.quotes.models import LineKind, Quote, QuoteLine, QuoteTemplate, QuoteVersion

LONG = 10_000
MUCH_DISCOUNT = 50  # per cent


class AsksAboutLine(AsksOnce):
    """Ask about a price that is far from that of the catalogue or the rates, and about much of anything."""

    def line_ask(self) -> None:
        given = self.cleaned_data
        material, rate_kind = given.get("material"), given.get("rate_kind") or ""
        what = _("the catalogue's price") if material else _("the rate")
        self.ask_far("unit_price", lambda: usual_price(material=material, rate_kind=rate_kind), str(what))
        self.ask_above("quantity", much_of(given.get("unit")))
        self.ask_above("discount", MUCH_DISCOUNT)


class AsksAboutHours(AsksOnce):
    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean()  # type: ignore[misc]
        self.ask_above("sold_hours", much_of(Unit.HOUR))
        return given


class VersionForm(AsksAboutHours, forms.ModelForm):
    """The texts and terms of a draft."""

    class Meta:
        model = QuoteVersion
        fields = VERSION_FIELDS
        widgets = {
            "introduction": forms.Textarea(attrs={"rows": 3}),
            "scope": forms.Textarea(attrs={"rows": 5}),
            "terms": forms.Textarea(attrs={"rows": 3}),
            "notes": forms.Textarea(attrs={"rows": 3}),
            "valid_until": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("introduction", "scope", "terms", "notes"):
            self.fields[name].max_length = LONG  # type: ignore[attr-defined]
            self.fields[name].validators.append(forms.CharField(max_length=LONG).validators[0])
            self.fields[name].widget.attrs["maxlength"] = LONG


class LineForm(AsksAboutLine, forms.Form):
    """One line in the builder."""

    kind = forms.ChoiceField(choices=LineKind, widget=forms.HiddenInput)
    material = IdField(required=False)
    rate_kind = forms.ChoiceField(
        choices=[("", ""), *RateKind.choices], required=False, widget=forms.HiddenInput
    )
    section = forms.CharField(label=_("Section"), max_length=80, required=False)
    description = forms.CharField(label=_("Description"), max_length=300)
    quantity = NumberField(label=_("Quantity"))
    unit = forms.ChoiceField(label=_("Unit"), choices=Unit)
    unit_price = UnitPriceField(label=_("Unit price"), least=0)
    discount = PercentageField(label=_("Discount (%)"), required=False)
    vat_code = forms.ChoiceField(label=_("VAT"))
    optional = forms.BooleanField(label=_("Optional"), required=False)
    unit_cost = UnitPriceField(label=_("Unit cost"), least=0, required=False)

    def __init__(self, key: str, codes: Mapping[int, VatCode], *, margin: bool, data: Any = None,
                 line: QuoteLine | None = None) -> None:  # fmt: skip
        """`line` is the stored line, if it still exists; `margin` says whether the user may see costs."""
        super().__init__(data, prefix=f"line-{key}", initial=_initial(line))
        self.key, self.line, self.codes = key, line, codes
        if not margin:
            del self.fields["unit_cost"]
        self.fields["vat_code"].choices = [  # type: ignore[attr-defined]
            (pk, code.name) for pk, code in codes.items() if code.active or (line and line.vat_code_id == pk)
        ]
        for name, field in self.fields.items():
            if name != "optional":
                field.widget.attrs["aria-label"] = field.label

    def clean(self) -> dict[str, Any]:
        self.line_ask()
        return self.cleaned_data

    @property
    def source(self) -> str:
        return source_label(self.line.price_source) if self.line else ""

    @property
    def faults(self) -> list[str]:
        """What is wrong with this line, each with the name of its field."""
        return [f"{bound.label}: {error}" for bound in self for error in bound.errors]

    def _cost(self) -> Decimal | None:
        """The cost as typed; the stored one, to its last decimal, when it is what was shown."""
        given: Decimal | None = self.cleaned_data.get("unit_cost")
        return self.line.unit_cost if self.line and given == cost_shown(self.line) else given

    def fields_given(self) -> LineFields:
        given = self.cleaned_data
        return LineFields(
            id=pk_read(self.key),
            kind=given["kind"],
            description=given["description"],
            quantity=given["quantity"],
            unit=given["unit"],
            unit_price=given["unit_price"],
            vat_code=self.codes[int(given["vat_code"])],
            section=given["section"],
            discount=given["discount"] or Decimal(0),
            optional=given["optional"],
            unit_cost=self._cost(),
            material_id=given["material"],
            rate_kind=given["rate_kind"],
        )


def _initial(line: QuoteLine | None) -> dict[str, Any]:
    if line is None:
        return {}
    names = (
        "kind", "rate_kind", "section", "description", "unit", "optional", "quantity", "discount", "unit_price"
    )  # fmt: skip
    return {name: getattr(line, name) for name in names} | {
        "vat_code": line.vat_code_id, "material": line.material_id, "unit_cost": cost_shown(line),
    }  # fmt: skip


def cost_shown(line: QuoteLine) -> Decimal:
    """A cost in cents; only one under a euro, such as of a screw, needs more."""
    return line.unit_cost.quantize(Decimal("0.01"), ROUND_HALF_UP) if line.unit_cost >= 1 else line.unit_cost


class BuilderForm:
    """A whole draft as the builder posts it: its texts and its lines, in the order in which they stand."""

    def __init__(
        self,
        version: QuoteVersion,
        lines: Iterable[QuoteLine],
        codes: Iterable[VatCode],
        *,
        margin: bool,
        data: Any = None,
    ) -> None:
        by_id = {code.pk: code for code in codes}
        stored = {str(line.pk): line for line in lines}
        self.data = data
        self.texts = VersionForm(data, instance=version)
        keys = (
            [key for key in data.getlist("line") if key.isalnum()][:500] if data is not None else list(stored)
        )
        self.lines = [
            LineForm(key, by_id, margin=margin, data=data, line=stored.get(key))
            for key in dict.fromkeys(keys)
        ]

    @cached_property
    def forms(self) -> list[forms.BaseForm]:
        return [self.texts, *self.lines]

    @cached_property
    def is_valid(self) -> bool:
        valid = [one.is_valid() for one in self.forms]  # every form, so that each shows its own faults
        return all(valid)

    @property
    def revision(self) -> int | None:
        """The revision that the user saw, or agreed to save over."""
        for name in ("over", "revision"):
            if (given := pk_read(self.data.get(name))) is not None:
                return given
        return -1

    @property
    def texts_given(self) -> dict[str, Any]:
        return self.texts.cleaned_data

    @property
    def lines_given(self) -> list[LineFields]:
        return [one.fields_given() for one in self.lines]

    @property
    def sections(self) -> list[str]:
        return list(
            dict.fromkeys(str(one["section"].value() or "") for one in self.lines if one["section"].value())
        )


class CreateForm(CustomerChoiceForm):
    """What a new quote starts from, and for whom it is."""

    request = forms.ModelChoiceField(
        Request.objects.none(), label=_("Intake"), required=False, empty_label=_("Without an intake")
    )
    type = forms.ModelChoiceField(
        RequestType.objects.none(), label=_("Type of work"), required=False, empty_label=_("Choose…")
    )
    template = forms.ModelChoiceField(
        QuoteTemplate.objects.none(), label=_("Template"), required=False, empty_label=_("No template")
    )
    copy_of = forms.ModelChoiceField(Quote.objects.none(), required=False, widget=forms.HiddenInput)
    title = forms.CharField(label=_("Title"), max_length=120, required=False)

    always_needed = False

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, user=user, **kwargs)
        ready = Request.objects.for_user(user).filter(status__in=["accepted", "received", "quoted"])
        self._choices("request", ready.select_related("customer").order_by("-created_at"))
        self.fields["request"].label_from_instance = lambda one: f"{one.number} · {one.customer}"
        self._choices("type", RequestType.objects.filter(active=True))
        self._choices("template", QuoteTemplate.objects.for_user(user).active())
        self._choices("copy_of", Quote.objects.for_user(user))
        self.fields["name"].error_messages["required"] = _(
            "Choose an intake or a customer, or type the name of a new one."
        )

    def _choices(self, name: str, rows: Any) -> None:
        self.fields[name].queryset = rows

    @property
    def needs_customer(self) -> bool:
        given = self.cleaned_data
        return not (given.get("request") or given.get("copy_of")) and not (
            {"request", "copy_of"} & set(self.errors)
        )

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        typed = given.get("type") or (given.get("template") and given["template"].type)
        if self.needs_customer and not typed and "type" not in self.errors:
            self.add_error("type", _("Choose the type of work."))
        return given

    def starts_from(self, by: Any) -> dict[str, Any]:
        """What the action wants; a new customer, address or contact is made."""
        given = self.cleaned_data
        start = {name: given[name] for name in ("request", "type", "template", "copy_of", "title")}
        if self.needs_customer:
            start["customer"], start["site"], start["contact"] = self.customer_resolve(by)
        return start


class SendForm(forms.Form):
    """To whom a quote goes."""

    to_address = forms.EmailField(
        label=_("E-mail address"),
        required=False,
        help_text=_("Leave empty to mail nothing, and hand over the link or the PDF yourself."),
    )
    revision = IdField()


class ResendForm(forms.Form):
    to_address = forms.EmailField(label=_("E-mail address"))


class ReasonForm(forms.Form):
    reason = forms.CharField(label=_("Reason"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3}))


class WithdrawForm(ReasonForm):
    tell = forms.BooleanField(
        label=_("Mail the customer that the quote is withdrawn"), required=False, initial=True
    )


class ReviseForm(forms.Form):
    reason = forms.CharField(
        label=_("What changes?"), max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )


class RecordForm(forms.Form):
    """The office records an acceptance that came by telephone or mail."""

    name = forms.CharField(label=_("Who accepted?"), max_length=120)
    options = forms.TypedMultipleChoiceField(
        label=_("Chosen options"), coerce=int, required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, content: Mapping[str, Any], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(line["id"], line["description"]) for line in content["lines"] if line["optional"]]
        self.fields["options"].choices = choices  # type: ignore[attr-defined]
        if not choices:
            del self.fields["options"]


class AcceptForm(forms.Form):
    """The customer's yes."""

    name = forms.CharField(
        label=_("Your name"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    signature = forms.CharField(label=_("Signature"), required=False, max_length=500_000)
    total = AmountField(required=False, widget=forms.HiddenInput)


class DeclineForm(forms.Form):
    reason = forms.CharField(
        label=_("Why do you decline?"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3})
    )
    name = forms.CharField(label=_("Your name"), max_length=120, required=False)


class TemplateNameForm(forms.Form):
    name = forms.CharField(label=_("Name of the template"), max_length=80)
    keep_prices = forms.BooleanField(
        label=_("Keep these prices"),
        required=False,
        help_text=_("Otherwise lines from the rates and the catalogue take the price of the day."),
    )


class TemplateForm(AsksAboutHours, forms.ModelForm):
    class Meta:
        model = QuoteTemplate
        fields = (
            "name", "type", "active", "title", "introduction", "scope", "terms", "billing_basis", "sold_hours",
            "deposit_percentage",
        )  # fmt: skip
        widgets = {
            name: forms.Textarea(attrs={"rows": 3, "maxlength": LONG})
            for name in ("introduction", "scope", "terms")
        }


class TemplateLineForm(AsksAboutLine, forms.Form):
    """A line of a template; an empty price takes the price of the day."""

    material = IdField(required=False)
    kind = forms.ChoiceField(label=_("Kind"), choices=LineKind)
    rate_kind = forms.ChoiceField(label=_("Rate"), choices=[("", "–"), *RateKind.choices], required=False)
    section = forms.CharField(label=_("Section"), max_length=80, required=False)
    description = forms.CharField(label=_("Description"), max_length=300)
    quantity = NumberField(label=_("Quantity"))
    unit = forms.ChoiceField(label=_("Unit"), choices=Unit)
    unit_price = UnitPriceField(label=_("Unit price"), least=0, required=False)
    discount = PercentageField(label=_("Discount (%)"), required=False)
    vat_code = forms.ModelChoiceField(VatCode.objects.all(), label=_("VAT"), empty_label=None)
    optional = forms.BooleanField(label=_("Optional"), required=False)

    def clean(self) -> dict[str, Any]:
        self.line_ask()
        return self.cleaned_data

    def has_changed(self) -> bool:
        """An empty row is one in which nothing is typed: a browser sends its choices all the same."""
        if self.initial:
            return super().has_changed()
        return any(
            self[name].data for name in ("material", "section", "description", "quantity", "unit_price")
        )

    def fields_given(self) -> dict[str, Any]:
        given = dict(self.cleaned_data)
        given["material_id"] = given.pop("material")
        given["discount"] = given["discount"] or Decimal(0)
        return {name: value for name, value in given.items() if name not in ("DELETE", "ORDER")}


class BaseTemplateLines(forms.BaseFormSet):
    def add_fields(self, form: forms.Form, index: int | None) -> None:
        super().add_fields(form, index)
        place = None if index is None or index >= self.initial_form_count() else index + 1
        form.fields["ORDER"] = CountField(
            label=pgettext_lazy("position", "Order"), initial=place, required=False
        )


TemplateLines = forms.formset_factory(
    TemplateLineForm, formset=BaseTemplateLines, extra=1, can_delete=True, can_order=True
)
