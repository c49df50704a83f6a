"""The audit once more, on the very bytes that would leave and against all that has left by now."""

from __future__ import annotations

from collections.abc import Collection

from assets.errors import ConfigurationError
from assets.layout import Layout
from assets.release import archive, control
from assets.release.findings import Outcome


def audit_again(layout: Layout, stayed: Collection[str]) -> Outcome:
    """Audit what stands in the released folder.

    Parameters
    ----------
    stayed
        Digests of releases that never left the house (``ledger.stayed``).

    Raises
    ------
    ConfigurationError
        The candidates of the last run are not there; a cell is shown on too few people; or a hidden
        one could be worked out.
    """
    from assets.release.assets import _rules
    from assets.store import ProgrammeFolder, Warehouse

    if not layout.warehouse.is_file():
        raise ConfigurationError(
            "Manca il magazzino: rilanciare «lunattiva run».",
            "The warehouse is missing: run 'lunattiva run' again.",
        )
    rules = _rules(ProgrammeFolder(root=str(layout.root), programme=layout.programme))
    candidates = Warehouse(layout.warehouse).read("release_candidates")
    released = archive.cells(layout.released)
    bad = control.offences(released, candidates, rules)
    if any(bad.values()):
        told = ", ".join(f"{name} {count}" for name, count in sorted(bad.items()) if count)
        raise ConfigurationError(
            f"Il rilascio è fermo: celle che non dovrebbero uscire ({told}).",
            f"The release is stopped: cells that should not leave ({told}).",
        )
    outcome = control.examine(released, candidates, rules, archive.earlier(layout.store, stayed))
    outcome.insist()
    return outcome
