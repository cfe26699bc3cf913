"""Rules of joint vetting. No database, no clock, no request."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from datetime import date

from linli.kernel.identity import FOUND, personal_data_in
from linli.kernel.roles import ROLES
from linli.kernel.rulings import ALLOWED, Ruling, every, require
from linli.kernel.words import gettext_noop as _
from linli.sources import Circumstance
from linli.sources.vetting import CANNOT, UNFIT

PURPOSES = {
    "serving": _("动态联审"),
    "recruits": _("选聘联审"),
    "reserve": _("储备联审"),
    "change": _("调整联审"),
}
"""Why a round is held: for those who serve, are recruited, enter the reserve, change their post."""
SERVING = "serving"

CLEAR, VERIFY = "clear", "verify"
CONCLUSIONS = {
    CLEAR: _("没有问题"),
    CANNOT: _("不能"),
    UNFIT: _("不宜"),
    VERIFY: _("需核实"),
}
"""What a department may say of a person."""
AGAINST = (CANNOT, UNFIT)

PASSED, FAILED, UNVERIFIED, SUSPENDED = "passed", "failed", "unverified", "suspended"
OUTCOMES = {
    PASSED: _("通过"),
    FAILED: _("不通过"),
    UNVERIFIED: _("需核实"),
    SUSPENDED: _("暂缓"),
}
"""How the vetting of a person ends."""

UNTIL, GOOD, WHILE = "until", "good", "while"
LASTS = {
    UNTIL: _("到期为止"),
    GOOD: _("永久"),
    WHILE: _("存续期间"),
}
"""How long whoever did not pass must not be appointed."""

LONGEST_TITLE, LONGEST_REASON = 100, 200
LONGEST_FILE_NUMBER, MOST_WORDS = 40, 16
_FILE_NUMBER = re.compile(r"[0-9A-Za-z\u4e00-\u9fff\[\]()（）〔〕【】/\-－—]+")
_HAN = re.compile(r"[\u4e00-\u9fff]")


def role_name(code: str) -> str:
    return ROLES[code].name if code in ROLES else code


def impersonal(text: str, field: str) -> Ruling:
    """No number that names a person."""
    found = dict.fromkeys(FOUND[hit.kind] for hit in personal_data_in(text))
    return require(
        not found,
        _("文字里有%(found)s，请删去"),
        "联审规则:3",
        "个人信息保护法:6",
        found=tuple(found),
    ).at(field)


def check_reason(text: str, field: str = "reason") -> Ruling:
    """A reason that is written down, in words without personal data."""
    return require(text.strip(), _("请写明原因"), "联审规则:8").at(field) & _fits(text, field)


def _fits(text: str, field: str) -> Ruling:
    return require(len(text) <= LONGEST_REASON, _("说明请不超过%(n)s个字"), n=LONGEST_REASON).at(
        field
    ) & impersonal(text[:LONGEST_REASON], field)


def check_file_number(text: str) -> Ruling:
    """A file number, and not what the file says: no sentence, no personal data."""
    told = text.strip()
    return every(
        [
            require(told, _("请填写文号"), "联审规则:3"),
            require(
                len(told) <= LONGEST_FILE_NUMBER,
                _("文号请不超过%(n)s个字"),
                n=LONGEST_FILE_NUMBER,
            ),
            require(
                not told
                or _FILE_NUMBER.fullmatch(told)
                and re.search(r"[0-9]", told)
                and len(_HAN.findall(told)) <= MOST_WORDS,
                _("这里只写文号，不写内容"),
                "联审规则:3",
            ),
        ]
    ).at("file_number") & impersonal(told[:LONGEST_FILE_NUMBER], "file_number")


# --- the round --------------------------------------------------------------------------------


def is_office(*, holds: bool) -> Ruling:
    """What the vetting office alone does."""
    return require(holds, _("只有联审办公室可以办理"), "联审规则:1")


def may_open(
    *,
    purpose: str,
    title: str,
    heads: Mapping[str, bool],
    known: Collection[str],
    today: date,
    due_on: date,
    earliest_on: date,
    working_day: bool,
) -> Ruling:
    """May a round be opened? `heads`: department → whether its head holds the role there;
    `known`: codes of the departments that may be asked."""
    astray = tuple(role for role in heads if role not in known)
    headless = tuple(role_name(role) for role, holds in heads.items() if not holds)
    return every(
        [
            require(purpose in PURPOSES, _("请选择联审事由")).at("purpose"),
            require(title.strip(), _("请写联审名称")).at("title"),
            require(len(title) <= LONGEST_TITLE, _("名称不能超过%(n)s个字"), n=LONGEST_TITLE).at(
                "title"
            ),
            impersonal(title[:LONGEST_TITLE], "title"),
            require(heads, _("请选择参加联审的部门"), "联审规则:1").at("departments"),
            require(not astray, _("没有这样的部门：%(roles)s"), roles=astray).at("departments"),
            require(
                not headless,
                _("负责人须是本部门的人员：%(roles)s"),
                "联审规则:1",
                roles=headless,
            ).at("departments"),
            may_be_due(
                today=today, due_on=due_on, earliest_on=earliest_on, working_day=working_day
            ),
        ]
    )


def may_be_due(*, today: date, due_on: date, earliest_on: date, working_day: bool) -> Ruling:
    """Whether a day leaves the departments time, and is one on which they work."""
    return every(
        [
            require(
                earliest_on <= due_on and today < due_on,
                _("答复期限至少留一个工作日"),
                "联审规则:5",
            ).at("due_on"),
            require(working_day, _("答复期限应是工作日"), "联审规则:5").at("due_on"),
        ]
    )


def is_draft(*, sent: bool) -> Ruling:
    """The list is drawn up until it is sent."""
    return require(not sent, _("名单已送各部门，不能再改"), "联审规则:1")


def may_add(
    *, known: Ruling, name: str, twice: bool, elsewhere: str, here: bool, serves: bool, purpose: str
) -> Ruling:
    """May somebody be put on the list? `known`: what is said of their number; `elsewhere`: number
    of an open round they are in already; `here`: whether the place lies in the county."""
    return every(
        [
            require(name.strip(), _("请填写姓名")).at("name"),
            require(len(name.strip()) <= 32, _("姓名太长")).at("name"),
            known.at("id_number"),
            require(here, _("地点不在这个县（区、市）")).at("place"),
            require(not twice, _("此人已在名单上")).at("id_number"),
            require(
                not elsewhere,
                _("此人正在联审%(number)s中，办结后再审"),
                number=elsewhere,
            ).at("id_number"),
            require(
                serves or purpose != SERVING, _("此人现在没有任职，不属于动态联审"), "联审规则:10"
            ).at("id_number"),
        ]
    )


def may_send(
    *, sent: bool, people: int, over: bool, unasked: Collection[str], strangers: bool
) -> Ruling:
    """May the list go out? `unasked`: people whom no department is asked of; `strangers`: a
    department or person is named that is not of the round."""
    return is_draft(sent=sent) & every(
        [
            require(people, _("名单上还没有人"), "联审规则:1"),
            require(not over, _("答复期限已过，请先改定期限"), "联审规则:5"),
            require(
                not unasked, _("没有部门审查：%(names)s"), "联审规则:1", names=tuple(unasked)[:10]
            ),
            require(not strangers, _("分派里有不在本次联审的部门或人员")),
        ]
    )


# --- answers ----------------------------------------------------------------------------------


def is_own_list(*, holds: bool) -> Ruling:
    """A department sees and answers its own list, and nothing of the others."""
    return require(holds, _("这是其他部门的名单，只有该部门可以办理"), "联审规则:2")


def may_answer(
    *,
    open_: bool,
    asked: bool,
    settled: bool,
    due_on: date,
    over: bool,
) -> Ruling:
    """May a department answer of somebody now? `open_`: no signed answer stands; `due_on`: until
    when, by the list, its reopening, or what was asked back."""
    return every(
        [
            require(asked, _("名单上没有这个人"), "联审规则:2"),
            require(not settled, _("此人的结果已确认，不再答复"), "联审规则:8"),
            require(
                open_ or not asked,
                _("已经签署的答复不能改；有疑问由联审办公室退回核实"),
                "联审规则:6",
            ),
            in_time(due_on=due_on, over=over),
        ]
    )


def in_time(*, due_on: date, over: bool) -> Ruling:
    """Nothing is taken after the day, until the office has opened the list again."""
    return require(
        not over,
        _("答复期限%(day)s已过，答复不予接收；需由联审办公室写明原因重开名单"),
        "联审规则:5",
        day=due_on,
    )


def check_answer(
    *,
    conclusion: str,
    code: str,
    happened_on: date | None,
    file_number: str,
    role: str,
    known: Mapping[str, Circumstance],
    today: date,
) -> Ruling:
    """Whether an answer is whole: nothing against somebody without ground, day and file number, and
    no ground that this department may not name or whose term is over."""
    if conclusion not in CONCLUSIONS:
        return require(False, _("请选择结论"), "联审规则:3").at("conclusion")
    if conclusion == CLEAR:
        return require(
            not (code or happened_on or file_number.strip()),
            _("没有问题的，不写依据、日期和文号"),
            "联审规则:3",
        ).at("conclusion")
    ground = known.get(code)
    ruling = require(ground, _("请从清单里选择依据的情形"), "联审规则:3").at("code")
    if ground is not None:
        ruling &= _may_name(ground, conclusion, role)
        ruling &= _still_counts(ground, happened_on, today)
    if conclusion in AGAINST:
        ruling &= require(happened_on, _("请填写事实发生的日期"), "联审规则:3").at("happened_on")
        ruling &= check_file_number(file_number)
    elif file_number.strip():
        ruling &= check_file_number(file_number)
    return ruling


def _may_name(ground: Circumstance, conclusion: str, role: str) -> Ruling:
    return every(
        [
            require(
                not ground.departments or role in ground.departments,
                _("“%(name)s”不由这个部门认定"),
                *ground.cites,
                name=ground.name,
            ).at("code"),
            require(
                conclusion not in AGAINST or conclusion == ground.level,
                _("“%(name)s”属于“%(level)s”的情形，结论与依据不符"),
                *ground.cites,
                name=ground.name,
                level=CONCLUSIONS[ground.level],
            ).at("conclusion"),
        ]
    )


def _still_counts(ground: Circumstance, happened_on: date | None, today: date) -> Ruling:
    if happened_on is None:
        return ALLOWED
    last_on = ground.counts_until(happened_on)
    return every(
        [
            require(happened_on <= today, _("事实发生的日期在今天之后")).at("happened_on"),
            require(
                last_on is None or today <= last_on,
                _("事实发生在%(day)s，已满%(years)s年，不再作为“%(name)s”的依据"),
                "联审规则:11",
                *ground.cites,
                day=happened_on,
                years=ground.years,
                name=ground.name,
            ).at("happened_on"),
        ]
    )


def may_sign(*, head: bool, head_name: str, unsigned: int) -> Ruling:
    """May somebody sign what a department has answered? `unsigned`: so many answers wait for it."""
    return every(
        [
            require(head, _("名单由部门负责人%(name)s签署"), "联审规则:6", name=head_name),
            require(unsigned, _("没有待签署的答复"), "联审规则:6"),
        ]
    )


def may_reopen(*, left: int, over: bool, due_on: date, earliest_on: date) -> Ruling:
    """May a department's list be opened again? `left`: people it has not signed an answer of."""
    return every(
        [
            require(left, _("这个部门已全部答复并签署"), "联审规则:5"),
            require(over, _("答复期限还没有过，不需要重开"), "联审规则:5"),
            require(due_on >= earliest_on, _("新的期限至少留一个工作日"), "联审规则:5").at(
                "due_on"
            ),
        ]
    )


