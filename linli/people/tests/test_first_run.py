"""Setting an installation up: in the web and on the command line, the same steps."""

from io import StringIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.core.management.base import CommandError
from django.utils import timezone

from linli.kernel.roles import BOOKKEEPER, SECURITY_ADMIN, SYSTEM_ADMIN
from linli.people import first_run, queries
from linli.people.models import Appointment, User
from linli.places import queries as places

pytestmark = pytest.mark.django_db

ADMINISTRATORS = {
    "county_code": "370614",
    "county_name": "蓬莱区",
    "system_admin_name": "孙一",
    "system_admin_username": "sunyi",
    "system_admin_password": "Harbour-Light-7",
    "security_admin_name": "周二",
    "security_admin_username": "zhouer",
    "audit_admin_name": "吴三",
    "audit_admin_username": "wusan",
}
LIST = "代码,名称\n370614001,登州街道\n370614001001,海滨社区\n230881001,繁荣街道\n"
ESTATE = {"estate_name": "碧海家园", "estate_community": "370614001001"}
GROUP = {
    "group_estate": "370614001001001",
    "bookkeeper_name": "陈伟",
    "bookkeeper_username": "chenwei",
    "cashier_name": "王芳",
    "cashier_username": "wangfang",
}


@pytest.fixture(autouse=True)
def _own_keys(tmp_path, settings):
    settings.KEYS = tmp_path / "keys"


def test_the_steps_come_in_their_order_and_ask_for_different_things():
    steps = first_run.steps()
    codes = [step.code for step in steps]
    assert codes == ["administrators", "places", "estate", "people", "book"]
    fields = [name for step in steps for name in step().fields]
    assert len(fields) == len(set(fields))


def test_an_empty_installation_begins_with_its_administrators(client):
    assert client.get("/login/")["Location"] == "/setup/"
    page = client.get("/setup/").content.decode()
    assert 'name="system_admin_name"' in page
    assert client.get("/setup/estate/")["Location"] == "/setup/"


def test_from_elsewhere_one_needs_the_code_that_lies_on_the_server(client, settings):
    far = {"REMOTE_ADDR": "10.1.2.3"}
    assert "设置口令" in client.get("/setup/", **far).content.decode()
    wrong = client.post("/setup/", {"code": "00000000"}, **far)
    assert wrong.status_code == 422
    refused = client.post("/setup/administrators/", ADMINISTRATORS, **far)
    assert "设置口令" in refused.content.decode() and not User.objects.exists()
    path = settings.KEYS / "setup.code"
    assert path.stat().st_mode & 0o777 == 0o600
    client.post("/setup/", {"code": path.read_text()}, **far)
    assert 'name="system_admin_name"' in client.get("/setup/", **far).content.decode()


def test_a_proxy_s_visitor_is_not_at_the_server(client):
    page = client.get("/setup/", headers={"X-Forwarded-For": "10.1.2.3"})
    assert "设置口令" in page.content.decode()


def test_three_times_the_same_person_is_refused_beside_the_field(client):
    data = ADMINISTRATORS | {"audit_admin_username": "sunyi"}
    answer = client.post("/setup/administrators/", data)
    assert answer.status_code == 422 and "须由不同的人担任" in answer.content.decode()
    assert not User.objects.exists()


def test_the_rules_of_a_password_are_said_before_it_is_chosen(client):
    page = client.get("/setup/").content.decode()
    assert "至少10个字符，含大写字母、小写字母、数字、符号中的3种" in page


def test_what_is_wrong_stands_beside_its_field_and_the_rest_stays(client):
    answer = client.post(
        "/setup/administrators/", ADMINISTRATORS | {"system_admin_password": "sun"}
    )
    assert set(answer.context["form"].errors) == {"system_admin_password"}
    page = answer.content.decode()
    assert 'value="周二"' in page and 'value="370614"' in page and 'value="sun"' not in page
    field = page.split('id="id_system_admin_password-field"')[1].split("</div>\n</div>")[0]
    assert "至少要10个字符" in field and "This password" not in page


def test_a_password_that_was_right_is_asked_for_again_when_something_else_is_wrong(client):
    wrong = {"county_code": "3706"}
    answer = client.post("/setup/administrators/", ADMINISTRATORS | wrong)
    assert "请再输一次" in answer.content.decode()
    assert "Harbour-Light-7" not in answer.content.decode()


@pytest.mark.parametrize("step", first_run.steps(), ids=lambda step: step.code)
def test_every_field_of_a_step_stands_in_one_of_its_parts(step):
    form = step()
    shown = [field.name for _part, fields in first_run.parts(form) for field in fields]
    assert shown == list(dict.fromkeys(shown)) and set(shown) == set(form.fields)


