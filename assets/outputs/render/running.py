"""The running head and foot of a Word document: what it is on each page, and which page."""

from __future__ import annotations

import zipfile
from pathlib import Path
from xml.sax.saxutils import escape

from assets.workbooks import member

EPOCH = (1980, 1, 1, 0, 0, 0)
W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml"
#: Page and margins in twentieths of a point; without them Word takes American letter paper.
A4 = (
    '<w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="1418" w:right="1304" w:bottom="1418" '
    'w:left="1304" w:header="709" w:footer="709" w:gutter="0"/>'
)
GREY = '<w:rPr><w:color w:val="4C5A63"/><w:sz w:val="18"/></w:rPr>'
FIELD = (
    f'<w:r>{GREY}<w:fldChar w:fldCharType="begin"/></w:r>'
    f'<w:r>{GREY}<w:instrText xml:space="preserve"> {{}} </w:instrText></w:r>'
    f'<w:r>{GREY}<w:fldChar w:fldCharType="separate"/></w:r><w:r>{GREY}<w:t>1</w:t></w:r>'
    f'<w:r>{GREY}<w:fldChar w:fldCharType="end"/></w:r>'
)


def _text(text: str) -> str:
    return f'<w:r>{GREY}<w:t xml:space="preserve">{escape(text)}</w:t></w:r>'


def _part(tag: str, style: str, body: str) -> str:
    return (
        f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><w:{tag} xmlns:w="{W}"><w:p>'
        f'<w:pPr><w:pStyle w:val="{style}"/><w:jc w:val="center"/></w:pPr>{body}</w:p></w:{tag}>'
    )


def add_running(path: Path, text: str) -> Path:
    """Give a Word template a head with `text`, where it has none, and a foot with the page numbers, on A4.

    Raises
    ------
    ValueError
        The template has no section to name them in.
    """
    with zipfile.ZipFile(path) as old:
        parts = {name: old.read(name) for name in old.namelist()}
    document = parts["word/document.xml"].decode("utf-8")
    if "<w:sectPr>" not in document:
        raise ValueError("pandoc's reference document has no <w:sectPr>")
    pages = f"{FIELD.format('PAGE')}{_text(' / ')}{FIELD.format('NUMPAGES')}"
    added = {"footer": ("rIdFoot", _part("ftr", "Footer", pages))}
    if "w:headerReference" not in document:
        added["header"] = ("rIdHead", _part("hdr", "Header", _text(text)))
    types, links, names = "", "", ""
    for kind, (ident, xml) in sorted(added.items(), reverse=True):
        parts[f"word/{kind}Running.xml"] = xml.encode("utf-8")
        where = f"/word/{kind}Running.xml"
        types += f'<Override PartName="{where}" ContentType="{WORD}.{kind}+xml"/>'
        links += f'<Relationship Type="{R}/{kind}" Id="{ident}" Target="{kind}Running.xml"/>'
        names += f'<w:{kind}Reference w:type="default" r:id="{ident}"/>'
    head, _, tail = document.partition("<w:sectPr>")
    # Heads are named before feet: Word does not mind, its schema does.
    at = tail.find("/>") + 2 if tail.startswith("<w:headerReference") else 0
    tail = tail[:at] + names + tail[at:]
    tail = tail.replace("</w:sectPr>", f"{A4}</w:sectPr>", 1)
    parts["word/document.xml"] = f"{head}<w:sectPr>{tail}".encode()
    for name, end, more in (
        ("[Content_Types].xml", "</Types>", types),
        ("word/_rels/document.xml.rels", "</Relationships>", links),
    ):
        parts[name] = parts[name].decode("utf-8").replace(end, more + end).encode("utf-8")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name, content in parts.items():
            new.writestr(member(name, EPOCH), content)
    return path
