"""The renderer's sample pages in a real Chromium, in both themes, at every width and from the keyboard."""

from __future__ import annotations

from pathlib import Path

import pytest

from assets.outputs.render import RenderJob, render_many
from tests.browser.checks import INSIDE, WIDTHS, Looked

pytestmark = pytest.mark.browser

SAMPLES = Path(__file__).parents[1] / "integration" / "render_samples"
PAGES = ("dashboard", "book")


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Render the samples once."""
    out = tmp_path_factory.mktemp("pages")
    source = SAMPLES / "reports" / "dashboard.qmd"
    params = {"period": "2022Q2", "lang": "en"}
    jobs = [
        RenderJob(source, out, "dashboard", params=params, lang="en"),
        RenderJob(SAMPLES / "book", out, "book"),
    ]
    results = render_many(jobs, engine="embedded", cache_dir=out / "cache")
    return dict(zip(PAGES, (result.paths[0] for result in results), strict=True))


@pytest.mark.parametrize("name", PAGES)
def test_page_is_silent_accessible_and_fits(name, pages, open_page):
    page, _, console = open_page(pages[name])
    assert console == []
    assert page.locator("h1").count() == 1
    levels = page.evaluate(
        "[...document.querySelectorAll('h1,h2,h3,h4,h5,h6')].map(h => +h.tagName[1])"
    )
    assert all(after <= before + 1 for before, after in zip(levels, levels[1:], strict=False))
    looked = Looked(page, name)
    looked.found("inside", page.evaluate(INSIDE))
    looked.focused()
    for width in WIDTHS:
        looked.width(width)
    looked.zoomed()
    looked.printed()
    looked.width(WIDTHS[0])
    looked.whole()
    looked.contrast("dark")
    assert looked.wrong == []


def test_second_dashboard_page_opens_from_the_keyboard(pages, open_page):
    page, _, console = open_page(pages["dashboard"], 390, 900)
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
    looked = Looked(page, "second page")
    looked.width(390)
    looked.whole()
    assert looked.wrong == [] and console == []


def test_wide_table_scrolls_in_its_own_labelled_box(pages, open_page):
    page, _, _ = open_page(pages["dashboard"], 390, 900)
    page.evaluate("document.querySelector('details.fold').open = true")
    box = page.locator(".table-scroll").first
    assert box.get_attribute("tabindex") == "0"
    assert box.get_attribute("aria-label")
    assert box.evaluate("e => e.scrollWidth > e.clientWidth")
    assert page.locator("thead th").first.get_attribute("scope") == "col"


def test_a_phone_begins_with_each_sections_line_and_opens_it_by_key_link_and_on_paper(
    pages, open_page
):
    page, _, console = open_page(pages["dashboard"], 390, 900)
    evidence, line = page.get_by_text("By neighbourhood"), page.locator("details.fold > summary")
    assert page.get_by_role("heading", name="Participation").is_visible()
    assert line.inner_text() == "Hanno partecipato 128 persone." and not evidence.is_visible()
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert evidence.is_visible() and not line.is_visible()
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    page.emulate_media(media="screen")
    assert not evidence.is_visible()
    line.focus()
    page.keyboard.press("Enter")
    assert evidence.is_visible()
    page.keyboard.press("Enter")
    assert not evidence.is_visible()
    page.evaluate("location.hash = '#participation'")
    evidence.wait_for(state="visible")
    page.evaluate("document.querySelector('details.fold').open = false")
    page.set_viewport_size({"width": 1280, "height": 900})
    evidence.wait_for(state="visible")
    assert not line.is_visible(), "where there is room nothing is folded"
    page.goto("about:blank")
    assert console == []


def test_without_a_script_nothing_is_folded(pages, context):
    bare = context.browser.new_context(
        java_script_enabled=False, viewport={"width": 390, "height": 900}
    )
    page = bare.new_page()
    page.goto(pages["dashboard"].as_uri())
    assert page.locator("details.fold > summary").is_visible()
    assert page.get_by_text("By neighbourhood").is_visible()
    bare.close()
