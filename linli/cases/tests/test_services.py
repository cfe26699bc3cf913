"""Opening cases and stamping steps."""

from datetime import UTC, date, datetime, timedelta
from statistics import median

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from linli.cases import queries, services
from linli.cases.models import Case, DutyDone, Stamp, Wait
from linli.kernel.duty import Duty
from linli.kernel.flow import PASSED, RETURNED, Flow, Step
from linli.kernel.place import Scope
from linli.kernel.roles import APPROVER, BOOKKEEPER, RESIDENT, STREET
from linli.kernel.rulings import Refused
from linli.people.models import Appointment, User
from linli.places.models import Place
from linli.trail.models import Line

pytestmark = pytest.mark.django_db

ESTATE = "370614001001001"
NOW = datetime(2026, 11, 5, 2, tzinfo=UTC)  # a Thursday, 10:00 in Shanghai
FLOW = Flow(
    code="repair_test",
    name="维修申请",
    steps=(
        Step(code="ask", name="申请", by=(BOOKKEEPER,)),
        Step(
            code="check",
            name="审核",
            by=(APPROVER, RESIDENT),
            back="ask",
            others=("ask",),
            days="draft_reminder_work_days",
        ),
        Step(code="done", name="办结", by=(STREET,)),
    ),
)


@pytest.fixture(autouse=True)
def _the_flow_is_known(monkeypatch):
    monkeypatch.setattr(queries, "flows", lambda: {FLOW.code: FLOW})


def person(username, *roles, place=ESTATE):
    user = User.objects.create(username=username, name=username.title(), created_at=NOW)
    for role in roles:
        Appointment.objects.create(
            user=user, role=role.code, place=place, since_on=date(2026, 1, 1)
        )
    return user


@pytest.fixture
def asker():
    return person("asker", BOOKKEEPER)


@pytest.fixture
def checker():
    return person("checker", APPROVER)


@pytest.fixture
def case(asker):
    subject = Place.objects.create(place=ESTATE, level="estate", name="碧海家园")
    return services.open_case(
        by=asker, flow=FLOW, subject=subject, title="修门", place=ESTATE, now=NOW
    )


def reasons(refused):
    return [reason.text for reason in refused.value.ruling.reasons]


def test_a_new_case_waits_on_its_first_step(case):
    assert list(Wait.objects.values_list("step", "role", "place")) == [
        ("ask", "bookkeeper", ESTATE)
    ]
    assert case.subject.startswith("places.place:")


def test_a_row_has_one_case_of_a_flow(case, asker):
    with pytest.raises(Refused) as refused:
        services.open_case(
            by=asker,
            flow=FLOW,
            subject=Place.objects.get(),
            title="再修",
            place=ESTATE,
            now=NOW,
        )
    assert reasons(refused) == ["这件事已经开办，不能重复开办"]
    assert Case.objects.count() == 1


def test_a_stamp_moves_the_waiting_on_with_a_due_day_in_working_days(case, asker):
    services.stamp(by=asker, case=case, step="ask", now=NOW)
    waits = Wait.objects.order_by("role").values_list("step", "role", "due_on")
    due = date(2026, 11, 10)  # Thursday + 3 working days, over a weekend
    assert list(waits) == [("check", "approver", due), ("check", "resident", due)]


def test_due_days_follow_the_holiday_table(case, asker):
    before_holiday = datetime(2026, 9, 29, 2, tzinfo=UTC)
    services.stamp(by=asker, case=case, step="ask", now=before_holiday)
    assert Wait.objects.first().due_on == date(2026, 10, 9)


def test_stamps_are_numbered_without_gaps_and_close_the_case(case, asker, checker):
    street = person("street", STREET, place="370614001")
    for by, step in ((asker, "ask"), (checker, "check"), (street, "done")):
        services.stamp(by=by, case=case, step=step, now=NOW)
    assert list(Stamp.objects.values_list("number", "role")) == [
        (1, "bookkeeper"),
        (2, "approver"),
        (3, "street"),
    ]
    case.refresh_from_db()
    assert case.closed_at == NOW and case.stamp_count == 3
    assert not Wait.objects.exists()


