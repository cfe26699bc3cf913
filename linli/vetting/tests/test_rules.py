from datetime import date

import pytest

from linli.sources import circumstances_of
from linli.vetting import rules, terms
from linli.vetting.terms import Term

TODAY = date(2026, 11, 5)
KNOWN = circumstances_of(on=TODAY, place="370614")
NUMBER = "蓬公（治）行罚决字〔2024〕12号"


@pytest.mark.parametrize(
    ("said", "ends"),
    [
        (["clear"] * 9, "passed"),
        (["clear"] * 8 + ["unfit"], "failed"),
        (["clear"] * 8 + ["cannot"], "failed"),
        (["clear"] * 8 + ["verify"], "unverified"),
        (["verify", "unfit", "clear"], "failed"),
    ],
)
def test_one_word_against_somebody_decides_then_what_is_to_be_verified(said, ends):
    assert rules.outcome(said) == ends


def said(**changes):
    told = {
        "conclusion": "unfit",
        "code": "detention",
        "happened_on": date(2024, 3, 1),
        "file_number": NUMBER,
        "role": "police",
        "known": KNOWN,
        "today": TODAY,
    }
    return str(rules.check_answer(**told | changes))


def test_an_answer_with_ground_day_and_file_number_is_whole():
    assert said() == ""
    assert said(conclusion="clear", code="", happened_on=None, file_number="") == ""
    assert said(conclusion="verify", happened_on=None, file_number="") == ""


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"conclusion": "maybe"}, "请选择结论"),
        ({"conclusion": "clear"}, "没有问题的，不写依据"),
        ({"code": ""}, "请从清单里选择"),
        ({"code": "none"}, "请从清单里选择"),
        ({"role": "court"}, "不由这个部门认定"),
        ({"conclusion": "cannot"}, "结论与依据不符"),
        ({"happened_on": None}, "事实发生的日期"),
        ({"happened_on": date(2026, 11, 6)}, "在今天之后"),
        ({"file_number": ""}, "请填写文号"),
        ({"file_number": "2024年3月因赌博被拘留十日。"}, "只写文号"),
        ({"file_number": "此人于某日在某处参与赌博后被派出所查获12"}, "只写文号"),
        ({"file_number": "无号"}, "只写文号"),
        ({"file_number": "11010519491231002X"}, "身份证号"),
        ({"conclusion": "verify", "code": ""}, "请从清单里选择"),
    ],
)
def test_an_answer_that_is_not_whole_is_refused(changes, why):
    assert why in said(**changes)


@pytest.mark.parametrize(
    ("happened_on", "taken"),
    [
        (date(2021, 11, 6), True),
        (date(2021, 11, 5), False),
        (date(2018, 1, 1), False),
    ],
)
def test_a_fact_is_a_ground_until_the_day_before_its_years_are_full(happened_on, taken):
    told = said(happened_on=happened_on)
    assert (told == "") is taken
    assert taken or "已满5年" in told


@pytest.mark.parametrize(
    ("grounds", "ends"),
    [
        ([], Term()),
        ([("detention", date(2024, 3, 1))], Term("until", date(2029, 2, 28))),
        (
            [("detention", date(2024, 3, 1)), ("member", date(2025, 6, 1))],
            Term("until", date(2029, 2, 28)),
        ),
        ([("detention", date(2024, 3, 1)), ("defaulter", date(2020, 1, 1))], Term("while")),
        ([("defaulter", date(2020, 1, 1)), ("detention", date(2024, 3, 1))], Term("while")),
        ([("defaulter", date(2020, 1, 1)), ("crime", date(1990, 1, 1))], Term("good")),
        ([("detention", date(2021, 11, 1))], Term()),
    ],
)
def test_the_longest_term_counts(grounds, ends):
    assert terms.term([(KNOWN[code], day) for code, day in grounds], TODAY) == ends


@pytest.mark.parametrize(
    ("left_days", "kind"),
    [(9, ""), (3, "remind"), (1, "remind_again"), (0, "remind_again"), (-1, "late")],
)
def test_a_department_is_reminded_twice_and_then_late(left_days, kind):
    assert rules.notice(left_days=left_days, first=3, again=1) == kind


@pytest.mark.parametrize(
    ("outcome", "decided_on", "why"),
    [
        ("passed", date(2025, 11, 5), ""),
        ("passed", date(2025, 11, 4), "已满12个月"),
        ("failed", date(2026, 11, 1), "不通过"),
        ("suspended", date(2026, 11, 1), "暂缓"),
        ("", None, "还没有联审结论"),
    ],
)
def test_a_post_needs_a_vetting_passed_within_the_term(outcome, decided_on, why):
    told = terms.cleared(outcome=outcome, decided_on=decided_on, months=12, on=TODAY)
    assert told.allowed is (why == "")
    assert why in str(told)


def test_every_circumstance_may_be_named_by_some_department_and_rests_on_a_ground():
    for code, one in KNOWN.items():
        assert one.departments and one.cites, code
        assert not (one.years and one.permanent)
