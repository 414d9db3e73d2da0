"""The public request form, on a page of its own and in a frame on the company's website.

Whoever asks, these views work in the database as the public: they can add, and read none of the records. They take no
session and no cookie (a browser gives none to a frame on another website), so there is nothing that a forged post
could borrow and no CSRF token; see docs/adr/0003-public-request-form.md.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core import signing
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods

from apps.company.models import Company
from apps.core import clock
from apps.core.actors import Customer as CustomerActor
from apps.core.client_address import client_address
from apps.core.database import PUBLIC, as_role
from apps.core.formats import clock_time
from apps.documents.models import StoredFile
from apps.intake import actions, rules
from apps.intake.floods import Duplicate, request_count, try_count
from apps.intake.forms.public import SALT, PublicRequestForm, stamp
from apps.intake.models import RequestFormSettings
from apps.intake.pages import photos_take
from apps.messaging.private_links import closed, private

SENT_SALT = "intake.sent"


def _language(request: HttpRequest) -> str:
    asked = request.POST.get("language") or request.GET.get("language") or translation.get_language()
    return asked if asked in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE


def _framed(response: HttpResponse, company: Company | None) -> HttpResponse:
    """Let the websites that the company named, and no other, show this answer in a frame."""
    origins = rules.origins(company.embed_origins) if company else []
    response.xframe_options_exempt = True  # X-Frame-Options knows no list; frame-ancestors rules
    response._csp_replace = {"frame-ancestors": origins or ["'none'"]}  # type: ignore[attr-defined]
    return response


def _page(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Public, without cookies, in the customer's language, as the public's role."""

    @csrf_exempt
    @login_not_required
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        with as_role(PUBLIC), translation.override(_language(request)):
            return view(request, *args, **kwargs)

    return wrapped


def _form_view(request: HttpRequest, *, framed: bool) -> HttpResponse:
    company = Company.objects.row()
    choices = RequestFormSettings.objects.current()
    response = _answer(request, company, choices, framed)
    return _framed(response, company) if framed else response


def _answer(
    request: HttpRequest, company: Company | None, choices: RequestFormSettings, framed: bool
) -> HttpResponse:
    context = {
        "company": company,
        "choices": choices,
        "framed": framed,
        "base": "public_embed.html" if framed else "public.html",
        "languages": settings.LANGUAGES,
        "chosen_language": translation.get_language(),
    }
    if not choices.enabled:
        return render(request, "intake/public_closed.html", context, status=503 if request.POST else 200)
    if request.method == "GET":
        form = PublicRequestForm(
            choices=choices, initial={"language": translation.get_language(), "country": "NL"}
        )
        return render(request, "intake/public_form.html", context | {"form": form, "stamp": stamp()})

    return _sent_form(request, choices, context)


def _sent_form(request: HttpRequest, choices: RequestFormSettings, context: dict[str, Any]) -> HttpResponse:
    """What was typed, made into a request; or shown again, whole, with what is in the way."""
    address = client_address(request)
    form = PublicRequestForm(request.POST, choices=choices)
    files: list[StoredFile] = []
    too_often = wait = try_count(address)
    counted = transaction.savepoint()
    if wait is None and choices.photos != "off":
        by = CustomerActor(_("Public form"))
        files, faults = photos_take(request, "photos", by=by, most=choices.max_photos)
        for sentence in faults:
            form.add_error(None, sentence)
        if choices.photos == "required" and not files:
            form.add_error(None, _("Add at least one photo."))
    if wait is None and form.is_valid():
        same = Duplicate(form.submission, files)
        number = same.number()
        if not number:
            wait = request_count(address, form.cleaned_data["email"])
        if wait is None:
            if not number:
                made = actions.request_submit(photos=files, **form.submission)
                same.keep(made)
                number = made.number
            return _to_sent(number, framed=context["framed"])
    transaction.savepoint_rollback(counted)
    status = 422
    if wait:
        status = 429
        form.add_error(None, _wait_sentence(wait))
    given = {"form": form, "stamp": _stamp(request)}
    response = render(request, "intake/public_form.html", context | given, status=status)
    if wait:
        response["Retry-After"] = str(max(1, int((wait - clock.now()).total_seconds())))
    # Of a refused form only the try is kept: it counts.
    response.keeps_writes = True  # type: ignore[attr-defined]
    response.keeps_files = not too_often  # type: ignore[attr-defined]
    return response


def _wait_sentence(wait: datetime) -> str:
    words = _("We get very many requests at this moment. Try again after %(time)s, or call us.")
    return words % {"time": clock_time(wait + timedelta(minutes=1))}


def _to_sent(number: str, *, framed: bool) -> HttpResponse:
    token = signing.dumps(number, salt=SENT_SALT)
    target = redirect("request:embed_sent" if framed else "request:sent", token=token)
    target["Location"] += f"?language={translation.get_language()}"
    return target


def _stamp(request: HttpRequest) -> str:
    given = request.POST.get("stamp", "")
    try:
        signing.loads(given, salt=SALT)
    except signing.BadSignature:
        return stamp()
    return given


@_page
@require_http_methods(["GET", "POST"])
def form(request: HttpRequest) -> HttpResponse:
    return _form_view(request, framed=False)


@_page
@require_http_methods(["GET", "POST"])
def embed(request: HttpRequest) -> HttpResponse:
    return _form_view(request, framed=True)


def _in_frame(response: HttpResponse) -> HttpResponse:
    """What is said about the form's key is said in the same frame."""
    with as_role(PUBLIC):
        return _framed(response, Company.objects.row())


embed.dress = _in_frame  # type: ignore[attr-defined]


def _sent(request: HttpRequest, token: str, *, framed: bool) -> HttpResponse:
    try:
        number = signing.loads(token, salt=SENT_SALT)
    except signing.BadSignature:
        return private(closed(request))
    company = Company.objects.row()
    context = {
        "company": company,
        "choices": RequestFormSettings.objects.current(),
        "number": number,
        "base": "public_embed.html" if framed else "public.html",
    }
    response = private(render(request, "intake/public_sent.html", context))
    return _framed(response, company) if framed else response


@_page
@require_GET
def sent(request: HttpRequest, token: str) -> HttpResponse:
    return _sent(request, token, framed=False)


@_page
@require_GET
def embed_sent(request: HttpRequest, token: str) -> HttpResponse:
    return _sent(request, token, framed=True)
