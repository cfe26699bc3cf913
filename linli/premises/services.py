"""The verbs of public rooms."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.core.files.base import File as Upload
from django.utils import timezone

from linli.files import services as files
from linli.kernel.rulings import every, require
from linli.kernel.words import gettext_noop as _
from linli.premises import leases, queries, rules
from linli.premises.leases import Terms
from linli.premises.models import Contract, Passage, Room, RoomPaper, SitePlan, Use
from linli.premises.rules import Facts
from linli.trail.acts import act, look

User = AbstractBaseUser | None


@act("premises.register")
def register_room(
    *,
    by: User,
    facts: Facts,
    state: str,
    since_on: date,
    occupant: str = "",
    occupant_person: bool = False,
    purpose: str = "",
    owner: str = rules.UNKNOWN,
    title_state: str = rules.NO_TITLE,
    title_no: str = "",
    title_on: date | None = None,
    now: datetime,
) -> Room:
    """Write a room down, with its first line of use and what is known of its owner and title.

    `state`, `occupant`, `purpose`: how it is used, `since_on`: as far back as that is known.
    """
    today = timezone.localdate(now)
    facts = facts.trimmed()
    every(
        [
            rules.may_describe(
                facts,
                known_place=queries.is_known(facts.place),
                twins=queries.twins(facts),
            ),
            rules.may_use(
                state=state, since_on=since_on, today=today, before_on=None, occupant=occupant
            ),
            rules.may_be_titled(
                owner=owner,
                title_state=title_state,
                title_no=title_no,
                title_on=title_on,
                today=today,
            ),
        ]
    ).enforce()
    county = facts.place[:6]
    queries.lock_county(county)
    room = Room(
        county=county,
        code=queries.next_code(county),
        state=state,
        occupant=occupant.strip(),
        occupant_person=occupant_person,
        owner=owner,
        title_state=title_state,
        title_no=title_no.strip(),
        title_on=title_on,
        since_on=today,
    ).take(facts)
    room.save()
    _begin_use(room, by=by, since_on=since_on, purpose=purpose, note="", now=now)
    return room


def _begin_use(
    room: Room, *, by: User, since_on: date, purpose: str, note: str, now: datetime
) -> Use:
    return Use.objects.create(
        room=room,
        place=room.place,
        since_on=since_on,
        state=room.state,
        purpose=purpose.strip(),
        occupant=room.occupant,
        occupant_person=room.occupant_person,
        note=note.strip(),
        told_by=by,
        told_at=now,
    )


@act("premises.amend")
def amend_room(*, by: User, room: Room, facts: Facts, now: datetime) -> Room:
    """Put right what is written down about a room; its use, owner and title have acts of their own.

    The kind decides whose the room ought to be: it stays once a passage rests on it.
    """
    room = queries.locked(room)
    facts = facts.trimmed()
    every(
        [
            rules.not_ended(room.until_on),
            rules.may_describe(
                facts,
                known_place=queries.is_known(facts.place),
                twins=queries.twins(facts, but=room),
            ),
            rules.may_move(old=room.place, new=facts.place),
            rules.may_be_of_kind(old=room.kind, new=facts.kind, passed=room.passages.exists()),
        ]
    ).enforce()
    room.take(facts).save()
    return room


@act("premises.use")
def record_use(
    *,
    by: User,
    room: Room,
    state: str,
    since_on: date,
    purpose: str = "",
    occupant: str = "",
    occupant_person: bool = False,
    note: str = "",
    now: datetime,
) -> Use:
    """From a day on a room is used in another way: a new line of its ledger of use."""
    room = queries.locked(room)
    before = room.uses.filter(until_on=None).first()
    every(
        [
            rules.not_ended(room.until_on),
            rules.may_use(
                state=state,
                since_on=since_on,
                today=timezone.localdate(now),
                before_on=before.since_on if before else None,
                occupant=occupant,
            ),
        ]
    ).enforce()
    if before:
        before.until_on = rules.last_day_before(since_on, began_on=before.since_on)
        before.save(update_fields=["until_on"])
    room.state, room.occupant = state, occupant.strip()
    room.occupant_person = occupant_person
    room.save(update_fields=["state", "occupant", "occupant_person"])
    return _begin_use(room, by=by, since_on=since_on, purpose=purpose, note=note, now=now)


@act("premises.find_owner")
def find_owner(
    *, by: User, room: Room, owner: str, on: date, ground: str, subject: str = "", now: datetime
) -> Room:
    """A consultation settled whose a room is that nobody knew. `subject`: the row that says so."""
    return _pass(
        by, queries.locked(room), rules.FOUND, owner, on=on, ground=ground, subject=subject, now=now
    )


@act("premises.take_over")
def take_over(
    *,
    by: User,
    room: Room,
    owner: str,
    on: date,
    ground: str,
    subject: str = "",
    title_state: str,
    title_no: str = "",
    title_on: date | None = None,
    now: datetime,
) -> Room:
    """A room was handed over: another owner, another title, and with them where its rent goes.

    Called when a handover is complete; `subject` names it as the trail does.
    """
    room = queries.locked(room)
    rules.may_be_titled(
        owner=owner,
        title_state=title_state,
        title_no=title_no,
        title_on=title_on,
        today=timezone.localdate(now),
    ).enforce()
    room.title_state, room.title_no, room.title_on = title_state, title_no.strip(), title_on
    return _pass(by, room, rules.TAKEN_OVER, owner, on=on, ground=ground, subject=subject, now=now)


def _pass(
    by: User,
    room: Room,
    way: str,
    owner: str,
    *,
    on: date,
    ground: str,
    subject: str,
    now: datetime,
) -> Room:
    (
        rules.not_ended(room.until_on)
        & rules.may_pass(kind=room.kind, owner=owner, way=way, before=room.owner, ground=ground)
        & require(on <= timezone.localdate(now), _("日期在今天之后")).at("on")
    ).enforce()
    Passage.objects.create(
        room=room,
        place=room.place,
        way=way,
        from_owner=room.owner,
        to_owner=owner,
        on=on,
        ground=ground.strip(),
        subject=subject,
        by=by,
        at=now,
    )
    room.owner = owner
    room.save()
    return room


@act("premises.tell_title")
def tell_title(
    *,
    by: User,
    room: Room,
    title_state: str,
    title_no: str = "",
    title_on: date | None = None,
    now: datetime,
) -> Room:
    """Write down what the register of real estate says about a room, its owner staying as it is."""
    room = queries.locked(room)
    (
        rules.not_ended(room.until_on)
        & rules.may_be_titled(
            owner=room.owner,
            title_state=title_state,
            title_no=title_no,
            title_on=title_on,
            today=timezone.localdate(now),
        )
    ).enforce()
    room.title_state, room.title_no, room.title_on = title_state, title_no.strip(), title_on
    room.save(update_fields=["title_state", "title_no", "title_on"])
    return room


@act("premises.end")
def end_room(*, by: User, room: Room, until_on: date, reason: str, now: datetime) -> Room:
    """Take a room off the register: it was demolished, merged, or written down by mistake."""
    room = queries.locked(room)
    running = room.contracts.filter(ended_on=None).exists()
    rules.may_end(
        until_on=until_on,
        today=timezone.localdate(now),
        reason=reason,
        ended=room.until_on is not None,
        let=running,
    ).enforce()
    room.until_on, room.until_reason = until_on, reason.strip()
    room.save(update_fields=["until_on", "until_reason"])
    return room


@act("premises.lease")
def add_contract(*, by: User, room: Room, terms: Terms, now: datetime) -> Contract:
    """Write a lease down as it is; what is wrong with it is flagged, never refused."""
    room = queries.locked(room)
    (rules.not_ended(room.until_on) & leases.may_write(terms)).enforce()
    return Contract.objects.create(
        room=room,
        place=room.place,
        number=terms.number.strip(),
        lessor=terms.lessor.strip(),
        lessee=terms.lessee.strip(),
        person=terms.person,
        phone=terms.phone.strip(),
        purpose=terms.purpose.strip(),
        from_on=terms.from_on,
        until_on=terms.until_on,
        rent_fen=terms.rent_fen,
        per=terms.per,
        paid_to=terms.paid_to,
        written=terms.written,
        note=terms.note.strip(),
        told_by=by,
        told_at=now,
    )


@act("premises.end_lease")
def end_contract(
    *, by: User, contract: Contract, ended_on: date, reason: str, now: datetime
) -> Contract:
    """A lease has ended: run out and left, given notice, cleared."""
    contract = Contract.objects.select_for_update().get(pk=contract.pk)
    leases.may_end(
        ended=contract.ended_on is not None,
        from_on=contract.from_on,
        ended_on=ended_on,
        today=timezone.localdate(now),
        reason=reason,
    ).enforce()
    contract.ended_on, contract.end_reason = ended_on, reason.strip()
    contract.save(update_fields=["ended_on", "end_reason"])
    return contract


@act("premises.open_lessee")
def open_lessee(*, by: User, contract: Contract, purpose: str, now: datetime) -> Contract:
    """Somebody opens the lessee's full name and telephone, for a purpose that is kept."""
    require(purpose.strip(), _("请写明用途"), "用房规则:4").at("purpose").enforce()
    look(by=by, subject=contract, field="lessee", purpose=purpose.strip()[:64], now=now)
    return contract


