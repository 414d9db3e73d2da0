"""The saved views of a list, as the filter bar shows them."""

from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.functional import cached_property

from apps.company.models import SavedView
from apps.core.compiled import compiled, reader_of
from apps.core.lists import ListPage


class SavedViews:
    """A user's views of a list, and where to add one. Asked for with the list's counters, when the page shows them."""

    def __init__(self, page: ListPage, user: Any) -> None:
        self.page = page
        shape = ("saved views", page.name, reader_of(user))
        self._rows = compiled(shape, lambda: {"views": SavedView.objects.for_user(user).of_list(page.name)})[
            "views"
        ]
        page.also.append(self._rows)

    @cached_property
    def views(self) -> list[dict[str, Any]]:
        path, state = self.page.path, self.page.state
        return [
            {"name": view.name, "url": f"{path}?{view.query}", "current": view.query == state}
            for view in self.page.rows_of(self._rows)
        ]

    @property
    def save_url(self) -> str:
        query = {"list": self.page.name, "path": self.page.path, "query": self.page.state}
        return f"{reverse('company:saved_view_add')}?{urlencode(query)}"


def saved_views(page: ListPage, user: Any) -> SavedViews:
    """For {% list_filters page saved.views saved.save_url %}."""
    return SavedViews(page, user)
