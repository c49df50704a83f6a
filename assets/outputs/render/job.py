"""What is asked of the rendering room, and what it answers."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

FORMATS = ("html", "pdf", "docx")
LANGUAGES = ("it", "en")
ENGINES = ("auto", "quarto", "embedded")
PICTURES = "pictures"
Param = str | int | bool


@dataclass(frozen=True)
class RenderJob:
    """One document to render with one set of parameters.

    Attributes
    ----------
    source : Path
        A ``.qmd`` file, or the folder of a book (holding ``_quarto.yml``).
    out_dir, stem : Path, str
        Results are ``out_dir/stem.html`` and so on.
    params : mapping
        Values for the cell tagged ``parameters``; every name must be declared there.
    formats : tuple of str
        Any of ``html``, ``pdf``, ``docx``. A dashboard is ``html`` only.
    env : mapping
        Extra environment of the kernels (PYTHONPATH, the released folder, ...).
    lang : str
        ``it`` or ``en``: the language of the page, its labels and the ``-it``/``-en`` variants.
    meta : mapping
        Front matter that only the caller knows (``title``, ``subtitle``); it replaces the source's.
    inputs_digest : str
        Digest of the data and code the cells read; part of the cache key.
    pictures : tuple of Path
        Files that lie in ``pictures/`` beside the document while it is made; told apart by name.
    """

    source: Path
    out_dir: Path
    stem: str
    params: Mapping[str, Param] = field(default_factory=dict)
    formats: tuple[str, ...] = ("html",)
    env: Mapping[str, str] = field(default_factory=dict)
    lang: str = "it"
    inputs_digest: str = ""
    meta: Mapping[str, str] = field(default_factory=dict)
    pictures: tuple[Path, ...] = ()

    def __post_init__(self) -> None:
        """Refuse unknown formats and languages."""
        unknown = [name for name in self.formats if name not in FORMATS]
        if unknown or not self.formats:
            raise ValueError(f"formats must be among {FORMATS}, not {self.formats}")
        if self.lang not in LANGUAGES:
            raise ValueError(f"lang must be one of {LANGUAGES}, not {self.lang!r}")

    def lay_pictures(self, folder: Path) -> None:
        """Copy the pictures beside a document that is made in ``folder``."""
        for each in self.pictures:
            (folder / PICTURES).mkdir(exist_ok=True)
            shutil.copyfile(each, folder / PICTURES / each.name)

    @property
    def is_book(self) -> bool:
        """Whether the source is a book folder."""
        return self.source.is_dir()

    @property
    def folder(self) -> Path:
        """Return the folder the kernels run in: the source's own."""
        return self.source if self.is_book else self.source.parent


@dataclass(frozen=True)
class RenderResult:
    """The files made, by which engine, and whether they came from the cache."""

    paths: tuple[Path, ...]
    engine: str
    cached: bool
