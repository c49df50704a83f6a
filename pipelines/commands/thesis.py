"""``lunattiva thesis``: the book as a page, PDF and Word, and what is left for a person to write."""

from __future__ import annotations

from rich.console import Console

from pipelines import settings
from pipelines.messages import say
from pipelines.options import Lang, Programme, layout_of, plainly


def thesis(programme: Programme = None, lang: Lang = None) -> None:
    """Render the thesis again; say which places nobody has written in yet."""
    from pipelines.book import make

    reader = settings.language(lang)
    out = Console(highlight=False, soft_wrap=True)
    with plainly(reader):
        made = make(layout_of(programme))
        out.print(say("thesis.made", reader))
        for each in made.files:
            out.print(f"  {each}", markup=False)
        out.print(say("thesis.text", reader, file=made.text, log=made.log), markup=False)
        if made.empty:
            left = {"count": len(made.empty), "places": ", ".join(made.empty)}
            out.print(say("thesis.empty", reader, **left), markup=False)
        if made.open_decisions:
            names = ", ".join(made.open_decisions)
            out.print(say("thesis.open", reader, names=names), markup=False)
        for suspect in made.suspects:
            out.print(suspect.said(reader), markup=False)
