"""The office begins a vetting; nine departments answer unseen by each other: one finds somebody
unsuitable, one is late. The audit administrator sees every look at what is sealed."""

from __future__ import annotations

import re
import subprocess
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.utils import timezone
from playwright.sync_api import expect

from linli.kernel.roles import AUDIT_ADMIN, DISTRICT, REVIEW, SOCIAL, VETTERS
from linli.people.models import User
from linli.places import services as places
from linli.trail.models import Look
from linli.vetting.models import Answer, Result, Round, Task
from linli.workforce import demo as corps
from linli.workforce import services as files
from tests.databases import OwnDatabase
from tests.journeys.hands import confirm, faults_of
from tests.people import ESTATE, lay_places, make_person

pytestmark = pytest.mark.journey
COUNTY, COMMUNITY = ESTATE[:6], ESTATE[:12]
SECRET = "Penglai-2026-vetting"
FILE_NUMBER = "蓬公（治）行罚决字〔2025〕8号"
CANDIDATE = "慕容海宁"


@dataclass(frozen=True)
class Office:
    """Everybody a vetting needs, and two people with files who serve."""

    people: dict[str, User]


@pytest.fixture
def office(own_database: OwnDatabase) -> Office:
    lay_places()
    now = timezone.now()
    for year in (now.year - 1, now.year, now.year + 1):
        days = [(date(year, 1, 1), True, "元旦"), (date(year, 10, 1), True, "国庆节")]
        places.set_holidays(by=None, year=year, days=days, source="测试", now=now)
    names = "罗晓东 吴文博 赵秋菊 郑春梅 朱振华 刘爱华 郑卫东 王德胜 董子轩".split()
    people = {
        role.code: make_person(role.code, name, role, COUNTY)
        for role, name in zip(VETTERS, names, strict=True)
    }
    for role, name in ((REVIEW, "胡永强"), (DISTRICT, "宋波"), (AUDIT_ADMIN, "何静")):
        people[role.code] = make_person(role.code, name, role, COUNTY)
    secret = Argon2PasswordHasher().encode(SECRET, "salt-of-a-test")  # as the server hashes it
    for user in people.values():
        user.password = secret
        user.save(update_fields=["password"])
    for serial, name in enumerate(("王海燕", "李建波")):
        _serving(people[SOCIAL.code], serial, name, now)
    return Office(people)


def _serving(by: User, serial: int, name: str, now: Any) -> None:
    number = corps.id_number(date(1985 + serial, 3, 9), serial, male=False)
    worker = files.open_file(
        by=by,
        county=COUNTY,
        place=COMMUNITY,
        name=name,
        id_number=number,
        politics="member",
        now=now,
    )
    files.appoint(
        by=by,
        worker=worker,
        place=COMMUNITY,
        title="worker",
        way="inherited",
        since_on=date(2024, 3, 1),
        now=now,
    )


def test_nine_departments_one_late_one_unsuitable(
    office: Office, open_page: Any, tmp_path: Path
) -> None:
    review = open_page(user=office.people["review"])
    _begin(review)
    held = Round.objects.get()
    for turn, role in enumerate(VETTERS):
        if role.code != "court":
            narrow = turn % 3 == 2
            page = open_page(user=office.people[role.code], width=375 if narrow else 1440)
            _answer(page, unsuitable=role.code == "police")
    _late(office, open_page, review, held)
    _decide(review, held)
    told = _decision(review, tmp_path)
    assert "王海燕" in told and "不宜" in told and "不通过" in told and "行政拘留" not in told
    assert FILE_NUMBER not in told and "法院出庭" in told
    _leave(open_page(user=User.objects.get(username="social")))
    _audited(open_page(user=office.people["audit_admin"]))


