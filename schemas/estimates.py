"""The one shape of a statistical result: every method of the house ends in these columns.

One row is one number about one group in one period. Full precision; rounding happens where it is
shown. A null ``estimate`` always comes with a ``status`` that says why.
"""

from __future__ import annotations

from typing import Literal

#: What a design may claim; the sentence made from an estimate may claim no more.
Design = Literal["descriptive", "pre_post", "compared", "quasi_experimental"]

#: ``ok`` or the reason why there is no estimate.
EstimateStatus = Literal["ok", "true_zero", "too_few", "not_applicable", "not_estimable"]

#: Whether an assumption of the method stands on these data.
Outcome = Literal["held", "doubtful", "not_checked"]

#: Level name of a margin: the whole of a dimension.
TOTAL = "_total"

#: Level name of people whose characteristic is not known. It is a level like any other, so that
#: the levels of a dimension always add up to its total.
UNKNOWN = "_unknown"

#: Column -> (DuckDB type, meaning).
ESTIMATE_COLUMNS: dict[str, tuple[str, str]] = {
    "estimate_id": ("VARCHAR", "stable name: indicator/subject/period/by_1=level_1/by_2=level_2"),
    "indicator_code": ("VARCHAR", "what is measured, from indicators.yml"),
    "subject_code": ("VARCHAR", "the scale, service, item or activity it is about; '' if none"),
    "population_code": ("VARCHAR", "who is counted: participants, respondents, contacts, ..."),
    "period": ("VARCHAR", "2022Q1, 2022-03, or 'all' for the whole programme up to the data date"),
    "by_1": ("VARCHAR", "first dimension, '' where the row is about everybody"),
    "level_1": ("VARCHAR", "its level; '_total' for the margin"),
    "by_2": ("VARCHAR", "second dimension, '' where there is none"),
    "level_2": ("VARCHAR", "its level; '_total' for the margin"),
    "design": ("VARCHAR", "descriptive, pre_post, compared or quasi_experimental"),
    "method_code": ("VARCHAR", "how it was made: a method of schemas/methods"),
    "question_code": ("VARCHAR", "what was asked, in the words of claims.yml"),
    "estimate": ("DOUBLE", "the number, full precision"),
    "se": ("DOUBLE", "standard error, same unit"),
    "ci_low": ("DOUBLE", "lower end of the 95 % interval"),
    "ci_high": ("DOUBLE", "upper end of the 95 % interval"),
    "p_value": ("DOUBLE", "two-sided, where the method gives one"),
    "n": ("BIGINT", "statistical base"),
    "n_unit": ("VARCHAR", "unit of n: persons, households, records, contacts, months"),
    "numerator_n": ("BIGINT", "numerator of a rate, in the unit of n"),
    "contributors_n": (
        "BIGINT",
        "distinct persons (or households) behind the number: what disclosure control counts",
    ),
    "numerator_contributors_n": ("BIGINT", "distinct persons behind the numerator of a rate"),
    "n_missing": ("BIGINT", "eligible but not used because something was missing"),
    "unit": ("VARCHAR", "unit of the estimate"),
    "status": ("VARCHAR", "ok, or why there is no number"),
    "assumptions": ("VARCHAR", "assumption=held|doubtful|not_checked on these data, by semicolons"),
    "software": ("VARCHAR", "libraries that computed it, with their versions"),
    "reference": ("VARCHAR", "published source of the method"),
    "data_version": ("VARCHAR", "digest of the data it was made from"),
}
