"""What a quote says unless somebody writes something else, in the language of the quote."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from apps.company.models import Company


def standard_texts(company: Company | None, language: str) -> dict[str, str]:
    """The introduction, and the company's terms; these in its other language when it wrote them in one only."""
    with translation.override(language):
        introduction = _("Thank you for your request. We are pleased to make you this offer.")
    return {"introduction": introduction, "terms": company.terms_in(language) if company else ""}


def texts_in(company: Company | None, language: str, texts: Mapping[str, Any]) -> dict[str, Any]:
    """`texts`, of which a standard one of another language is the one of this. What somebody wrote himself stays."""
    own = standard_texts(company, language)
    others = [standard_texts(company, code) for code, _name in settings.LANGUAGES if code != language]
    return {
        name: own[name] if name in own and any(text == other[name] for other in others) else text
        for name, text in texts.items()
    }
