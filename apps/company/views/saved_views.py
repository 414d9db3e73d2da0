"""The filters of a list that a user keeps under a name."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from apps.company import actions
from apps.company.forms import SavedViewForm
from apps.company.models import SavedView
from apps.core.web import requires


@requires("see_office")
@require_http_methods(["GET", "POST"])
def saved_view_add(request: HttpRequest) -> HttpResponse:
    form = SavedViewForm(request.POST or None, initial=request.GET.dict())
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        actions.saved_view_add(
            by=request.user, list_name=given["list"], name=given["name"], query=given["query"]
        )
        messages.success(request, _("The view “%(name)s” is saved.") % {"name": given["name"]})
        return redirect(f"{given['path']}?{given['query']}")
    asked = request.POST or request.GET
    views = SavedView.objects.for_user(request.user).of_list(asked.get("list", ""))
    path = asked.get("path", "")
    context = {"form": form, "views": views, "path": "" if path.startswith("//") else path}
    return render(
        request, "company/saved_view_add.html", context, status=422 if request.method == "POST" else 200
    )


@requires("see_office")
@require_POST
def saved_view_remove(request: HttpRequest, pk: int) -> HttpResponse:
    view = get_object_or_404(SavedView.objects.for_user(request.user), pk=pk)
    actions.saved_view_remove(view=view)
    messages.success(request, _("The view “%(name)s” is removed.") % {"name": view.name})
    form = SavedViewForm({"name": "x", "list": view.list_name, "path": request.POST.get("back", "")})
    return redirect(form.cleaned_data["path"] if form.is_valid() else "/")
