"""``lunattiva doctor``: what is installed and what is missing."""

from __future__ import annotations

import typer

from pipelines import settings
from pipelines.messages import say
from pipelines.options import Lang, Programme, layout_of, plainly


def doctor(programme: Programme = None, lang: Lang = None) -> None:
    """Say what is installed, what is missing, where things are."""
    from pipelines.doctor import examine

    reader = settings.language(lang)
    with plainly(reader):
        findings = examine(layout_of(programme), reader)
    for each in findings:
        typer.echo(f"{'  ' if each.is_well else '! '}{each.what}: {each.found}")
    is_well = all(each.is_well for each in findings)
    typer.echo(say("doctor.well" if is_well else "doctor.ill", reader))
    raise typer.Exit(settings.HELD if is_well else settings.DID_NOT_HOLD)
