"""What was typed comes back: after the session's end, with a stale token, after a refusal, after a fault of ours."""

from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from apps.accounts.models import Session, User
from apps.core import returned
from apps.customers import actions as customer_actions
from apps.customers.models import Customer
from tests.conftest import PASSWORD, Cast
from tests.pages import HOST, Page, post_by_hand, submit

pytestmark = pytest.mark.django_db
NEW = "/customers/new/"
TYPED = {
    "name": "Bakker Dak",
    "street": "Havenstraat",
    "postal_code": "4811 AB",
    "house_number": "7",
    "city": "Breda",
}


@pytest.fixture(autouse=True)
def _forget_attempts(db: None) -> None:
    cache.clear()


@pytest.fixture
def bram(cast: Cast) -> Client:
    """Bram's browser: it sends its token, and logs in by the page."""
    client = Client(enforce_csrf_checks=True)
    log_in(client, cast.bram)
    return client


def log_in(client: Client, user: User, at: Any = "/account/login/") -> Any:
    return submit(at, client=client, login=user.email, password=PASSWORD, press="Log in")


def end_session(client: Client) -> None:
    Session.objects.filter(session_key=client.cookies["sessionid"].value).delete()


def value_of(page: Any, client: Client, name: str) -> str:
    (form,) = [one for one in Page.fetched(page, client).forms if one.of_name(name)]
    return dict(form.pairs(None))[name]


# -- the session's end -------------------------------------------------------------------


def test_a_part_of_a_page_is_answered_with_the_way_to_the_login_and_back(client) -> None:
    headers = {"HX-Request": "true", "HX-Current-URL": f"{HOST}/requests/?queue=new"}
    answer = client.get("/requests/?q=a", headers=headers)
    assert answer.status_code == 401
    assert answer["HX-Redirect"] == "/account/login/?next=/requests/%3Fqueue%3Dnew"
    assert answer.content == b""


def test_a_script_is_told_in_the_same_way(client) -> None:
    answer = client.get("/requests/", headers={"Sec-Fetch-Dest": "empty", "Referer": f"{HOST}/"})
    assert (answer.status_code, answer["HX-Redirect"]) == (401, "/account/login/?next=/")


def test_the_way_back_is_never_another_site(client) -> None:
    headers = {"HX-Request": "true", "HX-Current-URL": "https://evil.example/requests/"}
    assert client.get("/requests/", headers=headers)["HX-Redirect"] == "/account/login/?next=/"


def test_a_form_sent_after_the_sessions_end_stands_filled_in_after_logging_in(cast, bram) -> None:
    page = bram.get(NEW)
    end_session(bram)
    login = submit(page, client=bram, form="customer-form", **TYPED)
    assert login["Location"] == f"/account/login/?next={NEW}"
    back = log_in(bram, cast.bram, login["Location"])
    assert back["Location"] == NEW
    again = bram.get(NEW)
    assert "Your session had ended" in again.content.decode()
    assert {name: value_of(again, bram, name) for name in TYPED} == TYPED
    assert not Customer.objects.exists()
    assert submit(again, client=bram, form="customer-form").status_code == 302
    assert Customer.objects.get().name == "Bakker Dak"
    assert "Your session had ended" not in bram.get(NEW).content.decode()


def test_whoever_else_logs_in_is_shown_nothing_of_it(cast, bram) -> None:
    page = bram.get(NEW)
    end_session(bram)
    login = submit(page, client=bram, form="customer-form", **TYPED)
    log_in(bram, cast.petra, login["Location"])
    assert "Bakker Dak" not in bram.get(NEW).content.decode()


def test_nobody_can_have_a_stranger_keep_things(cast) -> None:
    stranger = Client()
    for key in ("", "made.up.key"):
        post_by_hand(stranger, NEW, TYPED, key=key, headers={"Referer": f"{HOST}{NEW}"})
    assert not Session.objects.exists()


# -- a stale token -----------------------------------------------------------------------


