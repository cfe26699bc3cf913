"""What happens in an estate's month: plain rows, the same for the same seed."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import date, timedelta

from linli.kernel.period import Period


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """One thing that happens: money in (positive) or out, of a fund and category."""

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


@dataclass(slots=True, kw_only=True)
class Estate:
    """How an estate earns and spends. Amounts in fen a month."""

    name: str
    seed: int
    spaces: int
    fee_fen: int
    lockers: int
    room_fen: int
    advert_fen: int
    opening: dict[str, int]
    random: random.Random = field(init=False)

    def __post_init__(self) -> None:
        self.random = random.Random(self.seed)


def estate(name: str, seed: int) -> Estate:
    """An estate of an invented size."""
    chance = random.Random(seed * 7919 + 11)
    return Estate(
        name=name,
        seed=seed,
        spaces=chance.randrange(40, 260),
        fee_fen=chance.choice((20000, 25000, 30000)),
        lockers=chance.randrange(2, 9),
        room_fen=chance.randrange(30, 90) * 10000,
        advert_fen=chance.randrange(12, 40) * 10000,
        opening={
            "common": chance.randrange(400, 2400) * 10000 + chance.randrange(10000),
            "seed": chance.randrange(100, 500) * 10000,
            "fiscal": chance.randrange(50, 200) * 10000,
        },
    )


def month(of: Estate, period: Period, *, projects: bool = True) -> list[Deed]:
    """The deeds of a month, by day."""
    chance = random.Random(of.seed * 1000 + period.year * 12 + period.month)
    deeds = [*_income(of, period, chance), *_costs(of, period, chance), *_wallet(period, chance)]
    deeds += _quarterly(of, period, chance)
    deeds += _spending(of, period, chance) if projects else []
    return sorted(deeds, key=lambda deed: deed.on)


def _income(of: Estate, period: Period, chance: random.Random) -> list[Deed]:
    day, n, name = period.first_on, period.month, f"{period.month}月"
    return [
        Deed(
            on=day,
            fund="common",
            category="parking",
            fen=(of.spaces + chance.randrange(-4, 5)) * of.fee_fen,
            summary=f"{name}地面停车月租 {of.spaces} 个车位",
            counterparty="业主",
            document=f"SJ{n:02d}01",
        ),
        Deed(
            on=day + timedelta(7),
            fund="common",
            category="site",
            fen=of.lockers * 30000,
            summary=f"快递柜场地费 {of.lockers} 组 {name}",
            counterparty="蜂箱智能柜",
            document=f"SJ{n:02d}02",
        ),
        Deed(
            on=day + timedelta(9),
            fund="common",
            category="room_rent",
            fen=of.room_fen,
            summary=f"物业用房 2 号楼底商出租 {name}",
            counterparty="康宁药房",
            document="HT-2025-011",
        ),
    ]


def _costs(of: Estate, period: Period, chance: random.Random) -> list[Deed]:
    day, n, name = period.first_on, period.month, f"{period.month}月"
    return [
        Deed(
            on=day + timedelta(14),
            fund="common",
            category="tax",
            fen=-(of.spaces * of.fee_fen // 20 + chance.randrange(5000)),
            summary=f"公共收益 {period.previous.month} 月税费",
            counterparty="税务局",
            ground=f"{period.previous.month} 月完税凭证",
        ),
        Deed(
            on=day + timedelta(15),
            fund="common",
            category="energy",
            fen=-(of.lockers * 14000 + chance.randrange(9000)),
            summary="快递柜与道闸用电",
            counterparty="供电公司",
            document=f"DF{period.year}{n:02d}",
        ),
        Deed(
            on=day + timedelta(26),
            fund="common",
            category="management",
            fen=-(of.spaces * of.fee_fen // 12),
            summary=f"经营管理费 {name}（合同第 12 条）",
            counterparty="安居物业服务有限公司",
            ground="合同第 12 条",
        ),
    ]


def _wallet(period: Period, chance: random.Random) -> list[Deed]:
    """Small parking money through the merchant's code, settled by the bank once a month."""
    return [
        Deed(
            on=period.first_on + timedelta(3 + each * 5),
            fund="common",
            category="parking",
            fen=chance.randrange(25, 160) * 100 + chance.choice((0, 50)),
            summary="临时停车费（扫码）",
            counterparty="临停车主",
            wallet=True,
        )
        for each in range(chance.randrange(3, 6))
    ]


