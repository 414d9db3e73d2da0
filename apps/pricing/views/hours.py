"""When which kind of hour is asked, and what an hour of it then costs a customer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from apps.core import clock, formats
from apps.core.web import requires
from apps.pricing import actions, rules
from apps.pricing.book import rate_among, weeks
from apps.pricing.forms import RateHoursForm, day_name
from apps.pricing.models import Rate, RateKind


@dataclass(frozen=True)
class Hours:
    """Some hours of a day, as the page says them."""

    times: str
    kind: str
    says: str
    missing: bool = False


def _rates(day: date) -> dict[str, list[Rate]]:
    by_kind: dict[str, list[Rate]] = {}
    for row in Rate.objects.on(day):
        by_kind.setdefault(row.kind, []).append(row)
    return by_kind


def _clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"


def _hours(window: rules.Window, rates: dict[str, list[Rate]], on: date) -> Hours:
    kind, times = RateKind(window.kind), f"{_clock(window.starts)}–{_clock(window.ends)}"
    rate = rate_among(rates, kind, on)
    if rate is None:
        return Hours(times, str(kind.label), _("no rate is set"), missing=True)
    price = _("%(price)s an hour") % {"price": formats.money(rate.price)}
    if rate.kind != kind:
        price = _("%(price)s, the rate of “%(kind)s”: it has none of its own") % {
            "price": price,
            "kind": rate.get_kind_display(),
        }
    return Hours(times, str(kind.label), price)


@dataclass(frozen=True)
class HoursFrom:
    """A whole week, from the day on which it begins to hold; None of the standard one."""

    since: date | None
    days: list[dict[str, object]]


def _weeks() -> tuple[HoursFrom, list[HoursFrom]]:
    """The week that holds today, and those that are to come."""
    today, known = clock.today(), weeks()
    since = max((one for one in known if one <= today), default=None)
    now = _week(since, known[since] if since else rules.STANDARD_WEEK, today)
    return now, [_week(one, known[one], one) for one in sorted(known) if one > today]


def _week(since: date | None, kept: Sequence[rules.Window], on: date) -> HoursFrom:
    """Each day of the week, and holidays, with all its hours and what they cost on a day."""
    rates = _rates(on)
    return HoursFrom(
        since,
        [
            {"name": day_name(day), "hours": [_hours(one, rates, on) for one in _whole(day, kept)]}
            for day in rules.DAYS
        ],
    )


def _whole(day: int, kept: Sequence[rules.Window]) -> list[rules.Window]:
    """All hours of a day: what no window covers is normal."""
    whole = [rules.Window(day, 0, rules.DAY_LONG, rules.NORMAL)]
    for window in kept:
        if window.day == day:
            whole = rules.painted(whole, window)
    return whole


def _context() -> dict[str, Any]:
    now, later = _weeks()
    return {"now": now, "later": later}


@requires("see_prices")
@require_safe
def rate_hours(request: HttpRequest) -> HttpResponse:
    return render(request, "pricing/rate_hours.html", _context())


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
        {"form": form} | _context(),
        status=422 if form.is_bound else 200,
    )


def _effect(hours: dict) -> str:
    """What was set, in a sentence."""
    window = rules.Window(1, hours["starts"], hours["ends"] or rules.DAY_LONG, hours["kind"])
    since = hours["valid_from"]
    said = _hours(window, _rates(since), since)
    return _(
        "%(days)s, %(times)s, from %(since)s: %(kind)s, %(says)s. What was priced already keeps its price."
    ) % {
        "since": formats.day(since),
        "days": ", ".join(day_name(day) for day in hours["days"]),
        "times": said.times,
        "kind": said.kind,
        "says": said.says,
    }
