"""Rules of handovers. No database, no clock, no request."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date

from linli.kernel.roles import Role
from linli.kernel.rulings import Ruling, every, refuse, require
from linli.kernel.words import AnyOf
from linli.kernel.words import gettext_noop as _
from linli.premises import rules as premises
from linli.sources import room_kinds
from linli.sources.procedures import Procedure, StepPlan

RECEIVERS = {
    "street": _("街道办事处"),
    "affairs": _("机关事务管理部门"),
    "department": _("行政主管部门"),
    "institution": _("事业单位"),
    "company": _("国有企业"),
    "committee": _("居委会"),
}
"""What kind of unit receives a room: deed tax depends on it (契税法 6)."""
EXEMPT_RECEIVERS = {"street", "affairs", "department", "institution"}

PASS, FAIL, LACK = "pass", "fail", "lack"
OUTCOMES = {PASS: _("合格"), FAIL: _("不合格"), LACK: _("不适用")}

OPEN, MENDED, CLOSED = "open", "mended", "closed"
DEFECTS = {OPEN: _("待整改"), MENDED: _("待复验"), CLOSED: _("已销号")}

DONE, DROPPED = "done", "dropped"
RUNNING = "running"
ENDS = {RUNNING: _("办理中"), DONE: _("已移交"), DROPPED: _("已终止")}

UNITS = {"m2": _("平方米"), "m": _("米")}
LARGEST_VALUE = premises.LARGEST_DM2
MOST_FEN = 10**14
MOST_ROOMS = 60
"""So many rooms in one batch."""


def plain(hundredths: int) -> str:
    """240 → 2.4."""
    return f"{hundredths / 100:.2f}".rstrip("0").rstrip(".")


# --- beginning and ending ----------------------------------------------------------------------


def may_open(
    *,
    kind: str,
    owner: str,
    state: str,
    off_register: bool,
    running: str,
    developer: str,
    receiver: str,
    receiver_kind: str,
    opener: bool,
    openers: Sequence[Role],
) -> Ruling:
    """May this room begin its way to the state? `running`: number of a handover it is in."""
    return every(
        [
            require(opener, _("移交由%(who)s开办"), who=AnyOf(role.name for role in openers)),
            may_be_begun(kind=kind, owner=owner, state=state),
            require(not off_register, _("这处用房已注销，不能移交")),
            require(not running, _("这处用房正在办理移交%(number)s"), "移交规则:2", number=running),
            require(developer.strip(), _("请写明移交方（建设单位）")).at("developer"),
            require(receiver.strip(), _("请写明接收单位")).at("receiver"),
            require(receiver_kind in RECEIVERS, _("请选择接收单位的性质")).at("receiver_kind"),
        ]
    )


def may_be_begun(*, kind: str, owner: str, state: str) -> Ruling:
    """Is it a room that has to go to the state, and can?"""
    return every(
        [
            may_go_to_the_state(kind=kind),
            require(owner != premises.STATE, _("这处用房已是国有，不必移交")),
            require(state != premises.UNBUILT, _("这处用房还没有建成，不能移交")),
        ]
    )


def is_free(*, running: str) -> Ruling:
    """`running`: number of the handover the room is in already."""
    text = _("这处用房正在办理移交%(number)s")
    return require(not running, text, "移交规则:2", number=running)


def may_go_to_the_state(*, kind: str) -> Ruling:
    """Only community rooms go to the state; the owners' never, what is unsettled not yet."""
    due = premises.owner_due(kind)
    if due == premises.OWNERS:
        return refuse(
            _("%(kind)s归业主共有，不能移交给国家"),
            "民法典:274",
            "移交规则:2",
            kind=room_kinds()[kind].name,
        )
    return require(
        due == premises.STATE,
        _("这处用房的归属还没有认定，请先会商认定类别"),
        "移交规则:2",
    )


def receiver_warning(receiver_kind: str) -> Ruling:
    """What to see to about who receives the room: a warning, never a refusal."""
    if receiver_kind == "committee":
        return refuse(
            _(
                "居委会不在契税免征单位之列，契税须由税务部门核定；宜由街道办事处或机关事务管理部门接收"
            ),
            "契税法:6",
            "民法典:101",
            "移交规则:10",
        )
    return require(
        receiver_kind in EXEMPT_RECEIVERS,
        _("国有企业承受用房一般不免契税，请税务部门核定"),
        "契税法:6",
    )


def not_ended(*, outcome: str) -> Ruling:
    return require(not outcome, _("这宗移交%(state)s，不能再改"), state=ENDS.get(outcome, ""))


def may_drop(*, why: str, signed: bool, opener: bool, openers: Sequence[Role]) -> Ruling:
    """May a handover be given up? Not once its agreement is signed."""
    return (
        require(opener, _("移交由%(who)s终止"), who=AnyOf(role.name for role in openers))
        & require(why.strip(), _("请写明终止原因")).at("why")
        & require(not signed, _("移交协议已签订，不能终止"), "移交规则:8")
    )


