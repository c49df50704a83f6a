"""Which cells and columns the gate takes for identifiers, measured on texts made or published for it."""

from __future__ import annotations

import random

import pytest

from assets.errors import DeliveryRefused
from assets.intake.gate import inspect, stop_identifiers
from assets.intake.grid import Contents, make_sheet
from assets.intake.single import identifier_kinds
from schemas.source import Source
from tests.identifier_cases import CARDS, TAX_CODES, alone, kinds_of, measured, vat_numbers


@pytest.fixture(scope="module")
def rng() -> random.Random:
    return random.Random(2022)


def columns(
    headings: list[str], *cells: list[str], source: Source | None = None
) -> dict[int, set[str]]:
    """Return position -> kinds found in a sheet of such columns."""
    rows = [headings, *map(list, zip(*cells, strict=True))]
    found: dict[int, set[str]] = {}
    for each in inspect(Contents(make_sheet("x", rows)), [], source):
        found.setdefault(each.position or 0, set()).add(each.kind)
    return found


def column(heading: str, cells: list[str]) -> set[str]:
    """Return the kinds found in a column beside one of codes."""
    codes = [f"MN-{n:04d}" for n in range(len(cells))]
    return columns(["Codice", heading], codes, cells).get(1, set())


def test_recall_and_precision_of_each_kind() -> None:
    found = measured()
    assert found["tax_code"][0] == found["tax_code"][1] > 300
    for kind, (hits_n, texts_n, alarms_n) in found.items():
        assert hits_n >= 0.95 * texts_n, kind
        assert alarms_n == 0, kind


@pytest.mark.parametrize("code", TAX_CODES)
def test_a_tax_code_is_found_in_a_column_of_any_heading(code: str) -> None:
    for heading in ("Codice", "Note", "Data", ""):
        assert "tax_code" in kinds_of(code, heading)


def mobiles(rng: random.Random, count: int) -> list[str]:
    prefixes = ("320", "328", "333", "338", "340", "347", "349", "366", "389", "392")
    return [f"{rng.choice(prefixes)}{rng.randint(1000000, 9999999)}" for _ in range(count)]


@pytest.mark.parametrize(
    "heading",
    [
        "RespondentID",
        "ID",
        "id_utente",
        "Cod.",
        "Codice",
        "N. protocollo",
        "Pratica",
        "Tessera",
        "record_key",
    ],
)
def test_ids_given_out_in_order_are_no_telephones(heading: str) -> None:
    falling = [str(3292879998 - 137 * n - n % 3) for n in range(40)]
    assert column(heading, falling) == set()
    assert column(heading, sorted(falling, key=lambda each: each[::-1])) == set()


def test_a_series_needs_no_heading_but_a_telling_one_overrules_it(rng: random.Random) -> None:
    series = [str(3292879998 - 137 * n) for n in range(40)]
    for heading in ("Numero", "N.", "#", "n"):
        assert column(heading, series) == set()
    for heading in ("Telefono", "Cell.", "Recapito", "N. cellulare"):
        assert column(heading, series) == {"phone"}
    for heading in ("Numero", "Altro", "Valore", ""):
        assert column(heading, mobiles(rng, 30)) == {"phone"}


def test_telephones_under_a_heading_for_ids_are_still_telephones(rng: random.Random) -> None:
    assert column("ID utente", mobiles(rng, 30)) == {"phone"}
    spaced = [f"{each[:3]} {each[3:]}" for each in mobiles(rng, 5)]
    assert column("Codice", spaced) == {"phone"}


def test_an_unnamed_column_of_mixed_telephones_is_found(rng: random.Random) -> None:
    mixed = [*mobiles(rng, 10), "0376 321654", "338 1234567", "0376224411", "347-1112223"]
    rng.shuffle(mixed)
    assert column("", mixed) == {"phone"}


def test_random_ids_are_neither_telephones_nor_cards_nor_vat_numbers(rng: random.Random) -> None:
    for digits_n in (9, 10, 11, 12, 13, 16, 19):
        ids = [str(rng.randint(10 ** (digits_n - 1), 10**digits_n - 1)) for _ in range(60)]
        for heading in ("ID", "Codice", "Valore", ""):
            assert column(heading, ids) == set(), (digits_n, heading)


def test_columns_of_numbers_with_right_check_digits(rng: random.Random) -> None:
    assert column("Ente", vat_numbers(rng, 12)) == {"vat_number"}
    assert column("Valore", CARDS) == {"card"}
    assert column("Altro", ["CA00000AA", "CB12345XY", "AX1234567"]) == {"identity_card"}
    assert column("Codice", ["AX1234567", "AX1234568", "AX1234570"]) == set()


