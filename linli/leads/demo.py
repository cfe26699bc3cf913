"""The leads of a told demo county: some reported by staff and residents, and the consultations."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from PIL import Image, ImageDraw

from linli.kernel.place import Scope
from linli.kernel.roles import DEPARTMENTS, HOUSING, ROLES, STREET
from linli.leads import agendas, consulting, rules, services
from linli.leads.consulting import Proposal
from linli.leads.models import Consultation, Lead
from linli.leads.services import Shot
from linli.leads.verdicts import ABSTAIN, AGREE, CARRIED, DISAGREE, RETURNED, Decision
from linli.people import queries as people
from linli.premises import queries as rooms
from linli.premises import rules as room_rules

CHINA = ZoneInfo("Asia/Shanghai")
NINE = tuple(role.code for role in DEPARTMENTS)
MOST = 48
"""So many leads on one agenda."""
SETTLED_PERCENT = 92
"""Of the leads handed over, so many are settled; the others wait, are tied or still open."""
LONG_AGO = 110
"""So many days before the latest consultations the great ones were held."""
BY_STAFF = (
    ("idle", "大门上锁，窗台积灰，门口无人进出，居委会多次联系未果", "property"),
    ("occupied", "物业公司堆放维修材料，居民活动室无法使用", "property"),
    ("let_unlawfully", "现场挂牌经营便利店，居委会没有收到租金", "tenant"),
    ("use_changed", "规划为文体活动室，现隔成三间作员工宿舍", "property"),
    ("area_short", "现场丈量比图纸少一间，约三十平方米", "developer"),
)
BY_RESIDENTS = (
    ("occupied", "楼下公共用房被装修公司放了沙子水泥，两个月了", "13805350001"),
    ("idle", "老年活动室常年锁门，问谁都说没有钥匙", "13805350002"),
    ("other", "邻居家阳台漏水到我家，没有人管", "13805350003"),
)


class Story:
    """Leads and consultations as of a day; every act by somebody who may do it."""

    def __init__(self, county: str, today: date) -> None:
        self.county, self.today = county, today
        self.by = {
            code: next(iter(people.holders(ROLES[code], county, today)), None) for code in NINE
        }

    def at(self, days_ago: int, hour: int = 10, minute: int = 0) -> datetime:
        day = self.today - timedelta(days_ago)
        return datetime.combine(day, time(hour, minute), CHINA).astimezone(UTC)

    def tell(self) -> None:
        """Reports of staff and residents, one put aside, three before nine departments."""
        raised = [lead for lead in self._staff() if lead.state == rules.OPEN]
        self._residents()
        held = self.convene(raised[:3], NINE, days_ago=2, title="工作人员反映线索会商")
        for turn, code in enumerate(NINE[:5]):
            self.sign(held, code, days_ago=1, hour=9 + turn)

    def _staff(self) -> list[Lead]:
        found = list(rooms.rooms(Scope.of(self.county)).order_by("code")[: 3 * len(BY_STAFF)])
        made = []
        for turn, (kind, text, violator) in enumerate(BY_STAFF):
            room = found[turn * 3 % len(found)]
            now = self.at(18 - 2 * turn)
            holder = people.holders(STREET, room.place, self.today)
            made.append(
                services.raise_lead(
                    by=holder[0] if holder else None,
                    county=self.county,
                    room=room,
                    place=room.place,
                    kind=kind,
                    text=text,
                    source=rules.STAFF,
                    violator=violator,
                    photos=[_shot(turn, now)],
                    now=now,
                )
            )
        return made

    def _residents(self) -> None:
        room = rooms.rooms(Scope.of(self.county)).order_by("code").last()
        if room is None:
            return
        for turn, (kind, text, phone) in enumerate(BY_RESIDENTS):
            report = services.report_lead(
                by=None,
                county=self.county,
                room=None,
                place=room.estate,
                kind=kind,
                spot_text=("一层东侧", "二层活动室", "住户家中")[turn],
                text=text,
                phone=phone,
                photos=[_shot(7 + turn, self.at(6 - turn))] if turn == 0 else (),
                now=self.at(6 - turn, 19),
            )
        holder = people.holders(STREET, room.place, self.today)
        services.dismiss(
            by=holder[0] if holder else None,
            lead=report.lead,
            reason="反映的是住户之间的渗漏，不是公共用房问题，已转居委会调解",
            now=self.at(3),
        )

    # --- consultations ------------------------------------------------------------------------

    def convene(
        self, leads: Sequence[Lead], departments: Sequence[str], *, days_ago: int, title: str
    ) -> Consultation:
        return consulting.convene(
            by=self.by[HOUSING.code],
            county=self.county,
            convener=HOUSING.code,
            title=title,
            proposals=[self._proposal(lead, turn) for turn, lead in enumerate(leads)],
            departments=departments,
            now=self.at(days_ago, 9),
        )

    def _proposal(self, lead: Lead, turn: int) -> Proposal:
        """Mostly the problem stands; some do not, some are of another kind, some lack evidence."""
        conclusion = {
            4: rules.NO_VIOLATION,
            9: rules.OTHER_KIND,
            14: rules.MORE_EVIDENCE,
            17: rules.NO_VIOLATION,
        }.get(turn % 20, rules.VIOLATION)
        other = next(code for code in ("use_changed", "idle") if code != lead.kind)
        room, owner = lead.room, ""
        if room is not None and conclusion == rules.VIOLATION and turn % 6 == 1:
            due = room.owner_due
            if room.owner == room_rules.UNKNOWN != due:
                owner = due
        violator = lead.violator
        if violator == rules.UNKNOWN and conclusion in rules.STANDS:
            violator = _violator(lead.kind)
        return Proposal(
            lead=lead,
            conclusion=conclusion,
            settled_kind=other if conclusion == rules.OTHER_KIND else "",
            violator=violator,
            owner=owner,
        )

    def sign(
        self,
        held: Consultation,
        code: str,
        *,
        days_ago: int,
        hour: int = 10,
        said: dict[int, tuple[str, str]] | None = None,
    ) -> None:
        """A department signs every item; `said`: position → what it says instead of yes."""
        opinions = {
            item.pk: (said or {}).get(item.position, (AGREE, "")) for item in agendas.items(held)
        }
        consulting.sign(
            by=self.by[code],
            consultation=held,
            role=code,
            opinions=opinions,
            now=self.at(days_ago, hour, 12),
        )

    def conclude(
        self, held: Consultation, *, days_ago: int, say: dict[int, Decision] | None = None
    ) -> None:
        decisions = {
            item.pk: say[item.position]
            for item in agendas.items(held)
            if say and item.position in say
        }
        consulting.conclude(
            by=self.by[HOUSING.code],
            consultation=held,
            decisions=decisions,
            now=self.at(days_ago, 16),
        )

    def settle(self, leads: Sequence[Lead]) -> None:
        """Most are settled; two were tied, one department was absent, some still wait."""
        still = Lead.objects.filter(pk__in=[lead.pk for lead in leads], state=rules.OPEN)
        leads = list(still.select_related("room").order_by("number"))
        some = len(leads) * SETTLED_PERCENT // 100
        first, rest = leads[:some], leads[some:]
        for turn in range(0, len(first), MOST):
            batch = first[turn : turn + MOST]
            self._settled(batch, 1 + turn // MOST, absent=turn == MOST)
        self._tied(rest[:4])
        self._waiting(rest[4:14])

    def _settled(self, batch: Sequence[Lead], number: int, *, absent: bool) -> None:
        """Nine departments sign; of the second one the organisation department does not."""
        held = self.convene(batch, NINE, days_ago=LONG_AGO + 20, title=f"第{number}批排查线索会商")
        refused = {3: (DISAGREE, "合同备案显示经业主共同决定，建议补充核查后再定")}
        for turn, code in enumerate(NINE):
            if not (absent and code == NINE[-1]):
                said = refused if code == "justice" else None
                self.sign(held, code, days_ago=LONG_AGO + 19 - turn // 3, hour=9 + turn, said=said)
        self.conclude(held, days_ago=LONG_AGO + (8 if absent else 15))

    def _tied(self, batch: Sequence[Lead]) -> None:
        """The first item is cast, the second sent back; a tie of its own still waits."""
        if len(batch) < 4:
            return
        no = (DISAGREE, "现有图纸与现场不一致，责任主体还不能确定")
        for leads, days_ago, ended in ((batch[:2], 12, True), (batch[2:], 5, False)):
            held = self.convene(leads, NINE, days_ago=days_ago, title="争议线索会商")
            for turn, code in enumerate(NINE):
                stance = (AGREE, "") if turn < 4 else no if turn < 8 else (ABSTAIN, "")
                told = {1: stance, 2: stance}
                self.sign(held, code, days_ago=days_ago - 1, hour=9 + turn, said=told)
            if ended:
                cast = Decision(CARRIED, "建设单位已书面承认未按规划核实意见移交")
                back = Decision(RETURNED, "请自然资源部门调取原始图纸后再议")
                self.conclude(held, days_ago=days_ago - 2, say={1: cast, 2: back})

    def _waiting(self, batch: Sequence[Lead]) -> None:
        if not batch:
            return
        held = self.convene(batch, NINE, days_ago=3, title="新增排查线索会商")
        for turn, code in enumerate(NINE[:4]):
            self.sign(held, code, days_ago=2, hour=9 + turn)


def _violator(kind: str) -> str:
    """Who usually answers for a kind."""
    if kind in ("unbuilt", "undelivered", "area_short", "title_elsewhere"):
        return "developer"
    return {"idle": "community", "let_unlawfully": "property"}.get(kind, "property")


def _shot(turn: int, now: datetime) -> Shot:
    """A picture of a door with things before it, as a phone keeps it."""
    image = Image.new("RGB", (640, 480), ("#d8d2c6", "#c9d2d6", "#d6cfc9")[turn % 3])
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 350, 640, 480), fill="#8b8780")
    draw.rectangle((200, 110, 440, 370), fill="#7a5f48", outline="#3d2e22", width=5)
    for n in range(2 + turn % 4):
        left = 90 + n * 95
        draw.rectangle((left, 300, left + 80, 400), fill="#a98f63", outline="#57431f", width=3)
    out = io.BytesIO()
    image.save(out, "JPEG", quality=70)
    east, north = 120_751_000 + turn * 430, 37_814_000 - turn * 510
    return Shot(
        content=out.getvalue(), name=f"现场{turn + 1}.jpg", taken_at=now, east=east, north=north
    )


def tell(*, county: str, today: date) -> None:
    """Some leads of staff and residents beside those of the survey, and one running consultation."""
    with transaction.atomic():
        Story(county, today).tell()


def consult(county: str, leads: Sequence[Lead], today: date) -> None:
    """Confer on the leads of a survey, raised months ago: most are settled, one
    item was tied and cast, one sent back, a department was absent, ten still wait."""
    with transaction.atomic():
        Story(county, today).settle(leads)
