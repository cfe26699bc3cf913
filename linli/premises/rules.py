"""Rules of public rooms. No database, no clock, no request."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, timedelta

from linli.kernel import place as codes
from linli.kernel.rulings import ALLOWED, Ruling, every, require
from linli.kernel.words import gettext_noop as _
from linli.sources import RoomKind, room_kinds

SMALLEST_DM2, LARGEST_DM2 = 1, 10_000_000
"""Areas are hundredths of a square metre: up to 100,000 m²."""
LOWEST_FLOOR, HIGHEST_FLOOR = -9, 150

SELF_USED, IDLE, LET, OCCUPIED, CHANGED = "self_used", "idle", "let", "occupied", "changed"
UNBUILT, UNDELIVERED = "unbuilt", "undelivered"
STATES = {
    SELF_USED: _("自用"),
    IDLE: _("闲置"),
    LET: _("出租"),
    OCCUPIED: _("被占"),
    CHANGED: _("改变用途"),
    UNBUILT: _("未建"),
    UNDELIVERED: _("未交付"),
}
"""What is done with a room, as whoever looks at it finds it."""

STATE, OWNERS, DEVELOPER, UNKNOWN = "state", "owners", "developer", "unknown"
OWNERS_OF = {
    STATE: _("国有"),
    OWNERS: _("业主共有"),
    DEVELOPER: _("建设单位"),
    UNKNOWN: _("待认定"),
}
"""Whose a room is."""

NO_TITLE, TITLE_DEVELOPER, TITLE_OWNERS, TITLE_STATE = "none", "developer", "owners", "state"
TITLES = {
    NO_TITLE: _("未登记"),
    TITLE_DEVELOPER: _("首次登记在建设单位"),
    TITLE_OWNERS: _("登记为业主共有"),
    TITLE_STATE: _("登记为国有"),
}
"""What the register of real estate says."""

FOUND, TAKEN_OVER = "found", "taken_over"
WAYS = {FOUND: _("会商认定"), TAKEN_OVER: _("移交")}
"""How an owner comes to be another: settled in a consultation, or handed over."""

LOOKS = {
    "owner": _("归属不符"),
    "untitled": _("未办产权登记"),
    "unmeasured": _("未实测面积"),
    "short": _("实测小于规划"),
    "over": _("合同到期未终止"),
    "ending": _("合同将到期"),
    "no_lease": _("出租无合同"),
    "no_photo": _("没有照片"),
    "no_spot": _("未标注位置"),
    "ended": _("已注销"),
}
"""What a register of rooms is looked through for."""

PERS = {"month": _("每月"), "quarter": _("每季度"), "half": _("每半年"), "year": _("每年")}
MONTHS_OF = {"month": 1, "quarter": 3, "half": 6, "year": 12}
PAID_TO = {
    STATE: _("财政专户"),
    OWNERS: _("业主公共收益账户"),
    "property": _("物业服务人"),
    "community": _("居委会"),
    DEVELOPER: _("建设单位"),
    "other": _("其他"),
}
"""Into whose hands the rent goes."""

PAPERS = {
    "photo": _("照片"),
    "drawing": _("图纸"),
    "contract": _("合同"),
    "title": _("产权资料"),
    "other": _("其他"),
}
"""What a paper of a room shows."""


def kinds() -> dict[str, RoomKind]:
    """The kinds a room can be of."""
    return {code: kind for code, kind in room_kinds().items() if kind.leaf}


def owner_due(kind: str) -> str:
    """Whom the law calls for as owner: state, owners, or unknown where it is to be settled."""
    return room_kinds()[kind].owner or UNKNOWN


def rent_goes_to(kind: str) -> str:
    """Fund and leaf of the chart that the rent of a kind belongs to ("common.room_rent"), or ""."""
    return room_kinds()[kind].rent


def check_area(area_dm2: int | None, field: str) -> Ruling:
    """An area in hundredths of a square metre, None where nobody knows it."""
    if area_dm2 is None:
        return ALLOWED
    return require(
        SMALLEST_DM2 <= area_dm2 <= LARGEST_DM2,
        _("面积应大于0、不超过%(most)s平方米"),
        most=LARGEST_DM2 // 100,
    ).at(field)


def check_floor(floor: int | None) -> Ruling:
    return require(
        floor is None or (LOWEST_FLOOR <= floor <= HIGHEST_FLOOR and floor != 0),
        _("楼层应为%(low)s到%(high)s，没有0层，地下一层写-1"),
        low=LOWEST_FLOOR,
        high=HIGHEST_FLOOR,
    ).at("floor")


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What is written down about a room. Areas in hundredths of a square metre."""

    kind: str
    name: str
    place: str
    building: str = ""
    floor: int | None = None
    planned_dm2: int | None = None
    measured_dm2: int | None = None
    own_entrance: bool | None = None
    note: str = ""

    def trimmed(self) -> Facts:
        """The same without spaces that nobody meant."""
        return replace(
            self,
            name=" ".join(self.name.split()),
            building=" ".join(self.building.split()),
            note=self.note.strip(),
        )


