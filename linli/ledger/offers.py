"""What forms choose from and pages begin with: books, entries, categories, words used before."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime

from django.db.models import Exists, F, Max, OuterRef, Q, QuerySet, Subquery, Sum
from django.http import Http404

from linli.kernel.money import parse_yuan
from linli.kernel.period import Period
from linli.kernel.place import Scope
from linli.kernel.rulings import ALLOWED, Ruling
from linli.ledger import posting, rules
from linli.ledger.models import Account, Balance, Book, Entry, Line, Project, Seal, Tally, Wording
from linli.ledger.rules import Draft
from linli.places import queries as places
from linli.search import words
from linli.sources import chart

SHORT_LIST = 30
LONGEST_NUMBER = 6


def book_at(code: str) -> Book:
    """A book by its code; Http404 where there is none."""
    book = Book.objects.filter(code=code).first()
    if book is None:
        raise Http404
    return book


def account_at(code: str, pk: int) -> Account:
    """An account of a book, with the book's `place`; Http404 where there is none."""
    account = Account.objects.select_related("book").filter(book__code=code, pk=pk).first()
    if account is None:
        raise Http404
    account.place = account.book.place  # type: ignore[attr-defined]
    return account


def project_at(code: str, pk: int) -> Project:
    """A project of a book, with the book's `place`; Http404 where there is none."""
    project = Project.objects.select_related("book").filter(book__code=code, pk=pk).first()
    if project is None:
        raise Http404
    project.place = project.book.place  # type: ignore[attr-defined]
    return project


def entry_at(code: str, number: int) -> Entry:
    """An entry of a book with words and people, and the book's `place`; Http404 without one."""
    entry = (
        Entry.objects.filter(book__code=code, number=number)
        .select_related(
            "book", "leaf", "wording", "prepared_by", "approved_by", "seconded_by", "reverses"
        )
        .first()
    )
    if entry is None:
        raise Http404
    entry.place = entry.book.place  # type: ignore[attr-defined]
    return entry


def register(scope: Scope, *, text: str = "") -> QuerySet[Book]:
    """The books within a scope, each with `through` (last sealed month) and `held_fen` (all money)."""
    held = (
        Balance.objects.filter(account__book=OuterRef("pk"), account__kind=rules.MONEY)
        .values("account__book")
        .annotate(fen=Sum(F("debit_fen") - F("credit_fen")))
        .values("fen")
    )
    sealed = (
        Seal.objects.filter(book=OuterRef("pk"))
        .order_by()
        .values("book")
        .annotate(last=Max("period"))
        .values("last")
    )
    found = Book.objects.within(scope).annotate(held_fen=Subquery(held), through=Subquery(sealed))
    if text := text.strip():
        found = found.filter(name__icontains=text) | found.filter(code__iexact=text)
    return found.order_by("code")


def find_books(text: str, scope: Scope, *, limit: int) -> list[Book]:
    """Books by name, code or the pinyin initials of their place, in order of their codes."""
    like = Q(name__icontains=text)
    if plain := words.latin(text):
        of_place = places.in_force().within(scope).filter(initials__begins=plain)
        like |= Q(code__begins=text.upper()) | Q(place__in=of_place.values("place"))
    return list(Book.objects.within(scope).filter(like).order_by("code")[:limit])


def find_accounts(text: str, scope: Scope, *, limit: int) -> list[Account]:
    """Money accounts by name, bank, who holds them, or the tail of their number."""
    like = Q(name__icontains=text) | Q(bank__icontains=text) | Q(holder_name__icontains=text)
    if text.isascii() and text.isdigit():
        like |= Q(tail=text)
    inside = Book.objects.within(scope).values("pk")
    found = Account.objects.filter(like, kind=rules.MONEY, book__in=inside)
    return list(found.select_related("book").order_by("book__code", "position")[:limit])


def find_projects(text: str, scope: Scope, *, limit: int) -> list[Project]:
    """Projects by name, code, number of the agreement, or who carries them out; newest first."""
    like = Q(name__icontains=text) | Q(contractor__icontains=text)
    like |= Q(code__icontains=text) | Q(agreement__icontains=text)
    inside = Book.objects.within(scope).values("pk")
    found = Project.objects.filter(like, book__in=inside)
    return list(found.select_related("book").order_by("-added_at", "pk")[:limit])


