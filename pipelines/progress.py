"""Showing how far a run is, in the reader's words: one line a room, a bar where there is a screen."""

from __future__ import annotations

from types import TracebackType

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from pipelines.messages import messages, say
from pipelines.settings import Language

_ENDED = {"STEP_SUCCESS", "STEP_FAILURE", "STEP_SKIPPED"}


class Display:
    """Progress of the jobs of one run.

    On a screen a bar moves; elsewhere (a file, a test, a service) each room is a plain line.
    """

    def __init__(self, console: Console, lang: Language) -> None:
        self._console = console
        self._lang = lang
        self._told: set[str] = set()
        self._bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn("{task.completed}/{task.total}"),
            TimeElapsedColumn(),
            console=console,
            transient=True,
            disable=not console.is_terminal,
        )
        self._task = self._bar.add_task("", total=None)

    def __enter__(self) -> Display:
        """Begin to show."""
        self._bar.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Take the bar away."""
        self._bar.stop()

    def on_job(self, _name: str, steps: int) -> None:
        """Begin a job of so many steps."""
        self._bar.reset(self._task, total=steps)

    def on_step(self, key: str, event: str) -> None:
        """Take note of a step's event."""
        if event == "STEP_START":
            self._enter_room(key)
        elif event in _ENDED:
            self._bar.advance(self._task)

    def _enter_room(self, key: str) -> None:
        room = room_of(key)
        phrase = say(f"room.{room}", self._lang)
        self._bar.update(self._task, description=phrase)
        if room not in self._told and not self._console.is_terminal:
            self._console.print(f"{phrase} ...", highlight=False)
        self._told.add(room)


def room_of(step: str) -> str:
    """Return the room of a step: names begin with it (``_core_records``, ``core_sessions``)."""
    room = step.lstrip("_").split("_")[0]
    return room if f"room.{room}" in messages() else "other"
