"""Pages of leads and consultations: who sees what, what is done from them."""

from __future__ import annotations

import io
from datetime import timedelta

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from linli.kernel.roles import DEPARTMENTS
from linli.leads import agendas, consulting, rules, services
from linli.leads.models import Consultation, Lead, Opinion, Photo
from linli.leads.services import Shot
from linli.leads.tests.conftest import COUNTY, TEXT, a_lead, a_room, picture
from linli.leads.tests.test_consulting import ALL, WHY, convene, sign
from linli.leads.verdicts import DISAGREE
from linli.premises.models import Room
from linli.trail.models import Look
from tests.books import NOW
from tests.people import ESTATE, OTHER

pytestmark = pytest.mark.django_db
PDF = b"%PDF"


@pytest.fixture
def at(people, nine, clock):
    """at("tax"): a client of a department's person; at("street") of one of `people`."""
    return lambda who: people.client(
        nine.district if who == "district" else nine.of.get(who) or getattr(people, who)
    )


def page(client, url, status=200, **more):
    answer = client.get(url, **more)
    assert answer.status_code == status, answer.status_code
    return answer.content.decode()


# --- the register -----------------------------------------------------------------------------


def test_the_register_shows_the_leads_of_ones_places(at, room, lead):
    a_lead(a_room(place=OTHER, name="钟楼照料站"), kind="idle")
    text = page(at("street"), "/leads/")
    assert lead.number in text and "碧海家园" in text and "X000002" not in text
    assert "X000002" in page(at("tax"), "/leads/")


@pytest.mark.parametrize("who", ["bookkeeper", "approver", "resident"])
def test_the_register_is_not_for_who_keeps_books(at, room, who):
    page(at(who), "/leads/", 403)


def test_filters_stand_in_the_address(at, room, lead):
    idle = a_lead(room, kind="idle", source=rules.CHECK, violator="property")
    client = at("street")
    for query in ("kind=idle", "source=check", "violator=property", f"q={idle.number}", "q=日间"):
        assert idle.number in page(client, f"/leads/?{query}"), query
    for query in ("kind=idle", "source=check", "state=open&violator=property"):
        assert f"/leads/{lead.pk}/" not in page(client, f"/leads/?{query}"), query
    assert "没有" in page(client, "/leads/?state=settled")


def test_the_board_has_a_column_for_each_state(at, room, lead):
    text = page(at("street"), "/leads/board/")
    assert "待会商" in text and "会商中" in text and lead.number in text


def test_the_register_goes_out_as_excel(at, room, lead):
    answer = at("street").get("/leads/excel/")
    rows = list(openpyxl.load_workbook(io.BytesIO(answer.content)).active.values)
    assert "线索编号" in rows[0] and any(lead.number in row for row in rows[1:])


def test_the_register_asks_no_more_for_more_leads(at, room, django_assert_max_num_queries):
    client = at("street")
    for kind in ("idle", "occupied", "use_changed", "area_short"):
        a_lead(room, kind=kind)
    for n in range(40):
        a_lead(None, kind="not_on_register", spot_text=f"{n}号车棚")
    for url in ("/leads/", "/leads/board/"):
        with django_assert_max_num_queries(12):
            page(client, url)


# --- one lead ---------------------------------------------------------------------------------


def test_a_lead_is_written_down_from_the_page_with_a_photo(at, room):
    client = at("street")
    assert "先选小区" in page(client, "/leads/new/")
    assert room.name in page(client, f"/leads/new/?in={ESTATE}&room={room.pk}")
    answer = client.post(
        f"/leads/new/?in={ESTATE}",
        {
            "room": room.pk,
            "kind": "occupied",
            "violator": "property",
            "text": "物业公司堆放杂物，居民无法使用",
            "photos": [picture()],
        },
    )
    lead = Lead.objects.get()
    assert answer.status_code == 302 and answer.url == f"/leads/{lead.pk}/"
    photo = Photo.objects.get()
    text = page(client, f"/leads/{lead.pk}/")
    assert f"/leads/photo/{photo.pk}/small/" in text and "物业公司堆放杂物" in text
    assert client.get(f"/leads/photo/{photo.pk}/small/").status_code == 200
    assert client.get(f"/leads/photo/{photo.pk}/").status_code == 200
    assert at("stranger").get(f"/leads/photo/{photo.pk}/").status_code == 404


