"""A list of 1,300 people brought in at once: looked through first, then written, all or nothing."""

from __future__ import annotations

import io
import time

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from linli.kernel.roles import HOUSING
from linli.kernel.rulings import Refused
from linli.sheets import lists
from linli.survey import importing, sheet
from linli.survey.models import Member, Team
from linli.survey.tests.conftest import COUNTY, plan
from tests.books import NOW
from tests.people import make_person

HEADS = ["组号", "组名", "牵头部门", "姓名", "部门", "单位", "手机", "账号"]


def book(*rows: list[object]) -> bytes:
    made = openpyxl.Workbook()
    made.active.append(HEADS)
    for row in rows:
        made.active.append(row)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def row(n: int, **changes: object) -> list[object]:
    told = {
        "组号": n % 45 + 1,
        "组名": f"第{n % 45 + 1}排查组",
        "牵头部门": "住建局",
        "姓名": f"王{n}",
        "部门": ("住建局", "民政局", "自然资源局")[n % 3],
        "单位": "区住建局",
        "手机": f"139{10_000_000 + n:08d}",
        "账号": "",
    }
    return list((told | changes).values())


def read(*rows: list[object]) -> lists.Read[sheet.MemberRow]:
    return sheet.read(*sheet.LAYOUT.open(book(*rows), name="名单.xlsx"))


def test_thirteen_hundred_people_come_in_at_once_and_fast(people):
    campaign = plan()
    told = read(*(row(n) for n in range(1300)))
    assert told.faults.allowed
    begun = time.perf_counter()
    with CaptureQueriesContext(connection) as caught:
        importing.import_members(by=None, campaign=campaign, rows=told.rows, now=NOW)
    assert time.perf_counter() - begun < 10
    assert len(caught) < 40
    assert (Member.objects.count(), Team.objects.count()) == (1300, 45)
    again = importing.plan(told.rows, campaign=campaign)
    assert (again.counts, again.faults.allowed) == ({"teams": 0, "new": 0, "same": 1300}, True)


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"组号": "甲"}, "组号应为数字"),
        ({"姓名": ""}, "请填写姓名"),
        ({"部门": "教育局"}, "不认识"),
        ({"部门": "税务局"}, "没有参加"),
        ({"手机": "12"}, ""),
        ({"账号": "nobody"}, "没有账号"),
    ],
)
def test_a_wrong_row_is_told_and_nothing_written(people, changes, why):
    campaign = plan()
    told = read(row(0), row(1, **changes))
    faults = told.faults & importing.plan(told.rows, campaign=campaign).faults
    assert why in str(faults) and faults.reasons[0].row == 3
    if told.faults.allowed:
        with pytest.raises(Refused):
            importing.import_members(by=None, campaign=campaign, rows=told.rows, now=NOW)
    assert not Member.objects.exists()


def test_nobody_is_in_two_teams(people):
    campaign = plan()
    told = read(row(0), row(1, 手机=row(0)[6]))
    faults = importing.plan(told.rows, campaign=campaign).faults
    assert "第2行是同一个人" in str(faults)
    importing.import_members(by=None, campaign=campaign, rows=told.rows[:1], now=NOW)
    moved = read(row(0, 组号=9))
    assert "此人已在第1组" in str(importing.plan(moved.rows, campaign=campaign).faults)


def test_the_pages_look_first_and_write_what_is_right(people, clock, settings, tmp_path):
    settings.FILES = tmp_path / "files"
    campaign = plan()
    client = people.client(make_person("housing", "高强", HOUSING, COUNTY))
    url = reverse("survey:import", args=[campaign.pk])
    assert client.get(url).status_code == 200
    data = book(row(0), row(1, 姓名=""))
    brought = SimpleUploadedFile("名单.xlsx", data)
    page = client.post(url, {"sheet": brought})
    assert "请填写姓名" in page.content.decode()
    assert not Member.objects.exists()
    file = page.context["file"].pk
    confirm = reverse("survey:import_confirm", args=[campaign.pk])
    client.post(confirm, {"file": file, "good": "1"})
    assert Member.objects.get().name == "王0"
    out = client.get(reverse("survey:teams_excel", args=[campaign.pk]))
    content = b"".join(out.streaming_content) if out.streaming else out.content
    told = sheet.read(*sheet.LAYOUT.open(content, name="出.xlsx"))
    assert importing.plan(told.rows, campaign=campaign).counts == {"teams": 0, "new": 0, "same": 1}
    template = client.get(reverse("survey:import_template", args=[campaign.pk]))
    assert template.status_code == 200


def test_other_headings_are_told_and_the_bad_rows_come_back(people, clock, settings, tmp_path):
    settings.FILES = tmp_path / "files"
    campaign = plan()
    client = people.client(make_person("housing", "高强", HOUSING, COUNTY))

    def at(name: str) -> str:
        return reverse(f"survey:{name}", args=[campaign.pk])

    workbook = openpyxl.load_workbook(io.BytesIO(book(row(0), row(1, 姓名=""))))
    cells = {cell.value: cell for cell in workbook.active[1]}
    cells["姓名"].value = "谁去"
    mended = io.BytesIO()
    workbook.save(mended)
    brought = SimpleUploadedFile("名单.xlsx", mended.getvalue())
    first = client.post(at("import"), {"sheet": brought}).context
    assert not first["lacking"].allowed
    columns = [
        (c["heading"], c["field"] or ("name" if c["heading"] == "谁去" else ""))
        for c in first["columns"]
    ]
    told = {"heading": [c[0] for c in columns], "field": [c[1] for c in columns]}
    kept = {"file": first["file"].pk}
    again = client.post(at("import_look"), kept | told).context
    assert again["lacking"].allowed
    assert again["bad"] == 1
    bad = client.post(at("import_bad"), kept | {"told": again["told"]})
    content = b"".join(bad.streaming_content) if bad.streaming else bad.content
    rows = list(openpyxl.load_workbook(io.BytesIO(content)).active.values)
    assert any("请填写姓名" in str(cell) for line in rows for cell in line)
    assert not Member.objects.exists()


def test_telephones_are_masked_for_who_does_not_keep_the_list(people, clock):
    campaign = plan()
    importing.import_members(by=None, campaign=campaign, rows=read(row(0)).rows, now=NOW)
    for name in ("teams", "teams_excel"):
        answer = people.client(people.street).get(reverse(f"survey:{name}", args=[campaign.pk]))
        content = b"".join(answer.streaming_content) if answer.streaming else answer.content
        assert row(0)[6].encode() not in content
