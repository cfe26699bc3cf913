"""Taking a list of leads in: what it would raise, what is wrong, and doing it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import cached_property
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import models
from django.utils import timezone

from linli.kernel.place import Scope
from linli.kernel.rulings import ALLOWED, Ruling, every, require
from linli.kernel.words import gettext_noop as _
from linli.leads import queries, rules, services
from linli.leads.models import Lead
from linli.leads.sheet import LeadRow
from linli.places.naming import EstatesNamed
from linli.premises import queries as rooms
from linli.sources import lead_kinds
from linli.trail.acts import act

FIELD_OF = {"place": "estate", "spot_text": "spot"}
"""Field of a lead → column of the sheet, where they are not called the same."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a row asks for. `known`: the open lead that it would add to."""

    row: LeadRow
    place: str
    room: Any | None
    known: Lead | None


@dataclass(slots=True)
class Plan:
    """What a sheet would raise, add to what is there, and leave as it is."""

    new: list[Wanted] = field(default_factory=list)
    added: list[Wanted] = field(default_factory=list)
    same: int = 0
    faults: Ruling = ALLOWED

    @property
    def good(self) -> int:
        return len(self.new) + len(self.added)

    @property
    def changes(self) -> int:
        return self.good

    @property
    def counts(self) -> dict[str, int]:
        return {"new": len(self.new), "added": len(self.added), "same": self.same}


@dataclass(frozen=True, slots=True)
class Done:
    """What an import did, for the trail: the first lead it was about, and counts."""

    subject: models.Model | None
    facts: dict[str, int]


class Known:
    """Places, rooms and leads of a scope, read once for a whole sheet."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope

    @cached_property
    def estates(self) -> EstatesNamed:
        return EstatesNamed(self.scope)

    @cached_property
    def rooms(self) -> dict[str, Any]:
        return {room.code: room for room in rooms.rooms(self.scope)}

    @cached_property
    def numbers(self) -> set[str]:
        return set(queries.leads(self.scope).values_list("number", flat=True))

    @cached_property
    def open_leads(self) -> dict[tuple[object, ...], Lead]:
        """(room or spot, kind) → the open lead of it."""
        rows = queries.leads(self.scope).filter(state__in=rules.UNSETTLED)
        return {(lead.room_id or (lead.place, lead.spot_text), lead.kind): lead for lead in rows}


def plan(rows: Iterable[LeadRow], *, scope: Scope, today: date) -> Plan:
    """Compare the rows of a sheet with what is kept within a scope: the dry run."""
    known, made = Known(scope), Plan()
    faults: list[Ruling] = []
    seen: dict[tuple[object, ...], int] = {}
    for row in rows:
        if row.number:
            fits = row.number in known.numbers
            text = _("辖区内没有编号为“%(number)s”的线索；新登记的请把编号留空")
            faults.append(require(fits, text, number=row.number[:10]).at("number", row.row))
            made.same += fits
            continue
        room, place, ruling = _where(row, known)
        spot = " ".join(row.spot.split())
        key = (room.pk if room else (place, spot), row.kind)
        if ruling.allowed:
            ruling = require(
                key not in seen, _("与第%(first)s行是同一条线索"), first=seen.get(key, 0)
            ).at("room")
            ruling &= rules.may_raise(
                kind=row.kind,
                known_kinds=lead_kinds(on=today),
                place=place,
                known_place=True,
                has_room=room is not None,
                spot_text=spot,
                text=row.text,
                source=rules.STAFF,
                violator=row.violator,
            )
        faults.append(_in_row(ruling, row.row))
        if ruling.allowed:
            seen[key] = row.row
            before = known.open_leads.get(key)
            (made.added if before else made.new).append(Wanted(row, place, room, before))
    made.faults = every(faults)
    return made


def _in_row(ruling: Ruling, row: int) -> Ruling:
    return Ruling(
        tuple(
            replace(reason, field=FIELD_OF.get(reason.field, reason.field), row=row)
            for reason in ruling.reasons
        )
    )


def _where(row: LeadRow, known: Known) -> tuple[Any | None, str, Ruling]:
    """(the room a row is about, the place it lies in, why neither is known)."""
    if row.room:
        room = known.rooms.get(row.room)
        text = _("辖区内没有编码为“%(code)s”的用房")
        ruling = require(room, text, code=row.room[:10]).at("room")
        return room, room.place if room else "", ruling
    street, community = row.around
    estate, ruling = known.estates.find(row.estate, street=street, community=community)
    return None, estate, ruling.at("estate")


@act("leads.import_leads")
def import_leads(
    *,
    by: AbstractBaseUser | None,
    rows: Sequence[LeadRow],
    scope: Scope,
    accept_good: bool = False,
    now: datetime,
) -> Done:
    """Take over a list of leads: all of it, or with `accept_good` the rows that are right, or
    nothing."""
    made = plan(rows, scope=scope, today=timezone.localdate(now))
    if not accept_good:
        made.faults.enforce()
    require(made.good, _("没有一行可以写入")).enforce()
    raised = [
        services.raise_lead(
            by=by,
            county=each.place[:6],
            room=each.room,
            place=each.place,
            kind=each.row.kind,
            text=each.row.text,
            source=rules.STAFF,
            violator=each.row.violator,
            spot_text=each.row.spot,
            now=now,
        )
        for each in (*made.new, *made.added)
    ]
    return Done(raised[0], made.counts | {"bad": len({r.row for r in made.faults.reasons})})
