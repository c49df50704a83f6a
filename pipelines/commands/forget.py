"""``lunattiva forget``: a person who asked to be erased."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated

import typer

from pipelines import settings
from pipelines.messages import say
from pipelines.options import HELP_LANGUAGE, Lang, Programme, layout_of, plainly

if TYPE_CHECKING:
    from assets.layout import Layout
    from pipelines.execute import Executor


def forget(
    code: Annotated[str, typer.Argument(help=say("help.forget.code", HELP_LANGUAGE))],
    by: Annotated[str, typer.Option("--by", help=say("help.forget.by", HELP_LANGUAGE))],
    reason: Annotated[
        str | None, typer.Option("--reason", help=say("help.forget.reason", HELP_LANGUAGE))
    ] = None,
    partner: Annotated[
        str | None, typer.Option("--partner", help=say("help.forget.partner", HELP_LANGUAGE))
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help=say("help.dry_run", HELP_LANGUAGE))
    ] = False,
    programme: Programme = None,
    lang: Lang = None,
) -> None:
    """Remove a person from everything that is kept, rebuild, and certify it."""
    from pipelines import forget as forgetting

    reader, today = settings.language(lang), date.today()
    with plainly(reader, "forget.stopped"):
        layout = layout_of(programme)
        if dry_run:
            person, removed = forgetting.tried(layout, code, partner)
            typer.echo(say("forget.rows", reader, rows=removed.rows_n, files=len(removed.files)))
            if person.linked_n:
                typer.echo(say("forget.linked", reader, codes=person.linked_n))
            for path in sorted(removed.left):
                typer.echo(say("forget.left", reader, path=path))
            for path in sorted(removed.closed):
                typer.echo(say("forget.closed", reader, path=path))
            typer.echo(say("forget.tried", reader))
            return
        done = forgetting.forget(layout, code, by, reason, today, _rebuild, partner=partner)
        for line in forgetting.lines(layout, done, reader, by=by, on=today):
            typer.echo(line)
        typer.echo(say("forget.certificate", reader, path=done.certificate))
    raise typer.Exit(settings.HELD if done.held else settings.DID_NOT_HOLD)


def _rebuild(layout: Layout) -> bool:
    """Run the programme anew, all of whose quarters may have changed."""
    from pipelines.run import run

    def make_executor(place: Layout) -> Executor:
        from pipelines.execute import Executor

        return Executor(place, lambda *_: None, lambda *_: None)

    return not run(layout, "all", make_executor).failures
