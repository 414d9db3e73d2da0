"""The audit sees every write, and nobody can change it."""

from contextlib import nullcontext

import pytest
from django.db import IntegrityError, connection, transaction

from apps.core.audit import audit_record
from apps.core.database import OFFICE, TECHNICIAN, as_role
from apps.core.models import AuditEvent, RowChange
from apps.materials.models import Category
from tests.conftest import Cast


def run(statement: str, role: str | None) -> None:
    with as_role(role) if role else nullcontext(), connection.cursor() as cursor:
        cursor.execute(statement)


def changes(row: Category) -> list[RowChange]:
    return list(RowChange.objects.filter(table_name="materials_category", row_id=str(row.pk)).order_by("id"))


def test_saving_bulk_and_raw_writes_are_all_recorded(cast: Cast) -> None:
    row = Category.objects.create(name="Pipes")
    Category.objects.filter(pk=row.pk).update(name="Tubes")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE materials_category SET name = 'Hoses' WHERE id = %s", [row.pk])
        cursor.execute("DELETE FROM materials_category WHERE id = %s", [row.pk])
    found = changes(row)
    assert [one.operation for one in found] == ["I", "U", "U", "D"]
    assert (found[1].old, found[1].new) == ({"name": "Pipes"}, {"name": "Tubes"})


def test_who_and_in_which_role_comes_from_the_request(cast: Cast) -> None:
    with as_role(OFFICE, user_id=cast.bram.pk, request_id="r1"):
        row = Category.objects.create(name="Pipes")
    found = changes(row)[0]
    assert (found.user_id, found.db_role, found.request_id) == (cast.bram.pk, "wt_office", "r1")


@pytest.mark.parametrize("role", [OFFICE, None])
@pytest.mark.parametrize("table", ["core_auditevent", "core_rowchange"])
@pytest.mark.parametrize("statement", ["UPDATE {} SET request_id = 'x'", "DELETE FROM {}"])
def test_the_audit_refuses_changes_even_from_the_owner(
    cast: Cast, role: str | None, table: str, statement: str
) -> None:
    audit_record(cast.bram, verb="user.change", by=cast.ada)
    Category.objects.create(name="Pipes")
    with pytest.raises(Exception, match=r"append-only|permission denied"), transaction.atomic():
        run(statement.format(table), role)


def test_the_audit_refuses_changes_by_the_orm(cast: Cast) -> None:
    audit_record(cast.bram, verb="user.change", by=cast.ada)
    event = AuditEvent.objects.about(cast.bram).get(verb="user.change")
    event.reason = "other"
    for change in (event.save, event.delete, AuditEvent.objects.all().delete):
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            change()


def test_a_technician_writes_events_without_reading_them(cast: Cast) -> None:
    with as_role(TECHNICIAN, user_id=cast.tim.pk):
        audit_record(cast.tim, verb="user.change", by=cast.tim)
        with pytest.raises(Exception, match="permission denied"), transaction.atomic():
            list(AuditEvent.objects.values_list("reason"))
    assert AuditEvent.objects.about(cast.tim).filter(verb="user.change").count() == 1
