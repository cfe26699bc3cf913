"""Rules of survey campaigns. No database, no clock, no request."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from linli.kernel import place as codes
from linli.kernel.roles import DEPARTMENTS, ROLES
from linli.kernel.rulings import Ruling, every, require
from linli.kernel.words import gettext_noop as _
from linli.survey.questions import LOOKS

PLANNED, RUNNING, FROZEN, CLOSED = "planned", "running", "frozen", "closed"
STATES = {
    PLANNED: _("筹备"),
    RUNNING: _("进行中"),
    FROZEN: _("底数已冻结"),
    CLOSED: _("已结束"),
}
AREAS = ("street", "community", "estate")
"""Levels of places that a team is given."""
ESTATE = 15
"""Length of the code of an estate, the narrowest place that is given out."""
LONGEST_NAME, LONGEST_REASON = 64, 200
DEPARTMENT_CODES = tuple(role.code for role in DEPARTMENTS)

EXIF, BROWSER, TOLD = "exif", "browser", "told"
TAKEN_FROM = {
    EXIF: _("照片自带"),
    BROWSER: _("手机定位"),
    TOLD: _("仅上传时间"),
}
"""Where place and time of a photograph come from."""


def department(code: str) -> Any:
    """The word for a department that takes part."""
    return ROLES[code].name


def state(*, started: bool, closed: bool, frozen: bool) -> str:
    if closed:
        return CLOSED
    if frozen:
        return FROZEN
    return RUNNING if started else PLANNED


def may_plan(
    *, name: str, from_on: date, until_on: date, departments: Collection[str], taken: bool
) -> Ruling:
    """May a campaign be planned like this?"""
    strangers = tuple(code for code in departments if code not in DEPARTMENT_CODES)
    return every(
        [
            require(name.strip(), _("请填写名称")).at("name"),
            require(len(name) <= LONGEST_NAME, _("名称不能超过%(n)s个字"), n=LONGEST_NAME).at(
                "name"
            ),
            require(not taken, _("已有同名的排查")).at("name"),
            require(until_on >= from_on, _("结束日期早于开始日期")).at("until_on"),
            require(departments, _("请选择参加的部门")).at("departments"),
            require(not strangers, _("没有这个部门")).at("departments"),
        ]
    )


def may_start(*, standing: str, rooms: int, teams: int) -> Ruling:
    """May a campaign begin? It needs rooms to look at and teams to look at them."""
    return every(
        [
            require(standing == PLANNED, _("排查已经开始")),
            require(rooms, _("用房台账里没有要排查的用房")),
            require(teams, _("还没有排查组，请先编组")),
        ]
    )


def may_close(*, standing: str) -> Ruling:
    return require(standing in (RUNNING, FROZEN), _("排查不在进行中"))


def may_change_teams(*, standing: str) -> Ruling:
    return require(standing in (PLANNED, RUNNING), _("排查已冻结或结束，不能再改编组和分工"))


def may_form_team(*, name: str, lead: str, departments: Collection[str], taken: bool) -> Ruling:
    """May a team be formed?"""
    return every(
        [
            require(name.strip(), _("请填写组名")).at("name"),
            require(len(name) <= LONGEST_NAME, _("名称不能超过%(n)s个字"), n=LONGEST_NAME).at(
                "name"
            ),
            require(not taken, _("已有同号的组")).at("number"),
            require(lead in departments, _("牵头部门没有参加这次排查")).at("lead"),
        ]
    )


# --- who looks at what --------------------------------------------------------------------------


def may_assign(*, place: str, look: str, other: str = "") -> Ruling:
    """May a team be given a look at a place? `other`: the team that has that very place already.

    Within a wider place another team may have a narrower one: the narrowest counts.
    """
    return every(
        [
            codes.check(place, *AREAS).at("place"),
            require(look in LOOKS, _("请选择查什么")).at("look"),
            require(
                not other,
                _("这里的“%(look)s”已分给%(team)s，同一处同一查不分给两个组"),
                "排查规则:2",
                look=LOOKS.get(look, ""),
                team=other,
            ).at("place"),
        ]
    )


def assigned_to(place: str, given: Mapping[str, Any]) -> Any:
    """Whose a place is among the places given out: the narrowest that holds it; None = nobody's."""
    return next((given[place[:n]] for n in (15, 12, 9) if place[:n] in given), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A look that somebody wants to put in.

    `own`: looks at this room that the same person did or typed in. `team`, `assigned`: ids of the
    member's team and of the one that has this look here. `standing`: the look is in already.
    """

    look: str
    campaign: str
    complete: bool
    own: Collection[str]
    team: int
    assigned: int | None
    standing: bool
    why: str = ""


def may_look(asked: Asked) -> Ruling:
    """May this look be put in? Every reason at once."""
    mine = tuple(LOOKS[look] for look in LOOKS if look in asked.own and look != asked.look)
    return every(
        [
            require(
                asked.campaign == RUNNING,
                _("排查现在是“%(state)s”，不能录入"),
                state=STATES[asked.campaign],
            ),
            require(
                not asked.complete,
                _("这处用房三查已齐，不再改动；有不同意见的在会商时提出"),
                "排查规则:3",
            ),
            require(
                asked.assigned is not None,
                _("这里的“%(look)s”还没有分给哪个组"),
                look=LOOKS[asked.look],
            ),
            require(
                asked.assigned is None or asked.team == asked.assigned,
                _("这里的“%(look)s”分给了另一个组"),
                "排查规则:2",
                look=LOOKS[asked.look],
            ),
            require(
                not mine,
                _("您已办过这处用房的“%(mine)s”，三查须由不同的人办理"),
                "排查规则:1",
                mine=mine,
            ),
            may_mend(standing=asked.standing, why=asked.why),
        ]
    )


def may_mend(*, standing: bool, why: str) -> Ruling:
    """A look that is in is never changed: another one is put beside it and says why."""
    return every(
        [
            require(
                not standing or why.strip(),
                _("这一查已经录入；要更正，请写明原因，原来的记录保留"),
                "排查规则:3",
            ).at("why"),
            require(standing or not why.strip(), _("还没有录入，不用写更正原因")).at("why"),
            require(len(why) <= LONGEST_REASON, _("不能超过%(n)s个字"), n=LONGEST_REASON).at("why"),
        ]
    )


def may_find(*, name: str, kind: str, kinds: Collection[str], twins: Sequence[str]) -> Ruling:
    """May a room that is not on the list be added? `twins`: codes of those like it."""
    return every(
        [
            require(name.strip(), _("请填写名称")).at("name"),
            require(len(name) <= LONGEST_NAME, _("名称不能超过%(n)s个字"), n=LONGEST_NAME).at(
                "name"
            ),
            require(kind in kinds, _("请选择用房类别")).at("kind"),
            require(not twins, _("清单里已有同一位置的同名用房：%(codes)s"), codes=tuple(twins)).at(
                "name"
            ),
        ]
    )


# --- the base -----------------------------------------------------------------------------------


def may_waive(*, complete: bool, waived: bool, reason: str) -> Ruling:
    """May a room be left out of what must be complete before the base is frozen?"""
    return every(
        [
            require(not complete, _("这处用房三查已齐，不用列为例外")),
            require(not waived, _("已列为例外")),
            require(reason.strip(), _("请写明原因")).at("reason"),
            require(len(reason) <= LONGEST_REASON, _("不能超过%(n)s个字"), n=LONGEST_REASON).at(
                "reason"
            ),
        ]
    )


def may_freeze(
    *, standing: str, place: str, open_count: int, total: int, on: date, today: date, again: bool
) -> Ruling:
    """May the base of a place be frozen? Every room must be complete or named as an exception."""
    return every(
        [
            require(standing in (RUNNING, FROZEN), _("排查不在进行中")),
            codes.check(place, "county", *AREAS).at("place"),
            require(total, _("这里没有排查的用房")).at("place"),
            require(
                not open_count,
                _("还有%(n)s处用房三查未齐，请查完，或逐处列为例外并写明原因"),
                "排查规则:5",
                n=open_count,
            ).at("place"),
            require(on <= today, _("日期在今天之后")).at("on"),
            require(not again, _("这个地方这一天已冻结过")).at("on"),
        ]
    )


@dataclass(frozen=True, slots=True)
class Changed:
    """A row of two freezes that is not the same: field → (before, after)."""

    code: str
    before: Mapping[str, Any]
    after: Mapping[str, Any]

    @property
    def fields(self) -> dict[str, tuple[Any, Any]]:
        names = [*self.before, *(name for name in self.after if name not in self.before)]
        return {
            name: (self.before.get(name), self.after.get(name))
            for name in names
            if self.before.get(name) != self.after.get(name)
        }


@dataclass(frozen=True, slots=True)
class Compared:
    """Two freezes held against each other."""

    added: tuple[Mapping[str, Any], ...]
    gone: tuple[Mapping[str, Any], ...]
    changed: tuple[Changed, ...]
    same: int


def compare(before: Iterable[Mapping[str, Any]], after: Iterable[Mapping[str, Any]]) -> Compared:
    """Rows are the same room where they have the same code."""
    old = {row["code"]: row for row in before}
    new = {row["code"]: row for row in after}
    both = [Changed(code, old[code], new[code]) for code in old if code in new]
    changed = tuple(one for one in both if one.fields)
    return Compared(
        tuple(new[code] for code in new if code not in old),
        tuple(old[code] for code in old if code not in new),
        changed,
        len(both) - len(changed),
    )


def in_frozen(place: str, frozen: Iterable[str]) -> Ruling:
    """Nothing is put in any more where the base is frozen."""
    return require(
        not any(place.startswith(code) for code in frozen),
        _("这里的底数已冻结，不能再录入"),
        "排查规则:5",
    )
