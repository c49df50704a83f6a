"""The page that lists everything made for a programme, so that nobody has to search folders."""

from __future__ import annotations

import html
import os
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from string import Template
from typing import Any

from assets.layout import Layout
from assets.outputs import anonymity, codebook, errors_page, papers, quality, sheet, since
from assets.outputs.dashboard import SUBTITLE, WHOLE, page_name, quarter_name
from assets.outputs.export.package import DRAFT_MARK, OPEN_DATA
from assets.outputs.jobs import brand_css, manifest, mark, watermark
from schemas.words import LANGUAGES, Words

TEMPLATE = Path(__file__).with_name("index.html")
NAME = "index.html"
_THESIS = Words(it="La tesi", en="The thesis")
_PAPERS = Words(it="Per il valutatore", en="For the evaluator")
_INTERNAL = Words(
    it="Per chi raccoglie i dati (pagina interna)",
    en="For those who gather the data (internal page)",
)
_OPEN_DATA = Words(it="Dati aperti", en="Open data")
_PUBLISHED = Words(it="Pubblicate, da consegnare", en="Published, to hand out")
_WITHDRAWN = Words(it="ritirata", en="withdrawn")
_TWO_SHEETS = Words(it="Due pagine", en="Two pages")
_DRAFT = Words(it="bozza", en="draft")
_NONE = Words(it="Nessuna pagina ancora.", en="No page yet.")
_DARK = Words(it="Tema scuro", en="Dark theme")
_LATEST = Words(it="ultimo trimestre con dati", en="latest quarter with data")
_NOT_MADE = Words(it="pagina non ancora fatta", en="page not made yet")
_MAKE_ALL = Words(it="Le pagine che mancano:", en="The pages that are missing:")
_OLD = Words(it="fatta con dati precedenti", en="made from earlier data")
_BANNER = Words(
    it="DATI SINTETICI: persone e risultati sono inventati.",
    en="SYNTHETIC DATA: people and results are invented.",
)
_LANGUAGE_NAMES = {"it": "Italiano", "en": "English"}
_SHEET_NAMES = {"it": "Italiano", "en": "English", "fr": "Français", "ar": "العربية"}
_FORMAT_NAMES = {"html": "HTML", "pdf": "PDF", "docx": "Word"}


def write_index(layout: Layout) -> Path:
    """Write the list of the pages that are there; latest quarter first.

    Raises
    ------
    ConfigurationError
        Nothing is released.
    """
    from assets.outputs.render.numbers import told_in

    about = manifest(layout)
    changed = since.since_before(layout)
    errors_page.write_errors(layout, is_synthetic=bool(about.get("synthetic")))
    parts = [
        *_published(layout),
        _section(SUBTITLE, _quarters(layout, about, changed.told)),
        _section(_THESIS, _books(layout)),
        _section(anonymity.TITLE, _anonymity(layout)),
        _section(codebook.TITLE, _codebook(layout)),
        _section(sheet.TITLE, _sheets(layout)),
        _section(_PAPERS, _papers(layout, about)),
        _section(_INTERNAL, _internal(layout)),
    ]
    text = Template(TEMPLATE.read_text(encoding="utf-8")).substitute(
        brand=brand_css(),
        watermark=_strip(layout),
        title=html.escape(about["title"]["it"]),
        title_en=html.escape(about["title"]["en"]),
        banner=f'<p class="banner">{_both(_BANNER)}</p>' if about.get("synthetic") else "",
        dark=_both(_DARK),
        sections="\n".join(parts),
        version=html.escape(
            f"{about.get('data_version') or '-'} · {about.get('code_version') or '-'}"
        ),
    )
    text = told_in(text, changed.numbers, is_themed=True)
    layout.reports_output.mkdir(parents=True, exist_ok=True)
    path = layout.reports_output / NAME
    path.write_text(text, encoding="utf-8", newline="\n")
    return path


def _strip(layout: Layout) -> str:
    """Return the strip of a list whose totals nobody may pass on yet."""
    said = {lang: watermark(layout, lang).get("watermark", "") for lang in LANGUAGES}
    shown = _both(Words(**said))
    return f'<p class="watermark">{shown}</p>' if said["it"] else ""


