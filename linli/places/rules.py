"""Rules of places. No database, no clock, no request."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation

from linli.kernel import place as codes
from linli.kernel.rulings import ALLOWED, Ruling, every, refuse, require
from linli.kernel.words import gettext_noop as _

OFFICIAL = ("county", "street", "community")
"""Levels whose codes the State gives; the others are numbered here."""

NUMBERED = ("estate", codes.GRID, "building", "unit")

_CONTROL = re.compile(r"[\x00-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]")


@dataclass(frozen=True, slots=True)
class Division:
    """A row of the official list that can be read: its code without filling zeros."""

    code: str
    name: str
    row: int

    @property
    def level(self) -> str:
        return codes.level(self.code)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What an official list would change; `faults` are rulings that point at rows."""

    new: tuple[Division, ...] = ()
    renamed: tuple[tuple[Division, str], ...] = ()
    same: int = 0
    missing: tuple[tuple[str, str], ...] = ()
    left: int = 0
    faults: Ruling = ALLOWED

    @property
    def changes(self) -> int:
        return len(self.new) + len(self.renamed)


def clean_name(text: str, *, longest: int = 64) -> tuple[str, Ruling]:
    """A name as it is kept: trimmed, one line, not empty, not too long."""
    name = re.sub(r"\s+", " ", text).strip()
    return name, (
        require(name, _("请填写名称"))
        & require(len(name) <= longest, _("名称不能超过%(n)s个字"), n=longest)
        & require(not _CONTROL.search(name), _("名称里有看不见的控制字符，请重新输入"))
    ).at("name")


def read_division(code: str, name: str, *, row: int) -> tuple[Division | None, Ruling]:
    """One row of the official list: 6, 9 or 12 digits, or 17 of which the first 12 count."""
    digits = re.sub(r"\s", "", code)
    if re.fullmatch(r"[0-9]{17}", digits, re.ASCII):
        digits = digits[:12]
    if re.fullmatch(r"[0-9]{12}", digits, re.ASCII):
        digits = codes.of_statistical(digits)
    checked = codes.check(digits, *OFFICIAL).at("code", row)
    name, named = clean_name(name)
    ruling = checked & named.at("name", row)
    return (Division(digits, name, row), ALLOWED) if ruling.allowed else (None, ruling)


def plan_import(
    rows: Iterable[tuple[int, str, str]],
    *,
    known: Mapping[str, str],
    closed: Collection[str] = (),
    county: str = "",
) -> Plan:
    """Compare an official list with what is kept.

    `rows`: (row number, code, name). `known`: code → name of the places in force; `closed`: codes
    that were given up. `county`: take only this county's rows. A code of the same level that the
    list leaves out, under a parent the list covers, is `missing`.
    """
    read: dict[str, Division] = {}
    faults: list[Ruling] = []
    left = 0
    for row, code, name in rows:
        division, ruling = read_division(code, name, row=row)
        if division is None:
            faults.append(ruling)
        elif county and not division.code.startswith(county):
            left += 1
        else:
            faults.append(_once(division, read))
            read.setdefault(division.code, division)
    for division in read.values():
        faults.append(_has_a_parent(division, read, known))
        faults.append(
            require(
                division.code not in closed, _("代码%(code)s已停用，不能再用"), code=division.code
            ).at("code", division.row)
        )
    covered = {(codes.parent(code), division.level) for code, division in read.items()}
    return Plan(
        new=tuple(d for d in read.values() if d.code not in known),
        renamed=tuple(
            (d, known[d.code]) for d in read.values() if known.get(d.code, d.name) != d.name
        ),
        same=sum(known.get(d.code) == d.name for d in read.values()),
        missing=tuple(
            (code, name)
            for code, name in sorted(known.items())
            if code not in read and (codes.parent(code), codes.level(code)) in covered
        ),
        left=left,
        faults=every(faults),
    )


