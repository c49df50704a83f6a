"""Released tables of many programmes in one place: a folder, or a bucket that speaks S3.

Only what was published leaves a programme's store, and only released tables: the archive of releases
is read, nothing else. A release goes below its digest and is written again only where somebody
changed it there, so collecting twice, or from two workers at once, leaves the same bytes. Each programme has an index of its own,
written last: who reads it finds whole releases only.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from assets.errors import ConfigurationError
from assets.layout import Layout
from assets.released import MANIFEST

if TYPE_CHECKING:
    from pathlib import Path

    from pyarrow.fs import FileSystem

INDEX = "index.json"
#: What a release was that is put into a collection.
Outcome = Literal["added", "healed", "stood"]
#: What a release's folder is called in a collection; nothing else there is ever taken away.
_DIGEST = re.compile(r"[0-9a-f]{64}")


@dataclass
class Collected:
    """What collecting one programme did: digests put there, put right, taken away; how many stand."""

    programme: str
    added: list[str] = field(default_factory=list)
    healed: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    standing: int = 0


def collect(layout: Layout, to: str, *, drafts: bool = False, is_quick: bool = False) -> Collected:
    """Put a programme's published releases where those of all programmes meet.

    Parameters
    ----------
    to
        A folder, or ``s3://bucket/prefix``; keys and server as every S3 client takes them
        (``AWS_ACCESS_KEY_ID``, ``AWS_SECRET_ACCESS_KEY``, ``AWS_ENDPOINT_URL``).
    drafts
        Also what the last run made and nobody approved; marked as a draft in the index.
    is_quick
        Look at names, sizes and manifests of what is there, and do not read every table again.

    Returns
    -------
    Collected
        What was new, what somebody had changed there and is as it left again, and what was
        withdrawn or overtaken since.

    Raises
    ------
    ConfigurationError
        The place cannot be reached or written, or holds something else (``raw``, a programme's
        pages); the ledger was altered; a release is no longer as it left.
    """
    title, synthetic = layout.definition.title, layout.definition.synthetic
    found = _releases(layout, drafts)
    wanted = {str(each["release"]) for each in found if each["state"] != "withdrawn"}
    about = {
        "programme": layout.programme,
        "title": {"it": title.it, "en": title.en},
        "synthetic": synthetic,
        "releases": found,
    }
    done = Collected(layout.programme, standing=len(wanted))
    with _told(to):
        system, top = _place(to)
        _insist_apart(system, top, layout)
        base = f"{top}/{layout.programme}"
        there = _there(system, base)
        for digest in sorted(wanted):
            place, content = f"{base}/{digest}", _content(layout, digest)
            outcome = _put(system, place, content, is_quick=is_quick)
            if outcome != "stood":
                getattr(done, outcome).append(digest)
        _write(system, f"{base}/{INDEX}", _json(about))
        done.removed = sorted(there - wanted)  # after the index: nobody is sent to them any more
        for digest in done.removed:
            system.delete_dir(f"{base}/{digest}")
    return done


def _releases(layout: Layout, drafts: bool) -> list[dict[str, Any]]:
    """Return the lines of the index: what was published, in order, then the draft."""
    from assets.release import approval, archive, ledger
    from pipelines import release_intact

    path = layout.store / ledger.NAME
    lines = ledger.entries(path)
    release_intact.insist_ledger(layout, lines, path)
    made = approval.publications(lines)
    found = [
        {
            "period": each["period"],
            "number": each["number"],
            "release": each["release"],
            "state": "withdrawn" if each["withdrawn"] else "published",
        }
        for each in sorted(made, key=lambda each: (each["period"], each["number"]))
    ]
    present = archive.digest_in(layout.released) if drafts else None
    if present and present not in {each["release"] for each in found}:
        found.append({"period": None, "number": None, "release": present, "state": "draft"})
    return found


def _content(layout: Layout, digest: str) -> dict[str, bytes]:
    """Return the files of a release, after checking that they are that release."""
    from assets.release import archive

    kept: Path = layout.store / archive.NAME / digest
    folder = kept if kept.is_dir() else layout.released
    if archive.digest_in(folder) != digest:
        raise ConfigurationError(
            f"La pubblicazione {digest[:12]} di «{layout.programme}» non è più com'era uscita: non è stata "
            "raccolta. Rimetterla dalla copia di riserva: lunattiva restore FILE.",
            f"Release {digest[:12]} of '{layout.programme}' is no longer as it left: it was not "
            "collected. Restore it from the backup: lunattiva restore FILE.",
        )
    return archive.content_of(folder)


def _put(system: FileSystem, place: str, content: dict[str, bytes], *, is_quick: bool) -> Outcome:
    """Write what is missing of a release or is not as it left, its manifest last; say what it was."""
    there = _sizes(system, place)
    is_new = MANIFEST not in there
    wanted = sorted(content, key=lambda path: (path == MANIFEST, path))
    wrong = [
        path
        for path in wanted
        if is_new
        or there.get(path) != len(content[path])
        or (
            (not is_quick or path == MANIFEST) and _read(system, f"{place}/{path}") != content[path]
        )
    ]
    for path in wrong:
        _write(system, f"{place}/{path}", content[path])
    # What another worker is writing at this moment ends in .new.
    strange = [each for each in sorted(there) if each.removesuffix(".new") not in content]
    for path in strange:
        system.delete_file(f"{place}/{path}")
    return "added" if is_new else "healed" if wrong or strange else "stood"


def _sizes(system: FileSystem, place: str) -> dict[str, int]:
    """Return the files below a place with their sizes, in bytes."""
    from pyarrow.fs import FileSelector, FileType

    found = system.get_file_info(FileSelector(place, allow_not_found=True, recursive=True))
    base = f"{place}/"
    return {x.path.removeprefix(base): x.size for x in found if x.type == FileType.File}


def _insist_apart(system: FileSystem, top: str, layout: Layout) -> None:
    """Refuse a place among what partners sent or in the store, whether or not it is there yet."""
    from pathlib import Path

    from pyarrow.fs import LocalFileSystem

    if not isinstance(system, LocalFileSystem):
        return
    around = [each for each in (Path(top), *Path(top).parents) if each.exists()]
    for own in (layout.raw.parent, layout.store.parent):
        # The same folder under another name, too: a link, or other letters on some systems.
        if own.exists() and any(own.samefile(each) for each in around):
            raise _not_ours(own.as_posix())


def _there(system: FileSystem, base: str) -> set[str]:
    """Return the releases that a collection holds of a programme.

    Raises
    ------
    ConfigurationError
        The folder, or the one it is in, holds what no collection does.
    """
    releases, rest = _held(system, base)
    if rest and INDEX not in rest:
        raise _not_ours(base)
    if not releases and not rest:
        _insist_collection(system, base.rpartition("/")[0])
    return releases


def _insist_collection(system: FileSystem, top: str) -> None:
    """Refuse a folder that holds something, and no programme's releases."""
    from pyarrow.fs import FileSelector, FileType

    found = system.get_file_info(FileSelector(top, allow_not_found=True))
    seen = [each for each in found if not each.base_name.startswith(".")]
    folders = [each.path for each in seen if each.type == FileType.Directory]
    if seen and not any(_is_ours(system, each) for each in folders):
        raise _not_ours(top)


