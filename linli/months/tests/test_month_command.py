"""`linli month`: from a sheet and a bank's file to the published folder, as a clerk runs it."""

from __future__ import annotations

import io
import json
import re
import subprocess
import sys
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from django.core.management import call_command
from django.utils import translation

from linli.ledger import queries as ledger
from linli.ledger.models import Book, Entry, Project

pytestmark = pytest.mark.django_db
SAMPLES = Path(__file__).parent / "samples"
SHARED = Path(__file__).parents[3].parent / "shared" / "data" / "estate"


@dataclass(frozen=True)
class Data:
    """An estate's files and what must come of them."""

    expected: dict
    sheet: Path
    faulty: Path
    bank: Path


def data_in(folder: Path) -> Data:
    expected = json.loads((folder / "expected.json").read_text("utf-8"))
    name = expected["estate"]
    bank = next(folder.glob(f"{name}-工行*.csv"))
    return Data(
        expected, folder / f"{name}-收支明细.xlsx", folder / f"{name}-收支明细-有误.xlsx", bank
    )


@pytest.fixture(autouse=True)
def _in_chinese():
    """As the command line is, whatever a page before has left."""
    with translation.override("zh-hans"):
        yield


@pytest.fixture(params=["samples", "shared"])
def data(request):
    folder = SAMPLES if request.param == "samples" else SHARED
    if not (folder / "expected.json").exists():
        pytest.skip(f"no {folder}: the shared trial data is not here")
    return data_in(folder)


@pytest.fixture
def own():
    return data_in(SAMPLES)


def month(sheet, out, *more, estate, bank=None, period="2026-10"):
    """Run the command; returns (exit code, what it printed)."""
    said = io.StringIO()
    given = [f"--bank={bank}"] if bank else []
    code = 0
    try:
        call_command(
            "month",
            f"--estate={estate}",
            f"--ledger={sheet}",
            f"--period={period}",
            f"--out={out}",
            *given,
            *more,
            stdout=said,
            stderr=said,
        )
    except SystemExit as end:
        code = int(end.code or 0)
    return code, said.getvalue()


def run(data, out, *more, sheet=None, **facts):
    facts = {"estate": data.expected["estate"], "bank": data.bank} | facts
    return month(sheet or data.sheet, out, *more, **facts)


def statement(out, period):
    path = next(out.glob(f"*/{period}/statement.json"))
    return json.loads(path.read_text("utf-8"))


