"""Writing a voucher: a new one, a draft mended, the replacement of an entry."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from linli.files import queries as files
from linli.files import services as file_services
from linli.kernel.place import Scope
from linli.kernel.roles import BOOKKEEPER
from linli.kernel.rulings import Refused, Ruling
from linli.ledger import queries as ledger
from linli.vouchers import queries, rules, services, showing
from linli.vouchers.forms import KEY, Desk, Offers, filled_by, new_key, number_of
from linli.vouchers.models import Voucher
from linli.vouchers.views import UNPROCESSABLE, page
from linli.web.access import needs


@never_cache
@needs(BOOKKEEPER, of=ledger.offers.book_at)
def new(request: HttpRequest, book: Any) -> HttpResponse:
    """A new voucher. The address holds the form's key, so that loading or sending it twice makes
    one voucher."""
    key = request.GET.get("key", "")
    if not KEY.fullmatch(key):
        query = request.GET.copy()
        query["key"] = new_key()
        return redirect(f"{request.path}?{query.urlencode()}")
    known = Voucher.objects.filter(book=book, key=key).first()
    if known and (known.prepared_by_id != request.user.pk or request.method != "POST"):
        return redirect("vouchers:detail", known.pk)
    direction = _direction(request, book)
    initial = {"on": timezone.localdate(), "handler": ""}
    return write(request, book, key=key, direction=direction, initial=initial, voucher=known)


def _direction(request: HttpRequest, book: Any) -> str:
    asked = request.POST.get("direction") or request.GET.get("direction") or "out"
    return asked if asked in rules.DIRECTIONS else "out"


@never_cache
@needs(BOOKKEEPER, of=Voucher)
def edit(request: HttpRequest, voucher: Voucher) -> HttpResponse:
    """Mend a draft, or one that was sent back."""
    ruling = rules.may_change(state=voucher.state, own=voucher.prepared_by_id == request.user.pk)
    if not ruling.allowed:
        return page(request, voucher, ruling=ruling, status=409)
    if voucher.corrects_id and not voucher.lines.exists():
        return redirect("vouchers:detail", voucher.pk)
    filled = filled_by(voucher.lines.select_related("account").order_by("position"))
    asked = request.POST.get("direction") or request.GET.get("direction") or ""
    direction = asked if asked in rules.DIRECTIONS else filled.direction
    initial = {name: getattr(voucher, name) for name in (*queries.WORDS, "person", "reason")}
    initial |= {"on": voucher.date, "money": filled.money, "paper_count": voucher.paper_count}
    return write(
        request,
        voucher.book,
        key=voucher.key,
        direction=direction,
        initial=initial,
        items=filled.items if direction == filled.direction else (),
        papers=list(voucher.papers.values_list("file_id", flat=True)),
        voucher=voucher,
    )


def write(
    request: HttpRequest,
    book: Any,
    *,
    key: str,
    direction: str,
    initial: dict,
    items: Sequence[rules.Item] = (),
    papers: Sequence[int] = (),
    voucher: Voucher | None = None,
    corrects: Any = None,
) -> HttpResponse:
    """The form of a voucher, whatever it is for; nothing that was typed is lost."""
    now = timezone.now()
    corrects = corrects or (voucher.corrects if voucher else None)
    offers = Offers.of(book, today=timezone.localdate(now))
    data, act = (request.POST, request.POST.get("act", "save")) if request.POST else (None, "")
    gathered = list(voucher.receipts.order_by("number")) if voucher else []
    desk = Desk(
        offers,
        direction,
        data=data,
        initial=initial,
        items=items,
        corrects=corrects is not None,
        check=act in ("save", "submit"),
        drop=number_of(act.removeprefix("drop-")) if act.startswith("drop-") else None,
        add=1 if act == "add" else 0,
        fixed=bool(gathered),
    )
    kept, refused = keep_papers(request, book, "papers") if data is not None else ([], None)
    chosen = _chosen_papers(request, papers if data is None else ()) + kept
    if refused:
        desk.refuse(refused)
    status = 200
    if act in ("save", "submit"):
        if desk.is_valid() and not refused:
            done = _saved(request, desk, book, key, voucher, corrects, chosen, gathered, act)
            if done is not None:
                return done
        status = UNPROCESSABLE
    context = {
        "book": book,
        "key": key,
        "desk": desk,
        "form": desk.form,
        "direction": direction,
        "directions": _directions(offers, corrects),
        "voucher": voucher,
        "corrects": corrects,
        "gathered": gathered,
        "papers": list(files.kept(chosen, Scope.of(book.place))),
        "preview": _preview(desk, book, corrects, gathered, voucher)
        if data is not None or items
        else None,
    }
    return render(request, "vouchers/form.html", context, status=status)


def _directions(offers: Offers, corrects: Any) -> list[tuple[str, str]]:
    return [(c, name) for c, name in rules.DIRECTIONS.items() if c != "match" or offers.matches]


def keep_papers(request: HttpRequest, book: Any, field: str) -> tuple[list[int], Ruling | None]:
    """Keep what was uploaded at once, so that it is there whatever else is wrong with the form."""
    ids: list[int] = []
    refused: Ruling | None = None
    for upload in request.FILES.getlist(field):
        try:
            kept = file_services.keep(
                by=request.user,
                content=upload,
                name=upload.name,
                place=book.place,
                now=timezone.now(),
            )
        except Refused as why:
            told = Ruling(why.ruling.reasons).at(field)
            refused = refused & told if refused else told
        else:
            ids.append(kept.pk)
    return ids, refused


def _chosen_papers(request: HttpRequest, before: Sequence[int]) -> list[int]:
    """The kept papers whose box is ticked."""
    if not request.POST:
        return list(before)
    return [int(pk) for pk in request.POST.getlist("paper") if pk.isdigit()]


def _saved(
    request: HttpRequest,
    desk: Desk,
    book: Any,
    key: str,
    voucher: Voucher | None,
    corrects: Any,
    papers: Sequence[int],
    gathered: Sequence[Any],
    act: str,
) -> HttpResponse | None:
    """Save the draft (and hand it in); None if a rule refuses, which the form then tells."""
    told, now = desk.form.cleaned_data, timezone.now()
    try:
        voucher = services.draft(
            by=request.user,
            book=book,
            key=key,
            on=told["on"],
            direction=desk.direction,
            money=told["money"],
            items=_items(desk, gathered),
            papers=papers,
            receipts=[receipt.pk for receipt in gathered],
            voucher=voucher,
            corrects=corrects,
            person=told.get("person", False),
            paper_count=told["paper_count"],
            reason=told.get("reason", ""),
            now=now,
            **desk.form.words,
        )
    except Refused as refused:
        desk.refuse(refused.ruling)
        return None
    if act == "submit":
        try:
            services.submit(by=request.user, voucher=voucher, now=now)
        except Refused as refused:
            messages.warning(request, _("已保存为草稿 %(n)s，还没有提交") % {"n": voucher.number})
            desk.refuse(refused.ruling)
            return None
        messages.success(request, _("凭证 %(n)s 已提交审批") % {"n": voucher.number})
    else:
        messages.success(request, _("草稿 %(n)s 已保存") % {"n": voucher.number})
    return redirect("vouchers:detail", voucher.pk)


def _items(desk: Desk, gathered: Sequence[Any]) -> list[rules.Item]:
    """The rows; of gathered receipts their sum."""
    if not gathered:
        return desk.items
    total = sum(receipt.amount_fen for receipt in gathered)
    return [rules.Item(account=gathered[0].account_id, amount_fen=total)]


def _preview(
    desk: Desk, book: Any, corrects: Any, gathered: Sequence[Any], voucher: Voucher | None
) -> dict[str, Any]:
    """What the entry would be, as far as the form can be read."""
    checked = Desk(
        desk.offers,
        desk.direction,
        data=_as_data(desk),
        corrects=corrects is not None,
        fixed=desk.fixed,
    )
    checked.is_valid()
    items = _items(checked, gathered)
    told: dict[str, Any] = {"total_fen": rules.total(items) if items else None}
    money = checked.form.cleaned_data.get("money")
    if not items or not money:
        return told
    match = ledger.offers.match_categories(book) if desk.direction == "match" else None
    placed = rules.lines(direction=desk.direction, money=money, items=items, match=match)
    told["lines"] = showing.lines_shown(book, placed)
    told["debit_fen"] = sum(line.debit_fen for line in told["lines"])
    if checked.form.cleaned_data.get("on") and told["lines"]:
        told["ruling"], told["large"] = showing.preview_form(
            book,
            placed,
            on=checked.form.cleaned_data["on"],
            words=checked.form.words,
            corrects=corrects,
            reason=checked.form.cleaned_data.get("reason", ""),
            now=timezone.now(),
        )
    return told


def _as_data(desk: Desk) -> dict[str, Any]:
    """The form as it stands, as if it were posted."""
    data = {name: desk.form[name].value() for name in desk.form.fields}
    data = {name: value for name, value in data.items() if value not in (None, False)}
    data["rows"] = str(len(desk.rows))
    for row in desk.rows:
        for name in row.fields:
            value = row[name].value()
            if value not in (None, False):
                data[row.add_prefix(name)] = value
    return data
