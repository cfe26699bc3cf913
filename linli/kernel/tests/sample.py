"""A small county with two books, kept by hand in plain Python: material for the proof tests.

Everything is fixed (keys, salts, moments), so the same call gives the same bytes. The figures of
the statements are added up in ``statements``, not with the code under test.
"""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, date, datetime

from linli.kernel import body, folder, leaves, merkle, note, receipts
from linli.kernel.keys import Signer, book_origin, county_origin
from linli.kernel.tests import statements

COUNTY = "370614"


def secret(name: str) -> bytes:
    return hashlib.sha256(name.encode()).digest()


class Log:
    """A log with its tree and key, and the sizes published so far."""

    def __init__(self, origin):
        self.signer = Signer(origin, secret(origin))
        self.bodies, self.tree, self.published = [], merkle.Tree(), []

    @property
    def size(self):
        return len(self.bodies)

    def append(self, data):
        self.bodies.append(data)
        self.tree.append(merkle.leaf_hash(data))

    def checkpoint(self, size=None):
        size = self.size if size is None else size
        head = note.Checkpoint(self.signer.name, size, self.tree.root(size))
        return note.sign_checkpoint(head, self.signer)

    def proofs_to(self, size):
        old = sorted({at for at in self.published if at < size})
        return {at: self.tree.consistency_proof(at, size) for at in old}


