"""The demo's pages as a person meets them: the answer first, numbers that say where they come from,
two languages, two themes, links that lead somewhere; and a programme whose people are not invented.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from assets.layout import Layout
from assets.outputs.anonymity import render_anonymity
from assets.outputs.dashboard import page_name
from assets.outputs.index import write_index
from tests.browser.checks import AXE, LAYOUT, SMALLEST_FIGURE, SMALLEST_TEXT_PX, TAGS, axe_source
from tests.conftest import Ran
from tests.unit.released_sample import released_sample

pytestmark = pytest.mark.browser
OFF_PAGE = "() => document.documentElement.scrollWidth - window.innerWidth"
UNFOLD = "document.querySelectorAll('details').forEach(each => each.open = true)"
CODES = re.compile(
    r"\b(sap_aler|sap_municipal|gender_code|tenure_code|age_band|reached_n|who5|service_access|_total"
    r"|_unknown|suppressed\w*|nan|None|italiano_donne|emporio|\d{4}Q\d)\b"
)
PAPER = "() => getComputedStyle(document.querySelector('.card')).backgroundColor"
LIGHT, DARK = "rgb(255, 255, 255)", "rgb(24, 34, 42)"


@pytest.fixture(scope="module")
def pages(demo: Ran) -> dict[str, Path]:
    """Return some of the demo's pages: the latest quarter's in two languages, the list, the book."""
    out = demo.layout.reports_output
    latest = {lang: sorted(out.glob(f"dashboard_20*_{lang}.html"))[-1] for lang in ("it", "en")}
    rest = {"index": out / "index.html", "sheet": out / "sheet" / "sheet_ar.html"}
    return {**latest, **rest, "book": demo.layout.thesis_output / "tesi.html"}


@pytest.fixture(scope="module")
def opened(context: Any, pages: dict[str, Path]) -> Iterator[Callable[[str], Any]]:
    """Give ``opened(name)``: each page is opened once; a test leaves it as it was."""
    there: dict[str, Any] = {}

    def page_of(name: str) -> Any:
        if name not in there:
            there[name] = context.new_page()
            there[name].goto(pages[name].resolve().as_uri(), wait_until="load")
        there[name].set_viewport_size({"width": 1280, "height": 900})
        there[name].evaluate("scrollTo(0, 0)")
        return there[name]

    yield page_of
    for page in there.values():
        page.close()


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Render the quickest page of a programme with few tables, whose people are real."""
    layout = Layout(tmp_path_factory.mktemp("pages"), "real")
    released_sample(layout.released, bare=True)
    return render_anonymity(layout, ["it"])[0]


def test_invented_data_are_called_so_and_real_ones_are_not(opened, real, open_page):
    for lang, mark in (("it", "DATI SINTETICI"), ("en", "SYNTHETIC DATA")):
        page = opened(lang)
        assert page.get_by_text(mark).first.is_visible()
    page, _, console = open_page(real, width=390)
    assert console == []
    assert page.get_by_text("DATI SINTETICI").count() == 0
    assert not page.locator(".banner").is_visible()
    assert page.evaluate(LAYOUT, [SMALLEST_TEXT_PX, SMALLEST_FIGURE]) == []


def test_the_answer_stands_before_anything_else(opened):
    page = opened("it")
    box = page.locator(".valuebox").first.bounding_box()
    assert box["y"] + box["height"] < 900, "the numbers need no scrolling"
    answer = page.get_by_text("hanno partecipato").first.bounding_box()
    assert answer["y"] < box["y"]


def test_on_a_phone_a_quarter_is_short_and_says_each_section_in_a_sentence(pages, open_page):
    page, _, console = open_page(pages["it"], 390, 844)
    assert page.evaluate("document.documentElement.scrollHeight") < 8000
    lines = page.locator("main .evidence summary")
    assert lines.count() == page.locator("main .evidence h2").count() == 11
    assert all(line.is_visible() and line.inner_text().endswith(".") for line in lines.all())
    drawn = page.locator("main .evidence svg[role=img]")
    assert drawn.count() > 8 and not drawn.first.is_visible()
    lines.first.click()
    assert drawn.first.is_visible() and console == []


