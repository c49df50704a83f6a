"""The demo run's own pages in a real Chromium: WCAG 2.2 AA in both themes and at every width, the
keyboard alone, 200 % zoom, paper, no network. ``checks`` says what is asked where, and why it is enough.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.browser.checks import INSIDE, MOST_S, WIDTHS, Looked
from tests.conftest import Ran

pytestmark = pytest.mark.browser
MOST_BYTES = 1_500_000
BOOK = "tesi.html"
TWIN = ("en", "fr")


def html_pages(demo: Ran) -> list[Path]:
    """Return the pages of the run, in order."""
    return [demo.layout.root / page for page in demo.told["pages"] if page.endswith(".html")]


def is_twin(path: Path) -> bool:
    """Say whether a page differs from another in its words alone, which are read the same way."""
    return path.stem.rpartition("_")[2] in TWIN


def look(looked: Looked, path: Path) -> None:
    """Ask everything of one page; of a second language what words can change."""
    if is_twin(path):
        looked.width(WIDTHS[-1])
        looked.named()
        return
    looked.focused()
    # The book is long; between 640 (the zoom) and 992 px nothing of its layout changes.
    for width in (WIDTHS[0], WIDTHS[-1]) if path.name == BOOK else WIDTHS:
        looked.width(width)
    looked.zoomed()
    looked.printed()
    looked.width(WIDTHS[0])
    looked.whole()
    looked.contrast("dark")


def busy_s(session: object) -> float:
    """Return how long the main thread worked since the page was asked for, in seconds of its own time."""
    told = session.send("Performance.getMetrics")["metrics"]  # type: ignore[attr-defined]
    return next(each["value"] for each in told if each["name"] == "TaskDuration")


def test_every_page_of_the_demo_is_for_everybody(demo: Ran, open_page):
    pages = html_pages(demo)
    names = {path.name for path in pages}
    assert names >= {"index.html", BOOK, "quality_it.html", "sheet_it.html", "sheet_ar.html"}
    assert {path.stem[-3:] for path in pages} >= {"_it", "_en"}
    # One page goes from one to the next: to open each anew takes as long as half of what is asked.
    page, requests, console = open_page(pages[0])
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable", {"timeDomain": "threadTicks"})
    wrong = []
    for path in pages:
        requests.clear()
        console.clear()
        page.set_viewport_size({"width": WIDTHS[0], "height": 900})
        page.goto(path.as_uri(), wait_until="load")
        took = busy_s(session)
        looked = Looked(page, path.name)
        if took > MOST_S:
            looked.found("opening", [f"the page is busy for {took:.2f} s"])
        if not any(word in page.content().upper() for word in ("SINTETICI", "SYNTHETIC")):
            looked.found("banner", ["does not say that its data are invented"])
        if path.stat().st_size >= MOST_BYTES:
            looked.found("size", [str(path.stat().st_size)])
        looked.found("inside", page.evaluate(INSIDE))
        look(looked, path)
        looked.found("console", console)
        looked.found("network", [x for x in requests if not x.startswith(("file:", "data:"))])
        wrong += looked.wrong
    assert wrong == []
