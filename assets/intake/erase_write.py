"""A delivered file written again without rows: in its own format, else as a workbook of values.

Where a format cannot be written (xls, xlsb, ods) or a workbook holds what the writer would lose, the
same cells go into a new workbook under the same name; formats are known by bytes, so the source, its
mapping and what partners corrected go on as before.
"""

from __future__ import annotations

import contextlib
import io
import tempfile
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from assets.errors import DeliveryRefused
from assets.intake.archive import only_member
from assets.intake.formats import format_of
from assets.intake.grid import Area, Contents, Sheet, Spelling, plain
from assets.intake.readers import REWRITTEN
from assets.intake.records import records
from assets.workbooks import STAMP, member, workbook_bytes

#: Name of a sheet -> its rows, from 1, that go; sheets without any are left out.
Gone = Mapping[str, set[int]]


def written(data: bytes, contents: Contents, gone: Gone, folder: Path) -> Iterator[bytes]:
    """Yield the file without rows, the way that keeps most of it first.

    Parameters
    ----------
    folder
        Where a format that is written to disk only may stand for a moment.
    """
    inner = only_member(data)[1] if contents.member else data
    for made in _ways(inner, contents, gone, folder):
        yield repacked(data, {contents.member: made}) if contents.member else made


def _ways(data: bytes, contents: Contents, gone: Gone, folder: Path) -> Iterator[bytes]:
    if contents.spelling is not None:
        yield text_without(data, contents.spelling, gone[contents.sheet.name])
        return
    kind = format_of(data)
    if kind in ("xlsx", "xlsm"):
        with contextlib.suppress(Exception):  # openpyxl does not read all that calamine does
            yield _workbook_without(data, kind == "xlsm", gone)
    if kind == "sav":
        with contextlib.suppress(Exception):
            yield _sav_without(data, gone[contents.sheet.name], folder)
    with contextlib.suppress(Exception):  # a sign that no workbook may hold
        yield values_workbook((contents.sheet, *contents.others), gone)


def text_without(data: bytes, spelling: Spelling, rows: set[int]) -> bytes:
    """Take records out of a delimited text; every other character stays."""
    lines = _Counted(io.StringIO(data.decode(spelling.encoding), newline=""))
    kept = []
    for number, _ in enumerate(records(lines, spelling), start=1):
        piece = lines.taken()
        if number not in rows:
            kept.append(piece)
    return "".join(kept).encode(spelling.encoding)


def lines_without(data: bytes, rows: set[int]) -> bytes:
    """Take lines out of a text that cannot be read for sure, as ``read_loosely`` counts them."""
    encoding = "utf-16" if data.startswith((b"\xff\xfe", b"\xfe\xff")) else "latin-1"
    lines = data.decode(encoding, errors="strict").splitlines(keepends=True)
    if encoding == "latin-1":  # lines as UTF-8 has them: other signs may part lines there
        lines = [
            each.encode("utf-8", "surrogateescape").decode("latin-1")
            for each in data.decode("utf-8", "surrogateescape").splitlines(keepends=True)
        ]
    return "".join(each for n, each in enumerate(lines, start=1) if n not in rows).encode(encoding)


