"""The words of the funder's page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reports._words import of_page

if TYPE_CHECKING:
    from reports.kit import Kit

#: The period of the page about the whole programme.
WHOLE = "all"


def word(k: Kit, key: str, **values: object) -> str:
    """Return a text of this page's catalogue."""
    return of_page("dashboard_words.yml", key, k.lang, **values)
