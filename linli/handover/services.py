"""The verbs of a handover: begin, bring papers, sign, pass a step, send back, complete, give up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.contrib.auth.base_user import AbstractBaseUser
from django.core.files.base import File as Upload
from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone

from linli.cases import queries as case_queries
from linli.cases import services as cases
from linli.files import services as files
from linli.handover import flow, queries, rules
from linli.handover.dossier import Dossier
from linli.handover.models import Handover, Notice, Paper, Signature
from linli.kernel.flow import RETURNED
from linli.kernel.roles import Role
from linli.kernel.rulings import Refused, every, require
from linli.kernel.words import gettext_noop as _
from linli.people import queries as people
from linli.places import queries as places
from linli.premises import queries as room_queries
from linli.premises import rules as premises
from linli.premises import services as rooms
from linli.sources import number
from linli.sources.procedures import AGREE, COMPLETE, TRANSFER, ancestors
from linli.trail.acts import act, label

User = AbstractBaseUser


def _opener(by: User, place: str, now: datetime) -> bool:
    return bool(people.roles_at(by, place, timezone.localdate(now)) & set(flow.OPENERS))


def _begin(
    by: User, handover: Handover, now: datetime
) -> tuple[Handover, Dossier, frozenset[Role]]:
    """The handover as it is now, all about it, and the roles of who acts."""
    handover = queries.locked(handover)
    dossier = Dossier(handover)
    return handover, dossier, dossier.roles(by, timezone.localdate(now))


@act("handover.open")
def open_handover(
    *,
    by: User,
    room: object,
    developer: str,
    receiver: str,
    receiver_kind: str,
    now: datetime,
) -> Handover:
    """Begin to hand a room over to the state, by the flow in force at its place today."""
    room = room_queries.locked(room)  # type: ignore[arg-type]
    rules.may_open(
        kind=room.kind,
        owner=room.owner,
        state=room.state,
        off_register=room.until_on is not None,
        running=queries.running(room),
        developer=developer,
        receiver=receiver,
        receiver_kind=receiver_kind,
        opener=_opener(by, room.place, now),
        openers=flow.OPENERS,
    ).enforce()
    queries.lock_county(room.county)
    handover = Handover(
        place=room.place,
        county=room.county,
        number=queries.next_number(room.county),
        room=room,
        developer=" ".join(developer.split())[:80],
        receiver=" ".join(receiver.split())[:80],
        receiver_kind=receiver_kind,
        opened_by=by,
        opened_at=now,
    )
    try:
        with transaction.atomic():
            handover.save()
    except IntegrityError:
        taken = queries.running(room) or handover.number
        raise Refused(rules.is_free(running=taken)) from None
    handover.case = cases.open_case(
        by=by,
        flow=flow.in_force(room.place, timezone.localdate(now)).flow,
        subject=handover,
        title=f"{handover.number} {room.name}",
        place=room.place,
        now=now,
    )
    handover.save(update_fields=["case"])
    return handover


@act("handover.drop")
def drop_handover(*, by: User, handover: Handover, why: str, now: datetime) -> Handover:
    """Give a handover up before its agreement is signed; the room may be taken up again later."""
    handover, dossier, _roles = _begin(by, handover, now)
    every(
        [
            rules.not_ended(outcome=handover.outcome),
            rules.may_drop(
                why=why,
                signed=dossier.signed,
                opener=_opener(by, handover.place, now),
                openers=flow.OPENERS,
            ),
        ]
    ).enforce()
    if dossier.entry is not None:
        dossier.entry.left_at = now
        dossier.entry.save(update_fields=["left_at"])
    cases.close_case(by=by, case=handover.case, note=why, now=now)
    handover.ended_at, handover.outcome = now, rules.DROPPED
    handover.why_ended = why.strip()[:200]
    handover.save(update_fields=["ended_at", "outcome", "why_ended"])
    return handover


# --- papers -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Brought:
    """Papers brought together: the handover, and how many."""

    subject: Handover
    facts: dict[str, int]


@act("handover.add_papers")
def add_papers(
    *,
    by: User,
    handover: Handover,
    step: str,
    papers: Sequence[tuple[str, Upload | bytes, str]],
    note: str = "",
    now: datetime,
) -> Brought:
    """Bring several papers of a step, (kind, content, name) each; all of them or none.

    One that was promised is there now; the same file as the same paper counts once.
    """
    handover, dossier, roles = _begin(by, handover, now)
    _known(dossier, step)
    plan = dossier.plan(step)
    every(
        [
            dossier.may_touch(step, roles),
            *(rules.may_add(kind=kind, plan=plan) for kind, _content, _name in papers),
        ]
    ).enforce()
    kinds = {kind for kind, _content, _name in papers}
    if kinds & dossier.promised:
        promised = handover.papers.filter(kind__in=kinds, file=None, removed_at=None)
        promised.update(removed_at=now)
    there = {(paper.kind, paper.file_id) for paper in dossier.papers if paper.file_id}
    for kind, content, name in papers:
        file = files.keep(by=by, content=content, name=name, place=handover.place, now=now)
        if (kind, file.pk) in there:
            continue
        there.add((kind, file.pk))
        Paper.objects.create(
            handover=handover,
            step=step,
            kind=kind,
            file=file,
            note=note.strip()[:200],
            added_by=by,
            added_at=now,
        )
    return Brought(handover, {"papers": len(papers)})


@act("handover.promise_paper")
def promise_paper(
    *,
    by: User,
    handover: Handover,
    step: str,
    kind: str,
    promised_on: date,
    promised_by: str,
    note: str = "",
    now: datetime,
) -> Paper:
    """Name a paper as missing, with the day by which somebody promised it (资料缺项承诺)."""
    handover, dossier, roles = _begin(by, handover, now)
    _known(dossier, step)
    today = timezone.localdate(now)
    most = number("handover_promise_most_days", on=today, place=handover.place)
    every(
        [
            dossier.may_touch(step, roles),
            rules.may_promise(
                kind=kind,
                plan=dossier.plan(step),
                promised_on=promised_on,
                promised_by=promised_by,
                today=today,
                last_on=today + timedelta(days=most),
                calendar=places.calendar().gaps(promised_on, promised_on),
            ),
            require(kind not in dossier.there, _("这份资料已经提交")).at("kind"),
        ]
    ).enforce()
    handover.papers.filter(kind=kind, file=None, removed_at=None).update(removed_at=now)
    return Paper.objects.create(
        handover=handover,
        step=step,
        kind=kind,
        promised_on=promised_on,
        promised_by=promised_by.strip()[:40],
        note=note.strip()[:200],
        added_by=by,
        added_at=now,
    )


@act("handover.remove_paper")
def remove_paper(*, by: User, paper: Paper, now: datetime) -> Handover:
    """A paper is taken out while its step is not done; the file stays among the papers."""
    handover, dossier, roles = _begin(by, paper.handover, now)
    paper = Paper.objects.select_for_update().get(pk=paper.pk)
    every(
        [
            require(paper.removed_at is None, _("这份附件已移除")),
            dossier.may_touch(paper.step, roles),
            dossier.is_turn(paper.step),
        ]
    ).enforce()
    paper.removed_at = now
    paper.save(update_fields=["removed_at"])
    return handover


def _known(dossier: Dossier, step: str) -> None:
    require(step in dossier.procedure.plans, _("流程里没有这个环节")).at("step").enforce()


# --- steps --------------------------------------------------------------------------------------


@act("handover.sign")
def sign(*, by: User, handover: Handover, step: str, note: str = "", now: datetime) -> Signature:
    """Sign a step for one's department, before whoever leads it passes it."""
    handover, dossier, roles = _begin(by, handover, now)
    _known(dossier, step)
    wanted, signed = flow.signers(dossier.procedure, step), dossier.signed_by(step)
    every(
        [
            rules.not_ended(outcome=handover.outcome),
            dossier.is_turn(step),
            rules.may_sign(roles=roles, wanted=wanted, signed=signed),
        ]
    ).enforce()
    role = next(role for role in wanted if role in roles and role.code not in signed)
    return Signature.objects.create(
        handover=handover, step=step, role=role.code, by=by, at=now, note=note.strip()[:200]
    )


