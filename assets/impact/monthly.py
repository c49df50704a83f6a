"""A monthly series laid out for a model: trend, step, slope, known shocks, seasons, exposure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

MIN_POINTS = 8  # known months on each side: fewer cannot tell a trend from a step
MIN_RESIDUAL_DF = 10  # as in disclosure.yml, which the asset passes on
SEASON_FROM = {24: 1, 48: 2}  # months spanned -> pairs of sine and cosine that they can carry


@dataclass(frozen=True)
class Series:
    """A monthly series cut at an interruption, ready to be modelled.

    Attributes
    ----------
    frame
        One row a month with a known value: ``value``, ``log_exposure``, the model's columns.
    before_n, after_n
        Months with a known value before and from the first month of the change.
    n_missing
        Months between the first and last one without a known value.
    """

    frame: pd.DataFrame
    before_n: int
    after_n: int
    n_missing: int

    @property
    def design(self) -> pd.DataFrame:
        """The model's columns."""
        return self.frame.drop(columns=["value", "log_exposure"])


def prepare(
    values: pd.Series,
    first_month: str,
    *,
    slope: bool = True,
    shocks: Mapping[str, list[str]] | None = None,
    exposure: pd.Series | None = None,
    harmonics: int | None = None,
) -> Series:
    """Lay out the model's columns, one row a month with a known value.

    Parameters
    ----------
    values
        Index: month ``YYYY-MM``; a month not observed is missing or absent: it is left out while
        time goes on.
    first_month
        First month counted as after.
    slope
        Whether the slope may change too.
    shocks
        Known disturbances, name -> months, each a level of its own.
    exposure
        Positive, same index; its log becomes ``log_exposure``.
    harmonics
        Pairs of seasonal terms; by default as ``SEASON_FROM``, gaps included in the span.

    Raises
    ------
    ValueError
        For a doubled month, or an exposure that is missing or not positive.
    """
    import numpy as np
    import pandas as pd

    months = pd.PeriodIndex(values.index, freq="M")
    if months.has_duplicates:
        raise ValueError("a month stands twice in the series")
    known = pd.Series(values.to_numpy(dtype=float), index=months).sort_index().dropna()
    months = pd.PeriodIndex(known.index)
    at = months.astype("int64").to_numpy()  # months since 1970: gaps keep their length
    since = at - pd.Period(first_month, freq="M").ordinal
    frame = pd.DataFrame({"value": known, "log_exposure": 0.0, "const": 1.0, "time": since * 1.0})
    frame["after"] = (since >= 0) * 1.0
    if slope:
        frame["after_slope"] = frame["after"] * since
    for name, covered in sorted((shocks or {}).items()):
        hit = months.isin(pd.PeriodIndex(covered, freq="M"))
        if hit.any():
            frame[f"shock_{name}"] = hit * 1.0
    span = int(at[-1] - at[0] + 1) if len(at) else 0
    if harmonics is None:  # a month left out of two years does not make the seasons one year
        harmonics = max(
            [pairs for from_n, pairs in SEASON_FROM.items() if span >= from_n], default=0
        )
    for pair in range(1, harmonics + 1):
        angle = 2 * np.pi * pair * months.month.to_numpy() / 12
        frame[f"sin_{pair}"], frame[f"cos_{pair}"] = np.sin(angle), np.cos(angle)
    if exposure is not None:
        frame["log_exposure"] = _log_exposure(exposure, months)
    after_n = int(frame["after"].sum())
    return Series(frame, len(known) - after_n, after_n, max(span, len(values)) - len(known))


def _log_exposure(exposure: pd.Series, months: pd.PeriodIndex) -> Any:
    import numpy as np
    import pandas as pd

    given = pd.Series(
        exposure.to_numpy(dtype=float), index=pd.PeriodIndex(exposure.index, freq="M")
    )
    aligned = given.reindex(months).to_numpy()
    if not (aligned > 0).all():
        raise ValueError("exposure must be known and positive in every month of the series")
    return np.log(aligned)


def reason_to_refuse(series: Series, min_residual_df: int) -> str | None:
    """Say why a series cannot be modelled, or ``None``."""
    from numpy.linalg import matrix_rank

    if series.before_n < MIN_POINTS or series.after_n < MIN_POINTS:
        return "series_too_short"
    design = series.design
    if len(design) - design.shape[1] < min_residual_df:
        return "too_few_degrees_of_freedom"
    if int(matrix_rank(design.to_numpy())) < design.shape[1]:
        return "terms_not_separable"
    return None


def on_whole_grid(series: Series, residuals: Any) -> pd.Series:
    """Put residuals on the whole calendar, missing in months not observed."""
    import pandas as pd

    index = series.frame.index
    placed = pd.Series(list(residuals), index=index, dtype=float)
    return placed.reindex(pd.period_range(index[0], index[-1], freq="M"))
