"""`linli import-ledger` and `linli import-bank`, as an administrator runs them."""

from __future__ import annotations

import io
import json
import os

import openpyxl
import pytest
from django.core.management import call_command
from django.utils import translation

from linli.bank.models import BankLine, Statement
from linli.intake.tests.conftest import BANK, FAULTY, ODD, ODD_MAP, SHEET
from linli.ledger.models import Entry
from linli.vouchers.models import Voucher

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with translation.override("zh-hans"):
        yield


def run(command, *more, book="B000001"):
    """(exit code, what was printed)."""
    said, code = io.StringIO(), 0
    try:
        call_command(command, f"--book={book}", *map(str, more), stdout=said, stderr=said)
    except SystemExit as end:
        code = int(end.code or 0)
    return code, said.getvalue()


def imported():
    return Entry.objects.filter(kind="import").count()


def test_a_dry_run_tells_what_would_come_and_writes_nothing(desk):
    code, said = run("import-ledger", f"--ledger={SHEET}", "--dry-run")
    assert code == 0 and "新记 12 笔分录" in said and "只做了检查" in said
    assert not Entry.objects.exists()


def test_a_sheet_is_taken_in_up_to_a_month_then_the_rest_then_nothing(desk):
    code, said = run("import-ledger", f"--ledger={SHEET}", "--through=2026-09")
    assert code == 0 and imported() == 7 and "2026-09 之后的 5 行未处理" in said
    code, said = run("import-ledger", f"--ledger={SHEET}")
    assert code == 0 and imported() == 12 and "新记 5 笔分录" in said and "已有 7 笔" in said
    code, said = run("import-ledger", f"--ledger={SHEET}")
    assert code == 0 and imported() == 12 and "没有变化" in said


def test_a_mapping_file_reads_headings_never_seen(desk):
    code, _said = run("import-ledger", f"--ledger={ODD}")
    assert (code, imported()) == (1, 0)
    code, said = run("import-ledger", f"--ledger={ODD}", f"--map={ODD_MAP}")
    assert (code, imported()) == (0, 12), said


def test_faults_end_with_1_and_nothing_written(desk):
    code, said = run("import-ledger", f"--ledger={FAULTY}")
    assert code == 1 and "神秘收入" in said and "没有写入任何内容" in said
    assert not Entry.objects.exists() and not os.listdir()


def test_good_rows_are_taken_and_bad_ones_written_out(desk):
    code, said = run("import-ledger", f"--ledger={FAULTY}", "--accept-good")
    assert (code, imported()) == (0, 12), said
    assert openpyxl.load_workbook("rejected.xlsx")["收支明细"].max_row == 9


def test_months_kept_in_the_system_need_a_preparer(live, people):
    code, said = run("import-ledger", f"--ledger={SHEET}")
    assert code == 1 and "--by" in said and not Entry.objects.exists()
    code, said = run("import-ledger", f"--ledger={SHEET}", "--by=nobody")
    assert code == 1 and "没有登录名为 nobody 的账号" in said
    code, said = run("import-ledger", f"--ledger={SHEET}", "--by=books")
    assert (code, imported(), Voucher.objects.count()) == (0, 7, 5), said


def test_answers_as_json(desk):
    code, said = run("import-ledger", f"--ledger={SHEET}", "--json")
    told = json.loads(said)
    assert code == 0 and (told["entries"], told["written"]) == (12, True)
    assert [month["period"] for month in told["months"]] == ["2026-09", "2026-10"]
    code, said = run("import-ledger", f"--ledger={FAULTY}", "--json")
    told = json.loads(said)
    assert code == 1 and [fault["row"] for fault in told["faults"]] == [22, 23, 24, 25]


def test_what_is_asked_wrongly_is_told(desk, tmp_path):
    assert (
        "没有编号为 B999999 的账套" in run("import-ledger", f"--ledger={SHEET}", book="B999999")[1]
    )
    code, said = run("import-ledger", f"--ledger={SHEET}", "--through=十月")
    assert code == 1 and "月份请写成" in said
    wrong = tmp_path / "wrong.toml"
    wrong.write_text("[else]\nx = 1\n")
    code, said = run("import-ledger", f"--ledger={SHEET}", f"--map={wrong}")
    assert code == 1 and "不认识的名称" in said
    code, said = run("import-ledger", "--ledger=没有.xlsx")
    assert code == 1 and "读不了文件" in said


@pytest.mark.parametrize("account", ["2468", "业委会专户", ""])
def test_a_statement_is_kept_for_the_account_that_is_named_or_that_it_names(desk, account):
    code, said = run("import-bank", f"--account={account}", f"--bank={BANK}")
    assert code == 0 and BankLine.objects.count() == 9, said
    assert Statement.objects.get().account == desk.accounts["common"]
    code, said = run("import-bank", f"--account={account}", f"--bank={BANK}")
    assert code == 0 and "没有变化" in said and Statement.objects.count() == 1


def test_days_and_opening_are_given_where_the_file_is_silent(desk, tmp_path):
    text = "交易日期,摘要,收入,支出\n2026-09-02,停车费,6200.00,\n2026-09-16,管理费,,800.00\n"
    (tmp_path / "x.csv").write_text(text, "utf-8")
    code, said = run("import-bank", "--account=2468", "--bank=x.csv")
    assert code == 1 and "期初余额" in said and not Statement.objects.exists()
    days = ("--from=2026-09-01", "--to=2026-09-30", "--opening=10000")
    code, said = run("import-bank", "--account=2468", "--bank=x.csv", *days, "--dry-run")
    assert code == 0 and "15,400.00" in said and not Statement.objects.exists()
    code, said = run("import-bank", "--account=2468", "--bank=x.csv", *days)
    kept = Statement.objects.get()
    assert (code, str(kept.to_on), kept.closing_fen) == (0, "2026-09-30", 1_540_000)


def test_an_account_that_is_not_there_and_bad_lines_are_told(desk, tmp_path):
    code, said = run("import-bank", "--account=1111", f"--bank={BANK}")
    assert code == 1 and "没有尾号、编号或名称为“1111”的银行账户" in said
    text = "交易日期,摘要,收入,支出\n2026-09-02,停车费,六千,\n"
    (tmp_path / "x.csv").write_text(text, "utf-8")
    code, said = run("import-bank", "--account=2468", "--bank=x.csv")
    assert code == 1 and "六千" in said and not Statement.objects.exists()
