"""Where a plan stands after something moved it, and the files kept with what moved it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.utils import timezone

from linli.cases import queries as case_queries
from linli.cases import services as cases
from linli.files import services as files
from linli.kernel.flow import PASSED
from linli.remedy import queries, rules
from linli.remedy.models import Paper, Plan
from linli.trail.acts import label

User = AbstractBaseUser | None


def settle(plan: Plan, *, by: User, now: datetime) -> None:
    """Write down where the plan stands and until when, after anything that moves it.

    Follow-ups end as soon as the plan is in time again.
    """
    today = timezone.localdate(now)
    case = queries.case_of(plan)
    if not plan.is_over:
        steps = case_queries.open_steps(case)
        plan.state = steps[0].code if steps else rules.CLOSED
        plan.due_on = queries.due_of(plan, case)
        if plan.state == rules.CARRY and case.promised_on != plan.due_on:
            cases.promise(by=by, case=case, on=plan.due_on, now=now)
        if not steps:
            plan.over_at = now
    if plan.is_over:
        plan.due_on = None
    plan.save(update_fields=["state", "due_on", "over_at"])
    if plan.due_on is None or plan.due_on >= today:
        plan.rounds.filter(ended_at=None).update(ended_at=now)


def stamp(
    plan: Plan, step: str, *, by: User, note: str, now: datetime, outcome: str = PASSED
) -> Any:
    """Stamp a step of the plan's case as one of the roles `by` holds there."""
    made = cases.stamp(
        by=by,  # type: ignore[arg-type]
        case=queries.case_of(plan),
        step=step,
        outcome=outcome,
        note=note,
        now=now,
    )
    settle(plan, by=by, now=now)
    return made


def keep_papers(plan: Plan, about: Any, papers: Sequence[Any], *, by: User, now: datetime) -> None:
    """Keep files with the row of a plan they belong to."""
    for paper in papers:
        content, name = paper if isinstance(paper, tuple) else (paper, paper.name)
        file = files.keep(by=by, content=content, name=name, place=plan.place, now=now)
        Paper.objects.get_or_create(
            about=label(about),
            file=file,
            defaults={"plan": plan, "place": plan.place, "added_by": by, "added_at": now},
        )
