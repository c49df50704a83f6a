"""Work on the next pieces while one is used: for functions that leave Python's lock to others."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

Piece = TypeVar("Piece")
Made = TypeVar("Made")

#: Pieces that are worked on at once.
_THREADS = 2


def ahead(make: Callable[[Piece], Made], pieces: Iterable[Piece]) -> Iterator[Made]:
    """Yield ``make(piece)`` in the order of the pieces; no more than two or three are held.

    Parameters
    ----------
    make
        Arrow's and NumPy's functions on big arrays run beside each other; plain Python does not.
    """
    waiting: deque[Future[Made]] = deque()
    with ThreadPoolExecutor(max_workers=_THREADS) as pool:
        try:
            for piece in pieces:
                waiting.append(pool.submit(make, piece))
                if len(waiting) > _THREADS:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            for each in waiting:
                each.cancel()
