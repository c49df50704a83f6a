"""The comparison itself: numbers side by side, and pooled where they agree; in the released shape.

A comparison is a released folder of its own whose cells are split by ``programme``. So documents
read it through the same kit, every number keeps its name and origin, and nothing is in it that the
releases it was made from did not hold.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from assets.across.comparability import Number, Verdict, judge, number
from assets.across.meta_analysis import (
    POOLED_DL,
    POOLED_LOGIT,
    back_to_share,
    logit_by_delta,
    logit_of_share,
    pool,
)
from assets.across.releases import Release, Row
from assets.estimates import Statistic, judged, software_of
from schemas.comparison import Pooled, comparison
from schemas.released import RELEASED_COLUMNS, SUPPRESSED

TOTAL = "_total"
BY = "programme"


@dataclass(frozen=True)
class Question:
    """One thing that programmes are compared on, and what came of it.

    Attributes
    ----------
    indicator, subject, level
        Which number; ``level`` of its declared dimension, where it has one.
    without
        Programmes whose number is hidden or does not exist: code -> released status.
    absent
        Programmes that never asked it, or have no such number yet.
    no_error
        Programmes whose number is shown without what its weight is made of.
    """

    indicator: str
    subject: str
    level: str
    verdict: Verdict
    without: dict[str, str]
    absent: tuple[str, ...]
    no_error: tuple[str, ...]
    pooled: tuple[Statistic, ...]


def questions(releases: Sequence[Release]) -> list[Question]:
    """Return every question with its verdict and, where two or more agree, its pooled numbers."""
    found = []
    for indicator, declared in comparison().pooled.items():
        for subject, level in _asked(releases, indicator, declared):
            cells = {
                each.programme: cell
                for each in releases
                if (cell := cell_of(each, indicator, subject, declared.by, level)) is not None
            }
            if len(cells) > 1:
                found.append(_question(releases, indicator, subject, level, declared, cells))
    return found


def _asked(
    releases: Sequence[Release], indicator: str, declared: Pooled
) -> Iterator[tuple[str, str]]:
    """Yield subject and level of each number that some programme released, in the house's order."""
    subjects: dict[str, None] = {}
    for release in releases:
        order = release.manifest.labels.scales
        own = {row["subject_code"] for row in release.rows if row["indicator_code"] == indicator}
        subjects |= dict.fromkeys([*(x for x in order if x in own), *sorted(own & {""})])
    for subject in subjects:
        for level in declared.levels:
            yield subject, level


def _question(
    releases: Sequence[Release],
    indicator: str,
    subject: str,
    level: str,
    declared: Pooled,
    cells: dict[str, Row],
) -> Question:
    shown = {code: cell for code, cell in cells.items() if cell["value"] is not None}
    without = {code: cell["status"] for code, cell in cells.items() if cell["value"] is None}
    known = [number(x, shown[x.programme], declared) for x in releases if x.programme in shown]
    weighed = [each for each in known if _effect(each.cell, declared) is not None]
    no_error = tuple(sorted({x.programme for x in known} - {x.programme for x in weighed}))
    verdict = judge(weighed)
    pooled = _pooled(verdict.agree, declared, bool(no_error) or SUPPRESSED in without.values())
    absent = tuple(each.programme for each in releases if each.programme not in cells)
    return Question(indicator, subject, level, verdict, without, absent, no_error, pooled)


def _effect(cell: Row, declared: Pooled) -> tuple[float, float] | None:
    """Return effect and standard error on the scale of pooling; None where there is no usable error."""
    value, error = cell["value"], cell["se"]
    has_error = bool(error) and _is_usable(value, error)
    if declared.scale == "identity":
        return (value, error) if has_error else None
    if error and not has_error:
        return None
    if has_error and 0 < value < 1:
        return logit_by_delta(value, error)
    if not 0 <= value <= 1 or not cell["n"] or cell["n"] <= 0:
        return None
    return logit_of_share(cell["value"], cell["n"], cell["ci_low"], cell["ci_high"])


def _is_usable(value: float, error: float) -> bool:
    """Say whether an error can weigh a number; no study is a million times surer than it is large."""
    return error >= 1e-6 * max(1.0, abs(value))


def _pooled(
    agree: Sequence[Number], declared: Pooled, some_left_out: bool
) -> tuple[Statistic, ...]:
    """Return the mean by REML and by DerSimonian and Laird; nothing where fewer than two agree."""
    pairs = [effect for each in agree if (effect := _effect(each.cell, declared)) is not None]
    if len(pairs) < 2:
        return ()
    effects, errors = zip(*pairs, strict=True)
    unit = str(agree[0].cell["unit"])
    is_share = declared.scale == "logit"
    first = pool(effects, errors, unit=unit, method_code=POOLED_LOGIT if is_share else None)
    second = pool(effects, errors, unit=unit, estimator="dl", method_code=POOLED_DL)
    made = [back_to_share(x) if is_share else x for x in (first, second)]
    return tuple(_with_doubts(each, len(pairs), some_left_out) for each in made)


def _with_doubts(made: Statistic, k: int, some_left_out: bool) -> Statistic:
    from dataclasses import replace

    few = "held" if k >= comparison().enough_programmes else "doubtful"
    left = {"none_left_out": "doubtful"} if some_left_out else {}
    told = {"same_quantity": "held", "enough_programmes": few, **left}
    return replace(made, assumptions=told)


