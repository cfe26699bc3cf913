"""The verbs of applications up to the eligibility check; announcements stand in `announcing`,
what follows in `staging`."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from django.contrib.auth.base_user import AbstractBaseUser
from django.core.files.base import File as Upload
from django.db import models
from django.utils import timezone

from linli.files import services as files
from linli.kernel.identity import IdNumber, parse_id_number, parse_phone
from linli.kernel.rulings import Reason, Ruling, every, require
from linli.kernel.words import gettext_noop as _
from linli.recruitment import eligibility, queries, rules
from linli.recruitment.models import Announcement, Application, Check, Objection, Paper, Post
from linli.recruitment.refilling import refill
from linli.search.lookups import TAIL
from linli.search.words import initials
from linli.sources import number
from linli.trail.acts import act, look
from linli.workforce import queries as workforce

User = AbstractBaseUser
Entropy = Callable[[int], bytes]
ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
LONGEST_PURPOSE = 64


@dataclass(frozen=True, slots=True)
class Told:
    """Something done to an announcement, for the trail; names of people stay out of it."""

    subject: models.Model
    facts: dict[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What somebody writes when applying. `residence`: code of the place they live in, "" for
    elsewhere; `groups`: codes of rules.GROUPS."""

    post: Post
    name: str
    id_number: str
    phone: str
    schooling: str
    politics: str
    school: str = ""
    major: str = ""
    finished_on: date | None = None
    residence: str = ""
    experience_years: int = 0
    groups: Collection[str] = ()
    promised: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """A document that comes with an application."""

    kind: str
    content: Upload | bytes
    name: str


@dataclass(slots=True)
class _Read:
    """An entry as it was understood."""

    entry: Entry
    identity: IdNumber | None
    phone: str
    faults: Ruling
    mark: str = ""
    ruling: Ruling = field(default_factory=Ruling)


@act("recruitment.apply")
def apply(
    *,
    by: None,
    announcement: Announcement,
    entry: Entry,
    papers: Sequence[Sent],
    now: datetime,
    entropy: Entropy = secrets.token_bytes,
) -> Application:
    """Somebody applies without an account; gives the application with the number to ask by.

    Whoever does not meet the conditions gets an application too, with every reason (its ruling is
    `rules.INELIGIBLE`): it takes up nothing, and they may apply anew.
    """
    held = queries.locked(announcement)
    today = timezone.localdate(now)
    read = _read(entry, today)
    read.faults &= queries.taking(held, today)
    read.faults &= rules.is_first(taken_on=queries.live_marks(held, [read.mark]).get(read.mark))
    read.faults &= require(entry.post.announcement_id == held.pk, _("请选择岗位")).at("post")
    read.faults.enforce()
    _judge(held, read, papers={one.kind for one in papers})
    row = _row(held, read, queries.next_application(held), by, now, entropy)
    row.save()
    _first_checks([(row, read)], by, now)
    for sent in papers:
        kept = files.keep(
            by=by, content=sent.content, name=sent.name, place=held.place, personal=True, now=now
        )
        Paper.objects.get_or_create(application=row, kind=sent.kind, file=kept)
    return row


@act("recruitment.register")
def register(
    *,
    by: User,
    announcement: Announcement,
    entries: Sequence[Entry],
    now: datetime,
    entropy: Entropy = secrets.token_bytes,
) -> Told:
    """The office writes down people who applied at the counter, papers seen there: all of them or,
    with every fault told, none. A few queries however many they are."""
    held = queries.locked(announcement)
    today = timezone.localdate(now)
    queries.taking(held, today).enforce()
    read = [_read(entry, today) for entry in entries]
    there = queries.live_marks(held, [one.mark for one in read if one.mark])
    faults = []
    for at, one in enumerate(read, start=1):
        mine = require(one.entry.post.announcement_id == held.pk, _("请选择岗位")).at("post")
        first = rules.is_first(taken_on=there.get(one.mark))
        faults.append((one.faults & first & mine).at("", at))
        if one.mark:
            there.setdefault(one.mark, today)
    every(faults).enforce()
    begin = queries.next_application(held)
    for one in read:
        _judge(held, one, papers=None)
    rows = [_row(held, one, begin + at, by, now, entropy) for at, one in enumerate(read)]
    Application.objects.bulk_create(rows, batch_size=200)
    _first_checks(list(zip(rows, read, strict=True)), by, now)
    refused = sum(row.ruling == rules.INELIGIBLE for row in rows)
    return Told(held, {"people": len(rows), "refused": refused})