def _once(division: Division, read: Mapping[str, Division]) -> Ruling:
    first = read.get(division.code)
    return require(
        first is None or first.name == division.name,
        _("代码%(code)s在表中已有，名称是“%(name)s”"),
        code=division.code,
        name=first.name if first else "",
    ).at("code", division.row)


def _has_a_parent(
    division: Division, read: Mapping[str, Division], known: Mapping[str, str]
) -> Ruling:
    parent = codes.parent(division.code)
    return require(
        division.level == "county" or parent in read or parent in known,
        _("上级%(code)s（%(level)s）还没有录入"),
        code=parent,
        level=codes.NAMES[codes.level(parent)] if parent else "",
    ).at("code", division.row)


def may_add(
    *, code: str, name: str, parents: Collection[str], taken: bool, closed_parent: bool = False
) -> Ruling:
    """May this place be added? `parents`: codes in force among its wider places."""
    checked = codes.check(code, *OFFICIAL, *NUMBERED).at("code")
    if not checked.allowed:
        return checked & clean_name(name)[1]
    above = codes.parent(code) if codes.level(code) != "county" else ""
    return (
        clean_name(name)[1]
        & require(not taken, _("代码%(code)s已经用过，代码不能重复使用"), code=code).at("code")
        & require(
            not above or above in parents, _("上级%(code)s还没有录入或已撤销"), code=above
        ).at("parent")
    )


def may_rename(*, old: str, new: str, closed: bool) -> Ruling:
    return (
        clean_name(new)[1]
        & require(not closed, _("这个地方已撤销，不能再改名"))
        & require(new.strip() != old, _("新名称与现用名称相同")).at("name")
    )


def may_succeed(
    *, old: str, new: str, old_closed: bool, new_closed: bool, new_follows_old: bool
) -> Ruling:
    """May `new` take over what was `old`? Both are codes of one level; never in a circle."""
    same = codes.level(old) == codes.level(new)
    return (
        require(old != new, _("不能并入自己")).at("new")
        & require(same, _("只能并入同一级的地方")).at("new")
        & require(not old_closed, _("这个地方已撤销"))
        & require(not new_closed, _("要并入的地方已撤销")).at("new")
        & require(not new_follows_old, _("“并入”的关系不能循环")).at("new")
    )


def predecessors(wanted: Collection[str], took: Collection[tuple[str, str]]) -> frozenset[str]:
    """Codes whose rows now belong to some places: what they, or places in them, took over.

    `took`: (new, old) of every succession. Followed to the end, without the places themselves.
    """
    found: set[str] = set()
    edge = set(wanted)
    while edge:
        edge = {old for new, old in took if any(new.startswith(code) for code in edge)} - found
        found |= edge
    return frozenset(found - set(wanted))


def around(place: str, took: Collection[tuple[str, str]]) -> tuple[frozenset[str], frozenset[str]]:
    """(codes that mean the same place today, codes of all places around it).

    The first holds the code itself and what took it over; the second its wider places, what took
    those over, and the wider places of all of these.
    """
    after: dict[str, set[str]] = {}
    for new, old in took:
        after.setdefault(old, set()).add(new)
    same = _follow({place}, after)
    wider: set[str] = set()
    edge = {code[:n] for code in same for n in range(6, len(code))}
    while edge:
        wider |= edge
        heirs = _follow(edge, after)
        edge = (heirs | {code[:n] for code in heirs for n in range(6, len(code))}) - wider
    return frozenset(same), frozenset(wider - same)


def _follow(start: Collection[str], after: Mapping[str, Collection[str]]) -> set[str]:
    found = set(start)
    edge = set(start)
    while edge:
        edge = {new for code in edge for new in after.get(code, ())} - found
        found |= edge
    return found


