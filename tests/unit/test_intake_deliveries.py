"""Which files are found, which count, and what becomes of the others."""

from __future__ import annotations

import hashlib
import os
import stat
import time
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest

import assets.intake.room as room
from assets import versions
from assets.errors import ConfigurationError
from assets.intake import vault
from assets.intake.room import read_programme
from assets.layout import Layout
from assets.sorting.sort import sort_programme
from assets.versions import raw_files, raw_version
from tests.intake_sample import HEADING, REGISTER, deliver, programme, row, text_rows

ONE = HEADING + row("AAA-0001", "Cucito", "01/07/2021", "sì")
TWO = HEADING + row("AAA-0002", "Cucito", "02/07/2021", "sì")
BAD = ONE.replace("Data", "Quando è")


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    return programme(tmp_path)


def states(layout: Layout) -> pd.DataFrame:
    return read_programme(layout)["intake_deliveries"].set_index("path")


@pytest.mark.parametrize(
    ("place", "code", "named"),
    [
        ("gamma/2021Q3/registro.csv", "partner.unknown", "alfa"),
        ("beta/2021Q3/registro.csv", "source.missing", "beta"),
        ("alfa/2021-Q3/registro.csv", "period.unknown", "2021Q3"),
        ("alfa/2019/registro.csv", "period.outside", "2021-06-01"),
        ("alfa/registro.csv", "period.missing", "registro.csv"),
        ("registro.csv", "period.missing", "registro.csv"),
        ("alfa/2021Q3/dentro/registro.csv", "file.nested", "dentro"),
        ("alfa/2021Q3/regstro.csv", "file.unknown", "registro*"),
        ("alfa/2021Q3/registro2.csv.yml", "sidecar.alone", "registro2"),
    ],
)
def test_a_file_in_the_wrong_place_is_named_and_stops_no_other(
    layout: Layout, place: str, code: str, named: str
) -> None:
    deliver(layout, "alfa/2021Q3/registro.csv", TWO)
    deliver(layout, place, ONE) if place != "alfa/2021Q3/registro.csv" else None
    found = states(layout)
    assert found.loc[place, "refusal_code"] == code
    assert named in found.loc[place, "message_it"] and named in found.loc[place, "message_en"]
    assert found.loc["alfa/2021Q3/registro.csv", "state"] == "in_use"


def test_litter_is_no_delivery(layout: Layout) -> None:
    for name in (".DS_Store", "~$registro.xlsx", "Thumbs.db", "desktop.ini", "README.md"):
        deliver(layout, f"alfa/2021Q3/{name}", b"x")
    assert states(layout).empty


def test_a_faulty_source_refuses_its_partner_with_file_line_and_keys(tmp_path: Path) -> None:
    layout = programme(tmp_path, {"alfa": REGISTER, "beta": REGISTER.replace("encoding", "x")})
    (layout.raw / "beta" / "source.yml").write_text(
        REGISTER.replace("alfa", "beta").replace("ignore:", "ignorre:"), encoding="utf-8"
    )
    deliver(layout, "alfa/2021Q3/registro.csv", ONE)
    deliver(layout, "beta/2021Q3/registro.csv", TWO)
    found = states(layout)
    message = found.loc["beta/2021Q3/registro.csv", "message_en"]
    assert "source.yml:16" in message and "'ignore'" in message and "Allowed:" in message
    assert found.loc["alfa/2021Q3/registro.csv", "state"] == "in_use"


def test_an_unknown_item_of_a_scale_is_a_mistake_in_source_yml(tmp_path: Path) -> None:
    source = """
        partner: alfa
        sources:
          - source: questionario
            dataset: survey
            label: {it: Q, en: Q}
            files: ["q*"]
            columns: {person_code: {from: Codice}}
            questions: [{instrument: who5, items: {who5_9: Nove}}]
        """
    layout = programme(tmp_path, {"alfa": source})
    deliver(layout, "alfa/pre/q.csv", ONE)
    message = states(layout).loc["alfa/pre/q.csv", "message_en"]
    assert "who5_9" in message and "who5_1" in message


def test_the_same_bytes_count_once(layout: Layout) -> None:
    deliver(layout, "alfa/2021Q3/registro.csv", ONE)
    deliver(layout, "alfa/2021Q4/registro.csv", ONE)
    frames = read_programme(layout)
    assert frames["intake_deliveries"]["state"].tolist() == ["in_use", "duplicate"]
    assert frames["intake_deliveries"]["delivery_id"].is_unique
    assert len(text_rows(layout, frames, "attendance")) == 1


