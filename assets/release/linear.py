"""The door to the solver of linear programmes: HiGHS as scipy ships it.

Nothing of tables or rules stands here; suppression and audit share it as they shared
``scipy.optimize.linprog``. That function spends four fifths of its time on checking and turning
over its arguments, which for thousands of small programmes is most of a release. Here they go
straight to the same solver with the same settings and come back with the same bits
(``tests/spec/test_linear.py``). Where scipy keeps its solver elsewhere, ``linprog`` is called.
"""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple

import numpy as np
from scipy.sparse import csr_array

#: By how much a solution may miss a limit (``linprog``'s own check).
_MISSED = 10 * 1e-9**0.5

BEST, ENDLESS, UNSOLVED = "best", "endless", "unsolved"


class Answer(NamedTuple):
    """What a programme came to.

    Attributes
    ----------
    status
        ``best``; ``endless`` (nothing ends it); ``unsolved``, whatever the reason: nothing is known.
    least
        The least value of the goal.
    at
        Shape (columns,): where it is reached.
    prices
        Shape (rows,): what the goal changes by when a row's limit moves.
    at_low
        Shape (columns,): the same of the lower ends, 0 where another holds.
    """

    status: str
    least: float
    at: np.ndarray
    prices: np.ndarray
    at_low: np.ndarray


def minimised(
    goal: np.ndarray,
    rows: csr_array,
    least: np.ndarray,
    most: np.ndarray,
    low: np.ndarray,
    high: np.ndarray,
) -> Answer:
    """Minimise ``goal @ x`` with ``least <= rows @ x <= most`` and ``low <= x <= high``.

    Parameters
    ----------
    goal, low, high
        Shape (columns,); ``low`` and ``high`` may be infinite.
    rows
        Shape (rows, columns).
    least, most
        Shape (rows,): equal (an equation), or ``least`` minus infinity (at most).
    """
    core = _core()
    if core is None:
        return _by_linprog(goal, rows, least, most, low, high)
    highs = core._Highs()
    highs.passOptions(_options())
    highs.passModel(_model(goal, rows, least, most, low, high))
    highs.run()
    status = highs.getModelStatus()
    if status == core.HighsModelStatus.kUnbounded:
        return _nothing(ENDLESS)
    if status != core.HighsModelStatus.kOptimal:
        return _nothing(UNSOLVED)
    solution = highs.getSolution()
    at, reached = np.array(solution.col_value), np.array(solution.row_value)
    if not _is_kept(at, low, high) or not _is_kept(reached, least, most):
        return _nothing(UNSOLVED)
    is_low = [each == core.HighsBasisStatus.kLower for each in highs.getBasis().col_status]
    return Answer(
        BEST,
        highs.getInfo().objective_function_value,
        at,
        np.array(solution.row_dual),
        np.where(is_low, solution.col_dual, 0.0),
    )


def _nothing(status: str) -> Answer:
    nothing = np.zeros(0)
    return Answer(status, 0.0, nothing, nothing, nothing)


def _is_kept(found: np.ndarray, low: np.ndarray, high: np.ndarray) -> bool:
    return bool(((found >= low - _MISSED) & (found <= high + _MISSED)).all())


@cache
def _core() -> Any:
    """Return scipy's copy of HiGHS, or None where this scipy has it elsewhere or otherwise."""
    try:
        from scipy.optimize._highspy import _core as found

        _ = (found._Highs, found.HighsLp, found.MatrixFormat.kRowwise, found.HighsOptions)
    except (ImportError, AttributeError):
        return None
    return found


@cache
def _options() -> Any:
    """Return the settings of ``linprog(method="highs")``."""
    core = _core()
    found = core.HighsOptions()
    found.presolve = "on"
    found.highs_debug_level = core.HighsDebugLevel.kHighsDebugLevelNone
    found.log_to_console = found.output_flag = False
    found.simplex_strategy = core.simplex_constants.SimplexStrategy.kSimplexStrategyDual
    return found


def _model(
    goal: np.ndarray,
    rows: csr_array,
    least: np.ndarray,
    most: np.ndarray,
    low: np.ndarray,
    high: np.ndarray,
) -> Any:
    core = _core()
    found = core.HighsLp()
    matrix = found.a_matrix_
    found.num_row_, found.num_col_ = matrix.num_row_, matrix.num_col_ = rows.shape
    matrix.format_ = core.MatrixFormat.kRowwise
    matrix.start_, matrix.index_, matrix.value_ = rows.indptr, rows.indices, rows.data
    found.col_cost_, found.col_lower_, found.col_upper_ = goal, low, high
    found.row_lower_, found.row_upper_ = least, most
    return found


def _by_linprog(
    goal: np.ndarray,
    rows: csr_array,
    least: np.ndarray,
    most: np.ndarray,
    low: np.ndarray,
    high: np.ndarray,
) -> Answer:
    from scipy.optimize import linprog

    is_sum = least == most
    found = linprog(
        goal,
        A_ub=rows[~is_sum],
        b_ub=most[~is_sum],
        A_eq=rows[is_sum],
        b_eq=most[is_sum],
        bounds=np.column_stack([low, high]),
        method="highs",
    )
    if found.status != 0:
        return _nothing(ENDLESS if found.status == 3 else UNSOLVED)
    prices = np.zeros(len(most))
    prices[is_sum], prices[~is_sum] = found.eqlin.marginals, found.ineqlin.marginals
    return Answer(BEST, float(found.fun), found.x, prices, found.lower.marginals)