@act("premises.add_paper")
def add_paper(
    *,
    by: User,
    room: Room,
    content: Upload | bytes,
    name: str,
    kind: str,
    caption: str = "",
    shown_on: date | None = None,
    contract: Contract | None = None,
    now: datetime,
) -> RoomPaper:
    """Keep a photograph or paper of a room. What belongs to a person's lease is personal."""
    (
        rules.not_ended(room.until_on)
        & require(kind in rules.PAPERS, _("请选择附件类别")).at("kind")
    ).enforce()
    file = files.keep(
        by=by,
        content=content,
        name=name,
        place=room.place,
        personal=bool(contract and contract.person),
        now=now,
    )
    found = RoomPaper.objects.filter(room=room, file=file, removed_at=None).first()
    return found or RoomPaper.objects.create(
        room=room,
        contract=contract,
        file=file,
        kind=kind,
        caption=caption.strip()[:100],
        shown_on=shown_on,
        added_by=by,
        added_at=now,
    )


@act("premises.remove_paper")
def remove_paper(*, by: User, paper: RoomPaper, now: datetime) -> Room:
    """A paper is no longer shown with its room; the file itself stays among the papers."""
    require(paper.removed_at is None, _("这份附件已移除")).enforce()
    paper.removed_at = now
    paper.save(update_fields=["removed_at"])
    return paper.room


