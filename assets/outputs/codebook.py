"""The page that says what every column, indicator and table means, in two languages."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from assets.layout import Layout
from assets.outputs.whole import render_whole
from schemas.words import LANGUAGES, Language, Words

TITLE = Words(it="Codebook", en="Codebook")
SUBTITLE = Words(
    it="Che cosa vuol dire ogni colonna, indicatore e tabella",
    en="What every column, indicator and table means",
)
NAME = "codebook"


def page_name(lang: str) -> str:
    """Return the page's file name without its ending."""
    return f"{NAME}_{lang}"


def render_codebook(layout: Layout, langs: Sequence[Language] = LANGUAGES) -> list[Path]:
    """Render the page from the release's manifest, one file a language.

    Raises
    ------
    ConfigurationError
        Nothing is released.
    RenderError
        A mistake in the document, with file and line.
    """
    return render_whole(layout, NAME, TITLE, SUBTITLE, langs)
