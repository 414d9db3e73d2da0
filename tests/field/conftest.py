"""A planned job, and the phones of its technicians."""

import io
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from PIL import Image
from psycopg.types.range import TimestamptzRange

from apps.accounts.models import User
from apps.core import clock
from apps.core.database import TECHNICIAN, as_role
from apps.customers.models import Customer, Site
from apps.documents.models import StoredFile
from apps.field import actions
from apps.field.models import FieldEvent, Visit
from apps.intake.models import RequestType
from apps.materials.models import Category, Material
from apps.planning.models import Assignment
from apps.workorders.models import FieldKind, JobForm, JobFormField, JobFormVersion, WorkOrder


def jpeg(colour: str = "teal") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (64, 48), colour).save(out, "JPEG")
    return out.getvalue()


def stored_photo() -> StoredFile:
    return StoredFile.objects.create(
        sha256="0" * 64, size=3, content_type="image/jpeg", name="photo.jpg", path="00/photo.jpg"
    )


def assignment_make(
    user: User, work_order: WorkOrder, start: datetime | None = None, **values: Any
) -> Assignment:
    from guardian.shortcuts import assign_perm

    start = start or clock.now().replace(minute=0, second=0, microsecond=0)
    assign_perm("workorders.execute_workorder", user, work_order)
    return Assignment.objects.create(
        technician=user.technician,
        work_order=work_order,
        period=TimestamptzRange(start, start + timedelta(hours=2)),
        **values,
    )


@dataclass
class Phone:
    """A technician's phone at one assignment: sends events as the database role of a technician."""

    user: User
    assignment: Assignment

    def send(
        self, kind: str, *, file: StoredFile | None = None, id: Any = None, **payload: Any
    ) -> FieldEvent:
        options = {
            name: payload.pop(name)
            for name in ("occurred_at", "skew_seconds", "time_zone")
            if name in payload
        }
        with as_role(TECHNICIAN, user_id=self.user.pk):
            return actions.event_record(
                user=self.user,
                id=id or uuid.uuid4(),
                kind=kind,
                assignment=self.assignment,
                payload=payload,
                file=file,
                **options,
            )

    def done(self, kind: str, **payload: Any) -> FieldEvent:
        event = self.send(kind, **payload)
        assert event.state == "applied", event.why
        return event

    @property
    def visit(self) -> Visit:
        return Visit.objects.get(assignment=self.assignment, technician=self.user.technician)

    def begin(self) -> None:
        self.done("before_photo", file=stored_photo())
        self.done("start")

    def complete(self) -> None:
        """Everything between start and finish."""
        for question in JobFormField.objects.filter(version=self.assignment.work_order.job_form_version_id):
            value = {"tick": True, "number": "2", "choice": "Good", "text": "ok", "reading": "100"}.get(
                question.kind
            )
            file = stored_photo() if question.kind == "photo" else None
            self.done("answer", field=question.pk, value=value, file=file)
        self.done("work_done", text="Replaced the pump.")
        self.done("no_materials")
        self.done("no_extra_work")
        self.done("no_deviation")
        self.done("after_photo", file=stored_photo())
        self.done("sign_off", reason="Nobody at home")


@pytest.fixture
def customer(db: None) -> Customer:
    return Customer.objects.create(
        name="VvE Parkzicht", email="vve@example.test", street="Parkstraat", house_number="12",
        postal_code="4818 SJ", city="Breda", language="en",
    )  # fmt: skip


@pytest.fixture
def site(customer: Customer) -> Site:
    return Site.objects.create(
        customer=customer, street="Parkstraat", house_number="12", postal_code="4818 SJ", city="Breda",
        access_notes="Key at the caretaker's.",
    )  # fmt: skip


@pytest.fixture
def form(db: None) -> JobFormVersion:
    version = JobFormVersion.objects.create(form=JobForm.objects.create(name="Boiler service"), number=1)
    rows = [
        ("Water shut off", FieldKind.TICK, {}),
        ("Pressure", FieldKind.NUMBER, {"unit": "bar", "minimum": Decimal(1), "maximum": Decimal(3)}),
        ("State of the boiler", FieldKind.CHOICE, {"options": ["Good", "Poor"]}),
        ("Remarks", FieldKind.TEXT, {"required": False}),
        ("Type plate", FieldKind.PHOTO, {"required": False}),
        ("Meter", FieldKind.READING, {"unit": "m³"}),
    ]
    for position, (label, kind, more) in enumerate(rows):
        JobFormField.objects.create(version=version, position=position, label=label, kind=kind, **more)
    return version


@pytest.fixture
def order_make(customer: Customer, site: Site, form: JobFormVersion) -> Callable[..., WorkOrder]:
    kind = RequestType.objects.create(name="Boiler", name_nl="Ketel")

    def make(number: str = "W26-0001", **values: Any) -> WorkOrder:
        values = {"status": "planned", "job_form_version": form, "title": "Boiler replacement"} | values
        return WorkOrder.objects.create(number=number, customer=customer, site=site, type=kind, **values)

    return make


@pytest.fixture
def order(order_make: Callable[..., WorkOrder]) -> WorkOrder:
    return order_make()


@pytest.fixture
def phone(cast: Any, order: WorkOrder) -> Phone:
    """Tim's phone, at the one job that is planned on him."""
    return Phone(cast.tim, assignment_make(cast.tim, order))


@pytest.fixture
def second_phone(cast: Any, order: WorkOrder, phone: Phone) -> Phone:
    """Tessa's phone: she is planned on the same job."""
    return Phone(cast.tessa, assignment_make(cast.tessa, order))


@pytest.fixture
def pump(db: None) -> Material:
    return Material.objects.create(
        code="P-15", name="Circulation pump 15-60", category=Category.objects.create(name="Pumps")
    )
