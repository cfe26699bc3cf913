"""The questions one may ask of vouchers and receipts."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Count, QuerySet

from linli.cases import queries as cases
from linli.kernel import receipts as small_trees
from linli.kernel.rulings import Ruling
from linli.ledger import queries as ledger
from linli.ledger.rules import Draft, DraftLine
from linli.vouchers.flow import LARGE_VOUCHER, VOUCHER
from linli.vouchers.models import Receipt, Voucher

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
    words = {
        "voucher": voucher.number,
        "counterparty": voucher.counterparty,
        "summary": voucher.summary,
        "handler": voucher.handler,
        "document": voucher.document,
        "decision": voucher.decision,
        "ground": voucher.ground,
        "note": voucher.note,
    }
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


def preview(voucher: Voucher, *, now: datetime) -> tuple[Ruling, bool]:
    """What would refuse the posting if the others approved; and whether it is a large one."""
    if voucher.corrects_id and not voucher.lines.exists():
        return Ruling(), True
    drafted = draft_of(voucher, PREVIEW)
    return ledger.preview(voucher.book, drafted, now=now)


def register(book: object, *, state: str = "", period: str = "") -> QuerySet[Voucher]:
    """The vouchers of a book, newest first."""
    found = Voucher.objects.filter(book=book).select_related("prepared_by", "entry")
    if state:
        found = found.filter(state=state)
    if period:
        found = found.filter(period=period)
    return found.annotate(line_count=Count("lines")).order_by("-period", "-serial")


def unposted(book: object, period: str) -> QuerySet[Voucher]:
    """Drafts of a month (and of earlier ones) that are neither posted nor void."""
    return Voucher.objects.filter(
        book=book, period__lte=period, state__in=["draft", "waiting", "returned"]
    )


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
