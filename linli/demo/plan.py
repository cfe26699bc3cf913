"""What happens in an estate's month: plain rows, the same for the same seed."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from linli.demo import projects
from linli.demo.projects import Project
from linli.kernel.period import Period

QUARTERS = {3: "一", 6: "二", 9: "三", 12: "四"}
ATTENDED_FEN = 1_500_000
"""Where parking earns this much a month, somebody is paid to look after it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """One thing that happens: money in (positive) or out, of a fund and category.

    `wallet`: it comes through the merchant's code, settled by the bank once a month; `late`: the
    bank does it in the next month; `person`: the counterparty is a natural person.
    """

    on: date
    fund: str
    category: str
    fen: int
    summary: str
    counterparty: str
    document: str = ""
    decision: str = ""
    project: str = ""
    ground: str = ""
    wallet: bool = False
    late: bool = False
    person: bool = False


@dataclass(slots=True, kw_only=True)
class Estate:
    """How an estate earns and spends, from its first month on. Amounts in fen a month."""

    name: str
    seed: int
    spaces: int
    fee_fen: int
    lockers: int
    room_fen: int
    advert_fen: int
    opening: dict[str, int]
    first: Period = Period("2019-01")

    @property
    def parking_fen(self) -> int:
        return self.spaces * self.fee_fen

    def projects(self, period: Period) -> list[Project]:
        """What has been undertaken up to a month and may still be paid in it."""
        years = (period.year - 2, period.year - 1, period.year)
        found = [
            one
            for year in years
            if year >= self.first.year
            for one in projects.of_year(self.seed, self.parking_fen, year, self.first)
        ]
        return [one for one in found if one.begins <= period]


def estate(name: str, seed: int) -> Estate:
    """An estate of an invented size."""
    chance = random.Random(seed * 7919 + 11)
    spaces, fee_fen = chance.randrange(48, 136), chance.choice((15000, 20000, 25000, 30000))
    return Estate(
        name=name,
        seed=seed,
        spaces=spaces,
        fee_fen=fee_fen,
        lockers=chance.randrange(3, 9),
        room_fen=chance.randrange(30, 80) * 10000,
        advert_fen=chance.randrange(12, 26) * 10000,
        opening={
            "common": spaces * fee_fen * chance.randrange(30, 60) // 10 + chance.randrange(10000),
            "seed": chance.randrange(100, 260) * 10000,
            "fiscal": chance.randrange(80, 200) * 10000,
        },
    )


def month(of: Estate, period: Period, *, projects: bool = True) -> list[Deed]:
    """The deeds of a month, by day."""
    chance = random.Random(of.seed * 1000 + period.year * 12 + period.month)
    deeds = [*_contracts(of, period, chance), *_wallet(period, chance)]
    deeds += _habits(of, period, chance)
    deeds += _paid(of, period) if projects else []
    return sorted(deeds, key=lambda deed: deed.on)


def _contracts(of: Estate, period: Period, chance: random.Random) -> list[Deed]:
    """What runs by contract: parking, lockers, the shop, adverts; power and the attendant."""
    n, code = f"{period.month}月", period.code.replace("-", "")
    rented = of.spaces - chance.randrange(0, 4)
    winter = 12 if period.month in (11, 12, 1, 2) else 9 if period.month in (6, 7, 8) else 10
    power = (of.lockers * 9000 + of.spaces * 500) * winter // 10 + chance.randrange(9000)
    rows = [
        (2, "parking", rented * of.fee_fen, f"{n}地面停车月租 {rented} 个车位", "业主", f"SJ{code}01"),
        (8, "site", of.lockers * 30000, f"快递柜场地费 {of.lockers} 组 {n}", "蜂箱智能柜", f"SJ{code}02"),
        (10, "room_rent", of.room_fen, f"物业用房 2 号楼底商出租 {n}", "康宁药房", "HT-2025-011"),
        (16, "energy", -power, "车场照明、道闸与快递柜用电", "供电公司", f"DF{code}"),
    ]  # fmt: skip
    if quarter := QUARTERS.get(period.month):
        what = f"电梯框架与道闸灯箱广告 {quarter}季度"
        rows.append((9, "advertising", of.advert_fen * 3, what, "蓬城传媒有限公司", f"FP{code}09"))
    told = [
        Deed(
            on=period.first_on.replace(day=day),
            fund="common",
            category=category,
            fen=fen,
            summary=summary,
            counterparty=who,
            document=document,
        )
        for day, category, fen, summary, who, document in rows
    ]
    if of.parking_fen >= ATTENDED_FEN:
        wages = replace(
            told[0],
            on=period.first_on.replace(day=28),
            category="labour",
            fen=-240_000,
            document="",
        )
        words = {"summary": f"车场秩序员劳务费 {n}", "counterparty": "安居物业服务有限公司"}
        told.append(replace(wages, **words, ground="合同第 9 条"))
    return told


def _wallet(period: Period, chance: random.Random) -> list[Deed]:
    """Small parking money through the merchant's code, a week at a time."""
    return [
        Deed(
            on=period.first_on + timedelta(6 + week * 7),
            fund="common",
            category="parking",
            fen=chance.randrange(60, 260) * 100 + chance.choice((0, 50)),
            summary=f"临时停车费（扫码）{period.month}月第{'一二三四'[week]}周",
            counterparty="临停车主",
            wallet=True,
        )
        for week in range(4)
    ]


def _habits(of: Estate, period: Period, chance: random.Random) -> list[Deed]:
    """What comes again every year."""
    words = {
        "n": period.month,
        "before": period.previous.month,
        "year": period.year,
        "ago": period.year - 1,
        "quarter": QUARTERS.get(period.month, ""),
    }
    return [
        _habit(of, period, habit, words, chance)
        for habit in projects.told()["habit"]
        if period.month in habit["months"]
    ]


def _habit(
    of: Estate, period: Period, habit: Mapping[str, Any], words: dict, chance: random.Random
) -> Deed:
    shares = habit.get("parking", ())
    low, high = habit.get("yuan") or [of.parking_fen * share // 100_000 for share in shares]
    fen = chance.randint(low * 100, high * 100) if "odd" in habit else _even(low, high, chance)
    fund, category = habit["what"].split("/")
    return Deed(
        on=period.first_on.replace(day=habit["day"]),
        fund=fund,
        category=category,
        fen=-fen if habit.get("out") else fen,
        counterparty=habit["who"],
        **{
            name: habit.get(name, "").format(**words)
            for name in ("summary", "document", "decision", "ground")
        },
    )


def _even(low: int, high: int, chance: random.Random) -> int:
    """An amount in fen as people agree on one: whole tens of yuan, hundreds where it is large."""
    step = 10 if high < 3000 else 100
    least = -(-low // step)
    return chance.randint(least, max(least, high // step)) * step * 100


def _paid(of: Estate, period: Period) -> list[Deed]:
    """What projects are paid in a month."""
    return [
        Deed(
            on=period.first_on.replace(day=one.day),
            fund=one.fund,
            category=f"{one.fund}_project",
            fen=-one.fen,
            summary=one.summary,
            counterparty=one.person or project.contractor,
            document=one.document,
            decision=project.decision,
            project=project.code,
            person=bool(one.person),
        )
        for project in of.projects(period)
        for one in project.payments
        if one.period == period
    ]
