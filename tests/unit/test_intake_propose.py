"""Proposals of ``lunattiva map``: guesses with their certainty, and nothing accepted by itself."""

from __future__ import annotations

import random
import re
from pathlib import Path

import pyarrow as pa
import pytest
from ruamel.yaml import YAML

from assets.intake.propose import LEAST_ROWS, Looked, draft
from assets.intake.propose_codes import fit_codes
from assets.intake.propose_values import fit_dates, fit_numbers, look
from assets.intake.propose_yaml import write
from assets.layout import Layout
from schemas.config import ConfigError, read_config
from schemas.fields import FIELDS
from schemas.instruments import shipped
from schemas.source import PartnerSources
from tests.intake_sample import programme


@pytest.fixture(scope="module")
def layout(tmp_path_factory: pytest.TempPathFactory) -> Layout:
    return programme(tmp_path_factory.mktemp("map"))


def looked(
    table: dict[str, list[str]], name: str = "registro_2022Q1.csv", **more: object
) -> Looked:
    columns = [pa.array([cell or None for cell in cells], pa.string()) for cells in table.values()]
    return Looked(name, "csv", "", "utf-8", ";", [1], list(table), columns, **more)  # type: ignore[arg-type]


def proposal(layout: Layout, table: dict[str, list[str]], **more: object) -> tuple[str, list[str]]:
    made = draft(looked(table, **more), layout.definition, "alfa", shipped())
    written = write(made, "../../../schemas/source.schema.json")
    return "\n".join(written.lines) + "\n", written.to_confirm


def confirmed(text: str, tmp_path: Path) -> PartnerSources:
    """Load a proposal as if every entry of ``to_confirm`` had been decided as proposed."""
    path = tmp_path / "source.yml"
    path.write_text(re.sub(r"(?m)^    to_confirm:.*(\n      - .*)*\n", "", text), encoding="utf-8")
    return read_config(path, PartnerSources)


