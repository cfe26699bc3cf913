"""The verbs of the ledger."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.contrib.auth.models import AbstractBaseUser
from django.utils import timezone

from linli.kernel import body as bodies
from linli.kernel import note
from linli.kernel.period import Period
from linli.kernel.rulings import Refused, every, refuse, require
from linli.kernel.words import gettext_noop as _
from linli.keys import vault
from linli.ledger import log as logs
from linli.ledger import posting, queries, rules
from linli.ledger.accounts import close_account as close_account
from linli.ledger.accounts import open_account as open_account
from linli.ledger.heads import change_key as change_key
from linli.ledger.heads import checkpoint as checkpoint
from linli.ledger.models import (
    WORDS,
    Account,
    Book,
    Budget,
    Entry,
    Leaf,
    Paper,
    Project,
    Seal,
    Wording,
)
from linli.ledger.posting import Posted, Salt
from linli.ledger.rules import Draft, DraftLine
from linli.sources import FUNDS, chart, number
from linli.trail.acts import act

User = AbstractBaseUser | None


def _salt() -> bytes:
    return secrets.token_bytes(32)


@act("ledger.open_book")
def open_book(
    *,
    by: User,
    name: str,
    place: str,
    first_period: str,
    now: datetime,
    code: str = "",
    county: str = "",
    kind: str = "estate",
    live_from: str = "",
    limit_fen: int | None = None,
    custodian: str = "",
    office: str = "",
    phone: str = "",
) -> Book:
    """Open a book for a place, with every category of the chart and its first log leaf.

    `first_period`: the first month of the book, as 2026-09; `live_from`: the first month kept by
    vouchers ("" while history is brought in); `limit_fen`: None takes the number in force.
    """
    code = code or queries.next_code()
    county = county or place[:6]
    (
        require(
            not Book.objects.filter(code=code).exists(), _("账套编号 %(code)s 已被使用"), code=code
        ).at("code")
        & require(
            not Book.objects.filter(place=place, kind=kind).exists(),
            _("该处已有账套"),
            "linli:ledger.words",
        ).at("place")
    ).enforce()
    on = timezone.localdate(now)
    book = Book(
        code=code,
        name=name,
        kind=kind,
        place=place,
        county=county,
        first_period=first_period,
        live_from=live_from,
        limit_fen=number("two_approvers_above_fen", on=on, place=place)
        if limit_fen is None
        else limit_fen,
        custodian=custodian,
        office=office,
        phone=phone,
        opened_at=now,
    )
    book.log = logs.create(logs.book_origin(book))
    book.save()
    _open_chart(book)
    _announce_key(book, now)
    return book


def _open_chart(book: Book) -> None:
    rows = [
        Account(
            book=book,
            fund=category.fund,
            code=category.code,
            kind=category.side,
            name=category.name,
            position=place,
        )
        for place, category in enumerate(
            c for c in chart(book.chart_version) if c.book in {"", book.kind}
        )
    ]
    Account.objects.bulk_create(vault.marked(rows))


def _announce_key(book: Book, now: datetime) -> None:
    """The first leaf of a book says which key signs it."""
    log = logs.locked(book.log_id)
    signer = vault.first_key(log.origin)
    body = bodies.encode(note.key_leaf(index=0, signer=signer, at=now, book=book.code))
    logs.append(log, [("key", body)], now=now)
    logs.keep(log)


@act("ledger.go_live")
def go_live(*, by: User, book: Book, live_from: str, now: datetime) -> Book:
    """From this month on the book is kept by vouchers; history may be imported only before it."""
    logs.locked(book.log_id)
    rules.may_go_live(
        live_from=live_from,
        held=Book.objects.values_list("live_from", flat=True).get(pk=book.pk),
        sealed_through=queries.sealed_through(book),
        this_month=f"{timezone.localdate(now):%Y-%m}",
    ).enforce()
    book.live_from = live_from
    book.save(update_fields=["live_from"])
    return book


@act("ledger.tell_contact")
def tell_contact(
    *, by: User, book: Book, custodian: str, office: str, phone: str, now: datetime
) -> Book:
    """Say who keeps the money and where one objects; it is printed on the next notice."""
    book.custodian, book.office, book.phone = custodian, office, phone
    book.save(update_fields=["custodian", "office", "phone"])
    return book


@act("ledger.add_project")
def add_project(
    *,
    by: User,
    book: Book,
    code: str,
    name: str,
    budgets: Mapping[str, int],
    now: datetime,
    agreement: str = "",
    contractor: str = "",
    need: str = "",
    stage: str = "",
) -> Project:
    """Register a project with what its agreement lets it draw from each fund, in fen.

    The same project again, with the same content, is the first one.
    """
    found = Project.objects.filter(book=book, code=code).first()
    if found:
        held = {budget.fund: budget.budget_fen for budget in found.budgets.all()}
        require(
            held == dict(budgets) and found.name == name,
            _("项目编号 %(code)s 已登记为“%(name)s”，内容不同"),
            "linli:ledger.6",
            code=code,
            name=found.name,
        ).at("project").enforce()
        return found
    every(
        require(
            fund in FUNDS and fen > 0, _("预算须为正数，资金来源须在三类之中"), "linli:ledger.7"
        )
        for fund, fen in budgets.items()
    ).at("budget").enforce()
    project = Project(
        book=book,
        code=code,
        name=name,
        agreement=agreement,
        contractor=contractor,
        need=need,
        stage=stage,
        added_at=now,
    )
    project.save()
    for fund, fen in budgets.items():
        Budget(project=project, fund=fund, budget_fen=fen).save()
    return project


@act("ledger.tell_stage")
def tell_stage(*, by: User, book: Book, project: Project, stage: str, now: datetime) -> Project:
    """Say how far a project has come; the statements sealed from now on say it."""
    rules.may_tell_stage(stage=stage, own=project.book_id == book.pk).enforce()
    project.stage = stage.strip()
    project.save(update_fields=["stage"])
    return project


@act("ledger.post")
def post(
    *, by: User, book: Book, drafts: Sequence[Draft], now: datetime, salt: Salt = _salt
) -> Posted:
    """Post drafts, all or none, in order; returns the entry number of each.

    A key used before with the same content gives the first number again and posts nothing; with
    other content it is refused, and so is everything LEDGER §3 forbids. In a refusal of several
    drafts `row` is the place of the draft, from 0. `salt` is given in tests.
    """
    require(drafts, _("没有可记的账")).enforce()
    log, known, found = posting.read(book, drafts, now=now)
    if log.checked_size < log.size and _yesterday(log.last_at, now):
        logs.checkpoint(book, log, now=now)
    writer = posting.Writer(book, log, found, now, salt)
    numbers: list[int] = []
    rulings = []
    for place, draft in enumerate(drafts):
        content, row = rules.content(draft), place if len(drafts) > 1 else None
        if draft.key in known:
            number_, same = known[draft.key]
            ruling = rules.may_repeat(key=draft.key, same=same == content, number=number_)
            rulings.append(ruling.at("", row))
            numbers.append(number_)
            continue
        ruling = rules.may_post(draft, found)
        rulings.append(ruling.at("", row))
        if ruling.allowed:
            numbers.append(writer.add(draft, content))
            known[draft.key] = (numbers[-1], content)
    every(rulings).enforce()
    if writer.entries:
        writer.write()
    if writer.papers:
        Paper.objects.bulk_create(
            vault.marked([Paper(entry_id=e, position=p, sha256=sha) for e, p, sha in writer.papers])
        )
    return Posted(book, tuple(numbers), len(writer.entries))


def _yesterday(last_at: datetime | None, now: datetime) -> bool:
    return last_at is not None and timezone.localdate(last_at) < timezone.localdate(now)


@act("ledger.post_opening")
def post_opening(
    *,
    by: User,
    book: Book,
    balances: Mapping[int, int],
    now: datetime,
    words: Mapping[str, str] | None = None,
    salt: Salt = _salt,
) -> Posted:
    """Post the opening of a book: money account id → fen, dated the day before its first month."""
    accounts = Account.objects.filter(book=book, pk__in=balances).order_by("position")
    lines = [
        DraftLine(fund=a.fund, account=a.code, amount_fen=balances[a.pk])
        for a in accounts
        if balances[a.pk]
    ]
    for fund in FUNDS:
        total = sum(line.amount_fen for line in lines if line.fund == fund)
        if total:
            lines.append(DraftLine(fund=fund, account=rules.NET_ASSETS, amount_fen=-total))
    draft = Draft(
        key=f"opening:{book.first_period}",
        kind=rules.OPENING,
        date=Period(book.first_period).previous.last_on,
        lines=tuple(lines),
        words=words or {},
        prepared_by=by.pk if by else None,
        prepared_role="bookkeeper",
    )
    return post(by=by, book=book, drafts=[draft], now=now, salt=salt)


@act("ledger.reverse")
def reverse(
    *,
    by: User,
    entry: Entry,
    on: date,
    people: Mapping[str, object],
    reason: str,
    now: datetime,
    replacement: Draft | None = None,
    salt: Salt = _salt,
) -> Posted:
    """Reverse an entry on a day of an open month and, with it, post what should have stood.

    `people`: the preparer's and approvers' fields of a Draft. Both entries name the original date.
    """
    logs.locked(entry.book.log_id)
    done = Entry.objects.filter(reverses=entry).values_list("number", flat=True).first()
    rules.may_reverse(kind=entry.kind, reversed_by=done).enforce()
    original = entry.original_on or entry.date
    wording = entry.wording
    drafts = [
        Draft(
            key=f"reversal:{entry.number}",
            kind=rules.REVERSAL,
            date=on,
            lines=rules.inverse(queries.draft_lines(entry)),
            words={
                "summary": f"冲销第 {entry.number} 号：{wording.summary}"[:200],
                "counterparty": wording.counterparty,
                "document": wording.document,
                "note": reason,
            },
            reverses=entry.number,
            original=original,
            person=wording.person,
            **people,  # type: ignore[arg-type]
        )
    ]
    if replacement is not None:
        drafts.append(replace(replacement, original=original))
    return post(by=by, book=entry.book, drafts=drafts, now=now, salt=salt)


@dataclass(frozen=True, slots=True)
class Erased:
    """A word of an entry that is gone. The trail tells which, and `verify` accepts no other."""

    subject: Wording
    facts: dict


@act("ledger.erase")
def erase(*, by: User, entry: Entry, field: str, ground: str, now: datetime) -> Erased:
    """Erase a word of an entry for good: the value and its salt go, the commitment stays."""
    (
        require(ground.strip(), _("请写明删除个人信息的依据"), "个人信息保护法:47").at("ground")
        & require(field in WORDS, _("没有这一栏")).at("field")
    ).enforce()
    wording = Wording.objects.select_for_update().get(pk=entry.pk)
    setattr(wording, field, "")
    wording.salts = {name: salt for name, salt in wording.salts.items() if name != field}
    wording.save(update_fields=[field, "salts"])
    return Erased(wording, {"field": field, "ground": ground.strip()})


@dataclass(frozen=True, slots=True)
class Appended:
    """A leaf that was appended, and the row it is about."""

    subject: Book
    leaf: Leaf


@act("ledger.append")
def append(*, by: User, book: Book, kind: str, make: object, now: datetime) -> Appended:
    """Append a leaf that is no entry: `make(index) -> bytes` builds its body under the lock."""
    log = logs.locked(book.log_id)
    body = make(log.size)  # type: ignore[operator]
    ids = logs.append(log, [(kind, body)], now=now)
    logs.keep(log)
    return Appended(book, Leaf.objects.get(pk=ids[0]))


@act("ledger.seal")
def seal(*, by: User, book: Book, period: str, make: object, now: datetime) -> Seal:
    """Seal a month: append its leaf, sign the head, put the checkpoint into the county's log.

    `make(index, size, root_hex, previous) -> bytes` builds the body under the lock; `previous` is
    the last seal's (index, leaf hash) or None. What must hold before is the month's business.
    """
    log = logs.locked(book.log_id)
    through = queries.sealed_through(book)
    expected = Period(through).next.code if through else book.first_period
    if period != expected:
        raise Refused(
            refuse(
                _("月份须按顺序封存：下一个应封存的是 %(expected)s"),
                "linli:ledger.9",
                expected=expected,
            )
        )
    last = Seal.objects.filter(book=book).select_related("leaf").order_by("-period").first()
    previous = (last.leaf.index, last.leaf.hash) if last else None
    body = make(log.size, log.size, log.root, previous)  # type: ignore[operator]
    ids = logs.append(log, [("seal", body)], now=now)
    logs.keep(log)
    sealed = Seal(book=book, period=period, leaf_id=ids[0], sealed_at=now)
    sealed.save()
    logs.checkpoint(book, log, now=now)
    return sealed
