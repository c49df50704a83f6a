"""Other frameworks on the same register and rules, in an environment made for them on demand.

They read and validate only: no gate, no split into tables, no place of each reason. What they count as
a failure differs (pandera on pandas counts every cell of a row that breaks a rule across columns).
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

HERE = Path(__file__).resolve().parent
#: Each reads the csv, parses and validates every row; none of them writes tables.
NAMES = ("pandera_polars", "pandera_pandas", "pointblank", "great_expectations", "frictionless")
_LONGEST = 1_200


def measured(register: Path, folder: Path) -> Iterator[tuple[str, dict[str, float]]]:
    """Yield each framework with its seconds, megabytes and failures; tell why one is left out."""
    python = _environment(folder / "peers")
    if python is None:
        return
    for name in NAMES:
        try:
            done = subprocess.run(
                [str(python), str(HERE / "peer_ways.py"), name, str(register)],
                check=True,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                text=True,
                timeout=_LONGEST,
            )
        except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
            print(f"  {name:<20} not measured ({type(error).__name__})")
            continue
        yield name, dict(json.loads(done.stdout.splitlines()[-1]))


def _environment(folder: Path) -> Path | None:
    """Make the environment; where that fails (no network) say so and go without."""
    uv = Path(sys.executable).with_name("uv")
    python = folder / ("Scripts" if sys.platform == "win32" else "bin") / "python"
    listed = ["-r", str(HERE / "requirements.txt")]
    try:
        for command in (
            [str(uv), "venv", "--quiet", "--python", sys.executable, str(folder)],
            [str(uv), "pip", "install", "--quiet", "--python", str(python), *listed],
        ):
            subprocess.run(command, check=True, capture_output=True, timeout=_LONGEST)
    except (OSError, subprocess.SubprocessError) as error:
        print(f"  skipped: their environment could not be made ({type(error).__name__})")
        return None
    return python