def check_holidays(
    *, year: int, days: Sequence[tuple[date, bool]], check: Ruling, source: str
) -> Ruling:
    """A year's table: each day once, with the notice it is from. `check`: the calendar's own."""
    count = Counter(day for day, _off in days)
    twice = tuple(day.isoformat() for day in sorted(count) if count[day] > 1)
    return (
        check
        & require(not twice, _("日期重复：%(days)s"), days=twice).at("days")
        & require(source.strip(), _("请写明依据（国务院办公厅通知）")).at("source")
        & require(2000 <= year <= 2100, _("年份不对")).at("year")
    )


_HOLIDAY_LINE = re.compile(
    r"(\d{4})[-./年](\d{1,2})[-./月](\d{1,2})日?(?:\s*[-~～至]\s*(?:(\d{4})[-./年])?(\d{1,2})[-./月](\d{1,2})日?)?\s*(.*)"
)
WORKED = ("上班", "补班", "调休上班")


def read_holidays(text: str) -> tuple[tuple[tuple[date, bool, str], ...], Ruling]:
    """Read a table as a clerk pastes it: one day or stretch a line, then its name.

    ``2027-01-01 元旦`` · ``2027年2月5日至2027年2月11日 春节`` · ``2027-02-14 上班``
    """
    found: list[tuple[date, bool, str]] = []
    faults: list[Ruling] = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        match = _HOLIDAY_LINE.fullmatch(line.strip())
        try:
            first, last, name = _stretch(match)
        except (TypeError, ValueError):
            faults.append(
                refuse(_("看不懂这一行：%(line)s"), line=line.strip()[:60]).at("days", number)
            )
            continue
        worked = name in WORKED
        for ordinal in range(first.toordinal(), last.toordinal() + 1):
            found.append((date.fromordinal(ordinal), not worked, name))
    return tuple(found), every(faults)


def _stretch(match: re.Match[str] | None) -> tuple[date, date, str]:
    if match is None:
        raise ValueError
    year, month, day, last_year, last_month, last_day, name = match.groups()
    first = date(int(year), int(month), int(day))
    last = date(int(last_year or year), int(last_month), int(last_day)) if last_month else first
    if not 0 <= (last - first).days <= 31:
        raise ValueError
    return first, last, name.strip()


@dataclass(frozen=True, slots=True)
class DoorRow:
    """One row of an estate's list of dwellings, read."""

    row: int
    building: str
    unit: str
    room: str
    floor: int | None = None
    area_dm2: int | None = None
    grid: str = ""

    @property
    def key(self) -> tuple[str, str, str]:
        return self.building, self.unit, self.room


DOOR_COLUMNS: dict[str, tuple[str, ...]] = {
    "building": ("楼栋", "楼号", "栋", "幢", "楼栋号", "楼栋名称"),
    "unit": ("单元", "单元号", "门洞"),
    "room": ("房号", "室", "户号", "门牌", "房间号", "室号"),
    "floor": ("楼层", "层", "所在楼层"),
    "area": ("面积", "建筑面积", "专有部分面积", "面积（平方米）", "建筑面积（平方米）"),
    "grid": ("网格", "网格号", "网格名称", "所属网格"),
}
"""The columns of the list and the headings they are known by."""


def read_door(values: Mapping[str, str], *, row: int) -> tuple[DoorRow | None, Ruling]:
    """Read one row (column name → text); the second value holds all its faults."""
    text = {name: re.sub(r"\s+", " ", values.get(name, "")).strip() for name in DOOR_COLUMNS}
    rulings = [
        require(text["building"], _("缺少楼栋")).at("building", row),
        require(text["room"], _("缺少房号")).at("room", row),
    ]
    rulings += [
        require(len(text[name]) <= 32, _("“%(value)s”太长"), value=text[name][:32]).at(name, row)
        for name in ("building", "unit", "room", "grid")
    ]
    floor, ruling = read_floor(text["floor"])
    rulings.append(ruling.at("floor", row))
    area, ruling = read_area(text["area"])
    rulings.append(ruling.at("area", row))
    ruling = every(rulings)
    if not ruling.allowed:
        return None, ruling
    return (
        DoorRow(row, text["building"], text["unit"], text["room"], floor, area, text["grid"]),
        ALLOWED,
    )


