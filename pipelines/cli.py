"""The command line ``lunattiva``. Light: what is heavy is imported by the command that needs it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from pipelines import settings
from pipelines.messages import say

if TYPE_CHECKING:
    from assets.layout import Layout
    from pipelines.execute import Executor

_HELP = settings.language()

app = typer.Typer(
    help=say("help", _HELP),
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,  # they would show local variables: rows of people
)

Programme = Annotated[str | None, typer.Option("--programme", help=say("help.programme", _HELP))]
Period = Annotated[str | None, typer.Option("--period", help=say("help.period", _HELP))]


def _known_language(given: str | None) -> str | None:
    if given is not None and given.lower() not in ("it", "en"):
        raise typer.BadParameter(say("lang.unknown", _HELP, given=given))
    return given


Lang = Annotated[
    str | None, typer.Option("--lang", help=say("help.lang", _HELP), callback=_known_language)
]
Json = Annotated[bool, typer.Option("--json", help=say("help.json", _HELP))]


def main() -> None:
    """Start the command line; characters that the console does not have become ``?``."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    app()


@app.command(help=say("help.run", _HELP))
def run(
    programme: Programme = None, period: Period = None, lang: Lang = None, as_json: Json = False
) -> None:
    """Bring the programme up to date and say what came of it."""
    from pipelines import summary
    from pipelines.progress import Display
    from pipelines.run import run as run_all

    reader = settings.language(lang)
    out, err = Console(highlight=False, soft_wrap=True), Console(stderr=True, soft_wrap=True)
    with _plainly(reader):
        layout = _layout(programme)
        with Display(err if as_json else out, reader) as display:

            def make_executor(place: Layout) -> Executor:
                from pipelines.execute import Executor

                return Executor(place, display.on_job, display.on_step)

            told = run_all(layout, period, make_executor)
        if as_json:
            typer.echo(summary.as_json(told))
        else:
            quarters = layout.definition.quarters()
            for line in summary.lines(told, reader, quarters):
                out.print(line, markup=False)
    raise typer.Exit(settings.HELD if told.held else settings.DID_NOT_HOLD)


@app.command(help=say("help.status", _HELP))
def status(programme: Programme = None, lang: Lang = None, as_json: Json = False) -> None:
    """Say how the programme stands."""
    from pipelines import status as status_

    reader = settings.language(lang)
    with _plainly(reader):
        found = status_.status(_layout(programme))
        if as_json:
            typer.echo(status_.as_json(found))
        else:
            status_.show(found, Console(highlight=False, soft_wrap=True), reader)


@app.command(help=say("help.sample", _HELP))
def sample(
    seed: Annotated[int | None, typer.Option("--seed", help=say("help.seed", _HELP))] = None,
    force: Annotated[bool, typer.Option("--force", help=say("help.force", _HELP))] = False,
    lang: Lang = None,
) -> None:
    """Make the demo programme."""
    from assets.sample import DEFAULT_SEED
    from pipelines import samples

    reader = settings.language(lang)
    with _plainly(reader):
        layout = _layout(settings.DEFAULT_PROGRAMME)
        chosen = DEFAULT_SEED if seed is None else seed
        result = samples.make(layout, chosen, force=force)
        typer.echo(say(f"sample.{result.value}", reader, path=layout.raw, seed=chosen))


@app.command(help=say("help.ui", _HELP))
def ui(
    programme: Programme = None,
    port: Annotated[int, typer.Option("--port", help=say("help.port", _HELP))] = settings.UI_PORT,
    lang: Lang = None,
) -> None:
    """Open Dagster's web interface on this machine."""
    from pipelines.instance import prepare_home

    reader = settings.language(lang)
    with _plainly(reader):
        layout = _layout(programme)
        layout.definition  # noqa: B018 - a faulty programme is said here, in words
        prepare_home(layout)
        typer.echo(say("ui.address", reader, address=f"http://{settings.UI_HOST}:{port}"))
        environment = {
            **os.environ,
            settings.ROOT_VARIABLE: str(layout.root),
            settings.PROGRAMME_VARIABLE: layout.programme,
        }
        # Dagster would begin by recommending another of its commands.
        command = [sys.executable, "-W", "ignore:Function `dev_command`:FutureWarning"]
        command += ["-m", "dagster", "dev", "-m", "pipelines.definitions"]
        command += ["-h", settings.UI_HOST, "-p", str(port), "--log-level", "warning"]
        code = _until_closed(subprocess.Popen(command, env=environment))
    raise typer.Exit(code)


def _until_closed(process: subprocess.Popen[bytes]) -> int:
    """Wait for Dagster to close by itself: Ctrl-C reaches it too, and it has children to end."""
    stopped = False
    while True:
        try:
            code = process.wait()
        except KeyboardInterrupt:
            stopped = True
        else:
            return settings.HELD if stopped else code


@app.command(help=say("help.doctor", _HELP))
def doctor(programme: Programme = None, lang: Lang = None) -> None:
    """Say what is installed, what is missing, where things are."""
    from pipelines.doctor import examine

    reader = settings.language(lang)
    with _plainly(reader):
        findings = examine(_layout(programme), reader)
    for each in findings:
        typer.echo(f"{'  ' if each.is_well else '! '}{each.what}: {each.found}")
    is_well = all(each.is_well for each in findings)
    typer.echo(say("doctor.well" if is_well else "doctor.ill", reader))
    raise typer.Exit(settings.HELD if is_well else settings.DID_NOT_HOLD)


def _layout(programme: str | None) -> Layout:
    from assets.layout import Layout, find_root

    return Layout(find_root(), programme or settings.programme())


@contextmanager
def _plainly(lang: settings.Language) -> Iterator[None]:
    """Say any error in plain words of the reader's language, never with a person's data."""
    from assets.errors import LunattivaError
    from assets.guard import value_free
    from schemas.config import ConfigError

    try:
        with value_free():
            yield
    except (LunattivaError, ConfigError) as error:
        typer.echo(error.say(lang), err=True)
        raise typer.Exit(settings.DID_NOT_HOLD) from None
    except KeyboardInterrupt:
        typer.echo(say("run.stopped", lang), err=True)
        raise typer.Exit(settings.INTERRUPTED) from None
