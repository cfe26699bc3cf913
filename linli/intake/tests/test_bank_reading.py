from datetime import date, time

import pytest

from linli.intake.bank_reading import read_bank_book, read_bank_file
from linli.intake.mapping import FileMapping, read_mapping
from linli.intake.tests.making import SAMPLES, shared
from linli.sheets.model import Sheet, Workbook, place
from linli.sheets.reading import read_workbook


def read(data, **options):
    file, ruling = read_bank_file(data, **options)
    assert ruling.allowed, str(ruling)
    return file


def sample(name, **options):
    return read((SAMPLES / name).read_bytes(), name=name, **options)


def statement(*rows, headings=("交易日期", "收入", "支出", "余额", "摘要", "对方户名"), **facts):
    sheet = Sheet("流水", [list(headings), *map(list, rows)], **facts)
    file, ruling = read_bank_book(Workbook("xlsx", (sheet,)))
    assert ruling.allowed, str(ruling)
    return file


def accounted(file, data, name=""):
    """Every row of the sheet is a line, left with a reason, or a fault; none is two of them."""
    book, _ruling = read_workbook(data, name=name)
    rows = len(book.sheet(file.sheet).rows)
    lines = [line.source_row for line in file.lines]
    left = [one.row for one in file.left]
    faulty = {fault.row for fault in file.faults}
    assert len(set(lines)) == len(lines)
    assert not set(lines) & set(left)
    assert sorted({*lines, *left, *faulty}) == list(range(1, rows + 1))
    assert all(one.say() for one in file.left)


PROFILES = {
    "icbc.csv": ("icbc", 5, (), True, 2000000, 4297674),
    "abc.csv": ("abc", 6, ((7, 1420000, 1410000),), False, 1000000, 1420000),
    "boc.csv": ("boc", 3, (), True, 631217, 1324028),
    "ccb.xls": ("ccb", 3, (), False, 224391, 377563),
    "wechat.csv": ("wechat", 4, (), True, None, None),
    "alipay.csv": ("alipay", 2, (), True, None, None),
}


@pytest.mark.parametrize("name", PROFILES)
def test_each_bank_is_recognised_and_every_row_accounted_for(name):
    file = sample(name)
    profile, count, breaks, newest_first, opening, closing = PROFILES[name]
    assert file.profile == profile
    assert len(file.lines) == count
    found = tuple((one.row, one.expected_fen, one.found_fen) for one in file.breaks)
    assert found == breaks
    assert (file.newest_first, file.opening_fen, file.closing_fen) == (
        newest_first,
        opening,
        closing,
    )
    assert not file.faults
    assert [line.on for line in file.lines] == sorted(line.on for line in file.lines)
    accounted(file, (SAMPLES / name).read_bytes(), name)


def test_what_a_line_says_is_read_whole():
    line = sample("icbc.csv").lines[1]
    assert (line.on, line.at, line.amount_fen, line.balance_fen) == (
        date(2026, 5, 12),
        None,
        -56780,
        3473220,
    )
    assert (line.summary, line.counterparty) == ("转账 电费 网上银行", "城东供电所")
    first = sample("abc.csv").lines[0]
    assert first.at.time() == time(9, 30, 12)
    assert str(first.at.tzinfo) == "Asia/Shanghai"
    assert first.serial == "369396001"
    booked = sample("ccb.xls").lines[0]
    assert (booked.on, booked.at.date()) == (date(2026, 1, 5), date(2026, 1, 4))


def test_the_account_is_told_by_the_preamble_or_a_column():
    hints = {name: sample(name).account_hint for name in PROFILES}
    assert hints["icbc.csv"].tail == "4321"
    assert hints["icbc.csv"].name == "清河苑业委会"
    assert hints["boc.csv"].tail == "8899"
    assert hints["ccb.xls"].tail == "4321"
    assert hints["wechat.csv"].name == "清河苑收款"
    assert hints["abc.csv"].tail == ""


def test_the_days_a_statement_covers_come_from_its_head_or_its_lines():
    wallet, bank = sample("wechat.csv"), sample("abc.csv")
    assert (wallet.covers_since, wallet.covers_until) == (date(2026, 6, 1), date(2026, 6, 30))
    assert (bank.covers_since, bank.covers_until) == (date(2026, 4, 1), date(2026, 4, 30))


