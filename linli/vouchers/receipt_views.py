"""Receipts: the register, issuing one or a sheet of them, a receipt's page, gathering."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from linli.files import queries as files
from linli.files import services as file_services
from linli.kernel.identity import mask_name
from linli.kernel.place import Scope
from linli.kernel.roles import BOOKKEEPER, CASHIER
from linli.kernel.rulings import Refused
from linli.ledger import queries as ledger
from linli.sheets.answers import XLSX, download, excel
from linli.sheets.writing import Column as SheetColumn
from linli.sheets.writing import Table, write_xlsx
from linli.vouchers import papers, queries, receipt_rules, rules, runs, services
from linli.vouchers.forms import KEY, ReasonForm, new_key, number_of
from linli.vouchers.models import Receipt
from linli.vouchers.receipt_forms import (
    GatherForm,
    IssueForm,
    KeptSheetForm,
    ReceiptsFilter,
    SheetForm,
)
from linli.vouchers.receipt_sheet import WORDS, Trial, bad_rows, read
from linli.vouchers.views import FULL, READERS, UNPROCESSABLE, books_in, chosen_book
from linli.web.access import may, needs
from linli.web.reasons import put_on
from linli.web.registers import Column, Register
from linli.web.templatetags.words import say

ISSUERS = (BOOKKEEPER, CASHIER)
SHOWN_ROWS = 50
MOST_GATHERED = 500


def state_of(receipt: Receipt) -> tuple[Any, str]:
    """(word, kind of badge) of a receipt's state."""
    if receipt.voided_at:
        return gettext_lazy("已作废"), "void"
    if receipt.voucher_id is None:
        return gettext_lazy("未入账"), "wait"
    if receipt.voucher and receipt.voucher.state == "posted":
        return gettext_lazy("已入账"), "done"
    return gettext_lazy("已并入凭证"), "open"


def payer_shown(request: HttpRequest) -> Callable[[Receipt], str]:
    """The payer as this reader may see it."""
    full: Scope = request.access.whole(*FULL)  # type: ignore[attr-defined]
    return lambda r: r.payer if full.covers(r.place) else mask_name(r.payer)


def _columns(request: HttpRequest, *, many: bool = False) -> tuple[Column, ...]:
    """`many`: receipts of several books stand among each other, so each names its own."""
    return (
        Column(
            code="number",
            label=gettext_lazy("收据号"),
            value=papers.receipt_number,
            sort="number",
            href=lambda r: reverse("vouchers:receipt", args=[r.pk]),
        ),
        Column(code="received_on", label=gettext_lazy("收款日期"), kind="day", sort="received_on"),
        Column(code="payer", label=gettext_lazy("交款人"), value=payer_shown(request)),
        Column(code="summary", label=gettext_lazy("收款事由")),
        Column(code="account", label=gettext_lazy("科目"), value="account.name"),
        Column(
            code="amount_fen", label=gettext_lazy("金额（元）"), kind="money", sort="amount_fen"
        ),
        Column(code="state", label=gettext_lazy("状态"), kind="state", value=state_of),
        Column(
            code="voucher",
            label=gettext_lazy("凭证"),
            value="voucher.number",
            href=lambda r: reverse("vouchers:detail", args=[r.voucher_id]) if r.voucher_id else "",
        ),
        Column(code="method", label=gettext_lazy("收款方式"), shown=False),
        Column(code="code", label=gettext_lazy("查验代码"), shown=False),
        Column(code="issued_by", label=gettext_lazy("开具人"), value="issued_by.name", shown=False),
        Column(code="issued_at", label=gettext_lazy("开具时间"), kind="moment", shown=False),
        Column(code="book", label=gettext_lazy("账套"), value="book.name", shown=many),
    )


