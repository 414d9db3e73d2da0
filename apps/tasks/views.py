"""One task: who does it, and when."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from apps.core import clock
from apps.core.web import requires
from apps.tasks.actions import task_mark
from apps.tasks.forms import MarkForm
from apps.tasks.models import TaskMark
from apps.tasks.waiting import task_find


@requires("see_office")
@require_http_methods(["GET", "POST"])
def mark(request: HttpRequest, key: str) -> HttpResponse:
    task = task_find(request.user, clock.now(), key)
    known = TaskMark.objects.for_user(request.user).filter(key=key).select_related("assignee").first()
    if task is None:
        if known is None:
            raise Http404
        messages.info(request, _("That is done meanwhile: it waits no longer."))
        return redirect("office:dashboard")
    form = MarkForm(request.POST or None, mark=known)
    if form.is_valid():
        task_mark(
            key=key,
            by=request.user,
            assignee=form.cleaned_data["assignee"],
            put_off_until=form.until,
            reason=form.cleaned_data["reason"] if form.until else "",
            seen=form.cleaned_data["seen"],
        )
        messages.success(request, _("Noted."))
        return redirect("office:dashboard")
    context = {"task": task, "form": form, "mark": known}
    return render(request, "tasks/mark.html", context, status=422 if form.is_bound else 200)