def test_a_form_open_in_two_logins_is_given_again_and_saved_on_the_next_press(cast, bram) -> None:
    page = bram.get(NEW)
    del bram.cookies["sessionid"]
    log_in(bram, cast.bram)  # in another tab: the token is another one now
    answer = submit(page, client=bram, form="customer-form", **TYPED)
    assert (answer.status_code, answer["Location"]) == (302, NEW)
    again = bram.get(NEW)
    assert "You logged in again after this page was opened." in again.content.decode()
    assert not Customer.objects.exists()
    assert submit(again, client=bram, form="customer-form").status_code == 302
    assert Customer.objects.get().name == "Bakker Dak"


def test_a_form_of_another_login_is_not_sent_in_this_one(cast, bram) -> None:
    page = bram.get(NEW)
    del bram.cookies["sessionid"]
    log_in(bram, cast.petra)
    answer = submit(page, client=bram, form="customer-form", **TYPED)
    assert answer.status_code == 409
    assert "another login" in answer.content.decode()
    assert "Bakker" not in answer.content.decode()
    assert "Bakker" not in bram.get(NEW).content.decode()
    assert not Customer.objects.exists()


@pytest.mark.parametrize(
    "headers",
    [{"Origin": "https://evil.example"}, {"Origin": "null"}, {}, {"Referer": f"{HOST}/", "Sec-Fetch-Site": "cross-site"}],
)  # fmt: skip
def test_another_site_gets_no_page_to_press_on(bram, headers) -> None:
    answer = post_by_hand(bram, NEW, TYPED, headers=headers)
    assert answer.status_code == 403
    assert returned.SESSION_KEY not in bram.session


@pytest.mark.parametrize(
    ("key", "said"), [(None, "You logged in again after this page was opened."), ("", "Nothing was done yet")]
)
def test_a_button_of_htmx_with_a_stale_token_loads_its_page_anew(bram, key, said) -> None:
    headers = {"HX-Request": "true", "HX-Current-URL": f"{HOST}{NEW}", "Referer": f"{HOST}{NEW}"}
    answer = post_by_hand(bram, NEW, TYPED, key=key, headers=headers)
    assert (answer.status_code, answer["HX-Redirect"]) == (403, NEW)
    assert said in bram.get(NEW).content.decode()


# -- a refusal and a fault ---------------------------------------------------------------


def test_what_was_typed_before_a_fault_of_ours_comes_back(cast, client_as, monkeypatch) -> None:
    bram = client_as(cast.bram, raise_request_exception=False)
    page = bram.get(NEW)
    with monkeypatch.context() as broken:
        broken.setattr(customer_actions, "customer_create", lambda **_given: 1 / 0)
        answer = submit(page, client=bram, form="customer-form", **TYPED)
    assert answer.status_code == 500
    assert "What you typed is kept" in answer.content.decode()
    assert value_of(bram.get(NEW), bram, "name") == "Bakker Dak"


def test_a_fault_that_kept_nothing_says_nothing_of_keeping(cast, client_as, monkeypatch) -> None:
    bram = client_as(cast.bram, raise_request_exception=False)
    monkeypatch.setattr(returned, "MOST", 3)
    monkeypatch.setattr(customer_actions, "customer_create", lambda **_given: 1 / 0)
    answer = submit(NEW, client=bram, form="customer-form", **TYPED)
    assert answer.status_code == 500
    assert "kept" not in answer.content.decode()


def test_a_page_without_a_place_for_it_shows_it_all_the_same(cast, client_as) -> None:
    """The form is gone, as somebody else was first: what was written can still be read, and sent."""
    bram = client_as(cast.bram)
    session = bram.session
    session[returned.SESSION_KEY] = {
        "page": "/customers/", "action": "/customers/new/", "owner": f"u{cast.bram.pk}", "press": False,
        "values": {"name": ["A long story"]}, "files": {}, "sentence": "It is gone.", "until": "2099-01-01T00:00:00+00:00",
    }  # fmt: skip
    session.save()
    page = bram.get("/customers/")
    assert "A long story" in page.content.decode()
    assert "A long story" not in bram.get("/customers/").content.decode()


# -- caches ------------------------------------------------------------------------------


@pytest.mark.parametrize("address", ["/", "/customers/", NEW, "/account/2fa/", "/nowhere/"])
def test_nothing_behind_a_login_is_stored(cast, client_as, address) -> None:
    answer = client_as(cast.bram).get(address)
    assert "no-store" in answer["Cache-Control"]