def _read(entry: Entry, today: date) -> _Read:
    identity, known = parse_id_number(entry.id_number, today=today)
    phone, reached = parse_phone(entry.phone)
    reached &= require(len(queries.digits(phone or "")) == 11 or not phone, _("请填写11位手机号码"))
    faults = rules.check_form(
        name=entry.name,
        known=known,
        reached=reached.at("phone"),
        schooling=entry.schooling,
        politics=entry.politics,
        school=entry.school,
        experience_years=entry.experience_years,
        promised=entry.promised,
    )
    mark = workforce.id_mark(identity.number) if identity else ""
    return _Read(entry, identity, phone or "", faults, mark)


def _judge(held: Announcement, one: _Read, papers: Collection[str] | None) -> None:
    """Whether they meet the conditions of the post, by rule."""
    assert one.identity is not None
    entry = one.entry
    one.ruling = eligibility.is_eligible(
        eligibility.Applicant(
            born_on=one.identity.born_on,
            schooling=entry.schooling,
            finished_on=entry.finished_on,
            politics=entry.politics,
            residence=entry.residence,
            experience_years=entry.experience_years,
            groups=tuple(entry.groups),
            papers=papers,
        ),
        entry.post.conditions,
        reference_on=held.reference_on,
        graduate_years=number("recruit_graduate_years", on=held.reference_on, place=held.county),
    )


def _row(
    held: Announcement, one: _Read, serial: int, by: User | None, now: datetime, entropy: Entropy
) -> Application:
    assert one.identity is not None
    entry, name = one.entry, " ".join(one.entry.name.split())
    query = _query(entropy)
    fits = one.ruling.allowed
    return Application(
        announcement=held,
        post=entry.post,
        place=entry.post.place,
        number=f"{serial:05d}",
        query=query,
        name=name,
        initials=initials(name),
        sex=one.identity.sex,
        born_on=one.identity.born_on,
        id_number=one.identity.number,
        id_mark=one.mark,
        phone=one.phone,
        tail_mark=queries.tail_mark(query, one.phone[-TAIL:]),
        schooling=entry.schooling,
        school=entry.school.strip(),
        major=entry.major.strip()[:64],
        finished_on=entry.finished_on,
        politics=entry.politics,
        residence=entry.residence,
        experience_years=entry.experience_years,
        **{f"in_{code}": code in entry.groups for code in rules.GROUPS},
        at=now,
        by=by,
        ruling=rules.ELIGIBLE if fits else rules.INELIGIBLE,
        stage=rules.CHECK,
        state=rules.OPEN if fits else rules.OUT,
    )


def _query(entropy: Entropy) -> str:
    return "".join(ALPHABET[byte % 32] for byte in entropy(8))


def _first_checks(
    rows: Sequence[tuple[Application, _Read]], by: User | None, now: datetime
) -> None:
    Check.objects.bulk_create(
        Check(
            application=row,
            kind=Check.RULE,
            ruling=row.ruling,
            reasons=[_stored(reason) for reason in one.ruling.reasons],
            by=by,
            at=now,
        )
        for row, one in rows
    )


def _stored(reason: Reason) -> list[object]:
    """A reason as a row keeps it: its sentence, what fills it, its grounds."""
    return [
        reason.text,
        {name: _plain(value) for name, value in reason.values.items()},
        list(reason.cites),
    ]


def _plain(value: object) -> object:
    if isinstance(value, tuple | list):
        return [_plain(one) for one in value]
    return value if isinstance(value, int) else str(value)


