"""The questions one may ask of an account and its bank."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, Exists, Model, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext as _

from linli.bank import matching, rules, standing
from linli.bank.checking import faults as faults
from linli.bank.checking import match_bodies as match_bodies
from linli.bank.matching import Item, Limits, Pairing
from linli.bank.models import (
    BankLine,
    CashCount,
    Explanation,
    Match,
    MatchItem,
    OpeningItem,
    Statement,
)
from linli.bank.standing import OpenItem, Standing, standings
from linli.kernel import leaves, receipts
from linli.kernel.identity import mask_text
from linli.kernel.period import Period
from linli.kernel.place import Scope
from linli.kernel.words import gettext_noop
from linli.ledger import queries as ledger
from linli.sources import number

__all__ = ["OpenItem", "Standing", "standings"]

NO_SUMMARY = gettext_noop("（无摘要）")
PAGE_STEPS = 300_000
"""How long a page may search for sums; the act itself takes its time."""


def standing_of(account: Model, period: str) -> Standing:
    """One account at the end of a month. Raises LookupError if it was not open then."""
    for one in standings(account.book, period):
        if one.account.pk == account.pk:
            return one
    raise LookupError(f"account {account.pk} is not open in {period}")


def outstanding(account: Model, through_period: str) -> list[OpenItem]:
    """What is open on an account at the end of a month: by kind, then by day."""
    return standing_of(account, through_period).items


def label(account: Model) -> str:
    """How an account is named in public: …9876, or its name where it has no number."""
    return f"…{account.tail}" if account.tail else account.name


def reconciliation(book: Model, period: str, told: Sequence[Standing] | None = None) -> list[dict]:
    """The `bank` array of statement.json: every money account, in the order of the chart. `told`:
    its standings, if they are known.

    Summaries carry no personal data that can be recognised as such.
    """
    return [_published(one) for one in (standings(book, period) if told is None else told)]


def _published(one: Standing) -> dict:
    confirmed = one.status != rules.UNCONFIRMED
    return {
        "account": label(one.account),
        "fund": one.account.fund,
        "status": one.status,
        "book_balance_fen": one.book_balance_fen,
        "bank_balance_fen": one.bank_balance_fen if confirmed else None,
        "difference_fen": one.difference_fen if confirmed else None,
        "outstanding": [_published_item(item) for item in one.items],
    }


def _published_item(item: OpenItem) -> dict:
    return {
        "kind": item.kind,
        "date": item.on.isoformat(),
        "amount_fen": item.amount_fen,
        "summary": mask_text(item.summary),
        "since": item.since,
        "note": mask_text(item.note),
    }


# --- for the seal -------------------------------------------------------------------------------


def seal_accounts(book: Model, period: str) -> list[dict]:
    """The `bank` of a seal's leaf: per account its status, balance, files and matches' digest."""
    told = standings(book, period)
    matches = match_bodies([one.account.pk for one in told], period)
    return [_sealed(one, matches.get(one.account.pk, [])) for one in told]


def _sealed(one: Standing, matches: Sequence[bytes]) -> dict:
    month = Period(one.period)
    confirmed = one.status != rules.UNCONFIRMED
    return leaves.bank_account(
        account=one.account.code,
        fund=one.account.fund,
        status=one.status,
        closing_fen=one.bank_balance_fen if confirmed else None,
        files=[
            (bytes.fromhex(s.sha256), s.month_ends[one.period])
            for s in one.statements
            if s.from_on <= month.last_on and s.to_on >= month.first_on
        ],
        matches=receipts.matches_digest(matches) if matches else None,
    )


# --- the desk: what is to be matched ------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What is not matched on an account up to the end of a month, and what fits together."""

    bank: list[OpenItem]
    book: list[OpenItem]
    early: frozenset[str]
    pairing: Pairing


def limits(account: Model, on: date, *, steps: int = matching.STEPS) -> Limits:
    """The numbers of matching in force on a day at the account's place."""
    place = account.book.place
    return Limits(
        near_days=number("reconcile_match_days", on=on, place=place),
        reach_days=number("reconcile_lookback_days", on=on, place=place),
        fee_permille=number("reconcile_fee_permille", on=on, place=place),
        steps=steps,
    )


def desk(account: Model, through: str, *, steps: int = PAGE_STEPS) -> Desk:
    """What may be matched now: everything unmatched up to the last day of a month."""
    month = Period(through)
    statements = list(Statement.objects.filter(account=account))
    begin = standing.begins(statements, account.book.first_period)
    if begin is None:
        return Desk(bank=[], book=[], early=frozenset(), pairing=Pairing((), ()))
    bound = limits(account, month.last_on, steps=steps)
    lines = standing.bank_lines({account.pk: begin}, month.last_on).filter(standing.unmatched())
    items = [standing.of_bank_line(line, through) for line in lines]
    items += [
        standing.of_opening(item, through)
        for item in OpeningItem.objects.filter(standing.unmatched(), account=account)
    ]
    first = begin.first_on
    if _begins_apart(account, statements, begin):
        first -= timedelta(days=bound.reach_days)
    found = standing.book_lines({account.pk: first}, month.last_on).filter(standing.unmatched())
    rows = {f"e{line.pk}": line for line in found}
    items += [standing.of_entry_line(line, through) for line in rows.values()]
    early = frozenset(ref for ref, line in rows.items() if line.entry.date < begin.first_on)
    items.sort(key=lambda item: (item.on, item.ref))
    pairing = matching.pair(_as_items(items, rows, early), limits=bound)
    return Desk(
        bank=[item for item in items if item.side == rules.BANK],
        book=[item for item in items if item.side == rules.BOOK],
        early=early,
        pairing=pairing,
    )


