"""The pages of places: who sees and does what, and spreadsheets in two steps."""

from datetime import UTC, date, datetime
from io import BytesIO

import pytest
from django.apps import apps
from django.contrib.auth import get_user_model
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from linli.kernel.roles import BOOKKEEPER, SECRETARY, STREET, SYSTEM_ADMIN
from linli.places import queries, services
from linli.places.models import Door, Place
from linli.sheets.reading import read_workbook

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 5, 2, tzinfo=UTC)
COMMUNITY, ESTATE, OTHER = "370614001001", "370614001001001", "370614002001001"
HX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def county(tmp_path, settings):
    settings.FILES = tmp_path / "files"
    for code, name in (
        ("370614", "蓬莱区"),
        ("370614001", "登州街道"),
        ("370614002", "紫荆山街道"),
        (COMMUNITY, "海滨社区"),
        ("370614002001", "钟楼社区"),
    ):
        services.add_place(by=None, code=code, name=name, now=NOW)
    services.add_place(by=None, parent=COMMUNITY, level="estate", name="碧海家园", now=NOW)
    services.add_place(by=None, parent="370614002001", level="estate", name="钟楼小区", now=NOW)


@pytest.fixture
def as_(client):
    """as_(STREET, "370614001"): the client, logged in as somebody who holds a role."""

    def log_in(role, place):
        user = get_user_model().objects.create(
            username=role.code, name=role.code, created_at=NOW, password_changed_at=timezone.now()
        )
        apps.get_model("people", "Appointment").objects.create(
            user=user, role=role.code, place=place, since_on=date(2026, 1, 1)
        )
        client.force_login(user)
        return client

    return log_in


def upload(text, name="表.csv"):
    return {"sheet": SimpleUploadedFile(name, text.encode())}


def test_the_register_shows_what_is_in_scope_and_filters_in_the_address(as_):
    client = as_(STREET, "370614001")
    page = client.get("/places/").content.decode()
    assert "碧海家园" in page and "钟楼小区" not in page
    page = client.get("/places/?q=bh&level=estate").content.decode()
    assert "碧海家园" in page and "登州街道</a>" not in page
    part = client.get("/places/?q=bh", headers=HX).content.decode()
    assert "碧海家园" in part and "<html" not in part


def test_the_register_takes_the_same_queries_however_long(as_, django_assert_max_num_queries):
    client = as_(STREET, "370614001")
    with django_assert_max_num_queries(10):
        client.get("/places/")
    for number in range(60):
        services.add_place(by=None, parent=COMMUNITY, level="estate", name=f"小区{number}", now=NOW)
    with django_assert_max_num_queries(10):
        assert "共 63 条" in client.get("/places/").content.decode()


def test_excel_out_holds_what_the_filters_choose(as_):
    client = as_(STREET, "370614001")
    answer = client.get("/places/excel/?level=estate")
    book, _ruling = read_workbook(answer.content)
    rows = book.sheets[0].rows
    assert rows[1][0] == "碧海家园" and len(rows) == 2


@pytest.mark.parametrize(
    ("role", "place", "code", "status"),
    [
        (BOOKKEEPER, ESTATE, ESTATE, 200),
        (BOOKKEEPER, ESTATE, OTHER, 404),
        (BOOKKEEPER, ESTATE, COMMUNITY, 404),
        (SYSTEM_ADMIN, "370614", OTHER, 200),
        (STREET, "370614001", "370614999", 404),
    ],
)
def test_a_place_s_page_is_for_those_who_hold_a_role_there(as_, role, place, code, status):
    assert as_(role, place).get(f"/places/{code}/").status_code == status


def test_a_secretary_adds_estates_and_buildings_but_no_codes_of_the_state(as_):
    client = as_(SECRETARY, COMMUNITY)
    answer = client.post(f"/places/{COMMUNITY}/add/", {"level": "estate", "name": "观海苑"})
    assert answer["Location"] == f"/places/{COMMUNITY}002/"
    assert client.get("/places/370614001/add/").status_code == 404
    assert client.post(f"/places/{COMMUNITY}/rename/", {}).status_code == 404
    assert client.post(f"/places/{ESTATE}/succeed/", {}).status_code == 403


def test_the_system_administrator_adds_a_street_by_its_code(as_):
    client = as_(SYSTEM_ADMIN, "370614")
    wrong = {"level": "street", "name": "新港街道", "code": "370612003"}
    answer = client.post("/places/370614/add/", wrong)
    assert answer.status_code == 422 and "代码不在本地方之下" in answer.content.decode()
    right = wrong | {"code": "370614003"}
    assert client.post("/places/370614/add/", right)["Location"] == "/places/370614003/"


def test_what_is_wrong_with_a_change_stands_on_the_page(as_):
    client = as_(SYSTEM_ADMIN, "370614")
    answer = client.post(f"/places/{ESTATE}/rename/", {"name": "碧海家园", "on": "2026-11-05"})
    assert answer.status_code == 422 and "新名称与现用名称相同" in answer.content.decode()