def may_describe(facts: Facts, *, known_place: bool, twins: Collection[str] = ()) -> Ruling:
    """May a room be written down like this? `twins`: codes of rooms that are the same by name.

    A room is of a leaf kind, in an estate or a building of one, with areas and floor that can be.
    """
    return every(
        [
            require(
                facts.kind in kinds(), _("没有“%(kind)s”这种用房，请从清单里选"), kind=facts.kind
            ).at("kind"),
            require(facts.name.strip(), _("请填写名称")).at("name"),
            require(len(facts.name) <= 64, _("名称不能超过%(n)s个字"), n=64).at("name"),
            codes.check(facts.place, "estate", "building").at("place"),
            require(known_place, _("这个地方还没有录入或已撤销")).at("place"),
            check_floor(facts.floor),
            check_area(facts.planned_dm2, "planned_dm2"),
            check_area(facts.measured_dm2, "measured_dm2"),
            require(
                not twins,
                _("同一位置已登记同名用房：%(codes)s"),
                codes=tuple(twins),
            ).at("name"),
        ]
    )


def may_use(
    *, state: str, since_on: date, today: date, before_on: date | None, occupant: str
) -> Ruling:
    """May this become the use of a room? `before_on`: since when the use before it has run."""
    return every(
        [
            require(state in STATES, _("请选择使用状态")).at("state"),
            require(
                state not in (LET, OCCUPIED) or occupant.strip(),
                _("出租或被占的，请写明使用人"),
            ).at("occupant"),
            require(since_on <= today, _("起始日期在今天之后")).at("since_on"),
            require(
                before_on is None or since_on >= before_on,
                _("早于上一条使用记录的起始日期%(day)s"),
                day=before_on.isoformat() if before_on else "",
            ).at("since_on"),
        ]
    )


def last_day_before(day: date, *, began_on: date) -> date:
    """The last day of what another thing follows on a day; at least the day it began."""
    return max(day - timedelta(1), began_on)


def may_move(*, old: str, new: str) -> Ruling:
    """A room stays in its estate; within it, a building may be named later."""
    return require(old[:15] == new[:15], _("用房不能改到另一个小区，请在那里另行登记")).at("place")


def may_be_of_kind(*, old: str, new: str, passed: bool) -> Ruling:
    """The kind decides whom a room ought to belong to: fixed once it passed to somebody."""
    return require(
        not passed or old == new or owner_due(old) == owner_due(new),
        _("产权已认定或移交，不能改成另一类归属的用房"),
        "民法典:274",
    ).at("kind")


def may_be_titled(
    *, owner: str, title_state: str, title_no: str, title_on: date | None, today: date
) -> Ruling:
    """Do owner and registration go together?"""
    named = bool(title_no.strip()) or title_on is not None
    owner_of_title = {TITLE_DEVELOPER: DEVELOPER, TITLE_OWNERS: OWNERS, TITLE_STATE: STATE}
    wanted = owner_of_title.get(title_state)
    return every(
        [
            require(owner in OWNERS_OF, _("请写明归谁所有")).at("owner"),
            require(title_state in TITLES, _("请选择产权登记情况")).at("title_state"),
            require(
                not (named and title_state == NO_TITLE),
                _("写了证号或登记日期，请同时选择登记情况"),
            ).at("title_state"),
            require(
                wanted is None or owner in (wanted, UNKNOWN),
                _("“%(title)s”与产权人“%(owner)s”不一致"),
                title=TITLES.get(title_state, ""),
                owner=OWNERS_OF.get(owner, ""),
            ).at("title_state"),
            require(title_on is None or title_on <= today, _("登记日期在今天之后")).at("title_on"),
        ]
    )


def may_pass(*, kind: str, owner: str, way: str, before: str, ground: str) -> Ruling:
    """May a room pass to an owner?

    Rooms of the owners never pass to the state. A consultation settles only what was unknown;
    everything else changes by a handover.
    """
    return every(
        [
            require(owner in OWNERS_OF and owner != UNKNOWN, _("请写明归谁所有")).at("owner"),
            require(owner != before, _("产权人没有变化")).at("owner"),
            require(ground.strip(), _("请写明依据")).at("ground"),
            may_be_the_states(kind=kind) if owner == STATE else ALLOWED,
            require(
                way != FOUND or before == UNKNOWN,
                _("产权人已明确，只能通过移交变更"),
            ).at("owner"),
        ]
    )


def may_be_the_states(*, kind: str) -> Ruling:
    """May a room of this kind go to the state? Not if it is the owners'."""
    return require(
        owner_due(kind) != OWNERS,
        _("%(kind)s归业主共有，不能移交为国有"),
        "民法典:274",
        kind=room_kinds()[kind].name,
    ).at("owner")


def may_lie(spot_x: int | None, spot_y: int | None) -> Ruling:
    """May a room lie there on its estate's plan? Thousandths of width and height, or neither."""
    both = spot_x is not None and spot_y is not None
    inside = both and 0 <= (spot_x or 0) <= 1000 and 0 <= (spot_y or 0) <= 1000
    return require(inside or (spot_x is None and spot_y is None), _("位置应在平面图以内")).at(
        "spot_x"
    )


def may_end(*, until_on: date, today: date, reason: str, ended: bool, let: bool) -> Ruling:
    """May a room be taken off the register?"""
    return every(
        [
            require(not ended, _("这处用房已注销")),
            require(not let, _("还有未终止的租赁合同，请先登记终止")),
            require(reason.strip(), _("请写明原因")).at("reason"),
            require(until_on <= today, _("日期在今天之后")).at("until_on"),
        ]
    )


def not_ended(until_on: date | None) -> Ruling:
    """What is off the register is not changed any more."""
    return require(until_on is None, _("这处用房已注销，不能再改"))
