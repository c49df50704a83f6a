"""``lunattiva run``: everything, up to the pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer
from rich.console import Console

from pipelines import settings
from pipelines.options import Json, Lang, Period, Programme, layout_of, plainly

if TYPE_CHECKING:
    from assets.layout import Layout
    from pipelines.execute import Executor


def run(
    programme: Programme = None, period: Period = None, lang: Lang = None, as_json: Json = False
) -> None:
    """Bring the programme up to date and say what came of it."""
    from pipelines import summary
    from pipelines.progress import Display
    from pipelines.run import run as run_all

    reader = settings.language(lang)
    out, err = Console(highlight=False, soft_wrap=True), Console(stderr=True, soft_wrap=True)
    with plainly(reader):
        layout = layout_of(programme)
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
