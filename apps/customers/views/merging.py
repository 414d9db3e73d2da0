"""Customers that may be one, and the merge of two."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from apps.core import merging
from apps.core.models import Merge
from apps.core.together import number_of, together
from apps.core.web import requires
from apps.customers import actions
from apps.customers.forms import MergeForm
from apps.customers.models import Customer, Suspect
from apps.customers.pages import customer_open
from apps.customers.rules import in_common

SHOWN = 50


@requires("manage_customers")
@require_GET
def customer_suspects(request: HttpRequest) -> HttpResponse:
    """Every two customers that may be one, those with the most in common first."""
    every = Suspect.objects.for_user(request.user)
    pairs, total = every.select_related("first", "second")[:SHOWN], number_of(every)
    together(pairs, total)
    rows = [{"pair": one, "common": in_common(one.first, one.second)} for one in pairs]
    context = {"rows": rows, "total": total.value, "more": total.value - len(rows)}
    return render(request, "customers/customer_suspects.html", context)


@requires("manage_customers")
@require_GET
def customer_merge_choose(request: HttpRequest, pk: int) -> HttpResponse:
    """With whom: those that may be the same, and a search."""
    customer = customer_open(request, pk)
    text = request.GET.get("q", "")[:100].replace("\x00", "").strip()
    rows = Customer.objects.for_user(request.user).unmerged().exclude(pk=pk)
    found = rows.found(text, "name", most=20) if text else list(rows.suspected_of(customer))
    return render(
        request, "customers/customer_merge_choose.html", {"customer": customer, "text": text, "found": found}
    )


@requires("manage_customers")
@require_http_methods(["GET", "POST"])
def customer_merge(request: HttpRequest, pk: int, other: int) -> HttpResponse:
    """What moves and what counts when `other` becomes part of `pk`, and doing it."""
    kept, gone = customer_open(request, pk), customer_open(request, other)
    form = MergeForm(request.POST or None, kept=kept, gone=gone)
    if request.method == "POST" and form.is_valid():
        actions.customer_merge(
            kept=kept, gone=gone, by=request.user, choices=form.choices, versions=form.versions
        )
        messages.success(
            request,
            _("%(gone)s is now a part of this customer. For a day that can be undone.") % {"gone": gone},
        )
        return redirect("customers:customer_detail", pk)
    context: dict[str, Any] = {"form": form, "kept": kept, "gone": gone, "counts": merging.counts(gone)}
    return render(
        request, "customers/customer_merge.html", context, status=422 if request.method == "POST" else 200
    )


@requires("manage_customers")
@require_POST
def customer_merge_undo(request: HttpRequest, pk: int) -> HttpResponse:
    rows = Customer.objects.for_user(request.user)
    found = get_object_or_404(
        Merge, pk=pk, subject_type=Customer._meta.label_lower, gone_id__in=rows.values("pk")
    )
    gone = actions.customer_merge_undo(merge=found, by=request.user)
    messages.success(request, _("%(name)s is a customer of its own again.") % {"name": gone})
    return redirect("customers:customer_detail", gone.pk)


@requires("manage_customers")
@require_POST
def customer_apart(request: HttpRequest, pk: int, other: int) -> HttpResponse:
    """They are two: not to be asked again."""
    one, two = customer_open(request, pk), customer_open(request, other)
    actions.customer_apart(one=one, other=two, by=request.user)
    messages.success(request, _("%(one)s and %(other)s stay two customers.") % {"one": one, "other": two})
    return redirect("customers:customer_suspects")
