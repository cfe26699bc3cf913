"""With clock, salts and keys given, the same steps give the same roots on every database.

The golden heads below were signed once; the suite runs on SQLite and on PostgreSQL and must sign
them again, byte for byte.
"""

from __future__ import annotations

import hashlib
from datetime import date, timedelta

from linli.keys import vault
from linli.ledger import services
from linli.ledger.models import Checkpoint, Entry, Log
from linli.ledger.rules import DraftLine
from linli.ledger.tests.test_reversal_and_seal import make_seal, people  # noqa: F401
from tests.books import NOW, open_estate

DAYS = timedelta(days=1)

GOLDEN = {
    "linli/370614@1": "b64a548b903ecc6dc139e0bd657006620a7b32b9f5ce343a6ef0402d0196e445",
    "linli/370614@2": "28d31fc8d6aa5f8bca434788944fcca068920e38b46497958d831335baab587d",
    "linli/370614/B000001@68": "7a64093b2a6eaac0aad8ae70b553ff60dadd9f8d9b16d9b8b53b798735e1212e",
    "linli/370614/B000001@69": "e32f7b62cdbaabbd64b23ae9b26a5fa1e3fab2e9b67012db2b0f7d5bcb892e16",
}


def _keys() -> None:
    """The keys of the county and of the book, made of their names."""
    for origin in ("linli/370614", "linli/370614/B000001"):
        vault.first_key(origin, seed=hashlib.sha256(origin.encode()).digest())


def _told(staff: dict[str, object]) -> None:
    """Opening, imports with words and papers, a pledge, a project, both funds, a reversal with its
    replacement, a seal, and a day after it."""
    estate = open_estate()
    book = estate.book
    services.add_project(
        by=None, book=book, code="P-1", name="照明", budgets={"seed": 50_000}, now=NOW
    )
    pledge = {"fund": "seed", "restriction": "JZ-1"}
    halves = (
        DraftLine(fund="fiscal", account="match_out", amount_fen=500),
        DraftLine(fund="fiscal", account=estate.accounts["fiscal"].code, amount_fen=-500),
        DraftLine(fund="seed", account=estate.accounts["seed"].code, amount_fen=500),
        DraftLine(fund="seed", account="match_in", amount_fen=-500),
    )
    estate.post(
        estate.draft(papers=("ab" * 32, "cd" * 32)),
        estate.draft(**pledge, category="donation", fen=30_000, words={"summary": "捐“赠”\\款"}),
        estate.draft(**pledge, category="seed_project", fen=-20_000, project="P-1", key="pay"),
        estate.draft(key="match", lines=halves),
        *(estate.draft(key=f"many:{n}", fen=n) for n in range(1, 60)),
    )
    entry = Entry.objects.get(book=book, number=2)
    services.reverse(
        by=None,
        entry=entry,
        on=date(2026, 9, 20),
        people=staff,
        reason="金额记错",
        now=NOW,
        salt=estate.salt,
        replacement=estate.draft(key="again", fen=9_999, **staff, kind="voucher"),
    )
    make_seal(estate, "2026-09")
    later = {"date": date(2026, 10, 3), "key": "october"}
    estate.post(estate.draft(**later), now=NOW + DAYS)
    services.checkpoint(by=None, book=book, now=NOW + DAYS)


def test_the_same_steps_sign_the_golden_heads(db, people):  # noqa: F811
    _keys()
    _told(people)
    heads = {
        f"{log.origin}@{head.size}": head.root
        for log in Log.objects.order_by("origin")
        for head in Checkpoint.objects.filter(log=log)
    }
    assert heads == GOLDEN