class Book(Log):
    def __init__(self, county, code, name, day=date(2026, 9, 1)):
        super().__init__(book_origin(COUNTY, code))
        self.county, self.code, self.name = county, code, name
        self.shown, self.entries, self.seals, self.county_sizes = [], [], {}, []
        self.salts = 0
        self.add(note.key_leaf(index=0, book=code, signer=self.signer, at=at(day)))

    def add(self, content, open_=None, withheld=None, gathered=()):
        data = body.encode(content)
        self.append(data)
        self.shown.append(folder.Leaf(data, open_ or {}, withheld or {}, gathered))
        return content

    def salt(self):
        self.salts += 1
        return secret(f"{self.code}/{self.salts}")

    def fields(self, **values):
        return {name: (self.salt(), value) for name, value in values.items()}

    def entry(self, day, *lines, kind="voucher", gathered=(), withheld=(), recorded=None, **more):
        texts = self.fields(summary=more.pop("summary", "摘要"), counterparty="某商户\n二楼")
        number = len(self.entries) + 1
        content = leaves.entry(
            book=self.code,
            index=self.size,
            number=number,
            kind=kind,
            date=day,
            at=at(recorded or day, number),
            key=f"{self.code}-{number}",
            lines=[(f, a, p, r, fen) for f, a, p, r, fen in lines],
            recorded_by="bookkeeper",
            approved_by=[] if kind == "import" else ["director"],
            commit=body.commit(texts),
            receipts=receipts.digest([each.body for each in gathered]) if gathered else None,
            **more,
        )
        self.entries.append(content)
        hidden = {name: "自然人" for name in withheld}
        shown = {name: told for name, told in texts.items() if name not in hidden}
        return self.add(content, shown, hidden, gathered)

    def receipt(self, fen, payer):
        texts = self.fields(code=receipts.code(self.salt()[:8]), payer=payer, summary="停车费")
        made = receipts.receipt(amount_fen=fen, commit=body.commit(texts))
        return folder.Receipt(body.encode(made), {"summary": texts["summary"]})

    def rotate(self, day):
        new = Signer(self.signer.name, secret(self.signer.name + "/new"))
        leaf = note.key_leaf(
            index=self.size, book=self.code, signer=new, at=at(day), old=self.signer
        )
        self.add(leaf)
        self.signer = new

    def trial(self, period):
        return statements.trial(self, period)

    # publishing

    def documents(self, statement):
        told = json.dumps(statement, ensure_ascii=False, indent=1).encode()
        period = statement["period"]
        return {
            "statement.json": told,
            "statement.csv": f"公示表,{period}\r\n".encode("utf-8-sig"),
            "notice.pdf": b"%PDF-1.7\n" + told[:40],
            "index.html": f"<!doctype html><title>{period}</title>\n".encode(),
        }

    def seal(self, period, day, change=None):
        statement = statements.statement(self, period)
        previous = self.last_seal()
        if previous:
            leaf = merkle.leaf_hash(self.bodies[previous])
            statement["previous_seal"] = {"index": previous, "leaf": leaf.hex()}
        if change:
            change(statement)
        files = self.documents(statement)
        bank = [
            leaves.bank_account(
                account=account,
                fund=fund,
                status=row["status"],
                closing_fen=row["bank_balance_fen"],
                files=[(secret("bank"), row["bank_balance_fen"])] if fund == "common" else (),
                matches=receipts.matches_digest([]) if fund == "common" else None,
            )
            for row, (fund, account) in zip(
                statement["bank"], [c[:2] for c in statements.CHART if c[2] == "money"], strict=True
            )
        ]
        content = leaves.seal(
            book=self.code,
            index=self.size,
            period=period,
            at=at(day),
            root=self.tree.root(),
            files={n: hashlib.sha256(files[n]).digest() for n in leaves.STATEMENT_FILES},
            chart=statements.CHART,
            trial=self.trial(period),
            bank=bank,
            previous=(previous, merkle.leaf_hash(self.bodies[previous])) if previous else None,
            signers=["director", "resident_representative"],
        )
        start = previous + 1 if previous else 0
        early = [e["index"] for e in self.entries if e["period"] == period and e["index"] < start]
        rows, before = self.shown[start:], [self.shown[index] for index in early]
        self.add(content)
        self.seals[period] = (content, statement)
        return folder.period_folder(
            seal=self.bodies[-1],
            leaves=rows,
            early=before,
            files=files,
            heads=self.heads(),
            signer=self.signer,
        )

    def correct(self, period, day, version=2):
        content, statement = self.seals[period]
        later = {}
        for entry in self.entries:
            if entry.get("original", "")[:7] == period and entry["period"] > period:
                for fund, account, _, _, fen in entry["lines"]:
                    later[fund, account] = later.get((fund, account), 0) + fen
        told = statements.statement(self, period, version, later, limit=content["index"])
        told["previous_seal"] = statement["previous_seal"]
        files = self.documents(told)
        reason = self.fields(reason="八月停车费漏记一笔")
        made = leaves.correction(
            book=self.code,
            index=self.size,
            period=period,
            version=version,
            at=at(day),
            root=self.tree.root(),
            files={n: hashlib.sha256(files[n]).digest() for n in leaves.STATEMENT_FILES},
            previous=(content["index"], merkle.leaf_hash(self.bodies[content["index"]])),
            commit=body.commit(reason),
            signers=["director", "resident_representative"],
        )
        start = self.last_seal() + 1
        rows = self.shown[start:]
        self.add(made, reason)
        return folder.correction_folder(
            correction=self.shown[-1],
            leaves=rows,
            files=files,
            heads=self.heads(),
            signer=self.signer,
        )

    def last_seal(self):
        return max((content["index"] for content, _ in self.seals.values()), default=None)

    def heads(self):
        checkpoint = self.checkpoint()
        index = self.county.size
        self.county.append(checkpoint)
        size = self.county.size
        made = folder.Heads(
            checkpoint=checkpoint,
            county_checkpoint=self.county.checkpoint(),
            county_index=index,
            county_hashes=self.county.tree.inclusion_proof(index),
            consistency=self.proofs_to(self.size),
            county_consistency={
                old: self.county.tree.consistency_proof(old, size) for old in self.county_sizes
            },
        )
        self.published.append(self.size)
        self.county.published.append(size)
        self.county_sizes.append(size)
        return made


def at(day, minute=0):
    return datetime(day.year, day.month, day.day, 1, minute % 60, 0, tzinfo=UTC)


def county():
    return Log(county_origin(COUNTY))


def top(log, files, verify_py=b"# verify\n", verify_html=b"<!doctype html>\n", **more):
    """The whole published folder: the books' files and what lies beside them."""
    sums = {path: data for path, data in files.items() if path.endswith("/" + folder.SUMS)}
    return files | folder.top_folder(
        sums=sums,
        verify_py=verify_py,
        verify_html=verify_html,
        checkpoint=log.checkpoint(),
        signer=log.signer,
        consistency=log.proofs_to(log.size),
        **more,
    )


