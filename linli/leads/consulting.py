"""Consultations: departments are called, sign, and what they found settles the leads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import IntegrityError, transaction
from django.utils import timezone

from linli.kernel.roles import ROLES
from linli.kernel.rulings import ALLOWED, Refused, Ruling, every, require
from linli.kernel.words import gettext_noop as _
from linli.leads import agendas, queries, rules, verdicts
from linli.leads.models import Consultation, Item, Lead, Opinion, Seat, Signature
from linli.leads.verdicts import Decision
from linli.leads.who import ASKED, CONVENERS
from linli.people import queries as people
from linli.places import queries as places
from linli.premises import queries as rooms
from linli.premises import rules as room_rules
from linli.premises import services as premises
from linli.sources import lead_kinds, number
from linli.trail.acts import act, label

User = AbstractBaseUser | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A lead for the agenda, with the conclusion departments are asked to agree with.

    `settled_kind`: of which kind the problem is instead (other_kind only). `room_kind`, `owner`:
    what the register of rooms is to say from then on, "" where it stays as it is.
    """

    lead: Lead
    conclusion: str
    settled_kind: str = ""
    violator: str = rules.UNKNOWN
    room_kind: str = ""
    owner: str = ""
    text: str = ""


def reply_by(today: date, place: str) -> date:
    """The day until which departments sign, if the convener says no other."""
    days = number("consult_reply_work_days", on=today, place=place)
    return places.calendar().add_working_days(today, days)


def numbers_of(place: str, on: date) -> verdicts.Numbers:
    """The shares that decide at a place, as they stood on the day of the convening."""
    return verdicts.Numbers(
        quorum_permille=number("consult_quorum_permille", on=on, place=place),
        majority_permille=number("consult_majority_permille", on=on, place=place),
        casting=bool(number("consult_casting_vote", on=on, place=place)),
    )


def common_place(county: str, leads: Sequence[Lead]) -> str:
    """The street all leads lie in, or the county."""
    streets = {lead.place[:9] for lead in leads}
    return streets.pop() if len(streets) == 1 and len(min(streets)) == 9 else county


@act("leads.convene")
def convene(
    *,
    by: User,
    county: str,
    convener: str,
    title: str,
    proposals: Sequence[Proposal],
    departments: Sequence[str],
    due_on: date | None = None,
    now: datetime,
) -> Consultation:
    """Call departments to confer on leads. `convener`: code of the role that `by` acts in.

    `due_on` None: the number of working days that the rules give.
    """
    today = timezone.localdate(now)
    queries.lock_county(county)
    proposals = [replace(each, lead=queries.locked(each.lead)) for each in proposals]
    place = common_place(county, [each.lead for each in proposals])
    due_on = due_on or reply_by(today, place)
    held = {role.code for role in people.roles_at(by, place, today)} if by else set()
    (
        verdicts.may_convene(
            departments=departments,
            known=ASKED,
            items=len(proposals),
            convener=convener,
            conveners=held & {role.code for role in CONVENERS},
            on=today,
            due_on=due_on,
            earliest_on=places.calendar().add_working_days(today, 1),
            today=today,
        )
        & _may_be_called(title, due_on)
        & _may_be_agenda(proposals, county, today)
    ).enforce()
    made = Consultation.objects.create(
        county=county,
        number=queries.next_number(Consultation, "H", county),
        place=place,
        title=" ".join(title.split()),
        convener=convener,
        on=today,
        due_on=due_on,
        convened_by=by,
        convened_at=now,
    )
    order = [code for code in ASKED if code in departments]
    Seat.objects.bulk_create([Seat(consultation=made, role=code) for code in order])
    Item.objects.bulk_create([_item(made, at, each) for at, each in enumerate(proposals, start=1)])
    Lead.objects.filter(pk__in=[each.lead.pk for each in proposals]).update(state=rules.CONSULTING)
    return made


def _item(made: Consultation, position: int, each: Proposal) -> Item:
    return Item(
        consultation=made,
        lead=each.lead,
        place=each.lead.place,
        position=position,
        conclusion=each.conclusion,
        settled_kind=each.settled_kind,
        violator=each.violator,
        room_kind=each.room_kind,
        owner=each.owner,
        text=" ".join(each.text.split()),
    )


def _may_be_called(title: str, due_on: date) -> Ruling:
    """A name, and a day to sign by that is a working day of a year whose holidays are known."""
    calendar = places.calendar()
    return every(
        [
            require(title.strip(), _("请写会商名称")).at("title"),
            require(len(title) <= 100, _("名称不能超过%(n)s个字"), n=100).at("title"),
            rules.impersonal(title[:100]).at("title"),
            calendar.missing(due_on.year).at("due_on"),
            require(calendar.is_working_day(due_on), _("签署期限应是工作日"), "会商规则:3").at(
                "due_on"
            ),
        ]
    )


