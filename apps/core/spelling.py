"""Typing errors forgiven: the words that occur, found by what is left of one when a letter is gone.

Two words that differ by one letter too many, too few, another, or two that changed places, share such a rest: the database
finds them by an index of all rests (`wt_rests`), as the SymSpell algorithm does, and the nearest count.
"""

import re
from dataclasses import dataclass

from rapidfuzz.distance import OSA

from apps.core.models import SearchWord

SHORTEST = 4  # letters: of a shorter word every other one is near
NEAREST = 3
_ASKED = re.compile(rf"([^\W\d_]{{{SHORTEST},}}):\*")


@dataclass(frozen=True)
class Forgiven:
    """What is asked for in place of what was typed, and the words that were taken for those of them that occur nowhere."""

    asked: str
    words: tuple[str, ...]


def forgiven(asked: str) -> Forgiven | None:
    """`asked` (`core.search.words_asked`) with the words that occur beside those that nearly do; None when none are near."""
    near = {word: words_near(word) for word in _ASKED.findall(asked)}
    if not any(near.values()):
        return None
    words = tuple(one for found in near.values() for one in found)
    return Forgiven(_ASKED.sub(lambda found: _any_of(found[1], near[found[1]]), asked), words)


def words_near(word: str) -> list[str]:
    """The words that occur and differ least from `word`, which does not count itself."""
    allowed = 1 if len(word) < 8 else 2
    known = set(
        SearchWord.objects.filter(rests__overlap=rests(word))
        .exclude(word=word)
        .values_list("word", flat=True)
    )
    apart = sorted((OSA.distance(word, one), one) for one in known)
    least = apart[0][0] if apart else 0
    return [one for distance, one in apart if distance == least <= allowed][:NEAREST]


def rests(word: str) -> list[str]:
    """The word, and what is left of it without one of its letters. The same as `wt_rests` in the database."""
    return sorted({word, *(word[:place] + word[place + 1 :] for place in range(len(word)))})


def _any_of(word: str, near: list[str]) -> str:
    return f"({' | '.join(f'{one}:*' for one in (word, *near))})" if near else f"{word}:*"
