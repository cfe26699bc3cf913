"""An objection from the form beside a figure to the public answer; and who is kept from flooding."""

from __future__ import annotations

import re
import time
from datetime import timedelta

import pytest
from django.utils import timezone

from linli.cases.models import Wait
from linli.disclosure import services as disclosure
from linli.disclosure.models import Objection
from linli.portal import forms, queries, rules
from linli.portal.models import Attempt
from linli.portal.tests.conftest import NOW
from linli.proof import queries as proof
from linli.trail.models import Look

pytestmark = pytest.mark.django_db
FIGURE = "2026-10/object/common/income/parking/"
TEXT = "我十月交了三百元，凭证里没有，我住3号楼2单元101室，电话13805351234"
PHONE = "13805351234"


def token(seconds: float = 10) -> str:
    """What a form shown so many seconds ago carries."""
    return forms.token(time.time() - seconds)


def send(told, figure: str = FIGURE, **more):
    data = {"text": TEXT, "phone": PHONE, "token": token(), "website": ""} | more
    headers = data.pop("headers", None)
    return told.client.post(f"{told.url}{figure}", data, headers=headers)


def query_in(answer) -> str:
    found = re.search(r'id="query">([^<]+)<', answer.content.decode())
    return found[1].replace(" ", "") if found else ""


def staff(told, who, name: str, row, **data):
    return told.people.client(who).post(f"/disclosure/objections/{row.pk}/{name}/", data)


def test_an_objection_goes_from_the_figure_to_its_public_answer(told):
    answer = send(told)
    query, row = query_in(answer), Objection.objects.get()
    assert answer.status_code == 200 and query == row.query and not answer.cookies
    assert answer["Cache-Control"] == "no-store"
    assert (row.figure, row.period, row.leaf.kind) == (
        "common/income/parking",
        "2026-10",
        "objection",
    )

    page = told.text("2026-10/")
    assert "正在审查" in page and "三百元" not in page and "101室" not in page
    shown = "我十月交了三百元，凭证里没有"
    done = staff(told, told.people.secretary, "screen", row, way="edited", shown=shown)
    assert done.status_code == 302
    page = told.text("2026-10/common/parking/")
    assert shown in page and "已隐去个人信息" in page and "3号楼" not in page and PHONE not in page

    done = staff(
        told, told.people.bookkeeper, "answer", row, outcome="rejected", text="见第四号凭证，已入账"
    )
    assert done.status_code == 302
    assert "见第四号凭证" in told.text("") and "经核实，账目无误" in told.text("2026-10/")
    asked = told.client.post("/o/", {"query": query.lower(), "tail": PHONE[-4:]})
    said = asked.content.decode()
    assert asked.status_code == 200 and "见第四号凭证" in said and "3号楼" in said
    assert proof.verify().holds


def test_the_desk_counts_to_the_day_that_was_promised_however_late_the_screening(told):
    send(told)
    row, later = Objection.objects.get(), timezone.now() + timedelta(days=6)
    disclosure.screen(by=told.people.secretary, objection=row, shown="少记了三百元", now=later)
    assert {wait.due_on for wait in Wait.objects.filter(step="answer")} == {row.due_on}


def test_what_is_withheld_shows_only_why(told):
    send(told)
    row = Objection.objects.get()
    why = {"way": "withheld", "withheld": "全文都是他人信息", "ground": "个人信息保护法:25"}
    staff(told, told.people.approver, "screen", row, **why)
    page = told.text("2026-10/")
    assert "全文都是他人信息" in page and "三百元" not in page
    listed = told.client.get(f"/api/books/{told.book.code}/objections").json()["items"]
    assert listed[0]["text"] == "" and listed[0]["ground"] == "个人信息保护法:25"


def test_the_form_is_shown_without_cookie_or_form_token(told):
    answer = told.get(FIGURE)
    assert answer.status_code == 200 and not answer.cookies
    page = answer.content.decode()
    assert "csrfmiddlewaretoken" not in page and 'name="token"' in page


@pytest.mark.parametrize(
    "wrong",
    [
        {"website": "http://buy.example"},
        {"token": "made-up"},
        {"headers": {"Origin": "https://elsewhere.example"}},
        {"text": "不对"},
        {"phone": "123"},
    ],
    ids=["trap", "token", "origin", "text", "phone"],
)
def test_what_no_resident_sends_is_refused_and_nothing_is_lost(told, wrong):
    answer = send(told, **wrong)
    assert answer.status_code == 422 and not Objection.objects.exists()
    assert wrong.get("text", TEXT) in answer.content.decode()


def test_a_form_sent_faster_than_one_can_read_is_refused_and_goes_through_a_moment_later(told):
    carried = token(0)
    assert send(told, token=carried).status_code == 422
    assert Objection.objects.count() == 0
    page = send(told, token=token(rules.MOST_SECONDS + 30))
    assert page.status_code == 422
    fresh = re.search(r'name="token" value="([^"]+)"', page.content.decode())
    assert fresh and forms.opened(fresh[1], time.time())[0] is not None


def test_the_same_form_sent_twice_is_one_objection(told):
    carried = token()
    first, again = send(told, token=carried), send(told, token=carried)
    assert query_in(first) == query_in(again)
    assert Objection.objects.count() == 1


def test_nobody_floods_from_one_address(told):
    for _turn in range(rules.OBJECTIONS_A_VISITOR):
        assert send(told).status_code == 200
    answer = send(told)
    assert answer.status_code == 422 and "稍后再提" in answer.content.decode()
    assert Objection.objects.count() == rules.OBJECTIONS_A_VISITOR
    elsewhere = told.client.post(
        f"{told.url}{FIGURE}",
        {"text": TEXT, "phone": PHONE, "token": token()},
        REMOTE_ADDR="10.9.8.7",
    )
    assert elsewhere.status_code == 200


