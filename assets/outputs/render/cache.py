"""Rendered files kept by a key made of everything that decides their bytes."""

from __future__ import annotations

import hashlib
import json
import os
import platform
import shutil
import tempfile
from collections.abc import Mapping
from functools import cache
from importlib import metadata
from pathlib import Path

from assets import private
from assets.outputs.render.job import RenderJob

# What can change a figure, a number's form or the layout. Anything else the cells use belongs in
# the job's inputs_digest.
PACKAGES = (
    "ipykernel ipython matplotlib matplotlib-inline nbclient numpy pandas pypandoc_binary typst"
)
IGNORED = {"_output", "narrative", "_book", "_site", "_freeze", "__pycache__"}
KEPT_ENTRIES = 200
MANIFEST = "manifest.json"


@cache
def versions() -> dict[str, str]:
    """Return the versions of what renders."""
    found = {"python": platform.python_version()}
    for name in PACKAGES.split():
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            found[name] = "absent"
    return found


@cache
def _own_digest() -> str:
    """Return the digest of this package: code, filters, templates."""
    here = Path(__file__).parent
    return _folder_digest(here, None)


def _folder_digest(folder: Path, skip: Path | None) -> str:
    total = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        inside = path.relative_to(folder)
        ignored = any(part in IGNORED or part.startswith(".") for part in inside.parts)
        if ignored or not path.is_file() or (skip and path.is_relative_to(skip)):
            continue
        total.update(f"{inside.as_posix()}\0{file_digest(path)}\0".encode())
    return total.hexdigest()


def file_digest(path: Path) -> str:
    """Return the SHA-256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def key(job: RenderJob, engine: str, files: list[Path]) -> str:
    """Return the cache key of `job` rendered by `engine` from `files` and their folder."""
    parts = {
        "engine": engine,
        "own": _own_digest(),
        "versions": versions(),
        "source": job.source.name,
        # The whole folder: pictures, bibliography, style sheets and the kit are inputs too.
        "folder": _folder_digest(job.folder.resolve(), job.out_dir.resolve()),
        "files": [[path.name, file_digest(path)] for path in files],
        "params": dict(job.params),
        "meta": dict(job.meta),
        "formats": sorted(job.formats),
        # Where a folder stands decides no byte: a programme that was moved finds its pages again.
        "env": {
            name: "" if Path(value).is_absolute() else value for name, value in job.env.items()
        },
        "lang": job.lang,
        "stem": job.stem,
        "inputs": job.inputs_digest,
        "pictures": [[each.name, file_digest(each)] for each in job.pictures],
    }
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def fetch(cache_dir: Path, name: str, out_dir: Path) -> bool:
    """Copy the entry's files to `out_dir`; False when it is absent or damaged."""
    entry = cache_dir / "render" / name
    try:
        manifest = json.loads((entry / MANIFEST).read_text(encoding="utf-8"))
        if any(file_digest(entry / file) != digest for file, digest in manifest.items()):
            return False
    except (OSError, ValueError):
        return False
    for file in manifest:
        place(entry / file, out_dir / file)
    os.utime(entry)
    return True


def keep(cache_dir: Path, name: str, made: Mapping[str, Path]) -> None:
    """Store files under `name`, whole or not at all, and drop the oldest entries."""
    root = cache_dir / "render"
    root.mkdir(parents=True, exist_ok=True)
    entry = Path(tempfile.mkdtemp(prefix=".new-", dir=root))
    for file, path in made.items():
        shutil.copyfile(path, entry / file)
    manifest = {file: file_digest(path) for file, path in made.items()}
    (entry / MANIFEST).write_text(json.dumps(manifest), encoding="utf-8", newline="\n")
    shutil.rmtree(root / name, ignore_errors=True)
    try:
        entry.replace(root / name)
    except OSError:  # another process has just stored the same content
        shutil.rmtree(entry, ignore_errors=True)
    entries = [path for path in root.iterdir() if not path.name.startswith(".")]
    entries.sort(key=lambda path: path.stat().st_mtime, reverse=True)
    for old in entries[KEPT_ENTRIES:]:
        shutil.rmtree(old, ignore_errors=True)


def place(made: Path, target: Path) -> None:
    """Put a finished file at `target` in one step: readers see the old or the new, whole."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=target.parent, prefix=".new-", delete=False) as stream:
        temporary = Path(stream.name)
        stream.write(made.read_bytes())
    temporary.chmod(0o644)
    private.put_in_place(temporary, target)
