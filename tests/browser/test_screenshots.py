"""The pictures in the READMEs are taken of the demo run's own pages, and can be taken again.

``LUNATTIVA_SCREENSHOTS=update`` writes them anew into ``reports/screenshots``; without it they are taken into
a temporary folder and those committed must be there, as wide and high, small, and shown in a README.
"""

from __future__ import annotations

import io
import os
import re
from pathlib import Path

import pytest
from PIL import Image

from assets.layout import Layout
from tests.conftest import Ran

pytestmark = pytest.mark.browser
ROOT = Path(__file__).resolve().parents[2]
COMMITTED = ROOT / "reports" / "screenshots"
#: Picture -> page below the programme's output (the latest quarter where a name has a star), height.
SHOTS = {
    "dashboard_it": ("dashboard_20*_it.html", 1010),
    "dashboard_en": ("dashboard_20*_en.html", 1010),
    "index": ("index.html", 860),
    "quality_it": ("internal/quality_it.html", 860),
    "errors_it": ("internal/errors_it.html", 700),
}
WIDTH = 1280
MOST_BYTES = 200_000
IS_UPDATE = os.environ.get("LUNATTIVA_SCREENSHOTS") == "update"


def page_of(layout: Layout, name: str) -> Path:
    """Return the page that a picture shows."""
    return sorted(layout.reports_output.glob(SHOTS[name][0]))[-1]


def kept_small(shot: bytes, target: Path) -> None:
    """Write a picture in 256 colours: a quarter of the size."""
    picture = Image.open(io.BytesIO(shot)).convert("RGB").quantize(256)
    picture.save(target, "PNG", optimize=True)


def test_each_picture_can_be_taken_again_and_is_as_committed(demo: Ran, open_page):
    for name, (_, height) in SHOTS.items():
        page, _, console = open_page(page_of(demo.layout, name), width=WIDTH, height=height)
        assert console == []
        shot = page.screenshot(animations="disabled")
        target = COMMITTED / f"{name}.png"
        if IS_UPDATE:
            kept_small(shot, target)
        fresh, kept = Image.open(io.BytesIO(shot)), Image.open(target)
        assert fresh.size == kept.size == (WIDTH, height), name
        assert len(fresh.resize((64, 64)).getcolors(64 * 64)) > 8, "the page is blank"
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
