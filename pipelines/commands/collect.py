"""``lunattiva collect``: the published tables of all programmes in one place."""

from __future__ import annotations

from typing import Annotated

import typer

from pipelines import settings
from pipelines.messages import say
from pipelines.options import HELP_LANGUAGE, Lang, layout_of, plainly


def collect(
    to: Annotated[str, typer.Argument(metavar="TO", help=say("help.collect.to", HELP_LANGUAGE))],
    programme: Annotated[
        str | None, typer.Option("--programme", help=say("help.collect.programme", HELP_LANGUAGE))
    ] = None,
    drafts: Annotated[
        bool, typer.Option("--drafts", help=say("help.collect.drafts", HELP_LANGUAGE))
    ] = False,
    lang: Lang = None,
) -> None:
    """Collect programme by programme, and say what was new."""
    from assets.layout import Layout, find_root, programmes
    from pipelines import collecting

    reader = settings.language(lang)
    with plainly(reader):
        chosen = [programme] if programme else programmes(find_root())
        layouts = [layout_of(None)] if not chosen else [Layout(find_root(), x) for x in chosen]
        for layout in layouts:
            done = collecting.collect(layout, to, drafts=drafts)
            values = {"added": len(done.added), "removed": len(done.removed)}
            values["standing"] = done.standing
            typer.echo(say("collect.done", reader, programme=done.programme, **values))
            if done.healed:
                told = {"count": len(done.healed), "list": ", ".join(x[:12] for x in done.healed)}
                typer.echo(say("collect.healed", reader, programme=done.programme, **told))
