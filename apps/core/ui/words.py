"""Texts of templates in the reader's language. What stands in a text is harmless HTML; what is put into it is escaped,
except in plain text (a mail)."""

from typing import Any

from django.utils import translation
from jinja2 import pass_eval_context
from jinja2.nodes import EvalContext
from markupsafe import Markup


@pass_eval_context
def gettext(shown: EvalContext, text: str, /, **values: Any) -> str:
    """`_("Paid by %(name)s", name=…)`; without values a % is a %."""
    if values:
        return _with(shown, translation.gettext(text), values)
    if "%" in text:
        return _with(shown, translation.gettext(text.replace("%", "%%")).replace("%%", "%"))
    return _with(shown, translation.gettext(text))


@pass_eval_context
def pgettext(shown: EvalContext, context: str, text: str, /, **values: Any) -> str:
    """A word that differs by where it is used."""
    return _with(shown, translation.pgettext(context, text), values)


@pass_eval_context
def ngettext(shown: EvalContext, one: str, more: str, n: Any, /, **values: Any) -> str:
    """One or several; the number is `%(n)s`."""
    return _with(shown, translation.ngettext(one, more, n), {"n": n} | values)


def _with(shown: EvalContext, text: str, values: dict[str, Any] | None = None) -> str:
    said = Markup(text) if shown.autoescape else text
    return said % values if values else said
