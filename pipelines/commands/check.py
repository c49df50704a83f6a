"""``lunattiva check``: look at a file before it is used; nothing is stored."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipelines import settings
from pipelines.messages import say
from pipelines.options import HELP_LANGUAGE, Json, Lang, Programme, plainly

if TYPE_CHECKING:
    from assets.layout import Layout

File = Annotated[Path, typer.Argument(metavar="FILE", help=say("help.check_file", HELP_LANGUAGE))]
SourceName = Annotated[
    str | None, typer.Option("--source", help=say("help.check_source", HELP_LANGUAGE))
]
Cells = Annotated[
    Path | None,
    typer.Option("--cells", metavar="OUT.csv", help=say("help.check_cells", HELP_LANGUAGE)),
]


def check(
    file: File,
    source: SourceName = None,
    programme: Programme = None,
    cells: Cells = None,
    lang: Lang = None,
    as_json: Json = False,
) -> None:
    """Say what a file holds, what would be read of it and what stands in the way."""
    reader = settings.language(lang)
    with plainly(reader):
        from pipelines import check_lines, check_told
        from pipelines.check import check as look_at

        told = look_at(file, _layout(file, source, programme), source)
        if as_json:
            text = json.dumps(check_told.as_json(told, reader), ensure_ascii=False, indent=1)
            typer.echo(text)
        else:
            for line in check_lines.lines(told, reader):
                typer.echo(line)
        if cells is not None:
            _write(told, cells, reader, is_quiet=as_json)
    raise typer.Exit(settings.HELD if told.is_usable else settings.DID_NOT_HOLD)


def _layout(file: Path, source: str | None, programme: str | None) -> Layout | None:
    """Return the programme asked for, the one the file lies in, or the usual one if a source is named."""
    from assets.layout import Layout, find_root
    from pipelines.check_source import programme_of

    root = find_root()
    name = programme or programme_of(file, root)
    if name is None and source is not None:
        name = settings.programme()
    return None if name is None else Layout(root, name)


def _write(told: object, cells: Path, lang: settings.Language, *, is_quiet: bool) -> None:
    from assets.errors import ConfigurationError
    from pipelines import check_told

    try:
        written = check_told.write_cells(told, cells)  # type: ignore[arg-type]
    except OSError:
        raise ConfigurationError(
            f"Non si può scrivere {cells}: controllare la cartella e i permessi.",
            f"{cells} cannot be written: check the folder and the permissions.",
        ) from None
    if is_quiet:
        return
    key = "check.cells" if written else "check.no_cells"
    typer.echo(say(key, lang, paths=", ".join(map(str, written))))