def _is_ours(system: FileSystem, base: str) -> bool:
    """Say whether a folder is a programme's in a collection, were it one that was just begun."""
    _, rest = _held(system, base)
    return INDEX in rest or not rest


def _held(system: FileSystem, base: str) -> tuple[set[str], set[str]]:
    """Return the names of releases in a folder, and those of whatever else is there."""
    from pyarrow.fs import FileSelector, FileType

    found = system.get_file_info(FileSelector(base, allow_not_found=True))
    folders = {each.base_name for each in found if each.type == FileType.Directory}
    releases = {name for name in folders if _DIGEST.fullmatch(name)}
    return releases, {each.base_name.removesuffix(".new") for each in found} - releases


def _read(system: FileSystem, path: str) -> bytes | None:
    from pyarrow.fs import FileType

    if system.get_file_info(path).type != FileType.File:
        return None
    with system.open_input_stream(path) as stream:
        return bytes(stream.read())


def _write(system: FileSystem, path: str, data: bytes) -> None:
    """Write one file whole: a bucket does so by itself, a folder by renaming."""
    from pyarrow.fs import LocalFileSystem

    if not isinstance(system, LocalFileSystem):
        with system.open_output_stream(path) as stream:
            stream.write(data)
        return
    system.create_dir(path.rpartition("/")[0])
    with system.open_output_stream(f"{path}.new") as stream:
        stream.write(data)
    system.move(f"{path}.new", path)


def _place(to: str) -> tuple[FileSystem, str]:
    """Return where releases go, and the path in it."""
    from pathlib import Path

    from pyarrow.fs import LocalFileSystem, S3FileSystem

    if "://" not in to:
        return LocalFileSystem(), Path(to).resolve().as_posix()
    if not to.startswith("s3://"):
        raise ValueError("a folder or s3:// is meant")
    # Sent after the body, as Amazon's client would by default, other servers refuse them (Ceph: 411).
    os.environ.setdefault("AWS_REQUEST_CHECKSUM_CALCULATION", "when_required")
    os.environ.setdefault("AWS_RESPONSE_CHECKSUM_VALIDATION", "when_required")
    # Arrow takes keys from the environment by itself, but not the server's address.
    system = S3FileSystem(
        endpoint_override=os.environ.get("AWS_ENDPOINT_URL") or None,
        region=os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION") or "us-east-1",
        connect_timeout=20,
        request_timeout=60,
    )
    return system, to.removeprefix("s3://").rstrip("/")


@contextlib.contextmanager
def _told(to: str) -> Any:
    """Say in words what the place refuses; its own texts may hold addresses and names of keys."""
    try:
        yield
    except (OSError, ValueError) as error:  # Arrow's errors are both
        where = re.sub("//[^/]*@", "//", to.partition("?")[0])  # a key may stand before the bucket
        raise ConfigurationError(
            f"Non si può scrivere in {where} ({type(error).__name__}): controllare indirizzo, "
            "chiavi e diritti, poi rilanciare; ciò che c'è resta.",
            f"{where} cannot be written ({type(error).__name__}): check address, keys and rights, "
            "then run again; what is there stays.",
        ) from None


def _not_ours(base: str) -> ConfigurationError:
    return ConfigurationError(
        f"In {base} c'è dell'altro, che non viene toccato: scegliere per la raccolta una cartella nuova.",
        f"{base} holds something else, which is left alone: choose a new folder for the collection.",
    )


def _json(about: dict[str, Any]) -> bytes:
    return (json.dumps(about, ensure_ascii=False, indent=1) + "\n").encode()