def _section(title: Words, rows: list[str]) -> str:
    body = "<ul>\n" + "\n".join(rows) + "\n</ul>" if rows else f"<p>{_both(_NONE)}</p>"
    return f"<section>\n<h2>{_both(title)}</h2>\n{body}\n</section>"


def _quarters(
    layout: Layout, about: dict[str, Any], changed: dict[str, dict[str, str]]
) -> list[str]:
    """Return one row a quarter with data, whether or not its page was made, and the whole first."""
    latest = about.get("latest_quarter") or ""
    rows, is_left = [], False
    for quarter in [WHOLE, *reversed([each for each in about["quarters"] if each <= latest])]:
        links = _pages_of(layout, quarter)
        is_left |= not links
        if not links and quarter == WHOLE:
            continue
        said = _marks_of(layout, about, quarter) if links else [_NOT_MADE]
        note = _since(changed[quarter]) if quarter in changed else ""
        marks = " ".join(f'<span class="mark">{_both(each)}</span>' for each in said)
        title = _named(quarter_name(quarter, "it"))
        rows.append(f"<li><strong>{title}</strong> {' '.join(links)} {marks}{note}</li>")
    if rows and is_left:
        rows.append(
            f'<li class="mark">{_both(_MAKE_ALL)} <code>lunattiva run --period all</code></li>'
        )
    return rows


def _pages_of(layout: Layout, quarter: str) -> list[str]:
    """Return the links to a quarter's pages and papers for the file."""
    pages = {
        lang: path
        for lang in LANGUAGES
        if (path := layout.reports_output / f"{page_name(quarter, lang)}.html").is_file()
    }
    links = [
        _link(path.name, quarter_name(quarter, lang), _LANGUAGE_NAMES[lang], lang)
        for lang, path in pages.items()
    ]
    return links + [
        _link(path.with_suffix(".pdf").name, _TWO_SHEETS.say(lang), "PDF", lang)
        for lang, path in pages.items()
        if path.with_suffix(".pdf").is_file()
    ]


def _marks_of(layout: Layout, about: dict[str, Any], quarter: str) -> list[Words]:
    """Return what is to be known before a quarter's page is opened."""
    pages = [layout.reports_output / f"{page_name(quarter, lang)}.html" for lang in LANGUAGES]
    said = [_LATEST] if quarter == about.get("latest_quarter") else []
    said += [_OLD] if _is_old(pages, about) else []
    where = mark(layout, None if quarter == WHOLE else quarter)
    return said + ([_DRAFT] if not where.startswith("published") else [])


def _since(told: dict[str, str]) -> str:
    """Return what changed since the quarter before: HTML already, its numbers marked."""
    return f'<p class="since">{told["it"]} <span lang="en">/ {told["en"]}</span></p>'


def _published(layout: Layout) -> list[str]:
    """Return the publications, the latest quarter and revision first; what was withdrawn says so."""
    found = [each for each in layout.published.glob("*-r*") if each.is_dir()]
    rows = []
    for folder in sorted(found, key=lambda each: _order(each.name), reverse=True):
        quarter = folder.name.partition("-")[0]
        links = [
            _link(f"{layout.published.name}/{folder.name}/{name}.html", quarter_name(quarter, lang),
                  _LANGUAGE_NAMES[lang], lang)
            for lang in LANGUAGES
            if (folder / f"{(name := page_name(quarter, lang))}.html").is_file()
        ]  # fmt: skip
        is_withdrawn = any(layout.published.glob(f"{folder.name}.*.txt"))
        said = f' <span class="mark">{_both(_WITHDRAWN)}</span>' if is_withdrawn else ""
        rows.append(f"<li><strong>{_named(folder.name)}</strong> {' '.join(links)}{said}</li>")
    return [_section(_PUBLISHED, rows)] if rows else []


def _order(name: str) -> tuple[str, int]:
    quarter, _, number = name.partition("-r")
    return quarter, int(number) if number.isdigit() else 0


def _is_old(pages: Iterable[Path], about: dict[str, Any]) -> bool:
    """Whether a page does not name the data version of the present release."""
    current = str(about.get("data_version") or "")
    there = [path.read_text(encoding="utf-8") for path in pages if path.is_file()]
    return any(current not in text for text in there)