def may_ask_back(*, stands: bool, settled: bool, text: str) -> Ruling:
    """May the vetting office ask a department again? `stands`: a signed answer not yet asked back."""
    return (
        require(stands, _("只能就已签署的答复退回核实"), "联审规则:6")
        & require(not settled, _("此人的结果已确认，不再答复"), "联审规则:8")
        & check_reason(text, "text")
    )


# --- results ----------------------------------------------------------------------------------


def outcome(conclusions: Collection[str]) -> str:
    """What follows from all signed answers about somebody."""
    if any(one in AGAINST for one in conclusions):
        return FAILED
    return UNVERIFIED if VERIFY in conclusions else PASSED


def may_confirm(
    *,
    missing: Collection[str],
    pending: Collection[str],
    settled: Collection[str],
    strangers: bool,
    suspended: Mapping[str, str],
    chosen: int,
) -> Ruling:
    """May results be confirmed? `missing`: departments that have not signed their whole list;
    `pending`: chosen people of whom an answer was asked back; `settled`: chosen people who have a
    result; `suspended`: name → reason of those the office suspends."""
    return every(
        [
            require(chosen, _("请选择要确认的人员")),
            require(not strangers, _("名单上没有这个人")),
            require(
                not missing,
                _("%(roles)s还没有全部答复并签署：没有答复不等于没有问题"),
                "联审规则:4",
                roles=tuple(missing),
            ),
            require(
                not pending,
                _("退回核实的还没有再次答复：%(names)s"),
                "联审规则:6",
                names=tuple(pending)[:10],
            ),
            require(
                not settled,
                _("结果已确认，不再改动；要改须重新联审：%(names)s"),
                "联审规则:8",
                names=tuple(settled)[:10],
            ),
            *(
                require(why.strip(), _("暂缓%(name)s须写明原因"), "联审规则:7", name=name).at("why")
                & _fits(why, "why")
                for name, why in suspended.items()
            ),
        ]
    )


REMIND, REMIND_AGAIN, LATE = "remind", "remind_again", "late"


def notice(*, left_days: int, first: int, again: int) -> str:
    """What a department with something left is told: "" nothing yet, a reminder, the last one, or
    that it is late. `left_days`: working days left, negative once the day is over."""
    if left_days < 0:
        return LATE
    if left_days <= again:
        return REMIND_AGAIN
    return REMIND if left_days <= first else ""
