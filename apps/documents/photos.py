"""Taking in photos: decoded, turned upright, shrunk, stripped of metadata, with a thumbnail.

Nothing that came from outside is ever served as it came.
"""

import base64
import binascii
import io
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import datetime
from enum import Enum
from threading import Lock
from typing import Any, cast
from zoneinfo import ZoneInfo

import pi_heif
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from PIL import ExifTags, Image, ImageFile, ImageOps, UnidentifiedImageError

from apps.core.actors import Actor
from apps.core.refusals import Refused
from apps.documents.actions import bytes_store, file_store
from apps.documents.models import StoredFile

pi_heif.register_heif_opener()
# What is sold as 200 megapixels makes up to 16320 × 12240, as a JPEG that is decoded at a part of its size. Anything that
# has to be decoded whole may be what is sold as 50: up to 8192 × 6144.
Image.MAX_IMAGE_PIXELS = 204_000_000
WHOLE_PIXELS = 51_000_000
# A camera's MPO opens as JPEG; Pillow knows no opener of that name.
FORMATS = ["JPEG", "PNG", "WEBP", "HEIF", "AVIF"]
MAX_BYTES = 25_000_000
JPEG_BEGINS, INCOMPLETE = b"\xff\xd8", "incomplete"
_ONE = Lock()
PNG_URL, MOST_DRAWN = "data:image/png;base64,", 500_000
SIDE, THUMBNAIL_SIDE, LOGO_SIDE = 2048, 360, 1000


class Fault(Enum):
    """Why a file is not taken as a picture: what a photo, a logo and a drawn signature say about it."""

    LARGE = "large"
    PIXELS = "pixels"
    UNREADABLE = "unreadable"


PHOTO_WORDS = {
    Fault.LARGE: gettext_lazy("This photo is larger than 25 MB."),
    Fault.PIXELS: gettext_lazy(
        "This photo has too many pixels. Set the camera to 50 megapixels or fewer and take it again."
    ),
    Fault.UNREADABLE: gettext_lazy("This file is not a photo that we can read."),
}
LOGO_WORDS = {
    Fault.LARGE: gettext_lazy("This logo is larger than 25 MB: save it smaller, as a PNG or JPEG."),
    Fault.PIXELS: gettext_lazy("This logo has too many pixels: save it smaller, as a PNG or JPEG."),
    Fault.UNREADABLE: gettext_lazy(
        "This file is not a picture that we can read: save the logo as a PNG or JPEG."
    ),
}
SIGNATURE_WORDS = dict.fromkeys(Fault, gettext_lazy("The signature did not arrive. Sign again."))


class NoPicture(Refused):
    """Not taken as a picture. Says so of a photo, unless whoever took it in knows better."""

    def __init__(self, fault: Fault, words: Mapping[Fault, Any] = PHOTO_WORDS) -> None:
        super().__init__(str(words[fault]))
        self.fault = fault


@contextmanager
def _said_of(words: Mapping[Fault, Any]) -> Iterator[None]:
    try:
        yield
    except NoPicture as refused:
        raise NoPicture(refused.fault, words) from refused


def photo_store(*, raw: bytes, name: str, by: Actor) -> StoredFile:
    """Keep a photo as JPEG with a thumbnail. Raises Refused, with a sentence, for anything that is no photo."""
    image, facts = _open(raw)
    content = _jpeg(image, SIDE, 82)
    thumbnail_path, _hash = bytes_store(_jpeg(image, THUMBNAIL_SIDE, 75), ".jpg")
    stem = (name.rpartition(".")[0] or name or "photo")[:150]
    if facts.pop(INCOMPLETE, False):
        stem = _("%(name)s (its end is missing)") % {"name": stem}
    return file_store(
        content=content,
        name=f"{stem}.jpg",
        content_type="image/jpeg",
        by=by,
        thumbnail_path=thumbnail_path,
        **facts,
    )


def photo_check(raw: bytes, *, side: int = 0) -> bytes:
    """Raises Refused for anything that is no photo. Gives a JPEG of that size when asked for."""
    image, _facts = _open(raw)
    return _jpeg(image, side, 70) if side else b""


def logo_store(*, raw: bytes, name: str, by: Actor) -> StoredFile:
    """Keep a logo as PNG, transparent where it was. Raises Refused for anything that is no picture."""
    with _said_of(LOGO_WORDS):
        _open(raw)  # refuses what is too large or broken
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            image: Image.Image = Image.open(io.BytesIO(raw), formats=FORMATS)
            image.draft("RGB", (LOGO_SIDE, LOGO_SIDE))
            image = ImageOps.exif_transpose(image).convert("RGBA")
    except Exception as error:  # whatever a broken or hostile file makes of the decoder
        raise NoPicture(Fault.UNREADABLE, LOGO_WORDS) from error
    image.thumbnail((LOGO_SIDE, LOGO_SIDE), Image.Resampling.LANCZOS)
    image.info.clear()
    out = io.BytesIO()
    image.save(out, "PNG", optimize=True)
    stem = name.rpartition(".")[0] or name or "logo"
    return file_store(
        content=out.getvalue(),
        name=f"{stem[:150]}.png",
        content_type="image/png",
        by=by,
        width=image.width,
        height=image.height,
    )


def signature_again(data_url: str | None) -> str:
    """What was drawn, to be drawn again on a form that is refused; nothing when it is no drawing."""
    drawn = data_url or ""
    return drawn if drawn.startswith(PNG_URL) and len(drawn) <= MOST_DRAWN and drawn.isascii() else ""