def read_floor(text: str) -> tuple[int | None, Ruling]:
    """A floor as clerks write it: 3, 3层, -1, 地下1层, B1; None where nothing was written."""
    if below := re.fullmatch(r"(?:地下|负|B)([0-9])层?", text.upper()):
        return -int(below[1]), ALLOWED
    found = re.fullmatch(r"(-?[0-9]{1,3})(?:\.0)?(?:层|楼|F)?", text.upper(), re.ASCII)
    if found:
        return int(found[1]), ALLOWED
    return None, require(not text, _("楼层应为整数：%(value)s"), value=text[:20])


def read_area(text: str, *, most_m2: int = 1_000_000) -> tuple[int | None, Ruling]:
    """Square metres as text → hundredths; None where nothing was written."""
    if not text:
        return None, ALLOWED
    plain = re.sub(r"(㎡|平方米|平米|m2|m²)$", "", text.replace(",", "")).strip()
    try:
        area = Decimal(plain) if re.fullmatch(r"[0-9]+(\.[0-9]+)?", plain, re.ASCII) else None
    except InvalidOperation:  # pragma: no cover - the pattern lets nothing else through
        area = None
    if area is None or not 0 < area < most_m2:
        return None, refuse(_("面积应为大于0的平方米数：%(value)s"), value=text[:20])
    exact = area * 100
    if exact != int(exact):
        return None, refuse(_("面积最多两位小数：%(value)s"), value=text[:20])
    return int(exact), ALLOWED


def serial_for(name: str, *, taken: Collection[int], width: int) -> int:
    """The serial number for a new building, unit or door: its own figures if free, else the next.

    ``3号楼`` → 3. Raises ValueError when every number is taken.
    """
    figures = re.findall(r"[0-9]+", name)
    if len(figures) == 1 and 0 < int(figures[0]) < 10**width and int(figures[0]) not in taken:
        return int(figures[0])
    free = next((n for n in range(1, 10**width) if n not in taken), None)
    if free is None:
        raise ValueError(f"no number left for {name!r}")
    return free


@dataclass(slots=True)
class DoorPlan:
    """What a list of dwellings would change in an estate."""

    new: list[DoorRow] = field(default_factory=list)
    changed: list[DoorRow] = field(default_factory=list)
    same: int = 0
    faults: Ruling = ALLOWED

    @property
    def good(self) -> int:
        return len(self.new) + len(self.changed) + self.same

    @property
    def changes(self) -> int:
        return len(self.new) + len(self.changed)


def plan_doors(
    rows: Iterable[DoorRow],
    *,
    known: Mapping[tuple[str, str, str], tuple[int | None, int | None, str]],
    grids: Collection[str],
) -> DoorPlan:
    """Compare rows with the doors kept. `known`: (building, unit, room) → (floor, area, grid)."""
    plan = DoorPlan()
    faults: list[Ruling] = []
    seen: dict[tuple[str, str, str], int] = {}
    for row in rows:
        fault = require(
            row.key not in seen,
            _("与第%(first)s行重复：%(door)s"),
            first=seen.get(row.key, 0),
            door=" ".join(filter(None, row.key)),
        ).at("room", row.row) & require(
            not row.grid or row.grid in grids,
            _("本社区没有网格“%(grid)s”，请先录入"),
            grid=row.grid,
        ).at("grid", row.row)
        seen.setdefault(row.key, row.row)
        faults.append(fault)
        if not fault.allowed:
            continue
        if row.key not in known:
            plan.new.append(row)
        elif _differs(row, known[row.key]):
            plan.changed.append(row)
        else:
            plan.same += 1
    plan.faults = every(faults)
    return plan


def _differs(row: DoorRow, kept: tuple[int | None, int | None, str]) -> bool:
    """An empty cell changes nothing."""
    told = (row.floor, row.area_dm2, row.grid or None)
    return any(new is not None and new != old for new, old in zip(told, kept, strict=True))