def test_the_official_list_is_looked_through_before_it_is_written(as_):
    client = as_(SYSTEM_ADMIN, "370614")
    text = "代码,名称\n370614001,登州街道\n370614003,新港街道\n"
    page = client.post("/places/import/", upload(text))
    assert page.context["plan"].changes == 1
    assert queries.find("370614003") is None
    pk = page.context["file"].pk
    client.post("/places/import/confirm/", {"file": pk, "since_on": "2026-11-05"})
    assert queries.find("370614003").name == "新港街道"


def test_a_faulty_list_shows_its_rows_and_offers_no_writing(as_):
    client = as_(SYSTEM_ADMIN, "370614")
    page = client.post("/places/import/", upload("代码,名称\n3706x,什么\n")).content.decode()
    assert "第 2 行" in page and "import/confirm" not in page


def test_somebody_else_s_file_is_not_written(as_, client):
    admin = as_(SYSTEM_ADMIN, "370614")
    page = admin.post("/places/import/", upload("代码,名称\n370614003,新港街道\n"))
    pk = page.context["file"].pk
    other = get_user_model().objects.create(username="other", name="o", created_at=NOW)
    apps.get_model("people", "Appointment").objects.create(
        user=other, role="system_admin", place="370614", since_on=date(2026, 1, 1)
    )
    client.force_login(other)
    assert client.post("/places/import/confirm/", {"file": pk}).status_code == 404


DOORS = "楼栋,单元,房号,面积\n1号楼,1单元,101,89.52\n1号楼,1单元,102,{}\n"


def test_doors_are_looked_through_written_and_listed(as_):
    client = as_(SECRETARY, COMMUNITY)
    page = client.post(f"/places/{ESTATE}/doors/import/", upload(DOORS.format("90")))
    pk = page.context["file"].pk
    assert len(page.context["plan"].new) == 2 and not Door.objects.exists()
    client.post(f"/places/{ESTATE}/doors/import/confirm/", {"file": pk})
    assert Door.objects.count() == 2
    page = client.get(f"/places/{ESTATE}/doors/").content.decode()
    assert "共 2 条" in page and "89.52" in page


def test_the_rows_that_need_mending_come_back_as_a_workbook(as_):
    client = as_(SECRETARY, COMMUNITY)
    page = client.post(f"/places/{ESTATE}/doors/import/", upload(DOORS.format("很大")))
    assert "面积应为大于0的平方米数" in page.content.decode()
    pk = page.context["file"].pk
    answer = client.post(f"/places/{ESTATE}/doors/import/bad/", {"file": pk})
    book, _ruling = read_workbook(BytesIO(answer.content).read())
    shown = [book.sheets[0].text(2, column) for column in range(6)]
    assert "102" in shown and any("面积应为" in text for text in shown)
    refused = client.post(f"/places/{ESTATE}/doors/import/confirm/", {"file": pk})
    assert refused.status_code == 409 and not Door.objects.exists()


def test_ticked_doors_go_into_a_grid(as_):
    services.add_place(by=None, parent=COMMUNITY, level="grid", name="第一网格", now=NOW)
    client = as_(SECRETARY, COMMUNITY)
    page = client.post(f"/places/{ESTATE}/doors/import/", upload(DOORS.format("90")))
    client.post(f"/places/{ESTATE}/doors/import/confirm/", {"file": page.context["file"].pk})
    rows = [door.pk for door in Door.objects.all()]
    asks = client.post(f"/places/{ESTATE}/doors/grid/", {"act": "grid", "row": rows})
    assert "已选 2 户" in asks.content.decode()
    data = {"row": rows, "grid": f"{COMMUNITY}G001", "since_on": "2026-11-05"}
    client.post(f"/places/{ESTATE}/doors/grid/", data)
    assert queries.doors(f"{COMMUNITY}G001").count() == 2


def test_the_switcher_finds_in_scope_and_narrows_every_list(as_):
    client = as_(STREET, "370614001")
    part = client.get("/places/switch/?q=bhjy", headers=HX).content.decode()
    assert "碧海家园" in part and "<html" not in part
    assert "没有找到" in client.get("/places/switch/?q=钟楼").content.decode()
    assert client.get(f"/places/go/?to={OTHER}").status_code == 404
    answer = client.get(f"/places/go/?to={ESTATE}&back=/places/")
    assert answer["Location"] == "/places/"
    assert client.get("/places/").context["register"].count == 1
    client.get("/places/go/")
    assert client.get("/places/").context["register"].count == 3


@pytest.mark.parametrize("back", ["https://evil.example/", "//evil.example/", "/places/370614/"])
def test_switching_leads_nowhere_else(as_, back):
    client = as_(STREET, "370614001")
    assert client.get(f"/places/go/?to={ESTATE}&back={back}")["Location"] == "/desk/"


def test_a_year_of_holidays_is_written_down(as_):
    client = as_(SYSTEM_ADMIN, "370614")
    data = {"year": 2027, "source": "国办发明电", "days": "2027-01-01 元旦\n2027-01-03 上班"}
    assert client.post("/places/holidays/edit/", data).status_code == 302
    assert 2027 in queries.calendar().years
    wrong = client.post("/places/holidays/edit/", data | {"days": "放假"})
    assert wrong.status_code == 422 and "看不懂这一行" in wrong.content.decode()
    assert Place.objects.exists()
