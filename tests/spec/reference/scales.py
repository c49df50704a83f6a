"""Small published data sets of scales, with where they were printed; see README.md."""

from __future__ import annotations

from io import StringIO

import numpy as np
import pandas as pd

#: pingouin's "cronbach_wide_missing": eleven yes/no items, twelve people.
_TWELVE_PEOPLE = """\
1,1,1,1,1,1,1,1,1,1,1
1,1,1,1,1,1,1,1,0,1,0
,0,1,1,,1,1,1,1,0,0
1,1,1,0,1,1,0,1,1,0,0
1,1,1,1,1,0,0,0,1,0,0
0,1,,0,1,1,1,1,0,0,0
1,1,1,1,0,0,1,0,0,0,0
1,1,1,1,1,0,0,0,0,0,0
0,1,0,1,1,0,0,0,0,1,0
1,0,0,1,0,1,0,0,,0,0
1,1,1,0,0,0,0,0,0,0,0
1,0,0,1,0,0,0,0,0,0,0
"""

#: Denis 2021, section on Cronbach's alpha: ten people, five items; item 5 runs against the rest.
_TEN_PEOPLE = """\
10,12,15,11,12
12,18,12,12,1
8,16,14,14,4
6,8,16,8,6
4,7,8,7,5
6,6,3,7,3
3,4,6,5,8
7,3,7,9,9
8,9,4,10,10
9,5,6,11,12
"""

#: Bock & Lieberman 1970: five yes/no items of the LSAT, section 6; pattern -> people.
_LSAT6 = (
    "00000 3 00001 6 00010 2 00011 11 00100 1 00101 1 00110 3 00111 4 01000 1 01001 8 01011 16 "
    "01101 3 01110 2 01111 15 10000 10 10001 29 10010 14 10011 81 10100 3 10101 28 10110 15 "
    "10111 80 11000 16 11001 56 11010 21 11011 173 11100 11 11101 61 11110 28 11111 298"
)


def twelve_people() -> pd.DataFrame:
    """Return pingouin's example with missing answers."""
    return pd.read_csv(StringIO(_TWELVE_PEOPLE), header=None)


def ten_people() -> pd.DataFrame:
    """Return the example of Denis 2021."""
    names = [f"Item_{at}" for at in range(1, 6)]
    return pd.read_csv(StringIO(_TEN_PEOPLE), header=None, names=names)


def lsat6() -> pd.DataFrame:
    """Return the answers of 1000 people to five items."""
    words = _LSAT6.split()
    rows = [
        [int(digit) for digit in pattern]
        for pattern, count in zip(words[::2], words[1::2], strict=True)
        for _ in range(int(count))
    ]
    return pd.DataFrame(rows, columns=[f"Item {at}" for at in range(1, 6)])


def shrout_fleiss() -> pd.DataFrame:
    """Return Shrout & Fleiss 1979, table 2: six people rated by four judges."""
    rows = [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]]
    return pd.DataFrame(rows, columns=["J1", "J2", "J3", "J4"])


def wine() -> pd.DataFrame:
    """Return pingouin's "icc": eight wines tasted by four judges."""
    judges = {
        "A": [1, 1, 3, 6, 6, 7, 8, 9],
        "B": [2, 3, 8, 4, 5, 5, 7, 9],
        "C": [0, 3, 1, 3, 5, 6, 7, 9],
        "D": [1, 2, 4, 3, 6, 2, 9, 8],
    }
    return pd.DataFrame(judges)


def ability_correlations() -> np.ndarray:
    """Return the correlations of R's ``ability.cov`` (112 people, six tests)."""
    names = "general picture blocks maze reading vocab"
    lower = [
        [24.641],
        [5.991, 6.700],
        [33.520, 18.137, 149.831],
        [6.023, 1.782, 19.424, 12.711],
        [20.755, 4.936, 31.430, 4.757, 52.604],
        [29.701, 7.204, 50.753, 9.075, 66.762, 135.292],
    ]
    k = len(names.split())
    matrix = np.zeros((k, k))
    for at, row in enumerate(lower):
        matrix[at, : at + 1] = matrix[: at + 1, at] = row
    spread = np.sqrt(np.diag(matrix))
    return matrix / np.outer(spread, spread)


def with_correlations(correlations: np.ndarray, n: int) -> pd.DataFrame:
    """Return n people whose items have exactly these correlations, mean 0 and variance 1."""
    k = len(correlations)
    raw = np.random.default_rng(1).normal(size=(n, k))
    raw -= raw.mean(axis=0)
    whitened = raw @ np.linalg.inv(np.linalg.cholesky(np.cov(raw, rowvar=False))).T
    return pd.DataFrame(whitened @ np.linalg.cholesky(correlations).T)


def congeneric() -> np.ndarray:
    """Return the population correlations of ``psych::sim.congeneric()``: loadings .8 .7 .6 .5."""
    loadings = np.array([0.8, 0.7, 0.6, 0.5])
    matrix = np.outer(loadings, loadings)
    np.fill_diagonal(matrix, 1)
    return matrix
