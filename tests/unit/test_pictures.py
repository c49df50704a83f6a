"""Pictures that a person places: what is asked of them, and that nothing but their points goes along.

EXIF's own tags: 0x010F is the camera's maker, 0x0112 how it was held (6: a quarter turn), 0x8825 the place.
"""

from __future__ import annotations

import io
import shutil
from pathlib import Path

import pytest
from PIL import Image

from assets.errors import ConfigurationError
from assets.layout import REPOSITORY, Layout
from assets.outputs.narrative import passages_in
from assets.outputs.passages import Citable, check_passages
from assets.outputs.pictures import placed
from assets.outputs.render import RenderJob, render
from pipelines.explain import code_of
from pipelines.person_texts import Suspect, suspects
from reports import _book, _lists

PLACES = ["autore", "motivazione"]
GOOD = '![L\'orto nel 2022](Orto 1.jpg){#fig-orto fig-alt="Quattro aiuole con tre persone"}'
SECRET = b"Segreto di chi scatta"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    taken = Image.new("RGB", (64, 32), (200, 30, 30))
    told = Image.Exif()
    told[0x010F], told[0x0112] = SECRET.decode(), 6
    told.get_ifd(0x8825).update({1: "N", 2: (45.0, 9.0, 27.0)})
    taken.save(tmp_path / "Orto 1.jpg", exif=told, comment=SECRET)
    Image.new("P", (10, 20)).save(tmp_path / "pianta.png")
    (tmp_path / "finta.jpg").write_bytes(b"GIF89a" + bytes(20))
    (tmp_path / "rotta.jpg").write_bytes((tmp_path / "Orto 1.jpg").read_bytes()[:-40])
    return tmp_path


def written(folder: Path, text: str, place: str = "motivazione") -> Path:
    path = folder / "tesi.md"
    path.write_text(f"<!-- una\nriga -->\n\n## {place}\n\nIl testo.\n\n{text}\n", "utf-8")
    return path


def checked(path: Path) -> None:
    known = Citable(frozenset(), frozenset({"fig-raggiunte"}))
    check_passages(path, passages_in(path, PLACES), known, ("autore",))


def test_a_picture_with_caption_and_description_passes_and_can_be_referred_to(folder):
    checked(written(folder, f"Si veda @fig-orto.\n\n{GOOD}"))
    checked(
        written(
            folder, 'Si veda @fig-pianta.\n\n![Pianta](pianta.png){fig-alt="La pianta del cortile"}'
        )
    )


@pytest.mark.parametrize(
    ("text", "it", "en"),
    [
        (GOOD.replace("L'orto nel 2022", ""), "manca la didascalia", "has no caption"),
        (GOOD.replace("fig-alt", "alt"), "manca la descrizione", "has no description"),
        (GOOD.replace("Quattro aiuole con tre persone", "Orto"), "manca la descrizione", "no description"),
        ("![Orto](<Orto 1.jpg>)", "manca la descrizione", "no description"),
        (GOOD.replace("Orto 1", "Orto 2"), "il più simile: Orto 1.jpg", "the nearest: Orto 1.jpg"),
        (GOOD.replace("Orto 1", "../Orto 1"), "scriverne solo il nome", "its name alone"),
        (GOOD.replace("Orto 1", "finta"), "non è un'immagine JPG o PNG", "no JPG or PNG"),
        (GOOD.replace("Orto 1", "rotta"), "non è un'immagine JPG o PNG", "no JPG or PNG"),
        (GOOD.replace("#fig-orto", "#fig-raggiunte"), "c'è già nel documento", "already"),
        (GOOD.replace("#fig-orto", "#orto"), "non è un nome di figura", "no name of a figure"),
        (GOOD.replace("#fig-orto", "#fig-orto onload=x"), "togliere «onload=x»", "take out 'onload=x'"),
        (f"Ecco: {GOOD}", "va da sola su una riga", "alone on a line"),
        (f"Ecco ![orto](<Orto 1.jpg>).\n\n{GOOD}", "va da sola su una riga", "alone on a line"),
        (f"{GOOD}\nCome si vede.", "tra due righe vuote", "between two empty lines"),
        (f"- {GOOD}", "va da sola su una riga", "alone on a line"),
    ],
)  # fmt: skip
def test_what_is_missing_is_told_with_its_line(folder, text, it, en):
    with pytest.raises(ConfigurationError) as caught:
        checked(written(folder, text))
    said = {lang: caught.value.say(lang) for lang in ("it", "en")}
    assert "tesi.md, riga 8, posto «motivazione»" in said["it"] and it in said["it"]
    assert "line 8" in said["en"] and en in said["en"]
    assert code_of(caught.value) == "L597"


def test_one_that_is_too_large_two_of_a_name_and_one_on_the_title_page_are_refused(
    folder, monkeypatch
):
    monkeypatch.setattr("assets.outputs.pictures.MOST_POINTS", 1000)
    with pytest.raises(ConfigurationError, match="too large"):
        checked(written(folder, GOOD))
    monkeypatch.undo()
    monkeypatch.setattr("assets.outputs.pictures.MOST_MB", 0)
    with pytest.raises(ConfigurationError, match="too large"):
        checked(written(folder, GOOD))
    monkeypatch.undo()
    with pytest.raises(ConfigurationError, match="line 10.*in the document already"):
        checked(written(folder, f"{GOOD}\n\n{GOOD}"))
    with pytest.raises(ConfigurationError, match="no picture can stand here"):
        checked(written(folder, GOOD, "autore"))


