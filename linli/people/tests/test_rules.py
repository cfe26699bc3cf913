"""The rules of people. No database."""

from datetime import UTC, date, datetime, timedelta

import pytest

from linli.kernel.roles import (
    APPROVER,
    AUDIT_ADMIN,
    AUDITOR,
    BOOKKEEPER,
    CASHIER,
    DISTRICT,
    RESIDENT,
    SECRETARY,
    SECURITY_ADMIN,
    STREET,
    SYSTEM_ADMIN,
)
from linli.people import rules
from linli.people.rules import Held

ESTATE, OTHER = "370614001001001", "370614001001002"
DAY = date(2026, 11, 5)


def texts(ruling):
    return [reason.text for reason in ruling.reasons]


def new(role, place=ESTATE, since=DAY, until=None):
    return Held(role, place, since, until)


@pytest.mark.parametrize(
    ("password", "kinds"),
    [("", 0), ("abc", 1), ("Abc", 2), ("Abc1", 3), ("Abc1-", 4), ("12345", 1), ("密码", 0)],
)
def test_kinds_of_characters_are_counted(password, kinds):
    assert rules.kinds_of_characters(password) == kinds


@pytest.mark.parametrize(
    ("role", "level", "fits"),
    [
        (STREET, "street", True),
        (STREET, "county", False),
        (SECRETARY, "community", True),
        (SECRETARY, "estate", False),
        (BOOKKEEPER, "estate", True),
        (BOOKKEEPER, "street", True),
        (BOOKKEEPER, "county", False),
        (BOOKKEEPER, "building", False),
        (AUDITOR, "county", True),
        (AUDITOR, "estate", True),
        (AUDITOR, "building", False),
        (DISTRICT, "county", True),
        (SYSTEM_ADMIN, "county", True),
        (SYSTEM_ADMIN, "street", False),
    ],
)
def test_a_role_is_held_at_places_of_its_level(role, level, fits):
    assert rules.fits(role, level) is fits


@pytest.mark.parametrize(
    ("role", "held_at", "same", "wider", "counts"),
    [
        (STREET, "370614001", {ESTATE}, {"370614001", "370614"}, True),
        (STREET, "370614002", {ESTATE}, {"370614001", "370614"}, False),
        (BOOKKEEPER, ESTATE, {ESTATE}, {"370614001"}, True),
        (BOOKKEEPER, "370614001", {ESTATE}, {"370614001"}, False),
        (BOOKKEEPER, "370614001", {"370614001"}, {"370614"}, True),
        (AUDITOR, "370614001", {ESTATE}, {"370614001"}, True),
        (BOOKKEEPER, ESTATE, {ESTATE + "001"}, {ESTATE, "370614001"}, True),
    ],
)
def test_a_role_counts_where_it_is_held_and_within_its_own_level(
    role, held_at, same, wider, counts
):
    assert rules.counts_at(role, held_at, same=same, wider=wider) is counts


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (BOOKKEEPER, CASHIER),
        (BOOKKEEPER, APPROVER),
        (CASHIER, APPROVER),
        (RESIDENT, BOOKKEEPER),
        (RESIDENT, CASHIER),
        (RESIDENT, APPROVER),
    ],
)
def test_the_money_of_one_estate_is_in_several_hands(one, other):
    for first, second in ((one, other), (other, one)):
        ruling = rules.duties_apart(new(first), [new(second)])
        assert texts(ruling) == ["同一处的%(one)s和%(other)s不能由一人兼任"]
        assert ruling.reasons[0].cites == ("会计法:25", "会计法:35")
        assert rules.duties_apart(new(first), [new(second, OTHER)]).allowed


@pytest.mark.parametrize(
    ("role", "held", "refusals"),
    [
        (SYSTEM_ADMIN, {SECURITY_ADMIN}, 1),
        (SECURITY_ADMIN, {AUDIT_ADMIN}, 1),
        (AUDIT_ADMIN, {SYSTEM_ADMIN}, 1),
        (SYSTEM_ADMIN, {BOOKKEEPER}, 1),
        (BOOKKEEPER, {AUDIT_ADMIN}, 1),
        (SYSTEM_ADMIN, {AUDIT_ADMIN, CASHIER}, 2),
        (BOOKKEEPER, {SECRETARY}, 0),
        (SYSTEM_ADMIN, {SYSTEM_ADMIN}, 0),
    ],
)
def test_administrators_are_apart_and_hold_no_money(role, held, refusals):
    assert len(rules.administrators_apart(role, held).reasons) == refusals


