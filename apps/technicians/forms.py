"""Forms of technicians."""

from datetime import date
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.accounts.models import User
from apps.company.forms.week import WeekForm
from apps.core import clock, countries, formats
from apps.core.handover import OutOfUseMixin
from apps.core.sure import AsksOnce
from apps.customers.actions import ADDRESS
from apps.customers.forms import AddressMixin, HouseNumberInput
from apps.technicians.models import Certificate, CertificateKind, Technician
from apps.technicians.rules import FAR
from apps.technicians.states import Rhythm

LASTS_LONGER = gettext_lazy("The certificate before it lasts until %(day)s: this one has to last longer.")


class TechnicianForm(AddressMixin, forms.ModelForm):
    """`more_skills` are typed, with commas: a new name makes a new skill. The address is of the technician's home."""

    fields: dict[str, Any]

    more_skills = forms.CharField(
        label=gettext_lazy("Other skills"),
        required=False,
        max_length=300,
        help_text=gettext_lazy("With commas between them; they can be chosen from then on."),
    )

    street = forms.CharField(label=gettext_lazy("Street"), max_length=120, required=False)
    house_number = forms.CharField(
        label=gettext_lazy("House number"), max_length=20, required=False, widget=HouseNumberInput
    )
    postal_code = forms.CharField(label=gettext_lazy("Postal code"), max_length=12, required=False)
    city = forms.CharField(
        label=gettext_lazy("City"), max_length=80, required=False,
        help_text=gettext_lazy("Left empty, it follows from the postal code."),
    )  # fmt: skip
    country = forms.ChoiceField(
        label=gettext_lazy("Country"), choices=countries.near_choices, required=False, initial="NL"
    )

    class Meta:
        model = Technician
        fields = [
            "kind", "phone", "region", "team", "skills",
            "may_add_extra_work", "may_see_agenda", "last_day",
        ]  # fmt: skip
        widgets = {
            "skills": forms.CheckboxSelectMultiple,
            "last_day": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        }
        help_texts = {
            "last_day": gettext_lazy("Of who leaves: nothing can be planned after it."),
            "may_see_agenda": gettext_lazy("Otherwise only today and tomorrow."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        home = getattr(self.instance, "home", None)
        for name in ADDRESS if home else ():
            self.initial[name] = getattr(home, name)

    @property
    def home(self) -> dict[str, str]:
        """The address, or nothing where there is none."""
        given = {name: self.cleaned_data[name] for name in ADDRESS}
        return given if given["street"] else {}

    def clean_last_day(self) -> date | None:
        last, today = self.cleaned_data["last_day"], clock.today()
        if last and last != self.instance.last_day and last < today:
            raise forms.ValidationError(_("This day is over: take them out of service instead."))
        return last  # type: ignore[no-any-return]

    def clean_more_skills(self) -> list[str]:
        names = [" ".join(name.split()) for name in self.cleaned_data["more_skills"].split(",")]
        names = [name for name in names if name]
        if any(len(name) > 60 for name in names):
            raise forms.ValidationError(_("A skill has at most 60 characters."))
        return names

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        given["country"] = given.get("country") or "NL"
        parts = ("street", "house_number", "postal_code")
        if any(given.get(name) for name in (*parts, "city")):
            self.address_check()
            for name in parts:
                if not given.get(name) and name not in self.errors:
                    self.add_error(name, _("Fill this in, or leave the whole address empty."))
        return given


class HoursForm(AsksOnce, forms.Form):
    """From which day hours hold, and how the weeks follow each other; the hours themselves stand in a `WeekForm` per week.

    `noted` travels along and is not typed: whatever is noted by now, so that an older form is told apart (`core.editing`).
    """

    first = forms.DateField(
        label=gettext_lazy("From this day on"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=gettext_lazy("What was worked before it stays as it was."),
    )
    rhythm = forms.ChoiceField(
        label=gettext_lazy("Weeks"), choices=Rhythm.choices, widget=forms.RadioSelect, initial=Rhythm.WEEKLY
    )
    noted = forms.CharField(label=gettext_lazy("Hours that are noted"), required=False)

    def clean_first(self) -> date:
        first, today = self.cleaned_data["first"], clock.today()
        if abs(first - today) > FAR:
            raise forms.ValidationError(_("Choose a day at most a year from today."))
        return first

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        sentence = _(
            "%(value)s is over: the hours available of days and months that are over change. Is that right?"
        )
        self.ask_before("first", clock.today(), sentence)
        return given


class WorkWeekForm(WeekForm):
    """The hours of somebody's week. That there are none at all has to be said: it is seldom meant."""

    none = forms.BooleanField(label=gettext_lazy("They work no hours at all"), required=False)

    def is_said(self, *others: WeekForm) -> bool:
        """Whether there are hours in this week or the other, or it was said that there are none."""
        said = any(one.periods for one in (self, *others)) or self.cleaned_data["none"]
        if not said:
            self.add_error(
                "none", _("No hours are filled in, so that nothing can be planned. Is that right?")
            )
        return bool(said)


class SecondWeekForm(WeekForm):
    """The hours of the even weeks, or of B."""

    prefix = "second"

    @property
    def together(self) -> dict[str, list[str]]:
        return {_("%(day)s, second week") % {"day": day}: names for day, names in super().together.items()}


class NewTechnicianForm(TechnicianForm):
    """Someone who already has an account, or someone new who gets an invitation."""

    user = forms.ModelChoiceField(
        label=gettext_lazy("Existing user"),
        queryset=User.objects.none(),
        required=False,
        empty_label=gettext_lazy("Someone new"),
    )
    name = forms.CharField(label=gettext_lazy("Name"), max_length=120, required=False)
    email = forms.EmailField(label=gettext_lazy("E-mail"), required=False)
    language = forms.ChoiceField(label=gettext_lazy("Language"), choices=settings.LANGUAGES, initial="nl")

    def __init__(self, *args: Any, people: Any, **kwargs: Any) -> None:
        """`people` are the users whom one may choose from."""
        super().__init__(*args, **kwargs)
        free = people.active().filter(technician__isnull=True)
        self.fields["user"].queryset = free.order_by("name__by_name")  # type: ignore[attr-defined]

    def clean_email(self) -> str:
        return self.cleaned_data["email"].lower()

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        if not given.get("user"):
            for name in ("name", "email"):
                if not given.get(name) and name not in self.errors:
                    self.add_error(name, _("Needed for someone new."))
            if given.get("email") and User.objects.filter(email=given["email"]).exists():
                self.add_error(
                    "email", _("There is a user with this e-mail address already: choose them above.")
                )
        return given


class CertificateKindForm(OutOfUseMixin, forms.ModelForm):
    class Meta:
        model = CertificateKind
        fields = ["name", "skill", "active"]
        help_texts = {
            "skill": gettext_lazy(
                "Whoever holds the certificate has it, until the certificate expires. Empty: it gives none."
            ),
            "active": gettext_lazy("Otherwise nothing asks for it any more."),
        }


class CertificateForm(forms.ModelForm):
    """A certificate; with `renews` the one that takes the place of that one, of the same kind."""

    fields: dict[str, Any]

    document = forms.FileField(label=gettext_lazy("Document"), required=False)

    class Meta:
        model = Certificate
        fields = ["kind", "number", "issued_on", "expires_on"]
        widgets = {
            name: forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
            for name in ("issued_on", "expires_on")
        }

    def __init__(
        self, *args: Any, technician: Technician, renews: Certificate | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.renews = renews
        if renews:
            del self.fields["kind"]
        else:
            held = technician.certificates.values("kind")
            self.fields["kind"].queryset = CertificateKind.objects.active().exclude(pk__in=held)

    def clean_issued_on(self) -> date:
        issued: date = self.cleaned_data["issued_on"]
        if issued > clock.today():
            raise forms.ValidationError(_("A certificate is issued today or earlier."))
        return issued

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        issued, expires = given.get("issued_on"), given.get("expires_on")
        if issued and expires and expires <= issued:
            self.add_error("expires_on", _("It has to expire after the day on which it is issued."))
        elif expires and self.renews and expires <= self.renews.expires_on:
            words = {"day": formats.day(self.renews.expires_on)}
            self.add_error("expires_on", LASTS_LONGER % words)
        return given