def test_the_copy_holds_the_points_alone_upright_and_goes_when_the_text_lets_it_go(folder):
    path = written(folder, GOOD)
    text, copies = placed(folder / "store", path, passages_in(path, PLACES))
    data = copies[0].read_bytes()
    assert SECRET in (folder / "Orto 1.jpg").read_bytes(), "else this proves nothing"
    assert SECRET not in data and b"Exif" not in data
    copy = Image.open(io.BytesIO(data))
    assert copy.size == (32, 64) and not copy.getexif()
    line = text.read_text("utf-8").split("\n")[7]
    assert line.startswith(f"![L'orto nel 2022](pictures/{copies[0].name}){{#fig-orto fig-alt=")
    assert path.read_text("utf-8").split("\n")[7] == GOOD, "the person's file is left"
    assert placed(folder / "store", path, passages_in(path, PLACES))[1] == copies
    path = written(folder, "Nessuna.")
    assert placed(folder / "store", path, passages_in(path, PLACES)) == (path, ())
    assert not copies[0].exists()


def test_a_picture_in_code_is_no_picture_and_a_link_leads_to_none(folder):
    with pytest.raises(ConfigurationError, match="alone on a line"):
        checked(written(folder, f"~~~\n{GOOD}\n~~~"))
    (folder / "vicino.jpg").symlink_to(folder / "Orto 1.jpg")
    with pytest.raises(ConfigurationError, match="is not beside the text"):
        checked(written(folder, GOOD.replace("Orto 1", "vicino")))


def test_what_telephones_and_scanners_make_is_drawn_as_it_looks(folder):
    two = [Image.new("RGB", (64, 32), colour) for colour in ((200, 30, 30), (0, 0, 0))]
    two[0].save(folder / "tel.jpg", "MPO", save_all=True, append_images=two[1:])
    Image.new("I;16", (4, 4), 257 * 100).save(folder / "scan.png")
    text = GOOD.replace("Orto 1", "tel").replace("#fig-orto", "#fig-tel") + "\n\n"
    path = written(folder, text + GOOD.replace("Orto 1.jpg", "scan.png"))
    checked(path)
    tel, scan = (
        Image.open(each) for each in placed(folder / "s", path, passages_in(path, PLACES))[1]
    )
    assert tel.format == "JPEG" and b"MPF" not in Path(tel.filename).read_bytes()
    assert scan.getpixel((0, 0)) == (100, 100, 100), "of 255, as 25,700 is of 65,535"


def test_a_files_name_stays_at_home_unless_the_text_says_it(folder):
    shutil.copyfile(folder / "Orto 1.jpg", folder / "Anna Bianchi.jpg")
    text = r'![Chi c\'era](Anna%20Bianchi.jpg){fig-alt="Tre persone tra le aiuole, \a destra"}'
    for more, says in (("", False), ("\n\nSi veda @fig-anna-bianchi.", True)):
        path = written(folder, text + more)
        checked(path)
        made, copies = placed(folder / "s", path, passages_in(path, PLACES))
        line = made.read_text("utf-8").split("\n")[7]
        assert ("bianchi" in f"{line}{copies[0].name}".lower()) is says
        assert r"aiuole, \\a destra" in line, "a backslash reads as one between quotes"


def test_a_note_in_a_caption_is_not_called_from_the_list_of_figures_too(folder, monkeypatch):
    line = '![Orto[^1] nel *cortile*](pictures/x.jpg){#fig-orto fig-alt="Quattro aiuole"}'
    monkeypatch.setenv(_book.NARRATIVE, str(written(folder, f"{line}\n\n[^1]: Una nota.")))
    (folder / "_quarto.yml").write_text("book: {chapters: [a.qmd]}", "utf-8")
    (folder / "a.qmd").write_text(
        '```{python}\nk.text("slot", place="motivazione")\n```\n', "utf-8"
    )
    assert str(_lists.listed(None, "fig", folder)) == "- @fig-orto: Orto nel *cortile*"


def test_a_document_shows_the_copy_numbered_with_its_other_figures(folder):
    path = written(folder, GOOD)
    text, copies = placed(folder / "store", path, passages_in(path, PLACES))
    line = text.read_text("utf-8").split("\n")[7]
    source = folder / "doc.qmd"
    source.write_text(f"---\nformat: html\n---\n\nSi veda @fig-orto.\n\n{line}\n", "utf-8")
    job = RenderJob(source, folder / "out", "doc", pictures=copies)
    page = render(job, engine="embedded").paths[0].read_text("utf-8")
    assert "data:image/jpeg;base64," in page and 'alt="Quattro aiuole con tre persone"' in page
    assert 'class="crossref">Figura 1</a>' in page.replace("\u00a0", " ")
    job.lay_pictures(folder)  # what Quarto finds beside its copy of the document
    assert (folder / "pictures" / copies[0].name).read_bytes() == copies[0].read_bytes()


def test_consent_is_recalled_wherever_a_picture_stands(folder):
    (folder / "raw" / "demo").mkdir(parents=True)
    shutil.copyfile(
        REPOSITORY / "raw" / "demo" / "programme.yml", folder / "raw" / "demo" / "programme.yml"
    )
    found = suspects(Layout(folder, "demo"), [written(folder, GOOD)])
    assert found == [Suspect("tesi.md", 8, "picture", False)]
    assert "consenso" in found[0].said("it") and "agreed in writing" in found[0].said("en")
