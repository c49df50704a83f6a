"""The command line ``lunattiva``. Light: what is heavy is imported by the command that needs it."""

from __future__ import annotations

import sys

import typer

from pipelines.commands import (
    check,
    correct,
    doctor,
    forget,
    map,
    new,
    pseudonymise,
    returns,
    review,
    run,
    sample,
    status,
    template,
    ui,
)
from pipelines.messages import say
from pipelines.options import HELP_LANGUAGE

app = typer.Typer(
    help=say("help", HELP_LANGUAGE),
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,  # they would show local variables: rows of people
)
#: In the order in which ``--help`` lists them.
for _command in (
    run.run,
    status.status,
    check.check,
    returns.returns,
    correct.correct,
    forget.forget,
    review.review,
    new.new,
    map.map_,
    sample.sample,
    template.template,
    pseudonymise.pseudonymise,
    ui.ui,
    doctor.doctor,
):
    _name = _command.__name__.rstrip("_")  # map_ would hide Python's own map
    app.command(_name, help=say(f"help.{_name}", HELP_LANGUAGE))(_command)


def main() -> None:
    """Start the command line; characters that the console does not have become ``?``."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    app()
