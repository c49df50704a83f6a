"""What may be said of the evidence: each claim in both languages, hidden, missing, in doubt."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import pytest

from reports import kit
from reports._released import Cell, _cell
from schemas.claims import Claim, claims
from schemas.indicators import released_tables
from tests.unit.released_sample import HIDDEN, released_sample, row

CLAIMS = [each for code, each in claims().claims.items() if code not in ("change", "change_short")]
#: A subject and a level for the claims that are about one.
ABOUT: dict[str, dict[str, str]] = {
    "compared": {"by_1": "area_role", "level_1": "pilot"},
    "compared_before": {"by_1": "waves_since_start", "level_1": "-2"},
    "attending": {"by_1": "day", "level_1": "180"},
    "who_stops": {"by_1": "term", "level_1": "female"},
    "who_stays": {"by_1": "characteristic", "level_1": "woman"},
    "food_insecurity": {"by_1": "food_insecurity", "level_1": "severe"},
}
VALUES = dict.fromkeys(
    ("minimum", "place", "service", "other", "step", "date", "day", "who", "degree", "wave"), "X"
)
SCORES = ("score_change", "did_", "dose_", "important", "reliably")


def table_of(indicator: str) -> str:
    return next(code for code, each in released_tables().items() if indicator in each.indicators)


def subject_of(claim: Claim) -> str:
    return "who5" if claim.indicator.startswith(SCORES) else ""


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample, written once: a test puts its own rows in place of its tables."""
    return released_sample(tmp_path_factory.mktemp("released"))


def with_rows(base: Path, rows: list[dict[str, Any]], lang: str = "it") -> kit.Kit:
    """Open the sample with the tables of these rows replaced by them."""
    k = kit.open(lang, "2022Q1", base)
    mine = [_cell(each, table_of(each["indicator_code"])) for each in rows]
    replaced = {each.table for each in mine}
    kept = [each for each in sample_cells(base) if each.table not in replaced]
    k.released.__dict__["cells"] = {each.coordinates: each for each in [*kept, *mine]}
    return k


@cache
def sample_cells(base: Path) -> list[Cell]:
    return list(kit.open("it", "2022Q1", base).released.cells.values())


def said(folder: Path, claim: Claim, lang: str, value: float | None, **more: Any) -> str:
    from reports import _wording

    status = more.pop("status", "released")
    about = ABOUT.get(claim.code, {})
    design = more.pop("design", next(iter(claim.designs)))
    subject = subject_of(claim)
    mine = row(
        claim.indicator, value, status, subject_code=subject, design=design, n=40, **about, **more
    )
    if value is None:
        mine["n"] = None
    k = with_rows(folder, [mine], lang)
    where = {"by": about["by_1"], "level": about["level_1"]} if about else {}
    return _wording.claim(k, claim.code, subject, VALUES, **where)


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda c: c.code)
@pytest.mark.parametrize("lang", ["it", "en"])
def test_each_outcome_has_its_own_sentence(base, claim, lang):
    nothing = claim.nothing
    ends = {"up": (nothing + 0.1, nothing + 0.3), "down": (nothing - 0.3, nothing - 0.1)}
    ends |= {"none": (nothing - 0.2, nothing + 0.2), "any": (nothing + 0.1, nothing + 0.3)}
    for design, sentences in claim.designs.items():
        told = {}
        for outcome in sentences:
            low, high = ends[outcome]
            told[outcome] = said(
                base, claim, lang, (low + high) / 2, ci_low=low, ci_high=high, design=design
            )
            fixed = getattr(sentences[outcome], lang).split("{")[0]
            assert told[outcome].startswith(fixed) and "{" not in told[outcome]
        assert len(set(told.values())) == len(sentences)


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda c: c.code)
@pytest.mark.parametrize("lang", ["it", "en"])
def test_what_is_hidden_or_missing_says_so_and_no_number(base, claim, lang):
    hidden = said(base, claim, lang, None, status=HIDDEN)
    assert ("riservatezza" if lang == "it" else "privacy") in hidden
    missing = said(base, claim, lang, None, status="not_applicable")
    assert ("non si può" if lang == "it" else "cannot be") in missing
    assert hidden != missing


