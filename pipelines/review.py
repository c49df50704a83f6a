"""Doubtful links out to the intern, and the answers back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from assets import private
from assets.errors import ConfigurationError, DeliveryRefused
from assets.layout import Layout
from pipelines.busy import only_one
from schemas.linkage import LinkDecision
from schemas.words import Words

if TYPE_CHECKING:
    import pandas as pd

    from assets.outputs.link_review import Answer

_TABLE = "core_link_review"


@dataclass(frozen=True)
class Listed:
    """Questions without an answer that holds; ``path`` is ``None`` where there are none."""

    open_n: int
    decided_n: int
    path: Path | None


@dataclass(frozen=True)
class Taken:
    """What the answers became: recorded, said before, about data that have changed since, left empty."""

    same_n: int
    different_n: int
    known_n: int
    outdated_n: int
    open_n: int


def write_review(layout: Layout, out: Path | None, on: date) -> Listed:
    """Write the workbook of open questions, for this account only.

    Parameters
    ----------
    out
        The file to write; ``None`` for ``.store/<programme>/review/``.

    Raises
    ------
    ConfigurationError
        No run yet, or the file to write is there already and holds something else.
    """
    from assets.outputs.link_review import Question, review_workbook

    asked = _asked(layout)
    open_ones = asked[asked["state"].isin(["open", "outdated"])]
    decided_n = len(asked) - len(open_ones)
    if open_ones.empty:
        return Listed(0, decided_n, None)
    names = ["case_id", "question", "first_code", "second_code", "partners", "disagree"]
    questions = [
        Question(**{name: str(row[name]) for name in names}, is_again=row["state"] == "outdated")
        for row in open_ones.fillna("").to_dict("records")
    ]
    data = review_workbook(layout.programme, layout.definition.title, questions, on)
    path = out or layout.store / "review" / f"collegamenti_{layout.programme}_{on}.xlsx"
    written = _write(path, data, may_stand_beside=out is None)
    return Listed(len(open_ones), decided_n, written)


def _asked(layout: Layout) -> pd.DataFrame:
    from assets.store import Warehouse

    warehouse = Warehouse(layout.warehouse)
    if _TABLE not in warehouse.tables():
        raise ConfigurationError(
            "Il programma non è ancora stato elaborato: prima «lunattiva run».",
            "The programme has not been processed yet: first 'lunattiva run'.",
        )
    return warehouse.read(_TABLE)


def _write(path: Path, data: bytes, *, may_stand_beside: bool) -> Path:
    """Write; a list of the same day that somebody may have filled in stays, beside the new one."""
    first, number = path, 1
    while path.exists() and path.read_bytes() != data:
        if not may_stand_beside:
            raise ConfigurationError(
                f"{path.name} c'è già: dare un altro nome con --out.",
                f"{path.name} is there already: give another name with --out.",
            )
        number += 1
        path = first.with_stem(f"{first.stem}_{number}")
    if may_stand_beside:
        private.folder(path.parent)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=private.FILE)
    private.restrict(path, private.FILE)
    path.write_bytes(data)
    return path


def take_answers(layout: Layout, path: Path, by: str, on: date) -> Taken:
    """Record the answers of a workbook, all of them or none.

    An answer about a question that the data ask otherwise by now is not recorded.

    Raises
    ------
    DeliveryRefused
        Identifiers in it, or it cannot be opened.
    LunattivaError
        Not one of ours, or an answer that cannot be understood.
    Busy
        A run works on the programme.
    """
    from assets.core.decisions import load_decisions, write_decisions
    from assets.outputs.link_review import read_answers

    try:
        data = path.read_bytes()
    except OSError:
        raise DeliveryRefused("file.locked") from None
    answers, open_n = read_answers(data, layout.programme)
    _stop_identifiers(by, answers)
    with only_one(layout):
        asked = _asked(layout).fillna("").set_index("case_id")
        before = {each.codes: each for each in load_decisions(layout)}
        made: dict[tuple[str, ...], LinkDecision] = {}
        known_n = outdated_n = 0
        for each in answers:
            one = _decision(each, by, on)
            if not _is_asked(each, asked):
                outdated_n += 1
            elif one.codes in before and _says_the_same(one, before[one.codes]):
                known_n += 1
            else:
                made[one.codes] = one
        if made:
            write_decisions(layout, list({**before, **made}.values()))
    same_n = sum(each.decision == "same" for each in made.values())
    return Taken(same_n, len(made) - same_n, known_n, outdated_n, open_n)


def _decision(answer: Answer, by: str, on: date) -> LinkDecision:
    about = answer.about
    return LinkDecision(
        first=about.first_code,
        second=about.second_code or None,
        decision=answer.decision,
        partners=about.partners.split(", "),
        disagree=[name for name in about.disagree.split(", ") if name],
        by=by,
        on=on,
        reason=answer.reason,
    )


def _is_asked(answer: Answer, asked: pd.DataFrame) -> bool:
    about = answer.about
    if about.case_id not in asked.index:
        return False
    now = asked.loc[about.case_id]
    return (about.partners, about.disagree) == (now["partners"], now["disagree"])


def _says_the_same(one: LinkDecision, other: LinkDecision) -> bool:
    return (one.decision, one.partners, one.disagree) == (
        other.decision, other.partners, other.disagree,
    )  # fmt: skip


def _stop_identifiers(by: str, answers: list[Answer]) -> None:
    """Stop a workbook into which somebody typed what identifies people: only places are told."""
    from assets.intake.identifiers import KINDS
    from assets.intake.single import identifier_kinds

    typed = [("--by", by)]
    typed += [(f"N. {each.number}", each.reason) for each in answers if each.reason]
    found = [
        (place, kind) for place, text in typed for kind in identifier_kinds(text, is_typed=True)
    ]
    if found:
        it, en = (
            "; ".join(f"{place}: {KINDS[kind].say(lang)}" for place, kind in found)
            for lang in ("it", "en")
        )
        raise DeliveryRefused("identifiers", found=Words(it=it, en=en))
