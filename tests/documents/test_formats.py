"""The kinds of picture that telephones and browsers send."""

import base64
import io
import os
import subprocess
import sys
import tempfile

import pytest
from PIL import ExifTags, Image, ImageFile
from PIL.TiffImagePlugin import IFDRational

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


def test_two_hundred_megapixels_are_taken_in_little_memory() -> None:
    """Decoded at a part of its size; by a process of its own, so that only this is measured."""
    program = (
        "import django, io, resource; django.setup()\n"
        "from PIL import Image\n"
        "from apps.documents.photos import photo_check\n"
        "raw = open('{path}', 'rb').read()\n"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "photo_check(raw, side=320)\n"
        "print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)\n"
    )
    with tempfile.NamedTemporaryFile(suffix=".jpg") as file:
        file.write(large(16_320, 12_240))
        file.flush()
        done = subprocess.run(
            [sys.executable, "-c", program.format(path=file.name)],
            capture_output=True, text=True, check=True, env=os.environ | {"DJANGO_SETTINGS_MODULE": "config.settings"},
        )  # fmt: skip
    assert int(done.stdout.split()[-1]) < 150  # megabytes


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_whoever_sends_too_many_pixels_is_told_what_to_do(kind: str) -> None:
    """What is decoded whole: another kind than JPEG, and one that is sharpened step by step."""
    out = io.BytesIO()
    Image.new("L", (12_000, 9_000), 120).save(out, kind, progressive=True, compress_level=1, quality=50)
    with pytest.raises(Refused, match="Set the camera to 50 megapixels"):
        photo_check(out.getvalue())


@pytest.mark.parametrize("others_take_it", [False, True])  # as whatever makes PDFs says for the whole process
def test_a_photo_that_breaks_off_is_taken_with_a_note(db, monkeypatch, others_take_it: bool) -> None:
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", others_take_it)
    out = io.BytesIO()
    Image.effect_noise((640, 480), 60).save(out, "JPEG", quality=90)
    whole = out.getvalue()
    file = photo_store(raw=whole[: len(whole) * 2 // 3], name="boiler.jpg", by=SYSTEM)
    assert file.name == "boiler (its end is missing).jpg"
    assert (file.width, file.height) == (640, 480)
    assert photo_store(raw=whole, name="boiler.jpg", by=SYSTEM).name == "boiler.jpg"
    for broken in (b"", b"\xff\xd8", whole[:100], picture("PNG")[:60]):
        with pytest.raises(Refused):
            photo_store(raw=broken, name="x.jpg", by=SYSTEM)
    assert others_take_it == ImageFile.LOAD_TRUNCATED_IMAGES


@pytest.mark.parametrize(
    ("latitude", "longitude", "known"),
    [((51, 35, 2.4), (4, 46, 33.6), True), ((0, 0, 0), (0, 0, 0), False), ((float("nan"),) * 3, (4, 46, 33), False),
     ((95, 0, 0), (4, 0, 0), False), ((51, 35, 0), (200, 0, 0), False)],
)  # fmt: skip
def test_a_place_that_is_none_is_not_kept(db, latitude, longitude, known: bool) -> None:
    out, exif = io.BytesIO(), Image.Exif()
    parts = [
        tuple(IFDRational(0, 0) if one != one else IFDRational(one) for one in place)
        for place in (latitude, longitude)
    ]
    exif.get_ifd(ExifTags.IFD.GPSInfo).update({1: "N", 2: parts[0], 3: "E", 4: parts[1]})
    Image.new("RGB", (40, 30), "teal").save(out, "JPEG", exif=exif)
    file = photo_store(raw=out.getvalue(), name="photo", by=SYSTEM)
    assert (file.latitude is not None) == (file.longitude is not None) == known
