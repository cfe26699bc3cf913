"""The score sheet: a CSV from which anybody computes the same ranking. No database.

First the terms, then the posts, then one line for each candidate, without names. It is written in
the words of the rules, the same in every language, so that its digest is the same, too.
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from linli.exams.ranking import POINT, Line, Terms
from linli.exams.rules import plain
from linli.kernel.rulings import Refused, refuse
from linli.kernel.words import gettext_noop as _

NUMBERS = {
    "written_most": "笔试满分",
    "written_pass": "笔试合格分数线",
    "interview_most": "面试满分",
    "interview_pass": "面试合格分数线",
    "written_share": "笔试占比",
    "interview_share": "面试占比",
    "ratio": "面试比例",
    "panel_least": "评委最少",
    "panel_most": "评委最多",
    "scores_least": "评分最少",
    "drop_from": "去掉最高最低分的起始个数",
}
TIES = "并列比较次序"
POSTS = ("岗位", "招聘人数")
LINES = ("准考证号", "岗位", "笔试成绩", "面试成绩", "加试成绩", "进入面试", "并列比较项", "违纪")


@dataclass(frozen=True, slots=True)
class Sheet:
    """What a ranking is computed from."""

    terms: Terms
    vacancies: Mapping[str, int]
    lines: tuple[Line, ...]


def write(sheet: Sheet) -> bytes:
    """The sheet as bytes: UTF-8 with its mark, lines by post and ticket."""
    out = io.StringIO(newline="")
    rows = csv.writer(out)
    for name, word in NUMBERS.items():
        rows.writerow([word, getattr(sheet.terms, name)])
    rows.writerow([TIES, " ".join(sheet.terms.ties)])
    rows.writerow([])
    rows.writerow(POSTS)
    rows.writerows(sorted(sheet.vacancies.items()))
    rows.writerow([])
    rows.writerow(LINES)
    for line in sorted(sheet.lines, key=lambda line: (line.post, line.ticket)):
        rows.writerow(
            [
                line.ticket,
                line.post,
                plain(line.written),
                plain(line.interview),
                plain(line.additional),
                "是" if line.invited else "否",
                " ".join(sorted(line.traits)),
                "是" if line.void else "",
            ]
        )
    return out.getvalue().encode("utf-8-sig")


def digest(data: bytes) -> str:
    """SHA-256 of a sheet, as ``sha256sum`` says it."""
    return hashlib.sha256(data).hexdigest()


def read(data: bytes) -> Sheet:
    """A sheet that `write` wrote; raises Refused for anything else."""
    try:
        head, posts, lines = _parts(list(csv.reader(io.StringIO(data.decode("utf-8-sig")))))
        told = dict(head)
        terms = Terms(
            **{name: int(told[word]) for name, word in NUMBERS.items()},
            ties=tuple(told[TIES].split()),
        )
        if tuple(posts[0]) != POSTS or tuple(lines[0]) != LINES:
            raise ValueError("headings")
        vacancies = {code: int(count) for code, count in posts[1:]}
        return Sheet(terms, vacancies, tuple(_line(row) for row in lines[1:]))
    except (ValueError, KeyError, IndexError) as error:
        raise Refused(refuse(_("这不是本系统导出的成绩册"), "考试规则:14")) from error


def _parts(rows: Iterable[list[str]]) -> tuple[list[list[str]], ...]:
    found: list[list[list[str]]] = [[]]
    for row in rows:
        if row:
            found[-1].append(row)
        else:
            found.append([])
    head, posts, lines = found
    return head, posts, lines


def _line(row: list[str]) -> Line:
    ticket, post, written, interview, additional, invited, traits, void = row
    return Line(
        ticket=ticket,
        post=post,
        written=_score(written),
        interview=_score(interview),
        additional=_score(additional),
        invited=invited == "是",
        traits=frozenset(traits.split()),
        void=void == "是",
    )


def _score(text: str) -> int | None:
    if not text:
        return None
    whole, part = text.split(".")
    return int(whole) * POINT + int(part)
