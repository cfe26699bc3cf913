"""The verbs of intake: a read sheet becomes entries, a read bank file a statement."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from django.contrib.auth.models import AbstractBaseUser

from linli.bank import services as bank
from linli.intake import bank_drafts, drafting, posting, queries, rules
from linli.intake.bank_file import BankFile
from linli.intake.ledger_sheet import LedgerSheet, SheetEntry
from linli.kernel.rulings import ALLOWED, Refused, Ruling, every
from linli.keys import vault
from linli.ledger import queries as ledger
from linli.ledger import services as ledger_services
from linli.ledger.services import Posted, Salt
from linli.trail.acts import act
from linli.vouchers import services as vouchers

User = AbstractBaseUser | None
VOID = "void"


class Nothing(Posted):
    """Nothing was to be posted."""

    def __init__(self, book: object) -> None:
        super().__init__(book, (), 0)  # type: ignore[arg-type]

    @property
    def facts(self) -> dict:
        return {"numbers": [], "fresh": 0}


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

    What was posted before, or drafted as a voucher, is recognised. Refused while the sheet has faults is the caller's
    business (`--accept-good`); an account name that the book does not know is refused here.
    """
    money = queries.money_codes(book)
    entries = _chosen(sheet, periods)
    posting.accounts_are_known(entries, money).enforce()
    drafted = queries.drafted(book, entries, vault.keyed_hash)
    entries = [e for e in entries if drafted.get(e.key, VOID) == VOID]
    drafts = [
        posting.draft_of(
            entry, money=money, prepared_by=by.pk if by else None, hidden=vault.keyed_hash
        )
        for entry in entries
    ]
    if not drafts:
        return Nothing(book)
    try:
        return ledger_services.post(by=by, book=book, drafts=drafts, now=now, salt=salt)
    except Refused as refused:
        raise Refused(posting.in_rows(refused.ruling, entries)) from None


def _chosen(sheet: LedgerSheet, periods: Collection[str]) -> list[SheetEntry]:
    return sorted((e for e in sheet.entries if e.period.code in periods), key=lambda e: e.on)


@dataclass(frozen=True, slots=True)
class Drafted:
    """Vouchers of a sheet. `numbers`: of those that are new; `known_count`: those that are in the
    book already, as a voucher or as an entry; `void_count`: of these, vouchers that were voided."""

    subject: object
    numbers: tuple[str, ...] = ()
    known_count: int = 0
    void_count: int = 0

    @property
    def facts(self) -> dict:
        return {"fresh": len(self.numbers), "known": self.known_count}


@act("intake.draft_ledger")
def draft_ledger(
    *, by: User, book: object, sheet: LedgerSheet, periods: Collection[str], now: datetime
) -> Drafted:
    """Draft the vouchers of some months of a sheet, all or none; others approve them.

    A row that was drafted or posted before is recognised, whatever became of it since.
    """
    entries = _chosen(sheet, periods)
    states = queries.drafted(book, entries, vault.keyed_hash)
    known = states.keys() | queries.posted(book, entries, vault.keyed_hash).keys()
    fresh = [entry for entry in entries if entry.key not in known]
    rules.may_draft_sheet(by=by is not None, count=len(fresh)).enforce()
    posting.accounts_are_known(fresh, queries.money_codes(book)).enforce()
    numbers, rulings = [], []
    where = queries.places(book)
    for entry in fresh:
        number, ruling = _draft(by, book, entry, where, now)  # type: ignore[arg-type]
        numbers.append(number)
        rulings.append(ruling)
    every(rulings).enforce()
    void = sum(state == VOID for state in states.values())
    return Drafted(book, tuple(numbers), len(known), void)


def _draft(
    by: AbstractBaseUser, book: object, entry: SheetEntry, where: drafting.Places, now: datetime
) -> tuple[str, Ruling]:
    """(number of the voucher, ALLOWED), or ("", why not), each reason with its row."""
    form, ruling = drafting.form_of(entry, places=where, hidden=vault.keyed_hash)
    if form is None:
        return "", ruling
    try:
        voucher = vouchers.draft(
            by=by,
            book=book,
            key=form.key,
            on=form.on,
            direction=form.filled.direction,
            money=form.filled.money,
            items=form.filled.items,
            person=form.person,
            paper_count=0,
            now=now,
            **form.words,
        )
    except Refused as refused:
        return "", posting.in_rows(refused.ruling, [entry])
    return voucher.number, ALLOWED


@dataclass(frozen=True, slots=True)
class Taken:
    """What a sheet became: entries of the months of history, vouchers of those kept in the system.

    `left`: rows of months after the one asked for.
    """

    subject: object
    posted: Posted
    drafted: Drafted
    left: int = 0

    @property
    def fresh_count(self) -> int:
        return self.posted.fresh_count + len(self.drafted.numbers)

    @property
    def known_count(self) -> int:
        posted = len(self.posted.numbers) - self.posted.fresh_count
        return posted + self.drafted.known_count

    @property
    def facts(self) -> dict:
        return {"entries": self.posted.fresh_count, "vouchers": len(self.drafted.numbers)}


@act("intake.take_ledger")
def take_ledger(
    *,
    by: User,
    book: object,
    sheet: LedgerSheet,
    now: datetime,
    through: str = "",
    salt: Salt = _salt,
) -> Taken:
    """Take in a sheet up to a month ("" = all of it), all or nothing.

    Months before the book's `live_from` become entries, the others drafts that others approve.
    The same sheet again adds nothing.
    """
    ledger.lock(book)
    found = [p.code for p in sheet.periods if not through or p.code <= through]
    live, first = book.live_from, book.first_period  # type: ignore[attr-defined]
    rules.begins_in_time(periods=found, first_period=first).enforce()
    take_opening(by=by, book=book, sheet=sheet, now=now, salt=salt)
    history = {code for code in found if not live or code < live}
    posted = import_ledger(by=by, book=book, sheet=sheet, periods=history, now=now, salt=salt)
    rest = set(found) - history
    drafted = (
        draft_ledger(by=by, book=book, sheet=sheet, periods=rest, now=now)
        if rest
        else Drafted(book)
    )
    left = sum(len(e.lines) for e in sheet.entries if through and e.period.code > through)
    return Taken(book, posted, drafted, left)


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
    to_on: date | None = None,
    opening_fen: int | None = None,
) -> bank.Filed:
    """Keep a bank file for an account; lines after `through` are left.

    `from_on`, `to_on`: the days it covers, where its lines begin later or end earlier;
    `opening_fen`: the balance before, where the file states none.
    """
    draft = bank_drafts.draft_of(
        file,
        sha256=data_sha256,
        file_name=file_name,
        through=through,
        from_on=from_on,
        to_on=to_on,
        opening_fen=opening_fen,
    )
    return bank.keep_statement(by=by, account=account, draft=draft, now=now)
