"""Nobody but the vetting office reads what another department said: everybody goes everywhere."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from linli.kernel.place import LEVELS
from linli.kernel.roles import POLICE, REVIEW, ROLES, Role
from linli.trail.models import Line, Look
from linli.vetting import services
from linli.vetting.models import Answer, Question, Result, Round, Subject, Task
from linli.vetting.tests.conftest import CLEAR, COUNTY, DETAINED
from linli.vetting.urls import urlpatterns
from tests.people import ESTATE, make_person

pytestmark = pytest.mark.django_db
SEALED = ("行政拘留", "detention", DETAINED.file_number, "2024-03-01", "2024年3月1日")
"""What the police wrote; nobody reads it without opening it."""
SAID = "不宜"
"""What the police concluded; the conclusion of a department is its own and the office's."""


@pytest.fixture
def held(county: Any, clock: Any) -> Round:
    """Two people, one of whom the police found unsuitable; all signed, the results confirmed."""
    worker = county.serving(1, "王海燕")
    made = county.sent(services.Person(worker=worker), *county.people(2)[1:])
    first, second = made.subjects.order_by("position")
    for role in county.heads:
        county.say(made, role, DETAINED if role == "police" else CLEAR, subject=first)
        county.say(made, role, subject=second)
        county.sign(made, role)
    county.confirm(made)
    return made


def _somebody(role: Role) -> Client:
    place = ESTATE[: LEVELS[role.level]] if role.level else ESTATE
    made = Client()
    made.force_login(make_person(f"wall-{role.code}", role.name, role, place))
    return made


def addresses(held: Round) -> list[str]:
    """Every address of vetting with every row there is, and where else such words could stand."""
    rows: dict[str, list[dict[str, int]]] = {
        name: [{"pk": row.pk} for row in some]
        for names, some in (
            ("round due people named send confirm decision", [held]),
            ("person remove number", Subject.objects.all()),
            ("reason ask_back own_reason", Answer.objects.all()),
            ("reopen head list clear numbers sign", Task.objects.all()),
            ("leave", Result.objects.all()),
        )
        for name in names.split()
    }
    rows["say"] = [{"pk": q.task_id, "subject": q.subject_id} for q in Question.objects.all()]
    found = [
        reverse(f"vetting:{route.name}", kwargs=values)
        for route in urlpatterns
        for values in rows.get(route.name, [{}])
    ]
    worker = Subject.objects.get(worker__isnull=False).worker
    words = ("王海燕", "应聘2", "L000001", "选聘", DETAINED.file_number, SAID)
    return [
        *found,
        "/desk/",
        "/workforce/",
        reverse("workforce:worker", args=[worker.pk]),
        *(f"/search/?q={word}" for word in words),
    ]


def test_the_walk_goes_to_every_address_of_vetting(held):
    names = {route.name for route in urlpatterns}
    walked = addresses(held)
    for name in names:
        part = reverse(
            f"vetting:{name}",
            kwargs={"pk": 1, "subject": 1}
            if name == "say"
            else {}
            if name in ("rounds", "new", "lists", "results", "results_excel", "again", "late")
            else {"pk": 1},
        )
        assert any(_shape(one) == _shape(part) for one in walked), name


def _shape(address: str) -> list[str]:
    return ["*" if part.isdigit() else part for part in address.split("/")]


@pytest.mark.parametrize("role", [role for role in ROLES.values() if role != REVIEW], ids=str)
def test_nobody_else_reads_what_a_department_said(role, held):
    there, faults = _somebody(role), []
    for address in addresses(held):
        page = there.get(address)
        body = page.content.decode("utf-8", errors="ignore")
        asked = body.replace(f'value="{SAID}"', "").replace(f"“{SAID}”", "")
        if address.startswith("/search/"):
            asked = asked.replace(SAID, "").replace(DETAINED.file_number, "")
        for word in (*SEALED, *(() if role == POLICE else (SAID,))):
            if word in asked:
                faults.append(f"{address}: {word}")
    assert not faults, "\n".join(faults)
    assert not Look.objects.exists()


def test_the_office_reads_what_they_said_and_reasons_only_once_opened(held):
    """The control: what the walk looks for is there for the office."""
    there = _somebody(REVIEW)
    assert SAID in there.get(reverse("vetting:round", args=[held.pk])).content.decode()
    everything = "".join(
        there.get(one).content.decode("utf-8", "ignore") for one in addresses(held)
    )
    for word in ("行政拘留", "2024-03-01"):
        assert word not in everything
    answer = Answer.objects.get(conclusion="unfit")
    page = there.post(reverse("vetting:reason", args=[answer.pk]), {"purpose": "复核"})
    assert all(word in page.content.decode() for word in ("行政拘留", DETAINED.file_number))
    assert Look.objects.count() == 1


@pytest.mark.parametrize("role", ["court", "social", "organisation", "housing"])
@pytest.mark.parametrize("name", ["list", "clear", "numbers", "sign", "say", "own_reason"])
def test_a_department_that_asks_for_another_s_answer_is_refused_with_reason_and_ground(
    role, name, held
):
    there = _somebody(ROLES[role])
    answer = Answer.objects.get(conclusion="unfit")
    question = answer.question
    args = {
        "say": [question.task_id, question.subject_id],
        "own_reason": [answer.pk],
    }.get(name, [question.task_id])
    url = reverse(f"vetting:{name}", args=args)
    told = {"purpose": "看看", "row": question.subject_id, "secret": "x", "conclusion": "clear"}
    page = there.get(url) if name in ("list", "say") else there.post(url, told)
    body = page.content.decode()
    assert page.status_code == 403
    assert "这是其他部门的名单，只有该部门可以办理" in body and "联审规则" in body
    line = Line.objects.get(act="vetting.read_list")
    assert (line.done, line.subject) == (False, f"vetting.task:{question.task_id}")
    assert not Look.objects.exists()


@pytest.mark.parametrize("name", ["reason", "decision", "number", "ask_back", "confirm"])
def test_what_the_office_alone_does_is_refused_to_departments_and_keepers(name, held):
    answer = Answer.objects.get(conclusion="unfit")
    args = {"reason": answer.pk, "ask_back": answer.pk, "number": answer.question.subject_id}
    url = reverse(f"vetting:{name}", args=[args.get(name, held.pk)])
    for role in ("police", "court", "social", "district", "audit_admin"):
        page = _somebody(ROLES[role]).post(url, {"purpose": "看看", "row": 1})
        assert page.status_code == 403
        assert "联审办公室" in page.content.decode()
    assert not Look.objects.exists() and Result.objects.count() == 2


def test_that_somebody_left_after_a_vetting_is_on_no_other_desk(county, held, clock):
    from linli.vetting import results

    result = Result.objects.get(outcome="failed")
    results.leave(by=county.keeper, result=result, until_on=clock.date(), now=clock)
    address = reverse("vetting:leave", args=[result.pk])
    assert address in _somebody(ROLES["organisation"]).get("/desk/").content.decode()
    for role in ("tax", "district", "court", "audit_admin"):
        assert address not in _somebody(ROLES[role]).get("/desk/").content.decode()
    assert held.county == COUNTY
