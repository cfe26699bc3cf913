"""The verbs of intake: a read sheet becomes entries, a read bank file a statement."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from datetime import date, datetime

from django.contrib.auth.models import AbstractBaseUser

from linli.bank import services as bank
from linli.intake import bank_drafts, posting, queries
from linli.intake.bank_file import BankFile
from linli.intake.ledger_sheet import LedgerSheet
from linli.kernel.rulings import Refused, every, refuse
from linli.kernel.words import gettext_noop as _
from linli.keys import vault
from linli.ledger import queries as ledger
from linli.ledger import services as ledger_services
from linli.ledger.posting import Posted, Salt
from linli.trail.acts import act

User = AbstractBaseUser | None


def _salt() -> bytes:
    return secrets.token_bytes(32)


@act("intake.open")
def take_opening(
    *, by: User, book: object, sheet: LedgerSheet, now: datetime, salt: Salt = _salt
) -> object:
    """Take the sheet's openings and projects in. A book that has an opening must agree with it."""
    ledger.lock(book)
    for project in sheet.projects:
        ledger_services.add_project(
            by=by,
            book=book,
            code=project.code,
            name=project.name,
            budgets=project.budgets,
            agreement=project.agreement,
            contractor=project.contractor,
            need=project.need,
            now=now,
        )
    if not sheet.openings:
        return book
    if ledger.has_entries(book):
        on = sheet.opening_on or sheet.openings[0].on or now.date()
        balances = ledger.fund_balances(book, on)
        posting.may_open_again(sheet=sheet, balances=balances, on=on).enforce()
        return book
    accounts = queries.default_accounts(book)
    balances = {}
    for opening in sheet.openings:
        account = accounts[opening.fund]
        balances[account.pk] = balances.get(account.pk, 0) + opening.amount_fen
    ledger_services.post_opening(
        by=by,
        book=book,
        balances=balances,
        words={"summary": "上期结余（导入）"},
        now=now,
        salt=salt,
    )
    return book


@act("intake.import_ledger")
def import_ledger(
    *,
    by: User,
    book: object,
    sheet: LedgerSheet,
    periods: Collection[str],
    now: datetime,
    salt: Salt = _salt,
) -> Posted:
    """Post the entries of some months of a sheet, oldest first, all or none.

    What was posted before is recognised. Refused while the sheet has faults is the caller's
    business (`--accept-good`); an account name that the book does not know is refused here.
    """
    money = queries.money_codes(book)
    every(
        refuse(
            _("第 %(row)s 行的账户“%(name)s”不在本账套“%(fund)s”的账户中，请先开立"),
            "linli:ledger.words",
            row=line.row,
            name=name or _("（默认账户）"),
            fund=fund,
        ).at("account", line.row)
        for (fund, name), line in posting.missing_accounts(sheet, money).items()
    ).enforce()
    entries = sorted((e for e in sheet.entries if e.period.code in periods), key=lambda e: e.on)
    drafts = [
        posting.draft_of(
            entry, money=money, prepared_by=by.pk if by else None, hidden=vault.keyed_hash
        )
        for entry in entries
    ]
    if not drafts:
        return Posted(book, (), 0)
    try:
        return ledger_services.post(by=by, book=book, drafts=drafts, now=now, salt=salt)
    except Refused as refused:
        raise Refused(posting.in_rows(refused.ruling, entries)) from None


@act("intake.import_bank")
def import_bank(
    *,
    by: User,
    account: object,
    file: BankFile,
    data_sha256: str,
    file_name: str,
    through: date,
    now: datetime,
    from_on: date | None = None,
) -> bank.Filed:
    """Keep a bank file for an account; lines after `through` are left.

    `from_on`: the first day it covers, where its lines begin later.
    """
    draft = bank_drafts.draft_of(
        file, sha256=data_sha256, file_name=file_name, through=through, from_on=from_on
    )
    return bank.keep_statement(by=by, account=account, draft=draft, now=now)
