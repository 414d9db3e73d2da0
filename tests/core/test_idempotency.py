"""The same key gives the same answer; another user's key, or another address, never does."""

import threading

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.test import RequestFactory

from apps.core import idempotency
from apps.core.database import OFFICE, TECHNICIAN, as_role
from apps.core.middleware import IdempotencyMiddleware
from apps.core.models import IdempotentAnswer
from apps.materials.models import Category
from tests.conftest import Cast


def post(path: str = "/x/", key: str = "k1", user: object = None) -> HttpRequest:
    request = RequestFactory().post(path, {"idempotency_key": key} if key else {})
    request.user = user or AnonymousUser()
    request._messages = type("Quiet", (), {"add": lambda *args, **kwargs: None})()  # type: ignore[attr-defined]
    return request


class View:
    """A view that makes something each time that it runs."""

    def __init__(self, answer: HttpResponse | None = None) -> None:
        self.answer = answer or HttpResponseRedirect("/made/1/")

    def __call__(self, request: HttpRequest) -> HttpResponse:
        Category.objects.create(name=f"Category {Category.objects.count()}")
        return self.answer


def test_a_repeated_post_does_the_work_once_and_gets_the_same_answer(cast: Cast) -> None:
    handle = IdempotencyMiddleware(View())
    first, second = handle(post(user=cast.bram)), handle(post(user=cast.bram))
    assert (
        (first.status_code, first["Location"])
        == (second.status_code, second["Location"])
        == (302, "/made/1/")
    )
    assert Category.objects.count() == 1


def test_a_body_is_given_again_to_the_letter(cast: Cast) -> None:
    handle = IdempotencyMiddleware(View(HttpResponse("<p>één € 5</p>")))
    assert handle(post(user=cast.bram)).content == handle(post(user=cast.bram)).content


def test_an_invalid_form_does_not_use_its_key_up(cast: Cast) -> None:
    def invalid(request: HttpRequest) -> HttpResponse:
        return HttpResponse(status=422)

    with transaction.atomic():
        IdempotencyMiddleware(invalid)(post(user=cast.bram))
        transaction.set_rollback(True)  # what the outer middleware does with an answer of 400 or above
    IdempotencyMiddleware(View())(post(user=cast.bram))
    assert Category.objects.count() == 1


def test_a_colleague_with_the_same_key_does_not_get_my_answer(cast: Cast) -> None:
    handle = IdempotencyMiddleware(View())
    handle(post(user=cast.bram))
    handle(post(user=cast.petra))
    assert Category.objects.count() == 2


def test_a_key_used_at_another_address_is_refused(cast: Cast) -> None:
    handle = IdempotencyMiddleware(View())
    handle(post(user=cast.bram))
    answer = handle(post(path="/y/", user=cast.bram))
    assert answer.status_code == 409
    assert b"already used" in answer.content


def test_an_answer_made_for_the_office_is_invisible_to_a_technicians_role(cast: Cast) -> None:
    with as_role(OFFICE):
        IdempotencyMiddleware(View(HttpResponse("€ 4711,00")))(post(user=cast.bram))
    with as_role(TECHNICIAN):
        assert not IdempotentAnswer.objects.exists()
    with as_role(OFFICE):
        assert IdempotentAnswer.objects.count() == 1


def test_two_tabs_with_the_same_version_of_a_record_share_a_key(cast: Cast) -> None:
    first, second = idempotency.key_for("accept", cast.bram), idempotency.key_for("accept", cast.bram)
    assert first == second != idempotency.key_for("decline", cast.bram)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("key", "made"), [("", 8), ("k1", 1)])
def test_parallel_posts_with_one_key_do_the_work_once(transactional_cast: Cast, key: str, made: int) -> None:
    """Without a key the race is there: each of the eight requests makes a category."""
    names = iter(range(100))
    lock = threading.Lock()

    def make(request: HttpRequest) -> HttpResponse:
        with lock:
            name = next(names)
        Category.objects.create(name=f"Category {name}")
        return HttpResponseRedirect("/made/")

    def press() -> None:
        with transaction.atomic():
            IdempotencyMiddleware(make)(post(key=key, user=transactional_cast.bram))
        connection.close()

    threads = [threading.Thread(target=press) for _ in range(8)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert Category.objects.count() == made


def test_the_hidden_field_has_the_name_that_is_looked_for() -> None:
    assert QueryDict(f"{idempotency.FIELD}=a")["idempotency_key"] == "a"
