"""What pages of several apps show of customers."""

from typing import Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from apps.core.refusals import Missing
from apps.customers.forms import CustomerChoiceForm, customers_found
from apps.customers.models import Customer


def choosing(request: HttpRequest, form: CustomerChoiceForm) -> dict[str, Any]:
    """What a page needs that shows the choice of a customer; a search without script counts."""
    searched = request.POST.get("find", "") if "search" in request.POST else ""
    text, found = customers_found(request.user, searched)
    return {"form": form, "known": form.known, "duplicates": form.found, "find": text, "found": found}


def customer_open(request: HttpRequest, pk: int) -> Customer:
    """A customer to do something with. Raises Missing, with the way there, for one that became another."""
    rows = Customer.objects.for_user(request.user).select_related("merged_into")
    customer: Customer = get_object_or_404(rows, pk=pk)
    if (became := customer.merged_into) is not None:
        raise Missing(
            _("%(name)s was merged into another customer: go on there.") % {"name": customer},
            url=reverse("customers:customer_detail", args=[became.pk]),
            label=str(became),
        )
    return customer
