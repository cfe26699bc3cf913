import json
from datetime import date

import pytest

from linli.intake.ledger_reading import read_ledger
from linli.intake.ledger_sheet import AccountHint
from linli.intake.mending import rejected_workbook
from linli.intake.tests.making import CATEGORIES, HEADINGS, book, found, ledger, row, shared
from linli.sheets.model import Sheet
from linli.sheets.reading import read_workbook


def opening(fund="公共收益", *, amount=1000, at="备注", day="2026-09-01", label="上期结余"):
    cells = row(day, fund=fund, category=label, who="", summary="")
    cells[HEADINGS.index(at)] = amount
    return cells


def subtotal(label="小计", *, income="", expense="", fund=""):
    return row(label, fund=fund, category="", income=income, expense=expense, who="", summary="")


# Vouchers


def test_adjacent_rows_with_one_number_and_day_are_one_voucher():
    rows = [
        row(voucher="记-1", income=10),
        row(voucher="记-1", category="广告费", income=5),
        row("2026-09-02", "记-2", income=1),
    ]
    sheet = ledger(rows)
    assert [(entry.rows, entry.amount_fen) for entry in sheet.entries] == [
        ((3, 4), 1500),
        ((5,), 100),
    ]
    assert sheet.entries[0].words("summary") == "停车费"


def test_a_number_used_again_elsewhere_with_other_content_is_a_fault():
    rows = [row(voucher="记-1", income=10), row("2026-10-01", "记-2", income=1)]
    sheet = ledger([*rows, row("2026-10-02", "记-1", income=11)])
    assert found(sheet) == [(5, "voucher")]
    assert "第 3 行" in sheet.faults[0].say()
    assert len(sheet.entries) == 2


def test_a_voucher_written_twice_word_for_word_counts_once_and_is_told():
    rows = [row(voucher="记-1", income=10), row(voucher="记-2", income=1)]
    sheet = ledger([*rows, row(voucher="记-1", income=10)])
    assert not sheet.faults
    assert len(sheet.entries) == 2
    assert [(w.row, w.field) for w in sheet.warnings] == [(5, "voucher")]


def test_adjacent_rows_with_one_number_and_two_days_are_not_one_voucher():
    sheet = ledger([row(voucher="记-1", income=10), row("2026-09-02", "记-1", income=5)])
    assert found(sheet) == [(4, "voucher")]


def test_a_voucher_with_one_bad_row_is_held_back_whole():
    rows = [row(voucher="记-1", income=10), row(voucher="记-1", income="12.345")]
    sheet = ledger([*rows, row(voucher="记-2", income=1)])
    assert found(sheet) == [(3, "voucher"), (4, "amount")]
    assert [entry.voucher for entry in sheet.entries] == ["记-2"]
    assert (sheet.rows_total, sheet.rows_good, sheet.rows_bad) == (3, 1, 2)


def test_equal_rows_without_number_are_two_entries_with_keys_of_their_own():
    rows = [row(income=10), row(income=10), row(income=11)]
    keys = [entry.key for entry in ledger(rows).entries]
    assert len(set(keys)) == 3
    assert [key[-2:] for key in keys] == [":1", ":2", ":1"]
    again = [entry.key for entry in ledger([rows[2], *rows[:2]]).entries]
    assert sorted(again) == sorted(keys)


def test_numbers_that_start_again_each_month_are_keyed_by_month():
    rows = [
        row("2026-09-01", "记-1", income=1),
        row("2026-09-02", "记-2", income=2),
        row("2026-10-01", "记-1", income=3),
        row("2026-10-02", "记-2", income=4),
    ]
    sheet = ledger(rows)
    assert sheet.voucher_scope == "month"
    assert not sheet.faults
    assert [entry.key for entry in sheet.entries] == [
        "v:2026-09:记-1",
        "v:2026-09:记-2",
        "v:2026-10:记-1",
        "v:2026-10:记-2",
    ]
    assert "按月" in sheet.warnings[0].say()


def test_numbers_that_run_on_are_keyed_by_year():
    rows = [row("2026-09-01", "记-1", income=1), row("2026-10-01", "记-2", income=3)]
    assert [entry.key for entry in ledger(rows).entries] == ["v:2026:记-1", "v:2026:记-2"]
    december = [row("2025-12-01", "记-1", income=1), row("2026-01-01", "记-1", income=3)]
    assert ledger(december, title="收支").voucher_scope == "year"
    assert not ledger(december, title="收支").faults


# Openings, subtotals, balances


