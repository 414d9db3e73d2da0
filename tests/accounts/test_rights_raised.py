"""More rights for somebody: an open session is not enough, whoever gets them reads it, and it is in the history."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from apps.accounts.models import User
from apps.accounts.roles import ABILITIES, OFFICE, OWNER
from apps.core.models import AuditEvent
from apps.messaging.models import Message
from tests.conftest import PASSWORD, Cast
from tests.pages import submit

pytestmark = pytest.mark.django_db
Browsers = Callable[..., Client]


def change(cast: Cast, client: Client, **given: Any) -> Any:
    return submit(f"/users/{cast.bram.pk}/change/", client=client, **given)


def roles(cast: Cast) -> set[str]:
    return set(User.objects.get(pk=cast.bram.pk).role_names)


@pytest.mark.parametrize("password", ["", "a guess of mine"])
def test_a_role_is_given_by_who_knows_their_password(cast: Cast, client_as: Browsers, password: str) -> None:
    answer = change(cast, client_as(cast.ada), user_roles=[OFFICE, OWNER], password=password)
    assert (answer.status_code, roles(cast)) == (422, {OFFICE})
    assert set(answer.context["proof"].errors) == {"password"}
    assert not Message.objects.filter(kind="account").exists()
    answer = change(cast, client_as(cast.ada), user_roles=[OFFICE, OWNER], password=PASSWORD)
    assert (answer.status_code, roles(cast)) == (302, {OFFICE, OWNER})


def test_who_gets_a_role_is_told_and_an_admin_sees_it(cast: Cast, client_as: Browsers) -> None:
    client = client_as(cast.ada)
    change(cast, client, user_roles=[OFFICE, OWNER], password=PASSWORD)
    (mail,) = Message.objects.filter(kind="account", to_address=cast.bram.email)
    assert "Ada gave you more rights: Owner / finance." in mail.body
    assert AuditEvent.objects.about(cast.bram).get(verb="user.role_give").actor_id == cast.ada.pk
    assert "Role given" in client.get(f"/users/{cast.bram.pk}/").content.decode()


def test_a_name_and_fewer_rights_ask_for_nothing(cast: Cast, client_as: Browsers) -> None:
    change(cast, client_as(cast.ada), user_roles=[OFFICE, OWNER], password=PASSWORD)
    Message.objects.all().delete()
    assert change(cast, client_as(cast.ada), name="Bram B.", user_roles=[OFFICE]).status_code == 302
    assert roles(cast) == {OFFICE}
    assert not Message.objects.exists()


def test_guesses_there_are_counted(cast: Cast, client_as: Browsers) -> None:
    client = client_as(cast.ada)
    for number in range(60):
        assert change(cast, client, user_roles=[OFFICE, OWNER], password=f"guess {number}").status_code == 422
    answer = change(cast, client, user_roles=[OFFICE, OWNER], password=PASSWORD)
    assert (answer.status_code, roles(cast)) == (422, {OFFICE})


def test_a_role_gets_more_rights_by_who_knows_their_password(cast: Cast, client_as: Browsers) -> None:
    client = client_as(cast.ada)
    page = client.get("/users/roles/")
    held = sorted(ability for ability, (_label, holders) in ABILITIES.items() if OFFICE in holders)
    more = [*held, "manage_users"]
    assert submit(page, client=client, press="Save the matrix", office=more).status_code == 422
    assert not cast.bram.may("manage_users")
    fewer = submit(client.get("/users/roles/"), client=client, press="Save the matrix", office=held[1:])
    assert fewer.status_code == 302
    again = client.get("/users/roles/")
    answer = submit(again, client=client, press="Save the matrix", office=more, password=PASSWORD)
    assert answer.status_code == 302
    assert User.objects.get(pk=cast.bram.pk).may("manage_users")