@act("recruitment.withdraw")
def withdraw(*, by: None, application: Application, now: datetime) -> Application:
    """An applicant takes an application back; until the window closes they may apply anew."""
    row = Application.objects.select_for_update(of=("self",)).get(pk=application.pk)
    rules.may_withdraw(state=row.state).enforce()
    row.state = rules.WITHDRAWN
    row.save(update_fields=["state"])
    refill(row)
    return row


@act("recruitment.ask_again")
def ask_again(*, by: None, application: Application, text: str, now: datetime) -> Application:
    """Somebody who was refused asks the office to look again."""
    held = queries.locked(application.announcement)
    row = Application.objects.select_for_update(of=("self",)).get(pk=application.pk)
    rules.may_ask_again(
        ruling=row.ruling,
        asked=row.checks.filter(kind=Check.ASKED).exists(),
        text=text,
        open_=queries.is_checking(held),
    ).enforce()
    Check.objects.create(
        application=row, kind=Check.ASKED, ruling=row.ruling, why=text.strip(), by=by, at=now
    )
    row.again_on = timezone.localdate(now)
    row.save(update_fields=["again_on"])
    return row


@act("recruitment.object")
def object_to(
    *,
    by: None,
    application: Application,
    text: str,
    phone: str,
    now: datetime,
    entropy: Entropy = secrets.token_bytes,
) -> Objection:
    """Somebody objects to a name while it is shown, without an account."""
    row = Application.objects.select_related("publication").get(pk=application.pk)
    shown = row.publication
    reached, ruling = parse_phone(phone)
    (
        rules.may_object(
            showing=shown is not None and shown.ended_at is None,
            until_on=shown.until_on if shown else None,
            today=timezone.localdate(now),
            text=text,
            known=row.state == rules.OPEN,
        )
        & ruling.at("phone")
    ).enforce()
    query = _query(entropy)
    return Objection.objects.create(
        publication=shown,
        application=row,
        place=row.place,
        query=query,
        text=text.strip(),
        phone=reached or "",
        tail_mark=queries.tail_mark(query, queries.digits(reached or "")[-TAIL:]),
        at=now,
    )


@act("recruitment.decide")
def decide(
    *,
    by: User,
    announcement: Announcement,
    applications: Collection[int],
    admit: bool,
    why: str = "",
    now: datetime,
) -> Told:
    """The office admits or refuses applications after looking at their papers: all or none.

    `why`: needed to refuse, and to decide otherwise than the rule did."""
    held = queries.locked(announcement)
    rows = list(
        queries.applications(held).filter(pk__in=applications).select_for_update(of=("self",))
    )
    live = queries.live_marks(held, [row.id_mark for row in rows])
    require(rows, _("请选择报名")).enforce()
    done = not queries.is_checking(held)
    every(
        rules.may_decide(
            stage=row.stage,
            state=row.state,
            ruling=row.ruling,
            admit=admit,
            why=why,
            twin=row.id_mark in live and not row.is_live,
            done=done,
        ).at("", at)
        for at, row in enumerate(rows, start=1)
    ).enforce()
    ruling = rules.ADMITTED if admit else rules.REFUSED
    for row in rows:
        row.ruling, row.again_on = ruling, None
        row.state = rules.OPEN if admit else rules.OUT
    Application.objects.bulk_update(rows, ["ruling", "again_on", "state"], batch_size=200)
    Check.objects.bulk_create(
        Check(application=row, kind=Check.OFFICE, ruling=ruling, why=why.strip(), by=by, at=now)
        for row in rows
    )
    return Told(held, {"people": len(rows), "admitted": admit})


@act("recruitment.open_number")
def open_number(
    *, by: User, application: Application, field: str, purpose: str, now: datetime
) -> Application:
    """Show a sealed number ("id_number" or "phone") to somebody who says what for; it is recorded."""
    every(
        [
            require(field in queries.SEALED, _("没有这一项")),
            require(purpose.strip(), _("请写明查看的用途"), "选聘规则:16", "个人信息保护法:6").at(
                "purpose"
            ),
        ]
    ).enforce()
    look(
        by=by,  # type: ignore[arg-type]
        subject=application,
        field=field,
        purpose=purpose.strip()[:LONGEST_PURPOSE],
        now=now,
    )
    return application
