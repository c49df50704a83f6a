"""``lunattiva status``: how the programme stands."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.console import Console

from pipelines import settings
from pipelines.messages import say
from pipelines.options import HELP_LANGUAGE, Json, Lang, Programme, layout_of, plainly

Grid = Annotated[bool, typer.Option("--grid", help=say("help.grid", HELP_LANGUAGE))]


def status(
    programme: Programme = None, lang: Lang = None, as_json: Json = False, grid: Grid = False
) -> None:
    """Say how the programme stands."""
    from pipelines import status as status_

    reader = settings.language(lang)
    with plainly(reader):
        found = status_.status(layout_of(programme))
        if as_json:
            typer.echo(status_.as_json(found))
        else:
            status_.show(found, Console(highlight=False, soft_wrap=True), reader, with_grid=grid)
