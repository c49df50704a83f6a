"""``lunattiva ui``: Dagster's web interface."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import Annotated

import typer

from pipelines import settings
from pipelines.messages import say
from pipelines.options import HELP_LANGUAGE, Lang, Programme, layout_of, plainly


def ui(
    programme: Programme = None,
    port: Annotated[
        int, typer.Option("--port", help=say("help.port", HELP_LANGUAGE))
    ] = settings.UI_PORT,
    lang: Lang = None,
) -> None:
    """Open Dagster's web interface on this machine."""
    from assets import private, seal
    from pipelines.children import until_closed
    from pipelines.instance import write_workspace

    reader = settings.language(lang)
    with plainly(reader):
        layout = layout_of(programme)
        layout.definition  # noqa: B018 - a faulty programme is said here, in words
        seal.settle(layout.store)
        workspace = write_workspace(layout)
        private.tighten(layout.store)
        typer.echo(say("ui.address", reader, address=f"http://{settings.UI_HOST}:{port}"))
        environment = {
            **os.environ,
            settings.ROOT_VARIABLE: str(layout.root),
            settings.PROGRAMME_VARIABLE: layout.programme,
        }
        # Dagster would begin by recommending another of its commands.
        command = [sys.executable, "-W", "ignore:Function `dev_command`:FutureWarning"]
        command += ["-m", "dagster", "dev", "-w", str(workspace)]
        command += ["-h", settings.UI_HOST, "-p", str(port), "--log-level", "warning"]
        code = until_closed(subprocess.Popen(command, env=environment))
    raise typer.Exit(code)
