"""Moves: who may, from where, and what is written down."""

import threading

import pytest
from django.db import connection

from apps.core.actors import Customer
from apps.core.models import AuditEvent
from apps.core.refusals import Forbidden, Refused
from apps.core.transitions import move
from apps.messaging.models import Message
from tests.conftest import Cast


def message_make(about: object) -> Message:
    return Message.objects.create(
        kind="test", to_address="a@example.com", subject="S", body="B", language="en",
        about_type=about._meta.label_lower, about_id=about.pk,  # type: ignore[attr-defined]
    )  # fmt: skip


def test_a_move_changes_the_status_and_says_who_and_why(cast: Cast) -> None:
    message = message_make(cast.bram)
    move(message, "fail", by=cast.bram, reason="  no such address ")
    message.refresh_from_db()
    assert (message.status, message.version) == ("failed", 1)
    event = AuditEvent.objects.about(message).get()
    assert (event.verb, event.before, event.after) == ("message.fail", "queued", "failed")
    assert (event.actor_id, event.actor_label, event.reason) == (cast.bram.pk, "Bram", "no such address")


def test_a_move_from_another_status_is_refused_and_writes_nothing(cast: Cast) -> None:
    message = message_make(cast.bram)
    move(message, "send", by=cast.bram)
    with pytest.raises(Refused, match="no longer possible"):
        move(message, "fail", by=cast.bram)
    assert AuditEvent.objects.about(message).count() == 1


def test_a_move_looks_at_the_row_and_not_at_the_object_in_hand(cast: Cast) -> None:
    message = message_make(cast.bram)
    stale = Message.objects.get(pk=message.pk)
    move(message, "send", by=cast.bram)
    with pytest.raises(Refused, match="“Sent” is no longer possible"):
        move(stale, "send", by=cast.bram)


def test_a_technician_may_not_take_a_step_of_the_office(cast: Cast) -> None:
    message = message_make(cast.bram)
    with pytest.raises(Forbidden):
        move(message, "send", by=cast.tim)


def test_a_customer_may_only_take_steps_that_are_open_to_customers(cast: Cast) -> None:
    message = message_make(cast.bram)
    with pytest.raises(Forbidden):
        move(message, "send", by=Customer("H. Vermeer"))


@pytest.mark.django_db(transaction=True)
def test_of_sixteen_parallel_moves_one_succeeds(transactional_cast: Cast) -> None:
    message = message_make(transactional_cast.bram)
    outcomes: list[str] = []

    def send() -> None:
        try:
            move(Message.objects.get(pk=message.pk), "send", by=transactional_cast.bram)
            outcomes.append("moved")
        except Refused:
            outcomes.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=send) for _ in range(16)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert sorted(outcomes) == ["moved"] + ["refused"] * 15
