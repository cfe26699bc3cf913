"""Rules of receipts. No database, no clock, no request."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from linli.kernel.rulings import ALLOWED, Ruling, every, require
from linli.kernel.words import gettext_noop as _


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptRow:
    """A receipt to issue, as a sheet tells it. `key`: the same row of the same sheet again."""

    key: str
    account: int
    received_on: date
    amount_fen: int
    payer: str
    summary: str
    method: str = ""


def may_issue(
    *, amount_fen: int, payer: str, summary: str, side: str, received_on: date, today: date
) -> Ruling:
    """A receipt is for money received, from somebody, for something."""
    return every(
        (
            require(amount_fen > 0, _("收据金额须大于零"), "linli:ledger.1").at("amount"),
            require(payer.strip(), _("请写交款人")).at("payer"),
            require(summary.strip(), _("请写收款事由")).at("summary"),
            require(
                side in {"income", "liability"}, _("收据只用于收入或押金"), "linli:ledger.2"
            ).at("category"),
            require(received_on <= today, _("收款日期还没有到")).at("received_on"),
        )
    )


def may_repeat_receipt(*, same: bool, number: int) -> Ruling:
    """A form issues one receipt: sent again with other content it is refused."""
    return require(
        same,
        _("这张表单已开具第 %(number)s 号收据，内容不同；请作废那张收据，或另开一张"),
        "linli:ledger.6",
        number=number,
    )


def may_void_receipt(*, gathered: bool, void: bool, reason: str) -> Ruling:
    """A receipt is voided before it is in the books; after that the money is refunded."""
    return (
        require(not void, _("收据已作废"))
        & require(
            not gathered,
            _("收据已并入凭证，请先退回或作废该凭证；已入账的须填退款凭证"),
            "linli:ledger.5",
        )
        & require(reason.strip(), _("请写明作废原因"), "会计法:14").at("reason")
    )


MOST_PRINTED = 300
"""Receipts in one file: a hundred sheets, some seconds to draw."""


def may_print(*, count: int) -> Ruling:
    """`count`: how many receipts the filters leave, one above the most is enough."""
    return require(
        count <= MOST_PRINTED,
        _("一次最多打印 %(most)s 张收据，请用收款月份、状态或编号段缩小范围，分几次打印"),
        "linli:ledger.receipts",
        most=MOST_PRINTED,
    )


def may_gather(*, states: Sequence[bool], accounts: Collection[int]) -> Ruling:
    """Receipts that are neither void nor gathered, all of one category, become one voucher.

    `states`: for each receipt, whether it is still free.
    """
    if not states:
        return require(False, _("请至少选择一张收据")).at("receipts")
    return (
        require(all(states), _("所选收据中有已作废或已入凭证的")).at("receipts")
        & require(len(accounts) == 1, _("一次只能汇总同一科目的收据")).at("receipts")
        & ALLOWED
    )
