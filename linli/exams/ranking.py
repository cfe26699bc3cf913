"""Scores and rankings: exact, pure, and the same for whoever computes them again. No database.

Scores are whole hundredths of a point. Nothing is a float.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from linli.kernel.words import gettext_noop as _

POINT = 100
"""Hundredths in a point."""

TIES = {
    "interview": _("面试成绩"),
    "written": _("笔试成绩"),
    "party": _("中共党员"),
    "veteran": _("退役军人"),
    "social": _("持社会工作职业资格"),
    "additional": _("加试成绩"),
}
"""What may decide between equal totals. Those that are no score are traits of a candidate."""
SCORES = ("interview", "written", "additional")

IN, OUT, TIED = "in", "out", "tied"
OUTCOMES = {IN: _("入围"), OUT: _("未入围"), TIED: _("并列待加试")}

WHYS = {
    "": "",
    "void": _("违纪，成绩无效"),
    "absent": _("缺考"),
    "below": _("低于笔试合格分数线"),
    "uninvited": _("未进入面试"),
    "missed": _("面试缺席"),
    "weak": _("低于面试合格分数线"),
    "beyond": _("名次在名额以外"),
    "equal": _("各项比较后仍然并列，须加试"),
    "level": _("末位并列，一并进入面试"),
}
"""Why somebody is in or out, where a word is needed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What holds for an exam: marks in points, shares in percent, the ratio of the interview, and
    what decides between equal totals, in order."""

    written_most: int = 100
    written_pass: int = 60
    interview_most: int = 100
    interview_pass: int = 60
    written_share: int = 50
    interview_share: int = 50
    ratio: int = 2
    panel_least: int = 5
    panel_most: int = 9
    scores_least: int = 3
    drop_from: int = 5
    ties: tuple[str, ...] = ("interview", "party", "veteran", "social", "additional")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A candidate as the score sheet has it; None where there is no score."""

    ticket: str
    post: str
    written: int | None
    interview: int | None = None
    additional: int | None = None
    invited: bool = True
    traits: frozenset[str] = field(default_factory=frozenset)
    void: bool = False


@dataclass(frozen=True, slots=True)
class Placing:
    """Where a candidate stands within the post.

    `score`: what was ranked by, None for whoever has none; `rank` counts from 1, equals share one,
    0 for none; `tie`: what decided between this one and the one before with the same score ("" for
    nothing); `outcome` and `why`: keys of OUTCOMES and WHYS.
    """

    line: Line
    score: int | None
    rank: int
    tie: str
    outcome: str
    why: str


@dataclass(frozen=True, slots=True)
class Mean:
    """The mean of the scores of a panel: `value` in hundredths, what counted and what did not."""

    value: int
    kept: tuple[int, ...]
    dropped: tuple[int, ...]


