"""The offline page: one HTML file that codes a file in a browser, without server or network.

Its Content-Security-Policy allows exactly the script and style written into it, by their hashes,
and no connection of any kind.
"""

from __future__ import annotations

import base64
import hashlib
import html
import json
from pathlib import Path

from assets.coding.shared import shared
from schemas.fields import AGE_BANDS

FOLDER = Path(__file__).with_name("page")
#: In the order in which they are run; vendored libraries first (``vendor/VENDORED.md``).
SCRIPTS = (
    "vendor/noble-hashes.js",
    "vendor/fflate.js",
    "core.js",
    "table.js",
    "csv.js",
    "xlsx.js",
    "xlsx_write.js",
    "app.js",
    "wiring.js",
)


def page_html(programme: str = "") -> str:
    """Return the page; the same bytes each time.

    Parameters
    ----------
    programme
        What its field for the programme's name holds at first.
    """
    script, style = _script(), _text("style.css")
    filled = {
        "policy": _policy(script, style),
        "style": style,
        "programme": html.escape(programme, quote=True),
        "script": script,
    }
    page = _text("index.html")
    for name, text in filled.items():
        page = page.replace("{{" + name + "}}", text, 1)
    return page


def _script() -> str:
    bands = [[name, low, high] for name, (low, high) in AGE_BANDS.items()]
    data = {"SHARED": shared(), "BANDS": bands, "WORDS": json.loads(_text("words.json"))}
    lines = ["", '"use strict";']
    lines += [f"const {name} = {_as_script(value)};" for name, value in data.items()]
    return "\n".join([*lines, *(_text(name) for name in SCRIPTS)])


def _as_script(value: object) -> str:
    # A closing tag inside a text would end the script.
    return json.dumps(value, ensure_ascii=True, sort_keys=False).replace("</", "<\\/")


def _policy(script: str, style: str) -> str:
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src '{_hash(script)}'",
            f"style-src '{_hash(style)}'",
            "img-src data:",
            "connect-src 'none'",
            "form-action 'none'",
            "base-uri 'none'",
        )
    )


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _text(name: str) -> str:
    return (FOLDER / name).read_text(encoding="utf-8")
