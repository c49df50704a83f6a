"""Known faults of the libraries we stand on: ``python -m pipelines.audit`` asks a public register.

It needs the network, so it is no part of ``make test``. Where the register cannot be reached it says
so and does not fail: a build must not depend on somebody else's server.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from assets.layout import REPOSITORY

#: Fetched when it is needed (``uv tool run``): nothing of ours uses it.
TOOL = "pip-audit==2.10.1"
_WAIT_S = 240


def main() -> int:
    """Audit the lock file; return 1 only where a library has a known fault."""
    with tempfile.TemporaryDirectory() as folder:
        answer = Path(folder) / "audit.json"
        why = _ask(answer)
        found = _read(answer)
    if found is None:
        sys.stdout.write(f"NOT AUDITED: the register of known faults could not be asked ({why}).\n")
        sys.stdout.write("Repeat `make audit` where there is a network.\n")
        return 0
    faults = faults_in(found)
    for line in faults:
        sys.stdout.write(line + "\n")
    libraries_n = len(found.get("dependencies", []))
    sys.stdout.write(f"Audited: {libraries_n} libraries, {len(faults)} known faults.\n")
    return 1 if faults else 0


def _ask(answer: Path) -> str:
    command = ["uv", "tool", "run", "--quiet", TOOL, "--requirement", "requirements.lock"]
    command += ["--require-hashes", "--disable-pip", "--progress-spinner", "off"]
    command += ["--format", "json", "--output", str(answer)]
    uv = Path(sys.executable).with_name("uv")
    command[0] = str(uv) if uv.exists() else "uv"
    try:
        done = subprocess.run(
            command, cwd=REPOSITORY, capture_output=True, timeout=_WAIT_S, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return type(error).__name__
    return f"exit code {done.returncode}"


def _read(answer: Path) -> dict[str, Any] | None:
    try:
        found: dict[str, Any] = json.loads(answer.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return found if found.get("dependencies") else None


def faults_in(found: dict[str, Any]) -> list[str]:
    """Return a line for each known fault: library, version, number, where it is mended."""
    return [
        f"{each['name']} {each.get('version', '?')}: {fault['id']}, mended in "
        f"{', '.join(fault.get('fix_versions', [])) or 'no version yet'}"
        for each in found["dependencies"]
        for fault in each.get("vulns", [])
    ]


if __name__ == "__main__":
    sys.exit(main())
