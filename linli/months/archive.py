"""The yearly file of a book: papers, tables and published folders, with an index and hashes.

It is made while it is sent: a paper at a time, so that a large year neither waits nor fills memory.
"""

from __future__ import annotations

import csv
import hashlib
import io
import re
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

from django.conf import settings
from django.utils import timezone, translation

from linli.bank import queries as bank
from linli.kernel.identity import mask_name
from linli.kernel.money import plain
from linli.kernel.period import Period
from linli.ledger import queries as ledger
from linli.prints import render
from linli.sheets.writing import Column, Table, guarded, write_csv
from linli.vouchers import queries as vouchers

PAGES = re.compile(rb"/Type\s*/Pages[^>]*?/Count\s+(\d+)")
RETENTION = "30年"


@dataclass(frozen=True, slots=True)
class Part:
    """One file of the archive. `make` gives its bytes, or None where there is nothing to print.

    `listed`: it has a line of its own in the printed index; the table lists every file.
    """

    path: str
    title: str
    on: date
    make: Callable[[], bytes | None]
    listed: bool = True


@dataclass(slots=True)
class _Pipe:
    """What zipfile writes into and the answer reads from; nothing is kept longer."""

    parts: list[bytes] = field(default_factory=list)

    def write(self, data: bytes) -> int:
        self.parts.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        pass

    def take(self) -> bytes:
        taken, self.parts = b"".join(self.parts), []
        return taken


def sealed_months(book: object, year: int) -> list[str]:
    """The sealed months of a year: only they are archived, since they no longer change."""
    last = ledger.sealed_through(book)  # type: ignore[arg-type]
    first = max(f"{year}-01", book.first_period)  # type: ignore[attr-defined]
    if not last or last < first or first > f"{year}-12":
        return []
    return [month.code for month in Period(first).to(Period(min(last, f"{year}-12")))]


def parts(book: object, year: int, *, now: datetime, named: bool = True) -> list[Part]:
    """Everything the archive of a year holds, in order, before its index.

    `named`: with the names of natural persons, which not everybody who oversees may read.
    """
    months = sealed_months(book, year)
    if not months:
        return []
    first, last = months[0], months[-1]
    end = Period(last).last_on
    found: list[Part] = []
    for month in months:
        found += _month_parts(book, month, now)
    whole = (
        (
            "银行存款日记账",
            "journal",
            lambda: ledger.papers.journal_paper(book, "bank", first, last),
        ),
        ("现金日记账", "journal", lambda: ledger.papers.journal_paper(book, "cash", first, last)),
        ("明细账", "ledger", lambda: ledger.papers.ledger_paper(book, first, last)),
        ("年度收支", "year", lambda: ledger.papers.year_paper(book, year)),
    )
    for name, template, data in whole:
        path, title = f"账簿/{name}.pdf", f"{year}年 {name}"
        found.append(Part(path, title, end, _drawn(template, data, now)))
    tables: tuple[tuple[str, Callable[[], bytes]], ...] = (
        ("分录", lambda: entries_csv(book, first, last, named=named)),
        ("科目余额", lambda: balances_csv(book, months)),
        ("凭证登记", lambda: vouchers_csv(book, months)),
    )
    for name, made in tables:
        found.append(Part(f"数据/{name}.csv", f"{year}年 {name}（CSV）", end, made))
    for month in months:
        found += _published(book, month)
    return found


def _month_parts(book: object, month: str, now: datetime) -> list[Part]:
    on = Period(month).last_on
    papers = (
        ("记账凭证", "voucher", lambda: vouchers.papers.month(book, month)),
        ("科目余额表", "trial_balance", lambda: ledger.papers.trial_paper(book, month)),  # type: ignore[arg-type]
        ("银行存款余额调节表", "reconciliation", lambda: bank.print_data(book, month)),  # type: ignore[arg-type]
    )
    return [
        Part(
            f"{month}/{name}.pdf",
            f"{Period(month).text} {name}",
            on,
            _drawn(template, data, now),
        )
        for name, template, data in papers
    ]


def _drawn(template: str, data: Callable[[], dict], now: datetime) -> Callable[[], bytes | None]:
    """A paper, unless there is nothing on it."""

    def make() -> bytes | None:
        told = data()
        lists = ("vouchers", "accounts", "funds")
        if all(not told[name] for name in lists if name in told):
            return None
        return render(template, told, language="zh-hans", on=now)

    return make


def _published(book: object, month: str) -> Iterator[Part]:
    """The published folder of a month as it lies on the disk."""
    folder = Path(settings.PUBLIC) / book.code / month  # type: ignore[attr-defined]
    if not folder.is_dir():
        return
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    for path in files:
        inside = path.relative_to(folder).as_posix()
        whole = inside == "SHA256SUMS"
        title = f"公示文件夹（{len(files)}个文件）" if whole else f"公示文件 {inside}"
        yield Part(
            f"公示/{month}/{inside}",
            f"{Period(month).text} {title}",
            Period(month).last_on,
            path.read_bytes,
            listed=whole,
        )


