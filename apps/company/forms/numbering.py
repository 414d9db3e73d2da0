"""Where the numbers of documents go on."""

from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.company.forms.settings import prefix_checked
from apps.core import clock, numbering
from apps.core.models import Counter, Series
from apps.core.number_fields import CountField, IdField

LARGEST = 9_999_999
LABELS: dict[str, str | Promise] = {
    numbering.REQUEST: gettext_lazy("Requests"),
    numbering.QUOTE: gettext_lazy("Quotes"),
    numbering.WORK_ORDER: gettext_lazy("Work orders"),
    numbering.INVOICE: gettext_lazy("Invoices"),
    numbering.CREDIT_NOTE: gettext_lazy("Credit notes"),
    numbering.PACKAGE: gettext_lazy("Bookkeeper packages"),
}


def counters() -> dict[str, Counter]:
    """Where each series is this year, by its name; one that gave no number yet too."""
    found = {one.series: one for one in Counter.objects.filter(year=clock.today().year)}
    return {name: found.get(name) or Counter() for name in LABELS}


class NextForm(forms.Form):
    """The number at which one series goes on, for as long as that may be chosen."""

    number = CountField(label=gettext_lazy("Next number"), least=1, most=LARGEST)

    def __init__(self, data: Any = None, *, series: Series, counter: Counter, **kwargs: Any) -> None:
        self.series, self.counter, self.label = series, counter, LABELS[series.name]
        initial = {"number": counter.last + 1} | kwargs.pop("initial", {})
        super().__init__(data, initial=initial, prefix=f"{series.name}-next", **kwargs)
        if series.name in numbering.GAPLESS and counter.given:
            self.fields["number"].disabled = True

    @property
    def next(self) -> str:
        """The number that the next document gets."""
        return numbering.number_text(self.series.prefix, clock.today().year, self.counter.last + 1)

    def clean_number(self) -> int:
        number = self.cleaned_data["number"]
        if number <= self.counter.given:
            raise forms.ValidationError(
                _("Number %(number)s was given already; the next is at least %(next)s.")
                % {"number": number, "next": self.counter.given + 1}
            )
        return number


class SeriesForm(NextForm):
    """A whole series in one row: what its numbers start with, and where they go on."""

    start = forms.CharField(label=gettext_lazy("Prefix"), max_length=6)
    version = IdField()

    def __init__(self, data: Any = None, *, series: Series, counter: Counter) -> None:
        initial = {"start": series.prefix, "version": series.version}
        super().__init__(data, series=series, counter=counter, initial=initial)

    def clean_start(self) -> str:
        return prefix_checked(self.cleaned_data["start"])


def series_forms(data: Any = None) -> list[SeriesForm]:
    """A form for each series, in the order of a job."""
    where, rows = counters(), {one.name: one for one in Series.objects.all()}
    return [SeriesForm(data, series=rows[name], counter=where[name]) for name in LABELS]
