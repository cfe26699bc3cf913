"""The verbs of the corps: to open a file, take and leave a post, give a grade, write down the rest."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import models
from django.utils import timezone

from linli.kernel.rulings import ALLOWED, every, require
from linli.kernel.words import gettext_noop as _
from linli.search.lookups import TAIL
from linli.search.words import initials
from linli.sources import ladder_of, number, words
from linli.trail.acts import act, label, look
from linli.workforce import clearance, queries, rules
from linli.workforce.models import Bar, Grading, Residents, Tenure, Worker

User = AbstractBaseUser | None
LONGEST_PURPOSE = 64


@act("workforce.open_file")
def open_file(
    *,
    by: User,
    county: str,
    place: str,
    name: str,
    id_number: str,
    phone: str = "",
    politics: str,
    joined_party_on: date | None = None,
    user: User = None,
    now: datetime,
) -> Worker:
    """Open the file of a person. One person has one file in a county."""
    name = " ".join(name.split())
    person, ruling = rules.check_person(
        name=name,
        id_number=id_number,
        phone=phone,
        politics=politics,
        joined_party_on=joined_party_on,
        **queries.as_known(county, timezone.localdate(now)),
    )
    ruling &= require(place.startswith(county), _("地点不在这个县（区、市）")).at("place")
    queries.lock_county(county)
    there = queries.file_of(county, person.identity.number) if person else None
    ruling &= rules.may_open(
        taken=there.number if there else "", place=place, known_place=queries.is_known(place)
    )
    ruling.enforce()
    assert person is not None
    return Worker.objects.create(
        county=county,
        place=place,
        number=queries.next_number(county),
        name=name,
        initials=initials(name),
        sex=person.identity.sex,
        born_on=person.identity.born_on,
        id_number=person.identity.number,
        id_mark=queries.id_mark(person.identity.number),
        phone=person.phone,
        phone_tail=person.phone[-TAIL:],
        politics=politics,
        joined_party_on=joined_party_on,
        user=user,
        opened_by=by,
        opened_at=now,
    )


@act("workforce.amend_file")
def amend_file(
    *,
    by: User,
    worker: Worker,
    name: str,
    phone: str,
    politics: str,
    joined_party_on: date | None,
    id_number: str = "",
    now: datetime,
) -> Worker:
    """Mend a file. `id_number`: another one, where the first was mistyped; "" leaves it."""
    worker = queries.locked(worker)
    person, ruling = rules.check_person(
        name=name,
        id_number=id_number or worker.id_number,
        phone=phone,
        politics=politics,
        joined_party_on=joined_party_on,
        **queries.as_known(worker.county, timezone.localdate(now)),
    )
    there = queries.file_of(worker.county, person.identity.number) if person else None
    ruling &= require(
        there is None or there.pk == worker.pk,
        _("此人已有档案%(number)s，请在原档案上继续"),
        "队伍规则:1",
        number=there.number if there else "",
    ).at("id_number")
    ruling.enforce()
    assert person is not None
    worker.name = " ".join(name.split())
    worker.initials = initials(worker.name)
    worker.sex, worker.born_on = person.identity.sex, person.identity.born_on
    worker.id_number = person.identity.number
    worker.id_mark = queries.id_mark(person.identity.number)
    worker.phone, worker.phone_tail = person.phone, person.phone[-TAIL:]
    worker.politics, worker.joined_party_on = politics, joined_party_on
    worker.save()
    return worker


@act("workforce.link_account")
def link_account(*, by: User, worker: Worker, user: User, now: datetime) -> Worker:
    """Say which account is this worker's (None: none)."""
    worker = queries.locked(worker)
    taken = Worker.objects.filter(user=user).exclude(pk=worker.pk).first() if user else None
    require(
        taken is None,
        _("这个账号已属于档案%(number)s"),
        number=taken.number if taken else "",
    ).at("user").enforce()
    worker.user = user  # type: ignore[assignment]
    worker.save(update_fields=["user"])
    return worker


@act("workforce.appoint")
def appoint(
    *,
    by: User,
    worker: Worker,
    place: str,
    title: str,
    way: str,
    since_on: date,
    subject: models.Model | None = None,
    now: datetime,
) -> Tenure:
    """Somebody takes a post at a community. `subject`: what led to it.

    Refused while they hold another, are barred, or are not cleared; whoever was in service before
    the system (`way` "inherited") needs no clearance.
    """
    worker = queries.locked(worker)
    held = queries.overlapping(worker, since_on)
    rules.may_appoint(
        title=title,
        way=way,
        since_on=since_on,
        age=worker.age(since_on),
        least_age=number("appointment_age_min", on=since_on, place=place or worker.place),
        overlapping=words("titles")[held.title].name if held else "",
        barred=queries.bars(worker.id_mark),
        cleared=ALLOWED
        if way == "inherited"
        else clearance.ruling(worker.id_mark, worker.county, since_on),
        place=place,
        known_place=queries.is_known(place) and place.startswith(worker.county),
        today=timezone.localdate(now),
    ).enforce()
    if worker.place != place:
        worker.place = place
        worker.save(update_fields=["place"])
    return Tenure.objects.create(
        worker=worker,
        place=place,
        title=title,
        rung=words("titles")[title].traits["rung"],
        way=way,
        since_on=since_on,
        subject=label(subject),
        by=by,
        at=now,
    )