@pytest.mark.parametrize("code", sorted(claims().doubts))
@pytest.mark.parametrize("lang", ["it", "en"])
def test_a_doubtful_assumption_is_said_after_the_sentence(base, code, lang):
    claim = claims().claims["compared_all"]
    ends = {"ci_low": 1.0, "ci_high": 9.0}
    doubtful = said(base, claim, lang, 5.0, **ends, assumptions=f"x=held; {code}=doubtful")
    assert doubtful.endswith(getattr(claims().doubts[code], lang))
    held = said(base, claim, lang, 5.0, **ends, assumptions=f"x=doubt; {code}=held")
    assert getattr(claims().doubts[code], lang) not in held


def test_a_doubt_without_words_of_its_own_is_told_by_the_assumption(base):
    claim = claims().claims["dose_trend"]
    told = said(
        base, claim, "en", 0.6, p_value=0.01,
        method_code="jonckheere_terpstra", assumptions="large_bands=doubtful",
    )  # fmt: skip
    assert "tends to be larger" in told and "In doubt: " in told


@pytest.mark.parametrize(("p", "expected"), [(0.049, "tends to be"), (0.05, "no trend is seen")])
def test_without_an_interval_p_decides(base, p, expected):
    told = said(base, claims().claims["dose_trend"], "en", 0.4, p_value=p)
    assert expected in told


def test_no_doubt_is_told_of_a_hidden_number(base):
    claim = claims().claims["compared_all"]
    told = said(base, claim, "en", None, status=HIDDEN, assumptions="many_areas=doubtful")
    assert told.endswith("(privacy).")


# -- medians -------------------------------------------------------------------------------------
MEDIAN = {"method_code": "kaplan_meier_median"}


@pytest.mark.parametrize(("lang", "words"), [("it", "non raggiunta"), ("en", "not reached")])
def test_a_median_that_is_not_reached_is_printed_as_such(base, lang, words):
    share = row("attending_share", 0.8, by_1="day", level_1="180", n=40)
    median = row("attending_median", None, "not_applicable", **MEDIAN)
    k = with_rows(base, [share, median], lang)
    assert words in k.claim("attending_median") and words in k.text("attending")
    assert words in k.table("estimates", indicators=("attending_median",))


def test_a_median_without_data_is_missing_not_unreached(base):
    median = row("attending_median", None, "not_applicable", **MEDIAN)
    hidden = row("attending_share", None, HIDDEN, by_1="day", level_1="180")
    k = with_rows(base, [median, hidden], "en")
    assert "cannot be computed" in k.claim("attending_median")


@pytest.mark.parametrize(("lang", "words"), [("it", "senza limite superiore"), ("en", "no upper")])
def test_an_interval_of_a_median_may_have_no_upper_end(base, lang, words):
    median = row("attending_median", 255.0, ci_low=203.0, n=40, **MEDIAN)
    told = with_rows(base, [median], lang).claim("attending_median")
    assert "203" in told and words in told


# -- lists ---------------------------------------------------------------------------------------
def comparison(value: float, low: float, high: float, **more: str) -> list[dict[str, Any]]:
    about = {"subject_code": "who5", "design": "compared", "n": 60}
    return [
        row("did_staggered", value, ci_low=low, ci_high=high, **about),
        row("did_effect", value, ci_low=low, ci_high=high, by_1="area_role", level_1="pilot", **about, **more),
    ]  # fmt: skip


def test_a_comparison_ends_with_what_is_in_doubt_about_any_of_its_forms(base):
    rows = comparison(2.0, -3.0, 7.0, assumptions="comparable_groups=doubtful")
    k = with_rows(base, rows, "en")
    doubt = claims().doubts["comparable_groups"].en
    for text in (k.text("answer"), k.text("compared"), k.text("compared", short=True)):
        assert text.count(doubt) == 1
        assert "cannot be distinguished" in text
    assert "pilot area" in k.text("compared") and "pilot area" not in k.text("compared", short=True)


