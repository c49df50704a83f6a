"""The words of the funder's page."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from reports._origin import worded
from reports._released import unknown

if TYPE_CHECKING:
    from reports.kit import Kit

#: The period of the page about the whole programme.
WHOLE = "all"


@cache
def _catalogue() -> dict[str, Any]:
    text = Path(__file__).with_name("dashboard_words.yml").read_text(encoding="utf-8")
    found: dict[str, Any] = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    return found


def word(k: Kit, key: str, **values: object) -> str:
    """Return a text of this page's catalogue."""
    if key not in _catalogue():
        raise unknown("text of the funder's page", key, _catalogue())
    return worded(str(_catalogue()[key][k.lang])).format(**values)
