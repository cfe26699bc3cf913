from datetime import date

import pytest

from linli.kernel.rulings import ALLOWED, refuse
from linli.sources import ladder_of
from linli.workforce import rules

TODAY = date(2026, 11, 5)
LADDER = ladder_of(on=TODAY, place="370614")
VALID, WRONG_CHECK = "11010519491231002X", "110105194912310021"


def check(**changes):
    told = {
        "name": "王海燕",
        "id_number": VALID,
        "phone": "138 0535 1234",
        "politics": "member",
        "joined_party_on": None,
        "party_age": 18,
        "today": TODAY,
    }
    return rules.check_person(**told | changes)


def test_a_person_is_checked_and_given_back_in_one_form():
    person, ruling = check()
    assert ruling.allowed
    assert (person.identity.number, person.phone) == (VALID, "13805351234")


@pytest.mark.parametrize(
    ("changes", "said", "field"),
    [
        ({"name": " "}, "请填写姓名", "name"),
        ({"id_number": WRONG_CHECK}, "校验不通过", "id_number"),
        ({"phone": "12"}, "电话号码不对", "phone"),
        ({"politics": "marsian"}, "请选择政治面貌", "politics"),
        ({"politics": "none", "joined_party_on": date(2000, 1, 1)}, "不是党员", "joined_party_on"),
        ({"joined_party_on": date(1960, 1, 1)}, "年满18周岁", "joined_party_on"),
    ],
)
def test_what_is_wrong_with_a_person_is_said_where_it_is(changes, said, field):
    person, ruling = check(**changes)
    assert person is None
    assert [(reason.field, said in str(reason)) for reason in ruling.reasons] == [(field, True)]


def test_a_number_with_a_retired_area_code_is_taken():
    assert check(id_number="37068419900504001" + "0123456789X"[_digit("37068419900504001")])[
        1
    ].allowed


def _digit(body):
    from stdnum.iso7064 import mod_11_2

    return "0123456789X".index(mod_11_2.calc_check_digit(body))


def may_appoint(**changes):
    told = {
        "title": "worker",
        "way": "recruitment",
        "since_on": date(2026, 11, 1),
        "age": 30,
        "least_age": 18,
        "overlapping": "",
        "barred": [],
        "cleared": ALLOWED,
        "place": "370614001001",
        "known_place": True,
        "today": TODAY,
    }
    return rules.may_appoint(**told | changes)


def test_somebody_free_and_cleared_may_be_appointed():
    assert may_appoint().allowed


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"title": "king"}, "请选择职务"),
        ({"age": 17}, "不满18周岁"),
        ({"overlapping": "居委会主任"}, "已任居委会主任"),
        ({"since_on": date(2026, 11, 6)}, "今天之后"),
        ({"place": "370614001"}, "370614001"),
        ({"cleared": refuse("没有联审结论")}, "没有联审结论"),
        ({"barred": [rules.Barred(date(2025, 1, 1), None, "联审规则:1")]}, "不得任职"),
        (
            {"barred": [rules.Barred(date(2025, 1, 1), date(2029, 12, 31), "联审规则:2")]},
            "2029-12-31以前不得任职",
        ),
    ],
)
def test_who_may_not_be_appointed_hears_why(changes, said):
    assert said in str(may_appoint(**changes))


def test_a_bar_that_is_over_bars_no_more():
    over = rules.Barred(date(2020, 1, 1), date(2025, 12, 31), "联审规则:2")
    assert may_appoint(barred=[over]).allowed


def standing(**changes):
    told = {
        "ladder": LADDER,
        "rung": "worker",
        "service": [(date(2020, 11, 5), None)],
        "degrees": set(),
        "certificates": set(),
        "setback_years": set(),
        "given": None,
        "on": TODAY,
    }
    return rules.standing(**told | changes)


@pytest.mark.parametrize(
    ("changes", "grade"),
    [
        ({}, 3),
        ({"degrees": {"bachelor"}}, 4),
        ({"degrees": {"bachelor", "doctor"}}, 5),
        ({"certificates": {"social_assistant", "social_worker"}}, 5),
        ({"setback_years": {2023}}, 2),
        ({"rung": "deputy"}, 6),
        ({"rung": "chief"}, 9),
        ({"service": [(date(1980, 1, 1), None)]}, 12),
        ({"service": []}, 1),
        ({"service": [(date(2012, 1, 1), date(2014, 12, 31)), (date(2026, 1, 1), None)]}, 2),
    ],
)
def test_a_grade_is_counted_by_the_table(changes, grade):
    assert standing(**changes).grade == grade


def test_the_next_grade_falls_due_after_the_rest_of_the_years():
    told = standing(service=[(date(2024, 11, 5), None)])
    assert (told.grade, told.next_grade) == (1, 2)
    assert abs((told.next_on - date(2027, 11, 5)).days) <= 1


def test_at_the_top_of_a_post_no_grade_follows():
    told = standing(service=[(date(1980, 1, 1), None)])
    assert (told.next_grade, told.next_on) == (None, None)


def test_each_step_of_the_count_is_told():
    told = standing(degrees={"master"}, certificates={"social_worker"}, setback_years={2022})
    assert [str(step) for step in told.steps] == [
        "岗位起点为1级",
        "任职6.0年，每3年晋一级",
        "硕士学位折算5年",
        "社会工作师加2级",
        "年度考核不合格1年，不计",
    ]


@pytest.mark.parametrize(
    ("residents", "households", "wanted"),
    [
        (10_000, None, 18),
        (10_001, None, 19),
        (1_000, None, 5),
        (None, 3_000, 10),
        (None, None, None),
    ],
)
def test_headcount_follows_from_residents_else_households(residents, households, wanted):
    assert (
        rules.headcount(
            residents=residents,
            households=households,
            per_ten_thousand=18,
            households_each=300,
            least=5,
        )
        == wanted
    )


@pytest.mark.parametrize(("grade", "said"), [(0, "1至12级"), (13, "1至12级"), (12, "")])
def test_a_grade_lies_within_its_post(grade, said):
    ruling = rules.may_grade(
        ladder=LADDER,
        rung="worker",
        grade=grade,
        since_on=TODAY,
        why="晋级",
        serving=True,
        today=TODAY,
    )
    assert (said in str(ruling)) if said else ruling.allowed