def test_a_refused_lead_says_why_beside_its_field_and_keeps_what_was_typed(at, room):
    answer = at("street").post(
        f"/leads/new/?in={ESTATE}",
        {"kind": "occupied", "violator": "unknown", "text": "找13805351234", "spot_text": ""},
    )
    text = answer.content.decode()
    assert answer.status_code == 422 and "手机号码" in text and "请写明具体位置" in text
    assert "找13805351234" in text and not Lead.objects.exists()


def test_a_street_writes_no_lead_of_another_street(at, room):
    assert at("street").get(f"/leads/new/?in={OTHER}").status_code == 404


def test_text_of_a_lead_is_shown_as_text(at, room):
    lead = a_lead(room, text="<script>alert(1)</script>被占用")
    assert "<script>alert(1)" not in page(at("street"), f"/leads/{lead.pk}/")


def test_a_lead_is_put_to_its_room_or_aside_by_who_keeps_leads(at, room):
    lead = a_lead(None, kind="occupied", spot_text="一层", source=rules.RESIDENT)
    assert at("tax").post(f"/leads/{lead.pk}/join/", {"code": room.code}).status_code == 403
    client = at("street")
    refused = client.post(f"/leads/{lead.pk}/join/", {"code": "R999999"})
    assert refused.status_code == 422 and "没有编码为“R999999”" in refused.content.decode()
    assert client.post(f"/leads/{lead.pk}/join/", {"code": room.code}).status_code == 302
    refused = client.post(f"/leads/{lead.pk}/dismiss/", {"reason": "不"})
    assert refused.status_code == 422
    reason = {"reason": "反映的是自家装修问题"}
    assert client.post(f"/leads/{lead.pk}/dismiss/", reason).status_code == 302
    assert "自家装修" in page(client, f"/leads/{lead.pk}/")


def test_a_room_not_on_the_register_is_written_down_from_its_lead_and_its_code_comes_back(at):
    lead = a_lead(kind="not_on_register", room=None, spot_text="北门岗亭旁的平房")
    client = at("street")
    url = client.get(f"/leads/{lead.pk}/").context["register_url"]
    form = client.get(url).context["form"]
    assert form["name"].value() == "北门岗亭旁的平房"
    told = {
        "kind": "property_business",
        "name": "北门平房",
        "place": ESTATE,
        "state": "idle",
        "since_on": "2026-11-01",
        "owner": "unknown",
        "title_state": "none",
    }
    answer = client.post(url, told)
    room = Room.objects.get(name="北门平房")
    assert answer.url == f"/leads/{lead.pk}/?code={room.code}"
    assert client.get(answer.url).context["join_form"]["code"].value() == room.code
    elsewhere = url.replace("%2Fleads", "%2F%2Fevil.example%2Fleads")
    told["name"] = "另一间"
    assert client.post(elsewhere, told).url.startswith("/rooms/")


def test_a_residents_number_is_masked_and_opened_for_a_purpose(at, room):
    report = services.report_lead(
        by=None,
        county=COUNTY,
        room=room,
        place=ESTATE,
        kind="idle",
        text=TEXT,
        phone="13805351234",
        now=NOW,
    )
    url = f"/leads/{report.lead_id}/"
    client = at("street")
    assert "138****1234" in page(client, url) and "138****1234" not in page(at("tax"), url)
    assert client.post(f"/leads/report/{report.pk}/phone/", {}).status_code == 422
    shown = client.post(f"/leads/report/{report.pk}/phone/", {"purpose": "核实位置"})
    assert "13805351234" in shown.content.decode()
    assert Look.objects.filter(field="phone", purpose="核实位置").exists()
    assert at("tax").post(f"/leads/report/{report.pk}/phone/", {"purpose": "x"}).status_code == 403


