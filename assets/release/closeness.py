"""What is learnt of somebody by knowing their class: t-closeness and its distances."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from assets.release.classes import classes

Distance = Literal["equal", "ordered", "hierarchical"]
Floats = NDArray[np.float64]


def emd_equal(p: ArrayLike, q: ArrayLike) -> Floats:
    r"""Return the earth mover's distance where all values are equally far apart.

    :math:`D[P, Q] = \frac12 \sum_i |p_i - q_i|`, between 0 and 1.

    Parameters
    ----------
    p, q
        Shares of the values, along the last axis; ``p`` may hold many distributions.

    References
    ----------
    Li, Li, Venkatasubramanian 2007, ICDE, doi:10.1109/ICDE.2007.367856, section 5.2.
    """
    return 0.5 * np.abs(_difference(p, q)).sum(axis=-1)


def emd_ordered(p: ArrayLike, q: ArrayLike) -> Floats:
    r"""Return the earth mover's distance of ordered values: by how many ranks shares have to move.

    :math:`D[P, Q] = \frac{1}{m-1} \sum_{i=1}^{m} \left|\sum_{j \le i} (p_j - q_j)\right|`,
    with values in their order; 0 where there is one value only.

    References
    ----------
    Li, Li, Venkatasubramanian 2007, section 5.1 (salaries: 0.375 and 0.167).
    """
    difference = _difference(p, q)
    steps = max(difference.shape[-1] - 1, 1)
    return np.abs(np.cumsum(difference, axis=-1)).sum(axis=-1) / steps


def emd_hierarchical(p: ArrayLike, q: ArrayLike, paths: Sequence[Sequence[str]]) -> Floats:
    r"""Return the earth mover's distance of values in a tree.

    Two leaves are as far apart as their closest common ancestor is high: height / H. At each
    inner node N what its children have too much meets what others lack:
    :math:`cost(N) = \frac{height(N)}{H} \min(pos\_extra(N), neg\_extra(N))`, and the distance is
    the sum of the costs.

    Parameters
    ----------
    p, q
        Shares of the leaves.
    paths
        For each leaf the groups from just below the root down to the leaf itself; all equally long.

    Raises
    ------
    ValueError
        Paths of different lengths.

    References
    ----------
    Li, Li, Venkatasubramanian 2007, section 5.2.
    """
    heights = {len(path) for path in paths}
    if len(heights) > 1:
        raise ValueError("all leaves must be at the same depth")
    extra = _difference(p, q)
    height = heights.pop()
    found = np.zeros(extra.shape[:-1])
    names = [tuple(path) for path in paths]
    for level in range(1, height + 1):  # height of the parents looked at
        parents = [name[:-1] for name in names]
        kept = list(dict.fromkeys(parents))
        up = np.zeros((len(names), len(kept)))
        up[np.arange(len(names)), [kept.index(parent) for parent in parents]] = 1
        least = np.minimum(np.maximum(extra, 0) @ up, np.maximum(-extra, 0) @ up)
        found = found + least.sum(axis=-1) * level / height
        extra, names = extra @ up, kept
    return found


def t_closeness(
    frame: pd.DataFrame,
    quasi_identifiers: Sequence[str],
    sensitive: str,
    distance: Distance = "equal",
    tree: Mapping[str, Sequence[str]] | None = None,
) -> float:
    """Return the t of t-closeness: how far the farthest class is from the whole table.

    Parameters
    ----------
    frame
        One row a person.
    quasi_identifiers
        Columns an outsider may know; "not known" is a value of its own.
    sensitive
        The column that would hurt. Records without a value are left out of class and table: in an
        order or a tree the unknown has no place.
    distance
        ``equal`` for codes, ``ordered`` for numbers (their distinct values are the ranks),
        ``hierarchical`` for codes in a ``tree``.
    tree
        Value -> its path, as ``emd_hierarchical`` takes it.

    Returns
    -------
    float
        0 (every class looks like the whole) to 1; 0 where no value is known.

    References
    ----------
    Li, Li, Venkatasubramanian 2007, ICDE, doi:10.1109/ICDE.2007.367856.
    """
    known = frame.loc[frame[sensitive].notna()]
    if known.empty:
        return 0.0
    _, member_of, sizes = classes(known, quasi_identifiers)
    place, values = pd.factorize(known[sensitive], sort=True)
    whole = np.bincount(place) / len(known)
    paths = [tuple((tree or {})[str(value)]) for value in values] if tree else []
    pairs = pd.DataFrame({"of": member_of, "place": place}).groupby(["of", "place"]).size()
    of, place = (pairs.index.get_level_values(name).to_numpy() for name in ("of", "place"))
    shares = pairs.to_numpy() / sizes[of]
    if distance == "ordered":
        return float(_ordered_classes(of, place, shares, whole).max())
    if distance == "equal":
        excess = np.abs(shares - whole[place]) - whole[place]  # and 1 for all that is absent
        return float(0.5 * (np.bincount(of, weights=excess) + 1).max())
    table = np.zeros((len(sizes), len(values)))
    table[of, place] = shares
    return float(emd_hierarchical(table, whole, paths).max())


def _ordered_classes(
    of: NDArray[np.int64], place: NDArray[np.int64], shares: Floats, whole: Floats
) -> Floats:
    """Return ``emd_ordered`` of each class, from the values it holds only.

    60,000 people in 13,000 classes with as many amounts fit in no table. Between two values that a
    class holds its running share c stands still while that of the whole rises, so they cross at
    most once, and running sums of the whole give the area on both sides of the crossing.
    """
    ranks = len(whole)
    risen = np.cumsum(whole)
    area = np.concatenate([[0.0], np.cumsum(risen)])
    is_first = np.r_[True, of[1:] != of[:-1]]
    is_last = np.r_[is_first[1:], True]
    run = np.cumsum(shares)
    before = (run - shares)[is_first]
    level = run - before[of]
    end = np.where(is_last, ranks, np.r_[place[1:], ranks])
    crossing = np.clip(np.searchsorted(risen, level), place, end)
    over = level * (crossing - place) - (area[crossing] - area[place])
    under = (area[end] - area[crossing]) - level * (end - crossing)
    ahead = area[place[is_first]]  # nobody of the class yet
    return (np.bincount(of, weights=over + under) + ahead) / max(ranks - 1, 1)


def _difference(p: ArrayLike, q: ArrayLike) -> Floats:
    return np.asarray(p, dtype=np.float64) - np.asarray(q, dtype=np.float64)
