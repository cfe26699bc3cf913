"""One entry in public: its lines, its words, its papers, its place in the log."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from linli.disclosure import rules as papers
from linli.files import queries as files
from linli.kernel.roles import ROLES
from linli.ledger import queries as ledger
from linli.portal import entries, pages, proofs, queries, rules, showing
from linli.portal.queries import Notice, Shelf
from linli.portal.views import missing, the_shelf


@require_safe
def entry(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """An entry of a published month with everything that may be read of it."""
    shelf = the_shelf(code)
    whole = entries.whole(shelf, number)
    if whole is None:
        return missing(request, shelf, _("没有这笔分录，或者它所在的月份还没有公示。"))
    return pages.kept(
        request,
        path=reverse("portal:entry", args=[code, number]),
        token=shelf.token,
        changed_at=shelf.changed_at,
        template="portal/entry.html",
        make=lambda: _entry(shelf, whole),
        told=shelf.told,
    )


def _entry(shelf: Shelf, whole: entries.Whole) -> Mapping[str, Any]:
    names, body = showing.Names(shelf.book), whole.body
    hands = [body["recorded_by"], *body.get("approved_by", ())]
    own = shelf.notice(whole.entry.period)
    return {
        "shelf": shelf,
        "book": shelf.book,
        "month": whole.entry.period if own else whole.notice.period if whole.notice else "",
        "whole": whole,
        "entry": whole.entry,
        "kind": rules.KINDS.get(whole.entry.kind, whole.entry.kind),
        "lines": [_line(shelf, whole, line, names) for line in whole.lines],
        "words": [
            {
                "label": rules.WORDS[word.name],
                "value": word.value,
                "why": rules.WITHHELD.get(word.withheld, ""),
                "ground": rules.GROUNDS.get(word.withheld, ""),
            }
            for word in whole.words
        ],
        "hands": [ROLES[hand].name if hand in ROLES else hand for hand in hands],
        "receipts": body.get("receipts"),
        "leaf": whole.entry.leaf,
        "origin": ledger.origin(shelf.book),
        "object": _object(shelf, own, whole),
        "proof": reverse("portal:entry_proof", args=[shelf.book.code, whole.entry.number])
        if whole.notice
        else "",
    }


def _object(shelf: Shelf, own: Notice | None, whole: entries.Whole) -> str:
    """Where to object to the figure that the entry counts in ("" = to none of its month)."""
    if own is None:
        return ""
    figures = papers.figures(queries.statement(own))
    told = (f"{a.fund}/{a.kind}/{a.code}" for a in (line.account for line in whole.lines))
    name = next((one for one in told if one in figures), "")
    return showing.object_url(shelf, own, name) if name else ""


def _line(shelf: Shelf, whole: entries.Whole, line: Any, names: showing.Names) -> dict[str, Any]:
    account, period = line.account, whole.entry.period
    known = account.kind in ledger.figures.FREE
    listed = known and shelf.notice(period) is not None
    return {
        "account": names(account.fund, account.code) if account.kind != "money" else account.name,
        "fund": names(account.fund),
        "fund_code": account.fund,
        "project": line.project,
        "restriction": line.restriction,
        "debit_fen": max(0, line.amount_fen),
        "credit_fen": max(0, -line.amount_fen),
        "href": showing.figure_url(shelf, period, f"{account.fund}/{account.code}")
        if listed
        else "",
    }


@require_safe
def entry_proof(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """A file with which anybody can prove that the entry is in the sealed books."""
    shelf = the_shelf(code)
    whole = entries.whole(shelf, number)
    if whole is None or whole.notice is None:
        raise Http404
    content = proofs.entry_proof(shelf, whole.entry, whole.notice, whole.words)
    name = f"{code}-{number}.tlog-proof"
    return pages.data(request, content, "text/plain; charset=utf-8", name=name, inline=False)


@require_safe
def paper(request: HttpRequest, code: str, number: int, position: int) -> HttpResponse:
    """A paper of an entry that everybody may read; never run, only shown.

    Of a photograph a copy: the original tells where and with which telephone it was taken.
    """
    shelf = the_shelf(code)
    whole = entries.whole(shelf, number)
    shown = [one for one in (whole.papers if whole else ()) if one.position == position]
    if not shown or shown[0].file is None:
        raise Http404
    file = shown[0].file
    try:
        content, mime = files.for_all(file)
    except (OSError, ValueError):
        raise Http404 from None
    answer = HttpResponse(content, content_type=mime)
    kind = "inline" if file.is_picture else "attachment"
    name = f"{file.sha256[:8]}.webp" if file.is_picture else file.name
    answer["Content-Disposition"] = f"{kind}; filename*=UTF-8''{quote(name)}"
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Content-Security-Policy"] = "default-src 'none'; sandbox"
    answer["Cache-Control"] = pages.FOR_ALL
    return answer
