"""The page that lists everything made for a programme, so that nobody has to search folders."""

from __future__ import annotations

import html
import os
from collections.abc import Iterable
from pathlib import Path
from string import Template
from typing import Any

from assets.layout import Layout
from assets.outputs import anonymity
from assets.outputs.dashboard import SUBTITLE, page_name, quarter_name
from assets.outputs.jobs import manifest
from schemas.words import LANGUAGES, Words

TEMPLATE = Path(__file__).with_name("index.html")
NAME = "index.html"
_THESIS = Words(it="La tesi", en="The thesis")
_NONE = Words(it="Nessuna pagina ancora.", en="No page yet.")
_LATEST = Words(it="ultimo trimestre con dati", en="latest quarter with data")
_OLD = Words(it="fatta con dati precedenti", en="made from earlier data")
_BANNER = Words(
    it="DATI SINTETICI: persone e risultati sono inventati.",
    en="SYNTHETIC DATA: people and results are invented.",
)
_LANGUAGE_NAMES = {"it": "Italiano", "en": "English"}
_FORMAT_NAMES = {"html": "HTML", "pdf": "PDF", "docx": "Word"}


def write_index(layout: Layout) -> Path:
    """Write the list of the pages that are there; latest quarter first.

    Raises
    ------
    ConfigurationError
        Nothing is released.
    """
    about = manifest(layout)
    parts = [
        _section(SUBTITLE, _quarters(layout, about)),
        _section(_THESIS, _books(layout)),
        _section(anonymity.TITLE, _anonymity(layout)),
    ]
    text = Template(TEMPLATE.read_text(encoding="utf-8")).substitute(
        title=html.escape(about["title"]["it"]),
        title_en=html.escape(about["title"]["en"]),
        banner=f'<p class="banner">{_both(_BANNER)}</p>' if about.get("synthetic") else "",
        sections="\n".join(parts),
        version=html.escape(
            f"{about.get('data_version') or '-'} · {about.get('code_version') or '-'}"
        ),
    )
    layout.reports_output.mkdir(parents=True, exist_ok=True)
    path = layout.reports_output / NAME
    path.write_text(text, encoding="utf-8", newline="\n")
    return path


def _section(title: Words, rows: list[str]) -> str:
    body = "<ul>\n" + "\n".join(rows) + "\n</ul>" if rows else f"<p>{_both(_NONE)}</p>"
    return f"<section>\n<h2>{_both(title)}</h2>\n{body}\n</section>"


def _quarters(layout: Layout, about: dict[str, Any]) -> list[str]:
    rows = []
    for quarter in reversed(about["quarters"]):
        pages = {
            lang: layout.reports_output / f"{page_name(quarter, lang)}.html" for lang in LANGUAGES
        }
        links = [
            _link(path.name, quarter_name(quarter, lang), _LANGUAGE_NAMES[lang], lang)
            for lang, path in pages.items()
            if path.is_file()
        ]
        if links:
            said = [_LATEST] if quarter == about.get("latest_quarter") else []
            said += [_OLD] if _is_old(pages.values(), about) else []
            mark = " ".join(f'<span class="mark">{_both(each)}</span>' for each in said)
            title = html.escape(quarter_name(quarter, "it"))
            rows.append(f"<li><strong>{title}</strong> {' '.join(links)} {mark}</li>")
    return rows


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


def _link(target: str, text: str, kind: str, lang: str) -> str:
    where = html.escape(target, quote=True)
    return f'<a href="{where}" lang="{lang}">{html.escape(f"{text} ({kind})")}</a>'


def _both(words: Words) -> str:
    return f'{html.escape(words.it)} <span lang="en">/ {html.escape(words.en)}</span>'
