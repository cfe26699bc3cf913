"""Putting looks in: three people, blind to each other; with the third the comparison."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.core.files.base import File as Upload
from django.utils import timezone

from linli.files import services as files
from linli.kernel.rulings import Ruling, every, require
from linli.kernel.words import gettext_noop as _
from linli.leads import rules as lead_rules
from linli.leads import services as leads
from linli.premises import queries as premises
from linli.premises import rules as rooms
from linli.sources import number, room_kinds
from linli.survey import comparing, frozen, queries, questions, rules
from linli.survey.models import Check, Finding, Member, Photo, Target
from linli.survey.picture import camera_tells
from linli.survey.questions import LOOKS, SITE, Answers
from linli.trail.acts import act

User = AbstractBaseUser | None
MOST_PHOTOS = 9
OWED_BY_DEVELOPER = frozenset({"unbuilt", "undelivered"})
"""Kinds of leads that the developer answers for, whoever it is that is found to later."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shot:
    """A photograph as it is brought. Millionths of a degree and metres, as the browser told."""

    content: Upload | bytes
    name: str
    lat_e6: int | None = None
    lon_e6: int | None = None
    within_m: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One look to be put in. `why`: it mends the one that is in."""

    target: Target
    look: str
    member: Member
    answers: Mapping[str, Any]
    note: str = ""
    why: str = ""
    shots: tuple[Shot, ...] = ()


@dataclass(frozen=True, slots=True)
class Told:
    """What came of looks put in: the first room, how many, how many became complete."""

    subject: Target
    facts: dict[str, int] = field(default_factory=dict)


@act("survey.look")
def put_in(*, by: User, look: Look, now: datetime) -> Target:
    """Put one look in; with the third the room is complete and its differences become leads."""
    return _Desk(by, [look], now).put_in()[0]


@act("survey.looks")
def put_in_several(*, by: User, looks: Sequence[Look], now: datetime) -> Told:
    """Put the looks of many rooms in, as from a pile of sheets: all of them or none."""
    require(looks, _("没有要录入的")).enforce()
    done = _Desk(by, looks, now).put_in()
    complete = {target.pk for target in done if target.complete_at is not None}
    return Told(done[0], {"looks": len(looks), "complete": len(complete)})


class _Desk:
    """What is known for judging looks of one campaign, read once for all of them."""

    def __init__(self, by: User, looks: Sequence[Look], now: datetime) -> None:
        self.by, self.looks, self.now = by, looks, now
        wanted = sorted({look.target.pk for look in looks})
        rows = Target.objects.select_for_update(of=("self",)).filter(pk__in=wanted)
        self.targets = {row.pk: row for row in rows.select_related("room").order_by("pk")}
        self.campaign = queries.campaign(looks[0].target.campaign_id)
        self.given = queries.given(self.campaign)  # type: ignore[arg-type]
        self.frozen = frozen.frozen_places(self.campaign)  # type: ignore[arg-type]
        self.checks = queries.checks(wanted)
        self.persons = queries.Persons()

    def put_in(self) -> list[Target]:
        made: list[tuple[Check, Look]] = []
        for at, look in enumerate(self.looks):
            self._may(look).at("", at if len(self.looks) > 1 else None).enforce()
            check = self._row(look)
            self.checks[look.target.pk].append(check)
            made.append((check, look))
        fresh = [check for check, _look in made]
        if len(fresh) == 1:
            fresh[0].save()
        else:
            Check.objects.bulk_create(fresh, batch_size=500)
        for check, look in made:
            self._keep_photos(check, look)
        done = [self.targets[pk] for pk in dict.fromkeys(check.target_id for check in fresh)]
        self._complete([target for target in done if self._is_whole(target)])
        return done

    # --- may it -------------------------------------------------------------------------------

    def _may(self, look: Look) -> Ruling:
        target = self.targets[look.target.pk]
        hands = self.persons.of_member(look.member) | self.persons.of_account(self.by)
        several = self.checks[target.pk]
        own = {row.look for row in several if self.persons.of_check(row) & hands}
        asked = rules.Asked(
            look=look.look,
            campaign=queries.state(self.campaign),
            complete=target.complete_at is not None,
            own=own,
            team=look.member.team_id,
            assigned=rules.assigned_to(target.place, self.given.get(look.look, {})),
            standing=any(row.look == look.look for row in several),
            why=look.why,
        )
        answers = questions.tidy(look.answers)
        return every(
            [
                require(look.look in LOOKS, _("请选择查什么")).at("look"),
                require(
                    target.campaign_id == self.campaign.pk  # type: ignore[union-attr]
                    and look.member.campaign_id == target.campaign_id,
                    _("不是同一次排查"),
                ),
                rules.may_look(asked)
                if look.look in LOOKS
                else rules.may_mend(standing=False, why=""),
                rules.in_frozen(target.place, self.frozen),
                questions.check_answers(look.look, answers) if look.look in LOOKS else Ruling(),
                self._twin(target, answers).at("twin"),
                require(len(look.note) <= 500, _("不能超过%(n)s个字"), n=500).at("note"),
                require(len(look.shots) <= MOST_PHOTOS, _("一次最多%(n)s张照片"), n=MOST_PHOTOS).at(
                    "photos"
                ),
            ]
        )

    def _twin(self, target: Target, answers: Answers) -> Ruling:
        code = str(answers.get("twin") or "").upper()
        others = Target.objects.filter(campaign=target.campaign_id, code=code).exclude(pk=target.pk)
        return require(
            not code or others.exists(), _("清单里没有编号“%(code)s”的另一处"), code=code[:20]
        )

    def _row(self, look: Look) -> Check:
        answers = questions.tidy(look.answers)
        area = answers.pop("area", None)
        if "twin" in answers:
            answers["twin"] = answers["twin"].upper()
        target = self.targets[look.target.pk]
        stands = queries.standing(self.checks[target.pk]).get(look.look)
        return Check(
            target=target,
            place=target.place,
            look=look.look,
            member=look.member,
            told_by=self.by,
            at=self.now,
            area_dm2=area,
            answers=questions.to_json(answers),
            note=look.note.strip(),
            mends=stands,
            why=" ".join(look.why.split()) if stands else "",
        )

    def _keep_photos(self, check: Check, look: Look) -> None:
        """Photographs belong to no place of their own: they are opened only with their look."""
        seen: set[int] = set()
        for shot in look.shots:
            file = files.keep(
                by=self.by,
                content=shot.content,
                name=shot.name,
                place="",
                personal=True,
                now=self.now,
            )
            require(file.is_picture, _("照片须是图片")).at("photos").enforce()
            if file.pk not in seen:
                seen.add(file.pk)
                _photo(check, file, shot, self.now).save()

    # --- the third look -------------------------------------------------------------------------

    def _is_whole(self, target: Target) -> bool:
        return {row.look for row in self.checks[target.pk]} == set(LOOKS)

    def _complete(self, whole: Sequence[Target]) -> None:
        """Compare what is in of these rooms, put them on their piles and raise the leads."""
        if not whole:
            return
        today = timezone.localdate(self.now)
        owed = _owed(whole, today=today)
        compared = {}
        for target in whole:
            stands = queries.standing(self.checks[target.pk])
            told = {look: row.told for look, row in stands.items()}
            around = comparing.Around(
                today=today,
                tolerance_permille=number("survey_area_tolerance", on=today, place=target.place),
                gap_dm2=_gap(target, told[SITE], owed),
                listed=target.room_id is not None,
            )
            found = comparing.findings(told, around)
            compared[target.pk] = (stands, told, found)
            target.complete_at = self.now
            target.pile = comparing.pile(told, listed=around.listed, found=found)
        if len(whole) == 1:
            whole[0].save(update_fields=["complete_at", "pile"])
        else:
            Target.objects.bulk_update(whole, ["complete_at", "pile"], batch_size=300)
        rows = [row for target in whole for row in self._raise(target, *compared[target.pk])]
        Finding.objects.bulk_create(rows, batch_size=500)

    def _raise(
        self,
        target: Target,
        stands: Mapping[str, Check],
        told: Mapping[str, Answers],
        found: Sequence[comparing.Finding],
    ) -> list[Finding]:
        """One lead of each kind, and for each difference the row that says why."""
        if not found:
            return []
        shots = _shots(stands.get(SITE))
        rows = []
        for kind, several in comparing.by_kind(found).items():
            lead = leads.raise_lead(
                by=self.by,
                county=target.place[:6],
                room=target.room,
                place=target.place,
                kind=kind,
                text=comparing.report(several, told),
                source=lead_rules.CHECK,
                violator="developer" if kind in OWED_BY_DEVELOPER else lead_rules.UNKNOWN,
                subject=target,
                spot_text="" if target.room_id else f"{target.building} {target.name}".strip(),
                photos=shots,
                now=self.now,
            )
            rows += [
                Finding(
                    target=target,
                    place=target.place,
                    lead=lead,
                    kind=kind,
                    topic=one.topic,
                    looks=",".join(one.looks),
                )
                for one in several
            ]
        return rows


def _photo(check: Check, file: Any, shot: Shot, now: datetime) -> Photo:
    """Where and when: the camera's own notes count, then what the browser told, then only now."""
    seen = camera_tells(file)
    told = None not in (shot.lat_e6, shot.lon_e6)
    by_camera = seen.lat_e6 is not None
    return Photo(
        check_of=check,
        file=file,
        taken_at=seen.at or now,
        lat_e6=seen.lat_e6 if by_camera else shot.lat_e6 if told else None,
        lon_e6=seen.lon_e6 if by_camera else shot.lon_e6 if told else None,
        within_m=None if by_camera or not told else shot.within_m,
        taken_from=rules.EXIF
        if by_camera or (seen.at and not told)
        else rules.BROWSER
        if told
        else rules.TOLD,
        kept_at=now,
    )


def _shots(check: Check | None) -> tuple[leads.Shot, ...]:
    """The photographs of the site as a lead takes them over."""
    if check is None:
        return ()
    return tuple(
        leads.Shot(kept=row.file, taken_at=row.taken_at, east=row.lon_e6, north=row.lat_e6)
        for row in Photo.objects.filter(check_of=check).select_related("file")
    )


def _owed(whole: Sequence[Target], *, today: Any) -> Mapping[str, Any]:
    return premises.owed(sorted({target.estate for target in whole}), on=today)


def _gap(target: Target, site: Answers, owed: Mapping[str, Any]) -> int:
    """What the estate is short of rooms of this kind, with this one as large as it was seen."""
    seen, room = site.get("area"), target.room
    if seen is None or room is None:
        return 0
    here = room_kinds()[room.kind]
    counted = (room.area_dm2 or 0) if room.state != rooms.UNBUILT else 0
    gaps = [
        one.required_dm2 - (one.present_dm2 - counted + seen)
        for one in owed[target.estate].checks
        if one.required_dm2 is not None and one.rule.room in (here.code, here.parent)
    ]
    return max([*gaps, 0])
