"""Why all is made again: the version of each part that a result is made of, and which of them changed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from assets.versions import digest
from pipelines.messages import say

#: Parts of which there are several; what they are called follows a colon.
_SEVERAL = ("files", "source", "scale")
#: Kind of part -> files of the checkout that belong to it; the first that fits.
_CODE = (
    ("scale:{}", r"schemas/instruments/(\w+)\.yml"),
    ("rules", r"schemas/(disclosure|tables|dimensions)\.yml"),
    ("schemas", r"schemas/.*"),
    ("documents", r"(reports|thesis)/.*"),
    ("libraries", r"requirements\.lock"),
    ("program", r".*"),
)

Pairs = Iterable[tuple[str, str]]


def parts(raw: Pairs, code: Pairs) -> dict[str, str]:
    """Return the version of each part.

    Parameters
    ----------
    raw, code
        Name and SHA-256 of the files of the programme and of the checkout, in order.

    Returns
    -------
    dict
        ``files:<partner>``, ``source:<partner>``, ``scale:<code>``, ``programme``, ``decisions``
        (corrections, links, erasures), ``rules``, ``schemas``, ``documents``, ``libraries``,
        ``program`` -> digest.
    """
    found: dict[str, list[str]] = {}
    for name, sha256 in raw:
        found.setdefault(_of_raw(name), []).extend((name, sha256))
    for name, sha256 in code:
        found.setdefault(_of_code(name), []).extend((name, sha256))
    return {part: digest(found[part]) for part in sorted(found)}


def _of_raw(name: str) -> str:
    folder, _, inside = name.partition("/")
    if inside == "source.yml":
        return f"source:{folder}"
    if name.startswith("_"):
        return "decisions"
    if name == "programme.yml":
        return "programme"
    return f"files:{folder if inside else ''}"


def _of_code(name: str) -> str:
    for part, pattern in _CODE:
        if fits := re.fullmatch(pattern, name):
            return part.format(fits.group(1)) if "{}" in part else part
    raise ValueError(name)  # the last pattern fits all


def told(
    before: Mapping[str, str] | None, now: Mapping[str, str], *, was_stopped: bool
) -> list[dict[str, str]]:
    """Say in words why all is made again; nothing where nothing was made before.

    Parameters
    ----------
    before
        The parts of the last complete run; ``None`` or empty where they are not known.
    was_stopped
        A run was stopped since then.
    """
    if not before:
        return []
    changed = sorted(part for part in {*before, *now} if before.get(part, "") != now.get(part, ""))
    found = []
    for kind in dict.fromkeys(part.partition(":")[0] for part in changed):
        names = [part.partition(":")[2] or "raw" for part in changed if part.startswith(f"{kind}:")]
        values = {"names": ", ".join(names)} if kind in _SEVERAL else {}
        found.append({lang: say(f"because.{kind}", lang, **values) for lang in ("it", "en")})
    if not found:
        key = "because.stopped" if was_stopped else "because.altered"
        found.append({lang: say(key, lang) for lang in ("it", "en")})
    return found
