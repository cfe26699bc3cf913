"""Rules of the bank's side. No database, no clock, no request; money in is positive."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from itertools import pairwise

from linli.kernel import body as bodies
from linli.kernel import merkle
from linli.kernel.money import LIMIT_FEN, yuan
from linli.kernel.period import Period
from linli.kernel.roles import BOOKKEEPER, CASHIER, FUND_GROUP, RESIDENT, Role
from linli.kernel.rulings import ALLOWED, Ruling, every, refuse, require
from linli.kernel.words import gettext_noop as _
from linli.ledger.rules import CUSTODY, tidy

BANK, BOOK = "bank", "book"
BANKED = frozenset({"bank", "supervised", "wallet"})
CASH = "cash"
RECONCILED, CUSTODIAN, UNCONFIRMED = "reconciled", "custodian_confirmed", "unconfirmed"
STATUSES = {
    RECONCILED: _("已核对"),
    UNCONFIRMED: _("未核对"),
    CUSTODIAN: _("代管方已确认"),
}
KINDS = {
    "book_receipt_not_in_bank": _("账已收、银行未收"),
    "book_payment_not_in_bank": _("账已付、银行未付"),
    "bank_receipt_not_in_book": _("银行已收、账未收"),
    "bank_payment_not_in_book": _("银行已付、账未付"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class BankLineDraft:
    """One line of a bank's file.

    `amount_fen`: in positive, out negative; `balance_fen`: after it, where the file says so;
    `key`: what tells it from every other line of the account, the same in every file it is in.
    """

    on: date
    amount_fen: int
    key: str
    at: datetime | None = None
    balance_fen: int | None = None
    summary: str = ""
    counterparty: str = ""
    serial: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Break:
    """A balance that does not follow: at a row of the file (0: at its end or between files)."""

    row: int
    expected_fen: int
    found_fen: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementDraft:
    """A bank's file as read. Lines oldest first, all within `from_on`..`to_on`.

    `sha256`: of the file's bytes, hex. `opening_fen`, `closing_fen`: as the file or a person says;
    None where nobody does (then the balances of the lines, or the last statement, must).
    """

    sha256: str
    file_name: str
    profile: str
    from_on: date
    to_on: date
    lines: tuple[BankLineDraft, ...]
    opening_fen: int | None = None
    closing_fen: int | None = None
    breaks: tuple[Break, ...] = ()

    def tidied(self) -> StatementDraft:
        """The same with its texts as they are kept."""
        lines = [
            replace(
                line,
                summary=tidy(line.summary)[:200],
                counterparty=tidy(line.counterparty)[:100],
                serial=tidy(line.serial)[:64],
            )
            for line in self.lines
        ]
        return replace(self, file_name=tidy(self.file_name)[:200], lines=tuple(lines))


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """What follows from a statement: its balances, at each month's end too, and every break."""

    opening_fen: int
    closing_fen: int
    month_ends: Mapping[str, int] = field(default_factory=dict)
    breaks: tuple[Break, ...] = ()


def line_body(line: BankLineDraft, *, account: str) -> bytes:
    """The one spelling of a bank line: its SHA-256 stands for it in a seal."""
    told = {
        "account": account,
        "at": line.at.isoformat(timespec="seconds") if line.at else "",
        "counterparty": line.counterparty,
        "fen": line.amount_fen,
        "key": line.key,
        "on": line.on.isoformat(),
        "serial": line.serial,
        "summary": line.summary,
    }
    if line.balance_fen is not None:
        told["balance"] = line.balance_fen
    return bodies.encode({name: value for name, value in told.items() if value != ""})


def lines_root(line_bodies: Sequence[bytes]) -> str:
    """The RFC 6962 root over the bodies of lines in their order, hex."""
    return merkle.root(merkle.leaf_hash(body) for body in line_bodies).hex()


# --- keeping a statement ------------------------------------------------------------------------


def may_keep(
    *,
    draft: StatementDraft,
    today: date,
    known: Mapping[str, tuple[date, int]],
    elsewhere: str = "",
) -> Ruling:
    """May a bank's file be kept for an account? `known`: lines kept before, key → (day, fen).

    `elsewhere`: the name of another account of the book that this very file was kept for.
    """
    return every(
        (
            require(
                draft.from_on <= draft.to_on,
                _("对账单的起止日期颠倒：%(first)s 至 %(last)s"),
                "linli:ledger.import",
                first=draft.from_on.isoformat(),
                last=draft.to_on.isoformat(),
            ).at("from_on"),
            require(
                draft.to_on <= today,
                _("对账单截至 %(last)s，这一天还没有到"),
                "linli:ledger.import",
                last=draft.to_on.isoformat(),
            ).at("to_on"),
            require(
                not elsewhere,
                _("这个文件已作为“%(account)s”的对账单保存，请核对账户"),
                "linli:ledger.import",
                account=elsewhere,
            ).at("account"),
            _lines(draft, known),
        )
    )


