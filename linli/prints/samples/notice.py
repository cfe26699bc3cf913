"""The month's two accounts, October 2026."""

from __future__ import annotations

from typing import Any

from linli.prints.samples.estate import HEAD, PROOF, ROOT, SEAL


def _line(side: str, category: str, name: str, fen: int, count: int = 1, note: str = "") -> Any:
    return {
        "side": side,
        "category": category,
        "name": name,
        "amount_fen": fen,
        "count": count,
        "note": note,
    }


COMMON = {
    "fund": "common",
    "opening_fen": 14808050,
    "income_fen": 3472018,
    "cost_fen": 512644,
    "use_fen": 1260000,
    "transfer_fen": 0,
    "closing_fen": 16507424,
    "lines": [
        _line("income", "parking", "停车场地使用费", 1924000, 6, "地面车位 96 个，月租 200 元"),
        _line("income", "advertising", "广告收入", 540000, 1, "电梯框架，合同 GG-2026-03"),
        _line("income", "site", "场地租赁费", 320000, 2),
        _line("income", "room_rent", "公共用房出租", 650000, 1, "合同 FZ-2025-11，到期 2027-03-31"),
        _line("income", "interest", "存款利息", 18018),
        _line("income", "compensation", "设施损坏赔偿", 20000, 1, "道闸栏杆一根"),
        _line("cost", "tax", "税费", 118644, 1, "2026 年三季度"),
        _line("cost", "energy", "能耗", 92000, 1, "供电公司账单 10 月"),
        _line("cost", "maintenance_cost", "设备维护", 62000, 2, "未附依据"),
        _line("cost", "management", "经营管理费", 240000, 1, "物业合同第十二条，按收入 8%"),
        _line("use", "common_project", "项目支出", 980000, 1, "P-2026-03 非机动车棚"),
        _line("use", "to_maintenance", "补充专项维修资金", 280000, 1, "业主大会决议〔2026〕2号"),
        _line("liability", "deposit", "押金及暂收", 600000, 2, "装修押金"),
    ],
}

FISCAL = {
    "fund": "fiscal",
    "opening_fen": 1640000,
    "income_fen": 2000000,
    "cost_fen": 0,
    "use_fen": 450000,
    "transfer_fen": -500000,
    "closing_fen": 2690000,
    "lines": [
        _line("income", "grant", "财政拨款", 2000000, 1, "登街发〔2026〕41号"),
        _line("use", "fiscal_project", "项目支出", 450000, 1, "P-2026-01 助餐点"),
        _line("transfer", "match_out", "配捐转出", -500000, 1, "按 1：1 配入种子基金"),
    ],
}

SEED = {
    "fund": "seed",
    "opening_fen": 5715000,
    "income_fen": 865000,
    "cost_fen": 0,
    "use_fen": 420000,
    "transfer_fen": 500000,
    "closing_fen": 6660000,
    "lines": [
        _line("income", "donation", "定向募捐", 500000, 3, "捐赠人 2 位不愿公开姓名"),
        _line("income", "operation", "市场运营", 365000, 4),
        _line("use", "seed_project", "项目支出", 420000, 2),
        _line("transfer", "match_in", "配捐转入", 500000),
    ],
}

PROJECTS: list[dict[str, Any]] = [
    {
        "code": "P-2026-01",
        "name": "暖心助餐点",
        "need": "走访收集，80 岁以上独居老人 23 户",
        "stage": "实施中",
        "funding": [
            {
                "fund": "fiscal",
                "budget_fen": 3600000,
                "paid_fen": 450000,
                "paid_to_date_fen": 2250000,
            },
            {
                "fund": "seed",
                "budget_fen": 1200000,
                "paid_fen": 220000,
                "paid_to_date_fen": 640000,
            },
        ],
        "progress_percent": 60,
        "beneficiaries": 1184,
        "satisfaction_percent": 96.4,
        "satisfaction_count": 56,
    },
    {
        "code": "P-2026-03",
        "name": "3号楼北侧非机动车棚",
        "need": "居民议事会提出，联名 112 户",
        "stage": "已验收",
        "funding": [
            {
                "fund": "common",
                "budget_fen": 1960000,
                "paid_fen": 980000,
                "paid_to_date_fen": 1960000,
            }
        ],
        "progress_percent": 100,
        "beneficiaries": 240,
        "satisfaction_percent": 91.0,
        "satisfaction_count": 100,
    },
    {
        "code": "P-2026-05",
        "name": "四点半课堂",
        "need": None,
        "stage": "已签协议",
        "funding": [
            {"fund": "seed", "budget_fen": 800000, "paid_fen": 200000, "paid_to_date_fen": 200000}
        ],
        "progress_percent": None,
        "beneficiaries": None,
        "satisfaction_percent": None,
    },
]

