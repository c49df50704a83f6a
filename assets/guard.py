"""The one place where foreign exceptions lose their message before anybody can log it."""

from __future__ import annotations

import errno
import functools
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import ParamSpec, TypeVar

from assets.errors import ConfigurationError, LunattivaError, UnexpectedError
from schemas.config import ConfigError

P = ParamSpec("P")
R = TypeVar("R")
_ROOT = Path(__file__).resolve().parents[1]


@contextmanager
def value_free() -> Iterator[None]:
    """Let our own errors through; turn any other into its kind and place, without its message.

    Raises
    ------
    UnexpectedError
        Instead of any exception that is neither ours nor about a configuration file.
    """
    try:
        yield
    except (LunattivaError, ConfigError, BrokenPipeError):
        raise  # the last: who read the screen's lines (``| head``) has gone, which is no failure
    except Exception as error:  # noqa: BLE001 - any message may quote a cell
        place = _place(error)
        # Its frames hold people's rows, and open results on which DuckDB would wait for ever.
        traceback.clear_frames(error.__traceback__)
        if plain := _of_the_machine(error):
            raise plain from None
        raise UnexpectedError(type(error).__name__, place) from None


#: What DuckDB, which has no numbers for it, says of a full disk.
_FULL = ("no space left", "disk full", "not enough space")
#: What SQLite says of it, in which Dagster keeps its history: no room for a page, for its log's index, to write.
_FULL_SQLITE = {"SQLITE_FULL", "SQLITE_IOERR_SHMSIZE", "SQLITE_IOERR_WRITE"}
_CLOSED = {errno.EACCES, errno.EPERM, errno.EROFS}


def _of_the_machine(error: Exception) -> ConfigurationError | None:
    """Return in plain words what the disk says, and nothing else: a full disk, a folder closed to us."""
    number = error.errno if isinstance(error, OSError) else None
    told = str(error).lower() if isinstance(error, OSError) or _is_duckdb(error) else ""
    sqlite = getattr(getattr(error, "orig", error), "sqlite_errorname", "")
    is_full = sqlite in _FULL_SQLITE or any(x in told for x in _FULL)
    if is_full or number in (errno.ENOSPC, getattr(errno, "EDQUOT", None)):
        return ConfigurationError(
            "Il disco è pieno: liberare spazio e rilanciare. Lo stato di prima è intatto.",
            "The disk is full: free some space and run again. The earlier state is intact.",
        )
    if number in _CLOSED and isinstance(error, OSError):
        folder = Path(str(error.filename or "?")).parent.name or "?"
        return ConfigurationError(
            f"Non si può scrivere o leggere nella cartella «{folder}»: controllare i permessi, e che i "
            "file non siano aperti in un altro programma, poi rilanciare. Lo stato di prima è intatto.",
            f"The folder '{folder}' cannot be written or read: check its permissions, and that no other "
            "program has the files open, then run again. The earlier state is intact.",
        )
    return None


def _is_duckdb(error: Exception) -> bool:
    return type(error).__module__.split(".")[0] in ("duckdb", "_duckdb")


#: Seconds that the latest asset or check took in this process: its table is stored right after it.
_TOOK = [0.0]


def took_s() -> float:
    """Return how long the latest guarded function worked, in seconds."""
    return _TOOK[0]


def guarded(function: Callable[P, R]) -> Callable[P, R]:
    """Wrap an asset or check so that whatever it raises is value-free (see ``value_free``)."""

    @functools.wraps(function)
    def inner(*args: P.args, **kwargs: P.kwargs) -> R:
        begun = time.perf_counter()
        try:
            with value_free():
                return function(*args, **kwargs)
        finally:
            _TOOK[0] = time.perf_counter() - begun

    return inner


def _place(error: Exception) -> str:
    """Return file and line of the deepest frame of our own code."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [f for f in frames if Path(f.filename).resolve().is_relative_to(_ROOT)]
    ours = [f for f in ours if ".venv" not in f.filename and Path(f.filename).name != "guard.py"]
    if not ours:
        return "?"
    last = ours[-1]
    return f"{Path(last.filename).resolve().relative_to(_ROOT).as_posix()}:{last.lineno}"
