"""Words as proposals compare them: without case, accents and marks; and which may be repeated."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from rapidfuzz import fuzz

from assets.intake.announced import heading_kind
from assets.intake.names import kinds_in_names

_CODE = re.compile(
    r"\A(?=[^ ]*[0-9])(?:[A-Za-z]{0,4}[-_/ .]?[0-9]{2,}|[0-9A-Za-z]{8,}-[0-9A-Za-z-]+)\Z"
)
_LONGEST = 200


@lru_cache(maxsize=8192)
def plain(text: str) -> str:
    """Return lower-case words without accents and marks: ``Cod.Utente``, ``codUtente`` -> ``cod utente``."""
    taken_apart = unicodedata.normalize("NFKD", re.sub(r"(?<=[a-zà-ÿ])(?=[A-Z])", " ", text))
    letters = "".join(each for each in taken_apart if not unicodedata.combining(each))
    return " ".join(re.sub(r"[^0-9a-z€]+", " ", letters.casefold()).split())


def alike(heading: str, names: tuple[str, ...]) -> int:
    """Return how alike a heading is to the best of some names, 0 to 100; 100 where equal.

    A survey tool writes ``code. Question`` or ``group/question``: the question alone counts too.
    """
    parts = {plain(re.split(r"\.\s|/", heading, maxsplit=1)[-1]): 3, plain(heading): 0}
    scores = [_two(asked, plain(name)) - less for asked, less in parts.items() for name in names]
    return max(0, *scores) if scores else 0


@lru_cache(maxsize=65536)
def _two(asked: str, name: str) -> int:
    if not asked or not name:
        return 0
    if asked == name:
        return 100
    if min(len(asked), len(name)) < 3:
        return 0
    spelt = max(fuzz.ratio(asked, name), fuzz.token_sort_ratio(asked, name))
    if min(len(asked), len(name)) < 6 and spelt < 85:
        spelt = 0  # short words are alike by chance: note, ente
    # A known name inside a longer heading ("Quanti anni hai?") counts, but never as sure.
    is_inside = len(name) >= 4 and f" {name} " in f" {asked} "
    inside = 70 + min(15, 15 * len(name) // len(asked)) if is_inside else 0
    return min(99, int(max(spelt, inside)))


def is_quotable(heading: str) -> bool:
    """Say whether a heading may be repeated: a word, and neither a code, a date nor an identifier."""
    shown = " ".join(heading.split())
    if not shown or len(shown) > _LONGEST or not re.search(r"[^\W\d_]", shown):
        return False
    return not _CODE.match(shown) and not kinds_in_names([shown])


def announced(heading: str) -> str | None:
    """Return the kind of identifier that a heading announces (``Cognome``), if it does."""
    return heading_kind(" ".join(heading.split()))


def slug(text: str, otherwise: str) -> str:
    """Return a name of ours made from words: ``Come hai conosciuto?`` -> ``come_hai_conosciuto``."""
    made = re.sub(r"[^a-z0-9]+", "_", plain(text)).strip("_")[:30].strip("_")
    return made if re.match(r"[a-z][a-z0-9_]+\Z", made) else otherwise
