"""The office's pages: what they show, what they do, and that a long list costs no more queries."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from linli.kernel.roles import REVIEW
from linli.notices import queries as notices
from linli.people import queries as people
from linli.recruitment import services
from linli.recruitment.models import Announcement, Application
from linli.trail.models import Look
from tests.books import NOW
from tests.people import make_person
from tests.recruits import COMMUNITY, COUNTY, a_draft, an_entry, applied, id_number

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock(monkeypatch, settings, tmp_path):
    settings.FILES = tmp_path
    monkeypatch.setattr(timezone, "now", lambda: NOW)


@pytest.fixture
def client(keeper):
    found = Client()
    found.force_login(keeper)
    return found


def page(answer) -> str:
    return answer.content.decode()


def many(keeper, announcement, count: int, begin: int = 0) -> None:
    post = announcement.posts.get()
    entries = [
        an_entry(
            post,
            name=f"应聘{n}",
            id_number=id_number(date(1995, 1, 1) + timedelta(n), serial=n),
        )
        for n in range(begin, begin + count)
    ]
    services.register(by=keeper, announcement=announcement, entries=entries, now=NOW)


def test_an_announcement_is_drawn_up_and_published_on_the_pages(client):
    answer = client.post(
        "/recruitment/new/",
        {
            "title": "2026年选聘公告",
            "opens_on": "2026-11-05",
            "closes_on": "2026-11-20",
            "reference_on": "2026-11-01",
        },
    )
    made = Announcement.objects.get()
    assert answer.headers["Location"] == f"/recruitment/{made.pk}/post/"
    asked = {
        "place": COMMUNITY,
        "title": "worker",
        "wanted": "2",
        "age_min": "18",
        "age_max": "35",
        "age_max_experienced": "45",
        "experience_years": "3",
        "schooling": "college",
        "local": "on",
    }
    wide = client.post(f"/recruitment/{made.pk}/post/", asked | {"age_max": "50"})
    assert wide.status_code == 422 and "18至35周岁" in page(wide)
    client.post(f"/recruitment/{made.pk}/post/", asked)
    assert made.posts.get().residence == COUNTY
    assert client.get(f"/j/{made.pk}/").status_code == 404
    client.post(f"/recruitment/{made.pk}/do/publish/")
    assert "招 2 人" in page(Client().get(f"/j/{made.pk}/"))


def test_dates_that_do_not_fit_are_told_beside_their_field(client):
    told = {"title": "公告", "opens_on": "2026-11-20", "closes_on": "2026-11-10"}
    answer = client.post("/recruitment/new/", told | {"reference_on": "2026-11-01"})
    assert answer.status_code == 422 and "报名截止早于报名开始" in page(answer)


def test_several_are_admitted_at_once_and_a_refusal_needs_a_reason(client, open_one):
    rows = [applied(open_one, born_on=date(1995, 1, n + 1)) for n in range(3)]
    url = f"/recruitment/{open_one.pk}/applications/act/"
    keys = [str(row.pk) for row in rows]
    asked = client.post(url, {"act": "admit", "row": keys})
    assert "3 人" in page(asked) and Application.objects.filter(ruling="admitted").count() == 0
    client.post(url, {"act": "admit", "row": keys[:2], "confirmed": "1"})
    refused = client.post(url, {"act": "refuse", "row": keys[2:], "confirmed": "1", "why": ""})
    assert refused.status_code == 422 and "请写明理由" in page(refused)
    told = {"act": "refuse", "row": keys[2:], "confirmed": "1", "why": "毕业证书核验不符"}
    client.post(url, told)
    assert sorted(Application.objects.values_list("ruling", flat=True)) == [
        "admitted",
        "admitted",
        "refused",
    ]


def test_numbers_are_masked_until_one_is_opened_for_a_purpose(client, open_one):
    row = applied(open_one)
    told = page(client.get(f"/recruitment/application/{row.pk}/"))
    assert row.id_number not in told and "13805351234" not in told and "138****1234" in told
    url = f"/recruitment/application/{row.pk}/number/"
    assert client.post(url, {"field": "phone", "purpose": ""}).status_code == 422
    assert not Look.objects.exists()
    assert "13805351234" in page(client.post(url, {"field": "phone", "purpose": "通知笔试"}))
    assert Look.objects.get().purpose == "通知笔试"


def test_opening_a_paper_is_a_look_that_is_recorded(client, open_one):
    row = applied(open_one)
    paper = row.papers.first()
    answer = client.get(f"/recruitment/application/{row.pk}/paper/{paper.pk}/")
    assert answer.status_code == 200 and Look.objects.get().field == "file"
    other = applied(open_one, born_on=date(1996, 1, 1))
    wrong = f"/recruitment/application/{other.pk}/paper/{paper.pk}/"
    assert client.get(wrong).status_code == 404


@pytest.mark.parametrize("query", ["", "?stage=check&state=open", "?q=应聘1&group=party"])
def test_a_longer_list_costs_no_more_queries(
    client, keeper, open_one, query, django_assert_num_queries
):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    url = f"/recruitment/{open_one.pk}/applications/{query}"
    many(keeper, open_one, 3)
    client.get(url)
    with CaptureQueriesContext(connection) as few:
        client.get(url)
    many(keeper, open_one, 40, begin=3)
    with django_assert_num_queries(len(few)):
        client.get(url)
    assert len(few) <= 14


@pytest.mark.parametrize("asked", ["应聘7", "yp7", "00008", "8"])
def test_an_application_is_found_by_name_initials_and_number(client, keeper, open_one, asked):
    many(keeper, open_one, 12)
    told = page(client.get(f"/recruitment/{open_one.pk}/applications/", {"q": asked}))
    assert "应聘7" in told and "应聘3" not in told


def test_a_whole_identity_number_finds_its_application_and_stands_nowhere(client, open_one):
    given = id_number(date(1995, 5, 4))
    applied(open_one, id_number=given)
    told = page(client.get(f"/recruitment/{open_one.pk}/applications/", {"q": given}))
    assert "林晓梅" in told


def test_the_list_leaves_as_a_sheet_without_numbers_of_people(client, open_one):
    applied(open_one)
    answer = client.get(f"/recruitment/{open_one.pk}/applications/excel/")
    assert answer.headers["Content-Type"].startswith("application/vnd.openxml")


def test_what_waits_stands_on_the_desk_of_the_office(client, keeper, open_one):
    assert [line.title for line in desk(keeper).others if "选聘" in str(line.title)] == []
    applied(open_one)
    lines = [line for line in desk(keeper).others if line.url == f"/recruitment/{open_one.pk}/"]
    assert [str(line.step) for line in lines] == ["1份报名待审核"]
    waiting = [line.url for line in desk(keeper).waiting]
    assert f"/recruitment/{open_one.pk}/" in waiting


def desk(user):
    access = people.Access(user, timezone.localdate())
    return notices.desk(access, now=timezone.now())


def test_the_vetting_office_sees_how_far_it_is_and_no_applications(open_one):
    office = Client()
    office.force_login(make_person("review", "郑洁", REVIEW, COUNTY))
    assert office.get(f"/recruitment/{open_one.pk}/").status_code == 200
    assert office.get(f"/recruitment/{open_one.pk}/vetting/").status_code == 200
    assert office.get(f"/recruitment/{open_one.pk}/applications/").status_code == 403


def test_a_draft_is_the_keepers_alone(keeper):
    draft = a_draft(keeper)
    office = Client()
    office.force_login(make_person("review", "郑洁", REVIEW, COUNTY))
    assert office.get(f"/recruitment/{draft.pk}/").status_code == 404
    assert draft.title not in page(office.get("/recruitment/"))


def test_an_unknown_act_is_not_there(client, open_one):
    assert client.get(f"/recruitment/{open_one.pk}/do/nothing/").status_code == 404
    assert (
        client.post(f"/recruitment/{open_one.pk}/applications/act/", {"act": "x"}).status_code
        == 404
    )
