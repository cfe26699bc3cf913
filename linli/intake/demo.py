"""A ledger sheet that waits half way through the import pages of the demo county."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from linli.intake import reading, uploads
from linli.intake.proposing import LEDGER
from linli.kernel.period import Period

NAME = "物业收支明细（待核）.csv"


def tell(*, book: Any, by: Any, period: str, now: datetime) -> uploads.Upload:
    """Upload a sheet of one month for a book; one of its rows is to be mended."""
    first = Period(period).first_on.isoformat()
    rows = (
        "日期,资金来源,类别,对方单位,摘要,收入,支出,票据号",
        f"{first},公共收益,停车场地使用费,业主,地面停车月租,1200.00,,SJ{period[-2:]}01",
        f"{first},公共收益,驿站进场费,快递驿站,快递柜进场,300.00,,SJ{period[-2:]}02",
    )
    data = "\n".join(rows).encode()
    workbook, ruling = reading.open_workbook(data, name=NAME)
    ruling.enforce()
    assert workbook is not None
    proposal = reading.propose(workbook, kind=LEDGER, version=book.chart_version)
    return uploads.begin(
        by=by,
        book=book,
        kind=LEDGER,
        content=data,
        name=NAME,
        kept_name=NAME,
        signature=reading.signature_of(proposal, kind=LEDGER),
        now=now,
    ).subject
