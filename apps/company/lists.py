"""The saved views of a list, as the filter bar shows them."""

from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from apps.company.models import SavedView
from apps.core.lists import ListPage


def saved_views(page: ListPage, user: Any) -> dict[str, Any]:
    """For {% list_filters page saved.views saved.save_url %}: the user's views, and where to add one."""
    views = [
        {"name": view.name, "url": f"{page.path}?{view.query}", "current": view.query == page.state}
        for view in SavedView.objects.for_user(user).of_list(page.name)
    ]
    query = urlencode({"list": page.name, "path": page.path, "query": page.state})
    return {"views": views, "save_url": f"{reverse('company:saved_view_add')}?{query}"}
