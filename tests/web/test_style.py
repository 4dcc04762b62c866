"""The contrast that the style sheet claims: 4.5:1 (WCAG 2.2, 1.4.3) for every ink on every ground, day and night."""

from __future__ import annotations

import re

import pytest

from feeds.web.layout import FOLDER

STYLE = (FOLDER / "style.css").read_text()
DAY, NIGHT = (
    dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6})", block)) for block in re.findall(r":root {(.*?)}", STYLE, re.DOTALL)
)


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("palette", [DAY, NIGHT], ids=["day", "night"])
@pytest.mark.parametrize("ink", ["ink", "soft", "accent", "ok", "warn", "bad"])
@pytest.mark.parametrize("ground", ["ground", "card", "chip", "accent-ground"])
def test_contrast(palette: dict[str, str], ink: str, ground: str) -> None:
    darker, lighter = sorted((luminance(palette[ink]), luminance(palette[ground])))
    assert (lighter + 0.05) / (darker + 0.05) >= 4.5
