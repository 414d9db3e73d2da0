"""When which kind of hour is asked, and what an hour of it then costs a customer."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from apps.core import clock, formats
from apps.core.web import requires
from apps.pricing import actions, rules
from apps.pricing.book import rate_among, windows
from apps.pricing.forms import RateHoursForm, day_name
from apps.pricing.models import Rate, RateKind


@dataclass(frozen=True)
class Hours:
    """Some hours of a day, as the page says them."""

    times: str
    kind: str
    says: str
    missing: bool = False


def _rates() -> dict[str, list[Rate]]:
    by_kind: dict[str, list[Rate]] = {}
    for row in Rate.objects.on(clock.today()):
        by_kind.setdefault(row.kind, []).append(row)
    return by_kind


def _clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"


def _hours(window: rules.Window, rates: dict[str, list[Rate]]) -> Hours:
    kind, times = RateKind(window.kind), f"{_clock(window.starts)}–{_clock(window.ends)}"
    rate = rate_among(rates, kind, clock.today())
    if rate is None:
        return Hours(times, str(kind.label), _("no rate is set"), missing=True)
    price = _("%(price)s an hour") % {"price": formats.money(rate.price)}
    if rate.kind != kind:
        price = _("%(price)s, the rate of “%(kind)s”: it has none of its own") % {
            "price": price,
            "kind": rate.get_kind_display(),
        }
    return Hours(times, str(kind.label), price)


def _week() -> list[dict[str, object]]:
    """Each day of the week, and holidays, with all its hours."""
    rates, kept = _rates(), windows()
    return [
        {"name": day_name(day), "hours": [_hours(one, rates) for one in _whole(day, kept)]}
        for day in rules.DAYS
    ]


def _whole(day: int, kept: Sequence[rules.Window]) -> list[rules.Window]:
    """All hours of a day: what no window covers is normal."""
    whole = [rules.Window(day, 0, rules.DAY_LONG, rules.NORMAL)]
    for window in kept:
        if window.day == day:
            whole = rules.painted(whole, window)
    return whole


@requires("see_prices")
@require_safe
def rate_hours(request: HttpRequest) -> HttpResponse:
    return render(request, "pricing/rate_hours.html", {"week": _week()})


@requires("manage_rates")
@require_http_methods(["GET", "POST"])
def rate_hours_add(request: HttpRequest) -> HttpResponse:
    form = RateHoursForm(request.POST or None)
    if form.is_valid():
        hours = form.hours
        actions.rate_hours_add(by=request.user, **hours)
        messages.success(request, _effect(hours))
        return redirect("pricing:rate_hours")
    return render(
        request,
        "pricing/rate_hours_add.html",
        {"form": form, "week": _week()},
        status=422 if form.is_bound else 200,
    )


def _effect(hours: dict) -> str:
    """What was set, in a sentence."""
    window = rules.Window(1, hours["starts"], hours["ends"] or rules.DAY_LONG, hours["kind"])
    said = _hours(window, _rates())
    return _("%(days)s, %(times)s: %(kind)s, %(says)s. What was priced already keeps its price.") % {
        "days": ", ".join(day_name(day) for day in hours["days"]),
        "times": said.times,
        "kind": said.kind,
        "says": said.says,
    }
