"""``lunattiva export``: the released tables as open data."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pipelines import settings
from pipelines.messages import say
from pipelines.options import HELP_LANGUAGE, Json, Lang, Programme, layout_of, plainly


def export(
    programme: Programme = None,
    release: Annotated[
        str | None, typer.Option("--release", help=say("help.export.release", HELP_LANGUAGE))
    ] = None,
    to: Annotated[
        Path | None, typer.Option("--to", help=say("help.export.to", HELP_LANGUAGE))
    ] = None,
    lang: Lang = None,
    as_json: Json = False,
) -> None:
    """Write the open data package and say what it is."""
    from pipelines import exporting

    reader = settings.language(lang)
    with plainly(reader):
        layout = layout_of(programme)
        made = exporting.write_open_data(layout, to, release)
        if as_json:
            typer.echo(exporting.as_json(made))
            return
        inside = made.folder.is_relative_to(layout.root)
        path = made.folder.relative_to(layout.root) if inside else made.folder
        if made.package.is_draft:
            typer.echo(say("export.draft", reader))
        tables, files = len(made.package.tables), len(made.files)
        values = {"path": path, "tables": tables, "cells": made.cells, "files": files}
        typer.echo(say("export.made", reader, **values))
        typer.echo(say("export.check", reader))
        lacking = exporting.lacking(made)
        if lacking:
            typer.echo(say("export.no_url", reader, keys=", ".join(lacking)))
