"""The owner's page: each figure with where it comes from."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from apps.core import clock
from apps.core.web import requires
from apps.finance import figures, rules
from apps.finance.forms import PeriodForm
from apps.finance.querysets import Period


@requires("see_finance")
@require_GET
def finance(request: HttpRequest) -> HttpResponse:
    form = PeriodForm(request.GET or {"months": "12"})
    chosen = form.cleaned_data if form.is_valid() else {}
    today = clock.today()
    months = chosen.get("months") or 12
    period = Period(
        start=rules.months_before(today, months - 1),
        end=rules.months_before(today, -1),
        **{
            name: chosen[name].pk
            for name in ("technician", "type", "customer")
            if chosen.get(name) is not None
        },
    )
    context = {
        "form": form,
        "figures": figures.figures(period),
        "period": period,
        "customer": chosen.get("customer"),
        "chart": {"height": rules.HEIGHT},
    }
    return render(request, "finance/finance.html", context, status=200 if form.is_valid() else 422)
