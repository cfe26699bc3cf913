from collections.abc import Iterator
from typing import Any

from django.apps import AppConfig
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy


class VouchersConfig(AppConfig):
    name = "linli.vouchers"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from linli.kernel.roles import FUND_GROUP, OVERSEERS
        from linli.search import finders
        from linli.web import desk, menu

        readers = [role.code for role in FUND_GROUP | OVERSEERS]
        finders.offer(
            code="vouchers",
            label=gettext_lazy("凭证"),
            by=gettext_lazy("凭证号、摘要、票据号、金额"),
            icon="file-text",
            roles=FUND_GROUP | OVERSEERS,
            order=340,
            find=_find_vouchers,
            partly=_months_looked_through,
            more="vouchers:index",
        )
        finders.offer(
            code="receipts",
            label=gettext_lazy("收据"),
            by=gettext_lazy("查询码"),
            icon="receipt-2",
            roles=FUND_GROUP | OVERSEERS,
            order=350,
            find=_find_receipts,
        )
        menu.register(
            code="vouchers",
            label=gettext_lazy("凭证"),
            url_name="vouchers:index",
            icon="file-text",
            roles=readers,
            order=305,
            group=gettext_lazy("记账与对账"),
            on_phone=True,
        )
        menu.register(
            code="receipts",
            label=gettext_lazy("收据"),
            url_name="vouchers:receipts",
            icon="receipt-2",
            roles=readers,
            order=310,
            group=gettext_lazy("记账与对账"),
            on_phone=True,
        )
        desk.offer(_drafts_to_hand_in)
        desk.offer(_receipts_to_gather)


def _drafts_to_hand_in(access: object, today: object) -> list:
    """Drafts that the bookkeeper wrote and has not handed in."""
    from linli.kernel.roles import BOOKKEEPER
    from linli.vouchers import queries
    from linli.web.desk import Line

    if not access.holds(BOOKKEEPER):  # type: ignore[attr-defined]
        return []
    rows = queries.own_drafts(access.scope(BOOKKEEPER), access.user)  # type: ignore[attr-defined]
    return [
        Line(
            title=_("草稿还没有提交：%(n)s %(summary)s")
            % {"n": voucher.number, "summary": voucher.summary},
            url=reverse("vouchers:detail", args=[voucher.pk]),
            place=voucher.book.name,
            action=_("去提交"),
        )
        for voucher in rows
    ]


def _receipts_to_gather(access: object, today: object) -> list:
    """Receipts that no voucher has gathered yet, a line for each book."""
    from linli.kernel.roles import BOOKKEEPER
    from linli.vouchers import queries
    from linli.web.desk import Line

    if not access.holds(BOOKKEEPER):  # type: ignore[attr-defined]
        return []
    return [
        Line(
            title=_("有 %(n)s 张收据还没有入账") % {"n": row["n"]},
            url=reverse("vouchers:gather", args=[row["book__code"]]),
            place=row["book__name"],
            action=_("去汇总"),
        )
        for row in queries.free_by_book(access.scope(BOOKKEEPER))  # type: ignore[attr-defined]
    ]


def _find_vouchers(asked: Any) -> Iterator[Any]:
    """Vouchers, and the imported entries that never had one here."""
    from linli.ledger import queries as ledger
    from linli.search.finders import Hit
    from linli.vouchers import finding, rules

    text, scope, today = asked.text, asked.scope, asked.access.on
    since = finding.since(scope, today)
    for voucher in finding.find_vouchers(text, scope, since=since, limit=asked.limit):
        yield Hit(
            label=f"{voucher.number} {voucher.summary}",
            url=reverse("vouchers:detail", args=[voucher.pk]),
            facts=(voucher.book.name, voucher.date, rules.STATES[voucher.state]),
            fen=voucher.total_fen,
        )
    for entry in ledger.offers.find_entries(text, scope, since=since, limit=asked.limit):
        yield Hit(
            label=f"{ledger.papers.voucher_number(entry)} {entry.wording.summary}",
            url=reverse("vouchers:entry", args=[entry.book.code, entry.number]),
            facts=(entry.book.name, entry.date, gettext_lazy("导入")),
            fen=entry.total_fen,
        )


def _months_looked_through(asked: Any) -> str:
    from linli.vouchers import finding

    months = finding.months_back(asked.scope)
    return _("凭证只找了最近%(n)s个月的，更早的到列表里查找") % {"n": months} if months else ""


def _find_receipts(asked: Any) -> Iterator[Any]:
    from linli.search.finders import Hit
    from linli.vouchers import finding
    from linli.vouchers.papers import receipt_number

    for receipt in finding.find_receipts(asked.text, asked.scope, limit=asked.limit):
        yield Hit(
            label=receipt.code,
            url=reverse("vouchers:receipt", args=[receipt.pk]),
            facts=(receipt.book.name, receipt_number(receipt), receipt.received_on),
            fen=receipt.amount_fen,
        )
