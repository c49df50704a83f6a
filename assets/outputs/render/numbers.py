"""Numbers of a page: marked as what they are, refused where they are not, and what a click shows.

A job whose environment names a reading kit (``LUNATTIVA_NUMBERS``) is checked: each digit in what
its cells and inline expressions give lies in a number object, ``[12]{.num data-n=...}``, or in a
text that measures nothing and says why, ``[2022]{.fixed data-why=date}``. What a person writes in
the document itself may hold years, dates and counts of things; a decimal or a percentage there
must be marked. This is the renderer's own reading of those marks: the kit has another.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from assets.outputs.render.source import INLINE, Line

MODE = "LUNATTIVA_NUMBERS"
MIME = "application/vnd.lunattiva.numbers+json"
#: Asks the kit what the page must know of the numbers it shows; published like any output.
SETUP = f'''
def _lunattiva_numbers(name):
    import sys
    from IPython.display import publish_display_data
    kit = sys.modules.get(name)
    publish_display_data({{"{MIME}": kit.origins() if kit else {{}}}})
'''
#: The same question where no kernel is left to ask: names on standard input, JSON on the output.
ASK = """
import importlib, json, sys
kit = importlib.import_module(sys.argv[1])
print(json.dumps(kit.origins(json.load(sys.stdin), sys.argv[2])))
"""
NAMED = re.compile(r'data-n="([^"]+)"|"[^"]*\bn-([A-Z2-7]{9})-[0-9]+"')
MARKED = re.compile("\ue000([^\ue000\ue001\ue002]*)\ue001([^\ue000\ue001\ue002]*)\ue002")
SPAN = re.compile(r"\[(?:[^\[\]\\]|\\.)*\]\{\.(?:num\s+data-n=[^{}\s]+|fixed\b[^{}]*)\}")
#: A span around what pandoc reads as one word and leaves as it is.
PLAIN_SPAN = re.compile(
    r"\[((?:\.(?!\.)|[0-9A-Za-z\u00c0-\u00ff,%+\u2212()/:;=\u00a0\u200b])+)\]"
    r"\{\.(?:num data-n=([^{}\s]+)|fixed data-why=([a-z]+))\}"
)
#: A table with a longer row takes the whole width, in the shares of its dashes.
WIDE = 72
ATTRIBUTES = re.compile(r"\{[^{}]*\}|\]\([^)]*\)")
#: A citation or reference in what a cell gives: data never hold one, their ``@`` is escaped.
CITED = re.compile(r"\[[^\[\]]*(?<![\w\\])@[A-Za-z][^\[\]]*\]|(?<![\w\\])@[A-Za-z][\w:-]*")
BARE = re.compile(r"\S*\d\S*")
#: In prose: code, mathematics, links and citations hold digits that measure nothing.
QUIET = re.compile(r"`[^`]*`|\$[^$]*\$|\{[^{}]*\}|\]\([^)]*\)|\[?-?@[\w:.-]+[^\]]*\]?")
MEASURE = re.compile(r"\d+[.,]\d+|\d+[\s\u00a0]?%")
LONGEST = 40
TEMPLATES = Path(__file__).parent / "templates"
#: The few names of the house style that the dialog's own sheet uses.
COLOURS = ":where(:root) { --ink: #1d2433; --muted: #515b6e; --paper: #fff; --accent: #1f4e8c; --radius: .6rem; }\n"


def spans(text: str) -> str:
    """Return text with pandoc's spans for the kit's marks."""
    found = 1
    while found:
        text, found = MARKED.subn(_span, text)
    return text


def _span(match: re.Match[str]) -> str:
    name, text = match.groups()
    kind = f".fixed data-why={name[1:]}" if name.startswith("=") else f".num data-n={name}"
    return f"[{text}]{{{kind}}}"


def shortened(text: str) -> str:
    """Return Markdown with marks for the spans in tables, which pandoc then carries as plain letters.

    Tables hold thousands of numbers, and a span costs pandoc more than all else in its cell. Only
    what stays one word is marked. A row longer than `WIDE` stays so: its table has widths then.
    """
    return "\n".join(map(_shortened, text.split("\n")))


def _shortened(row: str) -> str:
    if not row.startswith("|"):
        return row
    made = PLAIN_SPAN.sub(lambda m: f"\ue000{m[2] or '=' + m[3]}\ue001{m[1]}\ue002", row)
    if len(row) <= WIDE or len(made) > WIDE:
        return made
    return made.rstrip().removesuffix("|").ljust(WIDE) + "|"


def with_spans(page: str) -> str:
    """Return a page with HTML spans for the marks of `shortened`."""

    def span(match: re.Match[str]) -> str:
        name, text = match.groups()
        about = f'fixed" data-why="{name[1:]}' if name.startswith("=") else f'num" data-n="{name}'
        return f'<span class="{about}">{text}</span>'

    return MARKED.sub(span, page)


def without_marks(text: str) -> str:
    """Return text without the marks of `shortened`: what is no page shows no origins."""
    return MARKED.sub(r"\2", text)


def stray(text: str) -> str:
    """Return the first number of some generated Markdown that is no object; empty where all are."""
    return _first(CITED.sub("", ATTRIBUTES.sub("", _without_spans(text))), BARE)


def stray_in_prose(text: str) -> str:
    """Return the first decimal or percentage that a person wrote without marking it."""
    return _first(QUIET.sub("", _without_spans(INLINE.sub("", text))), MEASURE)


def _without_spans(text: str) -> str:
    found = 1
    while found:
        text, found = SPAN.subn("", text)
    return text


def _first(text: str, pattern: re.Pattern[str]) -> str:
    match = pattern.search(text)
    return match.group()[:LONGEST] if match else ""


def insist(text: str, line: Line, what: str) -> None:
    """Raise RenderError where generated Markdown shows a number that is no object.

    What is quoted was made from released tables: it is on its way into the page.
    """
    found = stray(text)
    if found:
        raise line.error(
            f"{what} shows the number '{found}', which says nothing of where it comes from: take it "
            "from the kit, mark it with k.mark(text, cell) or, if it measures nothing, k.plain(text, why)"
        )


def insist_on_prose(line: Line) -> None:
    """Raise RenderError where a person's own line holds a decimal or a percentage without a mark."""
    found = "" if line.verbatim else stray_in_prose(line.text)
    if found:
        raise line.error(
            f"the text holds the number '{found}': take it from the kit, or, if it measures nothing "
            f"here, write it as [{found}]{{.fixed data-why=source}}"
        )


