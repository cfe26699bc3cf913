"""Lies for the verifiers: what an operator who holds all keys may try."""

from __future__ import annotations

import json
from datetime import date

from linli.kernel import body, leaves, merkle, note
from linli.kernel.keys import Signer
from linli.kernel.tests import sample
from linli.kernel.tests.published import resign

SEPTEMBER = "B000001/2026-09/"
STATEMENT = SEPTEMBER + "statement.json"

# --- rewriting what was published, and signing it again ----------------------------------------


def rewritten(published, name, old, new, count=1):
    """The folder with one file rewritten and everything signed again."""
    log, book, files = published
    assert old in files[name]
    books = book if isinstance(book, tuple) else (book,)
    return resign({**files, name: files[name].replace(old, new, count)}, log, *books)


REWRITTEN = {
    "an amount in an entry": (
        "entries.jsonl", b'\\"energy\\",\\"\\",\\"\\",8624', b'\\"energy\\",\\"\\",\\"\\",8625',
        {"entry.balance", "tree.root"},
    ),
    "an opened text": ("entries.jsonl", "摘要".encode(), "别的".encode(), {"open.value"}),
    "a withheld field left out": (
        "entries.jsonl", '{"counterparty":"自然人"}'.encode(), b"{}", {"open.fields"},
    ),
    "a receipt's amount": ("receipts.jsonl", b"35000", b"35001", {"entry.receipts"}),
    "a receipt's shown text": ("receipts.jsonl", "停车费".encode(), b"x", {"open.value"}),
    "a receipt of another entry": ("receipts.jsonl", b'"entry":2', b'"entry":3', {"receipt.stray"}),
    "the index of a line": ("entries.jsonl", b'"index":1,', b'"index":9,', {"leaf.index"}),
    "a body in another spelling": ("entries.jsonl", b'{"body":"{', b'{"body":" {', {"body.form"}),
    "a line in another spelling": ("entries.jsonl", b'{"body"', b'{ "body"', {"line.form"}),
    "a field that does not exist": (
        "entries.jsonl", b'\\"v\\":1}', b'\\"v\\":1,\\"x\\":1}', {"body.field"},
    ),
    "a version of the future": ("entries.jsonl", b'\\"v\\":1}', b'\\"v\\":2}', {"body.version"}),
    "the statement after the seal": ("statement.json", b'"count": 1', b'"count": 2', {"seal.file"}),
    "the notice": ("notice.pdf", b"PDF", b"FDP", {"seal.file"}),
    "the size of the seal": ("seal.json", b'"size":5', b'"size":6', {"tree.size"}),
    "the chart": ("seal.json", b"income", b"cost", {"statement.value", "tree.root"}),
}  # fmt: skip


def rebuilt():
    """The operator's masterpiece: the whole log made anew with one entry changed."""
    log = sample.county()
    book = sample.open_book(log)
    book.shown[3] = book.shown[3].__class__(
        book.shown[3].body.replace(b"8624", b"9624"), book.shown[3].open, book.shown[3].withheld
    )
    book.entries[2] = body.decode(book.shown[3].body)
    book.bodies[3] = book.shown[3].body
    book.tree = merkle.Tree(merkle.leaf_hash(each) for each in book.bodies)
    files = book.seal("2026-09", date(2026, 10, 2))
    return sample.top(log, files)


# --- sealing a statement that says something else ----------------------------------------------

