"""A list of teams and their people as a spreadsheet, read row by row. No database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from linli.kernel.identity import parse_phone
from linli.kernel.roles import DEPARTMENTS, ROLES
from linli.kernel.rulings import ALLOWED, Ruling, every, refuse, require
from linli.kernel.words import gettext_noop as _
from linli.sheets import lists
from linli.sheets.headings import Headings
from linli.sheets.model import Sheet
from linli.sources.chart import folded

FIELDS = {
    "number": _("组号"),
    "team": _("组名"),
    "lead": _("牵头部门"),
    "name": _("姓名"),
    "department": _("所属部门"),
    "unit": _("工作单位"),
    "phone": _("联系电话"),
    "username": _("登录名"),
}
"""Columns in the order in which the list is written out."""
HEADINGS = {
    "number": ["组号", "编组", "组别", "组", "小组编号"],
    "team": ["组名", "小组", "排查组", "小组名称"],
    "lead": ["牵头部门", "牵头单位", "组长单位"],
    "name": ["姓名", "人员", "排查员", "名字", "人员姓名"],
    "department": ["所属部门", "部门", "派出部门", "抽调部门"],
    "unit": ["工作单位", "单位", "所在单位", "单位名称"],
    "phone": ["联系电话", "电话", "手机", "手机号", "手机号码", "联系方式"],
    "username": ["登录名", "账号", "用户名", "系统账号"],
}
LAYOUT = lists.Layout(
    fields=FIELDS,
    headings=HEADINGS,
    needed=(frozenset({"number"}), frozenset({"name"}), frozenset({"department"})),
    most=20_000,
)
MOST_TEAMS = 9_999
LONGEST = {"team": 64, "name": 32, "unit": 64, "username": 64}
_SHORT = {
    "housing": ("住建", "住建局", "住房和城乡建设局", "住房城乡建设局"),
    "resources": ("自然资源", "自然资源局", "自然资源和规划局", "自规局"),
    "civil": ("民政", "民政局"),
    "finance": ("财政", "财政局"),
    "tax": ("税务", "税务局"),
    "justice": ("司法", "司法局", "司法行政"),
    "police": ("公安", "公安局", "公安分局"),
    "enforcement": ("综合执法", "综合执法局", "综合行政执法局", "执法局"),
    "organisation": ("组织部", "组织", "区委组织部", "县委组织部"),
}
"""What departments are called in lists."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberRow:
    """A row that can be read: somebody and the team they belong to."""

    row: int
    number: int
    team: str
    lead: str
    name: str
    department: str
    unit: str
    phone: str
    username: str


def read(sheet: Sheet, found: Headings) -> lists.Read[MemberRow]:
    """All rows below the headings, each with all its faults."""
    return LAYOUT.read(sheet, found, _row)


def _row(at: int, text: Mapping[str, str]) -> tuple[MemberRow | None, Ruling]:
    plain = {name: " ".join(text.get(name, "").split()) for name in FIELDS}
    digits = plain["number"].strip("第组").removesuffix(".0")
    fits = digits.isdecimal() and len(digits) < 6 and 1 <= int(digits) <= MOST_TEAMS
    department, known = _department(plain["department"])
    lead, led = _department(plain["lead"])
    phone, phoned = parse_phone(plain["phone"]) if plain["phone"] else ("", ALLOWED)
    ruling = every(
        [
            require(fits, _("组号应为数字")).at("number", at),
            require(plain["name"], _("请填写姓名")).at("name", at),
            require(plain["department"], _("请填写部门")).at("department", at),
            known.at("department", at),
            led.at("lead", at),
            phoned.at("phone", at),
            *(
                require(len(plain[name]) <= most, _("“%(value)s”太长"), value=plain[name][:30]).at(
                    name, at
                )
                for name, most in LONGEST.items()
            ),
        ]
    )
    if not ruling.allowed:
        return None, ruling
    return (
        MemberRow(
            row=at,
            number=int(digits),
            team=plain["team"],
            lead=lead,
            name=plain["name"],
            department=department,
            unit=plain["unit"],
            phone=phone or "",
            username=plain["username"],
        ),
        ALLOWED,
    )


def _department(word: str) -> tuple[str, Ruling]:
    """The department a word means; "" for an empty one."""
    if not word:
        return "", ALLOWED
    plain = folded(word)
    for role in DEPARTMENTS:
        names = {folded(name) for name in (role.code, ROLES[role.code].name, *_SHORT[role.code])}
        if plain in names:
            return role.code, ALLOWED
    names = tuple(role.name for role in DEPARTMENTS)
    return "", refuse(_("不认识“%(word)s”，可写：%(known)s"), word=word[:30], known=names)
