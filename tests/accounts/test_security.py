"""What somebody changes of their own login: asked for the password, told to the old address, seen and audited."""

from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client

from apps.accounts.actions import sessions_forget
from apps.accounts.models import AccountLink, Session, User
from apps.core import clock
from apps.core.models import AuditEvent
from apps.messaging.models import Message
from tests.accounts.people import (
    at_a_browser,
    code,
    is_in,
    last_mail,
    link_in,
    may_log_in,
    proved,
    with_app,
)
from tests.conftest import PASSWORD
from tests.pages import post_by_hand, submit

pytestmark = pytest.mark.django_db
NEW = "a brand new phrase 7"


def told(user: User, what: str, to: str = "") -> Message:
    """The mail and the event of a change; the event is on the user's page, where an admin sees it."""
    event = AuditEvent.objects.about(user).get(verb=f"user.{what}")
    assert event.actor_id == user.pk
    assert event.data["address"] == "203.0.113.5"
    mail = last_mail("account", to or user.email)
    assert "Firefox on Linux, address 203.0.113.5" in mail.body
    return mail


# Address


def test_an_address_that_an_open_session_adds_opens_nothing(cast):
    """It was added unverified, a new password was mailed to it, and it let its owner in."""
    thief = at_a_browser(cast.bram)
    post_by_hand(thief, "/account/email/", {"email": "thief@x.example", "action_add": ""})
    page = proved(thief, "/account/email/")
    assert submit(page, client=thief, email="thief@x.example").status_code == 302
    submit("/account/password/forgotten/", client=Client(), email="thief@x.example")
    assert not Message.objects.filter(kind="account_link", subject__contains="password").exists()
    assert not may_log_in("thief@x.example")
    assert may_log_in(cast.bram.email)
    assert "thief@x.example" in told(cast.bram, "address_ask").body


def test_what_was_posted_without_the_password_is_not_done_with_it_either(cast):
    """Somebody at an open session left it there for its owner to confirm."""
    client = at_a_browser(cast.bram)
    answer = post_by_hand(client, "/account/email/", {"email": "thief@x.example"})
    assert answer["Location"].startswith("/account/reauthenticate/")
    proved(client, "/account/email/")
    assert not AccountLink.objects.exists()


def test_the_new_address_counts_from_when_its_link_is_followed(cast):
    old = cast.bram.email
    client = at_a_browser(cast.bram)
    submit(proved(client, "/account/email/"), client=client, email="New@X.example")
    path = link_in(last_mail("account_link", "new@x.example"))
    anywhere = Client(HTTP_USER_AGENT="Firefox/ Linux", REMOTE_ADDR="203.0.113.5")
    page = anywhere.get(path)
    assert page["Cache-Control"] == "no-store, private"
    assert User.objects.get(pk=cast.bram.pk).email == old  # looking at it changes nothing
    assert submit(page, client=anywhere).status_code == 302
    assert User.objects.get(pk=cast.bram.pk).email == "new@x.example"
    assert may_log_in("new@x.example")
    assert not may_log_in(old)
    mail = told(cast.bram, "address_change", to=old)
    assert "new@x.example" in mail.body
    assert anywhere.get(path).status_code == 410
    assert is_in(client)


def test_a_colleagues_address_is_refused_also_when_they_got_it_meanwhile(cast):
    client = at_a_browser(cast.bram)
    page = proved(client, "/account/email/")
    answer = submit(page, client=client, email=cast.petra.email)
    assert answer.status_code == 422
    assert "already" in answer.content.decode()
    submit(client.get("/account/email/"), client=client, email="new@x.example")
    path = link_in(last_mail("account_link", "new@x.example"))
    User.objects.filter(pk=cast.petra.pk).update(email="new@x.example")
    assert submit(path, client=Client()).status_code == 409
    assert may_log_in(cast.bram.email)


@pytest.mark.parametrize("end", ["late", "again", "withdrawn", "password", "deactivated"])
def test_a_link_to_a_new_address_dies(cast, end):
    client = at_a_browser(cast.bram)
    submit(proved(client, "/account/email/"), client=client, email="new@x.example")
    path = link_in(last_mail("account_link", "new@x.example"))
    later = clock.now()
    if end == "late":
        later += timedelta(days=2)
    elif end == "again":
        submit(client.get("/account/email/"), client=client, email="newer@x.example")
    elif end == "withdrawn":
        submit(client.get("/account/email/"), client=client, press="Keep the present address")
    elif end == "password":
        cast.bram.refresh_from_db()
        cast.bram.set_password(NEW)
        cast.bram.save()
    else:
        User.objects.filter(pk=cast.bram.pk).update(is_active=False)
    with clock.at(later):
        assert Client().get(path).status_code == 410
    assert Client().get("/account/email/made-up/").status_code == 404


