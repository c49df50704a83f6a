"""Are the ledger and the published folders as they were left? Each is told apart: its remedy differs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from assets.errors import ConfigurationError
from assets.layout import Layout
from assets.release import chain
from pipelines import release_pages

Line = Mapping[str, Any]


def insist_folders(layout: Layout, lines: Sequence[Line]) -> None:
    """Refuse where a published folder is no longer as it left, naming it.

    Raises
    ------
    ConfigurationError
        One changed, or is gone.
    """
    folders = release_pages.altered_folders(layout, lines)
    if folders:
        listed, place = ", ".join(folders), layout.published.relative_to(layout.root).as_posix()
        raise ConfigurationError(
            "Una cartella pubblicata non è più com'era uscita: non si approva né si pubblica "
            f"nulla. Rimettere dalla copia di riserva, in {place}: {listed}.",
            "A published folder is no longer as it left: nothing is approved or published. "
            f"Restore from the backup, in {place}: {listed}.",
        )


def insist_ledger(layout: Layout, lines: Sequence[Line], path: Path) -> None:
    """Refuse where the ledger was altered or does not know a published folder, saying where.

    Raises
    ------
    ConfigurationError
        The chain does not hold, or a folder holds the digest of a line that is not there.
    """
    broken = chain.broken(path)
    folders = release_pages.altered_folders(layout, lines)
    found = release_pages.altered(layout, lines, chain.lines(path))
    altered = [each for each in found if broken or each not in folders]
    if not broken and not altered:
        return
    it = [f"{path.name}, riga {each.line}: {each.why.it}" for each in broken]
    en = [f"{path.name}, line {each.line}: {each.why.en}" for each in broken]
    it += [f"{x}: la cartella pubblicata o la sua riga nel registro è cambiata" for x in altered]
    en += [f"{x}: the published folder or its line in the ledger changed" for x in altered]
    raise ConfigurationError(
        "Il registro delle pubblicazioni è stato alterato: non si approva né si pubblica nulla. "
        f"{'; '.join(it)}. Rimettere il registro dalla copia di riserva (si può ancora lanciare "
        "«lunattiva run»).",
        "The ledger of releases was altered: nothing is approved or published. "
        f"{'; '.join(en)}. Put the ledger back from the backup ('lunattiva run' still works).",
    )