STATEMENTS = {
    "an income": (lambda s: s["funds"][0].update(income_fen=90000), "funds.common.income_fen"),
    "an opening": (lambda s: s["funds"][0].update(opening_fen=0), "funds.common.opening_fen"),
    "a closing": (lambda s: s["funds"][1].update(closing_fen=1), "funds.seed.closing_fen"),
    "a fraction": (
        lambda s: s["funds"][0].update(income_fen=100000.0), "funds.common.income_fen",
    ),
    "a line": (
        lambda s: s["funds"][0]["lines"][0].update(amount_fen=1),
        "funds.common.lines.parking.amount_fen",
    ),
    "a count": (
        lambda s: s["funds"][0]["lines"][0].update(count=2), "funds.common.lines.parking.count",
    ),
    "a name": (
        lambda s: s["funds"][0]["lines"][0].update(name="停车"), "funds.common.lines.parking.name",
    ),
    "a line left out": (lambda s: s["funds"][0]["lines"].pop(), "funds.common.lines"),
    "a line too many": (
        lambda s: s["funds"][0]["lines"].append(s["funds"][0]["lines"][0]), "funds.common.lines",
    ),
    "a fund left out": (lambda s: s["funds"].pop(), "funds"),
    "a fund twice": (lambda s: s["funds"].insert(0, {**s["funds"][0], "income_fen": 9}), "funds"),
    "a payment": (
        lambda s: s["projects"][0]["funding"].append({"fund": "common", "paid_fen": 5, "paid_to_date_fen": 5}),
        "projects.P-2026-01.common.paid_fen",
    ),
    "a book balance": (
        lambda s: s["bank"][0].update(book_balance_fen=0), "bank.bank_9876.book_balance_fen",
    ),
    "an outstanding item": (
        lambda s: s["bank"][0]["outstanding"][0].update(amount_fen=1),
        "bank.bank_9876.difference_fen",
    ),
    "an account's fund": (lambda s: s["bank"][1].update(fund="common"), "bank"),
    "the tree": (lambda s: s["log"].update(size=3), "log.size"),
    "the root": (lambda s: s["log"].update(root="x"), "log.root"),
    "the origin": (lambda s: s["log"].update(origin="linli/1/B2"), "log.origin"),
    "the previous seal": (lambda s: s.update(previous_seal={"index": 1}), "previous_seal"),
    "the signers": (lambda s: s.update(signers=["director"]), "signers"),
    "the open points": (lambda s: s.update(open_points=["gap"]), "open_points"),
    "the book": (lambda s: s["book"].update(code="B2"), "book.code"),
    "the period": (lambda s: s.update(version=2), "version"),
}  # fmt: skip

# --- posting what must not be posted -----------------------------------------------------------

PAIR = [["common", "bank_9876", "", "", 5], ["common", "parking", "", "", -5]]


def posted(to, /, **changes):
    """An entry that the builders would refuse."""
    made = {
        "type": "entry", "v": 1, "book": to.code, "index": to.size,
        "number": len(to.entries) + 1, "kind": "voucher", "date": "2026-09-20",
        "period": "2026-09", "at": "2026-09-20T01:00:00Z", "key": f"raw-{to.size}",
        "lines": PAIR, "recorded_by": "bookkeeper", **changes,
    }  # fmt: skip
    to.entries.append(made)
    to.add(made)


