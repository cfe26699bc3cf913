"""How large an estate is: households and floor area. No database, no clock."""

from __future__ import annotations

from datetime import date

from linli.kernel.rulings import Ruling, every, require
from linli.kernel.words import gettext_noop as _

LARGEST_FLOOR_DM2 = 100_000_000_00
"""A hundred million square metres: more is a slip of the pen."""


def may_tell_figures(
    *,
    level: str,
    household_count: int | None,
    floor_dm2: int | None,
    above_dm2: int | None,
    completed_on: date | None,
    as_of_on: date,
    today: date,
    source: str,
) -> Ruling:
    """May this be written down as the size of an estate? What nobody knows is left empty."""
    told = (household_count, floor_dm2, above_dm2, completed_on)
    areas = {"floor_dm2": floor_dm2, "above_dm2": above_dm2}
    return every(
        [
            require(level == "estate", _("规模登记在小区上")),
            require(any(each is not None for each in told), _("请至少填写一项")),
            require(source.strip(), _("请写明数据来源")).at("source"),
            require(as_of_on <= today, _("数据日期在今天之后")).at("as_of_on"),
            require(
                household_count is None or 0 < household_count <= 100_000,
                _("户数应大于0、不超过10万"),
            ).at("household_count"),
            *(
                require(
                    area is None or 0 < area <= LARGEST_FLOOR_DM2,
                    _("建筑面积应大于0、不超过1亿平方米"),
                ).at(name)
                for name, area in areas.items()
            ),
            require(
                floor_dm2 is None or above_dm2 is None or above_dm2 <= floor_dm2,
                _("地上建筑面积不能大于总建筑面积"),
            ).at("above_dm2"),
        ]
    )
