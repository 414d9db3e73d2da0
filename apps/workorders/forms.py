"""What the office types about a work order, and how it composes a job form."""

from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms import formset_factory
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from apps.core.handover import OutOfUseMixin
from apps.core.more_rows import GrowingRows
from apps.core.number_fields import CountField, HoursField, NumberField
from apps.core.sure import AsksOnce
from apps.customers.models import Contact, Customer, Equipment, Site
from apps.intake.models import RequestType
from apps.materials.models import Material, Unit
from apps.materials.rules import much_of
from apps.technicians.models import Skill
from apps.workorders.actions import FieldDraft
from apps.workorders.models import FieldKind, JobForm, SlaClass, WorkOrder

DAY = {"type": "date"}
MUCH_PEOPLE = 9


class WorkOrderForm(AsksOnce, forms.ModelForm):
    """The job itself. The customer is chosen before; site, contact and equipment are the customer's."""

    fields: dict[str, Any]

    sold_hours = HoursField(
        initial=0,
        label=capfirst(gettext_lazy("sold hours")), least=0,
        help_text=gettext_lazy("What the customer was told, without travel."),
    )  # fmt: skip
    expected_hours = HoursField(
        initial=0,
        label=capfirst(gettext_lazy("expected hours")), least=0,
        help_text=gettext_lazy("How long the planning books, over all technicians. 0: the sold hours."),
    )  # fmt: skip
    people = CountField(label=capfirst(gettext_lazy("technicians needed")), least=1, initial=1)
    job_form = forms.ModelChoiceField(
        label=gettext_lazy("Job form"), queryset=JobForm.objects.none(), required=False,
        empty_label=gettext_lazy("The form for this type of work"),
    )  # fmt: skip

    class Meta:
        model = WorkOrder
        fields = (
            "title", "type", "site", "contact", "equipment", "urgency", "scope", "notes", "billing_basis",
            "sold_hours", "expected_hours", "people", "skill", "sla_class", "preferred_from", "preferred_until",
            "preferred_part", "confirm_to_customer",
        )  # fmt: skip
        widgets = {
            "scope": forms.Textarea(attrs={"rows": 4}),
            "notes": forms.Textarea(attrs={"rows": 3}),
            "preferred_from": forms.DateInput(attrs=DAY, format="%Y-%m-%d"),
            "preferred_until": forms.DateInput(attrs=DAY, format="%Y-%m-%d"),
        }
        help_texts = {
            "scope": gettext_lazy("What is to be done. The technician and the customer read this."),
            "notes": gettext_lazy("Only for the technician: keys, parking, the dog."),
        }

    def __init__(self, *args: Any, customer: Customer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.customer = customer
        self.fields["site"].queryset = Site.objects.filter(customer=customer)
        self.fields["contact"].queryset = Contact.objects.filter(customer=customer)
        kept = {name: self.initial.get(name) for name in ("type", "job_form", "equipment")}
        devices = Equipment.objects.offered(kept["equipment"])
        self.fields["equipment"].queryset = devices.filter(site__customer=customer)
        self.fields["type"].queryset = RequestType.objects.offered(kept["type"])
        self.fields["skill"].queryset = Skill.objects.all()
        self.fields["skill"].empty_label = _("As the type of work needs")
        self.fields["sla_class"].queryset = SlaClass.objects.all()
        self.fields["job_form"].queryset = JobForm.objects.offered(kept["job_form"])
        if not self.is_bound and not self.initial.get("site"):
            sites = list(self.fields["site"].queryset[:2])
            if len(sites) == 1:
                self.initial["site"] = sites[0].pk

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        first, last = given.get("preferred_from"), given.get("preferred_until")
        if first and last and last < first:
            self.add_error("preferred_until", _("The window ends before it starts."))
        equipment, site = given.get("equipment"), given.get("site")
        if equipment and site and equipment.site_id != site.pk:
            self.add_error("equipment", _("This equipment stands at another site."))
        for name in ("sold_hours", "expected_hours"):
            self.ask_above(name, much_of(Unit.HOUR))
        self.ask_above("people", MUCH_PEOPLE)
        return given

    def _get_validation_exclusions(self) -> set[str]:
        return super()._get_validation_exclusions() | {"number", "customer", "status"}  # type: ignore[misc]


class ToBringForm(AsksOnce, forms.Form):
    """One thing for the van: from the catalogue, by its code or name, or in free words."""

    what = forms.CharField(
        label=gettext_lazy("What"), max_length=200, widget=forms.TextInput(attrs={"list": "catalogue"})
    )
    quantity = NumberField(label=gettext_lazy("Quantity"), least=Decimal("0.001"), initial=1)
    unit = forms.ChoiceField(label=gettext_lazy("Unit"), choices=Unit.choices, initial=Unit.PIECE)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        self.ask_above("quantity", much_of(given.get("unit")))
        return given


class BaseToBringFormSet(GrowingRows):
    label = gettext_lazy("To bring")

    def rows(self) -> list[dict[str, Any]]:
        """What `work_order_create` takes. Words that are a material's code or name become that material."""
        typed = [one for one in self.cleaned_data if one and not one.get("DELETE")]
        known = _materials([one["what"] for one in typed], [one["what"] for one in self.initial or []])
        found = []
        for one in typed:
            material = known.get(one["what"].strip().lower())
            found.append(
                {
                    "material": material,
                    "description": material.name if material else one["what"],
                    "quantity": one["quantity"],
                    "unit": material.unit if material else one["unit"],
                }
            )
        return found


ToBringFormSet: Any = formset_factory(
    ToBringForm, formset=BaseToBringFormSet, extra=1, max_num=60, can_delete=True
)


def _materials(words: list[str], kept: list[str]) -> dict[str, Material]:
    """The material that each word means. One out of use is meant only by a word that stood on the list before."""
    asked, before = ({word.strip().lower() for word in one} for one in (words, kept))
    if not asked:
        return {}
    found: dict[str, Material] = {}
    for material in Material.objects.order_by("-active", "name__by_name"):
        for name in (material.code.lower(), material.name.lower()):
            if name in asked and (material.active or name in before):
                found.setdefault(name, material)
    return found


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 2})
    )


