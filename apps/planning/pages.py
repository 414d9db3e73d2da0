"""What several views of the plan say and show."""

from datetime import datetime

from django.contrib import messages
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from apps.core import clock, formats
from apps.planning.actions import GRACE, HELD
from apps.planning.models import Assignment, PlanStep


def step_say(request: HttpRequest, booking: Assignment, sentence: str) -> None:
    """Say what happened; and who will hear of it by mail, with the way to take it back."""
    steps = PlanStep.objects.for_user(request.user).waiting().select_related("message")
    step = steps.filter(assignment_id=booking.pk).last()
    if step is None:
        messages.success(request, sentence)
        return
    told = _soon_told(sentence, step) if _leaves_at_once(step) else _later_told(sentence, step)
    messages.success(request, told, extra_tags=f"undo:{reverse('planning:plan_undo', args=[step.pk])}")


def _leaves_at_once(step: PlanStep) -> bool:
    """Only as long as a press can be taken back."""
    until = step.message.held_until
    return until is None or until - clock.now() <= HELD


def _soon_told(sentence: str, step: PlanStep) -> str:
    return format_html(
        _("{what} {name} will be told by mail in {seconds} s."),
        what=sentence,
        name=step.message.to_name,
        seconds=format_html("<b data-countdown>{}</b>", GRACE),
    )


def _later_told(sentence: str, step: PlanStep) -> str:
    return format_html(
        _("{what} {name} will be told by mail at {time}, unless you change it again."),
        what=sentence,
        name=step.message.to_name,
        time=formats.clock_time(step.message.held_until),
    )


def next_or(request: HttpRequest, otherwise: str) -> str:
    """Where the form said to go afterwards, when that is a page of ours."""
    given = request.POST.get("next", "")
    if given and url_has_allowed_host_and_scheme(given, allowed_hosts={request.get_host()}):
        return given
    return reverse(otherwise)


def week_url(at: datetime) -> str:
    year, number, _weekday = timezone.localtime(at).isocalendar()
    return f"{reverse('planning:week')}?week={year}-W{number:02}"