def test_each_stamp_leaves_one_line_of_the_trail(case, asker):
    stamp = services.stamp(by=asker, case=case, step="ask", now=NOW)
    line = Line.objects.get(act="cases.stamp")
    assert (line.subject, line.place, line.by) == (f"cases.stamp:{stamp.pk}", ESTATE, asker)


def test_somebody_without_the_role_here_is_refused_and_nothing_changes(case):
    elsewhere = person("elsewhere", BOOKKEEPER, place="370614001001002")
    with pytest.raises(Refused) as refused:
        services.stamp(by=elsewhere, case=case, step="ask", now=NOW)
    assert reasons(refused) == ["“%(step)s”由%(who)s办理，您没有这个职务"]
    assert not Stamp.objects.exists() and case.stamp_count == 0


def test_who_asked_may_not_check_even_with_both_roles(case, asker):
    services.stamp(by=asker, case=case, step="ask", now=NOW)
    Appointment.objects.create(
        user=asker, role=APPROVER.code, place=ESTATE, since_on=date(2026, 1, 1)
    )
    with pytest.raises(Refused) as refused:
        services.stamp(by=asker, case=case, step="check", now=NOW)
    assert reasons(refused) == ["您已办理“%(own)s”，“%(step)s”须由另一人办理"]


def test_what_is_sent_back_waits_again_and_shows_why(case, asker, checker):
    services.stamp(by=asker, case=case, step="ask", now=NOW)
    later = NOW + timedelta(days=1)
    services.stamp(by=checker, case=case, step="check", outcome=RETURNED, note="缺发票", now=later)
    ask, check, _done = queries.progress(case)
    assert (ask.state, ask.said, ask.returned, ask.by) == ("open", "缺发票", True, ("记账员",))
    assert check.state == "wait"
    wait = Wait.objects.get()
    assert (wait.step, wait.since_at) == ("ask", later)


def test_of_two_who_stamp_at_once_the_second_is_told(case, asker):
    stale = Case.objects.get(pk=case.pk)
    services.stamp(by=asker, case=case, step="ask", now=NOW)
    Stamp.objects.all()  # the other reader saw the case before
    stale_fold = queries.rules.fold(FLOW, opened_at=NOW, stamps=())
    assert "ask" in stale_fold.open
    with pytest.raises(Refused) as refused:
        services._next_number(stale)
    assert reasons(refused) == ["刚刚已由他人办理，请刷新后再看"]
    assert Stamp.objects.count() == 1


def test_a_given_up_case_waits_on_nobody_and_takes_no_stamp(case, asker):
    services.close_case(by=asker, case=case, note="作废", now=NOW)
    assert not Wait.objects.exists()
    with pytest.raises(Refused) as refused:
        services.stamp(by=asker, case=case, step="ask", now=NOW)
    assert reasons(refused) == ["这件事已经办结"]


def test_a_given_up_case_goes_on_where_it_was(case, asker):
    services.stamp(by=asker, case=case, step="ask", now=NOW)
    services.close_case(by=asker, case=case, now=NOW)
    services.reopen_case(by=asker, case=case, now=NOW)
    assert {wait.step for wait in Wait.objects.all()} == {"check"}


def test_progress_tells_who_did_what_and_whose_turn_it_is(case, asker):
    services.stamp(by=asker, case=case, step="ask", now=NOW)
    ask, check, done = queries.progress(case)
    assert (ask.state, ask.by, ask.at) == ("done", ("Asker",), NOW)
    assert (check.state, check.by, check.due_on) == (
        "open",
        ("审批人（小区党支部）", "居民代表"),
        date(2026, 11, 10),
    )
    assert (done.state, done.by) == ("wait", ("街道办事处",))


def test_progress_shows_what_is_late(case, asker):
    services.stamp(by=asker, case=case, step="ask", now=NOW)
    states = [[s.state for s in queries.progress(case, on=date(2026, 11, n))] for n in (10, 11)]
    assert states == [["done", "open", "wait"], ["done", "late", "wait"]]


def test_progress_takes_the_same_queries_however_long(case, asker, django_assert_num_queries):
    with django_assert_num_queries(2):
        queries.progress(case)
    services.stamp(by=asker, case=case, step="ask", now=NOW)
    with django_assert_num_queries(2):
        queries.progress(case)


