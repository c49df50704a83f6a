"""``lunattiva new``: the folder of a new programme."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Annotated

import typer

from pipelines import settings
from pipelines.messages import say
from pipelines.options import HELP_LANGUAGE, Lang, layout_of, plainly

_DAY = "%Y-%m-%d"
#: A day, as ``--from`` took it before it took programmes; no programme's name begins with a digit.
_IS_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
Origin = Annotated[str | None, typer.Option("--from", help=say("help.new.from", HELP_LANGUAGE))]
FirstDay = Annotated[
    datetime | None,
    typer.Option("--first", formats=[_DAY], help=say("help.new.first", HELP_LANGUAGE)),
]
LastDay = Annotated[
    datetime | None,
    typer.Option("--last", "--to", formats=[_DAY], help=say("help.new.to", HELP_LANGUAGE)),
]


def new(
    programme: Annotated[
        str, typer.Argument(metavar="PROGRAMME", help=say("help.new.name", HELP_LANGUAGE))
    ],
    title: Annotated[
        str | None, typer.Option("--title", help=say("help.new.title", HELP_LANGUAGE))
    ] = None,
    origin: Origin = None,
    start: FirstDay = None,
    end: LastDay = None,
    lang: Lang = None,
) -> None:
    """Scaffold the folder of a new programme, with another's definitions where one is named."""
    from pipelines import replicate, scaffold

    reader = settings.language(lang)
    if origin and _IS_DAY.fullmatch(origin):
        start, origin = datetime.strptime(origin, _DAY), None
    year = date.today().year  # only what stands there until somebody writes the true days
    first = start.date() if start else date(year, 1, 1)
    last = end.date() if end else date(max(first.year, year) + 1, 12, 31)
    with plainly(reader):
        layout = layout_of(programme)
        shown = title or programme.replace("_", " ").capitalize()
        if origin is None:
            folder = scaffold.make_programme(layout, shown, first, last)
        else:
            taken = replicate.find(layout.root, origin)
            folder = replicate.make_programme(layout, shown, first, last, taken)
    typer.echo(say("new.made", reader, path=folder))
    if origin is not None:
        told = {"origin": taken.title[reader], "programme": programme}
        typer.echo(
            say("new.taken", reader, **told, count=sum(map(len, taken.kit["versions"].values())))
        )
    typer.echo(say("new.next", reader, path=folder, programme=programme))
