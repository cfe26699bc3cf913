"""The public rooms of a told demo county: invented, but as such counties are."""

from __future__ import annotations

import io
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from PIL import Image, ImageDraw

from linli.kernel.place import Scope
from linli.kernel.roles import STREET
from linli.people import queries as people
from linli.places import queries as places
from linli.places import services as place_services
from linli.premises import importing, queries, rules, services
from linli.premises.leases import Terms
from linli.premises.models import Room
from linli.premises.sheet import RoomRow
from linli.sources import room_kinds

CHINA = ZoneInfo("Asia/Shanghai")
WEST, NORTH = 120_742_000, 37_832_000
CELL_X, CELL_Y = 9_200, 11_500
"""Where the invented county lies, and how large a community is, in millionths of a degree."""

KINDS = (
    ("property_office", "物业服务中心", 60, 320),
    ("property_business", "底商", 40, 180),
    ("property_committee", "业委会办公室", 15, 40),
    ("elderly", "日间照料中心", 80, 380),
    ("community_office", "社区居委会", 200, 600),
    ("party_service", "党群服务站", 80, 300),
    ("culture", "文体活动室", 60, 240),
    ("health", "社区卫生服务站", 80, 200),
    ("government", "综治执法用房", 40, 90),
    ("police", "社区警务室", 20, 60),
    ("childcare", "托育中心", 100, 300),
    ("community_other", "便民菜店", 30, 120),
    ("property_business", "会所东侧经营用房", 80, 400),
    ("elderly", "长者食堂", 60, 160),
    ("unclear", "架空层围合用房", 30, 120),
)
WEIGHTS = {
    rules.SELF_USED: 46,
    rules.IDLE: 14,
    rules.LET: 14,
    rules.OCCUPIED: 8,
    rules.CHANGED: 6,
    rules.UNBUILT: 5,
    rules.UNDELIVERED: 7,
}
TENANTS = (
    "康宁药房",
    "新邻里生鲜店",
    "春晖文化用品店",
    "邻里优选商行",
    "绿意园艺",
    "王建国",
    "李秀兰",
)
SQUATTERS = ("安居物业服务有限公司", "蓬城置业有限公司", "碧学社培训中心", "赵志强")
DEVELOPERS = ("蓬城置业有限公司", "海润房地产有限公司", "登州建设开发有限公司")
MANAGERS = ("安居物业服务有限公司", "海滨物业服务中心", "和悦物业服务有限公司")


