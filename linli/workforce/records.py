"""What is written into a file over the years: schooling, certificates, contracts, assessments, leave."""

from __future__ import annotations

from datetime import date, datetime

from django.db import models
from django.utils import timezone

from linli.kernel.rulings import every, require
from linli.kernel.words import gettext_noop as _
from linli.sources import words
from linli.trail.acts import act
from linli.workforce import queries, rules
from linli.workforce.models import Assessment, Certificate, Contract, Leave, Schooling, Worker
from linli.workforce.services import Told, User


@act("workforce.add_schooling")
def add_schooling(
    *,
    by: User,
    worker: Worker,
    level: str,
    degree: str = "",
    school: str = "",
    major: str = "",
    full_time: bool = True,
    finished_on: date | None = None,
    file: models.Model | None = None,
    now: datetime,
) -> Told:
    """Write down an education that was finished."""
    given = {"level": level, "school": school.strip(), "major": major.strip()}
    every(
        [
            require(level in words("schooling"), _("请选择学历")).at("level"),
            require(not degree or degree in words("degrees"), _("请选择学位")).at("degree"),
            require(
                finished_on is None or worker.born_on < finished_on <= timezone.localdate(now),
                _("毕业日期应在出生以后、今天以前"),
            ).at("finished_on"),
            require(
                not Schooling.objects.filter(worker=worker, **given).exists(),
                _("这一学历已登记过"),
            ),
        ]
    ).enforce()
    row = Schooling.objects.create(
        worker=worker,
        **given,
        degree=degree,
        full_time=full_time,
        finished_on=finished_on,
        file=file,
        by=by,
        at=now,
    )
    return Told(worker, {"level": level}, row)


@act("workforce.add_certificate")
def add_certificate(
    *,
    by: User,
    worker: Worker,
    kind: str,
    given_on: date,
    until_on: date | None = None,
    name: str = "",
    number: str = "",
    file: models.Model | None = None,
    now: datetime,
) -> Told:
    """Write down a certificate; one of the kind "other" says its name."""
    given = {"kind": kind, "number": number.strip()}
    every(
        [
            require(kind in words("certificates"), _("请选择证书")).at("kind"),
            require(kind != "other" or name.strip(), _("请写明证书名称")).at("name"),
            require(given_on <= timezone.localdate(now), _("发证日期在今天之后")).at("given_on"),
            require(until_on is None or until_on >= given_on, _("有效期早于发证日期")).at(
                "until_on"
            ),
            require(
                not Certificate.objects.filter(worker=worker, **given).exists(),
                _("这份证书已登记过"),
            ),
        ]
    ).enforce()
    row = Certificate.objects.create(
        worker=worker,
        **given,
        name=name.strip(),
        given_on=given_on,
        until_on=until_on,
        file=file,
        by=by,
        at=now,
    )
    return Told(worker, {"kind": kind}, row)


@act("workforce.add_contract")
def add_contract(
    *,
    by: User,
    worker: Worker,
    number: str,
    employer: str,
    from_on: date,
    until_on: date | None = None,
    file: models.Model | None = None,
    now: datetime,
) -> Told:
    """Write down a labour contract; `until_on` None: without term."""
    number = number.strip()
    every(
        [
            require(number, _("请填写合同编号")).at("number"),
            require(employer.strip(), _("请填写用人单位")).at("employer"),
            require(until_on is None or until_on >= from_on, _("结束日期早于开始日期")).at(
                "until_on"
            ),
            require(
                not Contract.objects.filter(worker=worker, number=number).exists(),
                _("这份合同已登记过"),
            ).at("number"),
        ]
    ).enforce()
    row = Contract.objects.create(
        worker=worker,
        number=number,
        employer=employer.strip(),
        from_on=from_on,
        until_on=until_on,
        file=file,
        by=by,
        at=now,
    )
    return Told(worker, {"number": number}, row)


@act("workforce.assess")
def assess(
    *, by: User, worker: Worker, year: int, grade: str, note: str = "", now: datetime
) -> Told:
    """Write down the yearly assessment; another one of the same year says why."""
    worker = queries.locked(worker)
    rules.may_assess(
        year=year,
        grade=grade,
        note=note,
        served=queries.served_in(worker, year),
        again=worker.assessments.filter(year=year).exists(),
        today=timezone.localdate(now),
    ).enforce()
    row = Assessment.objects.create(
        worker=worker, year=year, grade=grade, note=note.strip(), by=by, at=now
    )
    return Told(worker, {"year": year, "grade": grade}, row)


@act("workforce.give_leave")
def give_leave(
    *,
    by: User,
    worker: Worker,
    kind: str,
    from_on: date,
    until_on: date,
    note: str = "",
    now: datetime,
) -> Leave:
    """Write down leave from a day until a day, both included."""
    worker = queries.locked(worker)
    rules.may_leave(
        kind=kind,
        from_on=from_on,
        until_on=until_on,
        serving=queries.post_of(worker, from_on) is not None,
        overlapping=worker.leaves.filter(
            cancelled_at__isnull=True, from_on__lte=until_on, until_on__gte=from_on
        ).exists(),
    ).enforce()
    return Leave.objects.create(
        worker=worker,
        place=worker.place,
        kind=kind,
        from_on=from_on,
        until_on=until_on,
        note=note.strip(),
        by=by,
        at=now,
    )


@act("workforce.cancel_leave")
def cancel_leave(*, by: User, leave: Leave, now: datetime) -> Leave:
    """Leave that is not taken after all."""
    leave = Leave.objects.select_for_update().get(pk=leave.pk)
    require(leave.cancelled_at is None, _("这次请假已销假")).enforce()
    leave.cancelled_by, leave.cancelled_at = by, now  # type: ignore[assignment]
    leave.save(update_fields=["cancelled_by", "cancelled_at"])
    return leave
