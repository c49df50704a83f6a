"""The same numbers as in a release that left already: what that one hid stays hidden, and nothing else.

Where several ways of hiding lose equally little, knowing one more release makes another of them the
choice. Numbers that did not change would then leave twice in two patterns, for no reader's good.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

import pandas as pd

from assets.release.primary import PRIMARY, RELEASED, SECONDARY, TRUE_ZERO, VALUE
from schemas.released import RELEASED_COLUMNS, SUPPRESSED, SUPPRESSED_KINDS

_KEY = "estimate_id"
_SHOWN = (RELEASED, TRUE_ZERO)
_HIDDEN = (PRIMARY, SECONDARY)
#: Hidden only for the others' sake; which of the two complements it was is not known of what left.
RULE = "never_alone"


def as_it_left(
    cells: pd.DataFrame,
    left: Iterable[pd.DataFrame],
    finished: Callable[[pd.DataFrame], pd.DataFrame],
    holds: Callable[[pd.DataFrame], bool],
) -> pd.DataFrame | None:
    """Return the cells as the first release of exactly these numbers had them.

    Parameters
    ----------
    cells
        Judged one by one, before any complement: ``status``, ``scope``, ``rule_code`` and the numbers.
    left
        Releases that readers may have, in the columns of ``RELEASED_COLUMNS``.
    finished
        Makes released cells of judged ones.
    holds
        Says of judged cells whether the audit holds under the rules of today.

    Returns
    -------
    pandas.DataFrame or None
        ``cells`` with its statuses; ``None`` where no release was of these numbers under these rules.
    """
    for each in left:
        found = _with_its_statuses(cells, each)
        if found is not None and _same(finished(found), each) and holds(found):
            return found
    return None


def _with_its_statuses(cells: pd.DataFrame, left: pd.DataFrame) -> pd.DataFrame | None:
    if len(left) != len(cells) or set(left[_KEY]) != set(cells[_KEY]):
        return None
    status = cells[_KEY].map(left.set_index(_KEY)["status"])
    is_hidden, was_hidden = cells["status"].isin(_HIDDEN), status == SUPPRESSED
    if (is_hidden & ~was_hidden).any():  # a rule of today hides what was shown
        return None
    shown = ~was_hidden & cells["status"].isin(_SHOWN)
    if not (
        cells["estimate"][shown] == cells[_KEY].map(left.set_index(_KEY)["value"])[shown]
    ).all():
        return None
    newly = was_hidden & ~is_hidden
    return cells.assign(
        status=cells["status"].mask(newly, SECONDARY),
        scope=cells["scope"].mask(newly, VALUE),
        rule_code=cells["rule_code"].mask(newly, RULE),
    )


def _same(made: pd.DataFrame, left: pd.DataFrame) -> bool:
    """Say whether they are one release; where the numbers come from (``data_version``) is no number."""
    columns = [name for name in RELEASED_COLUMNS if name != "data_version"]
    told = made.assign(status=made["status"].replace(dict.fromkeys(SUPPRESSED_KINDS, SUPPRESSED)))
    order = ["table_code", _KEY]
    one, other = (
        each[columns].sort_values(order, kind="stable", ignore_index=True) for each in (told, left)
    )
    return bool(
        ((one == other) | (one.isna() & other.isna())).to_numpy(dtype=bool, na_value=False).all()
    )
