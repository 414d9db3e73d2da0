"""A customer's sign-off changes for nobody: who signs again adds one."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from apps.core.database import OFFICE, PUBLIC, TECHNICIAN, as_role
from apps.documents.models import StoredFile
from apps.field.models import SignOff, Visit
from tests.builders import Phone, photo_stored

ROLES = [None, OFFICE, TECHNICIAN, PUBLIC]


def refused(attempt: Callable[[], object], role: str | None) -> bool:
    """Whether the attempt, in the role (None: the owner of the tables), meets a database error."""
    try:
        with transaction.atomic():
            if role is None:
                attempt()
            else:
                with as_role(role):
                    attempt()
            with connection.cursor() as cursor:
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    except DatabaseError:
        return True
    return False


def sql(statement: str, *values: Any) -> Callable[[], object]:
    def run() -> None:
        with connection.cursor() as cursor:
            cursor.execute(statement, values)

    return run


@pytest.fixture
def signed(phone: Phone) -> SignOff:
    phone.begin()
    phone.complete()
    phone.done("sign_off", name="H. Vermeer", file=photo_stored())
    found = phone.visit.sign_off
    assert found is not None
    return found


@pytest.mark.parametrize("role", ROLES)
def test_a_sign_off_refuses_every_change(signed: SignOff, role: str | None) -> None:
    mine = SignOff.objects.filter(pk=signed.pk)
    signed.name = "Somebody else"
    for attempt in (
        signed.save,
        lambda: mine.update(name="Somebody else"),
        lambda: mine.update(shown={}, shown_hash="0" * 64),
        lambda: SignOff.objects.bulk_update([signed], ["name"]),
        sql("UPDATE field_signoff SET at = at - interval '1 day' WHERE id = %s", signed.pk),
        sql("UPDATE field_signoff SET signature_id = NULL, reason = 'x' WHERE id = %s", signed.pk),
        lambda: mine._raw_delete("default"),
        sql("DELETE FROM field_signoff WHERE id = %s", signed.pk),
        sql("UPDATE documents_storedfile SET path = 'other' WHERE id = %s", signed.signature_id),
        sql("DELETE FROM documents_storedfile WHERE id = %s", signed.signature_id),
    ):
        assert refused(attempt, role)
    assert mine.get().name == "H. Vermeer"
    assert StoredFile.objects.get(pk=signed.signature_id).path == "00/photo.jpg"


def test_who_signs_again_adds_a_sign_off(signed: SignOff, phone: Phone, pump: Any) -> None:
    phone.done("material", material=pump.pk, quantity="1")
    assert phone.visit.sign_off_outdated_at
    phone.done("sign_off", reason="Nobody at home any more")
    assert [one.name or one.reason for one in phone.visit.sign_offs.all()] == [
        "Nobody at home",
        "H. Vermeer",
        "Nobody at home any more",
    ]
    assert phone.visit.sign_off.reason == "Nobody at home any more"
    assert phone.visit.sign_off_outdated_at is None


def test_a_visit_shows_no_sign_off_of_another(signed: SignOff, second_phone: Phone) -> None:
    second_phone.begin()
    other = second_phone.visit

    def borrow() -> None:
        Visit.objects.filter(pk=other.pk).update(sign_off=signed)

    Visit.objects.filter(pk=signed.visit_id).update(sign_off=None)
    assert refused(borrow, None)
