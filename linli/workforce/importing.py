"""Taking a roll of community workers in: what it would change, what is wrong, and doing it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import models
from django.utils import timezone

from linli.kernel.place import Scope
from linli.kernel.rulings import ALLOWED, Ruling, every, require
from linli.kernel.words import gettext_noop as _
from linli.places.naming import CommunitiesNamed
from linli.sources import number
from linli.trail.acts import act
from linli.workforce import queries, records, rules, services
from linli.workforce.models import Worker
from linli.workforce.sheet import RollRow

FIELD_OF = {
    "joined_party_on": "joined",
    "since_on": "since",
    "place": "community",
    "given_on": "certificate_on",
    "level": "schooling",
}
"""Field of a file → column of the sheet, where they are not called the same."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a row asks for: whom it is about, where, and the file they have (None: none yet)."""

    row: RollRow
    person: rules.Person
    place: str
    known: Worker | None


@dataclass(slots=True)
class Plan:
    """What a roll would change."""

    new: list[Wanted] = field(default_factory=list)
    changed: list[Wanted] = field(default_factory=list)
    same: int = 0
    faults: Ruling = ALLOWED

    @property
    def good(self) -> int:
        return self.changes + self.same

    @property
    def changes(self) -> int:
        return len(self.new) + len(self.changed)

    @property
    def counts(self) -> dict[str, int]:
        return {"new": len(self.new), "changed": len(self.changed), "same": self.same}


@dataclass(frozen=True, slots=True)
class Done:
    """What an import did, for the trail: the first file it was about, and counts."""

    subject: models.Model | None
    facts: dict[str, int]


def plan(rows: Iterable[RollRow], *, scope: Scope, today: date) -> Plan:
    """Compare the rows of a roll with the files of a scope's county: the dry run."""
    made, communities = Plan(), CommunitiesNamed(scope)
    county = next(iter(sorted(scope.prefixes)), "")[:6]
    told = queries.as_known(county, today)
    known = {worker.id_mark: worker for worker in queries.files_in(county)}
    schooled = queries.schoolings_of(county)
    faults: list[Ruling] = []
    seen: dict[str, int] = {}
    for row in rows:
        place, where = communities.find(row.community, street=row.street)
        person, ruling = rules.check_person(
            name=row.name,
            id_number=row.id_number,
            phone=row.phone,
            politics=row.politics,
            joined_party_on=row.joined_on,
            **told,
        )
        ruling &= where.at("community")
        mark = queries.id_mark(person.identity.number) if person else ""
        first = seen.get(mark) if mark else None
        ruling &= require(first is None, _("与第%(first)s行是同一个人"), first=first or 0).at(
            "id_number"
        )
        there = known.get(mark)
        if ruling.allowed and person and there is None:
            ruling = _may_begin(row, person, today)
        faults.append(_in_row(ruling, row.row))
        if not ruling.allowed or person is None:
            continue
        seen[mark] = row.row
        wanted = Wanted(row, person, place, there)
        if there is None:
            made.new.append(wanted)
        elif _differs(wanted, there, schooled.get(there.pk, set())):
            made.changed.append(wanted)
        else:
            made.same += 1
    made.faults = every(faults)
    return made


def _may_begin(row: RollRow, person: rules.Person, today: date) -> Ruling:
    """Somebody new needs a day of their post, at an age at which one may hold it."""
    least = number("appointment_age_min", on=today)
    since = row.since_on
    return every(
        [
            require(since, _("新建档案须写任职日期")).at("since_on"),
            require(since is None or since <= today, _("任职日期在今天之后")).at("since_on"),
            require(
                since is None or person.identity.age(since) >= least,
                _("任职时不满%(n)s周岁"),
                "队伍规则:6",
                n=least,
            ).at("since_on"),
        ]
    )


def _differs(wanted: Wanted, there: Worker, schooled: set[str]) -> bool:
    row = wanted.row
    return (
        (row.name, row.politics) != (there.name, there.politics)
        or bool(wanted.person.phone and wanted.person.phone != there.phone)
        or bool(row.joined_on and row.joined_on != there.joined_party_on)
        or bool(row.schooling and row.schooling not in schooled)
    )


def _in_row(ruling: Ruling, row: int) -> Ruling:
    return Ruling(
        tuple(
            replace(reason, field=FIELD_OF.get(reason.field, reason.field), row=row)
            for reason in ruling.reasons
        )
    )


@act("workforce.import_roll")
def import_roll(
    *,
    by: AbstractBaseUser | None,
    rows: Sequence[RollRow],
    scope: Scope,
    accept_good: bool = False,
    now: datetime,
) -> Done:
    """Take over a roll: all of it, or with `accept_good` the rows that are right, or nothing.

    Whoever has no file gets one, with the post and schooling of the row; of the others name,
    telephone, politics and further schooling are brought up to date, their posts stay.
    """
    made = plan(rows, scope=scope, today=timezone.localdate(now))
    if not accept_good:
        made.faults.enforce()
    require(made.changes, _("没有一行可以写入")).enforce()
    county = next(iter(sorted(scope.prefixes)))[:6]
    files = [_open(by, each, county, now) for each in made.new]
    files += [_amend(by, each, now) for each in made.changed]
    return Done(files[0], made.counts | {"bad": len({r.row for r in made.faults.reasons})})


def _open(by: AbstractBaseUser | None, each: Wanted, county: str, now: datetime) -> Worker:
    row = each.row
    worker = services.open_file(
        by=by,
        county=county,
        place=each.place,
        name=row.name,
        id_number=each.person.identity.number,
        phone=each.person.phone,
        politics=row.politics,
        joined_party_on=row.joined_on,
        now=now,
    )
    assert row.since_on is not None
    services.appoint(
        by=by,
        worker=worker,
        place=each.place,
        title=row.title,
        way="inherited",
        since_on=row.since_on,
        now=now,
    )
    _schooled(by, worker, row, now)
    if row.certificate and row.certificate_on:
        records.add_certificate(
            by=by, worker=worker, kind=row.certificate, given_on=row.certificate_on, now=now
        )
    return worker


def _amend(by: AbstractBaseUser | None, each: Wanted, now: datetime) -> Worker:
    row, worker = each.row, each.known
    assert worker is not None
    worker = services.amend_file(
        by=by,
        worker=worker,
        name=row.name,
        phone=each.person.phone or worker.phone,
        politics=row.politics,
        joined_party_on=row.joined_on or worker.joined_party_on,
        now=now,
    )
    if row.schooling and not worker.schoolings.filter(level=row.schooling).exists():
        _schooled(by, worker, row, now)
    return worker


def _schooled(by: AbstractBaseUser | None, worker: Worker, row: RollRow, now: datetime) -> None:
    if row.schooling:
        records.add_schooling(
            by=by,
            worker=worker,
            level=row.schooling,
            degree=row.degree,
            school=row.school,
            major=row.major,
            now=now,
        )
