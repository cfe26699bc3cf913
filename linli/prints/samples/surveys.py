"""Samples of the papers of surveys."""

from __future__ import annotations

import hashlib
from typing import Any

QUESTIONS = [
    "现场有没有这处用房？",
    "与哪一处重复？写编号",
    "现场作哪类用房？",
    "现场量得面积（平方米）",
    "现场在几层？",
    "现场有独立出入口吗？",
    "现在怎么用？",
    "现在谁在使用？",
]


def sheet(count: int) -> dict[str, Any]:
    """A team's sheets for so many rooms in two estates."""
    rooms = [
        {
            "number": f"R{n + 1:06d}",
            "name": "日间照料中心",
            "kind": "养老服务用房",
            "spot": f"{n % 9 + 1}号楼",
            "done": n % 5 == 4,
            "proof": {"url": f"http://localhost:8000/survey/room/{n + 1}/site/"},
        }
        for n in range(count)
    ]
    half = max(count // 2, 1)
    return {
        "code": "PC1-3-site",
        "unit": "公共用房拉网式排查",
        "team": "3 登州街道现场组",
        "look": "查现场",
        "questions": QUESTIONS,
        "estates": [
            {"name": "登州街道 › 海滨社区 › 碧海家园", "rooms": rooms[:half]},
            {"name": "登州街道 › 画河社区 › 海棠苑", "rooms": rooms[half:] or rooms},
        ],
    }


def base(count: int) -> dict[str, Any]:
    """A base of so many rooms."""
    return {
        "code": "DS1",
        "unit": "蓬莱区",
        "place": "公共用房拉网式排查",
        "frozen_on": "2026-11-18",
        "by": "高强",
        "root": hashlib.sha256(b"base").hexdigest(),
        "total": count,
        "piles": [
            {"name": "已核实", "count": count - 3},
            {"name": "账有实无", "count": 1},
            {"name": "账无实有", "count": 1},
            {"name": "重复", "count": 1},
        ],
        "rows": [
            {
                "number": f"R{n + 1:06d}",
                "name": "日间照料中心",
                "kind": "养老服务用房",
                "spot": f"登州街道 › 海滨社区 › 碧海家园 {n % 9 + 1}号楼",
                "planned": "200",
                "measured": "198.5",
                "state": "自用",
                "owner": "国有",
                "pile": "已核实",
            }
            for n in range(count)
        ],
        "hands": [{"role": "冻结人", "name": "高强"}],
    }
