"""What an estate undertakes in a year: agreed, paid by instalments, accepted, closed."""

from __future__ import annotations

import random
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from linli.kernel.period import Period

RUNS, ACCEPTED, CLOSED = "实施中", "已验收", "已结项"
RETAINED_MONTHS = 12
SIGNED_PERCENT, HALF_WAY_PERCENT, RETAINED_PERCENT = 30, 40, 5
"""Of an agreement: paid when it is signed and half way, and kept back until a year later."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Payment:
    """An instalment. `person`: who gets it, where that is not the contractor but a person."""

    period: Period
    day: int
    fund: str
    fen: int
    summary: str
    document: str = ""
    person: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """Something that is undertaken. `stages`: from which month on what is said of it."""

    code: str
    name: str
    budgets: Mapping[str, int]
    contractor: str
    need: str
    decision: str
    stages: Mapping[Period, str]
    payments: Sequence[Payment]

    @property
    def begins(self) -> Period:
        return min(self.stages)

    @property
    def agreement(self) -> str:
        return self.code.replace("P-", "XY-")

    def stage(self, period: Period) -> str:
        """How far it is at the end of a month."""
        return self.stages[max(since for since in self.stages if since <= period)]


@cache
def told() -> dict[str, Any]:
    """The year of an invented estate, as the file beside this one tells it."""
    return tomllib.loads((Path(__file__).parent / "year.toml").read_text("utf-8"))


@cache
def of_year(seed: int, parking_fen: int, year: int, first: Period) -> tuple[Project, ...]:
    """The projects of an estate's year; those that began before its first month are not known."""
    chance = random.Random(seed * 100_003 + year)
    found = (
        _canteen(seed, max(first, Period(f"{year}-01")), chance),
        _night_school(max(first, Period(f"{year}-03")), chance),
        _works("spring", seed, parking_fen, year, chance),
        _summer(year, chance),
        _works("autumn", seed, parking_fen, year, chance),
        _festival(year, chance),
    )
    return tuple(one for one in found if one and one.begins >= first)


def _canteen(seed: int, begins: Period, chance: random.Random) -> Project:
    """Meals at a discount, month by month until December."""
    names, year = told()["canteens"], begins.year
    name = names[seed % len(names)]
    months = list(begins.to(Period(f"{year}-12")))
    meals = [chance.randrange(290, 420) for _month in months]
    return Project(
        code=f"P-{year}-01",
        name=f"{name}助餐补贴",
        budgets={"seed": len(months) * 215_000},
        contractor=name,
        need=f"老人就餐：{86 + seed % 40} 户提出",
        decision=f"资金小组纪要〔{year}〕1号",
        stages={begins: RUNS, months[-1]: CLOSED},
        payments=[
            Payment(
                period=month,
                day=24,
                fund="seed",
                fen=n * 500,
                summary=f"{month.month}月助餐补贴 {n} 人次",
                document=f"ZC{month.code.replace('-', '')}",
            )
            for month, n in zip(months, meals, strict=True)
        ],
    )


def _night_school(begins: Period, chance: random.Random) -> Project | None:
    """Two terms, March to June and September to December."""
    year = begins.year
    months = [m for m in begins.to(Period(f"{year}-12")) if m.month not in (7, 8)]
    lessons = [chance.randrange(10, 17) for _month in months]
    return Project(
        code=f"P-{year}-02",
        name="青年夜校",
        budgets={"fiscal": len(months) * 17 * 15_000},
        contractor="碧学社",
        need="青年学习：线上征集 132 人",
        decision=f"资金小组纪要〔{year}〕2号",
        stages={begins: RUNS, months[-1]: CLOSED},
        payments=[
            Payment(
                period=month,
                day=20,
                fund="fiscal",
                fen=n * 15_000,
                summary=f"{month.month}月授课费 {n} 课时",
                document=f"FP{month.code.replace('-', '')}20",
            )
            for month, n in zip(months, lessons, strict=True)
        ],
    )


