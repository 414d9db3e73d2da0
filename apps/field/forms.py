"""What a technician types. A field that is wrong is said at once, here; what fits the visit is decided by the receipt book."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.core import formats
from apps.core.number_fields import CountField, HoursField, IdField, NumberField
from apps.core.numbers import event_read
from apps.core.sure import DAY, AsksOnce
from apps.documents.photos import SIDE
from apps.field import rules
from apps.field.models import FieldEvent, FormAnswer, PhoneSettings, TimeEntry
from apps.field.sides import LABELS
from apps.field.states import CORRECTABLE
from apps.materials.models import Material, Unit
from apps.materials.rules import much_of
from apps.workorders.models import FieldKind, JobFormField

MAX_PHOTOS = 20
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


class ChecklistForm(AsksOnce, forms.Form):
    """The job form of a work order. What is required may be left for later; what is typed must be readable.

    The page says what stood in it when it was shown (`was_…`). Whatever still stands so was not answered: a page that a
    phone kept for hours, or another tab, says nothing about what was answered since.
    """

    use_required_attribute = False

    def __init__(
        self, questions: list[JobFormField], answers: dict[int, FormAnswer], *args: Any, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.questions, self.answers = questions, answers
        for question in questions:
            name = f"question_{question.pk}"
            self.fields[name] = _control(question)
            if question.pk in answers and question.kind != FieldKind.PHOTO:
                self.initial[name] = _known(question, answers[question.pk])

    def _clean_fields(self) -> None:
        """Required questions say so, and yet may be answered later: the visit cannot be handed in without them."""
        required = [control for control in self.fields.values() if control.required]
        for control in required:
            control.required = False
        super()._clean_fields()  # type: ignore[misc]
        for control in required:
            control.required = True

    def clean(self) -> dict[str, Any]:
        """What lies a little outside its limits is reported to the office; ten times the limit is a slip of the finger."""
        given = super().clean() or self.cleaned_data
        for question in self.answered:
            self._check_not_taken_away(question)
        sentence = _("%(value)s is ten times what is expected here, or more. Is that right?")
        for question in self.answered:
            if question.maximum and question.maximum > 0:
                most = question.maximum * 10 - Decimal("0.001")
                self.ask_above(f"question_{question.pk}", most, sentence)
        return given

    def _check_not_taken_away(self, question: JobFormField) -> None:
        """An answer is corrected, never taken back; whoever empties its field is told so."""
        name, known = f"question_{question.pk}", self.answers.get(question.pk)
        if question.kind in (FieldKind.PHOTO, FieldKind.TICK) or known is None or name in self.errors:
            return
        if self.cleaned_data.get(name) in ("", None):
            self.add_error(name, _("An answer can be changed, not taken away. Type what is right."))

    @property
    def sections(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        for question in self.questions:
            if not found or found[-1]["title"] != question.section:
                found.append({"title": question.section, "rows": []})
            found[-1]["rows"].append(
                {
                    "question": question,
                    "field": self[f"question_{question.pk}"],
                    "answer": self.answers.get(question.pk),
                    "was": self._was(f"question_{question.pk}"),
                }
            )
        return found

    def _was(self, name: str) -> str:
        """What stood in the field when its page was first shown, as a browser sends it."""
        if (posted := self.data.get(f"was_{name}")) is not None:
            return str(posted)
        known = self.initial.get(name)
        if isinstance(known, bool):
            return "on" if known else ""
        return str(self.fields[name].prepare_value(known) or "")

    @property
    def answered(self) -> list[JobFormField]:
        return [one for one in self.questions if not is_as_shown(self.data, f"question_{one.pk}")]

    @property
    def changes(self) -> list[tuple[JobFormField, Any, UploadedFile | None]]:
        """The answers that differ from what is known: question, value, photo."""
        found: list[tuple[JobFormField, Any, UploadedFile | None]] = []
        for question in self.answered:
            value = self.cleaned_data.get(f"question_{question.pk}")
            known = self.answers.get(question.pk)
            if question.kind == FieldKind.PHOTO:
                found += [(question, True, photo) for photo in (value or [])[:1]]
                continue
            if isinstance(value, Decimal):
                value = rules.plain(value)
            if value == (known.value if known else None) or (not value and not known):
                continue
            found.append((question, value, None))
        return found


def is_as_shown(data: Mapping[str, Any], name: str) -> bool:
    """Whether what was sent under the name is what stood there when its page was shown."""
    was, sent = data.get(f"was_{name}"), data.get(name, "")
    return was is not None and str(sent).strip().splitlines() == str(was).strip().splitlines()


def _known(question: JobFormField, answer: FormAnswer) -> Any:
    """An answer as its control takes it: a number is kept as text."""
    if question.kind not in (FieldKind.NUMBER, FieldKind.READING) or not answer.value:
        return answer.value
    return event_read(answer.value, rules.ANSWER)


def _control(question: JobFormField) -> forms.Field:
    shared: dict[str, Any] = {"label": question.label, "required": question.required}
    if question.kind == FieldKind.TICK:
        return forms.BooleanField(**shared)
    if question.kind in (FieldKind.NUMBER, FieldKind.READING):
        return NumberField(**shared, help_text=_limits(question), digits=12)
    if question.kind == FieldKind.CHOICE:
        options = [(str(option), str(option)) for option in question.options]
        return forms.ChoiceField(**shared, choices=options, widget=forms.RadioSelect)
    if question.kind == FieldKind.PHOTO:
        return PhotosField(**shared)
    return forms.CharField(**shared, max_length=5000, widget=forms.Textarea(attrs={"rows": 3}))


def _limits(question: JobFormField) -> str:
    low, high = formats.quantity(question.minimum), formats.quantity(question.maximum)
    if low and high:
        return _("Between %(low)s and %(high)s; anything else is reported to the office.") % {
            "low": low,
            "high": high,
        }
    if low:
        return _("At least %(low)s; anything else is reported to the office.") % {"low": low}
    if high:
        return _("At most %(high)s; anything else is reported to the office.") % {"high": high}
    return ""


class TakeForm(forms.Form):
    """What the office puts right before it takes what a phone reported: nothing, if it only came too late."""

    def __init__(self, *args: Any, event: FieldEvent, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in CORRECTABLE.get(event.kind, ()):
            long = name in ("text", "description", "reason")
            self.fields[name] = forms.CharField(
                label=LABELS[name],
                initial=event.payload.get(name, ""),
                required=False,
                max_length=10_000 if long else 200,
                widget=forms.Textarea(attrs={"rows": 3}) if long else forms.TextInput(),
            )


class SetAsideForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Why it changes nothing"), widget=forms.Textarea(attrs={"rows": 3}), max_length=200
    )


class FollowUpForm(forms.Form):
    text = forms.CharField(
        label=gettext_lazy("What was done about it"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=2000,
    )


class GiveUpForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Why it will never be sent"),
        help_text=gettext_lazy("For example: the phone fell in the water."),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=500,
    )


class PhoneSettingsForm(forms.ModelForm):
    holds_hours = CountField(
        label=gettext_lazy("A phone may hold something for"),
        help_text=gettext_lazy("After that it stands among the leaks: somebody calls the technician."),
        initial=4,
        least=1,
        most=240,
    )
    photo_side = CountField(
        label=gettext_lazy("Long side of a photo that is sent"),
        help_text=gettext_lazy("A phone makes a larger photo smaller before it sends it."),
        initial=SIDE,
        least=1024,
        most=SIDE,
    )

    class Meta:
        model = PhoneSettings
        fields = ("holds_hours", "photo_side")
