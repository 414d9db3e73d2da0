"""Writes that belong to the company as a whole."""

from typing import Any

from django.db import transaction

from apps.company.models import SavedView


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
