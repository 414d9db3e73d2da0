"""Every pair of tokens that carries text, computed from the stylesheet, in light and in dark (WCAG 2.2, 1.4.3 and 1.4.11)."""

import re
from pathlib import Path

import pytest
from django.conf import settings

TOKENS = Path(settings.BASE_DIR) / "static" / "css" / "tokens.css"
GROUNDS = ["paper", "card", "sunk", "hover"]
TEXT = [
    (ink, ground)
    for ink in ("ink", "ink-2", "ink-3", "water", "red", "amber", "green", "blue")
    for ground in GROUNDS
]
TEXT += [(hue, f"{hue}-soft") for hue in ("water", "green", "amber", "red", "blue")]
TEXT += [
    (ink, f"{hue}-soft") for ink in ("ink", "ink-2") for hue in ("water", "green", "amber", "red", "blue")
]
TEXT += [("ink-3", "water-soft"), ("water-ink", "water"), ("water-ink", "water-2"), ("white", "red-fill")]
TEXT += [
    ("rail-ink", "rail"),
    ("rail-ink-2", "rail"),
    ("white", "rail"),
    ("white", "rail-on"),
]
EDGES = [("edge", ground) for ground in GROUNDS] + [("water", ground) for ground in GROUNDS]


def tokens() -> dict[str, tuple[str, str]]:
    """Each colour token's light and dark value."""
    text = TOKENS.read_text()
    both = re.findall(r"--([\w-]+): light-dark\((#\w+), (#\w+)\)", text)
    same = re.findall(r"--([\w-]+): (#\w+);", text)
    return {name: (light, dark) for name, light, dark in both} | {name: (one, one) for name, one in same}


def luminance(colour: str) -> float:
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    bright, dim = sorted((luminance(one), luminance(other)), reverse=True)
    return (bright + 0.05) / (dim + 0.05)


def test_the_formula_gives_the_known_extremes() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("ink", "ground"), TEXT)
def test_text_can_be_read(ink: str, ground: str, scheme: int) -> None:
    found = tokens()
    assert contrast(found[ink][scheme], found[ground][scheme]) >= 4.5


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("edge", "ground"), EDGES)
def test_edges_of_controls_can_be_seen(edge: str, ground: str, scheme: int) -> None:
    found = tokens()
    assert contrast(found[edge][scheme], found[ground][scheme]) >= 3
