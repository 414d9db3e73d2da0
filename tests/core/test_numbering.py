"""Numbers have no gap and no double, whoever rolls back."""

import random
import threading

import pytest
import time_machine
from django.db import connection, transaction

from apps.core.models import Counter
from apps.core.numbering import QUOTE, number_take


@pytest.mark.django_db
@time_machine.travel("2026-03-01T12:00Z")
def test_numbers_follow_each_other_and_start_again_each_year() -> None:
    assert [number_take(QUOTE), number_take(QUOTE)] == ["Q26-0001", "Q26-0002"]
    with time_machine.travel("2026-12-31T23:30Z"):  # already the new year in Amsterdam
        assert number_take(QUOTE) == "Q27-0001"


@pytest.mark.django_db
def test_a_number_beyond_four_digits_keeps_all_of_them() -> None:
    number_take(QUOTE)
    Counter.objects.filter(series=QUOTE).update(last=12344)
    assert number_take(QUOTE).endswith("-12345")


@pytest.mark.django_db(transaction=True)
def test_a_number_is_refused_outside_a_transaction() -> None:
    with pytest.raises(transaction.TransactionManagementError):
        number_take(QUOTE)


class Undo(Exception):
    pass


@pytest.mark.django_db(transaction=True)
def test_parallel_takers_with_rollbacks_leave_no_gap() -> None:
    kept: list[str] = []

    def take_some(seed: int) -> None:
        dice = random.Random(seed)
        try:
            for _ in range(10):
                try:
                    with transaction.atomic():
                        number = number_take(QUOTE)
                        if dice.random() < 0.3:
                            raise Undo
                    kept.append(number)
                except Undo:
                    pass
        finally:
            connection.close()

    threads = [threading.Thread(target=take_some, args=[seed]) for seed in range(8)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    counted = sorted(int(number.rpartition("-")[2]) for number in kept)
    assert counted == list(range(1, len(kept) + 1))
    assert len(kept) > 40
