"""The pages of plans: who sees what, what a form says when it is refused."""

from __future__ import annotations

from datetime import date
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from linli.kernel.rulings import Refused
from linli.leads.models import Lead
from linli.people.queries import Access
from linli.remedy import encounters, followups, services
from linli.remedy.apps import _to_see_to
from linli.remedy.models import Plan, Talk, Visit
from linli.remedy.rules import Cause
from linli.trail.models import Look
from tests.books import NOW

from .conftest import CAUSE, a_room, approved, days_later, drafted, picture, worked
from .test_dealings import issue, talk

QUERIES = 12


@pytest.fixture
def client(people, clock, crew):
    return lambda who: people.client(getattr(crew, who))


def photo(name="现场.png"):
    return SimpleUploadedFile(name, picture()[0], "image/png")


def page(client, name, *args, **get):
    return client.get(reverse(f"remedy:{name}", args=args), get)


def test_register_and_board_show_what_is_urgent_and_late(client, room, crew):
    approved(room, crew)
    slow = a_room(kind="elderly", name="日间照料中心", state="unbuilt", occupant="")
    drafted(slow, crew, cause=Cause(violation="unbuilt", violator="developer", reason="未建"))
    text = page(client("street"), "register").content.decode()
    assert text.index("一层底商") < text.index("日间照料中心") and "优先" in text
    board = page(client("street"), "board").content.decode()
    assert "拟订中" in board and "办理中" in board and "一层底商" in board
    only = page(client("street"), "register", state="draft").content.decode()
    assert "日间照料中心" in only and "一层底商" not in only


@pytest.mark.parametrize("name", ["register", "board", "followups"])
def test_a_list_asks_few_questions_however_long_it_is(
    client, crew, name, django_assert_max_num_queries
):
    for n in range(3):
        approved(a_room(name=f"底商{n}"), crew)
    followups.run(now=days_later(8))
    someone = client("street")
    page(someone, name)
    with django_assert_max_num_queries(QUERIES):
        page(someone, name)
    with CaptureQueriesContext(connection) as before:
        page(someone, name)
    for n in range(3, 12):
        approved(a_room(name=f"底商{n}"), crew)
    followups.run(now=days_later(8))
    with CaptureQueriesContext(connection) as after:
        page(someone, name)
    assert len(after) <= len(before)


def test_a_plan_shows_everything_that_happened(client, plan, crew):
    talk(plan, crew.street)
    issue(plan, crew.street)
    encounters.tell_visit(
        by=crew.street,
        plan=plan,
        on=date(2026, 11, 5),
        agencies={"street": "刘洋", "police": "罗刚"},
        found="在营业",
        papers=[picture()],
        now=NOW,
    )
    followups.run(now=days_later(8))
    text = page(client("street"), "plan", plan.pk).content.decode()
    for said in (
        "责令限期整改",
        "联合执法",
        "月底前搬离",
        "登州街道改〔2026〕1号",
        "第 1 轮",
        "管理使用台账",
    ):
        assert said in text, said
    assert "paper" in text


def test_departments_see_what_concerns_them_and_streets_their_places(client, plan, crew):
    assert page(client("police"), "plan", plan.pk).status_code == 404
    assert "一层底商" not in page(client("police"), "register").content.decode()
    encounters.tell_visit(
        by=crew.street,
        plan=plan,
        on=date(2026, 11, 5),
        agencies={"street": "刘洋", "police": "罗刚"},
        found="在营业",
        now=NOW,
    )
    assert page(client("police"), "plan", plan.pk).status_code == 200
    assert "一层底商" in page(client("police"), "register").content.decode()
    assert client("police").get(reverse("remedy:talk", args=[plan.pk])).status_code == 403
    assert page(client("elsewhere"), "plan", plan.pk).status_code == 404
    assert "一层底商" not in page(client("elsewhere"), "register").content.decode()
    district = page(client("district"), "plan", plan.pk).content.decode()
    assert "一层底商" in district and "办结措施" not in district


def test_a_phone_is_masked_for_who_only_looks_on(client, plan):
    assert "13805351234" in page(client("street"), "plan", plan.pk).content.decode()
    assert "13805351234" not in page(client("district"), "plan", plan.pk).content.decode()


