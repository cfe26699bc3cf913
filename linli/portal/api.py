"""Open data: the same books, months and entries as the pages, as JSON, for anybody."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Literal

from django.conf import settings
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from ninja import NinjaAPI, Path, Query, Schema
from ninja.errors import ValidationError

from linli import __version__
from linli.kernel.words import gettext_noop
from linli.portal import entries, pages, proofs, queries, rules, showing
from linli.portal.queries import Notice, Shelf
from linli.web.templatetags.words import say

PER_PAGE = 100
MONTH = r"^[0-9]{4}-(?:0[1-9]|1[0-2])$"
CODE = r"^[0-9A-Za-z_-]{1,16}$"


class Missing(Exception):  # noqa: N818 - an answer, not an error of the program
    """There is no such thing, or it is not published."""


class Reasons(Schema):
    """Why there is no answer."""

    reasons: list[str]


class BookOut(Schema):
    """A book: the money of one estate. `latest`: its latest published month ("" = none yet)."""

    code: str
    name: str
    place: str
    latest: str
    url: str


class BooksOut(Schema):
    count: int
    items: list[BookOut]


class MonthOut(Schema):
    """A published month or its correction. `root`: of the log before the seal, as the paper
    notice prints it; `size`: its number of leaves."""

    period: str
    version: int
    published_at: datetime
    shown_until_on: date | None
    size: int
    root: str
    url: str
    statement: str
    notice: str


class MonthsOut(Schema):
    count: int
    items: list[MonthOut]


class LineOut(Schema):
    """A line of an entry, in fen, debit positive."""

    fund: str
    account: str
    kind: str
    name: str
    project: str
    restriction: str
    amount_fen: int


class EntryOut(Schema):
    """An entry as everybody may read it.

    `words`: what is laid open; `withheld`: field → why it is not. `leaf`: index and hash in the
    book's log; `original_on`: of a correction, the day it should have been booked.
    """

    number: int
    kind: str
    date: date
    period: str
    original_on: date | None
    reverses: int | None
    reversed_by: int | None
    lines: list[LineOut]
    words: dict[str, str]
    withheld: dict[str, str]
    papers: int
    index: int
    leaf: str
    url: str


class EntriesOut(Schema):
    count: int
    page: int
    pages: int
    items: list[EntryOut]


class ObjectionOut(Schema):
    """An objection to a figure. `text`: only after somebody has looked for personal data in it."""

    number: int
    period: str
    version: int
    figure: str
    made_at: datetime
    state: Literal["checking", "open", "answered"]
    text: str
    withheld: str
    ground: str
    due_on: date
    outcome: str
    answer: str
    answered_at: datetime | None


class ObjectionsOut(Schema):
    count: int
    items: list[ObjectionOut]


api = NinjaAPI(
    title="邻里 linli",
    version=__version__,
    description=(
        "Open data of the estates' two accounts. Amounts are whole fen; days are ISO 8601; "
        "personal data is withheld, each time with the reason."
    ),
    docs_url=None,
    openapi_url="openapi.json",
    urls_namespace="api",
)
CAN_MISS: dict[Any, Any] = {404: Reasons}


@api.exception_handler(Missing)
def _missing(request: HttpRequest, fault: Missing) -> HttpResponse:
    return api.create_response(request, {"reasons": [str(fault)]}, status=404)


@api.exception_handler(ValidationError)
def _invalid(request: HttpRequest, fault: ValidationError) -> HttpResponse:
    told = [f"{'.'.join(map(str, one['loc'][1:]))}: {one['msg']}" for one in fault.errors]
    return api.create_response(request, {"reasons": told}, status=422)


# --- reading ----------------------------------------------------------------------------------


def _shelf(code: str) -> Shelf:
    found = queries.shelf(code)
    if found is None:
        raise Missing(_("没有这个账套"))
    return found


def _notice(shelf: Shelf, period: str, version: int | None = None) -> Notice:
    found = shelf.notice(period, version)
    if found is None:
        raise Missing(_("这个月还没有公示"))
    return found


def _url(name: str, *args: object) -> str:
    return f"{settings.PUBLIC_URL}{reverse(name, args=args)}"


@api.get("/books", response=BooksOut, url_name="books")
def books(
    request: HttpRequest,
    q: str = Query("", max_length=64, description="name, pinyin initials, community or code"),
    place: str = Query("", pattern=r"^[0-9]{0,15}$", description="code of a street or community"),
) -> dict[str, Any]:
    """Find books; without `q` and `place` those that published last."""
    if q.strip():
        found: Sequence[queries.Found] = queries.find(q)
    elif place:
        found = queries.of_place(place) if len(place) >= 6 else []
    else:
        found = [one.book for one in queries.recent(limit=50)]
    items = [
        {
            "code": one.code,
            "name": one.name,
            "place": one.place,
            "latest": one.period,
            "url": _url("portal:estate", one.code),
        }
        for one in found
    ]
    return {"count": len(items), "items": items}


@api.get("/books/{code}/months", response={200: MonthsOut, **CAN_MISS}, url_name="months")
def months(request: HttpRequest, code: str = Path(..., pattern=CODE)) -> dict[str, Any]:
    """Every published month of a book, corrections too, the newest first."""
    shelf = _shelf(code)
    told = queries.statements(shelf.notices)
    items = [_month(shelf, one, said) for one, said in zip(shelf.notices, told, strict=True)]
    return {"count": len(items), "items": items}


def _month(shelf: Shelf, notice: Notice, told: dict) -> dict[str, Any]:
    code, period, version = shelf.book.code, notice.period, notice.version
    return {
        "period": period,
        "version": version,
        "published_at": notice.published_at,
        "shown_until_on": notice.shown_until_on,
        "size": told["log"]["size"],
        "root": proofs.printed_root(told),
        "url": f"{settings.PUBLIC_URL}{showing.month_url(shelf, period, version)}",
        "statement": f"{_url('portal:file', code, period, 'statement.json')}?v={version}",
        "notice": f"{_url('portal:file', code, period, 'notice.pdf')}?v={version}",
    }


@api.get("/books/{code}/months/{period}", response={**CAN_MISS}, url_name="statement")
def statement(
    request: HttpRequest,
    code: str = Path(..., pattern=CODE),
    period: str = Path(..., pattern=MONTH),
    version: int | None = Query(None, ge=1, le=999),
) -> HttpResponse:
    """The statement of a month (`linli-statement/1`), byte for byte as it was sealed."""
    shelf = _shelf(code)
    notice = _notice(shelf, period, version)
    return pages.data(request, queries.file(notice, "statement.json"), "application/json")


@api.get(
    "/books/{code}/months/{period}/entries",
    response={200: EntriesOut, **CAN_MISS},
    url_name="entries",
)
def month_entries(
    request: HttpRequest,
    code: str = Path(..., pattern=CODE),
    period: str = Path(..., pattern=MONTH),
    fund: str = Query("", pattern=r"^[a-z_]*$"),
    category: str = Query("", pattern=r"^[a-z0-9_]*$"),
    page: int = Query(1, ge=1, le=100_000),
) -> dict[str, Any]:
    """The entries of a published month, oldest first; those of a fund or of a category of it."""
    shelf = _shelf(code)
    _notice(shelf, period)
    found = entries.of_month(shelf, period, fund=fund, category=category)
    paginator = Paginator(found, PER_PAGE)
    shown = paginator.get_page(page)
    names = showing.Names(shelf.book)
    return {
        "count": paginator.count,
        "page": shown.number,
        "pages": paginator.num_pages,
        "items": [_entry(shelf, one, names) for one in shown if shelf.shows(one)],
    }


@api.get("/books/{code}/entries/{number}", response={200: EntryOut, **CAN_MISS}, url_name="entry")
def entry(
    request: HttpRequest,
    code: str = Path(..., pattern=CODE),
    number: int = Path(..., ge=1, le=2**31 - 1),
) -> dict[str, Any]:
    """One entry of a published month."""
    shelf = _shelf(code)
    found = entries.of_number(shelf, number)
    if found is None:
        raise Missing(_("没有这笔分录，或者它所在的月份还没有公示。"))
    return _entry(shelf, found, showing.Names(shelf.book))


def _entry(shelf: Shelf, one: Any, names: showing.Names) -> dict[str, Any]:
    words = entries.words(one)
    undone = getattr(one, "reversed_by", None)
    return {
        "number": one.number,
        "kind": one.kind,
        "date": one.date,
        "period": one.period,
        "original_on": one.original_on,
        "reverses": one.reverses.number if one.reverses else None,
        "reversed_by": undone.number if undone and shelf.shows(undone) else None,
        "lines": [_line(line, names) for line in one.lines.all()],
        "words": {word.name: word.value for word in words if not word.withheld},
        "withheld": {
            word.name: say(rules.WITHHELD[word.withheld]) for word in words if word.withheld
        },
        "papers": one.paper_count,
        "index": one.leaf.index,
        "leaf": one.leaf.hash,
        "url": _url("portal:entry", shelf.book.code, one.number),
    }


def _line(line: Any, names: showing.Names) -> dict[str, Any]:
    account = line.account
    name = account.name if account.kind == "money" else names(account.fund, account.code)
    return {
        "fund": account.fund,
        "account": account.code,
        "kind": account.kind,
        "name": name,
        "project": line.project.code if line.project else "",
        "restriction": line.restriction,
        "amount_fen": line.amount_fen,
    }


@api.get(
    "/books/{code}/objections", response={200: ObjectionsOut, **CAN_MISS}, url_name="objections"
)
def objections(
    request: HttpRequest,
    code: str = Path(..., pattern=CODE),
    period: str = Query("", pattern=r"^$|" + MONTH),
) -> dict[str, Any]:
    """The objections to a book's published figures and what was answered."""
    shelf = _shelf(code)
    found = queries.objections(shelf.book, period)
    names = ObjectionOut.model_fields
    items = [{name: getattr(one, name) for name in names} for one in found]
    return {"count": len(items), "items": [_worded(item) for item in items]}


