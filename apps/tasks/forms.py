"""Who does a task, and until when it can wait."""

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.accounts.models import User
from apps.core import clock
from apps.tasks.models import TaskMark

LONGEST = 366


class MarkForm(forms.Form):
    """`seen` carries back what was agreed on the page that was open."""

    fields: dict[str, Any]

    assignee = forms.ModelChoiceField(
        label=gettext_lazy("Who does it"),
        queryset=User.objects.none(),
        required=False,
        empty_label=gettext_lazy("Nobody yet"),
    )
    put_off_until = forms.DateField(
        label=gettext_lazy("Put off until"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    reason = forms.CharField(
        label=gettext_lazy("Why it can wait"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    seen = forms.CharField(required=False, max_length=60, widget=forms.HiddenInput)

    def __init__(self, *args: Any, mark: TaskMark | None, **kwargs: Any) -> None:
        initial: dict[str, Any] = {}
        if mark:
            initial = {"assignee": mark.assignee_id, "seen": mark.agreed}
            if mark.is_put_off(clock.now()):
                initial |= {"put_off_until": timezone.localdate(mark.put_off_until), "reason": mark.reason}
        super().__init__(*args, **kwargs | {"initial": initial})
        colleagues = User.objects.active().able("see_office")
        kept = User.objects.filter(pk=mark.assignee_id) if mark and mark.assignee_id else User.objects.none()
        self.fields["assignee"].queryset = (colleagues | kept).distinct().order_by("name__by_name")
        self.fields["assignee"].label_from_instance = lambda user: user.name

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        day = given.get("put_off_until")
        if day and not clock.today() < day <= clock.today() + timedelta(days=LONGEST):
            self.add_error("put_off_until", _("Choose a later day, within a year."))
        if day and not given.get("reason", "").strip():
            self.add_error("reason", _("Say why it can wait."))
        # Who only takes the day out takes the task up again: its old reason goes with it.
        if (
            "put_off_until" in given
            and not day
            and given.get("reason", "").strip()
            and "reason" in self.changed_data
        ):
            self.add_error("put_off_until", _("Say until when it can wait."))
        return given

    @property
    def until(self) -> datetime | None:
        """The first minute of the day, where the company is."""
        day = self.cleaned_data["put_off_until"]
        return clock.day_bounds(day)[0] if day else None
