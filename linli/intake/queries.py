"""Reads of intake."""

from __future__ import annotations

from linli.ledger import queries as ledger


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