def bytes_of(folder):
    return {p.relative_to(folder): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def mended(path, out, cells):
    """A workbook with some of its cells put right: row → {heading: value}."""
    book = openpyxl.load_workbook(path)
    sheet = book["收支明细"]
    last = next(r for r in range(1, 10) if "日期" in [c.value for c in sheet[r]]) + 1
    heads = {}
    for row in (last - 1, last):
        heads |= {cell.value: cell.column for cell in sheet[row] if cell.value}
    for row in range(last + 1, sheet.max_row + 1):
        number = sheet.cell(row, heads["原行号"]).value
        for heading, value in cells.get(number, {}).items():
            sheet.cell(row, heads[heading]).value = value
    book.save(out)
    return out


# --- what comes of good files -------------------------------------------------------------------


def test_the_figures_are_those_of_the_golden_file(data, tmp_path):
    out = tmp_path / "out"
    code, said = run(data, out)
    assert code == 0, said
    for period, funds in data.expected["months"].items():
        found = statement(out, period)
        assert {fund["fund"] for fund in found["funds"]} == set(funds)
        for fund in found["funds"]:
            told = dict(funds[fund["fund"]])
            lines = {
                line["category"]: {"amount_fen": line["amount_fen"], "count": line["count"]}
                for line in fund["lines"]
            }
            assert lines == told.pop("lines")
            assert {name: fund[name] for name in told} == told


def test_the_bank_and_the_projects_are_those_of_the_golden_file(data, tmp_path):
    out = tmp_path / "out"
    run(data, out)
    wanted = data.expected["bank"]
    for period in data.expected["months"]:
        found = statement(out, period)
        account = next(a for a in found["bank"] if a["account"].endswith(wanted["account_tail"]))
        told = wanted[period]
        assert account["status"] == "reconciled" and account["difference_fen"] == 0
        assert account["bank_balance_fen"] == told["bank_balance_fen"]
        assert account["book_balance_fen"] == told["book_balance_fen"]
        items = [
            {name: item[name] for name in ("kind", "date", "amount_fen")}
            for item in account["outstanding"]
        ]
        assert sorted(map(str, items)) == sorted(map(str, told["outstanding"]))
        for project in found["projects"]:
            one = data.expected["projects"][project["code"]]
            paid = sum(part["paid_to_date_fen"] for part in project["funding"])
            budget = {part["fund"]: part["budget_fen"] for part in project["funding"]}
            assert (project["name"], budget) == (one["name"], one["budget_fen"])
            assert paid == one["paid_fen"][period]


def test_every_entry_of_the_sheet_is_posted_once_and_the_months_are_sealed(data, tmp_path):
    code, said = run(data, tmp_path / "out")
    book = Book.objects.get(name=data.expected["estate"])
    for period, count in data.expected["entries"].items():
        assert Entry.objects.filter(book=book, period=period, kind="import").count() == count
    assert (code, ledger.sealed_through(book)) == (0, "2026-10")
    assert not Entry.objects.filter(book=book, kind="import", approved_by__isnull=False).exists()
    assert re.search(r"2026-09.*本次封存", said) and re.search(r"2026-10.*本次封存", said)


def test_the_published_folder_proves_itself_with_the_standard_library_alone(own, tmp_path):
    out = tmp_path / "out"
    run(own, out)
    checked = subprocess.run(
        [sys.executable, "-I", str(out / "verify.py"), str(out)], capture_output=True, text=True
    )
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert "2026-09" in checked.stdout and "2026-10" in checked.stdout
    entries = next(out.glob("*/2026-10/entries.jsonl"))
    text = entries.read_text("utf-8")
    entries.chmod(0o600)
    entries.write_text(text.replace("630000", "530000"), "utf-8")
    spoiled = subprocess.run(
        [sys.executable, "-I", str(out / "verify.py"), str(out)], capture_output=True, text=True
    )
    assert spoiled.returncode != 0


def test_a_second_run_changes_nothing_and_says_so(data, tmp_path):
    out = tmp_path / "out"
    run(data, out)
    before, count = bytes_of(out), Entry.objects.count()
    code, said = run(data, out)
    assert code == 0 and "没有变化" in said
    assert (bytes_of(out), Entry.objects.count()) == (before, count)


def test_months_may_be_run_one_after_the_other(own, tmp_path):
    out = tmp_path / "out"
    code, said = run(own, out, period="2026-09")
    assert code == 0 and "之后" in said and not list(out.glob("*/2026-10"))
    first = bytes_of(out / Book.objects.get().code / "2026-09")
    code, said = run(own, out)
    assert code == 0, said
    again = bytes_of(out / Book.objects.get().code / "2026-09")
    assert {name: again[name] for name in first} == first
    assert statement(out, "2026-10")["bank"][0]["difference_fen"] == 0


def test_headings_never_seen_are_read_by_a_mapping_file(own, tmp_path):
    sheet = SAMPLES / "清河苑-从未见过的表头.xlsx"
    code, said = run(own, tmp_path / "no", sheet=sheet)
    assert code == 1 and "没有找到“类别”栏" in said and not Book.objects.exists()
    mapping = SAMPLES / "从未见过的表头.toml"
    code, said = run(own, tmp_path / "out", f"--map={mapping}", sheet=sheet)
    assert code == 0, said
    told = own.expected["months"]["2026-10"]["common"]
    found = statement(tmp_path / "out", "2026-10")["funds"][0]
    assert (found["fund"], found["closing_fen"]) == ("common", told["closing_fen"])


# --- what comes of bad ones ---------------------------------------------------------------------


def test_a_faulty_sheet_names_every_bad_row_and_writes_nothing(data, tmp_path):
    out = tmp_path / "out"
    code, said = run(data, out, sheet=data.faulty)
    assert code == 1
    found = re.findall(r"收支明细\s+(\d+)\s+(\w+)\s+\S", said)
    wanted = [(str(one["row"]), one["field"]) for one in data.expected["faulty_rows"]]
    assert sorted(set(found)) == sorted(wanted)
    assert not Book.objects.exists() and not Entry.objects.exists()
    assert not out.exists()


def test_the_good_rows_are_taken_and_the_bad_ones_written_out(own, tmp_path):
    out = tmp_path / "out"
    code, said = run(own, out, "--accept-good", sheet=own.faulty)
    assert code == 0, said
    assert Entry.objects.filter(kind="import").count() == 12
    sheet = openpyxl.load_workbook(out / "rejected.xlsx")["收支明细"]
    heads = {c.value: c.column for row in (4, 5) for c in sheet[row] if c.value}
    rows = [sheet.cell(row, heads["原行号"]).value for row in range(6, sheet.max_row + 1)]
    assert rows == [one["row"] for one in own.expected["faulty_rows"]]
    assert "rejected.xlsx" in said and "未封存" in said


def test_no_month_is_sealed_that_may_have_a_rejected_row(own, tmp_path):
    """A row whose day cannot be read may be of any month."""
    run(own, tmp_path / "out", "--accept-good", sheet=own.faulty)
    assert ledger.sealed_through(Book.objects.get()) == ""


def known_days(own, tmp_path):
    """The faulty sheet, but every bad row has a day in October."""
    book = openpyxl.load_workbook(own.faulty)
    book["收支明细"].cell(22, 2).value = date(2026, 10, 21)
    book["收支明细"].cell(22, 8).value = -40
    book.save(tmp_path / "known.xlsx")
    return tmp_path / "known.xlsx"


def test_the_months_before_the_first_rejected_row_are_sealed_and_published(own, tmp_path):
    out = tmp_path / "out"
    code, said = run(own, out, "--accept-good", sheet=known_days(own, tmp_path))
    assert (code, ledger.sealed_through(Book.objects.get())) == (0, "2026-09"), said
    assert list(out.glob("*/2026-09/seal.json")) and not list(out.glob("*/2026-10"))
    assert re.search(r"2026-10.*未封存", said)


MENDED = {
    22: {"日期": date(2026, 10, 21), "收入": 40},
    23: {"类别": "停车场地使用费"},
    24: {"收入": 12.35},
    25: {"决议依据": "业主大会决议〔2026〕2号", "项目编号": "", "类别": "共用部位维修"},
}


@pytest.mark.parametrize("days", ["known", "unknown"])
def test_the_rejected_rows_once_mended_are_imported_and_the_months_seal(own, tmp_path, days):
    out = tmp_path / "out"
    sheet = known_days(own, tmp_path) if days == "known" else own.faulty
    run(own, out, "--accept-good", sheet=sheet)
    again = mended(out / "rejected.xlsx", tmp_path / "mended.xlsx", MENDED)
    code, said = run(own, out, sheet=again)
    assert code == 0, said
    assert ledger.sealed_through(Book.objects.get()) == "2026-10"
    assert Entry.objects.filter(kind="import").count() == 16
    fund = statement(out, "2026-10")["funds"][0]
    told = own.expected["months"]["2026-10"]["common"]
    assert fund["income_fen"] == told["income_fen"] + 4000 + 7000 + 1235
    assert fund["use_fen"] == told["use_fen"] + 20000
    account = statement(out, "2026-10")["bank"][0]
    assert account["difference_fen"] == 0


def test_a_statement_that_ends_early_is_told_and_its_last_day_can_be_given(own, tmp_path):
    text = own.bank.read_bytes().decode("gb18030").splitlines()
    lines = [line for line in text if not line.startswith(("2026-10-31", "人民币合计"))]
    early = tmp_path / "早.csv"
    early.write_bytes("\n".join(lines).encode("gb18030"))
    code, said = run(own, tmp_path / "out", bank=early)
    assert code == 1 and "没有覆盖到 2026-10-31" in said and "--bank-to 2026-10-31" in said
    assert not Book.objects.exists()
    code, said = run(own, tmp_path / "out", "--bank-to=2026-10-31", bank=early)
    assert code == 0, said
    items = statement(tmp_path / "out", "2026-10")["bank"][0]["outstanding"]
    assert [item["kind"] for item in items] == ["book_payment_not_in_bank"]


def test_a_file_that_is_no_sheet_is_refused_in_words(own, tmp_path):
    wrong = tmp_path / "账.xlsx"
    wrong.write_bytes(b"%PDF-1.7 ...")
    code, said = run(own, tmp_path / "out", sheet=wrong)
    assert code == 1 and "这是 PDF，不是表格" in said
    code, said = run(own, tmp_path / "out", sheet=tmp_path / "没有.xlsx")
    assert code == 1 and "读不了文件" in said
    assert not Book.objects.exists()


def test_a_refusal_of_the_ledger_leaves_nothing_of_the_whole_run(own, tmp_path):
    """A project paid beyond its agreement is found while posting: row and ground are told."""
    book = openpyxl.load_workbook(own.sheet)
    book["服务项目"].cell(2, 4).value = 3500
    book.save(tmp_path / "over.xlsx")
    out = tmp_path / "out"
    code, said = run(own, out, sheet=tmp_path / "over.xlsx")
    assert code == 1 and "超过协议金额" in said and "第 21 行" in said, said
    assert not Book.objects.exists() and not Project.objects.exists() and not out.exists()
