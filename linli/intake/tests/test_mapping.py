import pytest
from hypothesis import given
from hypothesis import strategies as st

from linli.intake.ledger_reading import read_ledger
from linli.intake.mapping import (
    BANK_COLUMNS,
    LEDGER_COLUMNS,
    FileMapping,
    read_mapping,
    write_mapping,
)
from linli.intake.proposing import guess_mapping
from linli.intake.tests.making import CATEGORIES
from linli.sheets.model import Sheet, Workbook

FILE = """
[ledger]
voucher_scope = "month"

[ledger.columns]
date = "哪天"
income = "进出数"
expense = "进出数"
category = "干啥"
fund = "哪笔钱"
summary = "说明白"

[ledger.values.fund]
"大家的钱" = "common"
"街道给的" = "fiscal"

[ledger.values.category]
"停车" = "parking"
"街道给的/拨款" = "grant"

[bank]
encoding = "gb18030"
sign = "signed"

[bank.columns]
date = "入账那天"
amount = "数额"
"""


def odd_sheet():
    return Sheet(
        "流水",
        [
            ["哪天", "哪笔钱", "干啥", "进出数", "说明白"],
            ["2026-09-01", "大家的钱", "停车", 18600, "月租"],
            ["2026-09-02", "大家的钱", "税费", "-1,103.77", "八月"],
            ["2026-09-03", "街道给的", "财政拨款", 15000, "经费"],
        ],
    )


def read(text=FILE):
    mapping, ruling = read_mapping(text)
    assert ruling.allowed, str(ruling)
    return mapping


def test_a_ledger_with_odd_headings_and_one_signed_column_is_read_by_its_mapping():
    whole = Workbook("xlsx", (odd_sheet(),))
    assert read_ledger(whole, categories=CATEGORIES).faults
    sheet = read_ledger(whole, categories=CATEGORIES, mapping=read())
    assert not sheet.faults
    assert [entry.amount_fen for entry in sheet.entries] == [1860000, -110377, 1500000]
    assert [entry.lines[0].category for entry in sheet.entries] == ["parking", "tax", "grant"]
    assert sheet.voucher_scope == "month"


def test_a_heading_that_the_mapping_names_and_the_sheet_lacks_is_a_fault():
    mapping = read(FILE.replace("说明白", "没有这一栏"))
    faults = read_ledger(
        Workbook("xlsx", (odd_sheet(),)), categories=CATEGORIES, mapping=mapping
    ).faults
    assert [fault.field for fault in faults] == ["summary"]
    assert "没有这一栏" in faults[0].say()


def test_a_column_given_as_empty_is_not_looked_for():
    sheet = odd_sheet()
    sheet.rows[0].append("备注")
    sheet.rows[1].append("不要")
    mapping = read(FILE.replace('summary = "说明白"', 'note = ""'))
    result = read_ledger(Workbook("xlsx", (sheet,)), categories=CATEGORIES, mapping=mapping)
    assert not result.entries[0].lines[0].note


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("[ledger", "TOML"),
        ("[ledger.columns]\ndatum = 'x'", "ledger.columns.datum"),
        ("[ledger]\nvoucher_scope = 'week'", "year"),
        ("[bank]\nsign = 'plus'", "signed"),
        ("[bank]\nencoding = 3", "bank.encoding"),
        ("[ledger.columns]\ndate = 3", "ledger.columns.date"),
        ("[sheet]\na = 1", "sheet"),
        ("ledger = 3", "ledger"),
        ("[ledger]\nvalues = 3", "ledger.values"),
        (b"\xff\xfe", "UTF-8"),
    ],
)
def test_a_mapping_that_is_wrong_says_where(text, word):
    mapping, ruling = read_mapping(text)
    assert mapping is None
    assert word in str(ruling)


def test_all_that_is_wrong_comes_at_once():
    _mapping, ruling = read_mapping("[ledger]\nvoucher_scope = 'week'\n[bank]\nsign = 'plus'")
    assert len(ruling.reasons) == 2


texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)


