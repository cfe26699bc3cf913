"""The desk: what waits on whom, what is late, what this month owes."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import timezone

from linli.cases import queries as case_queries
from linli.cases import services as cases
from linli.kernel.duty import Duty
from linli.kernel.flow import Flow, Step
from linli.kernel.roles import APPROVER, BOOKKEEPER, CASHIER, RESIDENT, SECRETARY, SYSTEM_ADMIN
from linli.notices import queries, rules
from linli.people.models import Appointment, User
from linli.people.queries import Access
from linli.places import services as places
from linli.places.models import Place

ESTATE, OTHER, COMMUNITY = "370614001001001", "370614001001002", "370614001001"
NOW = datetime(2026, 11, 5, 2, tzinfo=UTC)
TODAY = date(2026, 11, 5)
FLOW = Flow(
    code="desk_test",
    name="付款",
    page="people:account",
    steps=(
        Step(code="draft", name="起草", by=(BOOKKEEPER,)),
        Step(code="check", name="审核", by=(APPROVER, RESIDENT), days="draft_reminder_work_days"),
    ),
)
DUTY = Duty(code="publish_test", name="公示上月两笔账", by=(BOOKKEEPER,), months=1, due_day=10)


@pytest.mark.parametrize(
    ("today", "since", "periods"),
    [
        (date(2026, 11, 5), date(2026, 1, 1), ["2026-08", "2026-09", "2026-10"]),
        (date(2026, 11, 5), date(2026, 10, 20), ["2026-10"]),
        (date(2026, 11, 5), date(2026, 11, 1), []),
        (date(2027, 1, 3), date(2026, 12, 1), ["2026-12"]),
    ],
)
def test_a_month_is_owed_once_it_is_over_and_only_from_the_appointment_on(today, since, periods):
    owed = rules.owed(DUTY, place=ESTATE, since=since, today=today)
    assert [each.period for each in owed] == periods


def test_it_is_due_so_many_days_after_the_month():
    owed = rules.owed(DUTY, place=ESTATE, since=date(2026, 10, 1), today=TODAY)
    assert owed[-1].due_on == date(2026, 11, 10)


def test_a_duty_without_a_day_is_owed_within_its_period():
    duty = Duty(code="x", name="x", by=(SECRETARY,), months=3)
    owed = rules.owed(duty, place=ESTATE, since=date(2026, 10, 1), today=TODAY)
    assert [(each.period, each.due_on) for each in owed] == [("2026-Q4", date(2026, 12, 31))]


@pytest.fixture(autouse=True)
def _flows(monkeypatch):
    monkeypatch.setattr(case_queries, "flows", lambda: {FLOW.code: FLOW})
    monkeypatch.setattr(case_queries, "duties", lambda: {DUTY.code: DUTY})


@pytest.fixture
def county(db):
    for code, name in (
        ("370614", "蓬莱区"),
        ("370614001", "登州街道"),
        (COMMUNITY, "海滨社区"),
    ):
        places.add_place(by=None, code=code, name=name, now=NOW)
    for name in ("碧海家园", "海韵名都"):
        places.add_place(by=None, parent=COMMUNITY, level="estate", name=name, now=NOW)


@pytest.fixture
def person(county):
    def make(username, *roles, place=ESTATE, since=date(2026, 10, 1)):
        user = User.objects.create(
            username=username,
            name=username.title(),
            created_at=timezone.now(),
            password_changed_at=timezone.now(),
        )
        for role in roles:
            Appointment.objects.create(user=user, role=role.code, place=place, since_on=since)
        return user

    return make


@pytest.fixture
def keeper(person):
    return person("keeper", BOOKKEEPER)


@pytest.fixture
def open_cases(keeper):
    """open_cases(3): so many cases whose draft is done, waiting to be checked."""

    def make(count, place=ESTATE, now=NOW, by=None):
        for number in range(count):
            subject = Place.objects.create(
                place=f"{place}9{Place.objects.count():02d}", level="building", name="对象"
            )
            case = cases.open_case(
                by=by or keeper,
                flow=FLOW,
                subject=subject,
                title=f"付款{number}",
                place=place,
                now=now,
            )
            cases.stamp(by=by or keeper, case=case, step="draft", now=now)

    return make


def desk_of(user, now=NOW):
    return queries.desk(Access(user, timezone.localdate(now)), now=now)


def test_what_waits_leads_to_its_page_with_days_left(person, open_cases):
    approver = person("approver", APPROVER)
    open_cases(1)
    found = desk_of(approver)
    line = found.waiting[0]
    assert (line.title, line.step, line.place) == (
        "付款0",
        "审核",
        "登州街道 › 海滨社区 › 碧海家园",
    )
    assert (line.left, line.due) == (3, date(2026, 11, 10))
    assert line.url.startswith("/accounts/")
    assert not found.overdue


def test_what_is_late_stands_apart(person, open_cases):
    approver = person("approver", APPROVER)
    open_cases(2)
    found = desk_of(approver, now=NOW + timedelta(days=6))
    assert (len(found.overdue), found.overdue_count, found.waiting) == (2, 2, [])
    assert found.overdue[0].left == -1


def test_who_may_do_a_step_as_two_roles_sees_it_once(person, open_cases):
    both = person("both", APPROVER, RESIDENT)
    open_cases(1)
    assert len(desk_of(both).waiting) == 1


@pytest.mark.parametrize(
    ("role", "place"), [(APPROVER, OTHER), (APPROVER, "370614001"), (CASHIER, ESTATE)]
)
def test_others_do_not_see_it(person, open_cases, role, place):
    somebody = person("somebody", role, place=place)
    open_cases(1)
    assert desk_of(somebody).waiting == []


def test_a_month_that_was_not_published_is_owed(person, keeper):
    found = desk_of(keeper)
    assert [(line.step, line.due) for line in found.duties] == [("2026年10月", date(2026, 11, 10))]
    late = desk_of(keeper, now=NOW + timedelta(days=10))
    assert [line.step for line in late.overdue] == ["2026年10月"] and not late.duties
    cases.do_duty(by=keeper, duty=DUTY, place=ESTATE, period="2026-10", now=NOW)
    assert not desk_of(keeper).duties


def test_what_others_did_lately_is_told_and_what_i_did_is_not(person, keeper, open_cases):
    approver = person("approver", APPROVER)
    open_cases(1)
    assert [change.by for change in desk_of(approver).changes] == ["Keeper"]
    assert desk_of(keeper).changes == []
    assert desk_of(approver, now=NOW + timedelta(days=8)).changes == []


def test_a_secretary_sees_how_full_her_people_s_desks_are(person, open_cases):
    secretary = person("secretary", SECRETARY, place=COMMUNITY)
    person("approver", APPROVER)
    person("elsewhere", APPROVER, place=OTHER)
    open_cases(2)
    shown = {each.user.username: (each.waiting, each.late) for each in desk_of(secretary).people}
    assert shown == {"approver": (2, 0), "elsewhere": (0, 0), "keeper": (0, 0)}
    late = desk_of(secretary, now=NOW + timedelta(days=7)).people[0]
    assert (late.user.username, late.late) == ("approver", 2)


MOST = 20
"""Eleven for the desk itself, one or two for each domain that reminds the person of more."""


def test_the_desk_takes_the_same_queries_however_full(
    client, person, open_cases, django_assert_max_num_queries
):
    secretary = person("secretary", SECRETARY, place=COMMUNITY)
    approver = person("approver", APPROVER)
    now = timezone.now()
    open_cases(1, now=now)
    for user in (approver, secretary):
        client.force_login(user)
        with django_assert_max_num_queries(MOST):
            assert client.get("/desk/").status_code == 200
    for number in range(12):
        person(f"more{number}", APPROVER)
    open_cases(20, now=now)
    for user in (approver, secretary):
        client.force_login(user)
        with django_assert_max_num_queries(MOST):
            client.get("/desk/")


def test_a_secretary_opens_the_desks_of_her_people_only(client, person, open_cases):
    approver = person("approver", APPROVER)
    stranger = person("stranger", APPROVER, place="370614001")
    open_cases(1)
    client.force_login(person("secretary", SECRETARY, place=COMMUNITY))
    page = client.get(f"/desk/of/{approver.pk}/").content.decode()
    assert "Approver的工作台" in page and "付款0" in page
    assert client.get(f"/desk/of/{stranger.pk}/").status_code == 404
    client.force_login(approver)
    assert client.get(f"/desk/of/{stranger.pk}/").status_code == 403


def test_an_empty_desk_says_what_it_is_for(client, person):
    client.force_login(person("cashier", CASHIER))
    assert "没有等着办的事" in client.get("/desk/").content.decode()


def test_the_head_of_every_page_counts_what_waits(client, person, open_cases):
    open_cases(3)
    client.force_login(person("both", APPROVER, RESIDENT))
    assert "3 件待办" in client.get("/me/security/").content.decode()


def test_a_missing_year_of_holidays_is_the_system_administrator_s_to_mend(person):
    admin = person("admin", SYSTEM_ADMIN, place="370614")
    december = datetime(2026, 12, 1, 2, tzinfo=UTC)
    urls = [line.url for line in desk_of(admin, now=december).others]
    assert "/places/holidays/edit/?year=2027" in urls
    assert "/places/holidays/edit/?year=2027" not in [line.url for line in desk_of(admin).others]


def test_accounts_that_nobody_uses_are_told_to_the_system_administrator(person):
    admin = person("admin", SYSTEM_ADMIN, place="370614")
    User.objects.filter(pk=admin.pk).update(last_login=NOW)
    person("forgotten")
    User.objects.filter(username="forgotten").update(created_at=NOW - timedelta(days=200))
    titles = [line.title for line in desk_of(admin).others]
    assert titles == ["有1个账号很久没有登录，不用的请停用"]
