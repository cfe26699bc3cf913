"""Leases of public rooms: what may be written down, and what is wrong with them. No clock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from linli.kernel.calendar import months_later
from linli.kernel.money import LIMIT_FEN
from linli.kernel.rulings import Ruling, every, require
from linli.kernel.words import gettext_noop as _
from linli.premises import rules

RUNNING, OVER, ENDED, COMING = "running", "over", "ended", "coming"
STANDINGS = {
    COMING: _("未起租"),
    RUNNING: _("履行中"),
    OVER: _("到期未终止"),
    ENDED: _("已终止"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What a lease says. `until_on` None: without fixed term; `rent_fen` once every `per`."""

    lessor: str
    lessee: str
    from_on: date
    until_on: date | None
    rent_fen: int
    per: str
    paid_to: str
    written: bool = True
    person: bool = False
    phone: str = ""
    number: str = ""
    purpose: str = ""
    note: str = ""

    @property
    def yearly_fen(self) -> int:
        return self.rent_fen * 12 // rules.MONTHS_OF[self.per]


def may_write(terms: Terms) -> Ruling:
    """May a lease be written down? What is unlawful about it is flagged, not refused: it exists."""
    return every(
        [
            require(terms.lessor.strip(), _("请填写出租方")).at("lessor"),
            require(terms.lessee.strip(), _("请填写承租方")).at("lessee"),
            require(
                terms.until_on is None or terms.until_on >= terms.from_on,
                _("结束日期早于开始日期"),
            ).at("until_on"),
            require(0 <= terms.rent_fen < LIMIT_FEN, _("租金应为0或以上的金额")).at("rent_fen"),
            require(terms.per in rules.PERS, _("请选择多久付一次租金")).at("per"),
            require(terms.paid_to in rules.PAID_TO, _("请选择租金交给谁")).at("paid_to"),
        ]
    )


def may_end(*, ended: bool, from_on: date, ended_on: date, today: date, reason: str) -> Ruling:
    """May a lease be told to have ended?"""
    return every(
        [
            require(not ended, _("这份合同已登记终止")),
            require(reason.strip(), _("请写明终止原因")).at("reason"),
            require(ended_on >= from_on, _("终止日期早于起租日期")).at("ended_on"),
            require(ended_on <= today, _("终止日期在今天之后")).at("ended_on"),
        ]
    )


def standing(*, from_on: date, until_on: date | None, ended_on: date | None, today: date) -> str:
    """Whether a lease runs, is over and goes on, has ended, or is still to come."""
    if ended_on is not None and ended_on <= today:
        return ENDED
    if from_on > today:
        return COMING
    return OVER if until_on is not None and until_on < today else RUNNING


def doubts(
    terms: Terms, *, kind: str, today: date, max_years: int, written_from_months: int
) -> Ruling:
    """What is wrong with a lease that runs, each with its ground.

    `max_years`, `written_from_months`: the numbers in force (民法典 705, 707).
    """
    until = terms.until_on
    rent = rules.rent_goes_to(kind)
    wanted = {"fiscal": rules.STATE, "common": rules.OWNERS}.get(rent.partition(".")[0])
    longest = months_later(terms.from_on, 12 * max_years)
    long = until is None or until >= months_later(terms.from_on, written_from_months)
    return every(
        [
            require(
                until is None or until < longest,
                _("租期超过%(n)s年，超过部分无效"),
                "民法典:705",
                n=max_years,
            ),
            require(
                terms.written or not long,
                _("租期%(n)s个月以上，应当订立书面合同"),
                "民法典:707",
                n=written_from_months,
            ),
            require(
                until is None or until >= today,
                _("租期已于%(day)s届满，仍在使用的视为不定期租赁，请续签或终止"),
                "民法典:734",
                day=until.isoformat() if until else "",
            ),
            require(
                wanted is None or terms.paid_to == wanted,
                _("租金应入%(wanted)s，现交%(now)s"),
                "民法典:282" if wanted == rules.OWNERS else "用房规则:3",
                wanted=rules.PAID_TO[wanted] if wanted else "",
                now=rules.PAID_TO[terms.paid_to],
            ),
        ]
    )
