"""What residents and the street say of an estate's months, and what they are answered."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from linli.demo.telling import Told, moment
from linli.disclosure import queries as disclosure
from linli.disclosure import services as disclosure_services
from linli.kernel.period import Period
from linli.oversight import services as oversight


def _object(told: Told, period: Period, figure: str, text: str, at: datetime) -> Any:
    return disclosure_services.object_to(
        by=None,
        release=disclosure.release(told.book, period.code),
        figure=figure,
        text=text,
        phone=f"1380535{told.plan.seed:04d}",
        now=at,
    )


def _screen(told: Told, row: Any, at: datetime) -> None:
    people = told.people
    disclosure_services.screen(by=people["approver"], objection=row, shown=row.text, now=at)


def answered(told: Told, period: Period) -> None:
    """An objection that was looked at the next day and answered within its five days."""
    at = moment(period.last_on + timedelta(9), 20)
    text = "小区画了不止这些车位，月租收入是不是少记了？"
    row = _object(told, period, "common/income/parking", text, at)
    _screen(told, row, at + timedelta(hours=14))
    disclosure_services.answer(
        by=told.people["bookkeeper"],
        objection=row,
        outcome="rejected",
        text="共用车位与收费车位不同：收费车位见合同附件，访客车位按规约免费，已在公告栏附图说明。",
        now=at + timedelta(days=2),
    )


def in_the_clock(told: Told, period: Period, day: date) -> None:
    """One that everybody may read and that waits for its answer."""
    at = moment(day, 20, 10)
    text = "车场换了节能灯，怎么这个月用电没有少？请公布抄表数。"
    row = _object(told, period, "common/cost/energy", text, at)
    _screen(told, row, at + timedelta(hours=13))


def unread(told: Told, period: Period, day: date) -> None:
    """One that nobody has looked at yet."""
    text = "2 号楼底商换了租户，租金还按原来的合同记吗？"
    _object(told, period, "common/income/room_rent", text, moment(day, 19))


def over_time(told: Told, period: Period, day: date) -> None:
    """One that should have been answered by now."""
    at = moment(day, 19)
    text = "快递柜上月多装了一组，场地费没有增加。"
    _screen(told, _object(told, period, "common/income/site", text, at), at + timedelta(hours=15))


def asked(told: Told, period: Period, *, by: Any, day: date) -> None:
    """The street asks about a month that is not published."""
    over = day > disclosure.due_on(told.book, period.code)
    text = "两笔账已过公示期限，请说明原因，尽快" if over else "两笔账的公示期限快到了，请抓紧"
    oversight.raise_followup(
        by=by,
        book=told.book,
        period=period.code,
        text=f"{text}核对、封存并公示。",
        now=moment(day, 9),
    )


def settled(told: Told, period: Period, *, by: Any, published_on: date) -> None:
    """The street asked why a month was late; the group answered, the street checked and closed."""
    row = oversight.raise_followup(
        by=by,
        book=told.book,
        period=period.code,
        text="两笔账没有按期公示，请说明原因并限期公示。",
        now=moment(published_on - timedelta(1), 9),
    )
    row = oversight.reply(
        by=told.people["bookkeeper"],
        followup=row,
        text="记账员住院，单据由别人代为整理，耽误了时间；已补齐并公示，今后由审批人安排替班。",
        now=moment(published_on, 14),
    )
    oversight.close(
        by=by,
        followup=row,
        text="公示单已张贴，账页核对无误，销号。",
        now=moment(published_on + timedelta(1), 10),
    )
