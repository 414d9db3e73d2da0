"""What pages of several apps do with the documents of a record."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from apps.documents.actions import attached_add, attached_remove, attached_share
from apps.documents.forms import AttachedForm
from apps.documents.models import AttachedFile


def attached_take(request: HttpRequest, files: Any, *, back: str) -> HttpResponse:
    """Put what was sent with the record whose `files` these are, and go `back`; or show what is in the way."""
    form = AttachedForm(request.POST, request.FILES)
    if not form.is_valid():
        context = {"record": files.instance, "form": form, "back": back}
        return render(request, "attached_add.html", context, status=422)
    sent = form.cleaned_data["file"]
    attached_add(
        files=files,
        content=sent.read(),
        name=sent.name,
        content_type=sent.content_type or "application/octet-stream",
        by=request.user,
        for_technician=form.cleaned_data["for_technician"],
    )
    messages.success(request, _("%(name)s is added.") % {"name": sent.name})
    return redirect(back)


def attached_show(request: HttpRequest, kept: AttachedFile, *, back: str) -> HttpResponse:
    """Let technicians see the document, or no longer: `shared` says which."""
    attached_share(kept=kept, by=request.user, shared=request.POST.get("shared") == "yes")
    return redirect(back)


def attached_drop(request: HttpRequest, kept: AttachedFile, *, back: str) -> HttpResponse:
    attached_remove(kept=kept, by=request.user)
    messages.success(request, _("%(name)s is removed.") % {"name": kept.file.name})
    return redirect(back)