@act("workforce.end_post")
def end_post(
    *, by: User, worker: Worker, until_on: date, how: str, why: str = "", now: datetime
) -> Tenure:
    """Somebody leaves the post they hold; `until_on` is the last day of it."""
    worker = queries.locked(worker)
    post = worker.tenures.filter(until_on__isnull=True).first()
    rules.may_end(
        open_=post is not None,
        since_on=post.since_on if post else until_on,
        until_on=until_on,
        how=how,
        why=why,
        today=timezone.localdate(now),
    ).enforce()
    assert post is not None
    post.until_on, post.ended_how, post.ended_why = until_on, how, why.strip()
    post.ended_by, post.ended_at = by, now  # type: ignore[assignment]
    post.save()
    return post


@dataclass(frozen=True, slots=True)
class Told:
    """Something written into a file, for the trail."""

    subject: Worker
    facts: dict[str, object]
    row: models.Model


@act("workforce.grade")
def give_grade(
    *, by: User, worker: Worker, grade: int, since_on: date, why: str, now: datetime
) -> Told:
    """Give somebody a grade of the post they hold, from a day on."""
    worker = queries.locked(worker)
    post = queries.post_of(worker, since_on)
    rung = post.rung if post else ""
    rules.may_grade(
        ladder=ladder_of(on=since_on, place=worker.place),
        rung=rung or "worker",
        grade=grade,
        since_on=since_on,
        why=why,
        serving=post is not None,
        today=timezone.localdate(now),
    ).enforce()
    row = Grading.objects.create(
        worker=worker, rung=rung, grade=grade, since_on=since_on, why=why.strip(), by=by, at=now
    )
    return Told(worker, {"grade": grade}, row)


@act("workforce.bar")
def bar(
    *,
    by: User,
    id_mark: str,
    county: str,
    from_on: date,
    until_on: date | None,
    cite: str,
    subject: models.Model,
    now: datetime,
) -> Bar:
    """Nobody appoints this person from a day on, until a day (None: for good). Written by what
    found it (`subject`); the same finding bars once."""
    row, _made = Bar.objects.get_or_create(
        id_mark=id_mark,
        subject=label(subject),
        defaults={
            "place": county,
            "from_on": from_on,
            "until_on": until_on,
            "cite": cite,
            "by": by,
            "at": now,
        },
    )
    return row


@act("workforce.lift_bar")
def lift_bar(*, by: User, bar: Bar, why: str, now: datetime) -> Bar:
    """The finding was wrong, or was taken back: the person may be appointed again."""
    bar = Bar.objects.select_for_update().get(pk=bar.pk)
    every(
        [
            require(bar.lifted_at is None, _("这项限制已解除")),
            require(why.strip(), _("请写明解除的原因")).at("why"),
        ]
    ).enforce()
    bar.lifted_by, bar.lifted_at, bar.lifted_why = by, now, why.strip()[:200]  # type: ignore[assignment]
    bar.save(update_fields=["lifted_by", "lifted_at", "lifted_why"])
    return bar


@act("workforce.tell_residents")
def tell_residents(
    *,
    by: User,
    place: str,
    count: int,
    household_count: int | None = None,
    as_of_on: date,
    source: str,
    now: datetime,
) -> Residents:
    """Say how many people live in a community as of a day; the same day again replaces it."""
    every(
        [
            require(
                len(place) == queries.COMMUNITY and queries.is_known(place), _("请选择社区")
            ).at("place"),
            require(0 < count <= 1_000_000, _("人口应大于0、不超过100万")).at("count"),
            require(
                household_count is None or 0 < household_count <= count,
                _("户数应大于0、不超过人口"),
            ).at("household_count"),
            require(source.strip(), _("请写明数据来源")).at("source"),
            require(as_of_on <= timezone.localdate(now), _("数据日期在今天之后")).at("as_of_on"),
        ]
    ).enforce()
    row, _made = Residents.objects.update_or_create(
        place=place,
        as_of_on=as_of_on,
        defaults={
            "count": count,
            "household_count": household_count,
            "source": source.strip(),
            "by": by,
            "at": now,
        },
    )
    return row


@act("workforce.open_number")
def open_number(*, by: User, worker: Worker, field: str, purpose: str, now: datetime) -> Worker:
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
        subject=worker,
        field=field,
        purpose=purpose.strip()[:LONGEST_PURPOSE],
        now=now,
    )
    return worker
