"""The pages of a survey: who sees what, and that no look is seen before all are in."""

from __future__ import annotations

import io
from datetime import date

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from linli.kernel.roles import DISTRICT, SECRETARY, STREET, SURVEYOR
from linli.survey import demo, freezing, queries
from linli.survey.models import Assignment, Check, Freeze, Member, Photo, Target, Waiver
from linli.survey.questions import CONTRACT, DRAWING, LOOKS, SITE
from linli.survey.tests.conftest import COUNTY, ESTATE, GOOD, plan
from tests.books import NOW
from tests.people import make_person

SECRET = "海滨秘密商行"
"""Said by the first look; nobody may read it before the third is in."""


def posted(look: str, **changes: object) -> dict[str, object]:
    """A look as its form sends it."""
    told = GOOD[look] | changes
    words = {True: "yes", False: "no"}
    found = {
        name: words.get(value, value) if isinstance(value, bool) else value
        for name, value in told.items()
        if value is not None
    }
    if "area" in found:
        found["area"] = f"{int(found['area']) / 100:.2f}"
    return found


@pytest.fixture
def client_of(people, clock):
    return people.client


def pages(survey) -> list[str]:
    """Everything of a survey that could give a look away."""
    pk, target = survey.campaign.pk, survey.target.pk
    return [
        reverse("survey:campaign", args=[pk]),
        reverse("survey:targets", args=[pk]),
        reverse("survey:targets_excel", args=[pk]),
        reverse("survey:progress", args=[pk]),
        reverse("survey:bases", args=[pk]),
        reverse("survey:target", args=[target]),
        *(reverse("survey:look", args=[target, look]) for look in LOOKS),
        reverse("survey:mine"),
        reverse("premises:room", args=[survey.target.room_id]),
        f"/search/?q={survey.target.name}",
        f"/search/?q={SECRET}",
    ]


def told(answer) -> str:
    """All that an answer says; of a workbook the text of every cell."""
    if answer.headers.get("Content-Type", "").startswith("text/html"):
        return answer.content.decode()
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    book = openpyxl.load_workbook(io.BytesIO(content))
    return " ".join(str(cell.value) for sheet in book for row in sheet.rows for cell in row)


def test_a_look_is_read_by_nobody_else_until_all_three_are_in(survey, client_of):
    occupied = {"state": "occupied", "occupant": SECRET, "area": 7654}
    survey.look(SITE, answers=occupied, note=f"{SECRET}占用")
    readers = [survey.users[DRAWING], survey.users[CONTRACT], survey.housing]
    readers.append(make_person("district", "曲艺", DISTRICT, COUNTY))
    for user in readers:
        client = client_of(user)
        for url in pages(survey):
            text = told(client.get(url)).replace(f"q={SECRET}", "")
            body = text.split("<main", 1)[-1] if "/search/" not in url else ""
            assert SECRET not in body, (user.username, url)
            assert "76.54" not in text, (user.username, url)
    own = client_of(survey.users[SITE]).get(reverse("survey:target", args=[survey.target.pk]))
    assert SECRET in own.content.decode()


def test_once_all_three_are_in_everybody_reads_them(survey, client_of):
    survey.all(site={"state": "occupied", "occupant": SECRET})
    for user in (*survey.users.values(), survey.housing):
        page = client_of(user).get(reverse("survey:target", args=[survey.target.pk]))
        assert SECRET in page.content.decode()
        assert "被占用" in page.content.decode()


def test_a_surveyor_looks_at_a_room_on_the_page(survey, client_of):
    client = client_of(survey.users[SITE])
    mine = client.get(reverse("survey:mine")).content.decode()
    assert "查现场" in mine and "碧海家园" in mine
    rooms = reverse("survey:rooms", args=[survey.campaign.pk, SITE, ESTATE])
    assert "日间照料中心" in client.get(rooms).content.decode()
    url = reverse("survey:look", args=[survey.target.pk, SITE])
    answer = client.post(url, posted(SITE))
    assert (answer.status_code, answer.url) == (302, rooms)
    row = Check.objects.get()
    assert (row.told["area"], row.told["entrance"], row.told_by) == (
        19850,
        True,
        survey.users[SITE],
    )
    assert "更正原因" in client.get(url).content.decode()


