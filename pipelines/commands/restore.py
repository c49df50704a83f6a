"""``lunattiva restore``: a backup put back."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from pipelines import settings
from pipelines.commands.backup import secret
from pipelines.messages import say
from pipelines.options import HELP_LANGUAGE, Lang, Programme, layout_of, plainly


def restore(
    source: Annotated[
        Path, typer.Argument(metavar="FROM", help=say("help.restore.from", HELP_LANGUAGE))
    ],
    replace: Annotated[
        str | None, typer.Option("--replace", help=say("help.restore.replace", HELP_LANGUAGE))
    ] = None,
    programme: Programme = None,
    lang: Lang = None,
) -> None:
    """Put a backup back and say what was done."""
    from pipelines import restore as restoring

    reader = settings.language(lang)
    with plainly(reader, "restore.stopped"):
        layout = layout_of(programme)
        given = secret(layout, reader, is_new=False)
        done = restoring.restore(layout, source, given, date.today(), replace)
        on = done.contents.made_on
        counts = {"written": done.written_n, "same": done.same_n, "programme": layout.programme}
        typer.echo(say("restore.done", reader, on=on, **counts))
        if done.is_ledger_kept:
            typer.echo(say("restore.ledger", reader))
        typer.echo(say("restore.erased", reader, rows=done.removed.rows_n, on=on))
