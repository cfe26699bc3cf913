"""Vouchers, journals, ledgers, the trial balance and the reconciliation."""

from __future__ import annotations

from typing import Any

from linli.prints.samples.estate import HANDS, HEAD, SEAL

PEOPLE: list[dict[str, Any]] = [
    {"role": "审批", "name": "李建国"},
    {"role": "记账", "name": "王秀兰"},
    {"role": "出纳", "name": "赵敏"},
    {"role": "制单", "name": "王秀兰"},
]


def _line(summary: str, account: str, detail: str, debit: int, credit: int) -> Any:
    return {
        "summary": summary,
        "account": account,
        "detail": detail,
        "debit_fen": debit,
        "credit_fen": credit,
    }


PAYMENT: dict[str, Any] = {
    "word": "付",
    "number": 12,
    "on": "2026-10-15",
    "papers": 3,
    "fund": "common",
    "lines": [
        _line("付3号楼北侧非机动车棚第二期款", "使用", "项目支出 P-2026-03", 980000, 0),
        _line("转账手续费", "合理成本", "手续费", 1050, 0),
        _line("付3号楼北侧非机动车棚第二期款及手续费", "银行存款", "工行 …9876", 0, 981050),
    ],
    "hands": PEOPLE,
}

GATHERED: dict[str, Any] = {
    "word": "收",
    "number": 13,
    "on": "2026-10-18",
    "papers": 9,
    "fund": "common",
    "lines": [
        _line(f"{n}月停车费 {n * 11} 户", "公共收入", "停车场地使用费", 0, 132000 + n * 2000)
        for n in range(1, 9)
    ]
    + [_line("停车费汇总存入", "银行存款", "工行 …9876", 1128000, 0)],
    "hands": PEOPLE,
}

REVERSAL: dict[str, Any] = {
    "word": "记",
    "number": 21,
    "on": "2026-10-30",
    "papers": 1,
    "fund": "common",
    "original_on": "2026-09-12",
    "mark": {
        "kind": "reversal",
        "number": "记-0008",
        "on": "2026-09-12",
        "reason": "场地费误记广告",
    },
    "lines": [
        _line("冲销误记的广告收入", "公共收入", "广告收入", 0, -80000),
        _line("冲销误记的广告收入", "银行存款", "工行 …9876", -80000, 0),
    ],
    "hands": PEOPLE,
}

VOIDED: dict[str, Any] = {
    **PAYMENT,
    "number": None,
    "mark": {"kind": "void", "on": "2026-10-31", "reason": "月末未获审批，作废"},
    "lines": PAYMENT["lines"][:1] + [_line("付非机动车棚款", "银行存款", "工行 …9876", 0, 980000)],
}

VOUCHERS: dict[str, Any] = {
    **HEAD,
    "code": "B000001-2026-10-PZ",
    "paper": "a5",
    "digits": True,
    "seal": SEAL,
    "vouchers": [PAYMENT, GATHERED, REVERSAL, VOIDED],
}

VOUCHERS_A4: dict[str, Any] = {**VOUCHERS, "paper": "a4", "digits": False}


