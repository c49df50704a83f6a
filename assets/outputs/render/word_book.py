"""A book for Word: numbered headings, contents and captions that Word keeps up to date."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

from assets.workbooks import member

EPOCH = (1980, 1, 1, 0, 0, 0)
#: Lists of heading numbers (``filters/fields.lua``): of chapters, linked to the styles, and of appendices.
CHAPTERS, APPENDICES = 21, 22
LEVELS = 3
NUMBERED = re.compile(r'(<w:style [^>]*w:styleId="Heading([1-3])".*?<w:keepLines />)', re.DOTALL)
#: Paragraphs of cells; those of lists name their list right after the style.
IN_CELLS = re.compile(r'<w:pStyle w:val="Compact" />(?!<w:numPr>)')
LINES = (
    '<w:tblBorders><w:insideH w:val="single" w:sz="2" w:space="0" w:color="C9D0D6"/></w:tblBorders>'
)
STYLES = """
<w:style w:type="paragraph" w:customStyle="1" w:styleId="TableText"><w:name w:val="Table Text"/>
<w:basedOn w:val="Compact"/><w:qFormat/><w:pPr><w:spacing w:before="20" w:after="20"/></w:pPr>
<w:rPr><w:sz w:val="17"/><w:szCs w:val="17"/></w:rPr></w:style>
<w:style w:type="paragraph" w:customStyle="1" w:styleId="Equation"><w:name w:val="Equation"/>
<w:basedOn w:val="BodyText"/><w:qFormat/></w:style>
<w:style w:type="paragraph" w:styleId="TOC1"><w:name w:val="toc 1"/><w:basedOn w:val="Normal"/>
<w:next w:val="Normal"/><w:uiPriority w:val="39"/><w:unhideWhenUsed/><w:pPr><w:tabs>
<w:tab w:val="right" w:leader="dot" w:pos="9288"/></w:tabs><w:spacing w:before="80" w:after="40"/></w:pPr></w:style>
<w:style w:type="paragraph" w:styleId="TOC2"><w:name w:val="toc 2"/><w:basedOn w:val="Normal"/>
<w:next w:val="Normal"/><w:uiPriority w:val="39"/><w:unhideWhenUsed/><w:pPr><w:tabs>
<w:tab w:val="right" w:leader="dot" w:pos="9288"/></w:tabs><w:spacing w:after="20"/><w:ind w:left="360"/></w:pPr></w:style>
<w:style w:type="paragraph" w:styleId="TableofFigures"><w:name w:val="table of figures"/><w:basedOn w:val="Normal"/>
<w:next w:val="Normal"/><w:uiPriority w:val="99"/><w:unhideWhenUsed/><w:pPr><w:tabs>
<w:tab w:val="right" w:leader="dot" w:pos="9288"/></w:tabs><w:spacing w:after="20"/></w:pPr></w:style>
"""


def prepare(reference: Path, appendix: str) -> Path:
    """Give the Word template the lists, styles and table borders of a book.

    Parameters
    ----------
    reference
        The reference document; written anew.
    appendix
        The word before an appendix's letter.

    Raises
    ------
    ValueError
        pandoc's own template has no such headings.
    """
    parts = _read(reference)
    styles = parts["word/styles.xml"].decode("utf-8")
    styles, found = NUMBERED.subn(_numbered, styles)
    if found != LEVELS:
        raise ValueError("pandoc's reference document has other headings")
    # The default table style: a line between rows, as in print.
    styles = re.sub(
        r'(w:styleId="Table">.*?<w:tblInd [^>]*/>)', rf"\1{LINES}", styles, flags=re.DOTALL
    )
    styles = styles.replace("</w:styles>", f"{STYLES}</w:styles>")
    parts["word/styles.xml"] = styles.encode()
    numbering = parts["word/numbering.xml"].decode("utf-8")
    parts["word/numbering.xml"] = _with_lists(numbering, appendix).encode()
    return _write(reference, parts)


def finish(document: Path, locale: str) -> Path:
    """Mark cells as such, say the language, and ask Word to fill in page numbers when it opens.

    Parameters
    ----------
    document
        The book as pandoc wrote it; written anew.
    locale
        The language with its country, by which Word spells: ``it-IT``.
    """
    parts = _read(document)
    short = locale.partition("-")[0]
    for name, before, after in (
        ("word/styles.xml", f'w:val="{short}"', f'w:val="{locale}"'),
        ("docProps/core.xml", f"<dc:language>{short}<", f"<dc:language>{locale}<"),
    ):
        parts[name] = parts[name].decode("utf-8").replace(before, after).encode()
    body = parts["word/document.xml"].decode("utf-8")
    parts["word/document.xml"] = IN_CELLS.sub('<w:pStyle w:val="TableText" />', body).encode()
    settings = parts["word/settings.xml"].decode("utf-8")
    if "w:updateFields" not in settings:
        # Before what the schema puts after it; Word asks once, and fills in the pages.
        settings = re.sub(
            r"(<w:(?:hdrShapeDefaults|footnotePr|endnotePr|compat|docVars|rsids|m:mathPr|themeFontLang|"
            r"clrSchemeMapping|decimalSymbol)\b)",
            r'<w:updateFields w:val="true"/>\1',
            settings,
            count=1,
        )
    settings = settings.replace(
        '<w:themeFontLang w:val="en-US"', f'<w:themeFontLang w:val="{locale}"'
    )
    parts["word/settings.xml"] = settings.encode()
    return _write(document, parts)


def _numbered(found: re.Match[str]) -> str:
    level = int(found[2]) - 1
    new_page = "<w:pageBreakBefore/>" if level == 0 else ""
    number = f'<w:ilvl w:val="{level}"/><w:numId w:val="{CHAPTERS}"/>'
    return f"{found[1]}{new_page}<w:numPr>{number}</w:numPr>"


def _with_lists(numbering: str, appendix: str) -> str:
    """Return the numbering part with the two lists: definitions stand before their uses."""
    definitions = _list(CHAPTERS, "decimal", "%1", is_linked=True)
    definitions += _list(APPENDICES, "upperLetter", f"{appendix} %1.", is_linked=False)
    uses = "".join(
        f'<w:num w:numId="{each}"><w:abstractNumId w:val="{each}"/></w:num>'
        for each in (CHAPTERS, APPENDICES)
    )
    first = re.search(r"<w:num\b", numbering)
    at = first.start() if first else numbering.index("</w:numbering>")
    numbering = f"{numbering[:at]}{definitions}{numbering[at:]}"
    return numbering.replace("</w:numbering>", f"{uses}</w:numbering>")


def _list(number: int, kind: str, top: str, *, is_linked: bool) -> str:
    levels = ""
    for level in range(LEVELS):
        text = top if level == 0 else ".".join(f"%{each + 1}" for each in range(level + 1))
        style = f'<w:pStyle w:val="Heading{level + 1}"/>' if is_linked else ""
        levels += (
            f'<w:lvl w:ilvl="{level}"><w:start w:val="1"/>'
            f'<w:numFmt w:val="{kind if level == 0 else "decimal"}"/>{style}<w:suff w:val="space"/>'
            f'<w:lvlText w:val="{text}"/><w:lvlJc w:val="left"/>'
            '<w:pPr><w:ind w:left="0" w:firstLine="0"/></w:pPr></w:lvl>'
        )
    return (
        f'<w:abstractNum w:abstractNumId="{number}"><w:multiLevelType w:val="multilevel"/>'
        f"{levels}</w:abstractNum>"
    )


def _read(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as old:
        return {name: old.read(name) for name in old.namelist()}


def _write(path: Path, parts: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name, content in parts.items():
            new.writestr(member(name, EPOCH), content, zipfile.ZIP_DEFLATED)
    return path
