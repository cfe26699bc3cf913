"""Two months of an estate, reconciled by themselves: our own sample, and the shared one."""

from __future__ import annotations

import csv
import json
import re
from datetime import date, datetime
from pathlib import Path

import pytest
from django.conf import settings

from linli.bank import queries, services
from linli.bank.rules import BankLineDraft, StatementDraft
from linli.kernel.money import fen_of
from linli.ledger import services as ledger
from tests.books import open_estate
from tests.desks import LATER, Desk, line

pytestmark = pytest.mark.django_db
SHARED = Path(settings.ROOT).parent / "shared" / "data" / "estate"

BOOK = [
    ("0901", 930, "9月车位租金"),
    ("0904", 27, "临停"),
    ("0909", 31.5, "临停"),
    ("0912", -86.24, "照明用电"),
    ("0922", 18.5, "临停"),
    ("0925", -120, "保洁人工"),
    ("1001", 930, "10月车位租金"),
    ("1006", 44, "临停"),
    ("1017", 12.5, "临停"),
    ("1026", -120, "保洁人工"),
    ("1031", -300, "审计费首款"),
]
BANK = [
    ("0901", 930, "网银入账", 1930),
    ("0914", -86.24, "代扣电费", 1843.76),
    ("0928", -120, "转账", 1723.76),
    ("0930", 77, "收款码结算 0901-0930", 1800.76),
    ("1001", 930, "网银入账", 2730.76),
    ("1027", -120, "转账", 2610.76),
    ("1030", 60, "汇款 场地押金", 2670.76),
    ("1031", 56.5, "收款码结算 1001-1031", 2727.26),
]


def test_two_months_reconcile_by_themselves(desk):
    for text, yuan, summary in BOOK:
        desk.post(text, yuan, summary)
    desk.keep(*(line(on, yuan, text, balance=b) for on, yuan, text, b in BANK), to="1031")
    desk.auto("2026-09")
    desk.auto("2026-10")
    september, october = (queries.reconciliation(desk.book, p)[0] for p in ("2026-09", "2026-10"))
    assert (september["status"], september["outstanding"]) == ("reconciled", [])
    assert september["bank_balance_fen"] == september["book_balance_fen"] == 180_076
    assert (october["status"], october["difference_fen"]) == ("reconciled", 0)
    assert [(i["kind"], i["date"], i["amount_fen"]) for i in october["outstanding"]] == [
        ("book_payment_not_in_bank", "2026-10-31", 30_000),
        ("bank_receipt_not_in_book", "2026-10-30", 6_000),
    ]
    settled = [found for found in queries.matched(desk.account, "2026-09") if len(found.book) > 1]
    assert [(one.fen, len(one.book)) for one in settled] == [(7_700, 3)]


# --- the shared data: a sheet and a file as they come -------------------------------------------


def sheet_rows():
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.load_workbook(SHARED / "碧海家园-收支明细.xlsx")
    for row in book.worksheets[0].iter_rows(min_row=9, values_only=True):
        if isinstance(row[0], int) and row[3] == "公共收益":
            fen = fen_of(row[7]) if row[7] is not None else -fen_of(row[8])
            yield sheet_day(row[1]), fen, row[5], row[6]


def sheet_day(value):
    if isinstance(value, datetime):
        return value.date()
    numbers = [int(part) for part in re.findall(r"\d+", value)]
    return date(*numbers) if len(numbers) == 3 else date(2026, *numbers)


def bank_lines():
    text = (SHARED / "碧海家园-工行9876.csv").read_text("utf-8-sig")
    rows = [[cell.strip() for cell in row] for row in csv.reader(text.splitlines())]
    for row in reversed(
        [row for row in rows if re.fullmatch(r"\d{4}-\d\d-\d\d", (row or [""])[0])]
    ):
        fen = fen_of(row[9]) if row[9] != "-" else -fen_of(row[10])
        yield BankLineDraft(
            on=date.fromisoformat(row[0]),
            amount_fen=fen,
            balance_fen=fen_of(row[12]),
            summary=row[1],
            counterparty=row[13],
            key="|".join((row[0], row[1], row[9], row[10], row[12])),
        )


@pytest.mark.skipif(not SHARED.exists(), reason=f"no {SHARED}: the shared sample is not here")
def test_the_shared_estate_reconciles_as_expected(db):
    expected = json.loads((SHARED / "expected.json").read_text("utf-8"))["bank"]
    desk = Desk(open_estate(opening=False), None, None, None, None)
    opening = {desk.account.pk: 12_845_036}
    ledger.post_opening(by=None, book=desk.book, balances=opening, now=LATER)
    for on, fen, party, summary in sheet_rows():
        desk.post(f"{on:%m%d}", fen / 100, summary, party)
    lines = tuple(bank_lines())
    draft = StatementDraft(
        sha256="1" * 64,
        file_name="碧海家园-工行9876.csv",
        profile="icbc",
        from_on=date(2026, 9, 1),
        to_on=date(2026, 10, 31),
        lines=lines,
    )
    filed = services.keep_statement(by=None, account=desk.account, draft=draft, now=LATER)
    assert (filed.new_count, filed.subject.breaks) == (22, [])
    for period in ("2026-09", "2026-10"):
        services.auto_match(by=None, account=desk.account, through=period, now=LATER)
        row, wanted = queries.reconciliation(desk.book, period)[0], expected[period]
        assert (row["status"], row["difference_fen"]) == ("reconciled", 0)
        for name in ("bank_balance_fen", "book_balance_fen"):
            assert row[name] == wanted[name]
        names = ("kind", "date", "amount_fen")
        found = [{name: item[name] for name in names} for item in row["outstanding"]]
        assert found == wanted["outstanding"]