@pytest.mark.parametrize(
    ("heading", "kind"),
    [
        ("Partita IVA", "vat_number"), ("P.IVA", "vat_number"), ("Carta di credito", "card"), ("N. passaporto", "passport"),
        ("Carta d'identità", "identity_card"), ("Documento di identità", "identity_card"), ("Patente", "driving_licence"),
        ("Tessera sanitaria", "health_code"), ("Codice STP", "health_code"), ("IP address", "ip_address"),
    ],
)  # fmt: skip
def test_headings_announce_documents_but_yes_and_no_are_none(heading: str, kind: str) -> None:
    assert kind in column(heading, ["X12345678", "X23456781"])
    assert column(heading, ["sì", "no"]) == set()


def test_yes_and_no_under_a_telling_heading_are_no_identifiers() -> None:
    for heading in ("Telefono", "E-mail", "Codice fiscale", "Indirizzo"):
        assert column(heading, ["sì", "no", "n.d.", "-"]) == set()
    assert column("Data di nascita", ["1970", "1985", "1990"]) == set()
    assert column("Data di nascita", ["60-69", "30-39", "18+"]) == set()
    assert column("Data di nascita", ["12/03/1970"]) == {"birth_date"}


GIVEN = ["Mario", "Giulia", "Francesco", "Chiara", "Fatima", "Andrea", "Youssef", "Anna"]
SURNAMES = ["Rossi", "Verdi", "Bianchi", "Alami", "De Luca", "Conti", "Popescu", "D'Angelo"]


def test_columns_of_names_are_found_without_a_heading() -> None:
    pairs = [f"{a} {b}" for a, b in zip(GIVEN, SURNAMES, strict=True)]
    turned = [f"{b.upper()} {a.upper()}" for a, b in zip(GIVEN, SURNAMES, strict=True)]
    for cells in (
        pairs,
        turned,
        GIVEN,
        [f"{b} {a[0]}." for a, b in zip(GIVEN, SURNAMES, strict=True)],
    ):
        assert column("Altro", cells) == {"name"}, cells


@pytest.mark.parametrize(
    "cells",
    [
        ["Cucito", "Italiano", "Orto", "Teatro", "Informatica", "Calcio"],
        ["Lunetta", "Frassino", "Virgiliana", "Te Brunetti", "Borgochiesanuova", "San Giorgio"],
        ["Gennaio", "Febbraio", "Marzo", "Aprile", "Maggio", "Giugno"],
        ["Mantova", "Reggio Emilia", "Marina di Ravenna", "Milano", "Borgo Virgilio", "Roma"],
        [
            "Cooperativa Solco",
            "Ferramenta Bianchi srl",
            "Fratelli Rossi snc",
            "Bar Mario",
            "Istituto Fermi",
        ],
        ["Rosso", "Blu", "Rosa", "Viola", "Bianco", "Celeste"],
        ["Cucito Creativo", "Orto Sociale", "Teatro Ragazzi", "Coro Popolare", "Pizza Margherita"],
    ],
)
def test_workshops_places_months_and_firms_are_no_names(cells: list[str]) -> None:
    for heading in ("Altro", "Nome", "name"):
        assert column(heading, cells) == set()


def test_a_bare_name_is_told_by_its_cells_and_in_doubt_stopped() -> None:
    assert column("Nome", GIVEN) == {"name"}
    assert column("Nome", ["Ago", "Filo"]) == {"name"}
    for heading in ("Cognome", "Nome e cognome", "Nominativo"):
        assert column(heading, ["Cucito", "Italiano", "Orto", "Teatro", "Informatica"]) == {"name"}


def test_coordinates_side_by_side_and_days_of_birth_without_a_heading(rng: random.Random) -> None:
    latitudes = [f"{45.1 + rng.random() / 10:.5f}" for _ in range(8)]
    longitudes = [f"{10.7 + rng.random() / 10:.5f}" for _ in range(8)]
    assert columns(["a", "b", "c"], ["x"] * 8, latitudes, longitudes) == {
        1: {"place"},
        2: {"place"},
    }
    assert column("Latitudine", latitudes) == {"place"}
    assert column("Lat", ["45.1", "45.2"]) == set()
    assert (
        columns(["a", "b", "c"], ["x"] * 8, [f"{rng.random():.5f}" for _ in range(8)], longitudes)
        == {}
    )
    births = [
        f"{rng.randint(1, 28):02d}/{rng.randint(1, 12):02d}/{year}" for year in range(1940, 2000, 5)
    ]
    assert column("Altro", births) == {"birth_date"}
    visits = [
        f"{rng.randint(1, 28):02d}/{rng.randint(1, 12):02d}/{year}" for year in range(2010, 2022)
    ]
    assert column("Altro", visits) == set()


def test_where_a_service_is_held_is_no_ones_address() -> None:
    cells = ["via Roma 12", "piazza Sordello 5"]
    assert column("Sede del laboratorio", cells) == set()
    assert column("Altro", cells) == {"address"}
    titled = make_sheet(
        "x",
        [
            ["Centro sociale, via Roma 12"],
            [],
            ["Codice", "Ore"],
            ["MN-0001", "2"],
            ["MN-0002", "3"],
        ],
    )
    assert inspect(Contents(titled), [], None) == []


