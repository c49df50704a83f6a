"""Making the thesis when it is asked for, beside what the last run made; and what is left to write."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipelines import person_texts, state
from pipelines.busy import only_one
from pipelines.state import Made

if TYPE_CHECKING:
    from assets.layout import Layout
    from pipelines.person_texts import Suspect


@dataclass(frozen=True)
class Book:
    """What was made, and what waits for a person.

    Attributes
    ----------
    files
        The book in its formats, relative to the root.
    text, log
        The file a person writes in; the log of cycles, whether or not it is there.
    empty
        Places of the book in which nothing is written yet.
    open_decisions
        Decisions of the log whose outcome nobody has looked at yet.
    suspects
        What may identify a person: never the text.
    """

    files: list[str]
    text: str
    log: str
    empty: list[str]
    open_decisions: list[str]
    suspects: list[Suspect]


def make(layout: Layout) -> Book:
    """Render the thesis from the last release, the log of cycles and what a person wrote.

    Raises
    ------
    Busy
        Another run works on the programme.
    ConfigurationError
        Nothing is released; a mistake in ``cycles.yml`` or in the person's file; somebody can be
        found in one of them.
    """
    from assets.outputs import book, cycles, index, thesis

    with only_one(layout):
        person_texts.insist(layout, person_texts.of_the_thesis(layout))
        before = state.read_state(layout)
        stood = before is not None and state.stands(
            layout, before.programme, before.programme.fingerprint
        )
        made = thesis.render_thesis(layout)
        index.write_index(layout)
        if before is not None and stood:
            # The book now holds what was written since: the run that made the rest stands as before.
            files = state.files_of_programme(layout, layout.definition.quarters())
            before.programme = Made(before.programme.fingerprint, files)
            before.thesis_left = []
            state.finish(layout, before)
    texts, log = book.written(layout), cycles.read_cycles(layout)
    decisions = [each for cycle in log.cycles for each in cycle.decisions] if log else []
    return Book(
        files=[path.relative_to(layout.root).as_posix() for path in made],
        text=book.narrative(layout).relative_to(layout.root).as_posix(),
        log=(layout.raw / cycles.LOG).relative_to(layout.root).as_posix(),
        empty=[place for place, text in texts.items() if not text],
        open_decisions=[each.decision for each in decisions if each.outcome == "open"],
        suspects=person_texts.possible(layout, person_texts.of_the_thesis(layout)),
    )