def test_an_openings_amount_is_its_only_number_wherever_it_stands():
    rows = [
        opening(amount="1,000.00", at="收入"),
        opening("种子基金", amount=20.5),
        opening("财政经费", amount=0, at="备注"),
        row(income=1),
    ]
    sheet = ledger(rows)
    assert [(o.fund, o.amount_fen) for o in sheet.openings] == [
        ("common", 100000),
        ("seed", 2050),
        ("fiscal", 0),
    ]
    assert sheet.opening_on == date(2026, 8, 31)
    assert len(sheet.entries) == 1


@pytest.mark.parametrize(
    ("cells", "field"),
    [
        (opening(amount=""), "amount"),
        (opening(amount=-5), "amount"),
        (opening("神秘基金"), "fund"),
        (opening(day="2026-99-01"), "date"),
        ([*opening()[:6], 5, *opening()[7:]], "amount"),
    ],
)
def test_an_opening_that_is_not_clear_is_a_fault(cells, field):
    assert found(ledger([cells, row(income=1)])) == [(3, field)]


def test_a_later_opening_must_equal_the_balance():
    rows = [opening(), row(income=10), opening(amount=1010), row("2026-10-01", income=5)]
    sheet = ledger(rows)
    assert not sheet.faults
    assert len(sheet.openings) == 1
    rows[2] = opening(amount=1011)
    assert found(ledger(rows)) == [(5, "balance")]


def test_one_fund_opens_once():
    assert found(ledger([opening(), opening(amount=2), row(income=1)])) == [(4, "fund")]


def test_subtotals_are_compared_with_the_rows():
    rows = [
        row(income=10),
        row(category="税费", expense=4),
        subtotal("9月小计", income=10, expense=4),
        row("2026-10-01", income="5.50"),
        subtotal("10月小计", income=5.5),
        subtotal("合　计", income=15.5, expense="4.00"),
    ]
    sheet = ledger(rows)
    assert not sheet.faults
    assert [total.holds for total in sheet.subtotals] == [True, True, True]
    rows[5] = subtotal("合计", income=15.5, expense=5)
    assert found(ledger(rows)) == [(8, "subtotal")]


def test_a_wrong_subtotal_is_only_a_warning_while_a_row_is_bad():
    rows = [row(income=10), row(income="1.234"), subtotal(income=11.23)]
    sheet = ledger(rows)
    assert found(sheet) == [(4, "amount")]
    assert [(w.row, w.field) for w in sheet.warnings] == [(5, "subtotal")]
    assert sheet.subtotals[0].expected_income_fen == 1000


def test_subtotals_of_a_fund_and_running_totals_are_understood():
    rows = [
        row(income=10),
        row(fund="种子基金", category="定向募捐", income=7),
        subtotal("公共收益小计", income=10),
        subtotal("小计", fund="种子基金", income=7),
        subtotal("合计", income=17),
        subtotal("本年累计", income=117),
        row(income=3),
        subtotal("本年累计", income=120),
    ]
    sheet = ledger(rows)
    assert not sheet.faults
    assert "以前" in sheet.warnings[0].say()
    rows[7] = subtotal("本年累计", income=121)
    assert found(ledger(rows)) == [(10, "subtotal")]


def test_a_sum_may_be_a_formula_since_it_is_not_taken_in():
    sheet = ledger([row(income=10), subtotal(income=10)], formulas=((4, 6),))
    assert not sheet.faults


def balances(*rows):
    headings = [*HEADINGS, "结余"]
    return ledger([[*cells, stated] for cells, stated in rows], headings=headings)


def test_a_running_balance_is_checked_row_by_row():
    good = balances(
        (opening(amount="", at="备注"), 100),
        (row(income=10), 110),
        (row(category="税费", expense=4), "106.00"),
        (row(income=1), ""),
        (row(income=1), 108),
    )
    assert not good.faults
    bad = balances((opening(amount=""), 100), (row(income=10), 111), (row(income=1), 112))
    assert found(bad) == [(4, "balance")]


def test_a_running_balance_may_run_within_each_fund():
    seed = {"fund": "种子基金", "category": "定向募捐"}
    sheet = balances(
        (opening(amount=""), 100),
        (opening("种子基金", amount=""), 50),
        (row(income=10), 110),
        (row(income=5, **seed), 55),
        (row(income=1), 111),
    )
    assert not sheet.faults


def test_an_opening_in_the_middle_does_not_move_the_running_balance():
    sheet = balances(
        (opening(amount=""), 100),
        (row(income=10), 110),
        (opening(amount=""), 110),
        (row("2026-10-01", income=1), 111),
    )
    assert not sheet.faults


