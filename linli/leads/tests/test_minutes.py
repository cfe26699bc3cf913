"""The minutes say who signed, who was absent, and that a draft is one."""

from __future__ import annotations

import pytest

from linli.leads import agendas, minutes
from linli.leads.tests.conftest import a_lead, later
from linli.leads.tests.test_consulting import ALL, WHY, conclude, convene, sign
from linli.leads.verdicts import DISAGREE, RETURNED, Decision
from linli.prints import check, render
from tests.books import NOW

pytestmark = pytest.mark.django_db
TODAY = NOW.date()


@pytest.fixture
def held(nine, room, calendar):
    return convene(nine, [a_lead(room), a_lead(room, kind="idle"), a_lead(room, kind="occupied")])


def test_as_long_as_somebody_may_sign_nobody_is_absent(nine, held):
    sign(nine, held, "tax")
    told = minutes.paper(held, on=TODAY)
    assert told["draft"] and told["absences"] == []
    assert told["items"][0]["said"].count("waiting") == 8 and "closed" not in told
    assert render("minutes", told, on=NOW).startswith(b"%PDF")


def test_after_the_day_the_absent_are_named_with_their_items(nine, held):
    items = agendas.items(held)
    for role in ALL[:7]:
        sign(nine, held, role)
    sign(nine, held, ALL[7], DISAGREE, WHY, items=items[:1])
    conclude(nine, held, now=later(30))
    held.refresh_from_db()
    told = minutes.paper(held, on=later(30).date())
    assert told["absences"] == [
        "综合执法部门：第2至3项未签署，作缺席，不作同意",
        "组织部门：全部3项未签署，作缺席，不作同意",
    ]
    assert told["items"][0]["reasons"] == [("综合执法部门", WHY)]
    assert told["items"][0]["said"][-1] == "absent" and not told["draft"]
    assert told["concluded_by"] == "高强"
    assert [hand["count"] for hand in told["signatures"]] == [3] * 7 + [1]
    check("minutes", told)


def test_an_item_sent_back_says_why(nine, held):
    for role in ALL[:3]:
        sign(nine, held, role)
    why = "六个部门缺席，另行召集"
    decisions = {item.pk: Decision(RETURNED, why) for item in agendas.items(held)}
    conclude(nine, held, decisions, now=later(30))
    held.refresh_from_db()
    told = minutes.paper(held, on=later(30).date())
    assert {(item["outcome"], item["why"]) for item in told["items"]} == {("退回再议", why)}


@pytest.mark.parametrize(
    ("numbers", "most", "said"),
    [
        ([1], 1, "第1项"),
        ([1, 2, 3], 3, "全部3项"),
        ([2], 3, "第2项"),
        ([1, 3, 4, 5, 9], 10, "第1项、第3至5项、第9项"),
    ],
)
def test_items_are_named_in_spans(numbers, most, said):
    assert minutes._spans(numbers, most) == said
