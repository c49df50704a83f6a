"""Configuration files: every mistake is told with file, line, key and what is allowed."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from schemas.config import ConfigError, line_in, read_config
from schemas.programme import Programme
from schemas.sidecar import Sidecar
from schemas.source import PartnerSources
from tests.intake_sample import PROGRAMME, REGISTER


def problems(tmp_path: Path, text: str, model: type = PartnerSources) -> list[tuple[int, str]]:
    path = tmp_path / "source.yml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        read_config(path, model)
    assert "source.yml:" in str(caught.value)
    return caught.value.problems


def line_of(text: str, part: str) -> int:
    return next(at for at, line in enumerate(text.splitlines(), start=1) if part in line)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("reader:", "readr:", ("'sources.0.readr'", "did you mean 'reader'", "Allowed: source")),
        ("format: csv", "format: csv, delimitr: ','", ("delimitr", "'delimiter'", "thousands")),
        ("optional: true", "optinal: true", ("optinal", "'optional'", "letter")),
        ("dataset: attendance", "dataset: attendace", ("'sources.0.dataset'", "'attendance'")),
        ("label: {it: Registro, en: Register}", "label: {it: Registro}", ("label.en", "missing")),
        ("format: csv", "format: csv, header_row: 0", ("header_row", "greater than or equal to 1")),
        ("format: csv", "format: csv, decimal: '.', thousands: '.'", ("same mark",)),
        ("format: csv", "format: csv, dates: ['gg/mm/aaaa']", ("gg/mm/aaaa", "%d/%m/%Y")),
        ("format: csv", "format: csv, true: [sì], false: [SÌ]", ("stands in both",)),
        ("[A-Z]{3}", "[A-Z{3}", ("regular expression",)),
        ("{from: Data}", "{from: Data, letter: C}", ("exactly one of",)),
        ("session_date:", "session_dat:", ("'session_dat' is not a column", "'session_date'")),
        (
            "session_date: {from: Data}",
            "booked_date: {from: Data}",
            ("cannot do without: session_date",),
        ),
        ("ignore: [Note*]", "key: [record]", ("'record' is not a column", "record_id")),
        (
            "ignore: [Note*]",
            "tolerate: [{rule: hours.rnge, reason: r, by: b, on: 2022-01-01}]",
            ("'hours.rnge' is no rule", "hours.range"),
        ),
        (
            "ignore: [Note*]",
            "tolerate: [{rule: hours.range, reason: r, on: 2022-01-01}]",
            ("tolerate.0.by", "missing"),
        ),
        (
            "ignore: [Note*]",
            "not_identifiers: [{heading: '', kind: name, reason: 'r', by: 'b', on: 2022-01-01}]",
            ("not_identifiers.0.heading", "too short"),
        ),
        (
            "ignore: [Note*]",
            "not_identifiers: [{heading: 'Note', kind: name, reason: ' ', by: 'b', on: 2022-01-01}]",
            ("not_identifiers.0.reason", "too short"),
        ),
        (
            "ignore: [Note*]",
            "not_identifiers: [{heading: 'Note', kind: name, reason: 'r', by: '', on: 2022-01-01}]",
            ("not_identifiers.0.by", "too short"),
        ),
        (
            "ignore: [Note*]",
            "not_identifiers: [{heading: 'Note', kind: name, reason: 'r', by: 'b', on: 2999-01-01}]",
            ("not_identifiers.0.on", "lies in the future"),
        ),
        (
            "ignore: [Note*]",
            "tolerate: [{rule: hours.range, reason: '', by: b, on: 2022-01-01}]",
            ("tolerate.0.reason", "too short"),
        ),
        ("ignore: [Note*]", "counts: {emporio: Ingressi}", ("belongs to service_access",)),
        ("format: csv", "format: csv, dates: ['%d/%m/%Y %q']", ("%d/%m/%Y %q", "not known")),
        ("format: csv", "format: csv, delimiter: '\"'", ("delimiter", "cannot separate")),
        ("ignore: [Note*]", "key: [record_id]", ("'record_id'", "not among 'columns'")),
        (
            "hours: {from: Ore, optional: true}",
            "gender_code: {from: Ore, codes: {F: femal}}",
            ("'femal' is no code of gender_code", "'female'"),
        ),
        (
            "hours: {from: Ore, optional: true}",
            "hours: {from: Ore, unit: minute}",
            ("'minutes'", "hours.unit"),
        ),
        (
            "hours: {from: Ore, optional: true}",
            "hours: {from: Ore, unit: cents}",
            ("hours is in hours", "'cents' cannot be converted", "minutes, hours"),
        ),
        (
            "{from: Data}",
            "{from: Data, unit: minutes}",
            ("session_date is no number", "'unit' does not apply"),
        ),
        (
            "hours: {from: Ore, optional: true}",
            "hours: {from: Ore, unit: minutes, factor: 2}",
            ("one of 'unit' and 'factor'",),
        ),
        (
            "hours: {from: Ore, optional: true}",
            "hours: {from: Ore, factor: 0}",
            ("nothing is multiplied by 0",),
        ),
        (
            "hours: {from: Ore, optional: true}",
            "hours: {from: Ore, factor: half}",
            ("hours.factor", "does not have the form"),
        ),
        ("{from: Data}", "{from: Data, at: session_date}", ("only for 'codes' with dates",)),
        ("ignore: [Note*]", "months_off: [13]", ("months_off.0", "must be at most 12")),
        ("ignore: [Note*]", "from: 2022-02-01\n    until: 2022-01-31", ("comes before 'from'",)),
        ("ignore: [Note*]", "from: 2022-02-30", ("'sources.0.from'", "a date such as")),
        ("ignore: [Note*]", "to_confirm: [hours]", ("with 1 entries to confirm", "to_confirm")),
    ],
)
def test_a_mistake_names_line_key_and_remedy(
    tmp_path: Path, old: str, new: str, told: tuple[str, ...]
) -> None:
    assert old in REGISTER
    found = problems(tmp_path, REGISTER.replace(old, new, 1))
    text = "\n".join(each for _, each in found)
    for part in told:
        assert part in text


@pytest.mark.parametrize(
    "content", ["partner: a\0", "\x07", "partner: &a [*a]\nsources: *a\n", "a: &a {b: *a}\n"]
)
def test_no_content_breaks_the_reader(tmp_path: Path, content: str) -> None:
    assert problems(tmp_path, content)


def test_a_file_that_cannot_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def locked(*_args: object, **_kinds: object) -> str:
        raise PermissionError(13, "locked")

    monkeypatch.setattr(Path, "read_text", locked)
    with pytest.raises(ConfigError, match="cannot be read"):
        read_config(tmp_path / "source.yml", PartnerSources)


def test_mistakes_are_told_in_italian_too(tmp_path: Path) -> None:
    path = tmp_path / "source.yml"
    path.write_text(REGISTER.replace("reader:", "readr:").replace("sì", ""), encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        read_config(path, PartnerSources)
    assert "'sources.0.readr' non è previsto qui; forse 'reader'? Ammessi: " in caught.value.say(
        "it"
    )


def test_a_key_given_twice_is_told_without_its_values(tmp_path: Path) -> None:
    [(line, text)] = problems(tmp_path, "note: Zaffiro\nnote: Topazio\n", Sidecar)
    assert line == 2 and "note" in text
    assert "Zaffiro" not in text and "Topazio" not in text


def test_an_empty_note_says_nothing_and_is_no_mistake(tmp_path: Path) -> None:
    path = tmp_path / "a.csv.yml"
    path.write_text("# niente da dire\n", encoding="utf-8")
    assert read_config(path, Sidecar) == Sidecar()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("session_date:", "session_dat:"),
        ("[A-Z]{3}", "[A-Z{3}"),
        ("reader:", "readr:"),
        ("optional: true", "optinal: true"),
        ("ignore:", "ignored:"),
    ],
)
def test_the_line_is_that_of_the_key(tmp_path: Path, old: str, new: str) -> None:
    text = REGISTER.replace(old, new, 1)
    [(line, _)] = problems(tmp_path, text)
    assert line == line_of(text, new)


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    text = REGISTER.replace("reader:", "readr:").replace("ignore:", "ignored:")
    lines = [line for line, _ in problems(tmp_path, text)]
    assert lines == [line_of(text, "readr:"), line_of(text, "ignored:")]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "empty"),
        ("- a\n- b\n", "not a list of 'key: value'"),
        ("partner: [a\n", "not readable as YAML"),
        ("partner: a\npartner: b\nsources: []\n", "not readable as YAML"),
    ],
)
def test_a_file_that_is_no_configuration(tmp_path: Path, text: str, told: str) -> None:
    assert told in problems(tmp_path, text)[0][1]


def test_a_file_in_another_encoding(tmp_path: Path) -> None:
    path = tmp_path / "source.yml"
    path.write_bytes("partner: città".encode("cp1252"))
    with pytest.raises(ConfigError, match="UTF-8"):
        read_config(path, PartnerSources)


def test_a_source_stands_once(tmp_path: Path) -> None:
    twice = REGISTER + REGISTER.split("sources:\n")[1]
    assert "stands twice" in problems(tmp_path, twice)[0][1]


def test_words_that_look_like_numbers_or_truths_stay_words(tmp_path: Path) -> None:
    path = tmp_path / "source.yml"
    path.write_text(
        REGISTER.replace(
            "{from: Presente}", "{from: Presente, missing: [99, 0], codes: {No: no, 1: sì}}"
        ),
        encoding="utf-8",
    )
    column = read_config(path, PartnerSources).sources[0].columns["is_present"]
    assert column.missing == ["99", "0"]
    assert column.codes == {"No": "no", "1": "sì"}


def test_a_programme_that_contradicts_itself(tmp_path: Path) -> None:
    backwards = PROGRAMME.replace("to: 2023-05-31\npartners", "to: 2020-05-31\npartners")
    assert "'to' must come after 'from'" in problems(tmp_path, backwards, Programme)[0][1]
    change = PROGRAMME + "evaluation: {change: {from: pre, to: pst}}\n"
    assert "pst" in problems(tmp_path, change, Programme)[0][1]
    step = (
        PROGRAMME
        + "evaluation: {steps: [{service: empori, on: 2022-01-01, label: {it: a, en: b}}]}\n"
    )
    assert "empori" in problems(tmp_path, step, Programme)[0][1]


LITTLE = """programme: px
title: {it: Prova, en: Trial}
from: 2022-01-01
to: 2022-12-31
partners: {}
"""


@pytest.mark.parametrize("block", ["activities", "services"])
@pytest.mark.parametrize(
    ("code", "likely"),
    [
        ("Orto di città", "orto_di_citta"),
        ("emporio-solidale", "emporio_solidale"),
        ("18 anni", "attivita_18_anni"),
        ("x" * 41, "x" * 40),
        ("a/../b", "a_b"),
    ],
)
def test_a_code_is_no_sentence_and_the_likely_one_is_said(tmp_path, block, code, likely) -> None:
    text = f"{LITTLE}{block}:\n  '{code}': {{label: {{it: Nome, en: Name}}}}\n"
    ((line, said),) = problems(tmp_path, text, Programme)
    assert line == line_of(text, f"'{code}'")
    assert f"such as '{likely}'" in said and "goes into label" in said
    mended = tmp_path / "mended.yml"
    mended.write_text(text.replace(code, likely), encoding="utf-8")
    assert read_config(mended, Programme).codes()


@pytest.mark.parametrize("code", ["con", "lpt1", "true", "null", "nan"])
@pytest.mark.parametrize("block", ["partners", "neighbourhoods", "activities", "services"])
def test_a_code_is_no_reserved_word(tmp_path: Path, block: str, code: str) -> None:
    block_text = f"{block}:\n  '{code}': {{label: {{it: Nome, en: Name}}}}\n"
    text = LITTLE.replace("partners: {}\n", "" if block == "partners" else "partners: {}\n")
    ((line, said),) = problems(tmp_path, text + block_text, Programme)
    assert line == line_of(text + block_text, f"'{code}'") and "reserved word" in said


def test_true_without_quotes_and_a_reserved_programme_are_refused_too(tmp_path: Path) -> None:
    text = f"{LITTLE}activities:\n  true: {{label: {{it: Nome, en: Name}}}}\n"
    assert "reserved word" in problems(tmp_path, text, Programme)[0][1]
    named = LITTLE.replace("programme: px", "programme: aux")
    assert "'programme'" in problems(tmp_path, named, Programme)[0][1]


def test_a_key_with_an_end_of_line_does_not_break_the_line_of_its_mistake(tmp_path: Path) -> None:
    text = f'{LITTLE}activities:\n  "or\\nto\\x1b[31m": {{label: {{it: Nome, en: Name}}}}\n'
    ((_, said),) = problems(tmp_path, text, Programme)
    assert said.isprintable() and "or to" in said


PLACE = "neighbourhoods: {a: {label: {it: A, en: A}, residents: %s}}"
GROUPS = (
    "population: [{by: gender_code, neighbourhoods: [a], source: x, groups: ["
    "{label: {it: F, en: F}, levels: [female], residents: %s},"
    "{label: {it: M, en: M}, levels: [male], residents: 3}]}]"
)
MONEY = [
    "funder: {name: F, contribution_eur: %s}",
    "budget: {lines: [{label: {it: A, en: A}, eur: %s}]}",
]
COUNTS = ["targets: {reached_n: %s}", PLACE, GROUPS]


@pytest.mark.parametrize("line", [*MONEY, *COUNTS])
@pytest.mark.parametrize(
    ("value", "told"),
    [
        ("270.000", "write 270000 or 270000.00"),
        ("'270.000'", "write 270000 or 270000.00"),
        (".inf", "finite"),
        (".nan", "finite"),
        ("-5", "must be"),
        ("true", "a finite number"),
        ("1" * 400, ""),
        ("1" * 5000, ""),
        ("2000000000", "at most 1000000000"),
    ],
)
def test_money_and_counts_are_finite_in_bounds_and_written_in_one_way(
    tmp_path: Path, line: str, value: str, told: str
) -> None:
    text = f"{LITTLE}{line % value}\n"
    ((number, said),) = problems(tmp_path, text, Programme)
    assert number == 6 and told in said


@pytest.mark.parametrize("value", ["270000", "270000.00", "270000.5", "270.00", "0.125", "1250000"])
def test_amounts_that_can_be_read_in_one_way_only(tmp_path: Path, value: str) -> None:
    path = tmp_path / "programme.yml"
    path.write_text(f"{LITTLE}{MONEY[0] % value}\n", encoding="utf-8")
    funder = read_config(path, Programme).funder
    assert funder is not None and funder.contribution_eur == float(value)


def test_a_target_is_one_its_indicator_can_have(tmp_path: Path) -> None:
    share = f"{LITTLE}targets: {{retention_rate: 80}}\n"
    assert "80% is 0.8" in problems(tmp_path, share, Programme)[0][1]
    path = tmp_path / "programme.yml"
    path.write_text(f"{LITTLE}targets: {{retention_rate: 0.8, score_change: -0.5}}\n", "utf-8")
    assert read_config(path, Programme).targets == {"retention_rate": 0.8, "score_change": -0.5}


def test_a_comment_between_key_and_value_hides_no_other_mistake(tmp_path: Path) -> None:
    noted = "lead: # chi guida\n  Comune di Mantova\n\n"
    text = f"{LITTLE}{noted}targets: {{reached_n: molti}}\n"
    ((line, said),) = problems(tmp_path, text, Programme)
    assert line == line_of(text, "targets") and "a number is needed" in said
    path = tmp_path / "programme.yml"
    path.write_text(LITTLE + noted, encoding="utf-8")
    assert line_in(path, ("lead",)) == 6


@pytest.mark.parametrize(
    ("text", "line"),
    [("a: 1\n[b: c]: 2\nd: 4\n", 2), ("a: 1\nb: !!int ''\nc: 2\n", 2), ("k: \n\n|+ #", 1)],
)
def test_what_stops_the_exact_reader_is_a_mistake_with_its_line(
    tmp_path: Path, text: str, line: int
) -> None:
    [(number, said), *_] = problems(tmp_path, text, Sidecar)
    assert number == line and "None" not in said


def test_a_wave_runs_forwards_and_bears_no_name_of_a_period(tmp_path: Path) -> None:
    backwards = PROGRAMME.replace("to: 2021-09-30", "to: 2021-04-30")
    [(line, text)] = problems(tmp_path, backwards, Programme)
    assert line == line_of(PROGRAMME, "pre:") and "must come after" in text
    for name in ("all", "2022Q1", "2022-03", "2022"):
        taken = PROGRAMME.replace("  pre:", f"  '{name}':")
        assert "name of a period" in problems(tmp_path, taken, Programme)[0][1]


def test_a_note_beside_a_file(tmp_path: Path) -> None:
    text = "received: 2022-13-01\nsuperseds: a.csv\n"
    told = problems(tmp_path, text, Sidecar)
    assert [line for line, _ in told] == [1, 2]
    assert "'supersedes'" in told[1][1]


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("targets: {reachd_n: 200}", "Nearest: reached_n"),
        ("sensitive_tables: [reech]", "Nearest: reach"),
        ("disclosure: {minimum_cont: 7}", "Nearest: minimum_count"),
    ],
)
def test_a_programme_names_only_what_the_house_knows(tmp_path: Path, line: str, told: str) -> None:
    text = f"{PROGRAMME}\n{line}\n"
    ((at, said),) = problems(tmp_path, text, Programme)
    assert told in said
    assert at == line_of(text, line)


DATED = """
partner: alfa
sources:
  - source: registro
    dataset: attendance
    label: {it: Registro, en: Register}
    files: ["registro*"]
    columns:
      person_code: {from: Codice}
      activity_code: {from: Laboratorio}
      session_date: {from: Data}
      is_present: {from: Presente}
      gender_code:
        from: Sesso
        at: session_date
        codes:
          - until: 2022-07-14
            codes: {"1": female}
          - from: 2022-07-15
            codes: {"F": female}
