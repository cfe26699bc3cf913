from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from linli.training import queries, services, testing
from linli.training.models import Paper, Session, SignIn
from linli.training.tests.conftest import (
    AFTER,
    COMMUNITY,
    DURING,
    START,
    a_session,
    questions,
    served,
)
from linli.training.tests.test_services import come, complete

pytestmark = pytest.mark.django_db


def client_of(user):
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def at(monkeypatch):
    """at(moment): the pages go by this moment."""
    return lambda moment: monkeypatch.setattr(timezone, "now", lambda: moment)


def test_a_street_plans_a_session_and_a_past_start_is_refused_beside_its_field(venue, street, at):
    at(START - timedelta(days=3))
    told = {
        "place": COMMUNITY[:9],
        "kind": "micro",
        "topic": "grid",
        "title": "网格巡查看什么",
        "venue": venue.pk,
        "trainer": "老书记",
        "day": "2026-02-01",
        "time": "15:00",
        "minutes": "120",
    }
    page = client_of(street).post(reverse("training:new"), told)
    text = page.content.decode()
    assert page.status_code == 422
    assert "不超过90分钟" in text and "开始时间已过" in text and "网格巡查看什么" in text
    answer = client_of(street).post(
        reverse("training:new"), told | {"day": "2026-03-03", "minutes": "60"}
    )
    assert answer.status_code == 302
    assert Session.objects.get().title == "网格巡查看什么"


def test_a_street_cannot_plan_for_another(venue, street, at):
    at(START - timedelta(days=3))
    page = client_of(street).post(reverse("training:new"), {"place": "370614002"})
    assert page.status_code == 422 and not Session.objects.exists()


def test_the_code_on_the_wall_signs_in_the_one_who_scans_it(venue, learner, street, at):
    session = a_session(venue)
    at(DURING)
    shown = client_of(street).get(reverse("training:code", args=[session.pk]))
    assert "<svg" in shown.content.decode()
    code = queries.code_of(session, DURING)
    page = client_of(learner).get(reverse("training:come", args=[session.pk]), {"k": code})
    assert "签到人：王海燕" in page.content.decode()
    client_of(learner).post(reverse("training:come", args=[session.pk]), {"k": code})
    assert SignIn.objects.get().worker == learner.worker_file


def test_the_answers_are_nowhere_before_the_paper_is_in(venue, learner, at):
    session = a_session(venue)
    questions()
    come(session, learner)
    at(AFTER)
    client = client_of(learner)
    client.post(reverse("training:start", args=[session.pk]))
    paper = Paper.objects.get()
    page = client.get(reverse("training:paper", args=[paper.pk])).content.decode()
    assert "应选" not in page and "正确" not in page
    half = client.post(reverse("training:paper", args=[paper.pk]), {"q1": "1"})
    assert half.status_code == 422 and "checked" in half.content.decode()
    client.post(reverse("training:paper", args=[paper.pk]), {f"q{n}": "0" for n in range(1, 6)})
    assert "应选：乙" in client.get(reverse("training:paper", args=[paper.pk])).content.decode()


def test_a_paper_of_somebody_else_is_not_there(venue, learner, other_learner, keeper):
    session = a_session(venue)
    questions()
    come(session, learner)
    paper = testing.start_paper(by=learner, session=session, now=AFTER)
    address = reverse("training:paper", args=[paper.pk])
    assert client_of(other_learner).get(address).status_code == 404
    assert client_of(keeper).get(address).status_code == 403


def test_a_session_is_seen_below_its_area_and_its_people_only_at_home(
    venue, learner, secretary, other_secretary
):
    session = a_session(venue)
    come(session, learner)
    address = reverse("training:session", args=[session.pk])
    assert "王海燕" in client_of(secretary).get(address).content.decode()
    assert client_of(other_secretary).get(address).status_code == 404
    county = a_session(venue, place="370614", kind="class", minutes=360)
    come(county, learner)
    page = client_of(other_secretary).get(reverse("training:session", args=[county.pk]))
    assert page.status_code == 200 and "王海燕" not in page.content.decode()


def test_anybody_checks_a_certificate_by_its_code_and_sees_no_whole_name(venue, learner):
    complete(venue, learner)
    made = services.certify(by=None, worker=learner.worker_file, now=AFTER)
    address = reverse("training:check_code", args=[made.code.lower()])
    page = Client().get(address).content.decode()
    assert "王*燕" in page and "王海燕" not in page and "有效" in page
    services.void(by=None, certificate=made, why="姓名有误", now=AFTER)
    assert "姓名有误" in Client().get(address).content.decode()
    assert Client().get(reverse("training:check_code", args=["NOSUCHCODE12"])).status_code == 404


def test_the_registers_take_no_more_queries_for_more_rows(
    venue, keeper, django_assert_max_num_queries
):
    client = client_of(keeper)
    for name in ("register", "people", "coverage"):
        client.get(reverse(f"training:{name}"))
    for _n in range(8):
        served(name="赵志刚")
        a_session(venue)
    for name in ("register", "people", "coverage"):
        with django_assert_max_num_queries(16):
            assert client.get(reverse(f"training:{name}")).status_code == 200
