"""Telling one estate's books through the services: history first, then months kept by vouchers."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from linli.bank import queries as bank_queries
from linli.bank import services as bank
from linli.bank.rules import BankLineDraft, StatementDraft
from linli.demo import papers
from linli.demo.plan import Deed, Estate
from linli.files import services as files
from linli.kernel.money import yuan
from linli.kernel.period import Period
from linli.ledger import queries as ledger
from linli.ledger import services as ledger_services
from linli.ledger.rules import CUSTODY, IMPORT, Draft, DraftLine
from linli.months import queries as months
from linli.months import services as month_services
from linli.vouchers import services as vouchers
from linli.vouchers.rules import Item

CHINA = ZoneInfo("Asia/Shanghai")
HELD = {"seed": ("charity", "慈善总会"), "fiscal": ("street", "街道办事处")}


ANSWERS = {
    "quiet:advertising": "广告费按季收取，季末月入账",
    "quiet:interest": "活期存款按季结息，季末月 21 日入账",
    "quiet:donation": "本月没有新的捐赠",
    "quiet:grant": "专项经费按季下达，季末月到账",
    "quiet:venture": "创投注资每年一次，四月到账",
    "quiet:compensation": "本月没有赔偿事项",
}
"""What a bookkeeper says of a category that had money before and has none now."""


def moment(day: date, hour: int = 10, minute: int = 0) -> datetime:
    """A moment of a day in Shanghai, as UTC."""
    return datetime.combine(day, time(hour, minute), CHINA).astimezone(UTC)


@dataclass(slots=True)
class Told:
    """An estate's book while its story is told.

    `bank_fen`: what the bank says; `later`: bank lines that come in the next month; `at`: when
    the last thing was done, so that nothing is done before it.
    """

    plan: Estate
    book: object
    accounts: dict[str, object]
    people: dict[str, object]
    bank_fen: int = 0
    bank_on: date | None = None
    later: list[BankLineDraft] = field(default_factory=list)
    serial: int = 0
    at: datetime = datetime.min.replace(tzinfo=UTC)


def begin(plan: Estate, *, place: str, people: dict, first: Period, community: str) -> Told:
    """Open the book, its accounts and its openings, the day before its first month."""
    plan.first = first
    now = moment(first.first_on, 9)
    book = ledger_services.open_book(
        by=None,
        name=plan.name,
        place=place,
        first_period=first.code,
        custodian="业主委员会",
        office=f"{community}党群服务中心",
        phone=f"0535-56{plan.seed:02d}{(plan.seed * 37) % 100:02d}",
        now=now,
    )
    tail = f"{9876 - plan.seed * 13:04d}"
    accounts = {
        "common": ledger_services.open_account(
            by=None,
            book=book,
            fund="common",
            name=f"{plan.name}业主委员会",
            holder="bank",
            bank="工商银行蓬莱支行",
            tail=tail,
            now=now,
        )
    }
    for fund, (kind, holder) in HELD.items():
        accounts[fund] = ledger_services.open_account(
            by=None,
            book=book,
            fund=fund,
            name=f"{holder}代管",
            holder=kind,
            holder_name=holder,
            now=now,
        )
    ledger_services.post_opening(
        by=None,
        book=book,
        balances={accounts[fund].pk: fen for fund, fen in plan.opening.items()},
        words={"summary": "上期结余"},
        now=now,
    )
    return Told(plan, book, accounts, people, plan.opening["common"])


def in_transit(told: Told, first: Period) -> None:
    """500 yuan paid in on the last day before the books begin; the bank shows it two days on."""
    account, fen = told.accounts["common"], 50000
    told.bank_fen -= fen
    bank.declare_opening(
        by=None,
        account=account,
        side="book",
        on=first.previous.last_on,
        amount_fen=fen,
        summary="上月末存入，银行在途",
        now=moment(first.first_on, 10),
    )
    day = first.first_on + timedelta(1)
    told.later.append(_line(told, day, fen, "上月末存入", "业主委员会"))


def count_cash(told: Told, period: Period) -> None:
    """The cashier counts the new cash box; somebody else has to confirm it."""
    box = ledger_services.open_account(
        by=None,
        book=told.book,
        fund="common",
        name="备用金",
        holder="cash",
        now=moment(period.first_on, 9),
    )
    bank.count_cash(
        by=told.people["cashier"],
        account=box,
        period=period.code,
        on=period.last_on,
        counted_fen=0,
        now=moment(period.last_on, 17),
    )


def tell_projects(told: Told, period: Period, *, begun_only: bool = False) -> None:
    """Register what begins in a month, with its agreement, and say how far the others have come."""
    for project in told.plan.projects(period):
        if project.begins == period:
            ledger_services.add_project(
                by=None,
                book=told.book,
                code=project.code,
                name=project.name,
                budgets=project.budgets,
                agreement=project.agreement,
                contractor=project.contractor,
                need=project.need,
                stage=project.stages[period],
                now=moment(period.first_on, 9),
            )
        elif period in project.stages and not begun_only:
            ledger_services.tell_stage(
                by=None,
                book=told.book,
                project=ledger.project_of(told.book, project.code),
                stage=project.stages[period],
                now=moment(period.last_on, 17),
            )


def import_month(
    told: Told, period: Period, deeds: Sequence[Deed], *, on: date | None = None
) -> None:
    """A month of history: posted from the old sheet, reconciled, sealed and published on a day."""
    now = moment(on or period.last_on + timedelta(4), 9)
    drafts = [_draft(told, period, n, deed) for n, deed in enumerate(deeds, 1)]
    ledger_services.post(by=None, book=told.book, drafts=drafts, now=now)
    keep_statement(told, period, deeds, by=None, now=now)
    bank.auto_match(by=None, account=told.accounts["common"], through=period.code, now=now)
    month_services.seal_imported(by=None, book=told.book, period=period.code, now=now)
    month_services.publish(by=None, book=told.book, period=period.code, now=now, write=False)


def _draft(told: Told, period: Period, number: int, deed: Deed) -> Draft:
    money = told.accounts[deed.fund].code  # type: ignore[attr-defined]
    return Draft(
        key=f"sheet:{period.code}:{number}",
        kind=IMPORT,
        date=deed.on,
        lines=(
            DraftLine(fund=deed.fund, account=money, amount_fen=deed.fen),
            DraftLine(
                fund=deed.fund,
                account=deed.category,
                amount_fen=-deed.fen,
                project=deed.project,
            ),
        ),
        words={
            "voucher": f"记-{period.month:02d}{number:03d}",
            "summary": deed.summary,
            "counterparty": deed.counterparty,
            "document": deed.document,
            "decision": deed.decision,
            "ground": deed.ground,
        },
        prepared_role="bookkeeper",
        person=deed.person,
    )


def keep_statement(
    told: Told,
    period: Period,
    deeds: Sequence[Deed],
    *,
    by: object,
    now: datetime,
    more: Sequence[tuple[date, int, str]] = (),
) -> None:
    """The bank's file of a month: its own lines, wallet money as one settlement, late ones later.

    `more`: (day, fen, summary) that the bank knows and the book does not.
    """
    lines = _bank_lines(told, period, [deed for deed in deeds if deed.fund == "common"])
    lines += [_line(told, day, fen, summary, "") for day, fen, summary in more]
    lines.sort(key=lambda line: line.on)
    opening, balance, drafts = told.bank_fen, told.bank_fen, []
    for line in lines:
        balance += line.amount_fen
        drafts.append(replace(line, balance_fen=balance))
    told.bank_fen = balance
    name = f"{told.plan.name}-{period.code}.csv"
    bank.keep_statement(
        by=by,
        account=told.accounts["common"],
        draft=StatementDraft(
            sha256=hashlib.sha256(f"{name}{balance}".encode()).hexdigest(),
            file_name=name,
            profile="icbc",
            from_on=period.first_on,
            to_on=period.last_on,
            lines=tuple(drafts),
            opening_fen=opening,
            closing_fen=balance,
        ),
        now=now,
    )


def _bank_lines(told: Told, period: Period, mine: Sequence[Deed]) -> list[BankLineDraft]:
    """What the bank did in a month: last month's late ones, this month's, the settlement."""
    lines, told.later = (
        told.later,
        [
            _line(
                told, period.next.first_on + timedelta(1), deed.fen, deed.summary, deed.counterparty
            )
            for deed in mine
            if deed.late
        ],
    )
    lines += [
        _line(told, deed.on, deed.fen, deed.summary, deed.counterparty)
        for deed in mine
        if not deed.wallet and not deed.late
    ]
    if settled := sum(deed.fen for deed in mine if deed.wallet):
        summary = f"财付通商户结算 {period.first_on:%m%d}-{period.last_on:%m%d}"
        lines.append(_line(told, period.last_on, settled, summary, "财付通支付科技有限公司"))
    return lines


def _line(told: Told, on: date, fen: int, summary: str, counterparty: str) -> BankLineDraft:
    told.serial += 1
    serial = f"{told.plan.seed:03d}{told.serial:06d}"
    return BankLineDraft(
        on=on,
        amount_fen=fen,
        summary=summary,
        counterparty=counterparty,
        serial=serial,
        key=f"demo:{serial}",
    )


def confirm(told: Told, period: Period, *, by: object, now: datetime) -> None:
    """The custodians confirm what they hold."""
    for one in bank_queries.standings(told.book, period.code):
        if one.account.holder in CUSTODY:
            bank.confirm_custody(
                by=by,
                account=one.account,
                period=period.code,
                balance_fen=one.book_balance_fen,
                on=period.last_on,
                custodian=one.account.holder_name,
                paper=_kept(
                    told,
                    f"余额确认单-{one.account.holder_name}-{period.code}.png",
                    papers.paper(
                        "余额确认单",
                        [
                            f"账户：{one.account.name}",
                            f"所属：{told.plan.name}",
                            f"余额：{yuan(one.book_balance_fen)} 元",
                        ],
                        on=period.last_on,
                        stamp=one.account.holder_name,
                    ),
                    now,
                ),
                now=now,
            )


def _kept(told: Told, name: str, content: bytes, now: datetime) -> object:
    return files.keep(
        by=told.people["bookkeeper"],
        content=content,
        name=name,
        place=told.book.place,  # type: ignore[attr-defined]
        now=now,
    )


def record(told: Told, deed: Deed, *, state: str = "posted", now: datetime | None = None) -> object:
    """One voucher: drafted by the bookkeeper; handed in; approved by one, or by two if large."""
    now = max(now or moment(deed.on, 15), told.at + timedelta(minutes=7))
    told.serial += 1
    category = ledger.account_of(told.book, deed.fund, deed.category)
    project = ledger.project_of(told.book, deed.project) if deed.project else None
    bills = [_bill(told, deed, now).pk] if deed.document and told.plan.seed == 0 else []  # type: ignore[attr-defined]
    voucher = vouchers.draft(
        by=told.people["bookkeeper"],
        book=told.book,
        key=f"demo-{told.plan.seed}-{told.serial}",
        on=deed.on,
        direction="in" if deed.fen > 0 else "out",
        money=told.accounts[deed.fund].pk,  # type: ignore[attr-defined]
        items=[
            Item(
                account=category.pk,
                amount_fen=abs(deed.fen),
                project=project.pk if project else None,
            )
        ],
        summary=deed.summary,
        counterparty=deed.counterparty,
        document=deed.document,
        decision=deed.decision,
        ground=deed.ground,
        person=deed.person,
        handler=told.people["bookkeeper"].name,  # type: ignore[attr-defined]
        papers=bills,
        public=bills,
        paper_count=1,
        now=now,
    )
    told.at = now
    if state == "draft":
        return voucher
    voucher = vouchers.submit(by=told.people["bookkeeper"], voucher=voucher, now=now)
    if state == "waiting":
        return voucher
    return approve(told, voucher, now + timedelta(hours=1))


def _bill(told: Told, deed: Deed, now: datetime) -> object:
    lines = [f"付款方／收款方：{deed.counterparty}", f"事由：{deed.summary}"]
    lines.append(f"金额：{yuan(abs(deed.fen))} 元　票据号：{deed.document}")
    picture = papers.paper("收付款单据", lines, on=deed.on, stamp=deed.counterparty[:5])
    return _kept(told, f"{deed.document}.png", picture, now)


def approve(told: Told, voucher: object, now: datetime) -> object:
    """Approve a voucher by everybody whose turn it is."""
    voucher = vouchers.approve(by=told.people["approver"], voucher=voucher, now=now)
    if voucher.large:
        voucher = vouchers.approve(
            by=told.people["resident"], voucher=voucher, now=now + timedelta(hours=1)
        )
    return voucher


def close(told: Told, period: Period, *, upto: str = "published", now: datetime) -> None:
    """Answer what is asked, hand in, sign by two, publish; stops where `upto` says."""
    people = told.people
    bank.auto_match(
        by=people["bookkeeper"], account=told.accounts["common"], through=period.code, now=now
    )
    explain(told, period, now=now)
    for gate in months.gates(told.book, period.code, now=now):
        if not gate.hard and not gate.answer:
            month_services.answer_gate(
                by=people["bookkeeper"],
                book=told.book,
                period=period.code,
                point=gate.point,
                text=ANSWERS.get(gate.point, "已核实，本月无此项发生"),
                now=now,
            )
    month = month_services.close(
        by=people["bookkeeper"], book=told.book, period=period.code, now=now
    )
    if upto == "closing":
        return
    month_services.sign(by=people["approver"], month=month, now=now + timedelta(hours=2))
    month_services.sign(by=people["resident"], month=month, now=now + timedelta(hours=5))
    if upto == "published":
        month_services.publish(
            by=people["bookkeeper"],
            book=told.book,
            period=period.code,
            now=now + timedelta(hours=6),
            write=False,
        )


def explain(told: Told, period: Period, *, now: datetime) -> None:
    """Say why items are open; the resident representative accepts where that is asked."""
    for one in bank_queries.standings(told.book, period.code):
        for item in one.items:
            if item.note and (item.accepted or not item.must_be_explained):
                continue
            said = bank.explain(
                by=told.people["bookkeeper"],
                account=one.account,
                ref=item.ref,
                period=period.code,
                note="月末付款，银行次月初入账",
                now=now,
            )
            if item.must_be_explained:
                bank.accept_explanation(
                    by=told.people["resident"], explanation=said, now=now + timedelta(minutes=30)
                )
