"""Sums that follow from the data."""

from __future__ import annotations

from linli.prints import figures
from linli.prints.samples.books import RECONCILIATION, VOUCHERS, journal
from linli.prints.samples.notice import CORRECTED, NOTICE
from linli.prints.samples.others import YEAR


def row(on: str, debit: int = 0, credit: int = 0) -> dict:
    return {"on": on, "debit_fen": debit, "credit_fen": credit}


def book(rows: list[dict], **account: int) -> dict:
    return {
        "from_on": "2026-01-01",
        "until_on": "2027-12-31",
        "accounts": [{"opening_fen": 1000, "rows": rows, **account}],
    }


def test_net_proceeds_are_gross_income_less_reasonable_cost():
    sums, faults = figures.notice(NOTICE)
    assert not faults and sums["funds"][0]["net_fen"] == 3472018 - 512644
    assert not sums["corrected"]


def test_later_corrections_are_summed_by_side():
    later = figures.notice(CORRECTED)[0]["funds"][0]["later"]
    assert later["income"] == 0 and later["closing"] == 0
    data = {**CORRECTED, "funds": [{**CORRECTED["funds"][0]}]}
    data["funds"][0]["lines"] = [
        {**line, "later_fen": 500} if line["category"] in ("parking", "tax", "deposit") else line
        for line in NOTICE["funds"][0]["lines"]
    ]
    later = figures.notice(data)[0]["funds"][0]["later"]
    assert (later["income"], later["cost"], later["net"], later["closing"]) == (500, 500, 0, 0)
    assert later["liability"] == 500


def test_balances_run_and_the_month_begins_anew():
    rows = [row("2026-01-05", 300), row("2026-01-31", 0, 100), row("2026-02-01", 50)]
    sums, faults = figures.ledger(book(rows))
    (account,) = sums["accounts"]
    assert not faults
    assert [one["balance_fen"] for one in account["carried"]] == [1000, 1300, 1200, 1250]
    assert [one["debit_fen"] for one in account["carried"]] == [0, 300, 300, 50]
    assert set(account["months"]) == {"2", "3"}
    assert account["months"]["3"]["debit_fen"] == 50
    assert account["months"]["3"]["year_debit_fen"] == 350


def test_the_year_begins_with_what_was_before_and_ends_with_december():
    rows = [row("2026-12-31", 5), row("2027-01-01", 7)]
    data = book(rows, year_debit_fen=100, year_credit_fen=40)
    months = figures.ledger(data)[0]["accounts"][0]["months"]
    assert (months["1"]["year_debit_fen"], months["1"]["year_credit_fen"]) == (105, 40)
    assert (months["2"]["year_debit_fen"], months["2"]["year_credit_fen"]) == (7, 0)


def test_an_account_without_rows_has_only_its_opening():
    account = figures.journal(journal(0))[0]["accounts"][0]
    assert account["carried"] == [{"debit_fen": 0, "credit_fen": 0, "balance_fen": 12845036}]
    assert account["months"] == {}


def test_a_voucher_is_cut_into_sheets_of_six_lines():
    sheets = figures.voucher(VOUCHERS)[0]["sheets"]
    assert [(s["voucher"], s["part"], s["parts"], len(s["lines"])) for s in sheets] == [
        (0, 1, 1, 3),
        (1, 1, 2, 6),
        (1, 2, 2, 3),
        (2, 1, 1, 2),
        (3, 1, 1, 2),
    ]
    assert [sheet["total"] is None for sheet in sheets] == [False, True, False, False, False]


def test_both_sides_of_a_reconciliation_come_to_one_balance():
    first, second = figures.reconciliation(RECONCILIATION)[0]["accounts"]
    assert first["book_fen"] == first["bank_fen"] == 17107424 + 18018 - 9000
    assert first["difference_fen"] == 0 and second["difference_fen"] == -10000


def test_a_year_closes_month_by_month():
    common = figures.year(YEAR)[0]["funds"][0]
    assert common["opening"][0] == 9644012
    assert common["opening"][1:10] == common["closing"][:9]
    assert common["sealed"] == [True] * 10 + [False] * 2
    assert common["net"][0] == common["income"][0] - common["cost"][0]


def test_void_receipts_count_nowhere():
    rows = [{"amount_fen": 100}, {"amount_fen": 50, "void": True}, {"amount_fen": 1}]
    sums, faults = figures.receipts({"total_fen": 101, "rows": rows})
    assert not faults and sums == {"sums": [0, 100, 100, 101], "count": 2}
