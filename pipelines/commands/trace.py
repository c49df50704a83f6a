"""``lunattiva trace``: where a number of a page comes from."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pipelines import settings
from pipelines.messages import say
from pipelines.options import HELP_LANGUAGE, Json, Lang, Programme, layout_of, plainly

Number = Annotated[
    str, typer.Argument(metavar="NUMBER-ID", help=say("help.trace.number", HELP_LANGUAGE))
]


Comparison = Annotated[Path | None, typer.Option("--in", help=say("help.trace.in", HELP_LANGUAGE))]


def trace(
    number: Number,
    programme: Programme = None,
    comparison: Comparison = None,
    lang: Lang = None,
    as_json: Json = False,
) -> None:
    """Say what a number is and follow it back to the deliveries, or to the releases compared."""
    from pipelines import trace as trace_

    reader = settings.language(lang)
    with plainly(reader):
        found = trace_.trace(layout_of(programme), number, reader, comparison)
    typer.echo(trace_.as_json(found) if as_json else "\n".join(trace_.told(found, reader)))
