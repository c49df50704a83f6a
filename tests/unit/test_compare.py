"""Programmes compared from released tables: what is pooled, what is kept apart, and what is said."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path

import pyarrow.parquet as pq
import pytest
import yaml
from typer.testing import CliRunner

from assets.across import compare
from assets.across.comparability import judge, number
from assets.across.folder import write
from assets.across.releases import gather
from assets.errors import ConfigurationError
from assets.released import digest_of_content, tables_of
from pipelines import comparing
from pipelines.cli import app
from reports import _compare, _origin, kit
from reports._origin import number_id
from schemas.claims import claims
from schemas.comparison import comparison
from schemas.released import RELEASED_COLUMNS
from tests.across_cases import change, compared, declare, programme, reached, release, sign, staying

WHO5 = {"scales": ["who5"], "change": {"from": "pre", "to": "post"}}


@pytest.fixture(autouse=True)
def nothing_shown_yet(monkeypatch: pytest.MonkeyPatch) -> None:
    """A document has a kernel of its own; what another test has shown is not of this one."""
    monkeypatch.setattr(_origin, "shown", {})


@pytest.fixture(scope="module")
def four(tmp_path_factory) -> list[Path]:
    """Three programmes alike, one of them with a hidden share; a fourth with rounds 250 days apart."""
    root = tmp_path_factory.mktemp("four")
    return [
        programme(root, "alfa", [change(7.0, 2.0), staying(0.8, 0.05), reached(187)]),
        programme(root, "beta", [change(3.0, 2.0), staying(0.6, 0.05), reached(96)]),
        programme(root, "gamma", [change(5.0, 2.0), staying(None, None), reached(None)]),
        programme(root, "delta", [change(90.0, 2.0), staying(0.7, 0.05)], apart_days=250),
    ]


@pytest.fixture(scope="module")
def made(four, tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("made") / "comparison"
    write(gather(four), folder)
    return folder


def opened(folder: Path, lang: str = "en") -> kit.Kit:
    return kit.open(lang=lang, period="all", folder=folder, public=True)


def question(folder: Path, indicator: str) -> dict:
    told = json.loads((folder / "manifest.json").read_text("utf-8"))["comparison"]["questions"]
    return next(each for each in told if each["indicator"] == indicator)


# -- pooling -------------------------------------------------------------------------------------
def test_those_alike_are_pooled_and_the_other_is_named(made):
    """7, 3 and 5 with one error: the mean is 5, whatever the variance between; 90 stands apart."""
    asked = question(made, "score_change")
    assert asked["agree"] == ["alfa", "beta", "gamma"]
    assert asked["differ"] == {"delta": ["window"]}
    k = opened(made)
    cell = _compare.together(k, asked)
    assert cell.value == pytest.approx(5.0)
    assert cell.n == 3
    said = k.table("compare_comparability")
    assert "Delta: distance between the two rounds (250 days; 600 in the others)" in said
    assert _compare.own(k, "score_change", "delta", "who5").value == 90


def test_a_hidden_number_is_out_and_said(made):
    asked = question(made, "attending_share")
    assert asked["without"] == {"gamma": "suppressed"}
    assert asked["agree"] == ["alfa", "beta", "delta"]
    k = opened(made)
    cell = _compare.together(k, asked)
    assert cell.n == 3 and cell.n_missing == 1
    assert "none_left_out=doubtful" in cell.assumptions
    assert "enough_programmes=doubtful" in cell.assumptions
    assert "Gamma: number hidden for privacy" in k.table("compare_comparability")
    said = k.text("compare", part="says", indicators=["attending_share"])
    assert "usually the smallest" in said and "There are few programmes" in said
    line = k.table("compare_reach").splitlines()[-1]
    assert line.startswith("| Gamma | not shown")


def test_shares_are_pooled_on_the_logit_scale(made):
    """Alike errors on 0.8, 0.6, 0.7: the mean lies between, within 0 and 1, as does the prediction."""
    asked = question(made, "attending_share")
    k = opened(made)
    cell, ahead = _compare.together(k, asked), _compare.together(k, asked, "expected")
    assert 0.6 < cell.value < 0.8
    assert 0 < ahead.ci_low < cell.ci_low < cell.value < cell.ci_high < ahead.ci_high < 1
    assert cell.method == "pooled_logit"
    assert cell.p_value is None  # against a share of one half: nobody asked
    assert "p" not in k.origin(number_id(cell))


@pytest.mark.parametrize("status", ["suppressed", "suppressed_primary", "suppressed_secondary"])
def test_a_release_of_an_earlier_version_hides_in_other_words(tmp_path, status):
    folders = [programme(tmp_path, name, [change(7.0, 2.0)]) for name in ("alfa", "beta")]
    row = {**staying(None, None), "status": status}
    folders.append(programme(tmp_path, "gamma", [change(None, None, status=status), row]))
    write(gather(folders), tmp_path / "made")
    k = opened(tmp_path / "made")
    assert "Gamma: number hidden for privacy" in k.table("compare_comparability")
    assert _compare.own(k, "score_change", "gamma", "who5").is_hidden


def test_a_programme_that_never_asked_is_named_too(tmp_path):
    folders = [programme(tmp_path, name, [change(7.0, 2.0)]) for name in ("alfa", "beta")]
    folders.append(programme(tmp_path, "gamma", [reached(41)]))
    [asked] = write(gather(folders), tmp_path / "made")
    assert asked.absent == ("gamma",) and asked.pooled[0].n == 2
    assert "Gamma: has no such number" in opened(tmp_path / "made").table("compare_comparability")


def test_a_change_without_its_error_is_not_pooled(tmp_path):
    folders = [
        programme(tmp_path, "alfa", [change(7.0, 2.0)]),
        programme(tmp_path, "beta", [change(3.0, None)]),
    ]
    [asked] = write(gather(folders), tmp_path / "made")
    assert asked.pooled == () and asked.no_error == ("beta",)
    k = opened(tmp_path / "made")
    assert "Beta: number published without its standard error" in k.table("compare_comparability")
    assert "No numbers can be put together" in k.text("compare")
    assert "No numbers to put together" in k.table("compare_pooled")


@pytest.mark.parametrize(
    ("declared", "rows", "why"),
    [
        ({"synthetic": False}, [change(3.0, 2.0)], ("data",)),
        ({}, [change(3.0, 2.0, method_code="hodges_lehmann_change")], ("method",)),
        ({}, [change(3.0, 2.0, design="compared")], ("design",)),
        ({}, [change(3.0, 2.0, population_code="everybody")], ("population",)),
        ({"apart_days": 749}, [change(3.0, 2.0)], ()),  # 600 x 1.25 = 750 is still alike
        ({"apart_days": 750}, [change(3.0, 2.0)], ()),
        ({"apart_days": 751}, [change(3.0, 2.0)], ("window",)),
    ],
)
def test_each_difference_keeps_a_number_apart_and_has_a_name(tmp_path, declared, rows, why):
    folders = [
        programme(tmp_path, "alfa", [change(7.0, 2.0)]),
        programme(tmp_path, "beta", rows, **declared),
    ]
    [asked] = compare.questions(gather(folders).releases)
    assert [each for _, each in asked.verdict.differ] == ([why] if why else [])
    assert bool(asked.pooled) == (not why)


def test_no_two_windows_of_a_set_lie_further_apart_than_the_tolerance(tmp_path):
    """500 to 625 and 600 to 750 are alike; 500 and 740 are not, though 600 is like both."""
    days = {"alfa": 500, "beta": 600, "gamma": 740}
    folders = [
        programme(tmp_path, name, [change(3.0, 2.0)], apart_days=each)
        for name, each in days.items()
    ]
    [asked] = compare.questions(gather(folders).releases)
    assert [each.programme for each in asked.verdict.agree] == ["alfa", "beta"]
    assert [(x.programme, why) for x, why in asked.verdict.differ] == [("gamma", ("window",))]


@pytest.mark.parametrize(
    ("make", "values", "said"),
    [
        (change, (7.0, 7.0), "is associated with a mean increase of 7.0"),
        (change, (-7.0, -7.0), "is associated with a mean decrease of 7.0"),
        (change, (7.0, -7.0), "cannot be distinguished from zero"),
        (compared, (7.0, 7.0), "is higher by 7.0 on average than in the comparison areas"),
        (compared, (-7.0, -7.0), "is lower by 7.0 on average than in the comparison areas"),
        (compared, (7.0, -7.0), "cannot be distinguished from zero"),
    ],
)
def test_a_sentence_claims_no_more_than_its_design(tmp_path, make, values, said):
    """Two numbers with an error of 0.5 that agree are clear even with t(1): 7 > 12.7 x 0.354."""
    folders = [
        programme(tmp_path, name, [make(value, 0.5)])
        for name, value in zip(("alfa", "beta"), values, strict=True)
    ]
    write(gather(folders), tmp_path / "made")
    k = opened(tmp_path / "made")
    assert said in k.text("compare", part="says")
    is_clear = "cannot be distinguished" not in said
    assert (said in k.text("compare")) == is_clear
    assert ("On no scale can the mean change" in k.text("compare")) != is_clear
    assert "takes three programmes" in k.table("compare_pooled")  # two give no prediction


def test_another_wording_or_rule_is_another_instrument(tmp_path):
    folders = [programme(tmp_path, name, [change(3.0, 2.0)]) for name in ("alfa", "beta", "gamma")]
    for folder, kind in zip(folders[1:], ("instrument", "scoring"), strict=True):
        edit(folder, lambda about, kind=kind: about["kit"]["versions"][kind].update(who5="0"))
    [asked] = compare.questions(gather(folders).releases)
    assert {each.programme: why for each, why in asked.verdict.differ} == {
        "beta": ("instrument",),
        "gamma": ("scoring",),
    }
    assert asked.pooled == ()


def test_a_release_that_does_not_tell_its_definitions_is_not_pooled(tmp_path):
    folders = [programme(tmp_path, name, [change(3.0, 2.0)]) for name in ("alfa", "beta", "gamma")]
    edit(folders[0], lambda about: about.pop("kit"))
    [asked] = compare.questions(gather(folders).releases)
    assert [each.programme for each in asked.verdict.agree] == ["beta", "gamma"]
    [(_, why)] = asked.verdict.differ
    assert "unknown" in why


def test_releases_of_different_versions_of_the_code_are_told_so(tmp_path):
    folders = [programme(tmp_path, name, [change(3.0, 2.0)]) for name in ("alfa", "beta")]
    write(gather(folders), tmp_path / "made")
    assert "different versions" not in opened(tmp_path / "made").text("compare", part="rules")
    edit(folders[0], lambda about: about.update(code_version="older"))
    write(gather(folders), tmp_path / "made")
    assert "different versions" in opened(tmp_path / "made").text("compare", part="rules")


def test_the_same_data_are_not_counted_twice(tmp_path):
    folders = [
        programme(tmp_path, name, [change(3.0, 2.0)], data="same") for name in ("alfa", "beta")
    ]
    [asked] = compare.questions(gather(folders).releases)
    assert [(each.programme, why) for each, why in asked.verdict.differ] == [
        ("beta", ("same_data",))
    ]


def test_every_aspect_that_is_judged_has_a_name(four):
    for each in gather(four).releases:
        for row in each.rows:
            declared = comparison().pooled.get(row["indicator_code"])
            if declared:
                assert set(number(each, row, declared).aspects) <= set(comparison().aspects)
    assert judge([]).agree == ()


# -- which releases ------------------------------------------------------------------------------
def test_drafts_and_withdrawn_releases_stay_out(tmp_path):
    good = [programme(tmp_path, name, [change(3.0, 2.0)]) for name in ("alfa", "beta")]
    draft = programme(tmp_path, "gamma", [change(3.0, 2.0)], state="approved")
    gone = programme(tmp_path, "delta", [change(3.0, 2.0)])
    gone.with_name(gone.name + ".RITIRATO-WITHDRAWN.txt").write_text("", "utf-8")
    found = gather([*good, draft, gone])
    assert [each.programme for each in found.releases] == ["alfa", "beta"]
    assert [(x.programme, why) for x, why in found.left_out] == [
        ("gamma", "draft"),
        ("delta", "withdrawn"),
    ]
    found = gather([*good, draft, gone], with_drafts=True)
    assert [each.programme for each in found.releases] == ["alfa", "beta", "gamma"]
    write(found, tmp_path / "made")
    k = opened(tmp_path / "made")
    assert "There are drafts here" in k.text("compare") and "Gamma" in k.text("compare")
    assert k.released.release["state"] == "draft"


def test_a_collected_folder_gives_the_last_publication_of_each_programme(tmp_path):
    """Laid out as ``lunattiva collect`` does: an index a programme, a folder a release."""
    collected, wanted = tmp_path / "collected", []
    for name in ("alfa", "beta"):
        old = programme(tmp_path / "old", name, [change(1.0, 2.0)])
        new = programme(tmp_path / "new", name, [change(3.0, 2.0)])
        (collected / name).mkdir(parents=True)
        digests = [digest_of_content(tables_of(folder)) for folder in (old, new)]
        for place, folder in zip(digests, (old, new), strict=True):
            folder.rename(collected / name / place)
        wanted.append(digests[1])
        told = [
            {"period": "2022Q1", "number": 1, "release": digests[0], "state": "published"},
            {"period": "2022Q2", "number": 1, "release": digests[1], "state": "published"},
            {"period": "2022Q3", "number": 1, "release": "c" * 64, "state": "withdrawn"},
        ]
        (collected / name / "index.json").write_text(
            json.dumps({"programme": name, "releases": told}), "utf-8"
        )
    found = gather([collected])
    assert [each.folder.name for each in found.releases] == wanted
    assert [each.period for each in found.releases] == ["2022Q2", "2022Q2"]


def test_a_table_that_is_not_the_one_that_left_is_refused(tmp_path):
    folders = [programme(tmp_path, name, [change(3.0, 2.0)]) for name in ("alfa", "beta")]
    path = folders[0] / "tables" / "change.parquet"
    path.write_bytes(path.read_bytes() + b"0")
    with pytest.raises(
        ConfigurationError, match=r"the file tables/change\.parquet is missing or is not"
    ):
        write(gather(folders), tmp_path / "made")


@pytest.mark.parametrize(
    ("alter", "named"),
    [
        (
            lambda folder: (folder / "tables" / "more.parquet").write_bytes(b"x"),
            "tables/more.parquet",
        ),
        (lambda folder: retold(folder, synthetic=False), "manifest.json"),
    ],
)
def test_a_manifest_or_a_table_that_was_put_there_by_hand_is_refused_by_its_name(
    tmp_path, alter, named
):
    folders = [programme(tmp_path, name, [change(3.0, 2.0)]) for name in ("alfa", "beta")]
    alter(folders[1])
    with pytest.raises(ConfigurationError, match="the file (.+) is missing or is not") as refused:
        gather(folders)
    assert f"the file {named} is" in refused.value.say("en")
    assert "ask for the folder again" in refused.value.say("en")


def test_a_table_altered_with_its_digest_in_the_manifest_is_refused_too(tmp_path):
    folders = [programme(tmp_path, name, [change(3.0, 2.0)]) for name in ("alfa", "beta")]
    path = folders[0] / "tables" / "change.parquet"
    path.write_bytes((folders[1] / "tables" / "change.parquet").read_bytes())
    about = json.loads((folders[0] / "manifest.json").read_text("utf-8"))["tables"]
    about["change"]["sha256"] = hashlib.sha256(path.read_bytes()).hexdigest()
    retold(folders[0], tables=about)
    with pytest.raises(ConfigurationError, match=r"the file manifest\.json is missing or is not"):
        gather(folders)


def retold(folder: Path, **changed: object) -> None:
    """Edit a manifest as somebody would who does not know of the digest."""
    path = folder / "manifest.json"
    path.write_text(json.dumps({**json.loads(path.read_text("utf-8")), **changed}), "utf-8")


def test_one_programme_is_no_comparison_and_two_of_one_name_are_a_mistake(tmp_path):
    one = programme(tmp_path / "a", "alfa", [change(3.0, 2.0)])
    other = programme(tmp_path / "b", "alfa", [change(4.0, 2.0)])
    with pytest.raises(ConfigurationError, match="two programmes at least"):
        write(gather([one, one]), tmp_path / "made")  # the same release twice is one
    with pytest.raises(ConfigurationError, match="of 'alfa'"):
        gather([one, other])
    with pytest.raises(ConfigurationError, match="holds no released tables"):
        gather([tmp_path / "nothing"])


def test_what_is_no_comparison_is_not_replaced(tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "notes.txt").write_text("mine", "utf-8")
    with pytest.raises(ConfigurationError, match="left alone"):
        comparing.make(tmp_path, [], tmp_path / "mine")


# -- what is written -----------------------------------------------------------------------------
def test_the_same_releases_give_the_same_bytes(four, made, tmp_path):
    write(gather(reversed(four)), tmp_path / "again")
    names = ["manifest.json", "release.json", "tables/pooled.parquet", "tables/programmes.parquet"]
    for name in names:
        assert (tmp_path / "again" / name).read_bytes() == (made / name).read_bytes()


def test_a_comparison_holds_nothing_that_a_release_does_not(made, four):
    """Every number of a programme is one of its released cells; the columns are theirs."""
    k = opened(made)
    shown = {
        (r.programme, row["indicator_code"], row["value"])
        for r in gather(four).releases
        for row in r.rows
    }
    for cells in k.released.by_indicator.values():
        for cell in cells:
            if cell.by_1 == "programme":
                assert (
                    cell.indicator == "reached_n"
                    or (
                        cell.level_1,
                        cell.indicator,
                        cell.value,
                    )
                    in shown
                )
    assert set(RELEASED_COLUMNS) == set(
        __import__("pyarrow.parquet", fromlist=["x"])
        .read_schema(made / "tables/pooled.parquet")
        .names
    )


def test_counts_of_people_are_rounded_on_the_page(made):
    assert "| Alfa | 185 |" in opened(made).table("compare_reach")  # 187 to the nearest five


@pytest.mark.parametrize("lang", ["it", "en"])
def test_every_text_and_table_is_made_and_marked(made, lang, monkeypatch):
    monkeypatch.setenv("LUNATTIVA_NUMBERS", "reports.kit")  # a number without an origin is refused
    k = opened(made, lang)
    for part in ("short", "rules", "says", "reach", "limits", "method", "adapted"):
        assert k.text("compare", part=part)
    for name in ("programmes", "comparability", "reach", "beside", "pooled"):
        assert "|" in k.table(f"compare_{name}")
    assert kit.origins(lang=lang)["numbers"]


def test_a_forest_plot_draws_every_number_and_a_hidden_one_as_hidden(made, monkeypatch):
    monkeypatch.setenv("LUNATTIVA_NUMBERS", "reports.kit")
    monkeypatch.setenv("LUNATTIVA_PNG", "no")
    k = opened(made)
    figure = k.figure("forest", indicator="attending_share")
    drawing = figure._repr_mimebundle_()[0]["image/svg+xml"]
    assert {each.level_1 for each in figure.cells if each.by_1 == "programme"} == {
        "alfa",
        "beta",
        "gamma",
        "delta",
    }
    assert all(f"n-{number_id(each)}" in drawing for each in figure.cells)
    assert "Gamma (apart): not shown" in _origin.bare(figure.alt)
    assert k.figure("forest", indicator="did_staggered").is_empty


def test_no_sentence_of_the_page_claims_a_cause():
    words = yaml.safe_load(
        (Path(_compare.__file__).with_name("compare_words.yml")).read_text("utf-8")
    )
    assert all(set(each) == {"it", "en"} for each in words.values())
    for each in words.values():
        for lang, never in claims().never.items():
            assert not [word for word in never if word in each[lang].lower()]
        blanks = [set(re.findall(r"{(\w+)}", each[lang])) for lang in ("it", "en")]
        assert blanks[0] == blanks[1]


def test_the_command_says_what_it_made(four, tmp_path, monkeypatch):
    monkeypatch.setenv("LUNATTIVA_ROOT", str(tmp_path))
    monkeypatch.setattr("assets.outputs.compare.render_comparison", lambda *_, **__: [])
    words = ["compare", *map(str, four), "--to", str(tmp_path / "made"), "--lang", "en"]
    done = CliRunner().invoke(app, [*words, "--json"])
    told = json.loads(done.output)
    assert told["pooled"] == 2 and told["is_draft"] is False
    done = CliRunner().invoke(app, words)
    assert "Programmes compared: alfa, beta, delta, gamma." in done.output
    done = CliRunner().invoke(app, ["compare", "--lang", "en"])
    assert done.exit_code == 1 and "two programmes at least" in done.output


def test_a_programme_that_adapted_its_definitions_says_so_and_why(tmp_path):
    layout = declare(tmp_path, "alfa", services={"emporio": {"label": {"it": "E", "en": "E"}}})
    origin = {"programme": "demo", "title": {"it": "Demo", "en": "Demo"}}
    reason = {"it": "qui è un mercato", "en": "here it is a market"}
    about = {
        "origin": origin,
        "taken": {"service": {"emporio": "0" * 12}},
        "adaptations": [{"definition": "service.*", "reason": reason, "by": "ufficio"}],
    }
    (layout.raw / "adapted.yml").write_text(json.dumps(about), "utf-8")
    folders = [release(layout, [change(3.0, 2.0)]), programme(tmp_path, "beta", [change(1.0, 2.0)])]
    write(gather(folders), tmp_path / "made")
    k = opened(tmp_path / "made")
    assert "Alfa: definitions taken over from 'Demo'." in k.text("compare", part="adapted")
    assert "Beta: definitions of its own" in k.text("compare", part="adapted")
    table = k.table("adapted")
    assert "| Alfa | Service: emporio | changed | here it is a market (ufficio) |" in table


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("call 376 5550142", "emporio"),
        ("XYZABC80A41F205X asked for it", "emporio"),
        ("another one", "xyzabc80a41f205x"),
    ],
)
def test_a_reason_of_another_programme_that_tells_of_a_person_is_not_shown(tmp_path, written, code):
    folders = [programme(tmp_path, name, [change(3.0, 2.0)]) for name in ("alfa", "beta")]
    difference = {
        "definition": f"service.{code}",
        "change": "changed",
        "reason": {"it": "qui è altro", "en": written},
        "by": "ufficio",
    }
    title = {"it": "Demo", "en": "Demo"}
    words = {"service": {"it": "Servizio", "en": "Service"}}
    told = {"origin": {"title": title}, "kinds": words, "differences": [difference]}
    edit(folders[0], lambda about: about.update(adapted=told))
    with pytest.raises(ConfigurationError) as refused:
        comparing.make(tmp_path, folders, tmp_path / "made")
    told = refused.value.say("en") + refused.value.say("it")
    assert "adaptation number 1 seems to tell of a person" in told
    assert written not in told and code not in told
    assert not (tmp_path / "made").exists()


def edit(folder: Path, change_it) -> None:
    """Change a release's manifest, as another version of the house would have written it."""
    path = folder / "manifest.json"
    about = json.loads(path.read_text("utf-8"))
    change_it(about)
    path.write_text(json.dumps(about), "utf-8")
    sign(folder)