@pytest.mark.parametrize("name", ["it", "en"])
def test_no_code_name_reaches_the_reader_and_hidden_numbers_are_words(opened, name):
    page = opened(name)
    page.evaluate(UNFOLD)
    text = page.locator("body").inner_text()
    assert not CODES.findall(text)
    assert {"it": "n.d. (riservatezza)", "en": "not shown (privacy)"}[name] in text
    described = "each => each.map(e => e.getAttribute('aria-label'))"
    alts = page.locator("main svg[role=img]").evaluate_all(described)
    assert alts and all(len(alt) > 30 for alt in alts)
    assert not [alt for alt in alts if CODES.search(alt)]


def test_numbers_are_written_as_the_language_does(opened):
    decimals = {"it": re.compile(r"\d\.\d(?!\d\d)"), "en": re.compile(r"\d,\d(?!\d\d)")}
    for lang, foreign in decimals.items():
        page = opened(lang)
        page.evaluate(UNFOLD)
        drawn = page.locator("main svg[role=img] text").all_text_contents()
        shown = page.locator(".num").all_text_contents()
        assert len(drawn) > 50 and len(shown) > 50
        assert not [text for text in (*drawn, *shown) if foreign.search(text)]


def test_every_figure_has_its_data_beside_it(opened):
    for lang in ("it", "en"):
        page = opened(lang)
        without = page.evaluate("""() => [...document.querySelectorAll('main svg[role=img]')].filter((e) => {
          const card = e.closest('.card, figure'); const link = card && card.querySelector('a.figure-data');
          return !link || !link.download.endsWith('.csv') || !link.href.startsWith('data:text/csv'); })
          .map((e) => e.getAttribute('aria-label').slice(0, 60))""")
        assert without == []


def test_the_index_is_marked_and_leads_to_pages_that_are_there(pages, opened):
    page = opened("index")
    assert "BOZZA" in page.locator(".watermark").inner_text()
    targets = page.locator("main a").evaluate_all("each => each.map(e => e.getAttribute('href'))")
    names = {path.name for name, path in pages.items() if name in ("it", "en")}
    assert {*names, "../../../thesis/_output/demo/tesi.html", "codebook_it.html"} <= set(targets)
    for target in targets:
        assert (pages["index"].parent / target).is_file(), target


def test_the_book_numbers_figures_tables_and_cites(opened):
    page = opened("book")
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


def test_a_click_on_a_number_says_where_it_comes_from(opened):
    page = opened("it")
    page.locator(".vb-value .num").first.click()
    told = page.locator("dialog[open]").inner_text()
    assert "Persone raggiunte" in told and "trimestre 20" in told.replace("\u00a0", " ")
    assert re.search(r"lunattiva trace N-[A-Z2-7]{4}-[A-Z2-7]{4}", told)
    page.keyboard.press("Escape")
    assert page.locator("dialog[open]").count() == 0
    page.locator("g[id*='n-N'] text").first.click()
    assert "Definizione" in page.locator("dialog[open]").inner_text()
    page.evaluate(axe_source())
    dialog = "() => [document.querySelector('dialog')]"  # the page is looked at elsewhere
    assert page.evaluate(AXE, [TAGS, None, {}, dialog]) == []
    page.keyboard.press("Escape")


def test_people_are_rounded_on_the_list_as_on_the_pages(opened):
    said = opened("index").locator(".since").first.inner_text()
    people = re.search(r"persone raggiunte (\d+) \(prima (\d+): .(\d+)\)", said).groups()
    assert all(int(each) % 5 == 0 for each in people)


