"""Documents as PDF, from templates in templates/documents/."""

import mimetypes
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.files.storage import default_storage
from django.template.loader import render_to_string
from django.utils import translation
from weasyprint import HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher, URLFetcherResponse

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


def pdf_render(template: str, context: dict[str, Any], *, language: str) -> bytes:
    """The template as a PDF in `language`.

    It may refer to `media:PATH` (a stored file), `static:PATH`, and files beside itself.
    """
    with translation.override(language):
        html = render_to_string(template, context | {"language": language})
    document = HTML(string=html, base_url=TEMPLATES.as_uri() + "/", url_fetcher=_fetcher)
    return document.write_pdf(font_config=_fonts)
