"""A plan from its draft to its close-out, and what is refused on the way."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.utils import timezone

from linli.cases.models import Wait
from linli.kernel.rulings import Refused
from linli.remedy import services
from linli.remedy.models import Extension, Paper, Plan, Task, Work
from linli.trail.models import Line
from tests.books import NOW

from .conftest import CAUSE, a_room, a_task, days_later, drafted, picture, worked

TODAY = timezone.localdate(NOW)


def reasons(refused) -> str:
    return "；".join(str(reason) for reason in refused.value.ruling.reasons)


def fields(refused) -> set[str]:
    return {reason.field for reason in refused.value.ruling.reasons}


def closed(plan, crew, now=NOW):
    worked(plan, crew.secretary, now)
    services.report(by=crew.secretary, plan=plan, now=now)
    services.recheck(by=crew.street, plan=plan, note="已腾空", papers=[picture()], now=now)
    return services.close(by=crew.housing, plan=plan, now=now)


def test_a_plan_goes_from_draft_to_close_out_by_different_people(room, crew):
    plan = drafted(room, crew, "rectify", "vacate")
    assert (plan.code, plan.state, plan.urgency) == ("P000001", "draft", 1)
    assert [task.due_on for task in plan.tasks.all()] == [None, None]
    services.propose(by=crew.secretary, plan=plan, now=NOW)
    plan = services.approve(by=crew.street, plan=plan, now=NOW)
    assert plan.state == "carry" and plan.due_on == date(2026, 11, 12)
    assert set(Wait.objects.values_list("step", "due_on")) == {("carry", date(2026, 11, 12))}
    plan = closed(plan, crew)
    assert (plan.state, plan.due_on, plan.over_at) == ("closed", None, NOW)
    assert Paper.objects.filter(plan=plan).count() == 3
    acts = list(
        Line.objects.filter(act__startswith="remedy.", done=True).values_list("act", flat=True)
    )
    assert acts[0] == "remedy.draft" and acts[-1] == "remedy.close"


def test_a_room_has_one_plan_at_a_time_and_another_when_it_is_over(plan, room, crew):
    with pytest.raises(Refused) as refused:
        drafted(room, crew)
    assert "P000001" in reasons(refused)
    closed(plan, crew)
    assert drafted(room, crew).code == "P000002"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"reason": " "}, "reason"),
        ({"violation": "pigsty"}, "violation"),
        ({"violator": "nobody"}, "violator"),
    ],
)
def test_a_plan_without_a_cause_is_refused_and_leaves_nothing(room, crew, changes, field):
    with pytest.raises(Refused) as refused:
        services.draft_plan(by=crew.secretary, room=room, cause=replace(CAUSE, **changes), now=NOW)
    assert field in fields(refused) and not Plan.objects.exists()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"code": "handover"}, "code"),
        ({"code": "first_title"}, "code"),
        ({"code": "magic"}, "code"),
        ({"role": "tax"}, "role"),
        ({"unit": " "}, "unit"),
        ({"contact": ""}, "contact"),
        ({"phone": "12"}, "phone"),
        ({"work_days": 0}, "work_days"),
        ({"work_days": 999}, "work_days"),
        ({"work_days": -4}, "work_days"),
    ],
)
def test_a_measure_that_does_not_fit_is_refused_beside_its_field(room, crew, changes, field):
    plan = services.draft_plan(by=crew.secretary, room=room, cause=CAUSE, now=NOW)
    with pytest.raises(Refused) as refused:
        services.add_measure(by=crew.secretary, plan=plan, task=a_task(**changes), now=NOW)
    assert field in fields(refused) and not Task.objects.exists()


def test_a_deadline_into_a_year_without_holidays_is_refused(room, crew):
    plan = services.draft_plan(by=crew.secretary, room=room, cause=CAUSE, now=NOW)
    late = NOW.replace(year=2027, month=12)
    with pytest.raises(Refused) as refused:
        services.add_measure(by=crew.secretary, plan=plan, task=a_task(work_days=40), now=late)
    assert "2028" in reasons(refused) and "work_days" in fields(refused)
    services.add_measure(by=crew.secretary, plan=plan, task=a_task(work_days=40), now=NOW)
    services.propose(by=crew.secretary, plan=plan, now=late)
    with pytest.raises(Refused):
        services.approve(by=crew.street, plan=plan, now=late)
    plan.refresh_from_db()
    assert plan.state == "approve" and plan.tasks.get().due_on is None


def test_an_empty_plan_is_not_proposed_and_nobody_approves_their_own(room, crew):
    plan = services.draft_plan(by=crew.street, room=room, cause=CAUSE, now=NOW)
    with pytest.raises(Refused):
        services.propose(by=crew.street, plan=plan, now=NOW)
    services.add_measure(by=crew.street, plan=plan, task=a_task(), now=NOW)
    services.propose(by=crew.street, plan=plan, now=NOW)
    with pytest.raises(Refused) as refused:
        services.approve(by=crew.street, plan=plan, now=NOW)
    assert "另一人" in reasons(refused)
    assert services.approve(by=crew.deputy, plan=plan, now=NOW).state == "carry"


def test_steps_out_of_turn_twice_and_without_the_role_are_refused(plan, crew):
    for act in (services.propose, services.approve, services.recheck, services.close):
        more = {"note": "看过"} if act is services.recheck else {}
        with pytest.raises(Refused):
            act(by=crew.housing, plan=plan, now=NOW, **more)
    worked(plan, crew.secretary)
    with pytest.raises(Refused):
        services.report(by=crew.district, plan=plan, now=NOW)
    services.report(by=crew.secretary, plan=plan, now=NOW)
    with pytest.raises(Refused) as refused:
        services.report(by=crew.secretary, plan=plan, now=NOW)
    assert "现在不是" in reasons(refused)


def test_a_measure_is_done_with_its_result_and_evidence(plan, crew):
    task = plan.tasks.get()
    with pytest.raises(Refused) as refused:
        services.finish_measure(by=crew.secretary, task=task, text="", now=NOW)
    assert fields(refused) == {"text", "papers"}
    services.tell_work(by=crew.secretary, task=task, text="已上门", papers=[picture()], now=NOW)
    with pytest.raises(Refused) as refused:
        services.report(by=crew.secretary, plan=plan, now=NOW)
    assert "责令限期整改" in reasons(refused)
    assert Work.objects.count() == 1
    worked(plan, crew.secretary)
    with pytest.raises(Refused):
        services.tell_work(by=crew.secretary, task=task, text="又去", now=NOW)


def test_who_worked_neither_rechecks_nor_closes_out(plan, crew):
    worked(plan, crew.housing)
    services.report(by=crew.secretary, plan=plan, now=NOW)
    with pytest.raises(Refused) as refused:
        services.recheck(by=crew.housing, plan=plan, note="好了", now=NOW)
    assert "办理过" in reasons(refused)
    services.recheck(by=crew.street, plan=plan, note="好了", now=NOW)
    for who in (crew.housing, crew.street):
        with pytest.raises(Refused) as refused:
            services.close(by=who, plan=plan, now=NOW)
        assert "另一人" in reasons(refused)
    assert services.close(by=crew.deputy, plan=plan, now=NOW).state == "closed"


def test_a_recheck_that_fails_sends_named_measures_back_with_new_days(plan, crew):
    worked(plan, crew.secretary)
    services.report(by=crew.secretary, plan=plan, now=NOW)
    (task,) = plan.tasks.all()
    for more in ({}, {"redo": [task]}, {"redo": [task], "work_days": 999}):
        with pytest.raises(Refused):
            services.send_back(by=crew.street, plan=plan, note="货架还在", now=NOW, **more)
    with pytest.raises(Refused):
        services.send_back(by=crew.street, plan=plan, note=" ", redo=[task], work_days=3, now=NOW)
    plan = services.send_back(
        by=crew.street, plan=plan, note="货架还在", redo=[task], work_days=3, now=NOW
    )
    assert plan.state == "carry" and plan.due_on == date(2026, 11, 10)
    first, again = plan.tasks.all()
    assert (first.state, again.state, again.text) == ("done", "open", "货架还在")
    assert closed(plan, crew).state == "closed"


def test_an_extension_needs_a_reason_a_later_day_and_another_person(plan, crew):
    task = plan.tasks.get()
    later = date(2026, 11, 20)
    for new_on, reason, field in (
        (later, " ", "reason"),
        (task.due_on, "雨", "new_on"),
        (date(2026, 1, 5), "雨", "new_on"),
        (date(2028, 1, 5), "雨", "new_on"),
    ):
        with pytest.raises(Refused) as refused:
            services.ask_extension(
                by=crew.secretary, task=task, new_on=new_on, reason=reason, now=NOW
            )
        assert field in fields(refused)
    assert not Extension.objects.exists()
    asked = services.ask_extension(
        by=crew.street, task=task, new_on=later, reason="承租人住院", now=NOW
    )
    with pytest.raises(Refused):
        services.ask_extension(by=crew.secretary, task=task, new_on=later, reason="再", now=NOW)
    task.refresh_from_db()
    assert task.due_on == date(2026, 11, 12)
    with pytest.raises(Refused) as refused:
        services.decide_extension(by=crew.street, extension=asked, granted=True, now=NOW)
    assert "另一人" in reasons(refused)
    services.decide_extension(by=crew.deputy, extension=asked, granted=True, now=NOW)
    plan.refresh_from_db()
    assert plan.due_on == later
    with pytest.raises(Refused):
        services.decide_extension(by=crew.housing, extension=asked, granted=True, now=NOW)
    # The desk counts to the new day, too.
    waits = Wait.objects.filter(case__subject=f"remedy.plan:{plan.pk}")
    assert {wait.due_on for wait in waits} == {later}


def test_an_extension_into_what_has_become_the_past_is_not_granted(plan, crew):
    task = plan.tasks.get()
    asked = services.ask_extension(
        by=crew.secretary, task=task, new_on=date(2026, 11, 16), reason="等货车", now=NOW
    )
    with pytest.raises(Refused):
        services.decide_extension(by=crew.street, extension=asked, granted=True, now=days_later(30))
    with pytest.raises(Refused):
        services.decide_extension(by=crew.street, extension=asked, granted=False, now=NOW)
    row = services.decide_extension(
        by=crew.street, extension=asked, granted=False, note="已超期", now=days_later(30)
    )
    assert row.state == "refused"


def test_the_database_moves_no_deadline_without_an_extension(plan):
    with pytest.raises(IntegrityError, match="deadline_moves_by_extension"), transaction.atomic():
        Task.objects.filter(plan=plan).update(due_on=TODAY + timedelta(90))
    with pytest.raises(IntegrityError, match="plan_keeps_room_and_code"), transaction.atomic():
        Plan.objects.filter(pk=plan.pk).update(code="P000099")


def test_the_database_keeps_a_closed_plan_closed_and_work_unchanged(plan, crew):
    closed(plan, crew)
    with pytest.raises(IntegrityError, match="closed_plan_stays_closed"), transaction.atomic():
        Plan.objects.filter(pk=plan.pk).update(state="carry", over_at=None)
    with pytest.raises(DatabaseError), transaction.atomic():
        Work.objects.update(text="别的")


def test_a_dropped_plan_says_why_and_frees_its_room(plan, crew, room):
    with pytest.raises(Refused):
        services.drop_plan(by=crew.street, plan=plan, note="", now=NOW)
    plan = services.drop_plan(by=crew.street, plan=plan, note="用房误登", now=NOW)
    assert plan.state == "dropped" and plan.tasks.get().state == "dropped"
    assert drafted(room, crew).code == "P000002"


def test_a_plan_that_is_sent_back_from_approval_is_drafted_again(room, crew):
    plan = drafted(room, crew)
    services.propose(by=crew.secretary, plan=plan, now=NOW)
    plan = services.send_back(by=crew.street, plan=plan, note="期限太长", now=NOW)
    assert plan.state == "draft"
    services.add_measure(by=crew.secretary, plan=plan, task=a_task("talk"), now=NOW)
    services.propose(by=crew.secretary, plan=plan, now=NOW)
    assert services.approve(by=crew.street, plan=plan, now=NOW).state == "carry"


def test_a_measure_is_dropped_with_a_reason_and_one_is_added_on_the_way(plan, crew):
    added = services.add_measure(by=crew.secretary, plan=plan, task=a_task("talk"), now=NOW)
    assert added.due_on == date(2026, 11, 12)
    with pytest.raises(Refused):
        services.add_measure(by=crew.secretary, plan=plan, task=a_task("talk"), now=NOW)
    with pytest.raises(Refused):
        services.drop_measure(by=crew.secretary, task=added, note="", now=NOW)
    assert (
        services.drop_measure(by=crew.secretary, task=added, note="已自行改正", now=NOW).state
        == "dropped"
    )


def test_an_ended_room_gets_no_plan(crew):
    from linli.premises import services as premises

    room = a_room(state="idle", name="旧锅炉房")
    room = premises.end_room(by=None, room=room, until_on=TODAY, reason="已拆除", now=NOW)
    with pytest.raises(Refused):
        drafted(room, crew)