@given(
    st.builds(
        FileMapping,
        voucher_scope=st.sampled_from(["", "year", "month"]),
        columns=st.dictionaries(st.sampled_from(LEDGER_COLUMNS), texts),
        funds=st.dictionaries(texts, texts),
        categories=st.dictionaries(texts, texts),
        encoding=texts,
        sign=st.sampled_from(["", "signed", "columns"]),
        bank_columns=st.dictionaries(st.sampled_from(BANK_COLUMNS), texts),
    )
)
def test_a_mapping_reads_back_as_it_was_written(mapping):
    again, ruling = read_mapping(write_mapping(mapping))
    assert ruling.allowed, str(ruling)
    assert again == mapping


def test_a_proposal_for_odd_headings_is_guessed_from_what_stands_below():
    proposal = guess_mapping(odd_sheet(), categories=CATEGORIES)
    assert proposal.mapping.columns == {
        "date": "哪天",
        "category": "干啥",
        "income": "进出数",
        "expense": "进出数",
    }
    assert proposal.samples["哪笔钱"] == ("大家的钱", "大家的钱", "街道给的")
    assert proposal.missing == ()
    assert proposal.unknown_categories == ("停车",)
    assert proposal.mapping.categories["税费"] == "tax"
    assert set(proposal.headings) == {"哪天", "哪笔钱", "干啥", "进出数", "说明白"}


def test_a_proposal_for_two_columns_and_a_balance_keeps_them_apart():
    rows = [["何时", "何事", "甲", "乙", "丙"]]
    for day in range(1, 9):
        sides = [day * 10, ""] if day % 2 else ["", day]
        rows.append([f"2026-09-0{day}", "停车费", *sides, 1000 + day * day])
    proposal = guess_mapping(Sheet("账", rows), categories=CATEGORIES)
    assert proposal.mapping.columns == {
        "date": "何时",
        "category": "何事",
        "income": "甲",
        "expense": "乙",
        "balance": "丙",
    }


def test_a_proposal_for_a_statement_names_amount_sign_and_balance():
    sheet = Sheet(
        "流水",
        [
            ["某银行"],
            ["入账那天", "数额", "为什么"],
            ["2026-01-31", "1,200.00", "广告款"],
            ["2026-01-15", "-500.00", "电费"],
        ],
    )
    proposal = guess_mapping(sheet, kind="bank")
    assert proposal.mapping.bank_columns == {"date": "入账那天", "amount": "数额"}
    assert proposal.mapping.sign == "signed"
    assert guess_mapping(Sheet("空", [["", ""]])) is None


def test_a_proposal_applied_reads_the_sheet():
    sheet = odd_sheet()
    proposal = guess_mapping(sheet, categories=CATEGORIES)
    done = FileMapping(
        columns=dict(proposal.mapping.columns) | {"fund": "哪笔钱"},
        funds={"大家的钱": "common", "街道给的": "fiscal"},
        categories=dict(proposal.mapping.categories) | {"停车": "parking"},
    )
    result = read_ledger(Workbook("xlsx", (sheet,)), categories=CATEGORIES, mapping=done)
    assert not result.faults
    assert len(result.entries) == 3


def test_a_field_that_is_given_as_empty_takes_no_column_without_a_heading():
    """Under merged headings the upper row has empty cells; they are nobody's heading."""
    top = ["日期", "类别", "资金来源", "金额", ""]
    rows = [["2026-09-01", "停车费", "公共收益", 12, ""]]
    sheet = Sheet("明细", [top, ["", "", "", "收入", "支出"], *rows], merged=((1, 3, 1, 4),))
    named = {"date": "日期", "income": "收入", "expense": "支出", "amount": "", "note": ""}
    told = FileMapping(columns=named)
    read = read_ledger(Workbook("xlsx", (sheet,)), categories=CATEGORIES, mapping=told)
    assert not read.faults and read.entries[0].amount_fen == 1200
    assert {use.field for use in read.column_map} == {
        "date",
        "category",
        "fund",
        "income",
        "expense",
    }
