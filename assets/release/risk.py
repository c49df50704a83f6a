"""Could somebody be singled out by what neighbours know? k-anonymity of the pseudonymised rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd


@dataclass(frozen=True)
class KAnonymity:
    """How small the groups are that quasi-identifiers make.

    Attributes
    ----------
    k
        Size of the smallest class; 0 where there are no records.
    uniques
        Records alone in their class.
    records_under
        Records in classes smaller than ``threshold``.
    """

    quasi_identifiers: tuple[str, ...]
    records_n: int
    classes_n: int
    k: int
    uniques: int
    threshold: int
    records_under: int


def k_anonymity(
    frame: pd.DataFrame, quasi_identifiers: Sequence[str], threshold: int
) -> KAnonymity:
    """Count equivalence classes of records that share every quasi-identifier.

    Parameters
    ----------
    frame
        One row a person.
    quasi_identifiers
        Columns an outsider may know. "Not known" is a value of its own: a person whose age is
        unknown is one of those whose age is unknown.
    threshold
        Classes smaller than this count in ``records_under``.

    References
    ----------
    Sweeney 2002, Int. J. Uncertainty, Fuzziness and Knowledge-Based Systems 10(5):557-570.
    """
    columns = list(quasi_identifiers)
    sizes = frame.groupby(columns, dropna=False, observed=True).size()
    return KAnonymity(
        quasi_identifiers=tuple(columns),
        records_n=len(frame),
        classes_n=len(sizes),
        k=int(sizes.min()) if len(sizes) else 0,
        uniques=int((sizes == 1).sum()),
        threshold=threshold,
        records_under=int(sizes[sizes < threshold].sum()),
    )


#: What neighbours know: exact age is the sharpest, the band is what leaves the warehouse.
QUASI_IDENTIFIERS = (
    ("gender_code", "age_years", "neighbourhood_code"),
    ("gender_code", "age_band", "neighbourhood_code"),
    ("gender_code", "age_band", "neighbourhood_code", "tenure_code"),
)


def summary(participants: pd.DataFrame, threshold: int) -> pd.DataFrame:
    """Return one row per set of quasi-identifiers: counts only, for the warehouse."""
    found = [k_anonymity(participants, columns, threshold) for columns in QUASI_IDENTIFIERS]
    return pd.DataFrame(
        {
            "quasi_identifiers": pd.array(
                [", ".join(each.quasi_identifiers) for each in found], dtype="string"
            ),
            **{
                name: pd.array([getattr(each, name) for each in found], dtype="Int64")
                for name in (
                    "records_n",
                    "classes_n",
                    "k",
                    "uniques",
                    "threshold",
                    "records_under",
                )
            },
        }
    )
