"""The renderer's sample pages in a real Chromium, wide and narrow, in both languages."""

from __future__ import annotations

from pathlib import Path

import pytest

from assets.outputs.render import RenderJob, render_many

pytestmark = pytest.mark.browser

SAMPLES = Path(__file__).parents[1] / "integration" / "render_samples"
PAGES = ("dashboard-it", "dashboard-en", "book")
WIDTHS = (1280, 390)


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Render the samples once."""
    out = tmp_path_factory.mktemp("pages")
    jobs = [
        RenderJob(
            SAMPLES / "reports" / "dashboard.qmd",
            out,
            f"dashboard-{lang}",
            params={"period": "2022Q2", "lang": lang},
            lang=lang,
        )
        for lang in ("it", "en")
    ]
    jobs.append(RenderJob(SAMPLES / "book", out, "book"))
    results = render_many(jobs, engine="embedded", cache_dir=out / "cache")
    return dict(zip(PAGES, (result.paths[0] for result in results), strict=True))


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", PAGES)
def test_page_is_silent_accessible_and_fits(name, width, pages, open_page, axe_violations):
    page, _, console = open_page(pages[name], width, 900)
    assert console == []
    assert axe_violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.locator("h1").count() == 1
    levels = page.evaluate(
        "[...document.querySelectorAll('h1,h2,h3,h4,h5,h6')].map(h => +h.tagName[1])"
    )
    assert all(after <= before + 1 for before, after in zip(levels, levels[1:], strict=False))


@pytest.mark.parametrize("width", WIDTHS)
def test_second_dashboard_page_opens_from_the_keyboard(width, pages, open_page, axe_violations):
    page, _, console = open_page(pages["dashboard-en"], width, 900)
    assert page.locator("#page-1").is_visible()
    page.locator("nav.pages a", has_text="Method").focus()
    page.keyboard.press("Enter")
    page.locator("#page-2").wait_for(state="visible")
    assert not page.locator("#page-1").is_visible()
    tabs = page.locator("[role=tab]")
    tabs.first.focus()
    page.keyboard.press("ArrowRight")
    assert tabs.nth(1).get_attribute("aria-selected") == "true"
    assert page.get_by_text("Testo secondo").is_visible()
    assert axe_violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert console == []


def test_wide_table_scrolls_in_its_own_labelled_box(pages, open_page):
    page, _, _ = open_page(pages["dashboard-it"], 390, 900)
    box = page.locator(".table-scroll").first
    assert box.get_attribute("tabindex") == "0"
    assert box.get_attribute("aria-label")
    assert box.evaluate("e => e.scrollWidth > e.clientWidth")
    assert page.locator("thead th").first.get_attribute("scope") == "col"


def test_every_link_inside_the_book_has_its_target(pages, open_page):
    page, _, _ = open_page(pages["book"])
    broken = page.evaluate(
        "[...document.querySelectorAll('a[href^=\"#\"]')].map(a => a.getAttribute('href').slice(1))"
        ".filter(id => !document.getElementById(decodeURIComponent(id)))"
    )
    assert broken == []
