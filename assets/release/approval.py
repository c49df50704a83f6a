"""Where a release stands for a period: draft, audited, approved, published, or withdrawn; and by whom.

All of it is read from the ledger's lines. An approval is of one release, known by its digest: where
data, rules or code move there is another release, of which nobody has approved anything.
"""

from __future__ import annotations

import getpass
import json
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assets import private
from assets.errors import ConfigurationError
from assets.release import archive
from schemas.config import nearest

USER_VARIABLE = "LUNATTIVA_USER"
_MAKERS = "made_by.json"
#: From least to most: what a folder's note says where periods of one release stand differently.
_RANK = ("draft", "withdrawn", "audited", "approved", "published")

Line = Mapping[str, Any]


@dataclass(frozen=True)
class Standing:
    """Where one release stands for one period.

    Attributes
    ----------
    state
        ``draft``, ``audited``, ``approved``, ``published`` or ``withdrawn``.
    number
        1 for the first publication of the period, 2 for its first revision; else ``None``.
    approved_by, approved_at
        Who approved it as it stands, and when.
    why
        Why it was withdrawn.
    """

    state: str = "draft"
    number: int | None = None
    approved_by: str = ""
    approved_at: str = ""
    why: str = ""


def standing(lines: Iterable[Line], release: str, period: str) -> Standing:
    """Return where a release stands for a period, from the ledger's lines in order.

    What was approved and then overtaken by another publication of the period is a draft again.
    """
    found = Standing()
    for each in lines:
        if each.get("period") != period:
            continue
        if each.get("release") == release:
            found = _after(found, each)
        elif each.get("state") == "published" and found.state in ("audited", "approved"):
            found = Standing()
    return found


def _after(before: Standing, line: Line) -> Standing:
    state = str(line.get("state"))
    if state == "audited":
        is_new = before.state in ("draft", "withdrawn")
        return Standing("audited") if is_new else before
    if state == "approved":
        return Standing("approved", None, str(line.get("by", "")), str(line.get("at", "")))
    if state == "published":
        number = line.get("number")
        return Standing("published", number, before.approved_by, before.approved_at)
    if state == "withdrawn":
        return Standing("withdrawn", line.get("number"), why=str(line.get("why", "")))
    return before


def publications(lines: Iterable[Line], period: str | None = None) -> list[dict[str, Any]]:
    """Return the lines of what was published, oldest first, each with what was ``withdrawn`` since.

    Parameters
    ----------
    period
        Only of this quarter; all of them without it.
    """
    found: list[dict[str, Any]] = []
    for each in lines:
        if period not in (None, each.get("period")):
            continue
        if each.get("state") == "published":
            found.append({**each, "withdrawn": None})
        if each.get("state") == "withdrawn" and each.get("number") is not None:
            for one in found:
                if (one["period"], one["number"]) == (each["period"], each["number"]):
                    one["withdrawn"] = {"why": each.get("why", ""), "at": each.get("at", "")}
    return found


def lapsed(lines: Sequence[Line], release: str, period: str) -> dict[str, Any] | None:
    """Return the approval of another release that counts no longer; ``None`` where there is none.

    It waited to be published when data, rules or code moved, and nothing was approved since.
    """
    waiting: dict[str, Any] | None = None
    for each in lines:
        if each.get("period") != period:
            continue
        if each.get("state") == "approved":
            waiting = None if each["release"] == release else dict(each)
        elif each.get("state") in ("published", "withdrawn"):
            waiting = None
    return waiting


def note(lines: Sequence[Line], release: str) -> dict[str, Any]:
    """Return what ``release.json`` says: where the release in the folder stands.

    Returns
    -------
    dict
        ``release`` (digest); ``state``, ``number`` and ``period`` of the period that stands
        farthest; ``periods``: the same for each period in which anything was done.
    """
    periods = {
        str(each["period"]) for each in lines if each.get("release") == release and "period" in each
    }
    found = {period: standing(lines, release, period) for period in sorted(periods)}
    farthest = max(found, key=lambda each: (_RANK.index(found[each].state), each), default=None)
    whole = found[farthest] if farthest else Standing()
    return {
        "release": release,
        "state": whole.state,
        "number": whole.number,
        "period": farthest,
        "periods": {
            period: {"state": each.state, "number": each.number} for period, each in found.items()
        },
    }


