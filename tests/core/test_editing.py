"""An older form is refused, with both versions; nothing typed is lost, and nothing is overwritten unseen."""

from collections.abc import Callable
from datetime import time
from threading import Barrier, Thread
from typing import Any

import lxml.html
import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.test import Client
from django.urls import reverse

from apps.core import clock
from apps.core.versions import Stale
from apps.customers import actions
from apps.customers.models import Customer
from apps.technicians.actions import hours_set
from apps.technicians.models import Technician
from tests.conftest import Cast
from tests.core.test_returned import end_session, log_in
from tests.pages import submit

As = Callable[..., Client]


@pytest.fixture
def customer(cast: Cast) -> Customer:
    return actions.customer_create(
        by=cast.bram, name="Bakker", street="Haven", house_number="1", postal_code="4811 AA", city="Breda",
        phone="0611111111", email="bakker@example.nl",
    )  # fmt: skip


def text(answer: Any) -> str:
    return " ".join(lxml.html.fromstring(answer.content.decode()).text_content().split())


def test_an_older_form_is_refused_with_both_versions(cast: Cast, client_as: As, customer: Customer) -> None:
    bram, petra = client_as(cast.bram), client_as(cast.petra)
    address = reverse("customers:customer_change", args=[customer.pk])
    older, newer = bram.get(address), petra.get(address)
    assert submit(newer, client=petra, press="Save", phone="0622222222").status_code == 302
    refused = submit(older, client=bram, press="Save", phone="0633333333", remarks="Dog\nand cat")
    assert refused.status_code == 409
    said = text(refused)
    assert "Petra changed this while you had it open" in said
    assert "0622222222" in said.replace(" ", "").replace("-", "")
    assert "0633333333" in said
    assert "Dog" in said
    customer.refresh_from_db()
    assert customer.phone.replace("-", "").endswith("22222222")
    assert customer.remarks == ""
    assert submit(refused, client=bram, press="Save as chosen", **{"take-phone": "mine"}).status_code == 302
    customer.refresh_from_db()
    assert customer.phone.endswith("33333333")
    assert customer.remarks.splitlines() == ["Dog", "and cat"]


def test_what_only_one_changed_is_chosen_beforehand(cast: Cast, client_as: As, customer: Customer) -> None:
    """Nothing is merged unseen; one press takes the newest of each."""
    bram, petra = client_as(cast.bram), client_as(cast.petra)
    address = reverse("customers:customer_change", args=[customer.pk])
    older = bram.get(address)
    submit(address, client=petra, press="Save", phone="0622222222")
    refused = submit(older, client=bram, press="Save", email="new@example.nl")
    assert refused.status_code == 409
    assert submit(refused, client=bram, press="Save as chosen").status_code == 302
    customer.refresh_from_db()
    assert customer.email == "new@example.nl"
    assert customer.phone.endswith("22222222")


def test_two_tabs_of_one_person_count_too(cast: Cast, client_as: As, customer: Customer) -> None:
    bram = client_as(cast.bram)
    address = reverse("customers:customer_change", args=[customer.pk])
    older = bram.get(address)
    submit(address, client=bram, press="Save", phone="0622222222")
    refused = submit(older, client=bram, press="Save", phone="0633333333")
    assert "You changed this yourself, in another tab" in text(refused)
    again = submit(refused, client=bram, press="Go on editing", **{"take-phone": "mine"})
    assert "0633333333" in again.content.decode()
    customer.refresh_from_db()
    assert customer.phone.endswith("22222222"), "going on with editing saves nothing"
    assert submit(again, client=bram, press="Save", remarks="Call first").status_code == 302
    customer.refresh_from_db()
    assert customer.phone.endswith("33333333")


@pytest.mark.parametrize(("button", "ends"), [("All of mine", "33333333"), ("Drop mine", "22222222")])
def test_all_of_one_version_is_one_press(
    cast: Cast, client_as: As, customer: Customer, button: str, ends: str
) -> None:
    bram, petra = client_as(cast.bram), client_as(cast.petra)
    address = reverse("customers:customer_change", args=[customer.pk])
    older = bram.get(address)
    submit(address, client=petra, press="Save", phone="0622222222")
    refused = submit(older, client=bram, press="Save", phone="0633333333")
    assert submit(refused, client=bram, press=button).status_code == 302
    customer.refresh_from_db()
    assert customer.phone.endswith(ends)


def test_a_third_change_is_asked_about_again(cast: Cast, client_as: As, customer: Customer) -> None:
    bram, petra = client_as(cast.bram), client_as(cast.petra)
    address = reverse("customers:customer_change", args=[customer.pk])
    older = bram.get(address)
    submit(address, client=petra, press="Save", phone="0622222222")
    refused = submit(older, client=bram, press="Save", phone="0633333333")
    submit(address, client=petra, press="Save", phone="0644444444")
    refused = submit(refused, client=bram, press="All of mine")
    assert refused.status_code == 409
    assert "44444444" in text(refused).replace("-", "").replace(" ", "")


def test_the_same_change_twice_is_no_matter(cast: Cast, client_as: As, customer: Customer) -> None:
    bram, petra = client_as(cast.bram), client_as(cast.petra)
    address = reverse("customers:customer_change", args=[customer.pk])
    older = bram.get(address)
    submit(address, client=petra, press="Save", remarks="Call first\nthen ring")
    assert submit(older, client=bram, press="Save", remarks="Call first\nthen ring").status_code == 302


