"""Run pandoc with our filters; what it or a filter complains about becomes an error with a place."""

from __future__ import annotations

import functools
import os
import re
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from assets.outputs.render.problems import RenderError
from assets.outputs.render.source import Line

HERE = Path(__file__).parent
FILTERS = HERE / "filters"
TEMPLATES = HERE / "templates"
# Lines our filters write to stderr: LUNATTIVA <tab> name to look for <tab> message.
PROBLEM = re.compile(r"^LUNATTIVA\t(.*?)\t(.*)$", re.MULTILINE)
MISSING_CITATION = re.compile(r"citation (\S+) not found")
READER = "markdown+table_attributes"
PANDOC_LINE = re.compile(r"\s*at line (\d+) column \d+")
TIMEOUT_S = 300


@functools.cache
def pandoc_path() -> str:
    """Return the pandoc that pypandoc_binary carries."""
    import pypandoc

    return str(pypandoc.get_pandoc_path())


@functools.cache
def pandoc_version() -> str:
    """Return the version of `pandoc_path`."""
    import pypandoc

    return str(pypandoc.get_pandoc_version())


@dataclass
class Places:
    """All assembled lines, to find where a name stands that pandoc complains about."""

    default: Path
    lines: list[Line] = field(default_factory=list)
    #: Whether pandoc reads exactly these lines, so that its own line numbers are theirs.
    exact: bool = False

    def warning(self, row: str) -> RenderError:
        """Return an error for one line of what pandoc itself says."""
        match = PANDOC_LINE.search(row) if self.exact else None
        number = int(match.group(1)) if match else 0
        words = PANDOC_LINE.sub("", row.removeprefix("[WARNING]")).strip()
        quoted = re.search(r"'([^']+)'", words)
        if quoted:
            return self.error(quoted.group(1), words)
        if 0 < number <= len(self.lines):
            return self.lines[number - 1].error(words)
        return RenderError(words, file=self.default, line=1)

    def error(self, name: str, message: str) -> RenderError:
        """Return an error at the first line holding `name` as a whole word."""
        pattern = re.compile(rf"(?<![\w-]){re.escape(name)}(?![\w-])") if name else None
        for line in self.lines if pattern else ():
            if pattern and not line.verbatim and pattern.search(line.text):
                return line.error(message)
        return RenderError(message, file=self.default, line=1)


def run_pandoc(arguments: Sequence[str], *, text: str, cwd: Path, places: Places) -> str:
    """Run pandoc on `text` and return what it writes to standard output.

    Raises
    ------
    RenderError
        Anything on standard error that is not mere information: the first problem, at its line,
        with the others listed below it.
    """
    done = subprocess.run(
        [pandoc_path(), "--eol=lf", *arguments],
        input=text.encode(),
        capture_output=True,
        cwd=cwd,
        env={**os.environ, "SOURCE_DATE_EPOCH": "0"},
        timeout=TIMEOUT_S,
        check=False,
    )
    said = done.stderr.decode(errors="replace")
    found = [places.error(name, message) for name, message in PROBLEM.findall(said)]
    for key in MISSING_CITATION.findall(said):
        found.append(places.error(f"@{key}", f"the bibliography has no entry '{key}'"))
    if not found:
        rest = [row for row in said.splitlines() if row.strip() and not row.startswith("[INFO]")]
        found += [places.warning(row.replace(str(cwd), ".")) for row in rest]
        if done.returncode and not found:
            found.append(places.error("", f"pandoc stopped with code {done.returncode}"))
    if found:
        raise combined(found)
    return done.stdout.decode()


def combined(problems: Sequence[RenderError]) -> RenderError:
    """Return one error at the first place, listing the others after it."""
    problems = list({str(problem): problem for problem in problems}.values())
    first = problems[0]
    if len(problems) == 1:
        return first
    others = "\n".join(f"  {problem}" for problem in problems[1:])
    return RenderError(f"{first.detail}\n{others}", file=first.file, line=first.line)
