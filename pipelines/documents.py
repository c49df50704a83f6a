"""The thesis beside a run: what a person wrote may stop the book, and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assets.errors import LunattivaError
from pipelines import person_texts, state
from pipelines.messages import say
from schemas.words import LANGUAGES

if TYPE_CHECKING:
    from assets.layout import Layout
    from pipelines.execute import Outcome
    from pipelines.state import State

#: The step whose failure leaves every other page as it is.
STEP = "outputs_thesis"
Told = list[dict[str, str]]


def draw(layout: Layout, known: State) -> Told:
    """Draw the thesis, or take it away where none is wanted; return what kept it from being drawn."""
    from assets.outputs import index, thesis

    failed: Told = []
    try:
        thesis.bring_up(layout, lambda: insist(layout))
    except LunattivaError as error:
        failed = _told(error)
    finally:
        index.write_index(layout)
    known.thesis_left = failed
    return failed


def bring_up(layout: Layout, known: State) -> Told:
    """Bring up the thesis where no delivery is new: what people write is none, and has its own pace.

    Returns
    -------
    list of dict
        What stops the thesis now, though the pages of the last run stand.
    """
    if is_due(layout, known):
        return draw(layout, known)
    return mistakes(layout)


def mistakes(layout: Layout) -> Told:
    """Return what in people's texts stops the thesis now, without drawing it."""
    from assets.outputs import book, thesis

    if not thesis.is_wanted(layout):
        return []
    try:
        insist(layout)
        book.check(layout)
    except LunattivaError as error:
        return _told(error)
    return []


def left(layout: Layout) -> Told:
    """Return what stops the thesis now, or stopped it in the last run."""
    last = state.last_state(layout)
    return mistakes(layout) or (last.thesis_left if last else [])


def is_due(layout: Layout, known: State) -> bool:
    """Say whether the thesis waits to be drawn, or to be taken away: made by hand, and not wanted."""
    from assets.outputs import thesis

    if thesis.is_wanted(layout):
        return bool(known.thesis_left)
    return any(path.is_file() for path in thesis.files(layout))


def left_by(outcome: Outcome, known: State) -> Told:
    """Take the thesis's own failure out of what came of a job, and return it in words."""
    error = outcome.failed_steps.pop(STEP, None)
    known.thesis_left = _told(error) if error is not None else []
    return known.thesis_left


def insist(layout: Layout) -> None:
    """Put what people wrote for the thesis through the identifier gate.

    Raises
    ------
    ConfigurationError
        With file, line and kind, never the value.
    """
    person_texts.insist(layout, person_texts.of_the_thesis(layout))


def possible(layout: Layout) -> Told:
    """Return what to say of whatever in the thesis's texts may identify somebody."""
    from assets.outputs import thesis

    if not thesis.is_wanted(layout):
        return []
    found = person_texts.possible(layout, person_texts.of_the_thesis(layout))
    return [{lang: each.said(lang) for lang in LANGUAGES} for each in found]


def _told(error: BaseException) -> Told:
    """Put into words what stopped the thesis; a foreign exception is named by its kind only."""
    own = error if isinstance(error, LunattivaError) else None
    kind = type(error).__name__
    return [
        {
            lang: say("documents.thesis_left", lang, detail=own.say(lang) if own else kind)
            for lang in LANGUAGES
        }
    ]