def test_a_corrected_file_replaces_the_one_its_note_names(layout: Layout) -> None:
    deliver(layout, "alfa/2021Q3/registro.csv", ONE)
    deliver(
        layout,
        "alfa/2021Q3/registro_b.csv",
        TWO,
        "{received: 2021-11-02, supersedes: registro.csv}",
    )
    frames = read_programme(layout)
    assert frames["intake_deliveries"]["state"].tolist() == ["superseded", "in_use"]
    assert text_rows(layout, frames, "attendance")["person_code"].tolist() == ["AAA-0002"]
    assert frames["intake_deliveries"]["received_date"].tolist()[1] == pd.Timestamp("2021-11-02")


def test_a_refused_file_is_settled_by_a_good_one(layout: Layout) -> None:
    deliver(layout, "alfa/2021Q3/registro.csv", BAD)
    assert not states(layout)["is_settled"].any()
    deliver(layout, "alfa/2021Q3/registro_b.csv", TWO, "supersedes: registro.csv")
    found = states(layout)
    assert found.loc["alfa/2021Q3/registro.csv", ["state", "is_settled"]].tolist() == [
        "refused",
        True,
    ]


def test_a_refused_correction_leaves_the_old_file_in_use(layout: Layout) -> None:
    deliver(layout, "alfa/2021Q3/registro.csv", ONE)
    deliver(layout, "alfa/2021Q3/registro_b.csv", BAD, "supersedes: registro.csv")
    assert states(layout).loc["alfa/2021Q3/registro.csv", "state"] == "in_use"


def test_a_chain_holds_where_its_middle_was_refused(layout: Layout) -> None:
    deliver(layout, "alfa/2021Q3/registro.csv", ONE)
    deliver(layout, "alfa/2021Q3/registro_b.csv", BAD, "supersedes: registro.csv")
    deliver(layout, "alfa/2021Q3/registro_c.csv", TWO, "supersedes: registro_b.csv")
    found = states(layout)
    assert found["state"].tolist() == ["superseded", "refused", "in_use"]
    assert found["is_settled"].all()


def test_notes_that_err_are_refused(layout: Layout) -> None:
    deliver(layout, "alfa/2021Q3/registro.csv", ONE, "supersedes: registro_b.csv")
    deliver(layout, "alfa/2021Q3/registro_b.csv", TWO, "supersedes: registro.csv")
    deliver(layout, "alfa/2021Q4/registro.csv", TWO + row("A", "B"), "supersedes: registo.csv")
    deliver(layout, "alfa/2022Q1/registro.csv", ONE, "supercedes: registro.csv")
    codes = states(layout)["refusal_code"].tolist()
    assert codes == [
        "supersedes.circle",
        "supersedes.circle",
        "supersedes.unknown",
        "sidecar.invalid",
    ]


def test_every_byte_is_kept_under_its_hash(layout: Layout) -> None:
    good = deliver(layout, "alfa/2021Q3/registro.csv", ONE).read_bytes()
    bad = deliver(layout, "alfa/2021Q4/registro.csv", BAD).read_bytes()
    read_programme(layout)
    for data in (good, bad):
        assert (layout.vault / hashlib.sha256(data).hexdigest()).read_bytes() == data
    assert len(list(layout.vault.iterdir())) == 2


def test_unchanged_files_are_not_opened_again(
    layout: Layout, monkeypatch: pytest.MonkeyPatch
) -> None:
    deliver(layout, "alfa/2021Q3/registro.csv", ONE)
    first = read_programme(layout)
    deliver(layout, "alfa/2021Q4/registro.csv", TWO)
    opened = []
    original = room.read_contents
    monkeypatch.setattr(
        room,
        "read_contents",
        lambda data, name, reader: opened.append(name) or original(data, name, reader),
    )
    second = read_programme(layout, first)
    assert opened == ["registro.csv"]
    fresh = read_programme(layout)
    for name, frame in fresh.items():
        pd.testing.assert_frame_equal(second[name], frame)


