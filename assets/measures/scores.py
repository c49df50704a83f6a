"""From answers to scale scores, by the published rule of each instrument and never by default."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from assets.errors import ConfigurationError
from assets.estimates import EVERYBODY, Group, Statistic, estimate_row, refuse
from assets.measures.groups import DIMENSIONS, by_level, levels, with_profile

if TYPE_CHECKING:
    import pandas as pd

    from schemas.instruments import Instrument

MEAN = "mean_t"
MEAN_REFERENCE = "Student 1908, Biometrika 6:1-25"


def answers_wide(responses: pd.DataFrame, instrument: Instrument) -> pd.DataFrame:
    """Lay out one instrument's answers: one row a person and wave, one column an item.

    Parameters
    ----------
    responses
        ``core_responses``: ``person_code``, ``wave_code``, ``item_code``, ``answer_value``.
    instrument
        The scale; items asked in no form stay empty columns. Placed by item code, never by
        position.

    Returns
    -------
    DataFrame
        Index: person, wave. Persons who were asked and answered nothing keep an empty row.

    Raises
    ------
    ValueError
        When a person answers one item twice in one wave.
    """
    mine = responses[responses["item_code"].isin(instrument.item_codes)]
    wide = mine.pivot(
        index=["person_code", "wave_code"], columns="item_code", values="answer_value"
    )
    return wide.reindex(columns=instrument.item_codes).astype("float64").sort_index()


def score_scale(answers: pd.DataFrame, instrument: Instrument) -> pd.DataFrame:
    """Score a scale and its parts.

    Score = ``multiply`` x sum (or mean) of the items, after turning reversed ones round
    (low + high - answer), or the number of answers that count. With at least ``min_answered``
    items but not all, a mean is taken over the answered ones, a sum is that mean times the number
    of items, and a count stays what was counted; with fewer there is no score. WHO-5: sum x 4,
    all five needed. Parts follow the same method with their own minimum and without the multiplier.

    Parameters
    ----------
    answers
        As :func:`answers_wide` returns it: rows persons and waves, columns the instrument's items.
    instrument
        Items, range, method, missing rule (``schemas/instruments``).

    Returns
    -------
    DataFrame
        One row per input row and scale or part: ``scale_code``, ``score`` (instrument's unit,
        null without a score), ``items_n`` (valid answers), ``invalid_n``. An answer that is not
        a whole number within the range is never used: it makes the scores that need it null,
        whatever the missing rule.

    Raises
    ------
    ConfigurationError
        When an item of the instrument has no column, or a column is no item of it.

    References
    ----------
    The instrument's own citation; proration of sums: person-mean imputation (e.g. Schwarzer's
    scoring note for the GSE).
    """
    import pandas as pd

    _same_items(answers.columns, instrument)
    turned, invalid = _turned(answers, instrument)
    scales: list[tuple[str, list[str], int, float]] = [
        (
            instrument.code,
            instrument.item_codes,
            instrument.scoring.min_answered,
            instrument.scoring.multiply,
        ),
        *((part.code, part.items, part.min_answered, 1.0) for part in instrument.parts),
    ]
    tables = []
    for code, items, min_answered, multiply in scales:
        chosen, wrong = turned[items], invalid[items].sum(axis=1)
        answered = chosen.notna().sum(axis=1)
        score = chosen.mean(axis=1) * multiply
        if instrument.scoring.method == "sum":
            score = score * len(items)
        elif instrument.scoring.method == "count":
            score = chosen.sum(axis=1) * multiply
        score = score.where((answered >= min_answered) & (wrong == 0))
        columns = {"scale_code": code, "score": score, "items_n": answered, "invalid_n": wrong}
        tables.append(pd.DataFrame(columns, index=answers.index))
    return pd.concat(tables).reset_index()


def _declared(code: str, instruments: Mapping[str, Instrument]) -> Instrument:
    if code in instruments:
        return instruments[code]
    known = ", ".join(sorted(instruments))
    raise ConfigurationError(
        f"La scala «{code}» di programme.yml non è tra gli strumenti. Noti: {known}.",
        f"The scale '{code}' of programme.yml is not among the instruments. Known: {known}.",
    )


def _same_items(columns: Iterable[Any], instrument: Instrument) -> None:
    given, wanted = {str(name) for name in columns}, set(instrument.item_codes)
    if given != wanted:
        odd = ", ".join(sorted(given ^ wanted))
        raise ConfigurationError(
            f"La scala «{instrument.code}» e le risposte non hanno le stesse domande: {odd}.",
            f"The scale '{instrument.code}' and the answers do not have the same items: {odd}.",
        )


def _turned(answers: pd.DataFrame, instrument: Instrument) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return valid answers as they score (turned round, counted), and where answers are invalid."""
    values = answers.astype("float64")
    fits = (values >= instrument.low) & (values <= instrument.high) & (values % 1 == 0)
    invalid = values.notna() & ~fits
    valid = values.where(fits)
    for item in instrument.items:
        if item.is_reversed:
            valid[item.code] = instrument.low + instrument.high - valid[item.code]
        if item.counts:
            given = valid[item.code]
            valid[item.code] = given.isin(item.counts).astype("float64").where(given.notna())
    return valid, invalid