LIES = {
    "an entry out of balance": (
        lambda b: posted(b, lines=[*PAIR, ["common", "energy", "", "", 1]]), "entry.balance"
    ),
    "a transfer between funds in one entry": (
        lambda b: posted(b, lines=[PAIR[0], ["seed", "donation", "", "", -5]]), "entry.balance"
    ),
    "a single line of nothing": (
        lambda b: posted(b, lines=[["common", "parking", "", "", 0]]), "entry.lines"
    ),
    "an account that is not in the chart": (
        lambda b: posted(b, lines=[PAIR[0], ["common", "gift", "", "", -5]]), "entry.account"
    ),
    "a number left out": (lambda b: posted(b, number=9), "entry.number"),
    "a number twice": (lambda b: posted(b, number=3), "entry.number"),
    "the same key twice": (lambda b: posted(b, key="B000001-2"), "entry.key"),
    "a date outside its period": (lambda b: posted(b, date="2026-10-01"), "entry.date"),
    "an original date in the future": (
        lambda b: posted(b, original="2026-09-21"), "entry.date"
    ),
    "a reversal of nothing": (
        lambda b: posted(b, kind="reversal", reverses=9, original="2026-09-01"), "entry.reversal"
    ),
    "a reversal of another amount": (
        lambda b: posted(b, kind="reversal", reverses=2, original="2026-09-03"), "entry.reversal"
    ),
    "a reversal that hides the original date": (
        lambda b: posted(b, kind="reversal", reverses=2, lines=inverse(b, 2)), "entry.reversal"
    ),
    "a reversal in disguise": (
        lambda b: posted(b, reverses=2, lines=inverse(b, 2), original="2026-09-03"),
        "entry.reversal",
    ),
    "a second reversal": (lambda b: (reverse(b, 2), reverse(b, 2)), "entry.reversal"),
    "a reversal of a reversal": (
        lambda b: (reverse(b, 2), reverse(b, 4)), "entry.reversal"
    ),
    "an opening that is none": (
        lambda b: posted(b, lines=[PAIR[0], ["common", "net_assets", "", "", -5]]), "entry.opening"
    ),
    "an entry before the first month": (
        lambda b: posted(b, date="2026-08-20", period="2026-08"), "entry.unpublished"
    ),
    "receipts that do not add up to the income": (
        lambda b: b.entry(
            date(2026, 9, 9), PAIR[0], PAIR[1], gathered=[b.receipt(6, "赵六")]
        ),
        "entry.receipt_sum",
    ),
    "an answer to nothing": (
        lambda b: b.add(
            leaves.answer(
                book=b.code, index=b.size, objection=1, outcome="rejected",
                at=sample.at(date(2026, 9, 9)), commit={"text": bytes(32)},
            ),
            {}, {"text": "个人信息"},
        ),
        "answer.objection",
    ),
    "another book's entry": (lambda b: posted(b, book="B000002"), "folder.name"),
    "a key that nobody handed over": (
        lambda b: b.add(
            note.key_leaf(
                index=b.size, book=b.code, at=sample.at(date(2026, 9, 9)),
                signer=Signer(b.signer.name, sample.secret("thief")),
                old=Signer(b.signer.name, sample.secret("other thief")),
            )
        ),
        "key.chain",
    ),
}  # fmt: skip


def inverse(book, number):
    lines = book.entries[number - 1]["lines"]
    return [[*line[:4], -line[4]] for line in lines]


def reverse(book, number):
    told = book.entries[number - 1]
    posted(
        book, kind="reversal", reverses=number, lines=inverse(book, number), original=told["date"]
    )


# --- any JSON at all ---------------------------------------------------------------------------

JUNK = [None, True, 0, -1, 1.5, 2**60, "", "x", "0" * 64, [], {}, [[]], {"x": 1}, ["x"]]


def mangle(value, seeded):
    """The same JSON with one value somewhere replaced, dropped or doubled."""
    spots = []

    def walk(it):
        if isinstance(it, dict | list):
            for at in it if isinstance(it, dict) else range(len(it)):
                spots.append((it, at))
                walk(it[at])

    walk(value)
    holder, at = seeded.choice(spots)
    act = seeded.randrange(4)
    if act == 0:
        del holder[at]
    elif act == 1 and isinstance(holder, list):
        holder.insert(at, holder[at])
    else:
        holder[at] = seeded.choice(JUNK)
    return value


def mangled(files, seeded):
    """One JSON file of the folder with something in it mangled, as (path, text)."""
    names = [name for name in files if name.endswith((".json", ".jsonl")) and files[name]]
    name = seeded.choice(names)
    if name.endswith("statement.json"):
        return name, json.dumps(mangle(json.loads(files[name]), seeded), ensure_ascii=False)
    lines = files[name].decode().splitlines()
    at = seeded.randrange(len(lines))
    line = json.loads(lines[at])
    if "body" in line and seeded.random() < 0.7:
        line["body"] = dumps(mangle(json.loads(line["body"]), seeded))
    else:
        line = mangle(line, seeded)
    lines[at] = dumps(line)
    return name, "".join(each + "\n" for each in lines)


def dumps(value):
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
