"""The language of whoever is logged in, the answers of the pages on which people log in, and the way to those."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode, urlsplit

from allauth.core.exceptions import ReauthenticationRequired
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from apps.core import origin, outbox, returned


class UserLanguageMiddleware:
    """A user reads the product in the language of their account, whatever the browser asks for."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.user.is_authenticated:
            return self.get_response(request)
        with translation.override(request.user.language):
            request.LANGUAGE_CODE = translation.get_language()
            return self.get_response(request)


class RefusedFormMiddleware:
    """Answers 422 with a refused form of allauth's, as our own views do; what the refusal counted stays counted."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_template_response(self, request: HttpRequest, response: TemplateResponse) -> TemplateResponse:
        form = (response.context_data or {}).get("form")
        if request.method == "POST" and response.status_code == 200 and getattr(form, "errors", None):
            response.status_code = 422
            response.keeps_writes = True  # type: ignore[attr-defined]
        return response


class LoginMiddleware(LoginRequiredMiddleware):
    """Without a login every page leads to it, and from there back to the page where one was.

    What a form typed is held for that page, for whoever the form was made for.
    """

    def handle_no_permission(self, request: HttpRequest, view_func: Any) -> HttpResponse:  # type: ignore[override]
        return login_first(request)


def is_partial(request: HttpRequest) -> bool:
    """Whether a script asked, for a part of a page that stays where it is.

    The phone's worker asks for whole pages: a browser then says nothing of where they go, and that somebody goes there.
    """
    if request.headers.get("HX-Request"):
        return True
    headers = request.headers
    return headers.get("Sec-Fetch-Dest") == "empty" and headers.get("Sec-Fetch-Mode") != "navigate"


def brings_page(request: HttpRequest) -> bool:
    """Whether a script asked for another page, to take the place of this one (static/js/swap.js)."""
    return request.headers.get("HX-Target") == "main"


def login_first(request: HttpRequest) -> HttpResponse:
    if outbox.is_sent(request):
        return HttpResponse(status=401)  # the phone keeps it
    page = request.get_full_path()
    if request.method == "POST":
        returned.hold(request, _("Your session had ended, and you logged in again."), press=True)
    if request.method != "GET" or (is_partial(request) and not brings_page(request)):
        page = origin.page_of(request) or reverse("office:home")
    login = f"{reverse('account_login')}?{urlencode({'next': page}, safe='/')}"
    if is_partial(request):
        return HttpResponse(status=401, headers={"HX-Redirect": login})
    return redirect(login)


class ProofMiddleware:
    """Asks for the password before a change of the login. What was posted without it is not done afterwards either: it
    may be somebody else's, left in an open session for its owner to confirm."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, ReauthenticationRequired) or not request.user.is_authenticated:
            return None
        # Back to the page on which the button stood: its address may take no GET.
        page = request.path if request.method == "GET" else urlsplit(request.headers.get("Referer", "")).path
        query = urlencode(
            {REDIRECT_FIELD_NAME: page if page.startswith("/account/") else reverse("mfa_index")}
        )
        return redirect(f"{reverse('account_reauthenticate')}?{query}")
