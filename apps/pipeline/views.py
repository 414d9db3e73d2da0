"""Where every euro stands: the stages to scale, the rows behind each, and how long they may wait."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from apps.company.lists import saved_views
from apps.core import clock
from apps.core.editing import Edit, edits
from apps.core.web import requires
from apps.pipeline import actions, figures
from apps.pipeline.forms import LimitsForm
from apps.pipeline.lists import PipelineList


@requires("see_prices")
@require_GET
def row_list(request: HttpRequest) -> HttpResponse:
    now = clock.now()
    rows = figures.standing(now).for_user(request.user)
    page = PipelineList(request, rows)
    context = {"page": page, "saved": saved_views(page, request.user), "now": now}
    if exported := page.export():
        return exported
    if not request.htmx:  # type: ignore[attr-defined]
        context |= {"phases": figures.phases(rows.sums()), "ledger": figures.ledger_shown()}
    return render(request, "pipeline/row_list.html", context)


@requires("manage_company")
@require_http_methods(["GET", "POST"])
@edits
def limits_set(request: HttpRequest) -> HttpResponse:
    limits = figures.limits()
    edit = Edit(request, limits, LimitsForm(limits=limits), about=_("Limits of the pipeline"))
    form = LimitsForm(edit.data, limits=limits)
    if edit.saves and form.is_valid():
        actions.limits_set(days=form.days, by=request.user, version=edit.version)
        messages.success(request, _("The limits are set."))
        return redirect("pipeline:row_list")
    context = {"form": form, "edit": edit}
    return render(request, "pipeline/limits_set.html", context, status=422 if form.is_bound else 200)
