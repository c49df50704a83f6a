"""Files and folders as partners leave them: what is litter, a note, hidden, or still arriving."""

from __future__ import annotations

from pathlib import Path

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
    """What lies in one folder, listed once: which file is the note of which."""

    def __init__(self, folder: Path) -> None:
        self._named: dict[str, list[Path]] = {}
        for each in sorted(folder.iterdir()):
            self._named.setdefault(same_name(each.name), []).append(each)

    def note_of(self, path: Path) -> Path | None:
        """Return the note beside a file, if there is one."""
        exact = path.with_name(path.name + ".yml")
        found = self._named.get(same_name(exact.name), [])
        return next((each for each in (exact, *found) if each in found and each.is_file()), None)

    def is_note(self, path: Path) -> bool:
        """Say whether a file is the note of another one beside it."""
        return path.suffix.lower() == ".yml" and same_name(path.stem) in self._named


def note_beside(path: Path) -> Path | None:
    """Return the note beside a file, if there is one."""
    return Beside(path.parent).note_of(path)


def is_litter(path: Path) -> bool:
    """Say whether a file was left by a system or program and is no delivery."""
    name = path.name.lower()
    if name in _LITTER or name.startswith(_LOCKS):
        return True
    return name.startswith(".") and path.suffix.lower() not in DATA


def is_named_as_data(folder: Path) -> bool:
    """Say whether a folder has the name of a data file: an archive unpacked, or a file gone astray."""
    return folder.suffix.lower() in DATA


def files_in(folder: Path) -> list[Path]:
    """Return all that is no folder; what cannot be read (a broken link, a pipe) is refused later."""
    return sorted(
        each
        for each in folder.iterdir()
        if not each.is_dir() and not is_litter(each) and each.suffix.lower() not in _NOTES
    )


def folders_in(folder: Path) -> list[Path]:
    """Return the folders that are looked into."""
    return sorted(e for e in folder.iterdir() if e.is_dir() and not e.name.startswith("."))


def hidden_in(folder: Path) -> list[Path]:
    """Return the folders that are passed over, and reported where they hold files."""
    return sorted(e for e in folder.iterdir() if e.is_dir() and e.name.startswith("."))
