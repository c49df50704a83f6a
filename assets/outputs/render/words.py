"""The renderer's own words in the two languages, and the block classes it knows."""

from __future__ import annotations

#: What Word spells a text by.
LOCALES = {"it": "it-IT", "en": "en-GB"}
WORDS: dict[str, dict[str, str]] = {
    "it": {
        "fig": "Figura",
        "tbl": "Tabella",
        "sec": "Sezione",
        "eq": "Equazione",
        "chapter": "Capitolo",
        "appendix": "Appendice",
        "part": "Parte",
        "toc": "Indice",
        "skip": "Vai al contenuto",
        "pages": "Pagine",
        "watermark": "Stato della pubblicazione",
        "dark": "Tema scuro",
    },
    "en": {
        "fig": "Figure",
        "tbl": "Table",
        "sec": "Section",
        "eq": "Equation",
        "chapter": "Chapter",
        "appendix": "Appendix",
        "part": "Part",
        "toc": "Contents",
        "skip": "Skip to content",
        "pages": "Pages",
        "watermark": "State of the release",
        "dark": "Dark theme",
    },
}
CALLOUTS: dict[str, dict[str, str]] = {
    "it": {
        "note": "Nota",
        "tip": "Suggerimento",
        "warning": "Avviso",
        "important": "Importante",
        "caution": "Attenzione",
    },
    "en": {
        "note": "Note",
        "tip": "Tip",
        "warning": "Warning",
        "important": "Important",
        "caution": "Caution",
    },
}
CLASSES = [
    "card",
    "opens",
    "valuebox",
    "panel-tabset",
    "tabset",
    "code-fold",
    "list-of-figures",
    "list-of-tables",
    "content-visible",
    "content-hidden",
    "plain-fig",
    "plain-tbl",
    "column-page",
    "column-body",
    "column-screen",
    "unnumbered",
    "unlisted",
    "callout-note",
    "callout-tip",
    "callout-warning",
    "callout-important",
    "callout-caution",
    "refs",
    "hidden",
    "footnotes",
    "references",
    "figure-row",
]
