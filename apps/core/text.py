"""What people type or paste, without what nobody can see. No Django here."""

import re

# Control characters (but tab and the ends of lines), characters that Unicode reserves for no text, halves of a pair:
# none can be written in XML, so in a spreadsheet or an e-invoice; and what turns the direction of all that follows it.
# NUL stays: a form field refuses it by itself.
_UNSEEN = re.compile(
    "[\x01-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufdd0-\ufdef\ufeff\ufffe\uffff\ud800-\udfff]"
)
# Separators of lines and paragraphs, as word processors paste them: Pango and WeasyPrint stumble over them.
_LINE_ENDS = {0x2028: "\n", 0x2029: "\n"}
_CELL = re.compile(r"[\x00-\x08\x0b-\x1f]")
_FORMULA = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")
_UNSEEN_STARTS = " \t\r\n\u00a0\u200b\u200c\u200d\u2060"
# Words that a spreadsheet takes for the outcome of a failed formula.
_ERRORS = frozenset({"#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A"})


def visible(text: str) -> str:
    """`text` without the characters that nobody typed on purpose; each end of a line written as such."""
    return _UNSEEN.sub("", text.translate(_LINE_ENDS))


def one_line(text: str) -> str:
    """`text` for a place that has no second line, such as the name in a mail's header."""
    return " ".join(visible(text).replace("\x00", "").split())


def cell(text: str) -> str:
    """`text` as a cell that no spreadsheet takes for a formula or an error (OWASP, CSV injection)."""
    text = _CELL.sub("", visible(text))
    starts = text.lstrip(_UNSEEN_STARTS)[:1] in _FORMULA if text.strip() else False
    return f"'{text}" if starts or text[:1] in ("\t", "\n") or text in _ERRORS else text
