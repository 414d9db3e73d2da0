"""Customers, with the address where the work is."""

from typing import Any

from apps.core.actors import Actor
from apps.customers.actions import contact_create, customer_create, site_create
from apps.customers.models import Contact, Customer, CustomerKind, Site
from tests.builders.base import ActionFactory

ADDRESS = ("street", "house_number", "postal_code", "city")


def _customer_make(*, by: Actor, **fields: Any) -> Customer:
    """A customer whose only site is its own address."""
    made = customer_create(by=by, **fields)
    site_create(by=by, customer=made, **{name: fields[name] for name in ADDRESS})
    return made


class CustomerFactory(ActionFactory):
    class Meta:
        model = Customer

    _action = staticmethod(_customer_make)

    kind = CustomerKind.PERSON
    name = "Familie Peters"
    email = "peters@example.nl"
    language = "en"
    street = "Dorpsstraat"
    house_number = "1"
    postal_code = "5038 AA"
    city = "Tilburg"


class BusinessFactory(CustomerFactory):
    kind = CustomerKind.COMPANY
    name = "Bouwbedrijf Jansen B.V."
    email = "crediteuren@jansen.example"
    vat_number = "NL810433941B01"
    kvk_number = "30123456"


class SiteFactory(ActionFactory):
    class Meta:
        model = Site

    _action = staticmethod(site_create)

    street = "Dorpsstraat"
    house_number = "2"
    postal_code = "5038 AA"
    city = "Tilburg"


class ContactFactory(ActionFactory):
    class Meta:
        model = Contact

    _action = staticmethod(contact_create)

    name = "Anna de Wit"
    email = "anna@mail.example"
