"""What protection costs: cells hidden in the end, and what simpler ways would have hidden."""

from __future__ import annotations

import pandas as pd

from assets.release.primary import PRIMARY, SECONDARY

_HIDDEN = (PRIMARY, SECONDARY)
#: Rules that hide a cell for what stands beside it or went before it, not for what it is.
_BESIDE = ("newcomers", "counts_wait", "never_alone", "all_together")


def loss(decisions: pd.DataFrame) -> dict[str, int | bool]:
    """Return what protection costs, for the ledger.

    Parameters
    ----------
    decisions
        What ``control.decided`` returns.

    Returns
    -------
    dict
        ``hidden_n``, ``by_rule_n``: cells hidden by the exact method, and that the rule of thumb
        would have hidden; ``threshold_only_n``: by the rules for single cells alone; ``cells_n``:
        in the end; ``proved``: the complements are proved the fewest and the audit hid nothing more.
    """
    if not len(decisions) or "exact_n" not in decisions:
        return {}
    hidden, first = decisions["status"].isin(_HIDDEN), decisions.iloc[0]
    alone = hidden & ~decisions["rule_code"].isin(_BESIDE)
    return {
        "hidden_n": int(first["exact_n"]),
        "by_rule_n": int(first["by_rule_n"]),
        "threshold_only_n": int(alone.sum()),
        "cells_n": int(hidden.sum()),
        "proved": bool(first["is_proved"]),
    }