def test_after_a_row_that_cannot_be_read_the_balance_is_taken_as_it_stands():
    sheet = balances((row(income=10), 110), (row(income="1.234"), 111.23), (row(income=1), 112.23))
    assert found(sheet) == [(4, "amount")]


def test_every_row_of_money_is_good_or_bad():
    sheet = ledger([opening(), row(income=1), row(income="x"), subtotal(income=1)])
    assert (sheet.rows_total, sheet.rows_good, sheet.rows_bad) == (3, 2, 1)


# Headings, preamble, projects


def test_headings_in_two_merged_rows_are_put_together():
    cells = [
        ["清河苑收支明细（2026年）"],
        ["日期", "资金来源", "类别", "收入", "", "支出", ""],
        ["", "", "", "金额（元）", "票据号", "金额（元）", "备注"],
        ["9/1", "公共收益", "停车费", 10, "SJ1", "", ""],
        ["9/2", "公共收益", "税费", "", "", 4, "九月"],
    ]
    merged = ((2, 3, 2, 4), (2, 5, 2, 6), (2, 0, 3, 0), (2, 1, 3, 1), (2, 2, 3, 2))
    for marks in (merged, ()):
        whole = book([])
        whole = type(whole)("xlsx", (Sheet("账", cells, merged=marks),))
        sheet = read_ledger(whole, categories=CATEGORIES)
        assert [entry.amount_fen for entry in sheet.entries] == [1000, -400]
        line = sheet.entries[0].lines[0]
        assert line.document == "SJ1"
        assert sheet.entries[1].lines[0].note == "九月"
        assert {use.field: use.heading for use in sheet.column_map}["income"] == "收入/金额（元）"


def test_the_title_tells_account_years_and_name():
    whole = book([row(income=1)], headings=HEADINGS)
    rows = whole.sheets[0].rows
    rows.insert(
        1, ["账户名称：清河苑业主委员会  开户行：工行城东支行  账号：6222 **** 4321  单位：元"]
    )
    sheet = read_ledger(whole, categories=CATEGORIES)
    assert sheet.title == "清河苑小区收支明细（2026年）"
    assert sheet.years == (2026,)
    assert sheet.account_hint == AccountHint("4321", "清河苑业主委员会", "工行城东支行")


PROJECTS = ["项目编号", "项目名称", "资金来源", "预算（元）", "协议编号", "承办单位"]


def projects(*rows, headings=None):
    return ledger([row(income=1)], more=(Sheet("服务项目", [headings or PROJECTS, *rows]),))


def test_projects_come_with_a_budget_for_each_fund():
    sheet = projects(
        ["P-1", "楼道照明", "公共收益", "24,500.00", "XY-1", "明光电气"],
        ["P-1", "楼道照明", "种子基金", 500, "", ""],
        ["P-2", "邻里节", "财政经费", 12000.0, "", ""],
        ["合计", "", "", 37000, "", ""],
    )
    assert not sheet.faults
    first, second = sheet.projects
    assert (first.code, first.name, dict(first.budgets)) == (
        "P-1",
        "楼道照明",
        {"common": 2450000, "seed": 50000},
    )
    assert (first.agreement, first.contractor, first.rows) == ("XY-1", "明光电气", (2, 3))
    assert dict(second.budgets) == {"fiscal": 1200000}


def test_projects_may_have_a_column_for_each_fund():
    headings = ["项目编号", "项目名称", "财政经费", "公共收益", "种子基金"]
    sheet = projects(["P-1", "照明", "", "100", 50], headings=headings)
    assert dict(sheet.projects[0].budgets) == {"common": 10000, "seed": 5000}


@pytest.mark.parametrize(
    ("cells", "field"),
    [
        (["P-1", "照明", "神秘基金", 5], "fund"),
        (["P-1", "照明", "公共收益", "1.234"], "budget"),
        (["P-1", "照明", "公共收益", ""], "budget"),
        (["P-1", "照明", "公共收益", 0], "budget"),
        (["", "照明", "公共收益", 5], "code"),
    ],
)
def test_a_bad_project_is_a_fault_of_its_sheet(cells, field):
    sheet = projects(cells)
    assert [(f.sheet, f.row, f.field) for f in sheet.faults] == [("服务项目", 2, field)]


def test_a_project_that_is_not_listed_is_pointed_out():
    more = (Sheet("服务项目", [PROJECTS, ["P-1", "照明", "公共收益", 5]]),)
    rows = [row(income=1, project=project) for project in ("P-9", "P-1", "照明")]
    sheet = ledger(rows, more=more)
    assert [(w.row, w.field) for w in sheet.warnings] == [(3, "project")]
    assert [entry.lines[0].project for entry in sheet.entries] == ["P-9", "P-1", "P-1"]


