"""The generator of the synthetic programme: reproducible, shaped by the schemas, marked synthetic."""

from __future__ import annotations

import csv
import fnmatch
import io
import shutil
import zipfile
from datetime import date, datetime
from pathlib import Path

import numpy as np
import pytest
import yaml

from assets.errors import ConfigurationError
from assets.sample import DEFAULT_SEED, make_sample
from assets.sample.answers import spread_over_items, yes_no_answers
from assets.sample.make import TEMPLATES
from assets.sample.people import make_people
from assets.sample.profile import PROFILE, Fault, Profile, check_profile, read_profile
from assets.sample.services import make_contacts
from assets.sample.survey import make_responses
from assets.sample.survey_profile import YesNoScale
from assets.sample.values import draw_age, draw_amount, draw_code
from schemas.config import read_config
from schemas.fields import FIELDS
from schemas.instruments import shipped
from schemas.programme import Programme
from schemas.sidecar import Sidecar
from schemas.source import PartnerSources

REPOSITORY = Path(__file__).resolve().parents[2]
DEMO = REPOSITORY / "raw" / "demo"


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sample") / "demo"
    make_sample(folder, DEFAULT_SEED)
    return folder


def contents(folder: Path) -> dict[str, object]:
    """File -> bytes; of a workbook its parts, since compression may differ between machines."""
    found: dict[str, object] = {}
    for path in sorted(each for each in folder.rglob("*") if each.is_file()):
        name = path.relative_to(folder).as_posix()
        if path.suffix == ".xlsx":
            with zipfile.ZipFile(path) as book:
                found[name] = {each: book.read(each) for each in book.namelist()}
        else:
            found[name] = path.read_bytes()
    return found


def sources_of(folder: Path) -> dict[str, PartnerSources]:
    return {
        path.parent.name: read_config(path, PartnerSources)
        for path in sorted(folder.glob("*/source.yml"))
    }


def deliveries(folder: Path) -> list[Path]:
    return sorted(path for path in folder.glob("*/*/*") if path.suffix in (".csv", ".xlsx"))


def test_the_committed_programme_is_what_the_default_seed_makes(sample: Path) -> None:
    made, kept = contents(sample), contents(DEMO)
    assert sorted(made) == sorted(kept)
    assert [name for name in made if made[name] != kept[name]] == []


def test_another_seed_makes_other_data(sample: Path, tmp_path: Path) -> None:
    """That the same seed makes the same bytes is the test above."""
    make_sample(tmp_path / "other", DEFAULT_SEED + 1)
    name = "csv/2022Q1/presenze_2022Q1_sintetico.csv"
    assert (tmp_path / "other" / name).read_bytes() != (sample / name).read_bytes()


def test_it_is_small_and_says_synthetic_everywhere(sample: Path) -> None:
    files = [path for path in sample.rglob("*") if path.is_file()]
    assert len(files) <= 90
    assert sum(path.stat().st_size for path in files) < 2_000_000
    assert read_config(sample / "programme.yml", Programme).synthetic
    assert all("sintetico" in path.name for path in deliveries(sample))
    for path in deliveries(sample):
        if path.suffix == ".xlsx":
            with zipfile.ZipFile(path) as book:
                assert b"SINTETICI" in book.read("docProps/core.xml")


def test_every_file_is_expected_by_exactly_one_source_and_every_note_is_valid(sample: Path) -> None:
    sources = sources_of(sample)
    for path in deliveries(sample):
        partner = path.relative_to(sample).parts[0]
        fitting = [
            each.source
            for each in sources[partner].sources
            if any(fnmatch.fnmatchcase(path.name, pattern) for pattern in each.files)
        ]
        assert len(fitting) == 1, path.name
    notes = list(sample.glob("*/*/*.yml"))
    assert notes
    for note in notes:
        assert note.with_suffix("").is_file()
        supersedes = read_config(note, Sidecar).supersedes
        assert supersedes is None or (note.parent / supersedes).is_file()


