"""Pictures that a person places in a text: a file beside it, a caption, a description, nothing else in it.

A photograph carries where and when it was taken and with what. The document gets a copy that is drawn
anew from the picture's points, so that none of it goes along; the file itself is left as it is.
"""

from __future__ import annotations

import hashlib
import io
import re
import shutil
import unicodedata
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote

from assets import private
from assets.outputs.narrative import Passage
from schemas.config import nearest
from schemas.words import Words

if TYPE_CHECKING:
    from PIL.Image import Image

#: A picture alone on its line: ![caption](file.jpg){#fig-name fig-alt="what is seen"}.
LINE = re.compile(
    r"^!\[(?P<caption>.*)\]\((?P<file>[^()\n]*)\)(?:\{(?P<about>[^{}\n]*)\})?[ \t]*$", re.M
)
LABEL = re.compile(r"fig-[a-z0-9]+(?:-[a-z0-9]+)*")
_ALT = re.compile(r'\bfig-alt="([^"]*)"')
_NAME = re.compile(r"#([\w-]+)")
_CALLED = re.compile(r"@(fig-[a-z0-9-]+)")
#: What pages, PDF and Word all show, by the name the picture's reader gives it.
KINDS = {"JPEG": "jpg", "PNG": "png"}
MOST_MB, MOST_POINTS = 20, 80_000_000
#: Enough for a sheet's width in print; a page of the thesis stays one that opens at once.
LONGEST, QUALITY = 1400, 82
LEAST_WORDS = 3
WIDE, TALL = "100%", "60%"
PICTURE = Words(
    it="un'immagine: chi vi si riconosce deve aver dato il consenso scritto, per un minore chi ne è responsabile",
    en="a picture: whoever can be recognised in it must have agreed in writing, for a minor whoever is responsible",
)


@dataclass(frozen=True)
class Picture:
    """One picture as a person wrote it, and the line of the file it stands in (1-based)."""

    place: str
    line: int
    caption: str
    file: str
    alt: str
    label: str
    #: Else nothing needs the file's name, and whom it may name stays at home.
    is_called: bool
    #: What was written in braces beside name and description.
    rest: str


def pictures_in(passages: Mapping[str, Passage]) -> list[Picture]:
    """Return the pictures of a text, in order; without a name of its own, one has its file's."""
    found = []
    called = {name for each in passages.values() for name in _CALLED.findall(each.text)}
    for place, each in passages.items():
        for match in LINE.finditer(each.text):
            about = match["about"] or ""
            alt, name = _ALT.search(about), _NAME.search(_ALT.sub("", about))
            file = unquote(match["file"].strip().removeprefix("<").removesuffix(">"))
            label = name[1] if name else f"fig-{_slug(Path(file).stem)}"
            found.append(
                Picture(
                    place,
                    each.line + each.text.count("\n", 0, match.start()),
                    match["caption"].strip(),
                    file,
                    alt[1].strip() if alt else "",
                    label,
                    bool(name) or label in called,
                    _NAME.sub("", _ALT.sub("", about), count=1).strip(),
                )
            )
    return found


def problems(
    folder: Path, pictures: list[Picture], taken: frozenset[str], bare: tuple[str, ...]
) -> Iterator[tuple[Picture, Words]]:
    """Yield what is wrong with each picture.

    Parameters
    ----------
    folder
        Where the text lies, and the files with it.
    taken
        Names that figures of the document have already.
    bare
        Places that hold words only.
    """
    names = set(taken)
    for each in pictures:
        wrong = [*_of_words(each, bare), *_of_name(each, names), *_of_file(folder, each)]
        names.add(each.label)
        yield from ((each, words) for words in wrong)


def _of_words(each: Picture, bare: tuple[str, ...]) -> Iterator[Words]:
    if each.place in bare:
        yield Words(
            it="qui un'immagine non può stare: metterla in un posto del testo",
            en="no picture can stand here: put it in a place of the text",
        )
    if not each.caption:
        yield Words(
            it=f"all'immagine «{each.file}» manca la didascalia: scriverla tra le parentesi quadre",
            en=f"the picture '{each.file}' has no caption: write it between the square brackets",
        )
    if len(each.alt.split()) < LEAST_WORDS:
        yield Words(
            it=f"all'immagine «{each.file}» manca la descrizione per chi non la vede: aggiungere in fondo "
            '{fig-alt="che cosa si vede"}, in una frase',
            en=f"the picture '{each.file}' has no description for those who do not see it: add at the end "
            '{fig-alt="what is seen"}, in a sentence',
        )
    if each.rest:
        yield Words(
            it=f"tra le graffe di «{each.file}» stanno solo #fig-nome e fig-alt: togliere «{each.rest[:40]}»",
            en=f"the braces of '{each.file}' hold #fig-name and fig-alt only: take out '{each.rest[:40]}'",
        )


def _of_name(each: Picture, names: set[str]) -> Iterator[Words]:
    if not LABEL.fullmatch(each.label):
        yield Words(
            it=f"«#{each.label}» non è un nome di figura: scrivere #fig- e lettere minuscole, come #fig-orto",
            en=f"'#{each.label}' is no name of a figure: write #fig- and small letters, such as #fig-garden",
        )
    elif each.label in names:
        yield Words(
            it=f"il nome «{each.label}» c'è già nel documento: dare a questa immagine un altro {{#fig-nome}}",
            en=f"the name '{each.label}' is in the document already: give this picture another {{#fig-name}}",
        )


