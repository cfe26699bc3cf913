"""Rules of plans for rooms. No database, no clock, no request."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from linli.kernel.calendar import Calendar
from linli.kernel.identity import parse_phone
from linli.kernel.rulings import ALLOWED, Ruling, every, require
from linli.kernel.words import gettext_noop as _
from linli.sources import room_kinds
from linli.sources.remedies import Measure, measures, violations, violators

DRAFT, APPROVE, CARRY, RECHECK, CLOSE = "draft", "approve", "carry", "recheck", "close"
CLOSED, DROPPED = "closed", "dropped"
STATES = {
    DRAFT: _("拟订中"),
    APPROVE: _("待审批"),
    CARRY: _("办理中"),
    RECHECK: _("待复查"),
    CLOSE: _("待销号"),
    CLOSED: _("已销号"),
    DROPPED: _("已撤销"),
}
"""Where a plan stands: the step that is open, or how it ended."""
OVER = frozenset({CLOSED, DROPPED})

OPEN, DONE = "open", "done"
MEASURES = {OPEN: _("未办结"), DONE: _("已办结"), DROPPED: _("不再采取")}
"""How far a measure is."""

KEPT, BROKEN = "kept", "broken"
PROMISES = {OPEN: _("待复核"), KEPT: _("已兑现"), BROKEN: _("未兑现")}
CLAUSES = {OPEN: _("履行中"), KEPT: _("已履行"), BROKEN: _("违约")}

GRANTED, REFUSED = "granted", "refused"
EXTENSIONS = {OPEN: _("待批准"), GRANTED: _("已批准"), REFUSED: _("未批准")}

URGENCY = {1: _("优先"), 2: _("重点"), 3: _("一般")}

IN_TIME, NEAR, LATE = "in_time", "near", "late"
CLOCKS = {IN_TIME: _("期限内"), NEAR: _("临期"), LATE: _("逾期")}

LOOKS = {
    "late": _("已逾期"),
    "near": _("临期"),
    "street": _("街道督办中"),
    "district": _("区级督办中"),
    "answer": _("督办待回复"),
    "asked": _("延期待批准"),
    "extended": _("有延期"),
    "promise": _("约谈承诺待复核"),
    "letter": _("文书待回复"),
}
"""What a register of plans is looked through for."""


def urgency_of(violation: str) -> int:
    """1 comes first: illegal letting and idle rooms, as the report has it (蓬莱:A2)."""
    return violations()[violation].urgency


# --- measures that fit --------------------------------------------------------------------------


def fits(measure: Measure, *, violation: str, violator: str, kind: str) -> Ruling:
    """Does a measure fit what is wrong, who is behind it and the kind of room? Every reason."""
    top = room_kinds()[kind].top
    parts = (
        ("violation", violation, measure.violations, violations()[violation].name),
        ("violator", violator, measure.violators, violators()[violator]),
        ("room", top, measure.rooms, room_kinds()[top].name),
    )
    return every(
        require(
            not allowed or code in allowed,
            _("“%(measure)s”不适用于“%(what)s”：%(why)s"),
            *(
                [measure.room_cite]
                if part == "room" and measure.room_cite
                else measure.grounds(kind)[:1]
            ),
            measure=measure.name,
            what=name,
            why=measure.why[part],
        )
        for part, code, allowed, name in parts
    ).at("code")


def offered(*, violation: str, violator: str, kind: str) -> list[Measure]:
    """The measures that fit, in the order of lists."""
    told = {"violation": violation, "violator": violator, "kind": kind}
    return [one for one in measures().values() if fits(one, **told).allowed]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """What a plan is about. `party`: the name of whoever is behind it, `person` if a natural one;
    `reason`: why there is a plan although no lead was settled."""

    violation: str
    violator: str
    party: str = ""
    person: bool = False
    reason: str = ""


def may_draft(cause: Cause, *, leads: int, open_code: str, ended: bool) -> Ruling:
    """May a plan be drafted? `open_code`: the plan the room has already, if any."""
    return every(
        [
            require(not ended, _("这处用房已注销，不再订方案")),
            require(
                not open_code,
                _("这处用房已有未销号的方案%(code)s，新的问题并入该方案"),
                "处置规则:1",
                code=open_code,
            ),
            require(cause.violation in violations(), _("请选择问题类型")).at("violation"),
            require(cause.violator in violators(), _("请选择责任主体")).at("violator"),
            require(
                leads or cause.reason.strip(),
                _("没有认定的线索，请写明为什么订方案"),
                "处置规则:1",
            ).at("reason"),
        ]
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """A measure to take: what exactly, by whom, until when. `role`: code of the responsible role."""

    code: str
    role: str
    unit: str
    contact: str
    phone: str = ""
    text: str = ""
    work_days: int


MOST_WORK_DAYS = 250


def check_phone(phone: str) -> Ruling:
    """A telephone is not asked for, but what is written must be one."""
    return parse_phone(phone)[1].at("phone") if phone.strip() else ALLOWED


def may_task(task: Task, cause: Cause, *, kind: str, state: str, twice: bool) -> Ruling:
    """May this measure stand in the plan? `twice`: it stands there already and is not done."""
    measure = measures().get(task.code)
    if measure is None:
        return require(False, _("请选择措施")).at("code")
    return every(
        [
            require(
                state in (DRAFT, CARRY),
                _("方案“%(state)s”，不能再加措施"),
                "处置规则:2",
                state=STATES[state],
            ),
            fits(measure, violation=cause.violation, violator=cause.violator, kind=kind),
            require(not twice, _("这项措施已在方案里，还没有办结")).at("code"),
            require(
                task.role in measure.roles,
                _("“%(measure)s”不由这个部门负责"),
                *measure.grounds(kind)[:1],
                measure=measure.name,
            ).at("role"),
            require(task.unit.strip(), _("请写明责任单位"), "处置规则:3").at("unit"),
            require(task.contact.strip(), _("请写明联系人"), "处置规则:3").at("contact"),
            check_phone(task.phone),
            require(
                1 <= task.work_days <= MOST_WORK_DAYS,
                _("期限应为1到%(most)s个工作日"),
                "处置规则:3",
                most=MOST_WORK_DAYS,
            ).at("work_days"),
        ]
    )


# --- days ---------------------------------------------------------------------------------------


def deadline(calendar: Calendar, start: date, work_days: int) -> tuple[date, Ruling]:
    """The last of so many working days, refused where a year's holidays are not known."""
    due = calendar.add_working_days(start, work_days)
    return due, within(calendar, start, due).at("work_days")


