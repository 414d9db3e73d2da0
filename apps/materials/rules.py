"""What is much of a unit, and how a text is spelled to be searched in. No Django here."""

import re
import unicodedata

# By UN/ECE unit: more than this on one line of one job is asked about, for a typing error is likelier.
MUCH = {
    "C62": 1000, "SET": 100, "HUR": 100, "DAY": 60, "MTR": 1000, "MTK": 1000, "LTR": 1000, "KGM": 1000, "KMT": 1000,
}  # fmt: skip


MARKS = re.compile("[\u0300-\u036f]")
SPELLED = str.maketrans("×,\u00a0", "x. ")
# A number and its unit are one word, whether somebody left room between them or not.
APART = re.compile(
    r"([0-9]) +(mm|cm|dm|m|km|ml|cl|dl|l|mg|g|kg|kw|kwh|w|kv|v|ma|a|mbar|bar|inch)(?![a-z0-9])"
)


def folded(text: str) -> str:
    """The text without accents, capitals and room before a unit, as `wt_folded` in the database spells it."""
    plain = unicodedata.normalize("NFD", text.lower()).translate(SPELLED)
    return APART.sub(r"\1\2", MARKS.sub("", plain))


def much_of(unit: str | None) -> int | None:
    return MUCH.get(unit or "")