def signature_store(*, data_url: str, by: Actor) -> StoredFile:
    """Keep a signature drawn on the pad: a PNG data URL, redrawn here as black on white."""
    if not data_url.startswith(PNG_URL) or len(data_url) > MOST_DRAWN:
        raise Refused(_("The signature did not arrive. Sign again."))
    try:
        raw = base64.b64decode(data_url[len(PNG_URL) :], validate=True)
    except binascii.Error as error:
        raise Refused(_("The signature did not arrive. Sign again.")) from error
    with _said_of(SIGNATURE_WORDS):
        image, _facts = _open(raw)
    darkest, _lightest = cast("tuple[int, int]", image.convert("L").getextrema())
    if darkest > 200:
        raise Refused(_("The signature is empty. Sign again."))
    out = io.BytesIO()
    image.thumbnail((1200, 600))
    image.convert("L").save(out, "PNG", optimize=True)
    return file_store(
        content=out.getvalue(),
        name="signature.png",
        content_type="image/png",
        by=by,
        width=image.width,
        height=image.height,
    )


def _open(raw: bytes) -> tuple[Image.Image, dict[str, Any]]:
    """Decoded, upright and no larger than it is kept; one at a time, as a large one takes a tenth of a gigabyte."""
    if len(raw) > MAX_BYTES:
        raise NoPicture(Fault.LARGE)
    with _ONE:
        return _decoded(raw)


def _decoded(raw: bytes) -> tuple[Image.Image, dict[str, Any]]:
    """A JPEG that lacks its end shows what there is of it, and says so in its facts."""
    try:
        with _broken_off_taken(False):
            return _read(raw)
    except OSError as error:
        if not raw.startswith(JPEG_BEGINS):
            raise NoPicture(Fault.UNREADABLE) from error
    try:
        with _broken_off_taken(True):
            image, facts = _read(raw)
    except OSError as error:
        raise NoPicture(Fault.UNREADABLE) from error
    return image, facts | {INCOMPLETE: True}


@contextmanager
def _broken_off_taken(taken: bool) -> Iterator[None]:
    """Pillow asks the whole process, in which nobody else decodes meanwhile; what makes PDFs has its own wish."""
    before = ImageFile.LOAD_TRUNCATED_IMAGES
    ImageFile.LOAD_TRUNCATED_IMAGES = taken
    try:
        yield
    finally:
        ImageFile.LOAD_TRUNCATED_IMAGES = before


def _read(raw: bytes) -> tuple[Image.Image, dict[str, Any]]:
    """Raises OSError for a file that breaks off, Refused for any other that is no photo."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            image: Image.Image = Image.open(io.BytesIO(raw), formats=FORMATS)
            facts = _facts(image)
            in_parts = image.format == "JPEG" and not image.info.get("progressive")
            if not in_parts and image.width * image.height > WHOLE_PIXELS:
                raise Image.DecompressionBombError
            if image.format == "JPEG":
                image.draft("RGB", (SIDE, SIDE))  # decodes a large photo at a part of its size
            image = ImageOps.exif_transpose(image)
            if image.mode not in ("RGB", "L"):
                rgba = image.convert("RGBA")
                image = Image.new("RGB", rgba.size, "white")
                image.paste(rgba, mask=rgba.getchannel("A"))
            image.thumbnail((SIDE, SIDE), Image.Resampling.LANCZOS, reducing_gap=2.0)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise NoPicture(Fault.PIXELS) from error
    except UnidentifiedImageError as error:
        raise NoPicture(Fault.UNREADABLE) from error
    except OSError:
        raise
    except Exception as error:  # whatever a broken or hostile file makes of the decoder
        raise NoPicture(Fault.UNREADABLE) from error
    return image, facts | {"width": image.width, "height": image.height}


def _facts(image: Image.Image) -> dict[str, Any]:
    """When and where it was taken, if the telephone said so."""
    exif = image.getexif()
    found: dict[str, Any] = {}
    details, place = exif.get_ifd(ExifTags.IFD.Exif), exif.get_ifd(ExifTags.IFD.GPSInfo)
    with suppress(KeyError, ValueError, TypeError):
        taken = datetime.strptime(str(details[ExifTags.Base.DateTimeOriginal]), "%Y:%m:%d %H:%M:%S")  # noqa: DTZ007
        found["taken_at"] = taken.replace(tzinfo=ZoneInfo(settings.TIME_ZONE))
    with suppress(KeyError, ValueError, TypeError, ZeroDivisionError, IndexError, OverflowError):
        latitude = _degrees(place[2], place[1] == "S", 90)
        longitude = _degrees(place[4], place[3] == "W", 180)
        if latitude or longitude:  # a camera that does not know where it is says 0, 0
            found |= {"latitude": latitude, "longitude": longitude}
    return found


def _degrees(parts: Any, negative: bool, most: int) -> float:
    """Raises ValueError for what is no place on earth, such as 0/0."""
    value = float(parts[0]) + float(parts[1]) / 60 + float(parts[2]) / 3600
    if not 0 <= value <= most:
        raise ValueError(value)
    return round(-value if negative else value, 5)


def _jpeg(image: Image.Image, side: int, quality: int) -> bytes:
    copy = image.copy()
    copy.thumbnail((side, side), Image.Resampling.LANCZOS)
    copy.info.clear()
    out = io.BytesIO()
    copy.save(out, "JPEG", quality=quality, optimize=True, progressive=True)
    return out.getvalue()
