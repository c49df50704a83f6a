"""What a comparison holds: its cells, its questions, and their names in words.

The page of several programmes (``compare.qmd``) is made of texts (``_compare_texts``), tables
(``_compare_tables``) and figures (``_compare_figures``) that all read it here. Its numbers are cells of
a comparison's own folder, split by programme; nothing is computed.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from reports._released import Cell, KitError
from reports._words import of_page

if TYPE_CHECKING:
    from reports.kit import Kit

Row = dict[str, Any]
BY = "programme"


def word(k: Kit, key: str, **values: object) -> str:
    """Return a text of this page's catalogue."""
    return of_page("compare_words.yml", key, k.lang, **values)


def about(k: Kit) -> Row:
    """Return what the comparison says of itself.

    Raises
    ------
    KitError
        The folder is one programme's release.
    """
    found = k.manifest.get("comparison")
    if found is None:
        raise KitError("this is no comparison of programmes: run 'lunattiva compare'")
    return dict(found)


def own(k: Kit, indicator: str, programme: str, subject: str = "", level: str = "") -> Cell | None:
    """Return one programme's own released number."""
    cells = [c for c in k.released.of(indicator) if c.level_1 == programme]
    return next((c for c in cells if (c.subject, c.level_2) == (subject, level)), None)


def together(k: Kit, question: Row, kind: str = "pooled") -> Cell | None:
    """Return what a question's programmes say together (``pooled``, ``expected``, ``pooled_dl``)."""
    code = f"{question['indicator']}__{kind}"
    if code not in k.released.by_indicator:
        return None
    wanted = (question["subject"], question["level"])
    return next((c for c in k.released.of(code) if (c.subject, c.level_1) == wanted), None)


def between(k: Kit, question: Row, name: str) -> Cell | None:
    """Return a number about how programmes differ: ``i2``, ``tau``, ``q``; ``n``: how many."""
    code = "programmes_n" if name == "n" else f"heterogeneity_{name}"
    if code not in k.released.by_indicator:
        return None
    wanted = (question["indicator"], question["subject"], question["level"])
    cells = k.released.of(code)
    return next((c for c in cells if (c.level_1, c.subject, c.level_2) == wanted), None)


def name_of(k: Kit, programme: str) -> str:
    """Return a programme's title."""
    return k.label(BY, programme)


def asked(k: Kit, question: Row) -> str:
    """Return what a question is about, in words: its indicator, scale, level."""
    return in_one_line(k, [question])


def about_what(k: Kit, question: Row) -> str:
    """Return scale and level of a question; nothing where it has neither."""
    parts = [k.subject_label(question["subject"])] if question["subject"] else []
    if question["level"]:
        parts.append(k.label(question["by"], question["level"]))
    return ", ".join(parts)


def of(k: Kit, indicators: Sequence[str] = ()) -> list[Row]:
    """Return the questions about some indicators; all of them without."""
    found: list[Row] = about(k)["questions"]
    return [each for each in found if not indicators or each["indicator"] in indicators]


def in_one_line(k: Kit, questions: Sequence[Row]) -> str:
    """Return several questions about one indicator in one line."""
    name = k.label("indicator", questions[0]["indicator"])
    parts = [part for each in questions if (part := about_what(k, each))]
    return f"{name}: {'; '.join(parts)}" if parts else name


def state(k: Kit, programme: Row) -> str:
    if programme["state"] != "published":
        return word(k, f"state_{programme['state']}")
    quarter = k.quarter(programme["period"]) if programme["period"] else "–"
    return word(
        k, "state_published", period=quarter, number=k.plain(str(programme["number"]), "version")
    )


def prediction(k: Kit, ahead: Cell | None) -> str:
    if ahead is None or ahead.ci_low is None or ahead.ci_high is None:
        return word(k, "no_prediction")
    ends = {"low": k.format(ahead.ci_low, ahead), "high": k.format(ahead.ci_high, ahead)}
    return word(k, "prediction_range", **ends)
