"""A refusal costs nobody the photo that was taken or the text that was typed."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from apps.core import idempotency, returned, send_again
from apps.core.database import PUBLIC, as_role
from apps.core.keeping import KEEP_FOR, is_to_keep
from apps.core.refill import Element, Typed, file_fields, place_files, refill
from apps.documents import kept
from apps.documents.models import PendingUpload

ACCEPTED = (204, 301, 302, 303)  # a page (200) may show the form again
MACHINE_FAILS = (503, 507)  # no database, no disk
GetResponse = Callable[[HttpRequest], HttpResponse]


def _is_page(response: HttpResponse) -> bool:
    return not response.streaming and response.headers.get("Content-Type", "").startswith("text/html")


class KeptFilesMiddleware:
    """Keeps the files of a refused form, and gives them to the view when the form is sent again.

    Stands outside the request's transaction, which a refusal rolls back.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method != "POST":
            return self.get_response(request)
        owner = _owner(request)
        given = _give_back(request, owner) if owner else {}
        response = self.get_response(request)
        held: dict[str, Any] | None = getattr(request, "held", None)
        if held is None and response.status_code in ACCEPTED:
            if given:
                with as_role(PUBLIC):
                    kept.forget(given.values())
        elif owner and request.FILES and response.status_code not in MACHINE_FAILS:
            with as_role(PUBLIC):
                _keep(request, response, owner, given, held)
        if held is not None and response.status_code >= 500:
            request.session.save()  # Django's own middleware does not after a fault
        return response


def _owner(request: HttpRequest) -> str:
    """Whoever is logged in; without a login, whoever the form was made for, as its signed key says."""
    if request.user.is_authenticated:
        return idempotency.owner_of(request)
    try:
        return idempotency.key_read(request.POST.get(idempotency.FIELD, "")).owner
    except idempotency.Unknown:
        return ""


def _give_back(request: HttpRequest, owner: str) -> dict[UploadedFile, PendingUpload]:
    """Put the kept files that the form still names among those that were chosen, before them."""
    named = {name: ids for name, ids in request.POST.lists() if name.endswith((kept.MANY, kept.ONE))}
    if not named:
        return {}
    given: dict[UploadedFile, PendingUpload] = {}
    with as_role(PUBLIC):
        for name, ids in named.items():
            field = name.removesuffix(kept.ONE).removesuffix(kept.MANY)
            if name.endswith(kept.ONE) and field in request.FILES:
                continue
            files = {file: one for one in kept.found(ids, owner=owner, address=request.path)
                     if one.field == field and (file := kept.uploaded(one))}  # fmt: skip
            request.FILES.setlist(field, [*files, *request.FILES.getlist(field)])
            given |= files
    for file in given:
        setattr(file, idempotency.KEPT_NAMES, True)
    setattr(request, idempotency.KEPT_NAMES, named)
    values = request.POST.copy()
    for name in named:
        del values[name]
    values._mutable = False
    request.POST = values  # type: ignore[assignment]
    return given


def _keep(
    request: HttpRequest, response: HttpResponse, owner: str, given: dict[UploadedFile, PendingUpload],
    held: dict[str, Any] | None,
) -> None:  # fmt: skip
    html = response.content.decode() if held is None and _is_page(response) else ""
    page = request.get_full_path()
    controls: dict[str, Element] = file_fields(html, page, request.path) if html else {}
    markup = {}
    for field in request.FILES:
        if held is None and field not in controls:
            continue
        files, lost = [], []
        for number, file in enumerate(request.FILES.getlist(field)):
            if number >= kept.MOST or not kept.fit(file, controls.get(field)):
                lost.append(file.name or "")
            elif file in given:
                files.append(given[file])
            elif not getattr(response, "keeps_files", True):  # of a flood nothing more is kept
                lost.append(file.name or "")
            else:
                files.append(kept.keep(file, owner=owner, address=request.path, field=field))
        if held is None:
            markup[field] = kept.shown(controls[field], files, lost)
        else:
            held["files"][field] = {"kept": [str(one.pk) for one in files], "lost": lost}
            request.session.modified = True
    if markup:
        response.content = place_files(html, Typed(page, request.path, {}, markup)).encode()


class ReturnedFormMiddleware:
    """Puts what was held for a page back into its form, once. Holds what was typed when the answer is a fault of ours."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.headers.get("HX-Request") or is_to_keep(request):
            return response
        if request.method == "POST" and response.status_code == 500 and not settings.DEBUG:
            held = returned.hold(request, _("Something went wrong on our side."))
            response.content = render_to_string("500.html", {"held": held}).encode()
        if request.method != "GET":
            return response
        if response.status_code in (301, 302, 303, 304):
            return response
        taken = returned.take(request)
        return response if taken is None else _shown(request, response, taken)


def _shown(request: HttpRequest, response: HttpResponse, held: dict[str, Any]) -> HttpResponse:
    page = response.content.decode() if response.status_code == 200 and _is_page(response) else ""
    typed = Typed(
        held["page"], held["action"], held["values"], _markup(held, page),
        note=returned.note(held), pressed=returned.note(held, typed=False) if held["press"] else "",
    )  # fmt: skip
    if (filled := refill(page, typed)) is not None:
        response.headers.pop(KEEP_FOR, None)
        response.content = filled.encode()
        return response
    if not held["press"] and not send_again.texts(held):
        return response
    with as_role(request.database_role, user_id=request.user.pk):  # type: ignore[attr-defined]
        answer = send_again.held(request, held)
    page = answer.content.decode()
    answer.content = place_files(page, replace(typed, files=_markup(held, page))).encode()
    return answer


def _markup(held: dict[str, Any], page: str) -> dict[str, str]:
    """What stands for the kept files beside each field of the page."""
    if not held["files"] or not page:
        return {}
    address = held["action"].partition("?")[0]
    controls = file_fields(page, held["page"], address)
    with as_role(PUBLIC):
        return {
            field: kept.shown(
                controls[field], kept.found(one["kept"], owner=held["owner"], address=address), one["lost"]
            )
            for field, one in held["files"].items()
            if field in controls
        }