class JobFormForm(OutOfUseMixin, forms.ModelForm):
    class Meta:
        model = JobForm
        fields = ("name", "request_type", "active")


class FieldForm(forms.Form):
    """One field of a job form, as it is composed."""

    position = CountField(label=pgettext_lazy("position", "Order"), least=1, most=999, required=False)
    section = forms.CharField(label=gettext_lazy("Section"), max_length=80, required=False)
    label = forms.CharField(label=gettext_lazy("Question"), max_length=120)
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=FieldKind.choices, initial=FieldKind.TICK)
    unit = forms.CharField(label=gettext_lazy("Unit"), max_length=20, required=False)
    minimum = NumberField(label=gettext_lazy("At least"), digits=12, required=False)
    maximum = NumberField(label=gettext_lazy("At most"), digits=12, required=False)
    options = forms.CharField(
        label=pgettext_lazy("checklist", "Options"),
        required=False,
        help_text=gettext_lazy("Separated by commas."),
    )
    required = forms.BooleanField(label=gettext_lazy("Required"), required=False, initial=True)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        low, high = given.get("minimum"), given.get("maximum")
        if low is not None and high is not None and high < low:
            self.add_error("maximum", _("This is less than the least."))
        if given.get("kind") == FieldKind.CHOICE and len(self.choices()) < 2:
            self.add_error("options", _("Name at least two options, separated by commas."))
        return given

    def has_changed(self) -> bool:
        """An empty row is one in which nothing is typed, whatever its kind and tick say."""
        if self.initial:
            return super().has_changed()
        return any(self[name].data for name in ("label", "section", "unit", "minimum", "maximum", "options"))

    def choices(self) -> list[str]:
        typed = (self.cleaned_data.get("options") or "").split(",")
        return list(dict.fromkeys(one.strip() for one in typed if one.strip()))

    def draft(self) -> FieldDraft:
        given = self.cleaned_data
        measured = given["kind"] in (FieldKind.NUMBER, FieldKind.READING)
        return FieldDraft(
            label=given["label"],
            kind=given["kind"],
            section=given["section"],
            unit=given["unit"] if measured else "",
            minimum=given["minimum"] if measured else None,
            maximum=given["maximum"] if measured else None,
            options=self.choices() if given["kind"] == FieldKind.CHOICE else [],
            required=given["required"],
        )


class BaseFieldFormSet(GrowingRows):
    label = gettext_lazy("Questions")

    def clean(self) -> None:
        if not any(self.errors) and not self.drafts():
            raise ValidationError(_("A form needs at least one field."))

    def drafts(self) -> list[FieldDraft]:
        """The fields in the order that was asked for; rows without a number keep their place at the end."""
        kept = [
            one for one in self.forms if one.cleaned_data.get("label") and not one.cleaned_data.get("DELETE")
        ]
        return [one.draft() for one in sorted(kept, key=lambda one: one.cleaned_data["position"] or 1000)]


FieldFormSet: Any = formset_factory(
    FieldForm, formset=BaseFieldFormSet, extra=1, max_num=120, can_delete=True
)
