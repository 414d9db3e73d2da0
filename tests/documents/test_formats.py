"""The kinds of picture that telephones and browsers send."""

import base64
import io

import pytest
from PIL import Image

from apps.core.actors import SYSTEM
from apps.core.refusals import Refused
from apps.documents.photos import photo_check, photo_store, signature_store


def picture(kind: str) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (40, 30), "black").save(out, kind)
    return out.getvalue()


@pytest.mark.parametrize("kind", ["JPEG", "MPO", "PNG", "WEBP"])
def test_each_kind_becomes_a_jpeg(db, kind: str) -> None:
    file = photo_store(raw=picture(kind), name="photo", by=SYSTEM)
    assert (file.content_type, file.width, file.height) == ("image/jpeg", 40, 30)


def test_a_drawn_signature_is_kept(db) -> None:
    url = "data:image/png;base64," + base64.b64encode(picture("PNG")).decode()
    assert signature_store(data_url=url, by=SYSTEM).content_type == "image/png"


def large(width: int, height: int) -> bytes:
    out = io.BytesIO()
    Image.new("L", (width, height), 120).save(out, "JPEG", quality=50)
    return out.getvalue()


@pytest.mark.parametrize("size", [(8160, 6144), (6144, 8192)])
def test_what_telephones_make_at_fifty_megapixels_is_taken(size: tuple[int, int]) -> None:
    assert photo_check(large(*size), side=320)


def test_whoever_sends_too_many_pixels_is_told_what_to_do() -> None:
    with pytest.raises(Refused, match="Set the camera to 50 megapixels"):
        photo_check(large(12_000, 9_000))