def merged(parts: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Return one page's knowledge of its numbers from that of its chapters, each text once."""
    made: dict[str, Any] = {}
    places: dict[str, int] = {}
    for part in parts:
        if not part:
            continue
        if not made:
            made = {**part, "numbers": {}}
        texts = part["texts"]
        for name, fields in part["numbers"].items():
            at = [places.setdefault(texts[place], len(places)) for place in [0, *fields]]
            made["numbers"][name] = at[1:]
    return {**made, "texts": list(places)} if made else {}


def script(about: Mapping[str, Any]) -> str:
    """Return the page's knowledge of its numbers as JSON that may stand in a script element."""
    text = json.dumps(about, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    return text.replace("<", "\\u003c") if about else ""


def names_in(page: str) -> list[str]:
    """Return the names of the numbers in a finished page, each once, in order."""
    found = (name for pair in NAMED.findall(page) for name in "+".join(pair).split("+") if name)
    return list(dict.fromkeys(name.partition(".")[0] for name in found))


def told_in(page: str, about: Mapping[str, Any], *, is_themed: bool = False) -> str:
    """Return a finished page that knows what its numbers rest on and shows it at a click.

    Parameters
    ----------
    about
        What ``merged`` returns; other languages of the same numbers below ``also``. May be empty.
    is_themed
        Whether the page has a button for the dark theme that is to work.
    """
    styles = ["buttons"] + (["numbers"] if about else [])
    parts = [f"<style>\n{COLOURS}{''.join(_template(f'{x}.css') for x in styles)}</style>"]
    if is_themed:
        parts.append(f"<script>\n{_template('theme.js')}</script>")
    if about:
        parts.append(f'<script type="application/json" id="numbers">{script(about)}</script>')
        parts.append(f"<script>\n{_template('numbers.js')}</script>")
    head, end, tail = page.rpartition("</body>")
    return head + "\n".join(parts) + "\n" + end + tail


def _template(name: str) -> str:
    return (TEMPLATES / name).read_text(encoding="utf-8")
