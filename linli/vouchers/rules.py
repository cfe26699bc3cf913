"""Rules of vouchers. No database, no clock, no request."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from linli.kernel.identity import FOUND, looks_like_a_person, personal_data_in
from linli.kernel.money import yuan
from linli.kernel.rulings import Ruling, every, require
from linli.kernel.words import gettext_noop as _

DIRECTIONS = {"in": _("收入"), "out": _("支出"), "move": _("调拨"), "match": _("配比划转")}


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One row of the form: a category (or a second money account), an amount, a project.

    `refund`: the row takes back what was booked before, so it stands on the other side.
    """

    account: int
    amount_fen: int
    project: int | None = None
    restriction: str = ""
    refund: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One line of the voucher: account id, debit-positive fen, project id, restriction."""

    account: int
    amount_fen: int
    project: int | None = None
    restriction: str = ""


def lines(
    *, direction: str, money: int, items: Sequence[Item], match: tuple[int, int] | None = None
) -> tuple[Place, ...]:
    """The lines that a form's rows mean: what comes in debits the money account.

    `direction` "in": items are credited; "out": debited; "move": the item is the money account
    that receives; "match": the same, in another fund, by way of the categories `match` (out, in).
    `money`: the money account's id.
    """
    if direction == "match" and match and items:
        return _matched(money, items[0], match)
    sign = -1 if direction == "in" else 1
    placed = [
        Place(
            account=item.account,
            amount_fen=sign * (-item.amount_fen if item.refund else item.amount_fen),
            project=item.project,
            restriction=item.restriction,
        )
        for item in items
    ]
    total = sum(place.amount_fen for place in placed)
    cash = Place(account=money, amount_fen=-total)
    return (cash, *placed) if direction == "in" else (*placed, cash)


def _matched(money: int, item: Item, match: tuple[int, int]) -> tuple[Place, ...]:
    """Fiscal money passes to the seed fund: four lines, zero within each fund."""
    fen, out, into = item.amount_fen, *match
    return (
        Place(account=out, amount_fen=fen, project=item.project),
        Place(account=money, amount_fen=-fen),
        Place(account=item.account, amount_fen=fen),
        Place(account=into, amount_fen=-fen, project=item.project, restriction=item.restriction),
    )


def total(items: Sequence[Item]) -> int:
    """What a form's rows come to, refunds taken off, in fen."""
    return sum(-item.amount_fen if item.refund else item.amount_fen for item in items)


@dataclass(frozen=True, slots=True)
class Filled:
    """What a form shows for lines that were drafted or posted before."""

    direction: str
    money: int | None
    items: tuple[Item, ...]


def filled(places: Sequence[Place], kinds: Mapping[int, str]) -> Filled:
    """The form of some lines: the inverse of `lines`. `kinds`: account id → kind.

    Lines that no form could have made (an opening, several money accounts beside categories)
    give an empty form.
    """
    cash = [place for place in places if kinds[place.account] == "money"]
    others = [place for place in places if kinds[place.account] != "money"]
    if not others and len(cash) == 2:
        out, into = sorted(cash, key=lambda place: place.amount_fen)
        return Filled("move", out.account, (_item(into, 1),))
    if len(cash) == 2 and all(kinds[place.account] == "transfer" for place in others):
        out, into = sorted(cash, key=lambda place: place.amount_fen)
        told = max(others, key=lambda place: bool(place.restriction))
        item = Item(
            account=into.account,
            amount_fen=into.amount_fen,
            project=told.project,
            restriction=told.restriction,
        )
        return Filled("match", out.account, (item,))
    if len(cash) != 1 or any(kinds[place.account] == "net_assets" for place in others):
        return Filled("out", None, ())
    sides = {kinds[place.account] for place in others}
    spent = sides & {"cost", "use"}
    incoming = "income" in sides or (not spent and cash[0].amount_fen > 0)
    direction = "in" if incoming else "out"
    sign = -1 if direction == "in" else 1
    return Filled(direction, cash[0].account, tuple(_item(place, sign) for place in others))


def _item(place: Place, sign: int) -> Item:
    return Item(
        account=place.account,
        amount_fen=abs(place.amount_fen),
        project=place.project,
        restriction=place.restriction,
        refund=place.amount_fen * sign < 0,
    )


