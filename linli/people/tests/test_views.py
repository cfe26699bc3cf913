"""The registers of accounts and appointments: three administrators, each only their own part."""

import pytest
from django.utils import timezone

from linli.kernel.roles import BOOKKEEPER, DISTRICT
from linli.people import queries, services
from linli.people.models import Appointment, User
from linli.people.tests.conftest import ESTATE, NOW, PASSWORD, TODAY
from linli.sheets.reading import read_workbook
from linli.trail.models import Look

pytestmark = pytest.mark.django_db
HX = {"HX-Request": "true"}


@pytest.fixture
def as_(client):
    def log_in(user):
        client.force_login(user)
        return client

    return log_in


PAGES = {
    "/accounts/": {"system", "security"},
    "/accounts/excel/": {"system", "security"},
    "/accounts/new/": {"system"},
    "/appointments/": {"security"},
    "/appointments/excel/": {"security"},
    "/appointments/new/": {"security"},
    "/people/find/?user=c": {"system", "security"},
    "/trail/": {"audit"},
    "/trail/excel/": {"audit"},
    "/trail/looks/": {"audit"},
    "/trail/looks/excel/": {"audit"},
    "/trail/sign-ins/": {"audit"},
    "/trail/sign-ins/excel/": {"audit"},
}


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("who", ["system", "security", "audit", "district", "keeper"])
def test_each_administrator_opens_only_their_own_pages(
    as_, person, system, security, audit, page, who
):
    users = {
        "system": system,
        "security": security,
        "audit": audit,
        "district": person("district", DISTRICT),
        "keeper": person("keeper", BOOKKEEPER, place=ESTATE),
    }
    status = as_(users[who]).get(page).status_code
    assert status == (200 if who in PAGES[page] else 403)


def test_a_refused_page_says_who_it_is_for(as_, system):
    page = as_(system).get("/trail/").content.decode()
    assert "这里由审计管理员使用，您没有这个职务" in page


def test_a_new_account_s_password_is_shown_once_and_works(as_, system, client_factory):
    client = as_(system)
    data = {"username": "chen", "name": "陈伟", "phone": "138 0535 1234"}
    answer = client.post("/accounts/new/", data)
    password = answer.context["password"]
    assert password in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]
    other = client_factory()
    assert other.post("/login/", {"username": "chen", "password": password}).status_code == 302
    again = client.post("/accounts/new/", data)
    assert again.status_code == 422 and "已有人用" in again.content.decode()


def test_telephone_numbers_are_masked_until_somebody_says_what_for(as_, system, person):
    user = person("chen", phone="13805351234")
    client = as_(system)
    for page in ("/accounts/", f"/accounts/{user.pk}/"):
        text = client.get(page).content.decode()
        assert "138****1234" in text and "13805351234" not in text
    refused = client.post(f"/accounts/{user.pk}/phone/", {"purpose": ""})
    assert refused.status_code == 422 and not Look.objects.exists()
    shown = client.post(f"/accounts/{user.pk}/phone/", {"purpose": "通知领取密码"})
    assert "13805351234" in shown.content.decode()
    assert Look.objects.get().purpose == "通知领取密码"


def test_excel_has_masked_numbers_only(as_, system, person):
    person("chen", phone="13805351234")
    book, _ruling = read_workbook(as_(system).get("/accounts/excel/").content)
    text = "\n".join(str(row) for row in book.sheets[0].rows)
    assert "138****1234" in text and "13805351234" not in text


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("q=陈", {"陈伟"}),
        ("q=cw", {"陈伟"}),
        ("q=1234", {"陈伟"}),
        ("role=bookkeeper", {"陈伟"}),
        ("state=disabled", {"吴磊"}),
        ("state=none", {"王芳"}),
    ],
)
def test_accounts_are_found_by_name_initials_tail_role_and_state(as_, system, person, query, names):
    person("chen", BOOKKEEPER, place=ESTATE, name="陈伟", initials="cw", phone="13805351234")
    person("wang", name="王芳")
    person("wu", name="吴磊", is_active=False)
    rows = as_(system).get(f"/accounts/?{query}").context["register"].page.object_list
    assert {user.name for user in rows} == names


def test_the_register_takes_the_same_queries_however_long(
    as_, system, person, django_assert_max_num_queries
):
    client = as_(system)
    with django_assert_max_num_queries(11):
        client.get("/accounts/")
    for number in range(40):
        person(f"worker{number}", BOOKKEEPER, place=ESTATE)
    with django_assert_max_num_queries(11):
        client.get("/accounts/")


