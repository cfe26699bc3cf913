"""The questions one may ask of vouchers and receipts."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from functools import reduce
from operator import or_

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from linli.cases import queries as cases
from linli.kernel import receipts as small_trees
from linli.kernel.money import parse_yuan
from linli.kernel.period import Period
from linli.kernel.place import Scope
from linli.kernel.roles import BOOKKEEPER, Role
from linli.kernel.rulings import Ruling
from linli.ledger import queries as ledger
from linli.ledger import rules as posting
from linli.ledger.rules import Draft, DraftLine
from linli.scope.models import lies_in
from linli.vouchers import papers as papers
from linli.vouchers import rules
from linli.vouchers.flow import LARGE_VOUCHER, VOUCHER
from linli.vouchers.models import (
    DRAFT,
    RETURNED,
    VOID,
    WAITING,
    Receipt,
    Voucher,
    VoucherLine,
)

WORDS = ("counterparty", "summary", "handler", "document", "decision", "ground", "note")
OPEN_STATES = (DRAFT, WAITING, RETURNED)
PREVIEW = {
    "prepared_by": -1,
    "prepared_role": "bookkeeper",
    "approved_by": -2,
    "approved_role": "approver",
    "seconded_by": -3,
    "seconded_role": "resident",
}


def case(voucher: Voucher) -> object | None:
    """The voucher's open or last case."""
    flow = LARGE_VOUCHER if voucher.large else VOUCHER
    return cases.find(flow=flow, subject=voucher)


def draft_of(voucher: Voucher, people: dict) -> Draft:
    """The voucher as the ledger takes it."""
    words = {"voucher": voucher.number} | {name: getattr(voucher, name) for name in WORDS}
    bodies = [r.body.encode() for r in voucher.receipts.order_by("number")]
    digest = small_trees.digest(bodies) if bodies else None
    return Draft(
        key=f"voucher:{voucher.key}",
        kind="voucher",
        date=voucher.date,
        lines=tuple(
            DraftLine(
                fund=line.account.fund,
                account=line.account.code,
                amount_fen=line.amount_fen,
                project=line.project.code if line.project else "",
                restriction=line.restriction,
            )
            for line in voucher.lines.select_related("account", "project")
        ),
        words=words,
        papers=tuple(p.file.sha256 for p in voucher.papers.select_related("file")),
        receipts=digest and (digest["n"], digest["sum"], digest["root"]),
        person=voucher.person,
        **people,
    )


def people(voucher: Voucher) -> dict:
    """Who prepared and who approved, as the ledger takes it."""
    stamps = list(case(voucher).stamps.order_by("number"))
    told = {"prepared_by": voucher.prepared_by_id, "prepared_role": "bookkeeper"}
    for stamp in stamps:
        if stamp.step == "approve":
            told |= {"approved_by": stamp.by_id, "approved_role": stamp.role}
        elif stamp.step == "second":
            told |= {"seconded_by": stamp.by_id, "seconded_role": stamp.role}
    return told


def reversal_of(entry: object, *, on: date, reason: str, people: dict) -> Draft:
    """What undoes an entry, as the ledger's own act posts it."""
    return Draft(
        key=f"reversal:{entry.number}",  # type: ignore[attr-defined]
        kind=posting.REVERSAL,
        date=on,
        lines=posting.inverse(ledger.draft_lines(entry)),  # type: ignore[arg-type]
        words={"document": entry.wording.document, "note": reason},  # type: ignore[attr-defined]
        reverses=entry.number,  # type: ignore[attr-defined]
        original=entry.original_on or entry.date,  # type: ignore[attr-defined]
        **people,
    )


def preview(voucher: Voucher, *, now: datetime) -> tuple[Ruling, bool]:
    """What would refuse the posting if the others approved; and whether it is a large one."""
    drafts = [draft_of(voucher, PREVIEW)] if voucher.lines.exists() else []
    return preview_of(
        voucher.book,
        drafts,
        corrects=voucher.corrects,
        on=voucher.date,
        reason=voucher.reason,
        now=now,
    )


