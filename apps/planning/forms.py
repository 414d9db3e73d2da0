"""What a planner types: a booking, an absence, a reason."""

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from apps.accounts.models import User
from apps.accounts.roles import TECHNICIAN
from apps.core import clock, formats
from apps.core.number_fields import HoursField, IdField
from apps.core.numbers import pk_read
from apps.core.sure import DAY, AsksOnce
from apps.planning.actions.illness import Handover
from apps.planning.facts import Recipient, zone
from apps.planning.illness import QUEUE, DayOfIll
from apps.planning.models import Assignment
from apps.planning.rules.warnings import NOON
from apps.planning.windows import Window
from apps.technicians.models import ASKED_KINDS, AbsenceKind, Technician
from apps.technicians.rules import FAR

DAY_INPUT = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
# Who is away for longer speaks with the office.
MOST_OFF = timedelta(days=92)
TIME_INPUT = forms.TimeInput(attrs={"type": "time", "step": 900}, format="%H:%M")


def _technician_label(technician: Technician) -> str:
    gone = ""
    if not technician.in_service:
        gone = " · " + _("no longer in service")
    elif technician.last_day:
        gone = " · " + _("last day %(day)s") % {"day": formats.day(technician.last_day)}
    return f"{technician}{gone}"


class BookingForm(AsksOnce, forms.Form):
    """When, for how long, and who. `seen` and `accepted` carry back what the planner was shown."""

    fields: dict[str, Any]

    technician = forms.ModelChoiceField(
        label=gettext_lazy("Technician"), queryset=Technician.objects.none(), empty_label=None
    )
    day = forms.DateField(label=gettext_lazy("Day"), widget=DAY_INPUT)
    start = forms.TimeField(label=pgettext_lazy("time", "Start"), widget=TIME_INPUT)
    hours = HoursField(label=gettext_lazy("Duration"), least=Decimal("0.25"), most=24)
    confirm = forms.BooleanField(label=gettext_lazy("Mail the customer the appointment"), required=False)
    reason = forms.CharField(
        label=gettext_lazy("Reason"), max_length=500, required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip

    def __init__(self, *args: Any, user: User, booking: Assignment | None = None, **kwargs: Any) -> None:
        """`booking` is the one that is moved: its technician can be read also when they left."""
        super().__init__(*args, **kwargs)
        technicians = Technician.objects.for_user(user).offered(booking.technician_id if booking else None)
        self.fields["technician"].queryset = technicians.select_related("user")
        self.fields["technician"].label_from_instance = _technician_label
        self.fields["technician"].choices = list(self.fields["technician"].choices)  # asked once

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        self.ask_above("hours", DAY, _("%(value)s hours is much for one visit. Is that right?"))
        return given

    def tell(self, to: Recipient | None) -> None:
        """Say who gets the mail, before it is sent; nobody can when there is no address."""
        field = self.fields["confirm"]
        if to is None:
            field.help_text = _("There is no e-mail address: nobody is mailed.")
        else:
            field.label = _("Mail the appointment to %(name)s, %(address)s") % vars(to)

    @property
    def begins(self) -> datetime:
        """The moment that the clock on the wall says so."""
        given = self.cleaned_data
        return datetime.combine(given["day"], given["start"], tzinfo=zone())

    @property
    def ends(self) -> datetime:
        """The duration is real time, so it is added in UTC."""
        return self.begins.astimezone(UTC) + timedelta(hours=float(self.cleaned_data["hours"]))

    @property
    def seen(self) -> list[int]:
        """The bookings that were shown as clashing."""
        return [pk for one in self._list("seen") if (pk := pk_read(one)) is not None]

    @property
    def known(self) -> list[int]:
        """The job's own visits that were shown."""
        given = ",".join(self._list("known")).split(",")
        return [pk for one in given if (pk := pk_read(one)) is not None]

    @property
    def accepted(self) -> list[str]:
        """The warnings that were shown."""
        return self._list("accepted")

    def _list(self, name: str) -> list[str]:
        return self.data.getlist(name) if hasattr(self.data, "getlist") else []


class AbsenceForm(forms.Form):
    """Whole days, or hours of a day when times are given."""

    fields: dict[str, Any]

    technician = forms.ModelChoiceField(label=gettext_lazy("Technician"), queryset=Technician.objects.none())
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=AbsenceKind.choices)
    first = forms.DateField(label=gettext_lazy("From"), widget=DAY_INPUT)
    last = forms.DateField(label=gettext_lazy("Until and including"), widget=DAY_INPUT)
    start = forms.TimeField(label=gettext_lazy("From (time)"), widget=TIME_INPUT, required=False)
    end = forms.TimeField(label=gettext_lazy("Until (time)"), widget=TIME_INPUT, required=False)
    remark = forms.CharField(label=gettext_lazy("Remark"), max_length=200, required=False)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["technician"].queryset = Technician.objects.for_user(user).active().select_related("user")

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        first, last = given.get("first"), given.get("last")
        if first and last and last < first:
            self.add_error("last", _("The absence ends before it starts."))
        elif first and first == last and given.get("end") and given["end"] <= (given.get("start") or time(0)):
            self.add_error("end", _("The absence ends before it starts."))
        return given

    @property
    def period(self) -> tuple[datetime, datetime]:
        given, here = self.cleaned_data, zone()
        midnight = datetime.min.time()
        start = datetime.combine(given["first"], given["start"] or midnight, tzinfo=here)
        if given["end"]:
            return start, datetime.combine(given["last"], given["end"], tzinfo=here)
        return start, datetime.combine(given["last"] + timedelta(days=1), midnight, tzinfo=here)


