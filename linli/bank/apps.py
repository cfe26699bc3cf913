from django.apps import AppConfig
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy


class BankConfig(AppConfig):
    name = "linli.bank"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from linli.kernel.roles import FUND_GROUP, OVERSEERS
        from linli.web import desk, menu

        menu.register(
            code="bank",
            label=gettext_lazy("银行对账"),
            url_name="bank:index",
            icon="building-bank",
            roles=[role.code for role in FUND_GROUP | OVERSEERS],
            order=320,
            group=gettext_lazy("记账与对账"),
        )
        desk.offer(_lines_to_match)
        desk.offer(_explanations_to_accept)
        desk.offer(_counts_to_confirm)


def _address(account: int, period: str = "") -> str:
    query = f"?month={period}" if period else ""
    return f"{reverse('bank:reconcile', args=[account])}{query}"


def _lines_to_match(access: object, today: object) -> list:
    """Bank lines that the bookkeeper has not matched yet."""
    from linli.bank import queries
    from linli.kernel.roles import BOOKKEEPER
    from linli.web.desk import Line

    if not access.holds(BOOKKEEPER):  # type: ignore[attr-defined]
        return []
    found = queries.unmatched_counts(access.scope(BOOKKEEPER))  # type: ignore[attr-defined]
    return [
        Line(
            title=_("“%(account)s”有 %(n)s 笔流水待核对")
            % {"account": account.name, "n": account.free_count},
            url=_address(account.pk),
            place=account.book.name,
            action=_("去对账"),
        )
        for account in found
    ]


def _explanations_to_accept(access: object, today: object) -> list:
    """What the bookkeeper said of open items and the resident representative has not accepted."""
    from linli.bank import queries
    from linli.kernel.roles import RESIDENT
    from linli.web.desk import Line

    if not access.holds(RESIDENT):  # type: ignore[attr-defined]
        return []
    found = queries.waiting_explanations(access.scope(RESIDENT))  # type: ignore[attr-defined]
    return [
        Line(
            title=_("未达账项的说明等您认可：%(note)s") % {"note": said.note},
            url=_address(said.account_id, said.period),
            place=said.account.book.name,
            action=_("去认可"),
        )
        for said in found
    ]


def _counts_to_confirm(access: object, today: object) -> list:
    """Cash that one person counted and a second has not confirmed."""
    from linli.bank import queries
    from linli.kernel.roles import FUND_GROUP
    from linli.web.desk import Line

    if not access.holds(*FUND_GROUP):  # type: ignore[attr-defined]
        return []
    scope = access.scope(*FUND_GROUP)  # type: ignore[attr-defined]
    return [
        Line(
            title=_("“%(account)s”已盘点，等另一人确认") % {"account": count.account.name},
            url=_address(count.account_id, count.period),
            place=count.account.book.name,
            action=_("去确认"),
        )
        for count in queries.waiting_counts(scope, but=access.user.pk)  # type: ignore[attr-defined]
    ]