def test_nobody_floods_a_book_from_many_addresses(told):
    Attempt.objects.bulk_create(
        Attempt(what="objection", visitor=f"v{n}", about=told.book.code, at=timezone.now())
        for n in range(rules.OBJECTIONS_A_BOOK)
    )
    answer = send(told)
    assert answer.status_code == 422 and "系统暂停受理" in answer.content.decode()


def test_a_household_is_one_visitor_however_many_addresses_it_has():
    one = queries.visitor_of("2001:db8:1:2::1", NOW)
    assert one == queries.visitor_of("2001:db8:1:2:ffff::9", NOW)
    assert one != queries.visitor_of("2001:db8:1:3::1", NOW)
    assert queries.visitor_of("::ffff:192.0.2.1", NOW) == queries.visitor_of("192.0.2.1", NOW)
    assert queries.visitor_of("192.0.2.1", NOW) != queries.visitor_of("192.0.2.2", NOW)


def test_an_address_is_kept_as_a_hash_for_two_days(told):
    send(told)
    kept = Attempt.objects.get()
    assert "127.0.0.1" not in kept.visitor and len(kept.visitor) == 64
    Attempt.objects.update(at=timezone.now() - timezone.timedelta(days=3))
    send(told)
    assert Attempt.objects.count() == 1


def test_only_figures_of_published_months_can_be_objected_to(told):
    for path in (
        "2026-11/object/common/income/parking/",
        "2026-10/object/common/income/dividend/",
        "2026-10/object/seed/nothing/",
    ):
        assert told.get(path).status_code == 404
        assert send(told, path).status_code == 404
    assert not Objection.objects.exists()


def test_asking_needs_the_number_and_the_right_digits(told):
    query = query_in(send(told))
    wrong = told.client.post("/o/", {"query": query, "tail": "0000"})
    assert wrong.status_code == 422 and "三百元" not in wrong.content.decode()
    assert told.client.post("/o/", {"query": "ZZZZZZZZ", "tail": PHONE[-4:]}).status_code == 422
    right = told.client.post("/o/", {"query": f"{query[:4]} {query[4:]}", "tail": PHONE[-4:]})
    assert right.status_code == 200 and "三百元" in right.content.decode()


def test_guessing_digits_is_stopped_even_when_the_next_guess_is_right(told):
    query = query_in(send(told))
    for n in range(rules.ASKS_A_VISITOR):
        told.client.post("/o/", {"query": query, "tail": f"{n:04d}"})
    answer = told.client.post("/o/", {"query": query, "tail": PHONE[-4:]})
    assert answer.status_code == 429 and "三百元" not in answer.content.decode()


def test_personal_data_is_not_let_through_unseen(told):
    send(told)
    row = Objection.objects.get()
    assert staff(told, told.people.approver, "screen", row, way="as_is").status_code == 422
    row.refresh_from_db()
    assert row.screened_at is None
    page = told.people.client(told.people.approver).get(f"/disclosure/objections/{row.pk}/")
    said = page.content.decode()
    assert said.count("<mark") == 2 and "138****1234" in said
    done = staff(told, told.people.approver, "screen", row, way="as_is", looked="on")
    assert done.status_code == 302


def test_the_whole_number_is_seen_by_who_handles_it_and_the_look_is_recorded(told):
    send(told)
    row = Objection.objects.get()
    seen = staff(told, told.people.bookkeeper, "phone", row)
    assert PHONE in seen.content.decode()
    assert Look.objects.get().field == "phone"
    assert staff(told, told.people.cashier, "phone", row).status_code == 403
    assert staff(told, told.people.stranger, "phone", row).status_code == 404


def test_an_answer_waits_for_the_screening_and_comes_once(told):
    send(told)
    row, who = Objection.objects.get(), told.people.bookkeeper
    early = staff(told, who, "answer", row, outcome="accepted", text="意见成立，下月更正")
    assert early.status_code == 422
    staff(told, told.people.approver, "screen", row, way="edited", shown="凭证里没有我的三百元")
    for status in (302, 422):
        said = {"outcome": "accepted", "text": "意见成立，下月更正"}
        assert staff(told, who, "answer", row, **said).status_code == status


def test_the_register_narrows_by_state_and_stays_within_scope(told):
    send(told)
    inside = told.people.client(told.people.secretary)
    assert "第 1 号" in inside.get("/disclosure/objections/?state=checking").content.decode()
    assert "第 1 号" not in inside.get("/disclosure/objections/?state=answered").content.decode()
    other = told.people.client(told.people.stranger)
    assert "第 1 号" not in other.get("/disclosure/objections/").content.decode()
    sheet = inside.get("/disclosure/objections/excel/")
    assert sheet.status_code == 200 and sheet.content[:2] == b"PK"


def test_money_beside_is_told_by_the_bookkeeper_and_shown_with_its_source(told):
    from linli.portal.tests.conftest import LATER

    told_form = {
        "name": "专项维修资金",
        "keeper": "区住建局",
        "amount": "88,000.00",
        "as_of_on": "2026-11-05",
        "source": "维修资金系统查询单",
    }
    address = f"/disclosure/beside/{told.book.code}/"
    assert told.people.client(told.people.cashier).post(address, told_form).status_code == 403
    assert told.people.client(told.people.bookkeeper).post(address, told_form).status_code == 302
    told.publish("2026-11", LATER)
    page = told.text("2026-11/")
    assert "88,000.00" in page and "维修资金系统查询单" in page
