"""The end-to-end test, on a page."""

import json

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from apps.acceptance.chain import acceptance_run
from apps.core import clock
from apps.core.web import made_file, requires

KEPT = "acceptance_report"


@requires("run_acceptance")
@require_http_methods(["GET", "POST"])
def run(request: HttpRequest) -> HttpResponse:
    """Show the last report; on POST run the chain first. The report stays in the user's session."""
    if request.method == "POST":
        report = acceptance_run()
        steps = [
            {
                "name": name,
                "checks": [vars(check) for check in checks],
                "passed": all(one.passed for one in checks),
            }
            for name, checks in report.steps.items()
        ]
        request.session[KEPT] = report.as_dict() | {"at": clock.now().isoformat(), "steps": steps}
        return redirect("acceptance:run")
    return render(request, "acceptance/run.html", {"report": request.session.get(KEPT)})


@requires("run_acceptance")
@require_GET
def report(request: HttpRequest) -> HttpResponse:
    """The last report as a file."""
    found = request.session.get(KEPT)
    if found is None:
        raise Http404
    content = json.dumps(found, indent=2, ensure_ascii=False)
    return made_file(content, "acceptance.json", "application/json", download=True)