def _may_be_agenda(proposals: Sequence[Proposal], county: str, today: date) -> Ruling:
    once = len({each.lead.pk for each in proposals}) == len(proposals)
    return every(
        [
            *(_may_be_item(each, county, today) for each in proposals),
            require(once, _("同一条线索选了两次")).at("leads"),
        ]
    )


def _may_be_item(each: Proposal, county: str, today: date) -> Ruling:
    lead = each.lead
    again = lead.state == rules.SETTLED and lead.conclusion == rules.MORE_EVIDENCE
    twin = None
    if again and lead.room_id:
        twin = queries.same_open(room=lead.room, place="", spot_text="", kind=lead.kind, but=lead)
    return verdicts.may_be_item(
        number=lead.number,
        unsettled=lead.state == rules.OPEN,
        again=again,
        same_place=lead.county == county,
        twin=twin.number if twin else "",
        conclusion=each.conclusion,
        conclusions=rules.CONCLUSIONS,
        kind=lead.kind,
        settled_kind=each.settled_kind,
        known_kinds=lead_kinds(on=today),
        violator=each.violator,
        violators=rules.VIOLATORS,
        text=each.text,
        register=_register_allows(each),
    )


def _register_allows(each: Proposal) -> Ruling:
    """What the register of rooms says to the change that is proposed, before anybody signs it."""
    room = each.lead.room
    if not (each.room_kind or each.owner):
        return ALLOWED
    if room is None:
        return require(
            False,
            _("线索%(number)s没有对应台账上的用房，不能认定类别、归属"),
            number=each.lead.number,
        )
    kind = each.room_kind or room.kind
    ruling = require(
        kind in room_rules.kinds(), _("没有“%(kind)s”这种用房，请从清单里选"), kind=kind
    )
    if not ruling.allowed:
        return ruling
    passed = bool(rooms.passages(room))
    ruling &= room_rules.may_be_of_kind(old=room.kind, new=kind, passed=passed)
    if each.owner:
        ruling &= room_rules.may_pass(
            kind=kind, owner=each.owner, way=room_rules.FOUND, before=room.owner, ground=_("会商")
        )
    return ruling


# --- signing ----------------------------------------------------------------------------------


@act("leads.sign")
def sign(
    *,
    by: AbstractBaseUser,
    consultation: Consultation,
    role: str,
    opinions: Mapping[int, tuple[str, str]],
    now: datetime,
) -> Signature:
    """Sign for a department what it says to any number of items, in one act.

    `opinions`: key of an item → (stance, text). Of two people of a department who sign an item at
    once one is told that the other was first.
    """
    held = agendas.locked(consultation)
    today = timezone.localdate(now)
    items = agendas.items(held)
    stands = agendas.opinions_of(held)
    name = ROLES[role].name if role in ROLES else role
    verdicts.may_sign(
        role_name=name,
        holds_role=role in {each.code for each in people.roles_at(by, held.place, today)},
        asked=role in agendas.seats(held),
        closed=held.closed_at is not None,
        over=today > held.due_on,
        due_on=held.due_on,
        wanted=opinions,
        agenda={item.pk for item in items},
        signed={pk for pk, said in stands.items() if role in said},
        position={item.pk: item.position for item in items},
    ).enforce()
    chosen = [item for item in items if item.pk in opinions]
    signature = Signature.objects.create(
        consultation=held,
        place=held.place,
        role=role,
        digest=verdicts.digest([_signed(held, role, item, opinions[item.pk]) for item in chosen]),
        by=by,
        at=now,
    )
    try:
        with transaction.atomic():
            Opinion.objects.bulk_create(
                [
                    Opinion(
                        item=item,
                        place=item.place,
                        signature=signature,
                        role=role,
                        stance=opinions[item.pk][0],
                        text=opinions[item.pk][1].strip(),
                    )
                    for item in chosen
                ]
            )
    except IntegrityError:
        raise Refused(rules.not_gone(ours=False)) from None
    return signature


def _signed(held: Consultation, role: str, item: Item, said: tuple[str, str]) -> dict[str, Any]:
    """One item as it was signed, for the digest."""
    return {
        "consultation": f"{held.county}-{held.number}",
        "role": role,
        "position": item.position,
        "lead": item.lead.number,
        "conclusion": item.conclusion,
        "settled_kind": item.settled_kind,
        "violator": item.violator,
        "room_kind": item.room_kind,
        "owner": item.owner,
        "proposal": item.text,
        "stance": said[0],
        "text": said[1].strip(),
    }


