"""The door of the customer's page: a private address, without login.

The request arrives in the public database role, which reads no table of quotes. Only after the token was found does the
view run in the office's role, and it is given the one link that the token opens.

These views take no CSRF token: they act on no cookie but on the secret in their own address, which another site does not
know; and `no-referrer` makes browsers send `Origin: null`, which Django's check refuses.
"""

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import translation
from django.views.decorators.csrf import csrf_exempt

from apps.company.models import Company
from apps.core import clock
from apps.core.database import OFFICE, as_role
from apps.core.tokens import token_hash
from apps.quotes.models import QuoteLink

LinkView = Callable[..., HttpResponseBase]


def private(response: HttpResponseBase) -> HttpResponseBase:
    """Nobody keeps, forwards or finds this page."""
    response["Cache-Control"] = "no-store, private"
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response


def _link_id(token: str) -> int | None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT wt_quote_link(%s)", [token_hash(token)])
        (found,) = cursor.fetchone()
    return found


def _opened(pk: int, now: datetime) -> QuoteLink | None:
    rows = QuoteLink.objects.live(now).select_related(
        "version__quote__customer", "version__acceptance__signature"
    )
    return rows.filter(pk=pk).first()


def link_again(link: QuoteLink) -> QuoteLink:
    """The link with its quote as they stand now, after somebody else was first."""
    return _opened(link.pk, clock.now()) or link


def by_link(view: LinkView) -> LinkView:
    """The view gets the QuoteLink of its address's token; an unknown, expired or revoked one gets a kind page."""

    @csrf_exempt
    @login_not_required
    @wraps(view)
    def guarded(request: HttpRequest, token: str, **kwargs: Any) -> HttpResponseBase:
        found = _link_id(token)
        if found is None:
            return private(closed(request, 404))
        with as_role(OFFICE):
            link = _opened(found, clock.now())
            if link is None:
                return private(closed(request, 410))
            request.quote_token = token  # type: ignore[attr-defined]
            with translation.override(link.version.language):
                response = view(request, link, **kwargs)
                response["Content-Language"] = link.version.language
        return private(response)

    return guarded


def closed(request: HttpRequest, status: int) -> HttpResponse:
    """The page for a link that does not open (any more). It says nothing of any quote."""
    company = Company.objects.row()
    with translation.override(company.language if company else translation.get_language()):
        return render(request, "quotes/public_closed.html", {"company": company}, status=status)
