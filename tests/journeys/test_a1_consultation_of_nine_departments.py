"""Housing convenes; nine departments sign in batches; one item is tied, one department absent."""

from __future__ import annotations

import re
import subprocess
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from linli.kernel.roles import DEPARTMENTS
from linli.leads import agendas, consulting
from linli.leads import services as leads
from linli.leads.consulting import Proposal
from linli.leads.models import Consultation, Lead, Signature
from linli.people.models import User
from linli.places import services as places
from linli.premises import services as premises
from linli.premises.models import Room
from linli.premises.rules import Facts
from tests.databases import OwnDatabase
from tests.journeys.hands import faults_of
from tests.people import ESTATE, lay_places, make_person

pytestmark = pytest.mark.journey
COUNTY = ESTATE[:6]
KINDS = ("let_unlawfully", "idle", "occupied")
WHY = "租赁合同签订在前，应先查清是否经业主共同决定"
CAST = "物业公司已书面承认擅自收取租金"


@dataclass(frozen=True)
class Campaign:
    """A room with three leads, one person of each department, and a consultation past its day."""

    people: dict[str, User]
    room: Room
    leads: list[Lead]
    earlier: Consultation


@pytest.fixture
def campaign(own_database: OwnDatabase) -> Campaign:
    lay_places()
    now = timezone.now()
    for year in (now.year - 1, now.year, now.year + 1):
        days = [(date(year, 1, 1), True, "元旦"), (date(year, 10, 1), True, "国庆节")]
        places.set_holidays(by=None, year=year, days=days, source="测试", now=now)
    names = "高强 林静 孙萍 何勇 许敏 邓超 曹刚 彭磊 吕梅".split()
    people = {
        role.code: make_person(role.code, name, role, COUNTY)
        for role, name in zip(DEPARTMENTS, names, strict=True)
    }
    facts = Facts(kind="unclear", name="一层底商", place=ESTATE, building="3号楼")
    room = premises.register_room(
        by=None, facts=facts, state="let", occupant="便利店", since_on=date(2026, 1, 1), now=now
    )
    found = [_raise(room, kind, now) for kind in KINDS]
    return Campaign(people, room, found, _earlier(people, room, now - timedelta(14)))


def _raise(room: Room, kind: str, now: Any) -> Lead:
    return leads.raise_lead(
        by=None,
        county=COUNTY,
        room=room,
        place=ESTATE,
        kind=kind,
        text="图纸为社区用房，现场挂牌经营",
        source="check",
        now=now,
    )


def _earlier(people: dict[str, User], room: Room, now: Any) -> Consultation:
    """Convened a fortnight ago; the organisation department never signed."""
    held = consulting.convene(
        by=people["housing"],
        county=COUNTY,
        convener="housing",
        title="上一次会商",
        proposals=[Proposal(lead=_raise(room, "area_short", now), conclusion="violation")],
        departments=list(people),
        now=now,
    )
    (item,) = agendas.items(held)
    for code in list(people)[:-1]:
        opinions = {item.pk: ("agree", "")}
        consulting.sign(by=people[code], consultation=held, role=code, opinions=opinions, now=now)
    return held


def test_nine_departments_confer(campaign: Campaign, open_page: Any, tmp_path: Path) -> None:
    housing = open_page(user=campaign.people["housing"])
    _convene(housing)
    held = Consultation.objects.get(number="H000002")
    for turn, role in enumerate(DEPARTMENTS):
        narrow = turn % 3 == 2
        page = open_page(user=campaign.people[role.code], width=375 if narrow else 1440)
        _sign(page, turn)
    assert Signature.objects.filter(consultation=held).count() == 9
    _conclude(housing, held)
    told = _minutes(housing, tmp_path)
    assert "召集单位决定通过" in told and WHY in told and CAST in told
    campaign.leads[0].refresh_from_db()
    assert campaign.leads[0].conclusion == "violation"


def test_who_is_absent_has_not_agreed(campaign: Campaign, open_page: Any, tmp_path: Path) -> None:
    late = open_page(user=campaign.people["organisation"])
    late.goto(f"/leads/consultations/{campaign.earlier.pk}/")
    expect(late.get_by_role("button", name="签署勾选的议题")).to_have_count(0)
    page = open_page(user=campaign.people["housing"])
    page.goto("/desk/")
    page.get_by_role("link", name=re.compile("H000001可以作出结论")).first.click()
    assert faults_of(page) == []
    page.get_by_role("button", name="结束会商").click()
    page.get_by_text("会商已结束：通过1项").wait_for()
    assert "组织部门：第1项未签署，作缺席，不作同意" in _minutes(page, tmp_path)


def _convene(page: Any) -> None:
    """Tick three leads in the register, propose what each is, call all nine."""
    page.goto("/leads/")
    assert faults_of(page) == []
    for number in ("X000001", "X000002", "X000003"):
        page.get_by_role("row", name=re.compile(number)).get_by_role("checkbox").check()
    page.get_by_role("button", name="召集会商").click()
    page.get_by_label("会商名称").wait_for()
    assert faults_of(page) == []
    for role in DEPARTMENTS:
        page.get_by_role("checkbox", name=role.name).check()
    page.get_by_role("button", name="召集", exact=True).click()
    page.get_by_text("已召集会商H000002，9个部门").wait_for()
    assert faults_of(page) == []


def _sign(page: Any, turn: int) -> None:
    """From the desk to the page; all items in one act. Of the first item four say yes, four no,
    one abstains; a disagreement without reasons is refused and nothing typed is lost."""
    page.goto("/desk/")
    page.get_by_role("link", name=re.compile("H000002：3项等您签署意见")).first.click()
    page.get_by_role("link", name="全选").click()
    stance = page.get_by_label("第 1 项的意见")
    button = page.get_by_role("button", name="签署勾选的议题")
    if 4 <= turn < 8:
        stance.select_option("disagree")
        button.click()
        page.get_by_text("第1项不同意，请写明理由").first.wait_for()
        page.get_by_label("第 1 项的说明").fill(WHY)
    elif turn == 8:
        stance.select_option("abstain")
    assert faults_of(page) == []
    button.click()
    page.get_by_text("已签署3项").wait_for()
    expect(button).to_have_count(0)
    assert faults_of(page) == []


def _conclude(page: Any, held: Consultation) -> None:
    """The tie wants the convener's reasons; the two other items are carried."""
    page.goto("/desk/")
    page.get_by_role("link", name=re.compile("H000002可以作出结论")).first.click()
    page.get_by_role("button", name="结束会商").click()
    page.get_by_text("第1项票数相等，请决定或退回再议").first.wait_for()
    page.get_by_label("召集单位的决定").select_option("carried")
    page.get_by_label("理由", exact=True).fill(CAST)
    page.get_by_role("button", name="结束会商").click()
    page.get_by_text("会商已结束").first.wait_for()
    assert faults_of(page) == []
    held.refresh_from_db()
    assert held.closed_at


def _minutes(page: Any, folder: Path) -> str:
    """The minutes as text, without the breaks of its lines."""
    with page.expect_download() as waiting:
        page.get_by_role("link", name="会商纪要").click()
    path = folder / "minutes.pdf"
    waiting.value.save_as(path)
    told = subprocess.run(["pdftotext", path, "-"], capture_output=True, text=True, check=True)
    return "".join(told.stdout.split())
