"""What is written while somebody is in the reserve: the entry of each month, and evidence."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.core.files.base import File as Upload
from django.db.models import Max
from django.utils import timezone

from linli.cases import services as cases
from linli.files import services as files
from linli.kernel.period import Period
from linli.kernel.place import Scope
from linli.reserve import flow, queries, rules
from linli.reserve.entering import User
from linli.reserve.models import Entry, Evidence, Talent
from linli.trail.acts import act


@act("reserve.write_entry")
def write_entry(
    *, by: User, talent: Talent, period: str, told: str, helped: str = "", now: datetime
) -> Entry:
    """Write what somebody did in a month, and what was done for them; a second entry of a month
    adds to the first. With the last one missing the community's duty of the month is done."""
    talent = queries.locked(talent)
    month = Period(period)
    (
        rules.may_write(
            state=talent.state,
            period=month,
            entered_on=talent.entered_on,
            told=told,
            today=timezone.localdate(now),
        )
        & rules.impersonal(helped, "helped")
    ).enforce()
    last = talent.entries.filter(period=month.code).aggregate(last=Max("number"))["last"] or 0
    made = Entry.objects.create(
        talent=talent,
        place=talent.place,
        period=month.code,
        number=last + 1,
        told=told.strip(),
        helped=helped.strip(),
        by=by,
        at=now,
    )
    if not last and not queries.owing(Scope.of(talent.place), [month]):
        cases.do_duty(
            by=by,
            duty=flow.ENTRY_DUTY,
            place=talent.place,
            period=month.code,
            subject=made,
            now=now,
        )
    return made


@act("reserve.add_evidence")
def add_evidence(
    *,
    by: User,
    talent: Talent,
    indicator: str,
    on: date,
    figure: int,
    told: str,
    reference: str = "",
    papers: Sequence[tuple[bytes | Upload, str]] = (),
    now: datetime,
) -> Evidence:
    """Bring evidence for a hard indicator: a figure of a day, what it is about, and a paper
    (content, name) or the number of one."""
    talent = queries.locked(talent)
    table = queries.indicators(talent.county, on)
    rules.may_prove(
        state=talent.state,
        indicator=table.get(indicator),
        figure=figure,
        on=on,
        entered_on=talent.entered_on,
        proof=bool(papers or reference.strip()),
        told=told,
        signed=queries.signed_half(talent.county, on),
        today=timezone.localdate(now),
    ).enforce()
    kept = [
        files.keep(by=by, content=content, name=name, place=talent.place, personal=True, now=now)  # type: ignore[arg-type]
        for content, name in papers[:1]
    ]
    return Evidence.objects.create(
        talent=talent,
        place=talent.place,
        indicator=indicator,
        on_day=on,
        figure=figure,
        told=told.strip(),
        reference=reference.strip()[:64],
        file=kept[0] if kept else None,
        by=by,
        at=now,
    )


@act("reserve.withdraw_evidence")
def withdraw_evidence(*, by: User, evidence: Evidence, why: str, now: datetime) -> Evidence:
    """Take evidence back, with the reason; it stays in the file and counts no more."""
    evidence = (
        Evidence.objects.select_for_update(of=("self",))
        .select_related("talent")
        .get(pk=evidence.pk)
    )
    rules.may_withdraw(
        withdrawn=evidence.withdrawn_at is not None,
        signed=queries.signed_half(evidence.talent.county, evidence.on_day),
        why=why,
    ).enforce()
    evidence.withdrawn_by, evidence.withdrawn_at = by, now  # type: ignore[assignment]
    evidence.withdrawn_why = why.strip()
    evidence.save(update_fields=["withdrawn_by", "withdrawn_at", "withdrawn_why"])
    return evidence
