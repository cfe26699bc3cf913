"""Using the reserve: who is ready for a free post, proposals, and the appointment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils import timezone

from linli.cases import queries as case_queries
from linli.cases import services as cases
from linli.kernel.place import Scope
from linli.kernel.rulings import Ruling, every, require
from linli.kernel.words import gettext_noop as _
from linli.places import queries as places
from linli.reserve import flow, grading, queries, rules
from linli.reserve.entering import User, move_out
from linli.reserve.grading import Asked, Readiness
from linli.reserve.models import Proposal, Talent
from linli.sources import number, words
from linli.trail.acts import act
from linli.workforce import queries as workforce
from linli.workforce import records
from linli.workforce import services as corps

GONE = _("随评估出库，提名撤回")


def asked_of(kind: str, county: str, on: date) -> Asked:
    """What a kind of post asks on a day in a county."""
    return Asked(
        percent=number(f"reserve_ready_{kind}_percent", on=on, place=county),
        months=number(f"reserve_ready_{kind}_months", on=on, place=county),
        service_months=number("reserve_ready_chief_service_months", on=on, place=county)
        if kind == grading.CHIEF
        else 0,
    )


def kind_of_title(title: str) -> str:
    word = words("titles")[title]
    return grading.kind_of(rung=word.traits["rung"], committee=bool(word.traits.get("committee")))


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody for a post: what they have of what it asks, and whether they are of this place."""

    talent: Talent
    readiness: Readiness
    near: bool


def candidates(place: str, title: str, on: date) -> list[Candidate]:
    """Everybody in the reserve of a county for a post, in the order in which they are asked: who is
    ready, by the latest evaluation; those of the community itself first among equals."""
    county = place[:6]
    rows = queries.with_latest(Talent.objects.filter(county=county, state=rules.IN))
    rows = list(rows.select_related("worker"))
    served = service_months([row.worker_id for row in rows if row.worker_id], on)
    kind = kind_of_title(title)
    asked = asked_of(kind, county, on)
    found = [
        Candidate(row, _readiness(row, kind, asked, served, title, on), row.place == place)
        for row in rows
    ]
    return sorted(
        found,
        key=lambda one: (
            not one.readiness.ready,
            one.talent.rank_now is None,  # type: ignore[attr-defined]
            one.talent.rank_now or 0,  # type: ignore[attr-defined]
            not one.near,
            one.talent.number,
        ),
    )


def _readiness(
    row: Talent, kind: str, asked: Asked, served: dict[int, int], title: str, on: date
) -> Readiness:
    full = row.full_now or 0  # type: ignore[attr-defined]
    return grading.readiness(
        kind,
        asked,
        percent_tenths=row.tenths_now * 1000 // full if full else None,  # type: ignore[attr-defined]
        months=grading.months_between(row.entered_on, on) if row.entered_on else 0,
        service_months=served.get(row.worker_id or 0, 0),
        party=row.is_party if title in grading.PARTY_POSTS else None,
    )


def service_months(workers: Sequence[int], on: date) -> dict[int, int]:
    """Months since the first post of some workers."""
    return {
        pk: grading.months_between(first, on)
        for pk, first in workforce.first_posts(workers).items()
    }


def kinds_ready(talent: Talent, on: date) -> list[Readiness]:
    """Which kinds of posts somebody is ready for, point by point; the chief's without the Party's
    own condition, which goes by the title. `talent` has what `queries.with_latest` gives."""
    served = service_months([talent.worker_id] if talent.worker_id else [], on)
    return [
        _readiness(talent, kind, asked_of(kind, talent.county, on), served, "", on)
        for kind in grading.KINDS
    ]


@act("reserve.propose")
def propose(
    *, by: User, talent: Talent, place: str, title: str, why: str = "", now: datetime
) -> Proposal:
    """Propose somebody of the reserve for a free post. Passing over somebody who is ready and ranks
    before them takes a reason."""
    talent = queries.locked(talent)
    today = timezone.localdate(now)
    known = title in words("titles")
    found = candidates(place, title, today) if known else []
    mine = next((one for one in found if one.talent.pk == talent.pk), None)
    ahead = [
        one
        for one in found
        if mine
        and one.readiness.ready
        and found.index(one) < found.index(mine)
        and queries.open_proposal(one.talent) is None
    ]
    open_ = queries.open_proposal(talent)
    readiness = mine.readiness if mine else Readiness("", ())
    grading.may_propose(
        state_in=talent.state == rules.IN,
        open_=places.name(open_.place) if open_ else "",
        ready=readiness,
        title=known,
        known_place=workforce.is_known(place) and place.startswith(talent.county),
        passed_over=bool(ahead),
        why=why,
    ).enforce()
    rules.impersonal(why, "why").enforce()
    made = Proposal.objects.create(
        talent=talent,
        place=place,
        title=title,
        rank=mine.talent.rank_now if mine else None,  # type: ignore[attr-defined]
        facts=[[point.text, point.values] for point in readiness.points],
        why=why.strip()[: rules.LONGEST_REASON],
        by=by,
        at=now,
    )
    cases.open_case(by=by, flow=flow.PLACING, subject=made, title=talent.name, place=place, now=now)
    return made


