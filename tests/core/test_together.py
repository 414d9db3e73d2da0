"""Several questions in one statement give what each gives by itself."""

from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.db import ProgrammingError, connection
from django.db.models import Exists, OuterRef, QuerySet
from django.test.utils import CaptureQueriesContext

from apps.accounts.models import User
from apps.core.database import OFFICE, TECHNICIAN, as_role
from apps.core.models import AuditEvent
from apps.core.together import mean_of, number_of, sum_of, together
from apps.materials.models import Material
from apps.planning.models import Assignment
from apps.pricing.models import MaterialPrice
from apps.workorders.models import WorkOrder
from tests.conftest import Cast
from tests.world import world as world

pytestmark = pytest.mark.django_db


def questions() -> list[QuerySet[Any]]:
    """One of each kind: models with relations and prefetches, ranges, JSON, decimals, arrays, dates, plain values."""
    return [
        WorkOrder.objects.for_detail().order_by("pk"),
        WorkOrder.objects.for_list().order_by("pk"),
        Assignment.objects.order_by("pk"),
        AuditEvent.objects.order_by("pk"),
        MaterialPrice.objects.order_by("pk"),
        User.objects.with_rights().order_by("pk"),
        User.objects.annotate(holds=Exists(Group.objects.filter(user=OuterRef("pk")))).order_by("pk"),
        Material.objects.values("pk", "name", "active").order_by("-name")[:3],
        WorkOrder.objects.values_list("created_at", flat=True).order_by("pk"),
        WorkOrder.objects.filter(pk__in=[]),
    ]


def plain(row: Any) -> Any:
    return (
        {name: value for name, value in vars(row).items() if name[0] != "_"} if hasattr(row, "_meta") else row
    )


@pytest.mark.usefixtures("world")
def test_rows_are_those_of_each_question_by_itself() -> None:
    asked, alone = questions(), questions()
    with CaptureQueriesContext(connection) as caught:
        together(*asked)
    assert len(caught) == 2  # and the one of prefetch_related
    with CaptureQueriesContext(connection) as caught:
        found = [[plain(row) for row in rows] for rows in asked]
        str(asked[0][0].customer), list(asked[0][0].visits_planned)
    assert len(caught) == 0
    expected = [[plain(row) for row in rows] for rows in alone]
    assert found == expected
    types = [
        [type(value) for row in rows if isinstance(row, dict) for value in row.values()] for rows in found
    ]
    assert types == [
        [type(value) for row in rows if isinstance(row, dict) for value in row.values()] for rows in expected
    ]
    assert all(found[:-1])


def test_text_arrives_as_it_was_written(cast: Cast) -> None:
    odd = "\"'\\ {a,b} %s ; NULL é 漢 \n\t"
    User.objects.filter(pk=cast.tim.pk).update(name=odd)
    rows = User.objects.filter(pk=cast.tim.pk)
    together(rows)
    assert rows[0].name == odd


def test_figures(cast: Cast) -> None:
    everyone = number_of(User.objects.order_by("name"))
    some = number_of(User.objects.all(), cap=3)
    nobody = number_of(User.objects.filter(pk__in=[]))
    total = sum_of(User.objects.filter(pk__in=[cast.tim.pk, cast.bram.pk]), "pk")
    nothing, mean = sum_of(User.objects.filter(name="?"), "pk"), mean_of(User.objects.filter(name="?"), "pk")
    with CaptureQueriesContext(connection) as caught:
        together(everyone, some, nobody, total, nothing, mean, None)
        together(everyone, some)
        assert (everyone.value, some.value, nobody.value) == (len(cast.everyone), 3, 0)
        assert (total.value, nothing.value, mean.value) == (Decimal(cast.tim.pk + cast.bram.pk), 0, None)
    assert len(caught) == 1
    assert number_of(User.objects.all()).value == len(cast.everyone)


def test_a_statement_that_is_asked_again_is_planned_once(cast: Cast) -> None:
    for _time in range(4):
        together(User.objects.filter(name="planned once"), number_of(User.objects.filter(pk=cast.tim.pk)))
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_prepared_statements WHERE statement ~ 'accounts_user'")
        assert cursor.fetchone()[0] > 0


@pytest.mark.usefixtures("world")
def test_a_plan_that_is_kept_gives_nobody_the_rights_of_another() -> None:
    """The office asks for prices until Postgres keeps the plan; a technician on the same connection gets none."""

    def prices() -> list[Any]:
        asked = MaterialPrice.objects.order_by("pk")
        together(asked)
        return list(asked)

    with as_role(OFFICE):
        for _time in range(4):
            assert prices()
    with pytest.raises(ProgrammingError, match="permission denied"), as_role(TECHNICIAN):
        prices()