def write_note(released: Path, lines: Sequence[Line], release: str | None = None) -> None:
    """Write ``release.json`` beside the tables, in one step; nothing where it says so already."""
    digest = release or archive.digest_in(released)
    if digest is None:
        return
    path = released / archive.STATE
    data = (json.dumps(note(lines, digest), indent=1, ensure_ascii=False) + "\n").encode()
    if not path.is_file() or path.read_bytes() != data:
        private.write(path, data)


def who() -> str:
    """Return who is at the keyboard: ``LUNATTIVA_USER``, else the account's name."""
    given = os.environ.get(USER_VARIABLE, "").strip()
    if given:
        return given
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):  # an account without a name
        return ""


def note_maker(store: Path, release: str) -> None:
    """Remember who ran what made a release. Not in the ledger: its drafts name nobody."""
    found = _makers(store)
    names = sorted({*found.get(release, []), who()} - {""})
    if names != found.get(release):
        text = json.dumps({**found, release: names}, indent=1, ensure_ascii=False, sort_keys=True)
        private.write(store / _MAKERS, (text + "\n").encode())


def makers(store: Path, lines: Iterable[Line], release: str) -> list[str]:
    """Return who made a release: as noted now, and as noted when it was audited."""
    audited = [
        name for each in lines if each.get("release") == release for name in each.get("made_by", [])
    ]
    return sorted({*_makers(store).get(release, []), *audited})


def _makers(store: Path) -> dict[str, list[str]]:
    try:
        found = json.loads((store / _MAKERS).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def insist_on_approver(
    name: str, approvers: Sequence[str], made_by: Sequence[str], at_keyboard: str = ""
) -> str:
    """Return the approver's name as it is declared.

    Parameters
    ----------
    at_keyboard
        ``who`` gives the approval: where two may approve, not from the account that ran it.

    Raises
    ------
    ConfigurationError
        Nobody of that name may approve; or, where two may, it is whoever ran it, by name or by
        account, or nobody knows who ran it.
    """
    known = {_plain(each): each for each in approvers}
    given = _plain(name)
    if not given:
        raise ConfigurationError("Manca il nome di chi approva.", "The approver's name is missing.")
    if known and given not in known:
        near, listed = nearest(name, list(approvers)), ", ".join(approvers)
        it, en = (f" Più simile: {near}.", f" Nearest: {near}.") if near else ("", "")
        raise ConfigurationError(
            f"«{name}» non è tra chi può approvare.{it} Può approvare: {listed} "
            "(programme.yml, releases: approvers).",
            f"'{name}' is not among those who may approve.{en} May approve: {listed} "
            "(programme.yml, releases: approvers).",
        )
    if len(known) > 1:
        _insist_on_four_eyes(given, {_plain(each) for each in made_by}, _plain(at_keyboard))
    return known.get(given, " ".join(name.split()))


def _insist_on_four_eyes(given: str, made_by: set[str], at_keyboard: str) -> None:
    if not made_by:
        raise ConfigurationError(
            "Non si sa chi ha elaborato questi dati: rilanciare «lunattiva run», poi approvare.",
            "Nobody knows who processed these data: run 'lunattiva run' again, then approve.",
        )
    if given in made_by:
        raise ConfigurationError(
            "Chi ha elaborato i dati non può approvarli: servono quattro occhi. Approvi un'altra "
            "delle persone indicate in programme.yml (releases: approvers).",
            "Whoever processed the data cannot approve them: it takes four eyes. Another of those "
            "named in programme.yml (releases: approvers) approves.",
        )
    if at_keyboard in made_by:
        raise ConfigurationError(
            "Questo è l'account di chi ha elaborato i dati. Approvi l'altra persona dal suo account "
            f"o, sullo stesso computer, dopo aver messo il suo nome in {USER_VARIABLE}.",
            "This is the account of whoever processed the data. The other person approves from "
            f"theirs or, on the same computer, after putting their name in {USER_VARIABLE}.",
        )


def _plain(name: str) -> str:
    return " ".join(name.split()).casefold()
