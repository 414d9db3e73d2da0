"""The certificates of technicians, and the kinds that there are."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.core.editing import Edit, edits
from apps.core.web import requires
from apps.documents.web import file_response
from apps.technicians import actions
from apps.technicians.forms import CertificateForm, CertificateKindForm
from apps.technicians.models import Certificate, CertificateKind, Technician


def _of(request: HttpRequest, pk: int) -> Certificate:
    rows = Certificate.objects.for_user(request.user)
    return get_object_or_404(rows.select_related("technician__user", "kind__skill", "file"), pk=pk)


def _page(request: HttpRequest, technician: Technician, form: CertificateForm) -> HttpResponse:
    context = {"form": form, "technician": technician, "renews": form.renews}
    return render(request, "technicians/certificate_form.html", context, status=422 if form.is_bound else 200)


@requires("manage_technicians")
@require_http_methods(["GET", "POST"])
def certificate_add(request: HttpRequest, pk: int) -> HttpResponse:
    people = Technician.objects.for_user(request.user).select_related("user")
    technician = get_object_or_404(people, pk=pk)
    form = CertificateForm(request.POST or None, request.FILES or None, technician=technician)
    if request.method == "POST" and form.is_valid():
        made = actions.certificate_add(technician=technician, by=request.user, **form.cleaned_data)
        messages.success(request, _("%(kind)s is noted.") % {"kind": made.kind})
        return redirect("technicians:technician_detail", pk)
    return _page(request, technician, form)


@requires("manage_technicians")
@require_http_methods(["GET", "POST"])
def certificate_renew(request: HttpRequest, pk: int) -> HttpResponse:
    certificate = _of(request, pk)
    technician = certificate.technician
    form = CertificateForm(
        request.POST or None,
        request.FILES or None,
        technician=technician,
        renews=certificate,
        initial={"number": certificate.number},
    )
    if request.method == "POST" and form.is_valid():
        actions.certificate_renew(certificate=certificate, by=request.user, **form.cleaned_data)
        messages.success(request, _("%(kind)s is renewed.") % {"kind": certificate.kind})
        return redirect("technicians:technician_detail", technician.pk)
    return _page(request, technician, form)


@requires("manage_technicians")
@require_POST
def certificate_remove(request: HttpRequest, pk: int) -> HttpResponse:
    certificate = _of(request, pk)
    actions.certificate_remove(certificate=certificate, by=request.user)
    messages.success(request, _("%(kind)s is taken back.") % {"kind": certificate.kind})
    return redirect("technicians:technician_detail", certificate.technician_id)


@requires("see_office")
@require_safe
def certificate_file(request: HttpRequest, pk: int) -> HttpResponseBase:
    certificate = _of(request, pk)
    if certificate.file is None:
        raise Http404
    return file_response(certificate.file)


@requires("manage_technicians")
@require_safe
def certificate_kind_list(request: HttpRequest) -> HttpResponse:
    kinds = CertificateKind.objects.select_related("skill")
    return render(request, "technicians/certificate_kind_list.html", {"kinds": kinds})


def _kind_page(request: HttpRequest, form: CertificateKindForm, **context: Any) -> HttpResponse:
    context |= {"form": form}
    return render(
        request, "technicians/certificate_kind_form.html", context, status=422 if form.is_bound else 200
    )


@requires("manage_technicians")
@require_http_methods(["GET", "POST"])
def certificate_kind_create(request: HttpRequest) -> HttpResponse:
    form = CertificateKindForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        kind = actions.certificate_kind_create(by=request.user, **form.cleaned_data)
        messages.success(request, _("%(kind)s is made.") % {"kind": kind})
        return redirect("technicians:certificate_kind_list")
    return _kind_page(request, form)


@requires("manage_technicians")
@require_http_methods(["GET", "POST"])
@edits
def certificate_kind_change(request: HttpRequest, pk: int) -> HttpResponse:
    kind = get_object_or_404(CertificateKind.objects.select_related("skill"), pk=pk)
    edit = Edit(request, kind, CertificateKindForm(instance=kind))
    form = CertificateKindForm(edit.data, instance=kind)
    if edit.saves and form.is_valid():
        actions.certificate_kind_change(kind=kind, by=request.user, version=edit.version, **form.cleaned_data)
        messages.success(request, _("%(kind)s is changed.") % {"kind": kind})
        return redirect("technicians:certificate_kind_list")
    return _kind_page(request, form, kind=kind, edit=edit)