def chosen(request: HttpRequest) -> tuple[ReceiptsFilter, Any, Any]:
    """The register's filters, the receipts they leave (none where one makes no sense), the book."""
    books = books_in(request)
    form = ReceiptsFilter(request.GET, books=books)
    told = form.cleaned_data if form.is_valid() else {}
    rows = queries.search_receipts(
        request.access.scope(*READERS),  # type: ignore[attr-defined]
        named=request.access.whole(*FULL),  # type: ignore[attr-defined]
        book=told.get("book", ""),
        state=told.get("state", ""),
        period=told.get("period", ""),
        text=told.get("q", ""),
        numbers=told.get("numbers", ()),
    )
    known = chosen_book(books, request.GET.get("book", ""))
    return form, rows if form.is_valid() else rows.none(), known


@require_safe
@needs(*READERS)
def receipts(request: HttpRequest) -> HttpResponse:
    """The receipts within scope."""
    form, rows, book = chosen(request)
    issues = book is not None and may(request, book.place, *ISSUERS)
    prints = book is not None and may(request, book.place, *FULL)
    register = Register(
        request,
        rows=rows,
        columns=_columns(request, many=book is None),
        filters=form,
        new_url=reverse("vouchers:issue", args=[book.code]) if issues else "",
        new_label=gettext_lazy("开收据"),
        excel_in_url=reverse("vouchers:receipt_sheet", args=[book.code]) if issues else "",
        excel_out_url=reverse("vouchers:receipts_excel"),
        paper_url=reverse("vouchers:print_receipts", args=[book.code]) if prints else "",
        paper_label=gettext_lazy("打印收据"),
        empty_title=gettext_lazy("还没有收据"),
        empty_text=gettext_lazy("收到停车费、场地费、押金就开一张；每张都有编号和查验代码。"),
    )
    gathers = book is not None and may(request, book.place, BOOKKEEPER)
    context = {"register": register, "book": book, "gathers": gathers}
    return render(request, register.template("vouchers/receipts.html"), context)


@require_safe
@needs(*READERS)
def receipts_excel(request: HttpRequest) -> HttpResponse:
    return excel(_("收据"), _columns(request), chosen(request)[1])


def _key(request: HttpRequest) -> str:
    """The form's key in the address, "" if it has none yet."""
    key = request.GET.get("key", "")
    return key if KEY.fullmatch(key) else ""


def _with_key(request: HttpRequest) -> HttpResponse:
    query = request.GET.copy()
    query["key"] = new_key()
    return redirect(f"{request.path}?{query.urlencode()}")


@never_cache
@needs(*ISSUERS, of=ledger.offers.book_at)
def issue(request: HttpRequest, book: Any) -> HttpResponse:
    """Issue a receipt; the address holds the form's key."""
    key = _key(request)
    if not key:
        return _with_key(request)
    known = Receipt.objects.filter(book=book, key=f"form:{key}").first()
    if known and request.method != "POST":
        return redirect("vouchers:receipt", known.pk)
    form = IssueForm(request.POST or None, book=book, initial={"received_on": timezone.localdate()})
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        try:
            made = services.issue_receipt(
                by=request.user,
                book=book,
                key=f"form:{key}",
                account=form.account,
                received_on=told["received_on"],
                amount_fen=told["amount"],
                payer=told["payer"],
                summary=told["summary"],
                method=told["method"],
                now=timezone.now(),
            )
        except Refused as refused:
            form.ruling = refused.ruling  # type: ignore[attr-defined]
            put_on(form, refused.ruling)
        else:
            messages.success(
                request, _("已开具第 %(n)s 号收据") % {"n": papers.receipt_number(made)}
            )
            return redirect("vouchers:receipt", made.pk)
    context = {"form": form, "book": book, "key": key}
    return render(request, "vouchers/issue.html", context, status=_status(form))


def _status(form: Any) -> int:
    return UNPROCESSABLE if form.is_bound and form.errors else 200


@require_safe
@never_cache
@needs(*READERS, of=Receipt)
def receipt(request: HttpRequest, receipt: Receipt) -> HttpResponse:
    """A receipt: what it says, its code, where its money went."""
    return _page(request, receipt)


