"""The verbs of the reserve: to nominate, admit, decline, take over, leave; mentors and numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db import models
from django.utils import timezone

from linli.cases import queries as case_queries
from linli.cases import services as cases
from linli.kernel.roles import MENTOR, SECRETARY, STREET
from linli.kernel.rulings import every, require
from linli.kernel.words import gettext_noop as _
from linli.people import queries as people
from linli.reserve import flow, queries, rules
from linli.reserve.entering import (
    User,
    entry,
    entry_ruling,
    facts_of,
    fill,
    move_out,
    number_of_file,
    refreshed,
)
from linli.reserve.models import Evaluation, Move, Nomination, Talent
from linli.trail.acts import act, look
from linli.workforce import queries as workforce

LONGEST_PURPOSE = 64


@dataclass(frozen=True, slots=True)
class Told:
    """What an act was about, with figures for the trail."""

    subject: models.Model
    facts: dict[str, object] = field(default_factory=dict)
    row: models.Model | None = None


@act("reserve.nominate")
def nominate(
    *,
    by: User,
    county: str,
    place: str,
    name: str,
    id_number: str,
    phone: str = "",
    politics: str = "",
    schooling: str = "",
    source: str,
    why: str,
    now: datetime,
) -> Nomination:
    """A community or street nominates somebody: with a personnel file, whose facts count then, or
    without. Whoever was in the reserve before goes on with their file."""
    today = timezone.localdate(now)
    queries.lock_county(county)
    facts = facts_of(county, id_number, phone, politics, schooling, today)
    there = (
        Talent.objects.filter(
            county=county, id_mark=workforce.id_mark(facts.identity.number)
        ).first()
        if facts.identity
        else None
    )
    ruling = rules.may_nominate(
        name=name,
        known=facts.known,
        reached=facts.reached,
        source=source,
        why=why,
        place=place,
        known_place=workforce.is_known(place) and place.startswith(county),
        file_name=facts.worker.name if facts.worker else "",
        state=there.state if there else "",
        number=there.number if there else "",
        left_on=there.left_on if there else None,
        limits=queries.limits(county, today),
        today=today,
    )
    (ruling & entry(facts, county, today)).enforce()
    talent = there or Talent(county=county, number=number_of_file(queries.next_serial(county)))
    fill(talent, facts, name=name, place=place, source=source, now=now)
    talent.state, talent.entered_on, talent.left_on = rules.NOMINATED, None, None
    talent.save()
    made = Nomination.objects.create(
        talent=talent, place=place, source=source, why=why.strip(), by=by, at=now
    )
    cases.open_case(
        by=by, flow=flow.ENTERING, subject=made, title=talent.name, place=place, now=now
    )
    return made


@act("reserve.admit")
def admit(
    *, by: User, nomination: Nomination, evaluation: Evaluation | None = None, now: datetime
) -> Nomination:
    """The county admits somebody who was nominated, as of today: age, schooling, bars and vetting
    are looked at again. `evaluation`: the one that moves them in."""
    today = timezone.localdate(now)
    nomination = Nomination.objects.select_for_update(of=("self",)).get(pk=nomination.pk)
    talent = queries.locked(nomination.talent)
    (rules.may_settle(open_=nomination.outcome == "") & entry_ruling(talent, today)).enforce()
    facts = refreshed(talent, today)
    talent.politics, talent.schooling, talent.worker = (
        facts.politics,
        facts.schooling,
        facts.worker,
    )
    talent.state, talent.entered_on, talent.left_on = rules.IN, today, None
    talent.save()
    half = queries.half_text(evaluation.half) if evaluation else ""
    Move.objects.create(
        talent=talent,
        place=talent.place,
        kind=rules.ENTERED,
        reason="evaluation_in" if evaluation else "admitted",
        facts={"half": half} if half else {},
        why=nomination.why,
        on_day=today,
        evaluation=evaluation,
        by=by,
        at=now,
    )
    _settle(nomination, rules.IN, "", by, now)
    case = case_queries.find(flow=flow.ENTERING, subject=nomination)
    if case is not None and by is not None:
        cases.stamp(by=by, case=case, step=flow.ADMIT, now=now)
    return nomination


@act("reserve.decline")
def decline(*, by: User, nomination: Nomination, reason: str, now: datetime) -> Nomination:
    """The county turns a nomination down, with the reason."""
    nomination = Nomination.objects.select_for_update(of=("self",)).get(pk=nomination.pk)
    rules.may_decline(open_=nomination.outcome == "", reason=reason).enforce()
    talent = queries.locked(nomination.talent)
    talent.state = rules.DECLINED
    talent.save(update_fields=["state"])
    _settle(nomination, rules.DECLINED, reason.strip(), by, now)
    case = case_queries.find(flow=flow.ENTERING, subject=nomination)
    if case is not None:
        cases.close_case(by=by, case=case, note=reason.strip(), now=now)
    return nomination


def _settle(nomination: Nomination, outcome: str, reason: str, by: User, now: datetime) -> None:
    nomination.outcome, nomination.reason = outcome, reason
    nomination.settled_by, nomination.settled_at = by, now  # type: ignore[assignment]
    nomination.save(update_fields=["outcome", "reason", "settled_by", "settled_at"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Was:
    """Somebody who was in the reserve before the system, since a day."""

    place: str
    name: str
    id_number: str
    phone: str = ""
    politics: str
    schooling: str
    source: str
    since_on: date
    mentor: User = None


@act("reserve.take_over")
def take_over(*, by: User, county: str, rows: Sequence[Was], now: datetime) -> Told:
    """Write down who was in the reserve before the system: all of them or, with every fault told,
    none. Age and schooling count on the day they entered; vetting is not asked again."""
    today = timezone.localdate(now)
    queries.lock_county(county)
    serial = queries.next_serial(county)
    limits = queries.limits(county, today)
    known = set(Talent.objects.filter(county=county).values_list("id_mark", flat=True))
    made, faults = [], []
    for at, row in enumerate(rows, 1):
        facts = facts_of(county, row.id_number, row.phone, row.politics, row.schooling, today)
        mark = workforce.id_mark(facts.identity.number) if facts.identity else ""
        ruling = rules.may_nominate(
            name=row.name,
            known=facts.known,
            reached=facts.reached,
            source=row.source,
            why=rules.REASONS["taken_over"].sentence,
            place=row.place,
            known_place=row.place.startswith(county),
            file_name=facts.worker.name if facts.worker else "",
            state=rules.IN if mark and mark in known else "",
            number="",
            left_on=None,
            limits=limits,
            today=today,
        )
        ruling &= rules.may_take_over(
            since_on=row.since_on, today=today, serial=entry(facts, county, row.since_on)
        )
        faults.append(ruling.at("", at))
        known.add(mark)
        if ruling.allowed:
            talent = Talent(county=county, number=number_of_file(serial + len(made)))
            fill(talent, facts, name=row.name, place=row.place, source=row.source, now=now)
            talent.mentor = row.mentor  # type: ignore[assignment]
            talent.state, talent.entered_on = rules.IN, row.since_on
            made.append(talent)
    faults.append(require(rows, _("名单上还没有人")))
    every(faults).enforce()
    saved = Talent.objects.bulk_create(made)
    Move.objects.bulk_create(
        Move(
            talent=talent,
            place=talent.place,
            kind=rules.ENTERED,
            reason="taken_over",
            on_day=talent.entered_on,
            by=by,
            at=now,
        )
        for talent in saved
    )
    return Told(saved[0], {"people": len(saved)})


@act("reserve.name_mentor")
def name_mentor(*, by: User, talent: Talent, mentor: User, now: datetime) -> Talent:
    """Say who writes somebody's growth file (None: the community's secretary)."""
    talent = queries.locked(talent)
    today = timezone.localdate(now)
    held = people.roles_at(mentor, talent.place, today) if mentor else frozenset()
    every(
        [
            rules.is_in(state=talent.state),
            require(
                mentor is None or held & {MENTOR, SECRETARY, STREET},
                _("培养人须是这个社区的帮带导师、社区书记或者街道人员"),
                "储备规则:5",
            ).at("mentor"),
        ]
    ).enforce()
    talent.mentor = mentor  # type: ignore[assignment]
    talent.save(update_fields=["mentor"])
    return talent


@act("reserve.leave")
def leave(*, by: User, talent: Talent, code: str, why: str, on: date, now: datetime) -> Move:
    """Somebody leaves the reserve between evaluations; the reason is kept."""
    talent = queries.locked(talent)
    rules.may_leave(
        state=talent.state,
        code=code,
        why=why,
        on=on,
        since_on=talent.entered_on,
        today=timezone.localdate(now),
    ).enforce()
    open_ = queries.open_proposal(talent)
    require(open_ is None, _("此人已提名任用，先撤回提名再出库"), "储备规则:10").enforce()
    return move_out(talent, code, {}, on=on, by=by, now=now, why=why.strip())


@act("reserve.open_number")
def open_number(*, by: User, talent: Talent, field: str, purpose: str, now: datetime) -> Talent:
    """Show a sealed number ("id_number" or "phone") to somebody who says what for; it is recorded."""
    every(
        [
            require(field in {"id_number", "phone"}, _("没有这一项")),
            require(purpose.strip(), _("请写明查看的用途"), "队伍规则:7", "个人信息保护法:6").at(
                "purpose"
            ),
        ]
    ).enforce()
    look(
        by=by,  # type: ignore[arg-type]
        subject=talent,
        field=field,
        purpose=purpose.strip()[:LONGEST_PURPOSE],
        now=now,
    )
    return talent