def _rows(count: int) -> list[dict[str, Any]]:
    rows = []
    for n in range(count):
        month, day = 9 + (n >= count // 2), 1 + n * 53 // max(count, 1) % 28
        income = n % 4 != 3
        fen = 20000 + n * 1737 % 90000
        rows.append(
            {
                "on": f"2026-{month:02d}-{day:02d}",
                "voucher": f"{'收' if income else '付'}-{n + 1:04d}",
                "summary": f"{n % 12 + 1}号楼停车费" if income else "付保洁公司季度清扫费用",
                "contra": "停车场地使用费" if income else "项目支出",
                "debit_fen": fen if income else 0,
                "credit_fen": 0 if income else fen,
                "matched": n % 7 != 5,
            }
        )
    return sorted(rows, key=lambda row: row["on"])


def journal(count: int) -> dict[str, Any]:
    """A bank journal of two months with so many rows."""
    return {
        **HEAD,
        "code": "B000001-2026-10-RJZ",
        "kind": "bank",
        "from_on": "2026-09-01",
        "until_on": "2026-10-31",
        "seal": SEAL,
        "hands": HANDS,
        "accounts": [
            {
                "code": "1002",
                "name": "银行存款",
                "fund": "common",
                "bank": "工商银行蓬莱支行 业委会户",
                "tail": "…9876",
                "opening_fen": 12845036,
                "year_debit_fen": 22760000,
                "year_credit_fen": 18134500,
                "rows": _rows(count),
            }
        ],
    }


def ledger(count: int) -> dict[str, Any]:
    """Two accounts of the ledger, one of them without a row."""
    rows = [
        {**row, "debit_fen": row["credit_fen"], "credit_fen": row["debit_fen"]}
        for row in _rows(count)
    ]
    if rows:
        rows[-1] |= {"mark": "reversal", "original_on": "2026-09-12", "credit_fen": -80000}
    return {
        **HEAD,
        "code": "B000001-2026-10-MXZ",
        "from_on": "2026-09-01",
        "until_on": "2026-10-31",
        "hands": HANDS,
        "accounts": [
            {
                "code": "parking",
                "name": "停车场地使用费",
                "fund": "common",
                "opening_fen": -15000000,
                "rows": rows,
            },
            {"code": "site", "name": "场地租赁费", "fund": "common", "opening_fen": 0, "rows": []},
        ],
    }


def _trial(code: str, name: str, opening: int, debit: int, credit: int, months: int = 9) -> Any:
    return {
        "code": code,
        "name": name,
        "opening_fen": opening,
        "debit_fen": debit,
        "credit_fen": credit,
        "year_debit_fen": debit * months,
        "year_credit_fen": credit * months,
    }


TRIAL_BALANCE: dict[str, Any] = {
    **HEAD,
    "code": "B000001-2026-10-YEB",
    "period": "2026-10",
    "seal": SEAL,
    "hands": HANDS,
    "funds": [
        {
            "fund": "common",
            "rows": [
                _trial("bank-9876", "银行存款 工行 …9876", 15108050, 3472018, 1772644),
                _trial("cash", "库存现金", 300000, 0, 0),
                _trial("parking", "停车场地使用费", -15000000, 0, 1924000),
                _trial("advertising", "广告收入", -4320000, 0, 540000),
                _trial("site", "场地租赁费", -1800000, 0, 320000),
                _trial("room_rent", "公共用房出租", -5850000, 0, 650000),
                _trial("interest", "存款利息", -70000, 0, 18018),
                _trial("compensation", "设施损坏赔偿", 0, 0, 20000),
                _trial("tax", "税费", 900000, 118644, 0),
                _trial("energy", "能耗", 780000, 92000, 0),
                _trial("maintenance_cost", "设备维护", 400000, 62000, 0),
                _trial("management", "经营管理费", 1900000, 240000, 0),
                _trial("common_project", "项目支出", 8200000, 980000, 0),
                _trial("to_maintenance", "补充专项维修资金", 2000000, 280000, 0),
                _trial("deposit", "押金及暂收", -600000, 0, 0),
                _trial("net_assets", "净资产", -1948050, 0, 0),
            ],
        },
        {
            "fund": "seed",
            "rows": [
                _trial("custody", "区慈善总会 专项子账", 5715000, 1365000, 420000),
                _trial("donation", "定向募捐", -4000000, 0, 500000),
                _trial("operation", "市场运营", -1215000, 0, 365000),
                _trial("match_in", "配捐转入", 0, 0, 500000),
                _trial("seed_project", "种子基金项目支出", 1500000, 420000, 0),
                _trial("net_assets", "净资产", -2000000, 0, 0),
            ],
        },
        {"fund": "fiscal", "rows": []},
    ],
}


def _item(kind: str, on: str, fen: int, summary: str, note: str = "") -> Any:
    return {
        "kind": kind,
        "date": on,
        "amount_fen": fen,
        "summary": summary,
        "since": on[:7],
        "note": note,
    }


RECONCILIATION: dict[str, Any] = {
    **HEAD,
    "code": "B000001-2026-10-TJB",
    "seal": SEAL,
    "hands": HANDS,
    "accounts": [
        {
            "account": "银行存款",
            "bank": "工商银行蓬莱支行 业委会户",
            "tail": "…9876",
            "fund": "common",
            "on": "2026-10-31",
            "book_balance_fen": 17107424,
            "bank_balance_fen": 17396442,
            "outstanding": [
                _item("book_payment_not_in_bank", "2026-10-31", 280000, "补充专项维修资金"),
                _item("bank_receipt_not_in_book", "2026-10-21", 18018, "结息"),
                _item(
                    "bank_payment_not_in_book", "2026-10-29", 9000, "代扣电费", "账单未到，11月补记"
                ),
            ],
        },
        {
            "account": "微信商户",
            "fund": "seed",
            "on": "2026-10-31",
            "book_balance_fen": 6660000,
            "bank_balance_fen": 6650000,
            "outstanding": [],
            "note": "差额 100.00 元为平台延迟结算，已向平台查询。",
        },
    ],
}