def test_every_step_is_saved_and_can_be_gone_on_with(client, client_factory):
    answer = client.post("/setup/administrators/", ADMINISTRATORS)
    secrets = answer.context["secrets"]
    assert len(secrets) == 2 and all(word in answer.content.decode() for word in secrets.values())
    assert client.get("/setup/").context["step"].code == "places"

    later = client_factory()
    assert later.get("/setup/")["Location"].startswith("/login/")
    later.post("/login/", {"username": "sunyi", "password": "Harbour-Light-7"})
    upload = SimpleUploadedFile("区划.csv", LIST.encode())
    assert later.post("/setup/places/", {"division_list": upload}).status_code == 302
    assert places.find("230881001") is None
    assert later.post("/setup/estate/", ESTATE).status_code == 302
    answer = later.post("/setup/people/", GROUP)
    assert set(answer.context["secrets"]) == {"记账员 chenwei", "出纳员 wangfang"}
    assert queries.holders(BOOKKEEPER, GROUP["group_estate"], timezone.localdate())

    assert later.post("/setup/finish/")["Location"] == "/desk/"
    assert later.get("/setup/").status_code == 404


def test_a_step_is_saved_whole_or_not_at_all(client):
    client.post("/setup/administrators/", ADMINISTRATORS)
    client.post("/setup/places/", {"division_list": SimpleUploadedFile("a.csv", LIST.encode())})
    client.post("/setup/estate/", ESTATE)
    answer = client.post("/setup/people/", GROUP | {"cashier_username": "chenwei"})
    assert answer.status_code == 422
    assert not User.objects.filter(username="chenwei").exists()


def test_others_do_not_go_on_with_the_set_up(client, client_factory):
    client.post("/setup/administrators/", ADMINISTRATORS)
    other = client_factory()
    other.force_login(User.objects.get(username="wusan"))
    assert other.get("/setup/").status_code == 404
    assert other.post("/setup/finish/").status_code == 404


def test_once_the_security_administrator_has_signed_in_the_set_up_is_over(client, client_factory):
    client.post("/setup/administrators/", ADMINISTRATORS)
    client_factory().force_login(User.objects.get(username="zhouer"))
    assert client.get("/setup/").status_code == 404


def init(**options):
    out, err = StringIO(), StringIO()
    call_command("init", no_input=True, stdout=out, stderr=err, **options)
    return out.getvalue()


WITHOUT_PASSWORD = {k: v for k, v in ADMINISTRATORS.items() if "password" not in k}


def test_the_command_does_what_its_flags_give_and_says_what_is_left(tmp_path):
    out = init(**WITHOUT_PASSWORD)
    assert "系统管理员 sunyi" in out and "还没有做：街道和社区" in out
    assert Appointment.objects.filter(role=SECURITY_ADMIN.code).count() == 1
    listed = tmp_path / "区划.csv"
    listed.write_text(LIST)
    out = init(division_list=str(listed), **ESTATE, **GROUP)
    assert "✓ 管理员" in out and "记账员 chenwei" in out
    assert places.find("370614001001001").name == "碧海家园"
    user = User.objects.get(username="chenwei")
    assert user.must_change_password


def test_a_community_may_be_named_by_its_name():
    init(**WITHOUT_PASSWORD)
    init(
        street_code="370614001",
        street_name="登州街道",
        community_code="370614001001",
        community_name="海滨社区",
        estate_name="碧海家园",
        estate_community="海滨",
    )
    assert places.find("370614001001001").name == "碧海家园"


def test_a_wrong_flag_stops_the_command_and_saves_nothing():
    with pytest.raises(CommandError):
        init(**WITHOUT_PASSWORD | {"county_code": "3706"})
    assert not User.objects.exists() and places.find("370614") is None


def test_the_command_ends_the_set_up_once():
    init(**WITHOUT_PASSWORD, finish=True)
    assert not queries.first_run_open()
    with pytest.raises(CommandError):
        init()


def account(*words, **options):
    out = StringIO()
    call_command("account", *words, stdout=out, **options)
    return out.getvalue()


def test_the_operator_at_the_server_rescues_an_administrator():
    init(**WITHOUT_PASSWORD)
    out = account("reset", "zhouer")
    password = out.split("密码 ")[1].split()[0]
    assert User.objects.get(username="zhouer").check_password(password)
    account("create", "lisi", name="李四")
    account("appoint", "lisi", role=SYSTEM_ADMIN.code, place="370614")
    assert "李四" in account("list")
    account("revoke", "lisi")
    assert not Appointment.objects.filter(user__username="lisi", revoked_at=None).exists()
    with pytest.raises(CommandError):
        account("disable", "nobody")
