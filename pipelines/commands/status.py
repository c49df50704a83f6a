"""``lunattiva status``: how the programme stands."""

from __future__ import annotations

import typer
from rich.console import Console

from pipelines import settings
from pipelines.options import Json, Lang, Programme, layout_of, plainly


def status(programme: Programme = None, lang: Lang = None, as_json: Json = False) -> None:
    """Say how the programme stands."""
    from pipelines import status as status_

    reader = settings.language(lang)
    with plainly(reader):
        found = status_.status(layout_of(programme))
        if as_json:
            typer.echo(status_.as_json(found))
        else:
            status_.show(found, Console(highlight=False, soft_wrap=True), reader)
