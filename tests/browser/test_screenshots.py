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


def page_of(layout: Layout, name: str) -> Path:
    """Return the page that a picture shows."""
    return sorted(layout.reports_output.glob(SHOTS[name][0]))[-1]


def taken(page: object) -> bytes:
    """Return the bytes of a picture of the page, in 256 colours: a quarter of the size."""
    shot = page.screenshot(animations="disabled")  # type: ignore[attr-defined]
    made = io.BytesIO()
    Image.open(io.BytesIO(shot)).convert("RGB").quantize(256).save(made, "PNG", optimize=True)
    return made.getvalue()


@pytest.mark.parametrize("name", SHOTS)
def test_each_picture_can_be_taken_again_and_is_as_committed(demo: Ran, open_page, tmp_path, name):
    path = page_of(demo.layout, name)
    page, _, console = open_page(path, width=WIDTH, height=SHOTS[name][1])
    assert console == []
    is_update = os.environ.get("LUNATTIVA_SCREENSHOTS") == "update"
    target = (COMMITTED if is_update else tmp_path) / f"{name}.png"
    target.write_bytes(taken(page))
    fresh, kept = Image.open(target), Image.open(COMMITTED / f"{name}.png")
    assert fresh.size == kept.size == (WIDTH, SHOTS[name][1])
    assert len(fresh.getcolors(256)) > 8, "the page is blank"
    for each in (target, COMMITTED / f"{name}.png"):
        assert each.stat().st_size < MOST_BYTES, each.name


def test_every_picture_is_shown_and_every_one_shown_is_there():
    shown = {
        name
        for readme in ("README.md", "README.it.md")
        for name in re.findall(
            r"!\[[^]]{40,}\]\(reports/screenshots/(\w+)\.png\)", (ROOT / readme).read_text("utf-8")
        )
    }
    assert shown == {path.stem for path in COMMITTED.iterdir()} == set(SHOTS)


def test_the_page_of_errors_is_readable_by_everybody(demo: Ran, open_page, axe_violations):
    page, _, _ = open_page(page_of(demo.layout, "errors_it"), width=390)
    assert axe_violations(page) == []
    assert page.evaluate("() => document.documentElement.scrollWidth - window.innerWidth") <= 0
