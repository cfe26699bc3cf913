"""The stages after the eligibility check: tests, re-check, medical, background; each for many at once.

Tests are held by `linli.exams`, the background by `linli.vetting`: here they are asked for, and
what came of them is taken over.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime

from django.utils import timezone

from linli.cases import queries as case_queries
from linli.cases import services as cases
from linli.exams import queries as exams
from linli.exams import services as exam_services
from linli.kernel.place import Scope
from linli.kernel.rulings import every, require
from linli.kernel.words import gettext_noop as _
from linli.places import queries as places
from linli.recruitment import flow, queries, rules
from linli.recruitment.models import Announcement, Application, Outcome
from linli.recruitment.queries import about, exam_of, key_of
from linli.recruitment.refilling import refill
from linli.recruitment.services import Told, User
from linli.sources import with_trait
from linli.trail.acts import act
from linli.vetting import queries as vetting
from linli.vetting import services as vetting_services

_ORDER = list(rules.STAGES)
FEW = 8
"""Up to so many different values a column is written value by value."""
MOVED = ["stage", "state", "again_on", "written_score", "interview_score", "total_score", "rank"]


def _people(held: Announcement, stage: str, *states: str) -> list[Application]:
    """Applications at a stage, nobody else moving them; numbers stay sealed."""
    rows = queries.applications(held).filter(stage=stage, state__in=states or (rules.OPEN,))
    return list(rows.select_for_update(of=("self",)))


def _save(rows: Sequence[Application]) -> None:
    """Write what moved: columns that say the same of many in one go each, others row by row."""
    dear = []
    for name in (*MOVED, "tie_by"):
        said: dict[object, list[int]] = {}
        for row in rows:
            said.setdefault(getattr(row, name), []).append(row.pk)
        if len(said) > FEW:
            dear.append(name)
            continue
        for value, keys in said.items():
            Application.objects.filter(pk__in=keys).update(**{name: value})
    for row in rows if dear else ():
        row.save(update_fields=dear)


def _write(
    rows: Iterable[Application],
    stage: str,
    outcome: str,
    on: date,
    by: User,
    now: datetime,
    why: str = "",
) -> None:
    Outcome.objects.bulk_create(
        Outcome(application=row, stage=stage, outcome=outcome, on=on, why=why, by=by, at=now)
        for row in rows
    )


def _stamp(held: Announcement, step: str, by: User, now: datetime) -> None:
    case = case_queries.find(flow=flow.RECRUITMENT, subject=held)
    require(case is not None, _("这次选聘还没有发布公告")).enforce()
    cases.stamp(by=by, case=case, step=step, now=now)  # type: ignore[arg-type]


def stamp_what_is_over(held: Announcement, by: User, now: datetime) -> None:
    """Stamp the steps after the interview that nobody is left at; those of the vetting office are
    stamped by it."""
    case = case_queries.find(flow=flow.RECRUITMENT, subject=held)
    if case is None or case.closed_at is not None:
        return
    for stage in (rules.MEDICAL, rules.BACKGROUND, rules.PUBLICATION, rules.APPOINTMENT):
        if stage not in {step.code for step in case_queries.open_steps(case)}:
            continue
        upto, beyond = _ORDER[: _ORDER.index(stage) + 1], _ORDER[_ORDER.index(stage) + 1 :]
        rows = held.applications.order_by()
        if stage == rules.APPOINTMENT:
            through = rows.filter(state=rules.APPOINTED).exists()
        else:
            through = rows.filter(stage__in=beyond, state__in=rules.LIVE).exists()
        if through and not rows.filter(stage__in=upto, state=rules.OPEN).exists():
            cases.stamp(by=by, case=case, step=stage, now=now)


# --- written test -----------------------------------------------------------------------------


@act("recruitment.hand_to_written")
def hand_to_written(
    *, by: User, announcement: Announcement, held_on: date, title: str = "", now: datetime
) -> Told:
    """The eligibility check is over: everybody admitted goes to the written test."""
    held = queries.locked(announcement)
    rows = [row for row in _people(held, rules.CHECK) if row.ruling == rules.ADMITTED]
    rules.may_check_over(
        taking=timezone.localdate(now) <= held.closes_on,
        closes_on=held.closes_on,
        undecided=queries.undecided(held),
        admitted=len(rows),
    ).enforce()
    _stamp(held, rules.CHECK, by, now)
    posts = {post.pk: post for post in queries.posts(held)}
    named = places.name_paths({post.place for post in posts.values()})
    wanted = {row.post_id for row in rows}
    exam_services.open_written(
        by=by,
        county=held.county,
        about=about(held),
        title=title or f"{held.title}笔试"[:100],
        held_on=held_on,
        posts={
            post.code: exam_services.Post(
                f"{post.code} {named.get(post.place, post.place)}"[:100], post.wanted
            )
            for post in posts.values()
            if post.pk in wanted
        },
        candidates=[
            exam_services.Candidate(
                key=key_of(row),
                name=row.name,
                post=posts[row.post_id].code,
                traits=_traits(row),
            )
            for row in rows
        ],
        terms_on=timezone.localdate(held.published_at),
        now=now,
    )
    for row in rows:
        row.stage = rules.WRITTEN
    _save(rows)
    _write(rows, rules.CHECK, rules.PASSED, timezone.localdate(now), by, now)
    return Told(held, {"people": len(rows)})


def _traits(row: Application) -> frozenset[str]:
    told = {
        "party": row.politics in with_trait("politics", "party"),
        "veteran": row.in_veteran,
        "social": row.in_social,
    }
    return frozenset(code for code, so in told.items() if so)


@act("recruitment.take_written")
def take_written(*, by: User, announcement: Announcement, now: datetime) -> Told:
    """Take the written scores over: who goes on is what the score sheet says."""
    held = queries.locked(announcement)
    exam = exam_of(held)
    found = {one.key: one for one in exams.invited(exam)} if exam else {}
    require(found, _("笔试成绩还没有锁定"), "选聘规则:9").enforce()
    _stamp(held, rules.WRITTEN, by, now)
    rows, today = _people(held, rules.WRITTEN), timezone.localdate(now)
    on, out = [], []
    for row in rows:
        one = found[key_of(row)]
        row.written_score, row.rank = one.written, one.rank or None
        if one.outcome == "in":
            row.stage = rules.RECHECK
            on.append(row)
        else:
            row.state = rules.OUT
            out.append(row)
    _save(rows)
    _write(on, rules.WRITTEN, rules.PASSED, today, by, now)
    _write(out, rules.WRITTEN, rules.FAILED, today, by, now)
    return Told(held, {"in": len(on), "out": len(out)})


# --- re-check, medical ------------------------------------------------------------------------


@act("recruitment.note")
def note(
    *,
    by: User,
    announcement: Announcement,
    applications: Collection[int],
    stage: str,
    outcome: str,
    on: date,
    why: str = "",
    now: datetime,
) -> Told:
    """Write down how the re-check or the medical ended for some: all of them or none. Who passed
    goes on, who failed is out, and of the medical the next by rank takes the place."""
    held = queries.locked(announcement)
    require(stage in (rules.RECHECK, rules.MEDICAL), _("这个环节不在这里登记")).enforce()
    rows = list(
        queries.applications(held).filter(pk__in=applications).select_for_update(of=("self",))
    )
    require(rows, _("请选择报名")).enforce()
    today = timezone.localdate(now)
    every(
        rules.may_note(
            stage=row.stage,
            state=row.state,
            wanted=stage,
            outcome=outcome,
            why=why,
            on=on,
            today=today,
        ).at("", at)
        for at, row in enumerate(rows, start=1)
    ).enforce()
    for row in rows:
        row.again_on = on if outcome == rules.AGAIN else None
        if outcome == rules.PASSED:
            row.stage = _ORDER[_ORDER.index(stage) + 1]
        elif outcome == rules.FAILED:
            row.state = rules.OUT
    _save(rows)
    _write(rows, stage, outcome, on, by, now, why.strip())
    if outcome == rules.FAILED:
        for row in rows:
            refill(row)
    stamp_what_is_over(held, by, now)
    return Told(held, {"people": len(rows), "stage": stage, "outcome": outcome})


# --- interview --------------------------------------------------------------------------------


@act("recruitment.hand_to_interview")
def hand_to_interview(
    *,
    by: User,
    announcement: Announcement,
    held_on: date,
    panel: Sequence[exam_services.Judge],
    title: str = "",
    now: datetime,
) -> Told:
    """The re-check is over: whoever came through goes to the interview before a panel."""
    held = queries.locked(announcement)
    left, through = _people(held, rules.RECHECK), _people(held, rules.INTERVIEW)
    exam = exam_of(held)
    (
        rules.may_go_on(stage=rules.RECHECK, left=len(left), through=len(through))
        & require(exam is not None, _("还没有笔试"))
    ).enforce()
    assert exam is not None
    _stamp(held, rules.RECHECK, by, now)
    exam_services.open_interview(
        by=by,
        exam=exam,
        title=title or f"{held.title}面试"[:100],
        held_on=held_on,
        panel=panel,
        keys={key_of(row) for row in through},
        now=now,
    )
    return Told(held, {"people": len(through)})


@act("recruitment.take_interview")
def take_interview(*, by: User, announcement: Announcement, now: datetime) -> Told:
    """Take the ranking over: of each post the first, as many as are wanted, go to the medical; the
    others who were ranked stand by."""
    held = queries.locked(announcement)
    exam = exam_of(held)
    found = {one.key: one for one in exams.standing(exam)} if exam else {}
    rows = _people(held, rules.INTERVIEW)
    here = {key_of(row) for row in rows}
    tied = [one.name for one in found.values() if one.outcome == "tied" and one.key in here]
    (
        require(found, _("面试成绩还没有锁定"), "选聘规则:10")
        & require(
            not tied, _("末位并列，须先加试：%(names)s"), "选聘规则:9", names=tuple(tied[:10])
        )
    ).enforce()
    _stamp(held, rules.INTERVIEW, by, now)
    free = {post.pk: post.wanted for post in queries.posts(held)}
    ranked, out = [], []
    for row in rows:
        one = found[key_of(row)]
        row.interview_score, row.total_score = one.interview, one.score
        row.rank, row.tie_by = one.rank or None, one.tie
        (ranked if one.rank else out).append(row)
    for row in sorted(ranked, key=lambda row: (row.post_id, row.rank or 0, row.number)):
        if free[row.post_id] > 0:
            free[row.post_id] -= 1
            row.stage = rules.MEDICAL
        else:
            row.state = rules.STANDBY
    for row in out:
        row.state = rules.OUT
    _save(rows)
    today = timezone.localdate(now)
    _write(ranked, rules.INTERVIEW, rules.PASSED, today, by, now)
    _write(out, rules.INTERVIEW, rules.FAILED, today, by, now)
    on = sum(row.stage == rules.MEDICAL for row in ranked)
    return Told(held, {"medical": on, "standby": len(ranked) - on, "out": len(out)})


# --- background -------------------------------------------------------------------------------


def to_vet(announcement: Announcement) -> list[Application]:
    """Who passed the medical and is on no list of a vetting."""
    rows = queries.applications(announcement).filter(
        stage=rules.BACKGROUND, state=rules.OPEN, vetting__isnull=True
    )
    return list(rows)


@act("recruitment.send_to_vetting")
def send_to_vetting(
    *, by: User, announcement: Announcement, round: vetting.Round, now: datetime
) -> Told:
    """The vetting office puts everybody who passed the medical on the list of a round it draws up."""
    held = queries.locked(announcement)
    rows = list(
        Application.objects.filter(
            announcement=held, stage=rules.BACKGROUND, state=rules.OPEN, vetting__isnull=True
        ).order_by("number")
    )
    require(rows, _("没有体检合格、等待联审的人员"), "选聘规则:12").enforce()
    require(
        round.county == held.county and round.purpose == "recruits",
        _("请选择本地事由为选聘的联审"),
        "选聘规则:12",
    ).at("round").enforce()
    vetting_services.add_subjects(
        by=by,
        round=round,
        some=[
            vetting_services.Person(name=row.name, id_number=row.id_number, place=row.place)
            for row in rows
        ],
        now=now,
    )
    for row in rows:
        row.vetting = round
    Application.objects.bulk_update(rows, ["vetting"], batch_size=200)
    case = case_queries.find(flow=flow.RECRUITMENT, subject=held)
    if case and flow.VETTING in {step.code for step in case_queries.open_steps(case)}:
        cases.stamp(by=by, case=case, step=flow.VETTING, now=now)
    return Told(held, {"people": len(rows)})


@act("recruitment.take_background")
def take_background(*, by: User, announcement: Announcement, now: datetime) -> Told:
    """Take conclusions of the vetting over: who passed is published next, who did not is out and
    the next by rank takes the place. Reasons stay with the vetting office; whoever is to be
    verified, or was suspended, waits for another round."""
    held = queries.locked(announcement)
    rows = [row for row in _people(held, rules.BACKGROUND) if row.vetting_id]
    results = _results(held, rows)
    require(results, _("联审还没有新的结论"), "选聘规则:12").enforce()
    today, on, out = timezone.localdate(now), [], []
    for row in rows:
        said = results.get((row.vetting_id, row.id_mark))
        if said == "passed":
            row.stage = rules.PUBLICATION
            on.append(row)
        elif said == "failed":
            row.state = rules.OUT
            out.append(row)
        elif said:
            row.vetting = None
    Application.objects.bulk_update(rows, ["stage", "state", "vetting"], batch_size=200)
    _write(on, rules.BACKGROUND, rules.PASSED, today, by, now)
    _write(out, rules.BACKGROUND, rules.FAILED, today, by, now)
    for row in out:
        refill(row)
    stamp_what_is_over(held, by, now)
    return Told(held, {"passed": len(on), "failed": len(out)})


def _results(
    held: Announcement, rows: Sequence[Application]
) -> Mapping[tuple[int | None, str], str]:
    """(round, mark) → how the vetting ended. One query."""
    found = vetting.results(Scope.of(held.county)).filter(
        subject__round__in={row.vetting_id for row in rows},
        subject__id_mark__in=[row.id_mark for row in rows],
    )
    return {(one.subject.round_id, one.subject.id_mark): one.outcome for one in found}


def results_waiting(announcement: Announcement) -> int:
    """How many conclusions of a vetting were not taken over yet."""
    rows = queries.applications(announcement).filter(
        stage=rules.BACKGROUND, state=rules.OPEN, vetting__isnull=False
    )
    return len(_results(announcement, list(rows)))
