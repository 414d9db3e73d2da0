"""Guessing passwords and codes is held back; whoever knows theirs, on a device of theirs, is not."""

import threading
import time
from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.core.cache import cache
from django.db import connection, transaction
from django.http import HttpResponse
from django.test import Client, RequestFactory

from apps.accounts import devices, guesses
from apps.accounts.models import User
from apps.core import clock
from apps.core.limits import Key, Limit, lock
from apps.core.models import Hit
from tests.conftest import PASSWORD
from tests.pages import post_by_hand, submit

pytestmark = pytest.mark.django_db
LOGIN, CODE = "/account/login/", "/account/2fa/authenticate/"
SHARED = "203.0.113.9"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def log_in(
    user: User | str, password: str = PASSWORD, client: Client | None = None, address: str = SHARED
) -> Any:
    """As a person does, on the page."""
    client = client or Client()
    client.defaults["REMOTE_ADDR"] = address
    return submit(LOGIN, client=client, login=name_of(user), password=password)


def log_out(client: Client) -> None:
    submit("/account/logout/", client=client, press="Log out")


def name_of(user: User | str) -> str:
    return user if isinstance(user, str) else user.email


def guess(user: User | str, times: int, address: str = SHARED, client: Client | None = None) -> None:
    """By a program, which asks for no page."""
    for number in range(times):
        guess_once(user, number, address, client)


def guess_once(user: User | str, number: int, address: str, client: Client | None = None) -> Any:
    given = {"login": name_of(user), "password": f"wrong {number}"}
    return post_by_hand(client or Client(), LOGIN, given, REMOTE_ADDR=address)


def came_in(answer: Any) -> bool:
    return answer.status_code == 302


@pytest.fixture
def at_home(cast) -> Client:
    """Bram's own browser: he has logged in on it, and out again."""
    client = Client()
    assert came_in(log_in(cast.bram, client=client, address="198.51.100.1"))
    log_out(client)
    return client


def test_ten_wrong_passwords_behind_one_address_lock_nobody_else_out(cast):
    guess(cast.bram, 15)
    assert came_in(log_in(cast.petra))
    assert came_in(log_in(cast.tim))


def test_a_stranger_who_guesses_is_held_and_told_until_when(cast):
    guess(cast.bram, 10)
    answer = log_in(cast.bram)
    assert answer.status_code == 422
    later = clock.now() + timedelta(minutes=16)
    assert "Too many wrong passwords. Try again after " in answer.content.decode()
    assert cast.bram.email in answer.content.decode()  # what was typed stays
    with clock.at(later):
        assert came_in(log_in(cast.bram))


def test_the_right_password_on_a_known_device_is_never_refused(cast, at_home):
    guess(cast.bram, 30, address="192.0.2.1")
    guess("nobody@x.example", 30, address="198.51.100.1")
    assert not came_in(log_in(cast.bram, address="198.51.100.1"))  # the control: a stranger's device
    assert came_in(log_in(cast.bram, client=at_home, address="198.51.100.1"))


def test_who_mistypes_at_home_for_a_while_still_comes_in(cast, at_home):
    guess(cast.bram, 30, client=at_home)
    assert came_in(log_in(cast.bram, client=at_home))


def test_a_device_from_which_far_too_much_is_guessed_is_a_strangers(cast, at_home):
    guess(cast.bram, 61, client=at_home)
    assert not came_in(log_in(cast.bram, client=at_home))


def test_an_address_that_tries_everybody_is_held(cast, monkeypatch, at_home):
    monkeypatch.setattr(guesses, "ADDRESS", (Limit(20, 3600),))
    for number in range(20):
        guess(f"somebody{number}@x.example", 1)
    assert not came_in(log_in(cast.petra))
    assert came_in(log_in(cast.petra, address="203.0.113.10"))
    assert came_in(log_in(cast.bram, client=at_home))


def test_one_account_under_attack_does_not_use_up_its_address(cast):
    """What is refused without looking is no wrong password of the address."""
    guess(cast.bram, 300)
    assert came_in(log_in(cast.petra))


