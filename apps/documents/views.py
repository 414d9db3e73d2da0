"""The small picture of a photo that waits for its form to be right; only its sender has the address."""

import uuid

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_GET

from apps.core import idempotency
from apps.core.database import PUBLIC, as_role
from apps.documents import kept
from apps.documents.models import PendingUpload


@login_not_required
@require_GET
def kept_file(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    with as_role(PUBLIC):
        pending = get_object_or_404(
            PendingUpload, pk=pk, owner__in=[idempotency.owner_of(request), idempotency.NOBODY]
        )
    picture = kept.thumbnail(pending)
    if picture is None:
        raise Http404
    headers = {"Cache-Control": "private, no-store", "X-Content-Type-Options": "nosniff"}
    return HttpResponse(picture, content_type="image/jpeg", headers=headers)
