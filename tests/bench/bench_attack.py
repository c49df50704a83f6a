"""Play the reader who keeps every release: how many hidden numbers can be worked out?

Run as ``python -m tests.bench.bench_attack [programmes] [--first SEED] [--small]``. Each synthetic
programme is released at the end of each of its quarters, to a reader (``attacker``) who keeps all releases
and shares no code with suppression or audit. A hidden number is worked out when what is left is
narrower than the threshold. Ways compared: by the rules alone (threshold), with complements by the
rule of thumb (greedy), as released (exact complements, then the audit over all releases), and every
count rounded to 5. One line a programme, then the table; ``not released``: refused by control.
"""

from __future__ import annotations

import argparse
import math
import time
from collections import Counter

import pandas as pd

from assets.errors import ConfigurationError
from assets.release.control import Rules, blanked, release
from assets.release.prepare import prepared
from assets.release.primary import primary
from assets.release.secondary import secondary
from assets.release.thresholds import thresholds, with_sensitive
from schemas.indicators import released_tables
from tests.bench import eight_quarters, synthetic
from tests.bench.attacker import attack, rounded, subtracted

WAYS = {
    "threshold": "threshold only",
    "greedy": "threshold and rule of thumb",
    "release": "as released: exact, audited",
}
ROUND_TO = 5


def rules() -> Rules:
    """Return the demo's rules."""
    what = synthetic.programme()
    services = {} if what.services == "open" else what.services
    change = what.evaluation.change
    places = {} if what.neighbourhoods == "open" else what.neighbourhoods
    return Rules(
        tables=with_sensitive(released_tables(), what.sensitive_tables),
        limits=thresholds(what.disclosure),
        sensitive_services=frozenset(code for code, each in services.items() if each.sensitive),
        first_wave=change.start if change else "",
        areas={code: each.role for code, each in places.items()},
    )


def simpler(quarter: eight_quarters.Quarter, how: Rules) -> dict[str, pd.DataFrame]:
    """Return the releases that hide small cells alone, and with the rule of thumb's complements."""
    cells = primary(
        prepared(
            quarter.candidates,
            how.tables,
            how.limits,
            contributions=quarter.hours,
            sensitive_services=how.sensitive_services,
            first_wave=how.first_wave,
        ),
        how.limits,
    )
    return {"threshold": blanked(cells), "greedy": blanked(secondary(cells))}


def programme(seed: int, how: Rules, *, is_small: bool = False) -> Counter[str]:
    """Release one programme at the end of each quarter, attack after each, and count."""
    told: Counter[str] = Counter()
    ways: dict[str, list[pd.DataFrame]] = {name: [] for name in WAYS}
    least = how.limits.minimum(is_sensitive=False)
    make = eight_quarters.make_small if is_small else eight_quarters.make
    for quarter in eight_quarters.quarters(make(seed)):
        began = time.process_time()
        try:
            made = release(
                quarter.candidates, how, contributions=quarter.hours, earlier=ways["release"]
            )
        except ConfigurationError:
            told["not released"] += 1
            continue
        told["milliseconds"] += round(1000 * (time.process_time() - began))
        told["releases"] += 1
        for name, table in (simpler(quarter, how) | {"release": made}).items():
            ways[name].append(table)
            hidden, bad, where = attack(ways[name], quarter.candidates, least)
            told[f"{name}: cells"] += int((table["status"] != "not_applicable").sum())
            told[f"{name}: cells hidden"] += int(table["status"].str.startswith("suppressed").sum())
            told[f"{name}: numbers tried"] += hidden
            told[f"{name}: worked out"] += bad
            told[f"{name}: subtracted"] += subtracted(ways[name], least)
            for kind, number in where.items():
                told[f"{name}: worked out: {kind}"] += number
        small, known = rounded(quarter.candidates, ROUND_TO, least)
        told["rounded: small"] += small
        told["rounded: worked out"] += known
    return told


def table(told: Counter[str]) -> str:
    """Return the comparison as a table in Markdown."""
    lines = [
        "| Way | Cells hidden | Hidden numbers that can be worked out | Means that tell of too few newcomers |",
        "|---|---:|---:|---:|",
    ]
    for name, label in WAYS.items():
        cells, tried = told[f"{name}: cells"] or 1, told[f"{name}: numbers tried"] or 1
        bad = told[f"{name}: worked out"]
        lines.append(
            f"| {label} | {100 * told[f'{name}: cells hidden'] / cells:.1f} % "
            f"| {bad:,} of {tried:,} ({100 * bad / tried:.1f} %) | {told[f'{name}: subtracted']:,} |"
        )
    small, known = told["rounded: small"] or 1, told["rounded: worked out"]
    lines.append(
        f"| every count rounded to {ROUND_TO} | 0 %, all counts changed "
        f"| exactly: {known:,} of {small:,} small counts ({100 * known / small:.1f} %); "
        f"to less than {ROUND_TO}: all, as rounding goes | - |"
    )
    return "\n".join(lines)


def main() -> None:
    """Print one line a programme and the table."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("programmes", nargs="?", type=int, default=100)
    asked.add_argument("--first", type=int, default=1)
    asked.add_argument("--small", action="store_true", help="fewer tables")
    asked.add_argument("--minutes", type=float, default=math.inf, help="begin no more after this")
    given = asked.parse_args()
    how, whole, done = rules(), Counter[str](), 0
    ends = time.monotonic() + 60 * given.minutes
    for seed in range(given.first, given.first + given.programmes):
        if time.monotonic() > ends:
            break
        told = programme(seed, how, is_small=given.small)
        whole.update(told)
        done += 1
        print(seed, dict(sorted(told.items())), flush=True)
    print(f"\n{done} programmes from seed {given.first}, {whole['releases']} releases, "
          f"{whole['not released']} refused, {whole['milliseconds'] / 1000:.0f} s of control\n")  # fmt: skip
    print(table(whole))


if __name__ == "__main__":
    main()