def _books(layout: Layout) -> list[str]:
    rows = []
    for kind, shown in _FORMAT_NAMES.items():
        for path in sorted(layout.thesis_output.glob(f"*.{kind}")):
            target = Path(os.path.relpath(path, layout.reports_output)).as_posix()
            rows.append(f"<li>{_link(target, _THESIS.it, shown, 'it')}</li>")
    return rows


def _anonymity(layout: Layout) -> list[str]:
    paths = {
        lang: layout.reports_output / f"{anonymity.page_name(lang)}.html" for lang in LANGUAGES
    }
    links = [
        _link(path.name, anonymity.TITLE.say(lang), _LANGUAGE_NAMES[lang], lang)
        for lang, path in paths.items()
        if path.is_file()
    ]
    return [f"<li>{' '.join(links)}</li>"] if links else []


def _codebook(layout: Layout) -> list[str]:
    """Return the codebook page in each language, and the published open data that were exported."""
    paths = {lang: layout.reports_output / f"{codebook.page_name(lang)}.html" for lang in LANGUAGES}
    links = [
        _link(path.name, codebook.TITLE.say(lang), _LANGUAGE_NAMES[lang], lang)
        for lang, path in paths.items()
        if path.is_file()
    ]
    rows = [f"<li>{' '.join(links)}</li>"] if links else []
    for path in sorted((layout.reports_output / OPEN_DATA).glob("*/LEGGIMI.md")):
        if DRAFT_MARK not in path.parent.name:
            target = path.relative_to(layout.reports_output).as_posix()
            rows.append(f"<li>{_link(target, _OPEN_DATA.it, path.parent.name, 'it')}</li>")
    return rows


def _sheets(layout: Layout) -> list[str]:
    """Return one line of links a language, in the order of the catalogue."""
    rows = []
    for lang, name in _SHEET_NAMES.items():
        found = [path for path in sheet.pages(layout) if path.stem == f"sheet_{lang}"]
        links = [
            _link(f"{sheet.FOLDER}/{path.name}", name, _FORMAT_NAMES[path.suffix[1:]], lang)
            for path in found
        ]
        if links:
            rows.append(f"<li>{' '.join(links)}</li>")
    return rows


def _papers(layout: Layout, about: dict[str, Any]) -> list[str]:
    """Return the papers that were made, the latest first; what is no longer of this data says so."""
    made = papers.made(layout)
    rows = []
    both = [replace(each, lang=lang) for each in papers.papers_of(about) for lang in ("en", "it")]
    for paper in reversed(both):
        links = [
            _link(f"{papers.FOLDER}/{paper.stem}.{kind}", papers.title_of(paper), shown, paper.lang)
            for kind, shown in _FORMAT_NAMES.items()
            if (layout.reports_output / papers.FOLDER / f"{paper.stem}.{kind}").is_file()
        ]
        is_old = made.get(paper.stem) != about.get("data_version")
        mark = f'<span class="mark">{_both(_OLD)}</span>' if is_old else ""
        if links:
            rows.append(f"<li>{' '.join(links)} {mark}</li>")
    return rows


def _internal(layout: Layout) -> list[str]:
    links = [
        _link(
            path.relative_to(layout.reports_output).as_posix(),
            page.TITLE.say(lang),
            _LANGUAGE_NAMES[lang],
            lang,
        )
        for page in (quality, errors_page)
        for lang, path in zip(LANGUAGES, page.pages(layout), strict=True)
        if path.is_file()
    ]
    return [f"<li>{' '.join(links)}</li>"] if links else []


def _link(target: str, text: str, kind: str, lang: str) -> str:
    where = html.escape(target, quote=True)
    return f'<a href="{where}" lang="{lang}">{_named(f"{text} ({kind})")}</a>'


def _named(text: str) -> str:
    """Return a name; digits in it measure nothing, and are marked as a period's."""
    shown = html.escape(text)
    is_plain = not any(each.isdigit() for each in text)
    return shown if is_plain else f'<span class="fixed" data-why="period">{shown}</span>'


def _both(words: Words) -> str:
    return f'{html.escape(words.it)} <span lang="en">/ {html.escape(words.en)}</span>'
