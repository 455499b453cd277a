"""Colours that can be read: WCAG AA for every pair of text and ground, light and dark."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

SHEET = Path(__file__).parents[2] / "integration/web/console/static/console.css"
AA = 4.5
PAIRS = [
    *((text, ground) for text in ("ink", "quiet", "accent") for ground in ("paper", "ground")),
    *((text, "paper") for text in ("bad", "warn", "good")),
    *((tone, f"{tone}-bg") for tone in ("good", "bad", "warn", "busy", "quiet")),
    ("ink", "quiet-bg"),
    ("quiet", "raised"),
    ("on-accent", "accent"),
    ("paper", "bad"),
    ("paper", "ink"),
]


def palettes() -> dict[str, dict[str, str]]:
    light, dark = re.findall(r":root \{(.*?)\}", SHEET.read_text(), re.DOTALL)
    return {"light": colours(light), "dark": colours(dark)}


def colours(block: str) -> dict[str, str]:
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]+);", block))


def luminance(colour: str) -> float:
    digits = colour[1:] if len(colour) == 7 else "".join(2 * each for each in colour[1:])
    parts = [linear(int(digits[place : place + 2], 16) / 255) for place in (0, 2, 4)]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else float(((part + 0.055) / 1.055) ** 2.4)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("text", "ground"), PAIRS)
def test_text_stands_out_from_its_ground(scheme: str, text: str, ground: str) -> None:
    palette = palettes()[scheme]
    lower, higher = sorted(luminance(palette[each]) for each in (text, ground))
    assert (higher + 0.05) / (lower + 0.05) >= AA
