"""The told county's survey is as large as the one that was reported."""

from __future__ import annotations

import pytest

from linli.kernel.place import Scope
from linli.survey import comparing, progress, queries, tasks
from linli.survey.models import Campaign, Finding, Member
from linli.survey.rules import FROZEN, RUNNING


@pytest.mark.own_database(told=True)
def test_nine_departments_thirteen_hundred_people_two_hundred_and_forty_three_leads():
    great, small = (queries.campaign(row.pk) for row in Campaign.objects.order_by("pk"))
    assert (queries.state(great), queries.state(small)) == (FROZEN, RUNNING)
    assert queries.departments_count(great) == 9
    assert queries.people_count(great) == 1300
    assert queries.leads_count(great) == 243
    sums = progress.by_estate(great, Scope.of(great.place))
    assert (len({code[:9] for code in sums}), len({code[:12] for code in sums})) == (3, 27)
    whole = progress.whole(sums.values())
    assert whole.open == 0
    assert sum(whole.piles.values()) == whole.total
    assert all(whole.piles[pile] for pile in comparing.PILES)
    leads = {row.lead_id: row.lead for row in Finding.objects.select_related("lead")}
    assert {lead.source for lead in leads.values()} == {"check"}


@pytest.mark.own_database(told=True)
def test_a_visitor_finds_rooms_to_look_at():
    member = Member.objects.get(
        user__username="demo-surveyor", campaign__in=Campaign.objects.order_by("-pk")[:1]
    )
    (waiting,) = tasks.waiting(member.user)
    assert waiting[1] > 3