@pytest.mark.parametrize("width", [1280, 390])
def test_the_keyboard_reaches_every_number_by_one_stop(opened, width):
    page = opened("en")
    page.set_viewport_size({"width": width, "height": 900})
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
    assert page.evaluate(OFF_PAGE) <= 0
    page.locator(".figure-numbers").nth(1).click()
    assert page.locator("dialog[open] h3").count() > 1
    toggle.evaluate("e => document.querySelector('dialog').close()")
    toggle.click()
    assert page.locator(".num[tabindex]").count() == 0


def test_the_keyboard_alone_walks_a_page_and_opens_its_folds(opened):
    page = opened("it")
    page.reload()  # the keyboard begins where the last click was
    stops = page.evaluate("""() => { const all = [...document.querySelectorAll('a[href], button, summary, [tabindex="0"]')]
      .filter((e) => e.checkVisibility()); all.forEach((e, i) => { e.dataset.stop = i; }); return all.length; }""")
    reached = []
    for _ in range(stops):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("Number(document.activeElement.dataset.stop ?? -1)"))
    assert reached == list(range(stops)), "every stop once, in the order of the page"
    fold = page.locator("main .callout summary").first
    fold.focus()
    page.keyboard.press("Enter")
    assert page.locator("main .callout[open]").count() == 1
    page.keyboard.press("Space")
    assert page.locator("main .callout[open]").count() == 0


def test_a_reader_chooses_the_theme_with_a_key_and_finds_it_on_the_next_page(opened):
    page = opened("en")
    try:
        assert page.evaluate(PAPER) == LIGHT
        toggle = page.get_by_role("button", name="Dark theme")
        toggle.focus()
        page.keyboard.press("Enter")
        assert page.evaluate(PAPER) == DARK and toggle.get_attribute("aria-pressed") == "true"
        page.emulate_media(media="print")
        assert page.evaluate(PAPER) != DARK, "paper is white"
        page.emulate_media(media="screen")
        other = opened("it")
        other.reload()
        assert other.evaluate(PAPER) == DARK
        toggle.click()
        assert page.evaluate(PAPER) == LIGHT
        page.evaluate("localStorage.clear()")
        page.reload()
        page.emulate_media(color_scheme="dark")
        assert page.evaluate(PAPER) == DARK, "the system's wish, where nothing was chosen"
    finally:
        page.evaluate("localStorage.clear()")
        page.emulate_media(color_scheme="light")


@pytest.mark.parametrize("name", ["index", "sheet"])
def test_the_list_and_the_sheets_have_the_theme_button_too(opened, name):
    page = opened(name)
    ground = "() => getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(ground)
    toggle = page.locator(".theme-toggle")
    try:
        assert toggle.is_visible() and toggle.inner_text().strip()
        toggle.focus()
        page.keyboard.press("Enter")
        assert page.evaluate(ground) != light and toggle.get_attribute("aria-pressed") == "true"
    finally:
        page.evaluate("localStorage.clear()")
        page.reload()


@pytest.mark.parametrize(
    ("name", "chosen", "lang", "words"),
    [
        ("index", ".since > .num", "it", "Persone raggiunte"),
        ("index", ".since [lang=en] .num", "en", "People reached"),
        ("sheet", ".num", "ar", "شخص"),
    ],
)
def test_a_click_on_the_list_or_a_sheet_is_answered_in_the_language_of_the_number(
    opened, name, chosen, lang, words
):
    page = opened(name)
    page.locator(chosen).first.click()
    dialog = page.locator("dialog[open]")
    told = dialog.inner_text()
    assert words in told and "lunattiva trace N-" in told
    direction = "rtl" if lang == "ar" else "ltr"
    assert (dialog.get_attribute("lang"), dialog.get_attribute("dir")) == (lang, direction)
    wide = page.viewport_size
    page.set_viewport_size({"width": 390, "height": 844})
    assert dialog.evaluate("e => e.scrollWidth <= e.clientWidth"), "the command breaks its line"
    page.set_viewport_size(wide)
    page.keyboard.press("Escape")
