"""The evaluator's papers: the logical framework with its numbers, and the places a person fills.

Tables hold released cells only. Where a person writes, the text comes from a plain file that nobody
but a person changes (``LUNATTIVA_NARRATIVE``); an empty place prints a marked box.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reports import _numbers, _person, _tables
from reports._catalogue import catalogue
from reports._released import Cell, KitError, unknown
from reports._tables import Markdown, escape, pipe

if TYPE_CHECKING:
    from reports.kit import Kit

ENVIRONMENT = "LUNATTIVA_NARRATIVE"
#: The indicators of the framework that these papers follow; an unreleased one is left out.
FOLLOWED = (
    "reached_n", "sessions_n", "hours_sum", "absence_rate", "retention_rate", "come_share",
    "stay_share", "contacts_n", "users_n", "services_per_user", "score_change", "did_staggered",
    "did_effect", "continuity_coc", "continuity_trend",
)  # fmt: skip
CLASSES = ("output", "esito", "impatto")
#: Quantities whose quarters add up; people are counted once in each quarter they come.
ADDITIVE = ("sessions_n", "hours_sum")
QUARTERLY = ("reached_n", *ADDITIVE, "absence_rate", "retention_rate")
SLOT = re.compile(r"^## +([a-z_]+) *$", re.MULTILINE)
SPAN = re.compile(r"(\d{4})(?:S([12]))?")


def _catalogue() -> dict[str, Any]:
    return catalogue("papers_words.yml")


def _word(k: Kit, key: str, section: str = "words", **values: object) -> str:
    texts = _catalogue()[section]
    if key not in texts:
        raise unknown(f"text of a paper in {section}", key, texts)
    return str(texts[key][k.lang]).format(**values)


def quarters_of(k: Kit, span: str) -> list[str]:
    """Return the released quarters of a half-year (``2022S1``) or year (``2022``).

    Raises
    ------
    KitError
        Not such a name, or no quarter of it was released.
    """
    found = SPAN.fullmatch(span)
    if not found:
        raise KitError(f"'{span}' is no half-year (2022S1) and no year (2022)")
    year, half = found.groups()
    numbers = {None: (1, 2, 3, 4), "1": (1, 2), "2": (3, 4)}[half]
    quarters = [f"{year}Q{number}" for number in numbers]
    known = [each for each in quarters if each in k.manifest["quarters"]]
    if not known:
        raise unknown("half-year or year", span, k.manifest["quarters"])
    return known


def span_name(k: Kit, span: str) -> str:
    """Return a half-year or year in words."""
    year, _, half = span.partition("S")
    text = _word(k, "half", ordinal={"1": "I", "2": "II"}[half], year=year) if half else year
    return k.plain(text, "period")


def about(k: Kit, span: str = "") -> Markdown:
    """What the paper is of: programme, lead, funder, dates, period, data version."""
    m = k.manifest
    funder = m.get("funder") or {}
    dates = _word(k, "from_to", start=f"{k.day(m['from'])}", end=f"{k.day(m['to'])}")
    paid = funder.get("contribution_eur")
    rows = [
        ("programme", k.plain(k.title, "label")),
        ("lead", m.get("lead") or "–"),
        ("funder", funder.get("name") or "–"),
        ("contribution", k.plain(k.count(paid), "definition") if paid else "–"),
        ("dates", dates),
        ("period", span_name(k, span)),
        ("data", f"{k.version('data')}"),
    ]
    heads = [_word(k, "what"), _word(k, "how")]
    return pipe(heads, [[_word(k, name), text] for name, text in rows], 2, (2, 5))


def framework(k: Kit) -> Markdown:
    """One row an indicator of the logical framework: level, definition, target, disaggregation."""
    heads = [_word(k, name) for name in ("level", "indicator", "target", "by")]
    rows = []
    for level in CLASSES:
        codes = [c for c in _followed(k) if k.manifest["indicators"][c]["class"] == level]
        rows += [[k.word(f"class_{level}"), *_declared(k, code)] for code in codes]
        if not codes and level == "impatto":
            rows.append([k.word("class_impatto"), _word(k, "no_impact"), "–", "–"])
    return pipe(heads, rows, 4, (2, 7, 2, 4))


def _followed(k: Kit) -> list[str]:
    entries = k.manifest["indicators"]
    impact = [code for code, each in entries.items() if each["class"] == "impatto"]
    return [code for code in (*FOLLOWED, *impact) if code in entries and k.has(code)]


def _declared(k: Kit, code: str) -> list[str]:
    entry = k.manifest["indicators"][code]
    meaning = k.plain(k.text_of(entry["definition"]), "definition")
    return [f"{k.label('indicator', code)}. {meaning}", _target(k, code), _broken_down(k, code)]


def _target(k: Kit, code: str) -> str:
    target = (k.manifest.get("targets") or {}).get(code)
    return _word(k, "unset") if target is None else k.plain(k.count(target), "target")


def _broken_down(k: Kit, code: str) -> str:
    cells = k.released.of(code)
    found = sorted({name for c in cells for name in (c.by_1, c.by_2) if name})
    names = [k.label("dimension", name) for name in found]
    subjects = {c.subject for c in cells} - {""}
    if any(k.is_scale(each) for each in subjects):
        names.insert(0, _word(k, "scale"))
    elif subjects & set(k.released.labels("services")):
        names.insert(0, _word(k, "service"))
    return ", ".join(name.lower() for name in names) or "–"


def outputs(k: Kit, span: str = "") -> Markdown:
    """One row an indicator: each quarter, the period where quarters add up, whole programme, target."""
    quarters = quarters_of(k, span)
    short = [k.plain(_numbers.short_quarter(q, k.lang, " "), "period") for q in quarters]
    tail = [_word(k, name) for name in ("span", "whole", "target", "achieved")]
    rows = []
    for code in QUARTERLY:
        if not k.has(code):
            continue
        cells = [k.cell(code, period=q) for q in quarters]
        whole = k.cell(code, period="all")
        rows.append(
            [
                k.label("indicator", code),
                *(k.shown(each) for each in cells),
                summed(k, code, cells),
                k.shown(whole),
                _target(k, code),
                _achieved(k, code, whole),
            ]
        )
    return pipe([_word(k, "name"), *short, *tail], rows, 1, [3, *[2] * len(quarters), 2, 2, 2, 2])


def summed(k: Kit, code: str, cells: list[Cell | None]) -> str:
    """Return the sum over quarters of what adds up; where one is not shown the sum is not either."""
    if code not in ADDITIVE:
        return _word(k, "not_summed")
    for each in cells:
        if each is None or each.value is None:
            return k.shown(each)
    total = sum(each.value for each in cells if each is not None and each.value is not None)
    return k.mark(k.count(total), *cells)


def _achieved(k: Kit, code: str, whole: Cell | None) -> str:
    target = (k.manifest.get("targets") or {}).get(code)
    if not target or whole is None or whole.value is None:
        return "–"
    return k.mark(k.percent(whole.value / target, 0), whole)


def short(k: Kit, span: str = "") -> Markdown:
    """What was done in the period, and how many people each quarter reached."""
    quarters = quarters_of(k, span)
    found = {code: [k.cell(code, period=q) for q in quarters] for code in QUARTERLY[:3]}
    said = [
        _word(
            k,
            "done",
            sessions=summed(k, "sessions_n", found["sessions_n"]),
            hours=summed(k, "hours_sum", found["hours_sum"]),
        )
    ]
    each = [
        f"{k.quarter(q)}: {k.shown(cell)}"
        for q, cell in zip(quarters, found["reached_n"], strict=True)
    ]
    said.append(_word(k, "reached", list="; ".join(each)))
    return Markdown("\n\n".join(escape(text) for text in said))


def halves(k: Kit) -> Markdown:
    """Which half-years these are: the calendar's, not the call's."""
    return Markdown(escape(_word(k, "halves")))


def levels(k: Kit, by: str = "", span: str = "") -> Markdown:
    """People reached by the levels of a dimension in the period's last quarter."""
    return _tables.levels(k, "reached_n", by, period=quarters_of(k, span)[-1])