def _quarterly(of: Estate, period: Period, chance: random.Random) -> list[Deed]:
    if period.month % 3:
        return []
    return [
        Deed(
            on=period.first_on + timedelta(8),
            fund="common",
            category="advertising",
            fen=of.advert_fen * 3,
            summary="电梯框架与道闸灯箱广告 本季度",
            counterparty="蓬城传媒有限公司",
            document=f"FP{period.year}{period.month:02d}09",
        ),
        Deed(
            on=period.first_on + timedelta(20),
            fund="common",
            category="interest",
            fen=chance.randrange(2000, 19000),
            summary="季度结息",
            counterparty="工商银行",
        ),
        Deed(
            on=period.first_on + timedelta(22),
            fund="common",
            category="to_maintenance",
            fen=-(of.room_fen // 10000 * 10000),
            summary="补充专项维修资金",
            counterparty="住建局维修资金专户",
            decision=f"业主大会决议〔{period.year}〕1号",
        ),
        Deed(
            on=period.first_on + timedelta(11),
            fund="fiscal",
            category="grant",
            fen=1500000,
            summary="为民服务专项经费下达",
            counterparty="街道办事处",
            document=f"财〔{period.year}〕{80 + period.month}号",
        ),
        Deed(
            on=period.first_on + timedelta(16),
            fund="seed",
            category="donation",
            fen=chance.randrange(4, 16) * 100000,
            summary="定向捐赠 邻里共餐",
            counterparty="海润食品有限公司",
            document=f"JZ-{period.year}{period.month:02d}",
        ),
    ]


def _spending(of: Estate, period: Period, chance: random.Random) -> list[Deed]:
    code = f"P-{period.year}"
    deeds = [
        Deed(
            on=period.first_on + timedelta(11),
            fund="seed",
            category="seed_project",
            fen=-(of.opening["seed"] // 40 + chance.randrange(200) * 100),
            summary=f"杏韵食堂 {period.previous.month} 月助餐补贴",
            counterparty="杏韵食堂",
            decision=f"资金小组纪要〔{period.year}〕{period.month}号",
            project=f"{code}-02",
        ),
        Deed(
            on=period.first_on + timedelta(24),
            fund="seed",
            category="operation",
            fen=chance.randrange(8, 22) * 10000,
            summary="乐修坊低偿服务结余上缴",
            counterparty="乐修坊",
        ),
    ]
    if period.month % 2:
        deeds.append(
            Deed(
                on=period.first_on + timedelta(18),
                fund="common",
                category="common_project",
                fen=-(of.room_fen // 2),
                summary="楼道照明更新进度款",
                counterparty="明光电气安装部",
                decision=f"业主大会决议〔{period.year}〕3号",
                document=f"FP8{period.month:02d}13",
                project=f"{code}-01",
            )
        )
    else:
        deeds.append(
            Deed(
                on=period.first_on + timedelta(19),
                fund="fiscal",
                category="fiscal_project",
                fen=-chance.randrange(12, 40) * 10000,
                summary="青年夜校讲师费",
                counterparty="碧学社",
                project=f"{code}-03",
            )
        )
    return deeds


def budgets(of: Estate, year: int) -> list[tuple[str, str, str, int, str]]:
    """(code, name, fund, budget in fen, contractor) of a year's projects."""
    return [
        (f"P-{year}-01", "楼道照明更新", "common", of.room_fen * 4, "明光电气安装部"),
        (f"P-{year}-02", "杏韵食堂助餐补贴", "seed", of.opening["seed"] * 2, "杏韵食堂"),
        (f"P-{year}-03", "邻里节与青年夜校", "fiscal", 6_000_000, "碧学社"),
    ]
