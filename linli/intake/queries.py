"""Reads of intake."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import date

from linli.bank import queries as bank
from linli.intake import drafting, posting
from linli.intake.ledger_sheet import AccountHint, SheetEntry
from linli.intake.rules import MONTH, YEAR
from linli.kernel.rulings import ALLOWED, Ruling, refuse
from linli.kernel.words import gettext_noop as _
from linli.ledger import queries as ledger
from linli.vouchers import queries as vouchers

_A_QUERY = 5000


def default_accounts(book: object) -> dict[str, object]:
    """Fund → its first open money account."""
    found: dict[str, object] = {}
    for account in ledger.money_accounts(book):
        if account.closed_on is None:
            found.setdefault(account.fund, account)
    return found


def money_codes(book: object) -> dict[tuple[str, str], str]:
    """(fund, what a sheet may call an account) → its code; "" is the fund's default.

    An account goes by its code, its name, its last digits, and the bank's name where only one
    account of the fund has it.
    """
    found: dict[tuple[str, str], str] = {}
    twice: set[tuple[str, str]] = set()
    accounts = [a for a in ledger.money_accounts(book) if a.closed_on is None]
    for account in accounts:
        for name in {account.code, account.name, account.tail, account.bank} - {""}:
            key = (account.fund, name)
            if found.setdefault(key, account.code) != account.code:
                twice.add(key)
    for key in twice:
        del found[key]
    for fund, account in default_accounts(book).items():
        found[fund, ""] = account.code  # type: ignore[attr-defined]
    return found


def places(book: object) -> drafting.Places:
    """Where the words of a sheet lead in a book, by id."""
    accounts = {(a.fund, a.code): a for a in book.accounts.all()}  # type: ignore[attr-defined]
    return drafting.Places(
        money={key: accounts[key[0], code].pk for key, code in money_codes(book).items()},
        categories={key: account.pk for key, account in accounts.items()},
        projects={project.code: project.pk for project in book.projects.all()},  # type: ignore[attr-defined]
        kinds={account.pk: account.kind for account in accounts.values()},
    )


def posted(
    book: object, entries: Sequence[SheetEntry], hidden: Callable[[str], str]
) -> dict[str, int]:
    """Which entries of a sheet are in the ledger already: key in the sheet → entry number."""
    keys = {posting.key_of(entry, hidden): entry.key for entry in entries}
    return {
        keys[key]: number
        for some in _parts(keys)
        for key, number in ledger.entries(book, key__in=some)  # type: ignore[attr-defined]
        .order_by()
        .values_list("key", "number")
    }


def drafted(
    book: object, entries: Sequence[SheetEntry], hidden: Callable[[str], str]
) -> dict[str, str]:
    """Which entries of a sheet are vouchers already: key in the sheet → state of the voucher."""
    keys = {drafting.key_of(entry, hidden): entry.key for entry in entries}
    return {
        keys[key]: state
        for some in _parts(keys)
        for key, state in vouchers.register(book)
        .filter(key__in=some)
        .order_by()
        .values_list("key", "state")
    }


def _parts(keys: Collection[str]) -> Iterable[list[str]]:
    whole = list(keys)
    return (whole[start : start + _A_QUERY] for start in range(0, len(whole), _A_QUERY))


def voucher_scope(book: object) -> str:
    """``year`` or ``month`` as the sheets read before have it, "" where none was: a part of a sheet
    must be read like the whole, or its rows would be taken for others."""
    for rows in (
        ledger.entries(book, key__startswith="sheet:v:"),  # type: ignore[attr-defined]
        vouchers.register(book).filter(key__startswith="sheet:v:"),
    ):
        key = rows.order_by().values_list("key", flat=True).first()
        if key:
            return MONTH if "-" in key.split(":")[2] else YEAR
    return ""


def covered_from(account: object, sha256: str) -> date | None:
    """The first day for which this very file was kept for an account before."""
    same = bank.statements(account).filter(sha256=sha256)  # type: ignore[arg-type]
    return same.values_list("from_on", flat=True).first()


BANKED = frozenset({"bank", "supervised", "wallet"})


def banked_accounts(book: object) -> list:
    """The open money accounts for which a bank or wallet gives statements."""
    return [
        account
        for account in ledger.money_accounts(book)  # type: ignore[arg-type]
        if account.holder in BANKED and account.closed_on is None
    ]


def account_for(
    book: object, *, name: str = "", hint: AccountHint | None = None
) -> tuple[object | None, Ruling]:
    """The account a statement is for: by tail, code or name as somebody says, else by the tail
    that the file names, else the only one there is."""
    accounts = banked_accounts(book)
    if name:
        found = [a for a in accounts if name in (a.tail, a.code, a.name)]
        missing = _("没有尾号、编号或名称为“%(name)s”的银行账户")
    elif hint is not None and hint.tail:
        found = [a for a in accounts if a.tail and same_tail(a.tail, hint.tail)]
        name, missing = hint.tail, _("对账单的账号尾号是 %(name)s，本账套没有这个银行账户")
    else:
        found, missing = accounts, _("本账套还没有银行账户，请先开立")
    if len(found) == 1:
        return found[0], ALLOWED
    if not found:
        return None, refuse(missing, "linli:ledger.words", name=name).at("account")
    told = [f"{a.name}（{a.tail or a.code}）" for a in found]
    text = _("有几个账户都可能是这份对账单的：%(accounts)s，请指明")
    return None, refuse(text, "linli:ledger.words", accounts=told).at("account")


def same_tail(one: str, other: str) -> bool:
    """Whether two tails, perhaps of other lengths, may be of one account."""
    short = min(len(one), len(other))
    return one[-short:] == other[-short:]


def fund_of_file(book: object, *, hint: AccountHint, sha256: str) -> str:
    """The fund of the one account whose tail a bank's file names, or for which it was kept
    before; "" where neither tells."""
    accounts = banked_accounts(book)
    same = [a for a in accounts if a.tail and hint.tail and same_tail(a.tail, hint.tail)]
    funds = {a.fund for a in same or accounts if same or covered_from(a, sha256)}
    return funds.pop() if len(funds) == 1 else ""