def _page(
    request: HttpRequest, receipt: Receipt, *, status: int = 200, **more: Any
) -> HttpResponse:
    roles = request.access.roles_at(receipt.place)  # type: ignore[attr-defined]
    issues = bool(roles & set(ISSUERS))
    ruling = receipt_rules.may_void_receipt(
        gathered=receipt.voucher_id is not None, void=receipt.voided_at is not None, reason="-"
    ) & rules.is_issuer(held=issues)
    context = {
        "receipt": receipt,
        "book": receipt.book,
        "number": papers.receipt_number(receipt),
        "form_key": receipt.key.removeprefix("form:"),
        "payer": payer_shown(request)(receipt),
        "state": state_of(receipt),
        "url": papers.public_url(receipt.code),
        "prints": bool(roles & set(FULL)),
        "void_ruling": ruling,
        "void_form": ReasonForm(auto_id="void-%s"),
        "category": ledger.offers.names_of(receipt.book).get(
            (receipt.account.fund, receipt.account.code), receipt.account.name
        ),
    }
    return render(request, "vouchers/receipt.html", context | more, status=status)


@require_POST
@needs(*ISSUERS, of=Receipt)
def void_receipt(request: HttpRequest, receipt: Receipt) -> HttpResponse:
    """Void a receipt with a reason; it keeps its number."""
    form = ReasonForm(request.POST, auto_id="void-%s")
    if not form.is_valid():
        return _page(request, receipt, status=UNPROCESSABLE, void_form=form)
    try:
        services.void_receipt(
            by=request.user,
            receipt=receipt,
            reason=form.cleaned_data["reason"],
            now=timezone.now(),
        )
    except Refused as refused:
        receipt.refresh_from_db()
        return _page(request, receipt, status=409, ruling=refused.ruling)
    messages.success(request, _("收据已作废，编号保留"))
    return redirect("vouchers:receipt", receipt.pk)


# --- a sheet of receipts ------------------------------------------------------------------------


@require_safe
@needs(*ISSUERS, of=ledger.offers.book_at)
def receipt_template(request: HttpRequest, book: Any) -> HttpResponse:
    """An empty sheet with the right headings."""
    kinds = {"received_on": "day", "amount": "money"}
    columns = [
        SheetColumn(str(word), kinds.get(field, "text"), 18) for field, word in WORDS.items()
    ]
    data = write_xlsx([Table("收款清单", columns, [])])
    return download(data, f"{book.name} 收款清单.xlsx", XLSX)


@never_cache
@needs(*ISSUERS, of=ledger.offers.book_at)
def receipt_sheet(request: HttpRequest, book: Any) -> HttpResponse:
    """Upload a sheet, see what it would do, then issue all of it or nothing."""
    if request.method != "POST":
        return _sheet_page(request, book, SheetForm(book=book))
    if request.POST.get("act") in ("issue", "bad"):
        return _kept_sheet(request, book, request.POST["act"])
    form = SheetForm(request.POST, request.FILES, book=book)
    if not form.is_valid():
        return _sheet_page(request, book, form, status=UNPROCESSABLE)
    upload = form.cleaned_data["file"]
    try:
        kept = file_services.keep(
            by=request.user,
            content=upload,
            name=upload.name,
            place=book.place,
            personal=True,
            now=timezone.now(),
        )
    except Refused as refused:
        form.ruling = refused.ruling  # type: ignore[attr-defined]
        put_on(form, refused.ruling)
        return _sheet_page(request, book, form, status=UNPROCESSABLE)
    return _sheet_page(request, book, form, trial=_try(book, kept, form), kept=kept)


def _kept_sheet(request: HttpRequest, book: Any, act: str) -> HttpResponse:
    """Issue the sheet that was tried, or give back its bad rows."""
    form = KeptSheetForm(request.POST, book=book)
    kept = None
    if form.is_valid():
        kept = files.kept([form.cleaned_data["file"]], book.place).first()
    if kept is None:
        messages.warning(request, _("请重新上传收款清单"))
        return redirect("vouchers:receipt_sheet", book.code)
    trial = _try(book, kept, form)
    if act == "bad" and trial.sheet is not None and trial.faults:
        return download(bad_rows(trial, say=say), _("需修改的行") + ".xlsx", XLSX)
    if not trial.is_good:
        return _sheet_page(request, book, form, trial=trial, kept=kept, status=UNPROCESSABLE)
    done = services.issue_receipts(by=request.user, book=book, rows=trial.rows, now=timezone.now())
    first, last = done.receipts[0], done.receipts[-1]
    messages.success(
        request,
        _("已开具 %(n)s 张收据：%(first)s—%(last)s")
        % {
            "n": len(done.receipts),
            "first": papers.receipt_number(first),
            "last": papers.receipt_number(last),
        },
    )
    numbers = runs.write(receipt.number for receipt in done.receipts)
    return redirect(f"{reverse('vouchers:receipts')}?book={book.code}&numbers={numbers}")


