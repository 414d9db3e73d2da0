"""The same form sent again gives the same answer; with other values it is another act; nobody else's key works."""

import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client

from apps.accounts.models import User
from apps.core import clock, idempotency, jobs
from apps.core.database import OFFICE, TECHNICIAN, as_role
from apps.core.models import IdempotentAnswer
from apps.materials.models import Category
from tests.conftest import Cast
from tests.core import form_key_urls
from tests.pages import Page, key_given, post_by_hand, submit

pytestmark = pytest.mark.urls("tests.core.form_key_urls")
ClientAs = Callable[[User], Client]


@pytest.fixture
def made() -> Iterator[list[str]]:
    form_key_urls.made.clear()
    yield form_key_urls.made
    form_key_urls.made.clear()


@pytest.fixture
def bram(cast: Cast, client_as: ClientAs) -> Client:
    return client_as(cast.bram)


def photo(content: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile("photo.jpg", content, "image/jpeg")


def key_of(page: Any, client: Client) -> str:
    (form,) = Page.fetched(page, client).forms
    return dict(form.pairs(None))[idempotency.FIELD]


def test_the_same_form_sent_again_does_its_work_once_and_gets_the_same_answer(bram, made) -> None:
    page = bram.get("/make/")
    first, second = submit(page, client=bram, text="a"), submit(page, client=bram, text="a")
    assert first["Location"] == second["Location"] == "/made/1/"
    assert made == ["a"]


def test_an_answer_is_given_again_to_the_letter(bram, made) -> None:
    page = bram.get("/make/")
    first, second = submit(page, client=bram, text="shown"), submit(page, client=bram, text="shown")
    assert first.content == second.content != b""


@pytest.mark.parametrize("name", ["text", "photo"])
def test_back_and_something_else_is_another_act(bram, made, name) -> None:
    """After Back the page still holds the key that it was shown with."""
    page = bram.get("/make/")
    for content in ("a", "b"):
        value = photo(content.encode()) if name == "photo" else content
        assert submit(page, client=bram, **{name: value}).status_code == 302
    assert len(made) == 2


def test_the_same_photo_sent_again_is_one(bram, made) -> None:
    page = bram.get("/make/")
    for _time in (1, 2):
        submit(page, client=bram, photo=photo(b"a"))
    assert made == ["+a"]


def test_another_part_of_the_address_is_another_act(bram, made) -> None:
    key = key_of("/make/", bram)
    for address in ("/make/?line=1", "/make/?line=2"):
        post_by_hand(bram, address, {idempotency.FIELD: key})
    assert len(made) == 2


@pytest.mark.parametrize("query", ["verb=pay", "asks=1"])
def test_other_values_where_twice_may_harm_are_asked_about_and_then_done(bram, made, query) -> None:
    page = bram.get(f"/make/?{query}")
    submit(page, client=bram, text="a")
    asked = submit(page, client=bram, text="b")
    assert asked.status_code == 409
    assert "You already sent this form with other values" in asked.content.decode()
    assert made == ["a"]
    for _press in (1, 2):
        assert submit(asked, client=bram, press="Send this too").status_code == 302
    assert made == ["a", "b"]


def test_a_button_pressed_in_two_tabs_does_it_once(bram, made) -> None:
    tabs = [bram.get("/make/?verb=issue") for _tab in range(2)]
    assert key_of(tabs[0], bram) != ""
    assert [submit(tab, client=bram)["Location"] for tab in tabs] == ["/made/1/"] * 2
    assert len(made) == 1


def test_a_button_on_a_page_that_shows_the_outcome_may_be_pressed_again(bram, made) -> None:
    """To remind once more, to copy once more: what was shown after the first time is no second tab."""
    for _time in range(2):
        submit("/make/?verb=remind", client=bram)
    assert len(made) == 2


def test_an_invalid_form_does_not_use_its_key_up(bram, made) -> None:
    page = bram.get("/make/?asks=1")
    assert submit(page, client=bram, text="wrong").status_code == 422
    assert submit(page, client=bram, text="right").status_code == 302
    assert made == ["right"]


def test_an_answer_in_parts_is_not_kept(bram, made) -> None:
    page = bram.get("/make/")
    for _time in range(2):
        assert b"".join(submit(page, client=bram, text="streamed")) == b"a file"


# -- whose key ---------------------------------------------------------------------------


def test_a_colleagues_key_is_refused(cast, client_as, bram, made) -> None:
    key = key_of("/make/", bram)
    answer = post_by_hand(client_as(cast.petra), "/make/", {idempotency.FIELD: key, "text": "secret words"})
    assert answer.status_code == 409
    assert "another login" in answer.content.decode()
    assert "secret words" not in answer.content.decode()
    assert made == []


@pytest.mark.parametrize("key", ["k1", "", "a.b.c.d", "o0.0.p.0", "é\x00.x"])
def test_a_made_up_key_is_refused_and_what_was_typed_can_be_sent_again(bram, made, key) -> None:
    answer = post_by_hand(bram, "/make/", {idempotency.FIELD: key, "text": "a"})
    assert answer.status_code == 409
    assert made == []
    assert submit(answer, client=bram, press="Send it now").status_code == 302
    assert made == ["a"]


def test_a_changed_key_is_not_ours(bram, made) -> None:
    key = key_of("/make/", bram)
    for changed in (f"{key}0", key[1:], key.replace(".u", ".u1")):
        assert post_by_hand(bram, "/make/", {idempotency.FIELD: changed}).status_code == 409
    assert made == []


def test_a_key_of_the_public_form_blocks_no_private_link(cast, client, bram, made) -> None:
    """A stranger may fetch the public form as often as they like: its keys count at its own address only."""
    theirs = idempotency.key_for(idempotency.NOBODY, "accept", cast.bram)
    assert post_by_hand(client, "/open/form/", {idempotency.FIELD: theirs}).status_code == 302
    assert post_by_hand(client, "/open/private-token/", {idempotency.FIELD: theirs}).status_code == 302
    assert len(made) == 2


def test_a_key_that_is_derived_without_the_secret_is_refused(cast, client, made) -> None:
    import hashlib

    guessed = hashlib.sha256(f"accept:accounts.user:{cast.bram.pk}:0".encode()).hexdigest()
    assert post_by_hand(client, "/open/form/", {idempotency.FIELD: guessed}).status_code == 409
    assert made == []


def test_a_link_that_was_opened_before_logging_in_works_after(client, bram, made) -> None:
    key = key_of("/open/token/", client)
    assert post_by_hand(bram, "/open/token/", {idempotency.FIELD: key}).status_code == 302


def test_an_answer_made_for_the_office_is_invisible_to_a_technicians_role(bram, made) -> None:
    submit("/make/", client=bram, text="shown")
    with as_role(TECHNICIAN):
        assert not IdempotentAnswer.objects.exists()
    with as_role(OFFICE):
        assert IdempotentAnswer.objects.count() == 1


# -- expiry ------------------------------------------------------------------------------


def test_an_expired_key_is_refused_kindly_with_nothing_lost(cast, client_as, made) -> None:
    with time_machine.travel(clock.now() - idempotency.AGE - timedelta(minutes=1)):
        page = client_as(cast.bram).get("/make/")
    bram = client_as(cast.bram)
    answer = submit(page, client=bram, text="typed long ago")
    assert answer.status_code == 409
    assert "more than a week ago" in answer.content.decode()
    assert made == []
    submit(answer, client=bram, press="Send it now")
    assert made == ["typed long ago"]


def test_answers_of_expired_keys_are_deleted(bram, made) -> None:
    submit("/make/", client=bram, text="a")
    jobs.keys_expire(0)
    assert IdempotentAnswer.objects.count() == 1
    with time_machine.travel(clock.now() + idempotency.AGE + timedelta(minutes=1)):
        jobs.keys_expire(0)
    assert not IdempotentAnswer.objects.exists()


@pytest.mark.parametrize("query", ["", "?asks=1", "?verb=issue"])
def test_a_clock_that_is_set_back_does_nothing_twice(cast, client_as, made, query) -> None:
    """Nor does another machine's, where the form is sent and which runs behind that where it was shown."""
    with time_machine.travel(clock.now() + timedelta(minutes=5)):
        page = client_as(cast.bram).get(f"/make/{query}")
    bram = client_as(cast.bram)
    assert [submit(page, client=bram, text="a")["Location"] for _press in range(2)] == ["/made/1/"] * 2
    assert made == ["a"]


# -- at once -----------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("query", ["", "?verb=issue"])
def test_the_same_form_sent_eight_times_at_once_does_its_work_once(
    transactional_cast: Cast, client_as: ClientAs, query: str
) -> None:
    """With a key each the race is there: each of the eight makes a category."""
    bram = client_as(transactional_cast.bram)
    key = key_of(f"/make/{query}", bram)
    assert eight_at_once(bram, [key_given(bram) for _each in range(8)]) == 8
    assert eight_at_once(bram, [key] * 8) == 1


def eight_at_once(client: Client, keys: list[str]) -> int:
    """How many categories eight posts make; each waits for the one before."""
    before = Category.objects.count()
    answers = []

    def press(number: int, key: str) -> None:
        mine = Client()
        mine.cookies = client.cookies
        text = "" if len({*keys}) == 1 else f"{number}"
        answers.append(post_by_hand(mine, "/category/", {"text": text}, key=key))
        connection.close()

    threads = [threading.Thread(target=press, args=one) for one in enumerate(keys)]
    for one in threads:
        one.start()
    for one in threads:
        one.join(60)
    assert [one.status_code for one in answers] == [302] * 8
    return Category.objects.count() - before