def test_what_no_form_shows_stands_in_nobodys_way(cast: Cast, client_as: As, customer: Customer) -> None:
    bram = client_as(cast.bram)
    older = bram.get(reverse("customers:customer_change", args=[customer.pk]))
    actions.customer_change(customer=customer, by=cast.petra, active=False)
    assert submit(older, client=bram, press="Save", phone="0633333333").status_code == 302


def test_an_unreadable_page_overwrites_nothing(cast: Cast, client_as: As, customer: Customer) -> None:
    bram = client_as(cast.bram)
    older = bram.get(reverse("customers:customer_change", args=[customer.pk]))
    for nonsense in ("", "[]", "{", '{"phone": 3}', '"x"'):
        answer = submit(older, client=bram, press="Save", phone="0633333333", by_script={"seen": nonsense})
        assert answer.status_code == 409


def test_postgres_counts_every_change_by_itself(cast: Cast, customer: Customer) -> None:
    """No path can forget: a queryset, raw SQL, a part of the record."""
    before = customer.version
    Customer.objects.filter(pk=customer.pk).update(phone="1")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE customers_customer SET phone = '2' WHERE id = %s", [customer.pk])
        cursor.execute("UPDATE customers_customer SET phone = '2' WHERE id = %s", [customer.pk])
    customer.phone = "3"
    customer.save()
    customer.refresh_from_db()
    assert customer.version == before + 3, "what changes nothing does not count"
    technician = cast.tim.technician
    hours_set(technician=technician, by=cast.olga, weeks=[[(1, time(8), time(12))]])
    assert Technician.objects.get(pk=technician.pk).version > technician.version
    user = cast.bram
    user.refresh_from_db()
    user.groups.add(*Group.objects.filter(name="owner"))
    assert type(user).objects.get(pk=user.pk).version == user.version + 1
    type(user).objects.filter(pk=user.pk).update(last_login=clock.now())
    assert type(user).objects.get(pk=user.pk).version == user.version + 1


@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_one_looks_again(transactional_cast: Cast) -> None:
    """Both fetched the same version; the lock lets one through, the other is told who was first."""
    cast = transactional_cast
    customer = actions.customer_create(
        by=cast.bram, name="Bakker", street="Haven", house_number="1", postal_code="4811 AA", city="Breda"
    )  # fmt: skip
    start, outcomes = Barrier(2), []

    def change(by: Any, phone: str) -> None:
        try:
            start.wait(10)
            actions.customer_change(customer=customer, by=by, version=customer.version, phone=phone)
            outcomes.append("saved")
        except Stale as stale:
            outcomes.append(str(stale))
        finally:
            connection.close()

    threads = [
        Thread(target=change, args=(by, phone))
        for by, phone in ((cast.bram, "0611111111"), (cast.petra, "0622222222"))
    ]
    for one in threads:
        one.start()
    for one in threads:
        one.join(30)
    assert sorted(one == "saved" for one in outcomes) == [False, True]
    assert any("This was changed meanwhile" in one for one in outcomes)


@pytest.mark.django_db(transaction=True)
def test_who_loses_the_race_by_a_hair_gets_both_versions_too(
    transactional_cast: Cast, client_as: As, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between our look and our lock somebody else saves: nothing is lost, the page comes all the same."""
    cast = transactional_cast
    customer = actions.customer_create(
        by=cast.bram, name="Bakker", street="Haven", house_number="1", postal_code="4811 AA", city="Breda"
    )  # fmt: skip
    bram, change = client_as(cast.bram), actions.customer_change
    page = bram.get(reverse("customers:customer_change", args=[customer.pk]))

    def other() -> None:
        change(customer=customer, by=cast.petra, phone="0622222222")
        connection.close()

    def late(**given: Any) -> Any:
        monkeypatch.setattr(actions, "customer_change", change)
        thread = Thread(target=other)
        thread.start()
        thread.join(30)
        return change(**given)

    monkeypatch.setattr(actions, "customer_change", late)
    refused = submit(page, client=bram, press="Save", phone="0633333333")
    assert refused.status_code == 409
    assert "0633333333" in text(refused)
    assert "22222222" in text(refused).replace("-", "").replace(" ", "")


def test_what_comes_back_after_logging_in_overwrites_nothing_unseen(cast: Cast, customer: Customer) -> None:
    """The form is filled in again with all that was typed; it still says what was seen."""
    bram, address = Client(), reverse("customers:customer_change", args=[customer.pk])
    log_in(bram, cast.bram)
    page = bram.get(address)
    end_session(bram)
    login = submit(page, client=bram, form="customer-form", remarks="Call first")
    actions.customer_change(customer=customer, by=cast.petra, phone="0622222222")
    back = log_in(bram, cast.bram, login["Location"])
    filled = bram.get(back["Location"])
    assert "Call first" in filled.content.decode()
    refused = submit(filled, client=bram, form="customer-form", press="Save")
    assert refused.status_code == 409
    submit(refused, client=bram, press="Save as chosen")
    customer.refresh_from_db()
    assert (customer.phone[-8:], customer.remarks) == ("22222222", "Call first")