def within(calendar: Calendar, start: date, due: date) -> Ruling:
    """Does the calendar reach that far?"""
    missing = tuple(y for y in range(start.year, due.year + 1) if y not in calendar.years)
    return require(
        not missing,
        _("期限算到%(day)s，但%(years)s年的节假日安排还没有录入，先录入或缩短期限"),
        "处置规则:8",
        day=due.isoformat(),
        years=tuple(str(year) for year in missing[:2]),
    )


def clock(left: int | None, *, near: int) -> str:
    """in_time | near | late, from the working days left (None: no deadline)."""
    if left is None:
        return IN_TIME
    return LATE if left < 0 else NEAR if left <= near else IN_TIME


def may_extend(
    calendar: Calendar,
    *,
    measure_state: str,
    plan_state: str,
    old: date,
    new: date,
    today: date,
    reason: str,
    asked: bool,
) -> Ruling:
    """May an extension be asked for? Never into the past, never without a reason."""
    return every(
        [
            require(plan_state == CARRY, _("方案不在办理中，不能延期"), "处置规则:6"),
            require(measure_state == OPEN, _("这项措施已不在办理，不用延期")),
            require(not asked, _("这项措施已有一件延期待批准")),
            require(reason.strip(), _("延期请写明理由"), "处置规则:6").at("reason"),
            require(
                new > old,
                _("新期限应晚于现在的期限%(day)s"),
                "处置规则:6",
                day=old.isoformat(),
            ).at("new_on"),
            require(new >= today, _("新期限不能在今天之前"), "处置规则:6").at("new_on"),
            within(calendar, today, max(new, today)).at("new_on"),
        ]
    )


def may_decide(
    *, state: str, same: bool, granted: bool, note: str, new: date, today: date
) -> Ruling:
    """May somebody decide on an extension? Not who asked, not twice, a refusal says why."""
    return every(
        [
            require(state == OPEN, _("这件延期已经办过")),
            require(not same, _("延期由另一人批准，提出的人不能自己批"), "处置规则:6"),
            require(granted or note.strip(), _("不批准的，请写明理由")).at("note"),
            require(not granted or new >= today, _("新期限已经过去，请重新申请"), "处置规则:6"),
        ]
    )


# --- work ---------------------------------------------------------------------------------------


def may_work(*, plan_state: str, measure_state: str) -> Ruling:
    return require(plan_state == CARRY, _("方案批准后才办理措施"), "处置规则:2") & require(
        measure_state == OPEN, _("这项措施已不在办理")
    )


def may_finish(*, result: str, files: int) -> Ruling:
    """A measure is done with its result and evidence."""
    return require(result.strip(), _("请写明结果"), "处置规则:10").at("text") & require(
        files, _("请附佐证（照片或文件）"), "处置规则:10"
    ).at("papers")


def may_propose(*, tasks: int) -> Ruling:
    return require(tasks, _("方案还没有一项措施"), "处置规则:3")


def may_report(*, unfinished: Sequence[str], done: int, extending: int) -> Ruling:
    """May the carrying out be reported as done?"""
    return every(
        [
            require(
                not unfinished,
                _("还没有办结：%(names)s"),
                "处置规则:10",
                names=tuple(unfinished),
            ),
            require(unfinished or done, _("没有一项措施办结"), "处置规则:10"),
            require(not extending, _("还有延期待批准")),
        ]
    )


def another(*, worked: bool, closing: bool) -> Ruling:
    """Who worked on a measure neither re-checks nor closes out."""
    step = _("销号") if closing else _("现场复查")
    return require(
        not worked,
        _("您办理过本方案的措施，“%(step)s”须由另一人办理"),
        "处置规则:2",
        step=step,
    )


def may_close(*, promises: int, clauses_open: int) -> Ruling:
    """May a plan be closed out? What was promised has been checked by then."""
    return require(
        not promises, _("还有%(n)s次约谈的承诺没有复核"), "处置规则:5", n=promises
    ) & require(
        not clauses_open, _("重签的代建合同还有%(n)s条没有履行"), "处置规则:3", n=clauses_open
    )


def says_why(text: str) -> Ruling:
    return require(text.strip(), _("请写明理由")).at("note")


def running(state: str) -> Ruling:
    """Visits, talks, letters belong to a plan that is not over."""
    return require(state not in OVER, _("方案已%(state)s，不能再记"), state=STATES[state][1:])


def names_of(codes: Collection[str]) -> tuple[str, ...]:
    """Measures by their names."""
    return tuple(measures()[code].name for code in codes)
