"""A room goes through all twelve steps on the pages; its acceptance fails once."""

from __future__ import annotations

import pytest
from django.utils import timezone

from linli.handover.dossier import Dossier
from linli.handover.models import Handover
from linli.handover.walking import page as paper
from linli.premises import rules as rooms
from tests.journeys.hands import faults_of, photo
from tests.rooms import register

pytestmark = pytest.mark.journey


@pytest.fixture
def on(handing, open_page):
    """on("housing", "/handover/1/"): the page of one of the people, kept open."""
    pages = {}

    def go(who, url):
        if who not in pages:
            pages[who] = open_page(user=handing.people[who], width=1440)
        pages[who].goto(url)
        return pages[who]

    return go


def test_a_room_through_twelve_steps(handing, on):
    handing.walker.on = timezone.localdate()
    room = register(owner=rooms.DEVELOPER, state=rooms.IDLE)
    handover = _begin(on, room)
    url = f"/handover/{handover.pk}/"
    _first_step(handing, on, handover, url)
    steps = [step.code for step in Dossier(handover).procedure.flow.steps]
    assert len(steps) == 12
    for step in steps[1:6]:
        _do(handing, on, handover, url, step)
    _acceptance_fails_once(handing, on, handover, url)
    for step in ("accept", "tax", "precheck"):
        _do(handing, on, handover, url, step)
    _sign_alone(on, url)
    _do(handing, on, handover, url, "transfer", title_no="鲁（2026）蓬莱区不动产权第0000131号")
    room.refresh_from_db()
    assert room.owner == rooms.DEVELOPER
    _complete(handing, on, handover, url)
    room.refresh_from_db()
    assert (room.owner, room.title_state) == (rooms.STATE, rooms.TITLE_STATE)
    page = on("street", f"/rooms/{room.pk}/")
    assert "国有" in page.locator("main").inner_text()


def _begin(on, room) -> Handover:
    page = on("street", f"/rooms/{room.pk}/")
    page.get_by_role("link", name="开办移交").click()
    page.locator("[name=developer]").fill("蓬城置业有限公司")
    assert page.locator("[name=receiver]").input_value() == "登州街道办事处"
    page.get_by_role("button", name="开办移交").click()
    page.get_by_role("heading", name="现在办：底数建档").wait_for()
    assert faults_of(page) == []
    return Handover.objects.get()


def _first_step(handing, on, handover, url) -> None:
    """Papers one by one, the secretary's signature, the stamp: everything by hand."""
    page = on("street", url)
    section = page.locator("#papers-file")
    for kind in ("国有土地出让合同或建设条件意见书", "建设工程规划许可证及总平面图"):
        section.locator("summary", has_text="提交资料").click()
        section.locator("[name=kind]").first.select_option(label=kind)
        files = [{"name": "扫描件.pdf", "mimeType": "application/pdf", "buffer": paper(kind)}]
        section.locator("input[type=file]").first.set_input_files(files)
        section.get_by_role("button", name="提交", exact=True).click()
        page.get_by_text("已保存").first.wait_for()
    assert "还没有会签：社区书记" in page.locator("main").inner_text()
    signing = on("secretary", url)
    signing.get_by_role("button", name="会签").click()
    signing.get_by_text("已保存").first.wait_for()
    _press(on("street", url), "办结“底数建档”")


def _press(page, name: str) -> None:
    page.get_by_role("button", name=name).click()
    page.get_by_text("已保存").first.wait_for()


def _do(handing, on, handover, url, step, **typed) -> None:
    """What the step asks for is brought; whoever it belongs to presses the button."""
    handing.walker.prepare(handover, step)
    dossier = Dossier(handover)
    by = handing.walker._doer(dossier, step)
    page = on(by.username, url)
    for name, value in typed.items():
        page.locator(f"[name={name}]").fill(value)
    _press(page, f"办结“{dossier.name(step)}”")
    assert step in Dossier(Handover.objects.get()).fold.done


def _acceptance_fails_once(handing, on, handover, url) -> None:
    """The fire protection fails; it is mended by one and re-checked by another, then it passes."""
    page = on("housing", url)
    page.locator("[name=outcome_fire]").select_option(label="不合格")
    page.locator("[name=note_fire]").fill("消火栓缺水带")
    page.get_by_role("button", name="签认所填各项").click()
    page.get_by_role("heading", name="整改（1 项未销号）").wait_for()
    assert "还有1项整改没有销号" in page.locator("main").inner_text()
    assert page.get_by_role("button", name="办结“联合现场验收”").is_disabled()
    assert faults_of(page) == []

    street = on("street", url)
    defect = street.locator("#defects")
    defect.locator("summary", has_text="记录整改").click()
    defect.locator("[name=text]").first.fill("已配齐水带、水枪")
    files = [{"name": "整改后.jpg", "mimeType": "image/jpeg", "buffer": photo()}]
    defect.locator("input[type=file]").set_input_files(files)
    defect.get_by_role("button", name="整改完毕，请复验").click()
    street.get_by_text("已保存").first.wait_for()
    assert "整改由您记录，复验须由另一人进行" in street.locator("#defects").inner_text()

    page = on("housing", url)
    page.get_by_role("button", name="复验合格，销号").click()
    page.get_by_text("已保存").first.wait_for()
    page.locator("[name=outcome_fire]").select_option(label="合格")
    page.get_by_role("button", name="签认所填各项").click()
    page.get_by_text("已保存").first.wait_for()


def _sign_alone(on, url) -> None:
    """One room may have a signing of its own."""
    page = on("street", url)
    page.get_by_role("link", name="筹备签约").click()
    page.get_by_role("button", name="筹备").click()
    page.get_by_role("heading", name="签订协议").wait_for()
    for name, value in (("agreement_no", "移协1号"), ("giver", "孙志刚"), ("taker", "王海燕")):
        page.locator(f"[name={name}]").fill(value)
    page.get_by_role("button", name="登记 1 处签约").click()
    page.get_by_text("协议已签订").first.wait_for()


def _complete(handing, on, handover, url) -> None:
    handing.walker.prepare(handover, "enter")
    page = on("finance", url)
    page.locator("[name=card_no]").fill("GD000001")
    page.locator("[name=value_fen]").fill("640000")
    page.get_by_role("button", name="入账启用，办结移交").click()
    page.get_by_text("已保存").first.wait_for()
    assert "已移交" in page.locator("main").inner_text()
    assert faults_of(page) == []
