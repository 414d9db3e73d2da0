"""Quotes, invoices and what is about appointments may each be read at another desk of the customer."""

from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from apps.customers import actions
from apps.customers.models import Customer
from apps.field.actions import mails
from apps.invoicing.actions import invoice_draft, invoice_issue
from apps.messaging.models import Message
from apps.planning.facts import recipient
from apps.review.actions import review_approve, review_open
from tests.builders import Shop
from tests.kept import kept
from tests.pages import submit

pytestmark = pytest.mark.django_db

DESKS = {
    "quote_email": "Inkoop@klant.example",
    "invoice_email": "Facturen@klant.example",
    "planning_email": "Beheer@klant.example",
}


@kept
def shop(cast: Any) -> Shop:
    return Shop(cast)


@pytest.fixture
def desks(shop: Any) -> Customer:
    return actions.customer_change(customer=shop.customer, by=shop.cast.bram, **DESKS)


def test_they_are_typed_with_the_customer_and_stand_on_its_page(shop: Any, client_as: Any, cast: Any) -> None:
    client = client_as(cast.bram)
    page = client.get(reverse("customers:customer_change", args=[shop.customer.pk]))
    wrong = submit(page, client=client, press="Save", **DESKS | {"invoice_email": "facturen@klant"})
    assert (wrong.status_code, "valid email" in wrong.text) == (422, True)
    saved = submit(wrong, client=client, press="Save", invoice_email="Facturen@klant.example")
    assert saved.status_code == 302
    detail = client.get(reverse("customers:customer_detail", args=[shop.customer.pk])).text
    for words in (
        "E-mail for quotes",
        "inkoop@klant.example",
        "facturen@klant.example",
        "beheer@klant.example",
    ):
        assert words in detail, words
    assert shop.customer.name in client.get(reverse("customers:customer_list"), {"q": "facturen@klant"}).text
    with pytest.raises(IntegrityError), transaction.atomic():
        Customer.objects.filter(pk=shop.customer.pk).update(invoice_email="A@b.example")


def test_each_mail_goes_to_its_desk(shop: Any, desks: Customer, client_as: Any, cast: Any) -> None:
    quote = shop.quote()
    assert Message.objects.filter(kind__startswith="quote").latest("pk").to_address == "inkoop@klant.example"
    assert quote.customer == desks
    order = shop.done()
    assert mails.recipient(order) == ("beheer@klant.example", desks.name)
    assert recipient(order).address == "beheer@klant.example"
    review = review_open(work_order=order, by=cast.bram)
    review_approve(review=review, by=cast.bram)
    invoice = invoice_issue(invoice=invoice_draft(work_orders=[order], by=cast.bram), by=cast.bram)
    assert invoice.buyer["email"] == "facturen@klant.example"
    page = client_as(cast.bram).get(reverse("invoicing:invoice_send", args=[invoice.pk]))
    assert 'value="facturen@klant.example"' in page.text


def test_who_has_no_address_for_it_is_mailed_at_their_own(shop: Any, cast: Any) -> None:
    customer = actions.customer_change(
        customer=shop.customer,
        by=cast.bram,
        email="info@klant.example",
        planning_email="beheer@klant.example",
    )
    assert [customer.mail_for(one) for one in ("quote", "invoice", "planning")] == [
        "info@klant.example", "info@klant.example", "beheer@klant.example",
    ]  # fmt: skip


def test_a_contact_of_the_job_goes_before_the_desk(shop: Any, desks: Customer, cast: Any) -> None:
    els = actions.contact_create(customer=desks, by=cast.bram, name="Els", email="els@klant.example")
    order = shop.order(contact=els)
    assert mails.recipient(order) == ("els@klant.example", "Els")
    assert recipient(order).address == "els@klant.example"


def test_a_customer_with_only_an_address_for_appointments_is_mailed_about_them(shop: Any, cast: Any) -> None:
    actions.customer_change(
        customer=shop.customer, by=cast.bram, email="", planning_email="beheer@klant.example"
    )
    order = shop.order()
    order.customer.refresh_from_db()
    assert recipient(order).address == "beheer@klant.example"