def test_neutral_closed_and_empty_movements_are_left_with_their_reason():
    def reasons(name):
        return {one.row: one.say() for one in sample(name).left}

    assert "零钱提现" in reasons("wechat.csv")[16]
    assert "交易关闭" in reasons("alipay.csv")[17]
    assert "退款" in reasons("alipay.csv")[15]
    assert reasons("abc.csv")[6] == "金额为零"
    assert reasons("icbc.csv")[14] == "合计行"
    assert reasons("ccb.xls")[10] == "说明文字"


def test_the_same_line_is_known_again_and_equal_lines_stay_two():
    data = (SAMPLES / "wechat.csv").read_bytes()
    first, second = read(data), read(data)
    keys = [line.key for line in first.lines]
    assert len(set(keys)) == 4
    assert keys == [line.key for line in second.lines]
    shorter = data.decode("utf-8-sig").splitlines()
    del shorter[17:19]
    later = read("\n".join(shorter).encode())
    assert {line.key for line in later.lines} < set(keys)
    assert sorted(line.occurrence for line in first.lines) == [1, 1, 1, 2]


def test_a_total_that_does_not_fit_is_told_and_stops_nothing():
    text = (SAMPLES / "icbc.csv").read_bytes().decode("gbk")
    wrong = read(text.replace("24,112.34   \t", "24,112.35   \t").encode("gbk"))
    assert [(w.row, w.field) for w in wrong.warnings] == [(14, "total")]
    assert wrong.good


def test_a_balance_that_cannot_be_read_is_told_and_not_followed():
    file = statement(
        ("2026-01-01", 10, "", 110, "a", ""),
        ("2026-01-02", 5, "", "xx,yyyy.zz", "b", ""),
        ("2026-01-03", "", 1, 114, "c", ""),
        ("2026-01-04", 1, "", 116, "d", ""),
    )
    assert [line.balance_fen for line in file.lines] == [11000, None, 11400, 11600]
    assert [(w.row, w.field) for w in file.warnings] == [(3, "balance")]
    assert [(one.row, one.expected_fen, one.found_fen) for one in file.breaks] == [
        (5, 11500, 11600)
    ]


@pytest.mark.parametrize(
    ("cells", "field"),
    [
        (("2026-02-30", 1, "", 1, "a", ""), "date"),
        (("10/3", 1, "", 1, "a", ""), "date"),
        (("2026-02-03", "xx.yy", "", 1, "a", ""), "amount"),
        (("2026-02-03", 1.234, "", 1, "a", ""), "amount"),
        (("2026-02-03", 1, 2, 1, "a", ""), "amount"),
    ],
)
def test_a_row_that_cannot_be_read_is_a_fault(cells, field):
    file = statement(("2026-02-01", 1, "", 1, "a", ""), cells)
    assert [(fault.row, fault.field) for fault in file.faults] == [(3, field)]
    assert not file.good


def test_formulas_in_a_statement_are_faults():
    row = ("2026-02-01", 1, "", 1, "a", "")
    file = statement(row, formulas=frozenset({place(2, 0), place(2, 1)}))
    assert [(fault.row, fault.field) for fault in file.faults] == [(2, "date"), (2, "amount")]


def test_no_balance_is_followed_across_a_row_that_cannot_be_read():
    file = statement(
        ("2026-01-01", 10, "", 110, "a", ""),
        ("2026-01-02", "x", "", 120, "b", ""),
        ("2026-01-03", 1, "", 121, "c", ""),
    )
    assert not file.breaks
    assert file.closing_fen == 12100


def test_a_statement_by_debit_and_credit_is_read_from_the_banks_side():
    headings = ("日期", "借方发生额", "贷方发生额", "余额", "用途")
    file = statement(
        ("2026-01-01", "", 10, 110, "a"), ("2026-01-02", 4, 0, 106, "b"), headings=headings
    )
    assert file.profile == "generic"
    assert [line.amount_fen for line in file.lines] == [1000, -400]
    headings = ("交易时间", "借贷标志", "发生额", "账户余额", "摘要", "用途")
    file = statement(
        ("2026-01-01 09:30:00", "贷", 10, 110, "a", "x"),
        ("2026-01-02 10:00:00", "借", 4, 106, "b", ""),
        headings=headings,
    )
    assert [line.amount_fen for line in file.lines] == [1000, -400]
    assert file.lines[0].at.time() == time(9, 30)
    assert file.lines[0].summary == "a x"


