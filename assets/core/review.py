"""Questions about links for a person to answer: codes, partners and what disagrees, no values."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from assets.core.evidence import candidates, disagreements
from assets.core.linkage import kinds_of, resolve
from assets.versions import digest
from schemas.linkage import COMPARED, LinkDecision

_TEXT = pd.StringDtype(na_value=pd.NA)
#: ``question``: ``one_code`` (is this code one person?) or ``two_codes`` (are these two one person?).
#: ``state``: ``open``, ``outdated`` (decided on other evidence: asked again), ``same``, ``different``.
REVIEW_COLUMNS = (
    "case_id", "question", "first_code", "second_code", "partners", "disagree", "link_certainty",
    "state",
)  # fmt: skip
_ONE, _TWO = "one_code", "two_codes"
Codes = tuple[str, ...]


def standing(known: pd.DataFrame, decisions: Iterable[LinkDecision]) -> list[LinkDecision]:
    """Return the decisions whose evidence is still what was seen when they were made.

    Parameters
    ----------
    known
        As ``linkage.records_of`` returns them.
    """
    given = sorted(decisions, key=lambda each: each.codes)
    seen = _evidence(known, [each.codes for each in given])
    return [each for each in given if seen.get(each.codes) == _seen_by(each)]


def review(known: pd.DataFrame, decisions: Iterable[LinkDecision]) -> pd.DataFrame:
    """List every doubtful code and every pair of codes that may be one person.

    Returns
    -------
    pandas.DataFrame
        ``REVIEW_COLUMNS``, one row per question, sorted: codes, partners (sorted, comma between),
        names of the columns that disagree. A question keeps its ``case_id`` whatever else changes.
    """
    given = {each.codes: each for each in decisions}
    holding = standing(known, given.values())
    nodes = resolve(known, holding)
    weaker_first = {tuple(sorted(pair)): pair for pair in candidates(known, kinds_of(known))}
    differ = disagreements(known.assign(case=known["node"])).any(axis=1)
    asked: set[Codes] = {(str(code),) for code in differ.index[differ]}
    asked |= set(weaker_first) | {codes for codes in given if set(codes) <= set(nodes.index)}
    evidence = _evidence(known, asked)
    certainty = nodes["link_certainty"].to_dict()
    settled = {each.codes for each in holding}
    rows = []
    for codes in sorted(asked, key=lambda each: (len(each), each)):
        partners, disagree = evidence[codes]
        shown = weaker_first.get(codes, codes)
        state = given[codes].decision if codes in settled else "outdated"
        rows.append(
            {
                "case_id": digest(codes),
                "question": _ONE if len(codes) == 1 else _TWO,
                "first_code": shown[0],
                "second_code": shown[1] if len(shown) > 1 else None,
                "partners": ", ".join(partners),
                "disagree": ", ".join(disagree),
                "link_certainty": certainty[shown[0]],
                "state": state if codes in given else "open",
            }
        )
    return pd.DataFrame(rows, columns=list(REVIEW_COLUMNS)).astype(_TEXT)


def _seen_by(decision: LinkDecision) -> tuple[Codes, Codes]:
    disagree = [name for name in COMPARED if name in decision.disagree]
    return tuple(sorted(decision.partners)), tuple(disagree)


def _evidence(known: pd.DataFrame, cases: Iterable[Codes]) -> dict[Codes, tuple[Codes, Codes]]:
    """Return partners and disagreeing columns of each case all of whose codes are in the data."""
    present = set(known["node"])
    wanted = sorted({codes for codes in cases if set(codes) <= present})
    if not wanted:
        return {}
    of_case = pd.DataFrame(
        [(number, code) for number, codes in enumerate(wanted) for code in codes],
        columns=["case", "node"],
    )
    # A code may be in several questions: its records are looked at once for each, and only here.
    pooled = known.merge(of_case, on="node", how="inner")
    differ = disagreements(pooled)[list(COMPARED)].to_numpy()  # a row for each case, in order
    partners = pooled.groupby("case")["partner_code"].unique().to_dict()
    return {
        codes: (
            tuple(sorted(map(str, partners[number]))),
            tuple(name for name, is_so in zip(COMPARED, differ[number], strict=True) if is_so),
        )
        for number, codes in enumerate(wanted)
    }
