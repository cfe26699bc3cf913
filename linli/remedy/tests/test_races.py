"""Two people at once: one is done, the other is told; two chores at once issue one round."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from linli.kernel.roles import HOUSING, SECRETARY, STREET
from linli.kernel.rulings import Refused
from linli.remedy import followups, rules, services
from linli.remedy.models import Plan, Round
from linli.remedy.rules import Cause
from tests.books import NOW
from tests.people import ESTATE, lay_places, make_person

from .conftest import a_room, days_later, keep_holidays, picture

CAUSE = Cause(violation="let_unlawfully", violator="property", reason="巡查发现")


@pytest.fixture
def county(own_database: Any) -> dict[str, Any]:
    lay_places()
    for year in (2026, 2027):
        keep_holidays(year)
    return {
        "own": own_database,
        "secretary": make_person("secretary", "周芳", SECRETARY, ESTATE[:12]),
        "street": make_person("street", "刘洋", STREET, ESTATE[:9]),
        "deputy": make_person("deputy", "韩梅", STREET, ESTATE[:9]),
        "housing": make_person("housing", "高强", HOUSING, ESTATE[:6]),
    }


def begun(county: dict[str, Any]) -> Plan:
    plan = services.draft_plan(by=county["secretary"], room=a_room(), cause=CAUSE, now=NOW)
    task = rules.Task(code="vacate", role="street", unit="街道", contact="刘洋", work_days=5)
    services.add_measure(by=county["secretary"], plan=plan, task=task, now=NOW)
    services.propose(by=county["secretary"], plan=plan, now=NOW)
    return services.approve(by=county["street"], plan=plan, now=NOW)


def refusals(results: list[Any]) -> int:
    """How many were refused; whatever else went wrong is a fault."""
    wrong = [each for each in results if isinstance(each, Exception)]
    assert all(isinstance(each, Refused) for each in wrong), wrong
    return len(wrong)


def test_of_two_people_closing_at_once_one_is_first(county):
    plan = begun(county)
    services.finish_measure(
        by=county["secretary"], task=plan.tasks.get(), text="已清", papers=[picture()], now=NOW
    )
    services.report(by=county["secretary"], plan=plan, now=NOW)
    services.recheck(by=county["street"], plan=plan, note="已空", now=NOW)
    results = county["own"].together(
        lambda: services.close(by=county["housing"], plan=plan, now=NOW),
        lambda: services.close(by=county["deputy"], plan=plan, now=NOW),
    )
    assert refusals(results) == 1
    assert Plan.objects.get().state == "closed"


def test_a_room_gets_one_plan_of_two_drafted_at_once(county):
    room = a_room()
    results = county["own"].together(
        *(
            lambda who=who: services.draft_plan(by=county[who], room=room, cause=CAUSE, now=NOW)
            for who in ("secretary", "street")
        )
    )
    assert refusals(results) == 1 and Plan.objects.count() == 1


def test_an_extension_is_asked_once_by_two_at_once(county):
    plan = begun(county)
    task = plan.tasks.get()
    later = timezone.localdate(days_later(20))
    results = county["own"].together(
        *(
            lambda who=who: services.ask_extension(
                by=county[who], task=task, new_on=later, reason="住院", now=NOW
            )
            for who in ("secretary", "street")
        )
    )
    assert refusals(results) == 1 and task.extensions.count() == 1


def test_two_chores_at_once_issue_one_round(county):
    begun(county)
    results = county["own"].together(
        *(lambda: followups.run(now=days_later(9)) for _turn in range(2))
    )
    assert refusals(results) == 0
    assert Round.objects.count() == 1
    assert sum(len(each.issued) for each in results) == 1


def test_the_command_issues_once_and_says_so(county):
    begun(county)
    first, second = (county["own"].run("follow-up") for _turn in range(2))
    assert first.returncode == second.returncode == 0
    assert "1 轮督办" in first.stdout and "没有要督办的方案" in second.stdout
