"""An intake visit that the office took off somebody's plan: who had it reads so, and nobody else learns of it."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from apps.intake.actions import report_save
from apps.intake.models import IntakeReport, Request
from apps.planning.actions import assignment_move
from apps.planning.models import Assignment
from tests.conftest import Cast
from tests.pages import submit

pytestmark = pytest.mark.django_db
Browsers = Callable[..., Client]


def page_of(request: Request) -> str:
    return reverse("phone-intake:report", args=[request.pk])


def give_away(request: Request, cast: Cast) -> None:
    booking = Assignment.objects.active().get(request=request)
    assignment_move(
        assignment=booking, version=booking.version, technician=cast.tessa.technician, start=booking.starts_at,
        end=booking.ends_at + timedelta(hours=1), by=cast.petra, seen=[], reason="ill", confirm=False,
    )  # fmt: skip


def test_who_was_told_of_the_visit_reads_what_happened(
    planned: Request, cast: Cast, client_as: Browsers
) -> None:
    tim = client_as(cast.tim)
    assert tim.get(page_of(planned)).status_code == 200
    give_away(planned, cast)
    answer = tim.get(page_of(planned))
    said = answer.content.decode()
    assert answer.status_code == 410
    assert "The office took this visit off your plan." in said
    assert f'href="{reverse("phone:today")}"' in said
    assert planned.customer.name not in said
    assert client_as(cast.tessa).get(page_of(planned)).status_code == 200


def test_what_was_typed_meanwhile_is_shown_again(planned: Request, cast: Cast, client_as: Browsers) -> None:
    tim = client_as(cast.tim)
    page = tim.get(page_of(planned))
    give_away(planned, cast)
    answer = submit(page, client=tim, press="Save as draft", note="The trap is cracked", urgency="normal")
    assert answer.status_code == 410
    assert "The trap is cracked" in answer.content.decode()
    assert not IntakeReport.objects.exists()


def test_who_wrote_in_its_report_reads_it_too(planned: Request, cast: Cast, client_as: Browsers) -> None:
    report_save(request=planned, by=cast.tim, note="Half a note", urgency="normal")
    give_away(planned, cast)
    assert client_as(cast.tim).get(reverse("phone-intake:materials", args=[planned.pk])).status_code == 410


def test_who_never_had_it_finds_nothing(planned: Request, cast: Cast, client_as: Browsers) -> None:
    assert client_as(cast.zeno).get(page_of(planned)).status_code == 404
    assert client_as(cast.tim).get(reverse("phone-intake:report", args=[planned.pk + 999])).status_code == 404
