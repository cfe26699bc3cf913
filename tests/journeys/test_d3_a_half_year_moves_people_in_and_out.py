"""The reserve: a secretary sees what the corps owes this month; a half-year moves people in and out."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from django.utils import timezone
from stdnum.iso7064 import mod_11_2

from linli.kernel.period import Period, Span
from linli.kernel.roles import REVIEW, SECRETARY, VETTERS
from linli.people.models import User
from linli.places import services as place_services
from linli.reserve import growing, services
from linli.reserve.models import Nomination, Talent
from linli.vetting import answering, results
from linli.vetting import services as vetting
from tests.journeys.hands import confirm, faults_of
from tests.people import APPOINTED, ESTATE, lay_places, make_person

pytestmark = pytest.mark.journey
COUNTY, COMMUNITY = ESTATE[:6], ESTATE[:12]
FULL = {
    "politics": 6,
    "standing": 95,
    "results": 12,
    "visits": 120,
    "learning": 40,
    "practice": 20,
}
WEAK = {"politics": 4, "standing": 70, "results": 5, "visits": 40, "learning": 15, "practice": 8}


def id_number(serial: int) -> str:
    body = f"37061319980504{serial:03d}"
    return body + mod_11_2.calc_check_digit(body)


def at(day: date) -> datetime:
    return datetime.combine(day, time(2), UTC)


@pytest.fixture
def crew(own_database: Any) -> dict[str, Any]:
    lay_places()
    this = timezone.localdate().year
    for year in (this - 1, this, this + 1):
        days = [(date(year, 1, 1), True, "元旦")]
        place_services.set_holidays(by=None, year=year, days=days, source="测试", now=APPOINTED)
    made = {role.code: make_person(role.code, role.name, role, COUNTY) for role in VETTERS}
    made["review"] = make_person("review", "宋雪", REVIEW, COUNTY)
    made["secretary"] = make_person("secretary", "周芳", SECRETARY, COMMUNITY)
    return made | {"own": own_database}


@pytest.fixture
def half() -> Span:
    """The half-year that is over."""
    return Period.of(timezone.localdate()).half.previous


@pytest.fixture
def two(crew: dict[str, Any], half: Span) -> list[Talent]:
    """Two in the reserve, one who did well and one who did not; every month written but the last."""
    since = half.first_on - timedelta(60)
    rows = [
        services.Was(
            place=COMMUNITY,
            name=name,
            id_number=id_number(n),
            politics="member",
            schooling="bachelor",
            source="grid",
            since_on=since,
        )
        for n, name in enumerate(("王海燕", "李强"))
    ]
    services.take_over(by=crew["social"], county=COUNTY, rows=rows, now=at(since))
    talents = list(Talent.objects.order_by("number"))
    for talent, figures in zip(talents, (FULL, WEAK), strict=True):
        for code, figure in figures.items():
            growing.add_evidence(
                by=crew["secretary"],
                talent=talent,
                indicator=code,
                on=half.last_on - timedelta(5),
                figure=figure,
                told="半年汇总",
                reference="TZ-1",
                now=at(half.last_on - timedelta(5)),
            )
    for month in half.first.to(Period.of(timezone.localdate()).previous):
        lines = [growing.Line(talent=talent, told="跟网格走访") for talent in talents]
        growing.write_month(
            by=crew["secretary"], period=month.code, lines=lines, now=at(month.last_on)
        )
    return talents


def vetted_nomination(crew: dict[str, Any]) -> Nomination:
    """Somebody nominated whom three departments have nothing against."""
    now = timezone.now()
    made = services.nominate(
        by=crew["secretary"],
        county=COUNTY,
        place=COMMUNITY,
        name="钱芳",
        id_number=id_number(9),
        politics="league",
        schooling="college",
        source="graduate",
        why="返乡毕业生，参与社区志愿服务一年",
        now=now,
    )
    heads: dict[str, User] = {code: crew[code] for code in ("police", "court", "discipline")}
    round_ = vetting.open_round(
        by=crew["review"], county=COUNTY, purpose="reserve", title="储备联审", heads=heads, now=now
    )
    person = vetting.Person(name="钱芳", id_number=id_number(9), place=COMMUNITY)
    vetting.add_subjects(by=crew["review"], round=round_, some=[person], now=now)
    vetting.send(by=crew["review"], round=round_, now=now)
    subject = round_.subjects.get().pk
    clear = {subject: answering.Word(conclusion="clear")}
    for task in round_.tasks.all():
        answering.answer(by=heads[task.role], task=task, words=clear, now=now)
        answering.sign(by=heads[task.role], task=task, now=now)
    results.confirm(by=crew["review"], round=round_, subjects=[subject], now=now)
    return made


def test_a_secretary_sees_what_the_corps_owes_and_writes_the_month(crew, two, open_page):
    page = open_page(user=crew["secretary"], width=375)
    page.goto("/desk/")
    group = page.locator("section", has_text="队伍：本月要做")
    group.wait_for()
    this = Period.of(timezone.localdate())
    assert "后备力量成长档案" in group.inner_text() and "，2人" in group.inner_text()
    assert faults_of(page) == []
    group.get_by_role("link").first.click()
    page.get_by_role("heading", name="成长档案").first.wait_for()
    assert faults_of(page) == []
    first, second = (page.locator(f"[name=t{talent.pk}-told]") for talent in two)
    first.fill("跟班三天，独立接待居民12人次")
    second.fill("电话13805351234的居民来访")
    page.get_by_role("button", name="保存").click()
    page.locator("main", has_text="请删去").first.wait_for()
    assert first.input_value() == "跟班三天，独立接待居民12人次"
    second.fill("参加矛盾调处实训")
    page.get_by_role("button", name="保存").click()
    page.locator("main", has_text="已记齐").wait_for()
    page.goto("/desk/")
    page.get_by_role("heading", name="我的工作台").wait_for()
    assert page.locator("section", has_text="后备力量成长档案").count() == 0
    assert two[0].entries.filter(period=this.code).get().by == crew["secretary"]


def test_a_half_year_moves_people_in_and_out(crew, two, half, open_page):
    coming = vetted_nomination(crew)
    county = open_page(user=crew["social"])
    county.goto("/reserve/evaluations/")
    running = county.locator(".card", has_text=half.next.text)
    running.locator("text=结束以后才能评估").wait_for()
    assert faults_of(county) == []
    county.locator(".card", has_text=half.text).get_by_role("button", name="开始评估").click()
    county.get_by_role("heading", name=f"{half.text}评估").wait_for()

    community = open_page(user=crew["secretary"])
    community.goto("/desk/")
    community.locator("section", has_text="队伍：本月要做").get_by_role(
        "link", name="2人待评分"
    ).first.click()
    _scored(community, two)
    county.reload()
    county.locator("text=社区评分").first.wait_for()
    assert "县级评分还没有评完" in county.locator("main").inner_text()

    county.get_by_role("link", name="评分").first.click()
    cell = county.locator(f"[name$={'_visits'}]").first
    cell.fill("121")
    cell.press("Enter")
    county.locator("main", has_text="凭据只有120，填了121").wait_for()
    county.locator("[name$=_visits]").first.fill("110")
    county.locator("[name$=_visits]").first.press("Enter")
    county.locator("main", has_text="签署后出库 1 人").wait_for()
    text = county.locator("main").inner_text()
    assert "李强" in text and "合格线60.0" in text and "签署后入库 1 人" in text
    assert faults_of(county) == []
    confirm(county, "签署")
    county.locator("main", has_text="不再改动").wait_for()
    text = county.locator("main").inner_text()
    assert "按结果进出" in text and "钱芳" in text
    states = dict(Talent.objects.values_list("name", "state"))
    assert states == {"王海燕": "in", "李强": "out", "钱芳": "in"}

    community.goto(f"/reserve/{two[1].pk}/")
    community.locator(".timeline", has_text="合格线60.0").wait_for()
    assert faults_of(community) == []
    community.goto(f"/reserve/{coming.talent_id}/")
    community.locator(".timeline", has_text="评估调整入库").wait_for()


def _scored(page: Any, two: list[Talent]) -> None:
    """The community's sheet by keyboard: down, right, Enter."""
    page.locator("table[data-grid]").wait_for()
    assert faults_of(page) == []
    first = page.locator("[name$=_politics]").first
    first.focus()
    first.press("End")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("End")
    page.keyboard.press("ArrowRight")
    name = page.evaluate("document.activeElement.name")
    rows = page.locator("table[data-grid] tbody tr")
    assert rows.count() == len(two) and name.endswith("_standing")
    assert name == rows.nth(1).locator("[name$=_standing]").get_attribute("name")
    page.keyboard.press("Enter")
    page.locator("main", has_text="已保存2人的评分").wait_for()
