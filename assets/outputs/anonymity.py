"""The page about the release's anonymity, in two languages."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from assets.layout import Layout
from assets.outputs.whole import render_whole
from schemas.words import LANGUAGES, Language, Words

TITLE = Words(it="Anonimato", en="Anonymity")
SUBTITLE = Words(
    it="Che cosa si potrebbe ricavare da ciò che è rilasciato, e da ciò che resta dentro",
    en="What could be worked out from what is released, and from what stays inside",
)
NAME = "anonymity"


def page_name(lang: str) -> str:
    """Return the page's file name without its ending."""
    return f"{NAME}_{lang}"


def render_anonymity(layout: Layout, langs: Sequence[Language] = LANGUAGES) -> list[Path]:
    """Render the page from the release's manifest, one file a language.

    Raises
    ------
    ConfigurationError
        Nothing is released.
    RenderError
        A mistake in the document, with file and line.
    """
    return render_whole(layout, NAME, TITLE, SUBTITLE, langs)
