"""A voucher as its page shows it: lines in words, what would follow, whose turn, what happened."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.utils.translation import gettext

from linli.cases import queries as cases
from linli.kernel.flow import PASSED
from linli.kernel.flow import RETURNED as SENT_BACK
from linli.kernel.rulings import Reason, Ruling
from linli.kernel.words import gettext_noop as _
from linli.ledger import queries as ledger
from linli.ledger import rules as posting
from linli.ledger.rules import Draft, DraftLine
from linli.trail.acts import label
from linli.trail.models import Line
from linli.vouchers import papers, rules
from linli.vouchers.models import POSTED, RETURNED, VOID, WAITING, Voucher
from linli.vouchers.queries import case, places_of, preview_of


@dataclass(frozen=True, slots=True)
class LineShown:
    """A line as pages and papers show it; amounts in fen, one of the two sides is 0."""

    account: object
    word: object
    debit_fen: int
    credit_fen: int
    project: str = ""
    restriction: str = ""


def lines_shown(book: object, placed: Sequence[rules.Place]) -> list[LineShown]:
    """Lines with the names of accounts and projects, debits first."""
    accounts = ledger.accounts(book, [place.account for place in placed])  # type: ignore[arg-type]
    codes = ledger.offers.project_codes(book, [p.project for p in placed if p.project])  # type: ignore[arg-type]
    names = ledger.offers.names_of(book)  # type: ignore[arg-type]
    found = [
        LineShown(
            account=accounts[place.account],
            word=names.get(
                (accounts[place.account].fund, accounts[place.account].code),
                accounts[place.account].name,
            ),
            debit_fen=max(0, place.amount_fen),
            credit_fen=max(0, -place.amount_fen),
            project=codes.get(place.project or 0, ""),
            restriction=place.restriction,
        )
        for place in placed
    ]
    return sorted(found, key=lambda line: not line.debit_fen)


def lines_of(voucher: Voucher) -> list[LineShown]:
    """What a voucher will post; of a reversal alone the inverse of what it undoes."""
    placed = places_of(voucher.lines.order_by("position"))
    if not placed and voucher.corrects_id:
        placed = [
            replace(place, amount_fen=-place.amount_fen)
            for place in places_of(voucher.corrects.lines.order_by("position"))
        ]
    return lines_shown(voucher.book, placed)


def preview_form(
    book: object,
    placed: Sequence[rules.Place],
    *,
    on: date,
    words: Mapping[str, str],
    corrects: object = None,
    reason: str = "",
    now: datetime,
) -> tuple[Ruling, bool]:
    """`preview` of a form that is not kept yet."""
    accounts = ledger.accounts(book, [place.account for place in placed])  # type: ignore[arg-type]
    codes = ledger.offers.project_codes(book, [p.project for p in placed if p.project])  # type: ignore[arg-type]
    drafted = Draft(
        key="preview",
        kind=posting.VOUCHER,
        date=on,
        lines=tuple(
            DraftLine(
                fund=accounts[place.account].fund,
                account=accounts[place.account].code,
                amount_fen=place.amount_fen,
                project=codes.get(place.project or 0, ""),
                restriction=place.restriction,
            )
            for place in placed
        ),
        words=words,
    )
    return preview_of(book, [drafted], corrects=corrects, on=on, reason=reason, now=now)


def turn(voucher: Voucher, steps: Sequence[object]) -> Reason:
    """One sentence: where the voucher stands, what is next and whose turn it is."""
    if voucher.state == VOID:
        return Reason(_("已作废：%(why)s"), {"why": voucher.reason})
    if voucher.state == POSTED:
        return Reason(
            _("已入账为第 %(n)s 号分录；有错只能更正，不能修改"), {"n": voucher.entry.number}
        )
    back = next((step for step in steps if step.returned), None)  # type: ignore[attr-defined]
    if voucher.state == RETURNED:
        return Reason(
            _("已退回%(who)s修改后重新提交：%(why)s"),
            {"who": voucher.prepared_by.name, "why": back.said if back else "—"},
        )
    waiting = next((step for step in steps if step.state in ("open", "late")), None)  # type: ignore[attr-defined]
    if voucher.state == WAITING and waiting:
        return Reason(_("等%(who)s办理“%(step)s”"), {"who": waiting.by, "step": waiting.name})
    return Reason(_("还是草稿，等%(who)s提交审批"), {"who": voucher.prepared_by.name})


EVENTS = {
    ("prepare", PASSED): _("提交审批"),
    ("approve", PASSED): _("审批同意"),
    ("second", PASSED): _("居民代表复批同意"),
    ("approve", SENT_BACK): _("退回"),
    ("second", SENT_BACK): _("退回"),
}


def timeline(voucher: Voucher) -> list[dict]:
    """Everything that happened to a voucher, newest first, for components/timeline.html."""
    events = [
        {"at": line.at, "title": _("修改草稿") if at else _("制单"), "by": line.by.name}
        for at, line in enumerate(drafted(voucher))
    ]
    found = case(voucher)
    for stamp in cases.stamps(found) if found else ():
        events.append(
            {
                "at": stamp.at,
                "title": EVENTS[stamp.step, stamp.outcome],
                "text": stamp.note,
                "by": stamp.by.name,
                "kind": "" if stamp.outcome == SENT_BACK else "done",
            }
        )
    if voucher.entry:
        title = Reason(_("入账为第 %(n)s 号分录"), {"n": voucher.entry.number})
        events.append({"at": voucher.entry.recorded_at, "title": title, "kind": "done"})
    if voucher.voided_at:
        events.append(
            {
                "at": voucher.voided_at,
                "title": _("作废"),
                "text": voucher.reason,
                "by": voucher.voided_by.name,
            }
        )
    return sorted(events, key=lambda event: event["at"])[::-1]


def drafted(voucher: Voucher) -> list[Line]:
    """The trail of writing a voucher: made, and each time it was mended."""
    acts = ("vouchers.draft", "vouchers.reverse")
    rows = Line.objects.filter(subject=label(voucher), act__in=acts, done=True)
    return list(rows.select_related("by").order_by("at", "pk"))


def voucher_paper(voucher: Voucher, *, paper: str = "a5") -> dict:
    """A voucher on paper; one that is not posted says on every page that it is a draft."""
    book = voucher.book
    told = ledger.papers.head(book, f"{voucher.period}-PZ-{voucher.serial:03d}")
    told |= {"paper": paper, "digits": True}
    if voucher.entry:
        entries = list(ledger.entries(book, number=voucher.entry.number))
        return told | {"vouchers": papers.of_entries(entries)}
    lines = lines_of(voucher)
    one = {
        "word": "记",
        "number": voucher.serial,
        "on": voucher.date,
        "papers": voucher.paper_count,
        "lines": [_shown(voucher.summary, line) for line in lines],
        "hands": [
            {"role": gettext("审批"), "name": ""},
            {"role": gettext("出纳"), "name": ""},
            {"role": gettext("制单"), "name": voucher.prepared_by.name},
        ],
    }
    if voucher.state == VOID:
        one["mark"] = {"kind": "void", "reason": voucher.reason}
    return told | {"draft": True, "vouchers": [one]}


def _shown(summary: str, line: LineShown) -> dict:
    return {
        "summary": summary,
        "account": papers.general_name(line.account),
        "detail": papers.detail_name(line.account, line.project, line.restriction),
        "debit_fen": line.debit_fen,
        "credit_fen": line.credit_fen,
    }
