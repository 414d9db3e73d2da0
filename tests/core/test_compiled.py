"""A question whose SQL was compiled once gives, each time, what it would give if it were put anew."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from threading import Thread
from typing import Any

import pytest
from django.db import connection
from django.db.models import DateTimeField
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from apps.accounts.models import User
from apps.core import clock, compiled
from apps.core.compiled import Given, ThisMoment
from apps.core.together import number_of, part_of, together
from apps.office import dashboard, shell
from apps.office.today import FieldToday
from apps.pipeline.figures import terms
from apps.planning.models import Assignment
from apps.tasks import waiting
from apps.workorders.lists import work_order_list
from apps.workorders.models import WorkOrder
from tests.conftest import Cast
from tests.world import World
from tests.world import world as world

pytestmark = pytest.mark.django_db


def asked(shape: Any, build: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    found = compiled.compiled((__name__, shape), build)
    together(*found.values())
    return found


def plain(row: Any) -> dict[str, Any]:
    return {name: value for name, value in vars(row).items() if name[0] != "_"}


def test_it_is_made_once_and_asked_each_time(cast: Cast) -> None:
    made = []

    def build() -> dict[str, Any]:
        made.append(1)
        return {"names": User.objects.order_by("pk"), "many": number_of(User.objects.all())}

    first = asked("once", build)
    User.objects.filter(pk=cast.tim.pk).update(name="Timotheus")
    with CaptureQueriesContext(connection) as caught:
        second = asked("once", build)
    assert (len(made), len(caught)) == (1, 1)
    assert "Timotheus" not in [one.name for one in first["names"]]
    assert "Timotheus" in [one.name for one in second["names"]]
    assert first["many"].value == second["many"].value == User.objects.count()


@pytest.mark.usefixtures("world")
def test_the_rows_of_a_question_by_itself_are_those_of_its_queryset() -> None:
    for rows in (WorkOrder.objects.for_list().order_by("pk"), Assignment.objects.with_job().order_by("pk")):
        for _twice in range(2):
            found = asked(rows.model, lambda rows=rows: {"rows": rows})["rows"]
            assert [plain(row) for row in found] == [plain(row) for row in rows.all()]
    assert list(found)


def test_what_knows_no_answer_has_none_each_time() -> None:
    for _twice in range(2):
        found = asked("none", lambda: {"rows": User.objects.none(), "many": number_of(User.objects.none())})
        assert (list(found["rows"]), found["many"].value) == ([], 0)


def test_now_is_the_moment_in_which_it_is_asked(cast: Cast) -> None:
    joined = datetime(2026, 3, 4, 12, tzinfo=UTC)
    User.objects.filter(pk=cast.tim.pk).update(last_login=joined)

    def build() -> dict[str, Any]:
        lately = ThisMoment() - timedelta(hours=1)
        return {"many": number_of(User.objects.filter(pk=cast.tim.pk, last_login__gt=lately))}

    for minutes, many in ((30, 1), (59, 1), (61, 0), (10, 1)):
        with clock.at(joined + timedelta(minutes=minutes)):
            assert asked("now", build)["many"].value == many


def test_now_outside_a_compiled_question_is_the_present_one(cast: Cast) -> None:
    User.objects.filter(pk=cast.tim.pk).update(last_login=datetime(2026, 3, 4, 12, tzinfo=UTC))
    with clock.at(datetime(2026, 3, 4, 11, tzinfo=UTC)):
        assert not User.objects.filter(pk=cast.tim.pk, last_login__lt=ThisMoment()).exists()
    with clock.at(datetime(2026, 3, 4, 13, tzinfo=UTC)):
        assert User.objects.filter(pk=cast.tim.pk, last_login__lt=ThisMoment()).exists()


def test_what_hangs_on_the_moment_is_refused() -> None:
    with pytest.raises(RuntimeError, match="the moment"):
        asked("moment", lambda: {"rows": User.objects.filter(last_login__lt=clock.now())})
    assert clock.now()


def test_what_hangs_on_what_the_database_says_is_refused(cast: Cast) -> None:
    with pytest.raises(RuntimeError, match="the database"):
        asked("read", lambda: {"rows": User.objects.filter(pk=User.objects.first().pk)})  # type: ignore[union-attr]


def test_another_day_or_language_is_another_question() -> None:
    made: list[tuple[str, Any]] = []

    def build() -> dict[str, Any]:
        made.append((translation.get_language() or "", clock.today()))
        return {"many": number_of(User.objects.all())}

    for language in ("en", "nl", "en"):
        with translation.override(language):
            asked("of the day", build)
    with clock.at(clock.now() + timedelta(days=1)):
        asked("of the day", build)
    assert [language for language, _day in made] == ["en", "nl", "en"]
    assert len({day for _language, day in made}) == 2


def test_no_more_is_remembered_than_may_be(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiled, "_remembered", {})
    monkeypatch.setattr(compiled, "MOST", 3)
    for number in range(10):
        asked(number, lambda: {"many": number_of(User.objects.all())})
        assert len(compiled._remembered) <= 3


@pytest.mark.django_db(transaction=True)
def test_two_threads_get_answers_of_their_own(transactional_cast: Cast) -> None:
    names = [[one.name] for one in transactional_cast.everyone.values()]
    wrong: list[Any] = []

    def ask(number: int) -> None:
        try:
            for _time in range(30):
                found = asked("threads", lambda: {"rows": User.objects.order_by("pk")})["rows"]
                if [[one.name] for one in found] != names:
                    wrong.append(found)
        except Exception as error:
            wrong.append(error)
        finally:
            connection.close()

    threads = [Thread(target=ask, args=[number]) for number in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join(60)
    assert not wrong


def test_a_list_shows_each_reader_their_own_rows(rf: RequestFactory, world: World) -> None:
    users = world.users
    for name, many in (("olga", 1), ("tessa", 0), ("tim", 1), ("tessa", 0), ("olga", 1)):
        request = rf.get("/")
        request.user = User.objects.get(pk=users[name].pk)
        page = work_order_list(request, "/")
        assert (len(page.rows), page.total) == (many, str(many))


def values(asked: dict[str, Any]) -> dict[str, Any]:
    """The values of each question's statement, as far as a moment is reckoned by nobody but Postgres."""
    parts = {name: getattr(one, "part", None) or part_of(one) for name, one in asked.items()}
    return {
        name: [repr(value) for value in part.values] for name, part in parts.items() if name not in RECKONED
    }


