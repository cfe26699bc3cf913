from datetime import date

import pytest

from linli.intake.tests.making import HEADINGS, book, found, ledger, row
from linli.sheets.model import Sheet


def amounts(sheet):
    return [entry.amount_fen for entry in sheet.entries]


@pytest.mark.parametrize(
    "written",
    [1200, 1200.0, "1200", "1,200.00", "￥1,200", "¥1200.0", "1200元", "１２００", " 1200.00\t"],
)
def test_an_amount_is_read_in_every_form(written):
    assert amounts(ledger([row(income=written)])) == [120000]


def test_the_noise_of_a_spreadsheet_figure_is_no_third_decimal():
    sheet = ledger([row(income=45146.310000000005), row(expense=0.1 + 0.2, category="税费")])
    assert amounts(sheet) == [4514631, -30]


@pytest.mark.parametrize(
    ("income", "expense"),
    [
        (12.345, ""),
        ("12.345", ""),
        ("1e3", ""),
        ("约100", ""),
        ("", "叁佰"),
        (-50, ""),
        ("", "-50"),
        (50, 20),
        ("", ""),
        (0, 0),
        ("-", "-"),
        (float("inf"), ""),
        (True, ""),
        ("1.2万", ""),
    ],
)
def test_what_is_no_single_amount_is_a_fault_of_the_amount(income, expense):
    sheet = ledger([row(income=income, expense=expense, category="税费" if expense else "停车费")])
    assert found(sheet) == [(3, "amount")]
    assert not sheet.entries


def test_all_faults_of_a_row_come_at_once():
    sheet = ledger([row("2026-02-30", fund="公共收益", category="项目支出", expense="1.234")])
    assert found(sheet) == [(3, "date"), (3, "amount"), (3, "decision")]
    assert sheet.rows_bad == 1


def test_a_fault_says_its_sheet_row_and_column():
    fault = ledger([row(income="12.345")]).faults[0]
    assert (fault.sheet, fault.row, fault.column) == ("收支明细", 3, HEADINGS.index("收入"))
    assert "12.345" in fault.say()
    assert fault.cites == ("linli:ledger.1",)


@pytest.mark.parametrize(
    ("fund", "category", "field"),
    [
        ("彩票基金", "停车费", "fund"),
        ("", "停车费", "fund"),
        ("公共收益", "神秘收入", "category"),
        ("公共收益", "", "category"),
        ("种子基金", "停车费", "category"),
        ("公共收益", "净资产", "category"),
    ],
)
def test_fund_and_category_must_be_known_and_belong_together(fund, category, field):
    assert found(ledger([row(fund=fund, category=category, income=5)])) == [(3, field)]


@pytest.mark.parametrize(
    ("fund", "code"),
    [("公共收益", "common_project"), ("种子基金", "seed_project"), ("财政经费", "fiscal_project")],
)
def test_a_category_is_read_together_with_its_fund(fund, code):
    sheet = ledger([row(fund=fund, category="项目支出", expense=5, decision="决议1号")])
    assert sheet.entries[0].lines[0].category == code


def test_spending_common_proceeds_needs_a_decision_other_money_does_not():
    spending = {"category": "项目支出", "expense": 900}
    sheet = ledger([row(**spending), row(fund="种子基金", **spending)])
    assert found(sheet) == [(3, "decision")]
    assert "民法典:278" in sheet.faults[0].cites


def test_a_refund_is_a_contra_line_and_says_what_it_is():
    told = row(expense=30, summary="退停车费", document="SJ0901")
    sheet = ledger([told, row(expense=30, summary="停车费")])
    assert found(sheet) == [(4, "amount")]
    line = sheet.entries[0].lines[0]
    assert (line.contra, line.amount_fen, line.side) == (True, -3000, "income")


def test_a_formula_is_a_fault_for_money_and_days_and_a_warning_for_texts():
    rows = [row(income=2), row(income=2, who="x")]
    sheet = ledger(rows, formulas=((3, 0), (3, 6), (4, 4)))
    assert found(sheet) == [(3, "date"), (3, "amount")]
    assert [(warning.row, warning.field) for warning in sheet.warnings] == [(4, "counterparty")]


def test_a_formula_without_any_shown_value_still_makes_the_row_a_fault():
    sheet = ledger([row(income=1), ["", "", "", "", "", "", "", ""]], formulas=((4, 6),))
    assert (4, "amount") in found(sheet)


def test_texts_longer_than_the_book_keeps_are_a_fault():
    sheet = ledger([row(income=1, summary="长" * 201, voucher="9" * 65)])
    assert found(sheet) == [(3, "voucher"), (3, "summary")]


def test_a_category_that_needs_explaining_warns_without_a_note():
    sheet = ledger([row(category="其他公共收入", income=1)])
    assert [(w.row, w.field) for w in sheet.warnings] == [(3, "note")]
    assert not sheet.faults


def test_hidden_rows_and_columns_are_read_and_told():
    rows = [row(income=1), row(income=2), row(income=3)]
    sheet = ledger(rows, hidden_rows=frozenset({4, 5}), hidden_columns=frozenset({6}))
    assert len(sheet.entries) == 3
    said = "".join(warning.say() for warning in sheet.warnings)
    assert "4–5" in said
    assert "“收入”（G 列）" in said


def test_hidden_sheets_are_told_and_not_read():
    hidden = Sheet("底稿", [HEADINGS, row(income=1)], visible=False)
    sheet = ledger([row(income=1)], more=(hidden,))
    assert len(sheet.entries) == 1
    assert "底稿" in sheet.warnings[0].say()