def test_the_page_of_a_room_shows_its_leads(at, room, lead):
    client = at("street")
    assert "Unlawful letting" in page(
        client, f"/leads/{lead.pk}/", headers={"accept-language": "en"}
    )
    told = page(client, f"/rooms/{room.pk}/", headers={"accept-language": "en"})
    assert "unlawful letting" in told.lower()
    text = page(client, f"/rooms/{room.pk}/")
    assert f"/leads/{lead.pk}/" in text and f"/leads/new/?in={ESTATE}&amp;room={room.pk}" in text
    assert f"/leads/{lead.pk}/" not in page(at("bookkeeper"), f"/rooms/{room.pk}/")


# --- consultations ----------------------------------------------------------------------------


def test_housing_convenes_on_the_ticked_leads(at, nine, room, lead, calendar):
    idle = a_lead(room, kind="idle")
    client = at("housing")
    asked = client.post("/leads/convene/", {"row": [lead.pk, idle.pk]}).content.decode()
    assert lead.number in asked and idle.number in asked and "召集" in asked
    sent = {
        "row": [lead.pk, idle.pk],
        "title": "登州街道会商",
        "convener": "housing",
        "departments": ["housing", "tax"],
        "due_on": "2026-11-12",
    }
    for each in (lead, idle):
        sent |= {f"lead-{each.pk}-conclusion": "violation", f"lead-{each.pk}-violator": "property"}
    nobody = client.post("/leads/convene/", sent | {"departments": []})
    assert nobody.status_code == 422 and "请选择参加会商的部门" in nobody.content.decode()
    answer = client.post("/leads/convene/", sent)
    held = Consultation.objects.get()
    assert answer.url == f"/leads/consultations/{held.pk}/"
    assert held.items.count() == 2 and agendas.seats(held) == ["housing", "tax"]
    again = client.post("/leads/convene/", {"row": [lead.pk]})
    assert again.status_code == 302 and again.url == "/leads/"


def test_a_department_convenes_nothing(at, lead):
    assert at("tax").post("/leads/convene/", {"row": [lead.pk]}).status_code == 403


def test_a_department_sees_only_what_is_addressed_to_it(at, nine, lead, calendar):
    held = convene(nine, [lead], departments=("housing", "police"))
    assert held.number in page(at("police"), "/leads/consultations/")
    assert held.number not in page(at("tax"), "/leads/consultations/")
    page(at("tax"), f"/leads/consultations/{held.pk}/", 404)
    page(at("tax"), f"/leads/consultations/{held.pk}/minutes/", 404)
    assert at("tax").post(f"/leads/consultations/{held.pk}/sign/", {}).status_code == 404
    page(at("street"), f"/leads/consultations/{held.pk}/", 403)
    page(at("district"), f"/leads/consultations/{held.pk}/")


def test_until_the_end_a_department_does_not_see_what_others_said(at, nine, lead, calendar):
    held = convene(nine, [lead], departments=("housing", "police"))
    sign(nine, held, "police", DISAGREE, WHY)
    url = f"/leads/consultations/{held.pk}/"
    assert WHY in page(at("police"), url) and WHY in page(at("housing"), url)
    other = convene(nine, [a_lead(lead.room, kind="idle")], departments=("tax", "police"))
    sign(nine, other, "police", DISAGREE, WHY)
    assert WHY not in page(at("tax"), f"/leads/consultations/{other.pk}/")
    page(at("tax"), f"/leads/consultations/{other.pk}/minutes/", 404)


def test_many_items_are_signed_in_one_act(at, nine, room, calendar):
    held = convene(nine, [a_lead(room), a_lead(room, kind="idle"), a_lead(room, kind="occupied")])
    client, url = at("tax"), f"/leads/consultations/{held.pk}/"
    assert page(client, url).count('name="item"') == 3
    assert page(client, f"{url}?tick=all").count("checked") == 3
    first, second, third = agendas.items(held)
    sent = {"item": [first.pk, second.pk], "role": "tax"}
    sent |= {f"stance-{first.pk}": "agree", f"stance-{second.pk}": "disagree"}
    refused = client.post(f"{url}sign/", sent)
    assert refused.status_code == 422 and "第2项不同意，请写明理由" in refused.content.decode()
    assert not Opinion.objects.exists()
    answer = client.post(f"{url}sign/", sent | {f"text-{second.pk}": "应先查清合同日期"})
    assert answer.status_code == 302 and Opinion.objects.count() == 2
    assert page(client, url).count('name="item"') == 1
    assert held.signatures.get().opinions.count() == 2