def reversed_items(answers: pd.DataFrame, instrument: Instrument) -> pd.DataFrame:
    """Return the items as reliability needs them: valid answers, reversed ones turned round."""
    _same_items(answers.columns, instrument)
    return _turned(answers, instrument)[0]


def score_table(
    responses: pd.DataFrame, instruments: Mapping[str, Instrument], scales: Iterable[str]
) -> pd.DataFrame:
    """Score every scale the programme asks for.

    Parameters
    ----------
    responses
        ``core_responses``.
    instruments
        All known instruments by code.
    scales
        Codes from ``evaluation.scales`` in ``programme.yml``.

    Returns
    -------
    DataFrame
        ``person_code``, ``wave_code``, ``scale_code``, ``score``, ``items_n``; one row per
        person, wave and scale or part.

    Raises
    ------
    ConfigurationError
        For a scale that no instrument declares, naming the known ones.
    """
    import pandas as pd

    columns = ["person_code", "wave_code", "scale_code", "score", "items_n"]
    tables = []
    for code in sorted(set(scales)):
        instrument = _declared(code, instruments)
        tables.append(score_scale(answers_wide(responses, instrument), instrument))
    found = pd.concat(tables)[columns] if tables else pd.DataFrame(columns=columns)
    kinds = dict.fromkeys(columns[:3], "string") | {"score": "float64", "items_n": "Int64"}
    return found.astype(kinds).sort_values(columns[:3], ignore_index=True)


def mean_interval(values: pd.Series, *, n_missing: int = 0, level: float = 0.95) -> Statistic:
    """Estimate a mean with its t interval: mean +- t(n-1) SD / sqrt(n).

    Parameters
    ----------
    values
        Known values, none missing, in the unit of the scale.

    Returns
    -------
    Statistic
        ``too_few`` without any value; no interval with one. ``details["sd"]`` is the sample SD.

    Notes
    -----
    Assumes independent persons and a roughly normal mean. Matches ``t.test(x)`` in R.
    """
    n = len(values)
    if n == 0:
        return refuse(
            MEAN, "no_units", n=0, unit="points", reference=MEAN_REFERENCE, n_missing=n_missing
        )
    mean, se, half = float(values.mean()), None, None
    sd = float(values.std(ddof=1)) if n > 1 else None
    if sd is not None:
        from scipy.stats import t

        se = sd / n**0.5
        half = float(t.ppf(0.5 + level / 2, n - 1)) * se
    return Statistic(
        method_code=MEAN,
        estimate=mean,
        n=n,
        unit="points",
        reference=MEAN_REFERENCE,
        se=se,
        ci_low=None if half is None else mean - half,
        ci_high=None if half is None else mean + half,
        n_missing=n_missing,
        details={"sd": sd},
    )


def score_mean_rows(scores: pd.DataFrame, participants: pd.DataFrame) -> Iterator[dict[str, Any]]:
    """Estimate mean scores per wave and scale, for everybody and by each characteristic."""
    rows = with_profile(scores, participants)
    shown = {name: levels(rows, name) for name in DIMENSIONS}
    for (scale, wave), part in rows.groupby(["scale_code", "wave_code"], sort=True):
        yield _score_mean(part, str(scale), str(wave))
        for name in DIMENSIONS:
            for level, cell in by_level(part, name, shown[name]):
                yield _score_mean(cell, str(scale), str(wave), Group(name, level))


def _score_mean(
    rows: pd.DataFrame, scale: str, wave: str, group: Group = EVERYBODY
) -> dict[str, Any]:
    known = rows["score"].dropna()
    return estimate_row(
        "score_mean",
        mean_interval(known, n_missing=len(rows) - len(known)),
        period=wave,
        population_code="respondents",
        n_unit="persons",
        contributors_n=len(known),
        subject_code=scale,
        group=group,
    )


def item_table(
    responses: pd.DataFrame, instruments: Mapping[str, Instrument], scales: Iterable[str]
) -> pd.DataFrame:
    """Return valid answers item by item, reversed ones turned round: what reliability rests on.

    Returns
    -------
    DataFrame
        ``person_code``, ``wave_code``, ``instrument_code``, ``item_code``, ``value``; unanswered
        items are rows with a null value.
    """
    import pandas as pd

    columns = ["person_code", "wave_code", "instrument_code", "item_code", "value"]
    tables = [pd.DataFrame(columns=columns)]
    for code in sorted(set(scales)):
        instrument = _declared(code, instruments)
        turned = reversed_items(answers_wide(responses, instrument), instrument)
        long = turned.reset_index().melt(
            id_vars=["person_code", "wave_code"], var_name="item_code", value_name="value"
        )
        tables.append(long.assign(instrument_code=code)[columns])
    found = pd.concat([each for each in tables if len(each)] or tables)
    kinds = dict.fromkeys(columns[:4], "string") | {"value": "float64"}
    return found.astype(kinds).sort_values(columns[:4], ignore_index=True)
