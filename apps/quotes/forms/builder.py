"""Beginning a quote, and writing it: its texts and its lines."""

from collections.abc import Iterable, Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django import forms
from django.conf import settings
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from apps.core.number_fields import (
    IdField,
    NumberField,
    PercentageField,
    UnitPriceField,
)
from apps.core.numbers import pk_read
from apps.customers.forms import CustomerChoiceForm
from apps.intake.models import Request, RequestType
from apps.materials.models import Unit
from apps.pricing.models import RateKind, VatCode
from apps.quotes.actions import LineFields
from apps.quotes.actions.drafts import VERSION_FIELDS
from apps.quotes.actions.lines import source_label
from apps.quotes.forms.sums import LONG, AsksAboutHours, AsksAboutLine
from apps.quotes.models import LineKind, Quote, QuoteLine, QuoteTemplate, QuoteVersion


class VersionForm(AsksAboutHours, forms.ModelForm):
    """The texts and terms of a draft."""

    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)

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
            if name != "optional" and not field.widget.is_hidden:
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
        self.fields["template"].label_from_instance = lambda one: f"{one} · {one.get_language_display()}"
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
