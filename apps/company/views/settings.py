"""The company's settings: an index of everything that can be set, and the company's own pages."""

from typing import Any

from django.conf import settings as installation
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.company import actions
from apps.company.forms.numbering import LABELS, NextForm, counters
from apps.company.forms.settings import CompanyForm, HolidayForm, HolidayYearForm, PrefixForm
from apps.company.forms.week import WeekForm
from apps.company.models import Company, Holiday, OpeningHours
from apps.core import clock
from apps.core.editing import Edit, edits
from apps.core.models import AuditEvent, Series
from apps.core.refusals import Refused
from apps.core.versions import Stale, edition
from apps.core.web import requires
from apps.documents.photos import logo_store
from apps.documents.web import file_response

Words = str | Promise
# Heading, then (label, what it is for, URL name, ability, icon). A page that is not installed is left out.
SECTIONS: list[tuple[Words, list[tuple[Words, Words, str, str, str]]]] = [
    (
        gettext_lazy("Company"),
        [
            (gettext_lazy("First steps"), gettext_lazy("What is needed for the first invoice, step by step"),
             "office:guide", "manage_company", "flag"),
            (gettext_lazy("Company and logo"), gettext_lazy("Name, address, numbers, bank, letterhead, terms"),
             "company:company_change", "manage_company", "building"),
            (gettext_lazy("Numbering"), gettext_lazy("What each kind of document starts with, and the next number"),
             "company:series_list", "manage_company", "list"),
            (gettext_lazy("Opening hours"), gettext_lazy("When work is planned without a warning"),
             "company:opening_hours_set", "manage_company", "clock"),
            (gettext_lazy("Holidays"), gettext_lazy("Days on which nobody works"),
             "company:holiday_list", "manage_company", "calendar"),
        ],
    ),
    (
        gettext_lazy("Money"),
        [
            (gettext_lazy("Rates"), gettext_lazy("Hourly rates, travel and call-out"), "pricing:rate_list", "see_prices", "euro"),
            (gettext_lazy("Hours of the rates"), gettext_lazy("When evening, night, weekend and holiday rates hold"), "pricing:rate_hours", "see_prices", "clock"),
            (gettext_lazy("VAT codes"), gettext_lazy("Rates of VAT and their e-invoice category"), "pricing:vat_code_list", "see_prices", "chart"),
            (gettext_lazy("Pricing policy"), gettext_lazy("Rounding of charged time, travel"), "pricing:policy_set", "manage_rates", "gear"),
            (gettext_lazy("Material prices"), gettext_lazy("The catalogue, with import and export"), "materials:material_list", "see_prices", "tag"),
            (gettext_lazy("Ledger accounts"), gettext_lazy("Where amounts are booked"), "bookkeeping:ledger_account_list", "manage_rates", "book"),
        ],
    ),
    (
        gettext_lazy("Work"),
        [
            (gettext_lazy("Request types and public form"), gettext_lazy("What customers can ask for, and how"), "intake:form_settings", "manage_forms", "inbox"),
            (gettext_lazy("Job forms"), gettext_lazy("Checklists per kind of work"), "workorders:job_form_list", "manage_forms", "check"),
            (gettext_lazy("SLA classes"), gettext_lazy("How soon to answer and to be done"), "workorders:sla_class_list", "manage_forms", "flag"),
            (gettext_lazy("Quote templates"), gettext_lazy("Lines that come back in many quotes"), "quotes:template_list", "make_quotes", "quote"),
            (gettext_lazy("Mail texts"), gettext_lazy("The words of mails to customers"), "messaging:mail_text_list", "manage_forms", "mail"),
        ],
    ),
    (
        gettext_lazy("People"),
        [
            (gettext_lazy("Users and roles"), gettext_lazy("Who may log in and what they may do"), "accounts:user_list", "manage_users", "users"),
            (gettext_lazy("Technicians"), gettext_lazy("Skills, hours, rates"), "technicians:technician_list", "see_office", "truck"),
            (gettext_lazy("Certificates"), gettext_lazy("Kinds of certificates, and the skills that they give"), "technicians:certificate_kind_list", "manage_technicians", "check"),
        ],
    ),
    (
        gettext_lazy("Installation"),
        [
            (gettext_lazy("About"), gettext_lazy("Version, licences and sources"), "company:about", "see_office", "info"),
        ],
    ),
]  # fmt: skip


