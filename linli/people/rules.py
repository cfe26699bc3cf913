"""Rules of people. No database, no clock, no request."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from linli.kernel import place as codes
from linli.kernel.roles import (
    ADMINISTRATORS,
    APPROVER,
    BOOKKEEPER,
    CASHIER,
    FUND_GROUP,
    RESIDENT,
    ROLES,
    SECURITY_ADMIN,
    SYSTEM_ADMIN,
    Role,
)
from linli.kernel.rulings import Ruling, every, require
from linli.kernel.words import gettext_noop as _

SEPARATION = ("会计法:25", "会计法:35")
THREE_APART = ("等保:7.1.4.2",)
APART = (
    frozenset({BOOKKEEPER, CASHIER}),
    frozenset({BOOKKEEPER, APPROVER}),
    frozenset({CASHIER, APPROVER}),
    frozenset({RESIDENT, BOOKKEEPER}),
    frozenset({RESIDENT, CASHIER}),
    frozenset({RESIDENT, APPROVER}),
)
"""Pairs of roles that one person may not hold for the money of one place at one time."""

BOOK_LEVELS = ("street", "community", "estate")
"""Places that can have a book of their own, and so a fund group."""

SECOND_FACTOR: tuple[frozenset[Role], ...] = (
    frozenset(),
    ADMINISTRATORS,
    ADMINISTRATORS | FUND_GROUP,
    frozenset(ROLES.values()),
)
"""Who must sign in with two factors, by the level a county has set (0: nobody)."""

SYSTEM, SECURITY = frozenset({SYSTEM_ADMIN}), frozenset({SECURITY_ADMIN})
"""What the set-up of an installation acts as while it has no administrators."""

_USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{2,31}")


@dataclass(frozen=True, slots=True)
class Held:
    """A role at a place for a time; `until_on` None: without end. Both days are included."""

    role: Role
    place: str
    since_on: date
    until_on: date | None = None

    def overlaps(self, other: Held) -> bool:
        return (self.until_on is None or other.since_on <= self.until_on) and (
            other.until_on is None or self.since_on <= other.until_on
        )


def kinds_of_characters(password: str) -> int:
    """How many of the four kinds a password uses: capital, small, figure, anything else."""
    return sum(
        (
            any(c.isupper() for c in password),
            any(c.islower() for c in password),
            any(c.isdigit() for c in password),
            any(not c.isalnum() for c in password),
        )
    )


def counts_at(role: Role, held_at: str, *, same: Collection[str], wider: Collection[str]) -> bool:
    """Does a role held at one place count at another?

    `same`, `wider`: codes of the other place and of the places around it (places.rules.around).
    It counts at the place itself, and within a place of the role's own level: a street's office
    in its estates, but not the bookkeeper of the street's own book.
    """
    if held_at in same:
        return True
    return held_at in wider and role.level in ("", codes.level(held_at))


def fits(role: Role, level: str) -> bool:
    """May a role be held at places of this level?"""
    if role in FUND_GROUP:
        return level in BOOK_LEVELS
    if not role.level:
        return level in ("county", *BOOK_LEVELS)
    return role.level == level


def may_create(*, roles: Collection[Role], username: str, name: str, taken: bool) -> Ruling:
    """May an account be made? Only by the system administrator."""
    return (
        _only(SYSTEM_ADMIN, roles)
        & check_username(username)
        & require(not taken, _("登录名“%(username)s”已有人用"), username=username).at("username")
        & require(name.strip(), _("请填写姓名")).at("name")
        & require(len(name.strip()) <= 64, _("姓名太长")).at("name")
    )


def check_username(username: str) -> Ruling:
    return require(
        _USERNAME.fullmatch(username),
        _("登录名用3到32个小写字母、数字、点、横线或下划线，以字母或数字开头"),
    ).at("username")


def may_manage(*, roles: Collection[Role], own: bool, theirs: Collection[Role]) -> Ruling:
    """May an account be disabled, enabled or given a new password?

    By the system administrator, but neither their own nor another administrator's: whoever could
    set the password of another administrator would hold two of the three powers.
    """
    return (
        _only(SYSTEM_ADMIN, roles)
        & require(not own, _("不能停用或重置自己的账号"), *THREE_APART)
        & require(
            own or not ADMINISTRATORS & set(theirs),
            _("管理员的账号只能在服务器上用命令 linli account 办理"),
            *THREE_APART,
        )
    )


def _only(role: Role, roles: Collection[Role]) -> Ruling:
    return require(role in roles, _("这件事只由%(who)s办理"), *THREE_APART, who=role.name)


def may_appoint(
    *,
    by_roles: Collection[Role],
    by_self: bool,
    active: bool,
    known_place: bool,
    new: Held,
    held: Iterable[Held],
) -> Ruling:
    """May the security administrator give somebody a role? See `may_hold` for the rest."""
    return (
        _only(SECURITY_ADMIN, by_roles)
        & require(not by_self, _("不能任命自己"), *THREE_APART)
        & may_hold(active=active, known_place=known_place, new=new, held=held)
    )


def may_hold(*, active: bool, known_place: bool, new: Held, held: Iterable[Held]) -> Ruling:
    """May somebody hold a role, whoever gives it? `held`: what they hold now or later."""
    checked = codes.check(new.place).at("place")
    if not checked.allowed:
        return checked
    level = codes.level(new.place)
    same_time = [each for each in held if each.overlaps(new)]
    return (
        require(active, _("这个账号已停用，请先启用")).at("user")
        & require(known_place, _("这个地方还没有录入或已撤销")).at("place")
        & require(
            fits(new.role, level),
            _("“%(role)s”不能任命在%(level)s一级"),
            role=new.role.name,
            level=codes.NAMES[level],
        ).at("place")
        & require(
            new.until_on is None or new.until_on >= new.since_on, _("结束日期早于开始日期")
        ).at("until_on")
        & require(
            not any(e.role == new.role and e.place == new.place for e in same_time),
            _("这段时间已在这里担任“%(role)s”"),
            role=new.role.name,
        ).at("role")
        & administrators_apart(new.role, {each.role for each in same_time})
        & duties_apart(new, same_time)
    )


def administrators_apart(new: Role, held: Collection[Role]) -> Ruling:
    """The three administrators are three persons, and none of them handles money."""
    others = ADMINISTRATORS - {new} if new in ADMINISTRATORS else frozenset()
    group = FUND_GROUP if new in ADMINISTRATORS else frozenset()
    administrators = ADMINISTRATORS if new in FUND_GROUP else frozenset()
    both = tuple(role.name for role in held if role in others)
    money = tuple(role.name for role in held if role in group | administrators)
    return require(
        not both,
        _("三种管理员须由三个人分别担任；此人已是%(held)s"),
        *THREE_APART,
        held=both,
    ).at("role") & require(
        not money,
        _("管理员不能参加资金管理小组；此人已是%(held)s"),
        *THREE_APART,
        held=money,
    ).at("role")


def duties_apart(new: Held, held: Iterable[Held]) -> Ruling:
    """Bookkeeping, cash, approval and residents' supervision of one place's money lie apart."""
    return every(
        require(
            frozenset({new.role, each.role}) not in APART,
            _("同一处的%(one)s和%(other)s不能由一人兼任"),
            *SEPARATION,
            one=new.role.name,
            other=each.role.name,
        ).at("role")
        for each in held
        if each.place == new.place
    )


def may_revoke(*, by_roles: Collection[Role], by_self: bool, over: bool) -> Ruling:
    """May an appointment be taken back before its time?"""
    return (
        _only(SECURITY_ADMIN, by_roles)
        & require(not by_self, _("不能撤销自己的职务，请由另一位安全管理员办理"), *THREE_APART)
        & require(not over, _("这项职务已经结束"))
    )


def session_over(
    *, began_at: datetime, seen_at: datetime, now: datetime, idle_minutes: int, longest_hours: int
) -> str:
    """Why a session is over ("idle", "long"), or ""."""
    if now - began_at >= timedelta(hours=longest_hours):
        return "long"
    if now - seen_at >= timedelta(minutes=idle_minutes):
        return "idle"
    return ""


def password_expired(*, changed_at: datetime | None, now: datetime, days: int) -> bool:
    """Whether a password is older than allowed; 0 days: it never expires."""
    return bool(days and changed_at and now - changed_at >= timedelta(days=days))