class _Counted:
    """Lines, and which of them were read since somebody last asked."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._lines, self._held = iter(lines), [""]

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = next(self._lines)
        self._held.append(line)
        return line

    def taken(self) -> str:
        """Return the text read since the last call."""
        text = "".join(self._held)
        self._held.clear()
        return text


def _workbook_without(data: bytes, has_macros: bool, gone: Gone) -> bytes:
    """Take rows out of sheets; shared texts that nothing uses go with them."""
    import openpyxl

    book = openpyxl.load_workbook(io.BytesIO(data), keep_vba=has_macros)
    for name, rows in gone.items():
        for row in sorted(rows, reverse=True):
            book[name].delete_rows(row)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _sav_without(data: bytes, rows: set[int], folder: Path) -> bytes:
    """Write an SPSS file anew, with its labels; row 1 of the sheet are the names of variables."""
    import pyreadstat

    frame, meta = pyreadstat.read_sav(
        io.BytesIO(data), user_missing=True, disable_datetime_conversion=True
    )
    frame = frame.drop(index=[row - 2 for row in rows]).reset_index(drop=True)
    with tempfile.TemporaryDirectory(dir=folder, prefix=".incoming-") as inside:
        path = Path(inside) / "without.sav"
        pyreadstat.write_sav(
            frame,
            path,
            file_label=meta.file_label or "",
            column_labels=meta.column_names_to_labels,
            variable_value_labels=meta.variable_value_labels,
            missing_ranges=meta.missing_ranges,
            variable_format={k: v for k, v in meta.original_variable_types.items() if v},
            variable_measure=dict(meta.variable_measure),
            note=meta.notes,
        )
        return path.read_bytes()


def values_workbook(sheets: Iterable[Sheet], gone: Gone) -> bytes:
    """Return the cells of sheets, as text, in a workbook that says that it stands for another file."""
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell

    book = Workbook(write_only=True)
    for number, sheet in enumerate(sheets, start=1):
        page = book.create_sheet(sheet.name or f"Dati {number}")
        if sheet.state != "visible":
            page.sheet_state = {"hidden": "hidden", "very_hidden": "veryHidden"}[sheet.state]
        out = gone.get(sheet.name, set())
        for area in merged_without(sheet, out):
            page.merged_cells.add(_reference(area))
        for at, row in enumerate(
            zip(*(plain(each).to_pylist() for each in sheet.columns), strict=True)
        ):
            if at + 1 in out:
                continue
            cells = [None if text is None else WriteOnlyCell(page, value=text) for text in row]
            for cell in cells:
                if cell is not None:
                    cell.data_type = "s"  # text, also where it begins as a formula does
            page.append(cells)
    made = workbook_bytes(book)
    with zipfile.ZipFile(stream := io.BytesIO(made), "a") as archive:
        archive.comment = REWRITTEN
    return stream.getvalue()


def merged_without(sheet: Sheet, rows: set[int]) -> list[Area]:
    """Return the merged areas of a sheet as they stand once rows are gone."""
    left = []
    for area in sheet.merged:
        inside = sum(area.first_row <= each <= area.last_row for each in rows)
        above = sum(each < area.first_row for each in rows)
        last = area.last_row - above - inside
        first = area.first_row - above
        is_one = first == last and area.first_column == area.last_column
        if last >= first and not is_one:
            left.append(Area(first, last, area.first_column, area.last_column))
    return sorted(left)


def _reference(area: Area) -> str:
    from assets.intake.grid import letter

    first = f"{letter(area.first_column)}{area.first_row}"
    return f"{first}:{letter(area.last_column)}{area.last_row}"


def repacked(data: bytes, members: Mapping[str, bytes]) -> bytes:
    """Return a zip archive with some members exchanged; comments and other extras do not pass."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(stream, "w") as new:
        for each in old.infolist():
            made = member(each.filename, STAMP.timetuple()[:6])
            made.compress_type = zipfile.ZIP_DEFLATED
            content = members[each.filename] if each.filename in members else old.read(each)
            new.writestr(made, b"" if each.is_dir() else content)
    return stream.getvalue()


def members_of(data: bytes) -> dict[str, bytes]:
    """Return the files of a zip archive that is no workbook; nothing where it cannot be looked into.

    Archives that would swell beyond what a delivery may have are not opened.
    """
    try:
        if format_of(data) != "zip":
            return {}
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            inside = [each for each in archive.infolist() if not each.is_dir()]
            size = sum(each.file_size for each in inside)
            if len(inside) > 1000 or size > max(20_000_000, 200 * len(data)) or size > 10**9:
                return {}
            return {each.filename: archive.read(each) for each in inside}
    except DeliveryRefused:
        return {}
    except Exception:  # noqa: BLE001 - damaged archives fail in many ways
        return {}


def filled(columns: list[list[str | None]]) -> list[list[str | None]]:
    """Return rows of cells, without blank rows and columns at the end."""
    rows = [list(each) for each in zip(*columns, strict=True)]
    while rows and not any(rows[-1]):
        rows.pop()
    width = max((at for row in rows for at, cell in enumerate(row, start=1) if cell), default=0)
    return [row[:width] for row in rows]
