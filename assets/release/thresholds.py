"""The thresholds in force: those of the house, made stricter by a programme, never laxer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

from assets.errors import ConfigurationError
from schemas.config import ConfigProblem, nearest
from schemas.disclosure import Rule, rules
from schemas.released import ReleasedTable


@dataclass(frozen=True)
class Thresholds:
    """The numbers of ``disclosure.yml`` that decide whether a cell may leave.

    Attributes
    ----------
    minimum_count, sensitive_minimum_count, floor
        Persons or households a number must rest on.
    rest_of_total, mean_base, median_base, quantile_tail, spread_base, rate_base, rate_numerator, \
rate_remainder, change_base
        As ``minimum_count``, for what the name says.
    group_share
        Largest share of a group that may have one answer, where it is sensitive.
    dominance_n, dominance_share
        The ``n`` largest contributors may not make up more than this share of an amount.
    p_percent, prior_percent
        Nobody may estimate the largest amount to within p %, knowing the others to within q %.
    residual_df
        Residual degrees of freedom a model needs.
    public_round_to
        Base to which public pages round counts; 1: not at all.
    """

    minimum_count: int
    sensitive_minimum_count: int
    floor: int
    rest_of_total: int
    mean_base: int
    median_base: int
    quantile_tail: int
    spread_base: int
    rate_base: int
    rate_numerator: int
    rate_remainder: int
    change_base: int
    group_share: float
    dominance_n: int
    dominance_share: float
    p_percent: float
    prior_percent: float
    residual_df: int
    public_round_to: int

    def minimum(self, *, is_sensitive: bool) -> int:
        """Return the count a cell must reach."""
        strict = max(self.minimum_count, self.sensitive_minimum_count)
        return max(self.floor, strict if is_sensitive else self.minimum_count)

    def declared(self) -> dict[str, float]:
        """Return name -> value, as it goes into the manifest and the ledger."""
        return asdict(self)


def thresholds(stricter: Mapping[str, float] | None = None) -> Thresholds:
    """Read the thresholds of the house and apply what a programme asks for.

    Parameters
    ----------
    stricter
        Threshold name -> value a programme wants instead; it may only be stricter.

    Raises
    ------
    ConfigurationError
        An unknown name (with the nearest), or a value laxer than the house's; rules of the house
        that cannot be read.
    """
    house = _house()
    known = {each.name: each.type for each in fields(Thresholds)}
    values = {name: house[name].value for name in known}
    for name, value in (stricter or {}).items():
        if name not in known:
            near = nearest(name, list(known)) or "-"
            raise ConfigurationError(
                f"La soglia «{name}» non esiste. Più simile: {near}. Soglie: {', '.join(known)}.",
                f"There is no threshold '{name}'. Nearest: {near}. Known: {', '.join(known)}.",
            )
        if house[name].is_laxer(value):
            raise ConfigurationError(
                f"La soglia «{name}» del programma è meno severa di quella generale "
                f"({house[name].value:g}): si può solo renderla più severa.",
                f"The programme's threshold '{name}' is laxer than the general one "
                f"({house[name].value:g}): it may only be made stricter.",
            )
        values[name] = value
    typed: dict[str, Any] = {name: _typed(values[name], kind) for name, kind in known.items()}
    return Thresholds(**typed)


def _house() -> dict[str, Rule]:
    try:
        return rules()
    except ConfigProblem as error:
        raise ConfigurationError(error.words.it, error.words.en) from None


def _typed(value: float | None, kind: object) -> float:
    number = float(value or 0)
    return int(number) if kind == "int" else number


def with_sensitive(
    tables: Mapping[str, ReleasedTable], codes: Iterable[str]
) -> dict[str, ReleasedTable]:
    """Return the declared tables, those a programme calls sensitive held to the strict threshold.

    Raises
    ------
    ConfigurationError
        An unknown table, with the nearest.
    """
    found = dict(tables)
    for code in codes:
        if code not in found:
            near = nearest(code, list(found)) or "-"
            raise ConfigurationError(
                f"sensitive_tables: la tabella «{code}» non esiste. Più simile: {near}.",
                f"sensitive_tables: there is no table '{code}'. Nearest: {near}.",
            )
        found[code] = replace(found[code], sensitive=True)
    return found
