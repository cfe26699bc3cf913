"""A resident reports a public room without an account and reads what became of it."""

from __future__ import annotations

import io
import re
import time
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from linli.leads.models import Lead, Report
from linli.portal import forms, rules
from linli.portal.models import Attempt
from linli.portal.tests.conftest import NOW
from linli.premises import services as premises
from linli.premises.rules import Facts
from tests.people import ESTATE, OTHER

pytestmark = pytest.mark.django_db
TEXT = "一层公共用房堆满了装修材料，两个月了"


def send(told, query: str = "", **more):
    data = {
        "kind": "occupied",
        "spot_text": "3号楼一层东侧",
        "text": TEXT,
        "phone": "13805351234",
        "website": "",
        "token": forms.token(time.time() - 10),
    } | more
    headers = data.pop("headers", None)
    return told.client.post(f"{told.url}report/{query}", data, headers=headers)


def query_in(answer) -> str:
    found = re.search(r'id="query">([^<]+)<', answer.content.decode())
    return found[1].replace(" ", "") if found else ""


def ask(told, query, tail="1234"):
    return told.client.post("/o/", {"query": query, "tail": tail}).content.decode()


def photo():
    out = io.BytesIO()
    Image.new("RGB", (80, 60), "#aabbcc").save(out, "JPEG")
    return SimpleUploadedFile("现场.jpg", out.getvalue(), "image/jpeg")


def register(place=ESTATE, name="日间照料中心"):
    facts = Facts(kind="elderly", name=name, place=place)
    since = date(2026, 1, 1)
    return premises.register_room(by=None, facts=facts, state="idle", since_on=since, now=NOW)


def test_a_report_becomes_a_lead_and_is_asked_for_with_the_phone(told, settings, tmp_path):
    settings.FILES = tmp_path / "files"
    assert "反映公共用房问题" in told.text() and "在哪里" in told.text("report/")
    answer = send(told, photos=[photo()])
    query, report = query_in(answer), Report.objects.get()
    assert answer.status_code == 200 and query == report.query and not answer.cookies
    assert answer["Cache-Control"] == "no-store"
    assert report.lead.source == "resident" and report.photos.count() == 1
    text = ask(told, query)
    assert TEXT in text and report.lead.number in text and "13805351234" not in text
    assert "没有找到" in ask(told, query, "9999")


def test_a_room_is_known_from_the_code_on_its_door(told):
    room, far = register(), register(OTHER, "钟楼长者食堂")
    assert room.name in told.text(f"report/?room={room.code}")
    assert far.name not in told.text(f"report/?room={far.code}")
    assert send(told, f"?room={room.code}", spot_text="").status_code == 200
    assert Lead.objects.get().room == room


def test_the_same_form_sent_twice_is_one_report(told):
    token = forms.token(time.time() - 10)
    first, second = send(told, token=token), send(told, token=token)
    assert query_in(first) == query_in(second) and Report.objects.count() == 1


def test_two_residents_who_report_the_same_have_one_lead_and_a_number_each(told):
    first, second = send(told), send(told, phone="13905354321", text="还是没有清走，请尽快处理")
    assert Lead.objects.count() == 1 and Report.objects.count() == 2
    assert "还是没有清走" not in ask(told, query_in(first))
    assert "还是没有清走" in ask(told, query_in(second), "4321")


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"text": "坏了"}, "至少"),
        ({"text": "长" * 100_000}, "1000"),
        ({"text": "住户电话13905354321，占用了房间"}, "手机号码"),
        ({"kind": "seen_twice"}, "选项"),
        ({"kind": ""}, ""),
        ({"spot_text": ""}, ""),
        ({"phone": "12"}, "打通的电话"),
        ({"website": "http://spam"}, "不显示的那一栏"),
        ({"token": "forged"}, "再提交一次"),
        ({"headers": {"Origin": "https://evil.example"}}, "本网站的页面"),
    ],
)
def test_what_is_no_report_is_refused_and_what_was_typed_stays(told, more, said):
    answer = send(told, **more)
    assert answer.status_code == 422 and said in answer.content.decode()
    assert not Lead.objects.exists()


def test_a_photo_that_is_no_picture_is_refused(told, settings, tmp_path):
    settings.FILES = tmp_path / "files"
    paper = SimpleUploadedFile("a.pdf", b"%PDF-1.4\n%%EOF\n" + b"x" * 400)
    answer = send(told, photos=[paper])
    assert answer.status_code == 422 and "须是图片" in answer.content.decode()
    assert send(told, photos=[photo() for _ in range(4)]).status_code == 422
    assert not Lead.objects.exists()


def test_nobody_floods_an_estate_with_reports(told):
    for n in range(rules.OBJECTIONS_A_VISITOR):
        assert send(told, spot_text=f"{n}号楼").status_code == 200
    answer = send(told, spot_text="再来一条")
    assert answer.status_code == 429 and "请稍后再提" in answer.content.decode()
    assert Attempt.objects.filter(what=Attempt.LEAD).count() == rules.OBJECTIONS_A_VISITOR
