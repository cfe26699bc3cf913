from django.apps import AppConfig
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy


class VouchersConfig(AppConfig):
    name = "linli.vouchers"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from linli.kernel.roles import FUND_GROUP, OVERSEERS
        from linli.web import desk, menu

        readers = [role.code for role in FUND_GROUP | OVERSEERS]
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