def may_draft(
    *,
    direction: str,
    sides: Sequence[str],
    funds: Collection[str],
    items: Sequence[Item],
    summary: str,
) -> Ruling:
    """A draft says what it is for, in rows of one fund that fit its direction.

    `sides`: the kind of each row's account; `funds`: those of all accounts.
    """
    return every(
        (
            require(direction in DIRECTIONS, _("请选择收入、支出或调拨")).at("direction"),
            require(summary.strip(), _("请写摘要：收什么钱、付什么钱"), "会计法:14").at("summary"),
            require(items, _("请至少填一行科目和金额"), "linli:ledger.2").at("items"),
            every(
                require(
                    item.amount_fen > 0,
                    _("金额须大于零；退款请勾选“退款/冲减”"),
                    "linli:ledger.1",
                ).at("amount", row)
                for row, item in enumerate(items, 1)
            ),
            _moves(direction, sides, funds, items)
            if direction in {"move", "match"}
            else _fits(direction, sides, items),
            require(
                len(funds) <= 1 or direction == "match",
                _("一张凭证只记一类资金，请分开填写：%(funds)s"),
                "linli:ledger.2",
                funds=tuple(FUND_NAMES.get(fund, fund) for fund in sorted(funds)),
            ).at("items"),
        )
    )


PUBLISHED = {
    "summary": _("摘要"),
    "counterparty": _("对方单位"),
    "document": _("票据号"),
    "decision": _("决策依据"),
    "ground": _("成本依据"),
    "note": _("备注"),
}
"""The words of a voucher that everybody reads once its month is published."""


def may_be_read(words: Mapping[str, str], *, person: bool) -> Ruling:
    """What everybody will read holds nobody's numbers, and no person's name unsaid.

    `person`: the counterparty is said to be a natural person, whose name is withheld.
    """
    told = {name: words.get(name, "") for name in PUBLISHED if name != "counterparty" or not person}
    party = "" if person else words.get("counterparty", "")
    return every(
        require(
            not (found := personal_data_in(text)),
            _("“%(field)s”里有%(kinds)s，会随凭证公开；请改写，不写个人信息"),
            "个人信息保护法:25",
            field=PUBLISHED[name],
            kinds=tuple(dict.fromkeys(FOUND[one.kind] for one in found)),
        ).at(name)
        for name, text in told.items()
    ) & require(
        not looks_like_a_person(party),
        _("“%(party)s”像是人名：请勾选“对方是自然人”，姓名就不公开；是单位的请写全称"),
        "个人信息保护法:25",
        party=party,
    ).at("counterparty")


FITTING = {
    "in": frozenset({"income", "liability"}),
    "out": frozenset({"cost", "use", "liability"}),
}


def _fits(direction: str, sides: Sequence[str], items: Sequence[Item]) -> Ruling:
    """Income takes income categories, spending those of cost and use; refunds take either.

    What goes to another account of one's own is moved (`_moves`): with one half of it, money would
    leave and be called neither a cost nor a use.
    """
    fitting = FITTING.get(direction, frozenset())
    refundable = FITTING["in"] | FITTING["out"]
    return require(
        all(
            side in fitting or (item.refund and side in refundable)
            for side, item in zip(sides, items, strict=True)
        ),
        _("科目与方向不符：收入凭证用收入类科目，支出凭证用成本、使用类科目；账户间划转请用“调拨”"),
        "linli:ledger.2",
    ).at("items")


def _moves(
    direction: str, sides: Sequence[str], funds: Collection[str], items: Sequence[Item]
) -> Ruling:
    """Money moves between accounts of one fund, or is matched from fiscal to seed, one at a time."""
    return require(
        all(side == "money" for side in sides),
        _("调拨只在同一资金的两个账户之间进行"),
        "linli:ledger.2",
    ).at("items") & require(
        direction != "match" or (set(funds) == {"fiscal", "seed"} and len(items) == 1),
        _("配比划转只从财政经费的账户转到种子基金的账户，一次一笔"),
        "linli:ledger.words",
    ).at("items")


FUND_NAMES = {"common": _("公共收益"), "seed": _("种子基金"), "fiscal": _("财政经费")}


def month_is_open(period: str, sealed_through: str, first_period: str = "") -> Ruling:
    """A day takes vouchers from the first month of the book on, until its month is sealed."""
    return (
        require(
            period > sealed_through,
            _("%(period)s 已封存（封存至 %(through)s），请在开放月份更正并写明原日期"),
            "linli:ledger.9",
            period=period,
            through=sealed_through,
        )
        & require(
            period >= first_period,
            _("账套自 %(first)s 起记账，此前的钱已在期初余额里"),
            "linli:ledger.words",
            first=first_period,
        )
    ).at("date")