BANK: list[dict[str, Any]] = [
    {
        "account": "…9876",
        "name": "工商银行蓬莱支行 业委会户",
        "fund": "common",
        "status": "reconciled",
        "book_balance_fen": 17107424,
        "bank_balance_fen": 17387424,
        "difference_fen": 0,
        "outstanding": [
            {
                "kind": "book_payment_not_in_bank",
                "date": "2026-10-31",
                "amount_fen": 280000,
                "summary": "补充专项维修资金",
                "since": "2026-10",
                "note": "11月2日已划出",
            }
        ],
    },
    {
        "account": "…0012",
        "name": "区慈善总会 专项子账",
        "fund": "seed",
        "status": "custodian_confirmed",
        "book_balance_fen": 6660000,
        "bank_balance_fen": 6660000,
        "difference_fen": 0,
        "outstanding": [],
    },
    {
        "account": "代管",
        "name": "登州街道财政所 代管户",
        "fund": "fiscal",
        "status": "unconfirmed",
        "book_balance_fen": 2690000,
        "bank_balance_fen": None,
        "difference_fen": None,
        "outstanding": [],
    },
]

NOTICE: dict[str, Any] = {
    **HEAD,
    "code": "B000001-2026-10-1",
    "seal": SEAL,
    "proof": PROOF,
    "period": "2026-10",
    "version": 1,
    "custodian": "业主委员会",
    "funds": [COMMON, FISCAL, SEED],
    "projects": PROJECTS,
    "bank": BANK,
    "beside": [
        {
            "name": "专项维修资金（小区分户合计）",
            "keeper": "蓬莱区住建局维修资金管理中心",
            "amount_fen": 412366051,
            "on": "2026-09-30",
            "source": "季度告知单",
            "note": "",
        }
    ],
    "open_points": [
        {"text": "设备维护 620.00 元未附依据", "state": "unexplained", "answer": ""},
        {
            "text": "财政代管户未取得 10 月余额确认",
            "state": "answered",
            "answer": "财政所答复 11 月 10 日前出具",
        },
    ],
    "display": {
        "from_on": "2026-11-05",
        "until_on": "2026-12-05",
        "places": ["小区公告栏", "各单元门厅"],
        "rule": "蓬莱区每月公示一次，张贴不少于 30 日。",
    },
    "objections": {
        "phone": "0535-5600000",
        "place": "海滨社区居委会 全科窗口",
        "reply_days": 10,
    },
    "contacts": [{"name": "登州街道监督电话", "phone": "0535-5611111"}],
    "signers": [{"role": "记账员"}, {"role": "审批人（小区党支部）"}, {"role": "居民代表"}],
}

CORRECTED: dict[str, Any] = {
    **NOTICE,
    "code": "B000001-2026-10-2",
    "seal": {**SEAL, "root": ROOT[8:] + ROOT[:8], "corrected": True},
    "version": 2,
    "correction": {
        "reason": "场地租赁费有一笔误记入广告收入，12月以红字冲销后重记。",
        "follows": "B000001-2026-10-1",
        "on": "2026-12-08",
    },
    "funds": [
        {
            **COMMON,
            "lines": [
                {**line, "later_fen": {"advertising": -80000, "site": 80000}[line["category"]]}
                if line["category"] in ("advertising", "site")
                else line
                for line in COMMON["lines"]
            ],
        },
        FISCAL,
        SEED,
    ],
}
