"""Writing a voucher: a new one, a draft mended, the replacement of an entry."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from linli.files import queries as files
from linli.files import services as file_services
from linli.kernel.roles import BOOKKEEPER
from linli.kernel.rulings import Refused, Ruling
from linli.ledger import queries as ledger
from linli.vouchers import queries, rules, services, showing
from linli.vouchers.forms import KEY, Desk, filled_by, new_key, number_of
from linli.vouchers.models import Voucher
from linli.vouchers.offering import Offers
from linli.vouchers.views import UNPROCESSABLE, page
from linli.web.access import needs

SAVING = ("save", "submit")


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
    """Mend a draft, or one that was sent back; with ?refused=1 one that could not be handed in."""
    ruling = rules.may_change(state=voucher.state, own=voucher.prepared_by_id == request.user.pk)
    if not ruling.allowed:
        return page(request, voucher, ruling=ruling, status=409)
    if voucher.corrects_id and not voucher.lines.exists():
        return redirect("vouchers:detail", voucher.pk)
    filled = filled_by(voucher.lines.select_related("account").order_by("position"))
    asked = request.POST.get("direction") or request.GET.get("direction") or ""
    direction = asked if asked in rules.DIRECTIONS else filled.direction
    initial = {name: getattr(voucher, name) for name in (*queries.WORDS, "person", "reason")}
    papers = list(voucher.papers.values_list("file_id", flat=True))
    counted = len(papers) + voucher.receipts.count()
    initial |= {"on": voucher.date, "money": filled.money}
    initial["paper_count"] = None if voucher.paper_count == counted else voucher.paper_count
    return write(
        request,
        voucher.book,
        key=voucher.key,
        direction=direction,
        initial=initial,
        items=filled.items if direction == filled.direction else (),
        papers=papers,
        voucher=voucher,
        refused=bool(request.GET.get("refused")),
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
    refused: bool = False,
) -> HttpResponse:
    """The form of a voucher, whatever it is for; nothing that was typed is lost.

    `refused`: the draft was kept, but could not be handed in; the form says why.
    """
    task = Task(request, book, key, direction, voucher, corrects)
    desk = task.desk(initial, items)
    if refused and voucher and not request.POST:
        desk = task.checked(desk)
        desk.refuse(queries.preview(voucher, now=timezone.now())[0])
    kept, bad = keep_papers(request, book, "papers")
    chosen = (task.ticked("paper") if request.POST else list(papers)) + kept
    public = task.ticked("public-paper") if request.POST else _public(voucher)
    public += kept if request.POST.get("public") else []
    if bad:
        desk.refuse(bad)
    status = 200
    if task.act in SAVING:
        if desk.is_valid() and not bad and (done := task.save(desk, chosen, public)) is not None:
            return done
        status = UNPROCESSABLE
    context = {
        "book": book,
        "key": key,
        "desk": desk,
        "form": desk.form,
        "direction": direction,
        "directions": _directions(desk.offers),
        "voucher": voucher,
        "corrects": task.corrects,
        "gathered": task.gathered,
        "refused": refused,
        "papers": list(files.kept(chosen, book.place)),
        "public": public,
        "preview": task.preview(desk) if request.POST or items else None,
    }
    return render(request, "vouchers/form.html", context, status=status)


def _public(voucher: Voucher | None) -> list[int]:
    """The papers of a voucher that everybody may read."""
    if voucher is None:
        return []
    return list(voucher.papers.filter(public=True).values_list("file_id", flat=True))


def _directions(offers: Offers) -> list[tuple[str, str]]:
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


class Task:
    """What the form is for, and what was asked of it."""

    def __init__(
        self,
        request: HttpRequest,
        book: Any,
        key: str,
        direction: str,
        voucher: Voucher | None,
        corrects: Any,
    ) -> None:
        self.request, self.book, self.key = request, book, key
        self.direction, self.voucher = direction, voucher
        self.corrects = corrects or (voucher.corrects if voucher else None)
        self.gathered = list(voucher.receipts.order_by("number")) if voucher else []
        self.act = request.POST.get("act", "save") if request.POST else ""

    def ticked(self, name: str) -> list[int]:
        """The kept papers whose box of that name is ticked."""
        return [pk for sent in self.request.POST.getlist(name) if (pk := number_of(sent))]

    def desk(self, initial: dict, items: Sequence[rules.Item]) -> Desk:
        """The form with its rows as they were sent, or as they begin."""
        drop = self.act.removeprefix("drop-") if self.act.startswith("drop-") else ""
        return Desk(
            Offers.of(self.book, today=timezone.localdate()),
            self.direction,
            data=self.request.POST or None,
            initial=initial,
            items=items,
            corrects=self.corrects is not None,
            check=self.act in SAVING,
            drop=number_of(drop),
            add=1 if self.act == "add" else 0,
            fixed=bool(self.gathered),
        )

    def items(self, desk: Desk) -> list[rules.Item]:
        """The rows; of gathered receipts their sum."""
        if not self.gathered:
            return desk.items
        total = sum(receipt.amount_fen for receipt in self.gathered)
        return [rules.Item(account=self.gathered[0].account_id, amount_fen=total)]

    def save(self, desk: Desk, papers: Sequence[int], public: Sequence[int]) -> HttpResponse | None:
        """Save the draft (and hand it in); None if a rule refuses, which the form then tells.

        A draft that was kept but may not be handed in is told on its own page: loading that again
        makes no second one.
        """
        try:
            voucher = self._draft(desk, papers, public)
        except Refused as refused:
            desk.refuse(refused.ruling)
            return None
        if self.act == "submit":
            if not self._hand_in(voucher):
                said = _("已保存为草稿 %(n)s，还没有提交") % {"n": voucher.number}
                messages.warning(self.request, said)
                return redirect(f"{reverse('vouchers:edit', args=[voucher.pk])}?refused=1")
            said = _("凭证 %(n)s 已提交审批") % {"n": voucher.number}
        else:
            said = _("草稿 %(n)s 已保存") % {"n": voucher.number}
        messages.success(self.request, said)
        return redirect("vouchers:detail", voucher.pk)

    def _hand_in(self, voucher: Voucher) -> bool:
        """Hand it in; it may be on its way already, because the same form came before."""
        try:
            services.submit(by=self.request.user, voucher=voucher, now=timezone.now())
        except Refused:
            voucher.refresh_from_db()
            return not rules.may_change(state=voucher.state, own=True).allowed
        return True

    def _draft(self, desk: Desk, papers: Sequence[int], public: Sequence[int]) -> Voucher:
        told = desk.form.cleaned_data
        return services.draft(
            by=self.request.user,
            book=self.book,
            key=self.key,
            on=told["on"],
            direction=desk.direction,
            money=told["money"],
            items=self.items(desk),
            papers=papers,
            public=public,
            receipts=[receipt.pk for receipt in self.gathered],
            voucher=self.voucher,
            corrects=self.corrects,
            person=told.get("person", False),
            paper_count=told["paper_count"],
            reason=told.get("reason", ""),
            now=timezone.now(),
            **desk.form.words,
        )

    def checked(self, desk: Desk) -> Desk:
        """The same form with everything that is wrong with it beside its fields."""
        found = Desk(
            desk.offers,
            desk.direction,
            data=_as_data(desk),
            corrects=self.corrects is not None,
            fixed=desk.fixed,
        )
        found.is_valid()
        return found

    def preview(self, desk: Desk) -> dict[str, Any]:
        """What the entry would be, as far as the form can be read."""
        checked = self.checked(desk)
        items, form = self.items(checked), checked.form
        told: dict[str, Any] = {"total_fen": rules.total(items) if items else None}
        money, on = form.cleaned_data.get("money"), form.cleaned_data.get("on")
        if not items or not money:
            return told
        match = ledger.offers.match_categories(self.book) if desk.direction == "match" else None
        placed = rules.lines(direction=desk.direction, money=money, items=items, match=match)
        told["lines"] = showing.lines_shown(self.book, placed)
        told["debit_fen"] = sum(line.debit_fen for line in told["lines"])
        if on:
            told["ruling"], told["large"] = showing.preview_form(
                self.book,
                placed,
                on=on,
                words=form.words,
                corrects=self.corrects,
                reason=form.cleaned_data.get("reason", ""),
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
