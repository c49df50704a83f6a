"""The open data package: what it holds, what it never holds, and what its names say."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import math
import re
import shutil
from pathlib import Path

import pyarrow.parquet as pq
import pyreadstat
import pytest

from assets.errors import ConfigurationError
from assets.layout import Layout
from assets.outputs.export.package import DRAFT, DRAFT_MARK, SYNTHETIC
from assets.outputs.export.rdf import Iri
from assets.outputs.export.statistics_files import cut, value_label
from assets.outputs.export.write import contents, export, read_package
from assets.release import archive
from pipelines.exporting import as_json, find_release, lacking, write_open_data
from schemas.fields import FIELDS
from schemas.indicators import released_tables
from schemas.released import RELEASED_COLUMNS
from schemas.released_words import released_columns, table_titles
from schemas.words import read_yaml
from tests.unit.released_sample import released_sample

PROGRAMME = """
programme: demo
title: {it: "Lunattiva dimostrativa", en: "Lunattiva demonstration"}
synthetic: true
from: 2021-06-01
to: 2023-05-31
partners: {agape: {label: {it: Agape, en: Agape}}}
open_data:
  rights_holder: {name: "Comune dimostrativo", code: c_e897}
  contact: {name: "Ufficio prova", email: "dati@esempio.it"}
  keywords: [welfare]