# Password


def test_changing_the_password_asks_for_the_present_one_and_ends_other_sessions(cast):
    here, elsewhere = at_a_browser(cast.tim), at_a_browser(cast.tim)
    page = here.get("/account/password/change/")
    wrong = submit(page, client=here, oldpassword="wrong", password=NEW, again=NEW)
    assert wrong.status_code == 422
    answer = submit(page, client=here, oldpassword=PASSWORD, password=NEW, again=NEW)
    assert answer.status_code == 302, answer.content.decode()
    assert is_in(here)
    assert not is_in(elsewhere)
    assert may_log_in(cast.tim.email, NEW)
    assert not may_log_in(cast.tim.email)
    told(cast.tim, "password_change")


def test_present_passwords_are_not_guessed_on_that_page(cast):
    client = at_a_browser(cast.tim)
    page = client.get("/account/password/change/")
    for _time in range(60):
        submit(page, client=client, oldpassword="wrong", password=NEW, again=NEW)
    answer = submit(page, client=client, oldpassword=PASSWORD, password=NEW, again=NEW)
    assert answer.status_code == 422
    assert "Too many wrong passwords" in answer.content.decode()


def test_a_forgotten_password_is_chosen_anew_by_mail(cast):
    elsewhere = at_a_browser(cast.tim)
    answer = submit("/account/password/forgotten/", client=Client(), email=cast.tim.email.upper())
    assert answer.status_code == 302
    mail = last_mail("account_link", cast.tim.email)
    path = link_in(mail)
    assert path.rpartition("/password/")[2].strip("/") not in mail.body  # stored nowhere
    client = Client(HTTP_USER_AGENT="Firefox/ Linux", REMOTE_ADDR="203.0.113.5")
    page = client.get(path)
    assert submit(page, client=client, password="12345678", again="12345678").status_code == 422
    assert submit(page, client=client, password=NEW, again=NEW).status_code == 302
    assert may_log_in(cast.tim.email, NEW)
    assert not is_in(elsewhere)
    told(cast.tim, "password_reset")
    assert client.get(path).status_code == 410
    assert (
        post_by_hand(
            client, path, {"password": "another 99 phrase", "again": "another 99 phrase"}
        ).status_code
        == 410
    )
    assert may_log_in(cast.tim.email, NEW)


def test_whoever_asks_does_not_learn_who_logs_in(cast):
    pages = []
    for email in (cast.tim.email, "nobody@x.example"):
        client = Client()
        answer = submit("/account/password/forgotten/", client=client, email=email)
        pages.append((answer.status_code, client.get(answer["Location"]).content))
    assert pages[0] == pages[1]
    assert Message.objects.filter(kind="account_link").count() == 1


def test_a_mailbox_is_not_flooded_with_links(cast):
    for _time in range(5):
        assert (
            submit("/account/password/forgotten/", client=Client(), email=cast.tim.email).status_code == 302
        )
    answer = submit("/account/password/forgotten/", client=Client(), email=cast.tim.email)
    assert answer.status_code == 422
    assert "can be asked for after" in answer.content.decode()
    assert Message.objects.filter(kind="account_link").count() == 5


def test_an_account_that_waits_for_its_invitation_gets_no_link(cast):
    cast.tim.set_unusable_password()
    cast.tim.save()
    submit("/account/password/forgotten/", client=Client(), email=cast.tim.email)
    assert not Message.objects.exists()


@pytest.mark.parametrize("end", ["late", "again", "address", "deactivated"])
def test_a_link_to_a_new_password_dies(cast, end):
    submit("/account/password/forgotten/", client=Client(), email=cast.bram.email)
    path = link_in(last_mail("account_link", cast.bram.email))
    assert Client().get(path).status_code == 200
    later = clock.now()
    if end == "late":
        later += timedelta(hours=3)
    elif end == "again":
        submit("/account/password/forgotten/", client=Client(), email=cast.bram.email)
    elif end == "address":
        client = at_a_browser(cast.bram)
        submit(proved(client, "/account/email/"), client=client, email="new@x.example")
        submit(link_in(last_mail("account_link", "new@x.example")), client=Client())
    else:
        User.objects.filter(pk=cast.bram.pk).update(is_active=False)
    with clock.at(later):
        assert Client().get(path).status_code == 410


