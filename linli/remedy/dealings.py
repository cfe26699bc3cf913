"""What is allowed on the way: joint visits, formal talks, contracts signed anew, follow-ups.

As in rules: no database, no clock, no request.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from linli.kernel.rulings import Ruling, every, require
from linli.kernel.words import gettext_noop as _
from linli.remedy.rules import BROKEN, KEPT, OPEN
from linli.sources.remedies import clauses

FIRST_YEAR = 2000
"""Nothing that is recorded happened before."""
MOST_CLAUSE_DAYS = 365 * 30
"""A clause is due within thirty years of the contract."""

BY_STREET, BY_DISTRICT = "street", "district"
LEVELS = {BY_STREET: _("街道督办"), BY_DISTRICT: _("区级督办")}
"""Who follows up on a plan that is late."""

# --- visits, talks, contracts -------------------------------------------------------------------


def may_visit(
    *, agencies: Mapping[str, str], found: str, on: date, today: date, least: int
) -> Ruling:
    """May a joint visit be recorded? `agencies`: agency → who came. One agency is no joint visit."""
    nobody = tuple(name for name, who in agencies.items() if not who.strip())
    return every(
        [
            require(
                len(agencies) >= least,
                _("联合执法要有%(least)s个以上部门到场，这里只有%(n)s个"),
                "处置规则:4",
                least=least,
                n=len(agencies),
            ).at("agencies"),
            require(not nobody, _("没有写到场人员：%(names)s"), names=nobody).at("agencies"),
            require(found.strip(), _("请写明现场情况")).at("found"),
            require(on <= today, _("日期在今天之后")).at("on"),
            require(on.year >= FIRST_YEAR, _("日期太早，请核对")).at("on"),
        ]
    )


def may_talk(*, whom: str, promise: str, promised_on: date | None, on: date, today: date) -> Ruling:
    """May a formal talk be recorded? It has a promise with a day."""
    return every(
        [
            require(whom.strip(), _("请写明约谈了谁")).at("whom"),
            require(promise.strip(), _("请写明对方承诺做什么"), "处置规则:5").at("promise"),
            require(promised_on is not None, _("请写明承诺哪天做到"), "处置规则:5").at(
                "promised_on"
            ),
            require(promised_on is None or promised_on >= on, _("承诺日期早于约谈日期")).at(
                "promised_on"
            ),
            require(on <= today, _("日期在今天之后")).at("on"),
            require(on.year >= FIRST_YEAR, _("日期太早，请核对")).at("on"),
        ]
    )


def may_check(
    *, state: str, outcome: str, promised_on: date, today: date, note: str, same: bool
) -> Ruling:
    """May somebody say whether a promise was kept? Not broken before its day is over."""
    return every(
        [
            require(state == OPEN, _("这次承诺已经复核过")),
            require(outcome in (KEPT, BROKEN), _("请选择是否兑现")).at("outcome"),
            require(not same, _("由另一人复核，记约谈的人不自己复核"), "处置规则:5"),
            require(
                outcome != BROKEN or today > promised_on,
                _("承诺的日期%(day)s还没有过，不能记为未兑现"),
                "处置规则:5",
                day=promised_on.isoformat(),
            ).at("outcome"),
            require(note.strip(), _("请写明看到的情况")).at("note"),
        ]
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ClauseTold:
    """A clause as it was agreed: of which kind, in which words, until when."""

    code: str
    text: str
    due_on: date | None = None


def may_resign(
    told: Sequence[ClauseTold],
    *,
    signed_on: date,
    today: date,
    number: str,
    files: int,
    measured: bool,
) -> Ruling:
    """May a re-signed construction contract be recorded? `measured`: the plan has the measure."""
    codes = [one.code for one in told]
    return every(
        [
            require(measured, _("方案里没有“重签代建合同”这项措施"), "处置规则:3"),
            require(number.strip(), _("请填写合同编号")).at("number"),
            require(signed_on <= today, _("签订日期在今天之后")).at("signed_on"),
            require(signed_on.year >= FIRST_YEAR, _("日期太早，请核对")).at("signed_on"),
            require(
                all(
                    one.due_on is None or (one.due_on - signed_on).days <= MOST_CLAUSE_DAYS
                    for one in told
                ),
                _("条款的期限太远，请核对"),
            ).at("clauses"),
            require(files, _("请附合同扫描件")).at("papers"),
            require(told, _("请至少写明一条要跟踪的条款")).at("clauses"),
            require(
                all(code in clauses() for code in codes) and len(set(codes)) == len(codes),
                _("条款重复或不认识"),
            ).at("clauses"),
            require(all(one.text.strip() for one in told), _("条款没有内容")).at("clauses"),
            require(
                all(one.due_on is None or one.due_on >= signed_on for one in told),
                _("条款的期限早于签订日期"),
            ).at("clauses"),
        ]
    )


def may_tell_clause(
    *, state: str, outcome: str, note: str, files: int, due_on: date | None, today: date
) -> Ruling:
    return every(
        [
            require(state == OPEN, _("这条已经记过结果")),
            require(outcome in (KEPT, BROKEN), _("请选择是否履行")).at("outcome"),
            require(note.strip(), _("请写明情况")).at("note"),
            require(outcome != KEPT or files, _("请附佐证（照片或文件）"), "处置规则:10").at(
                "papers"
            ),
            require(
                outcome != BROKEN or due_on is None or today > due_on,
                _("期限还没有过，不能记为违约"),
            ).at("outcome"),
        ]
    )


# --- follow-ups ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """One round of follow-up as it was issued."""

    number: int
    level: str
    due_on: date
    ended: bool


def next_round(
    rounds: Sequence[Round], *, late: bool, today: date, street_rounds: int
) -> tuple[int, str] | None:
    """(number, level) of the round that is to be issued today, or None.

    One at a time: the next comes when the one before has run out and the plan is still late.
    Rounds that ended because the plan was in time again do not count towards the district.
    """
    if not late:
        return None
    running_ = [one for one in rounds if not one.ended]
    if any(one.due_on >= today for one in running_):
        return None
    number = max((one.number for one in rounds), default=0) + 1
    up = len(running_) >= street_rounds or any(one.level == BY_DISTRICT for one in running_)
    return number, BY_DISTRICT if up else BY_STREET


def may_answer(*, answered: bool, text: str) -> Ruling:
    return require(not answered, _("已经回复过")) & require(text.strip(), _("请写明回复内容")).at(
        "text"
    )