def preview_of(
    book: object,
    drafts: Sequence[Draft],
    *,
    corrects: object = None,
    on: date,
    reason: str = "",
    now: datetime,
) -> tuple[Ruling, bool]:
    """The same for drafts that are not kept yet; what they correct is undone before them.

    Large: the payment is above the book's limit, or the undoing leaves a shortage.
    """

    def tried(people: dict) -> tuple[Ruling, int]:
        undo = [reversal_of(corrects, on=on, reason=reason, people=people)] if corrects else []
        both = [*undo, *(replace(draft, **people) for draft in drafts)]
        return ledger.offers.try_out(book, both, now=now)

    ruling, paid = tried(PREVIEW)
    large = paid > book.limit_fen  # type: ignore[attr-defined]
    if corrects and ruling.allowed and not large:
        large = not tried(PREVIEW | {"seconded_by": None, "seconded_role": ""})[0].allowed
    return ruling, large


def places_of(lines: Iterable[object]) -> list[rules.Place]:
    """Lines of a voucher or of an entry as the rules take them."""
    return [
        rules.Place(
            account=line.account_id,  # type: ignore[attr-defined]
            amount_fen=line.amount_fen,  # type: ignore[attr-defined]
            project=line.project_id,  # type: ignore[attr-defined]
            restriction=line.restriction,  # type: ignore[attr-defined]
        )
        for line in lines
    ]


def says(
    voucher: Voucher,
    on: date,
    placed: Sequence[rules.Place],
    words: Mapping[str, object],
    papers: Sequence[int],
    receipts: Sequence[int],
    public: Collection[int],
) -> bool:
    """Whether a kept voucher says just this: for a form that is sent twice."""
    lines = tuple(places_of(voucher.lines.order_by("position")))
    told = {name: getattr(voucher, name) for name in (*WORDS, "person")}
    asked = {name: posting.tidy(str(words.get(name, ""))) for name in WORDS}
    return (
        (voucher.date, lines) == (on, tuple(placed))
        and told == asked | {"person": bool(words.get("person"))}
        and dict(voucher.papers.values_list("file_id", "public"))
        == {file: file in public for file in papers}
        and set(voucher.receipts.values_list("pk", flat=True)) == set(receipts)
    )


def pending_correction(entry: object) -> Voucher | None:
    """The voucher on its way that reverses or replaces an entry."""
    return Voucher.objects.filter(corrects=entry, state__in=OPEN_STATES).first()


def register(book: object, *, state: str = "", period: str = "") -> QuerySet[Voucher]:
    """The vouchers of a book, newest first."""
    return _narrowed(Voucher.objects.filter(book=book), state=state, period=period)


def search(
    scope: Scope,
    *,
    named: Scope,
    book: str = "",
    state: str = "",
    period: str = "",
    text: str = "",
) -> QuerySet[Voucher]:
    """The vouchers within a scope, newest first.

    `named`: where the reader reads the names of natural persons; elsewhere no name is found.

    `book`: its code; `state`: a state or "open"; `text`: a summary, counterparty, document or
    voucher number, or an amount in yuan.
    """
    found = Voucher.objects.within(scope)
    if book:
        found = found.filter(book__code=book)
    if text := text.strip():
        found = found.filter(_like(text, named))
    return _narrowed(found, state=state, period=period)