# Second factor


def test_an_authenticator_app_is_added_and_removed(cast, django_capture_on_commit_callbacks):
    client = at_a_browser(cast.bram)
    page = proved(client, "/account/2fa/totp/activate/")
    secret = page.context["form"].secret
    shown = code(secret=secret)
    with django_capture_on_commit_callbacks(execute=True):
        assert submit(page, client=client, code=shown).status_code == 302
    told(cast.bram, "app_add")
    with django_capture_on_commit_callbacks(execute=True):
        assert submit("/account/2fa/totp/deactivate/", client=client).status_code == 302
    told(cast.bram, "app_remove")
    assert not Authenticator.objects.exists()  # the recovery codes went with it


def test_each_change_of_a_factor_asks_for_the_password(cast):
    client = at_a_browser(cast.bram)
    with_app(cast.bram)
    for path in ("totp/deactivate/", "recovery-codes/", "recovery-codes/generate/", "webauthn/add/"):
        answer = client.get(f"/account/2fa/{path}")
        if path == "recovery-codes/" and answer.status_code == 404:  # there are none yet
            continue
        assert answer["Location"].startswith("/account/reauthenticate/"), path
        answer = post_by_hand(client, f"/account/2fa/{path}")
        assert answer["Location"].startswith("/account/reauthenticate/"), path


def test_only_the_password_proves_who_sits_there(cast):
    """Not the code of a telephone that may lie beside the open session."""
    client = at_a_browser(cast.bram)
    with_app(cast.bram)
    assert client.get("/account/2fa/reauthenticate/").status_code == 404
    page = client.get("/account/reauthenticate/?next=/account/email/")
    assert list(page.context["form"].fields) == ["password"]
    assert page.context["reauthentication_alternatives"] == []


def test_between_password_and_code_the_password_may_not_change(cast):
    with_app(cast.bram)
    client = Client()
    assert (
        submit("/account/login/", client=client, login=cast.bram.email, password=PASSWORD).status_code == 302
    )
    cast.bram.set_password(NEW)
    cast.bram.save()
    page = client.get("/account/2fa/authenticate/")
    submit(page, client=client, code=code())
    assert not is_in(client)


def test_who_is_deactivated_between_password_and_code_stays_out(cast):
    with_app(cast.bram)
    client = Client()
    submit("/account/login/", client=client, login=cast.bram.email, password=PASSWORD)
    page = client.get("/account/2fa/authenticate/")
    User.objects.filter(pk=cast.bram.pk).update(is_active=False)
    submit(page, client=client, code=code())
    User.objects.filter(pk=cast.bram.pk).update(is_active=True)
    assert not is_in(client)


# Sessions


def test_ones_own_sessions_are_listed_and_ended(cast):
    here = at_a_browser(cast.bram)
    there = at_a_browser(
        cast.bram, HTTP_USER_AGENT="(iPhone; CPU) Version/18 Safari/605", REMOTE_ADDR="198.51.100.7"
    )
    others = at_a_browser(cast.petra)
    page = proved(here, "/account/sessions/")
    shown = page.content.decode()
    assert "Firefox on Linux" in shown
    assert "Safari on iPhone" in shown
    assert "198.51.100.7" in shown
    for session in Session.objects.all():
        assert session.session_key not in shown
    assert len(page.context["sessions"]) == 2
    assert submit(page, client=here, press="Log out there").status_code == 302
    assert not is_in(there)
    assert is_in(here)
    assert is_in(others)
    told(cast.bram, "session_end")


def test_logging_out_everywhere_else_keeps_this_browser(cast):
    here, there = at_a_browser(cast.bram), at_a_browser(cast.bram)
    page = proved(here, "/account/sessions/")
    assert submit(page, client=here, press="Log out everywhere but here").status_code == 302
    assert is_in(here)
    assert not is_in(there)
    told(cast.bram, "sessions_end")


def test_nobody_ends_the_sessions_of_another(cast):
    theirs = at_a_browser(cast.petra)
    handle = Session.objects.get(user=cast.petra).handle
    client = at_a_browser(cast.bram)
    proved(client, "/account/sessions/")
    post_by_hand(client, f"/account/sessions/{handle}/end/")
    assert is_in(theirs)


def test_sessions_whose_time_is_over_are_forgotten(cast):
    at_a_browser(cast.bram)
    with clock.at(clock.now() + timedelta(days=30)):
        assert sessions_forget() == 1
    assert not Session.objects.exists()
