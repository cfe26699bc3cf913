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

SLIP: dict[str, Any] = {
    "number": "2026-000128",
    "on": "2026-10-09",
    "payer": "3号楼2单元501 刘先生",
    "item": "2026年10月—12月 地面停车位 C-17 场地使用费",
    "amount_fen": 60000,
    "method": "微信扫码",
    "fund": "common",
    "account": "工行 …9876",
    "receipt_code": "7Q2MX4KD9TWB",
    "proof": {**PROOF, "url": "http://localhost:8000/r/7Q2MX4KD9TWB"},
    "hands": [{"role": "收款人", "name": "赵敏"}, {"role": "开票人", "name": "赵敏"}],
}

RECEIPT: dict[str, Any] = {
    **HEAD,
    "code": "B000001-R-000128",
    "layout": "a5",
    "seal": SEAL,
    "receipts": [SLIP],
}

RECEIPT_STUBS: dict[str, Any] = {
    **{key: value for key, value in RECEIPT.items() if key != "seal"},
    "layout": "stubs",
}

VOID = {"void": {"on": "2026-10-10", "reason": "金额写错，另开 2026-000129"}}

RECEIPT_VOID: dict[str, Any] = {
    **RECEIPT,
    "receipts": [{**SLIP, **VOID}],
}


def slips(count: int) -> dict[str, Any]:
    """So many receipts, three to a sheet, one in nine of them void."""
    made = []
    for n in range(count):
        code = hashlib.sha256(f"r{n}".encode()).hexdigest()[:12].upper()
        slip = {
            **SLIP,
            "number": f"{n + 128:06d}",
            "item": f"2026年10月 地面停车位 C-{n + 1:02d} 场地使用费",
            "receipt_code": code,
            "proof": {"url": f"http://localhost:8000/r/{code}"},
        }
        made.append(slip | VOID if n % 9 == 8 else slip)
    return {**HEAD, "code": "B000001-R", "layout": "a4", "receipts": made}


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


LETTER: dict[str, Any] = {
    **HEAD,
    "code": "P000012-1",
    "title": "责令限期整改通知书",
    "number": "登州街道改〔2026〕3号",
    "to": "海滨物业服务中心",
    "paragraphs": [
        "经查，位于登州街道海滨社区碧海家园3号楼的一层底商存在违规出租的情形，责任主体为海滨物业服务中心。",
        "依据民法典第274条、物业管理条例第37条，现责令你单位于2026年11月20日前完成下列整改：",
        "1．清退，责任单位：登州街道办事处，2026年11月20日前",
        "2．追缴租金，责任单位：登州街道办事处，2026年11月30日前",
        "逾期不整改或者整改不到位的，将依法依规进一步处理。",
    ],
    "on_day": "2026-11-05",
}

_NINE = [
    "住建部门",
    "自然资源部门",
    "民政部门",
    "财政部门",
    "税务部门",
    "司法行政部门",
    "公安部门",
    "综合执法部门",
    "组织部门",
]


def minutes(count: int) -> dict[str, Any]:
    """The minutes of nine departments on so many items; one tied, one with an absence."""
    items = [
        {
            "title": f"X{n + 1:06d} 违规出租",
            "where": f"登州街道海滨社区碧海家园 {n % 9 + 1}号楼底商",
            "proposal": "问题属实",
            "changes": ["责任主体：物业服务人", "产权人：业主共有"] if n % 3 == 0 else [],
            "said": ["agree"] * 4 + ["disagree"] * 4 + ["abstain"]
            if n == 1
            else ["agree"] * 8 + ["absent" if n == 2 else "agree"],
            "reasons": [("税务部门", "租赁合同签订在前，应先查清纳税义务发生时间")]
            if n == 1
            else [],
            "outcome": "召集单位决定通过" if n == 1 else "通过",
            "why": "物业公司已书面承认收取租金" if n == 1 else "",
        }
        for n in range(count)
    ]
    return {
        **HEAD,
        "code": "370614-H000001",
        "unit": "住建部门",
        "number": "H000001",
        "title": "登州街道公共用房线索会商",
        "convener": "住建部门",
        "opened": "2026-11-05",
        "due": "2026-11-12",
        "closed": "2026-11-13",
        "concluded_by": "高强",
        "departments": [name.removesuffix("部门") for name in _NINE],
        "items": items,
        "signatures": [
            {
                "role": role,
                "name": "王秀兰",
                "at": f"2026-11-{n + 6:02d} 09:30",
                "count": count,
                "digest": hashlib.sha256(role.encode()).hexdigest(),
            }
            for n, role in enumerate(_NINE)
        ],
        "absences": ["组织部门：第3项未签署"],
        "withdrawn": ["第1项，公安部门 2026-11-07 10:00 撤回“弃权”：误选"],
    }


CERTIFICATE: dict[str, Any] = {
    "code": "PZ00012",
    "unit": "蓬莱区",
    "name": "王海燕",
    "file_number": "D000034",
    "where": "登州街道 › 海滨社区",
    "from_on": "2025-11-24",
    "until_on": "2026-11-23",
    "hours": "13小时30分钟",
    "sessions": 11,
    "given_on": "2026-11-23",
    "check_code": "K7QMTP3XW9AB",
    "void": False,
    "proof": {"url": "http://localhost:8000/training/check/K7QMTP3XW9AB/"},
}


def decision(count: int) -> dict[str, Any]:
    """A decision sheet of nine departments on so many people: one unsuitable, one asked back."""
    departments = ["纪检", "组织", "社工", "政法", "信访", "法院", "检察", "公安", "司法"]
    people = []
    for n in range(count):
        said = ["clear"] * 9
        outcome, note = "通过", ""
        if n == 3:
            said[7], outcome, note = "unfit", "不通过", "限制任职至2029-02-28"
        elif n == 5:
            said[5], outcome, note = "verify", "需核实", ""
        elif n == 8:
            outcome, note = "暂缓", "本人出国探亲，回来后补充材料再定"
        people.append(
            {
                "name": "王海燕" if n % 2 else "欧阳建国",
                "id_number": f"3706**********{1000 + n:04d}",
                "where": "海滨社区",
                "said": said,
                "outcome": outcome,
                "note": note,
            }
        )
    return {
        "code": "370614-L000001",
        "unit": "蓬莱区",
        "number": "L000001",
        "title": "2026年社区工作者动态联审",
        "purpose": "动态联审",
        "sent": "2026-10-12",
        "due": "2026-10-26",
        "closed": "2026-11-16",
        "departments": departments,
        "people": people,
        "signatures": [
            {
                "role": f"{name}部门",
                "name": "高强",
                "at": "2026-10-26 09:12",
                "count": count,
                "digest": hashlib.sha256(name.encode()).hexdigest(),
                "holds": True,
            }
            for name in departments
        ],
        "events": [
            "2026-10-27 信访部门逾期，重开名单至2026-11-03：卷宗从街道调取，晚到三天",
            "2026-11-04 就王海燕退回公安部门核实",
        ],
        "hands": [
            {"role": "联审办公室经办人", "name": ""},
            {"role": "联审办公室负责人", "name": ""},
        ],
    }
