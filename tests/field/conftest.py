"""A planned job, and the phones of its technicians."""

import io
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest
from PIL import Image

from apps.accounts.models import User
from apps.core import clock
from apps.core.actors import SYSTEM
from apps.customers.actions import site_change
from apps.customers.models import Customer, Site
from apps.materials.models import Material
from apps.planning.models import Assignment
from apps.workorders.actions import FieldDraft, job_form_create
from apps.workorders.models import FieldKind, JobFormVersion, WorkOrder
from tests.builders import (
    BookingFactory,
    CustomerFactory,
    MaterialFactory,
    Phone,
    RequestTypeFactory,
    WorkOrderFactory,
)
from tests.kept import kept


def jpeg(colour: str = "teal") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (64, 48), colour).save(out, "JPEG")
    return out.getvalue()


def booked(user: User, work_order: WorkOrder, start: datetime | None = None, **more: Any) -> Assignment:
    """Two hours of the technician's time, from the full hour that it is now unless said otherwise."""
    start = start or clock.now().replace(minute=0, second=0, microsecond=0)
    return BookingFactory(
        **{"technician": user.technician, "work_order": work_order, "start": start, "hours": 2} | more
    )


@kept
def customer(db: None) -> Customer:
    return CustomerFactory(
        name="VvE Parkzicht", email="vve@example.test", street="Parkstraat", house_number="12",
        postal_code="4818 SJ", city="Breda",
    )  # fmt: skip


@kept
def site(customer: Customer) -> Site:
    return site_change(site=customer.sites.get(), by=SYSTEM, access_notes="Key at the caretaker's.")


@kept
def form(db: None) -> JobFormVersion:
    rows = [
        FieldDraft("Water shut off"),
        FieldDraft("Pressure", FieldKind.NUMBER, unit="bar", minimum=Decimal(1), maximum=Decimal(3)),
        FieldDraft("State of the boiler", FieldKind.CHOICE, options=["Good", "Poor"]),
        FieldDraft("Remarks", FieldKind.TEXT, required=False),
        FieldDraft("Type plate", FieldKind.PHOTO, required=False),
        FieldDraft("Meter", FieldKind.READING, unit="m³"),
    ]
    return job_form_create(name="Boiler service", request_type=None, fields=rows, by=SYSTEM).versions.get()


@pytest.fixture
def order_make(customer: Customer, site: Site, form: JobFormVersion) -> Callable[..., WorkOrder]:
    kind = RequestTypeFactory(name="Boiler", name_nl="Ketel")

    def make(**values: Any) -> WorkOrder:
        given = {
            "customer": customer,
            "site": site,
            "type": kind,
            "job_form": form.form,
            "title": "Boiler replacement",
        }
        return WorkOrderFactory(**given | values)

    return make


@pytest.fixture
def order(order_make: Callable[..., WorkOrder]) -> WorkOrder:
    return order_make()


@pytest.fixture
def phone(cast: Any, order: WorkOrder) -> Phone:
    """Tim's phone, at the one job that is planned on him."""
    return Phone(cast.tim, booked(cast.tim, order))


@pytest.fixture
def second_phone(cast: Any, order: WorkOrder, phone: Phone) -> Phone:
    """Tessa's phone: she is planned on the same job."""
    return Phone(cast.tessa, booked(cast.tessa, order))


@kept
def pump(db: None) -> Material:
    return MaterialFactory(code="P-15", name="Circulation pump 15-60", category="Pumps")