@pytest.mark.parametrize("area", ["0", "1000000000", "大", "-3"])
def test_a_wrong_area_is_told_at_its_field(survey, client_of, area):
    url = reverse("survey:look", args=[survey.target.pk, SITE])
    answer = client_of(survey.users[SITE]).post(url, posted(SITE) | {"area": area})
    assert answer.status_code == 422
    assert not Check.objects.exists()


def test_an_unanswered_form_says_all_that_is_missing(survey, client_of):
    url = reverse("survey:look", args=[survey.target.pk, SITE])
    answer = client_of(survey.users[SITE]).post(url, {"exists": "yes"})
    assert answer.status_code == 422
    assert answer.content.decode().count("请回答这一项") >= 3


def test_what_is_not_there_asks_nothing_more(survey, client_of):
    url = reverse("survey:look", args=[survey.target.pk, SITE])
    client_of(survey.users[SITE]).post(url, posted(SITE) | {"exists": "no"})
    assert Check.objects.get().told == {"exists": "no"}


def test_who_is_in_no_team_is_told_so(survey, client_of):
    stranger = make_person("idle", "于闲", SURVEYOR, COUNTY)
    client = client_of(stranger)
    url = reverse("survey:look", args=[survey.target.pk, SITE])
    assert "您不在这次排查的组里" in client.get(url).content.decode()
    client.post(url, posted(SITE))
    assert not Check.objects.exists()


def test_a_surveyor_of_another_county_finds_nothing(survey, client_of):
    other = make_person("far", "于远", SURVEYOR, "370614002")
    assert (
        client_of(other).get(reverse("survey:target", args=[survey.target.pk])).status_code == 404
    )


def test_a_street_sees_its_own_rooms_only(survey, people, client_of):
    street = people.street
    page = client_of(street).get(reverse("survey:targets", args=[survey.campaign.pk]))
    assert "日间照料中心" in page.content.decode()
    assert "底商" not in page.content.decode()
    second = make_person("street-2", "刘海", STREET, "370614002")
    page = client_of(second).get(reverse("survey:targets", args=[survey.campaign.pk]))
    assert "日间照料中心" not in page.content.decode()


# --- photographs --------------------------------------------------------------------------------


def picture() -> SimpleUploadedFile:
    data = demo.photo(0, "R000001", NOW)
    return SimpleUploadedFile("现场.jpg", data, content_type="image/jpeg")


def bare() -> SimpleUploadedFile:
    out = io.BytesIO()
    Image.new("RGB", (300, 200), "#ccc").save(out, "JPEG")
    return SimpleUploadedFile("现场.jpg", out.getvalue(), content_type="image/jpeg")


def sent(survey, client_of, photo, **more) -> Photo:
    url = reverse("survey:look", args=[survey.target.pk, SITE])
    client_of(survey.users[SITE]).post(url, posted(SITE) | {"photos": [photo]} | more)
    return Photo.objects.get()


def test_a_photograph_keeps_the_place_and_time_its_camera_noted(survey, client_of):
    kept = sent(survey, client_of, picture())
    assert (kept.taken_from, kept.lat_e6, kept.lon_e6) == ("exif", 37_808_333, 120_753_333)
    assert kept.taken_at < NOW
    assert kept.file.personal


def test_without_notes_the_browser_tells_where_and_without_that_only_the_time_is_kept(
    survey, client_of
):
    told = {"lat_e6": 37_810_000, "lon_e6": 120_750_000, "within_m": 12}
    kept = sent(survey, client_of, bare(), **told)
    assert (kept.taken_from, kept.lat_e6, kept.within_m) == ("browser", 37_810_000, 12)


