"""Three rooms are signed in one ceremony: not while one of them has a defect, then all at once."""

from __future__ import annotations

import pytest

from linli.handover import accepting
from linli.handover.dossier import Dossier
from linli.handover.models import Batch
from linli.premises import rules as rooms
from tests.journeys.hands import SIDEWAYS, faults_of
from tests.rooms import register

pytestmark = pytest.mark.journey


@pytest.fixture
def three(handing):
    """Three rooms of one developer that have come to the signing."""
    walker = handing.walker
    found = []
    for name in ("长者食堂", "党群服务站", "文体活动室"):
        room = register(name=name, owner=rooms.DEVELOPER, state=rooms.IDLE)
        one = walker.open(room, developer="蓬城置业有限公司", receiver="登州街道办事处")
        walker.upto(one, "agree", days=(0,))
        found.append(one)
    return found


@pytest.mark.parametrize("width", [1440, 375])
def test_a_batch_of_three_is_signed(handing, three, open_page, width):
    defect = accepting.raise_defect(
        by=handing.people["street"], handover=three[2], text="漏水", now=handing.walker.at(16)
    )
    page = open_page(user=handing.people["street"], width=width)
    page.goto("/handover/batches/")
    page.get_by_role("link", name="筹备集中签约").first.click()
    page.locator("[name=name]").fill("产权集中移交签约")
    page.locator("[name=developer]").fill("蓬城置业有限公司")
    page.locator("[name=receiver]").fill("登州街道办事处")
    page.get_by_role("button", name="筹备").click()
    for one in three:
        page.get_by_label(f"{one.number} {one.room.name}").check()
    page.get_by_role("button", name="列入").click()
    page.get_by_role("heading", name="用房 3 处").wait_for()
    assert "整改没有销号" in page.locator("main").inner_text()

    _sign(page)
    refusal = page.locator(".refusal").first
    refusal.wait_for()
    assert f"{three[2].number} 文体活动室" in refusal.inner_text()
    assert all(Dossier(one).open_steps == ("agree",) for one in three), "none of them is signed"
    assert page.locator("[name=giver]").input_value() == "孙志刚", "nothing typed is lost"
    assert faults_of(page) == []
    assert page.evaluate(SIDEWAYS) == 0

    handing.walker.mend(three[2])
    defect.refresh_from_db()
    handing.walker.recheck(three[2])
    _sign(page)
    page.get_by_text("协议已签订").first.wait_for()
    batch = Batch.objects.get()
    assert batch.signed_by == handing.people["street"]
    assert all(Dossier(one).open_steps == ("transfer",) for one in three)
    with page.expect_download() as told:
        page.get_by_role("link", name="移交协议（PDF）").click()
    assert told.value.suggested_filename.endswith(".pdf")


def _sign(page) -> None:
    for name, value in (("agreement_no", "移协1号"), ("giver", "孙志刚"), ("taker", "王海燕")):
        page.locator(f"[name={name}]").fill(value)
    page.get_by_role("button", name="登记 3 处签约").click()
