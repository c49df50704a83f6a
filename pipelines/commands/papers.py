"""``lunattiva papers``: the evaluator's papers, as Word and PDF."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.console import Console

from pipelines import settings
from pipelines.messages import say
from pipelines.options import (
    HELP_LANGUAGE,
    Lang,
    Programme,
    known_language,
    layout_of,
    plainly,
)

Of = Annotated[
    str | None,
    typer.Option(
        "--language", help=say("help.paper_language", HELP_LANGUAGE), callback=known_language
    ),
]
Span = Annotated[str | None, typer.Option("--period", help=say("help.paper_period", HELP_LANGUAGE))]


def papers(
    programme: Programme = None, period: Span = None, language: Of = None, lang: Lang = None
) -> None:
    """Write the half-yearly note and the yearly report; say where a person is to write."""
    from pipelines.papers import make

    reader = settings.language(lang)
    out = Console(highlight=False, soft_wrap=True)
    with plainly(reader):
        layout = layout_of(programme)
        made, texts, suspects = make(layout, period, settings.language(language or "it"))
        for title, files in (("papers.made", made), ("papers.texts", texts)):
            out.print(say(title, reader))
            for each in files:
                out.print(f"  {each}", markup=False)
        for suspect in suspects:
            out.print(suspect.said(reader), markup=False)
