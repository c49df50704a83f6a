"""What a run tells while it goes: steps begun and ended, and the exceptions behind failures.

Both hooks hand over to whoever listens in this process; where nobody does (the web UI) they are
silent. Nothing here formats a message: Dagster's own may be long, ours are chosen elsewhere.
"""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import dagster as dg

_LOGGER = logging.getLogger("lunattiva.progress")
_LOGGER.propagate = False
_LOGGER.setLevel(logging.DEBUG)

#: Step key -> exception of the steps that failed in the current run.
_FAILED: dict[str, BaseException] = {}


@dg.logger({}, "Hands Dagster's events to the progress display.")
def progress(_context: dg.InitLoggerContext) -> logging.Logger:
    """The logger that ``listening`` attaches to; without a listener it drops everything."""
    return _LOGGER


@dg.failure_hook(name="failures")
def failures(context: dg.HookContext) -> None:
    """Keep the exception of a failed step, so that it can be said in the reader's language."""
    if context.op_exception is not None:
        _FAILED[context.step_key] = context.op_exception


def taken_failures() -> dict[str, BaseException]:
    """Return and forget the exceptions of failed steps."""
    found = dict(_FAILED)
    _FAILED.clear()
    return found


class _Listener(logging.Handler):
    def __init__(self, on_step: Callable[[str, str], None]) -> None:
        super().__init__(logging.DEBUG)
        self._on_step = on_step

    def emit(self, record: logging.LogRecord) -> None:
        event = getattr(record, "dagster_meta", {}).get("dagster_event")
        if event is not None and event.step_key:
            self._on_step(event.step_key, event.event_type_value)


@contextmanager
def listening(on_step: Callable[[str, str], None]) -> Iterator[None]:
    """Call ``on_step(step key, type of event)`` for each step's event; the message is not read."""
    listener = _Listener(on_step)
    _LOGGER.addHandler(listener)
    try:
        yield
    finally:
        _LOGGER.removeHandler(listener)
