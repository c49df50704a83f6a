"""Whatever format a delivery has, a forgotten person leaves it, and everybody else stays in it."""

from __future__ import annotations

import io
import zipfile
from datetime import date
from pathlib import Path

import openpyxl
import pandas as pd
import pyreadstat
import pytest

from assets.intake.readers import read_contents, read_loosely
from assets.layout import Layout
from pipelines import erasing
from pipelines.forget import Done, forget
from tests.integration.malformed import workbook_files as make
from tests.returns_sample import process
from tests.unit.programmes import PROGRAMME

ON = date(2022, 11, 22)
CODE = "LUN-0417"
SOURCE = """\
partner: agape
sources:
  - source: emporio
    dataset: service_access
    label: {it: Emporio, en: Emporio}
    files: ["emporio*"]
    every: quarter
    reader: {READER}
    columns:
      service_code: {value: emporio}
      contact_date: {from: Data}
      person_code: {from: Tessera}
      points_n: {from: Punti}
"""
HEADINGS = ["Data", "Tessera", "Punti"]
ROWS = [["01/02/2022", "LUN-0001", "10"], ["02/02/2022", CODE, "20"], ["03/02/2022", "LUN-0002", "30"],
        ["04/02/2022", " lun-0417 ", "40"], ["05/02/2022", "LUN-0003", "50"]]  # fmt: skip
KEPT = [HEADINGS, ROWS[0], ROWS[2], ROWS[4]]
TEXT = "\r\n".join(";".join(row) for row in [HEADINGS, *ROWS]) + "\r\n"


def place(root: Path, name: str, data: bytes, reader: str = "{}") -> tuple[Layout, Path]:
    folder = root / "raw" / "tiny"
    path = folder / "agape" / "2022Q1" / name
    path.parent.mkdir(parents=True)
    (folder / "programme.yml").write_text(PROGRAMME, encoding="utf-8")
    (folder / "agape" / "source.yml").write_text(SOURCE.replace("{READER}", reader), "utf-8")
    path.write_bytes(data)
    return Layout(root, "tiny"), path


def erase(layout: Layout, made: dict[str, pd.DataFrame] | None = None) -> Done:
    """Forget the person; ``made`` takes what the rebuild reads, which is left out without it."""

    def rebuild(where: Layout) -> bool:
        if made is not None:
            made.update(process(where))
        return True

    return forget(layout, CODE, "DPO", None, ON, rebuild)


def xls() -> bytes:
    def fill(book: object, sheet: object) -> None:
        for at, row in enumerate([HEADINGS, *ROWS]):
            for place_, cell in enumerate(row):
                sheet.write(at, place_, cell)  # type: ignore[attr-defined]

    return make.xls(fill)


def ods() -> bytes:
    cells = (
        [make.ods_cell("string", f"<text:p>{cell}</text:p>") for cell in row]
        for row in [HEADINGS, *ROWS]
    )
    return make.ods("".join(make.ods_row(*row) for row in cells))


