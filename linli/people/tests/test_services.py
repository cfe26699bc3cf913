"""Accounts, appointments, passwords, second factors: what changes and what is refused."""

from datetime import timedelta

import pytest
from django_otp.oath import totp
from django_otp.plugins.otp_totp.models import TOTPDevice

from linli.kernel.roles import (
    APPROVER,
    AUDIT_ADMIN,
    BOOKKEEPER,
    CASHIER,
    SECURITY_ADMIN,
    SYSTEM_ADMIN,
)
from linli.kernel.rulings import Refused
from linli.people import queries, services
from linli.people.models import Appointment, User
from linli.people.tests.conftest import COUNTY, ESTATE, NOW, OTHER, PASSWORD, TODAY
from linli.places import services as places
from linli.places.models import Place
from linli.trail.models import Line, Look

pytestmark = pytest.mark.django_db


def reasons(refused):
    return [reason.text for reason in refused.value.ruling.reasons]


def appoint(by, user, role, place=ESTATE, **more):
    return services.appoint(
        by=by, user=user, role=role, place=place, since_on=TODAY, now=NOW, **more
    )


@pytest.fixture
def closed(security):
    services.finish_first_run(by=None, now=NOW)


def test_a_new_account_holds_nothing_and_must_change_its_password(system):
    handed = services.create_account(by=system, username="chen", name="陈伟", now=NOW)
    user = handed.subject
    assert user.check_password(handed.password) and user.must_change_password
    assert user.initials == "cw"
    assert not user.appointments.exists()
    line = Line.objects.get(act="people.create")
    assert (line.by, line.done) == (system, True)
    assert handed.password not in str(line.facts)


@pytest.mark.parametrize("who", ["security", "audit"])
def test_nobody_but_the_system_administrator_makes_accounts(request, who):
    by = request.getfixturevalue(who)
    with pytest.raises(Refused):
        services.create_account(by=by, username="chen", name="陈伟", now=NOW)
    assert not User.objects.filter(username="chen").exists()


def test_a_wrong_telephone_number_is_refused_with_everything_else_that_is_wrong(system):
    with pytest.raises(Refused) as refused:
        services.create_account(by=system, username="system", name=" ", phone="123456", now=NOW)
    assert len(reasons(refused)) == 3


def test_the_security_administrator_appoints_and_one_line_tells(person, security, closed):
    user = person("chen")
    made = appoint(security, user, BOOKKEEPER)
    assert (made.place, made.appointed_by) == (ESTATE, security)
    assert Line.objects.get(act="people.appoint").place == ESTATE


@pytest.mark.parametrize("who", ["system", "audit"])
def test_the_other_administrators_do_not_appoint(request, person, closed, who):
    with pytest.raises(Refused):
        appoint(request.getfixturevalue(who), person("chen"), BOOKKEEPER)
    assert not Appointment.objects.filter(role="bookkeeper").exists()


def test_while_the_installation_is_set_up_the_system_administrator_appoints(
    person, system, security
):
    appoint(system, person("chen"), BOOKKEEPER)
    security.last_login = NOW
    security.save()
    with pytest.raises(Refused):
        appoint(system, person("wang"), CASHIER)


def test_the_finished_set_up_ends_the_system_administrator_s_appointing(person, system, closed):
    with pytest.raises(Refused):
        appoint(system, person("chen"), BOOKKEEPER)


@pytest.mark.parametrize(
    ("first", "second"), [(BOOKKEEPER, CASHIER), (BOOKKEEPER, APPROVER), (CASHIER, APPROVER)]
)
def test_one_person_does_not_hold_two_keys_to_the_money(person, security, first, second):
    user = person("chen", first, place=ESTATE)
    with pytest.raises(Refused) as refused:
        appoint(security, user, second)
    assert reasons(refused) == ["同一处的%(one)s和%(other)s不能由一人兼任"]


