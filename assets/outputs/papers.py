"""The evaluator's papers: a *nota di sintesi* each half-year, a *report di monitoraggio* each year."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from assets.errors import ConfigurationError
from assets.layout import REPOSITORY, Layout
from assets.outputs.jobs import environment, inputs_digest, manifest, watermark
from assets.outputs.narrative import Passage, passages_in
from assets.outputs.passages import Citable, blamed, check_passages
from assets.outputs.pictures import placed
from assets.versions import digest, file_sha256
from schemas.config import nearest
from schemas.words import Language, Words, load_yaml

#: The evaluator's language: in another one the papers are written where they are asked for.
LANG: Language = "it"
FORMATS = ("pdf", "docx")
SOURCE = REPOSITORY / "reports"
WORDS = SOURCE / "papers_words.yml"
#: Folder of the papers, and the file beside them that says of which data each was made.
FOLDER, MADE = "papers", "made.json"
NARRATIVE_ENV = "LUNATTIVA_NARRATIVE"
#: As the documents find it (``reports/_papers.py``); others are headings of a person's own.
HEADING = re.compile(r"^## +([a-z_]+) *$")
TITLES = {
    "nota": Words(it="Nota di sintesi", en="Summary note"),
    "monitoraggio": Words(it="Report di monitoraggio", en="Monitoring report"),
}


@dataclass(frozen=True)
class Paper:
    """One paper: which, of what time (``2022S1``, ``2022``), its last released quarter, its language."""

    kind: str
    span: str
    quarter: str
    lang: Language = LANG

    @property
    def stem(self) -> str:
        """Return the file's name without its ending."""
        return f"{self.kind}_{self.span}" + ("" if self.lang == LANG else f"_{self.lang}")


def papers_of(about: dict[str, Any]) -> list[Paper]:
    """Return the papers the released quarters call for, in order: half-years, then years.

    Half-years are those of the calendar, as released quarters are. Quarters after the latest one
    with data call for none.
    """
    latest = about.get("latest_quarter") or ""
    quarters = [each for each in about["quarters"] if each <= latest]
    halves, years = {}, {}
    for each in quarters:
        halves[f"{each[:4]}S{1 if each[-1] in '12' else 2}"] = each
        years[each[:4]] = each
    made = [Paper("nota", span, last) for span, last in halves.items()]
    return [*made, *(Paper("monitoraggio", span, last) for span, last in years.items())]


def chosen(about: dict[str, Any], span: str | None, lang: Language = LANG) -> list[Paper]:
    """Return the papers of one half-year or year, ``all``, or of the latest of both, in a language.

    Raises
    ------
    ConfigurationError
        No such half-year or year, with the nearest one.
    """
    known = [replace(each, lang=lang) for each in papers_of(about)]
    if span == "all":
        return known
    if span is None:
        last = {each.kind: each for each in known}
        return list(last.values())
    found = [each for each in known if each.span == span]
    if not found:
        names = [each.span for each in known]
        near = nearest(span, names) or "-"
        raise ConfigurationError(
            f"«{span}» non è un semestre (2022S1) o un anno (2022) con dati. Più simile: {near}. "
            f"Ci sono: {', '.join(names) or '-'}.",
            f"'{span}' is no half-year (2022S1) or year (2022) with data. Nearest: {near}. "
            f"There are: {', '.join(names) or '-'}.",
        )
    return found


def narrative(layout: Layout, paper: Paper) -> Path:
    """Return the file a person writes in; made once with empty places, never written again."""
    path = layout.narrative / f"{paper.stem}.md"
    if not path.is_file():
        words = _words()
        head = words["words"]["head"][paper.lang].format(
            paper=TITLES[paper.kind].say(paper.lang), period=paper.span
        )
        parts = [head]
        for name, ask in words["slots"][paper.kind].items():
            parts += [f"## {name}", f"<!-- {ask[paper.lang]} -->"]
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("\n\n".join(parts) + "\n", encoding="utf-8", newline="\n")
    return path


@cache
def _words() -> dict[str, Any]:
    return load_yaml(WORDS)


def render_papers(layout: Layout, papers: Sequence[Paper]) -> list[Path]:
    """Render papers from the released tables and what a person wrote.

    Raises
    ------
    ConfigurationError
        Nothing is released; a mistake in a file that a person writes in.
    RenderError
        A mistake in a document, with file and line.
    """
    from assets.outputs.render import RenderError, RenderJob, render_many

    about = manifest(layout)
    jobs = []
    texts: dict[Path, dict[str, Passage]] = {}
    for paper in papers:
        written = narrative(layout, paper)
        # Nothing written is lost.
        texts[written] = passages_in(written, list(_words()["slots"][paper.kind]), HEADING)
        check_passages(written, texts[written], Citable())
        read, copies = placed(layout.store, written, texts[written])
        title = title_of(paper)
        jobs.append(
            RenderJob(
                source=SOURCE / f"{paper.kind}.qmd",
                out_dir=layout.reports_output / FOLDER,
                stem=paper.stem,
                formats=FORMATS,
                params={"quarter": paper.quarter, "span": paper.span, "lang": paper.lang},
                env={**environment(layout), NARRATIVE_ENV: str(read)},
                lang=paper.lang,
                inputs_digest=digest([inputs_digest(layout), file_sha256(read)]),
                meta={
                    "title": title,
                    "subtitle": about["title"][paper.lang],
                    "running-head": f"{about['title'][paper.lang]} · {title}",
                    **watermark(layout, paper.lang),
                },
                pictures=copies,
            )
        )
    try:
        results = render_many(jobs, cache_dir=layout.render_cache)
    except RenderError as error:
        for written, passages in texts.items():  # whose text it is
            mine = blamed(error, SOURCE, written, passages)
            if mine is not error and f"{Path(error.file).stem}_" in written.name:
                raise mine from None
        raise
    known = {**made(layout), **{each.stem: about.get("data_version") for each in papers}}
    text = json.dumps(known, indent=1, sort_keys=True) + "\n"
    (layout.reports_output / FOLDER / MADE).write_text(text, encoding="utf-8", newline="\n")
    return [path for result in results for path in result.paths]


def made(layout: Layout) -> dict[str, Any]:
    """Return of which version of the data each paper was made, by its name."""
    path = layout.reports_output / FOLDER / MADE
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    return found


def title_of(paper: Paper) -> str:
    """Return a paper's title with its half-year or year."""
    year, _, half = paper.span.partition("S")
    words = _words()["words"]["half" if half else "year"]
    span = words[paper.lang].format(ordinal={"1": "I", "2": "II"}.get(half, ""), year=year)
    return f"{TITLES[paper.kind].say(paper.lang)}, {span}"