def test_nobody_signs_for_another_department_from_the_page(at, nine, lead, calendar):
    held = convene(nine, [lead])
    (item,) = agendas.items(held)
    answer = at("tax").post(
        f"/leads/consultations/{held.pk}/sign/",
        {"item": [item.pk], "role": "police", f"stance-{item.pk}": "agree"},
    )
    assert answer.status_code == 422 and "您没有这个职务" in answer.content.decode()
    assert not Opinion.objects.exists()


def test_an_opinion_is_withdrawn_from_the_page(at, nine, lead, calendar):
    held = convene(nine, [lead])
    opinion = sign(nine, held, "tax").opinions.get()
    url = f"/leads/opinion/{opinion.pk}/withdraw/"
    assert at("police").post(url, {"reason": "替他撤回一下"}).status_code == 422
    assert at("tax").post(url, {"reason": ""}).status_code == 422
    assert at("tax").post(url, {"reason": "误选了同意"}).status_code == 302
    assert "误选了同意" in page(at("housing"), f"/leads/consultations/{held.pk}/")


def test_the_convener_ends_a_tie_from_the_page_and_prints_the_minutes(at, nine, lead, calendar):
    held = convene(nine, [lead], departments=("housing", "police"))
    sign(nine, held, "housing")
    client, url = at("housing"), f"/leads/consultations/{held.pk}/"
    assert "作出结论" not in page(client, url)
    sign(nine, held, "police", DISAGREE, WHY)
    assert "票数相等" in page(client, url)
    (item,) = agendas.items(held)
    refused = client.post(f"{url}conclude/", {f"way-{item.pk}": "carried"})
    assert refused.status_code == 422 and "理由" in refused.content.decode()
    sent = {f"way-{item.pk}": "carried", f"why-{item.pk}": "物业公司已书面承认"}
    assert at("district").post(f"{url}conclude/", sent).status_code == 422
    assert client.post(f"{url}conclude/", sent).status_code == 302
    lead.refresh_from_db()
    assert lead.stands
    assert client.get(f"{url}minutes/").content.startswith(PDF)
    assert at("police").get(f"{url}minutes/").content.startswith(PDF)
    assert "物业公司已书面承认" in page(at("street"), f"/leads/{lead.pk}/")
    assert "与签署时一致" in page(at("police"), url)


def test_the_list_of_consultations_asks_no_more_for_more(
    at, nine, room, calendar, django_assert_max_num_queries
):
    for kind in ("idle", "occupied", "use_changed", "area_short", "other"):
        sign(nine, convene(nine, [a_lead(room, kind=kind)], title=f"会商{kind}"), "tax")
    client = at("tax")
    with django_assert_max_num_queries(12):
        page(client, "/leads/consultations/")


# --- desk, search ------------------------------------------------------------------------------


def test_what_waits_stands_on_the_desk(at, nine, lead, calendar):
    held = convene(nine, [lead], departments=("housing", "police"))
    assert f"{held.number}：1项等您签署意见" in page(at("police"), "/desk/")
    assert held.number not in page(at("tax"), "/desk/")
    assert "可以作出结论" not in page(at("housing"), "/desk/")
    sign(nine, held, "police")
    sign(nine, held, "housing")
    assert f"{held.number}可以作出结论" in page(at("housing"), "/desk/")
    assert held.number not in page(at("police"), "/desk/")


def test_after_the_day_it_waits_on_the_convener(at, nine, lead, calendar, monkeypatch):
    held = convene(nine, [lead])
    monkeypatch.setattr(timezone, "now", lambda: NOW + timedelta(20))
    assert f"{held.number}可以作出结论" in page(at("housing"), "/desk/")
    assert "等您签署" not in page(at("tax"), "/desk/")


def test_the_search_finds_leads_and_the_consultations_addressed_to_one(at, nine, lead, calendar):
    held = convene(nine, [lead], departments=("housing", "police"))
    assert f"/leads/{lead.pk}/" in page(at("tax"), f"/search/?q={lead.number}")
    url = f"/leads/consultations/{held.pk}/"
    assert url in page(at("police"), f"/search/?q={held.number}")
    assert url not in page(at("tax"), f"/search/?q={held.number}")


