"""Sums of printed papers: what follows from the data is added here, what does not add up is told.

Each function takes checked data and returns what its template prints beyond it, and the faults
that keep the paper from being printed: a figure on paper that disagrees with its own lines is
worse than no paper.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

from linli.kernel.money import capitals, yuan

Figures = tuple[dict[str, Any], list[str]]

SIDES = ("income", "cost", "use", "transfer")
SHIFT = {
    "book_receipt_not_in_bank": -1,
    "book_payment_not_in_bank": 1,
    "bank_receipt_not_in_book": 1,
    "bank_payment_not_in_book": -1,
}
"""How an outstanding item leads from the book's balance to the bank's."""

LINES_PER_VOUCHER = 6


def _unequal(where: str, what: str, stated: int, found: int) -> list[str]:
    if stated == found:
        return []
    return [f"{where}: {what} is {yuan(stated)}, but it adds up to {yuan(found)}"]


def notice(data: dict[str, Any]) -> Figures:
    """Per fund: totals by side, net proceeds, and the same of later corrections."""
    faults: list[str] = []
    funds = []
    for i, fund in enumerate(data["funds"]):
        where = f"funds[{i}]"
        for side in SIDES:
            found = _side(fund, side)
            faults += _unequal(where, f"{side}_fen", fund[f"{side}_fen"], found)
        closing = fund["opening_fen"] + _closing(fund["income_fen"], fund["cost_fen"], fund)
        faults += _unequal(where, "closing_fen", fund["closing_fen"], closing)
        later = {side: _side(fund, side, "later_fen") for side in (*SIDES, "liability")}
        later["net"] = later["income"] - later["cost"]
        later["closing"] = later["net"] - later["use"] + later["transfer"]
        funds.append({"net_fen": fund["income_fen"] - fund["cost_fen"], "later": later})
    for i, account in enumerate(data["bank"]):
        faults += _account_faults(f"bank[{i}]", account)
    if (data["version"] > 1) != ("correction" in data):
        faults.append("correction: a version after the first, and only that, names its correction")
    corrected = any("later_fen" in line for fund in data["funds"] for line in fund["lines"])
    return {"funds": funds, "corrected": corrected or data["version"] > 1}, faults


def _side(fund: dict[str, Any], side: str, field: str = "amount_fen") -> int:
    return sum(line.get(field, 0) for line in fund["lines"] if line["side"] == side)


def _closing(income: int, cost: int, fund: dict[str, Any]) -> int:
    return int(income - cost - fund["use_fen"] + fund["transfer_fen"])


def _account_faults(where: str, account: dict[str, Any]) -> list[str]:
    bank, difference = account["bank_balance_fen"], account["difference_fen"]
    if account["status"] == "unconfirmed":
        if bank is None and difference is None:
            return []
        return [f"{where}: an unconfirmed account has no bank balance and no difference"]
    if bank is None or difference is None:
        return [f"{where}: a confirmed account has a bank balance and a difference"]
    expected = account["book_balance_fen"] + _shift(account["outstanding"])
    return _unequal(where, "difference_fen", difference, bank - expected)


def _shift(items: Iterable[dict[str, Any]]) -> int:
    return sum(SHIFT[item["kind"]] * item["amount_fen"] for item in items)


def voucher(data: dict[str, Any]) -> Figures:
    """Sheets: the vouchers cut into pages of a few lines each, the total on the last."""
    faults: list[str] = []
    sheets = []
    for i, one in enumerate(data["vouchers"]):
        debit, credit = (
            sum(line[f"{s}_fen"] for line in one["lines"]) for s in ("debit", "credit")
        )
        faults += _unequal(f"vouchers[{i}]", "the credit side", credit, debit)
        for j, line in enumerate(one["lines"]):
            if bool(line["debit_fen"]) == bool(line["credit_fen"]):
                where = f"vouchers[{i}].lines[{j}]"
                faults.append(f"{where}: a line is either debit or credit, and not zero")
        parts = max(1, -(-len(one["lines"]) // LINES_PER_VOUCHER))
        for part in range(parts):
            first = part * LINES_PER_VOUCHER
            total = {"fen": debit, "capitals": capitals(debit)} if part == parts - 1 else None
            sheets.append(
                {
                    "voucher": i,
                    "lines": one["lines"][first : first + LINES_PER_VOUCHER],
                    "part": part + 1,
                    "parts": parts,
                    "total": total,
                }
            )
    return {"sheets": sheets, "rows": LINES_PER_VOUCHER}, faults


def ledger(data: dict[str, Any]) -> Figures:
    """Per account: the running balance and turnover after each row, sums of month and year."""
    faults: list[str] = []
    for i, account in enumerate(data["accounts"]):
        days = [row["on"] for row in account["rows"]]
        if days != sorted(days):
            faults.append(f"accounts[{i}].rows: not in order of time")
        if days and not (data["from_on"] <= days[0] and days[-1] <= data["until_on"]):
            faults.append(f"accounts[{i}].rows: a day outside from_on … until_on")
    return {"accounts": [_running(account) for account in data["accounts"]]}, faults


journal = ledger


def _running(account: dict[str, Any]) -> dict[str, Any]:
    """`carried`: after each row, the month's turnover so far and the balance, for the foot of a
    page; `months`: by the number of the row that ends it, a month's turnover and the year's."""
    balance, period = account["opening_fen"], ""
    month = _Turnover()
    so_far = _Turnover(account.get("year_debit_fen", 0), account.get("year_credit_fen", 0))
    carried = [{"debit_fen": 0, "credit_fen": 0, "balance_fen": balance}]
    months: dict[str, dict[str, int]] = {}
    rows = account["rows"]
    for i, row in enumerate(rows):
        if row["on"][:7] != period:
            if period and row["on"][:4] != period[:4]:
                so_far = _Turnover()
            month, period = _Turnover(), row["on"][:7]
        month.add(row)
        so_far.add(row)
        balance += row["debit_fen"] - row["credit_fen"]
        sums = {"debit_fen": month.debit, "credit_fen": month.credit, "balance_fen": balance}
        carried.append(sums)
        if i + 1 == len(rows) or rows[i + 1]["on"][:7] != period:
            year = {"year_debit_fen": so_far.debit, "year_credit_fen": so_far.credit}
            months[str(i + 1)] = {**sums, **year}
    return {"carried": carried, "months": months}


@dataclass(slots=True)
class _Turnover:
    debit: int = 0
    credit: int = 0

    def add(self, row: dict[str, Any]) -> None:
        self.debit += row["debit_fen"]
        self.credit += row["credit_fen"]


def trial_balance(data: dict[str, Any]) -> Figures:
    """Per fund and over all: debit and credit of opening, turnover, year and closing."""
    faults: list[str] = []
    funds = []
    with_year = any("year_debit_fen" in row for fund in data["funds"] for row in fund["rows"])
    for i, fund in enumerate(data["funds"]):
        sums = _trial_sums(fund["rows"])
        for name in ("opening", "turnover", "year", "closing"):
            debit, credit = sums[name]
            if debit != credit:
                faults.append(
                    f"funds[{i}]: {name} does not balance, {yuan(debit)} debit "
                    f"against {yuan(credit)} credit"
                )
        funds.append(sums)
    total = _trial_sums([row for fund in data["funds"] for row in fund["rows"]])
    return {"funds": funds, "total": total, "year": with_year}, faults


def _trial_sums(rows: list[dict[str, Any]]) -> dict[str, tuple[int, int]]:
    closings = [row["opening_fen"] + row["debit_fen"] - row["credit_fen"] for row in rows]
    return {
        "opening": _two_sides(row["opening_fen"] for row in rows),
        "turnover": (sum(r["debit_fen"] for r in rows), sum(r["credit_fen"] for r in rows)),
        "year": (
            sum(row.get("year_debit_fen", 0) for row in rows),
            sum(row.get("year_credit_fen", 0) for row in rows),
        ),
        "closing": _two_sides(closings),
    }


def _two_sides(balances: Iterable[int]) -> tuple[int, int]:
    signed = list(balances)
    return sum(b for b in signed if b > 0), -sum(b for b in signed if b < 0)


def reconciliation(data: dict[str, Any]) -> Figures:
    """Per account the four corners, both adjusted balances, and what is left unexplained."""
    accounts = []
    for account in data["accounts"]:
        items = account["outstanding"]
        corners = {kind: [item for item in items if item["kind"] == kind] for kind in SHIFT}
        totals = {kind: sum(item["amount_fen"] for item in corners[kind]) for kind in SHIFT}
        book = (
            account["book_balance_fen"]
            + totals["bank_receipt_not_in_book"]
            - totals["bank_payment_not_in_book"]
        )
        bank = (
            account["bank_balance_fen"]
            + totals["book_receipt_not_in_bank"]
            - totals["book_payment_not_in_bank"]
        )
        accounts.append(
            {
                "corners": corners,
                "totals": totals,
                "book_fen": book,
                "bank_fen": bank,
                "difference_fen": bank - book,
            }
        )
    return {"accounts": accounts}, []


def year(data: dict[str, Any]) -> Figures:
    """Per fund and month: totals by side, net proceeds, opening and closing."""
    faults: list[str] = []
    funds = []
    for i, fund in enumerate(data["funds"]):
        known = [any(line["months"][m] is not None for line in fund["lines"]) for m in range(12)]
        sealed = [known[m] or data["roots"][m] is not None for m in range(12)]
        if sealed != sorted(sealed, reverse=True):
            faults.append(f"funds[{i}]: the months known are not the first of the year")
        funds.append(_year_of(fund, sealed))
    return {"funds": funds}, faults


def _year_of(fund: dict[str, Any], sealed: list[bool]) -> dict[str, Any]:
    sides = {
        side: [
            sum(line["months"][m] or 0 for line in fund["lines"] if line["side"] == side)
            for m in range(12)
        ]
        for side in SIDES
    }
    net = [income - cost for income, cost in zip(sides["income"], sides["cost"], strict=True)]
    change = [n - u + t for n, u, t in zip(net, sides["use"], sides["transfer"], strict=True)]
    balances = list(accumulate(change, initial=fund["opening_fen"]))
    return {
        "sealed": sealed,
        **sides,
        "net": net,
        "opening": balances[:12],
        "closing": balances[1:],
    }


def archive(data: dict[str, Any]) -> Figures:
    """How many papers and pages the file holds."""
    return {"pages": sum(item["pages"] for item in data["items"])}, []


def receipt(data: dict[str, Any]) -> Figures:
    """Each amount in capital figures."""
    return {"capitals": [capitals(slip["amount_fen"]) for slip in data["receipts"]]}, []


def receipts(data: dict[str, Any]) -> Figures:
    """Running sums of the receipts that stand; they must reach the income line."""
    standing = [0 if row.get("void") else row["amount_fen"] for row in data["rows"]]
    sums = list(accumulate(standing, initial=0))
    count = sum(not row.get("void") for row in data["rows"])
    faults = _unequal("rows", "total_fen", data["total_fen"], sums[-1])
    return {"sums": sums, "count": count}, faults


def letter(data: dict[str, Any]) -> Figures:
    """Nothing is reckoned in a letter."""
    return {}, []


def minutes(data: dict[str, Any]) -> Figures:
    """How the departments stand on each item; everybody has a place in every row."""
    seats = len(data["departments"])
    faults = [
        f"items.{n}.said: {len(item['said'])} of {seats} departments"
        for n, item in enumerate(data["items"])
        if len(item["said"]) != seats
    ]
    words = ("agree", "disagree", "abstain", "absent", "waiting")
    return {
        "counts": [{word: item["said"].count(word) for word in words} for item in data["items"]]
    }, faults


def decision(data: dict[str, Any]) -> Figures:
    """How many people ended how; every department has a place in every row."""
    seats = len(data["departments"])
    faults = [
        f"people.{n}.said: {len(person['said'])} of {seats} departments"
        for n, person in enumerate(data["people"])
        if len(person["said"]) != seats
    ]
    told: dict[str, int] = {}
    for person in data["people"]:
        told[person["outcome"]] = told.get(person["outcome"], 0) + 1
    usual = max(told, key=lambda word: told[word])
    return {"outcomes": [[word, n] for word, n in told.items()], "usual": usual}, faults


def survey_sheet(data: dict[str, Any]) -> Figures:
    """Nothing is reckoned on the sheets of a survey."""
    return {}, []


def admission(data: dict[str, Any]) -> Figures:
    """Nothing is reckoned on admission slips."""
    return {}, []


def exam_room(data: dict[str, Any]) -> Figures:
    """Nobody sits where there is no seat, nor two on one."""
    seats = [one["seat"] for one in data["people"]]
    fit = len(set(seats)) == len(seats) and all(seat <= data["seats"] for seat in seats)
    return {}, [] if fit else ["people: a seat twice, or one that the room does not have"]


def survey_base(data: dict[str, Any]) -> Figures:
    """A base holds no more rooms than it was frozen with."""
    short = len(data["rows"]) > data["total"]
    return {}, ["rows: more rooms than the base has"] if short else []


def form(data: dict[str, Any]) -> Figures:
    """Nothing is reckoned in a form; every row of a table has a cell for every column."""
    faults = []
    for n, part in enumerate(data["parts"]):
        table = part.get("table")
        if table is None:
            continue
        wide = len(table["heads"])
        faults += [
            f"parts.{n}.table.rows.{at}: {len(row)} cells of {wide}"
            for at, row in enumerate(table["rows"])
            if len(row) != wide
        ]
        if len(table["widths"]) != wide:
            faults.append(f"parts.{n}.table: {len(table['widths'])} widths of {wide} columns")
    return {}, faults


def certificate(data: dict[str, Any]) -> Figures:
    """A certificate is for a time that has an end."""
    return {}, ["until_on: before from_on"] if data["until_on"] < data["from_on"] else []
