"""Templates to start a quote from."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.core.editing import Edit, edits
from apps.core.refusals import Refused
from apps.core.web import requires
from apps.quotes import actions
from apps.quotes.actions.lines import copied_fields
from apps.quotes.forms import TemplateForm, TemplateLines, TemplateNameForm
from apps.quotes.models import QuoteTemplate
from apps.quotes.pages import ask_again, quote_or_404


@requires("see_prices")
@require_safe
def template_list(request: HttpRequest) -> HttpResponse:
    rows = QuoteTemplate.objects.for_user(request.user).select_related("type").prefetch_related("lines")
    return render(
        request, "quotes/template_list.html", {"templates": rows.order_by("-active", "name__by_name")}
    )


@requires("make_quotes")
@require_POST
def template_from_quote(request: HttpRequest, pk: int) -> HttpResponse:
    quote = quote_or_404(request, pk)
    form = TemplateNameForm(request.POST)
    if form.is_valid():
        try:
            template = actions.template_from_quote(quote=quote, by=request.user, **form.cleaned_data)
        except Refused as refusal:
            form.add_error("name", str(refusal))
        else:
            messages.success(request, _("The template “%(name)s” is saved.") % {"name": template.name})
            return redirect("quotes:quote_detail", pk)
    return ask_again(request, quote, template_form=form)


@requires("make_quotes")
@require_http_methods(["GET", "POST"])
def template_create(request: HttpRequest) -> HttpResponse:
    return _template(request, None)


@requires("make_quotes")
@require_http_methods(["GET", "POST"])
@edits
def template_change(request: HttpRequest, pk: int) -> HttpResponse:
    return _template(request, get_object_or_404(QuoteTemplate.objects.for_user(request.user), pk=pk))


def _template(request: HttpRequest, template: QuoteTemplate | None) -> HttpResponse:
    initial = _initial(template)
    stored = TemplateForm(instance=template), TemplateLines(initial=initial, prefix="lines")
    edit = Edit(request, template or QuoteTemplate(), *stored)
    form = TemplateForm(edit.data, instance=template)
    lines = TemplateLines(edit.data, initial=initial, prefix="lines")
    if edit.saves and all([form.is_valid(), lines.is_valid()]):
        kept = [one for one in lines.ordered_forms if one.cleaned_data]
        given: dict[str, Any] = {
            "by": request.user, "fields": form.cleaned_data, "lines": [one.fields_given() for one in kept]
        }  # fmt: skip
        if template is None:
            template = actions.template_create(**given)
        else:
            template = actions.template_change(template=template, version=edit.version, **given)
        messages.success(request, _("The template “%(name)s” is saved.") % {"name": template.name})
        return redirect("quotes:template_change" if "stay" in request.POST else "quotes:template_list",
                        *([template.pk] if "stay" in request.POST else []))  # fmt: skip
    context = {"form": form, "lines": lines, "template": template, "edit": edit}
    return render(
        request, "quotes/template_form.html", context, status=422 if request.method == "POST" else 200
    )


def _initial(template: QuoteTemplate | None) -> list[dict[str, Any]]:
    if template is None:
        return []
    found = []
    for line in template.lines.order_by("position", "pk"):
        fields = copied_fields(line)
        found.append(fields | {"material": fields["material_id"], "vat_code": fields["vat_code_id"]})
    return found
