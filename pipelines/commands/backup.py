"""``lunattiva backup``: one encrypted file of all that cannot be made again."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipelines import settings
from pipelines.messages import say
from pipelines.options import HELP_LANGUAGE, Lang, Programme, layout_of, plainly

if TYPE_CHECKING:
    from assets.layout import Layout

#: The passphrase, where nobody is there to type it.
SECRET_VARIABLE = "LUNATTIVA_BACKUP_KEY"


def backup(
    to: Annotated[Path, typer.Argument(metavar="TO", help=say("help.backup.to", HELP_LANGUAGE))],
    programme: Programme = None,
    lang: Lang = None,
) -> None:
    """Write a backup, read it back, and say where it is."""
    from pipelines.backup import back_up

    reader = settings.language(lang)
    with plainly(reader, "backup.stopped"):
        layout = layout_of(programme)
        given = secret(layout, reader, is_new=True)
        path, found = back_up(layout, to, given, date.today())
        typer.echo(say("backup.made", reader, path=path, files=len(found.files)))


def secret(layout: Layout, reader: settings.Language, *, is_new: bool) -> str:
    """Return the passphrase: of the environment, else the store's own key, else typed in."""
    from assets import seal

    given = os.environ.get(SECRET_VARIABLE, "").strip() or seal.given_secret(layout.store)
    if given:
        return given
    typed: str = typer.prompt(
        say("backup.passphrase", reader), hide_input=True, confirmation_prompt=is_new, err=True
    )
    return typed.strip()