"""


@pytest.mark.parametrize(
    ("old", "new", "told", "line"),
    [
        ("from: 2022-07-15", "from: 2022-07-14", "the lists overlap", "from: 2022-07-14"),
        ("from: 2022-07-15", "from: 2022-07-16", "without a list", "from: 2022-07-16"),
        ("from: 2022-07-15", "until: 2023-01-01", "'from' is missing", "until: 2023-01-01"),
        ("until: 2022-07-14", "from: 2022-01-01", "'until' is missing", "from: 2022-01-01"),
        (
            "until: 2022-07-14",
            "until: 2022-07-14\n            from: 2022-08-01",
            "'until' comes before 'from'",
            "until: 2022-07-14",
        ),
        ("at: session_date", "at: sesion_date", "Did you mean 'session_date'", "at: sesion_date"),
        ("at: session_date", "at: person_code", "is no date among", "at: person_code"),
        ('"F": female', '"F": femal', "'femal' is no code of gender_code", '"F": femal'),
        ("- from: 2022-07-15", "- form: 2022-07-15", "did you mean 'from'", "- form"),
        ('codes: {"F": female}', "codes: {}", "at least one entry", "codes: {}"),
        ("until: 2022-07-14", "until: 14/07/2022", "a date such as", "until: 14/07"),
        ('"F": female', '"female": male', "a cell of one list", '"female": male'),
    ],
)
def test_a_mistake_in_dated_code_lists_names_its_line(tmp_path, old, new, told, line):
    text = DATED.replace(old, new, 1)
    if "cell of one list" in told:
        text = text.replace('{"1": female}', '{"1": male, "male": female}')
        line = '"female": male'
    found = problems(tmp_path, text)
    assert any(told in said for _, said in found), found
    assert any(number == line_of(text, line) for number, said in found if told in said), found


def test_periods_that_a_source_owes(tmp_path: Path):
    path = tmp_path / "source.yml"
    dated = REGISTER.replace(
        "ignore: [Note*]", "from: 2021-09-15\n    until: 2022-12-31\n    months_off: [8]"
    )
    path.write_text(dated, encoding="utf-8")
    source = read_config(path, PartnerSources).sources[0]
    asked = {
        ("2021-08-01", "2021-08-31"): False,  # before it began
        ("2021-09-01", "2021-09-30"): True,  # began within
        ("2022-08-01", "2022-08-31"): False,  # August
        ("2022-07-01", "2022-09-30"): True,  # a quarter with August in it
        ("2022-12-01", "2022-12-31"): True,
        ("2023-01-01", "2023-01-31"): False,  # it had stopped
    }
    for (first, last), is_due in asked.items():
        days = date.fromisoformat(first), date.fromisoformat(last)
        assert source.expects(*days) == is_due, first


@pytest.mark.parametrize(
    ("text", "told", "line"),
    [
        ("partner: x\na: &a [1, 1]\nb: [*a, *a]\n", "not allowed", 2),
        ("partner: x\nb: *a\n", "not allowed", 2),
        ("partner: x\nb: " + "[" * 3000, "40 levels", 2),
        ("partner: x\nb: " + "[" * 41 + "]" * 41 + "\n", "40 levels", 2),
        ("partner: x\n# " + "x" * 1_000_000, "1 MB", 1),
    ],
)
def test_a_file_that_would_never_end_is_refused_at_its_line(tmp_path, text, told, line):
    assert [(number, told in said) for number, said in problems(tmp_path, text)] == [(line, True)]
