"""The reserve of a told demo county: as large as reported, one half-year evaluated and signed."""

from __future__ import annotations

import io
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from PIL import Image, ImageDraw
from stdnum.iso7064 import mod_11_2

from linli.kernel.period import Period, Span
from linli.kernel.place import Scope
from linli.kernel.roles import REVIEW, SECRETARY, SOCIAL, STREET, VETTERS, Role
from linli.people import queries as people
from linli.places import queries as places
from linli.reserve import evaluating, growing, placing, queries, services
from linli.reserve.grading import COMMUNITY, COUNTY
from linli.reserve.models import Talent
from linli.sources import HardIndicator
from linli.vetting import answering, results
from linli.vetting import services as vetting
from linli.workforce import queries as workforce

CHINA = ZoneInfo("Asia/Shanghai")
SIZE = 81
"""So many are in reserve, as reported (同江:D3): before the evaluation, and after all that followed."""
FRESH = 21
"""Days after a half-year within which its evaluation cannot have been told as signed."""
AREA = "370613"
FAMILY = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧"
GIVEN = "子涵 雨桐 浩然 欣怡 宇航 佳琪 思远 梦瑶 俊杰 雪晴 志远 晓彤 文博 婉婷 明轩 若曦".split()
SOURCES = ("recruitment", "graduate", "grid", "veteran", "property", "party_household")
EXCELLENT, GOOD, FAIR, POOR, FLOOR = "excellent", "good", "fair", "poor", "floor"
REACHED = {
    EXCELLENT: (92, 100),
    GOOD: (73, 84),
    FAIR: (63, 70),
    POOR: (40, 52),
    FLOOR: (84, 92),
}
"""Percent of what earns all points, by how somebody does."""
NOTES = (
    ("跟着网格长入户走访，学会建台账，能独立处理一般诉求", "网格长一对一带教"),
    ("参加矛盾调处实训，协助化解两起邻里纠纷", "安排到调解室跟班"),
    ("在全科窗口值守，熟悉高频事项办理", "窗口主任带班"),
    ("组织一次居民议事会，记录整理意见", "书记指导会前准备"),
    ("参加网格学校培训，完成课后测试", "支持参训并安排替班"),
    ("协助排查老旧小区隐患，建档上报", "应急小组带队"),
)
PROOFS = {
    "politics": ("主题党日和理论学习签到表", "DY"),
    "standing": ("居民测评汇总表", "CP"),
    "results": ("办结工单汇总", "GD"),
    "visits": ("入户走访台账", "ZF"),
    "learning": ("网格学校学时证明", "PX"),
    "practice": ("跟岗锻炼鉴定", "GG"),
}