def test_a_changed_source_reads_its_files_again(layout: Layout) -> None:
    deliver(layout, "alfa/2021Q3/registro.csv", ONE)
    first = read_programme(layout)
    changed = programme(layout.root, {"alfa": REGISTER.replace("Cucito: cucito", "Cucito: altro")})
    second = read_programme(changed, first)
    assert text_rows(changed, second, "attendance")["activity_code"].tolist() == ["altro"]


def test_a_failure_nobody_foresaw_refuses_one_file_and_quotes_nothing(
    layout: Layout, monkeypatch: pytest.MonkeyPatch
) -> None:
    deliver(layout, "alfa/2021Q3/registro.csv", ONE)
    deliver(layout, "alfa/2021Q4/registro.csv", TWO)
    original = room.make_rows

    def breaks(table, mapping, context):
        if context.period.name == "2021Q3":
            raise ValueError("could not convert 'AAA-0001'")
        return original(table, mapping, context)

    monkeypatch.setattr(room, "make_rows", breaks)
    frames = read_programme(layout)
    assert frames["intake_deliveries"]["refusal_code"].tolist()[0] == "file.unexpected"
    assert "AAA-0001" not in frames["intake_deliveries"].to_csv()
    assert text_rows(layout, frames, "attendance")["person_code"].tolist() == ["AAA-0002"]


def test_a_file_that_cannot_be_read_stops_no_other(
    layout: Layout, monkeypatch: pytest.MonkeyPatch
) -> None:
    deliver(layout, "alfa/2021Q3/registro.csv", ONE)
    deliver(layout, "alfa/2021Q4/registro.csv", TWO)
    original = Path.read_bytes

    def locked(path: Path) -> bytes:
        if path.parent.name == "2021Q3":
            raise PermissionError(13, "in use", str(path))
        return original(path)

    monkeypatch.setattr(Path, "read_bytes", locked)
    found = states(layout)
    assert found["refusal_code"].fillna("").tolist() == ["file.locked", ""]
    assert found["sha256"].tolist()[0] == ""


def test_bytes_kept_before_the_gate_knew_better_are_dropped(layout: Layout) -> None:
    data = (HEADING + row("QQQZZZ70H15E897Q", "Cucito")).encode()
    deliver(layout, "alfa/2021Q3/registro.csv", data)
    old = layout.vault / hashlib.sha256(data).hexdigest()
    old.parent.mkdir(parents=True)
    old.write_bytes(data)
    (layout.vault / ".incoming-half").write_bytes(b"interrupted")
    assert states(layout)["refusal_code"].tolist() == ["identifiers"]
    assert not list(layout.vault.iterdir())


@pytest.mark.parametrize("name", ["a\nb.csv", "a\u202eb.csv", "a\udcff.csv"])
def test_marks_that_cannot_be_shown_stand_in_no_name(layout: Layout, name: str) -> None:
    try:
        deliver(layout, f"alfa/2021Q3/registro_{name}", ONE)
    except (OSError, UnicodeError):
        pytest.skip("this file system has no such names")
    found = read_programme(layout)["intake_deliveries"].iloc[0]
    assert found["state"] == "in_use"
    assert found["path"].isprintable() and "\ufffd" in found["path"]


@pytest.mark.parametrize(
    "place",
    [
        "QQQZZZ70H15E897Q/2021Q3/registro.csv",
        "alfa/QQQZZZ70H15E897Q/registro.csv",
        "alfa/2021Q3/QQQZZZ70H15E897Q/registro.csv",
    ],
)
def test_an_identifier_in_the_name_of_a_folder_is_not_repeated(layout: Layout, place: str) -> None:
    deliver(layout, place, ONE)
    found = read_programme(layout)["intake_deliveries"].iloc[0]
    assert found["refusal_code"] == "identifiers"
    assert "QQQZZZ" not in found.to_string()


