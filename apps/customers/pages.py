"""The choice of a customer, as the pages of several apps show it."""

from typing import Any

from django.http import HttpRequest

from apps.customers.forms import CustomerChoiceForm, customers_found


def choosing(request: HttpRequest, form: CustomerChoiceForm) -> dict[str, Any]:
    """What a page needs that shows the choice of a customer; a search without script counts."""
    searched = request.POST.get("find", "") if "search" in request.POST else ""
    text, found = customers_found(request.user, searched)
    return {"form": form, "known": form.known, "duplicates": form.found, "find": text, "found": found}