def open_book(log, code="B000001", name="碧海家园"):
    """A book with openings and a first month, its September not yet sealed."""
    book = Book(log, code, name)
    book.entry(
        date(2026, 8, 31),
        ("common", "bank_9876", "", "", 1000000),
        ("common", "net_assets", "", "", -1000000),
        ("seed", "custody_seed", "", "", 500000),
        ("seed", "net_assets", "", "", -500000),
        kind="opening",
        recorded=date(2026, 9, 1),
    )
    gathered = [book.receipt(20000, "张三"), book.receipt(35000, "李四")]
    gathered.append(book.receipt(45000, "王五"))
    book.entry(
        date(2026, 9, 3),
        ("common", "bank_9876", "", "", 100000),
        ("common", "parking", "", "", -100000),
        gathered=gathered,
    )
    book.entry(
        date(2026, 9, 12),
        ("common", "energy", "", "", 8624),
        ("common", "bank_9876", "", "", -8624),
        withheld=["counterparty"],
    )
    return book


def small(log=None):
    """One book, one month: the smallest published folder."""
    log = log or county()
    book = open_book(log)
    return log, book, book.seal("2026-09", date(2026, 10, 2))


def full():
    """Two books, three months, early and late entries, a reversal, a correction, an objection and
    its answer, a change of key: the whole published folder."""
    log = county()
    book = open_book(log)
    book.entry(
        date(2026, 10, 1),
        ("common", "bank_9876", "", "", 54000),
        ("common", "advertising", "", "", -54000),
        recorded=date(2026, 9, 30),
        summary="十月电梯广告",
    )
    files = book.seal("2026-09", date(2026, 10, 2))
    disputed(book)
    files |= book.correct("2026-09", date(2026, 10, 10))
    book.rotate(date(2026, 10, 11))
    october(book)
    files |= book.seal("2026-10", date(2026, 11, 3))
    other = open_book(log, "B000002", "海滨花园")
    files |= other.seal("2026-09", date(2026, 11, 4))
    files |= book.seal("2026-11", date(2026, 12, 2))
    return log, (book, other), top(log, files)


def disputed(book):
    """An objection to September's parking income, the entry reversed and replaced, the answer."""
    texts = book.fields(text="停车费为什么这么少？")
    objection = leaves.objection(
        book=book.code,
        index=book.size,
        number=1,
        period="2026-09",
        version=1,
        figure="common/income/parking",
        at=at(date(2026, 10, 5)),
        commit=body.commit(texts),
    )
    book.add(objection, texts)
    first = book.entries[1]
    inverse = [(*row[:4], -row[4]) for row in first["lines"]]
    told = {"reverses": first["number"], "original": date(2026, 9, 3)}
    book.entry(date(2026, 10, 8), *inverse, kind="reversal", **told)
    book.entry(
        date(2026, 10, 8),
        ("common", "bank_9876", "", "", 120000),
        ("common", "parking", "", "", -120000),
        original=date(2026, 9, 3),
    )
    texts = book.fields(text="漏记一笔，已更正。")
    answer = leaves.answer(
        book=book.code,
        index=book.size,
        objection=objection["index"],
        outcome="accepted",
        at=at(date(2026, 10, 9)),
        commit=body.commit(texts),
    )
    book.add(answer, {}, {"text": "含个人信息"})


def october(book):
    """A project paid from two funds, a deposit taken, and an entry that belongs to November."""
    book.entry(
        date(2026, 10, 20),
        ("common", "common_project", "P-2026-02", "", 60000),
        ("seed", "seed_project", "P-2026-02", "G-1", 40000),
        ("common", "bank_9876", "", "", -60000),
        ("seed", "custody_seed", "", "G-1", -40000),
    )
    book.entry(
        date(2026, 10, 21),
        ("common", "bank_9876", "", "", 50000),
        ("common", "deposit", "", "", -50000),
    )
    book.entry(
        date(2026, 11, 2),
        ("seed", "custody_seed", "", "", 30000),
        ("seed", "match_in", "", "", -30000),
    )


def published_small():
    log, book, files = small()
    return log, book, top(log, files)