@pytest.mark.parametrize("hours", [[5], [1, 9], [2, 3, 100], [4, 1, 7, 2]])
def test_how_long_a_step_took_is_counted_from_when_its_turn_came(asker, checker, hours):
    made = []
    for n, wait in enumerate(hours):
        row = Place.objects.create(place=f"{ESTATE}{n:03d}", level="building", name=f"{n}号楼")
        one = services.open_case(
            by=asker, flow=FLOW, subject=row, title="修门", place=ESTATE, now=NOW
        )
        services.stamp(by=asker, case=one, step="ask", now=NOW + timedelta(hours=1))
        at = NOW + timedelta(hours=1 + wait)
        services.stamp(by=checker, case=one, step="check", now=at)
        made.append(one)
    cases = Case.objects.all()
    told = queries.waited(cases, since=NOW.date())["check"]
    assert (told.count, told.median_s) == (len(hours), median(hours) * 3600)
    longest = hours.index(max(hours))
    assert (told.longest_s, told.longest_case) == (max(hours) * 3600, made[longest].pk)
    assert queries.waited(cases, since=NOW.date() + timedelta(9)) == {}


def test_what_waits_is_found_by_role_and_scope(case, asker, checker):
    services.stamp(by=asker, case=case, step="ask", now=NOW)
    here, there = Scope.of("370614001"), Scope.of("370614002")
    assert [w.role for w in queries.waiting({APPROVER: here})] == ["approver"]
    assert not queries.waiting({APPROVER: there, BOOKKEEPER: here}).exists()
    assert not queries.waiting({}).exists()


def test_counts_tell_what_is_late(case, asker):
    services.stamp(by=asker, case=case, step="ask", now=NOW)
    scope = Scope.of("370614")
    assert queries.waiting_counts(scope, date(2026, 11, 10))["approver", ESTATE] == (1, 0)
    assert queries.waiting_counts(scope, date(2026, 11, 11))["approver", ESTATE] == (1, 1)


def test_waits_that_do_not_follow_from_stamps_are_found_and_mended(case, asker):
    calendar = queries.Calendar({}, frozenset())
    services.stamp(by=asker, case=case, step="ask", now=NOW)
    assert queries.wrong_waits(calendar) == []
    Wait.objects.update(due_on=date(2030, 1, 1))
    assert queries.wrong_waits(calendar) == [case]
    services.refold(by=asker, case=case, now=NOW)
    assert queries.wrong_waits(calendar) == []


def test_a_duty_is_noted_once_a_period(asker):
    duty = Duty(code="count_cash", name="盘点现金", by=(BOOKKEEPER,), months=1)
    first = services.do_duty(by=asker, duty=duty, place=ESTATE, period="2026-10", now=NOW)
    again = services.do_duty(
        by=asker, duty=duty, place=ESTATE, period="2026-10", now=timezone.now()
    )
    assert (again.pk, again.at) == (first.pk, NOW)
    assert queries.duties_done(["count_cash"], [ESTATE], ["2026-10"]) == {
        ("count_cash", ESTATE, "2026-10")
    }


def test_passed_is_what_a_stamp_says_unless_told_otherwise(case, asker):
    assert services.stamp(by=asker, case=case, step="ask", now=NOW).outcome == PASSED


@pytest.mark.parametrize(
    "change",
    [
        "DELETE FROM cases_case",
        "UPDATE cases_case SET subject = 'x:2'",
        "UPDATE cases_case SET stamp_count = 0",
        "DELETE FROM cases_dutydone",
        "UPDATE cases_dutydone SET at = '2026-01-01 00:00:00+00'",
    ],
)
def test_what_was_done_stays_done(db, change):
    Case.objects.create(
        flow="f", subject="x:1", title="", place="370614", opened_at=NOW, stamp_count=1
    )
    DutyDone.objects.create(duty="d", period="2026-10", place="370614", at=NOW)
    with pytest.raises(DatabaseError, match="linli:|permission denied"), transaction.atomic():
        connection.cursor().execute(change)
