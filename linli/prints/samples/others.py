"""Year view, archive, receipts."""

from __future__ import annotations

import hashlib
from typing import Any

from linli.prints.samples.estate import HANDS, HEAD, PROOF, SEAL

ROOTS: list[str | None] = [
    hashlib.sha256(f"month {m}".encode()).hexdigest() if m < 10 else None for m in range(12)
]


def _twelve(first: int, step: int) -> list[int | None]:
    return [first + step * (m * 7 % 5) if m < 10 else None for m in range(12)]


YEAR: dict[str, Any] = {
    **HEAD,
    "code": "B000001-2026-ND",
    "year": 2026,
    "roots": ROOTS,
    "seal": {"period": "2026", "root": ROOTS[9]},
    "hands": HANDS,
    "funds": [
        {
            "fund": "common",
            "opening_fen": 9644012,
            "lines": [
                {"side": "income", "name": "停车场地使用费", "months": _twelve(1880000, 22000)},
                {"side": "income", "name": "广告收入", "months": _twelve(0, 540000)},
                {"side": "income", "name": "场地租赁费", "months": _twelve(300000, 10000)},
                {"side": "income", "name": "公共用房出租", "months": _twelve(650000, 0)},
                {"side": "income", "name": "存款利息", "months": _twelve(9631, 411)},
                {"side": "cost", "name": "税费", "months": _twelve(98000, 5322)},
                {"side": "cost", "name": "能耗", "months": _twelve(86240, 1100)},
                {"side": "cost", "name": "经营管理费", "months": _twelve(240000, 0)},
                {"side": "use", "name": "项目支出", "months": _twelve(400000, 980000)},
                {"side": "use", "name": "补充专项维修资金", "months": _twelve(280000, 0)},
            ],
        },
        {
            "fund": "fiscal",
            "opening_fen": 1000000,
            "lines": [
                {"side": "income", "name": "财政拨款", "months": _twelve(200000, 100000)},
                {"side": "use", "name": "项目支出", "months": _twelve(180000, 60000)},
                {"side": "transfer", "name": "配捐转出", "months": _twelve(-20000, -10000)},
            ],
        },
        {
            "fund": "seed",
            "opening_fen": 3000000,
            "lines": [
                {"side": "income", "name": "定向募捐", "months": _twelve(100000, 200000)},
                {"side": "use", "name": "项目支出", "months": _twelve(90000, 110000)},
                {"side": "transfer", "name": "配捐转入", "months": _twelve(20000, 10000)},
            ],
        },
    ],
}

ARCHIVE: dict[str, Any] = {
    **HEAD,
    "code": "B000001-2026-KJ-01",
    "proof": {**PROOF, "url": "http://localhost:8000/B000001/2026/verify"},
    "year": 2026,
    "title": "2026年度会计凭证（1—10月）",
    "kind": "会计凭证",
    "volume": 1,
    "volumes": 2,
    "retention": "30年",
    "from_on": "2026-01-01",
    "until_on": "2026-10-31",
    "numbers": "0001—0213",
    "roots": ROOTS,
    "hands": [
        {"role": "会计主管", "name": "李建国"},
        {"role": "装订", "name": "赵敏"},
        {"role": "保管", "name": ""},
    ],
    "items": [
        {
            "title": f"2026年{m}月 {name}",
            "number": f"B000001-2026-{m:02d}-{short}",
            "on": f"2026-{m:02d}-28",
            "pages": pages,
            "hash": hashlib.sha256(f"{m}{short}".encode()).hexdigest(),
            "note": "更正一次" if (m, short) == (9, "GS") else "",
        }
        for m in range(1, 11)
        for name, short, pages in (
            ("记账凭证", "PZ", 22),
            ("银行对账单及余额调节表", "TJB", 3),
            ("两笔账公示", "GS", 2),
        )
    ],
}

RECEIPT: dict[str, Any] = {
    **HEAD,
    "code": "B000001-R-000128",
    "number": "2026-000128",
    "on": "2026-10-09",
    "payer": "3号楼2单元501 刘先生",
    "item": "2026年10月—12月 地面停车位 C-17 场地使用费",
    "amount_fen": 60000,
    "method": "微信扫码",
    "fund": "common",
    "account": "工行 …9876",
    "receipt_code": "7Q2MX4KD9TWB",
    "stubs": 1,
    "seal": SEAL,
    "proof": {**PROOF, "url": "http://localhost:8000/r/7Q2MX4KD9TWB"},
    "hands": [{"role": "收款人", "name": "赵敏"}, {"role": "开票人", "name": "赵敏"}],
}

RECEIPT_STUBS: dict[str, Any] = {
    **{key: value for key, value in RECEIPT.items() if key != "seal"},
    "stubs": 3,
}

RECEIPT_VOID: dict[str, Any] = {
    **RECEIPT,
    "void": {"on": "2026-10-10", "reason": "金额写错，另开 2026-000129"},
}


def receipts(count: int) -> dict[str, Any]:
    """A list of so many receipts, one in nine of them void."""
    rows = [
        {
            "number": f"2026-{n + 100:06d}",
            "receipt_code": hashlib.sha256(f"r{n}".encode()).hexdigest()[:12].upper(),
            "on": f"2026-10-{n * 27 // max(count, 1) + 1:02d}",
            "item": f"地面停车位 C-{n + 1:02d} 场地使用费",
            "amount_fen": 20000 + n % 3 * 5000,
            "commitment": hashlib.sha256(f"c{n}".encode()).hexdigest(),
            "void": n % 9 == 8,
        }
        for n in range(count)
    ]
    return {
        **HEAD,
        "code": "B000001-2026-10-SJ-parking",
        "period": "2026-10",
        "fund": "common",
        "category": "停车场地使用费",
        "seal": SEAL,
        "tree_root": hashlib.sha256(b"receipts").hexdigest(),
        "total_fen": sum(row["amount_fen"] for row in rows if not row["void"]),
        "rows": rows,
    }
