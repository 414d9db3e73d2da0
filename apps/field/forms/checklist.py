"""The checklist of a job: a form whose questions the office made."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.core import formats
from apps.core.number_fields import NumberField
from apps.core.numbers import event_read
from apps.core.sure import AsksOnce
from apps.field import rules
from apps.field.forms.steps import PhotosField
from apps.field.models import FormAnswer
from apps.workorders.models import FieldKind, JobFormField

READINGS = (FieldKind.NUMBER, FieldKind.READING)
OUTSIDE = gettext_lazy("This is outside the limits. Say what is the matter: the office reads it.")


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
            if question.kind in READINGS and (question.minimum, question.maximum) != (None, None):
                words = forms.Textarea(attrs={"rows": 2, "data-asks": OUTSIDE})
                self.fields[f"about_{name}"] = forms.CharField(
                    label=_("What is the matter"), required=False, max_length=1000, widget=words
                )
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
        """What lies outside its limits is reported to the office, with a word on it; ten times the limit is a slip."""
        given = super().clean() or self.cleaned_data
        for question in self.answered:
            self._check_not_taken_away(question)
        sentence = _("%(value)s is ten times what is expected here, or more. Is that right?")
        for question in self.answered:
            if question.maximum and question.maximum > 0:
                most = question.maximum * 10 - Decimal("0.001")
                self.ask_above(f"question_{question.pk}", most, sentence)
            self._ask_what_is_the_matter(question)
        return given

    def _check_not_taken_away(self, question: JobFormField) -> None:
        """An answer is corrected, never taken back; whoever empties its field is told so."""
        name, known = f"question_{question.pk}", self.answers.get(question.pk)
        if question.kind in (FieldKind.PHOTO, FieldKind.TICK) or known is None or name in self.errors:
            return
        if self.cleaned_data.get(name) in ("", None):
            self.add_error(name, _("An answer can be changed, not taken away. Type what is right."))

    def _ask_what_is_the_matter(self, question: JobFormField) -> None:
        name = f"question_{question.pk}"
        value, about = self.cleaned_data.get(name), f"about_{name}"
        if (
            about not in self.fields
            or value in (None, self.initial.get(name))
            or self.cleaned_data.get(about)
        ):
            return
        if name not in self.errors and rules.outside(value, question.minimum, question.maximum):
            self.add_error(about, OUTSIDE)

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
    if question.kind not in READINGS or not answer.value:
        return answer.value
    return event_read(answer.value, rules.ANSWER)


def _control(question: JobFormField) -> forms.Field:
    shared: dict[str, Any] = {"label": question.label, "required": question.required}
    if question.kind == FieldKind.TICK:
        return forms.BooleanField(**shared)
    if question.kind in READINGS:
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