def test_the_security_administrator_appoints_by_name_and_by_place_s_name(as_, security, person):
    person("chen", name="陈伟")
    data = {"user": "陈伟", "role": "bookkeeper", "place": "碧海家园", "since_on": "2026-11-05"}
    assert as_(security).post("/appointments/new/", data)["Location"] == "/appointments/"
    made = Appointment.objects.get(role="bookkeeper")
    assert (made.user.username, made.place) == ("chen", ESTATE)


@pytest.mark.parametrize(
    ("changed", "text"),
    [
        ({"user": "没有这个人"}, "没有找到"),
        ({"place": "没有这里"}, "没有找到"),
        ({"role": "street"}, "不能任命在"),
        ({"until_on": "2026-11-01"}, "结束日期早于开始日期"),
        ({"role": "cashier"}, "不能由一人兼任"),
    ],
)
def test_what_is_wrong_with_an_appointment_stands_on_the_form(as_, security, person, changed, text):
    person("chen", BOOKKEEPER, place=ESTATE)
    data = {"user": "chen", "role": "resident", "place": ESTATE, "since_on": "2026-11-05"}
    answer = as_(security).post("/appointments/new/", data | changed)
    assert answer.status_code == 422 and text in answer.content.decode()
    assert Appointment.objects.filter(user__username="chen").count() == 1


def test_two_people_of_one_name_are_told_apart_by_log_in_name(as_, security, person):
    person("chen1", name="陈伟")
    person("chen2", name="陈伟")
    data = {"user": "陈伟", "role": "resident", "place": ESTATE, "since_on": "2026-11-05"}
    answer = as_(security).post("/appointments/new/", data)
    assert "请填登录名" in answer.content.decode()


def test_a_role_is_taken_back_from_the_account_s_page(as_, security, person):
    user = person("chen", BOOKKEEPER, place=ESTATE)
    client = as_(security)
    assert "撤销" in client.get(f"/accounts/{user.pk}/").content.decode()
    client.post(f"/appointments/{user.appointments.get().pk}/revoke/")
    assert queries.roles_at(user, ESTATE, timezone.localdate()) == frozenset()


def test_only_the_security_administrator_takes_roles_back(as_, system, audit, person):
    pk = person("chen", BOOKKEEPER, place=ESTATE).appointments.get().pk
    for user in (system, audit):
        assert as_(user).post(f"/appointments/{pk}/revoke/").status_code == 403


def test_another_administrator_s_account_shows_why_it_cannot_be_reset(as_, system, security):
    client = as_(system)
    page = client.get(f"/accounts/{security.pk}/").content.decode()
    assert "管理员的账号只能在服务器上用命令" in page
    assert client.post(f"/accounts/{security.pk}/reset/").status_code == 409
    security.refresh_from_db()
    assert security.check_password(PASSWORD)


def test_a_refusal_to_htmx_is_a_fragment(as_, system, security):
    answer = as_(system).post(f"/accounts/{security.pk}/disable/", headers=HX)
    assert answer.status_code == 409 and b"<html" not in answer.content


def test_a_new_name_is_saved_and_an_empty_number_changes_nothing(as_, system, person):
    user = person("chen", name="陈伟", phone="13805351234")
    as_(system).post(f"/accounts/{user.pk}/edit/", {"name": "陈卫", "phone": ""})
    user.refresh_from_db()
    assert (user.name, user.initials, user.phone) == ("陈卫", "cw", "13805351234")


def test_the_trail_tells_who_did_what_where(as_, security, audit, person):
    user = person("chen", name="陈伟")
    services.appoint(
        by=security, user=user, role=BOOKKEEPER, place=ESTATE, since_on=TODAY, now=timezone.now()
    )
    client = as_(audit)
    page = client.get("/trail/?act=people.appoint").content.decode()
    assert "任命" in page and "碧海家园" in page and "Security" in page
    assert "共 1 条" in page
    assert "共 0 条" in client.get("/trail/?act=people.appoint&by=nobody").content.decode()


def test_the_trail_of_another_day_is_found_by_its_days(as_, audit, person, system):
    services.create_account(by=system, username="chen", name="陈伟", now=NOW)
    client = as_(audit)
    page = client.get("/trail/?act=people.create&since=2026-11-01&until=2026-11-05")
    assert "共 1 条" in page.content.decode()
    page = client.get("/trail/?act=people.create&since=2026-11-06&until=2026-11-07")
    assert "共 0 条" in page.content.decode()


def test_nobody_changes_the_trail_through_a_page(as_, audit):
    client = as_(audit)
    for page in ("/trail/", "/trail/looks/", "/trail/sign-ins/"):
        assert client.post(page).status_code == 405
    assert User.objects.filter(pk=audit.pk).exists()
