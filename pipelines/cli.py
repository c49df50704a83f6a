"""The command line ``lunattiva``. Light: what is heavy is imported by the command that needs it."""

from __future__ import annotations

import sys

import typer

from pipelines.commands import (
    backup,
    check,
    collect,
    compare,
    correct,
    doctor,
    explain,
    export,
    forget,
    map,
    new,
    notebook,
    papers,
    pseudonymise,
    release,
    restore,
    returns,
    review,
    run,
    sample,
    status,
    template,
    thesis,
    trace,
    ui,
)
from pipelines.messages import say
from pipelines.options import HELP_LANGUAGE

app = typer.Typer(
    # \b keeps the lines of the first steps as they stand.
    help=f"{say('help', HELP_LANGUAGE)}\n\n\b\n{say('help.first_steps', HELP_LANGUAGE)}",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,  # they would show local variables: rows of people
)
#: What one wants to do -> the commands for it, in the order in which ``--help`` lists them.
_COMMANDS = {
    "daily": (run.run, status.status, explain.explain, doctor.doctor, ui.ui),
    "file": (check.check, map.map_, template.template, pseudonymise.pseudonymise),
    "partners": (returns.returns, correct.correct, review.review, forget.forget),
    "out": (
        release.release,
        papers.papers,
        thesis.thesis,
        trace.trace,
        export.export,
        collect.collect,
        compare.compare,
        notebook.notebook,
    ),
    "programme": (new.new, sample.sample, backup.backup, restore.restore),
}


def _help(name: str) -> str:
    """Return what a command does, and examples of it as one would type them."""
    typed = say(f"examples.{name}", HELP_LANGUAGE).splitlines()
    shown = "\n".join([say("help.examples", HELP_LANGUAGE), *(f"  lunattiva {x}" for x in typed)])
    return f"{say(f'help.{name}', HELP_LANGUAGE)}\n\n\b\n{shown}"


for _panel, _commands in _COMMANDS.items():
    for _command in _commands:
        _name = _command.__name__.rstrip("_")  # map_ would hide Python's own map
        app.command(
            _name,
            help=_help(_name),
            short_help=say(f"help.{_name}", HELP_LANGUAGE),
            rich_help_panel=say(f"panel.{_panel}", HELP_LANGUAGE),
        )(_command)


def main() -> None:
    """Start the command line; characters that the console does not have become ``?``."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    app()
