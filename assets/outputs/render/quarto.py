"""Quarto where it is installed: the same sources, in a temporary copy, with our checks before."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

from assets.outputs.render import numbers
from assets.outputs.render.book import FORMAT_OF, Plan, format_names
from assets.outputs.render.job import RenderJob
from assets.outputs.render.languages import LANGUAGE_KEY, localised, localised_line
from assets.outputs.render.parameters import check_parameters
from assets.outputs.render.problems import RenderError
from assets.outputs.render.source import (
    CELL_INFO,
    FENCE,
    load_yaml,
    options_text,
)

TIMEOUT_S = 1800
IGNORED = ("_output", "_book", "_site", "_freeze", "__pycache__", ".quarto", ".*")
LINE = re.compile(r"line (\d+)")


def find_quarto() -> Path | None:
    """Return Quarto's program: QUARTO_PATH, then PATH, then the quarto-cli package."""
    named = os.environ.get("QUARTO_PATH")
    if named:
        path = Path(named)
        inside = path / "bin" / "quarto"
        for candidate in (path, inside):
            if candidate.is_file() and os.access(candidate, os.X_OK):
                return candidate
        raise RenderError("QUARTO_PATH names no program that can be run", file="QUARTO_PATH")
    found = shutil.which("quarto")
    if found:
        return Path(found)
    spec = importlib.util.find_spec("quarto_cli")
    for folder in (spec.submodule_search_locations or []) if spec else []:
        for name in ("quarto", "quarto.exe", "quarto.cmd"):
            for candidate in sorted(Path(folder).rglob(f"bin/{name}")):
                return candidate
    return None


@cache
def quarto_version(program: Path) -> str:
    """Return the version Quarto states."""
    done = subprocess.run(
        [str(program), "--version"], capture_output=True, text=True, timeout=60, check=False
    )
    version = done.stdout.strip()
    if done.returncode or not version:
        raise RenderError("Quarto does not answer '--version'", file=program)
    return version


def render_quarto(program: Path, job: RenderJob, plan: Plan, temp: Path) -> dict[str, Path]:
    """Render `job` with Quarto in a copy below `temp`; returns the files by their final name.

    An HTML book is several pages: the chapters' own are returned beside the first.

    Raises
    ------
    RenderError
        A parameter no document declares, or Quarto's own error.
    """
    check_parameters(plan.documents, job.params)
    folder = _copy(job, temp)
    target = folder if job.is_book else folder / job.source.name
    names = [name for name in format_names(plan.meta) if FORMAT_OF[name] in job.formats]
    done = subprocess.run(
        _command(program, job, plan, target, names),
        capture_output=True,
        text=True,
        cwd=folder,
        env={**os.environ, **_environment(job)},
        timeout=TIMEOUT_S,
        check=False,
    )
    if done.returncode:
        raise _error(done.stderr, job)
    made = {f"{job.stem}.{fmt}": _result(folder, job, fmt) for fmt in job.formats}
    if job.is_book and "html" in job.formats:
        made |= _pages(made[f"{job.stem}.html"], job)
    for path in (each for each in made.values() if each.suffix == ".html"):
        _tell_numbers(path, job)
    return made


def _tell_numbers(page: Path, job: RenderJob) -> None:
    """Put into a page what its numbers rest on, and the script that shows it at a click."""
    kit = job.env.get(numbers.MODE)
    text = page.read_text(encoding="utf-8")
    names = numbers.names_in(text) if kit else []
    if not names:
        return
    done = subprocess.run(
        [sys.executable, "-c", numbers.ASK, str(kit), job.lang],
        input=json.dumps(names),
        capture_output=True,
        text=True,
        env={**os.environ, **_environment(job)},
        timeout=TIMEOUT_S,
        check=False,
    )
    if done.returncode:
        raise RenderError("the kit does not know the page's numbers", file=job.source)
    page.write_text(numbers.told_in(text, json.loads(done.stdout)), encoding="utf-8", newline="\n")


def _pages(index: Path, job: RenderJob) -> dict[str, Path]:
    """Return the chapter pages of an HTML book, which link to its first page by our name for it."""
    pages = {path.name: path for path in sorted(index.parent.glob("*.html")) if path != index}
    for path in (index, *pages.values()):
        text = path.read_text(encoding="utf-8")
        text = re.sub(r'(href="(?:\./)?)index\.html', rf"\g<1>{job.stem}.html", text)
        path.write_text(text, encoding="utf-8", newline="\n")
    return pages


