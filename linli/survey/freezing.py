"""The base (底数): what may stay out of it, freezing it, its hash. Nothing frozen ever changes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.utils import timezone

from linli.places import queries as places
from linli.survey import frozen, queries, rules
from linli.survey.models import Campaign, Freeze, FrozenRoom, Target, Waiver
from linli.survey.questions import LOOKS
from linli.trail.acts import act

User = AbstractBaseUser | None


@act("survey.waive")
def waive(*, by: User, target: Target, reason: str, now: datetime) -> Waiver:
    """Name a room as an exception: it need not be complete for the base to be frozen."""
    rules.may_waive(
        complete=target.complete_at is not None,
        waived=Waiver.objects.filter(target=target).exists(),
        reason=reason,
    ).enforce()
    return Waiver.objects.create(
        target=target, place=target.place, reason=" ".join(reason.split()), by=by, at=now
    )


@act("survey.freeze")
def freeze(*, by: User, campaign: Campaign, place: str, on: date, now: datetime) -> Freeze:
    """Freeze the base of a place as of a day: its rows are copied, and hashed in their order."""
    campaign = queries.locked(campaign)
    rows = list(
        campaign.targets.within(place).select_related("room", "waiver").order_by("place", "code")
    )
    rules.may_freeze(
        standing=queries.state(campaign),
        place=place,
        open_count=frozen.open_of(campaign, place).count(),
        total=len(rows),
        on=on,
        today=timezone.localdate(now),
        again=campaign.freezes.filter(place=place, on=on).exists(),
    ).enforce()
    facts = _facts(rows)
    made = Freeze.objects.create(
        campaign=campaign, place=place, on=on, by=by, at=now, root=root_of(facts)
    )
    FrozenRoom.objects.bulk_create(
        [
            FrozenRoom(freeze=made, place=row.place, number=at, facts=told)
            for at, (row, told) in enumerate(zip(rows, facts, strict=True), 1)
        ],
        batch_size=500,
    )
    return made


def root_of(rows: Iterable[Mapping[str, Any]]) -> str:
    """SHA-256 over the rows, each as JSON with its keys in order on a line of its own."""
    found = hashlib.sha256()
    for row in rows:
        found.update(json.dumps(row, ensure_ascii=False, sort_keys=True).encode() + b"\n")
    return found.hexdigest()


def _facts(rows: list[Target]) -> list[dict[str, Any]]:
    """What is copied of each room: the register as it is now, and what the three looks found."""
    checks = queries.checks([row.pk for row in rows])
    paths = places.name_paths({row.estate for row in rows})
    return [_row(row, queries.standing(checks[row.pk]), paths[row.estate]) for row in rows]


def _row(row: Target, stands: Mapping[str, Any], path: str) -> dict[str, Any]:
    room = row.room
    told = {look: stands[look].told if look in stands else {} for look in LOOKS}
    site, drawing, contract = told["site"], told["drawing"], told["contract"]
    waiver = getattr(row, "waiver", None)
    return {
        "code": row.code,
        "name": room.name if room else row.name,
        "kind": room.kind if room else site.get("kind", row.kind),
        "place": row.place,
        "path": path,
        "building": room.building if room else row.building,
        "floor": site.get("floor", room.floor if room else None),
        "planned_dm2": drawing.get("area", room.planned_dm2 if room else None),
        "contract_dm2": contract.get("area"),
        "measured_dm2": site.get("area"),
        "entrance": site.get("entrance", room.own_entrance if room else None),
        "state": site.get("state", ""),
        "occupant": site.get("occupant", ""),
        "owner": room.owner if room else contract.get("owner", "unknown"),
        "title_state": room.title_state if room else "none",
        "title_no": room.title_no if room else "",
        "pile": row.pile,
        "exception": waiver.reason if waiver and not row.pile else "",
    }
