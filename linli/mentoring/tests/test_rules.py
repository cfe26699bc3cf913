from datetime import date
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linli.mentoring import rules

WEIGHTS = rules.Weights(need=60, community=25, street=12, load=5)
HERE, NEXT_DOOR, ELSEWHERE = "370614001001", "370614001002", "370614002001"


def points(**changes):
    told = {
        "needs": {"mediation": 3, "grid": 1},
        "skills": ["mediation"],
        "one": HERE,
        "other": HERE,
        "load": 0,
        "by": WEIGHTS,
    }
    return rules.score(**told | changes)


def best_by_trying(matrix):
    """The highest sum over every way to give rows columns of their own, or none."""
    rows, columns = len(matrix), len(matrix[0])
    ways = permutations([*range(columns), *[None] * rows], rows)
    sums = ([0 if at is None else matrix[n][at] for n, at in enumerate(way)] for way in set(ways))
    return max(sum(told) for told in sums if None not in told)


def worth(matrix, chosen):
    return sum(matrix[n][at] for n, at in enumerate(chosen) if at is not None)


sizes = st.tuples(st.integers(1, 4), st.integers(1, 4))
matrices = sizes.flatmap(
    lambda size: st.lists(
        st.lists(st.one_of(st.none(), st.integers(1, 100)), min_size=size[1], max_size=size[1]),
        min_size=size[0],
        max_size=size[0],
    )
)


@given(matrices)
def test_no_way_to_pair_has_a_higher_sum(matrix):
    chosen = rules.assign(matrix)
    given_out = [at for at in chosen if at is not None]
    assert len(set(given_out)) == len(given_out)
    assert all(matrix[n][at] is not None for n, at in enumerate(chosen) if at is not None)
    assert worth(matrix, chosen) == best_by_trying(matrix)


def test_the_one_who_suits_best_is_given_up_where_the_sum_gains():
    matrix = [[90, 80], [85, 10]]
    assert rules.assign(matrix) == [1, 0]
    greedy = 90 + 10
    assert worth(matrix, rules.assign(matrix)) > greedy


def test_points_are_for_needs_met_distance_and_load():
    assert points() == {"need": 45, "near": 25, "load": 15}
    assert points(other=NEXT_DOOR)["near"] == 12
    assert points(other=ELSEWHERE)["near"] == 0
    assert points(load=2)["load"] == 5
    assert points(skills=["policy"]) is None


@pytest.mark.parametrize(
    ("last_both", "stalled"), [("", True), ("2026-06", True), ("2026-07", False)]
)
def test_two_months_without_both_logs_stall_a_pair(last_both, stalled):
    told = {"last_both": last_both, "months": 2, "today": date(2026, 9, 20)}
    assert rules.is_stalled(begun_on=date(2026, 5, 6), **told) is stalled
    assert not rules.is_stalled(begun_on=date(2026, 8, 6), **told)


def test_a_side_owes_last_month_this_month_and_the_quarters():
    today = date(2026, 10, 3)
    owed = rules.owed_periods(begun_on=date(2026, 5, 6), written={"2026-09"}, today=today)
    assert [span.code for span in owed] == ["2026-Q3", "2026-10", "2026-Q4"]
    fresh = rules.owed_periods(begun_on=date(2026, 10, 2), written=set(), today=today)
    assert [span.code for span in fresh] == ["2026-10", "2026-Q4"]