@requires("see_office")
@require_safe
def settings(request: HttpRequest) -> HttpResponse:
    sections = []
    for heading, pages in SECTIONS:
        shown = []
        for label, text, name, ability, icon in pages:
            try:
                url = reverse(name)
            except NoReverseMatch:
                continue
            if request.user.may(ability):  # type: ignore[union-attr]
                shown.append({"label": label, "text": text, "url": url, "icon": icon})
        if shown:
            sections.append({"heading": heading, "pages": shown})
    return render(request, "company/settings.html", {"sections": sections})


@requires("manage_company")
@require_http_methods(["GET", "POST"])
@edits
def company_change(request: HttpRequest) -> HttpResponse:
    company = Company.objects.row()
    edit = Edit(request, company or Company(pk=1), CompanyForm(instance=company), about=_("Company and logo"))
    form = CompanyForm(edit.data, edit.files, instance=company)
    if edit.saves and form.is_valid():
        fields = {name: form.cleaned_data[name] for name in CompanyForm.Meta.fields}
        upload = form.cleaned_data["logo_file"]
        try:
            if upload:
                fields["logo"] = logo_store(raw=upload.read(), name=upload.name, by=request.user)
            elif form.cleaned_data["logo_remove"]:
                fields["logo"] = None
        except Refused as refused:
            form.add_error("logo_file", str(refused))
        else:
            actions.company_set(by=request.user, version=edit.version, **fields)
            messages.success(request, _("The company is saved."))
            return redirect("company:settings")
    context = {"form": form, "company": company, "edit": edit}
    return render(request, "company/company_change.html", context, status=422 if form.is_bound else 200)


@login_not_required
@require_safe
def logo(request: HttpRequest) -> HttpResponseBase:
    """The company's logo, for its pages and mails: nothing about it is private."""
    company = Company.objects.select_related("logo").row()
    if company is None or company.logo is None:
        raise Http404
    return file_response(company.logo)


def _series(
    request: HttpRequest, prefix: PrefixForm | None = None, following: NextForm | None = None
) -> list[dict[str, Any]]:
    """Each series with its two forms, the last number it gave this year, and the next one."""
    where, rows = counters(), {one.name: one for one in Series.objects.all()}
    found = []
    for name, label in LABELS.items():
        series = rows[name]
        stored = PrefixForm(instance=series, prefix=name)
        own = prefix if prefix and prefix.instance.pk == series.pk else stored
        to_come = NextForm(series=rows[name], counter=where[name])
        found.append(
            {
                "series": series,
                "label": label,
                "form": own,
                "edit": Edit(request, series, PrefixForm(instance=series, prefix=name), posted=False),
                "next_form": following if following and following.series.pk == series.pk else to_come,
                "given": where[name].given,
                "next": to_come.next,
            }
        )
    return found


def _numbering(
    request: HttpRequest, prefix: PrefixForm | None = None, following: NextForm | None = None
) -> HttpResponse:
    rows = _series(request, prefix, following)
    labels = {row["series"].pk: row["label"] for row in rows}
    events = [
        {"at": one.at, "who": one.actor_label, "label": f"{labels[one.subject_id]}: {one.reason}"}
        for one in AuditEvent.objects.filter(subject_type=Series._meta.label_lower).order_by("-at", "-id")[
            :20
        ]
    ]
    status = 422 if prefix or following else 200
    return render(request, "company/series_list.html", {"rows": rows, "events": events}, status=status)


@requires("manage_company")
@require_safe
def series_list(request: HttpRequest) -> HttpResponse:
    return _numbering(request)


