"""The verbs of vouchers."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime

from django.contrib.auth.models import AbstractBaseUser
from django.db.models import Max

from linli.cases import queries as case_queries
from linli.cases import services as cases
from linli.files import queries as files
from linli.kernel.flow import RETURNED
from linli.kernel.rulings import ALLOWED, Ruling, require
from linli.kernel.words import gettext_noop as _
from linli.ledger import queries as ledger
from linli.ledger import rules as posting
from linli.ledger import services as ledger_services
from linli.trail.acts import act
from linli.vouchers import queries, receipt_rules, rules
from linli.vouchers.flow import LARGE_VOUCHER, VOUCHER
from linli.vouchers.models import (
    POSTED,
    VOID,
    WAITING,
    Receipt,
    Voucher,
    VoucherLine,
    VoucherPaper,
)
from linli.vouchers.models import (
    RETURNED as SENT_BACK,
)
from linli.vouchers.receipts import issue_receipt as issue_receipt
from linli.vouchers.receipts import issue_receipts as issue_receipts
from linli.vouchers.receipts import void_receipt as void_receipt
from linli.vouchers.rules import Item

User = AbstractBaseUser


@act("vouchers.draft")
def draft(
    *,
    by: User,
    book: object,
    key: str,
    on: date,
    direction: str,
    money: int,
    items: Sequence[Item],
    now: datetime,
    papers: Sequence[int] = (),
    public: Collection[int] = (),
    receipts: Sequence[int] = (),
    voucher: Voucher | None = None,
    corrects: object = None,
    person: bool = False,
    paper_count: int | None = None,
    reason: str = "",
    **words: str,
) -> Voucher:
    """Write a draft, or write one anew (`voucher`); nothing is posted.

    `direction`: in, out or move; `money`: id of the money account; `items`: the form's rows;
    `papers`: ids of kept files, `public`: those of them that everybody may read; `receipts`: ids of receipts it gathers; `words`: the text fields;
    `corrects`: the entry this replaces. The same `key` with the same content is the same voucher.
    """
    ledger.lock(book)
    accounts = ledger.accounts(book, {money, *(item.account for item in items)})
    match = ledger.offers.match_categories(book) if direction == "match" else None
    placed = rules.lines(direction=direction, money=money, items=items, match=match)
    if known := _sent_before(book, key, voucher):
        same = queries.says(known, on, placed, words | {"person": person}, papers, receipts, public)
        if same or voucher is None:
            rules.may_repeat(same=same, number=known.number).enforce()
            return known
    voucher = _opened(voucher, book, key, on, by, now, corrects)
    (
        rules.may_draft(
            direction=direction,
            sides=[accounts[item.account].kind for item in items],
            funds={account.fund for account in accounts.values()},
            items=items,
            summary=words.get("summary", ""),
        )
        & rules.may_be_read(words, person=person)
        & _is_open(book, on)
        & _attached(book, papers, receipts, items, into=voucher)
        & (_may_correct(voucher.corrects, reason, on, but=voucher) if voucher.corrects else ALLOWED)
    ).enforce()
    _write(voucher, on, words, person=person, reason=reason)
    voucher.paper_count = len(papers) + len(receipts) if paper_count is None else paper_count
    voucher.save()
    _fill(voucher, placed, papers, receipts, public)
    return voucher


def _sent_before(book: object, key: str, voucher: Voucher | None) -> Voucher | None:
    """The voucher of this form, if it is not to be written anew: there is one, or the given one
    was handed in meanwhile."""
    known = Voucher.objects.filter(book=book, key=key).first()
    if known is None or voucher is None:
        return known
    return None if rules.may_change(state=known.state, own=True).allowed else known


def _opened(
    voucher: Voucher | None,
    book: object,
    key: str,
    on: date,
    by: User,
    now: datetime,
    corrects: object,
) -> Voucher:
    """The draft to write: a new one, or the given one as it stands now, if `by` may change it."""
    if voucher is None:
        made = _new(book, key, on, by, now)
        made.corrects = corrects
        made.kind = posting.REVERSAL if corrects else posting.VOUCHER
        return made
    found = Voucher.objects.select_for_update().get(pk=voucher.pk)
    rules.may_change(state=found.state, own=found.prepared_by_id == by.pk).enforce()
    _move(found, on)
    return found


def _is_open(book: object, on: date) -> Ruling:
    """The book takes vouchers dated on a day."""
    return rules.month_is_open(
        f"{on:%Y-%m}",
        ledger.sealed_through(book),  # type: ignore[arg-type]
        book.first_period,  # type: ignore[attr-defined]
    )


def _attached(
    book: object,
    papers: Sequence[int],
    receipts: Sequence[int],
    items: Sequence[Item],
    *,
    into: Voucher,
) -> Ruling:
    """Papers and receipts are the book's own; receipts are free, fit, and add up."""
    kept = files.kept(papers, book.place).count()  # type: ignore[attr-defined]
    found = Receipt.objects.filter(book=book, pk__in=receipts)
    free = all(r.voided_at is None and r.voucher_id in (None, into.pk) for r in found)
    return (
        rules.belongs(papers=kept == len(set(papers)), receipts=len(found) == len(set(receipts)))
        & rules.may_carry(
            free=free,
            fitting={r.account_id for r in found} <= {item.account for item in items},
        )
        & rules.adds_up(
            total_fen=rules.total(items),
            receipts_fen=sum(receipt.amount_fen for receipt in found),
            count=len(found),
        )
    )