def may_work(*, roles: Collection[Role], hands: Sequence[Role]) -> Ruling:
    """`hands`: the roles that work at a step."""
    return require(
        any(role in roles for role in hands),
        _("这一环节由%(who)s办理，您没有这个职务"),
        who=AnyOf(role.name for role in hands),
    )


def is_reached(*, step: str, name: str, reached: Collection[str]) -> Ruling:
    """Papers, signatures and findings belong to steps that are done or whose turn it is."""
    return require(step in reached, _("还没有办到“%(step)s”"), step=name)


def not_over(*, done: bool, name: str) -> Ruling:
    """What a step that is done rests on is not changed any more."""
    return require(not done, _("“%(step)s”已办完，不能再改"), step=name)


def may_send_back(*, text: str) -> Ruling:
    return require(text.strip(), _("请写明退回的原因和须补正的内容")).at("text")


# --- papers ------------------------------------------------------------------------------------


def may_add(*, kind: str, plan: StepPlan) -> Ruling:
    return require(kind in plan.all_papers, _("这一环节不收这种资料")).at("kind")


def may_promise(
    *,
    kind: str,
    plan: StepPlan,
    promised_on: date,
    promised_by: str,
    today: date,
    last_on: date,
    calendar: Ruling,
) -> Ruling:
    """May a paper come later? `last_on`: the latest day; `calendar`: whether that day is known."""
    return every(
        [
            require(
                kind in (*plan.papers, *plan.more),
                _("这份资料不能缺项承诺，须当场提交"),
                "移交规则:3",
            ).at("kind"),
            require(promised_by.strip(), _("请写明由谁承诺")).at("promised_by"),
            require(promised_on > today, _("承诺日期须在今天之后")).at("promised_on"),
            require(
                promised_on <= last_on,
                _("承诺日期最迟%(day)s"),
                "移交规则:3",
                day=last_on.isoformat(),
            ).at("promised_on"),
            calendar.at("promised_on"),
        ]
    )


def missing_of(
    plan: StepPlan, *, there: Collection[str], promised: Collection[str]
) -> tuple[str, ...]:
    """Codes of the papers a step still lacks."""
    return tuple(
        code
        for code in (*plan.papers, *plan.must)
        if code not in there and (code in plan.must or code not in promised)
    )


def papers_are_there(
    procedure: Procedure, plan: StepPlan, *, there: Collection[str], promised: Collection[str]
) -> Ruling:
    missing = missing_of(plan, there=there, promised=promised)
    title = [code for code in missing if code == "tax_proof"]
    return require(
        not missing,
        _("还缺资料：%(papers)s；确实一时提不出的，须写明承诺补交日期"),
        *(("契税法:11",) if title else ("移交规则:3",)),
        papers=tuple(procedure.papers[code] for code in missing),
    )


def promises_are_kept(procedure: Procedure, *, promised: Collection[str]) -> Ruling:
    """At the end nothing is promised any more."""
    return require(
        not promised,
        _("承诺补交的资料还没有交齐：%(papers)s"),
        "移交规则:3",
        papers=tuple(procedure.papers[code] for code in promised),
    )


# --- signatures --------------------------------------------------------------------------------


def may_sign(*, roles: Collection[Role], wanted: Sequence[Role], signed: Collection[str]) -> Ruling:
    """May somebody with these roles sign a step that wants these roles?"""
    mine = [role for role in wanted if role in roles]
    return require(wanted, _("这一环节不需要会签")) & (
        require(
            mine,
            _("这一环节由%(who)s会签，您没有这个职务"),
            who=tuple(role.name for role in wanted),
        )
        & require(not mine or any(role.code not in signed for role in mine), _("您的部门已经会签"))
    )


def all_signed(*, wanted: Sequence[Role], signed: Collection[str]) -> Ruling:
    left = tuple(role.name for role in wanted if role.code not in signed)
    return require(not left, _("还没有会签：%(who)s"), who=left)


# --- title, entry ------------------------------------------------------------------------------


def may_be_titled(*, title_no: str, title_on: date | None, today: date) -> Ruling:
    return (
        require(title_no.strip(), _("请填写不动产权证号")).at("title_no")
        & require(title_on is not None, _("请填写登记日期")).at("title_on")
        & require(title_on is None or title_on <= today, _("登记日期在今天之后")).at("title_on")
    )


def may_enter(
    *, card_no: str, value_fen: int | None, state: str, use: str, occupant: str
) -> Ruling:
    """`state`: as the room is used now; `use`: how it is used from now on, "" = as before."""
    return every(
        [
            require(card_no.strip(), _("请填写固定资产卡片编号")).at("card_no"),
            require(
                value_fen is not None and 0 <= value_fen <= MOST_FEN,
                _("请填写入账价值，按名义金额入账的填1元"),
            ).at("value_fen"),
            require(use or state != premises.UNDELIVERED, _("请写明启用后怎样使用")).at("use"),
            require(
                use in ("", premises.SELF_USED, premises.IDLE, premises.LET),
                _("请选择使用状态"),
            ).at("use"),
            require(use != premises.LET or occupant.strip(), _("出租的，请写明使用人")).at(
                "occupant"
            ),
        ]
    )