@requires("manage_company")
@require_POST
@edits
def series_prefix_set(request: HttpRequest, pk: int) -> HttpResponse:
    series = get_object_or_404(Series, pk=pk)
    stored = PrefixForm(instance=series, prefix=series.name)
    edit = Edit(request, series, stored, about=LABELS[series.name])
    form = PrefixForm(edit.data, instance=series, prefix=series.name)
    if edit.saves and form.is_valid():
        prefix = form.cleaned_data["prefix"]
        try:
            actions.series_prefix_set(series=series, prefix=prefix, by=request.user, version=edit.version)
        except Stale:
            raise
        except Refused as refused:
            form.add_error("prefix", str(refused))
        else:
            messages.success(
                request, _("The next numbers start with “%(prefix)s”.") % {"prefix": series.prefix}
            )
            return redirect("company:series_list")
    return _numbering(request, form)


@requires("manage_company")
@require_POST
def series_next_set(request: HttpRequest, pk: int) -> HttpResponse:
    series = get_object_or_404(Series, pk=pk)
    form = NextForm(request.POST, series=series, counter=counters()[series.name])
    if form.is_valid():
        number = form.cleaned_data["number"]
        try:
            actions.series_next_set(series=series, number=number, by=request.user)
        except Refused as refused:
            form.add_error("number", str(refused))
        else:
            following = NextForm(series=series, counter=counters()[series.name]).next
            messages.success(request, _("The next number is %(number)s.") % {"number": following})
            return redirect("company:series_list")
    return _numbering(request, following=form)


@requires("manage_company")
@require_http_methods(["GET", "POST"])
@edits
def opening_hours_set(request: HttpRequest) -> HttpResponse:
    periods = list(OpeningHours.objects.values_list("weekday", "opens", "closes"))
    edit = Edit(request, edition(OpeningHours), WeekForm(periods=periods), about=_("Opening hours"))
    week = WeekForm(edit.data, periods=periods)
    if edit.saves and week.is_valid():
        actions.opening_hours_set(by=request.user, hours=week.periods, version=edit.version)
        messages.success(request, _("The opening hours are saved."))
        return redirect("company:settings")
    context = {"week": week, "edit": edit}
    return render(request, "company/opening_hours_set.html", context, status=422 if week.is_bound else 200)


def _holidays(request: HttpRequest, form: HolidayForm | None = None) -> HttpResponse:
    context = {
        "form": form or HolidayForm(),
        "years": HolidayYearForm(),
        "coming": Holiday.objects.filter(day__gte=clock.today()),
    }
    return render(request, "company/holiday_list.html", context, status=422 if form else 200)


@requires("manage_company")
@require_safe
def holiday_list(request: HttpRequest) -> HttpResponse:
    return _holidays(request)


@requires("manage_company")
@require_POST
def holiday_add(request: HttpRequest) -> HttpResponse:
    form = HolidayForm(request.POST)
    if not form.is_valid():
        return _holidays(request, form)
    holiday = actions.holiday_add(by=request.user, **form.cleaned_data)
    messages.success(request, _("%(name)s is a holiday now.") % {"name": holiday.name})
    return redirect("company:holiday_list")


@requires("manage_company")
@require_POST
def holidays_add(request: HttpRequest) -> HttpResponse:
    """The public holidays of a year."""
    form = HolidayYearForm(request.POST)
    if not form.is_valid():
        return _holidays(request, HolidayForm())
    company = Company.objects.row()
    where = {"country": company.country, "language": company.language} if company else {}
    made = actions.holidays_add(by=request.user, year=form.cleaned_data["year"], **where)
    messages.success(request, _("%(n)s public holidays were added.") % {"n": made})
    return redirect("company:holiday_list")


@requires("manage_company")
@require_POST
def holiday_remove(request: HttpRequest, pk: int) -> HttpResponse:
    holiday = get_object_or_404(Holiday, pk=pk)
    actions.holiday_remove(holiday=holiday, by=request.user)
    messages.success(request, _("%(name)s is an ordinary day again.") % {"name": holiday.name})
    return redirect("company:holiday_list")


@requires("see_office")
@require_safe
def about(request: HttpRequest) -> HttpResponse:
    return render(request, "company/about.html", {"address": installation.PUBLIC_ADDRESS})
