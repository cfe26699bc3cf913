"""From a read bank file to what the bank's side keeps. No database, no clock."""

from __future__ import annotations

from datetime import date, timedelta, timezone

from linli.bank.rules import BankLineDraft, Break, StatementDraft
from linli.intake.bank_file import BankFile, BankLine
from linli.kernel.rulings import Ruling, require
from linli.kernel.words import gettext_noop as _

CHINA = timezone(timedelta(hours=8))


def covers(file: BankFile, *, through: date, from_on: date | None = None) -> tuple[date, date]:
    """The days a file speaks for: as it says, else from its first line to its last.

    `through` cuts it off; `from_on` lets it begin earlier than its first line.
    """
    first = min(
        filter(None, (from_on, file.covers_since, file.lines[0].on if file.lines else None))
    )
    last = file.covers_until or file.lines[-1].on
    return first, max(first, min(last, through))


def may_be_drafted(file: BankFile, *, through: date) -> Ruling:
    """A file that is kept has a movement, or says which days it covers."""
    stated = file.covers_since is not None and file.covers_until is not None
    return require(
        file.lines or stated,
        _("对账单里没有一笔流水，也没有写明起止日期"),
        "linli:ledger.import",
    ) & require(
        not file.lines or file.lines[0].on <= through,
        _("对账单的流水都在 %(through)s 之后"),
        "linli:ledger.import",
        through=through.isoformat(),
    )


def draft_of(
    file: BankFile,
    *,
    sha256: str,
    file_name: str,
    through: date,
    from_on: date | None = None,
    to_on: date | None = None,
    opening_fen: int | None = None,
) -> StatementDraft:
    """The statement to keep; lines after `through` are left out. Raises Refused.

    `to_on`, `opening_fen`: what a person says where the file is silent.
    """
    may_be_drafted(file, through=through).enforce()
    first, last = covers(file, through=through, from_on=from_on)
    lines = [line for line in file.lines if line.on <= through]
    whole = len(lines) == len(file.lines)
    return StatementDraft(
        sha256=sha256,
        file_name=file_name,
        profile=file.profile,
        from_on=first,
        to_on=max(last, min(to_on, through)) if to_on else last,
        lines=tuple(_line(line) for line in lines),
        opening_fen=file.opening_fen if opening_fen is None else opening_fen,
        closing_fen=file.closing_fen if whole else None,
        breaks=tuple(
            Break(row=one.row, expected_fen=one.expected_fen, found_fen=one.found_fen)
            for one in file.breaks
        ),
    )


def _line(line: BankLine) -> BankLineDraft:
    at = line.at
    return BankLineDraft(
        on=line.on,
        at=at.replace(tzinfo=CHINA) if at is not None and at.tzinfo is None else at,
        amount_fen=line.amount_fen,
        balance_fen=line.balance_fen,
        summary=line.summary,
        counterparty=line.counterparty,
        serial=line.serial,
        key=line.key,
    )
