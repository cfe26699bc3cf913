"""What each kind of leaf says: builders from plain values, ready for ``body.encode``.

The builders check shape, and the sums that need no other entry; whether an act is allowed is the
domain's business. A field that is absent has no key. All funds, sides, categories, roles and
statuses are codes; people and free text appear only as commitments (``body.commit``).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime

from linli.kernel.body import LIMIT, BodyError, Json, check_text

VERSION = 1
ENTRY_KINDS = ("voucher", "opening", "reversal", "import")
ENTRY_FIELDS = ("counterparty", "summary", "note", "handler", "document", "decision")
"""The fields of an entry that enter only as commitments."""
SIDES = ("money", "income", "cost", "use", "transfer", "liability", "net_assets")
BANK_STATUSES = ("reconciled", "custodian_confirmed", "unconfirmed")
STATEMENT_FILES = ("notice.pdf", "statement.csv", "statement.json")


Commitments = Mapping[str, bytes]

_NAME = re.compile(r"[a-z][a-z0-9_]*")
_CODE = re.compile(r"[0-9A-Za-z][0-9A-Za-z._-]*")
_PERIOD = re.compile(r"[0-9]{4}-(?:0[1-9]|1[0-2])")


def entry(
    *,
    book: str,
    index: int,
    number: int,
    kind: str,
    date: date,
    at: datetime,
    key: str,
    lines: Iterable[Sequence[object]],
    recorded_by: str,
    approved_by: Sequence[str] = (),
    commit: Commitments | None = None,
    papers: Sequence[bytes] = (),
    receipts: Mapping[str, object] | None = None,
    reverses: int | None = None,
    original: date | None = None,
) -> Json:
    """A posted entry.

    ``lines`` are (fund, account, project, restriction, fen), debit positive, in voucher order,
    "" where there is no project or restriction: at least two, none zero, each fund balanced.
    ``papers`` are SHA-256 digests; ``receipts`` is ``receipts.digest(…)``; ``recorded_by`` and
    ``approved_by`` are role codes; ``reverses`` is the number of the reversed entry; ``original``
    is the original booking date of a reversal or its replacement. The period is the date's month.
    """
    if kind not in ENTRY_KINDS:
        raise BodyError(f"{kind!r} is not a kind of entry")
    if (kind == "reversal") != (reverses is not None):
        raise BodyError("a reversal, and only a reversal, names the entry it reverses")
    if reverses is not None and not 1 <= reverses < number:
        raise BodyError("only an earlier entry can be reversed")
    if original is not None and original > date:
        raise BodyError("the original date is not after the booking date")
    if number < 1:
        raise BodyError("entries are numbered from 1")
    return _leaf(
        "entry",
        book,
        index,
        at,
        number=number,
        kind=kind,
        date=date.isoformat(),
        period=date.isoformat()[:7],
        key=_text(key, "key"),
        lines=_lines(lines),
        recorded_by=_name(recorded_by),
        approved_by=[_name(role) for role in approved_by] or None,
        commit=_commits(commit),
        papers=[_hex(paper) for paper in papers] or None,
        receipts=dict(receipts) if receipts else None,
        reverses=reverses,
        original=original.isoformat() if original else None,
    )


def seal(
    *,
    book: str,
    index: int,
    period: str,
    at: datetime,
    root: bytes,
    files: Mapping[str, bytes],
    chart: Iterable[Sequence[str]],
    trial: Iterable[Sequence[object]],
    bank: Iterable[Mapping[str, object]] = (),
    previous: tuple[int, bytes] | None = None,
    signers: Sequence[str] = (),
    open_points: Sequence[str] = (),
) -> Json:
    """The end of a month: what the book was when the month closed.

    ``root`` is the root of the tree before this leaf (its size is ``index``). ``files`` are the
    SHA-256 digests of the three statement files. ``chart`` is (fund, account, side, name) in chart
    order. ``trial`` is (fund, account, debit, credit): gross turnover from the beginning of the
    book to the last day of the period. ``bank`` is built by ``bank_account``. ``previous`` is the
    previous seal's index and leaf hash. ``signers`` are role codes, ``open_points`` point codes;
    both are empty for months sealed by an import.
    """
    return _leaf(
        "seal",
        book,
        index,
        at,
        period=_period(period),
        size=index,
        root=_hex(root),
        files=_files(files),
        chart=_chart(chart),
        trial=_trial(trial),
        bank=sorted((dict(account) for account in bank), key=lambda item: str(item["account"])),
        previous=_previous(previous),
        signers=[_name(role) for role in signers],
        open_points=[_text(point, "an open point") for point in open_points],
    )


def bank_account(
    *,
    account: str,
    fund: str,
    status: str,
    closing_fen: int | None = None,
    files: Iterable[tuple[bytes, int]] = (),
    matches: Mapping[str, object] | None = None,
) -> Json:
    """One money account in a seal: its status and balance at the bank, the bank files read
    (SHA-256, closing fen), and the digest of the matches (``receipts.matches_digest``)."""
    if status not in BANK_STATUSES:
        raise BodyError(f"{status!r} is not a status of a money account")
    if (status == "unconfirmed") != (closing_fen is None):
        raise BodyError("an account has a bank balance unless it is unconfirmed")
    return _present(
        account=_code(account),
        fund=_name(fund),
        status=status,
        closing=closing_fen,
        files=[{"closing": closing, "sha256": _hex(file)} for file, closing in files] or None,
        matches=dict(matches) if matches else None,
    )


def correction(
    *,
    book: str,
    index: int,
    period: str,
    version: int,
    at: datetime,
    root: bytes,
    files: Mapping[str, bytes],
    previous: tuple[int, bytes],
    commit: Commitments,
    signers: Sequence[str] = (),
) -> Json:
    """A 更正公示 of a sealed month: version 2 and up of its statement, beside the sealed one.

    ``previous`` is the index and leaf hash of the version before (the seal, or a correction);
    ``commit`` holds the ``reason``; the rest is as in ``seal``.
    """
    if version < 2:
        raise BodyError("the seal is version 1")
    if "reason" not in commit:
        raise BodyError("a correction commits to its reason")
    return _leaf(
        "correction",
        book,
        index,
        at,
        period=_period(period),
        version=version,
        size=index,
        root=_hex(root),
        files=_files(files),
        previous=_previous(previous),
        commit=_commits(commit),
        signers=[_name(role) for role in signers],
    )


def objection(
    *,
    book: str,
    index: int,
    number: int,
    period: str,
    version: int,
    figure: str,
    at: datetime,
    commit: Commitments,
) -> Json:
    """An objection to one figure of a published statement, its ``text`` only as a commitment.

    ``number`` counts the book's objections from 1; ``figure`` names the figure, like
    ``common/income/parking``.
    """
    if "text" not in commit:
        raise BodyError("an objection commits to its text")
    if number < 1 or version < 1:
        raise BodyError("objections and versions are counted from 1")
    return _leaf(
        "objection",
        book,
        index,
        at,
        number=number,
        period=_period(period),
        version=version,
        figure=_text(figure, "a figure"),
        commit=_commits(commit),
    )


def answer(
    *, book: str, index: int, objection: int, outcome: str, at: datetime, commit: Commitments
) -> Json:
    """The answer to an objection (``objection`` is its leaf index), its ``text`` committed.

    ``outcome`` is a code: accepted, partly, rejected, withdrawn.
    """
    if "text" not in commit:
        raise BodyError("an answer commits to its text")
    if not 0 <= objection < index:
        raise BodyError("an answer follows its objection")
    return _leaf(
        "answer",
        book,
        index,
        at,
        objection=objection,
        outcome=_name(outcome),
        commit=_commits(commit),
    )


def key(
    *,
    index: int,
    origin: str,
    vkey: str,
    at: datetime,
    book: str | None = None,
    previous: str | None = None,
    signatures: Sequence[str] = (),
) -> Json:
    """The announcement of a log's key; ``note.key_leaf`` makes and signs it.

    Leaf 0 of every book, signed by the key itself; later ones name the ``previous`` vkey and are
    signed by it and by the new one. A county's log has such leaves only for a change of its key,
    without ``book``. ``signatures`` are over ``encode`` of this leaf without them.
    """
    if previous is None and (index != 0 or book is None):
        raise BodyError("only leaf 0 of a book announces a first key")
    if previous is not None and index == 0 and book is not None:
        raise BodyError("leaf 0 of a book announces its first key")
    return _leaf(
        "key",
        book,
        index,
        at,
        origin=_text(origin, "an origin"),
        vkey=_text(vkey, "a key"),
        previous=previous,
        signatures=list(signatures) or None,
    )


# --- parts ------------------------------------------------------------------------------------


def moment(at: datetime) -> str:
    """An aware moment as ``2026-10-31T09:05:00Z``; fractions of a second are dropped."""
    if at.tzinfo is None:
        raise BodyError("a moment needs a time zone")
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _leaf(type_: str, book: str | None, index: int, at: datetime, /, **rest: object) -> Json:
    if index < 0:
        raise BodyError("leaves are indexed from 0")
    named = {} if book is None else {"book": _code(book)}
    return {
        "type": type_,
        "v": VERSION,
        "index": index,
        "at": moment(at),
        **named,
        **_present(**rest),
    }


def _present(**fields: object) -> Json:
    return {name: value for name, value in fields.items() if value is not None}


def _lines(lines: Iterable[Sequence[object]]) -> list[list[object]]:
    told: list[list[object]] = []
    sums: dict[str, int] = {}
    for fund, account, project, restriction, fen in lines:
        if type(fen) is not int or fen == 0 or not -LIMIT < fen < LIMIT:
            raise BodyError(f"{fen!r} is not an amount of a line")
        fund = _name(fund)
        sums[fund] = sums.get(fund, 0) + fen
        told.append(
            [
                fund,
                _code(account),
                _text(project, "a project", empty=True),
                _text(restriction, "a restriction", empty=True),
                fen,
            ]
        )
    if len(told) < 2:
        raise BodyError("an entry has at least two lines")
    for fund, total in sums.items():
        if total:
            raise BodyError(f"fund {fund} is out of balance by {total} fen")
    return told


def _chart(chart: Iterable[Sequence[str]]) -> list[list[str]]:
    told: list[list[str]] = []
    for fund, account, side, name in chart:
        if side not in SIDES:
            raise BodyError(f"{side!r} is not a side of the chart")
        told.append([_name(fund), _code(account), side, _text(name, "a name")])
    if len({(row[0], row[1]) for row in told}) != len(told):
        raise BodyError("an account stands twice in the chart")
    return told


def _trial(trial: Iterable[Sequence[object]]) -> list[list[object]]:
    told: list[list[object]] = []
    for fund, account, debit, credit in trial:
        for fen in (debit, credit):
            if type(fen) is not int or not 0 <= fen < LIMIT:
                raise BodyError(f"{fen!r} is not a turnover")
        if debit or credit:
            told.append([_name(fund), _code(account), debit, credit])
    told.sort(key=lambda row: (row[0], row[1]))
    return told


def _files(files: Mapping[str, bytes]) -> Json:
    if sorted(files) != list(STATEMENT_FILES):
        raise BodyError(f"a statement is the files {', '.join(STATEMENT_FILES)}")
    return {name: _hex(digest) for name, digest in files.items()}


def _previous(previous: tuple[int, bytes] | None) -> Json | None:
    return None if previous is None else {"index": previous[0], "leaf": _hex(previous[1])}


def _commits(commitments: Commitments | None) -> Json | None:
    if not commitments:
        return None
    return {_name(field): _hex(digest) for field, digest in commitments.items()}


def _hex(digest: bytes) -> str:
    if not isinstance(digest, bytes) or len(digest) != 32:
        raise BodyError("a digest has 32 bytes")
    return digest.hex()


def _name(value: object) -> str:
    return _matching(value, _NAME, "a name of lower-case letters, digits and _")


def _code(value: object) -> str:
    return _matching(value, _CODE, "a code")


def _period(value: object) -> str:
    return _matching(value, _PERIOD, "a period")


def _matching(value: object, pattern: re.Pattern[str], what: str) -> str:
    if not isinstance(value, str) or not pattern.fullmatch(value):
        raise BodyError(f"{value!r} is not {what}")
    return value


def _text(value: object, what: str, *, empty: bool = False) -> str:
    if not isinstance(value, str) or not (value or empty):
        raise BodyError(f"{value!r} is not {what}")
    check_text(value)
    return value