def test_cells_merged_over_rows_say_the_same_for_each_but_amounts_are_not_spread():
    rows = [
        row(date(2026, 9, 3), "记-1", income=10),
        row("", "", income=20),
        row("", "", income=""),
    ]
    merged = tuple((3, column, 5, column) for column in (0, 1, 6))
    sheet = ledger(rows, merged=merged)
    assert found(sheet) == [(3, "voucher"), (4, "voucher"), (5, "amount")]
    good = ledger(rows[:2], merged=tuple((3, column, 4, column) for column in (0, 1)))
    assert [entry.rows for entry in good.entries] == [(3, 4)]
    assert good.entries[0].on == date(2026, 9, 3)


def test_headings_printed_again_and_remarks_are_left_with_a_reason():
    rows = [row(income=1), [], HEADINGS, row(income=2), ["制表人：王会计", "", "", "审核：李主任"]]
    sheet = ledger(rows)
    assert amounts(sheet) == [100, 200]
    assert not sheet.faults
    left = {left.row: left.say() for _name, left in sheet.left}
    assert left == {1: "表题、说明", 2: "表头", 5: "重复的表头", 7: "说明文字"}


def test_a_voucher_whose_text_ends_in_total_stays_a_voucher():
    sheet = ledger([row(voucher="记-1", income=1, category="无此类别", summary="停车费合计")])
    assert found(sheet) == [(3, "category")]


def test_without_a_column_of_funds_the_title_or_the_category_tells():
    headings = [h for h in HEADINGS if h != "资金来源"]
    rows = [[v for i, v in enumerate(row(income=1)) if i != 2]]
    by_category = ledger(rows, headings=headings)
    assert by_category.entries[0].lines[0].fund == "common"
    rows[0][2] = "项目支出"
    rows[0][5:7] = "", 5
    assert found(ledger(rows, headings=headings)) == [(3, "fund")]
    titled = ledger(rows, headings=headings, title="清河苑种子基金收支表（2026年）")
    assert titled.entries[0].lines[0].category == "seed_project"
    assert "种子基金" in titled.warnings[0].say()


def test_days_without_year_take_it_from_the_title_or_the_rows_around():
    rows = [row("9/30", income=1), row(date(2025, 12, 30), income=1), row("1/4", income=1)]
    titled = ledger(rows[:1])
    assert titled.entries[0].on == date(2026, 9, 30)
    around = ledger(rows, title="收支明细")
    assert [entry.on.year for entry in around.entries] == [2025, 2025, 2026]
    assert found(ledger(rows[:1], title="收支明细")) == [(3, "date")]


def test_rows_outside_the_years_of_the_title_are_pointed_out():
    sheet = ledger([row("2062-09-01", income=1)])
    assert "第 3 行" in sheet.warnings[0].say()


def test_a_sheet_in_another_unit_is_refused():
    assert found(ledger([row(income=1)], title="收支明细 单位：万元")) == [(2, "amount")]


def test_several_equally_good_columns_are_not_chosen_between():
    headings = [*HEADINGS[:11], "收入"]
    assert (2, "income") in found(ledger([row(income=1, note=2)], headings=headings))


@pytest.mark.parametrize("drop", ["日期", "类别"])
def test_a_missing_column_is_named(drop):
    headings = ["—" if heading == drop else heading for heading in HEADINGS]
    faults = ledger([row(income=1)], headings=headings).faults
    assert [drop in fault.say() for fault in faults] == [True]


def test_without_any_headings_the_sheet_is_a_fault():
    sheet = ledger([], headings=["你好"])
    assert found(sheet) == [(0, "heading")]
    assert sheet.rows_total == 0


def test_one_column_of_amounts_goes_by_sign_direction_or_category():
    headings = ["日期", "资金来源", "类别", "摘要", "金额"]
    rows = [
        ["2026-09-01", "公共收益", "停车费", "a", 10],
        ["2026-09-02", "公共收益", "税费", "b", 4],
    ]
    by_category = ledger(rows, headings=headings)
    assert amounts(by_category) == [1000, -400]
    assert by_category.warnings
    rows[1][4] = -4
    assert amounts(ledger(rows, headings=headings)) == [1000, -400]
    directed = [[*rows[0], "收"], [*rows[1][:4], "4.00", "支"], [*rows[1][:4], 4, "?"]]
    sheet = ledger(directed, headings=[*headings, "收/支"])
    assert amounts(sheet) == [1000, -400]
    assert found(sheet) == [(5, "amount")]


def test_several_sheets_are_read_together_only_when_no_month_stands_twice():
    october = Sheet("10月", [HEADINGS, row("2026-10-01", income=2)])
    sheet = ledger([row(income=1)], more=(october,))
    assert amounts(sheet) == [100, 200]
    assert sheet.sheets == ("收支明细", "10月")
    again = Sheet("汇总", [HEADINGS, row("2026-09-30", income=2)])
    assert found(ledger([row(income=1)], more=(again,))) == [(0, "sheet")]


def test_a_sheet_may_be_chosen_by_name():
    from linli.intake.ledger_reading import read_ledger
    from linli.intake.tests.making import CATEGORIES

    october = Sheet("10月", [HEADINGS, row("2026-10-01", income=2)])
    whole = book([row(income=1)], more=(october,))
    assert amounts(read_ledger(whole, categories=CATEGORIES, sheets=["10月"])) == [200]
    assert found(read_ledger(whole, categories=CATEGORIES, sheets=["11月"])) == [(0, "sheet")]
