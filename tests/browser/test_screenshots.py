"""The pictures in the READMEs are taken of the demo run's own pages, and can be taken again.

``LUNATTIVA_SCREENSHOTS=update`` writes them anew into ``reports/screenshots``; without it they are taken into
a temporary folder and those committed must be there, as wide and high, small, and shown in a README.
"""

from __future__ import annotations

import io
import os
import re
from dataclasses import dataclass
from pathlib import Path

import pytest
from PIL import Image

from assets.layout import Layout
from tests.conftest import Ran

pytestmark = pytest.mark.browser
ROOT = Path(__file__).resolve().parents[2]
COMMITTED = ROOT / "reports" / "screenshots"


@dataclass(frozen=True)
class Shot:
    """One picture: its page below the run's folder (the last one where a name has a star), how it is taken."""

    page: str
    height: int
    width: int = 1280
    kept: int = 1280
    theme: str = "light"


REPORTS = "reports/_output/demo"
#: One of each kind of page; those that are only leafed through are kept at half their size.
SHOTS = {
    "dashboard_it": Shot(f"{REPORTS}/dashboard_20*_it.html", 1010),
    "dashboard_en": Shot(f"{REPORTS}/dashboard_20*_en.html", 1010),
    "index": Shot(f"{REPORTS}/index.html", 860),
    "quality_it": Shot(f"{REPORTS}/internal/quality_it.html", 860),
    "errors_it": Shot(f"{REPORTS}/internal/errors_it.html", 700),
    "whole_it": Shot(f"{REPORTS}/dashboard_all_it.html", 1400, kept=640),
    "thesis": Shot("thesis/_output/demo/tesi.html", 1200, kept=640),
    "anonymity_it": Shot(f"{REPORTS}/anonymity_it.html", 1200, kept=640, theme="dark"),
    "codebook_it": Shot(f"{REPORTS}/codebook_it.html", 1100, kept=640),
    "sheet_it": Shot(f"{REPORTS}/sheet/sheet_it.html", 1100, kept=640),
    "sheet_ar": Shot(f"{REPORTS}/sheet/sheet_ar.html", 1200, width=390, kept=390),
}
MOST_BYTES = 200_000
IS_UPDATE = os.environ.get("LUNATTIVA_SCREENSHOTS") == "update"


def page_of(layout: Layout, shot: Shot) -> Path:
    """Return the page that a picture shows."""
    return sorted(layout.root.glob(shot.page))[-1]


def kept_small(picture: Image.Image, shot: Shot) -> Image.Image:
    """Return a picture as it is kept: its size, in few colours; fewer where it is leafed through."""
    size = (shot.kept, shot.height * shot.kept // shot.width)
    return picture.resize(size, Image.Resampling.LANCZOS).quantize(256 if shot.kept == 1280 else 48)


def test_each_picture_can_be_taken_again_and_is_as_committed(demo: Ran, open_page):
    for name, shot in SHOTS.items():
        page, _, console = open_page(page_of(demo.layout, shot), shot.width, shot.height)
        page.emulate_media(color_scheme=shot.theme)
        taken = page.screenshot(animations="disabled")
        page.emulate_media(color_scheme="light")
        assert console == []
        fresh = Image.open(io.BytesIO(taken)).convert("RGB")
        assert fresh.size == (shot.width, shot.height), name
        assert len(fresh.resize((64, 64)).getcolors(64 * 64)) > 8, "the page is blank"
        target = COMMITTED / f"{name}.png"
        made = kept_small(fresh, shot)
        if IS_UPDATE:
            made.save(target, "PNG", optimize=True)
        assert Image.open(target).size == made.size, name
        assert target.stat().st_size < MOST_BYTES, name


def test_every_picture_is_shown_and_every_one_shown_is_there():
    shown = {
        name
        for readme in ("README.md", "README.it.md")
        for name in re.findall(
            r"!\[[^]]{40,}\]\(reports/screenshots/(\w+)\.png\)", (ROOT / readme).read_text("utf-8")
        )
    }
    assert shown == {path.stem for path in COMMITTED.iterdir()} == set(SHOTS)