ROWS = 40
REGISTER = {
    "Cod. Utente": [f"LUN-{n % 12:04d}" for n in range(ROWS)],
    "Laboratorio": ["Cucito", "altro"] * (ROWS // 2),
    "Data": [f"{n % 28 + 1:02d}/03/2022" for n in range(ROWS)],
    "Presente": ["sì", "no", "sì", "sì"] * (ROWS // 4),
    "Durata (ore)": ["1,5", "2"] * (ROWS // 2),
    "Sesso": ["F", "M"] * (ROWS // 2),
    "Note": [f"testo {n}" for n in range(ROWS)],
    "Colore": ["rosso", "blu"] * (ROWS // 2),
}


def test_a_plain_register_is_mapped_and_waits_for_a_person(layout: Layout, tmp_path: Path):
    text, open_ones = proposal(layout, REGISTER)
    source = confirmed(text, tmp_path).sources[0]
    assert source.dataset == "attendance"
    assert {name: column.heading for name, column in source.columns.items()} == {
        "person_code": "Cod. Utente",
        "activity_code": "Laboratorio",
        "session_date": "Data",
        "is_present": "Presente",
        "hours": "Durata (ore)",
        "gender_code": "Sesso",
    }
    assert source.columns["gender_code"].plain_codes == {"F": "female", "M": "male"}
    assert source.columns["person_code"].pattern == r"\A[A-Z]{3}-[0-9]{4}\Z"
    assert source.every == "quarter"
    # What fits nothing is in no block: intake would stop the file, as for any unmapped column.
    assert source.ignore == []
    assert {each.split("«")[-1].rstrip("»") for each in open_ones if "«" in each} == {
        "Note",
        "Colore",
    }


def test_what_is_not_confirmed_does_not_load(layout: Layout, tmp_path: Path):
    text, open_ones = proposal(layout, REGISTER)
    path = tmp_path / "source.yml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        read_config(path, PartnerSources)
    line, said = caught.value.problems[0]
    assert "to confirm" in said
    assert f"{len(open_ones)} entries" in said
    assert text.splitlines()[line - 1].strip().startswith("to_confirm:")


def test_every_guess_tells_its_certainty_and_why(layout: Layout):
    text, _ = proposal(layout, REGISTER)
    block = text.split("    columns:\n")[1].split("    ignore:")[0]
    names = [line for line in block.splitlines() if re.match(r"      [a-z_]+:", line)]
    assert len(names) == 6
    for line in names:
        assert re.search(
            r"# (sicuro/sure|probabile/likely|incerto/unsure) [0-9]{1,2} %.*colonna [A-Z]", line
        )


def test_same_file_same_bytes(layout: Layout):
    assert proposal(layout, REGISTER) == proposal(layout, dict(REGISTER))


def test_no_cell_of_a_rows_own_is_repeated(layout: Layout):
    canary = "Zanzibar"
    table = {
        "Codice persona": [f"{canary[:3].upper()}-{n:04d}" for n in range(ROWS)],
        "Quartiere": ["Lunetta"] * (ROWS - 4) + [f"{canary} Q"] * 4,  # four rows are too few
        "Categoria": [f"{canary} {n}" for n in range(ROWS)],
        "Data accesso": ["01/02/2022"] * ROWS,
        "Note": [canary] * ROWS,
        "Motivo della visita": [f"{canary} raro"] * 3 + ["spesa"] * (ROWS - 3),
        f"{canary[:3].upper()}-0001": ["1"] * ROWS,  # a heading that is a person's code
    }
    text, open_ones = proposal(layout, table, name="emporio_2022-03.csv")
    assert canary not in text + "".join(open_ones)
    assert canary[:3].upper() not in text
    assert '"Lunetta": lunetta' in text


def test_an_entry_of_one_person_is_not_repeated_however_often_it_stands(layout: Layout):
    people = ["AAA-0001"] * 10 + [f"AAA-{n:04d}" for n in range(2, ROWS - 8)]
    table = {
        "Codice persona": people,
        "Laboratorio": ["Canarino"] * 10 + ["Cucito"] * (ROWS - 10),
        "Data": ["01/02/2022"] * ROWS,
        "Presente": ["sì"] * ROWS,
    }
    text, _ = proposal(layout, table)
    assert "Canarino" not in text
    assert '"Cucito": cucito' in text
    assert f"in meno di {LEAST_ROWS} righe" in text


def test_identifiers_are_named_and_never_mapped(layout: Layout, tmp_path: Path):
    table = {
        **REGISTER,
        "Cognome": ["Canarino"] * ROWS,
        "Altro codice": ["QQQZZZ70H15X999P"] * ROWS,
    }
    found: dict[int | None, list[tuple[str, int]]] = {8: [("name", ROWS)], 9: [("tax_code", ROWS)]}
    text, open_ones = proposal(layout, table, identifiers=found)
    assert "Canarino" not in text
    assert "QQQZZZ" not in text
    assert "colonna/column J: codice fiscale (40)" in text
    assert any("dati identificativi" in each for each in open_ones)
    source = confirmed(text, tmp_path).sources[0]
    assert {"Cognome", "Altro codice"}.isdisjoint(
        {column.heading for column in source.columns.values()} | set(source.ignore)
    )


def test_numbers_are_never_taken_for_codes(layout: Layout):
    """1 is a woman for Caritas and a man elsewhere (FACTS 3.1): only a person can say."""
    text, open_ones = proposal(layout, {**REGISTER, "Sesso": ["1", "2"] * (ROWS // 2)})
    assert "gender_code" in open_ones
    assert re.search(r'# "1": \.\.\. .*female, male, other', text)


def test_a_day_that_may_be_a_month_is_not_sure(layout: Layout):
    days = [f"{n % 12 + 1:02d}/{n % 11 + 1:02d}/2022" for n in range(ROWS)]
    _, open_ones = proposal(layout, {**REGISTER, "Data": days})
    assert "session_date" in open_ones


def test_a_questionnaire_finds_its_scales(layout: Layout, tmp_path: Path):
    scale = shipped()["who5"]
    chance = random.Random(1)
    words = [words.it.capitalize() for words in scale.answers.values()]
    table = {
        "Informazioni cronologiche": [f"{n % 28 + 1:02d}/06/2021 10.30.00" for n in range(ROWS)],
        "Il tuo codice": [f"LUN-{n:04d}" for n in range(ROWS)],
        "Quanti anni hai?": [str(20 + n) for n in range(ROWS)],
        **{
            f"Nelle ultime due settimane [{item.text.it}]": [
                chance.choice(words) for _ in range(ROWS)
            ]
            for item in scale.items
            if item.text
        },
    }
    text, open_ones = proposal(layout, table, name="questionario_pre.csv")
    source = confirmed(text, tmp_path).sources[0]
    assert source.dataset == "survey"
    assert source.every == "wave"
    block = source.questions[0]
    assert block.instrument == "who5"
    assert list(block.items) == scale.item_codes
    assert {word.capitalize(): value for word, value in block.answers.items()} == {
        words.it.capitalize(): float(code) for code, words in scale.answers.items()
    }
    assert source.columns["response_date"].truncate_time
    assert "questions: who5" not in open_ones


@pytest.mark.parametrize(
    ("cells", "patterns"),
    [
        (["31/12/2021", "01/02/2022"], ("%d/%m/%Y",)),
        (["31.12.21", "01.02.22"], ("%d.%m.%y",)),
        (["2021-12-31", "31/12/2021"], ("%Y-%m-%d", "%d/%m/%Y")),
        (["12/31/2021", "01/13/2022"], ("%m/%d/%Y",)),
        (["2021-12-31 10:30:00"], ("%Y-%m-%d",)),
        (["31 dic 2021", "1 febbraio 2022"], ("%d %b %Y",)),
        (["gen-22", "dic-21"], ("%b-%y",)),
    ],
)
def test_the_pattern_of_dates_is_taken_from_the_cells(cells, patterns):
    fit = fit_dates(look(pa.array(cells)))
    assert fit.dates == patterns
    assert fit.share == 1
    assert fit.has_time == (":" in cells[0])


@pytest.mark.parametrize(
    ("cells", "decimal", "thousands", "doubt"),
    [
        (["1.234,50", "12"], ",", ".", False),
        (["1,234.50", "12"], ".", ",", False),
        (["12,5", "3"], ",", "", False),
        (["12.5", "3"], ".", "", False),
        (["12", "3"], "", "", False),
        (["1.234", "5.678"], ",", ".", True),  # a thousand and more, or one and a bit
    ],
)
def test_the_marks_of_numbers_are_taken_from_the_cells(cells, decimal, thousands, doubt):
    fit = fit_numbers(look(pa.array(cells)), FIELDS["isee_eur"])
    assert (fit.decimal, fit.thousands, fit.doubt) == (decimal, thousands, doubt)
    assert fit.share == 1


def test_names_of_months_are_read_by_the_year_of_the_folder(layout: Layout, tmp_path: Path):
    table = {"Mese": ["gennaio", "febbraio", "marzo"], "Ingressi": ["120", "99", "130"]}
    text, _ = proposal(layout, table, name="emporio_2022.csv")
    column = confirmed(text, tmp_path).sources[0].columns["contact_date"]
    assert column.month_of_period


def test_words_between_two_codes_are_left_alone():
    words = {"one": ("sportello casa",), "two": ("sportello cosa",)}
    assert fit_codes(look(pa.array(["Sportello Casa", "sportello cisa"])), words).codes == {
        "Sportello Casa": ("one", 100)
    }


def test_the_file_is_yaml_whatever_its_headings_say(layout: Layout):
    odd = {**REGISTER, 'Quale "voce": # {1}': ["a"] * ROWS, "a\tb\n- c": ["x", "y"] * (ROWS // 2)}
    text, _ = proposal(layout, odd)
    assert YAML().load(text)["partner"] == "alfa"


@pytest.mark.parametrize(
    ("heading", "words"),
    [
        ("Fascia di età", {"00-17": "00-17", "65+": "65+"}),  # as coding at the source writes it
        ("Classe d'età", {"minorenne": "00-17", "65 e oltre": "65+"}),
    ],
)
def test_age_bands_are_proposed(
    layout: Layout, tmp_path: Path, heading: str, words: dict[str, str]
) -> None:
    cells = (list(words) * ROWS)[:ROWS]
    text, _ = proposal(layout, {**REGISTER, heading: cells})
    column = confirmed(text, tmp_path).sources[0].columns["age_band"]
    assert column.heading == heading
    assert {word: column.plain_codes.get(word, word) for word in words} == words
