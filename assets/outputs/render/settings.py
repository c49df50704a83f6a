"""What pandoc is told besides the text: titles, words, style sheets, the stamp."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from assets.outputs.render import numbers
from assets.outputs.render.assemble import SPECIAL
from assets.outputs.render.book import Plan, format_options
from assets.outputs.render.job import RenderJob
from assets.outputs.render.pandoc import TEMPLATES, pandoc_version
from assets.outputs.render.problems import RenderError
from assets.outputs.render.words import CALLOUTS, CLASSES, WORDS

ENGINE_VERSION = "1"
#: What a page of an unpublished release says, whole and in a word; given by the caller.
WATERMARK = ("watermark", "watermark-word")
BRAND = Path("brand") / "lunattiva.css"
BRAND_ENV = "LUNATTIVA_BRAND_CSS"


def generator() -> str:
    """Return the stamp every result carries."""
    return f"lunattiva embedded renderer {ENGINE_VERSION} / pandoc {pandoc_version()}"


def brand_css(job: RenderJob) -> Path | None:
    """Return the house's style sheet: named in the environment, or brand/lunattiva.css nearby."""
    named = job.env.get(BRAND_ENV)
    if named:
        if not Path(named).is_file():
            raise RenderError(f"{BRAND_ENV} names a file that does not exist", file=job.source)
        return Path(named)
    folders = (job.folder, job.folder.parent / "reports")
    return next((f / BRAND for f in folders if (f / BRAND).is_file()), None)


def write_settings(
    job: RenderJob, plan: Plan, temp: Path, about: Mapping[str, Any] = MappingProxyType({})
) -> None:
    """Write what pandoc needs: metadata (texts, read as Markdown) and variables (as they are).

    `about` is what the page must know of the numbers it shows.
    """
    lang = job.lang
    brand = brand_css(job)
    meta, words = plan.meta, WORDS[lang]
    title = str(meta.get("title", job.stem))
    metadata: dict[str, Any] = {
        "title": title,
        "toc-title": words["toc"],
        "author": [literal(name) for name in authors(meta)],
        "link-citations": True,
        "document-css": False,
        "lunattiva": _filter_settings(plan, lang),
    }
    if meta.get("subtitle"):
        metadata["subtitle"] = str(meta["subtitle"])
    if meta.get("date"):
        metadata["date"] = literal(str(meta["date"]))
    variables: dict[str, Any] = {
        "lang": lang,
        "kind": plan.kind,
        "generator": generator(),
        "footer": str(meta.get("footer", "")) or generator(),
        "chapters": plan.kind == "book",
        "brand-css": brand.read_text(encoding="utf-8") if brand else "",
        "base-css": _base_css(plan.kind),
        "script": "".join((TEMPLATES / f"{x}.js").read_text("utf-8") for x in ("theme", "page")),
        **{f"word-{key}": words[key] for key in ("skip", "toc", "pages", "dark")},
        **{key: str(meta[key]) for key in WATERMARK if meta.get(key)},
        "running-head": str(meta.get("running-head", "")),
        "watermark-label": words["watermark"],
        "page-columns": str(format_options(meta, "typst").get("columns", "")),
    }
    if about:
        variables["numbers"] = numbers.script(about)
        variables["numbers-script"] = (TEMPLATES / "numbers.js").read_text(encoding="utf-8")
        metadata["lunattiva"]["numbers"] = True
    defaults = {"metadata": {"lang": lang}, "variables": variables}
    for name, content in (("settings.json", metadata), ("defaults.yaml", defaults)):
        (temp / name).write_text(json.dumps(content), encoding="utf-8", newline="\n")


def _filter_settings(plan: Plan, lang: str) -> dict[str, Any]:
    meta, book = plan.meta, plan.kind == "book"
    dashboard = format_options(meta, "dashboard")
    return {
        "words": WORDS[lang],
        "watermark": str(meta.get("watermark-word", "")),
        "callouts": CALLOUTS[lang],
        "classes": [*CLASSES, *(meta.get("lunattiva-classes") or [])],
        "flags": [f"is-{lang}"],
        "numbered": bool(meta.get("number-sections", book)),
        "chapters": book,
        "dashboard": plan.kind == "dashboard",
        "orientation": str(dashboard.get("orientation", meta.get("orientation", "rows"))),
    }


def _base_css(kind: str) -> str:
    own = "dashboard.css" if kind == "dashboard" else "book.css"
    return "\n".join(
        (TEMPLATES / name).read_text(encoding="utf-8")
        for name in ("base.css", "buttons.css", "numbers.css", own)
    )


def literal(text: str) -> str:
    """Return a text that is no Markdown, such as a name, as Markdown that reads as it stands."""
    return SPECIAL.sub(r"\\\1", text)


def authors(meta: Mapping[str, Any]) -> list[str]:
    """Return author names whatever form Quarto lets them take."""
    found = meta.get("author") or []
    entries = found if isinstance(found, list) else [found]
    return [str(x.get("name", "")) if isinstance(x, Mapping) else str(x) for x in entries]