def lens(k: Kit, vis: str = "", dac: str = "") -> Markdown:
    """The principle and the criterion a section answers to."""
    return Markdown(_word(k, "lens", vis=_word(k, vis, "vis"), dac=_word(k, dac, "dac")))


def slot(k: Kit, paper: str = "", place: str = "") -> Markdown:
    """What a person wrote in one place of a paper; a marked box where nothing is written yet.

    Raises
    ------
    KitError
        No such paper or place, or ``LUNATTIVA_NARRATIVE`` names no file.
    """
    slots = _catalogue()["slots"]
    if paper not in slots or place not in slots[paper]:
        raise unknown(
            "place to write", f"{paper}/{place}", [f"{p}/{s}" for p in slots for s in slots[p]]
        )
    path = Path(os.environ.get(ENVIRONMENT) or "")
    if not path.is_file():
        raise KitError(f"{ENVIRONMENT} names no file")
    text = _person.written(path.read_text(encoding="utf-8-sig"), SLOT).get(place, "")
    if text:
        return _person.shown(text, place)
    told = {"file": k.plain(path.name, "code"), "ask": slots[paper][place][k.lang]}
    return _person.asked(_word(k, "to_write"), _word(k, "to_write_note", **told))


TABLES: dict[str, Callable[..., Markdown]] = {
    "paper_about": about,
    "paper_framework": framework,
    "paper_outputs": outputs,
    "paper_levels": levels,
}
TEXTS: dict[str, Callable[..., Markdown]] = {
    "paper_halves": halves,
    "paper_short": short,
    "paper_lens": lens,
    "paper_slot": slot,
}
