"""Turn an executed document into pandoc markdown, each line still knowing its place."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from assets.outputs.render import numbers
from assets.outputs.render.execute import Executed
from assets.outputs.render.source import INLINE, Cell, Line, Prose

SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~^$@])")
PICTURES = ("image/svg+xml", "image/png")
POINTS_PER_INCH = 72
SVG_WIDTH = re.compile(r'<svg\b[^>]*?\swidth="([\d.]+)pt"', re.DOTALL)


def assemble(
    done: Executed, media: Path, prefix: str, *, dashboard: bool = False, traced: bool = False
) -> list[Line]:
    """Return the markdown lines of one executed document; pictures are written to `media`.

    `traced` asks that every number in it be an object (see ``numbers``).
    """
    lines: list[Line] = []
    number = 0
    for block, outputs, inlines in zip(
        done.document.blocks, done.outputs, done.inlines, strict=True
    ):
        if isinstance(block, Prose):
            lines += _prose(block, inlines, traced=traced)
            continue
        number += 1
        writer = _CellWriter(block, done.document.meta, media, f"{prefix}-{number}", dashboard)
        text = writer.markdown(outputs)
        if traced:
            writer.insist(text)
        if text:
            lines += [block.start.with_text(block.indent + row) for row in ["", *text, ""]]
    return lines


def _prose(
    prose: Prose, results: Sequence[tuple[str | None, str]], *, traced: bool
) -> Iterator[Line]:
    waiting = iter(results)

    def value(_: re.Match[str]) -> str:
        markdown, plain = next(waiting)
        made = SPECIAL.sub(r"\\\1", plain) if markdown is None else markdown.strip()
        made = numbers.spans(made)
        if traced:
            numbers.insist(made, line, "an inline expression")
        return made

    for line in prose.lines:
        if traced:
            numbers.insist_on_prose(line)
        yield line if line.verbatim else line.with_text(INLINE.sub(value, line.text))


def attribute(value: object) -> str:
    """Quote a value for a pandoc attribute."""
    text = str(value).replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ")
    return f'"{text}"'


class _CellWriter:
    def __init__(
        self, cell: Cell, meta: Mapping[str, Any], media: Path, name: str, dashboard: bool
    ) -> None:
        self.cell, self.media, self.dashboard = cell, media, dashboard
        defaults = meta.get("execute") or {}
        self.options: dict[str, Any] = {**defaults, **cell.options}
        self.label = str(self.options.get("label", ""))
        self.name = re.sub(r"[^A-Za-z0-9-]", "-", self.label) or name
        self.pictures = 0
        self.untraced = False
        self.data: list[Mapping[str, str]] = []
        self.tables = 0

    def markdown(self, outputs: Sequence[Mapping[str, Any]]) -> list[str]:
        """Return the cell's markdown: code if echoed, outputs, wrapped as its label asks."""
        if self.options.get("include") is False:
            return []
        code = self._code() if self.options.get("echo", False) else []
        shown = self.options.get("output", True)
        title, body = self._outputs(outputs, asis=shown == "asis")
        if shown is False:
            body = []
        body = self._labelled(body)
        body += self._links() if body else []
        if self.dashboard and body:
            return self._card(title, body)
        return code + body

    def insist(self, text: Sequence[str]) -> None:
        """Raise RenderError where the cell shows a number that is no object.

        Its own options, code and captions are a person's words; they are left out.
        """
        own = {str(value) for value in self.options.values()} | {x.text for x in self.cell.code}
        own |= {SPECIAL.sub(r"\\\1", text) for text in own}
        rows = [row for row in text if row not in own and not row.startswith(("![](", "::"))]
        numbers.insist("\n".join(rows), self.cell.start, "the cell")
        if self.untraced:
            what = "the figure does not come from the kit: its numbers name no origin"
            raise self.cell.start.error(what)

    def _code(self) -> list[str]:
        block = ["``` python", *(line.text for line in self.cell.code), "```", ""]
        if self.options.get("code-fold") in (True, "show"):
            return ["::: {.code-fold}", *block, ":::", ""]
        return block

    def _card(self, title: str, body: list[str]) -> list[str]:
        title = title or str(self.options.get("title", ""))
        size = "".join(
            f" {key}={attribute(self.options[key])}"
            for key in ("width", "height")
            if key in self.options
        )
        return [f"::::: {{.card title={attribute(title)}{size}}}", *body, ":::::"]

    def _labelled(self, body: list[str]) -> list[str]:
        if not body:
            if self.label.startswith(("fig-", "tbl-")) and self.options.get("output", True):
                raise self.cell.start.error(f"the cell labelled '{self.label}' shows nothing")
            return body
        if self.pictures and (self.label.startswith("fig-") or "fig-cap" in self.options):
            return self._wrapped("fig", body, "fig-cap")
        if self.label.startswith("fig-"):
            raise self.cell.start.error(f"the cell labelled '{self.label}' makes no figure")
        if self.label.startswith("tbl-") or "tbl-cap" in self.options:
            return self._wrapped("tbl", body, "tbl-cap")
        return body

    def _wrapped(self, kind: str, body: list[str], caption: str) -> list[str]:
        # A caption without a label is a figure too, only without a number.
        mark = f"#{self.label}" if self.label.startswith(f"{kind}-") else f".plain-{kind}"
        words = [str(self.options[caption]), ""] if caption in self.options else []
        has_caption = 'has-caption="true"' if words else 'has-caption="false"'
        return [f":::: {{{mark} {has_caption}}}", *body, "", *words, "::::"]

    def _outputs(
        self, outputs: Sequence[Mapping[str, Any]], *, asis: bool
    ) -> tuple[str, list[str]]:
        title, body = "", []
        for output in outputs:
            if output["output_type"] == "stream":
                if output["name"] != "stdout":
                    continue
                text = str(output["text"])
                if self.dashboard and text.startswith("title="):
                    first, _, text = text.partition("\n")
                    title = first.removeprefix("title=").strip()
                body += self._text(text, asis)
            elif "data" in output:
                body += self._bundle(output["data"], output.get("metadata") or {}, asis)
        return title, body

    def _text(self, text: str, asis: bool) -> list[str]:
        if not text.strip():
            return []
        if asis:
            return [*numbers.spans(text).splitlines(), ""]
        return ["``` {.cell-output}", *text.rstrip("\n").splitlines(), "```", ""]

    def _bundle(self, data: Mapping[str, Any], about: Mapping[str, Any], asis: bool) -> list[str]:
        if "text/markdown" in data:
            return ["", *str(data["text/markdown"]).splitlines(), ""]
        if any(kind in data for kind in PICTURES):
            return self._picture(data, about)
        if "text/html" in data:
            raise self.cell.start.error(
                "the cell shows HTML only, which PDF and Word cannot hold: show Markdown instead"
                " (IPython.display.Markdown, or end the cell with ';')"
            )
        return self._text(str(data.get("text/plain", "")), asis)

    def _picture(self, data: Mapping[str, Any], about: Mapping[str, Any]) -> list[str]:
        self.pictures += 1
        self.untraced |= not any(about.get(kind, {}).get("traced") for kind in PICTURES)
        name = f"{self.name}-{self.pictures}"
        size = ""
        for kind in PICTURES:
            if kind not in data:
                continue
            if kind == "image/png":
                content = base64.b64decode(data[kind])
            else:
                content = str(data[kind]).encode()
                width = SVG_WIDTH.search(str(data[kind]))
                if width:
                    size = f" width={float(width.group(1)) / POINTS_PER_INCH:.3f}in"
            (self.media / f"{name}.{kind[6:9]}").write_bytes(content)
        suffix = "svg" if PICTURES[0] in data else "png"
        # A figure that knows its own description (made from its data) is believed first.
        own = next((about[x]["alt"] for x in PICTURES if about.get(x, {}).get("alt")), None)
        alt = own or self.options.get("fig-alt")
        words = f" fig-alt={attribute(alt)}" if alt else ""
        self.data += [about[x]["data"] for x in PICTURES[:1] if about.get(x, {}).get("data")]
        return [f"![](media/{name}.{suffix}){{.cell-figure{words}{size}}}", ""]

    def _links(self) -> list[str]:
        """Return links to the numbers that the cell's figures draw; a page holds them, paper does not."""
        rows: list[str] = []
        for each in self.data:
            about = f"{{.figure-data download={attribute(each['name'])}}}"
            link = f"[{each['words']}]({each['href']}){about}"
            rows += ["", '::: {.content-visible when-format="html"}', link, ":::"]
        return rows
