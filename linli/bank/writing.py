"""Writing many rows at once: the lines of a statement, the items of matches."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime

from django.contrib.auth.models import AbstractBaseUser
from django.db.models import Model

from linli.bank import rules
from linli.bank.models import BankLine, Match, MatchItem, Statement
from linli.bank.rules import BankLineDraft
from linli.bank.standing import OpenItem
from linli.kernel.period import Period
from linli.keys import vault

COLUMN = {"b": "line_id", "e": "entry_line_id", "o": "opening_id"}
BATCH = 1000


def named(ref: str) -> dict[str, int]:
    """The column and id that a ref stands for: "b12" → {"line_id": 12}."""
    return {COLUMN[ref[0]]: int(ref[1:])}


def lines(
    statement: Statement, fresh: Sequence[BankLineDraft], told: Sequence[bytes], opened: str
) -> None:
    """Write the lines that are new with a statement, in order; `told` are their bodies."""
    rows = [
        BankLine(
            account_id=statement.account_id,
            statement=statement,
            position=place,
            period=rules.counts_in(Period.of(line.on).code, open_period=opened),
            digest=hashlib.sha256(body).hexdigest(),
            **{name: getattr(line, name) for name in line.__slots__},
        )
        for place, (line, body) in enumerate(zip(fresh, told, strict=True))
    ]
    BankLine.objects.bulk_create(vault.marked(rows), batch_size=BATCH)


def matches(
    groups: Sequence[tuple[Sequence[OpenItem], str]],
    *,
    account: Model,
    opened: str,
    by: AbstractBaseUser | None,
    now: datetime,
) -> list[Match]:
    """Write matches (items, how): first the items of all, then each match, which closes its own."""
    made, items = [], []
    for found, how in groups:
        match = Match(
            account=account,
            period=rules.counts_in(*(item.since for item in found), open_period=opened),
            how=how,
            made_by=by,
            made_at=now,
        )
        made.append(match)
        items += [MatchItem(match=match, **named(item.ref)) for item in found]
    MatchItem.objects.bulk_create(vault.marked(items), batch_size=BATCH)
    Match.objects.bulk_create(vault.marked(made), batch_size=BATCH)
    return made