def rows(releases: Sequence[Release], asked: Sequence[Question]) -> list[Row]:
    """Return the comparison's cells: each programme's own, then what was pooled."""
    found: dict[str, Row] = {}
    for release in releases:
        for indicator in comparison().beside:
            _add(found, release, cell_of(release, indicator), "")
        for indicator, declared in comparison().pooled.items():
            for subject, level in _asked(releases, indicator, declared):
                cell = cell_of(release, indicator, subject, declared.by, level)
                _add(found, release, cell, declared.by)
    for each in asked:
        for row in _of_question(each):
            found[row["estimate_id"]] = row
    return [found[name] for name in sorted(found)]


def _add(found: dict[str, Row], release: Release, cell: Row | None, by: str) -> None:
    if cell is None:
        return
    level = cell["level_1"] if by else ""
    row = {**cell, "table_code": "programmes", "by_1": BY, "level_1": release.programme}
    row |= {"by_2": by, "level_2": level}
    row["estimate_id"] = _name(row)
    found[row["estimate_id"]] = row


def _of_question(asked: Question) -> Iterator[Row]:
    if not asked.pooled:
        return
    main, other = asked.pooled
    design = str(asked.verdict.agree[0].cell["design"])
    yield _row(asked, f"{asked.indicator}__pooled", main, design)
    yield _row(asked, f"{asked.indicator}__pooled_dl", other, design)
    low, high = main.details["prediction_low"], main.details["prediction_high"]
    if low is not None:
        ends = {"ci_low": low, "ci_high": high, "se": None, "p_value": None}
        yield {**_row(asked, f"{asked.indicator}__expected", main, design), **ends}
    yield from _heterogeneity(asked, main)


def _heterogeneity(asked: Question, main: Statistic) -> Iterator[Row]:
    told = main.details
    tau = {end: (told[f"tau2{end}"] or 0.0) ** 0.5 for end in ("", "_low", "_high")}
    numbers: dict[str, dict[str, Any]] = {
        "i2": {"value": told["i2"], "ci_low": told["i2_low"], "ci_high": told["i2_high"]},
        "tau": {"value": tau[""], "ci_low": tau["_low"], "ci_high": tau["_high"]},
        "q": {"value": told["q"], "ci_low": None, "ci_high": None, "p_value": told["q_p"]},
    }
    units = {code: each.unit for code, each in comparison().general.items()}
    for name, values in numbers.items():
        code = f"heterogeneity_{name}"
        made = _row(asked, code, main, "descriptive", by_indicator=True)
        yield {**made, "se": None, "p_value": None, "unit": units[code], **values}
    none = dict.fromkeys(("se", "ci_low", "ci_high", "p_value"))
    made = _row(asked, "programmes_n", main, "descriptive", by_indicator=True)
    yield {**made, **none, "value": float(main.n), "unit": units["programmes_n"]}


def _row(
    asked: Question, code: str, made: Statistic, design: str, *, by_indicator: bool = False
) -> Row:
    declared = comparison().pooled[asked.indicator]
    row: Row = dict.fromkeys(RELEASED_COLUMNS)
    row |= dict.fromkeys((x for x, (kind, _) in RELEASED_COLUMNS.items() if kind == "VARCHAR"), "")
    by = (
        (("compared", asked.indicator), (declared.by, asked.level))
        if by_indicator
        else ((declared.by, asked.level), ("", ""))
    )
    (row["by_1"], row["level_1"]), (row["by_2"], row["level_2"]) = by
    row |= {
        "table_code": "pooled",
        "indicator_code": code,
        "subject_code": asked.subject,
        "population_code": "programmes",
        "period": "all",
        "design": design,
        "method_code": made.method_code,
        "question_code": "programmes",
        "value": made.estimate,
        "se": made.se,
        "ci_low": made.ci_low,
        "ci_high": made.ci_high,
        "p_value": made.p_value,
        "n": made.n,
        "n_unit": "programmes",
        "n_missing": len(asked.without) + len(asked.no_error) + len(asked.verdict.differ),
        "unit": made.unit,
        "status": "released" if made.estimate is not None else "not_applicable",
        "assumptions": "; ".join(f"{x}={said}" for x, said in judged(made).items()),
        "software": software_of(made.method_code),
        "reference": made.reference,
    }
    row["estimate_id"] = _name(row)
    return row


def _name(row: Row) -> str:
    pairs = ((row["by_1"], row["level_1"]), (row["by_2"], row["level_2"]))
    split = [f"{by}={level}" for by, level in pairs if by]
    parts = [row["indicator_code"], row["subject_code"], row["period"], *split]
    return "/".join(part for part in parts if part)


def cell_of(
    release: Release, indicator: str, subject: str = "", by: str = "", level: str = ""
) -> Row | None:
    """Return the number about everybody, or about one level, over the whole programme."""
    mine = [
        row
        for row in release.rows
        if row["indicator_code"] == indicator
        and (row["subject_code"] or "") == subject
        and row["period"] == "all"
    ]
    if by:
        return next((x for x in mine if x["by_1"] == by and x["level_1"] == level), None)
    plain = [row for row in mine if not row["by_1"]]
    totals = [x for x in mine if x["level_1"] == TOTAL and x["level_2"] in ("", None, TOTAL)]
    # The same total stands under each dimension; one that is shown is preferred.
    shown = [row for row in totals if row["value"] is not None]
    return next(iter([*plain, *shown, *totals]), None)
