"""The pages of an exam, from the first room to the ranking, and who is turned away."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from linli.exams import queries
from linli.exams.models import Exam, Interview
from linli.exams.tests.conftest import LATER, ON_THE_DAY, candidate
from linli.kernel.roles import SOCIAL
from linli.places.models import Place
from tests.people import clock as clock
from tests.people import make_person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def by(who):
    client = Client()
    client.force_login(who)
    return client


def page(who, route, *args, query="", status=200):
    answer = by(who).get(reverse(f"exams:{route}", args=args) + query)
    assert answer.status_code == status, answer.content.decode()[:400]
    return answer.content.decode()


def post(who, route, *args, query="", status=302, **told):
    answer = by(who).post(reverse(f"exams:{route}", args=args) + query, told)
    assert answer.status_code == status, answer.content.decode()[:3000]
    return answer.content.decode()


@pytest.fixture
def on_the_day(monkeypatch):
    def go(moment):
        monkeypatch.setattr("django.utils.timezone.now", lambda: moment)

    return go


def test_rooms_clerks_and_seats_are_set_up_on_the_pages(county):
    exam = county.open()
    assert "待抽签排座" in page(county.keeper, "exam", exam.pk)
    post(county.keeper, "write", exam.pk, "room", name="一中101", seats=30, across=5, address="")
    page(county.keeper, "write", exam.pk, "clerk")
    post(county.keeper, "write", exam.pk, "clerk", duty="first", user=county.first.pk)
    said = post(
        county.keeper, "write", exam.pk, "clerk", status=422, duty="second", user=county.first.pk
    )
    assert "已担任" in said
    post(county.keeper, "write", exam.pk, "draw", seed="0417")
    told = page(county.keeper, "exam", exam.pk)
    assert "0417" in told and "准考证（PDF）" in told and "王秀兰" in told
    said = post(county.keeper, "write", exam.pk, "room", status=422, name="晚了", seats=1, across=1)
    assert "抽签排定" in said and 'value="晚了"' in said


def test_a_room_signs_in_on_its_page(county, on_the_day):
    exam = county.drawn()
    on_the_day(ON_THE_DAY)
    room = exam.rooms.get()
    page(county.keeper, "sign_in", room.pk)
    told = {}
    for n, row in enumerate(queries.candidates_in(room)):
        told[f"state_{row.pk}"] = ("absent", "void", "present")[min(n, 2)]
        told[f"why_{row.pk}"] = ""
    assert "违纪须写明情形" in post(county.keeper, "sign_in", room.pk, status=422, **told)
    told |= {key: "携带手机" for key in told if key.startswith("why")}
    post(county.keeper, "sign_in", room.pk, **told)
    assert queries.unsigned(exam) == 0
    assert "违纪" in page(county.keeper, "scores", exam.pk)


def test_typists_enter_by_ticket_without_names_and_bad_figures_come_back(county, on_the_day):
    exam = county.signed(2)
    on_the_day(ON_THE_DAY)
    one, two = queries.to_score(county.clerk(exam, "first"))
    assert "第一次录入" in page(county.first, "mine")
    told = page(county.first, "enter", exam.pk)
    assert one.ticket in told and one.name not in told
    scores = {f"score_{one.pk}": "78.5", f"score_{two.pk}": "785"}
    said = post(county.first, "enter", exam.pk, query="?room=1", status=422, **scores)
    assert "高于满分100分" in said and 'value="785"' in said and not one.entries.exists()
    post(county.first, "enter", exam.pk, query="?room=1", **scores | {f"score_{two.pk}": "88"})
    assert [row.own for row in queries.to_score(county.clerk(exam, "first"))] == [7850, 8800]
    assert "78.50" not in page(county.second, "enter", exam.pk)
    assert "7850" not in page(county.second, "enter", exam.pk)
    post(county.first, "hand_in", exam.pk)
    assert "您已经交卷" in page(county.first, "enter", exam.pk)


def test_nobody_but_the_clerk_sees_the_clerks_pages(county):
    exam = county.signed(2)
    for who in (county.keeper, county.third, county.district):
        page(who, "enter", exam.pk, status=404)
        post(who, "hand_in", exam.pk, status=404)
    for who in (county.keeper, county.first):
        page(who, "settle", exam.pk, status=404)
        page(who, "marking", exam.pk, status=404)
    assert "现在没有您的考务" in page(county.keeper, "mine")


def test_the_third_settles_on_the_page_and_the_office_locks(county, on_the_day):
    exam = county.signed(2)
    on_the_day(ON_THE_DAY)
    assert "还没有都交卷" in page(county.third, "settle", exam.pk)
    keys = list(exam.candidates.values_list("pk", flat=True))
    county.entered(exam, dict.fromkeys(keys, 8000), second={keys[0]: 8800})
    told = page(county.third, "settle", exam.pk)
    assert "80.00" in told and "88.00" in told and "考生0" not in told
    assert "两次录入不一致" in page(county.keeper, "exam", exam.pk)
    post(county.keeper, "write", exam.pk, "lock", status=422)
    given = {"candidate": keys[0], "score": "88", "reason": ""}
    post(county.third, "settle", exam.pk, status=422, **given)
    post(county.third, "settle", exam.pk, **given | {"reason": "原卷88分"})
    post(county.keeper, "write", exam.pk, "lock")
    exam.refresh_from_db()
    assert exam.digest in page(county.keeper, "exam", exam.pk)


def test_the_interview_runs_on_its_pages_to_the_ranking(county, on_the_day):
    exam = county.scored(9000, 9100, 5000, posts=1)
    on_the_day(ON_THE_DAY)
    given = {"title": "面试", "held_on": date(2026, 11, 20), "panel": "孙伟 党校\n李芳\n王强\n赵敏"}
    assert "应为单数" in post(county.keeper, "write", exam.pk, "interview", status=422, **given)
    given["panel"] += "\n周涛 民政局"
    post(county.keeper, "write", exam.pk, "interview", **given)
    made = Interview.objects.get(exam=exam)
    assert "次序还没有抽签排定" in page(county.keeper, "interview", made.pk)
    assert "还没有抽签排定" in page(county.counter, "marking", exam.pk)
    post(county.keeper, "write", exam.pk, "order", seed="88")
    one, two = queries.turns(made)
    judges = list(made.judges.all())
    page(county.keeper, "recuse", one.pk)
    post(county.keeper, "recuse", one.pk, judge=judges[0].pk, reason="叔侄")
    on_the_day(LATER)
    assert "孙伟 回避" in page(county.counter, "mark", one.pk)
    post(county.counter, "mark", one.pk, **{f"score_{j.pk}": "85.5" for j in judges[1:]})
    post(county.counter, "miss", two.pk)
    post(county.counter, "miss", two.pk, back="1")
    for score in ("80", "81"):
        told = {f"score_{j.pk}": score for j in judges}
        post(county.counter, "mark", two.pk, reason="评分表误读", **told)
    assert "85.50" in page(county.keeper, "interview", made.pk)
    assert "更正" in page(county.district, "interview", made.pk)
    assert "81.00" in page(county.counter, "marking", exam.pk)
    post(county.keeper, "write", exam.pk, "lock_interview")
    told = page(county.district, "scores", exam.pk)
    assert "低于笔试合格分数线" in told and "入围" in told
    only = page(county.district, "scores", exam.pk, query="?outcome=in")
    assert "低于笔试合格分数线" not in only
    assert "没有并列待加试" in page(county.keeper, "add_test", exam.pk)


def test_equals_take_the_additional_test_on_its_page(county, on_the_day):
    exam = county.scored(8000, 8000, posts=1)
    county.ranked(exam, {"application:0": 8000, "application:1": 8000})
    on_the_day(LATER)
    assert "登记加试成绩" in page(county.keeper, "exam", exam.pk)
    one, two = candidate(exam, 0), candidate(exam, 1)
    post(county.keeper, "add_test", exam.pk, status=422, **{f"score_{one.pk}": "70"})
    told = {f"score_{one.pk}": "70", f"score_{two.pk}": "71"}
    post(county.keeper, "add_test", exam.pk, **told)
    assert queries.standing(exam)[0].key == "application:1"


def test_papers_and_sheets_come_as_files(county):
    exam = county.open()
    page(county.keeper, "slips", exam.pk, status=409)
    exam = Exam.objects.get(pk=exam.pk)
    drawn = county.drawn(about="recruitment:2")
    for name, pk in (("slips", drawn.pk), ("room_sheet", drawn.rooms.get().pk)):
        answer = by(county.keeper).get(reverse(f"exams:{name}", args=[pk]))
        assert answer.content.startswith(b"%PDF")
    answer = by(county.district).get(reverse("exams:sheet", args=[drawn.pk]))
    assert (
        answer.content.startswith(b"\xef\xbb\xbf")
        and drawn.number in answer.headers["Content-Disposition"]
    )
    assert (
        by(county.district).get(reverse("exams:scores_excel", args=[drawn.pk])).status_code == 200
    )


def test_the_register_lists_exams_of_the_county_only(county):
    exam = county.open()
    assert exam.title in page(county.district, "register")

    Place.objects.create(place="370699", level="county", name="别的区")
    stranger = make_person("stranger", "吴磊", SOCIAL, "370699")
    assert exam.title not in page(stranger, "register")
    page(stranger, "exam", exam.pk, status=404)


def test_the_list_of_candidates_asks_as_much_for_four_hundred_as_for_four(
    county, django_assert_max_num_queries
):
    exam = county.scored(*(6000 + n * 9 for n in range(400)), posts=20, vacancies=5)
    client = by(county.district)
    address = reverse("exams:scores", args=[exam.pk])
    client.get(address)
    with django_assert_max_num_queries(30):
        assert client.get(address).status_code == 200
