"""A form whose token is no longer right: the page was opened before somebody logged in or out in another tab."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import resolve
from django.utils.translation import gettext as _

from apps.accounts.middleware import is_partial, login_first
from apps.core import idempotency, origin, outbox, returned, send_again


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Give the page again with what was typed, so that pressing once more saves it. Another site gets nothing."""
    if outbox.is_sent(request) and origin.from_own_page(request):
        return HttpResponse(status=403)  # it asks for a new token, and sends what it kept once more
    if not origin.from_own_page(request):
        return render(request, "403_csrf.html", status=403)
    if not request.user.is_authenticated and getattr(resolve(request.path).func, "login_required", True):
        return login_first(request)
    try:
        idempotency.key_check(request.POST.get(idempotency.FIELD, ""), idempotency.owner_of(request))
    except idempotency.OtherLogin as other:
        return send_again.refused_key(request, other)
    except idempotency.Unusable:
        pass  # said when it is sent again
    if not returned.hold(request, _("You logged in again after this page was opened."), press=True):
        messages.warning(
            request, _("This page was opened before you logged in or out. Nothing was done yet.")
        )
    page = origin.page_of(request)
    if is_partial(request):
        return HttpResponse(status=403, headers={"HX-Redirect": page})
    return redirect(page)
