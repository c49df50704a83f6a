"""Comparing programmes: which folders, which releases, where the comparison goes."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from assets.errors import ConfigurationError
from assets.layout import Layout, programmes
from pipelines.adaptations import insist_on_others_reasons

#: Under ``reports/_output``; no programme's name begins with an underscore.
FOLDER = "_comparison"


@dataclass(frozen=True)
class Compared:
    """What was made.

    Attributes
    ----------
    programmes
        Code -> where its release stands (``draft``, ``published``).
    left_out
        Code -> why no release of it was taken.
    asked, pooled
        How many questions there were, and of how many numbers were put together.
    pages
        The pages, a language each.
    """

    folder: Path
    programmes: dict[str, str]
    left_out: dict[str, str]
    asked: int
    pooled: int
    pages: list[Path]

    @property
    def is_draft(self) -> bool:
        """Whether some of what is compared is not published."""
        return any(state != "published" for state in self.programmes.values())


def make(
    root: Path, folders: Sequence[Path], to: Path | None = None, *, with_drafts: bool = False
) -> Compared:
    """Compare programmes from their released tables alone, and make the pages.

    Parameters
    ----------
    folders
        Released, published or collected folders; by default those of the programmes configured here.
    to
        Where tables and pages go; what a comparison left there before is replaced.

    Raises
    ------
    ConfigurationError
        Fewer than two programmes with released tables; a folder that is none; two different
        releases of one programme; a folder to write to that holds something else.
    """
    from assets.across import folder as comparison
    from assets.across.releases import gather
    from assets.outputs.compare import render_comparison

    place = (to or default_place(root)).resolve()  # "." has no name of its own
    _insist_free(place)
    gathered = gather([*folders] or _here(root), with_drafts=with_drafts)
    insist_on_others_reasons(gathered.releases)
    questions = comparison.write(gathered, place)
    draft = comparison.is_draft(gathered.releases)
    pages = render_comparison(place, root / ".store" / FOLDER / "render", is_draft=draft)
    return Compared(
        folder=place,
        programmes={each.programme: each.state for each in gathered.releases},
        left_out={each.programme: why for each, why in gathered.left_out},
        asked=len(questions),
        pooled=sum(bool(each.pooled) for each in questions),
        pages=pages,
    )


def default_place(root: Path) -> Path:
    """Return where a comparison goes unless another folder is named."""
    return root / "reports" / "_output" / FOLDER


def as_json(made: Compared) -> str:
    """Return what was made, for another program."""
    told = {**vars(made), "folder": str(made.folder), "pages": [path.name for path in made.pages]}
    return json.dumps({**told, "is_draft": made.is_draft}, indent=2, ensure_ascii=False)


def _here(root: Path) -> list[Path]:
    """Return the folders of the programmes configured here that hold releases, drafts where there is no other."""
    found: list[Path] = []
    for name in programmes(root):
        layout = Layout(root, name)
        if any(layout.published.glob("*/manifest.json")):
            found.append(layout.published)
        elif (layout.released / "manifest.json").is_file():
            found.append(layout.released)
    return found


def _insist_free(place: Path) -> None:
    """Refuse to replace a folder that is no comparison."""
    if not place.exists() or (place.is_dir() and not any(place.iterdir())):
        return
    try:
        about = json.loads((place / "manifest.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        about = {}
    if "comparison" not in about:
        raise ConfigurationError(
            f"In {place} c'è dell'altro, che non viene toccato: scegliere con --to una cartella nuova.",
            f"{place} holds something else, which is left alone: choose a new folder with --to.",
        )
