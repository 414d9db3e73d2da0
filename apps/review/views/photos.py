"""The photos of a job: each by itself, and before beside after."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from apps.core.numbers import pk_read
from apps.core.web import requires
from apps.documents.web import file_response
from apps.field.models import PhotoKind, Visit, VisitPhoto
from apps.workorders.models import WorkOrder


@dataclass
class Pair:
    """A photo before the work beside one after it, of one visit. Where there is none, that is what is shown."""

    visit: Visit
    before: VisitPhoto | None
    after: VisitPhoto | None

    @property
    def sides(self) -> list[tuple[Any, VisitPhoto | None]]:
        return [(PhotoKind.BEFORE.label, self.before), (PhotoKind.AFTER.label, self.after)]


@requires("see_office")
@require_GET
def photo(request: HttpRequest, pk: int) -> HttpResponseBase:
    found = get_object_or_404(VisitPhoto.objects.for_user(request.user).select_related("file"), pk=pk)
    return file_response(found.file, thumbnail="small" in request.GET)


@requires("see_office")
@require_GET
def photo_compare(request: HttpRequest, pk: int) -> HttpResponse:
    """The photos before the work beside those after it, a pair at a time."""
    order = get_object_or_404(WorkOrder.objects.for_user(request.user).select_related("customer"), pk=pk)
    photos = VisitPhoto.objects.for_user(request.user).filter(visit__work_order=order)
    photos = photos.filter(kind__in=[PhotoKind.BEFORE, PhotoKind.AFTER])
    pairs = pairs_of(list(photos.select_related("visit__technician__user").order_by("visit", "at", "id")))
    visit = pk_read(request.GET.get("visit"))
    first = next((number for number, one in enumerate(pairs) if one.visit.pk == visit), 0)
    place = min(max((pk_read(request.GET.get("pair")) or first + 1) - 1, 0), max(len(pairs) - 1, 0))
    context = {
        "order": order,
        "pairs": pairs,
        "pair": pairs[place] if pairs else None,
        "number": place + 1,
        "earlier": place or None,
        "later": place + 2 if place + 1 < len(pairs) else None,
    }
    return render(request, "review/photo_compare.html", context)


def pairs_of(photos: list[VisitPhoto]) -> list[Pair]:
    """The first before with the first after, and so on; the side that has fewer shows its last once more."""
    visits: dict[int, dict[str, list[VisitPhoto]]] = defaultdict(lambda: {"before": [], "after": []})
    for one in photos:
        visits[one.visit_id][one.kind].append(one)
    pairs = []
    for kinds in visits.values():
        before, after = kinds["before"], kinds["after"]
        for number in range(max(len(before), len(after))):
            left, right = _at(before, number), _at(after, number)
            pairs.append(Pair((left or right).visit, left, right))  # type: ignore[union-attr]
    return pairs


def _at(photos: list[VisitPhoto], number: int) -> VisitPhoto | None:
    return photos[min(number, len(photos) - 1)] if photos else None
