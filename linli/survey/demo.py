"""The surveys of a told demo county: invented, but as such surveys are."""

from __future__ import annotations

import io
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from PIL import Image, ImageDraw

from linli.kernel.place import Scope
from linli.kernel.roles import DEPARTMENTS, HOUSING, SURVEYOR
from linli.leads import demo as leads
from linli.people import queries as people
from linli.people import services as people_services
from linli.places import queries as places
from linli.premises import rules as rooms
from linli.survey import comparing, freezing, importing, looks, queries, services
from linli.survey.looks import Look, Shot
from linli.survey.models import Campaign, Member, Target
from linli.survey.questions import CONTRACT, DRAWING, LOOKS, SITE
from linli.survey.sheet import MemberRow

CHINA = ZoneInfo("Asia/Shanghai")
PEOPLE, LEADS = 1300, 243
"""As large as the survey that was reported (蓬莱:A1)."""
LONG_AGO = 110
"""So many days ago the great survey is told as of: plans and handovers have followed since."""
DAYS = {DRAWING: 45, CONTRACT: 40, SITE: 32}
"""So many days before then each look was put in, street by street."""
FAMILY = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧"
GIVEN = "伟 芳 娜 敏 静 丽 强 磊 军 洋 勇 艳 杰 娟 涛 明 超 秀英 霞 平 刚 桂英 建华 文 辉".split()
UNITS = {
    "housing": "区住房和城乡建设局",
    "resources": "区自然资源局",
    "civil": "区民政局",
    "finance": "区财政局",
    "tax": "区税务局",
    "justice": "区司法局",
    "police": "区公安分局",
    "enforcement": "区综合执法局",
    "organisation": "区委组织部",
}
Answers = dict[str, dict[str, Any]]


