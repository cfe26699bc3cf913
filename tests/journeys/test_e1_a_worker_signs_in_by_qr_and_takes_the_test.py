"""The street shows the code on the wall; a worker scans it with a phone, signs in, takes the test."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from linli.kernel.roles import STREET, WORKER
from linli.training import services
from linli.training.models import Paper, SignIn
from linli.training.testing import Asked, write_questions
from linli.training.tests.conftest import COMMUNITY, COUNTY, served
from tests.journeys.hands import confirm, faults_of
from tests.people import APPOINTED, lay_places, make_person

pytestmark = pytest.mark.journey
RIGHT, WRONG = "到现场看清事实并做记录", "先判定谁的责任"


@pytest.fixture
def training(own_database):
    """A session that began five minutes ago, a bank of questions, a street and a worker."""
    lay_places()
    now = timezone.now()
    street = make_person("street", "孙洁", STREET, COMMUNITY[:9])
    worker = make_person("worker", "王海燕", WORKER, COMMUNITY)
    served(worker)
    venue = services.add_venue(
        by=None, place=COMMUNITY[:9], name="登州街道网格学校", kind="grid_school", now=APPOINTED
    )
    write_questions(
        by=None,
        county=COUNTY,
        some=[
            Asked(topic="mediation", text=f"漏水纠纷第{n}问？", options=[WRONG, RIGHT], right=1)
            for n in range(1, 7)
        ],
        now=APPOINTED,
    )
    session = services.plan(
        by=street,
        place=COMMUNITY[:9],
        kind="micro",
        title="邻里漏水纠纷调处",
        topic="mediation",
        venue=venue,
        trainer="区司法局 曲科长",
        starts_at=now - timedelta(minutes=5),
        minutes=60,
        now=now - timedelta(days=2),
    )
    return street, worker, session


def test_a_worker_signs_in_by_qr_and_takes_the_test(training, open_page):
    street, worker, session = training
    wall = open_page(user=street)
    wall.goto(f"/training/{session.pk}/code/")
    wall.locator(".sign-qr svg").wait_for()
    assert faults_of(wall) == []
    scanned = wall.locator(".sign-qr").get_attribute("data-opens")

    phone = open_page(user=worker, width=375, height=812, has_touch=True, is_mobile=True)
    phone.goto(f"/training/{session.pk}/in/?k=0000000000")
    phone.get_by_text("这个签到码已经过期").wait_for()
    phone.goto(scanned)
    phone.get_by_role("button", name="签到").tap()
    phone.get_by_text("您已在").wait_for()
    assert faults_of(phone) == []
    assert SignIn.objects.get().way == "qr"

    phone.get_by_role("button", name="开始测验").tap()
    phone.get_by_role("button", name="交卷").wait_for()
    assert faults_of(phone) == []
    assert "应选" not in phone.content()
    _answer(phone, range(1, 5))
    phone.get_by_role("button", name="交卷").tap()
    phone.locator(".field-error").first.wait_for()
    assert Paper.objects.get().done_at is None
    _answer(phone, [5], WRONG)
    phone.get_by_role("button", name="交卷").tap()
    phone.get_by_text(f"应选：{RIGHT}").wait_for()
    assert faults_of(phone) == []
    paper = Paper.objects.get()
    assert (paper.right, paper.passed) == (4, True)

    wall.goto(f"/training/{session.pk}/")
    wall.get_by_role("link", name="王海燕").wait_for()
    confirm(wall, "截止签到")
    wall.get_by_text("签到已截止，本期计入培训").wait_for()


def _answer(page, numbers, words: str = RIGHT) -> None:
    """Tap one option of each of these questions."""
    for n in numbers:
        page.locator(f"#id_q{n}-field").get_by_label(words).check()
