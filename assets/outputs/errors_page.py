"""The page of every error, with cause and remedy. Plain HTML: it must be there when nothing else works."""

from __future__ import annotations

import html
from pathlib import Path
from string import Template

from assets.layout import Layout
from assets.outputs.jobs import brand_css
from assets.outputs.quality import INTERNAL
from schemas.remedies import Remedy, remedies
from schemas.words import LANGUAGES, Language, Words

TEMPLATE = Path(__file__).with_name("errors_page.html")
TITLE = Words(it="Che cosa fare quando…", en="What to do when…")
_DARK = Words(it="Tema scuro", en="Dark theme")
_INTRO = Words(
    it="Ogni messaggio finisce con un codice tra parentesi quadre. Cercarlo qui con Ctrl+F, o nella "
    "finestra dei comandi: lunattiva explain CODICE. «…» sta al posto di un nome o di un numero.",
    en="Every message ends with a code in square brackets. Look for it here with Ctrl+F, or at the "
    "command line: lunattiva explain CODE. '…' stands for a name or a number.",
)
_CAUSE = Words(it="Perché", en="Why")
_REMEDY = Words(it="Che cosa fare", en="What to do")
#: First digit of a code -> what such errors are about.
_PARTS = {
    "1": Words(it="Un file è stato rifiutato", en="A file was refused"),
    "3": Words(it="Righe e celle da correggere", en="Rows and cells to correct"),
    "5": Words(it="Comandi, programma, pubblicazioni", en="Commands, programme, releases"),
    "7": Words(it="Più programmi, più macchine", en="Several programmes, several machines"),
    "9": Words(it="Errori generali", en="General errors"),
}
_SYNTHETIC = Words(
    it="Accanto a DATI SINTETICI: persone e risultati sono inventati.",
    en="Beside SYNTHETIC DATA: people and results are invented.",
)


def pages(layout: Layout) -> list[Path]:
    """Return where the pages are, one a language."""
    return [layout.reports_output / INTERNAL / f"errors_{lang}.html" for lang in LANGUAGES]


def write_errors(layout: Layout, *, is_synthetic: bool = False) -> list[Path]:
    """Write the page in each language where it is not there or differs."""
    for lang, path in zip(LANGUAGES, pages(layout), strict=True):
        text = _page(lang, is_synthetic)
        if not path.is_file() or path.read_text(encoding="utf-8") != text:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8", newline="\n")
    return pages(layout)


def _page(lang: Language, is_synthetic: bool) -> str:
    from assets.outputs.render.numbers import told_in

    parts = [
        f'<h2 id="part-{digit}">{html.escape(title.say(lang))}</h2>\n'
        + "\n".join(_entry(x, lang) for x in remedies().values() if x.code[1] == digit)
        for digit, title in _PARTS.items()
    ]
    page = Template(TEMPLATE.read_text(encoding="utf-8")).substitute(
        lang=lang,
        brand=brand_css(),
        title=html.escape(TITLE.say(lang)),
        dark=_DARK.say(lang),
        intro=html.escape(_INTRO.say(lang)),
        banner=f'<p class="banner">{_SYNTHETIC.say(lang)}</p>' if is_synthetic else "",
        entries="\n".join(parts),
    )
    return told_in(page, {}, is_themed=True)


def _entry(each: Remedy, lang: Language) -> str:
    texts = "".join(f"<p>{html.escape(text)}</p>" for text in each.shown(lang))
    told = "".join(
        f"<dt>{head.say(lang)}</dt><dd>{html.escape(text)}</dd>"
        for head, text in ((_CAUSE, each.cause.say(lang)), (_REMEDY, each.advice(lang)))
    )
    return f'<section id="{each.code}">\n<h3>{each.code}</h3>\n{texts}\n<dl>{told}</dl>\n</section>'