def test_a_plan_is_drafted_step_by_step_on_pages(client, room):
    secretary = client("secretary")
    found = secretary.get(reverse("remedy:new"), {"room": "r000001"})
    assert found.status_code == 302
    told = {"violation": "let_unlawfully", "violator": "property", "party": "海滨物业"}
    answer = secretary.post(found.url, told)
    assert answer.status_code == 422 and "请写明为什么订方案" in answer.content.decode()
    answer = secretary.post(found.url, told | {"reason": "巡查发现"})
    plan = Plan.objects.get()
    assert answer.url == reverse("remedy:add_measure", args=[plan.pk])
    shown = secretary.get(answer.url).content.decode()
    assert "不适用的措施" in shown and "物业服务用房归业主共有" in shown
    task = {"code": "vacate", "role": "street", "unit": "街道", "contact": "刘洋"}
    assert secretary.post(answer.url, task | {"contact": ""}).status_code == 422
    assert secretary.post(answer.url, task).status_code == 302
    assert plan.tasks.get().work_days == 30
    assert secretary.post(reverse("remedy:propose", args=[plan.pk])).status_code == 302
    plan.refresh_from_db()
    assert plan.state == "approve"
    assert client("street").post(reverse("remedy:approve", args=[plan.pk])).status_code == 302


def test_close_out_by_who_did_the_work_is_refused_on_the_page(client, plan, crew):
    worked(plan, crew.housing)
    services.report(by=crew.secretary, plan=plan, now=NOW)
    services.recheck(by=crew.street, plan=plan, note="好了", now=NOW)
    text = page(client("housing"), "plan", plan.pk).content.decode()
    assert "须由另一人办理" in text
    answer = client("housing").post(reverse("remedy:close", args=[plan.pk]))
    assert answer.status_code == 422 and "另一人" in answer.content.decode()
    assert client("deputy").post(reverse("remedy:close", args=[plan.pk])).status_code == 302


def test_evidence_visit_and_talk_are_told_on_forms(client, plan):
    street = client("street")
    task = plan.tasks.get()
    finish = reverse("remedy:finish", args=[task.pk])
    assert street.post(finish, {"text": "已清"}).status_code == 422
    assert street.post(finish, {"text": "已清", "papers": [photo()]}).status_code == 302
    visit = reverse("remedy:visit", args=[plan.pk])
    told = {"on": "2026-11-05", "found": "在营业", "who_street": "刘洋"}
    answer = street.post(visit, told)
    assert answer.status_code == 422 and "2个以上部门" in answer.content.decode()
    assert street.post(visit, told | {"who_police": "罗刚"}).status_code == 302
    assert Visit.objects.count() == 1
    answer = street.post(
        reverse("remedy:talk", args=[plan.pk]), {"on": "2026-11-05", "whom": "海滨物业"}
    )
    assert answer.status_code == 422 and "承诺做什么" in answer.content.decode()
    assert not Talk.objects.exists()
    small = page(street, "paper_small", plan.papers.first().pk)
    assert small.status_code == 200
    assert page(client("elsewhere"), "paper", plan.papers.first().pk).status_code == 404


def test_a_letter_is_previewed_issued_and_opened(client, plan):
    street = client("street")
    address = reverse("remedy:new_letter", args=[plan.pk])
    told = {
        "kind": "order",
        "sender": "登州街道办事处",
        "to": "海滨物业",
        "reply_by_on": "2026-11-20",
    }
    shown = street.post(address, told | {"preview": "1"}).content.decode()
    assert "登州街道改〔2026〕1号" in shown and "现责令你单位" in shown
    assert not plan.letters.exists()
    assert street.post(address, told).status_code == 302
    letter = plan.letters.get()
    answer = page(street, "letter", letter.pk)
    assert answer["Content-Type"] == "application/pdf" and answer.content.startswith(b"%PDF")
    assert not Look.objects.exists()


def test_a_letter_about_a_person_is_masked_and_opening_it_is_recorded(client, room, crew):
    cause = Cause(
        violation="occupied", violator="tenant", party="赵志强", person=True, reason="占用"
    )
    plan = approved(room, crew, cause=cause)
    letter = issue(plan, crew.street, to="赵志强")
    text = page(client("street"), "plan", plan.pk).content.decode()
    assert "赵志强" not in text and "赵" in text
    page(client("street"), "letter", letter.pk)
    assert Look.objects.get().field == "body"


def test_the_housing_department_words_a_letter_and_others_read_it(client, crew):
    housing, street = client("housing"), client("street")
    url = reverse("remedy:edit_template", args=["order"])
    assert street.get(url).status_code == 403 and url not in text_at(street, "templates")
    told = {"title": "限期改正告知书", "number": "{机关}改〔{年}〕{序号}号", "body": "{密码}"}
    faulty = housing.post(url, told)
    assert faulty.status_code == 422 and "{密码}" in faulty.content.decode()
    assert housing.post(url, told | {"look": "1"}).status_code == 422
    told["body"] = "请{收件人}办理：\n{措施}"
    assert housing.post(url, told | {"look": "1"}).content.startswith(b"%PDF")
    assert "限期改正告知书" not in text_at(street, "templates")
    assert housing.post(url, told).status_code == 302
    assert "限期改正告知书" in text_at(street, "templates")
    assert page(street, "template_preview", "order").content.startswith(b"%PDF")
    assert page(street, "template_preview", "poem").status_code == 404
    assert housing.post(reverse("remedy:restore_template", args=["order"])).status_code == 302
    assert "限期改正告知书" not in text_at(street, "templates")


