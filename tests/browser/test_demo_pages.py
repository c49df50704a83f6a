"""The demo run's own pages in a real Chromium: every page the run names, at two widths, offline."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import Ran

pytestmark = pytest.mark.browser
OFF_PAGE = "() => document.documentElement.scrollWidth - window.innerWidth"
OUTWARD = """() => [...document.querySelectorAll('[src], link[href], use[href]')]
  .map(e => e.getAttribute('src') || e.getAttribute('href'))
  .filter(to => /^(https?:)?\\/\\//.test(to))"""
BROKEN = """() => [...document.querySelectorAll('a[href^="#"]')].map(e => e.getAttribute('href').slice(1))
  .filter(id => id && !document.getElementById(decodeURIComponent(id)))"""


def html_pages(demo: Ran) -> list[Path]:
    """Return the pages of the run, in order."""
    return [demo.layout.root / page for page in demo.told["pages"] if page.endswith(".html")]


def _is_asked(path: Path, width: int) -> bool:
    """Say whether axe looks at a page at this width: each kind of page at both, each page at one.

    Two languages of a page differ in their words alone, except where they read from the right. The
    book is long, and its elements are the same at any width.
    """
    language = path.stem.rpartition("_")[2]
    if language in ("it", "en", "fr"):
        return (width == 1280) == (language != "it")
    return width == 1280 or path.name != "tesi.html"


@pytest.mark.parametrize("width", [1280, 390])
def test_every_page_of_the_demo_opens_clean(demo: Ran, open_page, axe_violations, width: int):
    pages = html_pages(demo)
    names = {path.name for path in pages}
    assert names >= {"index.html", "tesi.html", "quality_it.html", "sheet_it.html", "sheet_ar.html"}
    assert {path.stem[-3:] for path in pages} >= {"_it", "_en"}
    for path in pages:
        page, requests, console = open_page(path, width=width)
        assert console == [], path.name
        assert all(url.startswith(("file:", "data:")) for url in requests), path.name
        if _is_asked(path, width):
            assert axe_violations(page) == [], path.name
        assert page.evaluate(OFF_PAGE) <= 0, f"{path.name} is wider than the window"
        assert page.evaluate(OUTWARD) == [], path.name
        assert page.evaluate(BROKEN) == [], path.name
        assert "SINTETICI" in page.content().upper() or "SYNTHETIC" in page.content().upper()
        page.close()
