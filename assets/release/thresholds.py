"""The thresholds in force: those of the house, made stricter by a programme, never laxer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace

from assets.errors import ConfigurationError
from schemas.config import nearest
from schemas.indicators import threshold
from schemas.released import ReleasedTable

#: Declared thresholds that a lower number makes stricter; of all others a higher one does.
_LOWER_IS_STRICTER = frozenset({"dominance_share"})


@dataclass(frozen=True)
class Thresholds:
    """The values of ``disclosure.yml`` that decide whether a cell may leave.

    Attributes
    ----------
    minimum_count, sensitive_minimum_count, floor
        Persons or households a number must rest on.
    dominance_n, dominance_share
        The ``n`` largest contributors may not make up more than this share of an amount.
    residual_df
        Residual degrees of freedom a model needs.
    """

    minimum_count: int
    sensitive_minimum_count: int
    floor: int
    dominance_n: int
    dominance_share: float
    residual_df: int

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
        An unknown name (with the nearest), or a value laxer than the house's.
    """
    house = {name: threshold(name) for name in Thresholds.__dataclass_fields__}
    for name, value in (stricter or {}).items():
        if name not in house:
            near = nearest(name, list(house)) or "-"
            raise ConfigurationError(
                f"La soglia «{name}» non esiste. Più simile: {near}. Soglie: {', '.join(house)}.",
                f"There is no threshold '{name}'. Nearest: {near}. Known: {', '.join(house)}.",
            )
        is_laxer = value > house[name] if name in _LOWER_IS_STRICTER else value < house[name]
        if is_laxer:
            raise ConfigurationError(
                f"La soglia «{name}» del programma è meno severa di quella della casa "
                f"({house[name]}): si può solo renderla più severa.",
                f"The programme's threshold '{name}' is laxer than the house's ({house[name]}): "
                "it may only be made stricter.",
            )
        house[name] = value
    counts = {name: int(house[name]) for name in house if name not in _LOWER_IS_STRICTER}
    return Thresholds(**counts, dominance_share=float(house["dominance_share"]))


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
