"""A file coded at the source comes through the door with what the coding left in it: the age band."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from assets.coding.keys import Key
from assets.core.people import participants, person_records
from assets.layout import Layout
from pipelines.pseudonymise import Wish, pseudonymise
from schemas.fields import AGE_BANDS, FIELDS
from tests.returns_sample import process
from tests.unit.programmes import PROGRAMME

SOURCE = """\
partner: agape
sources:
  - source: emporio
    dataset: service_access
    label: {it: Emporio, en: Emporio}
    files: ["emporio*"]
    every: quarter
    columns:
      service_code: {value: emporio}
      contact_date: {from: Data}
      person_code: {from: Codice persona}
      age_band: {from: Fascia di età}
"""
#: Born so that each band has its first and its last age on 1 January 2022.
BORN = ["01/01/2022", "02/01/2004", "01/01/2004", "02/01/1992", "01/01/1992", "02/01/1977",
        "01/01/1977", "02/01/1957", "01/01/1957", "1901-06-15"]  # fmt: skip
BANDS = [band for band in AGE_BANDS for _ in range(2)]


def test_the_bands_written_at_the_source_reach_the_participants(tmp_path: Path) -> None:
    folder = tmp_path / "raw" / "tiny"
    place = folder / "agape" / "2022Q1"
    place.mkdir(parents=True)
    (folder / "programme.yml").write_text(PROGRAMME, encoding="utf-8")
    (folder / "agape" / "source.yml").write_text(SOURCE, "utf-8")
    lines = ["Cognome e nome;Data di nascita;Data"]
    lines += [f"Rossi Q{chr(65 + at)};{born};05/02/2022" for at, born in enumerate(BORN)]
    plain = tmp_path / "emporio.csv"
    plain.write_text("\n".join(lines), encoding="utf-8")
    made = pseudonymise(plain, Key(bytes(32)), Wish("tiny", on=date(2022, 1, 1)))
    (place / made.name).write_bytes(made.data)
    frames = process(Layout(tmp_path, "tiny"))
    assert list(frames["intake_deliveries"]["state"]) == ["in_use"]
    accepted = frames["sorting_service_access__accepted"]
    assert list(accepted["age_band"]) == BANDS
    nobody = {name: frames[f"sorting_{name}__accepted"] for name in ("attendance", "survey")}
    records = person_records({**nobody, "service_access": accepted}, frames["intake_deliveries"])
    people = participants(records.assign(link_certainty="probable"), {})
    assert sorted(people["age_band"]) == sorted(BANDS)
    assert people["age_years"].isna().all()


def test_the_codes_of_the_field_are_the_bands_and_its_label_is_the_headings() -> None:
    assert list(FIELDS["age_band"].codes) == list(AGE_BANDS)
    assert FIELDS["age_band"].label.it == "Fascia di età"
    assert FIELDS["age_band"].role == "quasi_identifier"
