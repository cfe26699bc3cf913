"""Dry runs: everything is done as in earnest inside a transaction that is taken back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction

from linli.intake import bank_drafts, rules, services
from linli.intake.bank_file import BankFile
from linli.intake.faults import Fault
from linli.intake.ledger_sheet import LedgerSheet
from linli.kernel.rulings import ALLOWED, Reason, Refused, Ruling
from linli.ledger import queries as ledger

SHOWN = 300
"""How many faults a page lists; the workbook has all of them."""


def try_ledger(
    *, by: Any, book: Any, sheet: LedgerSheet, now: datetime, through: str = ""
) -> tuple[services.Taken | None, Ruling]:
    """What taking a sheet in would do, or every reason why it would be refused."""
    with transaction.atomic():
        try:
            taken = services.take_ledger(by=by, book=book, sheet=sheet, now=now, through=through)
            ruling = ALLOWED
        except Refused as refused:
            taken, ruling = None, refused.ruling
        transaction.set_rollback(True)
    return taken, ruling


def try_bank(
    *, by: Any, account: Any, file: BankFile, sha256: str, name: str, now: datetime, **said: Any
) -> tuple[dict[str, Any], Ruling]:
    """What keeping a bank's file would do: counts and the statement as it would stand."""
    with transaction.atomic():
        try:
            filed = services.import_bank(
                by=by,
                account=account,
                file=file,
                data_sha256=sha256,
                file_name=name,
                now=now,
                **said,
            )
            kept, ruling = statement(filed), ALLOWED
        except Refused as refused:
            kept, ruling = {}, refused.ruling
        transaction.set_rollback(True)
    return kept, ruling


def statement(filed: Any) -> dict[str, Any]:
    """A kept statement as JSON holds it."""
    kept = filed.subject
    return {
        "again": filed.again,
        "new": filed.new_count,
        "known": filed.known_count,
        "from_on": kept.from_on.isoformat(),
        "to_on": kept.to_on.isoformat(),
        "opening_fen": kept.opening_fen,
        "closing_fen": kept.closing_fen,
        "breaks": kept.breaks,
    }


# --- as JSON, to be shown again without reading the file ----------------------------------------


def of_ledger(*, by: Any, book: Any, sheet: LedgerSheet, now: datetime) -> dict[str, Any]:
    """The dry run of a ledger sheet as an upload keeps it."""
    accept = rules.may_accept_good(sheet)
    fits = rules.fits_a_page(rows=sheet.rows_total, kind="ledger")
    taken, ruling = None, fits
    if fits.allowed and (sheet.good or accept.allowed):
        taken, ruling = try_ledger(by=by, book=book, sheet=sheet, now=now)
    return {
        "rows": [sheet.rows_total, sheet.rows_good, sheet.rows_bad],
        "sheets": list(sheet.sheets),
        "scope": sheet.voucher_scope,
        "months": months(sheet, book.live_from),
        "opening_on": sheet.opening_on.isoformat() if sheet.opening_on and sheet.openings else "",
        "openings": [
            {"fund": one.fund, "fen": one.amount_fen, "row": one.row} for one in sheet.openings
        ],
        "opens": not ledger.has_entries(book),
        "projects": [
            {"code": one.code, "name": one.name, "budgets": dict(one.budgets)}
            for one in sheet.projects
        ],
        "subtotals": [
            {
                "row": one.row,
                "label": one.label,
                "income_fen": one.income_fen,
                "expense_fen": one.expense_fen,
                "expected_income_fen": one.expected_income_fen,
                "expected_expense_fen": one.expected_expense_fen,
                "holds": one.holds,
            }
            for one in sheet.subtotals[:SHOWN]
        ],
        "faults": told(sheet.faults[:SHOWN]),
        "fault_count": len(sheet.faults),
        "warnings": told(sheet.warnings[:SHOWN]),
        "refusals": reasons(ruling),
        "accept": reasons(accept),
        "fresh": taken.fresh_count if taken else 0,
        "known": taken.known_count if taken else 0,
        "void": taken.drafted.void_count if taken else 0,
        "good": sheet.good,
    }


