"""``lunattiva release``: what would leave for a quarter; approving, publishing, withdrawing it."""

from __future__ import annotations

from typing import Annotated

import typer

from pipelines import settings
from pipelines.messages import say
from pipelines.options import HELP_LANGUAGE, Json, Lang, Programme, layout_of, plainly


def release(
    period: Annotated[str, typer.Argument(help=say("help.release.period", HELP_LANGUAGE))],
    approve: Annotated[
        str | None, typer.Option("--approve", help=say("help.release.approve", HELP_LANGUAGE))
    ] = None,
    publish: Annotated[
        bool, typer.Option("--publish", help=say("help.release.publish", HELP_LANGUAGE))
    ] = False,
    withdraw: Annotated[
        bool, typer.Option("--withdraw", help=say("help.release.withdraw", HELP_LANGUAGE))
    ] = False,
    why: Annotated[
        str | None, typer.Option("--why", help=say("help.release.why", HELP_LANGUAGE))
    ] = None,
    programme: Programme = None,
    lang: Lang = None,
    as_json: Json = False,
) -> None:
    """Show what would leave for a quarter and where it stands, or take the next step."""
    from pipelines import release as steps
    from pipelines import release_pages, release_report

    reader = settings.language(lang)
    if sum([approve is not None, publish, withdraw]) > 1:
        raise typer.BadParameter(say("release.one_step", reader))
    with plainly(reader, "release.stopped"):
        layout = layout_of(programme)
        told = []
        if approve is not None:
            desk, is_new = steps.approve(layout, period, approve)
            told.append(say("release.did_approve" if is_new else "release.was_approved", reader))
        elif publish:
            desk, line, is_new = steps.publish(layout, period)
            name = release_pages.name_of(line)
            folder = (layout.published / name).relative_to(layout.root).as_posix()
            key = "release.did_publish" if is_new else "release.was_published"
            told.append(say(key, reader, name=name, folder=folder))
        elif withdraw:
            desk, line = steps.withdraw(layout, period, why or "")
            key = "release.did_withdraw" if line["number"] else "release.did_cancel"
            told.append(say(key, reader, period=period))
        else:
            desk = steps.look(layout, period)
        found = release_report.report(desk)
        if as_json:
            typer.echo(release_report.as_json(found))
        elif told:
            typer.echo("\n".join([*told, release_report.next_step(found, reader)]))
        else:
            typer.echo("\n".join(release_report.lines(found, reader)))
    stands = not (found.broken or found.altered)
    raise typer.Exit(settings.HELD if stands else settings.DID_NOT_HOLD)
