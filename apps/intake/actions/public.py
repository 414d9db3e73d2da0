"""A request that comes in by the public form. Runs as the public's database role, which can only add."""

from collections.abc import Sequence
from datetime import date

from django.db import transaction

from apps.core.actors import Customer as CustomerActor
from apps.customers.actions import contact_create, customer_create, site_create
from apps.customers.models import CustomerKind
from apps.documents.models import StoredFile
from apps.intake.actions import mails
from apps.intake.actions.requests import request_create
from apps.intake.models import DayPart, Request, RequestType, Source, Urgency


def request_submit(
    *,
    name: str,
    email: str,
    street: str,
    house_number: str,
    postal_code: str,
    city: str,
    type: RequestType,
    description: str,
    language: str,
    country: str = "NL",
    phone: str = "",
    company_name: str = "",
    urgency: str = Urgency.NORMAL,
    preferred_from: date | None = None,
    preferred_until: date | None = None,
    preferred_part: str = DayPart.ANY,
    photos: Sequence[StoredFile] = (),
) -> Request:
    """Keep what a customer asks for, as new, and confirm it by mail.

    It always makes a customer: whether we know the sender already is for the office to see and to join, not for the
    public to find out.
    """
    by = CustomerActor(name)
    address = {
        "street": street,
        "house_number": house_number,
        "postal_code": postal_code,
        "city": city,
        "country": country,
    }
    with transaction.atomic():
        customer = customer_create(
            by=by,
            kind=CustomerKind.COMPANY if company_name else CustomerKind.PERSON,
            name=company_name or name,
            email=email,
            phone=phone,
            language=language,
            **address,
        )
        site = site_create(by=by, customer=customer, **address)
        contact = None
        if company_name:
            contact = contact_create(by=by, customer=customer, name=name, email=email, phone=phone)
        request = request_create(
            by=by,
            customer=customer,
            site=site,
            contact=contact,
            type=type,
            description=description,
            source=Source.WEB,
            urgency=urgency,
            preferred_from=preferred_from,
            preferred_until=preferred_until,
            preferred_part=preferred_part,
            photos=photos,
        )
        mails.received(request, customer)
    return request
