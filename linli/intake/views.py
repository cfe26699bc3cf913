"""Bringing in ledger sheets and bank files: upload, mapping, dry run, posting.

Everything is done within the request, so nothing runs on unseen and nothing can be left half done
when a worker dies: reading stays below ten seconds by the limits of `linli.sheets`, posting by
`rules.MOST_ROWS_ONLINE`; what is larger is told to be parted, or taken in by the command line.
"""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from linli.files import rules as file_rules
from linli.intake import bank_steps, ledger_steps, queries, reading, rules, uploads
from linli.intake.forms import UploadForm
from linli.intake.models import Upload
from linli.intake.proposing import BANK, LEDGER
from linli.kernel.roles import BOOKKEEPER
from linli.kernel.rulings import Refused
from linli.ledger import queries as ledger
from linli.sheets.answers import download
from linli.web.access import needs
from linli.web.context import Link
from linli.web.reasons import put_on
from linli.web.registers import Column, Register

UNPROCESSABLE, CONFLICT = 422, 409
FORM = ["GET", "HEAD", "POST"]
MOST_BOOKS = 200
STEPS = {LEDGER: ledger_steps, BANK: bank_steps}
STATES = {
    "done": gettext_lazy("已导入"),
    "tried": gettext_lazy("已试算"),
    "new": gettext_lazy("待对应"),
}
TOML = "application/toml"


def state_of(upload: Upload) -> tuple[Any, str]:
    """(word, kind of badge) of where an upload stands."""
    if upload.done_at:
        return STATES["done"], "done"
    return (STATES["tried"], "open") if upload.trial else (STATES["new"], "draft")


COLUMNS = (
    Column(
        code="name",
        label=gettext_lazy("文件"),
        href=lambda row: reverse("intake:detail", args=[row.pk]),
        sort="name",
    ),
    Column(code="kind", label=gettext_lazy("种类"), value=lambda row: reading.KINDS[row.kind]),
    Column(code="book", label=gettext_lazy("账套"), value="book.name", sort="book__name"),
    Column(code="state", label=gettext_lazy("进展"), kind="state", value=state_of),
    Column(code="made_by", label=gettext_lazy("上传人"), value="made_by.name"),
    Column(code="made_at", label=gettext_lazy("上传时间"), kind="moment", sort="made_at"),
    Column(code="done_at", label=gettext_lazy("导入时间"), kind="moment", shown=False),
)


@require_safe
@never_cache
@needs(BOOKKEEPER)
def index(request: HttpRequest) -> HttpResponse:
    """What was brought in and what is on its way; the ways to bring in more."""
    scope = request.access.scope(BOOKKEEPER)  # type: ignore[attr-defined]
    books = list(ledger.books(scope)[:MOST_BOOKS])  # type: ignore[index]
    rows = Upload.objects.within(scope).select_related("book", "made_by")
    asked = request.GET.get("book", "")
    chosen = [book for book in books if book.code == asked] or (books if len(books) == 1 else [])
    if asked:
        rows = rows.filter(book__code=asked)
    register = Register(
        request,
        rows=rows,
        columns=COLUMNS,
        tabs=[
            Link(_("全部"), "?", current=not asked),
            *(Link(b.name, f"?book={b.code}", current=b.code == asked) for b in books),
        ]
        if len(books) > 1
        else [],
        empty_title=gettext_lazy("还没有导入过文件"),
        empty_text=gettext_lazy(
            "物业或会计的收支明细表、银行和收款码的流水，原样上传即可，先试算再入账。"
        ),
    )
    context = {"register": register, "book": chosen[0] if chosen else None, "books": books}
    return render(request, register.template("intake/index.html"), context)


@require_http_methods(FORM)
@never_cache
@needs(BOOKKEEPER, of=ledger.offers.book_at)
def new_ledger(request: HttpRequest, book: Any) -> HttpResponse:
    """Upload a ledger sheet."""
    return _new(request, book, LEDGER)


@require_http_methods(FORM)
@never_cache
@needs(BOOKKEEPER, of=ledger.offers.book_at)
def new_bank(request: HttpRequest, book: Any) -> HttpResponse:
    """Upload a bank's or wallet's file; with ?account= for that account."""
    asked = request.GET.get("account", "")
    account = next((a for a in queries.banked_accounts(book) if str(a.pk) == asked), None)
    return _new(request, book, BANK, account)


def _new(request: HttpRequest, book: Any, kind: str, account: Any = None) -> HttpResponse:
    sent = request.method == "POST"
    form = UploadForm(request.POST, request.FILES) if sent else UploadForm()
    if sent and form.is_valid():
        try:
            begun = _begin(request, book, kind, form.cleaned_data["file"], account)
        except Refused as refused:
            form.ruling = refused.ruling  # type: ignore[attr-defined]
            put_on(form, refused.ruling)
        else:
            if begun.again:
                _say_again(request, begun.subject)
                return redirect("intake:detail", begun.subject.pk)
            return redirect("intake:mapping", begun.subject.pk)
    context = {"book": book, "form": form, "kind": kind, "account": account}
    return render(request, "intake/new.html", context, status=UNPROCESSABLE if sent else 200)


def _begin(request: HttpRequest, book: Any, kind: str, file: Any, account: Any) -> uploads.Begun:
    """Open the file and keep it; raises Refused for whatever cannot be read."""
    if file.size > file_rules.LARGEST:
        file_rules.may_keep(name=file.name, size=file.size, kind=file_rules.TEXT).enforce()
    data = file.read()
    workbook, ruling = reading.open_workbook(data, name=file.name)
    ruling.at("file").enforce()
    assert workbook is not None
    longest = max((len(sheet.rows) for sheet in workbook.sheets), default=0)
    rules.fits_a_page(rows=longest, kind=kind).at("file").enforce()
    proposal = reading.propose(workbook, kind=kind, version=book.chart_version)
    return uploads.begin(
        by=request.user,
        book=book,
        kind=kind,
        content=data,
        name=file.name,
        kept_name=reading.kept_name(file.name, workbook),
        signature=reading.signature_of(proposal, kind=kind),
        account=account,
        now=timezone.now(),
    )