def test_what_is_no_file_is_refused_and_not_waited_for(layout: Layout) -> None:
    deliver(layout, "alfa/2021Q3/registro.csv", ONE)
    folder = layout.raw / "alfa" / "2021Q3"
    (folder / "registro_cartella.xlsx").mkdir()
    (folder / "registro_link.csv").symlink_to("registro_nessuno.csv")
    (folder / "registro_giro.csv").symlink_to("registro_giro.csv")
    if hasattr(os, "mkfifo"):
        os.mkfifo(folder / "registro_tubo.csv")
    found = states(layout)
    assert found.loc["alfa/2021Q3/registro.csv", "state"] == "in_use"
    others = found.drop("alfa/2021Q3/registro.csv")["refusal_code"].to_dict()
    assert others.pop("alfa/2021Q3/registro_cartella.xlsx") == "file.folder"
    assert len(others) >= 2 and set(others.values()) == {"file.locked"}


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("Cucito: cucito", "Cucito: cucitto", ("source.yml:11:", "'cucitto'", "'cucito'")),
        (
            "ignore: [Note*]",
            "not_identifiers: [{heading: Note, kind: phon, reason: r, by: b, on: 2022-01-01}]",
            ("source.yml:16:", "'phon'", "phone"),
        ),
    ],
)
def test_what_a_source_says_must_fit_the_programme(
    layout: Layout, old: str, new: str, told: tuple[str, ...]
) -> None:
    programme(layout.root, {"alfa": REGISTER.replace(old, new)})
    deliver(layout, "alfa/2021Q3/registro.csv", ONE)
    message = read_programme(Layout(layout.root, "prova"))["intake_deliveries"]["message_it"][0]
    for part in told:
        assert part in message


