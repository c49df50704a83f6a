"""Of which scales and waves is reliability asked?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from assets.estimates import Statistic, estimate_row
from assets.impact.reliability import NegativeReliability, negative_result, scale_reliability

if TYPE_CHECKING:
    import pandas as pd

    from schemas.instruments import Instrument

Row = dict[str, Any]


def reliability_rows(
    items: pd.DataFrame, instruments: Mapping[str, Instrument], scales: Iterable[str]
) -> Iterator[Row]:
    """Estimate the reliability of each scale and part in each wave.

    Parameters
    ----------
    items
        ``measures_items``: reversed items already turned round.
    """
    for code in sorted(set(scales)):
        instrument = instruments[code]
        blocks = [(code, instrument.item_codes), *((p.code, p.items) for p in instrument.parts)]
        mine = items[items["instrument_code"] == code]
        for wave, asked in mine.groupby("wave_code", sort=True):
            wide = asked.pivot(index="person_code", columns="item_code", values="value")
            for scale, chosen in blocks:
                if len(chosen) > 1:
                    result = _reliability(wide.reindex(columns=chosen))
                    yield estimate_row(
                        "reliability_alpha",
                        result,
                        period=str(wave),
                        population_code="respondents",
                        n_unit="persons",
                        contributors_n=result.n,
                        subject_code=scale,
                    )


def _reliability(items: pd.DataFrame) -> Statistic:
    """Estimate, or say that the coefficient is negative: it must not be published as a number."""
    try:
        return scale_reliability(items)
    except NegativeReliability:
        return negative_result(items)