@dataclass(slots=True)
class Story:
    """Tells the surveys of a county as of a day."""

    county: str
    today: date
    day: date = field(init=False)
    chance: random.Random = field(init=False)
    by: Any = field(init=False)
    typists: dict[str, Any] = field(init=False)
    streets: list[Any] = field(init=False)

    def tell(self) -> Campaign:
        """Tell it all; gives the great survey."""
        self.chance = random.Random(1300)
        self.day = self.today
        self.by = people.holders(HOUSING, self.county, self.today)[0]
        self.streets = list(places.of_level("street", Scope.of(self.county)))
        names = {SITE: "孙海燕", DRAWING: "丁志远", CONTRACT: "曲文静"}
        self.typists = {
            look: self._account(number, name) for number, (look, name) in enumerate(names.items())
        }
        self.day = self.today - timedelta(LONG_AGO)
        great = self._great()
        self.day = self.today
        self._again()
        return great

    def _at(self, days: int, hour: int = 10) -> datetime:
        return datetime.combine(self.day - timedelta(days), time(hour), CHINA).astimezone(UTC)

    def _account(self, number: int, name: str) -> Any:
        told = people_services.create_account(
            by=None,
            username=f"{people.DEMO_PREFIX}surveyor" + (f"-{number + 1}" if number else ""),
            name=name,
            phone=f"1370535000{number + 1}",
            password=people.DEMO_PASSWORD,
            now=self._at(10),
        )
        people_services.appoint(
            by=None,
            user=told.subject,
            role=SURVEYOR,
            place=self.county,
            since_on=self.today - timedelta(300),
            now=self._at(10),
        )
        return told.subject

    # --- the great survey -----------------------------------------------------------------------

    def _great(self) -> Campaign:
        campaign = services.plan_campaign(
            by=self.by,
            county=self.county,
            name="公共用房拉网式排查",
            from_on=self.day - timedelta(55),
            until_on=self.day - timedelta(18),
            departments=[role.code for role in DEPARTMENTS],
            now=self._at(58),
        )
        importing.import_members(
            by=self.by, campaign=campaign, rows=list(self._people()), now=self._at(57)
        )
        self._assign(campaign)
        services.start(by=self.by, campaign=campaign, now=self._at(55, 8))
        members = self._members(campaign)
        self._find(campaign, members)
        told = self._answers(campaign)
        for look, days in DAYS.items():
            for at, street in enumerate(self.streets):
                self._put_in(campaign, look, street, told, members, now=self._at(days - at, 15))
        freezing.freeze(
            by=self.by,
            campaign=queries.campaign(campaign.pk),
            place=self.county,
            on=self.day - timedelta(14),
            now=self._at(14, 16),
        )
        return campaign

    def _teams(self) -> list[tuple[str, list[str], list[str]]]:
        """(name, places, looks) of each team: a site team for every community, and for every
        third community one for drawings and one for contracts."""
        found: list[tuple[str, list[str], list[str]]] = []
        for street in self.streets:
            inside = list(places.of_level("community", Scope.of(street.place)))
            for one in inside:
                found.append((f"{one.name}现场组", [one.place], [SITE]))
            for at in range(0, len(inside), 3):
                part = [one.place for one in inside[at : at + 3]]
                number = at // 3 + 1
                found.append((f"{street.name}图纸{number}组", part, [DRAWING]))
                found.append((f"{street.name}合同{number}组", part, [CONTRACT]))
        return found

    def _people(self) -> Iterator[MemberRow]:
        """One list of 1,300 from nine departments; three of them have accounts."""
        teams = self._teams()
        mine = {look: self._first(teams, look) for look in LOOKS}
        left = dict.fromkeys(range(len(teams)), PEOPLE // len(teams))
        for at in range(PEOPLE % len(teams)):
            left[at] += 1
        serial = 0
        for at, (name, _at, _looks) in enumerate(teams):
            lead = DEPARTMENTS[at % len(DEPARTMENTS)].code
            for n in range(left[at]):
                serial += 1
                department = DEPARTMENTS[(at + n // 4) % len(DEPARTMENTS)].code
                look = next((look for look, first in mine.items() if first == at), "")
                user = self.typists[look] if look and n == 0 else None
                yield MemberRow(
                    row=serial,
                    number=at + 1,
                    team=name,
                    lead=lead,
                    name=user.name if user else self._name(),
                    department=department,
                    unit=UNITS[department],
                    phone=user.phone if user else f"139{53500000 + serial * 37:08d}",
                    username=user.get_username() if user else "",
                )

    def _name(self) -> str:
        return self.chance.choice(FAMILY) + self.chance.choice(GIVEN)

    @staticmethod
    def _first(teams: Sequence[tuple[str, list[str], list[str]]], look: str) -> int:
        return next(at for at, (_name, _places, looks) in enumerate(teams) if look in looks)

    def _assign(self, campaign: Campaign) -> None:
        teams = {team.number: team for team in queries.teams(campaign)}
        for number, (_name, at, looks_) in enumerate(self._teams(), 1):
            services.assign(by=self.by, team=teams[number], looks=looks_, at=at, now=self._at(56))

    def _members(self, campaign: Campaign) -> dict[int, list[Member]]:
        """Team → its people on paper."""
        found: dict[int, list[Member]] = {}
        for member in queries.members(campaign, account="no"):
            found.setdefault(member.team_id, []).append(member)
        return found

    def _find(self, campaign: Campaign, members: Mapping[int, list[Member]]) -> None:
        """Three rooms that stood on no list."""
        given = queries.given(campaign)
        estates = list(places.of_level("estate", Scope.of(self.county)))
        for at, (name, kind) in enumerate(
            (
                ("地下室围合用房", "unclear"),
                ("门卫旁快递点", "property_business"),
                ("老年书画室", "culture"),
            )
        ):
            estate = estates[at * 9 + 2]
            team = given[SITE][estate.place[:12]]
            services.add_found(
                by=self.typists[SITE],
                member=members[team][0],
                place=estate.place,
                name=name,
                kind=kind,
                building=f"{at + 2}号楼",
                now=self._at(50),
            )

    def _put_in(
        self,
        campaign: Campaign,
        look: str,
        street: Any,
        told: Mapping[int, Answers],
        members: Mapping[int, list[Member]],
        *,
        now: datetime,
    ) -> None:
        """A street's sheets of one look, typed in at once."""
        given = queries.given(campaign)
        rows = list(campaign.targets.within(street.place).order_by("code"))
        looks.put_in_several(
            by=self.typists[look],
            looks=[
                Look(
                    target=row,
                    look=look,
                    member=self._who(members[given[look][row.place[:12]]], at),
                    answers=told[row.pk][look],
                    shots=self._shots(row, at, now) if look == SITE and at < 3 else (),
                )
                for at, row in enumerate(rows)
            ],
            now=now,
        )

    @staticmethod
    def _who(several: Sequence[Member], at: int) -> Member:
        return several[at % len(several)]

    def _shots(self, row: Target, at: int, now: datetime) -> tuple[Shot, ...]:
        return (Shot(content=photo(at, row.code, now), name=f"{row.code}-现场.jpg"),)

    # --- what was seen --------------------------------------------------------------------------

    def _answers(self, campaign: Campaign) -> dict[int, Answers]:
        """What each look says of each room: mostly what the register says, sometimes not; as many
        rooms with small differences as it takes for the leads of the report."""
        rows = _rooms(campaign)
        told = {row.pk: self._seen(row) if row.room else _found(row) for row in rows}
        self._twins(rows, told)
        self._tune(rows, told)
        return told

    def _seen(self, row: Target) -> Answers:
        room = row.room
        assert room is not None
        lease = next((one for one in room.contracts.all() if one.ended_on is None), None)
        due = room.owner_due
        drawing = {
            "exists": "yes",
            "kind": room.kind,
            "area": room.planned_dm2 or 6000,
            "floor": room.floor,
            "entrance": room.own_entrance,
            "owner": due if due != rooms.UNKNOWN else None,
        }
        kept = room.owner == rooms.DEVELOPER and self.chance.random() < 0.12
        contract = {
            "exists": "yes",
            "kind": room.kind,
            "area": drawing["area"] if self.chance.random() < 0.7 else None,
            "owner": rooms.DEVELOPER if kept else due,
            "lease": lease is not None,
        }
        if lease is not None:
            contract |= {
                "agreed": self.chance.random() < 0.4,
                "occupant": lease.lessee,
                "from_on": lease.from_on,
                "until_on": lease.until_on,
                "rent": lease.rent_fen,
            }
        if room.state == rooms.UNBUILT:
            return {DRAWING: drawing, CONTRACT: contract, SITE: {"exists": "no"}}
        site = {
            "exists": "yes",
            "kind": room.kind,
            "area": room.measured_dm2 or drawing["area"],
            "floor": room.floor,
            "entrance": room.own_entrance,
            "state": room.state,
            "occupant": room.occupant or None,
        }
        return {DRAWING: drawing, CONTRACT: contract, SITE: site}

    def _twins(self, rows: Sequence[Target], told: dict[int, Answers]) -> None:
        """Two rooms that turn out to be the one next door, written down under two names."""
        used = [row for row in rows if row.room and row.room.state == rooms.SELF_USED]
        for first, second in ((used[11], used[12]), (used[90], used[91])):
            told[second.pk][SITE] = {"exists": "twice", "twin": first.code}

    def _tune(self, rows: Sequence[Target], told: dict[int, Answers]) -> None:
        """Areas that were measured anew, or contracts that say less, until the leads are as many
        as the report tells; each still comes of two looks that disagree."""
        counts = {row.pk: self._count(row, told[row.pk]) for row in rows}
        total = sum(counts.values())
        order = list(rows)
        self.chance.shuffle(order)
        for row in order:
            if total == LEADS:
                return
            answers = told[row.pk]
            before = {look: dict(answers[look]) for look in LOOKS}
            if not answers[DRAWING].get("area"):
                continue
            if total > LEADS and answers[SITE].get("area"):
                answers[SITE]["area"] = answers[DRAWING]["area"]
            elif total < LEADS and row.room and counts[row.pk] == 0:
                answers[CONTRACT]["area"] = answers[DRAWING]["area"] * 92 // 100
            count = self._count(row, answers)
            if abs(total - counts[row.pk] + count - LEADS) >= abs(total - LEADS):
                told[row.pk] = before
                continue
            total += count - counts[row.pk]
            counts[row.pk] = count

    def _count(self, row: Target, answers: Answers) -> int:
        """How many leads these answers come to."""
        around = comparing.Around(
            today=self.day - timedelta(30), tolerance_permille=30, listed=row.room_id is not None
        )
        kept = {look: {k: v for k, v in answers[look].items() if v is not None} for look in LOOKS}
        return len(comparing.by_kind(comparing.findings(kept, around)))

    # --- looked at again ------------------------------------------------------------------------

    def _again(self) -> None:
        """A small survey that runs: a community's rooms, some looked at, most waiting."""
        estate = places.of_level("estate", Scope.of(self.county)).order_by("place").first()
        if estate is None:
            return
        community = estate.place[:12]
        campaign = services.plan_campaign(
            by=self.by,
            county=self.county,
            name=f"{places.name(community)}补查",
            from_on=self.today - timedelta(5),
            until_on=self.today + timedelta(20),
            departments=["housing", "resources", "civil"],
            inside=[community],
            now=self._at(8),
        )
        leads_of = dict(zip(LOOKS, ("resources", "civil", "housing"), strict=True))
        members = {}
        for number, (look, word) in enumerate(
            ((DRAWING, "图纸"), (CONTRACT, "合同"), (SITE, "现场")), 1
        ):
            team = services.form_team(
                by=self.by,
                campaign=campaign,
                number=number,
                name=f"补查{word}组",
                lead=leads_of[look],
                now=self._at(7),
            )
            user = self.typists[look]
            members[look] = services.appoint_member(
                by=self.by,
                team=team,
                name=user.name,
                department=leads_of[look],
                unit=UNITS[leads_of[look]],
                phone=user.phone,
                user=user,
                now=self._at(7),
            )
            services.assign(by=self.by, team=team, looks=[look], at=[community], now=self._at(7))
        services.start(by=self.by, campaign=campaign, now=self._at(5, 8))
        self._begin(campaign, members)

    def _begin(self, campaign: Campaign, members: Mapping[str, Member]) -> None:
        """Of some rooms two looks are in, so that the third tells; of others one, or none."""
        rows = _rooms(campaign)
        told = {row.pk: self._seen(row) for row in rows}
        for look, part, days in ((DRAWING, rows[:6], 3), (CONTRACT, rows[:4], 2)):
            looks.put_in_several(
                by=self.typists[look],
                looks=[
                    Look(target=row, look=look, member=members[look], answers=told[row.pk][look])
                    for row in part
                ],
                now=self._at(days, 16),
            )


def _rooms(campaign: Campaign) -> list[Target]:
    rows = campaign.targets.select_related("room").prefetch_related("room__contracts")
    return list(rows.order_by("code"))


def _found(row: Target) -> Answers:
    """What stood on no list: neither drawing nor contract knows it."""
    site = {
        "exists": "yes",
        "kind": row.kind,
        "area": 4200,
        "floor": 1,
        "state": rooms.SELF_USED,
        "occupant": "安居物业服务有限公司",
    }
    return {DRAWING: {"exists": "no"}, CONTRACT: {"exists": "no"}, SITE: site}


def photo(at: int, code: str, now: datetime) -> bytes:
    """A picture of a front, with the moment and the place that a phone writes into it."""
    image = Image.new("RGB", (960, 720), ("#cfd6dc", "#d9d2c4", "#c9d5cd")[at % 3])
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 540, 960, 720), fill="#8d8b86")
    draw.rectangle((120, 130, 840, 560), fill="#efe8da", outline="#57534a", width=5)
    for x in (180, 600):
        draw.rectangle((x, 220, x + 170, 380), fill="#8fa9b8", outline="#57534a", width=5)
    draw.rectangle((400, 280, 540, 560), fill="#6b4f3a", outline="#3d2e22", width=5)
    draw.text((430, 170), code, fill="#a33b2b")
    notes = Image.Exif()
    taken = now.astimezone(CHINA) - timedelta(hours=3)
    notes.get_ifd(0x8769)[0x9003] = f"{taken:%Y:%m:%d %H:%M:%S}"
    notes.get_ifd(0x8825).update(
        {1: "N", 2: (37.0, 48.0, 30.0 + at), 3: "E", 4: (120.0, 45.0, 12.0 + at)}
    )
    out = io.BytesIO()
    image.save(out, "JPEG", quality=70, exif=notes.tobytes())
    return out.getvalue()


def tell(*, county: str, today: date) -> None:
    """One survey of nine departments and 1,300 people, its 243 leads and its base, and a small one
    that runs; then the leads go on as their own story tells."""
    with transaction.atomic():  # some hundreds of acts, one wait for the disk
        great = Story(county, today).tell()
        leads.consult(county, queries.leads_of(great), today)
