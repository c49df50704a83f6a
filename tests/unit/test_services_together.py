"""Users, continuity, networks, hand-offs and repeated intake: edges that published examples lack."""

from __future__ import annotations

import pandas as pd
import pytest

from assets.measures import handoffs, network, service_rows
from assets.measures.fragmentation import continuity, continuity_table
from assets.measures.uses import left_out_n, partner_uses, service_uses

TEXTS = ["person_code", "household_code", "partner_code", "service_code", "link_certainty"]
PEOPLE = pd.DataFrame(
    {"person_code": ["p1", "p2", "p3"], "household_code": ["h1", "h1", None]}, dtype="string"
)


def contacts(*rows: tuple) -> pd.DataFrame:
    """Return contacts: person, household, partner, service, day, certainty."""
    columns = ["person_code", "household_code", "partner_code", "service_code", "day"]
    made = pd.DataFrame(rows, columns=[*columns, "link_certainty"])
    made["contact_date"] = pd.to_datetime(made.pop("day"))
    made["opened_date"] = pd.NaT
    made["is_aggregate"] = made["person_code"].isna() & made["household_code"].isna()
    return made.astype(dict.fromkeys(TEXTS, "string")).astype({"opened_date": "datetime64[us]"})


def uses(text: str) -> pd.DataFrame:
    """Return uses written as ``user service day``, a line each; the day is one of January 2022."""
    rows = [line.split() for line in text.strip().splitlines()]
    made = pd.DataFrame(rows, columns=["user_code", "service_code", "day"], dtype="string")
    made["used_date"] = pd.Timestamp("2021-12-31") + pd.to_timedelta(
        made.pop("day").astype(int), "D"
    )
    made["opened_date"] = pd.Series(pd.NaT, index=made.index, dtype="datetime64[us]")
    return made.assign(quarter="2022Q1")


def test_the_household_is_the_user_and_a_day_counts_once():
    found = service_uses(
        contacts(
            ("p1", "h1", "a", "store", "2022-01-01", "certain"),
            ("p2", None, "a", "store", "2022-01-01", "certain"),  # p2's household is h1
            ("p3", None, "b", "desk", "2022-01-02", "probable"),
            (None, None, "b", "desk", "2022-01-01", None),  # a monthly total
        ),
        PEOPLE,
    )
    assert found["user_code"].tolist() == ["household:h1", "person:p3"]


def test_whoever_cannot_be_followed_across_partners_is_left_out_and_counted():
    given = contacts(
        ("b:7", None, "b", "desk", "2022-01-01", "local"),
        (None, "b:h7", "b", "desk", "2022-01-01", None),
        ("p1", None, "b", "desk", "2022-01-01", "ambiguous"),
        ("p3", None, "b", "desk", "2022-01-01", "certain"),
    )
    assert service_uses(given, PEOPLE)["user_code"].tolist() == ["person:p3"]
    assert left_out_n(given, PEOPLE) == 3


def test_a_sure_person_is_one_user_whatever_partners_call_the_household():
    people = pd.DataFrame({"person_code": ["p1"], "household_code": ["a:h7"]}, dtype="string")
    given = contacts(
        ("p1", "a:h7", "a", "store", "2022-01-01", "certain"),
        ("p1", "b:h3", "b", "desk", "2022-01-02", "certain"),
        ("p1", None, "c", "centre", "2022-01-03", "certain"),
    )
    assert service_uses(given, people)["user_code"].tolist() == ["household:a:h7"] * 3


def test_a_doubtful_person_counts_with_the_household_the_row_names():
    given = contacts(("p9", "h5", "a", "store", "2022-01-01", "ambiguous"))
    assert service_uses(given, PEOPLE)["user_code"].tolist() == ["household:h5"]


def test_a_workshop_is_a_meeting_with_its_partner_and_an_absence_is_none():
    attended = pd.DataFrame(
        {
            "person_code": ["p3", "p1"],
            "link_certainty": "certain",
            "partner_code": ["c", "c"],
            "is_present": pd.array([True, False], dtype="boolean"),
        }
    )
    given = contacts(("p1", "h1", "a", "store", "2022-01-01", "certain"))
    found = partner_uses(given, attended, PEOPLE)
    assert found.to_numpy().tolist() == [["household:h1", "a"], ["person:p3", "c"]]


