"""The page on which no forgotten euro stays unseen."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from apps.company.lists import saved_views
from apps.core import clock
from apps.core.web import requires
from apps.leaks import actions
from apps.leaks.forms import ReasonForm
from apps.leaks.lists import LeakList, explain
from apps.leaks.models import Leak


@requires("see_prices")
@require_GET
def leak_list(request: HttpRequest) -> HttpResponse:
    page = LeakList(request, Leak.objects.for_user)
    return page.export() or render(
        request, "leaks/leak_list.html", {"page": page, "saved": saved_views(page, request.user)}
    )


@requires("see_prices")
@require_GET
def leak_detail(request: HttpRequest, pk: int) -> HttpResponse:
    leak = explain(get_object_or_404(Leak.objects.for_user(request.user), pk=pk), clock.now(), request.user)
    return render(request, "leaks/leak_detail.html", {"leak": leak, "form": ReasonForm()})


@requires("see_prices")
@require_POST
def leaks_detect(request: HttpRequest) -> HttpResponse:
    count = actions.leaks_detect(clock.now())
    messages.success(
        request,
        ngettext("Checked now: %(n)s open leak.", "Checked now: %(n)s open leaks.", count) % {"n": count},
    )
    return redirect("leaks:leak_list")


def _with_reason(request: HttpRequest, pk: int, action: str, **more: Any) -> HttpResponse:
    leak = get_object_or_404(Leak.objects.for_user(request.user), pk=pk)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        context = {"leak": explain(leak, clock.now(), request.user), "form": form}
        return render(request, "leaks/leak_detail.html", context, status=422)
    getattr(actions, action)(leak=leak, by=request.user, reason=form.cleaned_data["reason"], **more)
    return redirect("leaks:leak_detail", pk)


@requires("write_off")
@require_POST
def leak_write_off(request: HttpRequest, pk: int) -> HttpResponse:
    response = _with_reason(request, pk, "leak_write_off", seen=request.POST.get("seen"))
    if response.status_code < 400:
        messages.success(request, _("Written off."))
    return response


@requires("write_off")
@require_POST
def leak_take_back(request: HttpRequest, pk: int) -> HttpResponse:
    return _with_reason(request, pk, "leak_take_back")
