"""Settings of the public request form, and the request types."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from apps.company.models import Company
from apps.core.editing import Edit, edits
from apps.core.web import requires
from apps.intake import actions
from apps.intake.forms.form_settings import FormSettingsForm, RequestTypeForm
from apps.intake.models import RequestFormSettings, RequestType


@requires("manage_forms")
@require_http_methods(["GET", "POST"])
@edits
def form_settings(request: HttpRequest) -> HttpResponse:
    types = list(RequestType.objects.select_related("skill"))
    company = Company.objects.row()
    stored = RequestFormSettings.objects.current()
    initial = {
        "public_types": [one.pk for one in types if one.public and one.active],
        "embed_origins": company.embed_origins if company else "",
    }
    edit = Edit(request, stored, FormSettingsForm(instance=stored, initial=initial))
    form = FormSettingsForm(edit.data, instance=stored, initial=initial)
    if edit.saves and form.is_valid():
        actions.form_settings_change(by=request.user, version=edit.version, **form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect("intake:form_settings")
    context = {
        "form": form,
        "edit": edit,
        "types": types,
        "form_address": settings.PUBLIC_ADDRESS + reverse("request:form"),
        "frame": f'<iframe src="{settings.PUBLIC_ADDRESS}{reverse("request:embed")}" title="{_("Ask for a visit")}"'
        ' width="100%" height="1100" loading="lazy"></iframe>',
    }
    return render(
        request, "intake/form_settings.html", context, status=422 if request.method == "POST" else 200
    )


@requires("manage_forms")
@require_http_methods(["GET", "POST"])
def request_type_create(request: HttpRequest) -> HttpResponse:
    form = RequestTypeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        actions.request_type_create(by=request.user, **form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect("intake:form_settings")
    return render(
        request,
        "intake/request_type_form.html",
        {"form": form},
        status=422 if request.method == "POST" else 200,
    )


@requires("manage_forms")
@require_http_methods(["GET", "POST"])
@edits
def request_type_change(request: HttpRequest, pk: int) -> HttpResponse:
    type = get_object_or_404(RequestType, pk=pk)
    edit = Edit(request, type, RequestTypeForm(instance=type))
    form = RequestTypeForm(edit.data, instance=type)
    if edit.saves and form.is_valid():
        actions.request_type_change(type=type, by=request.user, version=edit.version, **form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect("intake:form_settings")
    context = {"form": form, "type": type, "edit": edit}
    return render(
        request, "intake/request_type_form.html", context, status=422 if request.method == "POST" else 200
    )
