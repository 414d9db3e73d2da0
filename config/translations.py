"""The parts of a translation, and what is wrong with them before they become one file.

Each app has a part of its own (`locale/<language>/parts/<app>.po`). A message that stands in two parts must have one
translation: where words must differ, the message has a context.
"""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|{\w+}")
# How a reader must not be spoken to: everybody is "u".
FAMILIAR = {"nl": re.compile(r"\b(je|jij|jou|jouw|jullie)\b", re.IGNORECASE)}


@dataclass
class Entry:
    """A message and its translation, as a part has them."""

    part: str
    context: str | None = None
    message: str = ""
    plural: str = ""
    translations: list[str] = field(default_factory=list)
    fuzzy: bool = False

    @property
    def key(self) -> tuple[str | None, str]:
        return self.context, self.message

    def __str__(self) -> str:
        return f"{self.part}: “{self.message}”" + (f" ({self.context})" if self.context else "")


def entries(path: Path) -> Iterator[Entry]:
    """The messages of a part, without its heading."""
    for block in re.split(r"\n\s*\n", path.read_text(encoding="utf-8")):
        lines = [line for line in block.splitlines() if line.strip()]
        found, texts = Entry(path.stem), []
        found.fuzzy = any(line.startswith("#,") and "fuzzy" in line for line in lines)
        for line in lines:
            if line.startswith("#"):
                continue
            keyword, _space, text = line.partition(" ") if not line.startswith('"') else ("", "", line)
            if keyword:
                texts.append((keyword, ast.literal_eval(text)))
            else:
                texts[-1] = (texts[-1][0], texts[-1][1] + ast.literal_eval(text))
        for keyword, text in texts:
            if keyword == "msgctxt":
                found.context = text
            elif keyword == "msgid":
                found.message = text
            elif keyword == "msgid_plural":
                found.plural = text
            else:
                found.translations.append(text)
        if found.message:
            yield found


def faults(parts: list[Path], language: str) -> list[str]:
    """What would reach a reader wrongly, in sentences: each a reason not to compile."""
    found, known = [], dict[tuple[str | None, str], Entry]()
    for path in parts:
        if "\n#~" in path.read_text(encoding="utf-8"):
            found.append(f"{path.stem} keeps messages that are gone (#~).")
        for entry in entries(path):
            found += [f"{entry} {fault}" for fault in _faults(entry, language)]
            first = known.setdefault(entry.key, entry)
            if first.translations != entry.translations:
                found.append(
                    f"{entry} is {entry.translations}, and {first.translations} in {first.part}: choose one, or give a context."
                )
    return found


def _faults(entry: Entry, language: str) -> Iterator[str]:
    if entry.fuzzy:
        yield "is marked as doubtful."
    if not all(entry.translations) or not entry.translations:
        yield "is not translated."
    for number, text in enumerate(entry.translations):
        message = entry.plural if number else entry.message
        wanted, given = set(PLACEHOLDER.findall(message)), set(PLACEHOLDER.findall(text))
        # In the singular the number may be said in words.
        if not (given <= wanted if entry.plural and not number else given == wanted):
            yield f"holds {sorted(given)} instead of {sorted(wanted)}."
        if language in FAMILIAR and (word := FAMILIAR[language].search(text)):
            yield f"says “{word[0]}” to somebody who is “u” elsewhere."
