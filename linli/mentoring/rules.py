"""Rules of mentoring. No database, no clock, no request."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from linli.kernel import place as codes
from linli.kernel.period import Period, Span
from linli.kernel.rulings import Reason, Ruling, every, require
from linli.kernel.words import gettext_noop as _
from linli.sources import words

MENTOR, MENTEE = "mentor", "mentee"
SIDES = {MENTOR: _("导师"), MENTEE: _("被帮带人")}
NEED, NEAR, LOAD = "need", "near", "load"
HEAVIEST = 3
LONGEST = 600
SHORTEST = 10
MOST_AT_ONCE = 200
"""So many mentees in one proposal: reckoning takes a second or two."""
Points = Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """What counts how much: needs met by skills; the same community or street; each mentee had."""

    need: int
    community: int
    street: int
    load: int


def score(
    *,
    needs: Mapping[str, int],
    skills: Collection[str],
    one: str,
    other: str,
    load: int,
    by: Weights,
) -> Points | None:
    """The points of a pair by what they are made of; None where no skill meets a need.

    `one`, `other`: communities of mentee and mentor; `load`: how many the mentor has already.
    """
    met = sum(weight for topic, weight in needs.items() if topic in skills)
    if not met:
        return None
    street = codes.LEVELS["street"]
    near = by.community if one == other else by.street if one[:street] == other[:street] else 0
    return {
        NEED: by.need * met // sum(needs.values()),
        NEAR: near,
        LOAD: max(3 * by.load - by.load * load, 0),
    }


def assign(points: Sequence[Sequence[int | None]]) -> list[int | None]:
    """For each row a column of its own, so that the sum of points is the highest there is.

    None in `points`: this row never gets this column; None in the answer: a row is left without
    one, which counts nothing. Shortest augmenting paths (Kuhn–Munkres), in O(rows² · columns).

    >>> assign([[9, 8], [8, 1]])
    [1, 0]
    """
    rows = len(points)
    own = len(points[0]) if rows else 0
    columns = own + rows  # a column of nothing for each row
    most = max((n for row in points for n in row if n is not None), default=0)
    never = (most + 1) * (rows + 1)
    cost = [[never if n is None else most - n for n in row] + [most] * rows for row in points]
    low, high = [0] * (rows + 1), [0] * (columns + 1)
    taken, way = [0] * (columns + 1), [0] * (columns + 1)
    for row in range(1, rows + 1):
        taken[0], at = row, 0
        least = [float("inf")] * (columns + 1)
        seen = [False] * (columns + 1)
        while taken[at]:
            seen[at], current = True, taken[at]
            delta, following = float("inf"), 0
            for column in range(1, columns + 1):
                if seen[column]:
                    continue
                left = cost[current - 1][column - 1] - low[current] - high[column]
                if left < least[column]:
                    least[column], way[column] = left, at
                if least[column] < delta:
                    delta, following = least[column], column
            for column in range(columns + 1):
                if seen[column]:
                    low[taken[column]] += int(delta)
                    high[column] -= int(delta)
                else:
                    least[column] -= delta
            at = following
        while at:
            taken[at] = taken[way[at]]
            at = way[at]
    found: list[int | None] = [None] * rows
    for column in range(1, own + 1):
        if taken[column]:
            found[taken[column] - 1] = column - 1
    return found


def said(parts: Points, *, needs: Mapping[str, int], skills: Collection[str]) -> tuple[Reason, ...]:
    """How the points of a pair are made up, as sentences."""
    met = tuple(words("topics")[topic].name for topic in needs if topic in skills)
    near = Reason(_("远近%(n)s分"), {"n": parts[NEAR]})
    return (
        Reason(_("需求%(n)s分：%(topics)s对得上"), {"n": parts[NEED], "topics": met}),
        near,
        Reason(_("已带人数%(n)s分"), {"n": parts[LOAD]}),
    )


def check_needs(needs: Mapping[str, int], *, serving: bool, mentors: bool) -> Ruling:
    """Whether somebody may ask to be taught this."""
    return every(
        [
            require(needs, _("请至少选一个专题")).at("needs"),
            require(set(needs) <= set(words("topics")), _("没有这个专题")).at("needs"),
            require(
                all(0 < weight <= HEAVIEST for weight in needs.values()), _("需要程度为一至三")
            ).at("needs"),
            require(serving, _("此人现在没有任职")).at("worker"),
            require(not mentors, _("此人是在任导师，不再列为被帮带人")).at("worker"),
        ]
    )


def check_mentor(
    *, name: str, skills: Collection[str], most: int, open_: bool, twice: bool
) -> Ruling:
    """Whether somebody may become a mentor of a station."""
    return every(
        [
            require(name.strip(), _("请填写姓名")).at("name"),
            require(skills, _("请至少选一项专长")).at("skills"),
            require(set(skills) <= set(words("topics")), _("没有这个专题")).at("skills"),
            require(0 < most <= 9, _("最多带1至9人")).at("most"),
            require(open_, _("这个驿站已关闭"), "帮带规则:1"),
            require(not twice, _("此人已是在任导师")).at("name"),
        ]
    )


def may_write(
    *,
    side: str,
    ended: bool,
    span: Span | None,
    begun_on: date,
    on: date,
    today: date,
    text: str,
    both: bool,
) -> Ruling:
    """May a side write, or write anew, about a period? `both`: both sides have written already."""
    inside = span is not None and span.first_on <= today and span.last_on >= begun_on
    return every(
        [
            require(side in SIDES, _("记录由导师和被帮带人本人写"), "帮带规则:3"),
            require(not ended, _("这次结对已结束")),
            require(not both, _("双方都已写，记录已封存，不能再改"), "帮带规则:4"),
            require(inside, _("这个月（季）不在结对期间，或者还没有到"), "帮带规则:3"),
            require(
                span is None or not inside or span.contains(on) and on <= today,
                _("帮带日期应在这个月（季）里、不晚于今天"),
            ).at("on"),
            require(
                SHORTEST <= len(text.strip()) <= LONGEST,
                _("记录请写%(low)s至%(high)s个字"),
                low=SHORTEST,
                high=LONGEST,
            ).at("text"),
        ]
    )


def is_stalled(*, begun_on: date, last_both: str, months: int, today: date) -> bool:
    """Whether a pair has stood still: no month of the last few has logs of both sides.

    `last_both`: the latest month ("2026-10") about which both have written, "" for none.
    """
    limit = Period.of(today).plus(-months)
    return begun_on < limit.first_on and last_both < limit.code


def owed_periods(*, begun_on: date, written: Collection[str], today: date) -> list[Span]:
    """The periods a side of a pair has still to write about: last month, this one, this quarter."""
    this = Period.of(today)
    spans = [this.previous.span("month"), this.quarter.previous, this.span("month"), this.quarter]
    return [
        span
        for span in spans
        if span.code not in written and span.last_on >= begun_on and begun_on <= today
    ]


def needs_reason(why: str) -> Ruling:
    return every(
        [
            require(why.strip(), _("请写明原因")).at("why"),
            require(len(why) <= 200, _("说明请不超过%(n)s个字"), n=200).at("why"),
        ]
    )
