"""Samples of the papers of exams."""

from __future__ import annotations

from typing import Any

NAMES = ("王海燕", "李建国", "欧阳明月", "张伟", "孙秀英", "刘洋")


def slips(count: int) -> dict[str, Any]:
    """So many admission slips."""
    return {
        "code": "B000001-ZKZ",
        "unit": "蓬莱区",
        "title": "2026年公开选聘社区工作者笔试",
        "held_on": "2026-11-14",
        "hours": "09:00–11:00",
        "slips": [
            {
                "ticket": f"B000001{n // 30 + 1:02d}{n % 30 + 1:03d}",
                "name": NAMES[n % len(NAMES)],
                "post": "登州街道海滨社区专职工作者（党建、治理、服务综合岗）",
                "room": f"{n // 30 + 1} 第一中学教学楼{n // 30 + 101}室",
                "address": "钟楼北路88号，南门入场",
                "seat": n % 30 + 1,
            }
            for n in range(count)
        ],
    }


def room(count: int) -> dict[str, Any]:
    """A room of thirty seats with so many candidates."""
    return {
        "code": "B000001-01",
        "unit": "蓬莱区",
        "title": "2026年公开选聘社区工作者笔试",
        "held_on": "2026-11-14",
        "hours": "09:00–11:00",
        "number": 1,
        "room": "第一中学教学楼101室",
        "address": "钟楼北路88号",
        "seats": 30,
        "across": 5,
        "seed": "0417",
        "people": [
            {
                "seat": n + 1,
                "ticket": f"B00000101{n + 1:03d}",
                "name": NAMES[n % len(NAMES)],
                "post": f"岗位{n % 4 + 1}",
            }
            for n in range(count)
        ],
    }
