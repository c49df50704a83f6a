"""Files and folders as partners leave them: what is litter, a note, hidden, or still arriving."""

from __future__ import annotations

import os
from pathlib import Path, PurePath

from assets.errors import DeliveryRefused
from assets.intake.names import masked_name, same_name

#: Names that systems and programs leave behind: caches, icons, locks of a file that is open.
_LITTER = {"thumbs.db", "ehthumbs.db", "desktop.ini", "icon\r"}
_LOCKS = ("~$", "._", ".~lock.", "~wr")
_NOTES = (".md",)
#: Endings of a download or copy that has not ended.
_PARTIAL = {".crdownload", ".part", ".partial", ".download", ".tmp", ".filepart"}
#: Endings of data files, so that a folder or hidden file so named is reported and not overlooked.
DATA = {".csv", ".tsv", ".txt", ".xlsx", ".xlsm", ".xlsb", ".xls", ".ods", ".sav", ".zip"}


def read_bytes(path: Path) -> bytes:
    """Return a file's bytes, whole.

    Raises
    ------
    DeliveryRefused
        It cannot be read (in use, a broken link, a pipe), or it grew while it was read.
    """
    try:
        if path.is_symlink() or not path.is_file():  # a pipe would be waited for without end
            raise DeliveryRefused("file.locked")
        before = path.stat()
        data = path.read_bytes()
        after = path.stat()
    except OSError:
        raise DeliveryRefused("file.locked") from None
    stands = (before.st_size, before.st_mtime_ns) == (after.st_size, after.st_mtime_ns)
    if not stands or len(data) != after.st_size:
        raise DeliveryRefused("file.partial")
    return data


def unusable(path: Path) -> DeliveryRefused | None:
    """Say what the name alone tells: still arriving, or hidden."""
    if path.suffix.lower() in _PARTIAL:
        return DeliveryRefused("file.partial")
    if path.name.startswith("."):
        return DeliveryRefused("file.hidden", name=masked_name(path.name))
    return None


class Beside:
    """What lies in one folder, listed once: files, folders, and which file is the note of which."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        with os.scandir(folder) as entries:
            # By the letters as they are: paths would be put in another order on Windows.
            found = sorted((each.name, _is_folder(each)) for each in entries)
        #: Names, and which are folders, in order.
        self.listed = tuple(found)
        self._files = [name for name, is_folder in found if not is_folder]
        self._folders = [name for name, is_folder in found if is_folder]
        self._named: dict[str, list[str]] = {}
        for name, _ in found:
            self._named.setdefault(same_name(name), []).append(name)

    @property
    def is_plain(self) -> bool:
        """No folder lies here, and nothing that might be a note."""
        return not self._folders and not any(
            x.lower().endswith((".yml", ".yaml")) for x in self._files
        )

    def files(self) -> list[Path]:
        """Return all that is no folder; what cannot be read (a broken link, a pipe) is refused later."""
        return [
            self._folder / name
            for name in self._files
            if not _is_litter(name.lower()) and not name.lower().endswith(_NOTES)
        ]

    def folders(self) -> list[Path]:
        """Return the folders that are looked into."""
        return [self._folder / name for name in self._folders if not name.startswith(".")]

    def hidden(self) -> list[Path]:
        """Return the folders that are passed over, and reported where they hold files."""
        return [self._folder / name for name in self._folders if name.startswith(".")]

    def note_of(self, path: Path) -> Path | None:
        """Return the note beside a file, if there is one."""
        exact = f"{path.name}.yml"
        found = self._named.get(same_name(exact), [])
        first = [exact] if exact in found else []
        paths = (path.with_name(each) for each in (*first, *found))
        return next((each for each in paths if each.is_file()), None)

    def is_note(self, path: Path) -> bool:
        """Say whether a file is the note of another one beside it."""
        return path.suffix.lower() == ".yml" and same_name(path.stem) in self._named


def note_beside(path: Path) -> Path | None:
    """Return the note beside a file, if there is one."""
    return Beside(path.parent).note_of(path)


def is_litter(path: Path) -> bool:
    """Say whether a file was left by a system or program and is no delivery."""
    return _is_litter(path.name.lower())


def _is_litter(name: str) -> bool:
    if name in _LITTER or name.startswith(_LOCKS):
        return True
    return name.startswith(".") and PurePath(name).suffix not in DATA


def is_named_as_data(folder: Path) -> bool:
    """Say whether a folder has the name of a data file: an archive unpacked, or a file gone astray."""
    return folder.suffix.lower() in DATA


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link in a circle: refused later, as a file that cannot be read
        return False
