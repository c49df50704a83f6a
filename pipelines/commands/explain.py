"""``lunattiva explain``: what an error means and what to do."""

from __future__ import annotations

from typing import Annotated

import typer

from pipelines import settings
from pipelines.messages import say
from pipelines.options import HELP_LANGUAGE, Lang, plainly

Question = Annotated[
    list[str] | None, typer.Argument(metavar="CODE", help=say("help.explain.code", HELP_LANGUAGE))
]


def explain(code: Question = None, lang: Lang = None) -> None:
    """Say why an error comes and what to do about it."""
    from pipelines.explain import explained

    reader = settings.language(lang)
    with plainly(reader):
        lines = explained(" ".join(code or []), reader)
    typer.echo("\n".join(lines) if lines else say("explain.unknown", reader), err=not lines)
    raise typer.Exit(settings.HELD if lines else settings.DID_NOT_HOLD)