@pytest.mark.parametrize(("value", "error"), [(5, -1.0), (5, 1e-200), (1e11, 1)])
def test_an_error_that_can_be_none_weighs_nothing(tmp_path, value, error):
    folders = [
        programme(tmp_path / name, name, [change(*pair)])
        for name, pair in {"alfa": (value, error), "bravo": (4, 1.2), "carla": (6, 0.9)}.items()
    ]
    (asked,) = compare.questions(gather(folders).releases)
    assert [each.programme for each in asked.verdict.agree] == ["bravo", "carla"]
    assert asked.no_error == ("alfa",) and asked.pooled[0].n == 2


@pytest.mark.parametrize("share", [1.5, -0.5])
def test_what_is_no_share_is_not_pooled(tmp_path, share):
    folders = [
        programme(tmp_path / name, name, [staying(each, 0.05)])
        for name, each in {"alfa": share, "bravo": 0.5, "carla": 0.6}.items()
    ]
    (asked,) = compare.questions(gather(folders).releases)
    assert asked.no_error == ("alfa",) and asked.pooled[0].n == 2


@pytest.mark.parametrize(
    "spoil",
    [
        lambda about: about.pop("programme"),
        lambda about: about.update(programme='x"><script>'),
        lambda about: about.pop("labels"),
        lambda about: about.update(title="x"),
        lambda about: about.update(targets={"reached_n": "<b>"}),
        lambda about: about["labels"]["waves"]["pre"].update({"from": "never"}),
    ],
)
def test_a_manifest_changed_by_hand_is_refused_by_its_name(tmp_path, spoil):
    folder = programme(tmp_path / "alfa", "alfa", [reached(50)])
    path = folder / "manifest.json"
    about = json.loads(path.read_text("utf-8"))
    spoil(about)
    path.write_text(json.dumps(about), "utf-8")
    with pytest.raises(ConfigurationError, match=r"manifest\.json \([a-z_.]+\) cannot be read"):
        gather([folder])