def test_files_look_as_partners_send_them(sample: Path) -> None:
    raw = (sample / "csv/2022Q1/presenze_2022Q1_sintetico.csv").read_bytes()
    with pytest.raises(UnicodeDecodeError):
        raw.decode("utf-8")
    rows = list(csv.reader(io.StringIO(raw.decode("cp1252")), delimiter=";"))
    assert {"Attività", "Età", "Giorno"} <= set(rows[0])
    assert any("1,5" in row for row in rows) and any("X" in row for row in rows)

    import openpyxl

    path = sample / "alcenero/2022Q1/registro_laboratori_2022Q1_sintetico.xlsx"
    sheet = openpyxl.load_workbook(path, read_only=True)["Registro"]
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[1] == ("DATI SINTETICI: nessuna persona reale",)
    assert rows[3][0] == "Laboratorio" and rows[-1][0] == "Totale"

    path = sample / "solco/2022Q1/formazione_2022Q1_sintetico.xlsx"
    cell = openpyxl.load_workbook(path)["Presenze"]["A2"]
    assert cell.is_date


def test_planted_mistakes_are_written_down_for_every_dataset(sample: Path) -> None:
    planted = yaml.safe_load((sample / "planted.yml").read_text(encoding="utf-8"))
    assert planted["seed"] == DEFAULT_SEED
    assert planted["effects"]["who5_change"] == 8.0
    assert planted["effects"]["listening_centre_step_ratio"] == 1.5
    assert planted["effects"]["job_desk_step_ratio"] == 1.0
    for dataset in ("attendance", "service_access", "survey"):
        cells = sum(planted["bad_rows"][dataset].values())
        assert 0 < planted["quarantined"][dataset] < 0.03 * planted["records"][dataset]
        assert cells > 5
    assert planted["deliveries"] | {"files": 0} == {
        "files": 0, "duplicate": 1, "late": 6, "refused": 2, "superseded": 1,
    }  # fmt: skip


def test_nobody_is_named_and_the_only_tax_code_is_the_test_vector(sample: Path) -> None:
    from stdnum.it import codicefiscale

    found = set()
    for path, content in contents(sample).items():
        texts = content.values() if isinstance(content, dict) else [content]
        for text in texts:
            words = text.decode("latin-1").replace("<", " ").replace(">", " ").split()
            found |= {
                (path, word) for word in words if len(word) == 16 and codicefiscale.is_valid(word)
            }
    assert {word for _, word in found} == {"QQQZZZ70H15X999P"}
    assert len(found) == 1


def test_a_folder_with_foreign_files_is_left_alone(tmp_path: Path) -> None:
    shutil.copyfile(DEMO / "programme.yml", tmp_path / "programme.yml")
    kept = tmp_path / "registro_vero.xlsx"
    kept.write_bytes(b"x")
    with pytest.raises(ConfigurationError, match=r"registro_vero\.xlsx"):
        make_sample(tmp_path, 1)
    assert kept.read_bytes() == b"x"


def test_a_real_programme_is_left_alone(tmp_path: Path) -> None:
    text = (DEMO / "programme.yml").read_text(encoding="utf-8")
    (tmp_path / "programme.yml").write_text(text.replace("synthetic: true", "synthetic: false"))
    with pytest.raises(ConfigurationError, match=r"programme\.yml"):
        make_sample(tmp_path, 1)
    assert [each.name for each in tmp_path.iterdir()] == ["programme.yml"]


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ("sap_aler: 73", "sap_alr: 73", "sap_aler"),
        ("tenure_code: {sap_aler", "tenura_code: {sap_aler", "tenure_code"),
        ("  orto: {source", "  orta: {source", "orto"),
        ("presence: 0.76", "presenze: 0.76", "presence"),
    ],
)
def test_a_key_the_schemas_do_not_know_fails_and_names_the_nearest(
    tmp_path: Path, old: str, new: str, named: str
) -> None:
    text = PROFILE.read_text(encoding="utf-8")
    assert old in text
    changed = tmp_path / "profile.yml"
    changed.write_text(text.replace(old, new, 1), encoding="utf-8")
    programme = read_config(DEMO / "programme.yml", Programme)
    sources = {s.source: s for p in sources_of(DEMO).values() for s in p.sources}
    with pytest.raises(ConfigurationError, match=named):
        check_profile(read_profile(changed), programme, sources)


