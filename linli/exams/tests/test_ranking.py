"""Draws, means and rankings as tables; no database."""

from __future__ import annotations

import hashlib
import random
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linli.exams import rules, sheet
from linli.exams.draw import Hall, lot, seated, shuffled
from linli.exams.ranking import Line, Terms, invite, mean, rank, total
from linli.kernel.rulings import Refused

TERMS = Terms()


def line(ticket, written, interview=None, post="A", *traits, **more):
    return Line(
        ticket=ticket,
        post=post,
        written=written,
        interview=interview,
        traits=frozenset(traits),
        **more,
    )


def told(placings):
    return {one.line.ticket: (one.rank, one.outcome, one.tie or one.why) for one in placings}


@pytest.mark.parametrize(
    ("text", "value"),
    [("78.5", 7850), ("78.05", 7805), ("０9", 900), (" 100 ", 10000), ("78。5", 7850), ("0", 0)],
)
def test_a_score_is_read_as_it_is_written(text, value):
    assert rules.parse_score(text, most=100)[0] == value
    assert rules.parse_score(text, most=100)[1].allowed


@pytest.mark.parametrize("text", ["", "78.555", "-3", "七十", "1e2", "78.", "100.01", "785"])
def test_what_is_no_score_is_refused_with_what_and_why(text):
    _value, ruling = rules.parse_score(text, most=100)
    assert not ruling.allowed and ruling.reasons[0].cites == ("考试规则:5",)


def test_a_score_above_full_marks_says_both():
    assert "成绩100.50高于满分100分" in str(rules.parse_score("100.5", most=100)[1])


def test_the_mean_leaves_one_highest_and_one_lowest_out_from_five_on():
    told_ = mean([8000, 9000, 8500, 8500, 8600], drop_from=5)
    assert (told_.value, told_.dropped) == (8533, (8000, 9000))
    assert mean([8000, 9000, 8500, 8500], drop_from=5).value == 8500
    assert mean([8000, 9000, 8500, 8500], drop_from=5).dropped == ()


def test_equal_extremes_lose_only_one_of_each():
    assert mean([9000, 9000, 9000, 8000, 8000], drop_from=5).kept == (8000, 9000, 9000)


def test_halves_are_rounded_up_and_nothing_else():
    assert mean([8000, 8001], drop_from=5).value == 8001
    assert mean([8000, 8000, 8001], drop_from=5).value == 8000
    assert total(7001, 8000, TERMS) == 7501  # 75.005
    assert total(7000, 8001, Terms(written_share=40, interview_share=60)) == 7601  # 76.006


def test_the_ratio_says_who_is_interviewed_and_all_who_tie_at_the_last_place_are():
    lines = [line(str(n), s) for n, s in enumerate([9000, 8000, 7000, 7000, 6500, 5999])]
    lines += [line("gone", None), line("cheat", 9900, void=True)]
    found = told(invite(lines, terms=TERMS, vacancies={"A": 1}))
    assert found["1"][:2] == (2, "in") and found["2"][:2] == (3, "out")
    found = told(
        invite([one for one in lines if one.ticket != "1"], terms=TERMS, vacancies={"A": 1})
    )
    assert found["2"] == (2, "in", "") and found["3"] == (2, "in", "level")
    assert found["4"] == (4, "out", "beyond")
    assert found["5"] == (0, "out", "below")
    assert found["gone"][2] == "absent" and found["cheat"][2] == "void"


def test_fewer_than_the_ratio_all_go():
    found = told(invite([line("1", 6000)], terms=TERMS, vacancies={"A": 3}))
    assert found["1"][:2] == (1, "in")


def test_the_ranking_is_by_total_within_each_post():
    lines = [
        line("1", 8000, 9000),
        line("2", 9000, 8200),
        line("3", 7000, 7000, "B"),
        line("4", 9900, 5999, "B"),
        line("5", 8000, None, "B"),
        line("6", 8000, None, "B", invited=False),
    ]
    assert told(rank(lines, terms=TERMS, vacancies={"A": 1, "B": 1})) == {
        "2": (1, "in", ""),
        "1": (2, "out", "beyond"),
        "3": (1, "in", ""),
        "4": (0, "out", "weak"),
        "5": (0, "out", "missed"),
        "6": (0, "out", "uninvited"),
    }


def test_equal_totals_are_compared_in_the_order_of_the_rule_and_it_is_told():
    lines = [
        line("1", 8000, 8000, "A", "party"),
        line("2", 7000, 9000),
        line("3", 8000, 8000, "A", "veteran"),
        line("4", 8000, 8000),
    ]
    found = told(rank(lines, terms=TERMS, vacancies={"A": 2}))
    assert found["2"] == (1, "in", "")
    assert found["1"] == (2, "in", "interview")
    assert found["3"] == (3, "out", "party")
    assert found["4"] == (4, "out", "veteran")


