"""The PDF engine. Slow to load (0.6 s), so only `rendering` imports it, when there is something to render."""

import mimetypes
from pathlib import Path
from threading import Lock

from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.files.storage import default_storage
from weasyprint import HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher, URLFetcherResponse

from apps.core.text import visible

TEMPLATES = Path(settings.BASE_DIR) / "templates" / "documents"


class _OwnFiles(URLFetcher):
    """Nothing but our own files: a document never reaches out, whatever a customer typed."""

    def fetch(self, url: str, headers: dict[str, str] | None = None) -> URLFetcherResponse:
        scheme, _, path = url.partition(":")
        if scheme == "data":
            return super().fetch(url, headers)
        if scheme == "media":
            content = default_storage.open(path).read()
        elif scheme == "static" and (found := finders.find(path)):
            content = Path(found).read_bytes()
        elif scheme == "file" and Path(path.removeprefix("//")).resolve().is_relative_to(TEMPLATES):
            content = Path(path.removeprefix("//")).read_bytes()
        else:
            raise ValueError(f"a document may not fetch {url}")
        kind = mimetypes.guess_type(path)[0] or "application/octet-stream"
        return URLFetcherResponse(url, content, headers={"Content-Type": kind})


_fetcher = _OwnFiles(allowed_protocols={"data", "media", "static", "file"})
_fonts = FontConfiguration()
_one_at_a_time = Lock()  # the fonts are shared, and the libraries below are not made for threads


def pdf_from_html(html: str) -> bytes:
    """The page as a PDF; see `rendering.pdf_render` for what it may refer to."""
    document = HTML(string=visible(html), base_url=TEMPLATES.as_uri() + "/", url_fetcher=_fetcher)
    with _one_at_a_time:
        return document.write_pdf(font_config=_fonts)
