"""Finding who is mentioned in a note. No Django here."""

import re
from collections.abc import Iterable

_MENTION = re.compile(r"(?<![\w.])@([\w.-]+)")


def mentioned(text: str, people: Iterable[tuple[int, str, str]]) -> set[int]:
    """The ids of those of `people` (id, name, initials) whom `text` names: @BV, @bram or @bram.visser."""
    words = {found.lower().rstrip(".-") for found in _MENTION.findall(text)}
    return {
        pk
        for pk, name, initials in people
        if words & {initials.lower(), name.lower().replace(" ", "."), name.lower().split(" ")[0]}
    }
