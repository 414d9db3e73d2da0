"""What the phone needs to be installed, and to be read without a network."""

from datetime import timedelta
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from apps.core import clock
from apps.core.idempotency import FIELD
from apps.core.keeping import KEEP_FOR, kept
from apps.core.outbox import HOLDS, act_read
from apps.core.refusals import Refused
from apps.core.web import requires
from apps.documents.models import StoredFile
from apps.documents.photos import signature_store
from apps.field.events import BY_ADDRESS
from apps.field.models import Visit
from apps.field.pages import event_post, file_keep, for_technicians, holds_keep, technician_of, usual_parts
from apps.field.steps import CHECKLIST, STEPS
from apps.materials.models import Material, Unit
from apps.planning.models import Assignment
from apps.technicians.models import Technician
from apps.workorders.models import WorkOrder

# How an act travelled is no part of what it says.
NOT_SAID = {FIELD, "csrfmiddlewaretoken", "outbox_id", "outbox_at", "outbox_zone", "outbox_why", "signature"}
KEPT_DAYS = 4  # today, and the days after it: over a weekend
# What of a job is opened beside its steps.
BESIDE = tuple(
    f"phone:{page}" for page in ("material_other", "site_history", "finish", "goes_on", "no_access", "hold")
)


@login_not_required
@require_GET
def worker(request: HttpRequest) -> HttpResponse:
    """The service worker. It stands here because it sees the pages below its own address."""
    response = HttpResponse(f'import "{static("js/worker.js")}";\n', content_type="text/javascript")
    response["Cache-Control"] = "no-cache"
    return response


@login_not_required
@require_GET
def manifest(request: HttpRequest) -> HttpResponse:
    """What a telephone puts on its home screen. The same for everybody: it is fetched without a login."""
    sizes = [("192", "any"), ("512", "any"), ("512", "maskable")]
    icons: list[dict[str, Any]] = [
        {
            "src": static(f"icons/{'maskable' if purpose == 'maskable' else 'app'}-{size}.png"),
            "sizes": f"{size}x{size}",
            "type": "image/png",
            "purpose": purpose,
        }
        for size, purpose in sizes
    ]
    said = {
        "id": reverse("phone:today"),
        "name": "Watertight",
        "short_name": "Watertight",
        "description": _("Your jobs, with and without a network."),
        "start_url": reverse("phone:today"),
        "scope": "/",
        "display": "standalone",
        "background_color": "#f5f7f7",
        "theme_color": "#0b5f66",
        "icons": icons,
    }
    response = JsonResponse(said, content_type="application/manifest+json")
    response["Cache-Control"] = "no-cache"
    return response


@requires("record_work")
@require_GET
@for_technicians
def kept_pages(request: HttpRequest) -> HttpResponse:
    """The pages that this phone shall hold: the tabs, and each job of today and the coming days with its steps."""
    technician = technician_of(request)
    start, _end = clock.day_bounds(clock.today())
    end = start + timedelta(days=KEPT_DAYS)
    begun = list(
        Visit.objects.filter(technician=technician).unfinished().values_list("assignment", flat=True)
    )
    own = Assignment.objects.active().filter(technician=technician, work_order__isnull=False)
    planned = {one.pk: one for one in own.between(start, end).select_related("work_order")}
    planned |= {one.pk: one for one in own.filter(pk__in=begun).select_related("work_order")}
    tabs = [reverse(f"phone:{name}") for name in ("today", "agenda", "me", "decisions", "no_network")]
    jobs = [reverse("phone:job", args=[pk]) for pk in planned]
    steps = [
        reverse(page, args=[pk])
        for pk, one in planned.items()
        for page in (*(step.page for step in STEPS if step.page), *BESIDE)
        if page != CHECKLIST.page or one.work_order.job_form_version_id  # type: ignore[union-attr]
    ]
    orders = WorkOrder.objects.filter(pk__in=[one.work_order_id for one in planned.values()])
    codes = orders.equipment().order_by("pk").values_list("code", flat=True)
    devices = [reverse("phone:equipment", args=[code]) for code in codes]
    daily = [
        *(
            reverse(name)
            for name in ("phone:catalogue", "phone:materials", "my_week:week", "phone:absence_request_list")
        ),
        *steps,
        *devices,
    ]
    return JsonResponse({"user": str(request.user.pk), "now": tabs + jobs, "daily": daily})