"""
#: Every kind of cell: counts by level, changes with intervals, months, zeros; and a table without any.
TABLES, EMPTY = ("change", "contacts", "deliveries", "reach"), "balance"
#: What an export may never hold: names of columns that stand for or describe one person.
PERSONAL = sorted(name for name, each in FIELDS.items() if each.role == "pseudonym")
#: Codes of people and households of the demo, codes made with the partners' key, tax codes.
CODE = re.compile(
    rb"LUN-[0-9]{4}|NUC-[0-9]{3}|\b[TWNR]-(?:[A-Z][0-9]){2}|"
    rb"\b[A-Z]{6}[0-9]{2}[A-Z][0-9]{2}[A-Z][0-9]{3}[A-Z]\b"
)


def few_tables(root: Path) -> Layout:
    """Write a programme whose release has few tables: one is as good as many, and quicker."""
    (root / "raw" / "demo").mkdir(parents=True)
    (root / "raw" / "demo" / "programme.yml").write_text(PROGRAMME, encoding="utf-8")
    layout = Layout(root, "demo")
    released_sample(layout.released)
    path = layout.released / "manifest.json"
    manifest = json.loads(path.read_text("utf-8"))
    manifest["tables"] = {code: manifest["tables"][code] for code in (*TABLES, EMPTY)}
    path.write_text(json.dumps(manifest), encoding="utf-8")
    return layout


@pytest.fixture(scope="module")
def sample(tmp_path_factory) -> Layout:
    return few_tables(tmp_path_factory.mktemp("export"))


@pytest.fixture(scope="module")
def files(sample) -> dict[str, bytes]:
    return contents(read_package(sample))


@pytest.fixture
def copy(sample, tmp_path) -> Layout:
    shutil.copytree(sample.root, tmp_path / "root")
    return Layout(tmp_path / "root", "demo")


def note(layout: Layout, **about: object) -> None:
    (layout.released / "release.json").write_text(json.dumps(about), encoding="utf-8")


def cells(files: dict[str, bytes], code: str) -> list[dict[str, str]]:
    text = files[f"data/csv/{code}_{DRAFT_MARK}.csv"].decode("utf-8")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_every_released_cell_is_there_and_no_other(sample, files):
    package = read_package(sample)
    assert [each.code for each in package.tables] == list(TABLES)
    assert package.left_out == (EMPTY,) and EMPTY in files["README.md"].decode()
    for table in package.tables:
        source = pq.read_table(sample.released / "tables" / f"{table.code}.parquet").to_pylist()
        made = cells(files, table.code)
        assert [row["estimate_id"] for row in made] == [row["estimate_id"] for row in source]
        for mine, theirs in zip(made, source, strict=True):
            assert list(mine) == list(RELEASED_COLUMNS)
            value = None if mine["value"] == "" else float(mine["value"])
            assert value == theirs["value"]
            assert mine["level_1"] == theirs["level_1"]


def test_hidden_cells_have_a_reason_and_no_number(files):
    hidden = [row for row in cells(files, "reach") if row["status"].startswith("suppressed")]
    assert hidden
    for row in hidden:
        assert [row[name] for name in ("value", "se", "ci_low", "ci_high", "n")] == [""] * 5


def test_csv_is_as_rfc_4180_says(files):
    data = files[f"data/csv/reach_{DRAFT_MARK}.csv"]
    lines = data.split(b"\r\n")
    assert lines[0] == ",".join(RELEASED_COLUMNS).encode()
    assert lines[-1] == b"" and b"\n" not in data.replace(b"\r\n", b"")
    assert not data.startswith(b"\xef\xbb\xbf")


def test_same_release_same_bytes(sample, files):
    again = contents(read_package(sample))
    assert again == files
    # the day the data end, not that of the export
    assert b"<timestamp>\x1130 Jun 2022 00:00" in files[f"data/stata/reach_{DRAFT_MARK}.dta"]
    assert b"30 Jun 2200:00:00" in files[f"data/spss/reach_{DRAFT_MARK}.sav"]


@pytest.mark.parametrize(
    ("folder", "ending", "read"),
    [("spss", "sav", pyreadstat.read_sav), ("stata", "dta", pyreadstat.read_dta)],
)
def test_statistics_files_hold_the_same_cells_with_labels(files, tmp_path, folder, ending, read):
    path = tmp_path / f"reach.{ending}"
    path.write_bytes(files[f"data/{folder}/reach_{DRAFT_MARK}.{ending}"])
    frame, about = read(str(path))
    made = cells(files, "reach")
    assert len(frame) == len(made) > 50
    labels = about.variable_value_labels
    for row, theirs in zip(made, frame.to_dict("records"), strict=True):
        for name in ("status", "indicator_code", "by_1"):
            assert code_in(labels[name][theirs[name]]) == row[name]
        assert code_in(labels["level_1"][theirs["level_1"]]) == f"{row['by_1']}={row['level_1']}"
        assert (
            math.isnan(theirs["value"])
            if not row["value"]
            else theirs["value"] == float(row["value"])
        )
    assert "donna [gender_code=female]" in labels["level_1"].values()
    assert about.column_names_to_labels["value"] == "Valore / Value"
    assert DRAFT_MARK in about.file_label and "SYNTHETIC" in about.file_label


def code_in(label: str) -> str:
    return label.rsplit("[", 1)[1].rstrip("]") if label.endswith("]") else label


def test_long_labels_keep_their_code():
    label = value_label("è" * 200, "x" * 30)
    assert label.endswith(f" [{'x' * 30}]") and len(label.encode()) <= 120
    assert cut("àè", 3) == "à"


def test_parquet_says_what_it_is(files):
    import pyarrow as pa

    data = pq.read_table(pa.BufferReader(files[f"data/parquet/reach_{DRAFT_MARK}.parquet"]))
    about = {key.decode(): value.decode() for key, value in data.schema.metadata.items()}
    assert DRAFT.it in about["marks"] and about["license"].startswith("https://creativecommons.org")


def test_a_draft_says_so_everywhere(files):
    described = [name for name in files if "/" not in name and not name.startswith("checksums")]
    assert len(described) == 9
    for name in described:
        text = files[name].decode("utf-8")
        assert DRAFT.it in text or DRAFT.en in text, name
        assert SYNTHETIC.it in text or SYNTHETIC.en in text, name
    assert all(DRAFT_MARK in Path(name).name for name in files if name.startswith("data/"))


def test_a_draft_carries_no_licence_yet(files):
    for name in ("LICENSE.txt", "README.md"):
        assert "A draft carries no licence" in files[name].decode()


def test_a_programme_with_little_in_it_is_exported_too(tmp_path):
    (tmp_path / "raw" / "demo").mkdir(parents=True)
    bare = PROGRAMME.split("open_data:")[0].replace("synthetic: true", "synthetic: false")
    (tmp_path / "raw" / "demo" / "programme.yml").write_text(bare, encoding="utf-8")
    layout = Layout(tmp_path, "demo")
    released_sample(layout.released, bare=True)
    note(layout, release="ab" * 32, state="published", number=1, period="2016Q2")
    made = export(layout)
    assert made.folder.name == "real-2016Q2.1" and made.package.marks == ()
    assert lacking(made) == ["rights_holder: {name, code}", "contact", "url"]
    assert "Appuntamenti medici" in (made.folder / "dcat-ap_it.ttl").read_text("utf-8")


def test_a_published_release_is_named_by_its_number(copy):
    note(copy, release="ab" * 32, state="published", number=2, period="2022Q1")
    made = export(copy)
    assert made.folder.name == "demo-2022Q1.2" and not made.package.is_draft
    whole = b"".join(path.read_bytes() for path in sorted(made.folder.rglob("*")) if path.is_file())
    assert DRAFT_MARK.encode() not in whole and DRAFT.en.encode() not in whole
    assert (made.folder / "data" / "csv" / "reach.csv").is_file()
    assert "version: 2022Q1.2" in (made.folder / "CITATION.cff").read_text("utf-8")


@pytest.mark.parametrize("state", ["audited", "approved"])
def test_only_published_is_not_a_draft(copy, state):
    note(copy, release="ab" * 32, state=state, number=None, period="2022Q1")
    assert read_package(copy).is_draft


def test_a_withdrawn_release_stays(copy):
    note(copy, release="ab" * 32, state="withdrawn", number=1, period="2022Q1")
    with pytest.raises(ConfigurationError, match="withdrawn"):
        export(copy)


def test_a_release_is_found_by_period_and_number(copy):
    digest = str(archive.digest_in(copy.released))
    kept = copy.store / "releases" / digest
    shutil.copytree(copy.released, kept)
    lines = [
        {"release": "ab" * 32, "state": "published", "number": 1, "period": "2022Q1", "at": "x"},
        {"release": "ab" * 32, "state": "withdrawn", "number": 1, "period": "2022Q1", "at": "x"},
        {"release": digest, "state": "published", "number": 2, "period": "2022Q1", "at": "x"},
    ]
    text = "".join(json.dumps(each) + "\n" for each in lines)
    (copy.store / "ledger.jsonl").write_text(text, encoding="utf-8")
    assert find_release(copy, "2022Q1").note["number"] == 2
    assert find_release(copy, "2022Q1-r2") == find_release(copy, "2022Q1.2")
    made = write_open_data(copy, copy.root / "out", "2022Q1.2")
    assert made.folder == copy.root / "out" / "demo-2022Q1.2"
    with pytest.raises(ConfigurationError, match="withdrawn"):
        find_release(copy, "2022Q1.1")
    with pytest.raises(ConfigurationError, match="withdrawn"):
        find_release(copy, "2022Q1-r1")
    with pytest.raises(ConfigurationError, match=r"Published: 2022Q1\.2"):
        find_release(copy, "2021Q4")
    (kept / "manifest.json").write_text("{}", encoding="utf-8")
    with pytest.raises(ConfigurationError, match="not those of the published release"):
        write_open_data(copy, copy.root / "out", "2022Q1.2")


def test_tables_that_are_not_the_published_ones_are_refused(copy):
    digest = archive.digest_in(copy.released)
    note(copy, release=digest, state="published", number=1, period="2022Q1")
    assert not write_open_data(copy, None, None).package.is_draft
    note(copy, release="ab" * 32, state="published", number=1, period="2022Q1")
    with pytest.raises(ConfigurationError, match="not those of the published release"):
        write_open_data(copy, None, None)


def test_nothing_about_a_person_is_in_any_file(files):
    whole = {name: data.replace(b"\0", b"") for name, data in files.items()}
    for name, data in whole.items():
        assert not CODE.search(data), name
    assert PERSONAL
    for table in TABLES:
        assert not set(cells(files, table)[0]) & set(PERSONAL)


def test_a_column_of_people_stops_the_export(copy):
    path = copy.released / "tables" / "reach.parquet"
    table = pq.read_table(path)
    pq.write_table(table.append_column("person_code", table["status"]), path)
    trust(copy, "reach")
    with pytest.raises(ConfigurationError, match="may not leave"):
        export(copy)
    assert not (copy.reports_output / "open-data").exists()


def test_a_changed_table_stops_the_export(copy):
    path = copy.released / "tables" / "reach.parquet"
    pq.write_table(pq.read_table(path).slice(1), path)
    with pytest.raises(ConfigurationError, match="not as it was released"):
        export(copy)


def test_a_number_behind_a_hidden_cell_stops_the_export(copy):
    path = copy.released / "tables" / "reach.parquet"
    rows = pq.read_table(path)
    changed = rows.to_pylist()
    next(row for row in changed if row["status"] == "suppressed")["n"] = 3
    pq.write_table(type(rows).from_pylist(changed, rows.schema), path)
    trust(copy, "reach")
    with pytest.raises(ConfigurationError, match="nothing is exported"):
        export(copy)


def trust(layout: Layout, code: str) -> None:
    """Let the manifest name the table as it stands now."""
    path = layout.released / "manifest.json"
    manifest = json.loads(path.read_text("utf-8"))
    data = (layout.released / "tables" / f"{code}.parquet").read_bytes()
    manifest["tables"][code]["sha256"] = hashlib.sha256(data).hexdigest()
    path.write_text(json.dumps(manifest), encoding="utf-8")


def test_an_export_is_replaced_and_nothing_else(copy):
    first = export(copy)
    assert export(copy).folder == first.folder
    (first.folder / "mine.txt").write_text("x", encoding="utf-8")
    with pytest.raises(ConfigurationError, match=r"mine\.txt"):
        export(copy)
    assert (first.folder / "mine.txt").is_file()


def test_checksums_are_those_of_the_files(files):
    for line in files["checksums.sha256"].decode().splitlines():
        digest, path = line.split("  ", 1)
        assert hashlib.sha256(files[path]).hexdigest() == digest
    assert len(files["checksums.sha256"].splitlines()) == len(files) - 1


def test_what_is_lacking_for_a_catalogue_is_said(copy):
    made = export(copy)
    assert lacking(made) == ["url"]
    told = json.loads(as_json(made))
    assert told["is_draft"] and told["cells"] == made.cells and "README.md" in told["files"]


def test_nothing_released_is_said(tmp_path):
    with pytest.raises(ConfigurationError, match="Nothing is released"):
        export(Layout(tmp_path, "demo"))


def test_every_table_and_column_has_words_of_its_own():
    words = read_yaml("released_words.yml")
    assert set(words["tables"]) == set(released_tables()) == set(table_titles())
    assert set(words["columns"]) == set(RELEASED_COLUMNS) == set(released_columns())


def test_an_address_with_a_blank_is_refused():
    with pytest.raises(ValueError, match="no address"):
        Iri("data/a b.csv")
