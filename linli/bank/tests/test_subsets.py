from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from linli.bank.matching.subsets import Effort, subsets

AMOUNTS = st.lists(st.integers(1, 60), max_size=9)


def brute_force(amounts, target):
    places = range(len(amounts))
    return {
        chosen
        for size in range(1, len(amounts) + 1)
        for chosen in combinations(places, size)
        if sum(amounts[place] for place in chosen) == target
    }


@given(AMOUNTS, st.integers(1, 300))
def test_it_finds_what_trying_everything_finds(amounts, target):
    every = brute_force(amounts, target)
    found = subsets(amounts, target, effort=Effort())
    assert len(found) == min(2, len(every))
    assert set(found) <= every
    assert len(set(found)) == len(found)


@given(AMOUNTS)
def test_all_of_them_is_the_one_choice_for_their_total(amounts):
    if amounts:
        assert subsets(amounts, sum(amounts), effort=Effort()) == [tuple(range(len(amounts)))]


def test_a_settlement_of_a_whole_month_is_found_among_many_entries():
    daily = [3_517 + 113 * day for day in range(60)]
    left_out = daily[7] + daily[41]
    found = subsets(daily, sum(daily) - left_out, effort=Effort(), most=1000)
    assert tuple(place for place in range(60) if place not in (7, 41)) in found


def test_it_gives_up_rather_than_guess_when_there_are_too_many_sums():
    powers = [3**exponent for exponent in range(1, 40)]
    assert subsets(powers, sum(powers) // 2, effort=Effort(sums=1000)) is None


def test_many_searches_share_one_effort():
    effort = Effort(steps=50)
    assert subsets([1, 2, 4, 8], 7, effort=effort) == [(0, 1, 2)]
    assert effort.steps < 50
    while subsets([1, 2, 4, 8], 7, effort=effort) is not None:
        pass
    assert effort.steps < 0