@requires("record_work")
@require_GET
def hello(request: HttpRequest) -> HttpResponse:
    """Who is logged in here, the token for what is sent next, and what time it is."""
    said = {
        "user": str(request.user.pk),
        "csrf": get_token(request),
        "now": round(clock.now().timestamp() * 1000),
    }
    response = JsonResponse(said)
    response["Cache-Control"] = "private, no-store"
    return response


@requires("record_work")
@require_GET
def catalogue(request: HttpRequest) -> HttpResponse:
    """The materials that a technician may use, to be searched without a network: names and units, and no price."""
    visible = Material.objects.for_user(request.user).active().filter(visible_to_technician=True)
    rows = visible.order_by("name__by_name", "id").values_list(
        "pk", "name", "code", "unit", "barcode", "category", "category__name"
    )
    usual = usual_parts(technician) if (technician := _technician(request)) else {}
    units = {unit: str(label) for unit, label in Unit.choices}
    said = [
        {
            "id": pk,
            "name": name,
            "code": code,
            "unit": units[unit],
            "barcode": barcode,
            "in": category,
            "category": named,
            "often": usual.get(pk, 0),
        }
        for pk, name, code, unit, barcode, category, named in rows
    ]
    response = JsonResponse({"materials": said})
    response[KEEP_FOR] = str(request.user.pk)
    response["Cache-Control"] = "private, no-store"
    return response


@requires("record_work")
@require_POST
def holds(request: HttpRequest) -> HttpResponse:
    """What this phone holds and has not sent: the office sees it until the phone says otherwise."""
    holds_keep(request, request.POST.get("holds", ""))
    response = JsonResponse({"state": "told"})
    response["Cache-Control"] = "private, no-store"
    return response


def _technician(request: HttpRequest) -> Technician | None:
    return Technician.objects.filter(user=request.user).first()


def _drawing_keep(request: HttpRequest, drawing: str) -> StoredFile:
    """A drawn signature: as the picture that it is, or as it came."""
    try:
        return signature_store(data_url=drawing, by=request.user)  # type: ignore[arg-type]
    except Refused:
        return file_keep(request, drawing.encode(), "signature.txt")


@requires("record_work")
@require_POST
def act_keep(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    """The last way in for an act whose own page would not take it: kept as it was sent, for the office to decide about."""
    sent = act_read(request)
    if sent is None:
        raise Http404
    assignment = Assignment.objects.filter(pk=pk).first()
    said = {name: text for name, text in request.POST.items() if name not in NOT_SAID}
    given = {name: text for name, text in said.items() if not name.startswith("was_")}
    kind = BY_ADDRESS.get(verb, verb.replace("-", "_"))
    unfit = f"unread:{request.POST.get('outbox_why', '')[:60]}"
    files = [one for _name, many in request.FILES.lists() for one in many]
    taken = [file_keep(request, one.read(), one.name or "file") for one in files]
    if drawing := request.POST.get("signature"):
        taken.insert(0, _drawing_keep(request, drawing))
    event_post(request, assignment, kind, given, file=next(iter(taken), None), unfit=unfit)
    for number, file in enumerate(taken[1:], 1):
        event_post(request, assignment, kind, file=file, unfit=unfit, part=f"photo-{number}")
    holds_keep(request, request.headers.get(HOLDS, ""))
    return redirect("phone:decisions")


@kept
@requires("record_work")
@require_GET
def no_network(request: HttpRequest) -> HttpResponse:
    """What is shown in the place of a page that this phone does not hold."""
    return render(request, "field/no_network.html")
