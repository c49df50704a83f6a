"""What a quarter has more or less of than the one before it: differences of released cells only."""

from __future__ import annotations

from typing import Any

from assets.layout import Layout
from schemas.words import Language, Words

#: What the list of pages compares, and the released table it stands in.
COMPARED = {"reached_n": "reach", "sessions_n": "sessions", "hours_sum": "hours"}
_TOTAL = "_total"
OF_PEOPLE = ("reached_n",)
_SINCE = Words(it="Rispetto al trimestre prima: {list}.", en="Against the quarter before: {list}.")
_SAME = Words(it="{name} {now}, come prima", en="{name} {now}, as before")
_MOVED = Words(
    it="{name} {now} (prima {before}: {gap})", en="{name} {now} ({before} before: {gap})"
)


def since_before(layout: Layout, about: dict[str, Any]) -> dict[str, Words]:
    """Return of each quarter what changed since the one before; only where both are released."""
    values = _values(layout, about)
    quarters, told = about["quarters"], {}
    for before, quarter in zip(quarters, quarters[1:], strict=False):
        pairs = {
            code: (values[code][before], values[code][quarter])
            for code in COMPARED
            if before in values[code] and quarter in values[code]
        }
        if pairs:
            told[quarter] = Words(
                it=_sentence(about, pairs, "it"), en=_sentence(about, pairs, "en")
            )
    return told


def _sentence(about: dict[str, Any], pairs: dict[str, tuple[float, float]], lang: Language) -> str:
    said = []
    for code, (before, now) in pairs.items():
        name = about["indicators"][code]["label"][lang].lower()
        words = {"name": name, "now": _number(now, lang), "before": _number(before, lang)}
        sign = "+" if _whole(now) > _whole(before) else "\u2212"
        gap = sign + _number(abs(_whole(now) - _whole(before)), lang)
        form = _SAME if _whole(now) == _whole(before) else _MOVED
        said.append(form.say(lang).format(gap=gap, **words))
    return _SINCE.say(lang).format(list="; ".join(said))


def _whole(value: float) -> int:
    return int(value + 0.5)  # halves up, as on the pages


def _number(value: float, lang: Language) -> str:
    text = f"{_whole(value):,}"
    return text.replace(",", ".") if lang == "it" else text


def _values(layout: Layout, about: dict[str, Any]) -> dict[str, dict[str, float]]:
    """Return the shown totals of each indicator by quarter."""
    import pyarrow.parquet as pq

    found: dict[str, dict[str, float]] = {code: {} for code in COMPARED}
    names = ["indicator_code", "period", "level_1", "level_2", "value"]
    for code, table in COMPARED.items():
        path = layout.released / "tables" / f"{table}.parquet"
        for row in pq.read_table(path, columns=names).to_pylist() if path.is_file() else []:
            is_total = {row["level_1"], row["level_2"]} <= {"", None, _TOTAL}
            is_asked = row["indicator_code"] == code and row["period"] in about["quarters"]
            if is_total and is_asked and row["value"] is not None:
                found[code][row["period"]] = _as_shown(code, row["value"], about)
    return found


def _as_shown(code: str, value: float, about: dict[str, Any]) -> float:
    """Return a number as the quarter's own page shows it: people are rounded there."""
    base = int(about["thresholds"]["public_round_to"])
    return _whole(value / base) * base if code in OF_PEOPLE else value
