"""Tables of the papers on anonymity, and what pyCANON says of them.

pyCANON asks for older libraries than ours, so it runs by itself, once; its numbers stand in
``anonymity_pycanon.json``, made from the project's folder by

    uv run --no-project --isolated --python 3.11 --with pycanon==1.3.6 \\
        python tests/spec/reference/anonymity_tables.py

(pyCANON 1.3.6 with pandas 2.3.3 and numpy 2.0.2, 22 November 2026).
"""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd

NUMBERS = Path(__file__).with_name("anonymity_pycanon.json")


def sweeney() -> pd.DataFrame:
    """Sweeney 2002, figure 2: a table with k = 2 for race, birth, gender and ZIP."""
    rows = [
        ("black", 1965, "m", "0214*", "short breath"),
        ("black", 1965, "m", "0214*", "chest pain"),
        ("black", 1965, "f", "0213*", "hypertension"),
        ("black", 1965, "f", "0213*", "hypertension"),
        ("black", 1964, "f", "0213*", "obesity"),
        ("black", 1964, "f", "0213*", "chest pain"),
        ("white", 1964, "m", "0213*", "chest pain"),
        ("white", 1964, "m", "0213*", "obesity"),
        ("white", 1964, "m", "0213*", "short breath"),
        ("white", 1967, "m", "0213*", "chest pain"),
        ("white", 1967, "m", "0213*", "chest pain"),
    ]
    return pd.DataFrame(rows, columns=["race", "birth", "gender", "zip", "problem"])


def four_anonymous() -> pd.DataFrame:
    """Machanavajjhala et al. 2007, figure 2: 4-anonymous inpatients; one class has cancer only."""
    rows = [("130**", "<30", "heart")] * 2 + [("130**", "<30", "viral")] * 2
    rows += [("1485*", ">=40", "cancer"), ("1485*", ">=40", "heart")]
    rows += [("1485*", ">=40", "viral")] * 2 + [("130**", "3*", "cancer")] * 4
    return pd.DataFrame(rows, columns=["zip", "age", "condition"])


def three_diverse() -> pd.DataFrame:
    """Machanavajjhala et al. 2007, figure 3: the same inpatients, 3-diverse."""
    rows = []
    for place in (("1305*", "<=40"), ("1485*", ">40"), ("1306*", "<=40")):
        twice = "viral" if place[0] == "1485*" else "cancer"
        rows += [(*place, illness) for illness in ("heart", "viral", "cancer", twice)]
    return pd.DataFrame(rows, columns=["zip", "age", "condition"])


def _patients(groups: dict[tuple[str, str], list[tuple[int, str]]]) -> pd.DataFrame:
    rows = [(*place, *patient) for place, patients in groups.items() for patient in patients]
    return pd.DataFrame(rows, columns=["zip", "age", "salary", "disease"])


def three_diverse_salaries() -> pd.DataFrame:
    """Li et al. 2007, table 4: 3-diverse, and yet the first class has low salaries only."""
    return _patients(
        {
            ("476**", "2*"): [(3, "gastric ulcer"), (4, "gastritis"), (5, "stomach cancer")],
            ("4790*", ">=40"): [(6, "gastritis"), (11, "flu"), (8, "bronchitis")],
            ("476**", "3*"): [(7, "bronchitis"), (9, "pneumonia"), (10, "stomach cancer")],
        }
    )


def close_salaries() -> pd.DataFrame:
    """Li et al. 2007, table 5: the same patients with 0.167-closeness for salaries."""
    return _patients(
        {
            ("4767*", "<=40"): [(3, "gastric ulcer"), (5, "stomach cancer"), (9, "pneumonia")],
            ("4790*", ">=40"): [(6, "gastritis"), (11, "flu"), (8, "bronchitis")],
            ("4760*", "<=40"): [(4, "gastritis"), (7, "bronchitis"), (10, "stomach cancer")],
        }
    )


def by_arithmetic() -> pd.DataFrame:
    """360 records made by remainders: uneven classes, no chance in it."""
    n = range(360)
    return pd.DataFrame(
        {
            "gender": ["fm"[(i * i) % 7 % 2] for i in n],
            "band": [f"b{(i * i + 3 * i) % 11 % 5}" for i in n],
            "place": [f"p{(i * 7 + i // 13) % 17 % 4}" for i in n],
            "origin": [("it", "eu", "non_eu")[(i * 5 + i * i) % 13 % 3] for i in n],
            "euro": [(i * 37 + i * i) % 23 for i in n],
        }
    )


#: Name -> table, quasi-identifiers, sensitive columns.
CASES = {
    "sweeney": (sweeney, ["race", "birth", "gender", "zip"], ["problem"]),
    "four_anonymous": (four_anonymous, ["zip", "age"], ["condition"]),
    "three_diverse": (three_diverse, ["zip", "age"], ["condition"]),
    "three_diverse_salaries": (three_diverse_salaries, ["zip", "age"], ["salary", "disease"]),
    "close_salaries": (close_salaries, ["zip", "age"], ["salary", "disease"]),
    "by_arithmetic": (by_arithmetic, ["gender", "band", "place"], ["origin", "euro"]),
}


def main() -> None:
    """Ask pyCANON and write its numbers."""
    from pycanon import anonymity

    found = {}
    for name, (make, columns, secrets) in CASES.items():
        table = make()
        found[name] = {"k": int(anonymity.k_anonymity(table, columns))}
        for secret in secrets:
            found[name][secret] = {
                "l": int(anonymity.l_diversity(table, columns, [secret])),
                "entropy_l": int(anonymity.entropy_l_diversity(table, columns, [secret])),
                "t": float(anonymity.t_closeness(table, columns, [secret])),
            }
    NUMBERS.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
