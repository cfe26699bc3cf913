"""Three people look at one room, each alone; the third, on a phone, makes the leads."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from linli.kernel.roles import HOUSING, SURVEYOR
from linli.leads.models import Lead
from linli.places import services as places
from linli.survey import services
from linli.survey.models import Check, Photo, Target
from linli.survey.questions import CONTRACT, DRAWING, LOOKS, SITE
from linli.survey.tests.conftest import GOOD, member, plan
from tests.journeys.hands import SIDEWAYS, faults_of, photo
from tests.people import APPOINTED, PLACES, make_person
from tests.rooms import register

pytestmark = pytest.mark.journey
SECRET = "海滨秘密商行"
GEOLOCATION = {"latitude": 37.8083, "longitude": 120.7533, "accuracy": 9}


@pytest.fixture
def people_of(own_database):
    """Look → who has it; a survey of one room that runs since yesterday."""
    for code, level, name in PLACES:
        where = {"code": code} if level != "estate" else {"parent": code[:12], "level": level}
        places.add_place(by=None, name=name, now=APPOINTED, **where)
    housing = make_person("housing", "高强", HOUSING, "370614")
    register()
    today = timezone.localdate()
    campaign = plan(from_on=today - timedelta(1), until_on=today + timedelta(9))
    names = {DRAWING: "丁志远", CONTRACT: "曲文静", SITE: "孙海燕"}
    users = {}
    for number, look in enumerate(LOOKS, 1):
        team = services.form_team(
            by=housing,
            campaign=campaign,
            number=number,
            name=f"第{number}组",
            lead="housing",
            now=APPOINTED,
        )
        users[look] = make_person(f"surveyor-{look}", names[look], SURVEYOR, "370614")
        member(team, users[look])
        services.assign(by=housing, team=team, looks=[look], at=["370614001"], now=APPOINTED)
    services.start(by=housing, campaign=campaign, now=timezone.now())
    return users


def test_a_surveyor_looks_at_a_room_on_a_phone(people_of, open_page):
    _paper(open_page(user=people_of[DRAWING]), DRAWING, exists="yes")
    contract = open_page(user=people_of[CONTRACT])
    _paper(contract, CONTRACT, exists="yes", occupant=SECRET)
    assert not Lead.objects.exists()

    phone = open_page(user=people_of[SITE], width=375, height=812, has_touch=True, is_mobile=True)
    _open_the_room(phone)
    assert SECRET not in phone.content()
    _look(phone)
    _read_what_came_of_it(phone)

    kept = Photo.objects.get()
    assert (kept.lat_e6, kept.lon_e6, kept.taken_from) == (37_808_300, 120_753_300, "browser")
    assert sorted(Lead.objects.values_list("kind", flat=True)) == ["area_short", "idle"]
    assert Target.objects.get().pile == "differing"
    assert Check.objects.count() == 3


def _paper(page, look: str, **more: str) -> None:
    """A look at paper, at a desk."""
    page.goto("/survey/mine/")
    page.get_by_role("link", name="碧海家园").click()
    page.get_by_role("link", name="日间照料中心").click()
    _answer(page, GOOD[look] | more)
    page.get_by_role("button", name="保存").click()
    page.get_by_text("已保存：日间照料中心").wait_for()


def _answer(page, told: dict) -> None:
    for name, value in told.items():
        if value is None:
            continue
        field = page.locator(f"[name={name}]")
        if name == "area":
            field.fill(f"{value / 100:.2f}")
        elif name == "kind":
            field.select_option(value)
        elif field.first.get_attribute("type") == "radio":
            word = (
                {True: "yes", False: "no"}.get(value, value) if isinstance(value, bool) else value
            )
            page.locator(f"[name={name}][value={word}]").check()
        else:
            field.fill(str(value))


def _open_the_room(page) -> None:
    page.goto("/survey/mine/")
    assert faults_of(page) == []
    assert page.get_by_text("已查 0 / 1").count() == 1
    page.get_by_role("link", name="碧海家园").tap()
    page.get_by_role("heading", name="碧海家园").wait_for()
    assert faults_of(page) == []
    page.get_by_role("link", name="日间照料中心").tap()
    page.get_by_role("button", name="保存").wait_for()
    assert faults_of(page) == []
    assert page.evaluate(SIDEWAYS) == 0


def _look(page) -> None:
    """Wrong first, then right: the site is smaller than drawn and stands idle."""
    page.context.grant_permissions(["geolocation"])
    page.context.set_geolocation(GEOLOCATION)
    idle = GOOD[SITE] | {"state": "idle", "occupant": None, "area": 15000}
    _answer(page, idle)
    page.locator("[name=area]").fill("0")
    page.get_by_role("button", name="保存").tap()
    page.locator(".field-error", has_text="面积").first.wait_for()
    assert faults_of(page) == []
    _answer(page, idle)
    page.get_by_role("button", name="同意记录我现在的位置").tap()
    page.get_by_text("已记下位置").wait_for()
    sent = {"name": "现场.jpg", "mimeType": "image/jpeg", "buffer": photo()}
    page.locator("[name=photos]").set_input_files([sent])
    page.get_by_role("button", name="保存").tap()


def _read_what_came_of_it(page) -> None:
    page.get_by_role("heading", name="生成的线索").wait_for()
    assert page.get_by_text("面积不足").count() >= 1
    assert page.get_by_text("闲置", exact=True).count() >= 1
    assert SECRET in page.content()
    assert faults_of(page) == []