RECKONED = (
    "mails",
    "away",
    "days off",
    "hours",
)  # "so long before now": what these find is told in tests/tasks


def test_what_the_dashboard_asks_is_what_would_be_put_together_now(cast: Cast) -> None:
    user, morning = cast.olga, datetime(2027, 1, 11, 7, 0, 3, 123457, tzinfo=UTC)
    later = morning + timedelta(hours=9, seconds=1.5)
    assert compiled.reader_of(user)
    with clock.at(morning):
        held = terms(morning)
    questions: dict[str, Callable[[Any], dict[str, Any]]] = {
        "rail": lambda _now: shell._questions(),
        "figures": lambda _now: dashboard._asked(user),
        "field": lambda _now: FieldToday._asked(user, held.today),
        **{
            whose: lambda now, whose=whose: waiting._questions(held.standing(now), user, now, whose, 1)
            for whose in waiting.WHOSE
        },
    }
    for name, build in questions.items():
        for moment in (morning, later):
            with clock.at(moment):
                now = Given("now", DateTimeField(), moment)
                again = compiled.compiled(
                    (__name__, name), lambda build=build, now=now: build(now), now=moment, reader=None
                )
                assert values(again) == values(build(moment)), name


def test_the_tasks_of_another_reader_are_other_questions(cast: Cast) -> None:
    now = clock.now()
    for user in (cast.bram, cast.petra, cast.olga):
        assert waiting.tasks(user, now).total >= 0
    assert compiled.reader_of(cast.bram) != compiled.reader_of(cast.olga)
