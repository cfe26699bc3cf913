"""A mentor and a mentee each write about the month on a phone; then it is sealed for both."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from linli.kernel.period import Period
from linli.kernel.roles import MENTOR, WORKER
from linli.mentoring import services
from linli.mentoring.models import Log, Pair
from linli.mentoring.tests.conftest import COMMUNITY, COUNTY, served
from tests.journeys.hands import faults_of
from tests.people import lay_places, make_person

pytestmark = pytest.mark.journey
TAUGHT = "一起走了三户，先听老人把话讲完，再说政策。"
LEARNT = "学到先共情再讲政策，独居老人的情况还记不全。"


@pytest.fixture
def pair(own_database):
    """A pair since the month before last, and the accounts of both sides."""
    lay_places()
    month = Period.of(timezone.localdate()).plus(-2)
    begun = datetime.combine(month.first_on + timedelta(3), time(9), ZoneInfo("Asia/Shanghai"))
    mentor = make_person("mentor", "慕长海", MENTOR, COMMUNITY)
    worker = make_person("worker", "王海燕", WORKER, COMMUNITY)
    station = services.open_station(
        by=None, place=COMMUNITY, name="海滨老社工驿站", opened_on=begun.date(), now=begun
    )
    services.add_mentor(
        by=None,
        station=station,
        name="慕长海",
        skills=["masses"],
        most=3,
        user=mentor,
        now=begun,
    )
    services.tell_needs(by=None, worker=served(worker), needs={"masses": 3}, now=begun)
    made = services.propose(by=None, place=COUNTY, now=begun)
    taken = set(made.lines.values_list("pk", flat=True))
    services.decide(by=None, proposal=made, taken=taken, now=begun)
    return mentor, worker, Pair.objects.get()


def test_a_mentor_and_a_mentee_log_a_month(pair, open_page):
    mentor, worker, made = pair
    last = Period.of(timezone.localdate()).previous
    day = last.first_on.replace(day=12).isoformat()

    old = open_page(user=mentor, width=375, height=812, has_touch=True, is_mobile=True)
    old.goto("/desk/")
    old.get_by_text("帮带记录：经验传授，与王海燕").first.wait_for()
    _write(old, last, day, TAUGHT)
    old.get_by_text("待另一方").wait_for()

    young = open_page(user=worker, width=375, height=812, has_touch=True, is_mobile=True)
    young.goto(f"/mentoring/pairs/{made.pk}/")
    young.get_by_text("您写完后可见").wait_for()
    assert TAUGHT not in young.content()
    _write(young, last, day, LEARNT)
    young.get_by_text("双方已写，封存").wait_for()
    young.get_by_text(TAUGHT).wait_for()
    assert faults_of(young) == []

    old.goto(f"/mentoring/pairs/{made.pk}/log/{last.code}/")
    old.locator("[name=text]").fill("想再改一改，看看还能不能改动。")
    old.get_by_role("button", name="保存记录").tap()
    old.get_by_text("记录已封存，不能再改").first.wait_for()
    assert "想再改一改" in old.locator("[name=text]").input_value()
    kept = Log.objects.filter(period=last.code)
    assert {row.side: row.text for row in kept} == {"mentor": TAUGHT, "mentee": LEARNT}


def _write(page, last: Period, day: str, text: str) -> None:
    """From one's own list to the form of last month, wrong day first."""
    page.goto("/mentoring/mine/")
    assert faults_of(page) == []
    page.locator(f"a[href$='/log/{last.code}/']").tap()
    page.locator("[name=text]").fill(text)
    page.get_by_role("button", name="保存记录").tap()
    page.locator(".field-error").first.wait_for()
    assert faults_of(page) == []
    page.locator("[name=on]").fill(day)
    page.get_by_role("button", name="保存记录").tap()
    page.get_by_role("heading", name="帮带记录").wait_for()
