"""A file that somebody brings: opened, recognised, and read as was said of it. No database."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace

from linli.intake.bank_file import BankFile
from linli.intake.bank_reading import read_bank_file
from linli.intake.ledger_reading import read_ledger
from linli.intake.ledger_sheet import LedgerSheet
from linli.intake.mapping import FileMapping, read_mapping
from linli.intake.proposing import BANK, LEDGER, Proposal, guess_mapping
from linli.intake.rules import UNKNOWN_CATEGORY, UNKNOWN_FUND
from linli.kernel.rulings import ALLOWED, Ruling, refuse
from linli.kernel.words import gettext_noop as _
from linli.sheets.model import Sheet, Workbook
from linli.sheets.reading import read_workbook
from linli.sheets.writing import FAULT_HEADING, ROW_HEADING
from linli.sources import chart

KINDS = {LEDGER: _("收支明细表"), BANK: _("银行对账单")}
BY_MAPPING = "mapping"
"""The profile of a bank's file that is read by its mapping."""

_MACROS = b"vbaProject.bin"


def open_workbook(data: bytes, *, name: str) -> tuple[Workbook | None, Ruling]:
    """The workbook in a file that may be kept, or why not."""
    book, ruling = read_workbook(data, name=name)
    if book is None:
        return None, ruling
    if book.kind == "xlsx" and _MACROS in data:
        return None, refuse(_("文件带有宏（.xlsm），为安全起见没有打开；请另存为 .xlsx 后再上传"))
    if book.encoding.lower().startswith("utf-16"):
        return None, refuse(
            _("文件是 UTF-16 编码的文本，请用 Excel 或 WPS 打开，另存为 .xlsx 后再上传")
        )
    return book, ALLOWED


def kept_name(name: str, book: Workbook) -> str:
    """The name under which a file is kept: banks like to call a csv .xls."""
    stem, dot, suffix = name.rpartition(".")
    if not dot:
        return f"{name}.{book.kind}"
    fitting = {"csv": ("csv", "txt")}.get(book.kind, (book.kind,))
    return name if suffix.lower() in fitting else f"{stem}.{book.kind}"


def table_of(book: Workbook, *, sheet: str = "") -> Sheet | None:
    """The sheet that is shown for mapping: the chosen one, else the first visible one with rows."""
    if sheet and (found := book.sheet(sheet)):
        return found
    filled = [one for one in book.visible_sheets if any(any(v != "" for v in r) for r in one.rows)]
    return filled[0] if filled else None


def propose(book: Workbook, *, kind: str, sheet: str = "", version: int = 1) -> Proposal | None:
    """A mapping to start from; of the sheet chosen, else of the one with most that fits."""
    chosen = [book.sheet(sheet)] if sheet else list(book.visible_sheets)
    found = [
        proposal
        for one in chosen
        if one is not None
        and (proposal := guess_mapping(one, kind=kind, categories=chart(version)))
    ]
    return min(found, key=lambda proposal: len(proposal.missing), default=None)


def signature_of(proposal: Proposal | None, *, kind: str) -> str:
    """A hash of the headings, "" where there are none. What a workbook of bad rows adds is not
    counted, so that it is read like the sheet it came from."""
    if proposal is None:
        return ""
    headings = [h for h in proposal.headings if h not in (ROW_HEADING, FAULT_HEADING)]
    return hashlib.sha256("\x1f".join([kind, *headings]).encode()).hexdigest()


def ledger_of(
    book: Workbook,
    *,
    mapping: FileMapping | None,
    scope: str = "",
    sheet: str = "",
    version: int = 1,
) -> LedgerSheet:
    """The ledger in a workbook. `scope`: how voucher numbers were read before in the same book."""
    if scope and not (mapping and mapping.voucher_scope):
        mapping = replace(mapping or FileMapping(), voucher_scope=scope)
    return read_ledger(
        book,
        categories=chart(version),
        mapping=mapping,
        sheets=[sheet] if sheet else (),
    )


def bank_of(
    data: bytes, *, name: str, mapping: FileMapping | None, profile: str = "", sheet: str = ""
) -> tuple[BankFile | None, Ruling]:
    """The statement in a file, by its profile ("" = find out) or by the mapping."""
    if profile == BY_MAPPING:
        return read_bank_file(data, name=name, mapping=mapping, sheet=sheet)
    encoding = FileMapping(encoding=mapping.encoding) if mapping and mapping.encoding else None
    return read_bank_file(data, name=name, mapping=encoding, sheet=sheet, profile=profile)


def mapping_of(text: str) -> FileMapping | None:
    """A mapping that was checked when it was kept; None for an empty one."""
    return read_mapping(text)[0] if text else None


@dataclass(frozen=True, slots=True)
class Unknown:
    """A word of the sheet that the chart does not know. `key`: what a mapping calls it; `fund`:
    the fund it stands under ("" for a fund's own name); `rows`: how many rows it spoils."""

    field: str
    word: str
    fund: str
    key: str
    rows: int


def unknown_words(faults: Sequence[object], names: dict[str, str]) -> list[Unknown]:
    """The words for which a mapping is to name a fund or a category. `names`: fund → its name."""
    found: dict[tuple[str, str, str], int] = {}
    for fault in faults:
        text, values = fault.text, fault.values  # type: ignore[attr-defined]
        if text in (UNKNOWN_FUND, UNKNOWN_CATEGORY):
            field = "fund" if text == UNKNOWN_FUND else "category"
            place = (field, str(values["value"]), str(values.get("fund", "")))
            found[place] = found.get(place, 0) + 1
    return [
        Unknown(field, word, fund, f"{names[fund]}/{word}" if fund in names else word, rows)
        for (field, word, fund), rows in sorted(found.items(), key=lambda one: -one[1])
    ]
