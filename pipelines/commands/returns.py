"""``lunattiva returns``: what partners are asked to mend, one workbook each."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from pipelines import settings
from pipelines.messages import say
from pipelines.options import HELP_LANGUAGE, Lang, Programme, layout_of, plainly


def returns(
    programme: Programme = None,
    partner: Annotated[
        str | None, typer.Option("--partner", help=say("help.partner", HELP_LANGUAGE))
    ] = None,
    out: Annotated[Path | None, typer.Option("--out", help=say("help.out", HELP_LANGUAGE))] = None,
    lang: Lang = None,
) -> None:
    """Write the partners' workbooks and say what to do with them."""
    from pipelines.returned import write_returns

    reader = settings.language(lang)
    with plainly(reader):
        layout = layout_of(programme)
        found = write_returns(layout, partner, out, date.today())
        for each in found:
            if each.path is None:
                typer.echo(say("returns.nothing_for", reader, partner=each.partner))
                continue
            inside = each.path.is_relative_to(layout.root)
            path = each.path.relative_to(layout.root) if inside else each.path
            values = {"partner": each.partner, "lines": each.lines_n, "refused": each.refused_n}
            typer.echo(say("returns.made", reader, path=path, **values))
        is_any = any(each.path for each in found)
        is_usual = layout.programme == settings.programme()
        option = "" if is_usual else f" --programme {layout.programme}"
        typer.echo(say("returns.next" if is_any else "returns.nothing", reader, option=option))