@pytest.mark.parametrize(
    ("spoil", "place"),
    [
        (lambda about: about["kit"].update(versions=5), "kit.versions"),
        (
            lambda about: about["kit"]["versions"].update(instrument=["a"]),
            "kit.versions.instrument",
        ),
        (lambda about: about["labels"].update(scales=["who5"]), "labels.scales"),
        (
            lambda about: about["labels"]["scales"]["who5"].update(parts=3),
            "labels.scales.who5.parts",
        ),
        (lambda about: about["thresholds"].pop("minimum_count"), "thresholds"),
        (lambda about: about["thresholds"].update(public_round_to=0), "thresholds"),
        (lambda about: about.update(targets={"reached_n": 1e308}), "targets.reached_n"),
        (lambda about: about.update(targets={"reached_n": float("nan")}), "targets.reached_n"),
        (lambda about: about.update(change=["pre", "post"]), "change"),
        (lambda about: about.update(adapted={"differences": []}), "adapted.origin"),
        (lambda about: about["tables"].update({"../x": {"sha256": "0" * 64}}), "tables.../x.[key]"),
    ],
)
def test_a_forged_manifest_with_its_own_digests_is_refused_with_the_place(tmp_path, spoil, place):
    folder = programme(tmp_path, "alfa", [change(3.0, 2.0)])
    edit(folder, spoil)  # and signed: no digest tells
    with pytest.raises(ConfigurationError) as refused:
        gather([folder])
    where = f"{folder / 'manifest.json'} ({place})"
    assert refused.value.say("en").startswith(f"{where} cannot be read as a file of a release")
    assert refused.value.say("it").startswith(f"{where} non si legge")


