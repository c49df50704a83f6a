"""What may be asked of a release by name: its cells, and what the programme declares of itself."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cached_property
from typing import Any

from reports import _origin, _words
from reports._released import Cell, KitError, unknown
from reports._speech import Speech

SMALL_BASE = 30
PERIOD = re.compile(r"\d{4}Q[1-4]|\d{4}-\d{2}|all")


class Asked(Speech):
    """One release in one language, as of one quarter, asked by name."""

    #: Below this base a number is called unstable.
    small_base = SMALL_BASE

    def cell(
        self,
        indicator: str,
        subject: str = "",
        period: str | None = None,
        by: str = "",
        level: str = "",
        by_2: str = "",
        level_2: str = "",
    ) -> Cell | None:
        """Return one released cell, or None where there is none; KitError for unknown names."""
        wanted = {name: code for name, code in ((by, level), (by_2, level_2)) if name}
        if by and not level:
            raise KitError(f"say which level of '{by}' is meant")
        self.released.check(indicator, subject, wanted)
        return self.released.find(indicator, subject, self._period(indicator, period), wanted)

    def has(self, indicator: str, subject: str | None = None, period: str | None = None) -> bool:
        """Return whether any cell of the indicator was released, shown or not."""
        rows = self.released.of(indicator)
        if period is not None:
            rows = [c for c in rows if c.period == period]
        return any(subject is None or c.subject == subject for c in rows)

    def subjects(self, indicator: str) -> list[str]:
        """Return what an indicator is about, whole scales and their parts in order, the rest by code."""
        present = {c.subject for c in self.released.of(indicator)}
        known = self.released.labels("scales")
        asked = (self.manifest.get("evaluation") or {}).get("scales", [])
        order = [
            c for s in dict.fromkeys([*asked, *known]) if s in known for c in (s, *_parts(known[s]))
        ]
        return [*(c for c in order if c in present), *sorted(present - set(order))]

    def _period(self, indicator: str, period: str | None) -> str:
        if period is None:
            has_quarter = any(c.period == self.period for c in self.released.of(indicator))
            quarterly = any("Q" in c.period for c in self.released.of(indicator))
            return self.period if has_quarter or quarterly else "all"
        waves = self.released.labels("waves")
        if not PERIOD.fullmatch(period) and period not in waves:
            raise unknown("period", period, [*self.manifest["quarters"], "all", *waves])
        return period

    @property
    def title(self) -> str:
        """Return the programme's title."""
        return _origin.said(self.text_of(self.manifest["title"]))

    @property
    def is_synthetic(self) -> bool:
        """Whether everybody in the data is invented."""
        return bool(self.manifest.get("synthetic"))

    @property
    def scales(self) -> list[str]:
        """Return the whole scales with a released change or mean."""
        found = set(self.subjects("score_change")) | set(self.subjects("score_mean"))
        asked = (self.manifest.get("evaluation") or {}).get("scales", [])
        known = self.released.labels("scales")
        return list(dict.fromkeys(code for code in [*asked, *known] if code in found & set(known)))

    @property
    def steps(self) -> list[dict[str, Any]]:
        """Return the declared turning dates."""
        return list(self.manifest.get("steps") or [])

    @cached_property
    def change_waves(self) -> tuple[str, str]:
        """Return the names of the two waves that are compared; empty where none are."""
        compared = self.manifest.get("change")
        if not compared:
            return ("", "")
        return (self.label("wave", compared["from"]), self.label("wave", compared["to"]))

    def warnings(self, *codes: str) -> list[str]:
        """Return cautions from the fixed list, in its order; ``synthetic`` is added where true."""
        wanted = set(codes) | ({"synthetic"} if self.is_synthetic else set())
        known = _words.catalogue()["warnings"]
        for code in sorted(wanted - set(known)):
            raise unknown("warning", code, known)
        shocks = ", ".join(self.text_of(each) for each in self.shocks)
        values = {"limit": self.plain(str(self.small_base), "threshold"), "list": shocks}
        chosen = [c for c in known if c in wanted and (c != "shocks" or shocks)]
        return [_words.say("warnings", code, self.lang, **values) for code in chosen]

    @property
    def shocks(self) -> list[dict[str, Any]]:
        """Return the dated events that move the series and are no effect of the programme."""
        return list(self.manifest.get("shocks") or [])


def _parts(scale: Mapping[str, Any]) -> list[str]:
    return list(scale.get("parts") or {})