@act("reserve.withdraw_proposal")
def withdraw(*, by: User, proposal: Proposal, reason: str, now: datetime) -> Proposal:
    """Take a proposal back, with the reason."""
    proposal = _locked(proposal)
    (
        require(proposal.outcome == "", _("这次提名已办结"), "储备规则:10")
        & rules.said(reason, "reason", _("请写明撤回的原因"), rules.LONGEST_REASON)
    ).enforce()
    _settle(proposal, "withdrawn", reason.strip(), by, now)
    case = case_queries.find(flow=flow.PLACING, subject=proposal)
    if case is not None and case.closed_at is None:
        cases.close_case(by=by, case=case, note=reason.strip(), now=now)
    return proposal


def _locked(proposal: Proposal) -> Proposal:
    return (
        Proposal.objects.select_for_update(of=("self",))
        .select_related("talent")
        .get(pk=proposal.pk)
    )


def _settle(proposal: Proposal, outcome: str, reason: str, by: User, now: datetime) -> None:
    proposal.outcome, proposal.reason = outcome, reason
    proposal.settled_by, proposal.settled_at = by, now  # type: ignore[assignment]
    proposal.save(update_fields=["outcome", "reason", "settled_by", "settled_at"])


def cleared(proposal: Proposal, on: date) -> Ruling:
    """What the vetting says of whoever is proposed."""
    return queries.clearance.ruling(proposal.talent.id_mark, proposal.talent.county, on)


@act("reserve.appoint")
def appoint(*, by: User, proposal: Proposal, since_on: date, now: datetime) -> Proposal:
    """Whoever is proposed takes the post: with a personnel file if they had none, leaving the post
    they held; and leaves the reserve, the file saying where to."""
    proposal = _locked(proposal)
    talent = queries.locked(proposal.talent)
    every(
        [grading.may_appoint(open_=proposal.outcome == "", state_in=talent.state == rules.IN)]
    ).enforce()
    worker = talent.worker or _file_for(talent, proposal.place, by, now)
    held = workforce.post_of(worker, since_on)
    if held is not None and held.until_on is None:
        corps.end_post(
            by=by,
            worker=worker,
            until_on=since_on - timedelta(days=1),
            how="moved",
            why=_("从储备库任用到新岗位"),
            now=now,
        )
    post = corps.appoint(
        by=by,
        worker=worker,
        place=proposal.place,
        title=proposal.title,
        way="reserve",
        since_on=since_on,
        subject=proposal,
        now=now,
    )
    talent.worker = worker
    talent.save(update_fields=["worker"])
    move_out(
        talent,
        "appointed",
        {"where": places.name(proposal.place), "title": proposal.title},
        on=since_on,
        by=by,
        now=now,
        kind=rules.APPOINTED,
        subject=post,
    )
    _settle(proposal, "appointed", "", by, now)
    case = case_queries.find(flow=flow.PLACING, subject=proposal)
    if case is not None and by is not None:
        cases.stamp(by=by, case=case, step=flow.APPOINT, now=now)
    return proposal


def _file_for(talent: Talent, place: str, by: User, now: datetime):  # type: ignore[no-untyped-def]
    """The personnel file of somebody: the one there is by now, or a new one."""
    there = workforce.file_of(talent.county, talent.id_number)
    if there is not None:
        return there
    worker = corps.open_file(
        by=by,
        county=talent.county,
        place=place,
        name=talent.name,
        id_number=talent.id_number,
        phone=talent.phone,
        politics=talent.politics,
        now=now,
    )
    records.add_schooling(by=by, worker=worker, level=talent.schooling, now=now)
    return worker


def free_posts(scope: Scope, on: date) -> list[workforce.Headcount]:
    """Communities of a scope with fewer workers than they should have, the widest gap first."""
    found = [one for one in workforce.headcounts(scope, on) if one.gap]
    return sorted(found, key=lambda one: (-(one.gap or 0), one.place))
