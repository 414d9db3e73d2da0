"""What an admin sees of how a user logs in, and what ends when somebody leaves."""

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client

from apps.accounts import actions, guesses
from apps.accounts.models import Session, User
from apps.core.models import AuditEvent
from apps.messaging.models import Message
from tests.accounts.people import (
    at_a_browser,
    code,
    is_in,
    last_mail,
    link_in,
    may_log_in,
    passkey,
    with_app,
)
from tests.conftest import PASSWORD
from tests.pages import submit

pytestmark = pytest.mark.django_db


def test_an_admin_sees_factors_sessions_and_what_changed(cast, client_as):
    with_app(cast.bram)
    at_a_browser(cast.tim)
    actions.security_tell(
        user=cast.tim,
        what="password_change",
        by=cast.tim,
        place=actions.security.Place("203.0.113.5", "Firefox/ Linux"),
    )
    admin = client_as(cast.ada)
    page = admin.get(f"/users/{cast.bram.pk}/").content.decode()
    assert "Authenticator app" in page
    page = admin.get(f"/users/{cast.tim.pk}/").content.decode()
    assert "Logged in in one browser." in page
    assert "Password changed" in page
    assert "Firefox on Linux, address 203.0.113.5" in page


def test_an_admin_removes_a_lost_second_factor(cast, client_as):
    with_app(cast.bram)
    open_one = at_a_browser_with_code(cast.bram)
    passkey(cast.bram)
    admin = client_as(cast.ada)
    page = admin.get(f"/users/{cast.bram.pk}/second-factor/")
    without = submit(page, client=admin, reason="Lost his phone", password="wrong")
    assert without.status_code == 422
    assert Authenticator.objects.exists()
    answer = submit(page, client=admin, reason="Lost his phone", password=PASSWORD)
    assert answer.status_code == 302, answer.content.decode()
    assert not Authenticator.objects.exists()
    assert not is_in(open_one)
    assert may_log_in(cast.bram.email)
    event = AuditEvent.objects.about(cast.bram).get(verb="user.factors_remove")
    assert (event.actor_id, event.reason) == (cast.ada.pk, "Lost his phone")
    mail = last_mail("account", cast.bram.email)
    assert "Ada" in mail.body
    assert "Lost his phone" in mail.body


def at_a_browser_with_code(user: User) -> Client:
    client = Client()
    submit("/account/login/", client=client, login=user.email, password=PASSWORD)
    assert submit("/account/2fa/authenticate/", client=client, code=code()).status_code == 302
    return client


def test_a_wrong_password_of_the_admin_counts(cast, client_as, monkeypatch):
    with_app(cast.bram)
    admin = client_as(cast.ada)
    page = admin.get(f"/users/{cast.bram.pk}/second-factor/")
    for _time in range(10):
        submit(page, client=admin, reason="x", password="wrong")
    answer = submit(page, client=admin, reason="x", password=PASSWORD)
    assert "Too many wrong passwords" in answer.content.decode()
    assert Authenticator.objects.exists()


def test_a_user_without_a_factor_is_said_so(cast, client_as):
    admin = client_as(cast.ada)
    page = admin.get(f"/users/{cast.bram.pk}/second-factor/")
    assert submit(page, client=admin, reason="x", password=PASSWORD).status_code == 409


def test_an_admin_logs_somebody_out_everywhere(cast, client_as):
    theirs = at_a_browser(cast.bram)
    admin = client_as(cast.ada)
    page = admin.get(f"/users/{cast.bram.pk}/sessions/")
    assert submit(page, client=admin, reason="Laptop stolen", password=PASSWORD).status_code == 302
    assert not is_in(theirs)
    assert "Laptop stolen" in AuditEvent.objects.about(cast.bram).get(verb="user.sessions_end").reason


@pytest.mark.parametrize("page", ["second-factor", "sessions"])
def test_only_who_manages_users_may(cast, client_as, page):
    for who in (cast.bram, cast.tim):
        assert client_as(who).get(f"/users/{cast.petra.pk}/{page}/").status_code == 403


def test_nothing_of_before_comes_back_when_a_user_is_activated_again(cast):
    """Sessions, known devices, passkeys, links to a new password: each was made for a login that ended."""
    client = at_a_browser(cast.bram)
    passkey(cast.bram)
    submit("/account/password/forgotten/", client=Client(), email=cast.bram.email)
    path = link_in(last_mail("account_link", cast.bram.email))
    cast.bram.refresh_from_db()
    actions.user_deactivate(user=cast.bram, by=cast.ada, reason="Left")
    assert not is_in(client)
    assert not Session.objects.filter(user=cast.bram).exists()
    actions.user_activate(user=cast.bram, by=cast.ada)
    assert not is_in(client)
    assert Client().get(path).status_code == 410
    assert not Authenticator.objects.exists()
    for number in range(10):
        submit("/account/login/", client=Client(), login=cast.bram.email, password=f"wrong {number}")
    answer = submit("/account/login/", client=client, login=cast.bram.email, password=PASSWORD)
    assert answer.status_code == 422  # a stranger's device again
    guesses.guesses_forget(cast.bram)
    assert may_log_in(cast.bram.email)


def test_an_authenticator_app_is_still_asked_for_after_that(cast):
    with_app(cast.bram)
    actions.user_deactivate(user=cast.bram, by=cast.ada, reason="Left")
    actions.user_activate(user=cast.bram, by=cast.ada)
    answer = submit("/account/login/", client=Client(), login=cast.bram.email, password=PASSWORD)
    assert answer["Location"] == "/account/2fa/authenticate/"


def test_a_mail_that_proves_an_address_goes_to_no_other(cast, client_as):
    """Whoever could send mails again sent an invitation, or a link to a new password, to themselves."""
    actions.invitation_send(by=cast.ada, email="noor@x.example", name="Noor", user_roles=["admin"])
    submit("/account/password/forgotten/", client=Client(), email=cast.ada.email)
    client = client_as(cast.bram)
    for message in Message.objects.exclude(kind="account"):  # what is told of a change opens nothing
        message.status = "failed"
        message.save()
        page = client.get(f"/messages/mails/{message.pk}/resend/")
        assert (
            submit(page, client=client, press="Send again", to_address="bram@thief.example").status_code
            == 409
        )
        assert not Message.objects.filter(to_address="bram@thief.example").exists()
        assert submit(page, client=client, press="Send again").status_code == 302