def _narrowed(found: QuerySet[Voucher], *, state: str, period: str) -> QuerySet[Voucher]:
    """Each voucher with `total_fen` (its debit side) and `line_count`."""
    if state == "open":
        found = found.filter(state__in=OPEN_STATES)
    elif state:
        found = found.filter(state=state)
    if period:
        found = found.filter(period=period)
    total = (
        VoucherLine.objects.filter(voucher=OuterRef("pk"), amount_fen__gt=0)
        .order_by()
        .values("voucher")
        .annotate(fen=Sum("amount_fen"))
        .values("fen")
    )
    lines = (
        VoucherLine.objects.filter(voucher=OuterRef("pk"))
        .order_by()
        .values("voucher")
        .annotate(n=Count("pk"))
        .values("n")
    )
    return (
        found.select_related("book", "prepared_by", "entry", "corrects")
        .annotate(total_fen=Subquery(total), line_count=Coalesce(Subquery(lines), 0))
        .order_by("-period", "-serial", "-pk")
    )


def _like(text: str, named: Scope) -> Q:
    like = (
        Q(summary__icontains=text)
        | Q(counterparty__icontains=text) & (Q(person=False) | lies_in(named))
        | Q(document__icontains=text)
        | Q(decision__icontains=text)
    )
    if number := re.fullmatch(r"(?:记-?)?(?:(\d{4})-?(\d{2})-)?(\d{1,6})", text):
        year, month, serial = number.groups()
        numbered = Q(serial=int(serial))
        like |= numbered & Q(period=f"{year}-{month}") if year else numbered
    fen = parse_yuan(text)[0]
    if fen:
        lines = VoucherLine.objects.filter(amount_fen__in=[fen, -fen])
        like |= Q(pk__in=lines.values("voucher"))
    return like


def rulings(voucher: Voucher, by: object, roles: Collection[Role]) -> dict[str, Ruling]:
    """What somebody may do with a voucher now, and why not: edit, submit, approve, back, void."""
    own = voucher.prepared_by_id == by.pk  # type: ignore[attr-defined]
    keeps = rules.is_bookkeeper(held=BOOKKEEPER in roles)
    change = keeps & rules.may_change(state=voucher.state, own=own)
    approve = rules.is_waiting(state=voucher.state)
    back = approve
    if approve.allowed:
        found = case(voucher)
        fold = cases.folded(found)
        step = cases.flow_of(found).open_steps(fold.done)[0]
        approve = back = cases.flow_of(found).may_stamp(
            step.code,
            done=fold.done.keys(),
            roles=roles,
            own_steps=cases.own_steps(fold, by),
        )
        approve &= rules.may_approve(
            counterparty=voucher.counterparty,
            name=by.name,  # type: ignore[attr-defined]
            preparer_name=voucher.prepared_by.name,
        )
    void = keeps & rules.may_void(state=voucher.state, reason="-")
    return {"edit": change, "submit": change, "approve": approve, "back": back, "void": void}


def register_rows(book: object, months: Sequence[str]) -> list[list[object]]:
    """The register of vouchers of some months as a table, in order of their numbers.

    Number, day, state, fen, summary, preparer, entry number, papers, reason of voiding.
    """
    found = _narrowed(Voucher.objects.filter(book=book, period__in=months), state="", period="")
    return [
        [
            row.number,
            row.date,
            rules.STATES[row.state],
            row.total_fen,
            row.summary,
            row.prepared_by.name,
            row.entry.number if row.entry else "",
            row.paper_count,
            row.reason if row.state == VOID else "",
        ]
        for row in found.order_by("period", "serial")
    ]


def counts(book: object) -> dict[str, int]:
    """How many vouchers of a book stand in each state. One query."""
    rows = Voucher.objects.filter(book=book).order_by().values_list("state").annotate(n=Count("pk"))
    return dict(rows)


def unposted(book: object, period: str) -> QuerySet[Voucher]:
    """Drafts of a month (and of earlier ones) that are neither posted nor void."""
    return Voucher.objects.filter(
        book=book, period__lte=period, state__in=["draft", "waiting", "returned"]
    )