def stream(book: object, year: int, *, now: datetime, named: bool = True) -> Iterator[bytes]:
    """The ZIP in pieces: every part, then the index on paper and as a table, then SHA256SUMS."""
    pipe = _Pipe()
    top = f"{book.code}-{year}"  # type: ignore[attr-defined]
    stamp = timezone.localtime(now).timetuple()[:6]
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as archive:  # type: ignore[call-overload]
        sums: list[tuple[str, str]] = []
        items: list[dict] = []
        rows: list[list[object]] = []

        def put(path: str, data: bytes) -> None:
            info = zipfile.ZipInfo(f"{top}/{path}", stamp)  # type: ignore[arg-type]
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o644 << 16
            archive.writestr(info, data)
            sums.append((hashlib.sha256(data).hexdigest(), path))

        for part in parts(book, year, now=now, named=named):
            with translation.override("zh-hans"):
                data = part.make()
            if data is None:
                continue
            put(part.path, data)
            item = _item(top, len(items) + 1, part, data)
            number = item["number"] if part.listed else ""
            rows.append([number, part.title, part.on, item["pages"], part.path, item["hash"]])
            items += [item] if part.listed else []
            yield pipe.take()
        with translation.override("zh-hans"):
            put("目录.pdf", index_pdf(book, year, items, now=now))
        put("目录.csv", index_csv(rows))
        lines = "".join(f"{sha}  {path}\n" for sha, path in sums)
        put("SHA256SUMS", lines.encode())
        yield pipe.take()
    yield pipe.take()


def _item(top: str, number: int, part: Part, data: bytes) -> dict:
    found = PAGES.search(data) if part.path.endswith(".pdf") else None
    return {
        "title": part.title[:200],
        "number": f"{top}-{number:03d}",
        "on": part.on,
        "pages": int(found[1]) if found else 1,
        "hash": hashlib.sha256(data).hexdigest(),
    }


def index_pdf(book: object, year: int, items: Sequence[dict], *, now: datetime) -> bytes:
    """Cover and index of the file."""
    months = sealed_months(book, year)
    told = ledger.papers.head(book, f"{year}-KJ") | {  # type: ignore[arg-type]
        "year": year,
        "title": f"{year}年度会计档案（{Period(months[0]).month}—{Period(months[-1]).month}月）",
        "kind": "会计凭证、账簿和公示文件",
        "volume": 1,
        "volumes": 1,
        "retention": RETENTION,
        "from_on": Period(months[0]).first_on,
        "until_on": Period(months[-1]).last_on,
        "items": list(items),
        "roots": ledger.papers.roots(book, year),  # type: ignore[arg-type]
        "hands": [{"role": role, "name": ""} for role in ("会计主管", "装订", "保管")],
    }
    return render("archive", told, language="zh-hans", on=now)


def index_csv(rows: Sequence[Sequence[object]]) -> bytes:
    """The index as a table: number, title, day, pages, path, SHA-256 of every file."""
    columns = [Column("编号"), Column("题名"), Column("日期", "day"), Column("页数", "number")]
    columns += [Column("路径"), Column("SHA-256")]
    return write_csv(Table("目录", columns, rows))


def entries_csv(book: object, first: str, last: str, *, named: bool = True) -> bytes:
    """Every line of every entry, with the words that are kept; `named` as in `parts`."""
    heads = (
        "分录号 日期 月份 原日期 类别 凭证号 资金 科目编号 科目 项目 限定用途 借方 贷方 "
        "摘要 对方单位 票据号 决策依据 成本依据 备注 冲销分录号 叶序号 叶哈希"
    ).split()
    out = io.StringIO(newline="")
    out.write("\ufeff")
    writer = csv.writer(out)
    writer.writerow(heads)
    for line in ledger.papers.all_lines(book, first, last):  # type: ignore[arg-type]
        writer.writerow(_line_row(line, named))
    return out.getvalue().encode()


def _line_row(line: object, named: bool) -> list[object]:
    entry, account = line.entry, line.account  # type: ignore[attr-defined]
    words, fen = entry.wording, line.amount_fen  # type: ignore[attr-defined]
    party = words.counterparty if named or not words.person else mask_name(words.counterparty)
    return [
        entry.number,
        entry.date.isoformat(),
        entry.period,
        entry.original_on.isoformat() if entry.original_on else "",
        entry.kind,
        *_safe(words.voucher),
        account.fund,
        account.code,
        *_safe(account.name),
        *_safe(line.project.code if line.project else ""),  # type: ignore[attr-defined]
        *_safe(line.restriction),  # type: ignore[attr-defined]
        plain(fen) if fen > 0 else "",
        plain(-fen) if fen < 0 else "",
        *_safe(words.summary, party, words.document),
        *_safe(words.decision, words.ground, words.note),
        entry.reverses.number if entry.reverses else "",
        entry.leaf.index,
        entry.leaf.hash,
    ]


def _safe(*texts: str) -> list[str]:
    """Texts that no spreadsheet program takes for a formula."""
    return [guarded(text) for text in texts]


def balances_csv(book: object, months: Sequence[str]) -> bytes:
    """The trial balances of the months below each other."""
    columns = [Column("月份"), Column("资金"), Column("科目编号"), Column("科目")]
    names = ("期初余额", "本期借方", "本期贷方", "本年借方", "本年贷方", "期末余额")
    columns += [Column(name, "money") for name in names]
    keys = ("opening", "debit", "credit", "year_debit", "year_credit", "closing")
    rows = [
        [month, fund, row["code"], row["name"], *(row[f"{key}_fen"] for key in keys)]
        for month in months
        for fund, some in ledger.papers.trial(book, month).items()  # type: ignore[arg-type]
        for row in some
    ]
    return write_csv(Table("科目余额", columns, rows))


def vouchers_csv(book: object, months: Sequence[str]) -> bytes:
    """The register of vouchers with those that were voided, so that no number is missing."""
    heads = ("凭证号", "日期", "状态", "金额", "摘要", "制单人", "分录号", "单据张数", "作废原因")
    kinds = {"日期": "day", "金额": "money", "分录号": "number", "单据张数": "number"}
    columns = [Column(head, kinds.get(head, "text")) for head in heads]
    return write_csv(Table("凭证登记", columns, vouchers.register_rows(book, months)))