def months(sheet: LedgerSheet, live_from: str, through: str = "") -> list[dict[str, Any]]:
    """Each month of the sheet: vouchers, rows, money in and out, and what it becomes."""
    found: dict[str, dict[str, Any]] = {}
    for entry in sheet.entries:
        code = f"{entry.on:%Y-%m}"
        if through and code > through:
            continue
        month = found.setdefault(
            code,
            {
                "period": code,
                "vouchers": 0,
                "rows": 0,
                "income_fen": 0,
                "expense_fen": 0,
                "drafts": bool(live_from) and code >= live_from,
            },
        )
        month["vouchers"] += 1
        for line in entry.lines:
            month["rows"] += 1
            if line.amount_fen > 0:
                month["income_fen"] += line.amount_fen
            else:
                month["expense_fen"] -= line.amount_fen
    return [found[code] for code in sorted(found)]


def of_bank(
    *, by: Any, account: Any, file: BankFile, sha256: str, name: str, now: datetime, **said: Any
) -> dict[str, Any]:
    """The dry run of a bank's file as an upload keeps it."""
    kept, ruling = {}, ALLOWED
    if account is not None and file.good:
        kept, ruling = try_bank(
            by=by, account=account, file=file, sha256=sha256, name=name, now=now, **said
        )
    first, last = _covers(file, said)
    return {
        "profile": file.profile_name,
        "profile_key": file.profile,
        "sheet": file.sheet,
        "others": list(file.other_sheets),
        "newest_first": file.newest_first,
        "lines": len(file.lines),
        "income_fen": sum(line.amount_fen for line in file.lines if line.amount_fen > 0),
        "expense_fen": -sum(line.amount_fen for line in file.lines if line.amount_fen < 0),
        "first_on": first,
        "last_on": last,
        "stated": {
            "from_on": file.says_since,
            "to_on": file.says_until,
            "opening": file.opening_fen is not None,
        },
        "opening_fen": file.opening_fen,
        "closing_fen": file.closing_fen,
        "hint": {"tail": file.account_hint.tail, "name": file.account_hint.name},
        "breaks": [
            {"row": one.row, "expected_fen": one.expected_fen, "found_fen": one.found_fen}
            for one in file.breaks[:SHOWN]
        ],
        "break_count": len(file.breaks),
        "left": [
            {"row": one.row, "text": one.text, "values": _plain(one.values)}
            for one in file.left
            if one.values or one.row
        ][:SHOWN],
        "faults": told(file.faults[:SHOWN]),
        "fault_count": len(file.faults),
        "warnings": told(file.warnings[:SHOWN]),
        "kept": kept,
        "refusals": reasons(ruling),
        "good": file.good,
    }


def _covers(file: BankFile, said: dict[str, Any]) -> tuple[str, str]:
    if not file.lines and not (file.covers_since and file.covers_until):
        return "", ""
    first, last = bank_drafts.covers(file, through=said["through"], from_on=said.get("from_on"))
    last = max(last, said.get("to_on") or last)
    return first.isoformat(), last.isoformat()


def told(faults: Sequence[Fault]) -> list[dict[str, Any]]:
    return [
        {
            "sheet": fault.sheet,
            "row": fault.row,
            "field": fault.field,
            "text": fault.text,
            "values": _plain(fault.values),
            "column": fault.column,
            "cites": list(fault.cites),
        }
        for fault in faults
    ]


def reasons(ruling: Ruling) -> list[dict[str, Any]]:
    return [
        {
            "text": reason.text,
            "values": _plain(reason.values),
            "cites": list(reason.cites),
            "field": reason.field,
            "row": reason.row,
        }
        for reason in ruling.reasons[:SHOWN]
    ]


def again(some: Iterable[dict[str, Any]]) -> Ruling:
    """Reasons that were kept, as a ruling."""
    return Ruling(
        tuple(
            Reason(
                one["text"],
                one["values"],
                tuple(one.get("cites", ())),
                one.get("field", ""),
                one.get("row"),
            )
            for one in some
        )
    )


def _plain(values: Any) -> dict[str, Any]:
    """Values as JSON holds them; the words of tuples stay apart, so that each is translated."""
    return {name: _plain_value(value) for name, value in values.items()}


def _plain_value(value: Any) -> Any:
    if isinstance(value, bool | int) or value is None:
        return value
    if isinstance(value, tuple | list | frozenset | set):
        return [_plain_value(part) for part in value]
    return value.isoformat() if isinstance(value, date) else str(value)