def may_repeat(*, same: bool, number: str) -> Ruling:
    """A form makes one voucher: sent again with other content it is refused, not lost."""
    return require(
        same,
        _("这张表单已保存为凭证 %(number)s，内容不同；请打开那张凭证修改，或另开一张"),
        "linli:ledger.6",
        number=number,
    )


def may_correct(
    *, reason: str, pending: str, on: date | None = None, original: date | None = None
) -> Ruling:
    """A correction says why, is not booked before what it corrects, and comes alone."""
    early = on is not None and original is not None and on < original
    return (
        require(reason.strip(), _("请写明更正原因"), "会计法:14").at("reason")
        & require(
            not early,
            _("更正日期不能早于原日期 %(day)s"),
            "linli:ledger.5",
            day=original.isoformat() if original else "",
        ).at("date")
        & require(
            not pending,
            _("该分录已有更正凭证 %(number)s 在办，请办完或作废后再更正"),
            "linli:ledger.5",
            number=pending,
        )
    )


def may_carry(*, free: bool, fitting: bool) -> Ruling:
    """Receipts are gathered once, and into their own category.

    `free`: none is void or in another voucher; `fitting`: they are of the voucher's category.
    """
    return (
        require(free, _("所选收据中有已作废或已入凭证的"), "linli:ledger.receipts")
        & require(fitting, _("收据的科目与凭证的科目不同"), "linli:ledger.receipts")
    ).at("receipts")


def belongs(*, papers: bool, receipts: bool) -> Ruling:
    """What is attached lies at the book's own place: `papers`, `receipts` say whether all do."""
    return require(papers, _("单据不属于本账套，请重新上传"), "linli:ledger.drafts").at(
        "papers"
    ) & require(receipts, _("收据不属于本账套"), "linli:ledger.receipts").at("receipts")


def adds_up(*, total_fen: int, receipts_fen: int, count: int) -> Ruling:
    """Gathered receipts add up to the voucher."""
    return require(
        not count or total_fen == receipts_fen,
        _("所附 %(n)s 张收据合计 %(sum)s 元，与凭证金额 %(total)s 元不符"),
        "linli:ledger.receipts",
        n=count,
        sum=yuan(receipts_fen),
        total=yuan(total_fen),
    ).at("amount")


def may_change(*, state: str, own: bool) -> Ruling:
    """Only the preparer changes a draft, and only before it is handed in."""
    return require(
        state in {"draft", "returned"}, _("凭证已提交或已办结，不能修改"), "会计法:14"
    ) & require(own, _("只有制单人可以修改这张凭证"), "会计法:14")


def is_bookkeeper(*, held: bool) -> Ruling:
    """Vouchers are prepared, handed in and voided by the bookkeeper."""
    return require(
        held, _("这一步由记账员办理，您没有这个职务"), "会计法:25", "linli:ledger.drafts"
    )


def is_issuer(*, held: bool) -> Ruling:
    """Receipts are issued and voided by the cashier or the bookkeeper."""
    return require(
        held, _("收据由出纳员或记账员开具和作废，您没有这个职务"), "linli:ledger.receipts"
    )


STATES = {
    "draft": _("草稿"),
    "waiting": _("待审批"),
    "returned": _("已退回"),
    "posted": _("已入账"),
    "void": _("已作废"),
}


def is_waiting(*, state: str) -> Ruling:
    """Only a voucher that was handed in is approved or sent back."""
    return require(
        state == "waiting",
        _("凭证现为“%(state)s”，不在待审批状态，可能刚刚已由他人办理"),
        "会计法:14",
        state=STATES[state],
    )


def may_approve(*, counterparty: str, name: str, preparer_name: str) -> Ruling:
    """Neither the preparer nor an approver is the payee."""
    parties = names_in(counterparty)
    return require(
        not parties & (names_in(name) | names_in(preparer_name)),
        _("收付款人是制单人或审批人本人，须由其他人办理"),
        "会计法:25",
        "linli:ledger.8",
    ).at("counterparty")


def names_in(text: str) -> frozenset[str]:
    """The names a text may hold, written one way: 张 三（报销） → 张三, 报销."""
    plain = re.sub(r"\s", "", unicodedata.normalize("NFKC", text)).casefold()
    return frozenset(part for part in re.split(r"[^\w·]+|_", plain) if part)


def may_void(*, state: str, reason: str) -> Ruling:
    """A draft that will not be posted is voided with a reason; it keeps its number."""
    return require(
        state in {"draft", "returned", "waiting"}, _("凭证已入账或已作废"), "linli:ledger.5"
    ) & require(reason.strip(), _("请写明作废原因"), "会计法:14").at("reason")
