"""How handovers are shown: words, badges, the rows of the register, one handover whole."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy

from linli.cases import queries as cases
from linli.handover import flow, queries, rules
from linli.handover.dossier import Dossier
from linli.handover.forms import percent
from linli.handover.models import Handover
from linli.kernel.calendar import WORK
from linli.kernel.roles import ROLES
from linli.places import queries as places
from linli.sources import room_kinds
from linli.sources.procedures import ItemPlan, TaxPlan
from linli.web.registers import Column

BADGES = {rules.DONE: "done", rules.DROPPED: "void"}
DEFECT_BADGES = {rules.OPEN: "late", rules.MENDED: "open", rules.CLOSED: "done"}
OUTCOME_BADGES = {rules.PASS: "done", rules.FAIL: "late", rules.LACK: "wait"}


def state_of(row: Handover) -> tuple[Any, str]:
    """(word, kind of badge): the step whose turn it is, or how it ended."""
    if row.outcome:
        return rules.ENDS[row.outcome], BADGES[row.outcome]
    late = getattr(row, "is_late", False)
    return getattr(row, "turn_name", "") or rules.ENDS[rules.RUNNING], "late" if late else "open"


class Rows:
    """Handovers for a register: those of the page that is shown get their words."""

    def __init__(self, rows: QuerySet[Handover], today: date) -> None:
        self.rows, self.today = rows, today

    def count(self) -> int:
        return self.rows.count()

    __len__ = count

    def order_by(self, *names: str) -> Rows:
        return Rows(self.rows.order_by(*names), self.today)

    def __getitem__(self, some: slice) -> list[Handover]:
        return named(self.rows[some], self.today)


def named(rows: Iterable[Handover], today: date) -> list[Handover]:
    """Handovers with `estate_name`, `around`, `turn_name`, `left`; a few queries for all."""
    found = list(rows)
    ways = places.paths({row.place[:15] for row in found})
    names, calendar = queries.step_names(found), places.calendar()
    for row in found:
        steps = ways.get(row.place[:15], ())
        row.estate_name = steps[-1].name if steps else row.place  # type: ignore[attr-defined]
        row.around = places.SEPARATOR.join(  # type: ignore[attr-defined]
            step.name for step in steps if step.level in ("street", "community")
        )
        turn, due = getattr(row, "turn", None), getattr(row, "due_on", None)
        row.turn_name = names.get((row.case.flow, turn), "") if turn else ""  # type: ignore
        row.left = calendar.left(today, due, WORK) if due and not row.ended_at else None  # type: ignore
        row.is_late = bool(due and due < today and not row.ended_at)  # type: ignore[attr-defined]
    return found


COLUMNS = (
    Column(
        code="number",
        label=gettext_lazy("移交编号"),
        sort="number",
        href=lambda row: reverse("handover:handover", args=[row.pk]),
    ),
    Column(code="room", label=gettext_lazy("用房名称"), value="room.name", sort="room__name"),
    Column(
        code="kind",
        label=gettext_lazy("用房类别"),
        value=lambda row: room_kinds()[row.room.kind].name,
    ),
    Column(code="estate", label=gettext_lazy("小区"), value="estate_name", sort="place"),
    Column(code="state", label=gettext_lazy("办到哪一环节"), kind="state", value=state_of),
    Column(code="left", label=gettext_lazy("期限"), kind="deadline", sort="due_on"),
    Column(code="developer", label=gettext_lazy("移交方"), sort="developer", shown=False),
    Column(code="receiver", label=gettext_lazy("接收单位"), sort="receiver", shown=False),
    Column(
        code="opened",
        label=gettext_lazy("开办日期"),
        kind="day",
        value=lambda row: timezone.localdate(row.opened_at),
        sort="opened_at",
    ),
    Column(code="around", label=gettext_lazy("街道和社区"), shown=False),
    Column(code="code", label=gettext_lazy("用房编码"), value="room.code", shown=False),
    Column(code="title", label=gettext_lazy("不动产权证号"), value="title_no", shown=False),
    Column(code="title_on", label=gettext_lazy("登记日期"), kind="day", shown=False),
    Column(code="card", label=gettext_lazy("固定资产卡片编号"), value="card_no", shown=False),
)

BATCH_COLUMNS = (
    Column(
        code="number",
        label=gettext_lazy("签约编号"),
        sort="number",
        href=lambda row: reverse("handover:batch", args=[row.pk]),
    ),
    Column(code="name", label=gettext_lazy("签约名称"), sort="name"),
    Column(code="held_on", label=gettext_lazy("签约日期"), kind="day", sort="held_on"),
    Column(
        code="count",
        label=gettext_lazy("用房数"),
        kind="number",
        value=lambda row: row.room_count or 0,
    ),
    Column(
        code="state", label=gettext_lazy("状态"), kind="state", value=lambda row: batch_state(row)
    ),
    Column(code="developer", label=gettext_lazy("移交方"), sort="developer"),
    Column(code="receiver", label=gettext_lazy("接收单位"), sort="receiver"),
    Column(code="agreement", label=gettext_lazy("协议编号"), value="agreement_no"),
)


def batch_state(row: Any) -> tuple[Any, str]:
    if row.dropped_at:
        return gettext_lazy("已取消"), "void"
    return (gettext_lazy("已签订"), "done") if row.signed_at else (gettext_lazy("筹备中"), "open")


# --- one handover -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class KindShown:
    """A paper of a step: its files, or until when it was promised, or that it is missing."""

    code: str
    name: Any
    need: str
    files: list[Any]
    promise: Any = None
    is_missing: bool = False
    is_overdue: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class StepPapers:
    code: str
    name: Any
    kinds: list[KindShown]
    missing: tuple[str, ...]
    is_open: bool


def papers(dossier: Dossier, today: date) -> list[StepPapers]:
    """The papers of every step that asks for any."""
    found = []
    for step in dossier.procedure.flow.steps:
        plan = dossier.plan(step.code)
        if not plan.all_papers:
            continue
        missing = dossier.missing(step.code)
        found.append(
            StepPapers(
                code=step.code,
                name=step.name,
                kinds=[_kind(dossier, plan, code, missing, today) for code in plan.all_papers],
                missing=missing,
                is_open=step.code in dossier.open_steps,
            )
        )
    return found


def _kind(
    dossier: Dossier, plan: Any, code: str, missing: tuple[str, ...], today: date
) -> KindShown:
    mine = [paper for paper in dossier.papers if paper.kind == code]
    promise = next((p for p in mine if not p.file_id), None) if code in dossier.promised else None
    return KindShown(
        code=code,
        name=dossier.procedure.papers[code],
        need="must" if code in plan.must else "more" if code in plan.more else "papers",
        files=[paper for paper in mine if paper.file_id],
        promise=promise,
        is_missing=code in missing,
        is_overdue=bool(promise and promise.promised_on < today),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemShown:
    """An item of the acceptance with what was found."""

    plan: ItemPlan
    hands: tuple[Any, ...]
    finding: Any = None
    value: str = ""
    outcome: Any = ""
    badge: str = ""
    role: Any = ""


def items(dossier: Dossier) -> list[ItemShown]:
    found = []
    for code, plan in dossier.procedure.items.items():
        one = dossier.findings.get(code)
        found.append(
            ItemShown(
                plan=plan,
                hands=tuple(ROLES[role].name for role in plan.by),
                finding=one,
                value=rules.plain(one.value) if one and one.value else "",
                outcome=rules.OUTCOMES[one.outcome] if one else "",
                badge=OUTCOME_BADGES[one.outcome] if one else "",
                role=ROLES[one.role].name if one else "",
            )
        )
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class TaxShown:
    """A line of the worksheet, or that there is none yet."""

    plan: TaxPlan
    line: Any = None
    form: Any = None
    may_confirm: Any = None

    @property
    def percent(self) -> str:
        return percent(self.line.ppm) if self.line and self.line.ppm is not None else ""

    @property
    def role(self) -> Any:
        """As what it was confirmed."""
        return ROLES[self.line.confirmed_role].name if self.line.confirmed_role else ""

    @property
    def exempt(self) -> Any:
        """The words of the exemption, with their English where the procedure still has them."""
        found = (words for words, _cite in self.plan.exempt if words == self.line.exempt_text)
        return next(found, self.line.exempt_text)


def taxes(dossier: Dossier) -> tuple[list[TaxShown], int, int]:
    """The lines in the order of the procedure, what is due in all, how many are not confirmed."""
    lines = [
        TaxShown(plan=p, line=dossier.taxes.get(c)) for c, p in dossier.procedure.taxes.items()
    ]
    due = sum(one.line.due_fen for one in lines if one.line)
    return lines, due, sum(1 for one in lines if not one.line or not one.line.confirmed_at)


def signatures(dossier: Dossier, step: str) -> list[tuple[Any, Any]]:
    """(role, signature or None) of those who sign a step."""
    told = {each.role: each for each in dossier.signatures if each.step == step}
    return [(role, told.get(role.code)) for role in flow.signers(dossier.procedure, step)]


def events(handover: Handover, dossier: Dossier) -> list[dict[str, Any]]:
    """What happened, the latest first: stamps, findings that failed, defects, notices."""
    flow_ = dossier.procedure.flow
    told: list[dict[str, Any]] = [
        {
            "at": handover.opened_at,
            "title": gettext_lazy("开办移交"),
            "text": f"{handover.developer} → {handover.receiver}",
            "by": handover.opened_by.name if handover.opened_by else "",
        }
    ]
    for stamp in cases.stamps(handover.case):
        back = stamp.outcome == "returned"
        told.append(
            {
                "at": stamp.at,
                "title": flow_.step(stamp.step).name,
                "text": stamp.note,
                "by": stamp.by.name if stamp.by else "",
                "kind": "late" if back else "done",
            }
        )
    for defect in dossier.defects:
        told.append(
            {
                "at": defect.raised_at,
                "title": gettext_lazy("开列整改"),
                "text": f"{defect.number}．{defect.text}",
                "by": defect.raised_by.name,
                "kind": "late",
            }
        )
        if defect.closed_at:
            told.append(
                {
                    "at": defect.closed_at,
                    "title": gettext_lazy("复验销号"),
                    "text": f"{defect.number}．{defect.check_text or defect.text}",
                    "by": defect.checked_by.name,
                    "kind": "done",
                }
            )
    if handover.ended_at:
        told.append(
            {
                "at": handover.ended_at,
                "title": rules.ENDS[handover.outcome],
                "text": handover.why_ended or handover.title_no,
                "by": "",
                "kind": "seal" if handover.outcome == rules.DONE else "late",
            }
        )
    return sorted(told, key=lambda event: event["at"], reverse=True)


# --- the diagram ------------------------------------------------------------------------------------

WIDE, TALL, ACROSS, GAP_X, GAP_Y = 244, 76, 4, 40, 54


def diagram(procedure: Any) -> dict[str, Any]:
    """The flow drawn from its definition: boxes in rows that turn at their ends, and arrows."""
    steps = procedure.flow.steps
    spot = {}
    for at, step in enumerate(steps):
        row, column = divmod(at, ACROSS)
        column = column if row % 2 == 0 else ACROSS - 1 - column
        spot[step.code] = (column * (WIDE + GAP_X) + 8, row * (TALL + GAP_Y) + 30)
    boxes = [
        {
            "x": spot[step.code][0],
            "y": spot[step.code][1],
            "number": at,
            "step": step,
            "mid": spot[step.code][0] + WIDE // 2,
            "line": spot[step.code][1] + 32,
            "under": spot[step.code][1] + 56,
        }
        for at, step in enumerate(steps, 1)
    ]
    arrows = [
        _arrow(spot[early], spot[step.code])
        for step in steps
        for early in procedure.flow.follows(step)
    ]
    backs = [_back(spot[step.code], spot[step.back]) for step in steps if step.back]
    rows = (len(steps) + ACROSS - 1) // ACROSS
    return {
        "boxes": boxes,
        "arrows": arrows,
        "backs": backs,
        "width": ACROSS * (WIDE + GAP_X) - GAP_X + 16,
        "height": rows * (TALL + GAP_Y) + 20,
        "wide": WIDE,
        "tall": TALL,
    }


def _arrow(start: tuple[int, int], end: tuple[int, int]) -> str:
    """From the side of one box to the facing side of another."""
    (x, y), (u, v) = start, end
    if y == v:
        right = u > x
        return f"M{x + WIDE if right else x} {y + TALL // 2}H{u - 2 if right else u + WIDE + 2}"
    if x == u:
        return f"M{x + WIDE // 2} {y + TALL}V{v - 2}"
    return f"M{x + WIDE // 2} {y + TALL}V{v - GAP_Y // 2}H{u + WIDE // 2}V{v - 2}"


def _back(start: tuple[int, int], end: tuple[int, int]) -> str:
    """A way back runs above the boxes, or along the gap between the rows."""
    (x, y), (u, v) = start, end
    over = min(y, v) - 16 if y == v else v + TALL + GAP_Y // 2
    if y == v:
        return f"M{x + WIDE // 2 + 14} {y}V{over}H{u + WIDE // 2 + 14}V{v - 2}"
    return f"M{x + WIDE // 2 + 14} {y}V{over}H{u + WIDE // 2 + 14}V{v + TALL + 2}"
