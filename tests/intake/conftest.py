"""A customer with a site, a type of request, requests in each place of their path."""

import io
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from apps.company.models import Company
from apps.core import clock
from apps.customers.models import Customer
from apps.intake.models import Request, RequestType
from tests.builders import BookingFactory, CompanyFactory, CustomerFactory, RequestFactory, RequestTypeFactory
from tests.conftest import Cast
from tests.kept import kept

ADDRESS = {
    "street": "Ginnekenweg",
    "house_number": "12",
    "postal_code": "4811 AA",
    "city": "Breda",
    "country": "NL",
}


def photo(name: str = "leak.jpg", colour: str = "teal") -> SimpleUploadedFile:
    out = io.BytesIO()
    Image.new("RGB", (60, 40), colour).save(out, "JPEG")
    return SimpleUploadedFile(name, out.getvalue(), "image/jpeg")


@kept
def company(db: None) -> Company:
    return CompanyFactory(
        name="Van Dam Techniek", email="info@vandam.example", phone="076-1234567", **ADDRESS
    )


@kept
def customer(cast: Cast) -> Customer:
    return CustomerFactory(
        by=cast.bram, name="Anna de Wit", email="anna@example.com", phone="06-12345678", language="nl", **ADDRESS
    )  # fmt: skip


@kept
def leak(db: None) -> RequestType:
    return RequestTypeFactory(name="Leak", name_nl="Lekkage")


@pytest.fixture
def typed(company: Company, leak: RequestType) -> dict[str, Any]:
    """The public form as a customer fills it in."""
    return ADDRESS | {
        "type": leak.pk, "description": "Water comes through the ceiling", "urgency": "urgent", "name": "Karin Smit",
        "email": "Karin@Example.com", "phone": "06 8765 4321", "preferred_part": "any",
    }  # fmt: skip


def shown(
    client: Client, language: str = "nl", path: str = "/request/", *, at: datetime | None = None
) -> Any:
    """The public form as it was shown a minute ago, or at a moment: who is quicker is taken for a program."""
    with clock.at(at or clock.now() - timedelta(seconds=60)):
        return client.get(path, {"language": language})


@pytest.fixture
def request_make(cast: Cast, customer: Customer, leak: RequestType) -> Callable[..., Request]:
    def make(by: Any = cast.bram, **fields: Any) -> Request:
        return RequestFactory(
            **{"by": by, "customer": customer, "site": customer.sites.get(), "type": leak} | fields
        )

    return make


@pytest.fixture
def planned(request_make: Callable[..., Request], cast: Cast) -> Request:
    """A request whose visit is Tim's."""
    made = request_make()
    start = clock.now().replace(minute=0, second=0, microsecond=0)
    BookingFactory(by=cast.petra, technician=cast.tim.technician, request=made, start=start, hours=1)
    made.refresh_from_db()
    return made
