"""How a release is said: numbers with their unit, codes by name, hidden ones by the reason why."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reports import _numbers, _origin, _words
from reports._released import Cell, Released, unknown

#: Indicators whose numbers go either way: they carry their sign.
SIGNED = (
    "score_change",
    "did_effect",
    "did_twfe",
    "did_adjusted",
    "did_matched",
    "did_staggered",
    "did_event",
    "did_placebo",
    "dose_sessions",
    "dose_hours",
    "closing_step",
    "closing_slope",
    "continuity_trend",
    "item_drift",
    "reliability_change",
    "attrition_difference",
)


class Speech:
    """One release in one language, as of one quarter."""

    def __init__(self, released: Released, lang: str, period: str) -> None:
        self.released, self.lang, self.period = released, lang, period
        self.manifest = released.manifest

    def shown(self, cell: Cell | None, *, signed: bool | None = None) -> str:
        """Return a cell as text: its number, or the words for why there is none."""
        if cell is None:
            return self.word("no_data")
        if cell.is_hidden:
            return self.mark(self.word("not_shown"), cell)
        if cell.value is None:
            return self.mark(self.word("not_applicable"), cell)
        return self.format(cell.value, cell, signed=signed)

    def format(self, value: float, cell: Cell, *, signed: bool | None = None) -> str:
        """Return a value in the unit and decimals of a cell's indicator, marked with the cell."""
        return self.mark(self._written(value, cell, signed), cell, part=_part(value, cell))

    def _written(self, value: float, cell: Cell, signed: bool | None) -> str:
        entry = self.manifest["indicators"][cell.indicator]
        signed = cell.indicator.startswith(SIGNED) if signed is None else signed
        if entry["unit"] == "p":
            return _numbers.p_value(value, self.lang)
        if entry["unit"] == "share":
            return self.percent(value, entry["decimals"], signed=signed)
        decimals = self._decimals(cell.subject, entry)
        return _numbers.number(value, decimals, self.lang, signed=signed)

    def _decimals(self, subject: str, entry: Mapping[str, Any]) -> int:
        # A scale from 1 to 5 needs one decimal more than one from 0 to 100.
        decimals = int(entry["decimals"])
        if entry["unit"] != "points" or not subject:
            return decimals
        scale = self.scale(subject)
        span = scale.get("score_high", 100) - scale.get("score_low", 0)
        return decimals + 1 if span < 20 else decimals

    def in_units(
        self, value: float, subject: str, *, plain: bool = False, cell: Cell | None = None
    ) -> str:
        """Return a score in points, with the ends of its scale unless ``plain``.

        Without the ``cell`` it comes from, it is a threshold the scale declares.
        """
        scale = self.scale(subject)
        decimals = 0 if plain else self._decimals(subject, {"unit": "points", "decimals": 1})
        text = _numbers.number(value, decimals, self.lang)
        shown = self.mark(text, cell) if cell else self.plain(text, "threshold")
        if plain:
            return self.word("points", value=shown)
        return self.word("points_of", value=shown, **self.ends(scale))

    def ends(self, scale: Mapping[str, Any]) -> dict[str, str]:
        """Return the ends of a scale's range as declared: ``low`` and ``high``."""
        found = {"low": scale["score_low"], "high": scale["score_high"]}
        return {name: self.plain(self.count(end), "scale") for name, end in found.items()}

    def n_of(self, cell: Cell | None) -> str:
        """Return the base of a cell, or why it is not shown."""
        if cell is None or (cell.n is None and not cell.is_hidden):
            return self.word("no_data")
        text = self.word("not_shown") if cell.n is None else self.count(cell.n)
        return self.mark(text, cell, part="n")

    def percent(self, share: float | None, decimals: int = 1, *, signed: bool = False) -> str:
        """Return a share as a percentage; a missing one says so."""
        if share is None:
            return self.word("not_applicable")
        return _numbers.percent(share, decimals, self.lang, signed=signed)

    def count(self, value: float) -> str:
        """Return a plain number without decimals."""
        return _numbers.number(value, 0, self.lang)

    def day(self, text: str) -> str:
        """Return an ISO date in words."""
        return _origin.said(self.plain(_numbers.day(text, self.lang), "date"))

    def quarter(self, code: str = "") -> str:
        """Return a quarter in words, or that it is all of them; the kit's own by default."""
        if (code or self.period) == "all":
            return self.word("whole_programme")
        return _origin.said(self.plain(_numbers.quarter(code or self.period, self.lang), "period"))

    def mark(self, text: str, *things: Cell | _origin.Fact | None, part: str = "") -> str:
        """Return a number's text marked with the cells it rests on (``reports/_origin.py``)."""
        return _origin.mark(text, *things, part=part)

    def plain(self, text: str, why: str) -> str:
        """Return a text whose digits measure nothing, marked with why; see ``_origin.WHY``."""
        return _origin.plain(text, why)

    def word(self, key: str, **values: object) -> str:
        """Return a word of the catalogue."""
        return _words.say("words", key, self.lang, **values)

    def text_of(self, entry: Any) -> str:
        """Return the text of a bilingual entry of the manifest."""
        return _words.spoken(entry, self.lang) or ""

    def label(self, kind: str, code: str) -> str:
        """Return the name of a code: ``indicator``, ``scale``, ``service``, ``wave``, a dimension.

        Raises
        ------
        KitError
            An indicator or scale that does not exist.
        """
        if kind == "indicator":
            self.released.of(code)
            return self.text_of(self.manifest["indicators"][code])
        if kind == "scale":
            return self.text_of(self.scale(code)) or code
        if kind == "dimension":
            return _words.say("dimensions", code, self.lang)
        lists = {"service": "service_code", "activity": "activity_code", "wave": "wave_code"}
        return _words.level_label(self.released, lists.get(kind, kind), code, self.lang)

    def scale(self, code: str) -> dict[str, Any]:
        """Return what the manifest says of a scale, or of the scale a part belongs to."""
        scales = self.released.labels("scales")
        if code in scales:
            return dict(scales[code])
        for scale in scales.values():
            part = (scale.get("parts") or {}).get(code)
            if part:
                return {**scale, "label": part, "notable_change": None}
        raise unknown("scale", code, scales)

    def is_scale(self, code: str) -> bool:
        """Say whether a subject is a scale or part of one (what scores are about)."""
        scales = self.released.labels("scales")
        return code in scales or any(code in (each.get("parts") or {}) for each in scales.values())

    def subject_label(self, code: str) -> str:
        """Return the name of what a number is about: a scale, service, activity; else the code."""
        if self.is_scale(code):
            return self.label("scale", code)
        for kind in ("services", "activities"):
            if code in self.released.labels(kind):
                return self.text_of(self.released.labels(kind)[code]) or code
        partner = self.released.labels("partners").get(code)
        return self.text_of(partner) or _words.level_label(
            self.released, "subject", code, self.lang
        )

    def version(self, of: str) -> str:
        """Return the version of the ``data`` or of the ``code`` the release was made from."""
        return _origin.said(self.plain(str(self.manifest.get(f"{of}_version") or "–"), "version"))

    def threshold(self, name: str) -> str:
        """Return a disclosure threshold as text."""
        declared = self.manifest.get("thresholds") or {}
        if name not in declared:
            raise unknown("threshold", name, declared)
        found = declared[name]
        value = float(found["value"] if isinstance(found, dict) else found)
        return _origin.said(self.plain(self.count(value), "threshold"))


def _part(value: float, cell: Cell) -> str:
    """Return which part of a cell a value is: an end of its interval, else the number itself."""
    if value == cell.value:
        return ""
    return "low" if value == cell.ci_low else "high" if value == cell.ci_high else ""
