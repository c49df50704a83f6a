"""``lunattiva compare``: several programmes side by side, from their released tables alone."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pipelines import settings
from pipelines.messages import say
from pipelines.options import HELP_LANGUAGE, Json, Lang, plainly


def compare(
    folders: Annotated[
        list[Path] | None,
        typer.Argument(metavar="FOLDER...", help=say("help.compare.folders", HELP_LANGUAGE)),
    ] = None,
    drafts: Annotated[
        bool, typer.Option("--drafts", help=say("help.compare.drafts", HELP_LANGUAGE))
    ] = False,
    to: Annotated[
        Path | None, typer.Option("--to", help=say("help.compare.to", HELP_LANGUAGE))
    ] = None,
    lang: Lang = None,
    as_json: Json = False,
) -> None:
    """Write the comparison and its pages, and say what could be put together."""
    from assets.layout import find_root
    from pipelines import comparing

    reader = settings.language(lang)
    with plainly(reader):
        made = comparing.make(find_root(), folders or [], to, with_drafts=drafts)
        if as_json:
            typer.echo(comparing.as_json(made))
            return
        if made.is_draft:
            typer.echo(say("compare.draft", reader))
        names = ", ".join(made.programmes)
        counts = {"asked": made.asked, "pooled": made.pooled}
        typer.echo(say("compare.made", reader, programmes=names, **counts))
        if made.left_out:
            left = ", ".join(f"{code} ({why})" for code, why in made.left_out.items())
            typer.echo(say("compare.left_out", reader, list=left))
        for path in made.pages:
            typer.echo(say("compare.page", reader, path=path))
