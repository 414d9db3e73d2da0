"""Which days to show, and of whom."""

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from apps.core import clock
from apps.core.numbers import pk_read
from apps.core.web import FIRST_DAY, LAST_DAY, day_read
from apps.finance.models import Kind
from apps.finance.rules import CUSTOM, DAY, MONTHS, Choice, Period, Scope, period_of

SCOPES = (Kind.CUSTOMER, Kind.TYPE, Kind.TECHNICIAN)
ISO = "%Y-%m-%d"


class PeriodForm(forms.Form):
    """Days of the reader's own, beside the months, quarters and years that have links."""

    period = forms.CharField(widget=forms.HiddenInput())
    since = forms.DateField(label=_("From"), widget=forms.DateInput({"type": "date", "class": "chip"}, ISO))
    until = forms.DateField(label=_("Until"), widget=forms.DateInput({"type": "date", "class": "chip"}, ISO))

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or {}
        since, until = found.get("since"), found.get("until")
        if since and until and not FIRST_DAY <= since <= until <= LAST_DAY:
            self.add_error("until", _("These days do not follow each other."))
        return found


def choice_read(query: QueryDict) -> tuple[Choice, PeriodForm]:
    """What an address asks to see. Without a word: the company, this month."""
    kind = query.get("period", "")
    period = period_of(kind if kind in MONTHS else "month", day_read(query.get("on", ""), clock.today()))
    scope = Scope()
    for one in SCOPES:
        if (key := pk_read(query.get(one))) is not None:
            scope = Scope(one, key)
    form = PeriodForm(query if kind == CUSTOM else None)
    if form.is_valid():
        period = Period(form.cleaned_data["since"], form.cleaned_data["until"] + DAY, CUSTOM)
    elif not form.is_bound:
        form = PeriodForm(initial={"period": CUSTOM, "since": period.start, "until": period.last})
    return Choice(period, scope), form