def _begins_apart(account: Model, statements: Sequence[Statement], begin: Period) -> bool:
    """Whether bank and book differ where the statements begin: something was open already then."""
    opening = min(statements, key=lambda s: (s.from_on, s.number)).opening_fen
    before = ledger.money_accounts(account.book, begin.previous.code)
    book = next((int(a.balance_fen) for a in before if a.pk == account.pk), 0)
    declared = OpeningItem.objects.filter(account=account)
    known = sum(i.amount_fen * (1 if i.side == rules.BANK else -1) for i in declared)
    return opening != book + known


def _as_items(
    items: Sequence[OpenItem], rows: Mapping[str, Model], early: frozenset[str]
) -> list[Item]:
    told = []
    for item in items:
        entry = rows[item.ref].entry if item.ref in rows else None
        told.append(
            Item(
                ref=item.ref,
                side=item.side,
                on=item.on,
                amount_fen=item.fen,
                order=int(item.ref[1:]),
                summary=item.summary,
                counterparty=item.counterparty,
                number=item.number,
                reverses=entry.reverses.number if entry and entry.reverses else 0,
                original_on=entry.original_on if entry else None,
                early=item.ref in early,
            )
        )
    return told


def chosen(account: Model, refs: Sequence[str]) -> tuple[list[OpenItem], list[str], int]:
    """Items of an account by their refs: found, refs already matched, and how many are missing."""
    wanted = {
        kind: [int(r[1:]) for r in refs if r[:1] == kind and r[1:].isdecimal() and len(r) < 20]
        for kind in "beo"
    }
    lines = BankLine.objects.filter(account=account, pk__in=wanted["b"])
    entries = standing.entry_lines().filter(account=account, pk__in=wanted["e"])
    openings = OpeningItem.objects.filter(account=account, pk__in=wanted["o"])
    found = [standing.of_bank_line(line, line.period) for line in lines]
    found += [
        standing.of_entry_line(line, line.entry.period)
        for line in entries.exclude(entry__kind="opening").select_related("entry__wording")
    ]
    found += [standing.of_opening(item, item.period) for item in openings]
    taken = MatchItem.objects.filter(
        Q(line__in=wanted["b"]) | Q(entry_line__in=wanted["e"]) | Q(opening__in=wanted["o"])
    )
    matched = {standing.ref_of(item) for item in taken}
    return found, sorted(matched), len(set(refs)) - len(found)


def known_lines(account: Model, keys: Sequence[str]) -> dict[str, tuple[date, int]]:
    """Lines of an account kept before, by key: (day, fen)."""
    found: dict[str, tuple[date, int]] = {}
    for start in range(0, len(keys), 5000):
        rows = BankLine.objects.filter(account=account, key__in=keys[start : start + 5000])
        found |= {key: (on, fen) for key, on, fen in rows.values_list("key", "on", "amount_fen")}
    return found


def kept_elsewhere(account: Model, sha256: str) -> str:
    """The name of another account of the book that this very file was kept for, or ""."""
    others = Statement.objects.filter(account__book=account.book_id, sha256=sha256)
    others = others.filter(line_count__gt=0).exclude(account=account)
    return others.values_list("account__name", flat=True).first() or ""


# --- registers ----------------------------------------------------------------------------------


def _accounts() -> QuerySet:
    """Money accounts, reached by the foreign key that names them."""
    rows = Statement._meta.get_field("account").related_model.objects  # type: ignore[union-attr]
    return rows.filter(kind="money").select_related("book")


def account(pk: int) -> Model:
    """A money account with its book and its `place`; raises LookupError."""
    found = _accounts().filter(pk=pk).first()
    if found is None:
        raise LookupError(f"no money account {pk}")
    found.place = found.book.place
    return found


def accounts_told(book: Model, told: Sequence[Mapping]) -> list[Model | None]:
    """The money accounts behind a statement's rows of the bank, in its order; by name and fund."""
    known: dict[tuple[str, str], list[Model]] = defaultdict(list)
    for one in ledger.money_accounts(book):
        known[label(one), one.fund].append(one)
    rows = [known[row["account"], row["fund"]] for row in told]
    return [some.pop(0) if some else None for some in rows]