def test_a_new_code_of_the_schema_turns_up_without_a_weight() -> None:
    rng = np.random.default_rng(1)
    drawn = {draw_code(rng, ["a", "b", "new"], {"a": 1, "b": 1}) for _ in range(100)}
    assert drawn == {"a", "b", "new"}


def test_weights_are_kept_and_not_stated_is_none() -> None:
    rng = np.random.default_rng(1)
    drawn = [draw_code(rng, ["a", "b"], {"a": 3, "b": 0, "_missing": 1}) for _ in range(4000)]
    assert "b" not in drawn
    assert drawn.count(None) / 4000 == pytest.approx(0.25, abs=4 * (0.25 * 0.75 / 4000) ** 0.5)


def test_amounts_keep_the_bounds_of_the_schema() -> None:
    rng = np.random.default_rng(1)
    amount = read_profile().amounts["arrears_eur"].model_copy(update={"spread": 6.0})
    drawn = [draw_amount(rng, FIELDS["arrears_eur"], amount) for _ in range(500)]
    known = [each for each in drawn if each is not None]
    assert max(known) == 100_000 and min(known) >= 0
    assert None in drawn


def test_ages_follow_the_bands() -> None:
    rng = np.random.default_rng(1)
    only = {"00-17": 0, "18-29": 0, "30-44": 1, "45-64": 0, "65+": 0}
    assert {draw_age(rng, only) for _ in range(400)} == set(range(30, 45))


@pytest.mark.parametrize("name", ["who5", "bscs", "gse", "ucla3", "life_satisfaction"])
def test_items_score_to_the_score_that_was_drawn(name: str) -> None:
    scale = shipped()[name]
    rng = np.random.default_rng(1)
    wanted = scale.score_low + 0.6 * (scale.score_high - scale.score_low)
    scores = []
    for _ in range(400):
        items = spread_over_items(rng, scale, wanted, 1.0)
        assert set(items) == set(scale.item_codes)
        assert all(scale.low <= answer <= scale.high for answer in items.values())
        total = sum(items.values())
        scores.append(
            total * scale.scoring.multiply if scale.scoring.method == "sum" else total / len(items)
        )
    unit = scale.scoring.multiply if scale.scoring.method == "sum" else 1 / len(scale.items)
    assert all(abs(score - wanted) < unit for score in scores)  # rounded to a neighbour, no further
    assert np.mean(scores) == pytest.approx(wanted, abs=4 * unit * 0.5 / 400**0.5)


@pytest.mark.parametrize(
    ("raw", "theta", "sd_of_raw"),
    # FACTS.md 4.1: the place whose expected number of yes is the raw score; se = 1 / its spread.
    [(1, -2.2748, 1 / 1.1085), (4, -0.0265, 1 / 0.7839), (7, 2.3115, 1 / 1.1380)],
)
def test_yes_answers_follow_the_published_severities(raw: int, theta: float, sd_of_raw: float):
    people = 2000
    still = YesNoScale(mean=theta, sd=0, correlation=0)
    answers = yes_no_answers(
        np.random.default_rng(1), shipped()["fies"], still, (1, people), is_exact=False
    )
    found = [
        sum(int(each or 0) for each in answers(0, number).values()) for number in range(people)
    ]
    assert np.mean(found) == pytest.approx(raw, abs=4 * sd_of_raw / people**0.5)
    assert np.std(found) == pytest.approx(sd_of_raw, rel=0.1)


