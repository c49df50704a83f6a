"""The only shapes that may leave: released tables, in one long form.

One row is one cell: an estimate after disclosure control. A cell that is not shown has a null
value in every number column and a status; it is never 0 and never missing from the table.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

#: What may stand in ``status`` of a released cell. One word for all that is hidden: which of them a
#: rule hid and which only protect others would say that the first are below the minimum.
ReleaseStatus = Literal["released", "true_zero", "suppressed", "not_applicable"]
SUPPRESSED: ReleaseStatus = "suppressed"
#: The two kinds of it, which stay in the warehouse and, counted, in the ledger.
SUPPRESSED_KINDS = ("suppressed_primary", "suppressed_secondary")

#: Column -> (DuckDB type, meaning). Counts behind a hidden cell are hidden with it.
RELEASED_COLUMNS: dict[str, tuple[str, str]] = {
    "table_code": ("VARCHAR", "the declared table this cell belongs to"),
    "estimate_id": ("VARCHAR", "stable name of the number"),
    "indicator_code": ("VARCHAR", "what is measured"),
    "subject_code": ("VARCHAR", "the scale, service, item or activity it is about"),
    "population_code": ("VARCHAR", "who is counted"),
    "period": ("VARCHAR", "quarter, month or 'all'"),
    "by_1": ("VARCHAR", "first dimension"),
    "level_1": ("VARCHAR", "its level"),
    "by_2": ("VARCHAR", "second dimension"),
    "level_2": ("VARCHAR", "its level"),
    "design": ("VARCHAR", "what the number may claim"),
    "method_code": ("VARCHAR", "how it was computed"),
    "question_code": ("VARCHAR", "what was asked"),
    "value": ("DOUBLE", "the number; null when hidden"),
    "se": ("DOUBLE", "standard error; null when hidden"),
    "ci_low": ("DOUBLE", "95 % interval; null when hidden"),
    "ci_high": ("DOUBLE", "95 % interval; null when hidden"),
    "p_value": ("DOUBLE", "null when hidden"),
    "n": ("BIGINT", "base; null when hidden"),
    "n_unit": ("VARCHAR", "unit of the base"),
    "n_missing": ("BIGINT", "null when hidden"),
    "unit": ("VARCHAR", "unit of the value"),
    "status": ("VARCHAR", "released, true_zero, suppressed, not_applicable"),
    "assumptions": ("VARCHAR", "assumption=outcome on these data; empty when hidden"),
    "software": ("VARCHAR", "libraries that computed it, with their versions"),
    "reference": ("VARCHAR", "published source of the method"),
    "data_version": ("VARCHAR", "digest of the data"),
}


#: What of a dimension's levels adds up to the total: their values (and bases), only the bases, or
#: nothing.
Adds = Literal["value", "base", "nothing"]


@dataclass(frozen=True)
class ReleasedTable:
    """A table that may leave, as declared in ``tables.yml``.

    Attributes
    ----------
    kind
        Kind of number (``disclosure.KINDS``), which decides the rules.
    statistic
        How its numbers add up: ``count``, ``sum``, ``mean``, ``rate``, ``change``, ``model``,
        ``survival``, ``reliability``, ``process`` (about files, not people).
    adds
        What of the levels adds up to the ``_total``.
    dimensions, crossed
        What it may be split by, and by which two together.
    periods
        ``month``, ``quarter``, ``wave``, ``all``.
    units, bases
        Units of the value and of ``n``.
    sensitive
        Whether the strict threshold applies.
    sensitive_by_area
        Subjects (scales) to which it applies where they are split by a small area.
    adds_over_periods
        Whether the periods add up to ``all`` (contacts do, different people do not): then a hidden
        month needs a second one too.
    kinds, quantiles
        Indicator -> kind, where it differs; indicator -> which quantile it is.
    """

    code: str
    indicators: tuple[str, ...]
    kind: str
    statistic: str
    adds: Adds
    dimensions: tuple[str, ...]
    periods: tuple[str, ...]
    units: tuple[str, ...]
    bases: tuple[str, ...]
    crossed: frozenset[frozenset[str]] = frozenset()
    sensitive: bool = False
    sensitive_by_area: tuple[str, ...] = ()
    adds_over_periods: bool = False
    kinds: dict[str, str] = field(default_factory=dict)
    quantiles: dict[str, float] = field(default_factory=dict)

    @property
    def additive(self) -> bool:
        """Whether values of levels add up to their total, so that a hidden one needs a second."""
        return self.adds == "value"

    def kind_of(self, indicator: str) -> str:
        """Return the kind of one of its indicators."""
        return self.kinds.get(indicator, self.kind)