@act("premises.place")
def place_on_plan(
    *, by: User, room: Room, spot_x: int | None, spot_y: int | None, now: datetime
) -> Room:
    """Say where a room lies on its estate's plan, in thousandths; without both it is taken off."""
    room = queries.locked(room)
    (rules.not_ended(room.until_on) & rules.may_lie(spot_x, spot_y)).enforce()
    room.spot_x, room.spot_y = spot_x, spot_y
    room.save(update_fields=["spot_x", "spot_y"])
    return room


@act("premises.keep_plan")
def keep_plan(
    *, by: User, estate: object, content: Upload | bytes, name: str, now: datetime
) -> SitePlan:
    """Keep a picture as the plan of an estate, in place of the one before."""
    place = estate.place  # type: ignore[attr-defined]
    file = files.keep(by=by, content=content, name=name, place=place, now=now)
    require(file.is_picture, _("平面图须是图片")).at("plan").enforce()
    SitePlan.objects.filter(place=place, removed_at=None).update(removed_at=now)
    return SitePlan.objects.create(place=place, file=file, added_by=by, added_at=now)


@act("premises.drop_plan")
def drop_plan(*, by: User, plan: SitePlan, now: datetime) -> SitePlan:
    """The picture is taken off; the estate's rooms lie on the drawn grid of buildings again."""
    plan.removed_at = now
    plan.save(update_fields=["removed_at"])
    return plan


@dataclass(frozen=True, slots=True)
class Told:
    """The same news about several rooms: the first of them, and how many."""

    subject: Room
    facts: dict[str, int]


@act("premises.use_several")
def record_uses(*, by: User, rooms: Sequence[Room], now: datetime, **told: Any) -> Told:
    """The same use for several rooms from a day on (see record_use); all of them or none."""
    for room in rooms:
        record_use(by=by, room=room, **told, now=now)
    return Told(rooms[0], {"rooms": len(rooms)})