def test_of_several_sheets_the_first_is_read_and_another_may_be_chosen():
    row = ["2026-01-01", 10, "", 110, "a", ""]
    head = ["交易日期", "收入", "支出", "余额", "摘要", "对方户名"]
    book = Workbook(
        "xlsx",
        (Sheet("说明", [["你好"]]), Sheet("一月", [head, row]), Sheet("二月", [head, row, row])),
    )
    first, _ruling = read_bank_book(book)
    assert (first.sheet, first.other_sheets) == ("一月", ("二月",))
    assert "二月" in first.warnings[0].say()
    second, _ruling = read_bank_book(book, sheet="二月")
    assert len(second.lines) == 2
    none, ruling = read_bank_book(book, sheet="三月")
    assert none is None
    assert "三月" in str(ruling)


def test_a_layout_nobody_has_seen_is_refused_and_read_by_a_mapping():
    data = (SAMPLES / "unknown_bank.csv").read_bytes()
    none, ruling = read_bank_file(data)
    assert none is None
    assert "映射" in str(ruling)
    mapping, ruling = read_mapping(
        """
        [bank]
        encoding = "gbk"
        sign = "direction"
        [bank.columns]
        date = "入账那天"
        amount = "数额"
        direction = "进出"
        balance = "剩多少"
        summary = "为什么"
        counterparty = "谁"
        serial = "编号"
        """
    )
    assert ruling.allowed, str(ruling)
    file = read(data, mapping=mapping)
    assert [(line.amount_fen, line.serial) for line in file.lines] == [
        (30000, "A001"),
        (-50000, "A002"),
        (120000, "A003"),
    ]
    assert (file.newest_first, file.opening_fen, file.closing_fen) == (True, 820000, 920000)
    assert not file.breaks
    accounted(file, data)


def test_a_mapping_tells_the_sign_of_a_single_column():
    sheet = Sheet("a", [["哪天", "多少"], ["2026-01-01", 10], ["2026-01-02", -4]])
    columns = {"date": "哪天", "amount": "多少"}

    def amounts(**options):
        mapping = FileMapping(bank_columns=columns, **options)
        file, _ruling = read_bank_book(Workbook("xlsx", (sheet,)), mapping=mapping)
        return [line.amount_fen for line in file.lines]

    assert amounts() == [1000, -400]
    assert amounts(sign="reversed") == [-1000, 400]


def test_headings_of_a_mapping_that_are_not_there_are_named():
    mapping = FileMapping(bank_columns={"date": "交易日期", "amount": "没有"})
    none, ruling = read_bank_file((SAMPLES / "abc.csv").read_bytes(), mapping=mapping)
    assert none is None
    assert "没有" in str(ruling)


def test_bytes_that_pass_for_utf8_are_tried_in_the_encodings_of_the_profiles():
    text = "记账日,交易日期,支出,收入,账户余额\n20260105,20260105,1.00,0.00,5.00\n"
    file = read(text.encode("utf-16-le"))
    assert (file.profile, file.encoding) == ("ccb", "utf-16-le")


SHARED = {
    "bank/abc-debit.csv": ("abc", 4, 3),
    "bank/alipay.csv": ("alipay", 5, 0),
    "bank/boc-debit.csv": ("boc", 17, 0),
    "bank/ccb-debit.xls": ("ccb", 6, 1),
    "bank/icbc-debit.csv": ("icbc", 11, 0),
    "bank/wechat.csv": ("wechat", 16, 0),
    "bank/wechat.xlsx": ("wechat", 16, 0),
    "estate/碧海家园-工行9876.csv": ("icbc", 22, 0),
}


@pytest.mark.parametrize("name", SHARED)
def test_every_row_of_the_shared_statements_is_accounted_for(name):
    data = shared(name)
    file = read(data, name=name)
    assert (file.profile, len(file.lines), len(file.breaks)) == SHARED[name]
    assert not file.faults
    accounted(file, data, name)


def test_the_shared_statement_of_the_estate_follows_on_to_its_closing_balance():
    file = read(shared("estate/碧海家园-工行9876.csv"))
    assert (file.opening_fen, file.closing_fen) == (12845036, 13968327)
    assert (file.account_hint.tail, file.account_hint.name) == ("9876", "业委会专户")
    assert file.newest_first
    assert not file.warnings


def test_masked_balances_of_the_shared_statement_are_told():
    file = read(shared("bank/icbc-debit.csv"))
    masked = [w for w in file.warnings if w.field == "balance"]
    assert len(masked) == 11
    assert file.opening_fen is None


def test_both_sheets_of_the_shared_wallet_say_the_same():
    data = shared("bank/wechat.xlsx")
    first, second = read(data), read(data, sheet="Sheet1")
    assert first.other_sheets == ("Sheet1",)
    assert [line.key for line in first.lines] == [line.key for line in second.lines]
