"""Rules as tables: months owed, points, grades, ranking, readiness."""

from datetime import date

import pytest

from linli.kernel.period import Period
from linli.reserve import grading, rules
from linli.reserve.grading import Asked, Bounds, Sheet
from linli.sources import hard_indicators, number_of

TABLE = hard_indicators(on=date(2026, 6, 30), place="370614")
BOUNDS = Bounds(
    community=40, excellent=85, good=75, enough=60, fair_times=2, missing_months=2, stay_age=40
)
FULL = {code: one.points * 10 for code, one in TABLE.items()}


def shared(percent):
    """A share of all points: of each indicator rounded down, the rest with the first."""
    found = {code: n * percent // 100 for code, n in FULL.items()}
    return found | {"politics": found["politics"] + percent * 10 - sum(found.values())}


def a_sheet(key=1, share=100, theirs=None, **changes):
    """Somebody with a share of all points from both sides."""
    ours = shared(share)
    told = {
        "key": key,
        "scores": {
            "community": ours,
            "county": ours if theirs is None else shared(theirs),
        },
        "party": False,
        "entered_on": date(2025, 9, 1),
        "number": f"H{key:06d}",
        "age": 30,
    }
    return Sheet(**told | changes)


def result(**changes):
    return grading.result(a_sheet(**changes), TABLE, BOUNDS, "2026年上半年")


def test_six_hard_indicators_make_a_hundred_points_as_the_report_counts_six():
    assert len(TABLE) == number_of("reserve_indicators", on=date(2026, 1, 1)).value == 6
    assert sum(one.points for one in TABLE.values()) == 100


@pytest.mark.parametrize(
    ("code", "figure", "tenths"),
    [
        ("politics", 0, 0),
        ("politics", 3, 100),
        ("politics", 6, 200),
        ("politics", 9, 200),
        ("standing", 60, 0),
        ("standing", 59, 0),
        ("standing", 95, 200),
        ("standing", 100, 200),
        ("visits", 119, 148),
    ],
)
def test_points_follow_from_the_figure(code, figure, tenths):
    assert TABLE[code].tenths(figure) == tenths


@pytest.mark.parametrize(
    ("entered", "left", "today", "first", "last", "count"),
    [
        (date(2026, 3, 31), None, date(2026, 6, 1), "2026-04", "2026-06", 3),
        (date(2026, 6, 1), None, date(2026, 6, 30), None, None, 0),
        (date(2026, 1, 5), date(2026, 4, 2), date(2026, 6, 1), "2026-02", "2026-03", 2),
    ],
)
def test_months_are_owed_from_the_month_after_entry(entered, left, today, first, last, count):
    found = rules.owed_months(entered_on=entered, left_on=left, today=today)
    assert len(found) == count
    assert [found[0].code, found[-1].code] == [first, last] if found else first is None


def test_a_month_is_missing_only_when_its_day_is_over():
    told = {"entered_on": date(2026, 4, 9), "left_on": None, "written": {"2026-05"}, "due_days": 5}
    assert rules.missing_months(**told, today=date(2026, 7, 5)) == ()
    assert rules.missing_months(**told, today=date(2026, 7, 6)) == (Period("2026-06"),)


@pytest.mark.parametrize(
    ("half", "today", "said"),
    [
        ("2026-H1", date(2026, 6, 30), "到2026-06-30才结束"),
        ("2026-H2", date(2026, 7, 1), "才结束"),
        ("2026-Q1", date(2026, 7, 1), "请选择半年"),
        ("soon", date(2026, 7, 1), "请选择半年"),
    ],
)
def test_a_half_year_not_over_is_not_evaluated(half, today, said):
    ruling = grading.may_open(half=half, today=today, there=False, people=3)
    assert said in str(ruling) and ruling.reasons[0].cites or "请选择" in said


def test_a_half_year_that_is_over_may_be_evaluated_once():
    told = {"half": "2026-H1", "today": date(2026, 7, 1), "people": 3}
    assert grading.may_open(**told, there=False).allowed
    assert "已开始" in str(grading.may_open(**told, there=True))


@pytest.mark.parametrize(
    ("share", "grade"),
    [(100, "excellent"), (85, "excellent"), (84, "good"), (75, "good"), (74, "fair"), (60, "fair")],
)
def test_grades_follow_from_the_total(share, grade):
    assert result(share=share).grade == grade


def test_below_the_pass_mark_somebody_leaves_and_is_told_by_how_much():
    found = result(share=59)
    assert (found.grade, found.reason) == ("leave", "score")
    told = rules.REASONS["score"].sentence % found.values
    assert told == "2026年上半年评估得分59.0，合格线60.0"


def test_the_sides_count_by_their_shares_and_halves_count_up():
    assert result(share=100, theirs=50).tenths == 700
    assert result(share=50, theirs=100).tenths == 800


def test_a_weak_political_quality_leaves_whatever_the_total():
    weak = {side: FULL | {"politics": 99} for side in grading.SIDES}
    found = result(scores=weak)
    assert (found.grade, found.reason, found.values["least"]) == ("leave", "floor", "10.0")


def test_missing_months_keep_somebody_at_fair():
    assert result(missing=1).grade == "excellent"
    assert result(missing=2).grade == "fair"


def test_fair_for_the_second_time_in_a_row_leaves():
    assert result(share=65).grade == "fair"
    found = result(share=65, fair_before=1)
    assert (found.grade, found.reason, found.values["times"]) == ("leave", "fair", 2)


@pytest.mark.parametrize(
    ("changes", "reason"), [({"barred": True}, "barred"), ({"age": 41}, "age"), ({"age": 40}, "")]
)
def test_bars_and_age_send_out_whoever_has_every_point(changes, reason):
    assert result(**changes).reason == reason


def order_of(*sheets):
    told = {one.key: one for one in sheets}
    found = grading.ranked(
        [grading.result(one, TABLE, BOUNDS, "2026年上半年") for one in sheets], told
    )
    return [(one.key, one.rank) for one in found]


def test_ties_are_told_apart_by_politics_then_party_then_standing_then_entry():
    def with_(key, politics, standing, **more):
        rest = FULL | {"politics": politics, "standing": standing}
        rest["results"] = 600 - politics - standing - 200
        return a_sheet(key, scores=dict.fromkeys(grading.SIDES, rest), **more)

    assert order_of(with_(1, 180, 150), with_(2, 190, 140)) == [(2, 1), (1, 2)]
    assert order_of(with_(1, 180, 150), with_(2, 180, 140, party=True)) == [(2, 1), (1, 2)]
    assert order_of(with_(1, 180, 140), with_(2, 180, 150)) == [(2, 1), (1, 2)]
    late = date(2025, 10, 1)
    assert order_of(with_(1, 180, 150, entered_on=late), with_(2, 180, 150)) == [(2, 1), (1, 2)]


def test_whoever_is_equal_in_everything_shares_the_rank():
    assert order_of(a_sheet(2), a_sheet(1), a_sheet(3, share=90)) == [(1, 1), (2, 1), (3, 3)]


CHIEF = Asked(percent=85, months=12, service_months=12)


@pytest.mark.parametrize(
    ("changes", "ready"),
    [
        ({}, True),
        ({"percent_tenths": 849}, False),
        ({"percent_tenths": None}, False),
        ({"months": 11}, False),
        ({"service_months": 11}, False),
        ({"party": False}, False),
        ({"party": None}, True),
    ],
)
def test_a_chief_is_ready_by_score_time_service_and_party(changes, ready):
    told = {"percent_tenths": 850, "months": 12, "service_months": 12, "party": True} | changes
    found = grading.readiness("chief", CHIEF, **told)
    assert found.ready is ready
    assert ready or [point for point in found.points if not point.met]


@pytest.mark.parametrize(
    ("rung", "committee", "kind"),
    [
        ("chief", True, "chief"),
        ("deputy", True, "deputy"),
        ("worker", True, "committee"),
        ("worker", False, "worker"),
    ],
)
def test_a_title_is_of_a_kind(rung, committee, kind):
    assert grading.kind_of(rung=rung, committee=committee) == kind


@pytest.mark.parametrize(
    ("since", "until", "months"),
    [
        (date(2025, 1, 31), date(2025, 2, 28), 0),
        (date(2025, 1, 15), date(2026, 1, 15), 12),
        (date(2026, 1, 15), date(2025, 1, 15), 0),
    ],
)
def test_full_months(since, until, months):
    assert grading.months_between(since, until) == months
