"""The form and the page on which somebody, or something, goes out of service."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from django import forms
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.core import clock
from apps.core.holdings import (
    Choice,
    Holding,
    Kind,
    NotHandedOver,
    Problem,
    StillHeld,
    Wishes,
    holdings_of,
    subject_of,
)
from apps.core.numbers import pk_read

MOMENT = "%Y-%m-%dT%H:%M"
TO = "to-"


def field_name(kind: Kind) -> str:
    return "way_" + kind.name.replace(".", "_")


class HandoverForm(forms.Form):
    """Why, and what becomes of each kind that is held. `leave` says that what is not handed over may stay."""

    fields: dict[str, Any]

    def __init__(
        self, *args: Any, holdings: list[Holding], by: Any, needs_reason: bool, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.holdings = holdings
        work = [one.kind for one in holdings if one.kind.is_work and _may(one.kind, by)]
        self.people = {kind.subject: _people(kind.subject, holdings) for kind in work if kind.to_colleague}
        self._everyone = {str(user.pk): user for people in self.people.values() for user in people}
        if self.people:
            first = next(iter(self.people.values()))
            self.fields["everything_to"] = forms.ChoiceField(
                label=_("Everything that can go to a colleague, to"),
                required=False,
                choices=[("", _("Choose for each below")), *((str(one.pk), one.name) for one in first)],
            )
        for kind in work:
            self.fields[field_name(kind)] = self._choice(kind)
        if any(kind.asks_moment for kind in work):
            self.fields["stopped_at"] = forms.DateTimeField(
                label=_("The clocks stopped at"), required=False, input_formats=[MOMENT],
                initial=timezone.localtime(clock.now()).strftime(MOMENT),
                widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=MOMENT),
            )  # fmt: skip
        if any(kind.tells_customers for kind in work):
            self.fields["clashes"] = forms.ChoiceField(
                label=_("When the colleague is busy at that time"),
                required=False,
                choices=[
                    ("", _("Ask me")),
                    ("back", _("Back to planning")),
                    ("double", _("Book double all the same")),
                ],
            )
            self.fields["tell_customers"] = forms.BooleanField(
                label=_("Mail the customers whose appointment changes"), required=False, initial=True
            )
        needed = needs_reason or bool(holdings)
        self.fields["reason"] = forms.CharField(
            label=_("Reason"), max_length=300, required=needed, widget=forms.TextInput()
        )
        if holdings:
            self.fields["leave"] = forms.BooleanField(label=_leave_label(holdings), required=False)

    def _choice(self, kind: Kind) -> forms.ChoiceField:
        choices: list[Any] = [("", _("Not decided")), *kind.ways.items()]
        if people := self.people.get(kind.subject) if kind.to_colleague else None:
            choices.append((_("To a colleague"), [(f"{TO}{one.pk}", one.name) for one in people]))
        stays = _("Left as it is: %(what)s") % {"what": kind.stays}
        return forms.ChoiceField(label=str(kind.label), required=False, choices=choices, help_text=stays)

    @property
    def rows(self) -> list[dict[str, Any]]:
        """What is held, each kind with its field; None where nothing can be chosen."""
        return [
            {
                "holding": one,
                "lines": (lines := one.lines()),
                "more": one.count - len(lines),
                "field": self[name] if (name := field_name(one.kind)) in self.fields else None,
            }
            for one in self.holdings
        ]

    @property
    def seen(self) -> list[int]:
        """The visits of colleagues that were shown as standing in the way."""
        given = self.data.getlist("seen") if hasattr(self.data, "getlist") else []
        return [pk for one in given if (pk := pk_read(one)) is not None]

    @property
    def wishes(self) -> Wishes:
        given = self.cleaned_data
        at: datetime | None = given.get("stopped_at")
        return Wishes(
            choices={one.kind.name: self._chosen(one.kind) for one in self.holdings},
            stopped_at=at,
            tell_customers=given.get("tell_customers", True),
            clashes=given.get("clashes", ""),
            seen=self.seen,
        )

    def _chosen(self, kind: Kind) -> Choice:
        given = self.cleaned_data.get(field_name(kind), "")
        if given.startswith(TO):
            return Choice(to=self._everyone.get(given.removeprefix(TO)))
        everything_to = self._everyone.get(self.cleaned_data.get("everything_to", ""))
        if not given and kind.to_colleague and everything_to in self.people.get(kind.subject, []):
            return Choice(to=everything_to)
        return Choice(way=given)


def _may(kind: Kind, by: Any) -> bool:
    return not kind.ability or by.may(kind.ability)


def _people(label: str, holdings: Iterable[Holding]) -> list[Any]:
    """To whom it can go: not to who leaves."""
    receivers = subject_of(label).receivers
    if receivers is None:
        return []
    leaving = {getattr(one.subject, "user_id", one.subject.pk) for one in holdings}
    return list(receivers().exclude(pk__in=leaving).order_by("name__by_name"))


def _leave_label(holdings: Iterable[Holding]) -> str:
    if any(one.kind.is_work for one in holdings):
        return _("What is not handed over stays, and stands on the task list")
    return _("It stays as the list says")


class OutOfUseMixin:
    """For the form of something with a box `active`: unticking it says first what uses it, and asks once."""

    fields: dict[str, Any]
    instance: Any

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.holdings = holdings_of(self.instance) if self.instance.pk and self.instance.active else []
        if self.holdings:
            self.fields["out_of_use"] = forms.BooleanField(
                label=_("Take it out of use although it is still used"), required=False
            )

    @property
    def rows(self) -> list[dict[str, Any]]:
        """What uses it, a few of each kind."""
        return [
            {"holding": one, "lines": (lines := one.lines(3)), "more": one.count - len(lines)}
            for one in self.holdings
        ]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data  # type: ignore[attr-defined, misc]
        agreed = given.pop("out_of_use", False)
        if self.holdings and given.get("active") is False and not agreed:
            words = ", ".join(f"{one.kind.label} ({one.count})" for one in self.holdings)
            sentence = _("It is still used: %(kinds)s. Tick this if it goes out of use all the same.")
            self.add_error("out_of_use", sentence % {"kinds": words})  # type: ignore[attr-defined]
        return given


def hand_over_page(
    request: HttpRequest,
    *,
    subject: Model,
    template: str,
    act: Callable[..., object],
    done: Callable[[], HttpResponse],
    needs_reason: bool = True,
    **context: Any,
) -> HttpResponse:
    """Show what the subject holds and ask what becomes of it; `act(reason=, wishes=, leave=)` does it.

    What cannot be done is shown beside the form, as typed, and nothing was done.
    """
    holdings = holdings_of(subject)
    form = HandoverForm(
        request.POST if request.method == "POST" else None,
        holdings=holdings, by=request.user, needs_reason=needs_reason,
    )  # fmt: skip
    problems: list[Problem] = []
    if request.method == "POST" and form.is_valid():
        try:
            act(
                reason=form.cleaned_data["reason"],
                wishes=form.wishes,
                leave=bool(form.cleaned_data.get("leave")),
            )
        except NotHandedOver as refused:
            problems = refused.problems
        except StillHeld as refused:
            # Also what somebody gave the subject since the page was fetched.
            form = HandoverForm(
                request.POST, holdings=holdings_of(subject), by=request.user, needs_reason=needs_reason
            )
            form.add_error("leave", str(refused))
        else:
            return done()
    context |= {
        "form": form,
        "subject": subject,
        "problems": problems,
        "clashes": sorted({*form.seen, *(pk for one in problems for pk in one.seen or ())}),
    }
    return render(request, template, context, status=422 if request.method == "POST" else 200)