def test_nor_by_two_accounts_with_one_telephone(person, security):
    person("chen", BOOKKEEPER, place=ESTATE, phone="13805350001")
    with pytest.raises(Refused, match="不能由一人兼任"):
        appoint(security, person("chen2", phone="13805350001"), APPROVER)
    appoint(security, person("wang", phone="13805350002"), APPROVER)


def test_nor_at_a_place_and_at_what_took_it_over(person, security):
    """The book's rows keep the code of the old place, where both roles would count."""
    user = person("chen", BOOKKEEPER, place=ESTATE)
    old, new = (Place.objects.get(place=code) for code in (ESTATE, OTHER))
    places.succeed(by=None, old=old, new=new, since_on=TODAY, now=NOW)
    with pytest.raises(Refused, match="不能由一人兼任"):
        appoint(security, user, CASHIER, place=OTHER)


def test_the_three_administrators_are_three_persons(person, system, security):
    with pytest.raises(Refused) as refused:
        appoint(security, system, AUDIT_ADMIN, COUNTY)
    assert reasons(refused) == ["三种管理员须由三个人分别担任；此人已是%(held)s"]
    with pytest.raises(Refused) as refused:
        appoint(security, system, BOOKKEEPER)
    assert reasons(refused) == ["管理员不能参加资金管理小组；此人已是%(held)s"]


def test_nobody_appoints_or_revokes_themselves(security):
    with pytest.raises(Refused) as refused:
        appoint(security, security, SYSTEM_ADMIN, COUNTY)
    assert "不能任命自己" in reasons(refused)
    with pytest.raises(Refused) as refused:
        services.revoke(by=security, appointment=security.appointments.get(), now=NOW)
    assert "不能撤销自己的职务，请由另一位安全管理员办理" in reasons(refused)


def test_a_role_taken_back_is_gone_at_once(person, security):
    user = person("chen", BOOKKEEPER, place=ESTATE)
    services.revoke(by=security, appointment=user.appointments.get(), now=NOW)
    assert queries.roles_at(user, ESTATE, TODAY) == frozenset()
    with pytest.raises(Refused):
        services.revoke(by=security, appointment=user.appointments.get(), now=NOW)


def test_a_disabled_account_s_sessions_are_gone(client, person, system):
    user = person("chen", BOOKKEEPER, place=ESTATE)
    client.force_login(user)
    assert queries.own_sessions(user).count() == 1
    services.disable_account(by=system, user=user, now=NOW)
    assert not queries.own_sessions(user).exists()
    assert client.get("/me/security/").status_code == 302


def test_an_administrator_s_account_is_not_in_another_s_hands(system, security):
    for act in (services.disable_account, services.reset_password):
        with pytest.raises(Refused) as refused:
            act(by=system, user=security, now=NOW)
        assert reasons(refused) == ["管理员的账号只能在服务器上用命令 linli account 办理"]
    services.reset_password(by=None, user=security, now=NOW)


def test_a_reset_takes_off_the_second_factor_and_the_old_password(person, system):
    user = person("chen")
    TOTPDevice.objects.create(user=user, confirmed=True)
    handed = services.reset_password(by=system, user=user, now=NOW)
    user.refresh_from_db()
    assert user.check_password(handed.password) and user.must_change_password
    assert not queries.has_second_factor(user)


@pytest.mark.parametrize(
    ("new", "word"),
    [
        ("Short-1", "10"),
        ("onlylowercase", "大写字母"),
        ("password123", ""),
        ("Chenwei-01", ""),
    ],
)
def test_weak_passwords_are_refused(person, new, word):
    user = person("chenwei")
    with pytest.raises(Refused) as refused:
        services.change_password(by=user, old=PASSWORD, new=new, now=NOW)
    assert word in str(refused.value.ruling)
    user.refresh_from_db()
    assert user.check_password(PASSWORD)


