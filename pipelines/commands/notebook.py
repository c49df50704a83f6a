"""``lunattiva notebook``: JupyterLab on the starter notebooks."""

from __future__ import annotations

import subprocess
from typing import Annotated

import typer

from pipelines import settings
from pipelines.messages import say
from pipelines.options import HELP_LANGUAGE, Lang, Programme, layout_of, plainly


def notebook(
    programme: Programme = None,
    is_shown: Annotated[
        bool,
        typer.Option("--browser/--no-browser", help=say("help.notebook.browser", HELP_LANGUAGE)),
    ] = True,
    lang: Lang = None,
) -> None:
    """Open JupyterLab on released tables and on rows under codes, to read and not to change."""
    from pipelines import notebooks
    from pipelines.children import until_closed

    reader = settings.language(lang)
    with plainly(reader, "notebook.stopped"):
        layout = layout_of(programme)
        layout.definition  # noqa: B018 - a faulty programme is said here, in words
        notebooks.insist_on_jupyter()
        with notebooks.readable(layout) as environment:
            typer.echo(say("notebook.opens", reader, programme=layout.programme))
            called = notebooks.command(environment, is_shown=is_shown)
            code = until_closed(subprocess.Popen(called, env=environment))
    raise typer.Exit(code)
