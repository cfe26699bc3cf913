"""What must hold before a month is sealed. No database, no clock, no request."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from linli.kernel.money import yuan
from linli.kernel.period import Period, parse_period
from linli.kernel.rulings import Ruling, every, refuse, require
from linli.kernel.words import gettext_noop as _
from linli.ledger.rules import CUSTODY

_MEANT = re.compile(
    r"(?P<name>.*?)\s*(?:(?P<month>(?:19|20)[0-9]{2}\s*[-./年]?\s*[0-9]{1,2}\s*(?:月份?)?)"
    r"|(?P<bare>[0-9]{1,2})\s*月份?)"
)
OPEN, CLOSING, SEALED, PUBLISHED, CLOSED = "open", "closing", "sealed", "published", "closed"
STATES = {
    OPEN: _("记账中"),
    CLOSING: _("待签字"),
    SEALED: _("已封存"),
    PUBLISHED: _("公示中"),
    CLOSED: _("已办结"),
}


def month_meant(text: str, *, this: Period) -> tuple[str, Period | None]:
    """What "碧海 10月" means: (the name before it, the month); without a year the latest such."""
    found = _MEANT.fullmatch(text)
    if found is None:
        return text, None
    if not found["bare"]:
        return found["name"], parse_period(found["month"])[0]
    month = int(found["bare"])
    year = this.year if month <= this.month else this.year - 1
    return found["name"], Period(f"{year}-{month:02d}") if 1 <= month <= 12 else None


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountFact:
    """One money account at the end of the month, as the bank domain tells it.

    `banked`: it is held against bank statements; `covered`: its statements reach the month's last day; `follows`: they follow on from each
    other; `difference_fen` None: unconfirmed custody; `counted`: a cash box counted by two.
    """

    name: str
    holder: str
    banked: bool
    covered: bool
    follows: bool
    difference_fen: int | None
    counted: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemFact:
    """An outstanding item with what was said of it."""

    key: str
    kind: str
    summary: str
    amount_fen: int
    old: bool
    note: str
    accepted: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthFacts:
    """Everything the gates ask. Amounts in fen."""

    period: str
    next_period: str
    today: date
    draft_numbers: Sequence[str]
    fold_faults: Sequence[str]
    accounts: Sequence[AccountFact]
    items: Sequence[ItemFact]
    quiet: Mapping[str, str] = field(default_factory=dict)
    other: Sequence[tuple[int, str]] = ()
    unreported: Sequence[str] = ()
    answers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """One gate: `code` names it, `hard` ones are never waived, `point` is the open point's key.

    `ruling` holds what is missing; for a soft gate, `answer` is what the bookkeeper said.
    """

    code: str
    name: str
    hard: bool
    ruling: Ruling
    point: str = ""
    answer: str = ""
    page: str = ""

    @property
    def passed(self) -> bool:
        return self.ruling.allowed or bool(not self.hard and self.answer)


def gates(facts: MonthFacts) -> tuple[Gate, ...]:
    """Every gate of a month that concerns something there is, hard ones first; soft gates one for
    each thing to explain."""
    return (*_hard(facts), *_soft(facts))


def _hard(facts: MonthFacts) -> tuple[Gate, ...]:
    return (
        _gate("over", _("本月已经结束"), _is_over(facts), page="vouchers:index"),
        _gate(
            "order",
            _("以前月份已封存"),
            require(
                facts.period == facts.next_period,
                _("须先封存 %(month)s"),
                "linli:ledger.9",
                month=facts.next_period,
            ),
            page="months:index",
        ),
        _gate(
            "drafts",
            _("没有未办结的凭证"),
            require(
                not facts.draft_numbers,
                _("还有 %(n)s 张凭证未入账或作废：%(numbers)s"),
                "linli:ledger.hard",
                n=len(facts.draft_numbers),
                numbers=tuple(facts.draft_numbers[:10]),
            ),
            page="vouchers:index",
        ),
        _gate(
            "folds",
            _("账目平衡"),
            require(
                not facts.fold_faults,
                _("余额与分录不符：%(accounts)s，请立即报告系统管理员"),
                "linli:ledger.10",
                accounts=tuple(facts.fold_faults),
            ),
        ),
        *_held(facts),
        _gate("items", _("银行已付未记账和跨月未达账项已说明并经居民代表认可"), _items(facts)),
    )


def _held(facts: MonthFacts) -> Iterator[Gate]:
    """What is asked of bank accounts and of cash boxes, where the book has any."""
    page = "bank:index"
    if any(account.banked for account in facts.accounts):
        yield _gate("statements", _("对账单到月末且首尾相接"), _statements(facts), page)
    if facts.accounts:
        yield _gate("difference", _("银行差异为零"), _difference(facts), page)
    if any(account.holder == "cash" for account in facts.accounts):
        yield _gate("cash", _("现金经两人盘点"), _cash(facts), page)


def _gate(code: str, name: str, ruling: Ruling, page: str = "") -> Gate:
    return Gate(code=code, name=name, hard=True, ruling=ruling, page=page)


def _is_over(facts: MonthFacts) -> Ruling:
    last = Period(facts.period).last_on
    return require(
        facts.today > last,
        _("本月要到 %(last)s 才结束"),
        "linli:ledger.hard",
        last=last.isoformat(),
    )


def _statements(facts: MonthFacts) -> Ruling:
    banked = [a for a in facts.accounts if a.banked]
    return every(
        (
            every(
                refuse(
                    _("“%(account)s”的对账单还没有覆盖到 %(last)s"),
                    "linli:ledger.hard",
                    account=account.name,
                    last=Period(facts.period).last_on.isoformat(),
                )
                for account in banked
                if not account.covered
            ),
            every(
                refuse(
                    _("“%(account)s”的对账单与上一份首尾不接，中间缺了一段"),
                    "linli:ledger.hard",
                    account=account.name,
                )
                for account in banked
                if not account.follows
            ),
        )
    )


def _difference(facts: MonthFacts) -> Ruling:
    return every(
        refuse(
            _("“%(account)s”调节后仍差 %(gap)s 元"),
            "linli:ledger.hard",
            account=account.name,
            gap=yuan(account.difference_fen),
        )
        for account in facts.accounts
        if account.difference_fen
    )


def _cash(facts: MonthFacts) -> Ruling:
    return every(
        refuse(_("“%(account)s”月末没有两人盘点记录"), "linli:ledger.hard", account=account.name)
        for account in facts.accounts
        if account.holder == "cash" and not account.counted
    )


def _items(facts: MonthFacts) -> Ruling:
    """A payment that the books do not know, and an old item, need a word and a resident's nod."""
    return every(
        refuse(
            _("%(summary)s %(amount)s 元：须由记账员说明、居民代表认可"),
            "linli:ledger.hard",
            summary=item.summary,
            amount=yuan(item.amount_fen),
        )
        for item in facts.items
        if (item.kind == "bank_payment_not_in_book" or item.old)
        and not (item.note and item.accepted)
    )


