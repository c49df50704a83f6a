"""``lunattiva review``: doubtful links between codes, out as a list and back as answers."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipelines import settings
from pipelines.messages import say
from pipelines.options import HELP_LANGUAGE, Lang, Programme, layout_of, plainly

if TYPE_CHECKING:
    from assets.layout import Layout


def review(
    out: Annotated[
        Path | None, typer.Option("--out", help=say("help.review.out", HELP_LANGUAGE))
    ] = None,
    answers: Annotated[
        Path | None, typer.Option("--answers", help=say("help.review.answers", HELP_LANGUAGE))
    ] = None,
    by: Annotated[
        str | None, typer.Option("--by", help=say("help.review.by", HELP_LANGUAGE))
    ] = None,
    alone: Annotated[
        bool, typer.Option("--alone", help=say("help.review.alone", HELP_LANGUAGE))
    ] = False,
    programme: Programme = None,
    lang: Lang = None,
) -> None:
    """Write the open questions, or record the answers to them; or list who is alone."""
    from pipelines.review import take_answers, write_review

    reader = settings.language(lang)
    if answers and not by:
        raise typer.BadParameter(say("review.by_whom", reader), param_hint="--by")
    with plainly(reader):
        layout = layout_of(programme)
        if alone:
            _list_alone(layout, reader)
            return
        if answers and by:
            taken = take_answers(layout, answers, by, date.today())
            counts = {"same": taken.same_n, "different": taken.different_n, "open": taken.open_n}
            typer.echo(say("review.taken", reader, **counts))
            if taken.known_n or taken.outdated_n:
                left = {"known": taken.known_n, "outdated": taken.outdated_n}
                typer.echo(say("review.left", reader, **left))
            if taken.same_n or taken.different_n:
                typer.echo(say("review.next", reader))
            return
        listed = write_review(layout, out, date.today())
        if listed.path is None:
            typer.echo(say("review.nothing", reader, decided=listed.decided_n))
            return
        inside = listed.path.is_relative_to(layout.root)
        path = listed.path.relative_to(layout.root) if inside else listed.path
        typer.echo(say("review.made", reader, path=path, open=listed.open_n))


def _list_alone(layout: Layout, reader: settings.Language) -> None:
    from pipelines.alone import write_alone

    listed = write_alone(layout)
    path = listed.path.relative_to(layout.root)
    typer.echo(say("review.alone", reader, path=path, people=listed.people_n))
