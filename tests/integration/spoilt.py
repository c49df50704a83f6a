"""A small demo in which everything is wrong: files that should not be there, and cells that hold a marker.

One run of it serves the tests of what is refused and the search for the marker.
"""

from __future__ import annotations

import csv
import io
import shutil
from pathlib import Path

import openpyxl

from assets.layout import Layout
from tests.conftest import REPOSITORY, small_demo

MARKER = "KANARIE"
#: A tax code made up for nobody (the check character is right, so that the gate knows it as one).
TAX_CODE = "QQQZZZ70H15X999P"

ATTENDANCE = "csv/2022Q1/presenze_2022Q1_sintetico.csv"
SERVICE = "agape/2022Q1/emporio_2022Q1_sintetico.csv"
SURVEY = "comune/post/questionario_limesurvey_post_sintetico.csv"
REGISTER = "alcenero/2022Q1/registro_laboratori_2022Q1_sintetico.xlsx"
FORMS = "comune/pre/questionario_google_pre_sintetico.xlsx"

#: Folders that should not be there.
STRAY = ("agape/2022Z1", "agapee")
#: Files that are refused for what they are or where they lie.
MISPLACED = {
    "agape/2022Q1/spesa.csv": b"a;b\r\n1;2\r\n",
    "agape/2022Q1/emporio_vuoto.csv": b"",
    "agape/2022Z1/emporio_2022Z1.csv": b"a;b\r\n1;2\r\n",
    "agapee/2022Q1/emporio.csv": b"a;b\r\n1;2\r\n",
}
#: Files that are refused for what stands in them: direct identifiers, damage, ragged rows, another encoding.
DAMAGED = (
    "agape/2022Q1/emporio_nomi.csv",
    "agape/2022Q1/emporio_righe.csv",
    "agape/2022Q1/emporio_testo.csv",
    "solco/2022Q1/formazione_rotto.xlsx",
)
REFUSED = {*MISPLACED, *DAMAGED}


def spoilt_demo(root: Path) -> Layout:
    """Put a few files below a root beside some that should not be there, with a mistake in one source.yml."""
    # All of one partner's: the latest quarter, and so the pages, are those of the clean run.
    layout = small_demo(root, whole=("agape",))
    raw = layout.raw
    good = (raw / SERVICE).read_bytes()
    assert plant_csv(raw / ATTENDANCE, "cp1252", ";") >= 10
    assert plant_csv(raw / SERVICE, "utf-8-sig", ";") >= 5
    assert plant_csv(raw / SURVEY, "utf-8", delimiter_of(raw / SURVEY)) >= 5
    assert plant_xlsx(raw / REGISTER, first_row=20) >= 5
    assert plant_xlsx(raw / FORMS, first_row=2) >= 5
    for name, content in {**MISPLACED, **damaged(good)}.items():
        (raw / name).parent.mkdir(parents=True, exist_ok=True)
        (raw / name).write_bytes(content)
    source = raw / "aler" / "source.yml"
    source.write_bytes(source.read_bytes().replace(b"dataset:", b"datset:", 1))
    return layout


def mend(raw: Path) -> None:
    """Take the bad files away, set all others right, and bring the files that are not there yet."""
    for name in REFUSED:
        (raw / name).unlink()
    for folder in STRAY:
        shutil.rmtree(raw / folder)
    shutil.copytree(REPOSITORY / "raw" / "demo", raw, dirs_exist_ok=True)


def plant_csv(path: Path, encoding: str, delimiter: str) -> int:
    """Put the marker into each column once, each time in another row; return how many."""
    rows = list(csv.reader(io.StringIO(path.read_bytes().decode(encoding)), delimiter=delimiter))
    width = len(rows[0])
    assert len(rows) > width + 1
    for column in range(width):
        rows[column + 1][column] = f"{MARKER}{column}"
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter, lineterminator="\r\n").writerows(rows)
    path.write_bytes(text.getvalue().encode(encoding))
    return width


def plant_xlsx(path: Path, first_row: int) -> int:
    """As ``plant_csv``, in an Excel file whose data begin at a row."""
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[0]
    for column in range(1, sheet.max_column + 1):
        sheet.cell(first_row + column, column).value = f"{MARKER}{column}"
    book.save(path)
    return int(sheet.max_column)


def damaged(good: bytes) -> dict[str, bytes]:
    """Return the content of each damaged file; ``good`` is that of one that is right."""
    contents = (
        f"Data spesa;Tessera;Nome;Codice fiscale\r\n"
        f"01/02/2022;LUN-0001;{MARKER}NAME Rossi;{TAX_CODE}\r\n".encode(),
        good + f"01/02/2022;{MARKER}RAGGED;a;b;c;d;e;f\r\n".encode(),
        good + f"01/02/2022;{MARKER}".encode() + b"\xff\xfe\xe8;\r\n",
        b"PK\x03\x04" + f"{MARKER}BROKEN".encode() * 50,
    )
    return dict(zip(DAMAGED, contents, strict=True))


def delimiter_of(path: Path) -> str:
    return max(";,\t", key=path.read_bytes().splitlines()[0].decode().count)
