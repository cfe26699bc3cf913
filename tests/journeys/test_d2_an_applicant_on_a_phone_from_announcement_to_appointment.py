"""An applicant on a phone, from the announcement to the appointment; another who is refused by rule
and reads why. The days between are those of the office's acts."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

from linli.places import services as places
from linli.recruitment import announcing, appointing
from linli.recruitment.models import Announcement, Application
from linli.workforce import queries as workforce
from tests.journeys.hands import choose, faults_of, photo
from tests.people import lay_places, make_person
from tests.recruits import ASKED, COMMUNITY, COUNTY, SOCIAL, Office, id_number

pytestmark = pytest.mark.journey
PHONE = "13805351234"


@pytest.fixture
def held(own_database: Any) -> Announcement:
    """An announcement of one post that takes applications today."""
    lay_places()
    today = timezone.localdate()
    for year in (today.year, today.year + 1):
        days = [(date(year, 1, 1), True, "元旦")]
        places.set_holidays(by=None, year=year, days=days, source="通知", now=timezone.now())
    keeper = make_person("social", "周敏", SOCIAL, COUNTY)
    now = timezone.now() - timedelta(days=3)
    made = announcing.draft(
        by=keeper,
        county=COUNTY,
        title="公开选聘社区工作者公告",
        reference_on=today,
        opens_on=today - timedelta(2),
        closes_on=today + timedelta(2),
        now=now,
    )
    announcing.add_post(
        by=keeper, announcement=made, place=COMMUNITY, wanted=1, conditions=ASKED, now=now
    )
    return announcing.publish(by=keeper, announcement=made, now=now)


def test_an_applicant_goes_all_the_way_and_another_reads_why_not(held, open_page):
    phone = open_page(width=375, height=812, has_touch=True, is_mobile=True)
    query = _apply(phone, "林晓梅", _born(30))
    phone.get_by_text("符合岗位条件").wait_for()

    other = open_page(width=375, height=812, has_touch=True, is_mobile=True)
    _refused(other, _apply(other, "郑志远", _born(36)))

    _admit(open_page(user=held.published_by), held)
    _read(phone, query, "资格初审通过，等待笔试安排")
    _all_the_way(phone, query, held)


def _born(years: int) -> date:
    """The day on which somebody was born who is so many years old today, to the day."""
    today = timezone.localdate()
    return date(today.year - years, today.month, min(today.day, 28))


def _apply(page: Any, name: str, born_on: date) -> str:
    """Find the announcement from the first page and fill in the form; gives the query number."""
    page.goto("/")
    page.get_by_role("link", name="社区工作者选聘").tap()
    page.get_by_role("link", name="公开选聘社区工作者公告").tap()
    page.get_by_role("heading", name="岗位和条件").wait_for()
    assert faults_of(page) == []
    page.get_by_role("link", name="报这个岗位").tap()
    page.get_by_label("身份证号").wait_for()
    assert faults_of(page) == []
    assert page.locator("[name=post]").input_value() == "01"
    page.locator("[name=name]").press_sequentially(name, delay=120)
    page.locator("[name=id_number]").fill(id_number(born_on))
    page.locator("[name=phone]").fill(PHONE)
    choose(page.locator("[name=schooling]"), "大学本科")
    choose(page.locator("[name=politics]"), "群众")
    choose(page.locator("[name=residence]"), "登州街道")
    page.locator("[name=finished_on]").fill("2018-07-01")
    paper = {"name": "证件.jpg", "mimeType": "image/jpeg", "buffer": photo()}
    page.locator("[name=paper_id_card]").set_input_files([paper])
    page.locator("[name=promised]").check()
    page.get_by_role("button", name="提交报名").tap()
    # The diploma was forgotten: nothing that was typed is lost.
    page.get_by_text("填写的内容还在").wait_for()
    assert page.locator("[name=name]").input_value() == name
    assert faults_of(page) == []
    page.locator("[name=paper_id_card]").set_input_files([paper])
    page.locator("[name=paper_diploma]").set_input_files([paper])
    page.wait_for_timeout(3000)
    page.get_by_role("button", name="提交报名").tap()
    page.locator("#query").wait_for()
    assert faults_of(page) == []
    return str(page.locator("#query").inner_text())


def _refused(page: Any, query: str) -> None:
    """Somebody of 36 reads why, on what ground, and asks the office to look again."""
    page.get_by_text("已满36周岁，超过35周岁的上限").wait_for()
    page.locator(".refusal").get_by_text("选聘规则第3条").wait_for()
    page.get_by_role("link", name="重新报名").wait_for()
    _read(page, query, "不符合岗位条件")
    page.get_by_label("请再看一下，因为").fill("有四年社区工作经历，报名时漏填")
    page.get_by_role("button", name="申请复核").tap()
    page.get_by_text("已申请复核").wait_for()
    assert faults_of(page) == []


def _read(page: Any, query: str, words: str) -> None:
    """Ask by the query number and the last four digits of the phone."""
    page.goto("/o/")
    page.get_by_label("查询号").fill(query)
    page.get_by_label("电话后四位").fill(PHONE[-4:])
    page.get_by_role("button", name="查询", exact=True).tap()
    page.locator(".state, .badge", has_text=words).first.wait_for()
    assert faults_of(page) == []


def _admit(page: Any, held: Announcement) -> None:
    """The office looks at both: one is admitted, of the other nothing new came."""
    page.goto(f"/recruitment/{held.pk}/applications/?stage=check&state=open")
    page.locator("tbody tr", has_text="林晓梅").locator("[data-row]").check()
    page.get_by_role("button", name="审核通过").click()
    page.get_by_role("heading", name="1 人").wait_for()
    page.get_by_role("button", name="审核通过").click()
    page.get_by_text("已办理1人").wait_for()
    row = Application.objects.get(name="郑志远")
    page.goto(f"/recruitment/application/{row.pk}/")
    page.get_by_text("有四年社区工作经历，报名时漏填").wait_for()
    assert faults_of(page) == []
    page.get_by_role("button", name="审核不通过").click()
    page.locator("[name=why]").fill("没有提供经历证明")
    page.get_by_role("button", name="审核不通过").click()
    page.get_by_text("已办理1人").wait_for()


def _all_the_way(phone: Any, query: str, held: Announcement) -> None:
    """Tests, medical, vetting, names and appointment, read on the phone as they come."""
    row = Application.objects.get(name="林晓梅")
    office = Office(held.published_by, held, [row])
    office.written(86, admit=False)
    _read(phone, query, "笔试入围，等待资格复审")
    phone.get_by_text("86.00").wait_for()
    office.note("recheck", "passed", row, now=office.tested)
    _read(phone, query, "资格复审通过，等待面试和成绩")
    office.talked(90)
    _read(phone, query, "进入体检")
    phone.get_by_text("88.00").wait_for()
    office.note("medical", "passed", row)
    office.vet()
    _read(phone, query, "考察合格，进入公示")
    shown = appointing.show_names(by=office.keeper, announcement=held, now=office.vetted)
    later = office.vetted + (shown.until_on - office.vetted.date()) + timedelta(days=1)
    appointing.end_names(by=office.keeper, publication=shown, now=later)
    told = appointing.appoint(
        by=office.keeper,
        announcement=held,
        applications=[row.pk],
        since_on=later.date(),
        now=later,
    )
    assert not told.refused
    _read(phone, query, "已聘用")
    worker = Application.objects.get(pk=row.pk).worker
    assert workforce.post_of(worker, later.date()).place == COMMUNITY
