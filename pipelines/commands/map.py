"""``lunattiva map``: a first source.yml for a file, to be confirmed."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipelines import settings
from pipelines.messages import say
from pipelines.options import HELP_LANGUAGE, Lang, Programme, layout_of, plainly

if TYPE_CHECKING:
    from pipelines.proposal import Proposal


class Kind(StrEnum):
    """The datasets, as an option offers them."""

    attendance = "attendance"
    survey = "survey"
    service_access = "service_access"


def map_(
    file: Annotated[Path, typer.Argument(metavar="FILE", help=say("help.map.file", HELP_LANGUAGE))],
    programme: Programme = None,
    partner: Annotated[
        str | None, typer.Option("--partner", help=say("help.map.partner", HELP_LANGUAGE))
    ] = None,
    dataset: Annotated[
        Kind | None, typer.Option("--dataset", help=say("help.map.dataset", HELP_LANGUAGE))
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", help=say("help.map.out", HELP_LANGUAGE))
    ] = None,
    lang: Lang = None,
) -> None:
    """Propose a source.yml from a file's headings and cells."""
    from pipelines.proposal import place_of, propose, save

    reader = settings.language(lang)
    with plainly(reader):
        place = place_of(file, layout_of(programme), programme, partner)
        made = propose(file, place, dataset.value if dataset else None, out)
        if out is not None:
            save(made.text, out)
    if out is None:
        typer.echo(made.text, nl=False)
    for line in _told(made, out, reader):
        typer.echo(line, err=out is None)  # the proposal alone goes to a file that is redirected


def _told(made: Proposal, out: Path | None, lang: settings.Language) -> list[str]:
    lines = [say("map.dataset", lang, dataset=made.dataset, percent=made.percent)]
    lines.append(say("map.counts", lang, **made.counts, open=len(made.to_confirm)))
    lines += [say("map.identifiers", lang, found=each.say(lang)) for each in made.identifiers]
    where = out or Path("raw") / made.programme / made.partner / "source.yml"
    lines.append(say("map.written" if out else "map.shown", lang, path=where))
    lines.append(say("map.next", lang, path=where, file=made.file, programme=made.programme))
    return lines
