"""What a quarter has more or less of than the one before it, as the reading kit says it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from assets.layout import Layout
from assets.outputs.jobs import asked, inputs_digest

KEPT = "since.json"


@dataclass(frozen=True)
class Since:
    """``told``: quarter -> language -> HTML; ``numbers``: what a click on its numbers shows."""

    told: dict[str, dict[str, str]]
    numbers: dict[str, Any]


def since_before(layout: Layout) -> Since:
    """Return of each quarter what changed since the one before, as the public pages show numbers.

    Kept beside the pages' cache: the list of pages is written more often than its numbers change.
    """
    wanted, kept = inputs_digest(layout), layout.render_cache / KEPT
    found = json.loads(kept.read_text("utf-8")) if kept.is_file() else {}
    if found.get("of") != wanted:
        found = {"of": wanted, "said": asked(layout, "reports._since", is_public=True)}
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.write_text(json.dumps(found, ensure_ascii=False), encoding="utf-8", newline="\n")
    return Since(**found["said"])
