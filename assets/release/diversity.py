"""Even in a crowd: does everybody in a class share the same secret? l-diversity."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from assets.release.classes import classes


@dataclass(frozen=True)
class LDiversity:
    """How many values of a sensitive column the least varied class holds.

    Attributes
    ----------
    distinct
        Least number of different values in any class; 0 where there are no records.
    entropy
        exp of the least entropy: the l of entropy l-diversity, a number of at least 1.
    homogeneous_n
        Records whose class holds one value only: who is known to be in it, their value is known.
    """

    distinct: int
    entropy: float
    homogeneous_n: int


def l_diversity(
    frame: pd.DataFrame,
    quasi_identifiers: Sequence[str],
    sensitive: str,
    *,
    unknown_protects: bool = True,
) -> LDiversity:
    r"""Return distinct and entropy l-diversity of one sensitive column.

    Distinct: every class E holds at least l values. Entropy: in every class
    :math:`-\sum_s p(E, s) \log p(E, s) \ge \log l`, so that
    :math:`l = \exp \min_E H(E)`; it is never above the distinct one.

    Parameters
    ----------
    frame
        One row a person.
    quasi_identifiers
        Columns an outsider may know; "not known" is a value of its own.
    sensitive
        The column that would hurt.
    unknown_protects
        Whether "not known" is a value like any other. Otherwise, the worse case, records without a
        value are left out first: they hide nobody.

    References
    ----------
    Machanavajjhala, Kifer, Gehrke, Venkitasubramaniam 2007, ACM TKDD 1(1):3, definitions 4.1
    (entropy) and, for distinct values, Li, Li, Venkatasubramanian 2007, section 2.
    """
    if not unknown_protects:
        frame = frame.loc[frame[sensitive].notna()]
    if frame.empty:
        return LDiversity(0, 0.0, 0)
    _, member_of, sizes = classes(frame, quasi_identifiers)
    values = pd.factorize(frame[sensitive], use_na_sentinel=False)[0]
    pairs = pd.DataFrame({"of": member_of, "value": values}).groupby(["of", "value"]).size()
    of = pairs.index.get_level_values("of").to_numpy()
    p = pairs.to_numpy() / sizes[of]
    entropy = np.bincount(of, weights=-p * np.log(p), minlength=len(sizes))
    distinct = np.bincount(of, minlength=len(sizes))
    return LDiversity(
        distinct=int(distinct.min()),
        entropy=float(np.exp(entropy.min())),
        homogeneous_n=int(sizes[distinct == 1].sum()),
    )
