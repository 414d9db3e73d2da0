"""What a technician types at the steps of a job."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.core.number_fields import HoursField, IdField, NumberField
from apps.core.sure import DAY, AsksOnce
from apps.field.models import TimeEntry
from apps.materials.models import Material, Unit
from apps.materials.rules import much_of

MAX_PHOTOS = 20
WEEK = Decimal(40)
MOMENT = "%Y-%m-%dT%H:%M"


class ManyFiles(forms.ClearableFileInput):
    allow_multiple_selected = True


class PhotosField(forms.FileField):
    """One photo or several. Whether they are photos is seen when they are read."""

    widget = ManyFiles

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile]:
        given = [one for one in (data if isinstance(data, list | tuple) else [data]) if one]
        if len(given) > MAX_PHOTOS:
            raise forms.ValidationError(_("At most %(n)s photos at a time.") % {"n": MAX_PHOTOS})
        found = [super(PhotosField, self).clean(one, initial) for one in given or [None]]
        return [one for one in found if one]


class PhotoForm(forms.Form):
    photos = PhotosField(label=gettext_lazy("Photos"))


class WorkDoneForm(forms.Form):
    text = forms.CharField(
        label=gettext_lazy("What was done"),
        help_text=gettext_lazy("The customer reads this on the work order and on the invoice."),
        widget=forms.Textarea(attrs={"rows": 6}),
        max_length=10_000,
    )


class MaterialForm(AsksOnce, forms.Form):
    material = IdField()
    quantity = NumberField(label=gettext_lazy("Quantity"), least=Decimal("0.001"), digits=9)

    def __init__(self, *args: Any, to_bring: Mapping[int, Decimal], **kwargs: Any) -> None:
        """`to_bring` is how much of each material, by its id, the job was thought to need."""
        super().__init__(*args, **kwargs)
        self.to_bring = to_bring

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        pk: int = given.get("material") or 0
        self.ask_far("quantity", self.to_bring.get(pk), _("what was to bring"), down=False)
        self.ask_above(
            "quantity", lambda: much_of(Material.objects.filter(pk=pk).values_list("unit", flat=True).first())
        )
        return given


class OtherMaterialForm(AsksOnce, forms.Form):
    """A part that is not in the catalogue, in the technician's words."""

    description = forms.CharField(
        label=gettext_lazy("What is it"),
        help_text=gettext_lazy("Make, type and size, as the office has to find its price."),
        max_length=200,
    )
    quantity = NumberField(label=gettext_lazy("Quantity"), least=Decimal("0.001"), digits=9)
    unit = forms.ChoiceField(label=gettext_lazy("Unit"), choices=Unit.choices, initial=Unit.PIECE)
    photos = PhotosField(label=gettext_lazy("Photo"), required=False)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        self.ask_above("quantity", much_of(given.get("unit")))
        return given


class ExtraWorkForm(AsksOnce, forms.Form):
    description = forms.CharField(
        label=gettext_lazy("What was done beyond the agreement"),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=2000,
    )
    hours = HoursField(
        label=gettext_lazy("Hours"), digits=5, least=0, required=False,
        help_text=gettext_lazy("Leave empty when it took no extra time."),
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        self.ask_above("hours", DAY, _("%(value)s hours is much for one visit. Is that right?"))
        return given


class IssueForm(forms.Form):
    text = forms.CharField(
        label=gettext_lazy("What is the matter"), widget=forms.Textarea(attrs={"rows": 4}), max_length=2000
    )
    blocks = forms.BooleanField(
        label=gettext_lazy("I cannot finish the work because of this"), required=False
    )
    photos = PhotosField(label=gettext_lazy("Photo"), required=False)


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Reason"), widget=forms.Textarea(attrs={"rows": 3}), max_length=500
    )


class GoesOnForm(AsksOnce, forms.Form):
    """What is left of the job after this visit. Somebody has to plan it, unless a colleague or a next visit is planned."""

    left_over = forms.CharField(
        label=gettext_lazy("What is left to do"), widget=forms.Textarea(attrs={"rows": 4}), max_length=2000
    )
    hours_left = HoursField(label=gettext_lazy("Hours left"), digits=5, least=Decimal("0.25"))

    def __init__(self, *args: Any, is_planned: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in self.fields:
            self.fields[name].required = not is_planned

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        self.ask_above("hours_left", WEEK, _("%(value)s hours is more than a week. Is that right?"))
        return given


class TimeProposalForm(ReasonForm):
    ended_at = forms.DateTimeField(
        label=gettext_lazy("The work ended at"),
        input_formats=[MOMENT],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=MOMENT),
    )

    def __init__(self, *args: Any, entry: TimeEntry, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.entry = entry
        attrs = self.fields["ended_at"].widget.attrs
        attrs["min"] = localtime(entry.started_at).strftime(MOMENT)
        if entry.ended_at:
            attrs["max"] = localtime(entry.ended_at).strftime(MOMENT)

    def clean_ended_at(self) -> datetime:
        given: datetime = self.cleaned_data["ended_at"]
        if given == self.entry.started_at.replace(second=0, microsecond=0):
            given = self.entry.started_at  # the picker knows no seconds
        if self.entry.ended_at is None or not self.entry.started_at <= given <= self.entry.ended_at:
            raise forms.ValidationError(_("The work ended between the start and the stop of the clock."))
        return given


class NoAccessForm(ReasonForm):
    photos = PhotosField(label=gettext_lazy("Photo of the door"))


class SignOffForm(forms.Form):
    """A name with a signature, or a reason why there is none."""

    name = forms.CharField(label=gettext_lazy("Name of the customer"), max_length=120, required=False)
    signature = forms.CharField(widget=forms.HiddenInput, required=False)
    reason = forms.CharField(
        label=gettext_lazy("Why there is no signature"),
        help_text=gettext_lazy("For example: nobody at home."),
        max_length=200,
        required=False,
    )
    shown_at = forms.DateTimeField(widget=forms.HiddenInput)
    shown_hash = forms.CharField(widget=forms.HiddenInput, max_length=64)

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        if found.get("reason"):
            return found
        if found.get("signature") and not found.get("name"):
            self.add_error("name", _("Type the name of whoever signed."))
        elif found.get("name") and not found.get("signature"):
            self.add_error("reason", _("Let the customer sign, or say why there is no signature."))
        elif not found.get("name"):
            self.add_error(
                "name", _("Let the customer sign with their name, or say why there is no signature.")
            )
        return found
