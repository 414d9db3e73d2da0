"""A disk without room: it is said, what was typed is kept, and nothing of what did not fit stays behind."""

import subprocess
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse

from apps.field.models import VisitPhoto
from tests.disk import small_files
from tests.field.conftest import jpeg
from tests.pages import submit, upload

Full = Callable[[], AbstractContextManager[None]]


@pytest.fixture(params=["limit", "disk"])
def full(request: pytest.FixtureRequest, tmp_path: Path, settings: Any) -> Iterator[Full]:
    """Makes the place where files are kept full for a while: by a limit, and, where we are root, for real."""
    settings.MEDIA_ROOT = tmp_path
    if request.param == "limit":
        yield small_files
        return
    made = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "none", tmp_path], capture_output=True)
    if made.returncode:
        pytest.skip("only root can make a small disk")

    @contextmanager
    def filled() -> Iterator[None]:
        ballast = tmp_path / "ballast"
        with ballast.open("wb", buffering=0) as file, suppress(OSError):
            while True:
                file.write(bytes(4096))
        yield
        ballast.unlink()

    yield filled
    subprocess.run(["umount", tmp_path], check=True, timeout=60)


def kept(folder: Path) -> set[Path]:
    """Every file, whole or half."""
    return {path for path in folder.rglob("*") if path.is_file() and path.name != "ballast"}


def test_a_photo_that_does_not_fit_is_said_and_sent_again_when_there_is_room(
    full: Full, tmp_path: Path, client_as: Any, cast: Any, phone: Any
) -> None:
    client = client_as(cast.tim, raise_request_exception=False)
    phone.done("travel")
    page = client.get(reverse("phone:before_photo", args=[phone.assignment.pk]))
    before = kept(tmp_path)
    with full():
        answer = submit(page, client=client, photos=upload("a.jpg", jpeg(), "image/jpeg"))
    assert answer.status_code == 507
    assert "The disk is full" in answer.content.decode()
    assert kept(tmp_path) == before
    assert not VisitPhoto.objects.exists()

    again = submit(answer, client=client, press="Send again", photos=upload("a.jpg", jpeg(), "image/jpeg"))
    assert again.status_code == 302
    assert VisitPhoto.objects.count() == 1
    assert len(kept(tmp_path) - before) == 2  # the photo and its thumbnail
