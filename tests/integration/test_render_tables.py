"""Long tables on paper: no row alone on a sheet, the caption with the first rows."""

from __future__ import annotations

import pytest
from pypdf import PdfReader

from assets.outputs.render import RenderError, RenderJob, render

#: Rows, and lines of text above them. A sheet holds 56 rows: the first three would leave one row or two
#: to the next sheet, the last begins where caption and head alone have room.
SHAPES = ((57, 0), (58, 0), (30, 18), (30, 32))


def table(rows: int, above: int = 0) -> str:
    """Return a table whose rows say which they are, on a new sheet below some lines."""
    body = "\n".join(f"| t{rows}a{above}r{n}; | {n} |" for n in range(rows))
    lines = "\n\n".join(["Riga."] * above)
    named = f": Didascalia t{rows}a{above}c; {{#tbl-t{rows}a{above}}}"
    return (
        f"{{{{< pagebreak >}}}}\n\n{lines}\n\n| Riga | Numero |\n|:---|---:|\n{body}\n\n{named}\n"
    )


def test_no_row_stands_alone_and_a_caption_stays_with_its_table(tmp_path):
    source = tmp_path / "tabelle.qmd"
    text = "".join(table(*each) for each in SHAPES)
    source.write_text(f"---\ntitle: T\nlang: it\nformat: typst\n---\n\n{text}", "utf-8")
    made = render(RenderJob(source, tmp_path, "t", formats=("pdf",)), engine="embedded").paths[0]
    sheets = [page.extract_text() for page in PdfReader(made).pages]
    parted = 0
    for rows, above in SHAPES:
        name = f"t{rows}a{above}"
        held = [sum(f"{name}r{n};" in sheet for n in range(rows)) for sheet in sheets]
        held = [each for each in held if each]
        assert sum(held) == rows and min(held) >= 3, (name, held)
        parted += len(held) > 1
        assert any(f"{name}c;" in sheet and f"{name}r1;" in sheet for sheet in sheets), name
    assert parted == 3, "else nothing is shown"


@pytest.mark.parametrize("listed", ["- @tbl-due: Due\n- @tbl-uno: Uno", ""])
def test_a_list_that_leaves_a_table_out_or_in_another_order_is_refused(tmp_path, listed):
    source = tmp_path / "elenco.qmd"
    tables = "\n".join(
        f"| A |\n|---|\n| b |\n\n: {x} {{#tbl-{x.lower()}}}\n" for x in ("Uno", "Due")
    )
    source.write_text(
        f"---\nformat: html\n---\n\n::: {{.list-of-tables}}\n{listed}\n:::\n\n{tables}", "utf-8"
    )
    with pytest.raises(RenderError, match="the list has '") as caught:
        render(RenderJob(source, tmp_path, "e"), engine="embedded")
    assert caught.value.line == 5
