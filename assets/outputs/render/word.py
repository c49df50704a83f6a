"""The Word template: pandoc's own reference document with our few styles added."""

from __future__ import annotations

import subprocess
import zipfile
from pathlib import Path

from assets.outputs.render.pandoc import pandoc_path

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


def reference_docx(path: Path) -> Path:
    """Write the reference document to `path`, the same bytes each time."""
    done = subprocess.run(
        [pandoc_path(), "--print-default-data-file", "reference.docx"],
        capture_output=True,
        check=True,
    )
    original = path.with_suffix(".pandoc.docx")
    original.write_bytes(done.stdout)
    with zipfile.ZipFile(original) as old, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = old.read(name)
            if name == "word/styles.xml":
                text = content.decode("utf-8")
                content = text.replace("</w:styles>", CALLOUT_STYLES + "</w:styles>").encode()
            new.writestr(zipfile.ZipInfo(name, EPOCH), content)
    return path