@act("handover.pass")
def pass_step(
    *,
    by: User,
    handover: Handover,
    step: str,
    note: str = "",
    title_no: str = "",
    title_on: date | None = None,
    now: datetime,
) -> Handover:
    """Do a step whose turn it is. The transfer takes the title's number and day.

    Signing the agreement and entering the room have acts of their own (batches.sign, complete).
    """
    handover, dossier, roles = _begin(by, handover, now)
    _known(dossier, step)
    does = dossier.plan(step).does
    ruling = dossier.may_pass(step, by=by, roles=roles)
    ruling &= require(
        does != AGREE, _("协议在集中签约时签订，请把这处用房列入一次签约"), "移交规则:8"
    )
    ruling &= require(does != COMPLETE, _("请填写固定资产卡片后办结"))
    if does == TRANSFER:
        today = timezone.localdate(now)
        ruling &= rules.may_be_titled(title_no=title_no, title_on=title_on, today=today)
    ruling.enforce()
    if does == TRANSFER:
        handover.title_no, handover.title_on = title_no.strip()[:64], title_on
        handover.save(update_fields=["title_no", "title_on"])
    cases.stamp(by=by, case=handover.case, step=step, note=note, now=now)
    return handover


@act("handover.send_back")
def send_back(*, by: User, handover: Handover, step: str, text: str, now: datetime) -> Notice:
    """Send a handover back, with one notice of everything that is missing (一次性补正通知)."""
    handover, dossier, roles = _begin(by, handover, now)
    _known(dossier, step)
    (rules.may_send_back(text=text) & dossier.may_return(step, by=by, roles=roles)).enforce()
    back = dossier.procedure.flow.step(step).back
    told = [*dossier.procedure.before(step), step]
    order = [each.code for each in dossier.procedure.flow.steps]
    missing = [kind for code in sorted(told, key=order.index) for kind in dossier.missing(code)]
    _void(dossier, back, now)
    cases.stamp(by=by, case=handover.case, step=step, outcome=RETURNED, note=text, now=now)
    today = timezone.localdate(now)
    last = handover.notices.aggregate(last=Max("number"))["last"] or 0
    return Notice.objects.create(
        handover=handover,
        number=last + 1,
        step=step,
        missing=missing,
        text=text.strip()[:500],
        due_on=case_queries.due_on(
            dossier.procedure.flow.step(back), today, handover.place, places.calendar()
        ),
        by=by,
        at=now,
    )


