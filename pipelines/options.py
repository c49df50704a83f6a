"""What commands share: their common options, and how an error is said. Light: every command imports it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from pipelines import settings
from pipelines.messages import say

if TYPE_CHECKING:
    from assets.layout import Layout

#: The language of ``--help``, which is written before options are read.
HELP_LANGUAGE = settings.language()

Programme = Annotated[
    str | None, typer.Option("--programme", help=say("help.programme", HELP_LANGUAGE))
]
Period = Annotated[str | None, typer.Option("--period", help=say("help.period", HELP_LANGUAGE))]


def known_language(given: str | None) -> str | None:
    """Return a language as given; an unknown one stops the command."""
    if given is not None and given.lower() not in ("it", "en"):
        raise typer.BadParameter(say("lang.unknown", HELP_LANGUAGE, given=given))
    return given


Lang = Annotated[
    str | None,
    typer.Option("--lang", help=say("help.lang", HELP_LANGUAGE), callback=known_language),
]
Json = Annotated[bool, typer.Option("--json", help=say("help.json", HELP_LANGUAGE))]


def layout_of(programme: str | None) -> Layout:
    """Return the folders of the programme asked for, else of the environment's, else the demo's."""
    from assets.layout import Layout, find_root

    return Layout(find_root(), programme or settings.programme())


@contextmanager
def plainly(lang: settings.Language, stopped: str = "run.stopped") -> Iterator[None]:
    """Say any error in plain words of the reader's language, never with a person's data.

    ``stopped`` is the message for Ctrl-C: what stands then depends on the command.
    """
    from assets.errors import LunattivaError
    from assets.guard import value_free
    from schemas.config import ConfigError

    try:
        with value_free():
            yield
    except (LunattivaError, ConfigError) as error:
        from pipelines.explain import told

        typer.echo(told(error, error.say(lang), lang), err=True)
        raise typer.Exit(settings.DID_NOT_HOLD) from None
    except KeyboardInterrupt:
        typer.echo(say(stopped, lang), err=True)
        raise typer.Exit(settings.INTERRUPTED) from None