def test_who_is_equal_in_everything_takes_another_test_only_where_it_matters():
    lines = [line(ticket, 8000, 8000) for ticket in "12"]
    assert told(rank(lines, terms=TERMS, vacancies={"A": 2}))["2"] == (1, "in", "")
    assert told(rank(lines, terms=TERMS, vacancies={"A": 1})) == {
        "1": (1, "tied", "equal"),
        "2": (1, "tied", "equal"),
    }
    lines = [line("1", 8000, 8000, additional=7000), line("2", 8000, 8000, additional=7100)]
    found = told(rank(lines, terms=TERMS, vacancies={"A": 1}))
    assert found == {"2": (1, "in", ""), "1": (2, "out", "additional")}


def test_a_county_may_put_the_written_test_first():
    lines = [line("1", 8000, 7000), line("2", 7000, 8000)]
    found = rank(lines, terms=Terms(ties=("written",)), vacancies={"A": 1})
    assert found[0].line.ticket == "1"


SCORES = st.one_of(st.none(), st.integers(0, 10000))
LINES = st.lists(
    st.builds(
        Line,
        ticket=st.uuids().map(str),
        post=st.sampled_from("AB"),
        written=SCORES,
        interview=SCORES,
        additional=SCORES,
        invited=st.booleans(),
        traits=st.frozensets(st.sampled_from(["party", "veteran", "social"])),
        void=st.booleans(),
    ),
    max_size=20,
    unique_by=lambda one: one.ticket,
)


@given(LINES, st.integers(1, 5), st.randoms())
def test_the_ranking_does_not_depend_on_the_order_and_fills_no_more_than_the_places(
    lines, places, chance
):
    vacancies = {"A": places, "B": places}
    found = rank(lines, terms=TERMS, vacancies=vacancies)
    mixed = list(lines)
    chance.shuffle(mixed)
    assert rank(mixed, terms=TERMS, vacancies=vacancies) == found
    assert {one.line.ticket for one in found} == {one.ticket for one in lines}
    for post in "AB":
        inside = [one for one in found if one.line.post == post and one.outcome == "in"]
        assert len(inside) <= places
        scores = [o.score for o in found if o.line.post == post and o.score is not None]
        assert scores == sorted(scores, reverse=True)


@given(LINES, st.integers(1, 5))
def test_a_sheet_is_read_back_as_it_was_written(lines, places):
    made = sheet.Sheet(TERMS, {"A": places, "B": 2}, tuple(lines))
    again = sheet.read(sheet.write(made))
    assert set(again.lines) == set(lines)
    assert (again.terms, again.vacancies) == (TERMS, made.vacancies)


@pytest.mark.parametrize("data", [b"", b"a,b\n", b"\xff\xfe\x00", "岗位,1\n\n\n".encode()])
def test_what_is_no_sheet_is_refused(data):
    with pytest.raises(Refused, match="成绩册"):
        sheet.read(data)


def test_lots_are_the_hashes_anybody_can_compute():
    assert lot("0417", "application:1") == hashlib.sha256(b"0417|application:1").hexdigest()
    keys = [f"k{n}" for n in range(50)]
    assert shuffled(reversed(keys), "s") == shuffled(keys, "s") != shuffled(keys, "t")


@given(
    st.lists(st.sampled_from("ABCD"), min_size=1, max_size=80),
    st.integers(1, 12),
    st.integers(1, 4),
)
def test_everybody_gets_one_seat_and_neighbours_differ_where_that_is_possible(groups, size, across):
    people = [(f"k{n}", group) for n, group in enumerate(groups)]
    halls = [Hall(n + 1, size, across) for n in range(-(-len(people) // size))]
    found = seated(people, halls, "seed")
    assert {one.key for one in found} == {key for key, _group in people}
    assert len({(one.room, one.seat) for one in found}) == len(people)
    by_key = dict(people)
    most = max(groups.count(group) for group in groups)
    if most * 2 <= len(groups) + 1:
        for one, other in pairwise(found):
            assert one.room != other.room or by_key[one.key] != by_key[other.key]


def test_a_random_list_has_no_neighbours_of_one_post_in_rows_either_for_the_most_part():
    chance = random.Random(1)
    people = [(f"k{n}", chance.choice("ABCDEF")) for n in range(300)]
    hall = Hall(1, 300, 5)
    found = seated(people, [hall], "seed")
    groups = [dict(people)[one.key] for one in found]
    beside = [(at, hall.left_of(at)) for at in range(300) if hall.left_of(at) is not None]
    equal = sum(groups[a] == groups[b] for a, b in beside)
    assert equal <= len(beside) // 50