def find_entries(text: str, scope: Scope, *, since: str, limit: int) -> list[Entry]:
    """Imported entries from a month on ("": all), newest first, each with `total_fen`; one query.

    By summary, counterparty (unless a natural person), document, voucher number, entry number or
    amount.
    """
    like = Q(wording__summary__icontains=text) | Q(wording__document__icontains=text)
    like |= Q(wording__counterparty__icontains=text, wording__person=False)
    like |= Q(wording__voucher__endswith=text)
    if text.isascii() and text.isdigit() and len(text) <= LONGEST_NUMBER:
        like |= Q(number=int(text))
    lines = Line.objects.filter(entry=OuterRef("pk")).order_by()
    if fen := parse_yuan(text)[0]:
        like |= Q(Exists(lines.filter(amount_fen__in=[fen, -fen])))
    inside = Book.objects.within(scope).values("pk")
    rows = Entry.objects.filter(like, kind=rules.IMPORT, book__in=inside, period__gte=since)
    chosen = rows.order_by("-period", "-number", "-pk").values("pk")[:limit]
    total = lines.filter(amount_fen__gt=0).values("entry").annotate(fen=Sum("amount_fen"))
    found = Entry.objects.filter(pk__in=chosen).select_related("book", "wording")
    found = found.annotate(total_fen=Subquery(total.values("fen")))
    return list(found.order_by("-period", "-number", "-pk"))


def names_of(book: Book) -> dict[tuple[str, str], object]:
    """What the categories of a book are called, with their English: (fund, code) → word."""
    return {(c.fund, c.code): c.name for c in chart(book.chart_version)}


def categories(book: Book) -> list[Account]:
    """The categories that a voucher may name, in chart order."""
    wanted = [rules.INCOME, rules.COST, rules.USE, rules.TRANSFER, rules.LIABILITY]
    return list(Account.objects.filter(book=book, kind__in=wanted).order_by("position"))


def match_categories(book: Book) -> tuple[int, int] | None:
    """The categories by which fiscal money passes to the seed fund: ids of (out, in)."""
    found = dict(
        Account.objects.filter(book=book, code__in=[rules.MATCH_OUT, rules.MATCH_IN]).values_list(
            "code", "pk"
        )
    )
    return (found[rules.MATCH_OUT], found[rules.MATCH_IN]) if len(found) == 2 else None


def restrictions(book: Book) -> list[tuple[str, str, int]]:
    """Pledges and grants known to the book: (fund, code, what is left of it in fen)."""
    rows = (
        Tally.objects.filter(book=book)
        .exclude(restriction="")
        .values("fund", "restriction")
        .annotate(left=Sum(F("in_fen") - F("out_fen")))
        .order_by("fund", "restriction")
    )
    return [(row["fund"], row["restriction"], int(row["left"])) for row in rows]


def project_codes(book: Book, ids: Collection[int]) -> dict[int, str]:
    """Codes of projects of the book: id → code."""
    found = Project.objects.filter(book=book, pk__in=ids)
    return dict(found.values_list("pk", "code"))


def first_words(ids: Collection[int]) -> dict[int, tuple[str, date]]:
    """The voucher numbers (or entry numbers) and days of entries: id → (number, day). One query."""
    rows = Entry.objects.filter(pk__in=ids).select_related("wording")
    return {e.pk: (e.wording.voucher or f"{e.number:04d}", e.date) for e in rows}


def said_before(book: Book, field: str, *, limit: int = SHORT_LIST) -> list[str]:
    """What was written before in a field of the words of a book's entries, the latest first."""
    rows = (
        Wording.objects.filter(entry__book=book)
        .exclude(**{field: ""})
        .values(field)
        .annotate(last=Max("entry__number"))
        .order_by("-last")
    )
    return [row[field] for row in rows[:limit]]


def periods(book: Book, *, until: str) -> list[str]:
    """The months of a book from its first one to another, newest first."""
    first, last = Period(book.first_period), Period(max(until, book.first_period))
    return [month.code for month in first.to(last)][::-1]


def balances(book: Book, ids: Sequence[int]) -> dict[int, int]:
    """What stands on some accounts now, debit positive: account id → fen."""
    rows = (
        Balance.objects.filter(account__book=book, account_id__in=ids)
        .values("account_id")
        .annotate(fen=Sum(F("debit_fen") - F("credit_fen")))
    )
    return {row["account_id"]: int(row["fen"]) for row in rows}


def last_line_on(account: Account) -> date | None:
    """The latest day on which an account was moved."""
    return Line.objects.filter(account=account).aggregate(last=Max("entry__date"))["last"]


def try_out(book: Book, drafts: Sequence[Draft], *, now: datetime) -> tuple[Ruling, int]:
    """What would refuse posting several drafts one after the other, and what they pay out, in fen.

    A reversal and what replaces it are judged together: the second sees what the first moved.
    """
    found = posting.facts(book, drafts, now=now)
    ruling, paid = ALLOWED, 0
    for draft in drafts:
        one = rules.may_post(draft, found)
        ruling, paid = ruling & one, max(paid, rules.paid(draft, found))
        if one.allowed:
            found.after(draft)
    return ruling, paid