@dataclass(slots=True)
class Story:
    """Tells the reserve of a county as of a day."""

    county: str
    today: date
    chance: random.Random = field(init=False)
    half: Span = field(init=False)
    by: Any = field(init=False)
    communities: list[str] = field(init=False)
    fates: dict[int, str] = field(init=False, default_factory=dict)
    who: dict[tuple[str, str], Any] = field(init=False, default_factory=dict)

    def tell(self) -> None:
        """Tell it all."""
        self.chance = random.Random(81)
        half = Period.of(self.today).half.previous
        self.half = half.previous if (self.today - half.last_on).days < FRESH else half
        self.by = people.holders(SOCIAL, self.county, self.today)[0]
        rows = places.of_level("community", Scope.of(self.county))
        self.communities = [row.place for row in rows]
        self._before()
        self._prove(self.half, whole=True)
        self._write(self.half.months)
        coming = self._nominate()
        self._vet([row.talent for row in coming[:-1]])
        self._leave()
        self._evaluate()
        self._after()

    def at(self, day: date, hour: int = 10) -> datetime:
        return datetime.combine(day, time(hour), CHINA).astimezone(UTC)

    def on(self, days: int) -> date:
        """So many days after the half-year."""
        return self.half.last_on + timedelta(days)

    def holder(self, role: Role, place: str) -> Any:
        key = (role.code, place)
        if key not in self.who:
            self.who[key] = people.holders(role, place, self.today)[0]
        return self.who[key]

    def _name(self) -> str:
        return self.chance.choice(FAMILY) + self.chance.choice(GIVEN)

    def _id_number(self, serial: int, on: date, ages: tuple[int, int]) -> str:
        day = on - timedelta(365 * self.chance.randint(*ages) + self.chance.randrange(1, 360))
        body = f"{AREA}{day:%Y%m%d}{serial:03d}"
        return body + mod_11_2.calc_check_digit(body)

    # --- who was there --------------------------------------------------------------------------

    def _before(self) -> None:
        """Those who were in the reserve before the half-year ended, a dozen of them serving."""
        rows = [*self._serving(12)]
        while len(rows) < SIZE:
            n = len(rows)
            since_on = self.half.first_on - timedelta(self.chance.randrange(20, 300))
            rows.append(
                services.Was(
                    place=self.communities[n % len(self.communities)],
                    name=self._name(),
                    id_number=self._id_number(n, since_on, (23, 33)),
                    phone=f"137{self.chance.randrange(10**8):08d}",
                    politics="member" if self.chance.random() < 0.68 else "league",
                    schooling="bachelor" if self.chance.random() < 0.6 else "college",
                    source=SOURCES[n % len(SOURCES)],
                    since_on=since_on,
                )
            )
        services.take_over(
            by=self.by, county=self.county, rows=rows, now=self.at(self.half.first_on)
        )
        talents = list(Talent.objects.filter(county=self.county).order_by("number"))
        fates = [POOR] * 5 + [FLOOR] + [FAIR] * 15 + [GOOD] * 33
        others = [row for row in talents if row.worker_id is None]
        fates += [EXCELLENT] * (len(others) - len(fates))
        self.chance.shuffle(fates)
        self.fates = {row.pk: EXCELLENT for row in talents}
        self.fates |= {row.pk: fate for row, fate in zip(others, fates, strict=True)}

    def _serving(self, most: int) -> Iterator[services.Was]:
        """Young workers with college who are in the reserve for a higher post."""
        on = self.half.first_on - timedelta(60)
        rows = workforce.serving(Scope.of(self.county), on).filter(title_now="worker")
        young = [row for row in rows.order_by("number") if row.age(on) <= 34]
        schooling = workforce.highest_schooling([row.pk for row in young])
        fit = [row for row in young if schooling.get(row.pk) in ("college", "bachelor")]
        for row in fit[:most]:
            yield services.Was(
                place=row.place,
                name=row.name,
                id_number=row.id_number,
                phone=row.phone,
                politics=row.politics,
                schooling=schooling[row.pk],
                source="serving",
                since_on=on,
            )

    def _inside(self) -> dict[str, list[Talent]]:
        """Street → who is in the reserve there."""
        found: dict[str, list[Talent]] = {}
        for row in Talent.objects.filter(county=self.county, state="in").order_by("number"):
            found.setdefault(row.place[:9], []).append(row)
        return found

    # --- evidence and the growth file -----------------------------------------------------------

    def _prove(self, half: Span, *, whole: bool) -> None:
        """A sheet a street and indicator: all of a half-year, or what has come of it by now."""
        table = queries.indicators(self.county, half.last_on)
        day = min(half.last_on - timedelta(9), self.today - timedelta(6))
        for street, talents in self._inside().items():
            for code, one in table.items():
                told, letters = PROOFS.get(code, (str(one.name), "PJ"))
                proof = growing.Proof(
                    indicator=code,
                    on=day,
                    told=f"{half.text}{told}",
                    reference=f"{letters}-{half.code}-{street[-3:]}",
                )
                figures = [(row, self._figure(one, row, whole)) for row in talents]
                growing.prove_many(
                    by=self.holder(STREET, street),
                    proof=proof,
                    figures=[each for each in figures if each[1]],
                    now=self.at(day, 16),
                )

    def _figure(self, one: HardIndicator, talent: Talent, whole: bool) -> int:
        low, high = REACHED[self.fates.get(talent.pk, GOOD)]
        share = self.chance.randint(low, high)
        if self.fates.get(talent.pk) == FLOOR and one.code == "politics":
            share = 17
        if not whole and one.counted == "sum":
            share = share * 3 // 5
        return max(one.least + -(-(one.full - one.least) * share // 100), 1)

    def _write(self, months: tuple[Period, ...]) -> None:
        """Every month's entries: by the streets, the last ones by the communities of the first of
        them; from three months ago two files lie stale."""
        last = Period.of(self.today).previous
        inside = self._inside()
        stale = {rows[-1].pk for rows in list(inside.values())[1:]}
        for month in months:
            day = min(month.last_on - timedelta(2), self.today - timedelta(1))
            for n, (street, talents) in enumerate(inside.items()):
                if month >= last.plus(-2):
                    talents = [row for row in talents if row.pk not in stale]
                if n or month < last.plus(-1):
                    self._month(month, talents, STREET, street, day)
                    continue
                for place in sorted({row.place for row in talents}):
                    here = [row for row in talents if row.place == place]
                    self._month(month, here, SECRETARY, place, day)

    def _month(
        self, month: Period, talents: list[Talent], role: Role, place: str, day: date
    ) -> None:
        lines = [
            growing.Line(talent=row, told=told, helped=helped)
            for row in talents
            if row.entered_on and row.entered_on < month.first_on
            for told, helped in [self.chance.choice(NOTES)]
        ]
        if lines:
            growing.write_month(
                by=self.holder(role, place), period=month.code, lines=lines, now=self.at(day, 17)
            )

    # --- the evaluation -------------------------------------------------------------------------

    def _nominate(self) -> list[Any]:
        """Nine who come in by the evaluation, one who is declined, one who waits for a vetting."""
        made = []
        for n in range(9):
            made.append(self._nomination(n, self.on(3)))
        declined = self._nomination(9, self.on(3))
        services.decline(
            by=self.by,
            nomination=declined,
            reason="近期将赴外地工作，不能参加培养",
            now=self.at(self.on(5)),
        )
        return [*made, declined]

    def _nomination(self, n: int, day: date) -> Any:
        place = self.communities[(n * 3 + 1) % len(self.communities)]
        return services.nominate(
            by=self.holder(SECRETARY, place),
            county=self.county,
            place=place,
            name=self._name(),
            id_number=self._id_number(500 + n, day, (23, 32)),
            phone=f"136{self.chance.randrange(10**8):08d}",
            politics="member" if n % 3 else "league",
            schooling="bachelor",
            source=SOURCES[n % len(SOURCES)],
            why="参与社区志愿服务一年以上，居民评价好，愿意扎根社区",
            now=self.at(day, 15),
        )

    def _vet(self, talents: list[Talent]) -> None:
        """A vetting of those who are to come in, and of who is to take a post."""
        serving = Talent.objects.filter(county=self.county, worker__isnull=False, state="in")
        chosen = [*talents, *serving.order_by("number")[:2]]
        office = self.holder(REVIEW, self.county)
        heads = {role.code: self.holder(role, self.county) for role in VETTERS}
        round_ = vetting.open_round(
            by=office,
            county=self.county,
            purpose="reserve",
            title=f"{self.half.text}后备力量联审",
            heads=heads,
            now=self.at(self.on(6)),
        )
        some = [
            vetting.Person(
                worker=row.worker, name=row.name, id_number=row.id_number, place=row.place
            )
            for row in chosen
        ]
        vetting.add_subjects(by=office, round=round_, some=some, now=self.at(self.on(6)))
        vetting.send(by=office, round=round_, now=self.at(self.on(6), 11))
        keys = list(round_.subjects.values_list("pk", flat=True))
        clear = {key: answering.Word(conclusion="clear") for key in keys}
        for task in round_.tasks.all():
            head = heads[task.role]
            answering.answer(by=head, task=task, words=clear, now=self.at(self.on(9)))
            answering.sign(by=head, task=task, now=self.at(self.on(10)))
        results.confirm(by=office, round=round_, subjects=keys, now=self.at(self.on(12)))

    def _leave(self) -> None:
        """Two leave of their own accord before the evaluation is opened."""
        good = [pk for pk, fate in self.fates.items() if fate == GOOD][-2:]
        for pk, (code, why) in zip(
            good, (("resigned", "考取外地公务员"), ("away", "随家人迁往外地")), strict=True
        ):
            services.leave(
                by=self.by,
                talent=Talent.objects.get(pk=pk),
                code=code,
                why=why,
                on=self.on(4),
                now=self.at(self.on(4)),
            )

    def _evaluate(self) -> None:
        made = evaluating.open_evaluation(
            by=self.by, county=self.county, half=self.half.code, now=self.at(self.on(8))
        )
        rows = list(made.sheets.select_related("talent"))
        table = queries.indicators(self.county, self.half.last_on)
        shown = queries.shown_by_evidence([row.talent_id for row in rows], self.half, table)
        theirs: dict[int, dict[str, int]] = {}
        for row in rows:
            figures = dict(shown[row.talent_id])
            if self.chance.random() < 0.4:
                code = self.chance.choice(("visits", "results", "learning"))
                figures[code] = figures[code] * 9 // 10
            theirs[row.pk] = figures
        for street in sorted({row.place[:9] for row in rows}):
            evaluating.score(
                by=self.holder(STREET, street),
                evaluation=made,
                side=COMMUNITY,
                words={row.pk: shown[row.talent_id] for row in rows if row.place[:9] == street},
                now=self.at(self.on(12)),
            )
        evaluating.score(
            by=self.by, evaluation=made, side=COUNTY, words=theirs, now=self.at(self.on(15))
        )
        evaluating.sign(by=self.by, evaluation=made, now=self.at(self.on(20)))

    # --- since then -----------------------------------------------------------------------------

    def _after(self) -> None:
        """Since then: two who were vetted are proposed, one has the post; the present half-year's
        evidence so far, one with a photographed paper; two nominations wait."""
        self._use()
        self._write(tuple(self.half.last.next.to(Period.of(self.today).previous)))
        this = Period.of(self.today).half
        if this != self.half and (self.today - this.first_on).days > FRESH:
            self._prove(this, whole=False)
        talent = Talent.objects.filter(county=self.county, state="in").order_by("place").first()
        assert talent is not None
        growing.add_evidence(
            by=self.holder(SECRETARY, talent.place),
            talent=talent,
            indicator="results",
            on=self.today - timedelta(3),
            figure=1,
            told="协助调解楼道堆物纠纷，双方签字",
            papers=[(_photo(), "调解协议.png")],
            now=self.at(self.today - timedelta(3)),
        )
        for n in range(2):
            self._nomination(20 + n, self.today - timedelta(4))

    def _use(self) -> None:
        vetted = Talent.objects.filter(county=self.county, worker__isnull=False, state="in")
        for n, talent in enumerate(vetted.order_by("number")[:2]):
            day = self.on(21) if n == 0 else self.today - timedelta(1)
            if day > self.today:
                continue
            made = placing.propose(
                by=self.by,
                talent=talent,
                place=talent.place,
                title="committee_member",
                why="在本社区任职，熟悉情况，居民代表推荐",
                now=self.at(day, 9),
            )
            if n == 0:
                placing.appoint(by=self.by, proposal=made, since_on=day, now=self.at(day, 11))


def _photo() -> bytes:
    """A photographed agreement, drawn small."""
    image = Image.new("RGB", (480, 320), (251, 248, 240))
    draw = ImageDraw.Draw(image)
    draw.rectangle((12, 12, 468, 308), outline=(40, 38, 34), width=2)
    for line in range(6):
        draw.line((40, 70 + line * 34, 440 - line * 20, 70 + line * 34), fill=(120, 116, 108))
    draw.ellipse((350, 210, 440, 300), outline=(178, 44, 30), width=4)
    out = io.BytesIO()
    image.save(out, "PNG", optimize=True)
    return out.getvalue()


def tell(*, county: str, today: date) -> None:
    """Tell the reserve of a county as of a day. Deterministic; everything through services."""
    Story(county=county, today=today).tell()
