"""The Word template: pandoc's own reference document with our few styles added."""

from __future__ import annotations

import subprocess
import zipfile
from pathlib import Path
from xml.sax.saxutils import escape

from assets.outputs.render.pandoc import pandoc_path
from assets.workbooks import member

EPOCH = (1980, 1, 1, 0, 0, 0)
CALLOUT_STYLES = """
<w:style w:type="paragraph" w:customStyle="1" w:styleId="Callout">
<w:name w:val="Callout"/><w:basedOn w:val="BodyText"/><w:qFormat/>
<w:pPr><w:pBdr><w:left w:val="single" w:sz="24" w:space="8" w:color="1F4E8C"/></w:pBdr>
<w:shd w:val="clear" w:color="auto" w:fill="F3F5F9"/><w:ind w:left="240"/></w:pPr></w:style>
<w:style w:type="paragraph" w:customStyle="1" w:styleId="CalloutTitle">
<w:name w:val="Callout Title"/><w:basedOn w:val="Callout"/><w:next w:val="Callout"/><w:qFormat/>
<w:pPr><w:keepNext/></w:pPr><w:rPr><w:b/><w:color w:val="1F4E8C"/></w:rPr></w:style>
"""
W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
HEADER = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<w:hdr xmlns:w="{w}"><w:p><w:pPr><w:jc w:val="center"/></w:pPr><w:r><w:rPr><w:b/>'
    '<w:color w:val="7A1022"/></w:rPr><w:t xml:space="preserve">{text}</w:t></w:r></w:p></w:hdr>'
)
#: Part of the document -> what stands there -> what stands there with a header on every page.
HEADED = {
    "[Content_Types].xml": (
        "</Types>",
        '<Override PartName="/word/header1.xml" ContentType="application/vnd.openxmlformats-'
        'officedocument.wordprocessingml.header+xml"/></Types>',
    ),
    "word/_rels/document.xml.rels": (
        "</Relationships>",
        f'<Relationship Type="{R}/header" Id="rIdMark" Target="header1.xml"/></Relationships>',
    ),
    "word/document.xml": (
        "<w:sectPr>",
        '<w:sectPr><w:headerReference w:type="default" r:id="rIdMark"/>',
    ),
}


def reference_docx(path: Path, watermark: str = "") -> Path:
    """Write the reference document to `path`, the same bytes each time; `watermark` heads each page."""
    done = subprocess.run(
        [pandoc_path(), "--print-default-data-file", "reference.docx"],
        capture_output=True,
        check=True,
    )
    original = path.with_suffix(".pandoc.docx")
    original.write_bytes(done.stdout)
    with zipfile.ZipFile(original) as old, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = old.read(name).replace(b"\r\n", b"\n")  # as pandoc has it on Windows
            if name == "word/styles.xml":
                text = content.decode("utf-8")
                content = text.replace("</w:styles>", CALLOUT_STYLES + "</w:styles>").encode()
            if watermark and name in HEADED:
                content = _headed(content.decode("utf-8"), name).encode("utf-8")
            new.writestr(member(name, EPOCH), content)
        if watermark:
            header = HEADER.format(w=W, text=escape(watermark))
            new.writestr(member("word/header1.xml", EPOCH), header)
    return path


def _headed(text: str, name: str) -> str:
    """Return a part of the document in which the header is named."""
    before, after = HEADED[name]
    if before not in text:
        raise ValueError(f"pandoc's reference document has no {before} in {name}")
    return text.replace(before, after)
