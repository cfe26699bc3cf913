"""Whatever is put in: entries or reasons, lines or reasons, never an error of the program."""

from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from linli.intake.bank_reading import read_bank_book, read_bank_file
from linli.intake.ledger_reading import read_ledger
from linli.intake.mending import rejected_workbook
from linli.intake.proposing import guess_mapping
from linli.intake.tests.making import CATEGORIES, HEADINGS
from linli.sheets.model import Sheet, Workbook, place
from linli.sheets.reading import read_workbook

WORDS = [
    "", " ", "-", "合计", "9月小计", "本年累计", "上期结余", "期末余额", "公共收益", "种子基金", "停车费", "项目支出",
    "退款", "10/3", "2026-10-03", "12.345", "￥800", "=1+1", "'=x", "记-1", "P-1", "xx,yyyy.zz", "收入", "支出",
    "人民币合计", "交易关闭", "/", "不计收支", "贷", "\x00", "１２", "-1",
]  # fmt: skip
cells = st.one_of(
    st.sampled_from(WORDS),
    st.text(max_size=12),
    st.floats(),
    st.integers(-(10**9), 10**9),
    st.dates(date(2026, 1, 1), date(2027, 1, 1)),
    st.dates(),
    st.booleans(),
    st.times(),
    st.timedeltas(),
    st.datetimes(),
)
BANK = [
    "交易日期",
    "交易时间",
    "收入",
    "支出",
    "金额",
    "收/支",
    "余额",
    "摘要",
    "交易状态",
    "流水号",
]


@st.composite
def sheets(draw, heads):
    head = list(draw(st.permutations(draw(st.sampled_from(heads)))))
    rows = draw(st.lists(st.lists(cells, max_size=14), max_size=12))
    above = draw(st.lists(st.lists(st.sampled_from(WORDS), max_size=3), max_size=2))
    if draw(st.booleans()):
        above.append(head)
    everything = [*above, *rows]
    height = len(everything) + 1
    places = st.tuples(st.integers(1, height), st.integers(0, 13))
    merged = draw(st.lists(st.tuples(places, st.integers(0, 3), st.integers(0, 3)), max_size=3))
    return Sheet(
        draw(st.sampled_from(["收支明细", "服务项目", "2026年", "流水"])),
        everything,
        formulas=frozenset(place(*at) for at in draw(st.lists(places, max_size=3))),
        hidden_rows=frozenset(draw(st.lists(st.integers(1, height), max_size=2))),
        merged=tuple((r, c, r + down, c + right) for (r, c), down, right in merged),
    )


PROJECTS = ["项目编号", "项目名称", "资金来源", "预算", "承办单位"]
LEDGERS = sheets([HEADINGS, [*HEADINGS, "结余"], ["日期", "类别", "金额"], PROJECTS])


def together(found):
    """A workbook of the sheets, under names of their own."""
    sheets = [
        Sheet(f"{s.name}{n}", s.rows, True, s.formulas, s.hidden_rows, s.hidden_columns, s.merged)
        for n, s in enumerate(found)
    ]
    return Workbook("xlsx", tuple(sheets))


@settings(max_examples=100, deadline=None)
@given(st.lists(LEDGERS, max_size=2))
def test_any_sheet_gives_entries_or_reasons(found):
    ledger = read_ledger(together(found), categories=CATEGORIES)
    assert ledger.rows_total == ledger.rows_good + ledger.rows_bad
    assert all(fault.say() for fault in (*ledger.faults, *ledger.warnings))
    assert all(left.say() for _name, left in ledger.left)
    bad = {(fault.sheet, fault.row) for fault in ledger.faults}
    entered = [(entry.sheet, row) for entry in ledger.entries for row in entry.rows]
    assert len(entered) == len(set(entered))
    assert not bad & set(entered)
    assert len({entry.key for entry in ledger.entries}) == len(ledger.entries)
    assert ledger.faults or ledger.entries or ledger.openings or ledger.rows_total == 0
    assert ledger.opening_on is None or ledger.periods or ledger.openings


@settings(max_examples=40, deadline=None)
@given(st.lists(LEDGERS, max_size=2))
def test_the_bad_rows_of_any_sheet_can_be_written_and_read(found):
    book = together(found)
    data = rejected_workbook(book, read_ledger(book, categories=CATEGORIES))
    assert data is None or read_workbook(data)[1].allowed


@settings(max_examples=100, deadline=None)
@given(sheets([BANK, BANK[:4], ["日期", "金额", "余额"]]))
def test_any_statement_gives_lines_or_reasons(sheet):
    file, ruling = read_bank_book(Workbook("xlsx", (sheet,)))
    assert (file is None) == (not ruling.allowed)
    if file:
        lines = {line.source_row for line in file.lines}
        left = {one.row for one in file.left}
        faulty = {fault.row for fault in file.faults}
        assert lines | left | faulty == set(range(1, len(sheet.rows) + 1))
        assert not lines & left
        assert not lines & faulty
        assert all(fault.say() for fault in (*file.faults, *file.warnings))
        assert len({line.key for line in file.lines}) == len(file.lines)


@settings(max_examples=100, deadline=None)
@given(st.one_of(LEDGERS, sheets([BANK])), st.sampled_from(["ledger", "bank"]))
def test_any_sheet_gives_a_proposal_or_none(sheet, kind):
    proposal = guess_mapping(sheet, kind=kind, categories=CATEGORIES)
    assert proposal is None or set(proposal.mapping.columns.values()) <= set(proposal.headings)


HEAD = "交易日期,交易时间,交易摘要,交易金额,本次余额,对手信息,日 志 号\n"


@settings(max_examples=100, deadline=None)
@given(
    st.lists(
        st.lists(st.sampled_from([*WORDS, "20260103", "+1.00", '"', ",", "\n", "\t"]), max_size=9)
    ),
    st.binary(max_size=20),
    st.sampled_from(["utf-8", "gb18030", "utf-16"]),
)
def test_any_bytes_of_a_csv_give_lines_or_reasons(rows, tail, encoding):
    text = HEAD + "\n".join(",".join(row) for row in rows)
    data = text.encode(encoding) + tail
    file, ruling = read_bank_file(data)
    assert (file is None) == (not ruling.allowed)
    book, _ruling = read_workbook(data)
    if book:
        assert read_ledger(book, categories=CATEGORIES).faults