def _may_correct(entry: object, reason: str, on: date, but: Voucher | None = None) -> Ruling:
    """An entry that was not reversed and has no other correction on its way."""
    pending = queries.pending_correction(entry)
    number = pending.number if pending and pending != but else ""
    return posting.may_reverse(
        kind=entry.kind,  # type: ignore[attr-defined]
        reversed_by=ledger.reversed_by(entry),  # type: ignore[arg-type]
    ) & rules.may_correct(
        reason=reason,
        pending=number,
        on=on,
        original=entry.original_on or entry.date,  # type: ignore[attr-defined]
    )


def _new(book: object, key: str, on: date, by: User, now: datetime) -> Voucher:
    return Voucher(
        book=book,
        place=book.place,  # type: ignore[attr-defined]
        key=key,
        date=on,
        period=f"{on:%Y-%m}",
        serial=_serial(book, f"{on:%Y-%m}"),
        prepared_by=by,
        prepared_at=now,
    )


def _serial(book: object, period: str) -> int:
    last = Voucher.objects.filter(book=book, period=period).aggregate(last=Max("serial"))["last"]
    return (last or 0) + 1


def _move(voucher: Voucher, on: date) -> None:
    """A draft that moves to another month takes that month's next number."""
    if voucher.period != f"{on:%Y-%m}":
        voucher.serial = _serial(voucher.book, f"{on:%Y-%m}")


def _write(voucher: Voucher, on: date, words: dict, *, person: bool, reason: str) -> None:
    voucher.date, voucher.period = on, f"{on:%Y-%m}"
    voucher.person, voucher.reason = person, posting.tidy(reason)
    for name in queries.WORDS:
        setattr(voucher, name, posting.tidy(words.get(name, "")))


def _fill(
    voucher: Voucher,
    placed: Sequence[rules.Place],
    papers: Sequence[int],
    receipts: Sequence[int],
    public: Collection[int],
) -> None:
    voucher.lines.all().delete()
    VoucherLine.objects.bulk_create(
        VoucherLine(
            voucher=voucher,
            position=position,
            account_id=line.account,
            project_id=line.project,
            restriction=line.restriction,
            amount_fen=line.amount_fen,
        )
        for position, line in enumerate(placed)
    )
    voucher.papers.all().delete()
    VoucherPaper.objects.bulk_create(
        VoucherPaper(voucher=voucher, position=position, file_id=file, public=file in public)
        for position, file in enumerate(dict.fromkeys(papers))
    )
    for receipt in Receipt.objects.filter(voucher=voucher).exclude(pk__in=receipts):
        receipt.voucher = None
        receipt.save(update_fields=["voucher"])
    for receipt in Receipt.objects.filter(book=voucher.book, pk__in=receipts):
        receipt.voucher = voucher
        receipt.save(update_fields=["voucher"])


@act("vouchers.reverse")
def reverse(*, by: User, entry: object, key: str, on: date, reason: str, now: datetime) -> Voucher:
    """Draft the reversal of an entry, to be approved like any voucher; nothing replaces it."""
    book = entry.book  # type: ignore[attr-defined]
    ledger.lock(book)
    if known := Voucher.objects.filter(book=book, key=key).first():
        same = (known.corrects_id, known.date, known.reason) == (entry.pk, on, posting.tidy(reason))  # type: ignore[attr-defined]
        rules.may_repeat(same=same, number=known.number).enforce()
        return known
    (_may_correct(entry, reason, on) & _is_open(book, on)).enforce()
    voucher = _new(book, key, on, by, now)
    voucher.kind, voucher.corrects = posting.REVERSAL, entry
    wording = entry.wording  # type: ignore[attr-defined]
    words = {name: getattr(wording, name) for name in queries.WORDS}
    words["summary"] = f"冲销第 {entry.number} 号：{wording.summary}"[:200]  # type: ignore[attr-defined]
    _write(voucher, on, words, person=wording.person, reason=reason)
    voucher.save()
    return voucher


