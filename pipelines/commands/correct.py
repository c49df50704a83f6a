"""``lunattiva correct``: a partner's corrected workbook, taken back."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from pipelines import settings
from pipelines.messages import say
from pipelines.options import HELP_LANGUAGE, Lang, Programme, layout_of, plainly


def correct(
    file: Annotated[Path, typer.Argument(help=say("help.return_file", HELP_LANGUAGE))],
    by: Annotated[str, typer.Option("--by", help=say("help.by", HELP_LANGUAGE))],
    reason: Annotated[
        str | None, typer.Option("--reason", help=say("help.reason", HELP_LANGUAGE))
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help=say("help.dry_run", HELP_LANGUAGE))
    ] = False,
    programme: Programme = None,
    lang: Lang = None,
) -> None:
    """Record what a partner mended, guarded by what stood there before."""
    from pipelines.corrections import take_back

    reader = settings.language(lang)
    with plainly(reader):
        layout = layout_of(programme)
        taken = take_back(layout, file, by, reason, date.today(), dry_run=dry_run)
        if taken.is_known:
            typer.echo(say("correct.known", reader, partner=taken.partner))
            return
        counts = {"changed": taken.changed_n, "removed": taken.removed_n, "kept": taken.kept_n}
        typer.echo(say("correct.counts", reader, partner=taken.partner, **counts))
        typer.echo(say("correct.rest", reader, same=taken.same_n, open=taken.open_n))
        is_new = any(counts.values())
        if not is_new:
            typer.echo(say("correct.nothing", reader))
        elif dry_run:
            typer.echo(say("correct.tried", reader))
        else:
            option = (
                ""
                if layout.programme == settings.programme()
                else f" --programme {layout.programme}"
            )
            typer.echo(say("correct.next", reader, path=taken.path, option=option))
