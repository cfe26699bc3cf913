"""A plan for a let room goes overdue: the street follows up, then the district; then it is mended."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

from linli.kernel.roles import DISTRICT, HOUSING, SECRETARY, STREET
from linli.places import queries as places
from linli.places import services as place_services
from linli.premises import services as premises
from linli.premises.rules import Facts
from linli.remedy import followups, rules, services
from linli.remedy.models import Plan
from linli.remedy.rules import Cause
from tests.journeys.hands import faults_of, photo
from tests.people import APPOINTED, ESTATE, lay_places, make_person

pytestmark = pytest.mark.journey
CAUSE = Cause(
    violation="let_unlawfully", violator="property", party="海滨物业", reason="巡查发现对外出租"
)


@pytest.fixture
def crew(own_database: Any) -> dict[str, Any]:
    lay_places()
    this = timezone.localdate().year
    for year in (this - 1, this, this + 1):
        days = [(date(year, 1, 1), True, "元旦")]
        place_services.set_holidays(by=None, year=year, days=days, source="测试", now=APPOINTED)
    return {
        "own": own_database,
        "secretary": make_person("secretary", "周芳", SECRETARY, ESTATE[:12]),
        "street": make_person("street", "刘洋", STREET, ESTATE[:9]),
        "deputy": make_person("deputy", "韩梅", STREET, ESTATE[:9]),
        "housing": make_person("housing", "高强", HOUSING, ESTATE[:6]),
        "district": make_person("district", "胡敏", DISTRICT, ESTATE[:6]),
    }


@pytest.fixture
def plan(crew: dict[str, Any]) -> Plan:
    """Approved forty days ago with five working days; twice followed up by the street since."""
    now = timezone.now()
    begun = now - timedelta(40)
    room = premises.register_room(
        by=None,
        facts=Facts(
            kind="property_business",
            name="一层底商",
            place=ESTATE,
            building="3号楼",
            measured_dm2=12000,
        ),
        state="let",
        occupant="康宁药房",
        since_on=date(2025, 1, 1),
        now=begun,
    )
    made = services.draft_plan(by=crew["secretary"], room=room, cause=CAUSE, now=begun)
    task = rules.Task(code="vacate", role="street", unit="登州街道", contact="刘洋", work_days=5)
    services.add_measure(by=crew["secretary"], plan=made, task=task, now=begun)
    services.propose(by=crew["secretary"], plan=made, now=begun)
    made = services.approve(by=crew["street"], plan=made, now=begun)
    for days in (30, 20):
        assert len(followups.run(now=now - timedelta(days)).issued) == 1
    return made


def test_a_plan_goes_overdue_and_is_escalated(crew, plan, open_page):
    assert places.calendar().years
    done = crew["own"].run("follow-up")
    assert done.returncode == 0 and "已发出 1 轮督办" in done.stdout
    assert "没有要督办的方案" in crew["own"].run("follow-up").stdout

    district = open_page(user=crew["district"])
    district.goto("/remedy/followups/")
    district.get_by_role("link", name="登州街道").first.wait_for()
    assert "区级督办" in district.locator("main").inner_text()
    assert faults_of(district) == []
    district.get_by_role("link", name="一层底商").first.click()
    district.locator("#followups").wait_for()
    text = district.locator("main").inner_text()
    assert "第 3 轮" in text and "逾期" in text and "办结措施" not in text

    _mended_on_a_phone(open_page(user=crew["secretary"], width=375), plan)
    _looked_at_by_another(open_page(user=crew["street"]), plan)

    street = open_page(user=crew["street"])
    street.goto(f"/remedy/{plan.pk}/")
    assert "须由另一人办理" in street.locator(".barred").first.inner_text()
    housing = open_page(user=crew["housing"])
    housing.goto(f"/remedy/{plan.pk}/")
    housing.get_by_role("link", name="销号").first.click()
    housing.get_by_role("button", name="销号").click()
    housing.get_by_text("已销号").first.wait_for()
    plan.refresh_from_db()
    assert plan.state == "closed" and not plan.rounds.filter(ended_at=None).exists()

    district.goto("/remedy/followups/")
    district.get_by_text("没有督办中的方案").wait_for()


def _mended_on_a_phone(page: Any, plan: Plan) -> None:
    """The secretary answers the follow-up, clears the room with a photo and reports."""
    page.goto(f"/remedy/{plan.pk}/")
    assert faults_of(page) == []
    page.get_by_role("link", name="回复督办").last.click()
    page.locator("[name=text]").fill("药品库存已移走，今天交房")
    page.get_by_role("button", name="回复督办").click()
    page.get_by_text("药品库存已移走").first.wait_for()

    page.get_by_role("link", name="办结措施").click()
    page.locator("[name=text]").fill("承租人已搬离，换锁")
    page.get_by_role("button", name="办结措施").click()
    page.locator("main", has_text="请附佐证").wait_for()
    assert page.locator("[name=text]").input_value() == "承租人已搬离，换锁"
    page.locator("input[type=file]").first.set_input_files(
        [{"name": "现场.jpg", "mimeType": "image/jpeg", "buffer": photo()}]
    )
    page.get_by_role("button", name="办结措施").click()
    page.get_by_role("link", name="报告办理完毕").click()
    page.get_by_role("button", name="报告办理完毕").click()
    page.get_by_text("待复查").first.wait_for()


def _looked_at_by_another(page: Any, plan: Plan) -> None:
    page.goto(f"/remedy/{plan.pk}/")
    page.get_by_role("link", name="复查通过").click()
    page.locator("[name=note]").fill("现场已腾空")
    page.get_by_role("button", name="复查通过").click()
    page.get_by_text("待销号").first.wait_for()
