"""Which files are found, which count, and what becomes of the others."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest

import assets.intake.room as room
from assets.intake.room import read_programme
from assets.layout import Layout
from assets.versions import raw_version
from tests.intake_sample import HEADING, REGISTER, deliver, programme, row

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
    assert len(frames["intake_attendance"]) == 1


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
    assert frames["intake_attendance"]["person_code"].tolist() == ["AAA-0002"]
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
    assert second["intake_attendance"]["activity_code"].tolist() == ["altro"]


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
    assert frames["intake_attendance"]["person_code"].tolist() == ["AAA-0002"]


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
    whole = Path.iterdir

    def shut(folder: Path) -> Iterator[Path]:
        if folder.name == "2021Q3" and folder.parent.name == "beta":
            raise PermissionError(13, "locked")
        return whole(folder)

    monkeypatch.setattr(Path, "iterdir", shut)
    found = states(layout)["refusal_code"].fillna("").to_dict()
    assert found == {"alfa/2021Q3/registro.csv": "", "beta": "file.locked"}
