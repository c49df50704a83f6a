"""Recall and precision of the identifier gate, kind by kind: ``python -m tests.bench.bench_identifiers``.

Three sets: the corpus that the recognisers were made with, the held-out set that has served to mend
them since, and the fresh one that nothing was changed for. The last says most of files to come.
"""

from __future__ import annotations

from tests import heldout_cases, identifier_cases


def main() -> None:
    """Print the tables; a false alarm is a text or column of nobody in which the kind was found."""
    sets = {
        "corpus the recognisers were made with": identifier_cases.measured(),
        "held out, mended with since": heldout_cases.measured("heldout"),
        "fresh, measured once": heldout_cases.measured("fresh"),
    }
    for name, found in sets.items():
        print(name)
        print(f"{'kind':16} {'cases':>6} {'found':>6} {'recall':>7} {'alarms':>7} {'precision':>9}")
        for kind, (hits_n, cases_n, alarms_n) in found.items():
            precision = hits_n / (hits_n + alarms_n) if hits_n + alarms_n else 0.0
            print(
                f"{kind:16} {cases_n:6} {hits_n:6} {hits_n / cases_n:7.3f} {alarms_n:7} {precision:9.3f}"
            )
        print()


if __name__ == "__main__":
    main()
