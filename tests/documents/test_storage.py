"""Files are there whole or not at all."""

import os
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from apps.documents.storage import PARTS
from tests.disk import small_files


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def test_the_same_bytes_are_one_file(media: Path) -> None:
    for _ in range(2):
        assert default_storage.save("ab/abc.txt", ContentFile(b"abc")) == "ab/abc.txt"
    assert [path.name for path in media.rglob("*.*")] == ["abc.txt"]


def test_what_does_not_fit_leaves_nothing(media: Path) -> None:
    with small_files(), pytest.raises(OSError, match="too large"):
        default_storage.save("ab/abc.txt", ContentFile(bytes(5000)))
    assert [path for path in media.rglob("*") if path.is_file()] == []


def test_half_a_file_of_one_who_was_killed_goes_after_an_hour(media: Path) -> None:
    (media / PARTS).mkdir()
    old, fresh = media / PARTS / "a.1.part", media / PARTS / "b.2.part"
    for one in (old, fresh):
        one.touch()
    an_hour_ago = old.stat().st_mtime - 3601
    os.utime(old, (an_hour_ago, an_hour_ago))
    assert default_storage.parts_forget(3600) == 1  # type: ignore[attr-defined]
    assert list((media / PARTS).iterdir()) == [fresh]
