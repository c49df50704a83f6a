"""``lunattiva template``: empty forms that a partner can fill."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pipelines import settings
from pipelines.messages import say
from pipelines.options import HELP_LANGUAGE, Lang, Programme, layout_of, plainly


def template(
    source: Annotated[
        str, typer.Argument(metavar="SOURCE", help=say("help.template.source", HELP_LANGUAGE))
    ],
    out: Annotated[
        Path | None, typer.Option("--out", help=say("help.template.out", HELP_LANGUAGE))
    ] = None,
    programme: Programme = None,
    lang: Lang = None,
) -> None:
    """Write the empty forms of a source."""
    from assets import private
    from pipelines.templates import write_templates

    reader = settings.language(lang)
    with plainly(reader):
        layout = layout_of(programme)
        written = write_templates(layout, source, out or layout.store / "templates")
        if out is None:
            private.tighten(layout.store)
    for kind, path in written.files:
        typer.echo(say(f"template.{kind}", reader, path=path))
    if written.left_out:
        typer.echo(say("template.left_out", reader, names=", ".join(written.left_out)))
    typer.echo(say("template.next", reader))
