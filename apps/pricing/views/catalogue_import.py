"""Importing the catalogue: a file is read and shown as changes; only what was looked at is written."""

from django.contrib import messages
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from apps.core.refusals import Refused
from apps.core.web import requires
from apps.pricing import actions
from apps.pricing.forms import ImportForm
from apps.pricing.importing import COLUMNS, plan_make, rows_named
from apps.pricing.sheets import table_read

SALT = "pricing.catalogue_import"
KEPT_SECONDS = 60 * 60 * 12
SHOWN_ROWS = 300


@requires("manage_materials")
@require_http_methods(["GET", "POST"])
def catalogue_import(request: HttpRequest) -> HttpResponse:
    """Upload a file and see what it would change. Nothing is written here: the rows travel signed in the page."""
    form = ImportForm(request.POST or None, request.FILES or None)
    context = {"form": form, "columns": COLUMNS.values()}
    if request.method == "POST" and form.is_valid():
        try:
            rows = rows_named(table_read(form.cleaned_data["file"].read()))
        except Refused as refused:
            form.add_error("file", str(refused))
        else:
            plan = plan_make(rows, may_price=request.user.may("manage_rates"))  # type: ignore[union-attr]
            shown = [*plan.of_kind("error"), *plan.of_kind("change"), *plan.of_kind("new")]
            shown.sort(key=lambda row: not row.doubts)
            context |= {
                "plan": plan,
                "counts": plan.counts,
                "shown": shown[:SHOWN_ROWS],
                "hidden_count": max(0, len(shown) - SHOWN_ROWS),
                "file_name": form.cleaned_data["file"].name,
                "signed": signing.dumps({"rows": rows, "digest": plan.digest}, salt=SALT, compress=True),
            }
            response = render(request, "pricing/catalogue_import_confirm.html", context)
            response.shown_again = True  # type: ignore[attr-defined]
            return response
    return render(request, "pricing/catalogue_import.html", context, status=422 if form.is_bound else 200)


@requires("manage_materials")
@require_POST
def catalogue_import_confirm(request: HttpRequest) -> HttpResponse:
    try:
        given = signing.loads(request.POST.get("signed", ""), salt=SALT, max_age=KEPT_SECONDS)
    except signing.BadSignature as error:
        raise Refused(_("This preview is too old or was changed. Upload the file again.")) from error
    sure = request.POST.get("sure") == given["digest"]
    plan = actions.catalogue_import(rows=given["rows"], digest=given["digest"], by=request.user, sure=sure)
    kinds = [row.kind for row in plan.to_write(sure=sure)]
    left_out = plan.counts["error"] + (0 if sure else len(plan.doubtful))
    words = {"new": kinds.count("new"), "change": kinds.count("change"), "error": left_out}
    messages.success(request, _("Imported: %(new)s new, %(change)s changed, %(error)s left out.") % words)
    return redirect("materials:material_list")