def _lines(draft: StatementDraft, known: Mapping[str, tuple[date, int]]) -> Ruling:
    outside = [line for line in draft.lines if not draft.from_on <= line.on <= draft.to_on]
    keys = [line.key for line in draft.lines]
    changed = [
        line
        for line in draft.lines
        if line.key in known and known[line.key] != (line.on, line.amount_fen)
    ]
    ordered = all(one.on <= other.on for one, other in pairwise(draft.lines))
    return every(
        (
            require(
                not outside,
                _("有 %(n)s 笔流水不在对账单的起止日期内，如 %(first)s"),
                "linli:ledger.import",
                n=len(outside),
                first=_said(outside[:1]),
            ),
            require(ordered, _("流水须按日期先后排列"), "linli:ledger.import"),
            require(
                all(keys) and len(set(keys)) == len(keys),
                _("文件里有流水的识别号为空或重复"),
                "linli:ledger.import",
            ),
            require(
                all(0 < abs(line.amount_fen) < LIMIT_FEN for line in draft.lines),
                _("流水金额须为不等于零的整数分"),
                "linli:ledger.1",
            ).at("amount"),
            require(
                not changed,
                _("有 %(n)s 笔流水与以前导入的同一笔内容不同，如 %(first)s"),
                "linli:ledger.6",
                n=len(changed),
                first=_said(changed[:1]),
            ),
        )
    )


def _said(lines: Sequence[BankLineDraft]) -> str:
    return "、".join(f"{line.on.isoformat()} {yuan(line.amount_fen)}" for line in lines)


def settle(draft: StatementDraft, *, before_fen: int | None) -> tuple[Settled | None, Ruling]:
    """The balances of a statement; None with a reason where nothing says the opening.

    `before_fen`: the closing of the statement before, which counts where the file is silent.
    """
    opening = draft.opening_fen
    first = draft.lines[0] if draft.lines else None
    if opening is None and first and first.balance_fen is not None:
        opening = first.balance_fen - first.amount_fen
    if opening is None and draft.closing_fen is not None:
        opening = draft.closing_fen - sum(line.amount_fen for line in draft.lines)
    if opening is None:
        opening = before_fen
    if opening is None:
        text = _("文件里没有余额，请填写 %(first)s 的期初余额")
        return None, refuse(text, "linli:ledger.import", first=draft.from_on.isoformat()).at(
            "opening_fen"
        )
    return _settled(draft, opening), ALLOWED


def _settled(draft: StatementDraft, opening: int) -> Settled:
    """Walk down the lines; the bank's own word goes before the sum, a difference is a break."""
    balance, ends, summed = opening, {}, True
    months = list(Period.of(draft.from_on).to(Period.of(draft.to_on)))
    lines = iter(draft.lines)
    line = next(lines, None)
    for month in months:
        while line and line.on <= month.last_on:
            balance += line.amount_fen
            if line.balance_fen is not None:
                summed &= balance == line.balance_fen
                balance = line.balance_fen
            line = next(lines, None)
        ends[month.code] = balance
    breaks = list(draft.breaks)
    closing = balance if draft.closing_fen is None else draft.closing_fen
    if closing != balance or (not summed and not breaks):
        total = opening + sum(line.amount_fen for line in draft.lines)
        breaks.append(Break(row=0, expected_fen=total, found_fen=closing))
    ends[months[-1].code] = closing
    return Settled(opening_fen=opening, closing_fen=closing, month_ends=ends, breaks=tuple(breaks))


# --- matching -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """What somebody wants to match: sums, counts, and what would forbid it."""

    bank_fen: int
    book_fen: int
    count: int
    taken: Sequence[str] = ()
    missing_count: int = 0


def may_reconcile(roles: Collection[Role]) -> Ruling:
    """The bookkeeper reconciles; the cashier never the accounts they pay from."""
    return require(
        BOOKKEEPER in roles, _("对账由记账员办理"), "会计法:17", "linli:ledger.match"
    ) & require(
        CASHIER not in roles,
        _("出纳员不能核对自己经手收付的账户，请由记账员办理"),
        "会计法:35",
        "linli:ledger.8",
    )


def may_match(chosen: Chosen) -> Ruling:
    """Lines and entries match when their sums are equal and none is matched already."""
    gap = chosen.bank_fen - chosen.book_fen
    return every(
        (
            require(
                chosen.count >= 2,
                _("请在两边各选至少一笔（冲销与原账相抵的，选这两笔）"),
                "linli:ledger.match",
            ),
            require(
                not chosen.missing_count,
                _("所选的 %(n)s 笔不在这个账户里，请刷新后重选"),
                "linli:ledger.match",
                n=chosen.missing_count,
            ),
            require(
                not chosen.taken,
                _("%(items)s 已经对上，可能刚刚由他人办理"),
                "linli:ledger.match",
                items=tuple(chosen.taken),
            ),
            require(
                not gap or chosen.missing_count or chosen.taken,
                _("两边合计相差 %(gap)s 元：银行 %(bank)s，账上 %(book)s"),
                "linli:ledger.match",
                gap=yuan(abs(gap)),
                bank=yuan(chosen.bank_fen),
                book=yuan(chosen.book_fen),
            ),
        )
    )


