from argparse import ArgumentParser
from typing import Any

from django.core.management.base import CommandError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from linli import indicators
from linli.kernel.place import EVERYWHERE, Scope
from linli.places import queries as places
from linli.web.commands import PROOF, LinliCommand


class Command(LinliCommand):
    help = gettext_lazy("由台账逐行计算各项指标，并与报道的数字对照")
    group = PROOF
    offers_json = True
    examples = (
        ("indicators", gettext_lazy("全部指标：计算值、分子、分母、报道值")),
        ("indicators --place 370614001 --json", gettext_lazy("一个街道的指标，供程序读取")),
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--place", default="", help=_("地域代码；不写是全县（市、区）"))

    def handle(self, *args: Any, **options: Any) -> None:
        place = options["place"] or _county()
        if places.find(place) is None:
            raise CommandError(_("没有这个地域：%(code)s") % {"code": place})
        rows = indicators.shown(Scope.of(place), timezone.localdate(), place=place)
        if options["json"]:
            with override("zh-hans"):
                self.json([_as_json(row) for row in rows])
            return
        head = (
            _("指标"),
            ">" + _("计算值"),
            ">" + _("分子"),
            ">" + _("分母"),
            ">" + _("报道值"),
            _("说明"),
        )
        self.table(
            head,
            [
                (
                    f"{row.indicator.name}（{row.indicator.code}）",
                    f"{_said(row.found.value)} {row.indicator.unit}",
                    _said(row.found.numerator),
                    _said(row.found.denominator),
                    _said(row.reported),
                    str(row.indicator.means),
                )
                for row in rows
            ],
        )


def _county() -> str:
    county = places.of_level("county", EVERYWHERE).first()
    if county is None:
        raise CommandError(_("还没有地域：请先运行 linli init"))
    return county.place


def _said(value: float | int | None) -> str:
    return "" if value is None else str(value)


def _as_json(row: indicators.Shown) -> dict[str, Any]:
    return {
        "code": row.indicator.code,
        "claim": row.indicator.claim,
        "name_zh": str(row.indicator.name),
        "value": row.found.value,
        "unit": str(row.indicator.unit),
        "numerator": row.found.numerator,
        "denominator": row.found.denominator,
        "left_out": row.found.left_out,
        "article_value": row.reported,
        "cite": row.cite,
    }