def signed_rows(signature: Signature) -> list[dict[str, Any]]:
    """What a signature stands for, from the rows as they are now: its digest must fit."""
    held = signature.consultation
    said = sorted(signature.opinions.all(), key=lambda row: row.item.position)
    return [_signed(held, signature.role, row.item, (row.stance, row.text)) for row in said]


def holds(signature: Signature) -> bool:
    """Whether what was signed is still what is kept."""
    return verdicts.digest(signed_rows(signature)) == signature.digest


@act("leads.withdraw")
def withdraw(*, by: AbstractBaseUser, opinion: Opinion, reason: str, now: datetime) -> Opinion:
    """Take a department's opinion back before the consultation ends; it stays to be read."""
    held = agendas.locked(opinion.item.consultation)
    row = Opinion.objects.select_for_update().get(pk=opinion.pk)
    today = timezone.localdate(now)
    verdicts.may_withdraw(
        role_name=ROLES[row.role].name,
        holds_role=row.role in {each.code for each in people.roles_at(by, held.place, today)},
        closed=held.closed_at is not None,
        over=today > held.due_on,
        withdrawn=row.withdrawn_at is not None,
        reason=reason,
    ).enforce()
    row.withdrawn_at, row.withdrawn_by, row.withdrawn_why = now, by, reason.strip()
    row.save(update_fields=["withdrawn_at", "withdrawn_by", "withdrawn_why"])
    return row


# --- concluding -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Concluded:
    """A consultation that ended, and how many items ended in which way."""

    subject: Consultation
    facts: dict[str, int]


@act("leads.conclude")
def conclude(
    *,
    by: AbstractBaseUser,
    consultation: Consultation,
    decisions: Mapping[int, Decision],
    now: datetime,
) -> Concluded:
    """End a consultation: every item gets its outcome, and settles its lead or opens it again.

    `decisions`: key of an item → what the convener says where the opinions do not decide.
    """
    held = agendas.locked(consultation)
    today = timezone.localdate(now)
    numbers, over = numbers_of(held.place, held.on), today > held.due_on
    items = agendas.items(held)
    stands = agendas.standings(held, items, numbers, over=over)
    roles = {each.code for each in people.roles_at(by, held.place, today)}
    verdicts.may_conclude(
        closed=held.closed_at is not None,
        holds_role=held.convener in roles,
        over=over,
        due_on=held.due_on,
        numbers=numbers,
        standings={pk: told for pk, (told, _count) in stands.items()},
        decisions=decisions,
        position={item.pk: item.position for item in items},
    ).enforce()
    ended: dict[str, int] = {}
    for item in items:
        decision = decisions.get(item.pk)
        item.outcome = verdicts.outcome(stands[item.pk][0], decision)
        item.why = decision.why.strip() if decision else ""
        item.save(update_fields=["outcome", "why"])
        ended[item.outcome] = ended.get(item.outcome, 0) + 1
        _apply(by, held, item, now)
    held.closed_by, held.closed_at = by, now
    held.save(update_fields=["closed_by", "closed_at"])
    return Concluded(held, ended)


def _apply(by: User, held: Consultation, item: Item, now: datetime) -> None:
    """What an outcome does to its lead, and to its room by the acts of the register."""
    lead = item.lead
    if item.outcome not in verdicts.SETTLING:
        lead.state, lead.conclusion, lead.settled_on = rules.OPEN, "", None
        lead.settled_kind = ""
        lead.save(update_fields=["state", "conclusion", "settled_on", "settled_kind"])
        return
    lead.state, lead.conclusion = rules.SETTLED, item.conclusion
    lead.settled_kind, lead.settled_on = item.settled_kind, timezone.localdate(now)
    if item.violator != rules.UNKNOWN:
        lead.violator = item.violator
    names = ["state", "conclusion", "settled_kind", "settled_on", "violator"]
    lead.save(update_fields=names)
    room = lead.room
    if room is not None and item.room_kind and item.room_kind != room.kind:
        facts = replace(room.told, kind=item.room_kind)
        room = premises.amend_room(by=by, room=room, facts=facts, now=now)
    if room is not None and item.owner:
        premises.find_owner(
            by=by,
            room=room,
            owner=item.owner,
            on=timezone.localdate(now),
            ground=f"会商纪要 {held.number} 第{item.position}项",
            subject=label(held),
            now=now,
        )