def _begin(page: Any) -> None:
    """Nine departments by default, two people from their files, one by name and number; sent."""
    page.goto("/vetting/")
    page.get_by_role("link", name="发起联审").first.click()
    page.get_by_label("联审事由").select_option("recruits")
    page.get_by_label("联审名称").fill("选聘和在职联审")
    assert faults_of(page) == []
    page.get_by_role("button", name="建立并列名单").click()
    page.get_by_text("已建立L000001").wait_for()
    assert faults_of(page) == []
    for name in ("王海燕", "李建波"):
        page.get_by_role("row", name=re.compile(name)).get_by_role("checkbox").check()
    page.get_by_role("button", name="列入名单").click()
    page.get_by_text("已列入2人").wait_for()
    page.get_by_role("link", name="按姓名和证件号列入").click()
    wrong = "370684199209167021"
    page.get_by_label("名单").fill(f"{CANDIDATE} {wrong} 海滨社区")
    page.get_by_role("button", name="列入名单").click()
    page.get_by_text("第1行").first.wait_for()
    assert faults_of(page) == []
    right = corps.id_number(date(1992, 9, 16), 351, male=True)
    page.get_by_label("名单").fill(f"{CANDIDATE} {right} 海滨社区")
    page.get_by_role("button", name="列入名单").click()
    page.get_by_text("已列入1人").wait_for()
    assert faults_of(page) == []
    confirm(page, "送各部门")
    page.get_by_text("已送9个部门，共3人").wait_for()
    assert faults_of(page) == []


def _answer(page: Any, *, unsuitable: bool = False) -> None:
    """From the desk to the list: who is clear is ticked; the police write of one person; signed."""
    page.goto("/desk/")
    page.get_by_role("link", name=re.compile("L000001：3人等本部门答复")).first.click()
    page.get_by_role("heading", name=re.compile("L000001")).wait_for()
    assert faults_of(page) == []
    if unsuitable:
        _look_up(page)
        _write(page)
    for name in ("李建波", CANDIDATE, *(() if unsuitable else ("王海燕",))):
        page.get_by_role("row", name=re.compile(name)).get_by_role("checkbox").check()
    page.get_by_role("button", name="没有问题", exact=True).click()
    page.get_by_text("人没有问题，负责人签署后才算数").wait_for()
    page.get_by_role("button", name="核对并签署").click()
    page.get_by_label("登录密码").wait_for()
    if unsuitable:
        page.get_by_text(FILE_NUMBER).wait_for()
        page.get_by_label("登录密码").fill("not-the-password")
        page.get_by_role("button", name="签署 3 人的答复").click()
        page.get_by_text("密码不对，没有签署").first.wait_for()
    assert faults_of(page) == []
    page.get_by_label("登录密码").fill(SECRET)
    page.get_by_role("button", name="签署 3 人的答复").click()
    page.get_by_text("已签署3人的答复").wait_for()
    assert faults_of(page) == []


def _look_up(page: Any) -> None:
    """The numbers of the list, for a purpose."""
    page.get_by_label("用途").fill("警务系统比对")
    page.get_by_role("button", name="显示", exact=True).click()
    page.get_by_text("这次查看逐人留痕").wait_for()


def _write(page: Any) -> None:
    """Unsuitable: without ground, day and number it is refused and what was chosen stays."""
    page.get_by_role("link", name="王海燕").click()
    page.get_by_label("不宜").check()
    page.get_by_role("button", name="答复", exact=True).click()
    page.get_by_text("请从清单里选择依据的情形").first.wait_for()
    expect(page.get_by_label("不宜")).to_be_checked()
    assert faults_of(page) == []
    page.get_by_label("情形").select_option("detention")
    page.get_by_label("事实发生的日期").fill("2025-06-01")
    page.get_by_label("文号").fill(FILE_NUMBER)
    page.get_by_role("button", name="答复", exact=True).click()
    page.get_by_text("已答复，负责人签署后才算数").wait_for()


