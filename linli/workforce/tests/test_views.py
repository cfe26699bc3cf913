from datetime import date
from io import BytesIO

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from linli.trail.models import Look
from linli.workforce import records
from linli.workforce.models import Worker
from linli.workforce.tests.conftest import (
    COMMUNITY,
    OTHER_COMMUNITY,
    a_worker,
    id_number,
    in_post,
)
from tests.books import NOW

pytestmark = pytest.mark.django_db


def client(user):
    made = Client()
    made.force_login(user)
    return made


@pytest.fixture
def serving(county):
    worker = a_worker(name="王海燕", phone="13805351234")
    in_post(worker)
    records.add_schooling(by=None, worker=worker, level="bachelor", degree="bachelor", now=NOW)
    return worker


def test_the_register_tells_who_serves_and_masks_numbers(serving, keeper):
    page = (
        client(keeper)
        .get("/workforce/?columns=name&columns=phone&columns=id_number")
        .content.decode()
    )
    assert "王海燕" in page
    assert "138****1234" in page
    assert serving.phone not in page
    assert serving.id_number not in page
    assert serving.id_number[:4] + "*" * 10 + serving.id_number[-4:] in page


def test_the_register_is_that_of_any_day(serving, keeper):
    there = client(keeper)
    assert "王海燕" in there.get("/workforce/?on=2020-03-01").content.decode()
    assert "王海燕" not in there.get("/workforce/?on=2020-02-28").content.decode()


def test_a_secretary_sees_their_own_community_only(serving, secretary):
    other = a_worker(name="李强", place=OTHER_COMMUNITY)
    in_post(other, place=OTHER_COMMUNITY)
    there = client(secretary)
    page = there.get("/workforce/").content.decode()
    assert "王海燕" in page
    assert "李强" not in page
    assert there.get(f"/workforce/{other.pk}/").status_code == 404


def test_the_register_asks_no_more_for_more_people(keeper, django_assert_max_num_queries):
    def fill(n):
        for _ in range(n):
            in_post(a_worker())

    there = client(keeper)
    fill(3)
    there.get("/workforce/")
    with django_assert_max_num_queries(13):
        there.get("/workforce/")
    fill(22)
    with django_assert_max_num_queries(13):
        there.get("/workforce/")


def test_the_excel_of_the_register_has_masked_numbers(serving, keeper):
    answer = client(keeper).get("/workforce/excel/")
    sheet = openpyxl.load_workbook(
        BytesIO(b"".join(answer.streaming_content if answer.streaming else [answer.content]))
    ).active
    cells = [str(cell.value) for row in sheet.iter_rows() for cell in row]
    assert "王海燕" in cells
    assert serving.id_number not in cells
    assert serving.phone not in cells


def test_a_file_tells_the_grade_and_how_it_is_counted(serving, keeper):
    page = client(keeper).get(f"/workforce/{serving.pk}/").content.decode()
    assert "学士学位折算3年" in page
    assert "按表应为" in page


def test_a_whole_number_is_shown_for_a_purpose_and_the_look_is_recorded(serving, keeper):
    there = client(keeper)
    url = f"/workforce/{serving.pk}/number/"
    refused = there.post(url, {"field": "id_number", "purpose": ""})
    assert refused.status_code == 422
    assert serving.id_number not in refused.content.decode()
    page = there.post(url, {"field": "id_number", "purpose": "核对合同"}).content.decode()
    assert serving.id_number in page
    assert serving.phone not in page
    assert [(look.field, look.purpose) for look in Look.objects.all()] == [
        ("id_number", "核对合同")
    ]


def test_a_new_file_with_a_wrong_check_digit_is_refused_beside_its_field(county, keeper):
    told = {
        "name": "王海燕",
        "id_number": "110105194912310021",
        "politics": "member",
        "place": COMMUNITY,
    }
    answer = client(keeper).post("/workforce/new/", told)
    assert answer.status_code == 422
    assert "校验不通过" in answer.content.decode()
    assert not Worker.objects.exists()


def test_a_retired_area_code_is_no_reason_to_refuse(county, keeper):
    told = {
        "name": "王海燕",
        "id_number": id_number(date(1990, 5, 4), area="370684"),
        "politics": "member",
        "place": COMMUNITY,
    }
    assert client(keeper).post("/workforce/new/", told).status_code == 302
    assert Worker.objects.get().number == "D000001"


