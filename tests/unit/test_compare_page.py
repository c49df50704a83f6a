"""The whole page of several programmes, rendered once in each language from tiny releases."""

from __future__ import annotations

import hashlib
import json
import re
from html import unescape
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from assets.across.folder import write
from assets.across.releases import gather
from pipelines.cli import app
from reports import _compare, kit
from reports._origin import number_id, spelled
from tests.across_cases import change, compared, programme, reached, staying

#: Whoever writes a title may write anything: an image, markup, code, the page's own marks, half a formula.
FORGED = (
    'Forged ![x](http://evil.example/x.png) <b onclick="x()">b</b> {{< include /etc/passwd >}} '
    r"`{python} 1+1` $\bad [a](http://b){.num data-n=NAAAAAAAA} \ue001 | a"
)
MARKS = "\ue000NAAAAAAAA\ue0017\ue002\u202e"
LANGUAGES = ("it", "en")


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory):
    """Render a comparison of four programmes; return its root and folder."""
    from assets.outputs.compare import render_comparison

    root = tmp_path_factory.mktemp("compared")
    title = {"it": FORGED + MARKS, "en": FORGED + MARKS}
    folders = [
        programme(
            root, "alfa", [change(7.0, 2.0), staying(0.8, 0.05), reached(187), compared(6, 2)]
        ),
        programme(
            root, "beta", [change(3.0, 2.0), staying(0.6, 0.05), compared(4, 2)], title=title
        ),
        programme(root, "delta", [change(90.0, 2.0), staying(0.7, 0.05)], apart_days=250),
        programme(root, "gamma", [change(5.0, 2.0), staying(None, None), reached(None)]),
    ]
    folder = root / "reports" / "_output" / "_comparison"
    write(gather(folders), folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LUNATTIVA_PNG", "no")
        made = render_comparison(folder, root / "cache", is_draft=False)
    assert [path.name for path in made] == ["compare_it.html", "compare_en.html"]
    return root, folder


def markup(folder: Path, lang: str) -> str:
    """Return what a page shows, as HTML, without its own scripts, styles and list of numbers."""
    whole = (folder / f"compare_{lang}.html").read_text("utf-8").partition('id="numbers"')[0]
    return re.sub(r"<style.*?</style>|<script.*?</script>", "", whole, flags=re.DOTALL)


def words(folder: Path, lang: str) -> str:
    """Return the text of a page, on one line."""
    bare = re.sub(r"<[^>]+>", "", markup(folder, lang).replace("</t", " </t"))
    return re.sub(r"\s+", " ", unescape(bare).replace("\xa0", " "))


def pairs(folder: Path, lang: str) -> list[tuple[str, str]]:
    """Return each number of a page: its name and what stands there."""
    found = re.findall(
        r'<span class="num" data-n="([^"]+)"[^>]*>(.*?)</span>', markup(folder, lang)
    )
    return [(name, re.sub(r"<[^>]+>", "", text)) for name, text in found]


@pytest.mark.parametrize(
    ("lang", "mean", "share", "differs"),
    [
        ("it", "+5,0", "80,0 %", "distanza fra le due rilevazioni (250 giorni; negli altri 600)"),
        ("en", "+5.0", "80.0%", "distance between the two rounds (250 days; 600 in the others)"),
    ],
)
def test_the_page_shows_the_numbers_of_the_folder_and_what_may_be_compared(
    page, lang, mean, share, differs
):
    """7, 3 and 5 with one error: their mean is 5; the one with other rounds stands apart."""
    _, folder = page
    k = kit.open(lang=lang, period="all", folder=folder, public=True)
    asked = next(x for x in _compare.of(k) if x["indicator"] == "score_change")
    shown = pairs(folder, lang)
    texts = {(number_id(cell), text) for cell, text in [
        (_compare.together(k, asked), mean),
        (_compare.own(k, "attending_share", "alfa", "", "90"), share),
        (_compare.own(k, "reached_n", "alfa"), "185"),
    ]}  # fmt: skip
    assert texts <= {
        (name, text.replace("\xa0", " ").replace("\u202f", " ")) for name, text in shown
    }
    told = words(folder, lang)
    assert f"Delta: {differs}" in told
    assert {name.partition(".")[0] for each, _ in shown for name in each.split("+")} <= set(
        k.numbers
    )


@pytest.mark.parametrize(
    ("lang", "hidden", "own"),
    [("it", "Gamma (a parte): n.d. (riservatezza)", "Alfa: +7,0"),
     ("en", "Gamma (apart): not shown", "Alfa: +7.0")],
)  # fmt: skip
def test_each_forest_plot_says_in_words_what_it_draws(page, lang, hidden, own):
    _, folder = page
    alts = [
        unescape(x) for x in re.findall(r'(?:aria-label|alt)="([^"]{60,})"', markup(folder, lang))
    ]
    forests = [x.replace("\xa0", " ").replace("\u202f", " ") for x in alts if "Alfa: " in x]
    assert len(forests) == 3  # who stays, what changed, against the comparison areas
    assert any(hidden in x for x in forests) and any(own in x for x in forests)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_forged_title_is_text_and_changes_nothing(page, lang):
    _, folder = page
    made = markup(folder, lang)
    assert "Forged ![x](http://evil.example/x.png) <b onclick" in words(folder, lang).replace(
        "“", '"'
    )
    assert "<b onclick" not in made and 'src="http' not in made and 'href="http://b' not in made
    assert 'data-n="NAAAAAAAA"' not in made and not re.search("[\ue000-\ue002\u202e]", made)
    assert "root:" not in made


def test_a_number_of_the_page_is_followed_to_the_releases_it_was_made_of(page, monkeypatch):
    root, folder = page
    monkeypatch.setenv("LUNATTIVA_ROOT", str(root))
    k = kit.open(lang="en", period="all", folder=folder, public=True)
    asked = next(x for x in _compare.of(k) if x["indicator"] == "score_change")
    mean = number_id(_compare.together(k, asked))

    def trace(*more: str):
        return CliRunner().invoke(app, ["trace", *more, "--lang", "en"])

    told = json.loads(trace(spelled(mean), "--programme", "nobody", "--json").output)
    assert told["codes"]["indicator"] == "score_change__pooled" and told["codes"]["value"] == 5.0
    assert [each["programme"] for each in told["releases"]] == ["alfa", "beta", "gamma"]
    assert told["documents"] == [
        f"reports/_output/_comparison/compare_{lang}.html" for lang in ("en", "it")
    ]
    # From the mean to a programme's own number, and from there into that programme's release.
    alfa = told["releases"][0]
    assert alfa["number"] == number_id(_compare.own(k, "score_change", "alfa", "who5"))
    own = json.loads(trace(alfa["number"], "--programme", "nobody", "--json").output)
    assert own["codes"]["value"] == 7.0 and len(own["releases"]) == 1
    here = kit.open("en", folder=root / ".store" / "alfa" / "released").numbers[alfa["here"]]
    assert (here.indicator, here.subject, here.value) == ("score_change", "who5", 7.0)
    said = trace(mean, "--programme", "alfa").output
    assert f"lunattiva trace {spelled(alfa['here'])} --programme alfa" in said
    # How much the programmes differ is made of the same ones; a name nobody gave is told.
    i2 = number_id(_compare.between(k, asked, "i2"))
    told = json.loads(trace(i2, "--programme", "alfa", "--json").output)
    assert [each["programme"] for each in told["releases"]] == ["alfa", "beta", "gamma"]
    refused = trace("N-AAAA-AAAA", "--programme", "alfa")
    assert refused.exit_code == 1 and "is called 'N-AAAA-AAAA'" in refused.output


def test_a_comparison_that_was_altered_is_not_believed(page, monkeypatch, tmp_path):
    root, made = page
    monkeypatch.setenv("LUNATTIVA_ROOT", str(root))
    folder = tmp_path / "cmp"
    for name in (
        "manifest.json",
        "release.json",
        "tables/programmes.parquet",
        "tables/pooled.parquet",
    ):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes((made / name).read_bytes())
    k = kit.open(lang="en", period="all", folder=folder, public=True)
    own = number_id(_compare.own(k, "score_change", "alfa", "who5"))

    def trace(place: Path) -> str:
        words = ["trace", own, "--programme", "nobody", "--in", str(place), "--lang", "en"]
        return CliRunner().invoke(app, words).output.replace("\n", " ")

    assert "+7.0" in trace(folder)
    assert f"there is no folder {tmp_path / 'none'}." in trace(tmp_path / "none")
    assert "is no comparison of programmes" in trace(root / ".store" / "alfa" / "released")
    path = folder / "tables" / "programmes.parquet"
    rows = pq.read_table(path)
    values = pa.array([9999.0] * len(rows))
    at = rows.schema.get_field_index("value")
    pq.write_table(rows.set_column(at, "value", values), path)
    assert "tables/programmes.parquet is missing or has changed" in trace(folder)
    about = json.loads((folder / "manifest.json").read_text("utf-8"))
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    about["tables"]["programmes"]["sha256"] = sha256  # by somebody who knows of the digests
    (folder / "manifest.json").write_text(json.dumps(about), "utf-8")
    assert "manifest.json is missing or has changed" in trace(folder)
