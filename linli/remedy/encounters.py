"""Acts on the way of a plan: joint visits, formal talks, contracts signed anew."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.utils import timezone

from linli.kernel.roles import ROLES
from linli.kernel.rulings import ALLOWED, every, require
from linli.kernel.words import gettext_noop as _
from linli.places import queries as places
from linli.remedy import dealings, queries, rules
from linli.remedy.models import Agreement, Attendance, Clause, Plan, Talk, Visit
from linli.remedy.standing import User, keep_papers
from linli.sources import number
from linli.trail.acts import act


@act("remedy.visit")
def tell_visit(
    *,
    by: User,
    plan: Plan,
    on: date,
    agencies: Mapping[str, str],
    found: str,
    next: str = "",
    papers: Sequence[Any] = (),
    now: datetime,
) -> Visit:
    """Several agencies were at a room together: who, what they found, what follows."""
    plan = queries.locked(plan)
    today = timezone.localdate(now)
    every(
        [
            rules.running(plan.state),
            require(all(code in ROLES for code in agencies), _("请从清单里选部门")).at("agencies"),
            dealings.may_visit(
                agencies=agencies,
                found=found,
                on=on,
                today=today,
                least=number("remedy_visit_agencies_count", on=today, place=plan.place),
            ),
        ]
    ).enforce()
    visit = Visit.objects.create(
        plan=plan,
        place=plan.place,
        on=on,
        found=found.strip(),
        next=next.strip(),
        told_by=by,
        told_at=now,
    )
    Attendance.objects.bulk_create(
        [Attendance(visit=visit, agency=code, people=who.strip()) for code, who in agencies.items()]
    )
    keep_papers(plan, visit, papers, by=by, now=now)
    return visit


@act("remedy.talk")
def tell_talk(
    *,
    by: User,
    plan: Plan,
    on: date,
    whom: str,
    person: bool = False,
    present: str = "",
    said: str = "",
    promise: str,
    promised_on: date | None,
    papers: Sequence[Any] = (),
    now: datetime,
) -> Talk:
    """A formal talk, with what was promised by when."""
    plan = queries.locked(plan)
    every(
        [
            rules.running(plan.state),
            dealings.may_talk(
                whom=whom,
                promise=promise,
                promised_on=promised_on,
                on=on,
                today=timezone.localdate(now),
            ),
            rules.within(places.calendar(), promised_on, promised_on).at("promised_on")
            if promised_on is not None and on.year >= dealings.FIRST_YEAR
            else ALLOWED,
        ]
    ).enforce()
    talk = Talk.objects.create(
        plan=plan,
        place=plan.place,
        number=plan.talks.count() + 1,
        on=on,
        whom=whom.strip(),
        person=person,
        present=present.strip(),
        said=said.strip(),
        promise=promise.strip(),
        promised_on=promised_on,
        told_by=by,
        told_at=now,
    )
    keep_papers(plan, talk, papers, by=by, now=now)
    return talk


@act("remedy.check_promise")
def check_promise(
    *,
    by: User,
    talk: Talk,
    outcome: str,
    note: str,
    papers: Sequence[Any] = (),
    now: datetime,
) -> Talk:
    """Somebody else looks whether a promise was kept."""
    plan = queries.locked(talk.plan)
    row = Talk.objects.select_for_update().get(pk=talk.pk)
    every(
        [
            rules.running(plan.state),
            dealings.may_check(
                state=row.state,
                outcome=outcome,
                promised_on=row.promised_on,
                today=timezone.localdate(now),
                note=note,
                same=queries.is_same(by, row.told_by_id),
            ),
        ]
    ).enforce()
    row.state, row.checked_by, row.checked_at = outcome, by, now
    row.check_note = note.strip()
    row.save(update_fields=["state", "checked_by", "checked_at", "check_note"])
    keep_papers(plan, row, papers, by=by, now=now)
    return row


@act("remedy.resign")
def resign_contract(
    *,
    by: User,
    plan: Plan,
    number: str,
    signed_on: date,
    principal: str,
    builder: str,
    clauses: Sequence[dealings.ClauseTold],
    papers: Sequence[Any],
    now: datetime,
) -> Agreement:
    """The construction contract was signed anew: its clauses are tracked from now on."""
    plan = queries.locked(plan)
    every(
        [
            rules.running(plan.state),
            require(principal.strip(), _("请写明委托方")).at("principal"),
            require(builder.strip(), _("请写明代建方")).at("builder"),
            require(
                not plan.agreements.filter(number=number.strip()).exists(),
                _("这份合同已经登记过"),
            ).at("number"),
            dealings.may_resign(
                clauses,
                signed_on=signed_on,
                today=timezone.localdate(now),
                number=number,
                files=len(papers),
                measured=plan.tasks.filter(code="recontract").exclude(state=rules.DROPPED).exists(),
            ),
        ]
    ).enforce()
    made = Agreement.objects.create(
        plan=plan,
        place=plan.place,
        number=number.strip(),
        signed_on=signed_on,
        principal=principal.strip(),
        builder=builder.strip(),
        told_by=by,
        told_at=now,
    )
    for told in clauses:
        Clause.objects.create(
            agreement=made,
            place=plan.place,
            code=told.code,
            text=told.text.strip(),
            due_on=told.due_on,
        )
    keep_papers(plan, made, papers, by=by, now=now)
    return made


@act("remedy.tell_clause")
def tell_clause(
    *,
    by: User,
    clause: Clause,
    outcome: str,
    note: str,
    papers: Sequence[Any] = (),
    now: datetime,
) -> Clause:
    """What came of a clause: kept, with what proves it, or broken once its day is over."""
    plan = queries.locked(clause.agreement.plan)
    row = Clause.objects.select_for_update().get(pk=clause.pk)
    every(
        [
            rules.running(plan.state),
            dealings.may_tell_clause(
                state=row.state,
                outcome=outcome,
                note=note,
                files=len(papers),
                due_on=row.due_on,
                today=timezone.localdate(now),
            ),
        ]
    ).enforce()
    row.state, row.note, row.told_by, row.told_at = outcome, note.strip(), by, now
    row.save(update_fields=["state", "note", "told_by", "told_at"])
    keep_papers(plan, row, papers, by=by, now=now)
    return row
