"""Logging in as allauth does it here: by e-mail, throttled, with a second factor for whoever wants one."""

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.core.cache import cache
from django.test import Client

from apps.accounts.models import User
from tests.conftest import PASSWORD
from tests.pages import post_by_hand, submit

pytestmark = pytest.mark.django_db
LOGIN, CODE = "/account/login/", "/account/2fa/authenticate/"


@pytest.fixture(autouse=True)
def _forget_attempts(db):
    cache.clear()


def log_in(client: Client, user: User, password: str = PASSWORD):
    return submit(LOGIN, client=client, login=user.email, password=password)


def is_in(client: Client) -> bool:
    return client.get("/account/2fa/").status_code == 200


def prove_oneself(client: Client) -> None:
    """What changes the login asks for the password once more."""
    asked = client.get("/account/2fa/totp/activate/")["Location"]
    assert asked.startswith("/account/reauthenticate/")
    assert submit(asked, client=client, password=PASSWORD).status_code == 302


def code_of(secret: str, turn: int = 0) -> str:
    """The code that an authenticator app shows for this secret."""
    return format_hotp_value(hotp_value(secret, next(yield_hotp_counters_from_time()) + turn))


def test_a_user_logs_in_by_e_mail_in_any_case(cast):
    client = Client()
    answer = submit(LOGIN, client=client, login="BRAM@watertight.example", password=PASSWORD)
    assert answer.status_code == 302
    assert is_in(client)


def test_a_wrong_password_and_an_unknown_address_look_the_same(cast):
    wrong = log_in(Client(), cast.bram, "wrong")
    unknown = submit(LOGIN, client=Client(), login="nobody@x.example", password="wrong")
    assert wrong.context["form"].errors == unknown.context["form"].errors


def test_a_deactivated_user_does_not_get_in(cast):
    User.objects.filter(pk=cast.bram.pk).update(is_active=False)
    client = Client()
    log_in(client, cast.bram)
    assert not is_in(client)


def test_nobody_signs_up_by_themselves(cast):
    client = Client()
    post_by_hand(client, "/account/signup/", {"email": "new@x.example", "password1": PASSWORD})
    assert not User.objects.filter(email="new@x.example").exists()


def test_an_authenticator_app_is_set_up_and_then_asked_for(cast):
    client = Client()
    log_in(client, cast.bram)
    prove_oneself(client)
    page = client.get("/account/2fa/totp/activate/")
    assert page.status_code == 200
    secret = page.context["form"].secret
    answer = submit(page, client=client, code=code_of(secret))
    assert answer.status_code == 302
    submit("/account/logout/", client=client, press="Log out")
    assert not is_in(client)
    answer = log_in(client, cast.bram)
    assert answer["Location"] == CODE
    assert not is_in(client)
    wrong = submit(CODE, client=client, code="000000")
    assert wrong.status_code == 422
    assert not is_in(client)
    right = submit(wrong, client=client, code=code_of(secret, 1))
    cache.clear()
    if right.status_code == 422:  # the app already showed the next code
        right = submit(right, client=client, code=code_of(secret))
    assert right.status_code == 302
    assert is_in(client)


@pytest.mark.parametrize("name", ["bram", "tim"])
@pytest.mark.parametrize(
    "page",
    [
        "2fa/",
        "2fa/totp/activate/",
        "2fa/webauthn/",
        "2fa/webauthn/add/",
        "password/change/",
        "email/",
        "sessions/",
    ],
)
def test_everyone_reaches_their_own_security_pages(cast, name, page):
    """In the role of the phone too, straight after logging in."""
    client = Client()
    log_in(client, cast.everyone[name])
    prove_oneself(client)
    assert client.get(f"/account/{page}").status_code == 200


def test_the_login_page_is_reached_without_a_login(cast):
    assert Client().get("/users/")["Location"] == f"{LOGIN}?next=/users/"
