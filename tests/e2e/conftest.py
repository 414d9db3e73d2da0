"""The whole product, with a real mail server beside it."""

from collections.abc import Iterator
from datetime import time
from decimal import Decimal

import pytest
from procrastinate.contrib.django import app as queue
from procrastinate.contrib.django.models import ProcrastinateJob

from apps.core import clock
from apps.pricing.models import RateKind
from apps.technicians.actions import hours_set
from apps.workorders.actions import FieldDraft, job_form_create
from tests.browser import PHONE, WIDE, faults_of, logged_in
from tests.builders import CompanyFactory, MaterialFactory, RateFactory, RequestTypeFactory, VatCodeFactory
from tests.e2e.stage import Stage
from tests.field.conftest import jpeg
from tests.messaging.conftest import mailbox as mailbox


@pytest.fixture
def company(transactional_cast) -> None:
    """What a company has before its first job: prices, a catalogue, a checklist, and a technician at work."""
    CompanyFactory()
    vat = VatCodeFactory(code="H", rate=21, is_default=True)
    for kind in (RateKind.NORMAL, RateKind.TRAVEL):
        RateFactory(price=Decimal("62.50"), kind=kind, vat_code=vat)
    MaterialFactory(
        code="HR28", name="Boiler HR 28 kW", category="Boilers", cost=1120, price="1433.60", vat_code=vat
    )
    boiler = RequestTypeFactory(name="Boiler", name_nl="Cv-ketel", minutes=60)
    fields = [FieldDraft("Water shut off")]
    job_form_create(name="Boiler", request_type=boiler, fields=fields, by=transactional_cast.bram)
    hours_set(
        technician=transactional_cast.tim.technician,
        by=transactional_cast.olga,
        weeks=[[(weekday, time(0), time(23, 59)) for weekday in range(1, 8)]],
    )


@pytest.fixture
def stage(
    browser, company, transactional_cast, client_as, live_server, settings, mailbox, tmp_path
) -> Iterator[Stage]:
    settings.PUBLIC_ADDRESS = live_server.url
    photo = tmp_path / "photo.jpg"
    photo.write_bytes(jpeg())
    done = set(ProcrastinateJob.objects.values_list("pk", flat=True))

    def work() -> None:
        """Do what the worker would do now, until nothing is due."""
        due = ProcrastinateJob.objects.exclude(scheduled_at__gt=clock.now())
        while job := due.exclude(pk__in=done).order_by("pk").first():
            done.add(job.pk)
            queue.tasks[job.task_name](**job.args)

    people = []
    for client, options in (
        (client_as(transactional_cast.bram), {"viewport": WIDE}),
        (client_as(transactional_cast.tim), {"viewport": PHONE, "has_touch": True}),
        (None, {"viewport": PHONE, "has_touch": True}),
    ):
        people.append(logged_in(browser, live_server.url, client, reduced_motion="reduce", **options))
    faults = [faults_of(person) for person in people]
    office, phone, stranger = people
    yield Stage(office.new_page(), phone.new_page(), stranger, photo, work, mailbox.mails)
    assert faults == [[], [], []]
