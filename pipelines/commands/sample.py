"""``lunattiva sample``: the demo programme."""

from __future__ import annotations

from typing import Annotated

import typer

from pipelines import settings
from pipelines.messages import say
from pipelines.options import HELP_LANGUAGE, Lang, layout_of, plainly


def sample(
    seed: Annotated[
        int | None, typer.Option("--seed", help=say("help.seed", HELP_LANGUAGE))
    ] = None,
    force: Annotated[bool, typer.Option("--force", help=say("help.force", HELP_LANGUAGE))] = False,
    lang: Lang = None,
) -> None:
    """Make the demo programme."""
    from assets.sample import DEFAULT_SEED
    from pipelines import samples

    reader = settings.language(lang)
    with plainly(reader):
        layout = layout_of(settings.DEFAULT_PROGRAMME)
        chosen = DEFAULT_SEED if seed is None else seed
        result = samples.make(layout, chosen, force=force)
        typer.echo(say(f"sample.{result.value}", reader, path=layout.raw, seed=chosen))
