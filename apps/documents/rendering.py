"""Documents as PDF, from templates in templates/documents/."""

from typing import Any

from django.template.loader import render_to_string
from django.utils import translation
from django.utils.module_loading import import_string

# By name: loading it takes longer than everything else together, and few processes ever render.
ENGINE = "apps.documents.pdf_engine.pdf_from_html"


def pdf_render(template: str, context: dict[str, Any], *, language: str) -> bytes:
    """The template as a PDF in `language`.

    It may refer to `media:PATH` (a stored file), `static:PATH`, and files beside itself.
    """
    with translation.override(language):
        html = render_to_string(template, context | {"language": language})
    return import_string(ENGINE)(html)
