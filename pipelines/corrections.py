"""Back from the partners: what the answers in a return become."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import ValidationError

from assets.errors import DeliveryRefused
from assets.layout import Layout
from pipelines.busy import only_one
from pipelines.returned import frames_of
from schemas.correction import Action, Correction, Corrections, cell_digest
from schemas.words import Words

if TYPE_CHECKING:
    from assets.intake.corrections import CorrectionBook
    from assets.intake.reopen import Reopened
    from assets.outputs.answers import Answer, Answered


@dataclass(frozen=True)
class Taken:
    """What came of a workbook that came back.

    Attributes
    ----------
    changed_n, removed_n, kept_n
        Corrections recorded now (with ``--dry-run``: that would be).
    same_n, open_n
        Lines that say what already holds; lines without an answer.
    is_known
        The same workbook was taken in before.
    path
        The record, relative to the root; ``None`` where none was written.
    """

    partner: str
    changed_n: int = 0
    removed_n: int = 0
    kept_n: int = 0
    same_n: int = 0
    open_n: int = 0
    is_known: bool = False
    path: str | None = None


def take_back(
    layout: Layout, path: Path, by: str, reason: str | None, on: date, *, dry_run: bool = False
) -> Taken:
    """Turn a corrected workbook into guarded corrections, all of them or none.

    Raises
    ------
    DeliveryRefused
        Identifiers in it, not one of ours, or a cell that no longer holds what was shown.
    Busy
        A run works on the programme.
    """
    from assets.intake.corrections import load_corrections
    from assets.outputs.answers import read_answers

    data = _bytes(path)
    answered = read_answers(data)
    _stop_identifiers(path.name, answered, by, reason)
    if answered.programme != layout.programme or answered.partner not in layout.definition.partners:
        raise DeliveryRefused(
            "correction.elsewhere",
            programme=answered.programme,
            partner=answered.partner,
            here=layout.programme,
        )
    sha256 = hashlib.sha256(data).hexdigest()
    with only_one(layout):
        book = load_corrections(layout)
        before = book.files.get(answered.partner, [])
        if any(each.workbook == sha256 for each in before):
            return Taken(answered.partner, is_known=True)
        made, same_n = _corrections(layout, answered, book)
        record = None
        if made and not dry_run:
            number = max((each.number for each in before), default=0) + 1
            record = _keep(
                layout,
                data,
                Corrections.model_validate(
                    {
                        "number": number,
                        "partner": answered.partner,
                        "from": sha256,
                        "by": by,
                        "on": on,
                        "reason": reason,
                        "corrections": made,
                    }
                ),
            )
    counts = Counter(one.action for one in made)
    return Taken(
        answered.partner,
        changed_n=counts["change"],
        removed_n=counts["remove"],
        kept_n=counts["keep"],
        same_n=same_n,
        open_n=sum(not each.is_given for each in answered.answers),
        path=record,
    )


def _bytes(path: Path) -> bytes:
    from assets.intake.names import masked_name

    if path.is_dir():
        raise DeliveryRefused("file.folder", name=masked_name(path.name))
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise DeliveryRefused("file.missing", name=masked_name(path.name)) from None
    except OSError:
        raise DeliveryRefused("file.locked") from None


def _stop_identifiers(name: str, answered: Answered, by: str, reason: str | None) -> None:
    """Stop a workbook into which somebody typed what identifies people: only places are told."""
    from assets.intake.identifiers import KINDS
    from assets.intake.names import kinds_in_names
    from assets.intake.single import identifier_kinds

    found = [("*.xlsx", kind) for kind in kinds_in_names([name])]
    found += [
        (option, kind)
        for option, text in (("--by", by), ("--reason", reason or ""))
        for kind in identifier_kinds(text, is_typed=True)
    ]
    for each in answered.written:
        kinds = identifier_kinds(each.text, each.column, is_typed=each.is_free or bool(each.column))
        found += [(each.place, kind) for kind in kinds]
    if found:
        it, en = (
            "; ".join(f"{place}: {KINDS[kind].say(lang)}" for place, kind in found)
            for lang in ("it", "en")
        )
        raise DeliveryRefused("identifiers", found=Words(it=it, en=en))


def _corrections(
    layout: Layout, answered: Answered, book: CorrectionBook
) -> tuple[list[Correction], int]:
    """Return the corrections of the answered lines, and how many say what already holds."""
    from assets.intake.reopen import opener

    frames = frames_of(layout)
    deliveries, reasons = frames["intake_deliveries"], frames["sorting_reasons"]
    used = deliveries[
        (deliveries["state"] == "in_use") & (deliveries["partner_code"] == answered.partner)
    ]
    ids = dict(zip(used["sha256"], used["delivery_id"], strict=True))
    sheets = {
        sha256: str(name or "") for sha256, name in zip(used["sha256"], used["sheet"], strict=True)
    }
    broken = set(zip(reasons["delivery_id"], reasons["row_number"], reasons["rule"], strict=True))
    open_one = opener(layout, deliveries, book)
    opened: dict[str, Reopened] = {}
    made: list[Correction] = []
    same_n = 0
    for answer in answered.answers:
        if not answer.is_given:
            continue
        sha256 = answer.about["delivery"]
        if sha256 not in ids:
            raise DeliveryRefused("correction.replaced", **_place(answer))
        if answer.about["sheet"] != sheets[sha256]:
            raise DeliveryRefused("correction.damaged")
        if sha256 not in opened:
            opened[sha256] = open_one(ids[sha256])
        one = _correction(answer, opened[sha256])
        done = [each.what for each in book.patches(answered.partner, sha256)]
        if one is None or _is_done(one, [*done, *made]):
            same_n += 1
            continue
        current = opened[sha256].read(one.row, one.letter)
        if cell_digest(sha256, one.sheet, one.row, one.letter, current) != one.expected:
            if one.action == "change" and current == one.new:
                same_n += 1
                continue
            raise DeliveryRefused(
                "correction.changed", file=opened[sha256].file_name, **_place(answer)
            )
        if _contradicts(one, made) or _was_settled(one, done):
            raise DeliveryRefused(
                "correction.contradiction", file=opened[sha256].file_name, **_place(answer)
            )
        if one.action == "keep" and (ids[sha256], one.row, one.rule) not in broken:
            raise DeliveryRefused("correction.damaged")  # the hidden page names a rule of its own
        made.append(one)
    return made, same_n


def _place(answer: Answer) -> dict[str, object]:
    about = answer.about
    return {
        "number": answer.number,
        "sheet": about["sheet"] or "-",
        "row": about["row"],
        "letter": about["letter"],
    }


def _correction(answer: Answer, delivery: Reopened) -> Correction | None:
    """Return the correction of one line, or ``None`` where it repeats the value that stands."""
    from assets.outputs.answers import spelt

    about = answer.about
    if not (about["row"].isascii() and about["row"].isdigit() and len(about["row"]) <= 9):
        raise DeliveryRefused("correction.damaged")
    new = None if answer.new is None else spelt(answer.new, delivery.source.reader)
    action: Action = "change" if new is not None else "remove" if answer.is_removed else "keep"
    row = int(about["row"])
    digest = cell_digest(about["delivery"], about["sheet"], row, about["letter"], new or "")
    if action == "change" and digest == about["expected"]:
        return None
    try:
        return Correction(
            delivery=about["delivery"],
            sheet=about["sheet"],
            row=row,
            letter=about["letter"],
            heading=about["heading"],
            column=about["column"],
            rule=about["rule"],
            expected=about["expected"],
            action=action,
            new=new,
            reason=answer.reason,
        )
    except ValidationError:  # what we wrote ourselves always fits
        raise DeliveryRefused("correction.damaged") from None


def _is_done(one: Correction, others: list[Correction]) -> bool:
    """Say whether another correction already does the same."""
    row = one.place[:3]
    for each in others:
        if one.action == "remove" == each.action and each.place[:3] == row:
            return True
        if (each.action, each.place, each.expected, each.new) == (
            one.action, one.place, one.expected, one.new,
        ) and (one.action != "keep" or each.rule == one.rule):  # fmt: skip
            return True
    return False


def _contradicts(one: Correction, others: list[Correction]) -> bool:
    """Say whether the same workbook says something else about the cell or its row."""
    mine = [each for each in others if each.place[:3] == one.place[:3]]
    return any(
        (one.action == "remove") != (each.action == "remove")
        or (one.place == each.place and "change" in (one.action, each.action))
        for each in mine
    )


def _was_settled(one: Correction, done: list[Correction]) -> bool:
    """Say whether an earlier workbook decided otherwise: a row taken out, a cell left as it was."""
    return any(
        (each.action == "remove" and each.place[:3] == one.place[:3])
        or (
            each.action == "keep" != one.action
            and each.place == one.place
            and each.expected == one.expected
        )
        for each in done
    )


def _keep(layout: Layout, data: bytes, made: Corrections) -> str:
    """Keep the workbook's bytes in the vault, as of every delivery, then write the record."""
    from assets.intake import vault
    from assets.intake.corrections import write_corrections

    vault.keep(layout.vault, made.workbook, data)
    return write_corrections(layout, made).relative_to(layout.root).as_posix()
