"""The verbs of the acceptance on site: find, raise a defect, mend it, re-check it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.contrib.auth.base_user import AbstractBaseUser
from django.core.files.base import File as Upload
from django.db.models import Max
from django.utils import timezone

from linli.files import services as files
from linli.handover import queries, rules, site_rules
from linli.handover.dossier import Dossier
from linli.handover.models import Defect, Finding, Handover
from linli.handover.site_rules import Seen
from linli.kernel.calendar import NATURAL, WORK
from linli.kernel.roles import ROLES, Role
from linli.kernel.rulings import Ruling, every, refuse, require
from linli.kernel.words import gettext_noop as _
from linli.people import queries as people
from linli.places import queries as places
from linli.sources import number_of
from linli.sources.procedures import ACCEPT
from linli.trail.acts import act

User = AbstractBaseUser


@act("handover.find")
def find(
    *, by: User, handover: Handover, seen: Sequence[Seen], seen_on: date, now: datetime
) -> Handover:
    """Write down what the joint team found of some items, all or none, as who answers for them.

    One that fails becomes a defect; looked at again, the newer finding counts. A change takes the
    signatures of the acceptance back.
    """
    handover = queries.locked(handover)
    dossier, today = Dossier(handover), timezone.localdate(now)
    step, roles = dossier.step_that(ACCEPT), dossier.roles(by, today)
    every([rules.not_ended(outcome=handover.outcome), dossier.is_turn(step)]).enforce()
    require(seen, _("还没有填写任何一项的结论")).enforce()
    every(
        _may_find(dossier, one, roles, seen_on=seen_on, today=today, step=step) for one in seen
    ).enforce()
    named = [one.item for one in seen]
    handover.findings.filter(item__in=named, void_at=None).update(void_at=now)
    handover.signatures.filter(step=step, void_at=None).update(void_at=now)
    for one in seen:
        hands = [ROLES[code] for code in dossier.procedure.items[one.item].by]
        Finding.objects.create(
            handover=handover,
            item=one.item,
            value=one.value,
            outcome=one.outcome,
            note=one.note.strip()[:200],
            role=next(role.code for role in hands if role in roles),
            by=by,
            at=now,
            seen_on=seen_on,
        )
        open_already = handover.defects.filter(item=one.item, closed_at=None).exists()
        if one.outcome == rules.FAIL and not open_already:
            _raise(by, handover, item=one.item, text=one.note, now=now)
    return handover


def _may_find(
    dossier: Dossier, one: Seen, roles: frozenset[Role], *, seen_on: date, today: date, step: str
) -> Ruling:
    plan = dossier.procedure.items.get(one.item)
    if plan is None:
        return refuse(_("验收表里没有这一项"))
    ruling = rules.may_work(roles=roles, hands=[ROLES[code] for code in plan.by])
    if not ruling.allowed:
        return ruling.at(f"outcome_{one.item}")
    return site_rules.may_find(
        plan,
        value=one.value,
        outcome=one.outcome,
        note=one.note,
        seen_on=seen_on,
        today=today,
        begun_on=dossier.begun_on(step),
    )


@act("handover.raise_defect")
def raise_defect(
    *, by: User, handover: Handover, text: str, item: str = "", now: datetime
) -> Defect:
    """Write down something to be mended, found at the acceptance or after it."""
    handover = queries.locked(handover)
    dossier = Dossier(handover)
    step = dossier.step_that(ACCEPT)
    every(
        [
            dossier.may_touch(step, dossier.roles(by, timezone.localdate(now))),
            require(not item or item in dossier.procedure.items, _("验收表里没有这一项")).at(
                "item"
            ),
        ]
    ).enforce()
    return _raise(by, handover, item=item, text=text, now=now)


def _raise(by: User, handover: Handover, *, item: str, text: str, now: datetime) -> Defect:
    """The day it is due is a promise to others: it is not reckoned from a year nobody knows."""
    today, calendar = timezone.localdate(now), places.calendar()
    days = number_of("handover_mend_days", on=today, place=handover.place)
    due = calendar.deadline(today, days.value, WORK if days.unit == "work_days" else NATURAL)
    site_rules.may_raise_defect(text=text, calendar=calendar.gaps(due, due)).enforce()
    last = handover.defects.aggregate(last=Max("number"))["last"] or 0
    return Defect.objects.create(
        handover=handover,
        number=last + 1,
        item=item,
        text=text.strip()[:200],
        raised_by=by,
        raised_at=now,
        due_on=due,
    )


@act("handover.mend")
def mend(
    *,
    by: User,
    defect: Defect,
    text: str,
    content: Upload | bytes | None,
    name: str,
    now: datetime,
) -> Handover:
    """Write down how a defect was mended, with a photograph or paper that shows it."""
    handover, defect, dossier = _locked(defect)
    today = timezone.localdate(now)
    every(
        [
            dossier.may_touch(dossier.step_that(ACCEPT), dossier.roles(by, today)),
            site_rules.may_mend(state=defect.state, text=text, evidence=content is not None),
        ]
    ).enforce()
    assert content is not None
    defect.evidence = files.keep(by=by, content=content, name=name, place=handover.place, now=now)
    defect.mended_by, defect.mended_at, defect.mended_text = by, now, text.strip()[:200]
    defect.save()
    return handover


@act("handover.recheck")
def recheck(*, by: User, defect: Defect, good: bool, text: str = "", now: datetime) -> Handover:
    """Look at what was mended, as somebody else than who wrote it down: closed, or again."""
    handover, defect, dossier = _locked(defect)
    today = timezone.localdate(now)
    every(
        [
            dossier.may_touch(dossier.step_that(ACCEPT), dossier.roles(by, today)),
            site_rules.may_check(
                state=defect.state,
                good=good,
                text=text,
                mended_it=defect.mended_by_id in people.one_person(by),
            ),
        ]
    ).enforce()
    defect.check_text = text.strip()[:200]
    if good:
        defect.checked_by, defect.checked_at, defect.closed_at = by, now, now
    else:
        # It is to be mended again: the trail keeps who found so.
        defect.round += 1
        defect.mended_by = defect.mended_at = None
        defect.checked_by, defect.checked_at = by, now
    defect.save()
    return handover


def _locked(defect: Defect) -> tuple[Handover, Defect, Dossier]:
    handover = queries.locked(defect.handover)
    return handover, Defect.objects.select_for_update().get(pk=defect.pk), Dossier(handover)
