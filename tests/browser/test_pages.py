"""The pages as a person meets them: offline, without errors, readable at two widths, in two languages."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from assets.layout import Layout
from assets.outputs.dashboard import page_name, render_dashboards
from assets.outputs.index import write_index
from assets.outputs.thesis import render_thesis
from tests.unit.released_sample import released_sample

pytestmark = pytest.mark.browser
WIDTHS = (1280, 390)
SMALLEST_TEXT_PX = 10
# Figures are drawn with text of 14 px (10.5 pt): no narrower than this share of their own width.
SMALLEST_FIGURE = 0.74
SCALES = """() => [...document.querySelectorAll('main img')].filter(e => e.clientWidth > 0)
  .map(e => e.clientWidth / e.naturalWidth)"""
SMALL_TEXT = """() => [...document.querySelectorAll('main *')].filter(e =>
  [...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim()) && e.offsetParent !== null &&
  parseFloat(getComputedStyle(e).fontSize) < %d).map(e => e.textContent.trim().slice(0, 40))"""
OFF_PAGE = "() => document.documentElement.scrollWidth - window.innerWidth"
CODES = re.compile(
    r"\b(sap_aler|sap_municipal|gender_code|tenure_code|age_band|reached_n|who5|service_access|_total"
    r"|_unknown|suppressed\w*|nan|None|italiano_donne|emporio|2022Q1)\b"
)


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Render the sample's pages once: rich and bare programme, two languages, index, book."""
    root = tmp_path_factory.mktemp("pages")
    made = {}
    for name, quarter in (("demo", "2022Q1"), ("real", "2016Q2")):
        layout = Layout(root, name)
        released_sample(layout.released, bare=name == "real")
        for path in render_dashboards(
            layout, [quarter], ["it", "en"] if name == "demo" else ["it"]
        ):
            made[f"{name}_{path.stem[-2:]}"] = path
    demo = Layout(root, "demo")
    made["book"] = render_thesis(demo, ("html",))[0]
    made["index"] = write_index(demo)
    return made


@pytest.mark.parametrize(
    ("name", "width"),
    [
        *((name, width) for name in ("demo_it", "demo_en") for width in WIDTHS),
        *((name, WIDTHS[1]) for name in ("real_it", "index", "book")),
    ],
)
def test_a_page_opens_clean(pages, open_page, axe_violations, name, width):
    page, _, console = open_page(pages[name], width=width)
    assert console == []
    assert axe_violations(page) == []
    assert page.evaluate(OFF_PAGE) <= 0, "the page is wider than the window"
    assert page.evaluate(SMALL_TEXT % SMALLEST_TEXT_PX) == []
    assert min(page.evaluate(SCALES), default=1) >= SMALLEST_FIGURE
    assert pages[name].stat().st_size < 1_500_000


@pytest.mark.parametrize(("lang", "mark"), [("it", "DATI SINTETICI"), ("en", "SYNTHETIC DATA")])
def test_invented_data_are_called_so_and_real_ones_are_not(pages, open_page, lang, mark):
    page, *_ = open_page(pages[f"demo_{lang}"])
    assert page.get_by_text(mark).first.is_visible()
    page, *_ = open_page(pages["real_it"])
    assert page.get_by_text(mark).count() == 0
    assert not page.locator(".banner").is_visible()


def test_the_answer_stands_before_anything_else(pages, open_page):
    page, *_ = open_page(pages["demo_it"])
    box = page.locator(".valuebox").first.bounding_box()
    assert box["y"] + box["height"] < 900, "the numbers need no scrolling"
    answer = page.get_by_text("hanno partecipato 63 persone").bounding_box()
    assert answer["y"] < box["y"]


@pytest.mark.parametrize("name", ["demo_it", "demo_en"])
def test_no_code_name_reaches_the_reader(pages, open_page, name):
    page, *_ = open_page(pages[name])
    page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
    assert not CODES.findall(page.locator("body").inner_text())
    alts = page.locator("img").evaluate_all("each => each.map(e => e.alt)")
    assert alts and all(len(alt) > 30 for alt in alts)
    assert not [alt for alt in alts if CODES.search(alt)]


def test_hidden_numbers_are_words_on_the_page(pages, open_page):
    page, *_ = open_page(pages["demo_en"])
    page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
    assert "not shown (privacy)" in page.locator("body").inner_text()


def test_the_index_leads_to_pages_that_are_there(pages, open_page):
    page, *_ = open_page(pages["index"])
    targets = page.locator("main a").evaluate_all("each => each.map(e => e.getAttribute('href'))")
    assert len(targets) == 3, "two languages of one quarter and the book"
    for target in targets:
        assert (pages["index"].parent / target).is_file(), target


def test_the_book_numbers_figures_tables_and_cites(pages, open_page):
    page, *_ = open_page(pages["book"])
    text = page.locator("main").inner_text().replace("\u00a0", " ")
    assert "Figura 5.1" in text and "Tabella 5.1" in text and "Appendice A" in text
    assert "Topp" in text and "10.1159/000376585" in text
    assert text.count("Da scrivere") >= 5
    assert "?" not in page.locator("a.crossref").all_inner_texts()


def test_pages_of_earlier_data_are_called_so(tmp_path):
    layout = Layout(tmp_path, "demo")
    released_sample(layout.released)
    assert "No page yet." in write_index(layout).read_text("utf-8")
    page = layout.reports_output / f"{page_name('2022Q1', 'it')}.html"
    page.write_text("made of data version 0123456789ab", "utf-8")
    assert "made from earlier data" not in write_index(layout).read_text("utf-8")
    page.write_text("made of data version fedcba987654", "utf-8")
    assert "made from earlier data" in write_index(layout).read_text("utf-8")
