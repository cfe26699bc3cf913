from collections.abc import Iterator
from typing import Any

from django.apps import AppConfig
from django.urls import reverse
from django.utils.translation import gettext_lazy as _


class LedgerConfig(AppConfig):
    name = "linli.ledger"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from linli.kernel.roles import FUND_GROUP, OVERSEERS
        from linli.search import finders
        from linli.web import menu

        readers = FUND_GROUP | OVERSEERS
        menu.register(
            code="books",
            label=_("账套"),
            url_name="ledger:index",
            icon="book-2",
            roles=[role.code for role in readers],
            order=300,
            group=_("记账与对账"),
            on_phone=True,
        )
        finders.offer(
            code="books",
            label=_("账套"),
            by=_("名称、首字母、编号"),
            icon="book-2",
            roles=readers,
            order=300,
            find=_find_books,
            more="ledger:index",
        )
        finders.offer(
            code="money",
            label=_("资金账户"),
            by=_("名称、开户行、账号后四位"),
            icon="building-bank",
            roles=readers,
            order=310,
            find=_find_accounts,
        )
        finders.offer(
            code="projects",
            label=_("项目"),
            by=_("名称、编号、协议编号、承接单位"),
            icon="list-check",
            roles=readers,
            order=320,
            find=_find_projects,
        )


def _find_books(asked: Any) -> Iterator[Any]:
    from linli.ledger import offers
    from linli.ledger.templatetags.books import home_of
    from linli.search.finders import Hit

    for book in offers.find_books(asked.text, asked.scope, limit=asked.limit):
        yield Hit(label=book.name, url=home_of(book), facts=(book.code,), place=book.place)


def _find_accounts(asked: Any) -> Iterator[Any]:
    from linli.ledger import offers
    from linli.search.finders import Hit
    from linli.sources import FUNDS

    for one in offers.find_accounts(asked.text, asked.scope, limit=asked.limit):
        yield Hit(
            label=one.name,
            url=reverse("ledger:account", args=[one.book.code, one.pk]),
            facts=(
                one.book.name,
                FUNDS[one.fund].name,
                one.bank,
                f"…{one.tail}" if one.tail else "",
            ),
        )


def _find_projects(asked: Any) -> Iterator[Any]:
    from linli.ledger import offers
    from linli.search.finders import Hit

    for project in offers.find_projects(asked.text, asked.scope, limit=asked.limit):
        yield Hit(
            label=project.name,
            url=reverse("ledger:projects", args=[project.book.code]),
            facts=(project.book.name, project.code, project.contractor),
        )
