"""Counting what is limited: exact with sixty at once, and only within its time."""

import threading
from datetime import timedelta

import pytest
from django.db import connection, transaction

from apps.core import clock
from apps.core.limits import Key, Limit, hits_forget, lock
from apps.core.models import Hit

THREE = Limit(3, 60)


@pytest.mark.django_db
def test_the_oldest_of_the_last_makes_room():
    key, start = Key("test", "a"), clock.now()
    for second in (0, 10, 20):
        with clock.at(start + timedelta(seconds=second)):
            assert key.free_at(THREE) is None
            key.hit()
    with clock.at(start + timedelta(seconds=30)):
        assert key.free_at(THREE) == start + timedelta(seconds=60)
        assert Key("test", "b").free_at(THREE) is None
        assert Key("other", "a").free_at(THREE) is None
    with clock.at(start + timedelta(seconds=61)):
        assert key.free_at(THREE) is None
        assert key.free_at(THREE, Limit(3, 3600)) == start + timedelta(hours=1)


@pytest.mark.django_db
def test_what_is_stored_names_nobody():
    Key("login", "bram@watertight.example").hit()
    assert "bram" not in Hit.objects.get().bucket


@pytest.mark.django_db
def test_old_hits_go():
    with clock.at(clock.now() - timedelta(days=3)):
        Key("test", "a").hit()
    Key("test", "a").hit()
    assert hits_forget() == 1
    assert Hit.objects.count() == 1


@pytest.mark.parametrize("locked", [True, False])
@pytest.mark.django_db(transaction=True)
def test_forty_at_once_are_counted(locked):
    """Without the lock more than the limit get through: the control."""
    key, through = Key("test", "race"), []
    together = threading.Barrier(40, timeout=30)

    def attempt():
        try:
            with transaction.atomic():
                Hit.objects.exists()  # connected before the start
                together.wait()
                if locked:
                    lock(key)
                if key.free_at(THREE) is None:
                    key.hit()
                    through.append(1)
        finally:
            connection.close()

    threads = [threading.Thread(target=attempt) for _ in range(40)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(through) == 3 if locked else len(through) > 3
