"""Somebody applies for a post without an account and reads what became of it."""

from __future__ import annotations

import re
import time
from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from linli.portal import forms, rules
from linli.recruitment.models import Application, Paper
from tests.books import NOW
from tests.recruits import (  # noqa: F401 - fixtures
    COMMUNITY,
    PDF,
    a_draft,
    id_number,
    keeper,
    open_one,
    published,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock(monkeypatch, settings, tmp_path):
    settings.FILES = tmp_path
    monkeypatch.setattr(timezone, "now", lambda: NOW)


def paper(name):
    return SimpleUploadedFile(f"{name}.pdf", PDF + name.encode(), "application/pdf")


def filled(**more):
    told = {
        "post": "01",
        "name": "林晓梅",
        "phone": "13805351234",
        "schooling": "bachelor",
        "school": "鲁东大学",
        "finished_on": "2018-07-01",
        "politics": "none",
        "residence": COMMUNITY[:9],
        "experience_years": "0",
        "promised": "on",
        "website": "",
        "token": forms.token(time.time() - 10),
        "paper_id_card": paper("id"),
        "paper_diploma": paper("diploma"),
    } | more
    told.setdefault("id_number", id_number(told.pop("born_on", date(1995, 5, 4))))
    return {name: value for name, value in told.items() if value is not None}


def send(announcement, client=None, headers=None, **more):
    address = f"/j/{announcement.pk}/apply/"
    return (client or Client()).post(address, filled(**more), headers=headers)


def query_in(answer) -> str:
    found = re.search(r'id="query">([^<]+)<', answer.content.decode())
    return found[1].replace(" ", "") if found else ""


def page(answer) -> str:
    return answer.content.decode()


def ask(query, tail="1234", client=None):
    return (client or Client()).post("/o/", {"query": query, "tail": tail})


def test_drafts_are_seen_by_nobody(keeper):  # noqa: F811
    draft = a_draft(keeper)
    assert draft.title not in page(Client().get("/j/"))
    for address in (f"/j/{draft.pk}/", f"/j/{draft.pk}/apply/"):
        assert Client().get(address).status_code == 404


def test_an_announcement_tells_what_each_post_asks_with_birthdays(open_one):  # noqa: F811
    assert open_one.title in page(Client().get("/j/"))
    told = page(Client().get(f"/j/{open_one.pk}/"))
    assert "1990年11月2日" in told and "2008年11月1日" in told
    assert "大学专科及以上学历" in told


def test_whoever_fits_gets_a_number_and_reads_how_far_it_is(open_one):  # noqa: F811
    answer = send(open_one)
    query = query_in(answer)
    assert answer.status_code == 200 and len(query) == 8
    assert "set-cookie" not in {name.lower() for name in answer.headers}
    row = Application.objects.get()
    assert (row.query, row.ruling) == (query, "eligible")
    assert {one.kind for one in Paper.objects.all()} == {"id_card", "diploma"}
    told = page(ask(query))
    assert "等待工作人员审核材料" in told
    assert row.id_number not in told and "13805351234" not in told


def test_somebody_of_36_reads_why_on_what_ground_and_what_can_be_done(open_one):  # noqa: F811
    answer = send(open_one, born_on=date(1990, 11, 1))
    told = page(answer)
    assert "已满36周岁" in told and "选聘规则" in told
    assert "重新报名" in told and "申请复核" in told
    assert "不符合岗位条件" in page(ask(query_in(answer)))


def test_35_years_and_364_days_fit(open_one):  # noqa: F811
    send(open_one, born_on=date(1990, 11, 2))
    assert Application.objects.get().ruling == "eligible"


def test_a_second_application_is_refused_and_what_was_typed_is_kept(open_one):  # noqa: F811
    given = id_number(date(1995, 5, 4))
    send(open_one, id_number=given)
    answer = send(open_one, id_number=given, school="山东大学")
    assert answer.status_code == 422
    assert "一人只报一个岗位" in page(answer) and "山东大学" in page(answer)
    assert Application.objects.count() == 1


@pytest.mark.parametrize(
    "more", [{"paper_diploma": None}, {"groups": ["veteran"]}, {"paper_id_card": None}]
)
def test_a_missing_paper_is_told_beside_its_field_and_nothing_is_sent(open_one, more):  # noqa: F811
    answer = send(open_one, **more)
    assert answer.status_code == 422 and "field-error" in page(answer)
    assert not Application.objects.exists()


def test_a_program_disguised_as_a_photo_is_refused_and_leaves_nothing(open_one):  # noqa: F811
    bad = SimpleUploadedFile("证件.jpg", b"MZ\x90\x00\x03", "image/jpeg")
    answer = send(open_one, paper_id_card=bad)
    assert answer.status_code == 422 and "不是可以保存的格式" in page(answer)
    assert not Application.objects.exists()


def test_the_same_form_sent_twice_is_one_application(open_one):  # noqa: F811
    token, given = forms.token(time.time() - 10), id_number(date(1995, 5, 4))
    first, second = (send(open_one, token=token, id_number=given) for _turn in range(2))
    assert query_in(first) == query_in(second) != ""
    assert Application.objects.count() == 1


@pytest.mark.parametrize(
    ("more", "word"),
    [
        ({"website": "x"}, "留空"),
        ({"token": ""}, "再提交一次"),
        ({"promised": None}, "必填"),
    ],
)
def test_programs_and_forms_left_open_are_turned_away(open_one, more, word):  # noqa: F811
    answer = send(open_one, **more)
    assert answer.status_code == 422 and word in page(answer)
    assert not Application.objects.exists()


def test_another_site_may_not_send_the_form(open_one):  # noqa: F811
    answer = send(open_one, headers={"Origin": "https://elsewhere.example"})
    assert answer.status_code == 422 and not Application.objects.exists()


def test_too_many_from_one_address_are_stopped(open_one, monkeypatch):  # noqa: F811
    monkeypatch.setattr(rules, "APPLICATIONS_A_VISITOR", 2)
    statuses = [
        send(open_one, born_on=date(1995, 1, 1) + timedelta(n)).status_code for n in range(3)
    ]
    assert statuses == [200, 200, 429]


def test_wrong_digits_are_counted_and_tell_nothing(open_one, monkeypatch):  # noqa: F811
    query = query_in(send(open_one))
    wrong, unknown = page(ask(query, "9999")), page(ask("ABCDEFGH", "9999"))
    assert "没有找到" in wrong
    assert re.sub("[A-Z2-9]{8}", "", wrong) == re.sub("[A-Z2-9]{8}", "", unknown)
    monkeypatch.setattr(rules, "ASKS_A_NUMBER", 1)
    assert ask(query).status_code == 429


def test_an_applicant_withdraws_with_number_and_phone_and_nobody_else(open_one):  # noqa: F811
    query = query_in(send(open_one))
    told = {"query": query, "tail": "0000"}
    assert Client().post("/j/withdraw/", told).status_code == 429
    assert Application.objects.get().state == "open"
    answer = Client().post("/j/withdraw/", told | {"tail": "1234"})
    assert "报名已撤回" in page(answer)
    assert Application.objects.get().state == "withdrawn"


def test_whoever_was_refused_asks_the_office_to_look_again(open_one):  # noqa: F811
    query = query_in(send(open_one, born_on=date(1985, 1, 1)))
    told = {"query": query, "tail": "1234", "text": ""}
    assert Client().post("/j/again/", told).status_code == 422
    answer = Client().post("/j/again/", told | {"text": "漏填了五年社区工作经历"})
    assert "已申请复核" in page(answer)
    assert Application.objects.get().again_on == date(2026, 11, 5)


def test_a_form_that_was_never_ours_finds_nothing(db):
    assert Client().post("/j/withdraw/", {}).status_code == 404
    assert Client().get("/j/999999/").status_code == 404


def test_after_the_window_the_page_says_when_it_closed(keeper, monkeypatch):  # noqa: F811
    made = published(keeper)
    monkeypatch.setattr(timezone, "now", lambda: NOW + timedelta(days=30))
    assert "截止" in page(Client().get(f"/j/{made.pk}/apply/"))
    answer = send(made)
    assert answer.status_code == 422 and not Application.objects.exists()