@pytest.mark.parametrize(
    ("row", "place"),
    [
        (change(float("inf"), 2.0), "value"),
        (change(3.0, float("inf")), "se"),
        (change(1e200, 2.0), "value"),
        (change(3.0, 2.0, p_value=float("-inf")), "p_value"),
        (change(3.0, 2.0, status="suppressed"), "status.1"),
        (change(3.0, 2.0, status="seen"), "status.1"),
        (change(3.0, 2.0, design="proved"), "design.1"),
        (change(3.0, 2.0, n_unit="heads"), "n_unit.1"),
        (change(3.0, 2.0, subject_code="unheard"), "subject_code.1"),
    ],
)
def test_a_forged_table_with_its_own_digests_is_refused_with_the_place(tmp_path, row, place):
    folder = programme(tmp_path, "alfa", [row])
    with pytest.raises(ConfigurationError) as refused:
        gather([folder])
    where = f"{folder / 'tables' / 'change.parquet'} ({place})"
    assert refused.value.say("en").startswith(f"{where} cannot be read as a file of a release")


@pytest.mark.parametrize("spoil", [b"no table", None])
def test_what_is_no_released_table_is_refused(tmp_path, spoil):
    folder = programme(tmp_path, "alfa", [change(3.0, 2.0)])
    path = folder / "tables" / "change.parquet"
    if spoil is None:
        pq.write_table(pq.read_table(path).drop_columns(["design"]), path)
    else:
        path.write_bytes(spoil)
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    edit(folder, lambda about: about["tables"]["change"].update(sha256=sha256))
    with pytest.raises(ConfigurationError, match=r"change\.parquet.* cannot be read as a file of"):
        gather([folder])


