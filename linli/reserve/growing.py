"""What is written while somebody is in the reserve: the entry of each month, and evidence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.core.files.base import File as Upload
from django.db.models import Max
from django.utils import timezone

from linli.files import services as files
from linli.kernel.period import Period
from linli.kernel.rulings import every, require
from linli.kernel.words import gettext_noop as _
from linli.reserve import queries, rules
from linli.reserve.entering import User
from linli.reserve.models import Entry, Evidence, Talent
from linli.reserve.services import Told
from linli.trail.acts import act


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What somebody did in a month, and what was done for them."""

    talent: Talent
    told: str
    helped: str = ""


@act("reserve.write_entry")
def write_entry(
    *, by: User, talent: Talent, period: str, told: str, helped: str = "", now: datetime
) -> Entry:
    """Write what somebody did in a month; a second entry of a month adds to the first."""
    return _write(by, Period(period), [Line(talent=talent, told=told, helped=helped)], now, "")[0]


@act("reserve.write_month")
def write_month(*, by: User, period: str, lines: Sequence[Line], now: datetime) -> Told:
    """Write the entries of several people for a month: all of them or, with every fault told
    (at ``t<key>``), none."""
    require(lines, _("还没有写"), "储备规则:5").enforce()
    made = _write(by, Period(period), lines, now, "t")
    return Told(made[0], {"period": period, "people": len(made)})


def _write(
    by: User, month: Period, lines: Sequence[Line], now: datetime, prefix: str
) -> list[Entry]:
    keys = [line.talent.pk for line in lines]
    rows = {row.pk: row for row in Talent.objects.select_for_update().filter(pk__in=keys)}
    today = timezone.localdate(now)
    every(
        (
            rules.may_write(
                state=rows[line.talent.pk].state,
                period=month,
                entered_on=rows[line.talent.pk].entered_on,
                told=line.told,
                today=today,
            )
            & rules.impersonal(line.helped, "helped")
        ).at("told" if prefix else "", line.talent.pk if prefix else None)
        for line in lines
    ).enforce()
    last = dict(
        Entry.objects.filter(talent__in=keys, period=month.code)
        .order_by()
        .values_list("talent")
        .annotate(last=Max("number"))
    )
    return Entry.objects.bulk_create(
        Entry(
            talent=rows[line.talent.pk],
            place=rows[line.talent.pk].place,
            period=month.code,
            number=last.get(line.talent.pk, 0) + 1,
            told=line.told.strip(),
            helped=line.helped.strip(),
            by=by,
            at=now,
        )
        for line in lines
    )


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
    proof = Proof(indicator=indicator, on=on, told=told, reference=reference, papers=papers)
    return _prove(by, proof, [(talent, figure)], now, listed=False)[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """One piece of evidence: for which indicator, of which day, about what, and what shows it."""

    indicator: str
    on: date
    told: str
    reference: str = ""
    papers: Sequence[tuple[bytes | Upload, str]] = ()


@act("reserve.prove_many")
def prove_many(
    *, by: User, proof: Proof, figures: Sequence[tuple[Talent, int]], now: datetime
) -> Told:
    """Bring one paper that shows figures of several people, as a sign-in sheet does: all of them
    or, with every fault told (row = key of the file), none."""
    require(figures, _("还没有填人员的数"), "储备规则:4").enforce()
    made = _prove(by, proof, figures, now, listed=True)
    return Told(made[0], {"indicator": proof.indicator, "people": len(made)})


def _prove(
    by: User, proof: Proof, figures: Sequence[tuple[Talent, int]], now: datetime, *, listed: bool
) -> list[Evidence]:
    keys = [talent.pk for talent, _figure in figures]
    rows = {row.pk: row for row in Talent.objects.select_for_update().filter(pk__in=keys)}
    county = figures[0][0].county
    table, signed = (
        queries.indicators(county, proof.on),
        queries.signed_half(county, proof.on),
    )
    every(
        rules.may_prove(
            state=rows[talent.pk].state,
            indicator=table.get(proof.indicator),
            figure=figure,
            on=proof.on,
            entered_on=rows[talent.pk].entered_on,
            proof=bool(proof.papers or proof.reference.strip()),
            told=proof.told,
            signed=signed,
            today=timezone.localdate(now),
        ).at("", talent.pk if listed else None)
        for talent, figure in figures
    ).enforce()
    kept: dict[str, Any] = {}
    for place in {rows[talent.pk].place for talent, _figure in figures}:
        for content, name in proof.papers[:1]:
            kept[place] = files.keep(
                by=by,  # type: ignore[arg-type]
                content=content,  # type: ignore[arg-type]
                name=name,
                place=place,
                personal=True,
                now=now,
            )
    return Evidence.objects.bulk_create(
        Evidence(
            talent=rows[talent.pk],
            place=rows[talent.pk].place,
            indicator=proof.indicator,
            on_day=proof.on,
            figure=figure,
            told=proof.told.strip(),
            reference=proof.reference.strip()[:64],
            file=kept.get(rows[talent.pk].place),
            by=by,
            at=now,
        )
        for talent, figure in figures
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