def search_receipts(
    scope: Scope,
    *,
    named: Scope,
    book: str = "",
    state: str = "",
    period: str = "",
    text: str = "",
    numbers: Iterable[tuple[int, int]] = (),
) -> QuerySet[Receipt]:
    """The receipts within a scope, newest first.

    `named`: where the reader reads the payers' names; elsewhere none is found.
    `state`: free, gathered or void; `period`: of the day of payment; `text`: payer, purpose, code,
    number or an amount in yuan; `numbers`: (first, last) of some runs.
    """
    found = Receipt.objects.within(scope).select_related("book", "account", "voucher", "issued_by")
    if book:
        found = found.filter(book__code=book)
    if state == "free":
        found = found.filter(voucher=None, voided_at=None)
    elif state == "gathered":
        found = found.filter(voucher__isnull=False)
    elif state == "void":
        found = found.filter(voided_at__isnull=False)
    if period:
        month = Period(period)
        found = found.filter(received_on__range=(month.first_on, month.last_on))
    if some := [Q(number__range=run) for run in numbers]:
        found = found.filter(reduce(or_, some))
    if text := text.strip():
        like = Q(payer__icontains=text) & lies_in(named)
        like |= Q(summary__icontains=text) | Q(code__iexact=text)
        if text.isdigit() and len(text) < 9:
            like |= Q(number=int(text))
        if fen := parse_yuan(text)[0]:
            like |= Q(amount_fen=fen)
        found = found.filter(like)
    return found.order_by("-issued_at", "-pk")


def free_by_category(book: object) -> list[dict]:
    """What no voucher has gathered yet: category, how many receipts, how much. One query."""
    return list(
        Receipt.objects.filter(book=book, voucher=None, voided_at=None)
        .values("account_id", "account__name", "account__fund", "account__code")
        .annotate(n=Count("pk"), fen=Sum("amount_fen"))
        .order_by("account__position")
    )


def free_by_book(scope: Scope) -> list[dict]:
    """How many receipts no voucher has gathered yet, by book. One query."""
    return list(
        Receipt.objects.within(scope)
        .filter(voucher=None, voided_at=None)
        .order_by("book__code")
        .values("book__code", "book__name")
        .annotate(n=Count("pk"))
    )


def own_drafts(scope: Scope, by: object, *, limit: int = 10) -> list[Voucher]:
    """What somebody drafted and has not handed in yet, the oldest first."""
    found = Voucher.objects.within(scope).filter(state=DRAFT, prepared_by=by)
    return list(found.select_related("book").order_by("prepared_at")[:limit])


def free_receipts(book: object) -> QuerySet[Receipt]:
    """Receipts that no voucher has gathered yet."""
    return Receipt.objects.filter(book=book, voucher=None, voided_at=None).select_related("account")


def receipts_of(entry_id: int) -> QuerySet[Receipt]:
    """The receipts that an entry gathered, in their order in the small tree."""
    return Receipt.objects.filter(voucher__entry_id=entry_id).order_by("number")


def entry_ids_with_receipts(book: object) -> set[int]:
    return set(
        Receipt.objects.filter(book=book, voucher__entry__isnull=False).values_list(
            "voucher__entry_id", flat=True
        )
    )


def receipt_of_code(code: str) -> Receipt | None:
    """The receipt with a code, however it was typed."""
    plain = "".join(c for c in code.upper() if c.isalnum())
    return (
        Receipt.objects.filter(code=plain)
        .select_related("book", "account", "voucher__entry__leaf")
        .first()
    )


def receipts_by_entry(entry_ids: Iterable[int]) -> dict[int, list[Receipt]]:
    """The receipts that entries gathered, each in its place in the small tree."""
    ids, found = list(entry_ids), {}
    for start in range(0, len(ids), 5000):
        part = ids[start : start + 5000]
        rows = Receipt.objects.filter(voucher__entry_id__in=part).select_related("voucher")
        for receipt in rows.order_by("number"):
            found.setdefault(receipt.voucher.entry_id, []).append(receipt)
    return found
