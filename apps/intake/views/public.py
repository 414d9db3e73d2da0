"""The public request form, on a page of its own and in a frame on the company's website.

Whoever asks, these views work in the database as the public: they can add, and read none of the records. They take no
session and no cookie (a browser gives none to a frame on another website), so there is nothing that a forged post
could borrow and no CSRF token; see docs/adr/0003-public-request-form.md.
"""

import hashlib
from collections.abc import Callable
from typing import Any

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core import signing
from django.core.cache import cache
from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods

from apps.company.models import Company
from apps.core.actors import Customer as CustomerActor
from apps.core.database import PUBLIC, as_role
from apps.documents.models import StoredFile
from apps.documents.web import file_response
from apps.intake import actions, rules
from apps.intake.forms.public import SALT, PublicRequestForm, stamp
from apps.intake.models import RequestFormSettings
from apps.intake.views.photos import photos_take

HOUR = 3600
# Per hour: posts of any outcome and requests from one address, and requests that name the same e-mail.
TRIES, REQUESTS, PER_EMAIL = 40, 10, 5
KEPT_SALT, SENT_SALT = "intake.kept-photo", "intake.sent"
KEPT_SECONDS = 24 * HOUR


def _language(request: HttpRequest) -> str:
    asked = request.POST.get("language") or request.GET.get("language") or translation.get_language()
    return asked if asked in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE


def _framed(response: HttpResponse, company: Company | None) -> HttpResponse:
    """Let the websites that the company named, and no other, show this answer in a frame."""
    origins = rules.origins(company.embed_origins) if company else []
    response.xframe_options_exempt = True  # X-Frame-Options knows no list; frame-ancestors rules
    response._csp_replace = {"frame-ancestors": origins or ["'none'"]}  # type: ignore[attr-defined]
    return response


def _within(key: str, most: int) -> bool:
    """Count one more; False when that is more than `most` in an hour. Serialised per key by an advisory lock."""
    name = f"request-form:{hashlib.sha256(key.encode()).hexdigest()}"
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 727002))", [name])
    used = cache.get(name, 0) + 1
    cache.set(name, used, HOUR)
    return used <= most


def _kept(request: HttpRequest, most: int) -> list[StoredFile]:
    """The photos that came with an earlier try of this form."""
    pks = []
    for token in request.POST.getlist("kept")[:most]:
        try:
            pks.append(signing.loads(token, salt=KEPT_SALT, max_age=KEPT_SECONDS))
        except signing.BadSignature:
            continue
    found = StoredFile.objects.in_bulk(pks)
    return [found[pk] for pk in pks if pk in found]


def _page(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Public, without cookies, in the customer's language, as the public's role."""

    @csrf_exempt
    @login_not_required
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        with as_role(PUBLIC), translation.override(_language(request)):
            return view(request, *args, **kwargs)

    return wrapped


def _form_view(request: HttpRequest, *, framed: bool) -> HttpResponse:
    company = Company.objects.filter(pk=1).first()
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
        return render(
            request, "intake/public_form.html", context | {"form": form, "stamp": stamp(), "kept": []}
        )

    address = get_adapter().get_client_ip(request)
    form = PublicRequestForm(request.POST, choices=choices)
    faults: list[str] = []
    files: list[StoredFile] = []
    status = 422
    if not _within(f"tries:{address}", TRIES):
        status = 429
    else:
        files = _kept(request, choices.max_photos)
        if choices.photos != "off":
            by = CustomerActor(_("Public form"))
            fresh, faults = photos_take(
                request, "photos", by=by, most=max(choices.max_photos - len(files), 0)
            )
            files += fresh
    valid = form.is_valid()
    for sentence in faults:
        form.add_error(None, sentence)
    if choices.photos == "required" and not files and status == 422:
        form.add_error(None, _("Add at least one photo."))
    if valid and not form.errors and status == 422:
        email = form.cleaned_data["email"]
        if _within(f"requests:{address}", REQUESTS) and _within(f"email:{email}", PER_EMAIL):
            made = actions.request_submit(photos=files, **form.submission)
            token = signing.dumps(made.number, salt=SENT_SALT)
            target = redirect("request:embed_sent" if framed else "request:sent", token=token)
            target["Location"] += f"?language={translation.get_language()}"
            return target
        status = 429
    if status == 429:
        form.add_error(None, _("Many requests came from your connection. Try again in an hour, or call us."))
    response = render(
        request,
        "intake/public_form.html",
        context | {"form": form, "stamp": _stamp(request), "kept": _as_kept(files)},
        status=status,
    )
    response.keeps_writes = True  # type: ignore[attr-defined]  # the photos stay for the next try, and the try counts
    return response


def _stamp(request: HttpRequest) -> str:
    given = request.POST.get("stamp", "")
    try:
        signing.loads(given, salt=SALT)
    except signing.BadSignature:
        return stamp()
    return given


def _as_kept(files: list[StoredFile]) -> list[dict[str, str]]:
    return [{"token": signing.dumps(file.pk, salt=KEPT_SALT), "name": file.name} for file in files]


@_page
@require_http_methods(["GET", "POST"])
def form(request: HttpRequest) -> HttpResponse:
    return _form_view(request, framed=False)


@_page
@require_http_methods(["GET", "POST"])
def embed(request: HttpRequest) -> HttpResponse:
    return _form_view(request, framed=True)


def _sent(request: HttpRequest, token: str, *, framed: bool) -> HttpResponse:
    try:
        number = signing.loads(token, salt=SENT_SALT)
    except signing.BadSignature as error:
        raise Http404 from error
    company = Company.objects.filter(pk=1).first()
    context = {
        "company": company,
        "choices": RequestFormSettings.objects.current(),
        "number": number,
        "base": "public_embed.html" if framed else "public.html",
    }
    response = render(request, "intake/public_sent.html", context)
    return _framed(response, company) if framed else response


@_page
@require_GET
def sent(request: HttpRequest, token: str) -> HttpResponse:
    return _sent(request, token, framed=False)


@_page
@require_GET
def embed_sent(request: HttpRequest, token: str) -> HttpResponse:
    return _sent(request, token, framed=True)


@_page
@require_GET
def kept_photo(request: HttpRequest, token: str) -> HttpResponseBase:
    """The small picture of a photo that waits for the form to be right; only its sender has the address."""
    try:
        pk = signing.loads(token, salt=KEPT_SALT, max_age=KEPT_SECONDS)
    except signing.BadSignature as error:
        raise Http404 from error
    file = StoredFile.objects.filter(pk=pk).first()
    if file is None or not file.is_image:
        raise Http404
    return file_response(file, thumbnail=True)
