"""How the technician's side and the office's side fit together."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from apps.core.web import requires
from apps.field.steps import REQUIRED
from apps.office.logic import entries, flows, mapping
from apps.office.sync import CHECKS, disagreements


@requires("see_office")
@require_safe
def logic(request: HttpRequest) -> HttpResponse:
    context = {
        "entries": entries(),
        "mapping": mapping(),
        "flows": flows(),
        "required": [step.missing for step in REQUIRED],
        "disagreements": disagreements(),
        "checks": [what for what, _find in CHECKS],
    }
    return render(request, "office/logic.html", context)
