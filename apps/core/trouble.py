"""What is answered when the machine fails, not the request: the database is away, or the disk is full.

Nothing here asks the database. What was posted stands on the page, ready to be sent again under the same key: whether
it was kept after all, the answer to that will tell, and it is done once.
"""

import errno
import sys

import psycopg
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.defaults import bad_request as nonsense
from django.views.defaults import server_error as fault

from apps.core import idempotency, returned
from apps.core.database import database_is_away

RETRY_SECONDS = 3
FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


def disk_is_full(error: BaseException | None) -> bool:
    """Whether there was no room for what had to be written: by us, or by the database."""
    while error is not None:
        if isinstance(error, psycopg.errors.DiskFull) or (isinstance(error, OSError) and error.errno in FULL):
            return True
        error = error.__cause__ or error.__context__
    return False


def server_error(request: HttpRequest) -> HttpResponse:
    """The answer to whatever nobody caught."""
    error = sys.exc_info()[1]
    if database_is_away(error):
        return _away(request)
    if disk_is_full(error):
        return _full(request)
    return fault(request)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The answer to a request that makes no sense; Django takes a session that could not be saved for one."""
    return _away(request) if database_is_away(exception) else nonsense(request, exception)


def _away(request: HttpRequest) -> HttpResponse:
    """503, and how to go on: a page comes by itself, a form is sent again."""
    title = _("One moment")
    sentence = _("The program cannot reach its database for a moment; it is probably being restarted.")
    reading = request.method in ("GET", "HEAD")
    advice = _("This page appears by itself as soon as it can.") if reading else ""
    response = _page(request, title, sentence, advice, status=503)
    response["Retry-After"] = str(RETRY_SECONDS)
    if reading:
        response["Refresh"] = str(RETRY_SECONDS)
    return response


def _full(request: HttpRequest) -> HttpResponse:
    """507: nothing of it was kept."""
    title = _("There is no room left")
    sentence = _("The disk is full, so nothing of this was kept. Tell whoever looks after this installation.")
    return _page(request, title, sentence, "", status=507)


def _page(request: HttpRequest, title: str, sentence: str, advice: str, *, status: int) -> HttpResponse:
    sent = [(name, value) for name, values in request.POST.lists() for value in values]
    again = bool(sent) and not returned.holds_secret(request)
    if request.method == "POST":
        advice = _advice(keyed=idempotency.FIELD in request.POST, again=again)
    context = {
        "title": title,
        "sentence": sentence,
        "advice": advice,
        "status": status,
        "sent": sent if again else [],
        "files": sorted(request.FILES) if again else [],
        "address": request.get_full_path(),
    }
    # Without the request: what stands around every other page is asked of the database.
    response = HttpResponse(render_to_string("trouble.html", context), status=status)
    response["Cache-Control"] = "no-store"
    return response


def _advice(*, keyed: bool, again: bool) -> str:
    if not again:
        return _("Go back and send it again in a moment.")
    if keyed:
        return _(
            "What you typed is kept on this page. Send it again: it is done once, however often you send it."
        )
    return _("What you typed is kept on this page. Look first whether it was done, then send it again.")