def zipped(**members: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.comment = CODE.encode()
        for name, data in members.items():
            archive.writestr(name.replace("_", "."), data)
    return stream.getvalue()


def xlsx_with_formula() -> bytes:
    """A workbook whose formula the writer would lose, with the person on a sheet nobody reads too."""
    book = openpyxl.Workbook()
    for row in [HEADINGS, *ROWS]:
        book.active.append(row)
    other = book.create_sheet("Altro")
    for row in (["Codice", "Nota"], [CODE, "x"], ["LUN-0001", "y"]):
        other.append(row)
    stream = io.BytesIO()
    book.save(stream)
    parts = make.unzipped(stream.getvalue())
    name = "xl/worksheets/sheet1.xml"
    text = parts[name].decode()
    cell = text[text.index('<c r="C2"') :].split("</c>")[0] + "</c>"
    return make.zipped(
        {
            **parts,
            name: text.replace(cell, '<c r="C2" t="str"><f>"1"&amp;"0"</f><v>10</v></c>').encode(),
        }
    )


FILES = {
    "emporio.xls": (xls, "{format: xls}"),
    "emporio.ods": (ods, "{format: ods}"),
    "emporio.zip": (lambda: zipped(emporio_csv=TEXT.encode()), "{}"),
    "emporio_xls.zip": (lambda: zipped(emporio_xls=xls()), "{}"),
    "emporio.xlsx": (xlsx_with_formula, "{sheet: Sheet}"),
}


@pytest.mark.parametrize("name", FILES)
def test_the_person_leaves_and_everybody_else_is_read_as_before(tmp_path: Path, name: str) -> None:
    make_file, reader = FILES[name]
    layout, path = place(tmp_path, name, make_file(), reader)
    before = process(layout)["sorting_service_access__accepted"]
    assert list(before["points_n"]) == [10, 20, 30, 40, 50]
    frames: dict[str, pd.DataFrame] = {}
    done = erase(layout, frames)
    assert done.held and done.removed.files == {f"agape/2022Q1/{name}": 2}
    after = frames["sorting_service_access__accepted"]
    assert list(after["points_n"]) == [10, 30, 50]
    assert list(after["contact_date"]) == [before["contact_date"][at] for at in (0, 2, 4)]
    for data in (path.read_bytes(), *(each.read_bytes() for each in layout.vault.iterdir())):
        assert CODE.lower().encode() not in data.lower() + unpacked(data).lower()
    again = erasing.complete(layout, ON)
    assert (again.files, again.left) == ({}, [])


def unpacked(data: bytes) -> bytes:
    if not data.startswith(b"PK"):
        return b""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = [archive.read(name) for name in archive.namelist()]
    return b"".join([*parts, *map(unpacked, parts)])


def test_an_spss_file_keeps_its_labels(tmp_path: Path) -> None:
    from assets.forgotten import with_key
    from assets.intake.corrections import load_corrections
    from assets.intake.erase import erasure_of
    from assets.intake.find import find_files
    from pipelines.forget import _trial

    frame = pd.DataFrame(
        {"Data": [each[0] for each in ROWS], "Tessera": [each[1] for each in ROWS], "Punti": [1.0, 2.0, 3.0, 4.0, 9.0]}
    )  # fmt: skip
    pyreadstat.write_sav(
        frame, tmp_path / "a.sav", column_labels=["Giorno", "Codice", "Punti presi"],
        variable_value_labels={"Punti": {1.0: "uno", 3.0: "tre"}}, missing_ranges={"Punti": [9.0]},
    )  # fmt: skip
    data = (tmp_path / "a.sav").read_bytes()
    layout, _ = place(tmp_path / "root", "emporio.sav", data)
    (found,) = find_files(layout)
    gone = _trial(with_key(layout), [(CODE, None)])
    made = erasure_of(layout, found, data, gone, load_corrections(layout))
    assert made.rows == (3, 5) and made.made is not None and made.made.startswith(b"$FL")
    old, new = (read_contents(each, "a.sav", None) for each in (data, made.made))
    assert [new.sheet.row(at) for at in range(1, 5)] == [old.sheet.row(at) for at in (1, 2, 4, 6)]
    assert (new.sheet.labels, new.sheet.typed) == (old.sheet.labels, old.sheet.typed)
    assert CODE.encode() not in made.made
    assert not [each for each in layout.store.rglob("*") if each.suffix == ".sav"]


REFUSED = {
    "altro.csv": TEXT.encode(),  # no source expects it
    "emporio.zip": zipped(a_csv=TEXT.encode(), b_xls=xls()),  # several files
    "emporio.csv": TEXT.replace("LUN-0001;10", 'LUN-0001;"10').encode(
        "cp1252"
    ),  # quotes do not close
    "altro.xls": xls(),
    "altro.ods": ods(),
}


@pytest.mark.parametrize("name", REFUSED)
def test_the_person_leaves_a_refused_file_too(tmp_path: Path, name: str) -> None:
    layout, path = place(tmp_path, name, REFUSED[name], "{format: csv}")
    if name == "altro.csv" or name.startswith("altro"):
        source = layout.raw / "agape" / "source.yml"
        source.write_text(source.read_text("utf-8").replace("emporio*", "emporio?.csv"), "utf-8")
    layout = Layout(layout.root, "tiny")
    done = erase(layout)
    assert done.held, done.removed.left
    data = path.read_bytes()
    everything = data + unpacked(data)
    assert CODE.encode() not in everything and CODE.lower().encode() not in everything
    if not name.endswith((".xls", ".zip")):
        contents = read_loosely(data, name)
        words = [cell for column in contents.sheet.columns for cell in column.to_pylist()]
        assert {"LUN-0002", "LUN-0003"} <= set(words)


def test_a_code_that_may_be_a_count_costs_nobody_else_a_row(tmp_path: Path) -> None:
    text = TEXT.replace(CODE, "30").replace(" lun-0417 ", "30")
    layout, path = place(tmp_path, "altro.csv", text.encode())
    source = layout.raw / "agape" / "source.yml"
    source.write_text(source.read_text("utf-8").replace("emporio*", "emporio?.csv"), "utf-8")
    layout = Layout(layout.root, "tiny")
    done = forget(layout, "30", "DPO", None, ON, lambda _: True)
    assert done.removed.left == ["agape/2022Q1/altro.csv"] and not done.held
    assert path.read_bytes() == text.encode()


def test_a_file_that_nobody_can_open_is_named(tmp_path: Path) -> None:
    layout, path = place(tmp_path, "emporio.csv", TEXT.encode())
    path.with_name("emporio_b.xlsx").write_bytes(b"PK\x03\x04 rotto")
    done = erase(layout)
    assert done.held and done.removed.closed == ["agape/2022Q1/emporio_b.xlsx"]
    assert done.certificate is not None
    assert "emporio_b.xlsx" in done.certificate.read_text(encoding="utf-8")


@pytest.mark.parametrize("where", ["note", "corrections"])
def test_a_yaml_bomb_beside_a_delivery_does_not_go_off(tmp_path: Path, where: str) -> None:
    """A note or a corrections file that somebody else wrote: refused by the reader with bounds."""
    from assets.errors import ConfigurationError

    layout, path = place(tmp_path, "emporio.csv", TEXT.encode())
    levels = [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 30)]
    bomb = "\n".join(['a0: &a0 ["x"]', *levels, "rows: 5"])
    if where == "note":
        path.with_name("emporio.csv.yml").write_text(bomb, encoding="utf-8")
        assert erase(layout).removed.rows_n == 2
        assert path.with_name("emporio.csv.yml").read_text(encoding="utf-8") == bomb
        return
    folder = layout.raw / "_corrections" / "agape"
    folder.mkdir(parents=True)
    for text in (bomb, "[" * 100_000):
        (folder / "001-000000000000.yml").write_text(text, encoding="utf-8")
        with pytest.raises(ConfigurationError):
            erase(layout)


def test_what_a_killed_erasure_left_half_written_goes(tmp_path: Path) -> None:
    layout, _ = place(tmp_path, "emporio.csv", TEXT.encode())
    erase(layout)
    left = layout.store / ".incoming-abc" / "without.sav"
    left.parent.mkdir()
    left.write_bytes(b"$FL2")
    erasing.complete(layout, ON)
    assert not left.parent.exists()
