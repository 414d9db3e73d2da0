"""The first-run guide: each step is a form that really saves, and can be left as it is."""

from collections.abc import Callable
from typing import Any, cast

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.accounts.actions import invitation_send
from apps.accounts.forms import InvitationForm
from apps.accounts.models import Invitation, User
from apps.company.actions import company_set, series_set, setup_step_leave
from apps.company.forms.numbering import SeriesForm, series_forms
from apps.company.models import Company, SetupMark
from apps.core.refusals import Refused
from apps.core.versions import NEW
from apps.core.web import requires
from apps.intake.actions import request_types_start
from apps.intake.models import RequestType
from apps.messaging.actions import test_mail_queue
from apps.messaging.models import Message
from apps.office.forms import CompanyStartForm, RatesStartForm, VatStartForm, WorkStartForm
from apps.office.guide import NAMES, Guide
from apps.pricing.actions import rates_start, vat_codes_start
from apps.pricing.models import Rate, VatCode
from apps.technicians.models import Technician
from apps.workorders.actions import starters_load


class StepPage:
    """What a step shows beside its form, and what it does with what was typed."""

    def __init__(self, user: User) -> None:
        self.user = user
        self.company = Company.objects.row()
        self.language = self.company.language if self.company else user.language

    def form(self, data: Any = None) -> Any:
        """One form, or a list of forms that are sent as one."""
        return Form(data)

    def save(self, form: Any) -> str:
        """Do it; what to tell the user."""
        raise NotImplementedError

    @property
    def context(self) -> dict[str, Any]:
        return {}


class CompanyPage(StepPage):
    """Made here; changed under Settings, where two people cannot overwrite each other."""

    def form(self, data: Any = None) -> CompanyStartForm:
        return CompanyStartForm(data, initial={"language": self.user.language, "email": self.user.email})

    def save(self, form: CompanyStartForm) -> str:
        if self.company:
            raise Refused(_("The company is there already: change it under Settings."))
        names = CompanyStartForm.Meta.fields
        company_set(by=self.user, version=NEW, **{name: form.cleaned_data[name] for name in names})
        return _("The company is saved.")

    @property
    def context(self) -> dict[str, Any]:
        return {"company": self.company}


class VatPage(StepPage):
    def form(self, data: Any = None) -> VatStartForm:
        country = self.company.country if self.company else "NL"
        return VatStartForm(data, country=country, language=self.language)

    def save(self, form: VatStartForm) -> str:
        vat_codes_start(by=self.user, codes=form.chosen)
        return _("The VAT codes are made.")

    @property
    def context(self) -> dict[str, Any]:
        return {"codes": VatCode.objects.all()}


class RatesPage(StepPage):
    def form(self, data: Any = None) -> RatesStartForm:
        return RatesStartForm(data)

    def save(self, form: RatesStartForm) -> str:
        rates_start(by=self.user, rates=form.rates)
        return _("The rates are set.")

    @property
    def context(self) -> dict[str, Any]:
        return {
            "rates": Rate.objects.for_user(self.user).select_related("vat_code"),
            "vat_code": VatCode.objects.filter(is_default=True).first(),
        }


class NumberingPage(StepPage):
    def form(self, data: Any = None) -> list[SeriesForm]:
        return series_forms(data)

    def save(self, form: list[SeriesForm]) -> str:
        for one in form:
            given = one.cleaned_data
            try:
                series_set(
                    series=one.series, prefix=given["start"], number=given["number"], by=self.user,
                    version=given["version"],
                )  # fmt: skip
            except Refused as refused:
                one.add_error("start", str(refused))
                raise
        return _("The numbering is set.")


class WorkPage(StepPage):
    def form(self, data: Any = None) -> WorkStartForm:
        return WorkStartForm(data)

    def save(self, form: WorkStartForm) -> str:
        given = form.cleaned_data
        request_types_start(by=self.user, names=given["types"], own=given["own"], language=self.language)
        starters_load(by=self.user, language=self.language)
        return _("You can be asked for this now.")

    @property
    def context(self) -> dict[str, Any]:
        return {"types": RequestType.objects.filter(active=True)}


class MailPage(StepPage):
    def save(self, form: Any) -> str:
        test_mail_queue(by=self.user)
        return _("A test mail to %(email)s is on its way.") % {"email": self.user.email}

    @property
    def context(self) -> dict[str, Any]:
        mails = Message.objects.filter(kind="test").order_by("-queued_at")
        return {"server": settings.EMAIL_HOST, "folder": settings.EMAIL_FILE_PATH, "mail": mails.first()}


class PeoplePage(StepPage):
    def form(self, data: Any = None) -> InvitationForm:
        return InvitationForm(data)

    def save(self, form: InvitationForm) -> str:
        invitation = invitation_send(by=self.user, **form.cleaned_data)
        return _("The invitation to %(email)s is on its way.") % {"email": invitation.email}

    @property
    def context(self) -> dict[str, Any]:
        return {
            "invitations": Invitation.objects.for_user(self.user).filter(status="invited"),
            "technicians": Technician.objects.active().count(),
        }


PAGES: dict[str, Callable[[User], StepPage]] = {
    "company": CompanyPage,
    "vat": VatPage,
    "rates": RatesPage,
    "numbering": NumberingPage,
    "work": WorkPage,
    "mail": MailPage,
    "people": PeoplePage,
}


def _user(request: HttpRequest) -> User:
    return cast(User, request.user)


@requires("manage_company")
@require_safe
def guide(request: HttpRequest) -> HttpResponse:
    """All the steps, and how far they are."""
    return render(request, "office/guide.html", {"guide": Guide(request.user)})


def _step_page(request: HttpRequest, name: str) -> StepPage:
    """The page of a step that the user may do."""
    if name not in NAMES:
        raise Http404
    user = _user(request)
    if not user.may(NAMES[name].ability):
        raise PermissionDenied
    return PAGES[name](user)


@requires("manage_company")
@require_http_methods(["GET", "POST"])
def guide_step(request: HttpRequest, name: str) -> HttpResponse:
    page = _step_page(request, name)
    sent = request.method == "POST"
    form = page.form(request.POST if sent else None)
    forms = form if isinstance(form, list) else [form]
    if sent and (not [one for one in forms if not one.is_valid()]):
        try:
            told = page.save(form)
        except Refused as refused:
            if not any(one.errors for one in forms):
                forms[0].add_error(None, str(refused))
        else:
            messages.success(request, told)
            # A mail takes a moment, and one colleague is seldom all: these two stay in view.
            return redirect("office:guide_step", name) if name in ("mail", "people") else _on(request, name)
    steps = Guide(request.user)
    context = page.context | {
        "guide": steps,
        "step": next(one for one in steps.steps if one["name"] == name),
        "form": form,
        "forms": forms,
        "next_url": steps.next_url(after=name),
        "step_page": f"office/guide/{name}.html",
    }
    return render(request, "office/guide_step.html", context, status=422 if sent else 200)


@requires("manage_company")
@require_POST
def guide_step_leave(request: HttpRequest, name: str) -> HttpResponse:
    """Go on without this step."""
    _step_page(request, name)
    setup_step_leave(step=name, by=_user(request))
    return _on(request, name)


def _on(request: HttpRequest, name: str) -> HttpResponse:
    return redirect(Guide(request.user).next_url(after=name))


@requires("manage_company")
@require_POST
def guide_dismiss(request: HttpRequest) -> HttpResponse:
    """Do not show the guide by itself any more; it stays under Settings."""
    setup_step_leave(step=SetupMark.ALL, by=_user(request))
    messages.success(request, _("You find these steps under Settings."))
    return redirect("office:dashboard")