def mean(scores: Sequence[int], *, drop_from: int) -> Mean:
    """The mean, from `drop_from` scores on without one highest and one lowest; rounded half up to
    a hundredth. Raises ValueError for no score at all."""
    if not scores:
        raise ValueError("no scores")
    ordered = sorted(scores)
    dropped: tuple[int, ...] = ()
    if len(ordered) >= max(drop_from, 3):
        dropped = (ordered[0], ordered[-1])
        ordered = ordered[1:-1]
    return Mean((2 * sum(ordered) + len(ordered)) // (2 * len(ordered)), tuple(ordered), dropped)


def total(written: int, interview: int, terms: Terms) -> int:
    """The total by shares, rounded half up to a hundredth."""
    return (written * terms.written_share + interview * terms.interview_share + 50) // 100


def invite(lines: Iterable[Line], *, terms: Terms, vacancies: Mapping[str, int]) -> list[Placing]:
    """Who comes to the interview: of each post the first `vacancies` × ratio by written score,
    everybody who ties at the last place among them."""
    found: list[Placing] = []
    for post, some in _by_post(lines):
        fit, unfit = _split(some, lambda line: _why_not_invited(line, terms))
        places = vacancies.get(post, 0) * terms.ratio
        ordered = sorted(fit, key=lambda line: (-(line.written or 0), line.ticket))
        last = ordered[places - 1].written if 0 < places <= len(ordered) else -1
        rank = 0
        for at, line in enumerate(ordered, start=1):
            rank = rank if at > 1 and line.written == ordered[at - 2].written else at
            enters = places > 0 and (line.written or 0) >= (last or 0)
            why = "level" if enters and at > places else "" if enters else "beyond"
            found.append(Placing(line, line.written, rank, "", IN if enters else OUT, why))
        found += [Placing(line, line.written, 0, "", OUT, why) for line, why in unfit]
    return found


def rank(lines: Iterable[Line], *, terms: Terms, vacancies: Mapping[str, int]) -> list[Placing]:
    """The ranking by total within each post; the first `vacancies` are in.

    Equal totals are compared by `terms.ties` in order, the higher score or the trait first. Who is
    equal in all of them shares a rank; where such a group is cut by the last place, all of it
    takes an additional test.
    """
    found: list[Placing] = []
    for post, some in _by_post(lines):
        fit, unfit = _split(some, lambda line: _why_not_ranked(line, terms))
        found += _ranked(fit, vacancies.get(post, 0), terms)
        found += [Placing(line, None, 0, "", OUT, why) for line, why in unfit]
    return found


def _ranked(lines: list[Line], places: int, terms: Terms) -> list[Placing]:
    scored = [(total(line.written or 0, line.interview or 0, terms), line) for line in lines]
    merits = {line.ticket: _merits(line, terms.ties) for line in lines}
    scored.sort(key=lambda pair: (-pair[0], [-m for m in merits[pair[1].ticket]], pair[1].ticket))
    found: list[Placing] = []
    at = 0
    before: tuple[int, Line] | None = None
    groups = groupby(scored, key=lambda pair: (pair[0], merits[pair[1].ticket]))
    for (score, _merit), some in groups:
        block = list(some)
        cut = at < places < at + len(block)
        for _score, line in block:
            outcome = TIED if cut else IN if at < places else OUT
            why = {TIED: "equal", IN: "", OUT: "beyond"}[outcome]
            tie = ""
            if before is not None and before[0] == score:
                tie = _decided(merits[before[1].ticket], merits[line.ticket], terms.ties)
            found.append(Placing(line, score, at + 1, tie, outcome, why))
        before = block[-1]
        at += len(block)
    return found


def _merits(line: Line, ties: tuple[str, ...]) -> tuple[int, ...]:
    return tuple(
        (getattr(line, code) or 0) if code in SCORES else int(code in line.traits) for code in ties
    )


def _decided(one: tuple[int, ...], other: tuple[int, ...], ties: tuple[str, ...]) -> str:
    return next((code for code, a, b in zip(ties, one, other, strict=True) if a != b), "")


def _by_post(lines: Iterable[Line]) -> list[tuple[str, list[Line]]]:
    ordered = sorted(lines, key=lambda line: (line.post, line.ticket))
    return [(post, list(some)) for post, some in groupby(ordered, key=lambda line: line.post)]


def _split(lines: list[Line], why_not: object) -> tuple[list[Line], list[tuple[Line, str]]]:
    told = [(line, why_not(line)) for line in lines]  # type: ignore[operator]
    return [line for line, why in told if not why], [(line, why) for line, why in told if why]


def _why_not_invited(line: Line, terms: Terms) -> str:
    if line.void:
        return "void"
    if line.written is None:
        return "absent"
    return "below" if line.written < terms.written_pass * POINT else ""


def _why_not_ranked(line: Line, terms: Terms) -> str:
    why = _why_not_invited(line, terms)
    if why:
        return why
    if not line.invited:
        return "uninvited"
    if line.interview is None:
        return "missed"
    return "weak" if line.interview < terms.interview_pass * POINT else ""