def appoint(new_one, *held, roles=frozenset({SECURITY_ADMIN}), **more):
    given = {"by_self": False, "active": True, "known_place": True} | more
    return rules.may_appoint(by_roles=roles, new=new_one, held=held, **given)


def test_only_the_security_administrator_appoints():
    assert appoint(new(BOOKKEEPER)).allowed
    for role in (SYSTEM_ADMIN, AUDIT_ADMIN, DISTRICT):
        assert texts(appoint(new(BOOKKEEPER), roles={role})) == ["这件事只由%(who)s办理"]


@pytest.mark.parametrize(
    ("changed", "text"),
    [
        ({"by_self": True}, "不能任命自己"),
        ({"active": False}, "这个账号已停用，请先启用"),
        ({"known_place": False}, "这个地方还没有录入或已撤销"),
    ],
)
def test_an_appointment_says_what_is_in_its_way(changed, text):
    assert texts(appoint(new(BOOKKEEPER), **changed)) == [text]


def test_all_reasons_come_at_once():
    ruling = appoint(new(STREET, ESTATE, DAY, DAY - timedelta(1)), active=False, by_self=True)
    assert len(ruling.reasons) == 4


def test_what_follows_in_time_is_no_double_holding():
    until_may = new(BOOKKEEPER, since=date(2026, 1, 1), until=date(2026, 5, 31))
    assert appoint(new(CASHIER, since=date(2026, 6, 1)), until_may).allowed
    assert not appoint(new(CASHIER, since=date(2026, 5, 31)), until_may).allowed
    assert not appoint(new(BOOKKEEPER, since=date(2026, 5, 1)), until_may).allowed


def test_a_text_that_is_no_place_is_refused_not_raised():
    assert texts(appoint(new(BOOKKEEPER, "碧海家园"))) == ["“%(code)s”不是地点代码"]


@pytest.mark.parametrize(
    ("roles", "own", "theirs", "refusals"),
    [
        ({SYSTEM_ADMIN}, False, {BOOKKEEPER}, 0),
        ({SYSTEM_ADMIN}, True, {SYSTEM_ADMIN}, 1),
        ({SYSTEM_ADMIN}, False, {SECURITY_ADMIN}, 1),
        ({SECURITY_ADMIN}, False, {BOOKKEEPER}, 1),
        ({AUDIT_ADMIN}, False, set(), 1),
    ],
)
def test_accounts_are_managed_by_the_system_administrator_but_not_other_administrators(
    roles, own, theirs, refusals
):
    assert len(rules.may_manage(roles=roles, own=own, theirs=theirs).reasons) == refusals


@pytest.mark.parametrize(
    ("username", "good"),
    [
        ("chen", True),
        ("chen.wei-2", True),
        ("370614", True),
        ("ab", False),
        ("Chen", False),
        ("陈伟", False),
        ("a" * 33, False),
        ("-chen", False),
        ("chen wei", False),
    ],
)
def test_log_in_names_are_plain(username, good):
    assert rules.check_username(username).allowed is good


NINE = datetime(2026, 11, 5, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("began", "seen", "why"),
    [(0, 0, ""), (0, 29, ""), (0, -30, "idle"), (-719, 0, ""), (-720, 0, "long")],
)
def test_a_session_ends_when_idle_or_long(began, seen, why):
    now = NINE
    assert (
        rules.session_over(
            began_at=now + timedelta(minutes=min(began, seen)),
            seen_at=now + timedelta(minutes=min(seen, 0)),
            now=now,
            idle_minutes=30,
            longest_hours=12,
        )
        == why
    )


@pytest.mark.parametrize(
    ("age", "days", "expired"), [(89, 90, False), (90, 90, True), (9999, 0, False)]
)
def test_a_password_is_changed_in_time(age, days, expired):
    changed = NINE - timedelta(days=age)
    assert rules.password_expired(changed_at=changed, now=NINE, days=days) is expired
    assert not rules.password_expired(changed_at=None, now=NINE, days=days)
