"""Recall and precision of the identifier gate, kind by kind: ``python -m tests.bench.bench_identifiers``."""

from __future__ import annotations

from tests.identifier_cases import measured


def main() -> None:
    """Print the table; a false alarm is a text of ``NOTHING`` in which the kind was found."""
    print(f"{'kind':16} {'texts':>6} {'found':>6} {'recall':>7} {'alarms':>7} {'precision':>9}")
    for kind, (hits_n, texts_n, alarms_n) in measured().items():
        precision = hits_n / (hits_n + alarms_n) if hits_n + alarms_n else 0.0
        print(
            f"{kind:16} {texts_n:6} {hits_n:6} {hits_n / texts_n:7.3f} {alarms_n:7} {precision:9.3f}"
        )


if __name__ == "__main__":
    main()