def test_a_ledger_in_csv_reads_like_one_in_excel():
    rows = [row("9/3", "记-１", income="1,200.00"), row("2026年9月4日", "记-2", income="￥5")]
    cells = [["清河苑收支明细（2026年）"], HEADINGS, *rows]
    text = "\n".join(",".join(f'"{cell}"' for cell in line) for line in cells)
    sheet = read_ledger(reread(text.encode("gbk")), categories=CATEGORIES)
    assert not sheet.faults
    keys = [entry.key for entry in ledger(rows).entries]
    assert [entry.key for entry in sheet.entries] == keys == ["v:2026:记-1", "v:2026:记-2"]


# The workbook of bad rows


def reread(data):
    whole, ruling = read_workbook(data)
    assert ruling.allowed
    return whole


def test_bad_rows_once_mended_import_again():
    rows = [
        row("9/30", "记-1", income=10),
        row("10/3", "记-2", income="12.345"),
        row("2026-10-05", "记-3", category="项目支出", expense=5),
        row("2026-10-06", "记-4", income=2),
    ]
    whole = book(rows, title="清河苑收支明细", formulas=((6, 6),))
    whole.sheets[0].rows.insert(2, row("2026-09-01", income=1))
    first = read_ledger(whole, categories=CATEGORIES)
    assert found(first) == [(5, "amount"), (6, "amount"), (6, "decision")]
    rejected = reread(rejected_workbook(whole, first))
    again = read_ledger(rejected, categories=CATEGORIES)
    assert set(found(again)) == {(3, "amount"), (4, "amount"), (4, "decision")}
    page = rejected.sheets[0]
    assert page.value(3, 0) == date(2026, 10, 3)
    page.rows[2][HEADINGS.index("收入")] = 12.34
    page.rows[3][HEADINGS.index("决议依据")] = "决议1号"
    page.rows[3][HEADINGS.index("收入")] = ""
    mended = read_ledger(rejected, categories=CATEGORIES)
    assert not mended.faults
    assert [entry.key for entry in mended.entries] == ["v:2026:记-2", "v:2026:记-3"]
    assert mended.entries[0].on == date(2026, 10, 3)


def test_no_workbook_is_made_where_no_row_is_bad():
    whole = book([row(income=1)])
    assert rejected_workbook(whole, read_ledger(whole, categories=CATEGORIES)) is None


# The shared ledgers


def shared_ledger(name):
    whole, ruling = read_workbook(shared(f"estate/{name}"), name=name)
    assert ruling.allowed, str(ruling)
    return whole, read_ledger(whole, categories=CATEGORIES)


def expected():
    return json.loads(shared("estate/expected.json"))


def test_the_shared_ledger_gives_what_is_expected():
    _whole, sheet = shared_ledger("碧海家园-收支明细.xlsx")
    want = expected()
    assert not sheet.faults
    assert not sheet.warnings
    counts = {p.code: sum(e.period == p for e in sheet.entries) for p in sheet.periods}
    assert counts == want["entries"]
    assert {o.fund: o.amount_fen for o in sheet.openings} == {
        fund: month["opening_fen"] for fund, month in want["months"]["2026-09"].items()
    }
    for period, funds in want["months"].items():
        for fund, figures in funds.items():
            lines = {}
            for entry in sheet.entries:
                for line in entry.lines:
                    if entry.period.code == period and line.fund == fund:
                        total = lines.setdefault(line.category, {"amount_fen": 0, "count": 0})
                        total["amount_fen"] += abs(line.amount_fen)
                        total["count"] += 1
            assert lines == figures["lines"]
    assert {p.code: (p.name, dict(p.budgets)) for p in sheet.projects} == {
        code: (project["name"], project["budget_fen"]) for code, project in want["projects"].items()
    }
    assert sheet.account_hint.tail == want["bank"]["account_tail"]


def test_the_shared_ledger_with_faults_gives_exactly_those_rows_and_fields():
    whole, sheet = shared_ledger("碧海家园-收支明细-有误.xlsx")
    assert found(sheet) == [(fault["row"], fault["field"]) for fault in expected()["faulty_rows"]]
    assert all(fault.sheet == "收支明细" for fault in sheet.faults)
    assert [(w.row, w.field) for w in sheet.warnings] == [(60, "counterparty")]
    assert (sheet.rows_good, sheet.rows_bad) == (42, 11)
    page = reread(rejected_workbook(whole, sheet)).sheets[0]
    assert [cells[14] for cells in page.rows[5:]] == list(range(50, 61))
