from datetime import timedelta

import pytest
from django.test import Client

from apps.accounts import actions
from apps.accounts.models import Invitation, User
from apps.accounts.roles import OFFICE, TECHNICIAN
from apps.core import clock
from apps.core.actors import SYSTEM
from apps.core.refusals import Refused
from apps.core.tokens import token_for
from apps.messaging.links import links_fill
from apps.messaging.models import Message
from apps.technicians.actions import technician_invite
from tests.browser import origin_sent
from tests.pages import Page, post_by_hand, submit

pytestmark = pytest.mark.django_db
GIVEN = {"name": "Noor de Wit", "email": "Noor@Example.nl", "language": "en", "user_roles": [OFFICE]}
PASSWORD = "lantern orchid 4 bridges"
CHOSEN = {"initials": "nw", "language": "nl", "password": PASSWORD, "again": PASSWORD}


@pytest.fixture
def invitation(cast):
    return actions.invitation_send(by=cast.ada, email="noor@example.nl", name="Noor de Wit", user_roles=[OFFICE], language="en")  # fmt: skip


def address(invitation: Invitation) -> str:
    return f"/join/{token_for('invitation', invitation.nonce)}/"


def test_inviting_mails_a_private_link_that_is_stored_nowhere(cast, client_as):
    assert submit("/users/invitations/send/", client=client_as(cast.ada), **GIVEN).status_code == 302
    invitation = Invitation.objects.get()
    message = Message.objects.get(kind="invitation")
    assert message.to_address == "noor@example.nl"
    token = token_for("invitation", invitation.nonce)
    assert token not in message.body
    assert address(invitation) in links_fill(message.body)
    assert invitation.token_hash != token


def test_the_invitation_is_in_the_language_that_was_chosen(cast):
    actions.invitation_send(by=cast.ada, email="a@x.example", name="A", user_roles=[OFFICE], language="en")
    assert "invites you" in Message.objects.get().subject


def test_a_known_address_is_refused_at_the_field(cast, client_as):
    given = GIVEN | {"email": cast.bram.email.upper()}
    answer = submit("/users/invitations/send/", client=client_as(cast.ada), **given)
    assert answer.status_code == 422
    assert "email" in answer.context["form"].errors


def test_one_open_invitation_per_address(cast, invitation):
    with pytest.raises(Refused, match="This address has an open invitation"):
        actions.invitation_send(by=cast.ada, email="NOOR@example.nl", name="N", user_roles=[OFFICE])


def test_accepting_makes_the_user_and_logs_in(invitation):
    client = Client()
    page = client.get(address(invitation))
    assert page.status_code == 200
    assert page["Cache-Control"] == "no-store, private"
    assert page["Referrer-Policy"] == "same-origin"
    answer = submit(page, client=client, **CHOSEN)
    assert answer.status_code == 302
    user = User.objects.get(email="noor@example.nl")
    assert (user.initials, user.language, user.role_names) == ("NW", "nl", {OFFICE})
    assert user.check_password(PASSWORD)
    assert client.get("/components/").status_code == 200
    invitation.refresh_from_db()
    assert (invitation.status, invitation.user) == ("accepted", user)


def test_a_browser_may_send_the_form_and_another_site_may_not(invitation):
    client = Client(enforce_csrf_checks=True)
    page = client.get(address(invitation))
    given = CHOSEN | {
        "csrfmiddlewaretoken": Page.fetched(page, client).root.xpath(
            "string(//input[@name='csrfmiddlewaretoken']/@value)"
        )
    }
    elsewhere = {"Origin": "https://elsewhere.example"}
    assert post_by_hand(client, address(invitation), given, headers=elsewhere).status_code == 403
    client.defaults["HTTP_ORIGIN"] = origin_sent(page)
    assert submit(page, client=client, **CHOSEN).status_code == 302


