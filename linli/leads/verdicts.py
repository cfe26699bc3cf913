"""How a consultation decides: who has signed, what follows, what still stands in the way.

No database, no clock, no request.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from linli.kernel.rulings import ALLOWED, Ruling, every, require
from linli.kernel.words import gettext_noop as _
from linli.leads.rules import impersonal

AGREE, DISAGREE, ABSTAIN = "agree", "disagree", "abstain"
STANCES = {AGREE: _("同意"), DISAGREE: _("不同意"), ABSTAIN: _("弃权")}

CARRIED, CAST, REJECTED, RETURNED = "carried", "cast", "rejected", "returned"
OUTCOMES = {
    CARRIED: _("通过"),
    CAST: _("召集单位决定通过"),
    REJECTED: _("未通过"),
    RETURNED: _("退回再议"),
}
"""How an item ends. Carried and cast settle its lead; the others leave it open."""
SETTLING = (CARRIED, CAST)

TIED, SHORT, PENDING = "tied", "short", "pending"
STANDINGS = {
    CARRIED: _("将通过"),
    REJECTED: _("将不通过"),
    TIED: _("票数相等"),
    SHORT: _("未达法定比例"),
    PENDING: _("等待签署"),
}
"""How an item stands before it ends."""

LONGEST_OPINION, LONGEST_WHY, MOST_ITEMS = 500, 300, 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbers:
    """The dated numbers of a place: shares per mille, whether a tie may be cast."""

    quorum_permille: int
    majority_permille: int
    casting: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """The opinions on one item. `seats`: departments asked."""

    seats: int
    agree: int
    disagree: int
    abstain: int

    @property
    def signed(self) -> int:
        return self.agree + self.disagree + self.abstain

    @property
    def absent(self) -> int:
        """Departments that have not signed: never taken for consent."""
        return self.seats - self.signed

    def quorate(self, numbers: Numbers) -> bool:
        return self.seats > 0 and self.signed * 1000 >= numbers.quorum_permille * self.seats


def count(seats: int, stances: Collection[str]) -> Count:
    """Count the opinions that stand on an item."""
    told = [sum(one == stance for one in stances) for stance in (AGREE, DISAGREE, ABSTAIN)]
    return Count(seats=seats, agree=told[0], disagree=told[1], abstain=told[2])


def standing(told: Count, numbers: Numbers, *, over: bool) -> str:
    """What the opinions on an item come to: a key of STANDINGS. `over`: its time is up.

    Before that an item on which somebody may still sign is pending.
    """
    if told.absent and not over:
        return PENDING
    if not told.quorate(numbers):
        return SHORT
    voted = told.agree + told.disagree
    if told.agree * 1000 > numbers.majority_permille * voted:
        return CARRIED
    if told.disagree * 1000 > numbers.majority_permille * voted:
        return REJECTED
    return TIED


@dataclass(frozen=True, slots=True)
class Decision:
    """What the convener says where opinions do not decide: CARRIED, REJECTED or RETURNED."""

    way: str
    why: str


def outcome(stands: str, decision: Decision | None) -> str:
    """How an item ends; call `may_conclude` first."""
    if stands in (CARRIED, REJECTED):
        return stands
    assert decision is not None
    return {CARRIED: CAST}.get(decision.way, decision.way)


def may_convene(
    *,
    departments: Collection[str],
    known: Collection[str],
    items: int,
    convener: str,
    conveners: Collection[str],
    on: date,
    due_on: date,
    earliest_on: date,
    today: date,
) -> Ruling:
    """A consultation has items, departments, and time to sign. `earliest_on`: the least due day."""
    strange = tuple(one for one in departments if one not in known)
    return every(
        [
            require(items, _("请至少选一条线索作议题"), "会商规则:3").at("leads"),
            require(items <= MOST_ITEMS, _("一次会商最多%(n)s个议题"), n=MOST_ITEMS).at("leads"),
            require(departments, _("请选择参加会商的部门"), "会商规则:3").at("departments"),
            require(not strange, _("不是会商部门：%(strange)s"), strange=strange).at("departments"),
            require(len(set(departments)) == len(list(departments)), _("同一部门选了两次")).at(
                "departments"
            ),
            require(
                convener in conveners,
                _("会商由住建部门或区级主管部门召集，您没有这个职务"),
                "会商规则:3",
            ),
            require(on <= today, _("召集日期在今天之后")).at("on"),
            require(
                due_on >= earliest_on,
                _("签署期限不能早于%(day)s"),
                "会商规则:3",
                day=earliest_on.isoformat(),
            ).at("due_on"),
        ]
    )


def may_be_item(
    *,
    number: str,
    unsettled: bool,
    again: bool,
    same_place: bool,
    twin: str,
    conclusion: str,
    conclusions: Collection[str],
    kind: str,
    settled_kind: str,
    known_kinds: Collection[str],
    violator: str,
    violators: Collection[str],
    text: str,
    register: Ruling = ALLOWED,
) -> Ruling:
    """May a lead go on the agenda with this proposal? `again`: it was sent back for evidence;
    `register`: what the register of rooms says to the change proposed."""
    other = conclusion == "other_kind"
    ruling = every(
        [
            require(unsettled or again, _("线索%(number)s已在会商或已办结"), number=number),
            require(same_place, _("线索%(number)s不在会商的地点范围内"), number=number),
            require(
                not twin,
                _("线索%(number)s的用房另有同类线索%(twin)s"),
                "会商规则:1",
                number=number,
                twin=twin,
            ),
            require(conclusion in conclusions, _("请给线索%(number)s拟定结论"), number=number),
            require(
                not other or (settled_kind in known_kinds and settled_kind != kind),
                _("线索%(number)s拟属其他类别，请写明是哪一类"),
                number=number,
            ),
            require(other or not settled_kind, _("只有拟属其他类别的才另选类别")),
            require(violator in violators, _("请选择责任主体")),
            require(len(text) <= LONGEST_OPINION, _("说明请不超过%(n)s个字"), n=LONGEST_OPINION),
            impersonal(text[:LONGEST_OPINION]),
        ]
    )
    return (ruling & register).at("leads")


def may_sign(
    *,
    role_name: str,
    holds_role: bool,
    asked: bool,
    closed: bool,
    over: bool,
    due_on: date,
    wanted: Mapping[int, tuple[str, str]],
    agenda: Collection[int],
    signed: Collection[int],
    position: Mapping[int, int],
) -> Ruling:
    """May somebody sign for a department? `wanted`: item → (stance, text); `agenda`: the items
    that wait; `signed`: those the department has signed; `position`: item → its number."""
    strange = [pk for pk in wanted if pk not in agenda]
    twice = [pk for pk in wanted if pk in signed]
    return every(
        [
            require(
                holds_role,
                _("%(role)s的意见由该部门的人签署，您没有这个职务"),
                "会商规则:4",
                role=role_name,
            ),
            require(asked, _("这次会商没有请%(role)s发表意见"), "会商规则:3", role=role_name),
            require(not closed, _("会商已结束，不能再签署或撤回"), "会商规则:5"),
            require(
                closed or not over,
                _("签署期限%(day)s已过，未签的作缺席"),
                "会商规则:6",
                day=due_on.isoformat(),
            ),
            require(wanted, _("请至少勾选一个议题")).at("items"),
            require(not strange, _("有议题不在这次会商的议程上"), "会商规则:4").at("items"),
            require(
                not twice,
                _("本部门已签署第%(items)s项，要改须先写明理由撤回"),
                "会商规则:5",
                items=tuple(str(position.get(pk, pk)) for pk in twice),
            ).at("items"),
            *(
                _may_say(stance, text, position.get(pk, 0)).at(f"text-{pk}")
                for pk, (stance, text) in wanted.items()
            ),
        ]
    )


def _may_say(stance: str, text: str, position: int) -> Ruling:
    return every(
        [
            require(stance in STANCES, _("第%(n)s项没有选择意见"), n=position),
            require(
                stance != DISAGREE or len(text.strip()) >= 5,
                _("第%(n)s项不同意，请写明理由，至少五个字"),
                "会商规则:4",
                n=position,
            ),
            require(len(text) <= LONGEST_OPINION, _("说明请不超过%(n)s个字"), n=LONGEST_OPINION),
            impersonal(text[:LONGEST_OPINION]),
        ]
    )


def may_withdraw(
    *, role_name: str, holds_role: bool, closed: bool, over: bool, withdrawn: bool, reason: str
) -> Ruling:
    """An opinion is withdrawn by its department, with a reason, as long as it can be signed anew."""
    return every(
        [
            require(
                holds_role,
                _("%(role)s的意见由该部门的人签署，您没有这个职务"),
                "会商规则:4",
                role=role_name,
            ),
            require(not closed, _("会商已结束，不能再签署或撤回"), "会商规则:5"),
            require(closed or not over, _("签署期限已过，意见不能再撤回"), "会商规则:6"),
            require(not withdrawn, _("这条意见已撤回"), "会商规则:5"),
            require(len(reason.strip()) >= 5, _("请写明撤回的理由，至少五个字"), "会商规则:5").at(
                "reason"
            ),
            require(len(reason) <= LONGEST_WHY, _("说明请不超过%(n)s个字"), n=LONGEST_WHY).at(
                "reason"
            ),
            impersonal(reason[:LONGEST_WHY]).at("reason"),
        ]
    )


def may_conclude(
    *,
    closed: bool,
    holds_role: bool,
    over: bool,
    due_on: date,
    numbers: Numbers,
    standings: Mapping[int, str],
    decisions: Mapping[int, Decision],
    position: Mapping[int, int],
) -> Ruling:
    """May the convener end the consultation? Every item has to come to something: by its
    opinions, or where they are tied or too few, by what the convener says."""
    waiting = [str(position[pk]) for pk, stands in standings.items() if stands == PENDING]
    return every(
        [
            require(not closed, _("会商已结束"), "会商规则:5"),
            require(holds_role, _("会商由召集单位作出结论，您没有这个职务"), "会商规则:3"),
            require(
                over or not waiting,
                _("第%(items)s项还有部门未签署，签署期限为%(day)s"),
                "会商规则:6",
                items=tuple(waiting),
                day=due_on.isoformat(),
            ),
            require(
                set(decisions) <= set(standings), _("有议题不在这次会商的议程上"), "会商规则:4"
            ),
            *(
                _may_decide(stands, decisions.get(pk), numbers, position[pk]).at(f"way-{pk}")
                for pk, stands in standings.items()
            ),
        ]
    )


def _may_decide(stands: str, decision: Decision | None, numbers: Numbers, position: int) -> Ruling:
    if stands in (PENDING, CARRIED, REJECTED):
        return require(
            decision is None or stands == PENDING,
            _("第%(n)s项已由各部门的意见决定，召集单位不能改变"),
            "会商规则:7",
            n=position,
        )
    missing = {
        TIED: _("第%(n)s项票数相等，请决定或退回再议"),
        SHORT: _("第%(n)s项签署的部门未达法定比例，不能作出结论，只能退回再议"),
    }[stands]
    ground = {TIED: "会商规则:8", SHORT: "会商规则:7"}[stands]
    allowed = (RETURNED,) if stands == SHORT else (CARRIED, REJECTED, RETURNED)
    if decision is None or decision.way not in allowed:
        return require(False, missing, ground, n=position)
    return every(
        [
            require(
                decision.way == RETURNED or numbers.casting,
                _("本地规定票数相等的只能退回再议"),
                "会商规则:8",
            ),
            require(
                len(decision.why.strip()) >= 5,
                _("第%(n)s项请写明决定或退回的理由，至少五个字"),
                "会商规则:8",
                n=position,
            ),
            require(len(decision.why) <= LONGEST_WHY, _("说明请不超过%(n)s个字"), n=LONGEST_WHY),
            impersonal(decision.why[:LONGEST_WHY]),
        ]
    )


def signed_text(rows: Sequence[Mapping[str, Any]]) -> str:
    """What one act of signing stands for, in one spelling; its SHA-256 is kept with it."""
    return json.dumps(rows, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def digest(rows: Sequence[Mapping[str, Any]]) -> str:
    return hashlib.sha256(signed_text(rows).encode()).hexdigest()