def test_slow_guesses_from_ever_other_addresses_are_held(cast):
    start = clock.now()
    for number in range(70):
        with clock.at(start + timedelta(minutes=17 * number)):
            guess(cast.bram, 1, address=f"192.0.2.{number}")
    with clock.at(start + timedelta(minutes=17 * 70)):
        assert not came_in(log_in(cast.bram, address="192.0.2.200"))
    assert Hit.objects.count() <= 2 * 50


def test_an_address_nobody_has_is_held_as_one_that_somebody_has(cast):
    guess("nobody@x.example", 10)
    guess(cast.bram, 10)
    errors = [log_in(who, "wrong").context["form"].errors for who in ("nobody@x.example", cast.bram)]
    assert errors[0] == errors[1]


def test_over_a_socket_without_a_trusted_proxy_each_account_counts_for_itself(cast, monkeypatch):
    monkeypatch.setattr(guesses, "ADDRESS", (Limit(5, 3600),))
    guess("nobody@x.example", 9, address="")
    assert came_in(log_in(cast.bram, address=""))


def test_a_new_password_by_mail_lets_its_owner_try_again(cast):
    guess(cast.bram, 10)
    guesses.guesses_forget(cast.bram)
    assert came_in(log_in(cast.bram))


def device_of(user: User) -> str:
    response = HttpResponse()
    devices.remember(RequestFactory().get("/"), response, user)
    return response.cookies[devices.COOKIE].value


def known(cookie: str, user: User) -> bool:
    request = RequestFactory().get("/")
    request.COOKIES[devices.COOKIE] = cookie
    return bool(devices.known(request, user))


def test_a_device_is_known_for_who_logged_in_on_it_and_as_long_as_nothing_ended_that(cast):
    cookie = device_of(cast.bram)
    assert known(cookie, cast.bram)
    assert not known(cookie, cast.petra)
    assert not known(cookie[:-1] + ("a" if cookie[-1] != "a" else "b"), cast.bram)
    assert not known("made up", cast.bram)
    cast.bram.set_password("another phrase 99")
    assert not known(cookie, cast.bram)


def test_the_cookie_is_out_of_reach_of_scripts_and_other_pages(cast, settings):
    settings.SESSION_COOKIE_SECURE = True
    client = Client()
    log_in(cast.bram, client=client)
    cookie = client.cookies[devices.COOKIE]
    assert (cookie["httponly"], cookie["secure"], cookie["samesite"], cookie["path"]) == (
        True, True, "Lax", "/account/",
    )  # fmt: skip
    assert int(cookie["max-age"]) >= 300 * 86400


def test_people_who_share_a_machine_are_all_known_on_it(cast):
    client = Client()
    for user in (cast.tim, cast.tessa):
        log_in(user, client=client)
        log_out(client)
    for user in (cast.tim, cast.tessa):
        guess(user, 10, address="192.0.2.1")
        assert came_in(log_in(user, client=client))
        log_out(client)


def test_asking_for_the_password_again_counts_too(cast):
    client = Client()
    log_in(cast.bram, client=client)
    for _time in range(50):
        post_by_hand(client, "/account/reauthenticate/", {"password": "wrong"})
    answer = submit("/account/reauthenticate/", client=client, password="wrong")
    assert "not your password" in answer.content.decode()  # a stranger's device from here on
    for _time in range(10):
        answer = submit("/account/reauthenticate/", client=client, password="wrong")
    assert "Too many wrong passwords" in answer.content.decode()


# The second factor


def code(turn: int = 0) -> str:
    return format_hotp_value(hotp_value(SECRET, next(yield_hotp_counters_from_time()) + 1 + turn))


@pytest.fixture
def with_app(cast) -> User:
    TOTP.activate(cast.bram, SECRET)
    cache.clear()
    return cast.bram


def wrong_code() -> str:
    right = {code(turn) for turn in (-2, -1, 0, 1, 2)}
    return next(f"{number:06d}" for number in range(10) if f"{number:06d}" not in right)