def _late(office: Office, open_page: Any, review: Any, held: Round) -> None:
    """The court lets the day go by: nothing is taken, the district is told, the office reopens."""
    yesterday = timezone.localdate() - timedelta(days=1)
    Task.objects.filter(role="court").update(due_on=yesterday)
    court = open_page(user=office.people["court"])
    court.goto("/vetting/lists/")
    court.get_by_role("link", name=re.compile("L000001")).click()
    court.get_by_text(re.compile("已过，答复不予接收；需由联审办公室")).first.wait_for()
    expect(court.get_by_role("button", name="没有问题", exact=True)).to_have_count(0)
    assert faults_of(court) == []
    others = Task.objects.get(role="police")
    court.goto(f"/vetting/lists/{others.pk}/")
    court.get_by_text("这是其他部门的名单，只有该部门可以办理").wait_for()
    district = open_page(user=office.people["district"])
    district.goto("/desk/")
    district.get_by_role("link", name=re.compile("人民法院逾期，还有3人没有签署")).first.click()
    district.get_by_role("heading", name="联审逾期").wait_for()
    assert faults_of(district) == []
    review.goto("/desk/")
    review.get_by_role("link", name=re.compile("人民法院逾期")).first.click()
    review.get_by_role("link", name=re.compile("重开名单")).click()
    review.get_by_label("重开原因").fill("法院出庭，承办人不在岗")
    assert faults_of(review) == []
    review.get_by_role("button", name="重开名单").click()
    review.get_by_text("名单已重开").wait_for()
    assert faults_of(review) == []
    _answer(court)
    assert not Result.objects.exists()


def _decide(page: Any, held: Round) -> None:
    """A sealed reason is opened for a purpose; what follows is looked at and confirmed."""
    page.goto("/desk/")
    page.get_by_role("link", name=re.compile("各部门已签署，3人等确认结果")).first.click()
    page.get_by_role("link", name="王海燕").click()
    page.get_by_role("heading", name="王海燕").wait_for()
    expect(page.get_by_text(FILE_NUMBER)).to_have_count(0)
    page.locator("details.confirm > summary", has_text="查看原因").click()
    page.locator("dialog:visible [name=purpose]").fill("确认结果前复核")
    page.locator("dialog:visible button[type=submit]").click()
    page.get_by_text(FILE_NUMBER).wait_for()
    assert faults_of(page) == []
    page.goto(f"/vetting/{held.pk}/")
    page.get_by_label("全选本页").check()
    page.get_by_role("button", name="确认结果").click()
    page.get_by_text("限制任职至 2030-05-31").wait_for()
    assert faults_of(page) == []
    page.get_by_role("button", name="确认结果").click()
    page.get_by_text("结果已确认：").wait_for()
    assert faults_of(page) == []
    told = dict(Result.objects.values_list("subject__name", "outcome"))
    assert told == {"王海燕": "failed", "李建波": "passed", CANDIDATE: "passed"}


def _decision(page: Any, folder: Path) -> str:
    """The decision sheet as text, without the breaks of its lines."""
    with page.expect_download() as waiting:
        page.get_by_role("button", name="联审决定表").click()
    path = folder / "decision.pdf"
    waiting.value.save_as(path)
    told = subprocess.run(["pdftotext", path, "-"], capture_output=True, text=True, check=True)
    return "".join(told.stdout.split())


def _leave(page: Any) -> None:
    """Whoever keeps the files sees to what follows, and reads no reason."""
    page.goto("/desk/")
    page.get_by_role("link", name=re.compile("王海燕")).first.click()
    page.get_by_role("button", name="办理离任").wait_for()
    expect(page.get_by_text("行政拘留")).to_have_count(0)
    assert faults_of(page) == []
    page.get_by_role("button", name="办理离任").click()
    page.get_by_text("已办理离任").wait_for()


def _audited(page: Any) -> None:
    """Three numbers and the reason that the police looked at, and the reason that the office did."""
    page.goto("/trail/looks/")
    page.get_by_role("row", name=re.compile("确认结果前复核")).first.wait_for()
    told = {
        (look.field, look.purpose, look.by.username) for look in Look.objects.select_related("by")
    }
    assert told == {
        ("id_number", "警务系统比对", "police"),
        ("vetting_reason", "签署前核对", "police"),
        ("vetting_reason", "确认结果前复核", "review"),
    }
    shown = page.locator("tbody tr")
    expect(shown).to_have_count(Look.objects.count())
    for words in ("警务系统比对", "签署前核对", "确认结果前复核"):
        expect(page.get_by_text(words).first).to_be_visible()
    assert Answer.objects.filter(conclusion="unfit").count() == 1
