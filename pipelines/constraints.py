"""Keep ``[tool.uv] constraint-dependencies`` equal to ``requirements.lock``.

``uv.lock`` holds addresses of the machine's package index, so it is not committed; ``uv run`` takes
the versions from this block instead. Run ``python -m pipelines.constraints`` after each new lock.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

_BEGIN = "# BEGIN constraints (made by `make lock`)\n"
_END = "# END constraints\n"
_PIN = re.compile(r"^([A-Za-z0-9._-]+==[^ \\;]+(?: ; [^\\]+?)?) *\\?$", re.MULTILINE)


def pins(lock: str) -> list[str]:
    """Return the pinned versions of a lock file, with their markers, without hashes."""
    return [found.strip() for found in _PIN.findall(lock)]


def block(lock: str) -> str:
    """Return the TOML block that says the same to uv."""
    listed = "".join(f'  "{pin}",\n' for pin in pins(lock))
    return f"{_BEGIN}[tool.uv]\nconstraint-dependencies = [\n{listed}]\n{_END}"


def with_block(pyproject: str, lock: str) -> str:
    """Return ``pyproject.toml`` with its block made anew, at its end where there was none."""
    start, end = pyproject.find(_BEGIN), pyproject.find(_END)
    if start < 0 or end < 0:
        return f"{pyproject.rstrip()}\n\n{block(lock)}"
    return pyproject[:start] + block(lock) + pyproject[end + len(_END) :]


def main() -> None:
    """Write the block of the lock file here into the ``pyproject.toml`` here.

    With ``--check`` nothing is written; the exit code says whether both agree.
    """
    path = Path("pyproject.toml")
    lock = Path("requirements.lock").read_text(encoding="utf-8")
    before = path.read_text(encoding="utf-8")
    after = with_block(before, lock)
    if "--check" in sys.argv[1:]:
        sys.exit(before != after and "pyproject.toml and requirements.lock differ: make lock")
    path.write_text(after, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