def test_with_a_comparison_nobody_says_that_there_is_none(base):
    k = with_rows(base, comparison(2.0, -3.0, 7.0), "en")
    assert "There is no comparison" not in k.text("answer")
    alone = kit.open("en", "2022Q1", base)
    assert "There is no comparison" in alone.text("answer")
    assert "does not declare" in alone.text("compared")


def test_fragmentation_has_one_line_of_the_answer_and_its_caution(base):
    trend = row("continuity_trend", -0.03, ci_low=-0.05, ci_high=-0.01, n=90)
    text = with_rows(base, [trend], "it").text("answer")
    (line,) = [x for x in text.splitlines() if "dispersi" in x]
    assert "0,030" in line and "Questi numeri non dicono se più servizi fossero necessari." in line


def test_a_hidden_comparison_takes_no_line_of_the_answer(base):
    hidden = row("did_staggered", None, HIDDEN, subject_code="who5", design="compared")
    k = with_rows(base, [hidden], "en")
    assert "comparison areas" not in k.text("answer")
    assert "not shown" in k.text("compared")


def test_a_changed_share_says_the_least_that_matters(base):
    share = row("important_change_share", 0.44, ci_low=0.33, ci_high=0.55, n=80,
                subject_code="who5", design="pre_post")  # fmt: skip
    text = with_rows(base, [share], "en").text("changes")
    assert "at least 10 points" in text and "44.0%" in text


# -- tables --------------------------------------------------------------------------------------
def test_days_stand_in_their_order_and_p_has_no_sign(base):
    days = [row("attending_share", 0.5, by_1="day", level_1=d, n=40) for d in ("180", "30", "90")]
    k = with_rows(base, days, "en")
    lines = k.table("estimates", indicators=("attending_share",), by=("day",)).splitlines()[2:]
    assert [x.split(": ")[1].split(" ")[0] for x in lines] == ["30", "90", "180"]
    holm = row("score_change_p_holm", 0.0004, subject_code="who5", design="pre_post", n=40)
    k = with_rows(base, [holm], "it")
    assert "| \\< 0,001 |" in k.table("estimates", indicators=("score_change_p_holm",))


def test_groups_far_apart_are_marked_in_the_table_of_balance(base):
    where = {"by_1": "area_role", "level_1": "pilot", "design": "compared", "n": 60}
    far, near = "comparable_groups=doubtful", "comparable_groups=held"
    rows = [
        row("balance_smd", 0.55, subject_code="tenure_code", assumptions=far, **where),
        row("balance_smd", -0.1, subject_code="who5", assumptions=near, **where),
    ]
    lines = with_rows(base, rows, "en").table("balance").splitlines()[2:]
    assert lines == [
        "| housing tenure | +0.55 (far apart) |",
        "| first score, Wellbeing (WHO-5) | −0.10 |",
    ]


# -- figures -------------------------------------------------------------------------------------
def test_a_hidden_pair_of_services_is_an_empty_square_with_its_mark(base):
    pairs = {("ascolto", "casa"): 40.0, ("ascolto", "emporio"): None, ("casa", "emporio"): 12.0}
    rows = [
        row("co_use_n", value, "released" if value else HIDDEN, subject_code=first,
            by_1="service_code", level_1=second, n=40)
        for (first, second), value in pairs.items()
    ]  # fmt: skip
    figure = with_rows(base, rows, "en").figure("co_use")
    [axes] = figure.axes
    assert sorted(text.get_text() for text in axes.texts) == ["12", "40", "n/s"]
    assert sum(patch.get_facecolor()[3] == 0 for patch in axes.patches) == 1
    assert "Listening centre – Housing desk: 40" in figure.alt
    assert "not shown (privacy)" in figure.alt


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> kit.Kit:
    return kit.open("it", "2016Q2", released_sample(tmp_path_factory.mktemp("bare"), bare=True))


@pytest.mark.parametrize("name", ["attending", "co_use", "continuity", "compared"])
def test_without_numbers_a_figure_says_so(bare, name):
    assert bare.figure(name).is_empty


