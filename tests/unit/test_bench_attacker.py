"""The reader of ``make bench`` finds what can be worked out, and counts no open zero as a secret."""

from __future__ import annotations

import pandas as pd
import pytest

from tests.bench.attacker import attack


def release(numbers: dict[str, tuple[float, bool]]) -> pd.DataFrame:
    """Return who came by gender: level -> number and whether it is shown; everybody's is."""
    whole = {"_total": (sum(number for number, _ in numbers.values()), True)}
    rows = [
        {
            "indicator_code": "reached_n",
            "subject_code": "",
            "period": "2022Q1",
            "by_1": "gender_code",
            "level_1": level,
            "by_2": "",
            "level_2": "",
            "status": "released" if is_shown else "suppressed_primary",
            "value": number if is_shown else None,
            "estimate": number,
            "n": number,
        }
        for level, (number, is_shown) in (whole | numbers).items()
    ]
    return pd.DataFrame(rows)


HIDDEN = {"f": (25.0, False), "m": (3.0, False)}


@pytest.mark.parametrize(
    ("then", "now", "found"),
    [
        ({}, {"f": (25.0, True), "m": (3.0, False)}, 1),  # 28 less 25
        ({}, HIDDEN, 0),
        # both lists tell what the two hidden ones are together, so the third is the rest
        (HIDDEN, HIDDEN | {"x": (0.0, False)}, 0),  # left out then: none of it came
        (HIDDEN | {"x": (4.0, True)}, HIDDEN | {"x": (6.0, False)}, 1),
    ],
)
def test_what_can_be_worked_out(then, now, found):
    seen = [release(each) for each in (then, now) if each]
    _, bad, _ = attack(seen, release(now), 5)
    assert bad == found
