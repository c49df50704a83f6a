"""Which of our columns each heading may be, and which dataset fits a file best."""

from __future__ import annotations

from dataclasses import dataclass

from assets.intake.propose_codes import fit_codes, fit_text
from assets.intake.propose_text import alike, plain
from assets.intake.propose_values import Fit, Values, fit_booleans, fit_dates, fit_numbers
from schemas.datasets import DATASETS
from schemas.field import Field
from schemas.fields import FIELDS
from schemas.programme import Programme
from schemas.synonyms import CODE_SYNONYMS, FREE_TEXT

#: Percent from which a guess is called sure, likely, and worth telling at all.
SURE, LIKELY, LEAST = 90, 70, 45
#: How much the heading weighs against the cells.
_HEADING, _CELLS = 0.65, 0.35
#: Columns whose codes may stand in the file under any heading.
_TELLING = 72
_MOST_CODES = 60
#: Words in a file's name that speak for a dataset.
_NAMES = {
    "attendance": (
        "presenze",
        "registro",
        "laborator",
        "corso",
        "formazione",
        "attendance",
        "firme",
    ),
    "service_access": (
        "sportello",
        "access",
        "colloqui",
        "emporio",
        "ascolto",
        "contatti",
        "richieste",
    ),
    "survey": ("questionario", "survey", "risposte", "responses", "form", "sondaggio"),
}


@dataclass(frozen=True)
class Column:
    """One column of the file: its heading and its distinct cells; ``is_blocked`` where it identifies."""

    position: int
    heading: str
    values: Values
    is_blocked: bool = False


@dataclass(frozen=True)
class Guess:
    """One of our columns for one of the file's, and why."""

    name: str
    position: int
    percent: int
    fit: Fit
    heading_score: int
    rival: str = ""

    @property
    def is_sure(self) -> bool:
        """Whether it stands without being confirmed."""
        return self.percent >= SURE and not self.rival


def code_words(programme: Programme, name: str) -> dict[str, tuple[str, ...]]:
    """Return code -> the words that may stand for it, from field, programme and synonyms."""
    declared = FIELDS[name]
    labels: dict[str, tuple[str, ...]] = {
        code: (code, words.it, words.en) for code, words in declared.codes.items()
    }
    lists = {
        "neighbourhoods": programme.neighbourhoods,
        "activities": programme.activities,
        "services": programme.services,
        "waves": programme.waves,
    }
    listed = lists.get(declared.codes_from or "", {})
    if isinstance(listed, dict):
        for code, entry in listed.items():
            labels[code] = (code, code.replace("_", " "), entry.label.it, entry.label.en)
    more = CODE_SYNONYMS.get(name, {})
    return {code: (*names, *more.get(code, ())) for code, names in labels.items()}


def names_of(declared: Field) -> tuple[str, ...]:
    """Return every name a column goes by."""
    return (
        declared.label.it,
        declared.label.en,
        declared.name.replace("_", " "),
        *declared.synonyms,
    )


def fit_of(values: Values, declared: Field, programme: Programme) -> Fit:
    """Judge the cells of one column as one of ours."""
    if declared.kind == "date":
        return fit_dates(values)
    if declared.kind in ("integer", "number"):
        return fit_numbers(values, declared)
    if declared.kind == "boolean":
        return fit_booleans(values)
    if declared.kind == "code":
        words = code_words(programme, declared.name)
        return fit_codes(values, words) if words else Fit(0.6)
    return fit_text(values, declared)


def guess(columns: list[Column], dataset: str, programme: Programme) -> list[Guess]:
    """Return the best guess for each of a dataset's columns, one column of the file each.

    The most certain pair is taken first; ties go by the order of the dataset and of the file.
    """
    taken = DATASETS[dataset].columns
    pairs = []
    for name in taken:
        if name in ("instrument_code", "item_code", "answer_code", "answer_value"):
            continue
        for column in columns:
            made = None if column.is_blocked else _pair(column, FIELDS[name], programme)
            if made is not None:
                pairs.append(made)
    pairs.sort(key=lambda g: (-g.percent, -g.heading_score, taken.index(g.name), g.position))
    chosen: dict[str, Guess] = {}
    used: set[int] = set()
    for each in pairs:
        if each.name not in chosen and each.position not in used:
            chosen[each.name] = each
            used.add(each.position)
    kept = [_with_rival(each, pairs, set(chosen)) for each in chosen.values()]
    return sorted(kept, key=lambda each: each.position)