def text_at(client, name):
    return page(client, name).content.decode()


def test_the_supervision_list_counts_by_street_and_opens_to_rows(client, plan, monkeypatch):
    followups.run(now=days_later(8))
    monkeypatch.setattr(timezone, "now", lambda: days_later(8))
    text = page(client("district"), "followups").content.decode()
    assert "登州街道" in text and "2026-11-12" in text and "一层底商" in text
    assert "?look=late&amp;inside=370614001" in text
    none = page(client("district"), "followups", level="district").content.decode()
    assert "一层底商" not in none


def test_excel_has_every_plan_of_the_filter(client, plan):
    answer = page(client("street"), "excel")
    sheet = load_workbook(BytesIO(answer.content)).active
    rows = list(sheet.values)
    assert "方案编号" in rows[0] and any("P000001" in row for row in rows[1:])


def test_the_search_the_room_and_the_desk_lead_to_the_plan(client, plan, room, monkeypatch):
    street = client("street")
    assert (
        reverse("remedy:plan", args=[plan.pk])
        in street.get("/search/", {"q": "P000001"}).content.decode()
    )
    assert (
        reverse("remedy:plan", args=[plan.pk])
        in street.get(reverse("premises:room", args=[room.pk])).content.decode()
    )
    user = plan.tasks.model.objects.get().plan.opened_by
    lines = list(_to_see_to(Access(user, date(2026, 11, 20)), date(2026, 11, 20)))
    assert any("逾期" in str(line.title) for line in lines)
    monkeypatch.setattr(timezone, "now", lambda: days_later(30))
    desk = client("street").get("/desk/").content.decode()
    assert "1份处置方案已逾期" in desk and "look=late" in desk


def a_settled_lead(room, number="X000001", kind="let_unlawfully", conclusion="violation"):
    return Lead.objects.create(
        county="370614",
        number=number,
        place=room.place,
        room=room,
        kind=kind,
        violator="property",
        source="staff",
        text="现场为药房，合同由物业公司签订",
        raised_at=NOW,
        state="settled",
        conclusion=conclusion,
        settled_on=date(2026, 11, 4),
    )


def test_settled_leads_of_a_room_go_into_one_plan(client, room, crew):
    a_settled_lead(room)
    a_settled_lead(room, "X000002", "idle")
    secretary = client("secretary")
    assert "X000001" in page(secretary, "waiting").content.decode()
    address = f"{reverse('remedy:new')}?room={room.pk}"
    form = secretary.get(address).content.decode()
    assert form.count("checked") >= 2 and "X000002" in form
    pks = list(Lead.objects.values_list("pk", flat=True))
    told = {"violation": "let_unlawfully", "violator": "property", "leads": pks}
    assert secretary.post(address, told).status_code == 302
    plan = Plan.objects.get()
    assert plan.plan_leads.count() == 2
    assert "X000001" not in page(secretary, "waiting").content.decode()
    assert "X000001" in page(secretary, "plan", plan.pk).content.decode()
    with pytest.raises(Refused):
        services.join_leads(by=crew.secretary, plan=plan, leads=Lead.objects.all(), now=NOW)
    more = a_settled_lead(room, "X000003", "occupied")
    joined = secretary.post(reverse("remedy:join", args=[plan.pk]), {"leads": [more.pk]})
    assert joined.status_code == 302 and plan.plan_leads.count() == 3


def test_a_lead_of_another_room_or_not_found_true_is_refused(room, crew):
    other = a_room(name="二层底商")
    lead = a_settled_lead(other)
    with pytest.raises(Refused):
        services.draft_plan(by=crew.secretary, room=room, cause=CAUSE, leads=[lead], now=NOW)
    untrue = a_settled_lead(other, "X000002", "idle", "no_violation")
    with pytest.raises(Refused):
        services.draft_plan(by=crew.secretary, room=other, cause=CAUSE, leads=[untrue], now=NOW)
    assert not Plan.objects.exists()


@pytest.mark.parametrize(
    "address",
    [
        "/remedy/new/?room=99999999999999999999999",
        "/remedy/new/?room=²",
        "/remedy/followups/?street=²&level=x",
        "/remedy/followups/?street=999999999999999999999999",
        "/remedy/?urgency=x&inside=9&look=zz&page=-3&sort=bad&q=%00",
        "/remedy/99999999999999999999/",
        "/remedy/measure/99999999999999999999/tell/",
    ],
)
def test_nonsense_in_an_address_is_not_a_fault_of_ours(client, crew, address):
    assert client("street").get(address).status_code in (200, 404, 422)
