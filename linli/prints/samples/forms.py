"""Forms: an acceptance, an agreement with its annex."""

from __future__ import annotations

from typing import Any

from linli.prints.samples.estate import HEAD

ACCEPTANCE: dict[str, Any] = {
    **HEAD,
    "code": "370614-Y000001-YS",
    "title": "公共用房联合验收表",
    "number": "Y000001",
    "lead": "日间照料中心（碧海家园 3号楼）",
    "parts": [
        {"facts": [("移交方", "蓬城置业有限公司"), ("接收单位", "登州街道办事处")]},
        {
            "heading": "验收项目",
            "table": {
                "heads": ["项目", "实测值", "结论", "问题或说明", "签认"],
                "widths": [18, 14, 10, 34, 24],
                "right": [1],
                "rows": [
                    ["建筑面积", "198.5平方米", "合格", "", "自然资源部门 郑岩"],
                    ["消防设施", "", "不合格", "消火栓缺水带、水枪，应急灯不亮", "住建部门 高强"],
                ],
            },
        },
    ],
    "hands": [{"role": "住建部门", "name": "高强"}, {"role": "民政部门", "name": ""}],
}

AGREEMENT: dict[str, Any] = {
    **HEAD,
    "code": "370614-Q00001-XY",
    "title": "公共用房移交协议",
    "number": "移协〔2026〕1号",
    "lead": "附件：移交用房清单（40处）",
    "parts": [
        {
            "text": [
                "甲方（移交方）将附件所列公共用房无偿移交乙方（接收单位），乙方予以接收。",
                "一、甲方应当交付钥匙、户号、质量保证书和全部资料。",
            ]
        },
        {
            "heading": "附件 移交用房清单",
            "table": {
                "heads": ["序号", "编号", "用房名称", "坐落", "面积（平方米）"],
                "widths": [8, 16, 26, 34, 16],
                "right": [4],
                "total": True,
                "rows": [
                    *(
                        [str(n), f"Y{n:06d}", "党群服务站", f"碧海家园 {n}号楼", "120.5"]
                        for n in range(1, 41)
                    ),
                    ["", "", "合计", "", "4,820"],
                ],
            },
        },
    ],
    "parties": [
        {"role": "甲方", "name": "蓬城置业有限公司", "signer": "孙志刚", "on_day": "2026-11-05"},
        {"role": "乙方", "name": "登州街道办事处", "signer": ""},
    ],
}
