from datetime import UTC, datetime, timedelta

import pytest

from linli.training import rules

START = datetime(2026, 3, 3, 1, 0, tzinfo=UTC)
LESSONS = {"chief": {"party": 3}, "worker": {"mediation": 2}, "new": {"basics": 3}}


def cover(rung="worker", days=1000, minutes=None, class_days=0, passed=()):
    return rules.coverage(
        rung=rung,
        served_days=days,
        curriculum=LESSONS,
        chief_days=7,
        minutes=minutes or {},
        class_days=class_days,
        passed=passed,
    )


def arrive(at, **changes):
    told = {"way": "qr", "code_holds": True, "serving": True, "already": False, "reason": ""}
    arrival = rules.Arrival(starts_at=START, minutes=60, at=at, early=60, late=15)
    return rules.may_sign_in(arrival, **told | changes), arrival


def test_a_worker_owes_the_hours_of_workers_and_is_done_with_them_and_a_passed_test():
    assert [(item.code, item.left) for item in cover().items] == [("mediation", 120)]
    assert not cover(minutes={"mediation": 120}).complete
    assert cover(minutes={"mediation": 120}, passed={"mediation"}).complete
    assert not cover(minutes={"mediation": 119}, passed={"mediation"}).complete


def test_a_head_owes_seven_days_of_county_classes_besides():
    found = cover("chief", minutes={"party": 180}, class_days=6, passed={"party"})
    assert [item.code for item in found.missing] == ["county_days"]
    assert cover("chief", minutes={"party": 180}, class_days=7, passed={"party"}).complete


def test_a_newcomer_owes_a_share_of_the_year_and_the_basics_whole():
    found = {item.code: item.owed for item in cover(days=73).items}
    assert found == {"mediation": 24, "basics": 180}
    assert "basics" not in {item.code for item in cover(days=365).items}


@pytest.mark.parametrize(
    ("minute", "allowed", "late"),
    [
        (-61, False, False),
        (-60, True, False),
        (15, True, False),
        (16, True, True),
        (61, False, True),
    ],
)
def test_one_signs_in_by_code_from_before_the_start_to_the_end(minute, allowed, late):
    ruling, arrival = arrive(START + timedelta(minutes=minute))
    assert (ruling.allowed, arrival.is_late) == (allowed, late)


def test_an_old_code_signs_nobody_in_and_says_on_what_ground():
    ruling, _arrival = arrive(START, code_holds=False)
    assert "签到码已过期" in str(ruling) and ruling.reasons[0].cites == ("培训规则:4",)


def test_who_is_signed_in_by_hand_needs_a_reason_but_no_code():
    assert not arrive(START, way="clerk", code_holds=False)[0].allowed
    assert arrive(START, way="clerk", code_holds=False, reason="手机没电")[0].allowed


def test_a_paper_is_drawn_again_by_its_seed_whatever_the_order_of_the_pool():
    first = rules.draw("f1c5-D000001-1", range(40), 5)
    assert first == rules.draw("f1c5-D000001-1", list(range(39, -1, -1)), 5)
    assert len(set(first)) == 5
    assert first != rules.draw("f1c5-D000001-2", range(40), 5)


@pytest.mark.parametrize(("right", "passed"), [(2, False), (3, True), (5, True)])
def test_sixty_per_cent_pass(right, passed):
    chosen = [1] * right + [0] * (5 - right)
    assert rules.mark(chosen, [1] * 5, 60).passed is passed


def test_the_topic_with_the_largest_share_of_mistakes_is_proposed():
    told = [rules.Weak("policy", 30, 100), rules.Weak("grid", 8, 20), rules.Weak("party", 3, 3)]
    assert rules.weakest(told).topic == "grid"
    assert rules.weakest([rules.Weak("policy", 0, 100)]) is None


@pytest.mark.parametrize(
    "faulty",
    [
        {"options": ["甲"]},
        {"options": ["甲", "甲"]},
        {"right": 3},
        {"right": None},
        {"text": " "},
        {"topic": "cooking"},
    ],
)
def test_a_question_that_cannot_be_answered_is_refused(faulty):
    told = {"topic": "grid", "text": "问？", "options": ["甲", "乙"], "right": 1, "why": ""}
    assert rules.check_question(**told).allowed
    assert not rules.check_question(**told | faulty).allowed


@pytest.mark.parametrize(
    ("faulty", "words"),
    [
        ({"minutes": 91}, "不超过90分钟"),
        ({"kind": "class"}, "由县级举办"),
        ({"layers": ["boss"]}, "培训对象"),
        ({"starts_at": START - timedelta(days=9)}, "开始时间已过"),
    ],
)
def test_what_cannot_be_planned_says_why(faulty, words):
    told = {
        "kind": "micro",
        "title": "题",
        "topic": "grid",
        "layers": [],
        "place": "370614001",
        "known_place": True,
        "minutes": 90,
        "micro_most": 90,
        "trainer": "甲",
        "starts_at": START,
        "now": START - timedelta(days=1),
        "venue_open": True,
        "told_later": False,
    }
    assert rules.may_plan(**told).allowed
    assert words in str(rules.may_plan(**told | faulty))
