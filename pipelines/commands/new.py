"""``lunattiva new``: the folder of a new programme."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

import typer

from pipelines import settings
from pipelines.messages import say
from pipelines.options import HELP_LANGUAGE, Lang, layout_of, plainly

Day = Annotated[
    datetime | None,
    typer.Option("--from", formats=["%Y-%m-%d"], help=say("help.new.from", HELP_LANGUAGE)),
]
LastDay = Annotated[
    datetime | None,
    typer.Option("--to", formats=["%Y-%m-%d"], help=say("help.new.to", HELP_LANGUAGE)),
]


def new(
    programme: Annotated[
        str, typer.Argument(metavar="PROGRAMME", help=say("help.new.name", HELP_LANGUAGE))
    ],
    title: Annotated[
        str | None, typer.Option("--title", help=say("help.new.title", HELP_LANGUAGE))
    ] = None,
    start: Day = None,
    end: LastDay = None,
    lang: Lang = None,
) -> None:
    """Scaffold the folder of a new programme."""
    from pipelines.scaffold import make_programme

    reader = settings.language(lang)
    year = date.today().year  # only what stands there until somebody writes the true days
    first = start.date() if start else date(year, 1, 1)
    last = end.date() if end else date(max(first.year, year) + 1, 12, 31)
    with plainly(reader):
        layout = layout_of(programme)
        shown = title or programme.replace("_", " ").capitalize()
        folder = make_programme(layout, shown, first, last)
    typer.echo(say("new.made", reader, path=folder))
    typer.echo(say("new.next", reader, path=folder, programme=programme))
