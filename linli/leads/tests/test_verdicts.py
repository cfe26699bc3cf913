"""How opinions decide, as tables."""

from __future__ import annotations

from datetime import date

import pytest

from linli.leads import verdicts
from linli.leads.verdicts import (
    ABSTAIN,
    AGREE,
    CARRIED,
    DISAGREE,
    PENDING,
    REJECTED,
    RETURNED,
    SHORT,
    TIED,
    Decision,
    Numbers,
)

NUMBERS = Numbers(quorum_permille=666, majority_permille=500, casting=True)


@pytest.mark.parametrize(
    ("seats", "agree", "disagree", "abstain", "over", "stands"),
    [
        (9, 9, 0, 0, False, CARRIED),
        (9, 5, 4, 0, False, CARRIED),
        (9, 4, 5, 0, False, REJECTED),
        (9, 4, 4, 1, False, TIED),
        (9, 0, 0, 9, False, TIED),
        (9, 1, 0, 8, False, CARRIED),
        # Not all have signed: before the day nothing is decided, however clear it is.
        (9, 8, 0, 0, False, PENDING),
        (9, 0, 0, 0, False, PENDING),
        # After it, who is absent has not agreed.
        (9, 6, 0, 0, True, CARRIED),
        (9, 5, 0, 0, True, SHORT),
        (9, 3, 3, 0, True, TIED),
        (9, 0, 6, 0, True, REJECTED),
        (9, 0, 0, 0, True, SHORT),
        (3, 2, 0, 0, True, CARRIED),
        (3, 1, 0, 0, True, SHORT),
        (2, 1, 1, 0, True, TIED),
        (1, 1, 0, 0, False, CARRIED),
        (1, 0, 0, 0, True, SHORT),
    ],
)
def test_what_opinions_come_to(seats, agree, disagree, abstain, over, stands):
    said = [AGREE] * agree + [DISAGREE] * disagree + [ABSTAIN] * abstain
    assert verdicts.standing(verdicts.count(seats, said), NUMBERS, over=over) == stands


def test_a_county_may_ask_for_two_thirds_of_the_votes():
    strict = Numbers(quorum_permille=666, majority_permille=666, casting=False)
    assert verdicts.standing(
        verdicts.count(9, [AGREE] * 6 + [DISAGREE] * 3), strict, over=False
    ) == (CARRIED)
    assert verdicts.standing(
        verdicts.count(9, [AGREE] * 5 + [DISAGREE] * 4), strict, over=False
    ) == (TIED)


WHY = "两方理由都已听取"


def conclude(stands, decision=None, **changes):
    told = {
        "closed": False,
        "holds_role": True,
        "over": True,
        "due_on": date(2026, 7, 8),
        "numbers": NUMBERS,
        "standings": {7: stands},
        "decisions": {7: decision} if decision else {},
        "position": {7: 1},
    }
    return verdicts.may_conclude(**told | changes)


@pytest.mark.parametrize(
    ("stands", "decision", "said"),
    [
        (CARRIED, None, ""),
        (REJECTED, None, ""),
        (TIED, Decision(CARRIED, WHY), ""),
        (TIED, Decision(REJECTED, WHY), ""),
        (TIED, Decision(RETURNED, WHY), ""),
        (SHORT, Decision(RETURNED, WHY), ""),
        (TIED, None, "票数相等"),
        (TIED, Decision(CARRIED, "行"), "至少五个字"),
        (TIED, Decision("", WHY), "票数相等"),
        (SHORT, None, "未达法定比例"),
        (SHORT, Decision(CARRIED, WHY), "未达法定比例"),
        (CARRIED, Decision(RETURNED, WHY), "不能改变"),
        (REJECTED, Decision(CARRIED, WHY), "不能改变"),
    ],
)
def test_what_the_convener_may_say(stands, decision, said):
    ruling = conclude(stands, decision)
    assert ruling.allowed if not said else said in str(ruling)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"closed": True}, "会商已结束"),
        ({"holds_role": False}, "召集单位作出结论"),
        ({"decisions": {8: Decision(RETURNED, WHY)}}, "不在这次会商的议程上"),
    ],
)
def test_who_may_conclude_and_what(changes, said):
    assert said in str(conclude(CARRIED, **changes))


def test_before_the_day_and_before_all_signed_nothing_is_concluded():
    ruling = conclude(PENDING, over=False)
    assert "第1项还有部门未签署，签署期限为2026-07-08" in str(ruling)
    assert ruling.reasons[0].cites == ("会商规则:6",)


def test_where_a_county_allows_no_casting_vote_a_tie_goes_back():
    county = Numbers(quorum_permille=666, majority_permille=500, casting=False)
    assert "只能退回再议" in str(conclude(TIED, Decision(CARRIED, WHY), numbers=county))
    assert conclude(TIED, Decision(RETURNED, WHY), numbers=county).allowed


@pytest.mark.parametrize(
    ("stands", "decision", "ends"),
    [
        (CARRIED, None, "carried"),
        (REJECTED, None, "rejected"),
        (TIED, Decision(CARRIED, WHY), "cast"),
        (TIED, Decision(REJECTED, WHY), "rejected"),
        (SHORT, Decision(RETURNED, WHY), "returned"),
    ],
)
def test_how_an_item_ends(stands, decision, ends):
    assert verdicts.outcome(stands, decision) == ends


def test_a_digest_changes_with_a_word_of_what_was_signed():
    row = {"item": 1, "stance": AGREE, "text": ""}
    assert verdicts.digest([row]) != verdicts.digest([row | {"text": "同意，但"}])
    assert verdicts.digest([row]) == verdicts.digest([dict(reversed(row.items()))])
