"""The tables that say how a number was made, and the published numbers behind its method."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from reports import kit
from schemas.method_checks import checks, modules
from tests.unit.released_sample import HIDDEN, SCHEMA, released_sample, row

ABOUT = {
    "subject_code": "who5",
    "design": "pre_post",
    "table_code": "change",
    "method_code": "mean_change_paired_t",
    "question_code": "change",
}


def reader(folder, value, status="released", lang="en", **more):
    released_sample(folder)
    path = folder / "tables" / "change.parquet"
    mine = row("score_change", value, status, **{**ABOUT, **more})
    pq.write_table(pa.Table.from_pylist([mine], SCHEMA), path)
    return kit.open(lang, "2022Q1", folder)


def test_an_estimate_stands_with_all_it_rests_on(tmp_path):
    k = reader(
        tmp_path,
        7.1,
        ci_low=4.4,
        ci_high=9.8,
        n=63,
        n_missing=12,
        p_value=0.0000021,
        assumptions="independent_people=doubtful; normal_change=held",
    )
    line, _, legend = k.table("evidence", question="change").splitlines()[2:]
    for told in ("+7.1 (+4.4 to +9.8)", "63 (12)", "\\< 0.001", "| a |"):
        assert told in line
    assert legend.startswith("In doubt: a = People independent of each other")
    assert "normal" not in legend, "what holds is no doubt"
    (method,) = k.table("assumptions", question="change").splitlines()
    assert "before and after, same people" in method
    assert ": doubtful" in method and ": holds" in method


def test_a_hidden_estimate_tells_nothing(tmp_path):
    k = reader(tmp_path, None, HIDDEN)
    (line,) = k.table("evidence", question="change").splitlines()[2:]
    assert "not shown (privacy)" in line
    assert "doubtful" not in line


def test_questions_without_estimates_are_not_asked(tmp_path):
    k = reader(tmp_path, 7.1, n=63)
    assert k.questions == ["change"]
    assert "no data" in k.table("evidence", question="network")
    with pytest.raises(kit.KitError, match="question"):
        k.table("evidence", question="chang")


def test_every_published_number_is_printed_with_its_source(tmp_path):
    k = reader(tmp_path, 7.1, n=63)
    printed = "\n".join(k.table("checks", question=each) for each in k.checked_questions)
    printed = printed.replace("\u200b", "").replace("\\", "")
    made = [check for name in modules() for check in checks(name)]
    for each in made:
        assert each.source.split()[0].strip("(") in printed
        assert f"{each.what.en} {each.expected:.10g}".replace("e-0", "e-") in printed.replace(
            "|", " "
        )
    assert len(printed.splitlines()) - 2 * len(k.checked_questions) <= len(made)


@pytest.mark.parametrize("lang", ["it", "en"])
def test_each_design_says_what_it_allows(tmp_path, lang):
    k = reader(tmp_path, 7.1, lang=lang, n=63)
    assert len(k.table("designs").splitlines()) == 2 + 4
    assert len(k.table("methods", question="change").splitlines()) > 3


@pytest.mark.parametrize(
    ("said", "expected"),
    [("held", "holds"), ("doubtful", "doubtful"), ("not_checked", "not checkable here")],
)
def test_an_assumption_is_told_with_its_outcome(tmp_path, said, expected):
    k = reader(tmp_path, 7.1, n=63, assumptions=f"independent_people={said}")
    told = k.table("assumptions", question="change")
    assert f"(nobody lives together): {expected}" in told


def test_an_assumption_doubtful_in_some_estimates_says_in_how_many(tmp_path):
    rows = [
        row("score_change", 7.1, n=63, assumptions=f"independent_people={x}", **ABOUT | {"subject_code": s})
        for s, x in (("who5", "doubtful"), ("bscs", "held"))
    ]  # fmt: skip
    released_sample(tmp_path)
    pq.write_table(pa.Table.from_pylist(rows, SCHEMA), tmp_path / "tables" / "change.parquet")
    k = kit.open("en", "2022Q1", tmp_path)
    assert "doubtful in 1/2 estimates" in k.table("assumptions", question="change")


def test_a_long_address_may_break_and_is_not_changed_otherwise():
    from reports._evidence import softened

    address = "statsmodels.datasets.macrodata"
    assert softened(address).replace("\u200b", "") == address
    assert "\u200b" in softened(address)
    assert softened("short words stay") == "short words stay"
