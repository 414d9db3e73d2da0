"""`/health/`: open to whoever watches, honest about what is wrong, and without anybody's business."""

import shutil
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateWorker

from apps.core import health
from apps.core.queue import job_defer
from tests.pages import post_by_hand


def execute(statement: str, *values: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


@pytest.fixture
def worker(db: None) -> None:
    """A worker that has just given a sign of life."""
    execute("INSERT INTO procrastinate_workers DEFAULT VALUES")


def test_all_is_well(client: Client, worker: None) -> None:
    answer = client.get(reverse("health"))
    found = answer.json()
    assert answer.status_code == 200
    assert set(found) == {
        "version",
        "database",
        "worker_seconds",
        "queue_seconds",
        "disk_free_bytes",
        "files",
        "problems",
    }
    assert (found["database"], found["problems"]) == ("ok", [])
    assert found["worker_seconds"] < 5
    assert found["queue_seconds"] == 0
    assert answer["Cache-Control"] == "no-store"


def test_it_is_open_whatever_the_host_is_called_and_without_https(
    client: Client, worker: None, settings: Any
) -> None:
    settings.ALLOWED_HOSTS = ["office.example.nl"]
    settings.SECURE_SSL_REDIRECT = True
    answer = client.get(reverse("health"), headers={"host": "10.0.0.7:8000"})
    assert answer.status_code == 200
    assert not answer.cookies


def test_only_reading_is_answered(client: Client, worker: None) -> None:
    assert post_by_hand(client, reverse("health"), key="").status_code == 405


def test_no_worker_is_trouble(client: Client, db: None, caplog: Any) -> None:
    answer = client.get(reverse("health"))
    assert (answer.status_code, answer.json()["problems"]) == (503, ["worker"])
    assert not caplog.records, "what is wrong stands in the answer, and is no fault of ours"


def test_a_worker_without_a_heartbeat_is_trouble(client: Client, worker: None) -> None:
    assert ProcrastinateWorker.objects.count() == 1
    execute("UPDATE procrastinate_workers SET last_heartbeat = now() - interval '31 seconds'")
    answer = client.get(reverse("health"))
    assert (answer.status_code, answer.json()["problems"]) == (503, ["worker"])
    assert 30 < answer.json()["worker_seconds"] < 40


def test_a_job_that_waits_longer_than_ten_minutes_is_trouble(client: Client, worker: None) -> None:
    job_defer("messaging.deliver", message_id=1)
    assert client.get(reverse("health")).status_code == 200
    execute("UPDATE procrastinate_events SET at = now() - interval '601 seconds'")
    assert client.get(reverse("health")).json()["problems"] == ["queue"]


def test_a_job_that_is_meant_for_later_is_none(client: Client, worker: None) -> None:
    job_defer("messaging.deliver", message_id=1)
    execute("UPDATE procrastinate_events SET at = now() - interval '601 seconds'")
    execute("UPDATE procrastinate_jobs SET scheduled_at = %s", timezone.now() + timedelta(minutes=1))
    assert client.get(reverse("health")).json()["queue_seconds"] == 0


def test_a_disk_that_is_nearly_full_is_trouble(client: Client, worker: None, monkeypatch: Any) -> None:
    monkeypatch.setattr(health, "DISK_BYTES", 1 << 60)
    assert client.get(reverse("health")).json()["problems"] == ["disk"]


def test_photos_on_a_full_disk_of_their_own_are_trouble(
    client: Client, worker: None, settings: Any, tmp_path: Path, monkeypatch: Any
) -> None:
    """As where several machines share the media folder: there is room for all else, and each photo is refused."""
    settings.MEDIA_ROOT = tmp_path / "shared" / "not yet"
    room = shutil.disk_usage(tmp_path)
    monkeypatch.setattr(
        shutil,
        "disk_usage",
        lambda path: room._replace(free=1000 if tmp_path in (path, *Path(path).parents) else room.free),
    )
    found = client.get(reverse("health")).json()
    assert (found["disk_free_bytes"], found["problems"]) == (1000, ["disk"])


def test_the_version_is_that_of_the_project(client: Client, worker: None) -> None:
    text = (Path(__file__).resolve().parents[2] / "pyproject.toml").read_text()
    assert f'version = "{client.get(reverse("health")).json()["version"]}"' in text


def test_files_that_cannot_be_written_are_trouble(client: Client, worker: None, settings: Any) -> None:
    """A folder of another user, or a disk that was made read-only: each photo would be refused."""
    settings.MEDIA_ROOT = Path("/proc/self/media")
    answer = client.get(reverse("health"))
    assert (answer.status_code, answer.json()["files"]) == (503, "closed")
    assert "files" in answer.json()["problems"]


def test_a_media_folder_that_is_not_there_yet_is_no_trouble(
    client: Client, worker: None, settings: Any, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT = tmp_path / "not" / "yet"
    assert client.get(reverse("health")).json()["problems"] == []
