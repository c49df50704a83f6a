"""The pages as a person meets them: offline, without errors, readable at two widths, in two languages."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from assets.layout import Layout
from assets.outputs.codebook import render_codebook
from assets.outputs.dashboard import page_name, render_dashboards
from assets.outputs.index import write_index
from assets.outputs.thesis import render_thesis
from tests.pages_numbers import SOURCES, stray_numbers
from tests.unit.released_sample import released_sample

pytestmark = pytest.mark.browser
WIDTHS = (1280, 390)
SMALLEST_TEXT_PX = 10
# Figures are drawn with text of 14 px (10.5 pt): no narrower than this share of their own width.
SMALLEST_FIGURE = 0.74
SCALES = """() => [...document.querySelectorAll('main svg[role=img]')].filter(e => e.clientWidth > 0)
  .map(e => e.clientWidth / (parseFloat(e.getAttribute('width')) * 4 / 3))"""
SMALL_TEXT = """() => [...document.querySelectorAll('main *')].filter(e =>
  [...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim()) && e.getClientRects().length &&
  parseFloat(getComputedStyle(e).fontSize) * (e.getScreenCTM ? e.getScreenCTM().a : 1) < %d).map(e => e.textContent.trim().slice(0, 40))"""
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
            if path.suffix == ".html":
                made[f"{name}_{path.stem[-2:]}"] = path
    demo = Layout(root, "demo")
    made["book"] = render_thesis(demo, ("html",))[0]
    made["codebook"] = render_codebook(demo, ["it"])[0]
    made["index"] = write_index(demo)
    return made


@pytest.mark.parametrize(
    ("name", "width"),
    [
        *((name, width) for name in ("demo_it", "demo_en") for width in WIDTHS),
        *((name, WIDTHS[1]) for name in ("real_it", "index", "book", "codebook")),
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
    described = "each => each.map(e => e.getAttribute('aria-label'))"
    alts = page.locator("main svg[role=img]").evaluate_all(described)
    assert alts and all(len(alt) > 30 for alt in alts)
    assert not [alt for alt in alts if CODES.search(alt)]


def test_hidden_numbers_are_words_on_the_page(pages, open_page):
    page, *_ = open_page(pages["demo_en"])
    page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
    assert "not shown (privacy)" in page.locator("body").inner_text()


def test_the_index_leads_to_pages_that_are_there(pages, open_page):
    page, *_ = open_page(pages["index"])
    targets = page.locator("main a").evaluate_all("each => each.map(e => e.getAttribute('href'))")
    assert {
        "dashboard_2022Q1_it.html",
        "dashboard_2022Q1_en.html",
        "../../../thesis/_output/demo/tesi.html",
        "codebook_it.html",
    } <= set(targets)
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


def test_a_click_on_a_number_says_where_it_comes_from(pages, open_page, axe_violations):
    page, _, console = open_page(pages["demo_it"])
    page.locator(".num", has_text=re.compile("^63$")).first.click()
    told = page.locator("dialog[open]").inner_text()
    assert "Persone raggiunte" in told and "I trimestre 2022" in told.replace("\u00a0", " ")
    assert re.search(r"lunattiva trace N-[A-Z2-7]{4}-[A-Z2-7]{4}", told)
    assert "0123456789ab" in told, "the version of the data"
    assert axe_violations(page) == []
    page.keyboard.press("Escape")
    assert page.locator("dialog[open]").count() == 0
    page.locator("g[id*='n-N'] text").first.click()
    assert "Definizione" in page.locator("dialog[open]").inner_text()
    assert console == []


@pytest.mark.parametrize("width", WIDTHS)
def test_the_keyboard_reaches_every_number_by_one_stop(pages, open_page, axe_violations, width):
    page, *_ = open_page(pages["demo_en"], width=width)
    toggle = page.get_by_role("button", name="Show where the numbers come from")
    assert page.locator(".num[tabindex]").count() == 0, "until asked, numbers are no stops"
    toggle.focus()
    page.keyboard.press("Enter")
    assert page.locator(".num[tabindex='0']").count() == 1
    page.keyboard.press("Tab")
    focused = "document.activeElement.dataset.n"
    first = page.evaluate(focused)
    page.keyboard.press("ArrowRight")
    second = page.evaluate(focused)
    assert first and second and first != second
    page.keyboard.press("Enter")
    name = second.partition(".")[0].partition("+")[0]
    assert f"{name[0]}-{name[1:5]}-{name[5:]}" in page.locator("dialog[open]").inner_text()
    page.keyboard.press("Escape")
    assert page.evaluate(focused) == second, "focus comes back"
    assert page.evaluate(OFF_PAGE) <= 0 and axe_violations(page) == []
    page.locator(".figure-numbers").nth(1).click()
    assert page.locator("dialog[open] h3").count() > 1
    toggle.evaluate("e => document.querySelector('dialog').close()")
    toggle.click()
    assert page.locator(".num[tabindex]").count() == 0


@pytest.mark.parametrize("name", ["demo_it", "demo_en", "real_it", "book"])
def test_every_number_of_a_page_is_an_object_that_resolves(pages, name):
    assert stray_numbers(pages[name].read_text("utf-8"), SOURCES) == []
