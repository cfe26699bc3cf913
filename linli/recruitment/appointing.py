"""Names are shown, objections settled, and whoever is left takes the post: into the personnel file."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import models, transaction
from django.utils import timezone

from linli.kernel.rulings import Refused, Ruling, require
from linli.kernel.words import gettext_noop as _
from linli.places import queries as places
from linli.recruitment import queries, rules
from linli.recruitment.models import Announcement, Application, Objection, Outcome, Publication
from linli.recruitment.refilling import refill
from linli.recruitment.services import Told, User
from linli.recruitment.staging import stamp_what_is_over
from linli.sources import number
from linli.trail.acts import act
from linli.workforce import queries as workforce
from linli.workforce import records
from linli.workforce import services as files


@act("recruitment.show_names")
def show_names(*, by: User, announcement: Announcement, now: datetime) -> Publication:
    """Show everybody whose background is clear to all, for the working days of the rules."""
    held, today = queries.locked(announcement), timezone.localdate(now)
    rows = queries.applications(held).filter(
        stage=rules.PUBLICATION, state=rules.OPEN, publication__isnull=True
    )
    rules.may_publish_names(
        people=rows.count(), open_names=held.publications.filter(ended_at__isnull=True).exists()
    ).enforce()
    calendar = places.calendar()
    days = number("recruit_publication_work_days", on=today, place=held.county)
    until_on = calendar.add_working_days(today, days)
    calendar.missing(until_on.year).enforce()
    made = Publication.objects.create(
        announcement=held, place=held.place, from_on=today, until_on=until_on, by=by, at=now
    )
    held.applications.filter(pk__in=[row.pk for row in rows]).update(publication=made)
    return made


@act("recruitment.settle")
def settle(*, by: User, objection: Objection, upheld: bool, why: str, now: datetime) -> Objection:
    """Settle an objection with a reason; `upheld`: the person is not appointed, and the next by
    rank takes the place."""
    held = queries.locked(objection.publication.announcement)
    row = Objection.objects.select_for_update(of=("self",)).get(pk=objection.pk)
    rules.may_settle(settled=row.settled_at is not None, why=why).enforce()
    row.upheld, row.settled_why, row.settled_by, row.settled_at = upheld, why.strip(), by, now  # type: ignore[assignment]
    row.save(update_fields=["upheld", "settled_why", "settled_by", "settled_at"])
    person = Application.objects.select_for_update(of=("self",)).get(pk=row.application_id)
    if upheld and person.state == rules.OPEN:
        person.state = rules.OUT
        person.save(update_fields=["state"])
        Outcome.objects.create(
            application=person,
            stage=rules.PUBLICATION,
            outcome=rules.FAILED,
            on=timezone.localdate(now),
            by=by,
            at=now,
        )
        refill(person)
        stamp_what_is_over(held, by, now)
    return row


@act("recruitment.end_names")
def end_names(*, by: User, publication: Publication, now: datetime) -> Told:
    """The clock has run out and every objection is settled: whoever is left may be appointed."""
    held, today = queries.locked(publication.announcement), timezone.localdate(now)
    shown = Publication.objects.select_for_update().get(pk=publication.pk)
    (
        require(shown.ended_at is None, _("这批公示已办结"))
        & rules.may_end_publication(
            until_on=shown.until_on,
            today=today,
            open_objections=shown.objections.filter(settled_at__isnull=True).count(),
        )
    ).enforce()
    rows = list(
        queries.applications(held).filter(
            publication=shown, stage=rules.PUBLICATION, state=rules.OPEN
        )
    )
    held.applications.filter(pk__in=[row.pk for row in rows]).update(stage=rules.APPOINTMENT)
    Outcome.objects.bulk_create(
        Outcome(
            application=row,
            stage=rules.PUBLICATION,
            outcome=rules.PASSED,
            on=today,
            by=by,
            at=now,
        )
        for row in rows
    )
    shown.ended_at = now
    shown.save(update_fields=["ended_at"])
    stamp_what_is_over(held, by, now)
    return Told(held, {"people": len(rows)})


@dataclass(slots=True)
class Appointed:
    """What came of appointing several: who took the post, and why others did not."""

    subject: models.Model
    done: list[Application] = field(default_factory=list)
    refused: list[tuple[Application, Ruling]] = field(default_factory=list)

    @property
    def facts(self) -> dict[str, Any]:
        return {"done": len(self.done), "refused": len(self.refused)}


@act("recruitment.appoint")
def appoint(
    *,
    by: User,
    announcement: Announcement,
    applications: Collection[int],
    since_on: date,
    communities: Mapping[int, str] | None = None,
    now: datetime,
) -> Appointed:
    """Appoint people into the personnel file: each wholly or not at all, with every reason.

    `communities`: application → the community they serve at, where the post names a street."""
    held = queries.locked(announcement)
    rows = list(
        Application.objects.filter(announcement=held, pk__in=applications)
        .select_related("post")
        .select_for_update(of=("self",))
        .order_by("number")
    )
    require(rows, _("请选择报名")).enforce()
    known = workforce.files_of(held.county, [row.id_mark for row in rows])
    made = Appointed(held)
    for row in rows:
        place = (communities or {}).get(row.pk) or row.post.place
        try:
            with transaction.atomic():
                _take_post(row, known.get(row.id_mark), place, since_on, by, now)
        except Refused as refused:
            made.refused.append((row, refused.ruling))
        else:
            made.done.append(row)
    if made.done:
        stamp_what_is_over(held, by, now)
    return made


def _take_post(
    row: Application, worker: Any, place: str, since_on: date, by: User, now: datetime
) -> None:
    require(
        row.stage == rules.APPOINTMENT and row.state == rules.OPEN,
        _("公示期满、没有异议的才能聘用"),
        "选聘规则:13",
    ).enforce()
    require(place.startswith(row.post.place), _("社区不在岗位所在的街道")).at("place").enforce()
    if worker is None:
        worker = files.open_file(
            by=by,
            county=row.announcement.county,
            place=place,
            name=row.name,
            id_number=row.id_number,
            phone=row.phone,
            politics=row.politics,
            now=now,
        )
    school = {"level": row.schooling, "school": row.school, "major": row.major}
    if not worker.schoolings.filter(**school).exists():
        records.add_schooling(by=by, worker=worker, finished_on=row.finished_on, now=now, **school)
    files.appoint(
        by=by,
        worker=worker,
        place=place,
        title=row.post.title,
        way="recruitment",
        since_on=since_on,
        subject=row,
        now=now,
    )
    Outcome.objects.create(
        application=row, stage=rules.APPOINTMENT, outcome=rules.PASSED, on=since_on, by=by, at=now
    )
    row.state, row.worker, row.appointed_on = rules.APPOINTED, worker, since_on
    row.save(update_fields=["state", "worker", "appointed_on"])