def test_a_locked_file_changes_what_is_known_and_stops_nothing(
    layout: Layout, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = deliver(layout, "alfa/2021Q3/registro.csv", ONE)
    before = raw_version(layout)

    def locked(*_args: object, **_kinds: object) -> str:
        raise PermissionError(13, "locked")

    monkeypatch.setattr("assets.versions.file_sha256", locked)
    assert raw_version(layout) != before
    monkeypatch.undo()
    path.with_name("registro_link.csv").symlink_to("nessuno.csv")
    assert raw_version(layout) != before


def test_a_folder_that_cannot_be_opened_stops_no_other(
    layout: Layout, monkeypatch: pytest.MonkeyPatch
) -> None:
    programme(layout.root, {"alfa": REGISTER, "beta": REGISTER.replace("alfa", "beta")})
    deliver(layout, "alfa/2021Q3/registro.csv", ONE)
    deliver(layout, "beta/2021Q3/registro.csv", TWO)
    whole = os.scandir

    def shut(folder: str | Path) -> Iterator[os.DirEntry[str]]:
        if Path(folder).parts[-2:] == ("beta", "2021Q3"):
            raise PermissionError(13, "locked")
        return whole(folder)

    monkeypatch.setattr(os, "scandir", shut)
    found = states(layout)["refusal_code"].fillna("").to_dict()
    assert found == {"alfa/2021Q3/registro.csv": "", "beta": "file.locked"}


def test_what_the_note_says_stands_beside_the_delivery(layout: Layout) -> None:
    note = "{received: 2021-10-02, from: segreteria, form_version: v2, rows: 1}"
    deliver(layout, "alfa/2021Q3/registro.csv", ONE, note)
    made = read_programme(layout)["intake_deliveries"].iloc[0]
    assert (made["state"], made["rows_declared"], made["rows_read"]) == ("in_use", 1, 1)
    assert (made["origin"], made["form_version"]) == ("segreteria", "v2")
    assert (made["header_rows"], made["encoding"].lower()) == ("1", "utf-8")


def test_another_number_of_rows_than_declared_refuses_with_both(layout: Layout) -> None:
    deliver(layout, "alfa/2021Q3/registro.csv", ONE + row("AAA-0002"), "rows: 7")
    made = states(layout).iloc[0]
    assert made["refusal_code"] == "rows.declared"
    for text in (made["message_it"], made["message_en"]):
        assert "7" in text and "2" in text and "AAA" not in text


def test_an_identifier_in_a_note_is_not_kept(layout: Layout) -> None:
    note = (
        "{from: QQQZZZ70H15E897Q, form_version: QQQZZZ70H15E897Q, supersedes: QQQZZZ70H15E897Q.csv}"
    )
    deliver(layout, "alfa/2021Q3/registro.csv", ONE, note)
    assert "QQQZZZ" not in read_programme(layout)["intake_deliveries"].to_string()


def test_a_note_may_say_the_period(layout: Layout) -> None:
    deliver(layout, "alfa/registro_a.csv", ONE, "period: 2021Q3")
    deliver(layout, "alfa/2021Q4/registro_b.csv", TWO, "period: 2021Q3")
    deliver(layout, "alfa/registro_c.csv", TWO + row("AAA-0009"), "period: 2021-Q3")
    deliver(layout, "alfa/registro_d.csv", TWO + row("AAA-0008"), "peroid: 2021Q3")
    found = states(layout)
    assert found.loc[["alfa/registro_a.csv", "alfa/2021Q4/registro_b.csv"], "period"].tolist() == [
        "2021Q3",
        "2021Q3",
    ]
    assert found.loc["alfa/registro_c.csv", "refusal_code"] == "period.unknown"
    assert found.loc["alfa/registro_d.csv", "refusal_code"] == "sidecar.invalid"
    assert "registro_d.csv.yml:1" in found.loc["alfa/registro_d.csv", "message_en"]


@pytest.mark.parametrize(
    ("note", "line"),
    [
        ("note: x\nsupersedes: ../2021Q2/registro.csv", ":2: 'supersedes'"),
        ("rows: -1", ":1: 'rows'"),
        ("received: ieri", ":1: 'received'"),
    ],
)
def test_a_mistake_in_a_note_is_told_with_its_line(layout: Layout, note: str, line: str) -> None:
    deliver(layout, "alfa/2021Q3/registro.csv", ONE, note)
    made = states(layout).iloc[0]
    assert made["refusal_code"] == "sidecar.invalid" and line in made["message_it"]


def test_a_correction_says_what_it_changed(layout: Layout) -> None:
    old = HEADING + row("AAA-0001", "Cucito", "01/07/2021", "sì", "2")
    old += row("AAA-0002", "Cucito", "01/07/2021", "sì", "2") + row("AAA-0003", "Cucito")
    new = HEADING + row("AAA-0002", "Cucito", "01/07/2021", "sì", "3")
    new += row("AAA-0001", "Cucito", "01/07/2021", "sì", "2") + row("AAA-0004", "Cucito")
    deliver(layout, "alfa/2021Q3/registro.csv", old)
    deliver(layout, "alfa/2021Q3/registro_b.csv", new, "supersedes: registro.csv")
    frames = read_programme(layout)
    told = frames["intake_differences"]
    assert told[["what", "heading", "rows_n", "row_numbers"]].values.tolist() == [
        ["added", "", 1, "4"],
        ["removed", "", 1, "4"],
        ["changed", "Ore", 1, "2"],
        ["same", "", 1, "3"],
    ]
    ids = frames["intake_deliveries"].set_index("file_name")["delivery_id"]
    assert set(told["delivery_id"]) == {ids["registro_b.csv"]}
    assert set(told["supersedes_id"]) == {ids["registro.csv"]}
    pd.testing.assert_frame_equal(read_programme(layout, frames)["intake_differences"], told)


def test_a_refused_file_has_no_difference(layout: Layout) -> None:
    deliver(layout, "alfa/2021Q3/registro.csv", BAD)
    deliver(layout, "alfa/2021Q3/registro_b.csv", TWO, "supersedes: registro.csv")
    assert read_programme(layout)["intake_differences"].empty


def by_record(layout: Layout) -> Layout:
    text = REGISTER.replace("    files:", "    supersede: record\n    files:")
    return programme(layout.root, {"alfa": text})


def test_by_record_the_later_file_replaces_rows_and_the_others_stay(layout: Layout) -> None:
    layout = by_record(layout)
    first = HEADING + row("AAA-0001", "Cucito", "01/07/2021", "sì", "2")
    first += row("AAA-0002", "Cucito", "01/07/2021", "sì", "2")
    # The name comes first in the alphabet: only the note says that it is the later one.
    deliver(layout, "alfa/2021Q3/registro.csv", first)
    later = HEADING + row("AAA-0001", "Cucito", "01/07/2021", "sì", "4")
    deliver(layout, "alfa/2021Q3/registr0_a.csv", later, "supersedes: registro.csv")
    text = REGISTER.replace("    files:", "    supersede: record\n    files:")
    layout = programme(layout.root, {"alfa": text.replace('"registro*"', '"regist*"')})
    frames = read_programme(layout)
    assert frames["intake_deliveries"]["state"].tolist() == ["in_use", "in_use"]
    done = sort_programme(layout, frames)
    good = done["sorting_attendance__accepted"].sort_values("person_code")
    assert good[["person_code", "hours"]].values.tolist() == [["AAA-0001", 4.0], ["AAA-0002", 2.0]]
    aside = done["sorting_attendance__quarantined"]
    assert aside[["row_number", "rules"]].values.tolist() == [[2, "person_code.superseded"]]
    counts = done["sorting_counts"]
    assert (counts["read_n"] == counts["accepted_n"] + counts["quarantined_n"]).all()
    assert "kept" in frames["intake_differences"]["what"].tolist()


def test_by_record_files_that_nothing_puts_in_order_do_not_replace_each_other(
    layout: Layout,
) -> None:
    layout = by_record(layout)
    deliver(layout, "alfa/2021Q3/registro.csv", ONE)
    deliver(
        layout, "alfa/2021Q3/registro_b.csv", ONE + row("AAA-0002", "Cucito", "01/07/2021", "sì")
    )
    frames = read_programme(layout)
    assert frames["intake_deliveries"]["supersede_rank"].tolist() == [1, 1]
    rules = sort_programme(layout, frames)["sorting_attendance__quarantined"]["rules"]
    assert rules.tolist() == ["person_code.unique"]
    deliver(layout, "alfa/2021Q3/registro_b.csv", ONE + "\n", "received: 2021-11-01")
    assert states(layout)["supersede_rank"].tolist() == [1, 2]


def test_the_same_file_from_another_partner_is_told_and_kept_once(tmp_path: Path) -> None:
    layout = programme(tmp_path, {"alfa": REGISTER, "beta": REGISTER.replace("alfa", "beta")})
    deliver(layout, "alfa/2021Q3/registro.csv", ONE)
    deliver(layout, "beta/2021Q3/registro.csv", ONE)
    deliver(layout, "beta/2021Q4/registro_copia.csv", ONE)
    found = states(layout)
    ids = found["delivery_id"]
    assert found["state"].to_dict() == {
        "alfa/2021Q3/registro.csv": "in_use",
        "beta/2021Q3/registro.csv": "in_use",
        "beta/2021Q4/registro_copia.csv": "duplicate",
    }
    assert found["copy_of"].fillna("").tolist() == [
        "",
        ids["alfa/2021Q3/registro.csv"],
        ids["beta/2021Q3/registro.csv"],
    ]
    assert len(list(layout.vault.iterdir())) == 1


def test_folders_and_files_that_are_passed_over_are_told(layout: Layout) -> None:
    for place in (
        "_vecchi/2021Q3/registro.csv",
        ".nascosti/registro.csv",
        ".git/config",
        "_corrections/alfa/leggimi.txt",
        "alfa/.prove/registro.csv",
        "alfa/2021Q3/.registro.csv",
        "alfa/2021Q3/.DS_Store",
    ):
        deliver(layout, place, ONE)
    codes = states(layout)["refusal_code"].to_dict()
    assert codes == {
        "_vecchi": "partner.hidden",
        ".nascosti": "partner.hidden",
        "alfa/.prove": "period.hidden",
        "alfa/2021Q3/.registro.csv": "file.hidden",
    }


def test_locks_and_caches_are_no_deliveries(layout: Layout) -> None:
    for name in (
        ".~lock.registro.csv#",
        "~$registro.csv",
        "._registro.csv",
        "THUMBS.DB",
        "~WRL01.tmp",
    ):
        deliver(layout, f"alfa/2021Q3/{name}", b"x")
    assert states(layout).empty


@pytest.mark.parametrize("name", ["registro.csv.crdownload", "registro.csv.part", "registro.tmp"])
def test_a_file_that_is_still_arriving_waits(layout: Layout, name: str) -> None:
    deliver(layout, f"alfa/2021Q3/{name}", ONE)
    assert states(layout)["refusal_code"].tolist() == ["file.partial"]


def test_a_file_that_grows_while_it_is_read_waits(
    layout: Layout, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = deliver(layout, "alfa/2021Q3/registro.csv", ONE)
    whole = Path.read_bytes

    def growing(read: Path) -> bytes:
        data = whole(read)
        if read == path:
            with path.open("ab") as stream:
                stream.write(b"x")
        return data

    monkeypatch.setattr(Path, "read_bytes", growing)
    assert states(layout)["refusal_code"].tolist() == ["file.partial"]


def test_names_are_the_same_however_accents_are_written(layout: Layout) -> None:
    """macOS takes accents apart (NFD), people type them whole (NFC)."""
    apart, whole = (unicodedata.normalize(form, "Registro_età.CSV") for form in ("NFD", "NFC"))
    programme(layout.root, {"alfa": REGISTER.replace('"registro*"', f'"{whole}", "registro_b*"')})
    path = deliver(layout, f"alfa/2021Q3/{apart}", ONE)
    path.with_name(f"{whole}.yml").write_text("received: 2021-10-05", encoding="utf-8")
    deliver(layout, "alfa/2021Q3/registro_b.csv", TWO, f"supersedes: {whole.lower()}")
    found = read_programme(Layout(layout.root, "prova"))["intake_deliveries"]
    assert found["state"].tolist() == ["in_use", "superseded"]
    assert found["received_date"].tolist()[1] == pd.Timestamp("2021-10-05")


def test_the_vault_is_for_this_account_and_knows_an_altered_file(layout: Layout) -> None:
    data = deliver(layout, "alfa/2021Q3/registro.csv", ONE).read_bytes()
    deliver(layout, "alfa/2021Q3/registro_b.csv", TWO, "supersedes: registro.csv")
    read_programme(layout)
    name = hashlib.sha256(data).hexdigest()
    stored = layout.vault / name
    if os.name == "posix":
        assert stat.S_IMODE(stored.stat().st_mode) == 0o600
        assert stat.S_IMODE(layout.vault.stat().st_mode) == 0o700
    assert len(list(layout.vault.iterdir())) == 2  # the superseded one too
    assert vault.verify(layout.vault) == []
    assert vault.read(layout.vault, name) == data
    stored.write_bytes(data.replace(b"AAA", b"BBB"))
    assert vault.verify(layout.vault) == [name]
    with pytest.raises(ConfigurationError) as altered:
        vault.read(layout.vault, name)
    assert "BBB" not in str(altered.value)
    with pytest.raises(ConfigurationError):
        vault.read(layout.vault, "0" * 64)
    stored.write_bytes(b"cut short")
    read_programme(layout)
    assert vault.verify(layout.vault) == []  # written again from the file that is still there


@pytest.fixture
def opened(layout: Layout, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Names of the files that intake opens, in a run that has looked at all files long after they came."""
    seen: list[str] = []
    plain = room.file_data

    def watched(path: Path):  # type: ignore[no-untyped-def]
        seen.append(path.name)
        return plain(path)

    monkeypatch.setattr(room, "file_data", watched)
    now = time.time_ns
    monkeypatch.setattr(versions.time, "time_ns", lambda: now() + 10**12)
    looked = versions.Seen()
    with versions.read_by_this_run(looked):
        yield seen


def looked_at(layout: Layout) -> dict[str, pd.DataFrame]:
    raw_files(layout, versions._OF_THIS_RUN[-1])
    return read_programme(layout)


def test_only_files_that_are_new_or_not_whole_in_the_vault_are_opened_again(layout, opened):
    deliver(layout, "alfa/2021Q3/registro.csv", ONE)
    deliver(layout, "alfa/2021Q4/registro.csv", TWO.replace("07/2021", "10/2021"))
    frames = looked_at(layout)
    assert opened == ["registro.csv", "registro.csv"]
    new = deliver(layout, "alfa/2022Q1/registro_nuovo.csv", TWO.replace("07/2021", "01/2022"))
    opened.clear()
    raw_files(layout, versions._OF_THIS_RUN[-1])
    again = read_programme(layout, frames)
    assert opened == [new.name]
    plain = read_programme(Layout(layout.root, layout.programme))
    for name, frame in plain.items():
        pd.testing.assert_frame_equal(again[name], frame)
    sha256 = again["intake_deliveries"]["sha256"].iloc[-1]
    vault.place(layout.vault, sha256).write_bytes(b"cut")
    opened.clear()
    read_programme(layout, again)
    assert opened == [new.name]
    assert vault.verify(layout.vault) == []


def test_a_file_replaced_after_the_look_is_read(layout, opened):
    path = deliver(layout, "alfa/2021Q3/registro.csv", ONE)
    frames = looked_at(layout)
    path.write_text(TWO, "utf-8")
    opened.clear()
    found = read_programme(layout, frames)["intake_deliveries"]
    assert opened == ["registro.csv"]
    assert found["sha256"].tolist() == [hashlib.sha256(TWO.encode()).hexdigest()]