def _environment(job: RenderJob) -> dict[str, str]:
    own = {"QUARTO_PYTHON": sys.executable, "SOURCE_DATE_EPOCH": "0", "PYTHONHASHSEED": "0"}
    return {**own, **job.env}


def _command(
    program: Path, job: RenderJob, plan: Plan, target: Path, names: list[str]
) -> list[str]:
    command = [str(program), "render", str(target), "--to", ",".join(names)]
    for name, value in sorted(job.params.items()):
        shown = str(value).lower() if isinstance(value, bool) else str(value)
        command += ["-P", f"{name}:{shown}"]
    for name, text in _metadata(job, plan, program).items():
        command += ["-M", f"{name}:{text}"]
    return command


def _metadata(job: RenderJob, plan: Plan, program: Path) -> dict[str, str]:
    found = {
        "lang": job.lang,
        f"is-{job.lang}": "true",
        "embed-resources": "true",
        "html-math-method": "mathml",
        "generator": f"quarto {quarto_version(program)}",
    }
    for key in ("title", "subtitle"):
        if plan.meta.get(key) and not job.is_book:
            found[key] = str(plan.meta[key])
    made = {**found, **job.meta}
    if made.get("watermark"):  # Quarto's own templates have no place for it: the title page has
        made["subtitle"] = " · ".join(filter(None, (made["watermark"], made.get("subtitle"))))
    return made


def _copy(job: RenderJob, temp: Path) -> Path:
    """Copy the document's folder and choose the language's variants in every .qmd."""
    folder = temp / job.folder.resolve().name
    out = job.out_dir.resolve()

    def ignored(where: str, names: list[str]) -> set[str]:
        skip = shutil.ignore_patterns(*IGNORED)(where, names)
        return skip | {name for name in names if (Path(where) / name).resolve() == out}

    shutil.copytree(job.folder, folder, ignore=ignored)
    job.lay_pictures(folder)
    for path in sorted(folder.rglob("*.qmd")):
        text = path.read_text(encoding="utf-8-sig")
        path.write_text(in_language(text, path, job.lang), encoding="utf-8", newline="\n")
    return folder


def in_language(text: str, path: Path, lang: str) -> str:
    """Return a .qmd in which ``key-en``/``key-it`` variants are resolved, for Quarto to read."""
    out: list[str] = []
    rows = text.splitlines()
    index, fence = 0, ""
    while index < len(rows):
        row = rows[index]
        mark = FENCE.match(row)
        if fence:
            if mark and not mark.group(3) and len(mark.group(2)) >= len(fence):
                fence = ""
        elif mark and "`" not in mark.group(3):
            fence = mark.group(2)
            if CELL_INFO.match(mark.group(3)):
                out.append(row)
                index = _options(rows, index + 1, out, path, lang)
                continue
        else:
            row = localised_line(row, lang)
        out.append(row)
        index += 1
    return "\n".join(out) + "\n"


def _options(rows: list[str], index: int, out: list[str], path: Path, lang: str) -> int:
    start = index
    while index < len(rows) and rows[index].lstrip().startswith("#|"):
        index += 1
    lines = rows[start:index]
    text = "\n".join(line.lstrip()[2:].removeprefix(" ") for line in lines)
    options = load_yaml(text, path, start + 1)
    if any(LANGUAGE_KEY.match(str(key)) for key in options):
        indent = lines[0][: len(lines[0]) - len(lines[0].lstrip())]
        lines = options_text(localised(options, lang), indent)
    out += lines
    return index


def _result(folder: Path, job: RenderJob, fmt: str) -> Path:
    # A book leaves its files in the output folder; HTML books have an index.html there.
    places = [folder / "_book", folder] if job.is_book else [folder]
    for place in places:
        found = sorted(place.glob(f"*.{fmt}")) if place.is_dir() else []
        preferred = [path for path in found if path.stem in (job.source.stem, "index")]
        if found:
            return (preferred or found)[0]
    raise RenderError(f"Quarto made no {fmt} file", file=job.source)


def _error(said: str, job: RenderJob) -> RenderError:
    rows = [re.sub(r"\x1b\[[0-9;]*m", "", row) for row in said.splitlines() if row.strip()]
    telling = [row for row in rows if re.search(r"error|ERROR", row)] or rows[-1:] or ["no message"]
    line = LINE.search("\n".join(rows))
    number = int(line.group(1)) if line else 1
    return RenderError(f"Quarto: {telling[-1].strip()[:300]}", file=job.source, line=number)
