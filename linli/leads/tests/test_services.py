"""Raising leads, putting them to their rooms, putting them aside."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from PIL import Image, TiffImagePlugin

from linli.kernel.place import Scope
from linli.kernel.rulings import Refused
from linli.leads import queries, rules, services
from linli.leads.models import Lead, Photo, Report
from linli.leads.services import Shot
from linli.leads.tests.conftest import COUNTY, TEXT, a_lead, a_room, picture
from linli.premises import services as premises
from linli.trail.models import Line
from tests.books import NOW
from tests.people import ESTATE, OTHER

pytestmark = pytest.mark.django_db


def test_a_lead_is_numbered_in_its_county_and_lies_where_its_room_lies(room):
    first, second = a_lead(room), a_lead(room, kind="idle")
    assert (first.number, second.number) == ("X000001", "X000002")
    assert first.place == room.place and first.state == rules.OPEN
    assert Line.objects.get(act="leads.raise", subject=f"leads.lead:{first.pk}").place == ESTATE


def test_the_same_open_problem_of_a_room_is_one_lead_with_two_reports(room):
    first = a_lead(room, subject="survey.target:7")
    again = a_lead(room, text="居民又来反映一次", violator="property", subject="survey.target:8")
    assert again.pk == first.pk and Lead.objects.count() == 1
    assert [report.text for report in queries.reports(first)] == [TEXT, "居民又来反映一次"]
    again.refresh_from_db()
    assert again.violator == "property" and again.text == TEXT
    assert list(queries.raised_by("survey.target:8")) == [first]


def test_two_reports_of_one_spot_without_a_room_are_one_lead(room):
    told = {"kind": "not_on_register", "spot_text": "北门岗亭旁的平房"}
    first = a_lead(None, **told)
    assert a_lead(None, **told | {"spot_text": "北门岗亭旁的平房 "}).pk == first.pk
    assert a_lead(None, **told | {"spot_text": "地下室东侧"}).pk != first.pk


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"kind": "haunted"}, "没有“haunted”这类线索"),
        ({"text": "坏了"}, "至少5个字"),
        ({"text": "长" * 100_000}, "不超过1000个字"),
        ({"text": "请打13805351234找我"}, "手机号码"),
        ({"text": "占用人身份证号11010519491231002X"}, "身份证号"),
        ({"source": "rumour"}, "线索来源"),
        ({"violator": "nobody"}, "责任主体"),
        ({"room": None}, "请写明具体位置"),
        ({"room": None, "spot_text": "门" * 101}, "不超过100个字"),
        ({"room": None, "place": "370614999999999", "spot_text": "门房"}, "还没有录入"),
        ({"room": None, "place": "x", "spot_text": "门房"}, "不是地点代码"),
        ({"county": "370602"}, "不在这个县"),
        ({"photos": [Shot(name="a")] * 13}, "最多上传12张"),
    ],
)
def test_what_is_no_lead_is_refused_with_its_reason(room, changes, said):
    with pytest.raises(Refused, match=said):
        a_lead(changes.pop("room", room), **changes)
    assert not Lead.objects.exists() and not Report.objects.exists()


def test_personal_data_is_refused_on_its_ground(room):
    with pytest.raises(Refused) as refused:
        a_lead(room, text="请打13805351234找我")
    (reason,) = refused.value.ruling.reasons
    assert "个人信息保护法:6" in reason.cites and reason.field == "text"


def test_a_door_may_be_named_for_it_says_where(room):
    assert a_lead(room, text="3号楼2单元101室改成了仓库").pk


def test_a_room_off_the_register_gets_no_new_lead(room):
    premises.end_room(by=None, room=room, until_on=NOW.date(), reason="误登", now=NOW)
    room.refresh_from_db()
    with pytest.raises(Refused, match="已注销"):
        a_lead(room)


def test_a_photo_keeps_when_and_where_it_was_taken(room):
    exif = Image.Exif()
    exif.get_ifd(0x8769)[0x9003] = "2026:06:01 09:30:00"
    third = TiffImagePlugin.IFDRational
    gps = exif.get_ifd(0x8825)
    gps.update({1: "N", 2: (third(37), third(48), third(36)), 3: "E"})
    gps[4] = (third(120), third(45), third(0))
    exif[0x8769], exif[0x8825] = exif.get_ifd(0x8769), gps
    shot = Shot(content=picture(exif=exif), name="现场.jpg")
    lead = a_lead(room, photos=[shot, shot])
    photo = Photo.objects.get(report__lead=lead)
    assert photo.taken_at == datetime(2026, 6, 1, 1, 30, tzinfo=UTC)
    assert (photo.east, photo.north) == (120_750_000, 37_810_000)
    assert photo.file.personal


def test_what_the_page_tells_of_a_photo_counts_before_the_camera(room):
    shot = Shot(content=picture(), name="a.jpg", taken_at=NOW, east=1, north=2)
    photo = Photo.objects.get(report__lead=a_lead(room, photos=[shot]))
    assert (photo.taken_at, photo.east, photo.north) == (NOW, 1, 2)


def test_a_photo_that_is_no_picture_is_refused_and_leaves_nothing(room):
    with pytest.raises(Refused, match="须是图片"):
        a_lead(room, photos=[Shot(content=b"%PDF-1.4\n%%EOF\n" + b"x" * 400, name="a.pdf")])
    assert not Lead.objects.exists()


def test_a_resident_reports_without_an_account_and_asks_with_the_phone(room):
    made = services.report_lead(
        by=None,
        county=COUNTY,
        room=None,
        place=ESTATE,
        kind="occupied",
        spot_text="3号楼一层",
        text="一层公共用房堆满了材料",
        phone="138 0535 1234",
        now=NOW,
    )
    assert queries.asked(made.query.lower(), "1234") == made
    assert queries.asked(made.query, "4321") is None and queries.asked(made.query, "") is None
    assert made.lead.source == rules.RESIDENT
    with pytest.raises(Refused, match="打通的电话"):
        services.report_lead(
            by=None,
            county=COUNTY,
            room=room,
            place=ESTATE,
            kind="idle",
            text=TEXT,
            phone="12",
            now=NOW,
        )


def test_a_spot_is_put_to_its_room_once(room):
    lead = a_lead(None, kind="occupied", spot_text="3号楼一层")
    joined = services.join_room(by=None, lead=lead, room=room, now=NOW)
    assert joined.room == room
    with pytest.raises(Refused, match="已经对应到用房"):
        services.join_room(by=None, lead=joined, room=room, now=NOW)


def test_a_spot_is_not_put_to_a_room_elsewhere_or_with_the_same_lead(room):
    lead = a_lead(None, kind="let_unlawfully", spot_text="3号楼一层")
    with pytest.raises(Refused, match="不在线索所在的地方"):
        services.join_room(by=None, lead=lead, room=a_room(place=OTHER), now=NOW)
    twin = a_lead(room)
    with pytest.raises(Refused, match=twin.number):
        services.join_room(by=None, lead=lead, room=room, now=NOW)


def test_a_report_that_is_none_is_put_aside_with_its_reason(room):
    lead = a_lead(room, source=rules.RESIDENT)
    done = services.dismiss(by=None, lead=lead, reason="反映的是自家装修问题", now=NOW)
    assert done.state == rules.DISMISSED
    assert a_lead(room).pk != lead.pk, "put aside, it no longer gathers reports"
    with pytest.raises(Refused, match="已办结"):
        services.dismiss(by=None, lead=done, reason="再来一次试试", now=NOW)


def test_a_lead_of_the_survey_is_not_put_aside(room):
    with pytest.raises(Refused, match="须经会商认定"):
        services.dismiss(
            by=None, lead=a_lead(room, source=rules.CHECK), reason="不想办这条线索", now=NOW
        )


def test_the_leads_that_a_survey_found_are_counted_from_rows(room):
    a_lead(room, source=rules.CHECK)
    a_lead(room, kind="idle", source=rules.STAFF)
    assert queries.found_count(Scope.of(COUNTY)) == 1
    assert queries.found_count(Scope.of(OTHER)) == 0