def _void(dossier: Dossier, back: str, now: datetime) -> None:
    """What was signed at the steps that are opened again is to be signed anew."""
    steps = dossier.procedure.flow.steps
    again = [s.code for s in steps if s.code == back or back in ancestors(steps, s.code)]
    dossier.handover.signatures.filter(step__in=again, void_at=None).update(void_at=now)


@act("handover.complete")
def complete(
    *,
    by: User,
    handover: Handover,
    card_no: str,
    value_fen: int | None,
    use: str = "",
    occupant: str = "",
    purpose: str = "",
    note: str = "",
    now: datetime,
) -> Handover:
    """The last step: the asset card is written, and the room is the state's from now on.

    `use`: how the room is used from today on, "" = as before.
    """
    handover, dossier, roles = _begin(by, handover, now)
    step, today = dossier.step_that(COMPLETE), timezone.localdate(now)
    room = handover.room
    every(
        [
            dossier.may_pass(step, by=by, roles=roles),
            rules.may_enter(
                card_no=card_no, value_fen=value_fen, state=room.state, use=use, occupant=occupant
            ),
        ]
    ).enforce()
    cases.stamp(by=by, case=handover.case, step=step, note=note, now=now)
    handover.card_no, handover.card_on = card_no.strip()[:32], today
    handover.value_fen, handover.outcome = value_fen, rules.DONE
    handover.ended_at = now
    handover.save()
    rooms.take_over(
        by=by,
        room=room,
        owner=premises.STATE,
        on=today,
        ground=_ground(dossier),
        subject=label(handover),
        title_state=premises.TITLE_STATE,
        title_no=handover.title_no,
        title_on=handover.title_on,
        now=now,
    )
    if use:
        rooms.record_use(
            by=by,
            room=room,
            state=use,
            since_on=today,
            occupant=occupant or (handover.receiver if use == premises.SELF_USED else ""),
            purpose=purpose,
            now=now,
        )
    return handover


def _ground(dossier: Dossier) -> str:
    """What the passage of the room rests on: the agreement, as it was signed."""
    batch = dossier.entry.batch if dossier.entry else None
    return f"移交协议{batch.agreement_no}" if batch else dossier.handover.number
