"""What a person writes for the thesis and the papers: refused with file, line and remedy, in both languages."""

from __future__ import annotations

from pathlib import Path

import pytest

from assets.errors import ConfigurationError
from assets.outputs.narrative import Passage, passages_in
from assets.outputs.passages import Citable, blamed, check_passages
from assets.outputs.render import RenderError
from pipelines.explain import code_of

BOOK = Citable(frozenset({"lewin1946"}), frozenset({"sec-disegno", "tbl-ciclo-primo"}))
GOOD = """Come scrive @lewin1946 [si veda anche @lewin1946, p. 34] e la @sec-disegno, **si impara**[^1]:

1. facendo $y = a + b x$;
2. parlando; il 35 % di chi viene, e <3 anni.

::: {.callout-note}
Un riquadro.
:::

Si veda <https://www.istat.it> e [qui](#sec-disegno), [so far]{lang=en}.

### Un paragrafo mio

[^1]: Una nota.
"""


def checked(tmp_path: Path, text: str, citable: Citable = BOOK) -> None:
    path = tmp_path / "tesi.md"
    path.write_text(
        f"<!-- una\nspiegazione -->\n\n## motivazione\n\n{GOOD}\n## cicli\n\n{text}\n", "utf-8"
    )
    check_passages(path, passages_in(path, ["motivazione", "cicli"]), citable)


def test_what_the_book_can_hold_passes_and_notes_of_two_places_may_share_a_name(tmp_path):
    checked(tmp_path, GOOD)
    checked(tmp_path, "")
    checked(tmp_path, "```python\nrun = '[x](file:///y)'\n```\n\nCon `{{< x >}}` e `run 2`.")
    checked(tmp_path, '::: {.callout-note title="Da sapere"}\nUno.\n:::')


@pytest.mark.parametrize(
    ("text", "line", "it", "en"),
    [
        ("Così.\n\nDice [@lewin1964].", 3, "la bibliografia non ha «lewin1964» (la più simile: lewin1946)", "references.bib"),
        ("Si veda la @tbl-ciclo-prim.", 1, "il nome più simile è tbl-ciclo-primo", "tbl-ciclo-primo"),
        ("Così.\n\nEcco ![foto](foto.jpg).", 3, "l'immagine «foto.jpg» va da sola", "stands alone on a line"),
        ("Uno.\n\nDue <b>tre</b>.", 3, "«<b>» è codice", "would lose"),
        ("Uno.\n\n# Capitolo", 3, "comincerebbe un capitolo", "three (###)"),
        ("::: {.callout-note}\nAperto.", 1, "aperto con ::: non è chiuso", "is not closed"),
        ("::: {.riquadro}\nX.\n:::", 1, "il riquadro «riquadro» non esiste", "callout-note"),
        ("Uno[^a].", 1, "richiamata ma non scritta", "called but not written"),
        ("Uno.\n\n[^a]: due.", 3, "mai richiamata", "never called"),
        ("Uno[^a].\n\n[^a]: due.\n\n[^a]: tre.", 5, "lo stesso nome", "the same name"),
        ("Uno.\n\nQui $\\fracx{$ e poi.", 3, "la formula «\\fracx{»", "cannot be read"),
        ("Uno.\n\n[clic](javascript:alert(1))", 3, "«javascript:alert(1)» non porta", "leads to no page"),
        ("Uno.\n\n<data:text/html,x>", 3, "«data:text/html,x»", "leads to no page"),
        ("[f](file:///etc/passwd)", 1, "«file:///etc/passwd»", "with https://"),
        ("[x][q]\n\n[q]: VBScript:x", 3, "«VBScript:x»", "with https://"),
        ("Uno.\n\n[due]{onclick=\"x()\"}", 3, "«onclick=»", "take it out"),
        ("Uno.\n\n```python\nx = 1", 3, "non è chiuso", "is not closed"),
        ("~~~\nx = 1\n```", 1, "non è chiuso", "is not closed"),
        ("Uno.\n\n{{< include altro.md >}}", 3, "«{{<» si leggerebbe", "run no commands"),
        ("Sono `{python} 6*7`.", 1, "«{python}» si leggerebbe", "run no commands"),
    ],
)  # fmt: skip
def test_each_mistake_names_file_line_place_and_what_to_do(tmp_path, text, line, it, en):
    with pytest.raises(ConfigurationError) as caught:
        checked(tmp_path, text)
    begins = 6 + GOOD.count("\n") + 3  # after the comment, the first place and this one's heading
    assert caught.value.say("it").startswith(f"tesi.md, riga {begins + line - 1}, posto «cicli»: ")
    assert caught.value.say("en").startswith(f"tesi.md, line {begins + line - 1}, place 'cicli': ")
    assert it in caught.value.say("it") and en in caught.value.say("en")
    assert code_of(caught.value) == "L597"


def test_all_mistakes_are_told_at_once_in_the_order_of_the_file(tmp_path):
    with pytest.raises(ConfigurationError) as caught:
        checked(tmp_path, "Due <i>x</i>.\n\nDice [@nessuno].")
    said = caught.value.say("it")
    assert said.index("<i>") < said.index("Anche riga") < said.index("nessuno")


def test_a_character_that_is_no_text_is_told_with_its_line(tmp_path):
    path = tmp_path / "tesi.md"
    path.write_text("## cicli\nuno\nd\x00ue\n", "utf-8")
    with pytest.raises(ConfigurationError, match="line 3: there is a character") as caught:
        passages_in(path, ["cicli"])
    assert code_of(caught.value) == "L589"


def test_a_paper_has_no_bibliography(tmp_path):
    with pytest.raises(ConfigurationError, match="write the source out"):
        checked(tmp_path, "Si veda @lewin1946.", Citable())


def test_the_documents_own_error_is_told_as_one_of_the_persons_text(tmp_path):
    document = tmp_path / "contesto.qmd"
    document.write_text(
        '# C\n\n```{python}\nk.text("slot", place="cicli")\n```\n\nAltro.\n', "utf-8"
    )
    passages = {"cicli": Passage("Testo.", 12)}
    own = tmp_path / "tesi.md"
    told = blamed(RenderError("no such thing", file=document, line=3), tmp_path, own, passages)
    assert isinstance(told, ConfigurationError) and code_of(told) == "L597"
    assert told.say("it").startswith("tesi.md, riga 12, posto «cicli»: ")
    for elsewhere, passage in ((7, "Testo."), (3, "")):
        error = RenderError("no such thing", file=document, line=elsewhere)
        assert blamed(error, tmp_path, own, {"cicli": Passage(passage, 12)}) is error
