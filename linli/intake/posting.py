"""From what a sheet says to what the ledger takes. No database, no clock."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date

from linli.intake.ledger_sheet import LedgerSheet, SheetEntry, SheetLine
from linli.kernel.identity import looks_like_a_person
from linli.kernel.money import yuan
from linli.kernel.rulings import Ruling, every, refuse, require
from linli.kernel.words import gettext_noop as _
from linli.ledger.rules import IMPORT, Draft, DraftLine, tidy
from linli.sources import FUNDS

LENGTHS = {
    "counterparty": 100,
    "summary": 200,
    "handler": 64,
    "document": 100,
    "decision": 100,
    "note": 200,
}


def key_of(entry: SheetEntry, hidden: Callable[[str], str]) -> str:
    """The entry's key in the book. Where the sheet gives no number it is made of the content, and
    as keys are published, `hidden` (a keyed hash) keeps anybody from guessing it back."""
    if entry.voucher:
        return f"sheet:{entry.key}"[:80]
    return f"sheet:{hidden(entry.key)[:40]}"


def draft_of(
    entry: SheetEntry,
    *,
    money: Mapping[tuple[str, str], str],
    prepared_by: int | None,
    hidden: Callable[[str], str],
) -> Draft:
    """An entry of a sheet as the ledger takes it.

    `money`: (fund, what the sheet calls the account) → code of the money account; ("fund", "") is
    the fund's default. Rows of one voucher share one line for each money account.
    """
    lines: list[DraftLine] = []
    cash: dict[tuple[str, str], int] = {}
    for line in entry.lines:
        lines.append(
            DraftLine(
                fund=line.fund,
                account=line.category,
                amount_fen=-line.amount_fen,
                project=line.project,
            )
        )
        place = (line.fund, money[line.fund, line.account])
        cash[place] = cash.get(place, 0) + line.amount_fen
    for (fund, account), fen in cash.items():
        if fen:
            lines.append(DraftLine(fund=fund, account=account, amount_fen=fen))
    counterparty = entry.words("counterparty")
    words = {name: tidy(entry.words(name))[:most] for name, most in LENGTHS.items()}
    return Draft(
        key=key_of(entry, hidden),
        kind=IMPORT,
        date=entry.on,
        lines=tuple(lines),
        words={"voucher": entry.voucher, **words},
        prepared_by=prepared_by,
        prepared_role="bookkeeper",
        person=looks_like_a_person(counterparty),
    )


def accounts_are_known(
    entries: Sequence[SheetEntry], known: Mapping[tuple[str, str], str]
) -> Ruling:
    """Every account that a sheet names is one of the book; each missing one is told once."""
    found: dict[tuple[str, str], SheetLine] = {}
    for entry in entries:
        for line in entry.lines:
            if (line.fund, line.account) not in known:
                found.setdefault((line.fund, line.account), line)
    return every(
        refuse(
            _("第 %(row)s 行的账户“%(name)s”不在本账套“%(fund)s”的账户中，请先开立"),
            "linli:ledger.words",
            row=line.row,
            name=name or _("（默认账户）"),
            fund=FUNDS[fund].name,
        ).at("account", line.row)
        for (fund, name), line in found.items()
    )


def may_open_again(*, sheet: LedgerSheet, balances: Mapping[str, int], on: date) -> Ruling:
    """An opening row of a later sheet equals what the book has computed for that day."""
    told: dict[str, int] = {}
    for opening in sheet.openings:
        told[opening.fund] = told.get(opening.fund, 0) + opening.amount_fen
    return every(
        require(
            balances.get(fund, 0) == fen,
            _("“%(fund)s”上期结余 %(told)s 元，与账上 %(on)s 的余额 %(held)s 元不符"),
            "linli:ledger.import",
            fund=FUNDS[fund].name,
            told=yuan(fen),
            held=yuan(balances.get(fund, 0)),
            on=on.isoformat(),
        )
        for fund, fen in told.items()
    ).at("opening")


def in_rows(ruling: Ruling, entries: Sequence[SheetEntry]) -> Ruling:
    """The ledger's reasons, each with the row of the sheet instead of the place of the draft."""
    return Ruling(
        tuple(
            replace(
                reason,
                row=entries[reason.row if len(entries) > 1 and reason.row is not None else 0].rows[
                    0
                ],
            )
            for reason in ruling.reasons
        )
    )
