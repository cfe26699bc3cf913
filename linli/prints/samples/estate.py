"""What the samples share."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

ON = datetime(2026, 11, 5, 2, 30, tzinfo=UTC)
ROOT = "3f9ac27e61b0d84455e2a90c7d13be2f8a7714c6905dfe03b1a2c8e94d570f66"

SEAL: dict[str, Any] = {"period": "2026-10", "root": ROOT}

PROOF: dict[str, Any] = {
    "url": "http://localhost:8000/B000001/2026-10/verify?r=3f9ac27e",
    "origin": "linli/370614/B000001",
    "size": 47,
    "root": ROOT,
    "keys": [
        {"name": "碧海家园账套", "fingerprint": "8C1D:77F0:2A6B:E934:05CC:41AF:9D28:6E5B"},
        {"name": "蓬莱区", "fingerprint": "E470:19BD:5F8A:C326:7D01:B9E2:48FA:130C"},
    ],
}

HEAD: dict[str, Any] = {
    "unit": "碧海家园",
    "place": "烟台市蓬莱区登州街道 · 海滨社区",
    "book": "B000001",
}

HANDS: list[dict[str, Any]] = [
    {"role": "制表", "name": "王秀兰"},
    {"role": "复核", "name": "李建国"},
    {"role": "居民代表", "name": ""},
]