def test_codes_are_guessed_ten_times_and_no_more(with_app):
    client = Client()
    log_in(with_app, client=client)
    for _time in range(10):
        answer = submit(CODE, client=client, code=wrong_code())
        assert answer.status_code == 422
    answer = submit(answer, client=client, code=code())
    assert answer.status_code == 422
    assert "Too many wrong codes" in answer.content.decode()
    again = Client()  # a new login does not begin anew
    log_in(with_app, client=again)
    assert submit(CODE, client=again, code=code()).status_code == 422
    with clock.at(clock.now() + timedelta(minutes=16)):
        assert came_in(submit(CODE, client=again, code=code()))


def test_who_knows_the_password_cannot_lock_the_owner_out_of_the_code(with_app):
    owner = Client()
    log_in(with_app, client=owner)
    assert came_in(submit(CODE, client=owner, code=code()))
    log_out(owner)
    thief = Client()
    log_in(with_app, client=thief)
    for _time in range(11):
        post_by_hand(thief, CODE, {"code": wrong_code()})
    cache.clear()
    log_in(with_app, client=owner)
    assert came_in(submit(CODE, client=owner, code=code()))


def test_a_code_that_was_used_opens_nothing_more(with_app):
    shown = code()
    for expected in (302, 422):
        client = Client()
        log_in(with_app, client=client)
        assert submit(CODE, client=client, code=shown).status_code == expected


# All at once

# A connection each, and another such test may run beside it: the tests' server has a hundred.
CROWD = 40


@pytest.mark.django_db(transaction=True)
def test_a_flood_of_guesses_leaves_threads_to_who_works(transactional_cast):
    """Twenty at once from one address kept every thread of the web server waiting for one lock."""
    bram = transactional_cast.bram
    home = Client()
    assert came_in(log_in(bram, client=home, address="198.51.100.1"))
    log_out(home)
    answers: list[str] = []

    def attempt(number: int) -> None:
        try:
            answers.append(guess_once(f"n{number}@x.example", number, SHARED).content.decode())
        finally:
            connection.close()

    threads = [threading.Thread(target=attempt, args=(number,)) for number in range(8)]
    with transaction.atomic():
        lock(Key("login.address", SHARED))  # whoever is first is still at it
        for thread in threads:
            thread.start()
        until = time.monotonic() + 60
        while len(answers) < 6 and time.monotonic() < until:
            time.sleep(0.05)
        assert ["Very many are logging in" in one for one in answers] == [True] * 6
        assert came_in(log_in(bram, client=home, address="198.51.100.1"))
    for thread in threads:
        thread.join(60)
    assert sum("do not go together" in answer for answer in answers) == 2


@pytest.mark.django_db(transaction=True)
def test_forty_guesses_at_the_same_moment_are_ten(transactional_cast, monkeypatch):
    """Each from an address of its own."""
    monkeypatch.setattr(guesses, "TURNS", threading.BoundedSemaphore(CROWD))
    answers = at_once(CROWD, lambda n: guess_once(transactional_cast.bram, n, f"10.0.0.{n}"))
    assert sum("do not go together" in answer for answer in answers) == 10
    assert sum("Too many wrong passwords" in answer for answer in answers) == CROWD - 10
    assert not came_in(log_in(transactional_cast.bram, address="10.0.1.1"))


@pytest.mark.django_db(transaction=True)
def test_forty_codes_at_the_same_moment_are_ten(transactional_cast):
    bram = transactional_cast.bram
    TOTP.activate(bram, SECRET)
    clients = [Client() for _ in range(CROWD)]
    for client in clients:
        assert log_in(bram, client=client)["Location"] == CODE
    bad = wrong_code()
    answers = at_once(CROWD, lambda n: post_by_hand(clients[n], CODE, {"code": bad}))
    assert sum("This code is not right" in answer for answer in answers) == 10
    assert sum("Too many wrong codes" in answer for answer in answers) == CROWD - 10


def at_once(number: int, attempt: Any) -> list[str]:
    start = threading.Barrier(number, timeout=60)
    answers = []

    def one(turn: int) -> None:
        try:
            start.wait()
            answers.append(attempt(turn).content.decode())
        finally:
            connection.close()

    threads = [threading.Thread(target=one, args=(turn,)) for turn in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    return answers
