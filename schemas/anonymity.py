"""What neighbours may know of a person, what would hurt to be known, and how either is made coarser.

The roles stand with the columns; here they are brought together for the one table that holds one
row a person (``core_participants``) and for what services say about the same person.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from schemas.fields import AGE_BANDS, FIELDS, PERSON_FIELDS

#: Last step of every ladder: the column is left out.
ANY = "any"

#: Sensitive and yet known to whoever lives next door: it helps to single out as well.
VISIBLE_SENSITIVE = ("citizenship_code",)

#: Columns of ``core_participants`` that can single somebody out in combination. The year of birth
#: is there as the age, and the age band is a step of its ladder.
QUASI_IDENTIFIERS = (
    *(
        name
        for name in PERSON_FIELDS
        if FIELDS[name].role == "quasi_identifier" and name not in ("birth_year", "age_band")
    ),
    *VISIBLE_SENSITIVE,
)

#: Sensitive columns that stand for one person; the answers to questionnaires stand for one item
#: each and are not covered.
NOT_COVERED = ("answer_code", "answer_value")
SENSITIVE = tuple(
    name for name, each in FIELDS.items() if each.role == "sensitive" and name not in NOT_COVERED
)

#: Whether a person turned to a service that the programme declares sensitive: not a column of a
#: delivery, but what its rows give away.
SENSITIVE_SERVICE = "has_sensitive_service"

#: What an outsider may know at once, from the sharpest to the fullest. The band is what leaves the
#: warehouse; the exact age stands here for comparison.
KNOWN_TOGETHER = (
    ("gender_code", "age_years", "neighbourhood_code"),
    ("gender_code", "age_band", "neighbourhood_code"),
    ("gender_code", "age_band", "neighbourhood_code", "tenure_code"),
    ("gender_code", "age_band", "neighbourhood_code", "tenure_code", "citizenship_code"),
)


@dataclass(frozen=True)
class Step:
    """One rung of a ladder: how a column is made coarser. Each step joins groups of the one before.

    Attributes
    ----------
    code
        Name of the step; its words stand in ``reports/words.yml``.
    bands
        Group -> inclusive bounds, for numbers.
    groups
        Code -> group, for codes.
    area_role
        For neighbourhoods: those of this role in the evaluation against all others.
    """

    code: str
    bands: dict[str, tuple[int, int]] = field(default_factory=dict)
    groups: dict[str, str] = field(default_factory=dict)
    area_role: str = ""


#: Three ages of life, made of whole ``AGE_BANDS``.
AGE_GROUPS = {"00-17": (0, 17), "18-64": (18, 64), "65+": (65, 120)}

#: Column -> its steps, finest first; ``ANY`` follows the last one of each.
LADDERS: dict[str, tuple[Step, ...]] = {
    "gender_code": (),
    "age_years": (Step("age_band", bands=AGE_BANDS), Step("age_group", bands=AGE_GROUPS)),
    "tenure_code": (
        Step(
            "public_or_not",
            groups={
                "sap_aler": "public",
                "sap_municipal": "public",
                "private": "not_public",
                "other": "not_public",
            },
        ),
    ),
    "neighbourhood_code": (Step("pilot_or_not", area_role="pilot"),),
    "citizenship_code": (
        Step("eu_or_not", groups={"italian": "eu", "eu": "eu", "non_eu": "non_eu"}),
    ),
}
