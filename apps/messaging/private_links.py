"""The one door of private links: pages that open by the secret in their own address, without login.

Each kind says which rows its links are, and which of them still open. The door looks the token up, works in a role that
may read what the link opens, and only then calls the view. A link that opens nothing gets a kind page: 410 when it did
once, 404 otherwise. Nobody between keeps, forwards or finds any of it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, TypeVar

from django.contrib.auth.decorators import login_not_required
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import translation

from apps.company.models import Company
from apps.core.database import OFFICE, as_role
from apps.core.tokens import token_hash

Answer = TypeVar("Answer", bound=HttpResponseBase)
LinkView = Callable[..., HttpResponseBase]


def private(response: Answer, *, referrer: str = "no-referrer") -> Answer:
    """Nobody keeps, forwards or finds this answer."""
    response["Cache-Control"] = "no-store, private"
    response["Referrer-Policy"] = referrer
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response


def closed(request: HttpRequest, link: Any = None) -> HttpResponse:
    """What a link says that opens nothing; nothing of what it opened."""
    company = Company.objects.row()
    with translation.override(company.language if company else translation.get_language()):
        return render(request, "quotes/public_closed.html", {"company": company}, status=404)


@dataclass(frozen=True)
class Door:
    """One kind of private link. As a decorator: the view is given the record of its address's token.

    `gone` is the page for a link that has ended, or None for an unknown one. Forms behind a link take no CSRF token: they act on no
    cookie but on the secret in their own address, and `no-referrer` makes browsers send `Origin: null`, which Django's check
    refuses. One that `logs_in` acts on a session, so it is checked.
    """

    rows: Callable[[], QuerySet]
    live: Callable[[Any], QuerySet]
    language: Callable[[Any], str]
    gone: Callable[[HttpRequest, Any], HttpResponse] = closed
    role: str = OFFICE
    logs_in: bool = False

    def find(self, token: str) -> tuple[Any, Any]:
        """The record that the token opens, and the one that it opened once."""
        rows = self.rows().filter(token_hash=token_hash(token))
        link = self.live(rows).first()
        return link, link or rows.first()

    def __call__(self, view: LinkView) -> LinkView:
        @login_not_required
        @wraps(view)
        def guarded(request: HttpRequest, token: str, **kwargs: Any) -> HttpResponseBase:
            with as_role(self.role):
                response = self._answer(view, request, token, kwargs)
            return private(response, referrer="same-origin" if self.logs_in else "no-referrer")

        guarded.csrf_exempt = not self.logs_in  # type: ignore[attr-defined]
        return guarded

    def _answer(
        self, view: LinkView, request: HttpRequest, token: str, kwargs: dict[str, Any]
    ) -> HttpResponseBase:
        link, known = self.find(token)
        language = self.language(known) if known else translation.get_language()
        request.link_token = token  # type: ignore[attr-defined]
        with translation.override(language):
            if link is None:
                response: HttpResponseBase = self.gone(request, known)
                response.status_code = 410 if known else 404
                return response
            try:
                response = view(request, link, **kwargs)
            except Http404:  # a part of it that is not there
                response = closed(request)
            response["Content-Language"] = language
            return response
