from collections.abc import Iterator
from typing import Any

from django.apps import AppConfig
from django.urls import reverse
from django.utils.translation import gettext_lazy


class MonthsConfig(AppConfig):
    name = "linli.months"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from linli.kernel.roles import FUND_GROUP, OVERSEERS
        from linli.months import queries
        from linli.months.flow import SEAL_DUTY
        from linli.notices import queries as notices
        from linli.search import finders

        notices.owe(SEAL_DUTY, queries.owed)
        finders.offer(
            code="months",
            label=gettext_lazy("月份"),
            by=gettext_lazy("月份，前面可写小区名称：碧海 10月"),
            icon="calendar-stats",
            roles=FUND_GROUP | OVERSEERS,
            order=330,
            find=_find_months,
        )


def _find_months(asked: Any) -> Iterator[Any]:
    """A month of each book, or of the books that are named before it."""
    from linli.kernel.period import Period
    from linli.ledger import queries as ledger
    from linli.months import rules
    from linli.search.finders import Hit
    from linli.web.templatetags.linli_ui import period

    this = Period.of(asked.access.on)
    name, month = rules.month_meant(asked.text, this=this)
    if month is None:
        return
    for book in ledger.offers.find_books(name, asked.scope, limit=asked.limit):
        if book.first_period <= month.code <= this.code:
            yield Hit(
                label=f"{book.name} {period(month.code)}",
                url=reverse("months:month", args=[book.code, month.code]),
                place=book.place,
            )
