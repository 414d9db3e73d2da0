"""Writes that belong to the company as a whole."""

from collections.abc import Iterable
from datetime import date, time
from typing import Any

from django.db import connection, transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from holidays import country_holidays

from apps.company.models import Company, Holiday, OpeningHours, SavedView, SetupMark
from apps.core import clock, numbering
from apps.core.actors import Actor
from apps.core.audit import audit_record
from apps.core.changes import assign
from apps.core.models import Counter, RowChange, Series
from apps.core.refusals import Refused
from apps.core.telephone_fields import phone_cleaned
from apps.core.versions import edition_lock, version_lock

# The package that knows the holidays has its own name for English.
HOLIDAY_LANGUAGES = {"en": "en_US"}


def saved_view_add(*, by: Any, list_name: str, name: str, query: str) -> SavedView:
    """Keep the filters of a list under a name; a name that the user already gave gets the new filters."""
    with transaction.atomic():
        view, _created = SavedView.objects.update_or_create(
            user=by, list_name=list_name, name=name, defaults={"query": query}
        )
    return view


def saved_view_remove(*, view: SavedView) -> None:
    with transaction.atomic():
        view.delete()


def company_set(*, by: Actor, version: int | None = None, **fields: Any) -> Company:
    """Make the company's row, or change it."""
    with transaction.atomic():
        company = version_lock(Company(pk=1), version)
        verb = "company.create" if company._state.adding else "company.change"
        assign(company, phone_cleaned(fields, country=fields.get("country", company.country), before=company))
        company.save()
        audit_record(company, verb=verb, by=by, data={"fields": sorted(fields)})
    return company


def opening_hours_set(
    *, by: Actor, hours: Iterable[tuple[int, time, time]], version: int | None = None
) -> None:
    """The opening hours of the week, in place of those that were: (weekday, opens, closes), 1 is Monday."""
    with transaction.atomic():
        edition_lock(OpeningHours, version)
        OpeningHours.objects.all().delete()
        OpeningHours.objects.bulk_create(
            OpeningHours(weekday=weekday, opens=opens, closes=closes) for weekday, opens, closes in hours
        )
        for company in Company.objects.all():
            audit_record(company, verb="company.change", by=by, data={"fields": ["opening_hours"]})


def holidays_add(*, by: Actor, year: int, country: str = "NL", language: str = "nl") -> int:
    """Add the public holidays of a year that are not there yet, named in the language if it is known; how many."""
    with transaction.atomic():
        days = country_holidays(
            country, years=year, language=HOLIDAY_LANGUAGES.get(language, language)
        ).items()
        made = Holiday.objects.bulk_create(
            [Holiday(day=day, name=name[:80]) for day, name in days], ignore_conflicts=True
        )
    return len(made)


def holiday_add(*, by: Actor, day: date, name: str) -> Holiday:
    """A day on which nobody works unless it is planned on purpose."""
    with transaction.atomic():
        holiday = Holiday.objects.create(day=day, name=name)
        audit_record(holiday, verb="holiday.create", by=by)
    return holiday


def holiday_remove(*, holiday: Holiday, by: Actor) -> None:
    """An ordinary working day after all."""
    with transaction.atomic():
        audit_record(holiday, verb="holiday.remove", by=by, data={"day": holiday.day.isoformat()})
        holiday.delete()


def setup_step_leave(*, step: str, by: Any) -> SetupMark:
    """Leave a step of the guide as it is; of SetupMark.ALL, the rest of the guide. It can be done later all the same."""
    with transaction.atomic():
        mark, _created = SetupMark.objects.get_or_create(step=step, defaults={"by": by})
    return mark


def series_set(*, series: Series, prefix: str, number: int, by: Actor, version: int | None = None) -> None:
    """What the next numbers of a series start with, and where they go on. Raises Refused as its two halves do."""
    with transaction.atomic():
        series_prefix_set(series=series, prefix=prefix, by=by, version=version)
        series_next_set(series=series, number=number, by=by)


def series_next_set(*, series: Series, number: int, by: Actor) -> None:
    """Let the series go on at `number` this year, where the numbers of earlier software end.

    Raises Refused for a number that was given, and for invoices and credit notes once the first of the year was.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext('company.series'))")
        counter = Counter.objects.filter(series=series.name, year=clock.today().year).first() or Counter()
        if number == counter.last + 1:
            return
        if number <= counter.given:
            raise Refused(
                _("Number %(number)s was given already; the next is at least %(next)s.")
                % {"number": number, "next": counter.given + 1}
            )
        if series.name in numbering.GAPLESS and counter.given:
            raise Refused(_("This year's numbers began; between them there can be no gap."))
        numbering.number_next_set(series.name, number)
        audit_record(
            series, verb="series.next", by=by, before=str(counter.last + 1), after=str(number),
            reason=f"{counter.last + 1} → {number}",
        )  # fmt: skip


def series_prefix_set(*, series: Series, prefix: str, by: Actor, version: int | None = None) -> Series:
    """What the next numbers of a series start with; numbers that were given stay.

    Raises Refused for a prefix that another series has or ever had: two documents would get the same number.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext('company.series'))")
        changes = RowChange.objects.filter(table_name=Series._meta.db_table).exclude(row_id=str(series.pk))
        others = Series.objects.filter(prefix=prefix).exclude(pk=series.pk)
        if others.exists() or changes.filter(Q(old__prefix=prefix) | Q(new__prefix=prefix)).exists():
            raise Refused(_("“%(prefix)s” is or was the prefix of other documents.") % {"prefix": prefix})
        before = version_lock(series, version).prefix
        if before != prefix:
            Series.objects.filter(pk=series.pk).update(prefix=prefix)
            audit_record(
                series,
                verb="series.prefix",
                by=by,
                before=before,
                after=prefix,
                reason=f"{before} → {prefix}",
            )
    series.prefix = prefix
    return series