# --- lists -------------------------------------------------------------------------------------

HEAD = ("线索编号", "问题类型", "小区", "用房编码", "具体位置", "责任主体", "情况")


def sheet(*rows):
    book = openpyxl.Workbook()
    for row in (HEAD, *rows):
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return SimpleUploadedFile("线索.xlsx", out.getvalue())


def kept_in(text):
    return text.split('name="file" value="')[1].split('"')[0]


def test_a_list_of_leads_is_looked_through_and_written(at, room, lead):
    client = at("street")
    brought = sheet(
        (None, "违规出租", "碧海家园", room.code, None, "物业服务人", "又有人反映此处出租"),
        (None, "闲置", None, room.code, None, None, "大门上锁，长期无人使用"),
        (None, "台账外用房", "碧海家园", None, "北门岗亭旁平房", None, "现场有房，台账上没有"),
        (lead.number, "违规出租", "碧海家园", None, None, None, "已有"),
    )
    text = client.post("/leads/import/", {"sheet": brought}).content.decode()
    assert Lead.objects.count() == 1 and "写入" in text
    answer = client.post("/leads/import/confirm/", {"file": kept_in(text), "told": ""})
    assert answer.status_code == 302 and Lead.objects.count() == 3
    assert lead.reports.count() == 2


def test_wrong_rows_are_named_and_the_others_may_be_written_alone(at, room):
    client = at("street")
    brought = sheet(
        (None, "闹鬼", "碧海家园", None, "地下室", None, "夜里有声音响"),
        (None, "闲置", "无名小区", None, "地下室", None, "长期上锁无人使用"),
        (None, "闲置", "钟楼小区", None, "地下室", None, "长期上锁无人使用"),
        (None, "闲置", None, "R999999", None, None, "长期上锁无人使用"),
        (None, "闲置", None, room.code, None, None, "电话13805351234"),
        (None, "闲置", None, room.code, None, None, "长期上锁无人使用"),
        ("X009999", "闲置", None, room.code, None, None, "长期上锁无人使用"),
    )
    text = client.post("/leads/import/", {"sheet": brought}).content.decode()
    for said in ("不认识“闹鬼”", "没有小区“无名小区”", "没有小区“钟楼小区”", "R999999", "手机号码"):
        assert said in text, said
    told = {"file": kept_in(text), "told": ""}
    assert client.post("/leads/import/confirm/", told).status_code == 409
    assert not Lead.objects.exists()
    bad = client.post("/leads/import/bad/", told)
    assert bad["Content-Type"].startswith("application/vnd")
    assert client.post("/leads/import/confirm/", told | {"good": "1"}).status_code == 302
    assert Lead.objects.count() == 1


def test_what_was_written_out_can_be_brought_in_again(at, room, lead):
    client = at("street")
    out = client.get("/leads/excel/")
    brought = SimpleUploadedFile("台账.xlsx", out.content)
    text = client.post("/leads/import/", {"sheet": brought}).content.decode()
    assert "与现有的一致" in text


def test_a_sheet_of_something_else_is_no_list_of_leads(at, room):
    book = openpyxl.Workbook()
    book.active.append(("菜名", "价格"))
    out = io.BytesIO()
    book.save(out)
    brought = SimpleUploadedFile("菜单.xlsx", out.getvalue())
    text = at("street").post("/leads/import/", {"sheet": brought}).content.decode()
    assert "还读不了这张表" in text
    for url in ("/leads/import/", "/leads/import/template/"):
        assert at("street").get(url).status_code == 200


def test_every_department_has_a_desk_without_leads(at):
    for role in DEPARTMENTS:
        page(at(role.code), "/desk/")


def test_a_photo_of_a_lead_is_read_once_shown_as_kept(room):
    shot = Shot(content=picture(), name="现场.jpg")
    lead = a_lead(room, photos=[shot])
    assert [photo.file.name for photo in lead.reports.get().photos.all()] == ["现场.jpg"]
    assert len(ALL) == 9 and consulting.reply_by(NOW.date(), COUNTY) > NOW.date()