def may_change(*, period: str, sealed_through: str) -> Ruling:
    """What counts in a sealed month stays as it was sealed."""
    return require(
        period > sealed_through,
        _("%(period)s 已封存，当月的核对结果不能再改"),
        "linli:ledger.seal",
        period=period,
    )


def counts_in(*periods: str, open_period: str) -> str:
    """The month in which a match counts: the latest of its items', never a sealed one."""
    return max(open_period, *periods)


def kind_of(*, side: str, amount_fen: int) -> str:
    """The kind of an open item: which side knows it, and which way the money goes."""
    way = "receipt" if amount_fen > 0 else "payment"
    return f"{side}_{way}_not_in_{BOOK if side == BANK else BANK}"


def may_declare(*, side: str, amount_fen: int, on: date, begins_on: date, summary: str) -> Ruling:
    """An item that was open when reconciling began: on one side only, before the first day."""
    return every(
        (
            require(side in {BANK, BOOK}, _("请选择是银行未记还是账上未记")).at("side"),
            require(
                0 < abs(amount_fen) < LIMIT_FEN, _("流水金额须为不等于零的整数分"), "linli:ledger.1"
            ).at("amount"),
            require(
                on < begins_on,
                _("期初未达账项须发生在 %(first)s 以前"),
                "linli:ledger.match",
                first=begins_on.isoformat(),
            ).at("on"),
            require(summary.strip(), _("请写明是什么款项"), "linli:ledger.match").at("summary"),
        )
    )


# --- explaining, counting, confirming -----------------------------------------------------------


def may_explain(*, roles: Collection[Role], note: str, is_open: bool) -> Ruling:
    """The bookkeeper says why an item is open."""
    return every(
        (
            require(BOOKKEEPER in roles, _("未达账项由记账员说明"), "linli:ledger.hard"),
            require(note.strip(), _("请写明为什么还没有对上"), "linli:ledger.soft").at("note"),
            require(is_open, _("这一笔在本月末没有未达，不必说明"), "linli:ledger.match"),
        )
    )


def may_accept(*, roles: Collection[Role], own: bool, accepted: bool, newest: bool) -> Ruling:
    """The resident representative accepts what the bookkeeper said, once."""
    return every(
        (
            require(RESIDENT in roles, _("未达账项的说明由居民代表认可"), "linli:ledger.hard"),
            require(not own, _("不能认可自己写的说明"), "会计法:25"),
            require(not accepted, _("这条说明已经认可过了")),
            require(newest, _("记账员已重新说明，请看最新的一条"), "linli:ledger.hard"),
        )
    )


def may_count(
    *, roles: Collection[Role], holder: str, fen: int, on: date, last: date, days: int, today: date
) -> Ruling:
    """One of the fund's people counts the cash box within some days of a month's last day."""
    return every(
        (
            require(FUND_GROUP & set(roles), _("现金由资金管理小组成员盘点"), "会计法:25"),
            require(holder == CASH, _("只有现金账户需要盘点"), "linli:ledger.hard").at("account"),
            require(0 <= fen < LIMIT_FEN, _("盘点金额不能为负"), "linli:ledger.1").at("counted"),
            require(on <= today, _("日期 %(date)s 还没有到"), "会计法:9", date=on.isoformat()).at(
                "on"
            ),
            require(
                abs((on - last).days) <= days,
                _("月末盘点应在 %(last)s 前后 %(days)s 天内进行"),
                "linli:ledger.hard",
                last=last.isoformat(),
                days=days,
            ).at("on"),
        )
    )


def may_confirm_count(
    *, roles: Collection[Role], first_roles: Collection[Role], same_person: bool, confirmed: bool
) -> Ruling:
    """A second person confirms the count; the cashier is one of the two, and not both."""
    both = (CASHIER in first_roles, CASHIER in roles)
    return every(
        (
            require(FUND_GROUP & set(roles), _("现金由资金管理小组成员盘点"), "会计法:25"),
            require(not same_person, _("盘点须由两个人签认，不能自己确认"), "linli:ledger.hard"),
            require(
                any(both) and not all(both),
                _("盘点的两个人中须有一人是出纳员，另一人不是"),
                "会计法:25",
                "linli:ledger.hard",
            ),
            require(not confirmed, _("这次盘点已经确认过了")),
        )
    )


def may_confirm_custody(
    *, holder: str, custodian: str, has_paper: bool, on: date, period: str, today: date
) -> Ruling:
    """A custodian's balance at a month's end is taken from their signed paper."""
    return every(
        (
            require(holder in CUSTODY, _("只有代管账户需要代管方确认余额"), "linli:ledger.soft").at(
                "account"
            ),
            require(custodian.strip(), _("请写明由谁确认"), "linli:ledger.soft").at("custodian"),
            require(
                has_paper, _("请附代管方签章的余额确认单"), "会计法:14", "linli:ledger.soft"
            ).at("paper"),
            require(
                Period(period).last_on <= on <= today,
                _("确认日期须在 %(last)s 以后、今天以前"),
                "linli:ledger.soft",
                last=Period(period).last_on.isoformat(),
            ).at("on"),
        )
    )
