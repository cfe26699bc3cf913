"""What stands above the headings: title, years, account, unit."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from linli.intake.ledger_sheet import AccountHint
from linli.intake.words import large_unit
from linli.sheets.dates import years_named
from linli.sheets.model import Sheet, shown

_NUMBER = re.compile(
    r"(?:账号|帐号|卡号|账户尾号|尾号)(?:[(]?(?:尾号|后四位)[)]?)?:?\s*([\d*xX][\d*xX -]*)"
)
_NAME = re.compile(r"(?:账户名称|账户名|户名|开户名称):?\s*([^\s:，,；;]+)")
_BANK = re.compile(r"(?:开户行|开户银行|开户网点):?\s*([^\s:，,；;]+)")
_TAIL = re.compile(r"(\d{1,4})$")


@dataclass(frozen=True, slots=True)
class Preamble:
    """The texts above the headings and what they tell. `large_unit`: 万元, where it says so."""

    title: str
    texts: tuple[str, ...]
    years: tuple[int, ...]
    account: AccountHint
    large_unit: str


def read_preamble(sheet: Sheet, *, above: int) -> Preamble:
    """Read the rows above row `above`; years come from the title, else from the rest or the name."""
    texts = tuple(
        text
        for cells in sheet.rows[: above - 1]
        for value in cells
        if isinstance(value, str) and (text := shown(value))
    )
    rows = (" ".join(filter(None, map(shown, cells))) for cells in sheet.rows[: above - 1])
    title = texts[0] if texts else ""
    years = years_named([title]) or years_named(texts) or years_named([sheet.name])
    unit = next(filter(None, map(large_unit, texts)), "")
    return Preamble(title, texts, years, account_in(rows), unit)


def account_in(texts: Iterable[str]) -> AccountHint:
    """Account number (its tail only), name and bank, as far as the texts tell them."""
    whole = "\n".join(unicodedata.normalize("NFKC", text) for text in texts)
    number, name, bank = _NUMBER.search(whole), _NAME.search(whole), _BANK.search(whole)
    return AccountHint(
        tail=tail_of(number[1]) if number else "",
        name=name[1] if name else "",
        bank=bank[1] if bank else "",
    )


def tail_of(number: str) -> str:
    """The last figures of an account number, at most four; nothing where they are masked."""
    found = _TAIL.search(number.replace(" ", "").replace("-", "").strip())
    return found[1] if found else ""
