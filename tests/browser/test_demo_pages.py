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
        # The book is long and its elements the same at any width: two languages' pages are not.
        # Of the sheets the one that reads from the right differs from the others in its words' way.
        if width == 1280 or path.name not in ("tesi.html", "sheet_en.html", "sheet_fr.html"):
            assert axe_violations(page) == [], path.name
        assert page.evaluate(OFF_PAGE) <= 0, f"{path.name} is wider than the window"
        assert page.evaluate(OUTWARD) == [], path.name
        assert page.evaluate(BROKEN) == [], path.name
        assert "SINTETICI" in page.content().upper() or "SYNTHETIC" in page.content().upper()
        page.close()
