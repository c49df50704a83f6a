"""What an audit found: places in tables, and which tables gave them away; never a value."""

from __future__ import annotations

from dataclasses import dataclass, field

import pandas as pd

from assets.errors import ConfigurationError


@dataclass(frozen=True)
class Finding:
    """A hidden cell known too well; names its table and place in it, never a value."""

    table_code: str
    estimate_id: str
    attack: str
    through: tuple[str, ...] = ()  # tables whose shown numbers gave it away
    beside: tuple[str, ...] = ()  # estimate_id of those numbers: hiding one of them may help


@dataclass
class Outcome:
    """What the audit looked at and found."""

    tables: dict[str, int] = field(default_factory=dict)  # hidden cells tried, by table
    findings: list[Finding] = field(default_factory=list)
    #: Table -> rule -> cells hidden by it (``control.by_rule``); for the ledger.
    reasons: dict[str, dict[str, int]] = field(default_factory=dict)
    #: What protection costs, and whether that is proved to be the least (``losses.loss``).
    loss: dict[str, int | bool] = field(default_factory=dict)

    @property
    def holds(self) -> bool:
        """No hidden cell can be worked out too closely."""
        return not self.findings

    def insist(self) -> None:
        """Refuse the release unless the audit holds.

        Raises
        ------
        ConfigurationError
            Naming the tables and how many cells, not which values.
        """
        if self.holds:
            return
        cells = sorted({(each.table_code, each.estimate_id) for each in self.findings})
        found = pd.Series([code for code, _ in cells]).value_counts()
        named = ", ".join(f"{code} ({found[code]})" for code in sorted(found.index))
        through = sorted({code for each in self.findings for code in each.through})
        if through:
            named += f" <- {', '.join(through)}"
        raise ConfigurationError(
            f"Il rilascio è fermo: celle nascoste che si potrebbero ricavare da quelle mostrate. "
            f"Tabelle: {named}.",
            f"The release is stopped: hidden cells could be worked out from those shown. "
            f"Tables: {named}.",
        )
