"""The first estate of the demo county in full: a joint visit of four agencies, promises kept and
broken, letters, a contract signed anew."""

from __future__ import annotations

import io
from datetime import datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from PIL import Image, ImageDraw

from linli.kernel.place import Scope
from linli.kernel.roles import ENFORCEMENT, HOUSING, SECRETARY, STREET
from linli.premises import queries as premises
from linli.premises import rules as room_rules
from linli.remedy import encounters, issuing, queries, rules, services
from linli.remedy.dealings import ClauseTold
from linli.remedy.models import Plan
from linli.remedy.rules import Cause

if TYPE_CHECKING:
    from linli.remedy.demo import Story

CHINA = ZoneInfo("Asia/Shanghai")
PROMISES = (
    "月底前腾空房屋并交回钥匙",
    "十日内停止营业，退还已收租金",
)
VIOLATED = {"unbuilt": "unbuilt", "undelivered": "undelivered"}


def photo_of(at: int) -> bytes:
    """A picture as a phone might have taken it of a room: wall, door, a notice."""
    shade = 150 + at * 7 % 70
    image = Image.new("RGB", (320, 240), (shade, shade - 8, shade - 20))
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 170, 320, 240), fill=(110, 100, 90))
    left = 40 + at * 13 % 120
    draw.rectangle((left, 60, left + 80, 190), fill=(90, 110, 120))
    draw.rectangle((left + 95, 80, left + 140, 120), fill=(235, 230, 215))
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def estate_in_full(story: Story) -> None:
    """The first estate: a joint visit of four agencies, promises kept and broken, letters, a
    contract signed anew."""
    estate = story.main_estate()
    rooms = [room for room in premises.rooms(Scope.of(estate)) if story.is_wrong(room)]
    let = next((room for room in rooms if room.state == room_rules.LET), None)
    first = let or (rooms[0] if rooms else None)
    if first is not None:
        _visited(story, first)
    everywhere = premises.rooms(Scope.of(story.county)).filter(state__in=list(VIOLATED))
    owed = everywhere.exclude(plans__isnull=False).order_by("code")
    for room in [room for room in owed if room.kind != "unclear"]:
        if _resigned(story, room):
            return


def _visited(story: Story, room: Any) -> None:
    found = queries.leads_free(room)
    plan = story.draft(room, found, "late")
    if plan is None:
        return
    story.approve(plan)
    story.rounds(plan, most=1)
    street, housing = story.holder(STREET, room.place), story.holder(HOUSING, room.place)
    for turn, (days, outcome, seen) in enumerate(
        ((3, "broken", "到期仍在营业"), (12, "kept", "货架已清空，钥匙交社区"))
    ):
        on = story.after(plan, days).astimezone(CHINA).date()
        talk = encounters.tell_talk(
            by=street,
            plan=plan,
            on=on,
            whom=plan.party or "现场负责人",
            person=plan.person,
            present=f"{getattr(street, 'name', '')}、{getattr(housing, 'name', '')}",
            said="说明配套用房用途和有关规定，告知不整改的后果",
            promise=PROMISES[turn],
            promised_on=story.calendar.add_working_days(on, 3),
            now=story.at(on, 11),
        )
        _recorded(plan, talk, by=street, now=story.at(on, 12))
        encounters.check_promise(
            by=housing, talk=talk, outcome=outcome, note=seen, now=story.after(plan, days + 5)
        )
    _joint(story, plan)
    letter = issuing.issue_letter(
        by=street,
        plan=plan,
        kind="order",
        sender=issuing.street_office(plan.place),
        to=plan.party or "现场负责人",
        reply_by_on=story.calendar.add_working_days(story.ago(10), 5),
        now=story.at(story.ago(10)),
    )
    issuing.answer_letter(
        by=street,
        letter=letter,
        text="已停止营业，正在搬离",
        answered_on=story.ago(4),
        now=story.at(story.ago(4)),
    )
    issuing.issue_letter(
        by=street,
        plan=plan,
        kind="transfer",
        sender=issuing.street_office(plan.place),
        to="蓬城置业有限公司",
        reply_by_on=story.calendar.add_working_days(story.today, 4),
        now=story.at(story.ago(3)),
    )


def _recorded(plan: Plan, talk: Any, *, by: Any, now: datetime) -> None:
    issuing.issue_letter(
        by=by,
        plan=plan,
        kind="talk",
        sender=issuing.street_office(plan.place),
        to=plan.party or "现场负责人",
        talk=talk,
        now=now,
    )


def _joint(story: Story, plan: Plan) -> None:
    encounters.tell_visit(
        by=story.holder(ENFORCEMENT, plan.place),
        plan=plan,
        on=story.ago(9),
        agencies={
            "enforcement": "马军、孙涛",
            "housing": "高强",
            "police": "罗刚",
            "street": "刘洋、周芳",
        },
        found="房屋正在对外经营，现场不能出示产权人同意的租赁合同，消防通道被货物占用",
        next="三日内停业，清空消防通道；逾期依法处罚",
        papers=[(photo_of(901), "现场一.png"), (photo_of(902), "现场二.png")],
        now=story.at(story.ago(9), 16),
    )


def _resigned(story: Story, room: Any) -> bool:
    housing = story.holder(HOUSING, room.place)
    cause = Cause(
        violation=VIOLATED[room.state],
        violator="developer",
        party="蓬城置业有限公司",
        reason="配套用房应建未建、应交未交，建设单位同意重签代建合同",
    )
    begun = story.at(story.ago(20), 9)
    fitting = rules.offered(violation=cause.violation, violator="developer", kind=room.kind)
    if "recontract" not in [one.code for one in fitting]:
        return False
    secretary = story.holder(SECRETARY, room.place)
    plan = services.draft_plan(by=secretary, room=room, cause=cause, now=begun)
    for one in fitting:
        if one.code in ("recontract", "talk"):
            services.add_measure(
                by=secretary, plan=plan, task=story.task(plan, one, "carried"), now=begun
            )
    plan.refresh_from_db()
    story.approve(plan)
    signed = story.ago(8)
    made = encounters.resign_contract(
        by=housing,
        plan=plan,
        number="代建〔2026〕3号",
        signed_on=signed,
        principal=issuing.street_office(plan.place),
        builder="蓬城置业有限公司",
        clauses=[
            ClauseTold(code="scope", text="建成不少于300平方米，一层，独立出入口"),
            ClauseTold(
                code="delivery",
                text="竣工验收合格后15日内交付",
                due_on=story.calendar.add_working_days(story.today, 30),
            ),
            ClauseTold(code="title", text="产权登记在街道办事处名下"),
            ClauseTold(code="tenants", text="现租户由代建方清退", due_on=story.ago(4)),
        ],
        papers=[(photo_of(903), "代建合同.png")],
        now=story.at(signed, 16),
    )
    encounters.tell_clause(
        by=story.holder(STREET, plan.place),
        clause=made.clauses.get(code="tenants"),
        outcome="kept",
        note="租户已全部搬离",
        papers=[(photo_of(904), "清退后.png")],
        now=story.at(story.ago(3)),
    )
    return True