def test_a_photograph_that_says_nothing_keeps_its_moment(survey, client_of):
    kept = sent(survey, client_of, bare())
    assert (kept.taken_from, kept.lat_e6, kept.taken_at) == ("told", None, NOW)


def test_a_photograph_is_as_blind_as_its_look(survey, client_of, people):
    kept = sent(survey, client_of, picture())
    urls = [reverse(f"survey:{name}", args=[kept.pk]) for name in ("photo", "photo_small")]
    readers = [survey.users[DRAWING], survey.housing, people.street]
    for user in readers:
        for url in urls:
            assert client_of(user).get(url).status_code == 404
        for name in ("download", "thumbnail"):
            url = reverse(f"files:{name}", args=[kept.file_id])
            assert client_of(user).get(url).status_code in (403, 404)
    assert client_of(survey.users[SITE]).get(urls[0]).status_code == 200
    survey.look(DRAWING)
    survey.look(CONTRACT)
    for user in readers:
        assert client_of(user).get(urls[1]).status_code == 200


def test_a_text_is_no_photograph(survey, client_of):
    url = reverse("survey:look", args=[survey.target.pk, SITE])
    paper = SimpleUploadedFile("a.txt", b"hello", content_type="text/plain")
    answer = client_of(survey.users[SITE]).post(url, posted(SITE) | {"photos": [paper]})
    assert answer.status_code == 422
    assert not Check.objects.exists()


# --- planning -----------------------------------------------------------------------------------


def test_housing_plans_forms_gives_and_starts(survey, client_of):
    client = client_of(survey.housing)
    form = {
        "name": "第二次排查",
        "from_on": "2026-12-01",
        "until_on": "2026-12-31",
        "departments": ["housing", "civil"],
    }
    answer = client.post(reverse("survey:new"), form)
    found = queries.campaign(int(answer.url.rstrip("/").rsplit("/", 1)[-1]))
    client.post(
        reverse("survey:form_team", args=[found.pk]), {"number": 1, "name": "一组", "lead": "civil"}
    )
    team = found.teams.get()
    url = reverse("survey:places", args=[found.pk])
    give = {"team": team.pk, "look": list(LOOKS), "place": ["370614001", ESTATE]}
    assert client.post(url, give).status_code == 302
    assert Assignment.objects.filter(campaign=found).count() == 6
    assert "钟楼小区" in client.get(f"{url}?view=map").content.decode()
    client.post(reverse("survey:unassign", args=[found.pk]), {"what": f"{ESTATE} site"})
    assert Assignment.objects.filter(campaign=found).count() == 5
    client.post(reverse("survey:start", args=[found.pk]))
    assert found.targets.count() == 2
    assert "未分工" in client.get(url).content.decode()


def test_the_same_look_is_not_given_twice_but_a_narrower_place_may_be(survey, client_of):
    client = client_of(survey.housing)
    url = reverse("survey:places", args=[survey.campaign.pk])
    team = survey.members[DRAWING].team
    answer = client.post(url, {"team": team.pk, "look": [SITE], "place": ["370614001"]})
    assert answer.status_code == 422
    assert "第3组" in answer.content.decode()
    client.post(url, {"team": team.pk, "look": [SITE], "place": [ESTATE]})
    task = client_of(survey.users[DRAWING]).get(reverse("survey:mine")).content.decode()
    assert "查现场" in task
    assert (
        "查现场"
        not in client_of(survey.users[SITE])
        .get(reverse("survey:mine"))
        .content.decode()
        .split("<main", 1)[-1]
    )


def test_who_was_put_into_a_team_by_mistake_is_taken_out_and_who_looked_stays(survey, client_of):
    client = client_of(survey.housing)
    url = reverse("survey:remove", args=[survey.campaign.pk])
    survey.look(SITE)
    kept, gone = survey.members[SITE], survey.members[DRAWING]
    assert "王五一" in client.post(url, {"row": [kept.pk, gone.pk]}).content.decode()
    assert Member.objects.count() == 3
    assert client.post(url, {"row": [gone.pk, "x"]}).status_code == 302
    assert set(Member.objects.values_list("name", flat=True)) == {"王五一", "李四光"}
    assert client_of(survey.users[DRAWING]).post(url, {"row": [kept.pk]}).status_code == 403


