"""Making the evaluator's papers when they are asked for, beside what the last run made."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines import person_texts, state
from pipelines.busy import only_one
from pipelines.state import Made

if TYPE_CHECKING:
    from assets.layout import Layout
    from pipelines.person_texts import Suspect
    from schemas.words import Language


def make(
    layout: Layout, span: str | None, lang: Language
) -> tuple[list[str], list[str], list[Suspect]]:
    """Write the papers of a half-year or year, ``all``, or the latest of both, in a language.

    Returns
    -------
    tuple of lists
        The papers, and the files a person writes in, relative to the root; what in these may identify
        somebody.

    Raises
    ------
    Busy
        Another run works on the programme.
    ConfigurationError
        Nothing is released, no such half-year or year; a mistake in a person's text, or somebody who
        can be found in it.
    """
    from assets.outputs import index, papers
    from assets.outputs.jobs import manifest

    with only_one(layout):
        chosen = papers.chosen(manifest(layout), span, lang)
        texts = [papers.narrative(layout, each) for each in chosen]
        person_texts.insist(layout, texts)
        before = state.read_state(layout)
        stood = before is not None and state.stands(
            layout, before.programme, before.programme.fingerprint
        )
        made = papers.render_papers(layout, chosen)
        index.write_index(layout)
        if before is not None and stood:
            # The list of pages now names the papers: the run that made the rest stands as before.
            files = state.files_of_programme(layout, layout.definition.quarters())
            before.programme = Made(before.programme.fingerprint, files)
            state.finish(layout, before)
    return (
        [path.relative_to(layout.root).as_posix() for path in made],
        [path.relative_to(layout.root).as_posix() for path in texts],
        person_texts.possible(layout, texts),
    )