@dataclass(slots=True)
class Story:
    """Tells the rooms of a county as of a day."""

    county: str
    today: date
    chance: random.Random = field(init=False)
    sizes: dict[str, int] = field(init=False, default_factory=dict)

    def tell(self) -> None:
        """Tell it all."""
        self.chance = random.Random(77)
        begun = self._at(self.today - timedelta(120))
        estates = list(places.of_level("estate", Scope.of(self.county)))
        buildings = {estate.place: self._buildings(estate, begun) for estate in estates}
        self._draw(estates, buildings, begun)
        for at, estate in enumerate(estates):
            self._size(at, estate)
        for street in places.of_level("street", Scope.of(self.county)):
            mine = [estate for estate in estates if estate.place.startswith(street.place)]
            self._rooms(street, mine, buildings)
        self._leases()
        self._main(estates[0])

    def _at(self, day: date, hour: int = 10) -> datetime:
        return datetime.combine(day, time(hour), CHINA).astimezone(UTC)

    def _keeper(self, place: str) -> object:
        found = people.holders(STREET, place, self.today)
        return found[0] if found else None

    # --- places -----------------------------------------------------------------------------

    def _buildings(self, estate: Any, now: datetime) -> list[Any]:
        return [
            place_services.add_place(
                by=None, parent=estate.place, level="building", name=f"{n}号楼", now=now
            )
            for n in range(1, self.chance.randrange(5, 12) + 1)
        ]

    def _draw(self, estates: Sequence[Any], buildings: dict[str, list[Any]], now: datetime) -> None:
        """Streets side by side, their communities in rows of three, estates in them."""
        corners: dict[tuple[int, int], list[int]] = {}

        def corner(x: int, y: int) -> list[int]:
            if (x, y) not in corners:
                shift = self.chance.randrange
                corners[x, y] = [
                    WEST + x * CELL_X + shift(-CELL_X // 6, CELL_X // 6),
                    NORTH - y * CELL_Y + shift(-CELL_Y // 6, CELL_Y // 6),
                ]
            return corners[x, y]

        rings: dict[str, list[list[int]]] = {}
        streets = list(places.of_level("street", Scope.of(self.county)))
        for at, street in enumerate(streets):
            left = at * 3
            around = [(left + n, 0) for n in range(4)] + [(left + 3, n) for n in range(1, 4)]
            around += [(left + n, 3) for n in (2, 1, 0)] + [(left, n) for n in (2, 1)]
            rings[street.place] = [corner(x, y) for x, y in around]
            communities = list(places.of_level("community", Scope.of(street.place)))
            for n, community in enumerate(communities[:9]):
                x, y = left + n % 3, n // 3
                cell = [corner(x, y), corner(x + 1, y), corner(x + 1, y + 1), corner(x, y + 1)]
                rings[community.place] = cell
                inside = [one for one in estates if one.place.startswith(community.place)]
                for k, estate in enumerate(inside):
                    rings |= _estate_rings(cell, k, len(inside), estate, buildings[estate.place])
        place_services.draw(by=None, rings=rings, source="演示数据，轮廓为虚构", now=now)

    def _size(self, at: int, estate: Any) -> None:
        """How large an estate is; of some nobody knows all."""
        households = self.chance.randrange(220, 1900)
        self.sizes[estate.place] = households
        floor = households * self.chance.randrange(96, 128) * 100
        done = date(self.chance.randrange(1998, 2024), self.chance.randrange(1, 13), 15)
        place_services.tell_figures(
            by=None,
            estate=estate,
            as_of_on=self.today - timedelta(90),
            source="规划核实意见、竣工验收备案表" if at % 7 != 5 else "街道摸底",
            household_count=households,
            floor_dm2=None if at % 7 == 5 else floor,
            above_dm2=None if at % 7 == 5 else floor * 82 // 100,
            completed_on=None if at % 9 == 7 else done,
            now=self._at(self.today - timedelta(90)),
        )

    # --- rooms --------------------------------------------------------------------------------

    def _rooms(self, street: Any, estates: Sequence[Any], buildings: dict[str, list[Any]]) -> None:
        """A street's list of rooms, brought in as its sheet."""
        rows = [row for estate in estates for row in self._of(estate, buildings[estate.place])]
        importing.import_rooms(
            by=self._keeper(street.place),
            rows=rows,
            scope=Scope.of(street.place),
            now=self._at(self.today - timedelta(60)),
        )

    def _of(self, estate: Any, buildings: Sequence[Any]) -> Iterator[RoomRow]:
        households = self.sizes[estate.place]
        count = 9 + min(households // 400, 4)
        chosen = [*KINDS[:3], *self.chance.sample(KINDS[3:], count - 3)]
        for at, (kind, name, low, high) in enumerate(chosen):
            yield self._row(
                at, estate, kind, name, self._area(kind, low, high, households), buildings
            )

    def _area(self, kind: str, low: int, high: int, households: int) -> int:
        """Square metres: larger in larger estates."""
        share = min(households / 1500, 1)
        size = low + (high - low) * share * self.chance.uniform(0.55, 1.05)
        return max(round(size / 5) * 5, low)

    def _row(
        self,
        at: int,
        estate: Any,
        kind: str,
        name: str,
        area_m2: int,
        buildings: Sequence[Any],
    ) -> RoomRow:
        state = self.chance.choices(list(WEIGHTS), list(WEIGHTS.values()))[0]
        if kind == "property_committee" and state == rules.LET:
            state = rules.IDLE
        owner, title = self._owner(kind, state)
        planned = area_m2 * 100
        measured = None
        if state != rules.UNBUILT and self.chance.random() < 0.8:
            measured = planned - self.chance.choice((0, 0, 0, 150, 420, 1260))
        titled = title != rules.NO_TITLE
        return RoomRow(
            row=at + 2,
            kind=kind,
            name=name,
            estate=estate.name,
            around=("", ""),
            building=self.chance.choice(buildings).name if self.chance.random() < 0.92 else None,
            floor=self.chance.choices((1, 2, 3, -1), (70, 18, 4, 8))[0],
            planned_dm2=planned,
            measured_dm2=measured,
            own_entrance=self.chance.random() < 0.7,
            state=state,
            occupant=self._occupant(kind, state, estate),
            purpose=self._purpose(state),
            since_on=date(self.chance.randrange(2015, 2026), self.chance.randrange(1, 13), 1),
            owner=owner,
            title_state=title,
            title_no=f"鲁（{self.chance.randrange(2017, 2026)}）蓬莱区不动产权第"
            f"{self.chance.randrange(10**7):07d}号"
            if titled
            else "",
            title_on=date(self.chance.randrange(2017, 2026), self.chance.randrange(1, 13), 8)
            if titled
            else None,
            note="",
        )

    def _owner(self, kind: str, state: str) -> tuple[str, str]:
        """(whose it is, what the register of real estate says)."""
        due = room_kinds()[kind].owner
        if state in (rules.UNBUILT, rules.UNDELIVERED):
            return rules.DEVELOPER, rules.NO_TITLE
        if due == rules.OWNERS:
            choices = ((rules.OWNERS, rules.TITLE_OWNERS), (rules.OWNERS, rules.NO_TITLE))
            more = ((rules.DEVELOPER, rules.TITLE_DEVELOPER), (rules.UNKNOWN, rules.NO_TITLE))
            return self.chance.choices((*choices, *more), (30, 40, 16, 14))[0]
        if due == rules.STATE:
            choices = ((rules.STATE, rules.TITLE_STATE), (rules.DEVELOPER, rules.TITLE_DEVELOPER))
            more = ((rules.DEVELOPER, rules.NO_TITLE), (rules.UNKNOWN, rules.NO_TITLE))
            return self.chance.choices((*choices, *more), (34, 22, 26, 18))[0]
        return rules.UNKNOWN, rules.NO_TITLE

    def _occupant(self, kind: str, state: str, estate: Any) -> str:
        if state == rules.LET:
            return self.chance.choice(TENANTS)
        if state in (rules.OCCUPIED, rules.CHANGED):
            return self.chance.choice(SQUATTERS)
        if state == rules.SELF_USED:
            if room_kinds()[kind].owner == rules.OWNERS:
                return self.chance.choice(MANAGERS)
            return f"{places.name(estate.place[:12])}居委会"
        return ""

    def _purpose(self, state: str) -> str:
        return {
            rules.LET: self.chance.choice(("药店", "便利店", "打印店", "生鲜店")),
            rules.OCCUPIED: self.chance.choice(("堆放杂物", "员工宿舍", "售楼处")),
            rules.CHANGED: self.chance.choice(("培训班", "棋牌室", "餐饮")),
        }.get(state, "")

    # --- leases, photographs, plans -----------------------------------------------------------

    def _leases(self) -> None:
        """A lease for most rooms that are let; some over, some too long, some paid to the wrong."""
        let = queries.rooms(Scope.of(self.county)).filter(state=rules.LET).order_by("code")
        for at, room in enumerate(let):
            if at % 9 == 8:
                continue
            services.add_contract(
                by=None,
                room=room,
                terms=self._terms(at, room),
                now=self._at(self.today - timedelta(50)),
            )

    def _terms(self, at: int, room: Room) -> Terms:
        begun = self.today - timedelta(self.chance.randrange(200, 1300))
        years = self.chance.choice((1, 2, 3, 5)) if at % 11 else 25
        until = begun.replace(year=begun.year + years, day=1) - timedelta(1)
        due = {rules.OWNERS: rules.OWNERS, rules.STATE: rules.STATE}.get(room.owner_due, "other")
        wrong = "property" if room.owner_due == rules.OWNERS else "community"
        month = max((room.area_dm2 or 5000) // 100 * self.chance.randrange(9, 22), 300)
        return Terms(
            number=f"ZL-{begun.year}-{at + 1:03d}",
            lessor=self.chance.choice(MANAGERS if due == rules.OWNERS else DEVELOPERS),
            lessee=room.occupant,
            person=room.occupant_person,
            phone="13805350000" if room.occupant_person else "",
            from_on=begun,
            until_on=until,
            rent_fen=month * 100,
            per="month",
            paid_to=due if at % 3 else wrong,
            written=at % 13 != 12,
            purpose=self.chance.choice(("便民商业", "药店", "仓储")),
        )

    def _main(self, estate: Any) -> None:
        """The first estate has photographs, a use that changed, and the second a drawn plan."""
        by = self._keeper(estate.place)
        now = self._at(self.today - timedelta(30))
        rooms = list(queries.rooms(Scope.of(estate.place)).order_by("code")[:3])
        for at, room in enumerate(rooms):
            services.add_paper(
                by=by,
                room=room,
                content=_photo(at),
                name=f"{room.code}-现场.png",
                kind="photo",
                caption=f"{room.name}正门",
                shown_on=self.today - timedelta(31),
                now=now,
            )
        idle = queries.rooms(Scope.of(estate.place)).filter(state=rules.IDLE).first()
        if idle is not None:
            services.record_use(
                by=by,
                room=idle,
                state=rules.SELF_USED,
                since_on=self.today - timedelta(20),
                occupant="海滨社区居委会",
                purpose="邻里议事厅",
                now=self._at(self.today - timedelta(19)),
            )
        second = places.of_level("estate", Scope.of(self.county)).exclude(pk=estate.pk).first()
        if second is not None:
            services.keep_plan(
                by=self._keeper(second.place),
                estate=second,
                content=_plan(),
                name=f"{second.name}总平面图.png",
                now=now,
            )
            for at, room in enumerate(queries.rooms(Scope.of(second.place)).order_by("code")[:9]):
                services.place_on_plan(
                    by=self._keeper(second.place),
                    room=room,
                    spot_x=150 + at % 4 * 228,
                    spot_y=(220, 700, 460)[at // 4],
                    now=now,
                )


def _estate_rings(
    cell: Sequence[Sequence[int]], at: int, of: int, estate: Any, buildings: Sequence[Any]
) -> dict[str, list[list[int]]]:
    """An estate in its community's cell, and its buildings in rows of three within it."""

    def point(across: float, down: float) -> list[int]:
        """A point of the cell, by how far it lies from its left and its upper side."""
        upper = [a + (b - a) * across for a, b in zip(cell[0], cell[1], strict=True)]
        lower = [a + (b - a) * across for a, b in zip(cell[3], cell[2], strict=True)]
        return [round(a + (b - a) * down) for a, b in zip(upper, lower, strict=True)]

    def box(left: float, top: float, right: float, low: float) -> list[list[int]]:
        return [point(left, top), point(right, top), point(right, low), point(left, low)]

    left = (at + 0.18) / of
    right, top, low = left + 0.64 / of, 0.2, 0.8
    made = {estate.place: box(left, top, right, low)}
    rows = -(-len(buildings) // 3)
    wide, high = (right - left) / 3, (low - top) / rows
    for n, building in enumerate(buildings):
        x, y = left + wide * (n % 3), top + high * (n // 3)
        made[building.place] = box(
            x + wide * 0.14, y + high * 0.3, x + wide * 0.86, y + high * 0.72
        )
    return made


def _photo(at: int) -> bytes:
    """A picture of a front: a wall, a door, windows."""
    image = Image.new("RGB", (640, 480), ("#cfd6dc", "#d9d2c4", "#c9d5cd")[at % 3])
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 360, 640, 480), fill="#8d8b86")
    draw.rectangle((80, 90, 560, 370), fill="#efe8da", outline="#57534a", width=4)
    for x in (120, 400):
        draw.rectangle((x, 150, x + 110, 250), fill="#8fa9b8", outline="#57534a", width=4)
    draw.rectangle((270, 190, 360, 370), fill="#6b4f3a", outline="#3d2e22", width=4)
    draw.rectangle((180, 104, 460, 138), fill="#a33b2b")
    return _png(image)


def _plan() -> bytes:
    """A plan of an estate: a road, green, eight buildings."""
    image = Image.new("RGB", (1200, 800), "#f4f0e4")
    draw = ImageDraw.Draw(image)
    draw.rectangle((30, 30, 1170, 770), outline="#6b6458", width=5)
    draw.rectangle((30, 370, 1170, 430), fill="#ded6c3")
    draw.rectangle((570, 30, 630, 770), fill="#ded6c3")
    draw.ellipse((470, 290, 730, 510), fill="#c9dcc3", outline="#8aa382", width=3)
    for n in range(8):
        x, y = 80 + (n % 4) * 275 + (20 if n % 4 > 1 else 0), 120 + (n // 4) * 380
        draw.rectangle((x, y, x + 210, y + 110), fill="#e7e0cf", outline="#57534a", width=4)
    return _png(image)


def _png(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def tell(*, county: str, today: date) -> None:
    """About 330 rooms over a told county's estates, with buildings, outlines, sizes and leases."""
    with transaction.atomic():  # five hundred acts, one wait for the disk
        Story(county, today).tell()