def _worded(item: dict[str, Any]) -> dict[str, Any]:
    return item | {"outcome": say(item["outcome"])}


# --- the way in -------------------------------------------------------------------------------


def schema() -> dict[str, Any]:
    """What this interface offers, as OpenAPI."""
    return dict(api.get_openapi_schema(path_prefix=reverse("portal:api:api-root")))


@require_safe
def described(request: HttpRequest) -> HttpResponse:
    """openapi.json."""
    content = json.dumps(schema(), ensure_ascii=False, indent=1).encode()
    return pages.data(request, content, "application/json")


CALLS = {
    "books": gettext_noop("查找账套；不写 q 和 place，给出最近公示的账套"),
    "months": gettext_noop("一个账套公示过的全部月份和更正，新的在前"),
    "statement": gettext_noop("一个月的两笔账（linli-statement/1），和封存时逐字节一致"),
    "month_entries": gettext_noop("一个月的逐笔分录，早的在前；可以只要一类资金或一个科目"),
    "entry": gettext_noop("一笔分录"),
    "objections": gettext_noop("对公示数字的异议和答复"),
}
"""What each call gives, for a person; openapi.json says it to a program."""
PARAMETERS = {
    "q": gettext_noop("名称、拼音首字母、社区或账套编号"),
    "place": gettext_noop("街道或社区的编码"),
    "code": gettext_noop("账套编号，如 B000001"),
    "period": gettext_noop("月份，如 2026-10"),
    "version": gettext_noop("第几版，不写为最新一版"),
    "fund": gettext_noop("资金来源：common、seed 或 fiscal"),
    "category": gettext_noop("科目编码，如 parking"),
    "page": gettext_noop("第几页"),
    "number": gettext_noop("分录号"),
}


@require_safe
def front(request: HttpRequest) -> HttpResponse:
    """The interface in words, for a person."""
    told = schema()
    calls = [
        {
            "path": where,
            "text": CALLS[call["operationId"].removeprefix("linli_portal_api_")],
            "parameters": [
                {"name": one["name"], "text": PARAMETERS[one["name"]]}
                for one in call.get("parameters", ())
            ],
        }
        for where, methods in told["paths"].items()
        for call in methods.values()
    ]
    example = next((one.book for one in queries.recent(limit=1)), None)
    context = {"calls": calls, "example": example, "base": settings.PUBLIC_URL}
    return pages.fresh(request, "portal/api.html", context)


def urls() -> tuple[list[Any], str, str]:
    """The addresses of the interface, its first page and its description being our own."""
    made, app, space = api.urls
    own = {"api-root": path("", front, name="api-root")}
    own["openapi-json"] = path("openapi.json", described, name="openapi-json")
    return [*(one for one in made if one.name not in own), *own.values()], app, space
