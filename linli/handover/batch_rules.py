"""Rules of signing together. No database, no clock."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from linli.handover.rules import MOST_ROOMS
from linli.kernel.roles import Role
from linli.kernel.rulings import ALLOWED, Ruling, every, refuse, require
from linli.kernel.words import AnyOf
from linli.kernel.words import gettext_noop as _


def may_make_batch(
    *,
    name: str,
    developer: str,
    receiver: str,
    opener: bool,
    openers: Sequence[Role],
    calendar: Ruling,
) -> Ruling:
    return every(
        [
            require(opener, _("集中签约由%(who)s组织"), who=AnyOf(role.name for role in openers)),
            require(name.strip(), _("请填写名称")).at("name"),
            require(developer.strip(), _("请写明移交方（建设单位）")).at("developer"),
            require(receiver.strip(), _("请写明接收单位")).at("receiver"),
            calendar.at("held_on"),
        ]
    )


def may_join(
    *,
    number: str,
    inside: bool,
    same_parties: bool,
    elsewhere: str,
    ended: bool,
    count: int,
) -> Ruling:
    """May a handover be put into a batch? `elsewhere`: the batch it is in already."""
    return every(
        [
            require(not ended, _("%(number)s已办结或终止"), number=number),
            require(inside, _("%(number)s不在这次签约的辖区内"), number=number),
            require(
                same_parties,
                _("%(number)s的移交方或接收单位与这次签约的不一致"),
                number=number,
            ),
            is_free(number=number, elsewhere=elsewhere),
            require(count < MOST_ROOMS, _("一次签约最多%(n)s处"), n=MOST_ROOMS),
        ]
    )


def is_free(*, number: str, elsewhere: str) -> Ruling:
    text = _("%(number)s已列入%(batch)s")
    return require(not elsewhere, text, number=number, batch=elsewhere)


def still_open(*, signed: bool, dropped: bool) -> Ruling:
    return require(not signed, _("协议已签订，不能再改")) & require(
        not dropped, _("这次签约已取消，不能再改")
    )


def may_sign_batch(
    *,
    rooms: int,
    agreement_no: str,
    giver: str,
    taker: str,
    signed_on: date,
    today: date,
    ready_on: date,
) -> Ruling:
    """`ready_on`: since when the last of its rooms has been ready."""
    return every(
        [
            require(rooms, _("还没有列入用房")),
            require(agreement_no.strip(), _("请填写协议编号")).at("agreement_no"),
            require(giver.strip(), _("请填写移交方签字人")).at("giver"),
            require(taker.strip(), _("请填写接收方签字人")).at("taker"),
            require(signed_on <= today, _("签订日期在今天之后")).at("signed_on"),
            require(
                signed_on >= ready_on,
                _("签订日期早于签约前的环节办完的%(day)s"),
                "移交规则:8",
                day=ready_on.isoformat(),
            ).at("signed_on"),
        ]
    )


def of_room(number: str, name: str, ruling: Ruling) -> Ruling:
    """A room's reasons, each saying which room it is about."""
    if ruling.allowed:
        return ALLOWED
    return every(
        refuse(
            _("%(number)s %(room)s：%(why)s"),
            *reason.cites,
            number=number,
            room=name,
            why=reason,
        )
        for reason in ruling.reasons
    )