def test_what_is_lacking_and_what_is_not_wanted_are_told_apart() -> None:
    items = shipped()["deprivation"].item_codes
    lacks = YesNoScale(
        mean=0, sd=1, correlation=0, severities=dict.fromkeys(items, 0), others={1: 80, 3: 20}
    )
    rng = np.random.default_rng(1)
    answers = yes_no_answers(rng, shipped()["deprivation"], lacks, (1, 300), is_exact=True)
    given = [value for number in range(300) for value in answers(0, number).values()]
    assert set(given) == {1, 2, 3}
    others = [value for value in given if value != 2]
    assert others.count(3) / len(others) == pytest.approx(0.2, abs=0.05)


def programme_and_profile() -> tuple[Programme, Profile]:
    return read_config(TEMPLATES / "programme.yml", Programme), read_profile()


def test_one_more_scale_at_the_end_does_not_reshuffle_the_others() -> None:
    programme, house = programme_and_profile()
    people = make_people(np.random.default_rng(1), house, programme)
    fewer = {name: each for name, each in house.survey.yes_no.items() if name != "deprivation"}
    survey = house.survey.model_copy(update={"yes_no": fewer})
    less = house.model_copy(update={"survey": survey})
    with_it = make_responses(np.random.default_rng(2), house, programme, people)
    without = make_responses(np.random.default_rng(2), less, programme, people)
    lost = set(shipped()["deprivation"].item_codes)
    assert {
        source: [{name: value for name, value in row.items() if name not in lost} for row in rows]
        for source, rows in with_it.items()
    } == without


@pytest.mark.parametrize(("settling", "grows"), [(0.0, False), (1.0, True)])
def test_households_settle_at_one_service_only_where_planted(settling: float, grows: bool) -> None:
    """Herfindahl index by hand: the share of pairs of a household's contacts at one service."""
    programme, house = programme_and_profile()
    people = make_people(np.random.default_rng(1), house, programme)
    profile = house.model_copy(update={"settling": settling})
    made = make_contacts(np.random.default_rng(2), profile, programme, people)
    by_year: dict[bool, dict[str, list[str]]] = {False: {}, True: {}}
    for row in (row for rows in made.values() for row in rows):
        day = row["contact_date"]
        assert isinstance(day, date)
        users = by_year[day >= date(2022, 6, 1)]
        users.setdefault(str(row["household_code"]), []).append(str(row["service_code"]))
    means = [
        np.mean(
            [
                sum((uses.count(code) / len(uses)) ** 2 for code in set(uses))
                for uses in users.values()
                if len(uses) >= 8
            ]
        )
        for users in by_year.values()
    ]
    assert (means[1] - means[0] > 0.04) == grows


def test_a_fault_without_a_rule_only_leaves_an_answer_out() -> None:
    kept = {"source": "questionario_google", "column": "fies_hungry", "rows": 1}
    assert Fault(**kept, cell="").rule is None
    with pytest.raises(ValueError, match="rule"):
        Fault(**kept, cell="7")


def test_codes_of_the_debt_law_switch_on_their_day(sample: Path) -> None:
    """One old code for a new case is a mistake; for a case opened before the day it is right."""
    import openpyxl

    day = date(2022, 7, 15)
    found: list[tuple[str, date, date]] = []
    for path in deliveries(sample):
        if "centro_ascolto" not in path.name:
            continue
        rows = openpyxl.load_workbook(path, read_only=True)["Contatti"].iter_rows(values_only=True)
        named = dict(zip(next(rows), range(99), strict=False))
        for row in rows:
            contact, opened = (
                datetime.strptime(str(row[named[name]]), "%d/%m/%Y").date()
                for name in ("Data contatto", "Pratica aperta il")
            )
            found.append((str(row[named["Bisogno"]]), contact, opened))
    assert [opened >= day for code, _, opened in found if code == "LP"].count(True) == 1
    assert all(opened >= day for code, _, opened in found if code == "LC")
    assert any(code == "LP" and opened < day <= contact for code, contact, opened in found)