def _with_rival(kept: Guess, pairs: list[Guess], chosen: set[str]) -> Guess:
    """Name another of our columns that fits the same heading nearly as well and was left over."""
    near = [
        each
        for each in pairs
        if each.position == kept.position
        and each.name not in chosen
        and each.percent > kept.percent - 3
    ]
    rival = near[0].name if near else ""
    return Guess(kept.name, kept.position, kept.percent, kept.fit, kept.heading_score, rival)


def _pair(column: Column, declared: Field, programme: Programme) -> Guess | None:
    if plain(column.heading).startswith(FREE_TEXT):
        return None  # whatever its cells look like, it may hold anything about anybody
    score = alike(column.heading, names_of(declared))
    # Words of a service fit nearly any cells: there the heading has to be plainer.
    least = 75 if declared.kind == "text" and declared.pattern is None else 60
    if score < least and declared.kind != "code":
        return None
    if score < 60 and len(column.values.texts) > _MOST_CODES:
        return None  # no list of codes is so long
    fit = fit_of(column.values, declared, programme)
    if score < (80 if fit.share < 0.5 else 60) and declared.kind == "code" and not fit.is_telling:
        return None
    if column.values.filled_n == 0:
        percent = 0.8 * score  # a heading without cells
    elif fit.is_telling:
        percent = max(_HEADING * score + _CELLS * 100 * fit.share, _TELLING * fit.share)
    else:
        percent = _HEADING * score + _CELLS * 100 * fit.share
        percent = percent if fit.share >= 0.5 else min(percent, 0.6 * score)
    percent = min(99, int(percent))
    if fit.doubt and declared.kind in ("date", "integer", "number"):
        percent = min(percent, SURE - 1)
    return Guess(declared.name, column.position, percent, fit, score) if percent >= LEAST else None


@dataclass(frozen=True)
class Choice:
    """The dataset that fits best, how sure that is, and the guesses made for it."""

    dataset: str
    percent: int
    guesses: list[Guess]


def choose_dataset(
    columns: list[Column], programme: Programme, file_name: str, items_n: int, given: str | None
) -> Choice:
    """Choose the dataset whose columns and file name fit best.

    Parameters
    ----------
    items_n
        How many headings are questions of known scales; the marks of a survey tool count as some.
    given
        The dataset the user named, which is then taken.
    """
    found = {name: guess(columns, name, programme) for name in DATASETS}
    if given is not None:
        return Choice(given, 99, found[given])
    scores = {name: _score(name, found[name], file_name, items_n) for name in DATASETS}
    ranked = sorted(scores, key=lambda name: (-scores[name], name))
    lead = scores[ranked[0]] - scores[ranked[1]]
    percent = max(50, min(99, int(60 + 20 * lead)))
    if len(found[ranked[0]]) < 3 and not items_n:
        percent = min(percent, LIKELY)  # of a file that hardly fits anything nothing is sure
    return Choice(ranked[0], percent, found[ranked[0]])


def _score(dataset: str, guesses: list[Guess], file_name: str, items_n: int) -> float:
    declared = DATASETS[dataset]
    by_itself = {"service_access": ("contact_n",), "survey": ("item_code", "wave_code")}
    known = {each.name: each.percent / 100 for each in guesses}
    lacking = [n for n in declared.required if n not in (*known, *by_itself.get(dataset, ()))]
    # A service is often one for the whole file and stands nowhere in it.
    cost = sum(0.2 if name == "service_code" else 1.0 for name in lacking)
    score = sum(known.values()) + sum(known.get(name, 0) for name in declared.required) - cost
    score += 1.0 * any(word in plain(file_name) for word in _NAMES[dataset])
    if dataset == "survey":
        score += items_n if items_n else -3.0
    return score