def accounts(scope: Scope) -> QuerySet:
    """The money accounts of a scope, each with `through_on`: where its statements end."""
    ends = Statement.objects.filter(account=OuterRef("pk")).order_by("-to_on").values("to_on")
    found = _accounts().filter(book__in=ledger.books(scope))
    return found.annotate(through_on=Subquery(ends[:1])).order_by("book__code", "position")


MOST_ON_A_DESK = 20


def unmatched_counts(scope: Scope) -> list[Model]:
    """Accounts of a scope with bank lines that are not matched, each with `free_count`."""
    free = Count("bank_lines", filter=Q(bank_lines__match_item__isnull=True))
    found = _accounts().filter(book__in=ledger.books(scope)).annotate(free_count=free)
    return list(found.filter(free_count__gt=0).order_by("-free_count", "pk")[:MOST_ON_A_DESK])


def waiting_explanations(scope: Scope) -> list[Explanation]:
    """The newest explanations of open items, of open months, that nobody has accepted."""
    sealed = ledger.books(scope).filter(seals__period__gte=OuterRef("period"))
    later = Explanation.objects.filter(
        Q(line=OuterRef("line"))
        | Q(entry_line=OuterRef("entry_line"))
        | Q(opening=OuterRef("opening")),
        pk__gt=OuterRef("pk"),
    )
    found = Explanation.objects.filter(
        ~Exists(sealed.filter(pk=OuterRef("account__book"))),
        ~Exists(later),
        account__book__in=ledger.books(scope),
        accepted_at=None,
    )
    return list(found.select_related("account__book").order_by("period", "pk")[:MOST_ON_A_DESK])


def waiting_counts(scope: Scope, *, but: int) -> list[CashCount]:
    """Counts that wait for a second person, who is not `but`, newest of each account and month."""
    later = CashCount.objects.filter(
        account=OuterRef("account"), period=OuterRef("period"), pk__gt=OuterRef("pk")
    )
    found = CashCount.objects.filter(
        ~Exists(later), account__book__in=ledger.books(scope), confirmed_at=None
    ).exclude(counted_by=but)
    return list(found.select_related("account__book").order_by("period", "pk")[:MOST_ON_A_DESK])


def statements(account: Model) -> QuerySet[Statement]:
    """The statements of an account, newest first, each with `new_count`."""
    found = Statement.objects.filter(account=account).select_related("kept_by")
    return found.annotate(new_count=Count("lines")).order_by("-number")


def lines_of(statement: Statement) -> QuerySet[BankLine]:
    """The lines that came new with a statement, each with its match."""
    return statement.lines.select_related("match_item__match").order_by("position")


@dataclass(frozen=True, slots=True, kw_only=True)
class Matched:
    """A match with what is in it."""

    match: Match
    bank: list[OpenItem]
    book: list[OpenItem]

    @property
    def how(self) -> str:
        """How it was found, in words."""
        return matching.HOWS.get(self.match.how, self.match.how)

    @property
    def fen(self) -> int:
        """What was matched; of a correction that cancels itself, one half."""
        return sum(item.fen for item in self.bank or self.book if item.fen > 0) or sum(
            item.fen for item in self.bank
        )


def matched(account: Model, period: str, names: Callable[[str], str] = str) -> list[Matched]:
    """The matches that count in a month, the last made first; `names`: as a reader may see them."""
    items = MatchItem.objects.filter(match__account=account, match__period=period)
    found: dict[object, Matched] = {}
    rows = items.select_related(
        "match__made_by", "line", "opening", "entry_line__entry__wording"
    ).order_by("-match__made_at", "match", "id")
    for row in rows:
        one = found.setdefault(row.match_id, Matched(match=row.match, bank=[], book=[]))
        if row.line_id:
            item = standing.of_bank_line(row.line, period)
        elif row.entry_line_id:
            item = standing.of_entry_line(row.entry_line, period)
        else:
            item = standing.of_opening(row.opening, period)
        (one.bank if item.side == rules.BANK else one.book).append(item.shown_by(names))
    return list(found.values())


def print_data(book: Model, period: str, *, account: Model | None = None) -> dict:
    """What `prints.render("reconciliation", …)` takes: every account, or one, that has a balance."""
    told = [
        one
        for one in standings(book, period)
        if one.bank_balance_fen is not None and (account is None or one.account.pk == account.pk)
    ]
    return {
        "code": f"{book.code}-{period}-B{account.position if account else 0:02d}",
        "unit": book.name,
        "book": book.code,
        "draft": period > ledger.sealed_through(book),
        "hands": [{"role": role, "name": ""} for role in (_("制表"), _("复核"), _("居民代表"))],
        "accounts": [_printed(one) for one in told],
    }


def _printed(one: Standing) -> dict:
    known = {"bank": one.account.bank, "tail": one.account.tail}
    return {
        "account": one.account.name,
        "fund": one.account.fund,
        "on": Period(one.period).last_on,
        "book_balance_fen": one.book_balance_fen,
        "bank_balance_fen": one.bank_balance_fen,
        "outstanding": [_published_item(item) for item in one.items],
        **{name: text for name, text in known.items() if text},
    }
