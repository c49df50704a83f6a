"""The split of text rows into accepted and quarantined, with reasons and counts, as one pure call."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from assets.layout import Layout
from assets.sorting.outcome import (
    PLACE,
    Frames,
    count,
    empty_accepted,
    empty_quarantined,
    empty_reasons,
    in_order,
    joined,
    reasons_of,
)
from assets.sorting.parse import TEXT, parse
from assets.sorting.rules import (
    MAIN_DATE,
    Rulebook,
    broken_answers,
    broken_dates,
    broken_unique,
)
from assets.sorting.validate import broken_rules
from schemas.dataset import Dataset
from schemas.datasets import DATASETS


@dataclass(frozen=True)
class Sorted:
    """The records of one source, judged."""

    accepted: pd.DataFrame
    quarantined: pd.DataFrame
    reasons: pd.DataFrame


def sort_programme(layout: Layout, intake: Frames) -> Frames:
    """Sort every delivery in use.

    Parameters
    ----------
    intake
        The five frames of the intake room.

    Returns
    -------
    dict of pandas.DataFrame
        ``sorting_<dataset>__accepted`` and ``__quarantined`` for the three datasets,
        ``sorting_reasons``, ``sorting_counts``.
    """
    frames: Frames = {}
    reasons = []
    for dataset in DATASETS.values():
        done = sort_dataset(layout, dataset, intake)
        frames[f"sorting_{dataset.name}__accepted"] = done.accepted
        frames[f"sorting_{dataset.name}__quarantined"] = done.quarantined
        reasons.append(done.reasons)
    frames["sorting_reasons"] = joined(reasons, empty_reasons())
    frames["sorting_counts"] = count(intake["intake_deliveries"], frames)
    return frames


def sort_dataset(layout: Layout, dataset: Dataset, intake: Frames) -> Sorted:
    """Sort the records of one dataset, source by source, keeping delivery order."""
    rows = intake[f"intake_{dataset.name}"].reset_index(drop=True)
    deliveries = intake["intake_deliveries"]
    about = deliveries[["delivery_id", "partner_code", "source_code", "period"]]
    rows = rows.merge(about, on="delivery_id", how="left", validate="many_to_one")
    done = []
    for partner, partner_sources in layout.readable_sources.items():
        for source in partner_sources.sources:
            mine = rows[(rows["partner_code"] == partner) & (rows["source_code"] == source.source)]
            if source.dataset == dataset.name and len(mine):
                book = Rulebook(layout.definition, dataset, source, layout.instruments)
                done.append(
                    sort_source(mine.reset_index(drop=True), intake["intake_columns"], book)
                )
    rank = pd.Series(range(len(deliveries)), index=deliveries["delivery_id"])
    return Sorted(
        in_order([each.accepted for each in done], rank, empty_accepted(dataset)),
        in_order([each.quarantined for each in done], rank, empty_quarantined(dataset)),
        in_order([each.reasons for each in done], rank, empty_reasons()),
    )


def sort_source(text: pd.DataFrame, columns: pd.DataFrame, book: Rulebook) -> Sorted:
    """Judge the records of one source.

    Parameters
    ----------
    text
        Text rows of one source in delivery order, on a fresh RangeIndex, with ``partner_code``,
        ``source_code`` and ``period`` of their delivery.
    columns
        ``intake_columns``.
    """
    typed, unread = _typed(text, book)
    broken = _judge(text, typed, unread, book)
    costs_row = broken.loc[broken["cost"] == "row", "position"].unique()
    is_bad = pd.Series(False, index=text.index)
    is_bad[costs_row] = True
    set_aside = broken[broken["cost"] == "cell"]
    for column, cells in set_aside.groupby("column"):
        typed.loc[cells["position"], _cells_of(str(column))] = pd.NA
    accepted = pd.concat([text[list(PLACE)], typed], axis=1)[~is_bad]
    quarantined = text.loc[is_bad, [*PLACE, *book.dataset.columns]]
    told = broken["position"].isin(costs_row) & (broken["cost"] != "tolerated")
    rules = broken[told].groupby("position")["rule"]
    quarantined["rules"] = rules.agg(", ".join).astype(TEXT)
    return Sorted(
        accepted.reset_index(drop=True),
        quarantined.reset_index(drop=True),
        reasons_of(text, broken, columns, book),
    )


def _cells_of(column: str) -> list[str]:
    """Return our columns that hold the same cell: an answer and its value are one cell of a form."""
    return ["answer_code", "answer_value"] if column.startswith("answer_") else [column]


def _typed(text: pd.DataFrame, book: Rulebook) -> tuple[pd.DataFrame, pd.DataFrame]:
    typed, unread = {}, {}
    for declared in book.dataset.fields:
        typed[declared.name], unread[declared.name] = parse(
            text[declared.name], declared, book.source.reader
        )
    return pd.DataFrame(typed), pd.DataFrame(unread, index=text.index)


def _judge(
    text: pd.DataFrame, typed: pd.DataFrame, unread: pd.DataFrame, book: Rulebook
) -> pd.DataFrame:
    """Return broken rules with their cost: position, column, rule, cost; in order of row and column."""
    patterns = {
        name: rf"\A(?:{column.pattern})\Z"
        for name, column in book.source.columns.items()
        if column.pattern
    }
    found = [
        _unread(unread),
        _required(typed, unread, book),
        broken_rules(typed, book.dataset, book.programme.codes(), patterns),
        broken_dates(typed, text["period"], book),
        broken_answers(typed, book),
    ]
    broken = _with_cost(_one_cause(pd.concat(found, ignore_index=True), book), book)
    judged = pd.Series(True, index=text.index)
    judged[broken.loc[broken["cost"] == "row", "position"]] = False
    copies = broken_unique(typed, judged, book)
    broken = pd.concat([broken, _with_cost(copies, book)], ignore_index=True)
    order = {name: at for at, name in enumerate(book.dataset.columns)}
    broken["rank"] = broken["column"].map(order)
    broken = broken.drop_duplicates(["position", "rule"])
    return broken.sort_values(["position", "rank", "rule"], ignore_index=True)


def _one_cause(broken: pd.DataFrame, book: Rulebook) -> pd.DataFrame:
    """Drop rules that only echo another: one mistake is told once.

    A code without the source's pattern need not also lack the general form; and the order of two
    dates says nothing where the main one is wrong.
    """
    if broken.empty:
        return broken
    kind = broken["rule"].str.rpartition(".")[2]
    cell = pd.MultiIndex.from_arrays([broken["position"], broken["column"]])
    is_pattern = (kind == "pattern") & ~broken["rule"].isin(_tolerated(book))
    echo = (kind == "format") & cell.isin(cell[is_pattern])
    is_main = broken["column"] == MAIN_DATE[book.dataset.name]
    wrong_date = broken.loc[is_main & kind.isin(["window", "period"]), "position"]
    echo |= (kind == "order") & broken["position"].isin(wrong_date)
    return broken[~echo].reset_index(drop=True)


def _tolerated(book: Rulebook) -> set[str]:
    return {each.rule for each in book.source.tolerate}


def _unread(unread: pd.DataFrame) -> pd.DataFrame:
    pieces = [
        pd.DataFrame(
            {"position": mask.to_numpy().nonzero()[0], "column": name, "rule": f"{name}.parse"}
        )
        for name, mask in unread.items()
    ]
    return pd.concat(pieces, ignore_index=True)


def _required(typed: pd.DataFrame, unread: pd.DataFrame, book: Rulebook) -> pd.DataFrame:
    pieces = []
    for name in book.dataset.required:
        missing = (typed[name].isna() & ~unread[name]).to_numpy().nonzero()[0]
        pieces.append(
            pd.DataFrame({"position": missing, "column": name, "rule": f"{name}.required"})
        )
    return pd.concat(pieces, ignore_index=True)


def _with_cost(broken: pd.DataFrame, book: Rulebook) -> pd.DataFrame:
    """Say what each broken rule costs; a copy always costs its row, a tolerated rule nothing."""
    tolerated = _tolerated(book)

    def cost(rule: str) -> str:
        column, _, kind = rule.rpartition(".")
        if rule in tolerated:
            return "tolerated"
        if kind == "unique" or column in book.source.key:
            return "row"
        return book.dataset.severity(column)

    known = {rule: cost(rule) for rule in broken["rule"].unique()}
    return broken.assign(cost=broken["rule"].map(known).astype("str"))