@pytest.mark.parametrize(
    ("what", "told"),
    [
        ("schooling", {"level": "postgraduate", "degree": "master", "school": "鲁东大学"}),
        ("certificate", {"kind": "social_worker", "given_on": "2022-06-01"}),
        ("contract", {"number": "HT-1", "employer": "登州街道办事处", "from_on": "2024-01-01"}),
        ("assessment", {"year": "2025", "grade": "good"}),
        ("leave", {"kind": "annual", "from_on": "2026-11-02", "until_on": "2026-11-06"}),
        ("grade", {"grade": "3", "since_on": "2026-01-01", "why": "首次定级"}),
        ("end", {"until_on": "2026-10-31", "how": "resigned", "why": "本人申请"}),
        ("person", {"name": "王海艳", "politics": "none", "phone": "13905350000"}),
    ],
)
def test_each_thing_is_written_into_a_file_by_its_form(serving, keeper, what, told):
    there = client(keeper)
    url = f"/workforce/{serving.pk}/write/{what}/"
    assert there.get(url).status_code == 200
    assert there.post(url, {"sent": "1"}).status_code == 422
    answer = there.post(url, told)
    assert (answer.status_code, answer.headers.get("Location")) == (
        302,
        f"/workforce/{serving.pk}/",
    )
    assert there.get(f"/workforce/{serving.pk}/").status_code == 200


def test_a_secretary_writes_leave_and_nothing_else(serving, secretary):
    there = client(secretary)
    assert there.get(f"/workforce/{serving.pk}/write/leave/").status_code == 200
    answer = there.get(f"/workforce/{serving.pk}/write/schooling/")
    assert answer.status_code in (403, 409, 422)
    assert "社会工作部门" in answer.content.decode()


def roll(*rows):
    book = openpyxl.Workbook()
    for row in (
        ("姓名", "身份证号码", "联系电话", "所在社区", "职务", "任职日期", "学历", "政治面貌"),
        *rows,
    ):
        book.active.append(row)
    out = BytesIO()
    book.save(out)
    return SimpleUploadedFile("名册.xlsx", out.getvalue())


def test_a_roll_is_looked_through_and_only_its_good_rows_are_written(county, keeper):
    good = id_number(date(1991, 2, 3))
    sheet = roll(
        ("李强", good, "13905350000", "海滨", "委员", "2024-03-01", "大专", "党员"),
        ("赵明", "110105194912310021", "", "海滨社区", "主任", "2024-03-01", "本科", ""),
        ("钱芳", id_number(date(1992, 2, 3)), "", "不存在社区", "社工", "2024-03-01", "本科", ""),
        ("李强", good, "", "海滨社区", "委员", "2024-03-01", "", ""),
        ("孙丽", id_number(date(2012, 2, 3)), "", "海滨社区", "社工", "2024-03-01", "", ""),
    )
    there = client(keeper)
    page = there.post("/workforce/import/", {"sheet": sheet})
    text = page.content.decode()
    for said in ("校验不通过", "没有社区", "与第2行是同一个人", "不满18周岁"):
        assert said in text
    assert not Worker.objects.exists()
    file = page.context["file"].pk
    told = {"file": file, "told": page.context["told"]}
    bad = there.post("/workforce/import/bad/", told)
    assert bad.status_code == 200
    assert there.post("/workforce/import/confirm/", told | {"good": "1"}).status_code == 302
    worker = Worker.objects.get()
    assert (worker.name, worker.place, worker.tenures.get().title) == (
        "李强",
        COMMUNITY,
        "committee_member",
    )
    assert worker.schoolings.get().level == "college"


def test_the_same_roll_again_changes_nothing(county, keeper):
    row = (
        "李强",
        id_number(date(1991, 2, 3)),
        "",
        "海滨社区",
        "委员",
        "2024-03-01",
        "大专",
        "党员",
    )
    there = client(keeper)
    for _ in range(2):
        page = there.post("/workforce/import/", {"sheet": roll(row)})
        plan = page.context["plan"]
        told = {"file": page.context["file"].pk, "told": page.context["told"]}
        there.post("/workforce/import/confirm/", told)
    assert (plan.changes, plan.same) == (0, 1)
    assert Worker.objects.count() == 1


def test_headcounts_stand_beside_the_rule_and_residents_can_be_told(serving, keeper):
    there = client(keeper)
    assert "人口未填" in there.get("/workforce/headcount/").content.decode()
    told = {"count": "9000", "as_of_on": "2026-06-30", "source": "统计公报"}
    assert there.post(f"/workforce/headcount/{COMMUNITY}/", told).status_code == 302
    page = there.get("/workforce/headcount/").content.decode()
    assert "缺员" in page
    assert "缺员 16 人" in page
    assert there.get("/workforce/headcount/excel/").status_code == 200