def _say_again(request: HttpRequest, upload: Upload) -> None:
    """A file that was brought before is told, with when and by whom."""
    said = {
        "day": timezone.localdate(upload.done_at or upload.made_at).isoformat(),
        "name": (upload.done_by or upload.made_by).name,
    }
    text = (
        _("这个文件 %(day)s 已由%(name)s导入，没有重复导入；下面是当时的结果")
        if upload.done_at
        else _("这个文件 %(day)s 已由%(name)s上传，接着办即可")
    )
    messages.info(request, text % said)


# --- one upload ---------------------------------------------------------------------------------


@require_safe
@never_cache
@needs(BOOKKEEPER, of=Upload)
def detail(request: HttpRequest, upload: Upload) -> HttpResponse:
    """The dry run of an upload, or what became of it."""
    if not upload.trial and not upload.done_at:
        return redirect("intake:mapping", upload.pk)
    return page(request, upload)


def page(request: HttpRequest, upload: Upload, *, status: int = 200, **more: Any) -> HttpResponse:
    context = STEPS[upload.kind].trial_context(request, upload) | more
    return render(request, f"intake/{upload.kind}_trial.html", context, status=status)


@require_http_methods(FORM)
@never_cache
@needs(BOOKKEEPER, of=Upload)
def mapping(request: HttpRequest, upload: Upload) -> HttpResponse:
    """What each heading is read as: shown with samples, to be confirmed or mended."""
    steps = STEPS[upload.kind]
    context = steps.mapping_context(request, upload)
    if request.method != "POST":
        return render(request, "intake/mapping.html", context)
    chosen = steps.chosen(request, context)
    if chosen is None:
        return render(request, "intake/mapping.html", context, status=UNPROCESSABLE)
    upload = uploads.choose(
        by=request.user,
        upload=upload,
        now=timezone.now(),
        signature=context["signature"] if "mapping" in chosen else "",
        **chosen,
    )
    if set(chosen) == {"sheet"}:
        return redirect("intake:mapping", upload.pk)
    return _tried(request, upload)


@require_safe
@needs(BOOKKEEPER, of=Upload)
def toml(request: HttpRequest, upload: Upload) -> HttpResponse:
    """The mapping as a file, for other books and for the command line."""
    context = STEPS[upload.kind].mapping_context(request, upload)
    text = upload.mapping or context["proposed_toml"]
    stem = upload.name.rpartition(".")[0] or upload.name
    return download(text.encode(), f"{stem}.toml", TOML)


@require_POST
@needs(BOOKKEEPER, of=Upload)
def check(request: HttpRequest, upload: Upload) -> HttpResponse:
    """Try it again as it stands; for a bank's file with what a person says of it."""
    return _checked(request, upload)


def _checked(request: HttpRequest, upload: Upload) -> HttpResponse:
    said = STEPS[upload.kind].said(request, upload)
    if isinstance(said, dict):
        upload = uploads.choose(by=request.user, upload=upload, now=timezone.now(), **said)
        return _tried(request, upload)
    return page(request, upload, status=UNPROCESSABLE, form=said)


def _tried(request: HttpRequest, upload: Upload) -> HttpResponse:
    trial = STEPS[upload.kind].trial(request.user, upload, now=timezone.now())
    uploads.note_trial(by=request.user, upload=upload, trial=trial, now=timezone.now())
    return redirect("intake:detail", upload.pk)


@require_safe
@needs(BOOKKEEPER, of=Upload)
def bad(request: HttpRequest, upload: Upload) -> HttpResponse:
    """The rows to mend, as a workbook that is uploaded again afterwards."""
    data = STEPS[upload.kind].bad_rows(upload)
    if data is None:
        raise Http404
    stem = upload.name.rpartition(".")[0] or upload.name
    return download(data, f"{stem} {_('需修改的行')}.xlsx", ledger_steps.XLSX)


@require_POST
@needs(BOOKKEEPER, of=Upload)
def post(request: HttpRequest, upload: Upload) -> HttpResponse:
    """Take it in: everything or nothing, or the good rows. What was said anew is tried first."""
    if not upload.done_at and STEPS[upload.kind].retold(request, upload):
        messages.info(request, _("账户、日期或余额改了，已重新试算；看过再保存"))
        return _checked(request, upload)
    try:
        text = STEPS[upload.kind].post(
            request.user, upload, accept=request.POST.get("accept") == "good", now=timezone.now()
        )
    except Refused as refused:
        upload.refresh_from_db()
        if not upload.trial and not upload.done_at:
            messages.warning(request, str(refused.ruling))
            return redirect("intake:mapping", upload.pk)
        return page(request, upload, status=CONFLICT, ruling=refused.ruling)
    messages.success(request, text)
    return redirect("intake:detail", upload.pk)


@require_POST
@needs(BOOKKEEPER, of=Upload)
def drop(request: HttpRequest, upload: Upload) -> HttpResponse:
    """Let it go before it was taken in."""
    code = upload.book.code
    try:
        uploads.drop(by=request.user, upload=upload, now=timezone.now())
    except Refused as refused:
        return page(request, upload, status=CONFLICT, ruling=refused.ruling)
    messages.success(request, _("已放弃，没有导入任何内容"))
    return redirect(f"{reverse('intake:index')}?book={code}")
