"""What share of people have a score at an end of the scale, or in its published band?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from assets.estimates import EVERYBODY, Group, estimate_row
from assets.measures.proportions import wilson_interval

if TYPE_CHECKING:
    import pandas as pd

    from schemas.instruments import Instrument

Row = dict[str, Any]

#: Name of the dimension whose levels are an instrument's bands.
BAND = "band"


def share_rows(
    scores: pd.DataFrame, instruments: Mapping[str, Instrument], scales: Iterable[str]
) -> Iterator[Row]:
    """Estimate shares of whole scales per wave, for everybody, each with its Wilson interval.

    Floor and ceiling are the shares with the worst and the best attainable answer pattern's score
    (``score_low``, ``score_high``); beyond 15 % at an end a scale cannot show change there
    (Terwee et al. 2007, doi 10.1016/j.jclinepi.2006.03.012). A single question has no floor to warn
    of. Of the published bands the one marked ``reported`` is estimated.

    Parameters
    ----------
    scores
        ``measures_scores``; persons without a score are counted as missing.
    """
    for code in sorted(set(scales)):
        instrument = instruments[code]
        mine = scores[scores["scale_code"] == code]
        for wave, part in mine.groupby("wave_code", sort=True):
            known = part["score"].dropna()
            lost_n = len(part) - len(known)
            if len(instrument.items) > 1:
                ends = {
                    "score_floor_share": known == instrument.score_low,
                    "score_ceiling_share": known == instrument.score_high,
                }
                for indicator, at_end in ends.items():
                    yield _share(indicator, at_end, lost_n, code, str(wave))
            for band in instrument.bands:
                if band.reported:
                    inside = known.between(band.low, band.high)
                    group = Group(BAND, band.code)
                    yield _share("score_band_share", inside, lost_n, code, str(wave), group)


def _share(
    indicator: str,
    has_it: pd.Series,
    missing_n: int,
    scale: str,
    wave: str,
    group: Group = EVERYBODY,
) -> Row:
    numerator_n = int(has_it.sum())
    return estimate_row(
        indicator,
        wilson_interval(numerator_n, len(has_it), n_missing=missing_n),
        period=wave,
        population_code="respondents",
        n_unit="persons",
        contributors_n=len(has_it),
        subject_code=scale,
        group=group,
        numerator_n=numerator_n,
        numerator_contributors_n=numerator_n,
    )
