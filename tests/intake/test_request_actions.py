import pytest
from django.db import connection

from apps.core.actors import Customer as CustomerActor
from apps.core.models import AuditEvent
from apps.core.refusals import Forbidden, Refused
from apps.core.transitions import move
from apps.customers.actions import contact_create, customer_create
from apps.customers.models import Customer
from apps.intake import actions
from apps.intake.models import Request
from apps.messaging.models import Message
from tests.intake.conftest import ADDRESS

pytestmark = pytest.mark.django_db


def test_what_the_office_types_in_counts_at_once(request_make):
    made = request_make()
    assert made.status == "accepted"
    assert made.number.startswith("R")


def test_what_a_customer_sends_is_new(request_make):
    assert request_make(by=CustomerActor("Anna")).status == "new"


def test_another_customers_site_is_refused(request_make, cast):
    other = customer_create(by=cast.bram, name="Iemand Anders", **ADDRESS | {"house_number": "99"})
    with pytest.raises(Refused, match="This site belongs to another customer"):
        request_make(customer=other)


def test_another_customers_contact_is_refused(request_make, cast):
    other = customer_create(by=cast.bram, name="Iemand Anders", **ADDRESS)
    contact = contact_create(by=cast.bram, customer=other, name="Piet")
    with pytest.raises(Refused, match="This contact belongs to another customer"):
        request_make(contact=contact)


def test_accepting_sends_a_mail_in_the_customers_language(request_make, cast):
    asked = request_make(by=CustomerActor("Anna"))
    actions.request_accept(request=asked, by=cast.bram)
    mail = Message.objects.get()
    assert (mail.kind, mail.to_address, mail.language) == ("request_accepted", "anna@example.com", "nl")
    assert asked.number in mail.subject


def test_declining_needs_a_reason_and_tells_it_to_the_customer(request_make, cast):
    asked = request_make(by=CustomerActor("Anna"))
    with pytest.raises(Refused, match="Give a reason"):
        actions.request_decline(request=asked, by=cast.bram, reason="  ")
    actions.request_decline(request=asked, by=cast.bram, reason="Too far away.")
    assert asked.status == "declined"
    assert "Too far away." in Message.objects.get().body


def test_a_customer_without_address_gets_no_mail(request_make, cast, customer):
    Customer.objects.filter(pk=customer.pk).update(email="")
    asked = request_make(by=CustomerActor("Anna"), customer=Customer.objects.get(pk=customer.pk))
    actions.request_accept(request=asked, by=cast.bram)
    assert not Message.objects.exists()


def test_a_technician_cannot_accept(request_make, cast):
    asked = request_make(by=CustomerActor("Anna"))
    with pytest.raises(Forbidden):
        actions.request_accept(request=asked, by=cast.tim)


def test_a_second_acceptance_changes_nothing(request_make, cast):
    asked = request_make(by=CustomerActor("Anna"))
    actions.request_accept(request=asked, by=cast.bram)
    with pytest.raises(Refused, match="“Accept” is no longer possible"):
        actions.request_accept(request=asked, by=cast.petra)
    assert AuditEvent.objects.filter(verb="request.accept").count() == 1
    assert Message.objects.count() == 1


def test_a_planned_request_is_not_cancelled_behind_the_plans_back(request_make, cast):
    asked = request_make()
    move(asked, "plan", by=cast.petra)
    with pytest.raises(Refused, match="The intake visit is planned"):
        actions.request_cancel(request=asked, by=cast.bram, reason="No longer needed")
    move(asked, "unplan", by=cast.petra)
    assert (
        actions.request_cancel(request=asked, by=cast.bram, reason="No longer needed").status == "cancelled"
    )


def test_a_finished_request_can_no_longer_be_changed(request_make, cast):
    asked = request_make()
    actions.request_cancel(request=asked, by=cast.bram, reason="Gone")
    with pytest.raises(Refused, match="it can no longer be changed"):
        actions.request_change(request=asked, by=cast.bram, description="Something else")


def test_a_change_is_found_by_search(request_make, cast):
    asked = request_make()
    actions.request_change(request=asked, by=cast.bram, description="Boiler makes noise")
    assert list(Request.objects.search("boil nois")) == [asked]
    assert not Request.objects.search("sink")


def test_joining_to_a_known_customer_puts_the_web_forms_one_out_of_use(cast, customer, leak, company):
    asked = actions.request_submit(
        name="A. de Wit",
        email="anna@example.com",
        type=leak,
        description="Leak again",
        language="nl",
        **ADDRESS,
    )
    fresh = asked.customer
    actions.request_customer_use(request=asked, customer=customer, by=cast.bram)
    asked.refresh_from_db()
    assert asked.customer == customer
    assert asked.site == customer.sites.get()  # the same address: no second site
    assert not Customer.objects.get(pk=fresh.pk).active


def test_request_create_takes_six_queries(request_make, django_assert_num_queries):
    request_make()
    with django_assert_num_queries(6):
        request_make()
    assert connection.in_atomic_block