def test_indices_of_one_use_and_of_faithful_and_scattered_users():
    found = continuity(uses("one a 1\nsame a 1\nsame a 2\nsame a 3\nwide a 1\nwide b 2\nwide c 3"))
    assert pd.isna(found.loc["one", "coc"]) and pd.isna(found.loc["one", "secon"])
    assert found.loc["one", "upc"] == 1
    assert found.loc["same", ["coc", "upc", "secon", "herfindahl"]].tolist() == [1, 1, 1, 1]
    assert found.loc["wide", ["coc", "secon"]].tolist() == [0, 0]
    assert found.loc["wide", "upc"] == pytest.approx(1 / 3)


def test_a_day_with_two_services_is_taken_in_both_orders():
    # day 1: a or b first; day 2: a. Orders (a, b, a) and (b, a, a): 0 and 1 of 2 steps stay.
    found = continuity(uses("u a 1\nu b 1\nu a 2"))
    assert found.loc["u", "secon"] == pytest.approx((0 + 1 / 2) / 2)


def test_row_order_and_doubled_rows_change_nothing():
    given = uses("u a 1\nu b 2\nu a 3\nv b 1\nv b 2")
    twice = pd.concat([given, given]).sample(frac=1, random_state=1)
    pd.testing.assert_frame_equal(continuity(given), continuity(twice))


def test_nobody():
    none = service_uses(contacts(), PEOPLE)
    assert none.empty and continuity_table(none, []).empty
    used = network.incidence(none)
    assert network.co_use(used).empty
    rows = [
        *service_rows.services_per_user_rows(continuity_table(none, []), []),
        *service_rows.continuity_rows(continuity_table(none, []), [], 0),
        *service_rows.network_rows(used, "services", 1),
        *service_rows.intake_rows(handoffs.intakes(none)),
    ]
    numbers = [row for row in rows if row["indicator_code"] != "users_n"]
    assert {row["status"] for row in numbers} <= {"too_few", "not_estimable"}
    assert all(row["estimate"] is None for row in numbers)
    assert list(service_rows.handoff_rows(handoffs.first_contacts(none))) == []


def test_services_without_a_common_user_have_no_tie_but_are_counted():
    used = network.incidence(uses("u a 1\nv b 1\nw c 1\nw d 1"))
    pairs = network.co_use(used).set_index(["first", "second"])
    assert pairs["both_n"].to_dict() == {
        ("a", "b"): 0, ("a", "c"): 0, ("a", "d"): 0, ("b", "c"): 0, ("b", "d"): 0, ("c", "d"): 1,
    }  # fmt: skip
    graph = network.co_use_graph(used)
    assert network.components(graph) == 3
    assert network.tie_density(graph) == pytest.approx(1 / 6)
    assert network.components(network.co_use_graph(used, min_shared=2)) == 4
    with pytest.raises(ValueError, match="three nodes"):
        network.degree_centralisation(network.co_use_graph(used[["a", "b"]]))


def test_a_pair_rests_on_its_smallest_part():
    text = "\n".join([*(f"u{i} a 1\nu{i} b 2" for i in range(9)), "v a 1", "w b 1", "x b 1"])
    (row,) = service_rows.co_use_rows(network.incidence(uses(text)), "service_code")
    assert (row["estimate"], row["contributors_n"]) == (9, 1)  # one user of a does not use b
    assert (row["subject_code"], row["level_1"]) == ("a", "b")


def test_handoffs_follow_the_order_of_first_contacts():
    firsts = handoffs.first_contacts(
        uses("u a 1\nu b 5\nu a 9\nu c 20\nv a 1\nv b 1\nv c 3\nw a 1")
    )
    steps = handoffs.handoffs(firsts, within_days=10)[["user_code", "from_service", "to_service"]]
    assert steps.to_numpy().tolist() == [["u", "a", "b"], ["v", "a", "c"], ["v", "b", "c"]]
    times = handoffs.time_to_next(firsts, pd.Timestamp("2022-01-31"))
    days = (times["closed_date"] - times["opened_date"]).dt.days
    assert days.tolist()[:2] == [4, 0] and pd.isna(days[2])


def test_intakes_by_written_openings_and_by_long_absence():
    given = uses("u a 1\nu a 20\nu b 3\nu b 250\nu b 300\nv b 1")
    is_a = given["service_code"] == "a"
    given.loc[is_a, "opened_date"] = given.loc[is_a, "used_date"]
    found = handoffs.intakes(given)
    by_service = found.groupby(["user_code", "service_code"]).size().to_dict()
    assert by_service == {("u", "a"): 2, ("u", "b"): 2, ("v", "b"): 1}
    again = handoffs.repeated_at_one(found).set_index(["service_code", "user_code"])["is_repeated"]
    assert again.to_dict() == {("a", "u"): True, ("b", "u"): False, ("b", "v"): False}
    assert handoffs.repeated_at_several(found).to_dict() == {"u": True, "v": False}
