"""Which workers own which programmes: ``province.yml`` beside ``raw/``."""

from __future__ import annotations

from pathlib import Path

from assets.layout import programmes
from schemas.config import Strict, read_config

NAME = "province.yml"
#: What a run says of whose workers may take it.
QUEUE_TAG = "lunattiva/queue"
#: Workers that reach the stores of all programmes that nobody owns.
SHARED_QUEUE = "shared"
#: Dagster's own: for which partition a run is; ours are programmes.
PROGRAMME_TAG = "dagster/partition"


class Province(Strict):
    """``province.yml``: queue -> the programmes whose stores its workers own."""

    queues: dict[str, list[str]] = {}


def queues(root: Path) -> dict[str, str]:
    """Return programme -> queue, in order of programme: those in ``raw/`` and those declared.

    Raises
    ------
    ConfigError
        A mistake in ``province.yml``.
    """
    path = root / NAME
    owned = read_config(path, Province).queues if path.is_file() else {}
    found = dict.fromkeys(programmes(root), SHARED_QUEUE)
    found |= {name: queue for queue, names in owned.items() for name in names}
    return dict(sorted(found.items()))