@act("vouchers.submit")
def submit(*, by: User, voucher: Voucher, now: datetime) -> Voucher:
    """Hand a draft in. Whatever would refuse the posting refuses it here already."""
    voucher = Voucher.objects.select_for_update().get(pk=voucher.pk)
    rules.may_change(state=voucher.state, own=voucher.prepared_by_id == by.pk).enforce()
    ruling, large = queries.preview(voucher, now=now)
    ruling.enforce()
    if voucher.state == SENT_BACK and voucher.large != large:
        cases.close_case(by=by, case=queries.case(voucher), now=now)
    voucher.large, voucher.state = large, WAITING
    voucher.save(update_fields=["large", "state"])
    case = queries.case(voucher)
    if case is None:
        case = cases.open_case(
            by=by,
            flow=LARGE_VOUCHER if large else VOUCHER,
            subject=voucher,
            title=f"{voucher.number} {voucher.summary}",
            place=voucher.place,
            now=now,
        )
    elif case.closed_at is not None:
        cases.reopen_case(by=by, case=case, now=now)
    cases.stamp(by=by, case=case, step="prepare", now=now)
    return voucher


@act("vouchers.approve")
def approve(*, by: User, voucher: Voucher, now: datetime, note: str = "") -> Voucher:
    """Approve; the last approval posts the entry in the same transaction."""
    ledger.lock(voucher.book)
    voucher = Voucher.objects.select_for_update().get(pk=voucher.pk)
    rules.is_waiting(state=voucher.state).enforce()
    rules.may_approve(
        counterparty=voucher.counterparty, name=by.name, preparer_name=voucher.prepared_by.name
    ).enforce()
    case = queries.case(voucher)
    step = case_queries.open_steps(case)[0]
    cases.stamp(by=by, case=case, step=step.code, note=note, now=now)
    if case_queries.open_steps(case):
        return voucher
    return _post(voucher, by=by, now=now)


def _post(voucher: Voucher, *, by: User, now: datetime) -> Voucher:
    """Post the entry that the voucher drafted; a correction posts both halves as one act."""
    people = queries.people(voucher)
    if voucher.corrects_id:
        replacement = queries.draft_of(voucher, people) if voucher.lines.exists() else None
        posted = ledger_services.reverse(
            by=by,
            entry=voucher.corrects,
            on=voucher.date,
            people=people,
            reason=voucher.reason,
            replacement=replacement,
            now=now,
        )
    else:
        posted = ledger_services.post(
            by=by, book=voucher.book, drafts=[queries.draft_of(voucher, people)], now=now
        )
    voucher.state = POSTED
    voucher.entry = ledger.entry(voucher.book, posted.numbers[-1])
    voucher.save(update_fields=["state", "entry"])
    return voucher


@act("vouchers.send_back")
def send_back(*, by: User, voucher: Voucher, reason: str, now: datetime) -> Voucher:
    """Send a voucher back to its preparer with a reason."""
    require(reason.strip(), _("请写明退回原因，制单人才知道改什么"), "会计法:14").at(
        "reason"
    ).enforce()
    voucher = Voucher.objects.select_for_update().get(pk=voucher.pk)
    rules.is_waiting(state=voucher.state).enforce()
    case = queries.case(voucher)
    step = case_queries.open_steps(case)[0]
    cases.stamp(by=by, case=case, step=step.code, outcome=RETURNED, note=reason, now=now)
    voucher.state = SENT_BACK
    voucher.save(update_fields=["state"])
    return voucher


@act("vouchers.void")
def void(*, by: User, voucher: Voucher, reason: str, now: datetime) -> Voucher:
    """Void a draft with a reason; its number and its papers stay, its receipts are free again."""
    voucher = Voucher.objects.select_for_update().get(pk=voucher.pk)
    rules.may_void(state=voucher.state, reason=reason).enforce()
    if case := queries.case(voucher):
        cases.close_case(by=by, case=case, now=now)
    for receipt in voucher.receipts.all():
        receipt.voucher = None
        receipt.save(update_fields=["voucher"])
    voucher.state, voucher.reason = VOID, posting.tidy(reason)
    voucher.voided_by, voucher.voided_at = by, now
    voucher.save(update_fields=["state", "reason", "voided_by", "voided_at"])
    return voucher


@act("vouchers.gather")
def gather(
    *,
    by: User,
    book: object,
    key: str,
    receipts: Sequence[int],
    money: int,
    on: date,
    summary: str,
    now: datetime,
) -> Voucher:
    """Make one income voucher of receipts of one category; their sum is its amount."""
    ledger.lock(book)
    if known := Voucher.objects.filter(book=book, key=key).first():
        same = set(known.receipts.values_list("pk", flat=True)) == set(receipts)
        rules.may_repeat(same=same and known.date == on, number=known.number).enforce()
        return known
    chosen = list(Receipt.objects.filter(book=book, pk__in=receipts))
    receipt_rules.may_gather(
        states=[r.voucher_id is None and r.voided_at is None for r in chosen],
        accounts={r.account_id for r in chosen},
    ).enforce()
    total = sum(receipt.amount_fen for receipt in chosen)
    return draft(
        by=by,
        book=book,
        key=key,
        on=on,
        direction="in",
        money=money,
        items=[Item(account=chosen[0].account_id, amount_fen=total)],
        receipts=[receipt.pk for receipt in chosen],
        summary=summary,
        now=now,
    )
