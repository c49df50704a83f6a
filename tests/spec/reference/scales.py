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

#: R's datasets::attitude (Chatterjee & Price 1977): 30 departments, seven items.
_ATTITUDE = (
    "43 51 30 39 61 92 45|63 64 51 54 63 73 47|71 70 68 69 76 86 48|61 63 45 47 54 84 35|"
    "81 78 56 66 71 83 47|43 55 49 44 54 49 34|58 67 42 56 66 68 35|71 75 50 55 70 66 41|"
    "72 82 72 67 71 83 31|67 61 45 47 62 80 41|64 53 53 58 58 67 34|67 60 47 39 59 74 41|"
    "69 62 57 42 55 63 25|68 83 83 45 59 77 35|77 77 54 72 79 77 46|81 90 50 72 60 54 36|"
    "74 85 64 69 79 79 63|65 60 65 75 55 80 60|65 70 46 57 75 85 46|50 58 68 54 64 78 52|"
    "50 40 33 34 43 64 33|64 61 52 62 66 80 41|53 66 52 50 63 80 37|40 37 42 58 50 57 49|"
    "63 54 42 48 66 75 33|66 77 66 63 88 76 72|78 75 58 74 80 78 49|48 57 44 45 51 83 38|"
    "85 85 71 71 77 74 55|82 82 39 59 64 78 39"
)


def attitude() -> pd.DataFrame:
    """Return the marks of 30 departments on seven items."""
    names = ["rating", "complaints", "privileges", "learning", "raises", "critical", "advance"]
    rows = [[int(mark) for mark in row.split()] for row in _ATTITUDE.split("|")]
    return pd.DataFrame(rows, columns=names)


def anxiety() -> pd.DataFrame:
    """Return R's ``irr::anxiety``: twenty people, three judges."""
    judges = ["33345523522615221243", "36462424332333221334", "21443216111233113322"]
    columns = {f"rater{at}": [int(mark) for mark in row] for at, row in enumerate(judges, 1)}
    return pd.DataFrame(columns)


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
