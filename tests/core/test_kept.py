"""What a page asks at every look is put together once a day: the same statement, at another moment."""

from datetime import UTC, datetime, timedelta

import pytest

from apps.core import clock, together
from apps.core.together import Figure, kept, shape_of
from apps.leaks.models import Leak
from apps.office.dashboard import _asked as figures
from apps.office.shell import _counted
from apps.office.today import FieldToday
from apps.pipeline.figures import terms
from apps.tasks.waiting import WHOSE, tasks
from apps.tasks.waiting import _asked as waiting

pytestmark = pytest.mark.django_db
MORNING = datetime(2027, 1, 11, 7, 0, 3, 123457, tzinfo=UTC)


def statements(made) -> list:
    """The SQL, with its values, of all questions in there."""
    found: list = []
    together._each(
        made, lambda one: found.append(getattr(one, "put_together", None) or together._part_or_none(one))
    )
    return [one and (one[1], [repr(value) for value in one[2]]) for one in found]


def test_it_is_the_statement_that_would_be_put_together_now(cast) -> None:
    user, later = cast.olga, MORNING + timedelta(hours=9, seconds=1.5)
    with clock.at(MORNING):
        known = terms(MORNING)
    builds = {
        "rail": lambda now: _counted(),
        "figures": lambda now: figures(user),
        "field": lambda now: FieldToday._asked(user, now),
        **{whose: lambda now, whose=whose: waiting(known, user, now, whose, 1) for whose in WHOSE},
    }
    for name, build in builds.items():
        kept(("test", name, shape_of(user)), MORNING, build)
        again = kept(("test", name, shape_of(user)), later, build)
        with clock.at(later):
            assert statements(again) == statements(build(later)), name


def test_no_answer_is_kept(cast) -> None:
    def asked() -> Figure:
        return kept("test-leaks", MORNING, lambda _moment: together.number_of(Leak.objects.all()))

    one, other = asked(), asked()
    together.together(one)
    assert one.value == 0
    assert other._answer is None


def test_of_another_right_another_statement_is_made(cast) -> None:
    for user in (cast.bram, cast.petra, cast.olga):
        with clock.at(MORNING):
            assert tasks(user, MORNING).total >= 0
    assert shape_of(cast.bram) != shape_of(cast.olga)