PROSE = [
    f"ha raccontato che {what} e vorrebbe tornare la settimana prossima"
    for what in (
        "il lavoro va male",
        "la casa è umida",
        "i figli studiano",
        "il corso piace",
        "la salute migliora",
    )
]


def source(**more: object) -> Source:
    given = {
        "source": "registro", "dataset": "service_access", "label": {"it": "Registro", "en": "Register"}, "files": ["*"],
        "columns": {
            "person_code": {"from": "Codice"}, "contact_date": {"from": "Data"}, "service_code": {"value": "ascolto"},
        },
        **more,
    }  # fmt: skip
    return Source.model_validate(given)


def stopped(cells: list[str], heading: str = "Colloquio", **more: object) -> dict[int, set[str]]:
    codes, days = [f"MN-{n:04d}" for n in range(len(cells))], ["01/02/2022"] * len(cells)
    return columns(["Codice", "Data", heading], codes, days, cells, source=source(**more))


def test_free_text_is_stopped_unless_the_source_leaves_it_unread_by_name() -> None:
    assert stopped(PROSE) == {2: {"free_text"}}
    assert stopped(PROSE, ignore=["*"]) == {2: {"free_text"}}
    assert stopped(PROSE, ignore=["Colloquio"]) == {}
    assert stopped([PROSE[0]] * 5) == {}  # one answer of a list, however long
    assert column("Colloquio", PROSE) == set()  # nobody has declared anything yet


def test_what_may_be_left_unread_by_name_and_what_never() -> None:
    for kind, cell in (
        ("ip_address", "192.0.2.77"), ("place", "45.15642, 10.79145"), ("free_text", None),
    ):  # fmt: skip
        cells = PROSE if cell is None else [cell] * 3
        assert stopped(cells) == stopped(cells, ignore=["*"]) == {2: {kind}}
        assert stopped(cells, ignore=["Colloq*"]) == {}
    for kind in ("name", "email", "phone", "tax_code", "address", "birth_date", "card", "iban"):
        cells = alone(kind)[:3]
        assert kind in stopped(cells, ignore=["Colloquio"])[2], kind


@pytest.mark.parametrize(
    "kind", ["name", "email", "phone", "address", "card", "ip_address", "free_text", "vat_number"]
)
def test_every_kind_can_be_released_by_name(kind: str) -> None:
    cells = PROSE if kind == "free_text" else alone(kind)[:4]
    found = stopped(cells)[2]
    told = {"heading": "Colloquio", "reason": "prova", "by": "A. Bi", "on": "2022-01-01"}
    assert kind in found
    assert stopped(cells, not_identifiers=[{**told, "kind": each} for each in found]) == {}
    others = [{**told, "kind": each} for each in found - {kind}]
    assert stopped(cells, not_identifiers=others) == {2: {kind}}


def test_a_refusal_tells_where_what_how_many_and_what_to_do_but_no_cell() -> None:
    rows = [["Codice", "Data", "Altro"], ["MN-0001", "01/02/2022", "la sig.ra Zaffiro"]]
    with pytest.raises(DeliveryRefused) as refused:
        stop_identifiers(Contents(make_sheet("x", rows)), [], source())
    for lang, words in (
        (
            "it",
            (
                "colonna C «Altro»",
                "nome di persona (1 cella)",
                "lunattiva pseudonymise",
                "not_identifiers",
            ),
        ),
        (
            "en",
            (
                "column C «Altro»",
                "person's name (1 cell)",
                "lunattiva pseudonymise",
                "not_identifiers",
            ),
        ),
    ):
        said = refused.value.say(lang)
        assert all(each in said for each in words) and "Zaffiro" not in said


def test_a_typed_cell_is_looked_at_for_all_kinds() -> None:
    assert identifier_kinds("abita in via Roma 12", is_typed=True) == ["address"]
    assert identifier_kinds("CA00000AA", is_typed=True) == ["identity_card"]
    assert identifier_kinds("3331234567", "person_code") == []


@pytest.mark.parametrize("unit", ["h", "H", "1", "Ab", "h-", "h.", "A1", " ", "è"])
def test_one_endless_word_costs_little(unit: str) -> None:
    from time import process_time

    from assets.intake.exports.metadata import metadata_kind
    from assets.intake.identifiers import EVERYWHERE, plain_text
    from assets.intake.in_text import kinds_in_text

    text = plain_text("la sede è " + unit * (20_000 // len(unit)) + " a")
    began = process_time()
    assert not [kind for kind, test in EVERYWHERE.items() if test(text)]
    assert not kinds_in_text(text)
    assert metadata_kind(text) is None
    assert process_time() - began < 2  # the cube of it took most of a minute