@pytest.mark.parametrize("role", [STREET, SECRETARY, DISTRICT])
def test_only_housing_plans(survey, client_of, role):
    place = {"street": "370614001", "community": "370614001001"}.get(role.level, COUNTY)
    client = client_of(make_person(f"no-{role.code}", "于某", role, place))
    for name in ("start", "close", "form_team", "freeze"):
        url = reverse(f"survey:{name}", args=[survey.campaign.pk])
        assert client.post(url).status_code in (403, 404)


def test_sheets_are_printed_with_a_qr_for_each_room(survey, client_of):
    url = reverse("survey:sheet", args=[survey.campaign.pk])
    answer = client_of(survey.users[SITE]).get(f"{url}?team=3&look=site")
    assert answer["Content-Type"] == "application/pdf"
    assert client_of(survey.users[SITE]).get(f"{url}?team=9&look=site").status_code == 404


def test_what_is_found_besides_is_written_down_on_the_page(survey, client_of):
    url = reverse("survey:found", args=[survey.campaign.pk])
    told = {"estate": ESTATE, "name": "岗亭", "kind": "unclear", "building": "南门"}
    answer = client_of(survey.users[SITE]).post(url, told)
    assert Target.objects.get(room=None).code == "N001"
    assert answer.status_code == 302
    assert client_of(survey.users[SITE]).post(url, told).status_code == 422


# --- the base -----------------------------------------------------------------------------------


def test_the_base_is_frozen_once_all_is_complete_or_excused(survey, client_of):
    survey.all()
    client = client_of(survey.housing)
    url = reverse("survey:freeze", args=[survey.campaign.pk])
    form = {"place": COUNTY, "on": "2026-11-05"}
    refused = client.post(url, form)
    assert refused.status_code == 422
    assert "还有1处" in refused.content.decode()
    other = Target.objects.get(campaign=survey.campaign, complete_at=None)
    client.post(reverse("survey:waive", args=[other.pk]), {"reason": "在建，明年再查"})
    assert Waiver.objects.get().target == other
    client.post(url, form)
    base = Freeze.objects.get()
    assert [row.facts["pile"] for row in base.rows.all()] == ["confirmed", ""]
    page = client.get(reverse("survey:base", args=[base.pk])).content.decode()
    assert base.root in page and "重新计算，一致" in page
    for name in ("base_excel", "base_pdf"):
        assert client.get(reverse(f"survey:{name}", args=[base.pk])).status_code == 200
    survey.target = other
    again = client_of(survey.users[SITE]).post(
        reverse("survey:look", args=[other.pk, SITE]), posted(SITE)
    )
    assert again.status_code == 422


def test_two_bases_are_compared_field_by_field(survey, client_of):
    survey.all()
    other = Target.objects.get(campaign=survey.campaign, complete_at=None)
    freezing.waive(by=None, target=other, reason="在建", now=NOW)
    first, second = (
        freezing.freeze(
            by=survey.housing,
            campaign=survey.campaign,
            place=place,
            on=date(2026, 11, 5),
            now=NOW,
        )
        for place in ("370614001", COUNTY)
    )
    client = client_of(survey.housing)
    url = reverse("survey:compare", args=[survey.campaign.pk])
    page = client.get(f"{url}?before={first.pk}&after={second.pk}").content.decode()
    assert "底商" in page and "新增" in page
    assert client.get(f"{url}?before={first.pk}&after=x").status_code == 404


def test_members_are_counted_once(survey):
    assert queries.people_count(survey.campaign) == Member.objects.count() == 3
    assert queries.departments_count(survey.campaign) == 1
    assert queries.people_count(plan(name="另一次")) == 0
