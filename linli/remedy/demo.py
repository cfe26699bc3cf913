"""Plans for the rooms of a told demo county: at every step, as such counties have them."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from linli.kernel.calendar import Calendar
from linli.kernel.place import Scope
from linli.kernel.roles import HOUSING, SECRETARY, STREET, Role
from linli.leads import queries as leads
from linli.people import queries as people
from linli.places import queries as places
from linli.premises import queries as premises
from linli.premises import rules as room_rules
from linli.premises import services as premises_services
from linli.remedy import followups, issuing, queries, rules, services
from linli.remedy.demo_estate import estate_in_full, photo_of
from linli.remedy.models import Plan, Task
from linli.remedy.rules import Cause

CHINA = ZoneInfo("Asia/Shanghai")
MOST = 36
"""So many plans are told; illegal letting and idle rooms first."""
VIOLATIONS = {
    room_rules.LET: "let_unlawfully",
    room_rules.IDLE: "idle",
    room_rules.OCCUPIED: "occupied",
    room_rules.CHANGED: "use_changed",
    room_rules.UNDELIVERED: "undelivered",
    room_rules.UNBUILT: "unbuilt",
}
RESULTS = {
    "talk": "已约谈负责人，书面承诺限期改正",
    "rectify": "已按通知书改正，拍照留存",
    "vacate": "承租人已搬离，换锁交社区",
    "recontract": "补充合同已签订并备案",
    "joint": "联合执法当场制止，已整改",
    "put_to_use": "已开放为社区活动室",
    "return_rent": "租金已全额退入专户",
    "handover": "移交手续办结，钥匙已交接",
    "first_title": "首次登记已办结",
    "penalty": "处罚决定已送达并缴清",
    "lawsuit": "调解结案，房屋已交还",
    "prosecutor": "检察建议已回复并落实",
}


@dataclass(slots=True)
class Story:
    """Tells the plans of a county as of a day."""

    county: str
    today: date
    chance: random.Random = field(init=False)
    calendar: Calendar = field(init=False)
    who: dict[tuple[str, str], Any] = field(init=False, default_factory=dict)
    streets: dict[str, str] = field(init=False, default_factory=dict)

    def tell(self) -> None:
        """Tell it all."""
        self.chance = random.Random(311)
        self.calendar = places.calendar()
        fates = self._fates()
        for at, (room, found) in enumerate(self._rooms()):
            fate = fates[at % len(fates)]
            plan = self.draft(room, found, fate)
            if plan is not None:
                getattr(self, f"_{fate}")(plan)
        estate_in_full(self)
        followups.run(now=self.at(self.today, 6))

    def _fates(self) -> list[str]:
        """How far the plans come, in the order in which rooms are taken."""
        return [
            *("closed", "closed", "carried", "closed", "escalated", "closed", "proposed"),
            *("closed", "late", "extended", "closed", "reported", "rechecked", "closed"),
            *("drafted", "near", "closed", "extended"),
        ]

    def at(self, day: date, hour: int = 10) -> datetime:
        return datetime.combine(day, time(hour), CHINA).astimezone(UTC)

    def ago(self, work_days: int) -> date:
        return self.calendar.add_working_days(self.today, -work_days)

    def holder(self, role: Role, place: str) -> Any:
        key = (role.code, place[:12])
        if key not in self.who:
            found = people.holders(role, place, self.today)
            self.who[key] = found[0] if found else None
        return self.who[key]

    # --- which rooms ----------------------------------------------------------------------------

    def _rooms(self) -> Iterator[tuple[Any, list[Any]]]:
        """Rooms with settled leads first, then those the register shows to be wrong."""
        scope = Scope.of(self.county)
        settled: dict[int, list[Any]] = {}
        for lead in leads.standing(scope):
            if lead.room_id is not None:
                settled.setdefault(lead.room_id, []).append(lead)
        order = list(VIOLATIONS)
        wrong = [room for room in premises.rooms(scope) if self.is_wrong(room)]
        wrong.sort(
            key=lambda room: (room.pk not in settled, order.index(room.state) // 2, room.code)
        )
        firsts = wrong[:: max(len(wrong) // MOST, 1)] if len(wrong) > MOST * 2 else wrong
        main = self.main_estate()
        chosen = [room for room in firsts if room.place[:15] != main][:MOST]
        for room in chosen:
            yield room, settled.get(room.pk, [])

    def is_wrong(self, room: Any) -> bool:
        lawful = room.state == room_rules.LET and room.kind == "property_business"
        return room.state in VIOLATIONS and not lawful

    def main_estate(self) -> str:
        first = places.of_level("estate", Scope.of(self.county)).first()
        return str(first.place) if first else ""

    # --- the plan -------------------------------------------------------------------------------

    def _cause(self, room: Any, found: list[Any]) -> Cause:
        lead = found[0] if found else None
        violation = VIOLATIONS.get(room.state, "other")
        violator = {"let": "property", "occupied": "tenant", "changed": "property"}.get(
            room.state, "developer" if room.state in ("undelivered", "unbuilt") else "community"
        )
        if lead is not None and lead.violator in ("developer", "property", "community", "tenant"):
            violator = lead.violator
        party = room.occupant if violator in ("tenant", "property") else ""
        return Cause(
            violation=violation,
            violator=violator,
            party=party or {"developer": "蓬城置业有限公司"}.get(violator, ""),
            person=bool(party) and room.occupant_person,
            reason="" if found else "街道日常巡查发现，台账登记的使用状态与规划用途不符",
        )

    def draft(self, room: Any, found: list[Any], fate: str) -> Plan | None:
        if queries.open_plan(room) is not None:
            return None
        day = self.ago(self._age(fate))
        found = [lead for lead in found if lead.settled_on <= day]
        cause = self._cause(room, found)
        secretary = self.holder(SECRETARY, room.place)
        begun = self.at(day, 9)
        plan = services.draft_plan(by=secretary, room=room, cause=cause, leads=found, now=begun)
        fitting = rules.offered(violation=cause.violation, violator=cause.violator, kind=room.kind)
        wanted = [one for one in fitting if one.code in RESULTS and one.code != "lawsuit"]
        for one in wanted[:1] + self.chance.sample(wanted[1:], min(len(wanted) - 1, 1)):
            services.add_measure(
                by=secretary, plan=plan, task=self.task(plan, one, fate), now=begun
            )
        plan.refresh_from_db()
        return plan

    def _age(self, fate: str) -> int:
        """Working days since the draft."""
        return {"escalated": 40, "late": 24, "near": 14, "closed": self.chance.randint(30, 70)}.get(
            fate, self.chance.randint(8, 18)
        )

    def task(self, plan: Plan, measure: Any, fate: str) -> rules.Task:
        street = self.streets.setdefault(plan.place[:9], issuing.street_office(plan.place))
        days = {"escalated": 15, "late": 15, "near": 13}.get(fate, 30)
        role = "street" if "street" in measure.roles else measure.roles[0]
        unit = street if role == "street" else "综合执法大队"
        return rules.Task(
            code=measure.code,
            role=role,
            unit=unit,
            contact=getattr(self.holder(STREET, plan.place), "name", "值班员"),
            phone="13805350000",
            work_days=days,
        )

    # --- how far they come ----------------------------------------------------------------------

    def _drafted(self, plan: Plan) -> None:
        """Nothing more."""

    def _proposed(self, plan: Plan) -> None:
        services.propose(by=self.holder(SECRETARY, plan.place), plan=plan, now=self.at(self.ago(2)))

    def _carried(self, plan: Plan) -> None:
        self.approve(plan)
        task = plan.tasks.first()
        services.tell_work(
            by=self.holder(SECRETARY, plan.place),
            task=task,
            text="已上门送达，对方正在清点物品",
            now=self.after(plan, 4),
        )

    def approve(self, plan: Plan) -> None:
        opened = plan.opened_at.astimezone(CHINA).date()
        services.propose(by=self.holder(SECRETARY, plan.place), plan=plan, now=self.at(opened, 11))
        services.approve(
            by=self.holder(STREET, plan.place),
            plan=plan,
            now=self.at(self.calendar.add_working_days(opened, 1)),
        )
        plan.refresh_from_db()

    def after(self, plan: Plan, work_days: int, hour: int = 15) -> datetime:
        """So many working days after the plan was opened, at the latest today."""
        opened = plan.opened_at.astimezone(CHINA).date()
        return self.at(min(self.calendar.add_working_days(opened, work_days), self.today), hour)

    _near = _carried

    def _extended(self, plan: Plan) -> None:
        self.approve(plan)
        task = plan.tasks.first()
        asked = services.ask_extension(
            by=self.holder(SECRETARY, plan.place),
            task=task,
            new_on=self.calendar.add_working_days(task.due_on, 10),
            reason="承租人经营的药品需按规定移库，申请延期十个工作日",
            now=self.after(plan, 5),
        )
        services.decide_extension(
            by=self.holder(STREET, plan.place),
            extension=asked,
            granted=True,
            note="情况属实，仅此一次",
            now=self.after(plan, 6),
        )

    def _late(self, plan: Plan) -> None:
        self.approve(plan)
        self.rounds(plan, most=1)

    def _escalated(self, plan: Plan) -> None:
        """Late for weeks: two rounds by the street, then the district."""
        self.approve(plan)
        self.rounds(plan, most=3)

    def rounds(self, plan: Plan, *, most: int) -> None:
        """What the daily chore would have issued until today, answered once."""
        day = self.calendar.add_working_days(plan.due_on, 1) if plan.due_on else self.today
        for turn in range(most):
            if day > self.today:
                return
            row = followups.follow_up(by=None, plan=plan, now=self.at(day, 6))
            if turn == 0:
                followups.answer_follow_up(
                    by=self.holder(SECRETARY, plan.place),
                    row=row,
                    text="责任单位人员变动，已重新明确专人，本周内清点",
                    now=self.at(min(day + timedelta(1), self.today)),
                )
            day = self.calendar.add_working_days(row.due_on, 1)

    def _reported(self, plan: Plan) -> None:
        self.approve(plan)
        self._work(plan, 6)

    def _work(self, plan: Plan, work_days: int) -> None:
        secretary = self.holder(SECRETARY, plan.place)
        when = self.after(plan, work_days)
        for task in Task.objects.filter(plan=plan, state=rules.OPEN):
            picture = (photo_of(plan.pk + task.number), f"{plan.code}-{task.number}.png")
            services.finish_measure(
                by=secretary, task=task, text=RESULTS[task.code], papers=[picture], now=when
            )
        services.report(by=secretary, plan=plan, now=when)

    def _rechecked(self, plan: Plan) -> None:
        self._reported(plan)
        services.recheck(
            by=self.holder(STREET, plan.place),
            plan=plan,
            note="现场已腾空，与报告一致",
            now=self.after(plan, 8),
        )

    def _closed(self, plan: Plan) -> None:
        self._rechecked(plan)
        services.close(
            by=self.holder(HOUSING, plan.place),
            plan=plan,
            note="同意销号",
            now=self.after(plan, 10),
        )
        room = plan.room
        if room.state in (room_rules.LET, room_rules.IDLE, room_rules.OCCUPIED):
            premises_services.record_use(
                by=self.holder(STREET, plan.place),
                room=room,
                state=room_rules.SELF_USED,
                since_on=self.after(plan, 10).astimezone(CHINA).date(),
                purpose="社区自用，面向居民开放",
                now=self.after(plan, 11),
            )


def tell(*, county: str, today: date) -> None:
    """Tell the plans of a county as of a day. Deterministic; everything through services."""
    Story(county=county, today=today).tell()
