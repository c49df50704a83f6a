"""What Dagster adds to a run: the job's time beside that of the same functions, tables read and written.

Started by ``bench_run`` in a process of its own; prints the ratio. Every asset and check of the house
passes through ``assets.guard``, so what they take is measured there, without Dagster around them.
"""

from __future__ import annotations

import functools
import time
from collections.abc import Callable
from typing import Any

from assets import guard

#: Seconds inside what would be called without Dagster too.
_inside = 0.0


def timed(function: Callable[..., Any]) -> Callable[..., Any]:
    """Count the seconds of a function; it calls no other that is counted."""

    @functools.wraps(function)
    def inner(*args: Any, **kwargs: Any) -> Any:
        global _inside
        start = time.perf_counter()
        try:
            return function(*args, **kwargs)
        finally:
            _inside += time.perf_counter() - start

    return inner


def main() -> None:
    """Run the programme that the environment names; print whole seconds over those inside."""
    plain = guard.guarded
    guard.guarded = lambda function: plain(timed(function))  # before any asset is imported
    from assets.layout import Layout, find_root
    from assets.store import WarehouseIOManager
    from pipelines import settings
    from pipelines.busy import only_one
    from pipelines.execute import Executor

    for name in ("load_input", "handle_output"):
        setattr(WarehouseIOManager, name, timed(getattr(WarehouseIOManager, name)))
    layout = Layout(find_root(), settings.programme())
    executor = Executor(layout, lambda *_: None, lambda *_: None)
    with only_one(layout):
        start = time.perf_counter()
        outcome = executor.run()
        whole = time.perf_counter() - start
    assert outcome.held
    print(whole / _inside)


if __name__ == "__main__":
    main()