@pytest.mark.parametrize("name", ["compared", "attending", "stopping", "dose", "together"])
def test_without_numbers_a_text_says_so(bare, name):
    assert bare.text(name) in (
        bare.word("no_data_period"),
        bare.word("no_comparison_asked"),
    )


def test_a_comparison_is_drawn_for_all_places_and_each_kind(base):
    figure = with_rows(base, comparison(2.0, -3.0, 7.0), "en").figure("compared")
    [axes] = figure.axes
    assert [x.get_text() for x in axes.texts] == ["+2.0", "+2.0"]
    assert "pilot area: +2.0 (−3.0 to +7.0)" in figure.alt


def test_the_expected_course_is_drawn_and_told(base):
    model = {"subject_code": "emporio", "design": "quasi_experimental"}
    rows = [
        row("contacts_expected", 70.0 + i, period=month, ci_low=60.0, ci_high=80.0, **model)
        for i, month in enumerate(("2022-02", "2022-03"))
    ]
    figure = with_rows(base, rows, "en").figure("contacts")
    panel = next(x for x in figure.axes if x.get_title(loc="left") == "Solidarity store")
    assert "expected" in [text.get_text() for text in panel.texts]
    assert "dotted line" in figure.alt


@pytest.mark.parametrize(
    ("day", "month"),
    [("2022-03-01", "2022-03"), ("2022-03-02", "2022-04"), ("2021-12-31", "2022-01")],
)
def test_the_first_whole_month_after_a_turning_date(day, month):
    from reports._wording import first_month

    assert first_month(day) == month


def test_a_service_with_two_turning_dates_is_told_of_each(base):
    model = {"subject_code": "emporio", "design": "quasi_experimental", "by_1": "step"}
    rows = [
        row("contacts_step", 1.5, ci_low=1.2, ci_high=1.9, level_1="2022-02", **model),
        row("contacts_step", 1.0, ci_low=0.8, ci_high=1.2, level_1="2022-05", **model),
    ]
    k = with_rows(base, rows, "en")
    (first,) = k.manifest["steps"]
    second = {**first, "on": "2022-05-01", "label": {"it": "chiusura", "en": "closing"}}
    k.manifest["steps"] = [first, second]
    lines = k.text("steps").splitlines()
    assert "50% higher" in lines[0] and "opening of the single desk" in lines[0]
    assert "cannot be distinguished" in lines[1] and "closing" in lines[1]


def test_many_scales_that_did_not_change_share_one_sentence_and_are_all_named(base):
    scales = ("who5", "bscs", "ucla3", "gse")
    ends = {"who5": (3.0, 9.0)}
    rows = [
        row("score_change", 5.0, ci_low=low, ci_high=high, subject_code=s, design="pre_post", n=60)
        for s in scales
        for low, high in [ends.get(s, (-1.0, 6.0))]
    ]
    k = with_rows(base, rows, "en")
    for text in (k.text("answer"), k.text("changes")):
        (together,) = [x for x in text.splitlines() if "No distinguishable change in:" in x]
        for scale in scales[1:]:
            assert k.label("scale", scale) in together
        assert "to be chance" in together
        assert k.label("scale", "who5") not in together


@pytest.mark.parametrize(("corrected", "is_quiet"), [(0.012, False), (0.3, True)])
def test_of_many_scales_one_speaks_only_if_its_corrected_p_says_so(
    base: Path, corrected: float, is_quiet: bool
) -> None:
    from reports import _findings

    scales = ["who5", "bscs", "gse", "ucla3"]
    rows = [
        row(indicator, value, subject_code=scale, design="compared", n=90, **ends)
        for scale in scales
        for indicator, value, ends in (
            ("did_staggered", 5.0, {"ci_low": 1.0, "ci_high": 9.0}),
            ("did_p_holm", corrected if scale == "who5" else 0.5, {}),
        )
    ]
    aloud, quiet = _findings.spoken(with_rows(base, rows), "did_staggered", scales)
    assert ("who5" in quiet) == is_quiet
    assert quiet[-3:] == scales[1:] and aloud == [s for s in scales if s not in quiet]
