"""Writes that belong to the company as a whole."""

from collections.abc import Iterable
from datetime import time
from typing import Any

from django.db import transaction
from holidays import country_holidays

from apps.company.models import Company, Holiday, OpeningHours, SavedView
from apps.core.actors import Actor
from apps.core.audit import audit_record


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


def company_set(*, by: Actor, **fields: Any) -> Company:
    """Make the company's row, or change it."""
    with transaction.atomic():
        company, created = Company.objects.update_or_create(pk=1, defaults=fields)
        verb = "company.create" if created else "company.change"
        audit_record(company, verb=verb, by=by, data={"fields": sorted(fields)})
    return company


def opening_hours_set(*, by: Actor, hours: Iterable[tuple[int, time, time]]) -> None:
    """The opening hours of the week, in place of those that were: (weekday, opens, closes), 1 is Monday."""
    with transaction.atomic():
        OpeningHours.objects.all().delete()
        OpeningHours.objects.bulk_create(
            OpeningHours(weekday=weekday, opens=opens, closes=closes) for weekday, opens, closes in hours
        )
        for company in Company.objects.all():
            audit_record(company, verb="company.change", by=by, data={"fields": ["opening_hours"]})


def holidays_add(*, by: Actor, year: int, country: str = "NL") -> int:
    """Add the public holidays of a year that are not there yet; how many."""
    with transaction.atomic():
        days = country_holidays(country, years=year).items()
        made = Holiday.objects.bulk_create(
            [Holiday(day=day, name=name[:80]) for day, name in days], ignore_conflicts=True
        )
    return len(made)