@pytest.mark.parametrize(
    ("told", "place"), [({"period": ["2022Q1"]}, "period"), ({"number": "1"}, "number")]
)
def test_a_forged_note_is_refused_with_the_place(tmp_path, told, place):
    folder = programme(tmp_path, "alfa", [change(3.0, 2.0)])
    path = folder / "release.json"
    path.write_text(json.dumps({**json.loads(path.read_text("utf-8")), **told}), "utf-8")
    with pytest.raises(ConfigurationError, match=rf"release\.json \({place}\) cannot be read"):
        gather([folder])


def test_a_draft_that_is_left_out_is_no_way_in(tmp_path):
    folder = programme(tmp_path, "alfa", [change(3.0, 2.0)], state="draft")
    edit(folder, lambda about: about.update(title=5))
    with pytest.raises(ConfigurationError, match=r"manifest\.json \(title\) cannot be read"):
        gather([folder])


def test_a_comparison_is_no_programme(made):
    with pytest.raises(ConfigurationError, match="holds no released tables"):
        gather([made])


def test_a_comparison_may_go_into_the_folder_one_stands_in(four, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("assets.outputs.compare.render_comparison", lambda *_, **__: [])
    assert comparing.make(tmp_path, four, Path()).folder == tmp_path
    assert (tmp_path / "manifest.json").is_file()
