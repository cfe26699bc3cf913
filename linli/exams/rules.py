"""What may be done in an exam, and if not, why not."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Sequence
from datetime import date

from linli.exams.ranking import IN as IN
from linli.exams.ranking import OUT as OUT
from linli.exams.ranking import POINT, TIES, Terms
from linli.exams.ranking import TIED as TIED
from linli.exams.ranking import Line as Line
from linli.exams.ranking import invite as invite
from linli.exams.ranking import mean as mean
from linli.exams.ranking import rank as rank
from linli.kernel.rulings import ALLOWED, Ruling, every, refuse, require
from linli.kernel.words import gettext_noop as _

PRESENT, ABSENT, VOID = "present", "absent", "void"
STATES = {PRESENT: _("到考"), ABSENT: _("缺考"), VOID: _("违纪")}
FIRST, SECOND, SETTLER, INTERVIEW = "first", "second", "settle", "interview"
DUTIES = {
    FIRST: _("第一次录入"),
    SECOND: _("第二次录入"),
    SETTLER: _("复核"),
    INTERVIEW: _("面试计分"),
}
"""What somebody who is appointed for an exam does there."""
TYPISTS = (FIRST, SECOND)
TRAITS = tuple(code for code in TIES if code not in ("interview", "written", "additional"))
MOST_SEATS, MOST_REASON = 500, 200
_SCORE = re.compile(r"([0-9]{1,4})(?:\.([0-9]{1,2}))?")


def plain(hundredths: int | None) -> str:
    """7850 → ``78.50``; "" for none."""
    return "" if hundredths is None else f"{hundredths // POINT}.{hundredths % POINT:02d}"


def parse_score(text: object, *, most: int) -> tuple[int | None, Ruling]:
    """A score as somebody typed it, in hundredths. `most`: full marks in points."""
    told = unicodedata.normalize("NFKC", str(text)).strip().replace("。", ".")
    found = _SCORE.fullmatch(told)
    if found is None:
        return None, refuse(
            _("“%(value)s”不是成绩，请填写数字，最多两位小数"), "考试规则:5", value=told[:20]
        )
    value = int(found[1]) * POINT + int((found[2] or "").ljust(2, "0"))
    return value, check_score(value, most=most)


def check_score(value: int, *, most: int) -> Ruling:
    """Whether a score in hundredths may stand. `most`: full marks in points."""
    return require(
        0 <= value <= most * POINT,
        _("成绩%(value)s高于满分%(most)s分，请核对试卷"),
        "考试规则:5",
        value=plain(value),
        most=most,
    )


def is_keeper(*, holds: bool) -> Ruling:
    return require(holds, _("考试由县级社会工作部门或者组织部门组织"))


def check_terms(terms: Terms) -> Ruling:
    """A county may set its own numbers; they must still make sense together."""
    return require(
        terms.written_share + terms.interview_share == 100,
        _("笔试占%(a)s%%、面试占%(b)s%%，合计不是100%%，请更正本地规则"),
        "考试规则:11",
        a=terms.written_share,
        b=terms.interview_share,
    )


def may_open(*, title: str, held_on: date, today: date, known: bool) -> Ruling:
    return every(
        [
            require(title.strip(), _("请写明考试名称")).at("title"),
            require(held_on >= today, _("考试日期在今天之前")).at("held_on"),
            require(not known, _("这件事已经有一场笔试"), "考试规则:1").at("about"),
        ]
    )


def check_posts(posts: Collection[tuple[str, str, int]]) -> Ruling:
    """`posts`: code, name, vacancies."""
    return require(posts, _("至少要有一个岗位")) & every(
        require(
            code.strip() and name.strip() and vacancies >= 1,
            _("岗位%(code)s须有代码、名称和招聘人数"),
            code=code,
        )
        for code, name, vacancies in posts
    )


def check_candidates(
    some: Sequence[tuple[str, str, str, Collection[str]]],
    *,
    posts: Collection[str],
    there: Collection[str],
) -> Ruling:
    """`some`: key, name, post, traits; `there`: keys that are in the exam already."""
    seen, rulings = set(there), []
    for at, (key, name, post, traits) in enumerate(some, start=1):
        rulings.append(
            every(
                [
                    require(key.strip() and name.strip(), _("考生须有编号和姓名")),
                    require(key not in seen, _("%(name)s已在考生名单中"), name=name),
                    require(post in posts, _("没有岗位%(post)s"), post=post),
                    require(set(traits) <= set(TRAITS), _("不认识的并列比较项")),
                ]
            ).at("", at)
        )
        seen.add(key)
    return every(rulings)


def not_drawn(*, drawn: bool) -> Ruling:
    return require(not drawn, _("座位已经抽签排定，名单、岗位和考场不能再改"), "考试规则:2")


def is_drawn(*, drawn: bool) -> Ruling:
    return require(drawn, _("座位还没有抽签排定"), "考试规则:2")


def not_locked(*, locked: bool) -> Ruling:
    return require(not locked, _("成绩已经锁定，不能再改"), "考试规则:6")


def check_room(*, name: str, seats: int, across: int) -> Ruling:
    return every(
        [
            require(name.strip(), _("请写明考场名称和地点")).at("name"),
            require(1 <= seats <= MOST_SEATS, _("座位数须在1到%(most)s之间"), most=MOST_SEATS).at(
                "seats"
            ),
            require(1 <= across <= max(seats, 1), _("每排座位数须在1到座位数之间")).at("across"),
        ]
    )


def may_name_clerk(
    *, duty: str, active: bool, other_duty: str, began: bool, replaces: bool
) -> Ruling:
    """`other_duty`: what the person already does in this exam; `began`: who held the duty before
    has entered something."""
    return every(
        [
            require(duty in DUTIES, _("没有这项工作")).at("duty"),
            require(active, _("这个账号已经停用")).at("user"),
            require(
                not other_duty,
                _("这个人在本场考试中已担任“%(duty)s”，录入和复核须由不同的人办理"),
                "考试规则:4",
                duty=DUTIES.get(other_duty, other_duty),
            ).at("user"),
            require(not (replaces and began), _("原来的人已经开始录入，不能换人"), "考试规则:4").at(
                "duty"
            ),
        ]
    )


def may_draw(*, candidates: int, seats: int, drawn: bool) -> Ruling:
    return every(
        [
            not_drawn(drawn=drawn),
            require(candidates, _("还没有考生")),
            require(
                seats >= candidates,
                _("考生%(n)s人，座位只有%(seats)s个，还差%(gap)s个"),
                n=candidates,
                seats=seats,
                gap=candidates - seats,
            ),
        ]
    )


def may_sign_in(*, drawn: bool, locked: bool, today: date, held_on: date) -> Ruling:
    return every(
        [
            is_drawn(drawn=drawn),
            not_locked(locked=locked),
            require(today >= held_on, _("考试日期未到，不能签到"), "考试规则:3"),
        ]
    )


def check_sign_in(*, strangers: bool, both: bool, untold: bool, scored: Sequence[str]) -> Ruling:
    """`scored`: names of people who are said to be gone and have a score."""
    return every(
        [
            require(not strangers, _("其中有不在这个考场的考生")),
            require(not both, _("同一名考生不能既缺考又违纪")),
            require(not untold, _("违纪须写明情形"), "考试规则:3").at("why"),
            require(
                not scored,
                _("%(names)s已经录入成绩，先核对试卷再登记缺考或者违纪"),
                "考试规则:3",
                names=tuple(scored),
            ),
        ]
    )


def is_clerk(*, duty: str, held: bool) -> Ruling:
    return require(
        held, _("“%(duty)s”由本场考试指定的人办理"), "考试规则:4", duty=DUTIES.get(duty, duty)
    )


def may_enter(*, done: bool, locked: bool, strangers: bool, missing: Sequence[str]) -> Ruling:
    """`strangers`: scores of people of another exam; `missing`: names who were not there."""
    return every(
        [
            not_locked(locked=locked),
            require(not done, _("您已经交卷，录入的成绩不能再改"), "考试规则:4"),
            require(not strangers, _("其中有不是本场考试的考生")),
            require(
                not missing,
                _("%(names)s缺考或者违纪，不录成绩"),
                "考试规则:3",
                names=tuple(missing),
            ),
        ]
    )


def may_hand_in(*, done: bool, signed: int, left: int) -> Ruling:
    """`signed`: candidates nobody said anything of at the sign-in; `left`: without a score."""
    return every(
        [
            require(not done, _("已经交过")),
            require(not signed, _("还有%(n)s名考生没有签到结果"), "考试规则:3", n=signed),
            require(not left, _("还有%(n)s名考生没有录入"), n=left),
        ]
    )


def may_settle(*, both: bool, differs: bool, locked: bool, reason: str) -> Ruling:
    return every(
        [
            not_locked(locked=locked),
            require(both, _("两次录入都交卷以后才能复核"), "考试规则:4"),
            require(not both or differs, _("这名考生的两次录入一致，不需要复核")),
            check_reason(reason),
        ]
    )


def check_reason(reason: str) -> Ruling:
    return every(
        [
            require(reason.strip(), _("请写明理由")).at("reason"),
            require(len(reason) <= MOST_REASON, _("理由最多%(n)s字"), n=MOST_REASON).at("reason"),
        ]
    )


def may_lock(*, locked: bool, both: bool, differing: int, typist: bool) -> Ruling:
    return every(
        [
            not_locked(locked=locked),
            require(both, _("两次录入还没有都交卷"), "考试规则:6"),
            require(
                not differing, _("还有%(n)s名考生的成绩不一致，须复核"), "考试规则:6", n=differing
            ),
            require(not typist, _("锁定人不得是录入成绩的人"), "考试规则:6"),
        ]
    )


# --- the interview ------------------------------------------------------------------------------


def may_open_interview(
    *,
    title: str,
    scores_locked: bool,
    there: bool,
    held_on: date,
    today: date,
    panel: Sequence[str],
    terms: Terms,
) -> Ruling:
    """`panel`: names."""
    size = len(panel)
    return every(
        [
            require(title.strip(), _("请写明面试名称")).at("title"),
            require(scores_locked, _("笔试成绩锁定以后才能组织面试"), "考试规则:12"),
            require(not there, _("这场笔试已经有面试")),
            require(held_on >= today, _("面试日期在今天之前")).at("held_on"),
            require(
                size % 2 == 1 and terms.panel_least <= size <= terms.panel_most,
                _("评委%(n)s人；应为单数，%(least)s到%(most)s人"),
                "考试规则:7",
                n=size,
                least=terms.panel_least,
                most=terms.panel_most,
            ).at("panel"),
            require(all(name.strip() for name in panel), _("评委须有姓名")).at("panel"),
            require(len(set(panel)) == size, _("评委姓名重复")).at("panel"),
        ]
    )


def check_guests(*, people: int, unfit: Sequence[str]) -> Ruling:
    """`unfit`: names of people who did not pass the written test."""
    return require(people, _("没有进入面试的考生"), "考试规则:12") & require(
        not unfit,
        _("%(names)s笔试没有合格，不能进入面试"),
        "考试规则:12",
        names=tuple(unfit[:10]),
    )


def order_not_drawn(*, drawn: bool) -> Ruling:
    return require(not drawn, _("面试次序已经抽签排定"), "考试规则:8")


def may_draw_order(*, drawn: bool, people: int) -> Ruling:
    return order_not_drawn(drawn=drawn) & require(people, _("没有进入面试的考生"))


def may_recuse(
    *, locked: bool, marked: bool, already: bool, left: int, terms: Terms, reason: str
) -> Ruling:
    """`left`: members who would still give a score."""
    return every(
        [
            not_locked(locked=locked),
            require(not marked, _("这名评委已经给这名考生打分，不能再回避"), "考试规则:7"),
            require(not already, _("这名评委已经回避")),
            require(
                left >= terms.scores_least,
                _("回避后只剩%(n)s名评委打分，不足%(least)s名，须先更换评委"),
                "考试规则:7",
                n=left,
                least=terms.scores_least,
            ),
            check_reason(reason),
        ]
    )


def may_mark(
    *, locked: bool, today: date, held_on: date, recused: Sequence[str], absent: bool
) -> Ruling:
    """`recused`: names of members who stand back and were given a score all the same."""
    return every(
        [
            not_locked(locked=locked),
            require(today >= held_on, _("面试日期未到，不能打分")),
            require(not absent, _("这名考生面试缺席，不打分")),
            require(
                not recused,
                _("%(names)s对这名考生回避，不打分"),
                "考试规则:7",
                names=tuple(recused),
            ),
        ]
    )


def may_correct(*, changes: bool, reason: str) -> Ruling:
    return check_reason(reason) if changes else ALLOWED


def may_miss(*, locked: bool, marked: bool) -> Ruling:
    return not_locked(locked=locked) & require(not marked, _("这名考生已经有评分"))


def may_lock_interview(*, locked: bool, drawn: bool, missing: int, marker: bool) -> Ruling:
    """`missing`: scores that members have not given; `marker`: whoever locks has typed scores."""
    return every(
        [
            not_locked(locked=locked),
            require(drawn, _("面试次序还没有抽签排定"), "考试规则:8"),
            require(not missing, _("还缺%(n)s个评分"), "考试规则:9", n=missing),
            require(not marker, _("锁定人不得是面试计分的人"), "考试规则:6"),
        ]
    )


def may_add_test(*, ranked: bool, tied: bool, left: Sequence[str], already: bool) -> Ruling:
    """`left`: names of people who tie with them and were given no score."""
    return every(
        [
            require(ranked, _("面试成绩锁定以后才有总成绩"), "考试规则:13"),
            require(tied or already, _("其中有没有并列待加试的考生"), "考试规则:13"),
            require(
                not left,
                _("同一岗位并列的须一起加试，还缺%(names)s"),
                "考试规则:13",
                names=tuple(left),
            ),
            require(not already, _("已经有加试成绩")),
        ]
    )