class AbsenceAskForm(forms.Form):
    """Days off, from a day until and including another; the first or the last may be half of one."""

    fields: dict[str, Any]

    first = forms.DateField(label=gettext_lazy("First day"), widget=DAY_INPUT)
    begins = forms.ChoiceField(
        label=gettext_lazy("Of the first day"),
        choices=[
            ("whole", gettext_lazy("the whole day")),
            ("noon", gettext_lazy("only the afternoon, from 12:00")),
        ],
    )
    last = forms.DateField(label=gettext_lazy("Last day"), widget=DAY_INPUT)
    ends = forms.ChoiceField(
        label=gettext_lazy("Of the last day"),
        choices=[
            ("whole", gettext_lazy("the whole day")),
            ("noon", gettext_lazy("only the morning, until 12:00")),
        ],
    )
    kind = forms.ChoiceField(label=gettext_lazy("What for"), choices=ASKED_KINDS)
    words = forms.CharField(
        label=gettext_lazy("A word to the office"),
        max_length=200,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        first, last = given.get("first"), given.get("last")
        today = clock.today()
        if first and first < today:
            self.add_error("first", _("This day is over. Call the office."))
        elif first and first - today > FAR:
            self.add_error("first", _("Choose a day at most a year from today."))
        if first and last and last < first:
            self.add_error("last", _("The absence ends before it starts."))
        elif first and last and last - first > MOST_OFF:
            self.add_error("last", _("This is more than three months. Call the office."))
        elif first and first == last and given.get("begins") == given.get("ends") == "noon":
            self.add_error("ends", _("Nothing is left of this day."))
        return given

    @property
    def period(self) -> tuple[datetime, datetime]:
        given, here = self.cleaned_data, zone()
        midnight = datetime.min.time()
        start = datetime.combine(given["first"], NOON if given["begins"] == "noon" else midnight, tzinfo=here)
        if given["ends"] == "noon":
            return start, datetime.combine(given["last"], NOON, tzinfo=here)
        return start, datetime.combine(given["last"] + timedelta(days=1), midnight, tzinfo=here)


class GrantForm(forms.Form):
    """That what is planned then is to be moved: asked when there is something. `seen` are the visits that the page showed."""

    fields: dict[str, Any]

    knows = forms.BooleanField(
        label=gettext_lazy("I know that these visits stay until they are moved."),
        error_messages={"required": gettext_lazy("Say that you know, or move the visits first.")},
    )

    def __init__(self, *args: Any, hits: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not hits:
            del self.fields["knows"]

    @property
    def seen(self) -> list[int]:
        given = self.data.getlist("seen") if hasattr(self.data, "getlist") else []
        return [pk for one in given if (pk := pk_read(one)) is not None]


class NoDaysOffForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Why not"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("The technician reads this."),
    )


class ShareForm(forms.Form):
    fields: dict[str, Any]

    user = forms.ModelChoiceField(label=gettext_lazy("Colleague"), queryset=User.objects.none())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["user"].queryset = User.objects.active().with_role(TECHNICIAN)


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 2})
    )


class SeenForm(forms.Form):
    """The beginning of the visit that a customer's page showed, in seconds since 1970."""

    seen = IdField()


class AskMoveForm(forms.Form):
    """Another time: one of the windows that are free, or in the customer's own words."""

    fields: dict[str, Any]

    window = forms.ChoiceField(
        label=gettext_lazy("When would it suit you?"), required=False, widget=forms.RadioSelect
    )
    words = forms.CharField(
        label=gettext_lazy("Remark"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, windows: Sequence[Window], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["window"].choices = [
            *((one.key, _window_label(one)) for one in windows),
            ("", _("None of these; I say below when it suits me")),
        ]
        self.fields["window"].error_messages["invalid_choice"] = _(
            "This time was just taken. Please choose another one."
        )

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        if not self.errors and not given.get("window") and not given.get("words", "").strip():
            self.add_error("window", _("Choose a time, or say when it suits you."))
        return given


def _window_label(window: Window) -> str:
    words = {
        "day": formats.day(window.start),
        "window": formats.period(window.arrival.start, window.arrival.end),
    }
    return _("%(day)s, we arrive between %(window)s") % words


class AskOffForm(forms.Form):
    words = forms.CharField(
        label=gettext_lazy("Why does it not suit you?"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class AnswerForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("What we answer"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("The customer reads this, by mail and on the page of the appointment."),
    )


class HandOverForm(forms.Form):
    """Where each visit of a day goes: one of the places that are free, or back to be planned."""

    fields: dict[str, Any]

    def __init__(self, *args: Any, day: DayOfIll, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._day = day
        for one in day.rows:
            queue = (QUEUE, _("Nobody: plan it again"))
            to = forms.ChoiceField(
                label=_("Who takes it over"),
                choices=[*((option.key, option.label) for option in one.options), queue],
                initial=one.suggested,
            )
            to.error_messages["invalid_choice"] = _("This place was just taken. Choose another one.")
            to.error_messages["required"] = _("This visit was planned meanwhile. Choose where it goes.")
            self.fields[f"to-{one.visit.pk}"] = to
            self.fields[f"version-{one.visit.pk}"] = IdField(
                initial=one.visit.version, widget=forms.HiddenInput, required=False
            )

    @property
    def handovers(self) -> list[Handover]:
        found = []
        for one in self._day.rows:
            option = one.chosen(self.cleaned_data[f"to-{one.visit.pk}"])
            version = self.cleaned_data[f"version-{one.visit.pk}"] or 0
            technician, start = (option.technician, option.place.span.start) if option else (None, None)
            found.append(Handover(one.visit, version, technician, start))
        return found