def _try(book: Any, kept: Any, form: Any) -> Trial:
    return read(
        files.content(kept),
        name=kept.name,
        sha256=kept.sha256,
        accounts=form.accounts,
        version=book.chart_version,
        category=form.cleaned_data.get("category"),
        method=form.cleaned_data.get("method", ""),
        today=timezone.localdate(),
    )


def _sheet_page(
    request: HttpRequest,
    book: Any,
    form: Any,
    *,
    trial: Trial | None = None,
    kept: Any = None,
    status: int = 200,
) -> HttpResponse:
    names = {account.pk: account.name for account in form.accounts}
    context = {
        "book": book,
        "form": form,
        "trial": trial,
        "kept": kept,
        "rows": [(row, names[row.account]) for row in trial.rows[:SHOWN_ROWS]] if trial else [],
        "faults": trial.faults[:SHOWN_ROWS] if trial else [],
        "chosen": getattr(form, "cleaned_data", {}),
    }
    return render(request, "vouchers/receipt_sheet.html", context, status=status)


# --- gathering ----------------------------------------------------------------------------------


@never_cache
@needs(BOOKKEEPER, of=ledger.offers.book_at)
def gather(request: HttpRequest, book: Any) -> HttpResponse:
    """Make one income voucher of free receipts of one category."""
    key = _key(request)
    if not key:
        return _with_key(request)
    groups = queries.free_by_category(book)
    asked = request.POST.get("category") or request.GET.get("category", "")
    group = next(
        (g for g in groups if str(g["account_id"]) == asked), groups[0] if groups else None
    )
    free = (
        list(queries.free_receipts(book).filter(account_id=group["account_id"])[:MOST_GATHERED])
        if group
        else []
    )
    form = None
    if group:
        free.sort(key=lambda receipt: receipt.number)
        initial = {"on": timezone.localdate(), "summary": _gathered_words(group, free)}
        form = GatherForm(
            request.POST or None, book=book, fund=group["account__fund"], initial=initial
        )
    chosen = [pk for sent in request.POST.getlist("receipt") if (pk := number_of(sent))]
    if form is not None and request.method == "POST" and form.is_valid():
        done = _gathered(request, book, key, chosen, form)
        if done is not None:
            return done
    context = {
        "book": book,
        "key": key,
        "groups": groups,
        "group": group,
        "receipts": free,
        "chosen": chosen if request.method == "POST" else [r.pk for r in free],
        "form": form,
    }
    status = _status(form) if form is not None else 200
    return render(request, "vouchers/gather.html", context, status=status)


def _gathered(
    request: HttpRequest, book: Any, key: str, chosen: list[int], form: Any
) -> HttpResponse | None:
    """Make the voucher; None if a rule refuses, which the form then tells."""
    try:
        voucher = services.gather(
            by=request.user,
            book=book,
            key=key,
            receipts=chosen,
            now=timezone.now(),
            **form.cleaned_data,
        )
    except Refused as refused:
        form.ruling = refused.ruling
        put_on(form, refused.ruling)
        return None
    messages.success(request, _("草稿 %(n)s 已保存") % {"n": voucher.number})
    return redirect("vouchers:detail", voucher.pk)


def _gathered_words(group: dict, free: list[Receipt]) -> str:
    """A first summary: what was received, and from when to when, as the bank's match reads it."""
    days = sorted(receipt.received_on for receipt in free)
    span = f"{days[0]:%m%d}-{days[-1]:%m%d}" if days[0] != days[-1] else f"{days[0]:%m%d}"
    return f"{group['account__name']}汇总 {span}"
