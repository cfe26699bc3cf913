"""What comes before and after an act of the reserve: who somebody is, whether they may enter, the
line that says why they left."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import models

from linli.kernel.identity import IdNumber, parse_id_number, parse_phone
from linli.kernel.rulings import ALLOWED, Ruling
from linli.reserve import queries, rules
from linli.reserve.models import Evaluation, Move, Talent
from linli.search.lookups import TAIL
from linli.search.words import initials
from linli.trail.acts import label
from linli.workforce import queries as workforce

User = AbstractBaseUser | None


@dataclass(frozen=True, slots=True)
class Facts:
    """Who somebody is, as checked; from the personnel file where there is one."""

    identity: IdNumber | None
    phone: str
    worker: Any
    politics: str
    schooling: str
    known: Ruling
    reached: Ruling


def facts_of(
    county: str, id_number: str, phone: str, politics: str, schooling: str, today: date
) -> Facts:
    identity, known = parse_id_number(id_number, today=today)
    number, reached = parse_phone(phone) if phone.strip() else ("", ALLOWED)
    worker = workforce.file_of(county, identity.number) if identity else None
    if worker is not None:
        politics = worker.politics
        schooling = workforce.highest_schooling([worker.pk]).get(worker.pk, schooling)
        number = number or worker.phone
    return Facts(identity, number or "", worker, politics, schooling, known, reached)


def entry(facts: Facts, county: str, on: date, *, cleared: Ruling = ALLOWED) -> Ruling:
    mark = workforce.id_mark(facts.identity.number) if facts.identity else ""
    return rules.may_enter(
        age=facts.identity.age(on) if facts.identity else None,
        schooling=facts.schooling,
        politics=facts.politics,
        bars=queries.bars(mark) if mark else (),
        cleared=cleared,
        limits=queries.limits(county, on),
        on=on,
    )


def number_of_file(serial: int) -> str:
    return f"H{serial:06d}"


def fill(
    talent: Talent, facts: Facts, *, name: str, place: str, source: str, now: datetime
) -> None:
    assert facts.identity is not None
    talent.place, talent.source = place, source
    talent.name = " ".join(name.split())
    talent.initials = initials(talent.name)
    talent.sex, talent.born_on = facts.identity.sex, facts.identity.born_on
    talent.id_number = facts.identity.number
    talent.id_mark = workforce.id_mark(facts.identity.number)
    talent.phone, talent.phone_tail = facts.phone, facts.phone[-TAIL:]
    talent.politics, talent.schooling = facts.politics, facts.schooling
    talent.worker = facts.worker
    if talent.pk is None:
        talent.opened_at = now


def refreshed(talent: Talent, today: date) -> Facts:
    """What is known of somebody now: their personnel file may say more than the nomination."""
    return facts_of(
        talent.county, talent.id_number, talent.phone, talent.politics, talent.schooling, today
    )


def entry_ruling(talent: Talent, on: date) -> Ruling:
    """May somebody nominated enter on a day, vetting and all? Shown before it is asked."""
    return entry(
        refreshed(talent, on),
        talent.county,
        on,
        cleared=queries.cleared(talent.id_mark, talent.county, on),
    )


def move_out(
    talent: Talent,
    reason: str,
    facts: Mapping[str, object],
    *,
    on: date,
    by: User,
    now: datetime,
    why: str = "",
    evaluation: Evaluation | None = None,
    kind: str = rules.LEFT,
    subject: models.Model | None = None,
) -> Move:
    """Write down that somebody left, and take them out of the reserve."""
    talent.state = rules.USED if kind == rules.APPOINTED else rules.OUT
    talent.left_on = on
    talent.save(update_fields=["state", "left_on"])
    return Move.objects.create(
        talent=talent,
        place=talent.place,
        kind=kind,
        reason=reason,
        facts={name: str(value) for name, value in facts.items()},
        why=why,
        on_day=on,
        evaluation=evaluation,
        subject=label(subject),
        by=by,
        at=now,
    )
