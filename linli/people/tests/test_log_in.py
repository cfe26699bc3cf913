"""Logging in and out, lock-out, second factor, sessions: in the browser's stead."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from django_otp.oath import totp

from linli.kernel.roles import BOOKKEEPER, SYSTEM_ADMIN
from linli.people import demo, queries, services
from linli.people.middleware import BEGAN, SEEN
from linli.people.models import SignIn
from linli.people.tests.conftest import ESTATE, NOW, PASSWORD, TODAY
from linli.trail.models import Line

pytestmark = pytest.mark.django_db
HX = {"HX-Request": "true"}


@pytest.fixture
def chen(person):
    return person("chen", BOOKKEEPER, place=ESTATE, name="陈伟")


def log_in(client, username="chen", password=PASSWORD, **more):
    return client.post("/login/", {"username": username, "password": password, **more})


def test_the_right_password_leads_to_the_desk_and_leaves_a_line(client, chen):
    answer = log_in(client)
    assert (answer.status_code, answer["Location"]) == (302, "/desk/")
    assert client.get("/desk/").status_code == 200
    line = Line.objects.get(act="people.sign_in")
    assert (line.by, line.done) == (chen, True)
    assert SignIn.objects.get().address == "127.0.0.1"


@pytest.mark.parametrize(
    ("target", "where"),
    [
        ("/places/", "/places/"),
        ("https://evil.example/", "/desk/"),
        ("//evil.example", "/desk/"),
        ("javascript:alert(1)", "/desk/"),
    ],
)
def test_after_log_in_one_comes_where_one_was_going_but_only_here(client, chen, target, where):
    assert log_in(client, next=target)["Location"] == where


def test_a_wrong_password_says_no_more_than_that(client, chen):
    known = log_in(client, password="wrong")
    unknown = log_in(client, username="nobody", password="wrong")
    text = "登录名或密码不对，或账号已停用"
    assert known.status_code == unknown.status_code == 422
    assert text in known.content.decode() and text in unknown.content.decode()
    facts = list(Line.objects.filter(act="people.sign_in").values_list("done", "by", "facts"))
    assert [(done, by) for done, by, _facts in facts] == [(False, chen.pk), (False, None)]
    assert "nobody" not in str(facts)


def test_five_wrong_passwords_lock_even_the_right_one_out(client, chen):
    for _turn in range(5):
        answer = log_in(client, password="wrong")
    assert answer.status_code == 429
    answer = log_in(client)
    assert answer.status_code == 429 and "暂时不能登录" in answer.content.decode()
    assert "_auth_user_id" not in client.session


def test_four_wrong_passwords_do_not(client, chen):
    for _turn in range(4):
        log_in(client, password="wrong")
    assert log_in(client)["Location"] == "/desk/"


def test_a_disabled_account_does_not_get_in(client, chen):
    chen.is_active = False
    chen.save()
    assert log_in(client).status_code == 422


def test_the_session_s_key_changes_at_log_in(client, chen):
    client.get("/login/")
    session = client.session
    session["planted"] = True
    session.save()
    before = session.session_key
    client.cookies["sessionid"] = before
    log_in(client)
    assert client.session.session_key != before


def test_log_out_ends_the_session_by_post_only(client, chen):
    log_in(client)
    assert client.get("/logout/").status_code == 405
    assert client.post("/logout/")["Clear-Site-Data"] == '"cache", "storage"'
    assert client.get("/desk/").status_code == 302
    assert SignIn.objects.get().why_ended == "out"


@pytest.mark.parametrize(
    ("key", "ago", "why"),
    [
        (SEEN, timedelta(minutes=queries.limits(NOW.date()).idle_minutes), "idle"),
        (BEGAN, timedelta(hours=queries.limits(NOW.date()).longest_hours), "long"),
    ],
)
def test_an_old_session_ends_and_says_why(client, chen, key, ago, why):
    log_in(client)
    session = client.session
    session[key] = int((timezone.now() - ago).timestamp())
    session.save()
    answer = client.get("/desk/?page=2")
    assert answer.status_code == 302
    assert f"why={why}" in answer["Location"] and "next=%2Fdesk%2F%3Fpage%3D2" in answer["Location"]
    assert SignIn.objects.get().why_ended == why
    assert client.get("/desk/").status_code == 302


def test_a_session_that_is_used_goes_on(client, chen):
    log_in(client)
    session = client.session
    session[SEEN] = int((timezone.now() - timedelta(minutes=2)).timestamp())
    session.save()
    before = SignIn.objects.get().seen_at
    assert client.get("/desk/").status_code == 200
    assert client.session[SEEN] >= int(timezone.now().timestamp()) - 5
    assert SignIn.objects.get().seen_at > before


def test_a_role_taken_back_closes_the_next_page(client, chen, security):
    log_in(client)
    assert client.get(f"/places/{ESTATE}/").status_code == 200
    services.revoke(by=security, appointment=chen.appointments.get(), now=timezone.now())
    assert client.get(f"/places/{ESTATE}/").status_code == 404


def test_htmx_is_sent_to_log_in_as_a_whole_page(client, chen):
    answer = client.get("/desk/", headers=HX)
    assert (answer.status_code, answer["HX-Redirect"][:7]) == (204, "/login/")


def test_the_first_password_must_be_changed_before_anything_else(client, chen):
    chen.must_change_password = True
    chen.save()
    log_in(client)
    assert client.get("/desk/")["Location"] == "/me/password/"
    assert client.get("/desk/", headers=HX)["HX-Redirect"] == "/me/password/"
    data = {"old": PASSWORD, "password": "Harbour-Tide-1", "again": "Harbour-Tide-1"}
    assert client.post("/me/password/", data)["Location"] == "/desk/"
    assert client.get("/desk/").status_code == 200


def test_an_old_password_must_be_changed_too(client, chen):
    days = queries.limits(timezone.localdate()).password_days
    chen.password_changed_at = timezone.now() - timedelta(days=days)
    chen.save()
    log_in(client)
    assert client.get("/desk/")["Location"] == "/me/password/"


def test_changing_the_password_ends_every_other_session(client, chen, client_factory):
    other = client_factory()
    log_in(other)
    log_in(client)
    data = {"old": PASSWORD, "password": "Harbour-Tide-1", "again": "Harbour-Tide-1"}
    client.post("/me/password/", data)
    assert client.get("/desk/").status_code == 200
    assert other.get("/desk/").status_code == 302
    assert queries.own_sessions(chen).count() == 1


def test_two_different_new_passwords_are_told_beside_the_field(client, chen):
    log_in(client)
    data = {"old": PASSWORD, "password": "Harbour-Tide-1", "again": "Harbour-Tide-2"}
    answer = client.post("/me/password/", data)
    assert answer.status_code == 422 and "两次输入的新密码不一致" in answer.content.decode()


def test_one_sees_and_ends_one_s_own_sessions_only(client, chen, person, client_factory):
    person("wang")
    other, stranger = client_factory(), client_factory()
    log_in(other)
    log_in(stranger, "wang")
    log_in(client)
    page = client.get("/me/security/").content.decode()
    mine = [int(pk) for pk in re.findall(r"/me/sessions/(\d+)/end/", page)]
    assert len(mine) == 1
    theirs = SignIn.objects.get(user__username="wang")
    assert client.post(f"/me/sessions/{theirs.pk}/end/").status_code == 404
    client.post(f"/me/sessions/{mine[0]}/end/")
    assert other.get("/desk/").status_code == 302
    assert stranger.get("/desk/").status_code == 200


@pytest.fixture
def device(chen):
    made = services.begin_second_factor(by=chen, now=NOW)
    chen.codes = services.confirm_second_factor(
        by=chen, code=f"{totp(made.bin_key):06d}", now=NOW
    ).codes
    made.refresh_from_db()
    made.last_t = -1
    made.save()
    return made


def test_the_second_factor_is_asked_for_before_anything_is_open(client, chen, device):
    assert log_in(client)["Location"] == "/login/second/"
    assert client.get("/desk/").status_code == 302
    answer = client.post("/login/second/", {"code": f"{totp(device.bin_key):06d}"})
    assert answer["Location"] == "/desk/"
    assert client.get("/desk/").status_code == 200


def test_a_recovery_code_opens_once(client, chen, device, client_factory):
    log_in(client)
    client.post("/login/second/", {"code": chen.codes[0]})
    assert client.get("/desk/").status_code == 200
    other = client_factory()
    log_in(other)
    assert other.post("/login/second/", {"code": chen.codes[0]}).status_code == 422


def test_wrong_codes_end_the_log_in(client, chen, device):
    log_in(client)
    for _turn in range(5):
        answer = client.post("/login/second/", {"code": "abcdef"})
    assert answer["Location"] == "/login/"
    right = client.post("/login/second/", {"code": chen.codes[0]})
    assert right["Location"] == "/login/"


def test_without_the_first_factor_there_is_no_second(client, chen, device):
    assert client.post("/login/second/", {"code": chen.codes[0]})["Location"] == "/login/"


def test_where_two_factors_are_required_they_are_set_up_first(client, chen, settings, system):
    settings.SECOND_FACTOR = 1
    log_in(client)
    assert client.get("/desk/").status_code == 200
    client.post("/logout/")
    log_in(client, "system")
    assert client.get("/desk/")["Location"] == "/me/second/"
    assert client.get("/me/second/").status_code == 200
    assert SYSTEM_ADMIN in queries.Access(system, NOW.date()).roles


def test_the_demo_offers_its_accounts_and_nothing_else_does(client, person, settings):
    person("demo-chen", BOOKKEEPER, place=ESTATE, name="陈会计")
    person("wang", BOOKKEEPER, place=ESTATE, name="王会计")
    assert "陈会计" not in client.get("/login/").content.decode()
    settings.DEMO = True
    page = client.get("/login/").content.decode()
    assert "陈会计" in page and "王会计" not in page


def test_behind_proxies_only_what_they_wrote_counts(client, chen, settings):
    settings.AXES_IPWARE_PROXY_COUNT = 1
    data = {"username": "chen", "password": PASSWORD}
    client.post("/login/", data, headers={"X-Forwarded-For": "6.6.6.6, 10.1.2.3"})
    assert SignIn.objects.get().address == "10.1.2.3"


def test_a_told_person_signs_in_with_what_the_page_shows(client, county, settings):
    told = demo.account(
        username="chen", name="陈会计", role=BOOKKEEPER, place=ESTATE, since_on=TODAY, now=NOW
    )
    settings.DEMO = True
    offered = queries.demo_accounts(on=TODAY)
    assert [(each.user, each.role) for each in offered] == [(told, BOOKKEEPER)]
    assert log_in(client, told.username, offered[0].password)["Location"] == "/desk/"
