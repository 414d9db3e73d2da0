"""Messages on the lock screen: which of one's own browsers get them."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from apps.accounts import devices
from apps.accounts.places import browser_label
from apps.accounts.sessions import session_handle
from apps.core.tokens import token_hash
from apps.core.web import requires
from apps.messaging import actions
from apps.messaging.forms import PushForm
from apps.messaging.models import PushDevice
from apps.messaging.push_service import Subscription, installation_key


@requires("record_work")
@require_GET
def push_list(request: HttpRequest) -> HttpResponse:
    """Turn them on for this phone; see which devices have them, and take one off."""
    return _shown(request, PushForm())


@requires("record_work")
@require_POST
def push_add(request: HttpRequest) -> HttpResponse:
    """The browser says where it is reached."""
    form = PushForm(request.POST)
    if not form.is_valid():
        return _shown(request, form, status=422)
    said = form.cleaned_data
    browser = devices.push_name(request)
    actions.device_add(
        user=request.user,
        to=Subscription(said["endpoint"], said["public_key"], said["secret"]),
        browser=browser,
        session=session_handle(request),
        agent=request.headers.get("User-Agent", ""),
        was=said["was"],
    )
    response = redirect("phone:push_list")
    devices.push_name_keep(response, browser)
    return response


@requires("record_work")
@require_POST
def push_remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Take one of one's own devices off."""
    actions.device_remove(device=get_object_or_404(PushDevice.objects.for_user(request.user), pk=pk))
    return redirect("phone:push_list")


def _shown(request: HttpRequest, form: PushForm, status: int = 200) -> HttpResponse:
    known = token_hash(request.COOKIES.get(devices.PUSH_COOKIE, ""))
    rows: list[dict[str, Any]] = [
        {"device": one, "label": browser_label(one.agent), "here": one.browser == known}
        for one in PushDevice.objects.for_user(request.user).order_by("-added_at", "-pk")
    ]
    context = {
        "form": form,
        "rows": sorted(rows, key=lambda row: not row["here"]),
        "here": any(row["here"] for row in rows),
        "key": installation_key(),
    }
    return render(request, "field/push_list.html", context, status=status)