SEASONS = {"spring": ("03", 3), "autumn": ("05", 8)}
"""Season → the last digits of the code of its works, the earliest month they are agreed in."""


def _works(season: str, seed: int, parking_fen: int, year: int, chance: random.Random) -> Project:
    """Works on the common parts: a price after audit, 5 % of it kept back for a year."""
    tail, month = SEASONS[season]
    some = told()[season]
    one = some[(seed + year) % len(some)]
    budget = parking_fen * chance.randrange(14, 23) // 100_000 * 10_000
    price = budget * chance.randrange(960, 1000) // 1_000_000 * 1000
    signed = budget * SIGNED_PERCENT // 1_000_000 * 10_000
    half_way = budget * HALF_WAY_PERCENT // 1_000_000 * 10_000
    retained = price * RETAINED_PERCENT // 100_000 * 1000
    begins = Period(f"{year}-{month + chance.randrange(0, 2):02d}")
    accepted = begins.plus(3)
    steps = (
        (begins, 14, signed, "首付款"),
        (begins.plus(1), 19, half_way, "进度款"),
        (accepted, 19, price - signed - half_way - retained, "尾款（审定价 {price:,} 元）"),
        (accepted.plus(RETAINED_MONTHS), 22, retained, "质保金"),
    )
    return Project(
        code=f"P-{year}-{tail}",
        name=one["name"],
        budgets={"common": budget},
        contractor=one["contractor"],
        need=one["need"],
        decision=f"业主大会决议〔{year}〕{2 if season == 'spring' else 3}号",
        stages={begins: RUNS, accepted: ACCEPTED, steps[-1][0]: CLOSED},
        payments=[
            Payment(
                period=period,
                day=day,
                fund="common",
                fen=fen,
                summary=f"{one['name']}{word.format(price=price // 100)}",
                document=f"FP{period.code.replace('-', '')}{day}",
            )
            for period, day, fen, word in steps
        ],
    )


def _summer(year: int, chance: random.Random) -> Project:
    """Children looked after in the holidays, from two funds; helpers are persons."""
    july, august = Period(f"{year}-07"), Period(f"{year}-08")
    lunch, teaching = chance.randrange(16, 26) * 10_000, chance.randrange(40, 56) * 10_000
    return Project(
        code=f"P-{year}-04",
        name="暑期托管",
        budgets={"seed": 300_000, "fiscal": 600_000},
        contractor="碧学社",
        need="暑期看护：41 户报名",
        decision=f"资金小组纪要〔{year}〕3号",
        stages={july: RUNS, august: CLOSED},
        payments=[
            Payment(
                period=july, day=10, fund="fiscal", fen=teaching, summary="暑期托管授课费",
                document=f"FP{year}0710",
            ),
            Payment(
                period=august, day=21, fund="seed", fen=lunch, summary="暑期托管志愿者误餐补贴",
                person="李秀兰",
            ),
        ],
    )  # fmt: skip


def _festival(year: int, chance: random.Random) -> Project:
    """The neighbours' day in September, settled in October."""
    september, october = Period(f"{year}-09"), Period(f"{year}-10")
    stage, food = chance.randrange(24, 38) * 10_000, chance.randrange(30, 52) * 10_000
    return Project(
        code=f"P-{year}-06",
        name="邻里节",
        budgets={"fiscal": 900_000},
        contractor="邻里优选商行",
        need="邻里节：议事会征集",
        decision=f"资金小组纪要〔{year}〕4号",
        stages={september: RUNS, october: CLOSED},
        payments=[
            Payment(
                period=september, day=18, fund="fiscal", fen=stage, summary="邻里节舞台与展板搭建",
                document=f"FP{year}0918",
            ),
            Payment(
                period=october, day=13, fund="fiscal", fen=food, summary="邻里节百家宴食材",
                document=f"FP{year}1013",
            ),
        ],
    )  # fmt: skip