def _soft(facts: MonthFacts) -> tuple[Gate, ...]:
    told: list[tuple[str, str, str, dict[str, object]]] = [
        (
            f"quiet:{code}",
            "quiet",
            _("“%(name)s”近三个月有收入，本月为零"),
            {"name": name},
        )
        for code, name in facts.quiet.items()
    ]
    told += [
        (
            f"other:{number}",
            "other",
            _("第 %(number)s 号“%(name)s”没有备注"),
            {"number": number, "name": name},
        )
        for number, name in facts.other
    ]
    told += [
        (
            f"outstanding:{item.key}",
            "outstanding",
            _("未达账项没有说明：%(summary)s %(amount)s 元"),
            {"summary": item.summary, "amount": yuan(item.amount_fen)},
        )
        for item in facts.items
        if not item.note
    ]
    told += [
        (
            f"unreported:{code}",
            "unreported",
            _("项目“%(name)s”已付款但没有进展报告"),
            {"name": code},
        )
        for code in facts.unreported
    ]
    told += [
        (
            f"custody:{account.name}",
            "custody",
            _("代管账户“%(account)s”余额未经代管方确认，将按“未核对”公示"),
            {"account": account.name},
        )
        for account in facts.accounts
        if account.holder in CUSTODY and not account.banked and account.difference_fen is None
    ]
    return tuple(
        Gate(
            code=code,
            name=NAMES[code],
            hard=False,
            point=point,
            ruling=refuse(text, "linli:ledger.soft", **values),
            answer=facts.answers.get(point, ""),
        )
        for point, code, text, values in told
    )


NAMES = {
    "quiet": _("常有收入的科目本月为零"),
    "other": _("其他类没有备注"),
    "outstanding": _("未达账项没有说明"),
    "unreported": _("项目付款未报告"),
    "custody": _("代管余额未确认"),
}


def may_close(found: Sequence[Gate]) -> Ruling:
    """A month is handed in for sealing when hard gates hold and soft ones are answered."""
    return every(
        gate.ruling if gate.hard else _unanswered(gate) for gate in found if not gate.passed
    )


def _unanswered(gate: Gate) -> Ruling:
    return gate.ruling & refuse(_("请先逐项说明“%(name)s”"), "linli:ledger.soft", name=gate.name)


def may_close_short(found: Sequence[Gate]) -> Ruling:
    """The same answer in one sentence, for the button beneath the list that says it all."""
    missing = [gate for gate in found if not gate.passed]
    return require(
        not missing,
        _("还有 %(n)s 项没有满足或说明，见上面的清单"),
        "linli:ledger.hard",
        n=len(missing),
    )


def may_seal_imported(found: Sequence[Gate]) -> Ruling:
    """Imported history is sealed without signers; its soft gates stay open and are listed."""
    return every(gate.ruling for gate in found if gate.hard and not gate.passed)


def may_sign(*, state: str, same: bool) -> Ruling:
    """What is signed is what was handed in."""
    return require(state == CLOSING, _("本月不在待签字状态"), "linli:ledger.month") & require(
        same,
        _("提交后账目有变动，请退回记账员重新提交"),
        "linli:ledger.month",
    )


def may_publish(*, state: str) -> Ruling:
    """A month is published once it is sealed."""
    return require(state == SEALED, _("本月尚未封存或已经公示"), "linli:ledger.publish")


def may_act(*, held: bool, who: tuple[str, ...]) -> Ruling:
    """An act is for those who hold one of its roles."""
    return require(held, _("这里由%(who)s办理，您没有这个职务"), "linli:access.roles", who=who)


def may_correct(*, state: str, reason: str, changed: bool) -> Ruling:
    """A correction follows a publication, gives a reason, and shows what later months changed."""
    return (
        require(
            state in {PUBLISHED, CLOSED},
            _("只有已公示的月份可以更正公示"),
            "linli:ledger.correction",
        )
        & require(reason.strip(), _("请写明更正原因"), "linli:ledger.correction").at("reason")
        & require(
            changed,
            _("没有以本月为原日期的更正分录，请先在开放月份冲销并更正"),
            "linli:ledger.correction",
        )
    )


def state(
    *,
    handed_in: bool,
    sealed: bool,
    published: bool,
    shown_until: date | None,
    settled: bool,
    today: date,
) -> str:
    """Where a month stands; it follows from what was done."""
    if published:
        over = shown_until is not None and today > shown_until
        return CLOSED if over and settled else PUBLISHED
    if sealed:
        return SEALED
    return CLOSING if handed_in else OPEN
