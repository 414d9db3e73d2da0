"""The whole product, with a real mail server beside it."""

from collections.abc import Iterator
from datetime import date, time
from decimal import Decimal

import pytest
from procrastinate.contrib.django import app as queue
from procrastinate.contrib.django.models import ProcrastinateJob

from apps.company.models import Company
from apps.intake.models import RequestType
from apps.materials.models import Category, Material
from apps.pricing.models import MaterialPrice, Rate, RateKind, VatCode
from apps.technicians.models import WorkingPattern
from apps.workorders.models import FieldKind, JobForm, JobFormField, JobFormVersion
from tests.browser import PHONE, WIDE, faults_of, logged_in
from tests.e2e.stage import Stage
from tests.field.conftest import jpeg
from tests.messaging.conftest import mailbox as mailbox

LONG_AGO = date(2020, 1, 1)


@pytest.fixture
def company(transactional_cast) -> None:
    """What a company has before its first job: prices, a catalogue, a checklist, and a technician at work."""
    Company.objects.create(
        pk=1, name="De Waterwerkers B.V.", street="Havenstraat", house_number="12", postal_code="4811 AB",
        city="Breda", kvk_number="12345678", vat_number="NL123456789B01", iban="NL91ABNA0417164300",
        email="kantoor@waterwerkers.example",
    )  # fmt: skip
    vat = VatCode.objects.create(code="H", name="21 %", rate=21, is_default=True)
    for kind in (RateKind.NORMAL, RateKind.TRAVEL):
        Rate.objects.create(price=Decimal("62.50"), kind=kind, vat_code=vat, unit="HUR", valid_from=LONG_AGO)
    boiler = Material.objects.create(
        code="HR28", name="Boiler HR 28 kW", category=Category.objects.create(name="Boilers")
    )
    MaterialPrice.objects.create(
        material=boiler, cost=Decimal(1120), price=Decimal("1433.60"), vat_code=vat, valid_from=LONG_AGO
    )
    kind = RequestType.objects.create(name="Boiler", name_nl="Cv-ketel", minutes=60)
    form = JobFormVersion.objects.create(
        form=JobForm.objects.create(name="Boiler", request_type=kind), number=1
    )
    JobFormField.objects.create(version=form, position=0, label="Water shut off", kind=FieldKind.TICK)
    for weekday in range(1, 8):
        WorkingPattern.objects.create(
            technician=transactional_cast.tim.technician, weekday=weekday, starts=time(0), ends=time(23, 59)
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
        """Do what the worker would do, until nothing waits."""
        while job := ProcrastinateJob.objects.exclude(pk__in=done).order_by("pk").first():
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