def test_a_used_link_makes_no_second_user(invitation):
    opened = Client().get(address(invitation))  # in a second browser, before it is used in the first
    submit(address(invitation), client=Client(), **CHOSEN)
    other = CHOSEN | {"password": "another phrase 99", "again": "another phrase 99"}
    again = submit(opened, client=Client(), **other)
    assert again.status_code == 410
    assert User.objects.get(email="noor@example.nl").check_password(PASSWORD)


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"again": "different"}, "again"),
        ({"password": "12345678", "again": "12345678"}, "password"),
        ({"password": "noor@example", "again": "noor@example"}, "password"),
        ({"initials": "TOOLONG"}, "initials"),
    ],
)
def test_a_bad_answer_stands_at_its_field_and_makes_nobody(invitation, given, field):
    answer = submit(address(invitation), client=Client(), past_browser=True, **CHOSEN | given)
    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert not User.objects.filter(email="noor@example.nl").exists()


def test_an_unknown_token_is_not_found(cast):
    assert Client().get("/join/nonsense/").status_code == 404


def test_a_revoked_link_says_so(cast, client_as, invitation):
    opened = Client().get(address(invitation))
    revoke = f"/users/invitations/{invitation.pk}/revoke/"
    answer = submit("/users/invitations/", client=client_as(cast.ada), form=revoke)
    assert answer.status_code == 302
    assert Client().get(address(invitation)).status_code == 410
    assert submit(opened, client=Client(), **CHOSEN).status_code == 410


def test_an_expired_link_is_refused_before_and_after_the_clean_up(invitation):
    with clock.at(clock.now() + timedelta(days=6)):
        opened = Client().get(address(invitation))
    with clock.at(clock.now() + timedelta(days=8)):
        assert submit(opened, client=Client(), **CHOSEN).status_code == 410
        assert actions.invitations_expire(by=SYSTEM) == 1
    invitation.refresh_from_db()
    assert invitation.status == "expired"


def test_a_waiting_account_is_taken_over(cast):
    waiting = actions.user_create(by=cast.ada, email="t@x.example", name="Tobias", user_roles=[TECHNICIAN])
    invitation = actions.invitation_send(
        by=cast.ada, email="t@x.example", name="Tobias", user_roles=[TECHNICIAN], user=waiting
    )
    assert submit(address(invitation), client=Client(), **CHOSEN).status_code == 302
    assert User.objects.get(pk=waiting.pk).check_password(PASSWORD)
    assert User.objects.filter(email="t@x.example").count() == 1


def test_the_list_shows_each_status(cast, client_as, invitation):
    actions.invitation_revoke(invitation=invitation, by=cast.ada)
    page = client_as(cast.ada).get("/users/invitations/", {"status": "revoked"})
    assert [one.pk for one in page.context["page"].rows] == [invitation.pk]


# -- an account that waits for whoever was invited --------------------------------------------


@pytest.mark.parametrize("end", ["expires", "is revoked"])
def test_who_did_not_come_in_time_is_invited_again(cast, client_as, end):
    """A technician's account is made at once, and nobody comes in by a link that is dead."""
    technician = technician_invite(by=cast.ada, email="tom@x.example", name="Tom", language="nl")
    first = Invitation.objects.get(user=technician.user)
    if end == "expires":
        Invitation.objects.update(expires_at=clock.now())
        actions.invitations_expire(by=SYSTEM)
    else:
        actions.invitation_revoke(invitation=first, by=cast.ada)
    answer = submit(
        "/users/invitations/send/",
        client=client_as(cast.ada),
        name="Tom",
        email="Tom@x.example",
        user_roles=["office"],
    )
    assert answer.status_code == 302
    again = Invitation.objects.get(status="invited")
    assert submit(address(again), client=Client(), password=PASSWORD, again=PASSWORD).status_code == 302
    assert {group.name for group in technician.user.groups.all()} == {"technician", "office"}
    assert User.objects.filter(email="tom@x.example").count() == 1
    with pytest.raises(Refused, match="There is a user"):
        actions.invitation_send(by=cast.ada, email="tom@x.example", name="Tom", user_roles=["admin"])


def test_the_invitation_of_an_account_ends_when_that_is_deactivated(cast):
    technician = technician_invite(by=cast.ada, email="tom@x.example", name="Tom", language="nl")
    actions.user_deactivate(user=technician.user, by=cast.ada, reason="Not coming", leave=True)
    assert Invitation.objects.get(user=technician.user).status == "revoked"
    with pytest.raises(Refused, match="There is a user"):
        actions.invitation_send(by=cast.ada, email="tom@x.example", name="Tom", user_roles=["office"])