def _of_file(folder: Path, each: Picture) -> Iterator[Words]:
    path = folder / each.file
    # A link may lead to anybody's picture.
    is_beside = Path(each.file).name == each.file and not path.is_symlink()
    if not each.file or not is_beside or not path.is_file():
        there = sorted(
            x.name for x in folder.iterdir() if x.suffix.lower() in (".jpg", ".jpeg", ".png")
        )
        near = nearest(each.file, there) or "-"
        yield Words(
            it=f"il file «{each.file}» non c'è accanto al testo (il più simile: {near}): metterlo nella "
            "stessa cartella e scriverne solo il nome",
            en=f"the file '{each.file}' is not beside the text (the nearest: {near}): put it into the same "
            "folder and write its name alone",
        )
        return
    if path.stat().st_size > MOST_MB * 1_000_000:
        yield _too_large(each)
        return
    yield from _of_points(path, each)


def _of_points(path: Path, each: Picture) -> Iterator[Words]:
    from PIL import Image

    try:
        with _opened(path) as picture:
            if picture.width * picture.height > MOST_POINTS:
                yield _too_large(each)
                return
            picture.load()
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        yield _too_large(each)
    except (OSError, SyntaxError, ValueError):
        yield Words(
            it=f"«{each.file}» non è un'immagine JPG o PNG che si apre: salvarla come JPG (dal telefono: "
            "condividere come JPG, non HEIC)",
            en=f"'{each.file}' is no JPG or PNG picture that opens: save it as JPG (from a phone: share it "
            "as JPG, not HEIC)",
        )


def _too_large(each: Picture) -> Words:
    return Words(
        it=f"l'immagine «{each.file}» è troppo grande (al massimo {MOST_MB} MB e {MOST_POINTS // 1_000_000} "
        "milioni di punti): salvarla più piccola",
        en=f"the picture '{each.file}' is too large (at most {MOST_MB} MB and {MOST_POINTS // 1_000_000} "
        "million points): save it smaller",
    )


def _opened(path: Path) -> Image:
    from PIL import Image

    with warnings.catch_warnings():
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        return Image.open(path, formats=tuple(KINDS))


def placed(
    store: Path, path: Path, passages: Mapping[str, Passage]
) -> tuple[Path, tuple[Path, ...]]:
    """Return the text as the document gets it, and the copies of its pictures.

    Without pictures that is the person's own file. Copies that no text places any more are deleted.
    """
    from assets.outputs.render.job import PICTURES

    folder = store / PICTURES / path.stem
    found = pictures_in(passages)
    if not found:
        shutil.rmtree(folder, ignore_errors=True)
        return path, ()
    lines = path.read_text(encoding="utf-8-sig").split("\n")
    copies = []
    for number, each in enumerate(found, start=1):
        data, kind, is_wide = _cleaned(path.parent / each.file)
        label = each.label if each.is_called else f"fig-placed-{number}"
        name = f"{label}-{hashlib.sha256(data).hexdigest()[:8]}.{kind}"
        private.write(folder / name, data)
        copies.append(folder / name)
        alt = each.alt.replace("\\", "\\\\")  # as pandoc reads it between quotes
        about = f'#{label} fig-alt="{alt}" width={WIDE if is_wide else TALL}'
        lines[each.line - 1] = f"![{each.caption}]({PICTURES}/{name}){{{about}}}"
    private.write(folder / path.name, "\n".join(lines).encode())
    for left in folder.iterdir():
        if left.name != path.name and left not in copies:
            left.unlink()
    return folder / path.name, tuple(copies)


def _cleaned(path: Path) -> tuple[bytes, str, bool]:
    """Return a copy made of the points alone, its kind, and whether it is wider than high."""
    from PIL import Image, ImageOps

    with _opened(path) as opened:
        # Many telephones' JPG holds a second picture behind the first, and its reader calls it MPO.
        kind = "PNG" if opened.format == "PNG" else "JPEG"
        turned = _eight_bits(ImageOps.exif_transpose(opened))  # how the camera was held
        turned.thumbnail((LONGEST, LONGEST), Image.Resampling.LANCZOS)
        has_holes = kind == "PNG" and turned.has_transparency_data
        drawn = turned.convert("RGBA" if has_holes else "RGB")
    bare = Image.frombytes(drawn.mode, drawn.size, drawn.tobytes())
    out = io.BytesIO()
    bare.save(out, kind, optimize=True, **({"quality": QUALITY} if kind == "JPEG" else {}))
    return out.getvalue(), KINDS[kind], drawn.width >= drawn.height


def _eight_bits(picture: Image) -> Image:
    """Return a picture whose greys have 256 levels: drawn as they are, 65,536 would come out white."""
    if not picture.mode.startswith("I"):
        return picture
    return picture.convert("I").point([level // 257 for level in range(65_536)], "L")


def _slug(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-") or "immagine"
