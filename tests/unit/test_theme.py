"""The house's colours in both themes: figures too, whose text no checker of pages looks at.

Contrast is the formula of WCAG 2.2 (relative luminance of sRGB); text needs 4.5, its SC 1.4.3.
"""

from __future__ import annotations

import re

import pytest

from assets.layout import REPOSITORY
from reports import _pictures, _style, _together

CSS = (REPOSITORY / "reports" / "brand" / "lunattiva.css").read_text("utf-8")
STYLE = (REPOSITORY / "reports" / "brand" / "lunattiva.mplstyle").read_text("utf-8")
TEXT = 4.5
#: What figures write with: text, labels, what is said aside, and what changed.
INKS = ("1d2a32", "33414a", "55636c", "b5480c")
Colour = tuple[float, float, float]


def read(text: str) -> Colour:
    digits = text if len(text) == 6 else "".join(each * 2 for each in text)
    return tuple(int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4))  # type: ignore[return-value]


def pairs() -> dict[str, tuple[Colour, Colour]]:
    """Return name -> its colour in the light and in the dark theme."""
    found = re.findall(r"--([\w-]+): light-dark\(#(\w+), #(\w+)\)", CSS)
    made = {name: (read(light), read(dark)) for name, light, dark in found}
    named = re.findall(r"--(f-\w+): var\(--(\w+)\)", CSS)
    return made | {name: made[other] for name, other in named}


def luminance(colour: Colour) -> float:
    parts = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in colour]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def contrast(first: Colour, second: Colour) -> float:
    low, high = sorted((luminance(first), luminance(second)))
    return (high + 0.05) / (low + 0.05)


def test_contrast_is_the_published_formula():
    assert contrast(read("000"), read("fff")) == pytest.approx(21)  # WCAG 2.2, contrast ratio
    assert contrast(read("777777"), read("fff")) == pytest.approx(4.48, abs=0.005)


def test_every_colour_a_figure_uses_has_a_name_in_both_themes():
    used = {each.lower().lstrip("#") for each in re.findall(r"\b[0-9A-F]{6}\b", STYLE)}
    used |= {getattr(_style, x).lower()[1:] for x in ("INK", "ACCENT", "SOFT", "BAND", "QUIET")}
    used |= {x.lower()[1:] for x in (_pictures.INK, _pictures.PALE)}
    assert {f"f-{each}" for each in used} <= set(pairs())


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
def test_text_of_figures_stands_out_from_all_it_lies_on(theme):
    known = pairs()
    paper, soft, band, ink = (
        known[f"f-{x}"][theme] for x in ("ffffff", "a9c3cf", "e4e8eb", "1b5e7b")
    )
    for each in INKS:
        assert contrast(known[f"f-{each}"][theme], paper) >= TEXT, each
    text = known["f-1d2a32"][theme]
    deepest = _together.DARKEST
    square = tuple(i * deepest + p * (1 - deepest) for i, p in zip(ink, paper, strict=True))
    for ground in (soft, band, square):
        assert contrast(text, ground) >= TEXT


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
def test_words_and_links_stand_out_on_paper_and_on_the_wash(theme):
    known = pairs()
    for name in ("ink", "muted", "accent"):
        for ground in ("paper", "wash"):
            assert contrast(known[name][theme], known[ground][theme]) >= TEXT, name
    assert contrast(known["caution-ink"][theme], known["caution-wash"][theme]) >= TEXT
    assert contrast(read("fff"), known["head"][theme]) >= TEXT