def test_the_last_five_passwords_do_not_come_again(person):
    user = person("chen")
    old = PASSWORD
    for turn in range(6):
        new = f"Harbour-Tide-{turn}"
        services.change_password(by=user, old=old, new=new, now=NOW + timedelta(days=turn))
        old = new
    for turn in range(1, 6):
        with pytest.raises(Refused):
            services.change_password(by=user, old=old, new=f"Harbour-Tide-{turn}", now=NOW)
    services.change_password(by=user, old=old, new=PASSWORD, now=NOW + timedelta(days=9))


def test_the_present_password_is_asked_for(person):
    user = person("chen")
    with pytest.raises(Refused) as refused:
        services.change_password(by=user, old="wrong", new="Harbour-Tide-1", now=NOW)
    assert reasons(refused) == ["现用密码不对"]


def test_made_up_passwords_pass_the_rules(person):
    from linli.people.passwords import breaches, make

    user = person("chen")
    for _turn in range(20):
        assert breaches(make(), user).allowed


def test_every_look_at_a_telephone_number_is_recorded_with_its_purpose(
    person, system, security, audit
):
    user = person("chen", phone="13805351234")
    services.open_phone(by=system, user=user, purpose="通知领取密码", now=NOW)
    look = Look.objects.get()
    assert (look.by, look.field, look.purpose) == (system, "phone", "通知领取密码")
    with pytest.raises(Refused):
        services.open_phone(by=security, user=user, purpose=" ", now=NOW)
    with pytest.raises(Refused):
        services.open_phone(by=audit, user=user, purpose="看看", now=NOW)
    assert Look.objects.count() == 1


def code_of(device):
    return f"{totp(device.bin_key):06d}"


def test_a_second_factor_counts_once_its_first_code_was_right(person):
    user = person("chen")
    device = services.begin_second_factor(by=user, now=NOW)
    assert not queries.has_second_factor(user)
    with pytest.raises(Refused):
        services.confirm_second_factor(by=user, code="abcdef", now=NOW)
    handed = services.confirm_second_factor(by=user, code=code_of(device), now=NOW)
    assert queries.has_second_factor(user) and len(set(handed.codes)) == 10


def test_a_recovery_code_works_once_and_is_kept_only_as_a_hash(person):
    user = person("chen")
    device = services.begin_second_factor(by=user, now=NOW)
    handed = services.confirm_second_factor(by=user, code=code_of(device), now=NOW)
    code = handed.codes[3]
    assert not any(code in row.digest for row in user.recovery_codes.all())
    services.use_recovery_code(by=user, code=code.upper().replace("-", " "), now=NOW)
    with pytest.raises(Refused):
        services.use_recovery_code(by=user, code=code, now=NOW)
    assert queries.recovery_codes_left(user) == 9


def administrators(**usernames):
    names = {SYSTEM_ADMIN: "sys1", SECURITY_ADMIN: "sec1", AUDIT_ADMIN: "aud1"}
    return {
        role: services.Person(usernames.get(role.code, name), name.title())
        for role, name in names.items()
    }


def test_the_first_run_makes_three_administrators(county):
    handed = services.set_up_administrators(
        by=None, county=COUNTY, people=administrators(), now=NOW
    )
    assert len(handed.codes) == 3
    held = Appointment.objects.order_by("role").values_list("role", "user__username")
    assert list(held) == [
        ("audit_admin", "aud1"),
        ("security_admin", "sec1"),
        ("system_admin", "sys1"),
    ]
    with pytest.raises(Refused):
        services.set_up_administrators(
            by=None, county=COUNTY, people=administrators(system_admin="other"), now=NOW
        )


def test_the_first_run_takes_no_person_twice(county):
    with pytest.raises(Refused) as refused:
        services.set_up_administrators(
            by=None, county=COUNTY, people=administrators(audit_admin="sys1"), now=NOW
        )
    assert reasons(refused) == ["三种管理员须由三个人分别担任"]
    assert not User.objects.exists()
