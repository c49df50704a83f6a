"""What git asks before a commit: no delivery, no working state, no identifier of a person.

``python -m pipelines.precommit FILE...`` looks at the files named, without names at what is staged.
It says path, kind and count, never a value. Files that hold invented identifiers on purpose are
listed, with the reason, in ``precommit_allowed.yml``.
"""

from __future__ import annotations

import fnmatch
import re
import subprocess
import sys
from functools import cache
from pathlib import Path, PurePosixPath

import yaml

from pipelines import settings
from pipelines.messages import say

#: Read as tables, column by column, as deliveries are.
_TABLES = {".csv", ".tsv", ".txt", ".xlsx", ".xlsm", ".xlsb", ".xls", ".ods", ".sav", ".zip"}
#: Read line by line.
_TEXTS = {".yml", ".yaml", ".json", ".jsonl", ".md", ".qmd", ".html", ".ipynb", ".toml", ".sql"}
_STATE = re.compile(r"(?:^|/)(?:\.store|_output)/|\.duckdb(?:\.wal)?$|\.forgotten\.key$")
#: The line of a partners' key file (assets/coding/keys.py), and a store's key as it is set.
_KEY = re.compile(
    rb"lunattiva-key:[0-9]+:[0-9a-f]{64}"
    rb"|LUNATTIVA_KEY(?:_OLD)?[\"']?\s*[=:]\s*[\"']?[0-9a-f]{64}\b",
    re.IGNORECASE,
)
_OUR_RAW = ("raw/README.md", "raw/demo/")
#: Addresses that RFC 2606 keeps for examples belong to nobody.
_EXAMPLE = re.compile(
    r"[\w.+-]+@(?:[\w-]+\.)*(?:example(?:\.(?:com|net|org))?|test|invalid)\b", re.IGNORECASE
)
ALLOWED = Path(__file__).with_name("precommit_allowed.yml")


def main(arguments: list[str]) -> int:
    """Look at files; return 0 where all may be committed."""
    lang = settings.language()
    problems = [line for path in arguments or staged() for line in problems_of(path, lang)]
    for line in problems:
        sys.stdout.write(line + "\n")
    if problems:
        sys.stdout.write(say("precommit.what_to_do", lang) + "\n")
    return 1 if problems else 0


def staged() -> list[str]:
    """Return the paths of what is staged, deletions left out."""
    done = subprocess.run(
        ["git", "diff", "--cached", "--name-only", "-z", "--diff-filter=ACMRT"],
        capture_output=True,
        check=True,
    )
    return [each for each in done.stdout.decode("utf-8").split("\0") if each]


def problems_of(path: str, lang: settings.Language) -> list[str]:
    """Return why a file may not be committed, a line for each reason."""
    name = PurePosixPath(path.replace("\\", "/")).as_posix()
    if name.startswith("raw/") and not name.startswith(_OUR_RAW):
        return [say("precommit.delivery", lang, path=_shown(name))]
    if _STATE.search(name):
        return [say("precommit.state", lang, path=_shown(name))]
    if name.lower().endswith(".key"):
        return [say("precommit.key", lang, path=_shown(name))]
    if _is_allowed(name):
        return []
    if _holds_key(name):
        return [say("precommit.key", lang, path=_shown(name))]
    return [
        say("precommit.identifiers", lang, path=_shown(name), kind=kind, count=count)
        for kind, count in _identifiers(name, lang).items()
    ]


def _holds_key(name: str) -> bool:
    """Say whether a file holds a key, whatever its name: the partners' or that of a store."""
    try:
        return bool(_KEY.search(content(name).replace(b"\0", b"")))  # UTF-16 as Notepad saves it
    except OSError:
        return False


def _shown(name: str) -> str:
    """Return a path as it may be said: names of files can be names of people."""
    from assets.intake.names import masked_name

    return "/".join(masked_name(part) for part in name.split("/"))


def _identifiers(name: str, lang: settings.Language) -> dict[str, int]:
    ending = PurePosixPath(name).suffix.lower()
    if ending not in _TABLES | _TEXTS:
        return {}
    try:
        data = content(name)
    except OSError:
        return {}
    found = _in_table(data, name) if ending in _TABLES else _in_text(data)
    return {_words(kind, lang): count for kind, count in sorted(found.items())}


def content(name: str) -> bytes:
    """Return a file's bytes as they are staged, or as they lie there where nothing is staged.

    Raises
    ------
    OSError
        The file is not there.
    """
    done = subprocess.run(["git", "show", f":{name}"], capture_output=True, check=False)
    return done.stdout if done.returncode == 0 else Path(name).read_bytes()


def _in_table(data: bytes, name: str) -> dict[str, int]:
    from assets.errors import LunattivaError
    from assets.guard import value_free
    from assets.intake.gate import inspect
    from assets.intake.readers import read_loosely

    found = _in_text(data) if PurePosixPath(name).suffix.lower() == ".txt" else {}
    try:
        with value_free():
            for each in inspect(read_loosely(data, name), [PurePosixPath(name).name], None):
                found[each.kind] = max(found.get(each.kind, 0), each.cells_n, 1)
    except LunattivaError:
        return {**found, "unreadable": 1}
    return found


def _in_text(data: bytes) -> dict[str, int]:
    from assets.intake.identifiers import EVERYWHERE, plain_text

    found: dict[str, int] = {}
    for line in data.decode("utf-8", errors="replace").splitlines():
        text = _EXAMPLE.sub(" ", plain_text(line))
        for kind, test in EVERYWHERE.items():
            if test(text):
                found[kind] = found.get(kind, 0) + 1
    return found


def _words(kind: str, lang: settings.Language) -> str:
    from assets.intake.identifiers import KINDS

    return KINDS[kind].say(lang) if kind in KINDS else say("precommit.unreadable", lang)


def _is_allowed(name: str) -> bool:
    return any(fnmatch.fnmatchcase(name, pattern) for pattern in allowed())


@cache
def allowed() -> dict[str, str]:
    """Return patterns of paths with invented identifiers, and why they are there."""
    found: dict[str, str] = yaml.safe_load(ALLOWED.read_text(encoding="utf-8"))
    return found


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
