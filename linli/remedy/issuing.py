"""Letters of a plan: filled in from the template in force, numbered, issued, answered."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import Any

from django.utils import timezone

from linli.kernel.rulings import every, require
from linli.kernel.words import gettext_noop as _
from linli.places import queries as places
from linli.remedy import dealings, letters, queries, rules
from linli.remedy.letters import FOLLOWUP, TALK, Template
from linli.remedy.models import Letter, Plan, Round, Talk, Task, Wording
from linli.remedy.standing import User
from linli.sources import article, number, room_kinds
from linli.sources.remedies import measures, violations, violators
from linli.trail.acts import act, label

OFFICE = "办事处"
LONGEST_LINE = 1800


def day_text(day: date | None) -> str:
    """2026年11月5日, as letters write it; they are in Chinese."""
    return f"{day.year}年{day.month}月{day.day}日" if day else ""


def street_office(place: str) -> str:
    """The name under which a street writes: 登州街道办事处."""
    named = places.name(place[:9])
    return named if named.endswith(OFFICE) else f"{named}{OFFICE}"


def district_office(place: str) -> str:
    """The name under which the district's department writes."""
    return f"{places.name(place[:6])}公共用房管理主管部门"


def contents(
    plan: Plan,
    *,
    sender: str,
    to: str,
    due_on: date | None = None,
    talk: Talk | None = None,
    round_: Round | None = None,
) -> dict[str, str]:
    """What a template may name, from the plan and what the letter is about."""
    room = plan.room
    tasks = [task for task in plan.tasks.all() if task.state == rules.OPEN]
    where = "".join(step.name for step in places.path(room.estate) if step.level != "county")
    building = room.building or (places.name(room.place) if room.place != room.estate else "")
    told = {
        "机关": sender.removesuffix(OFFICE),
        "收件人": to,
        "坐落": f"{where}{building}",
        "用房": room.name,
        "编码": room.code,
        "类别": str(room_kinds()[room.kind].name),
        "问题": str(violations()[plan.violation].name),
        "责任主体": plan.party or str(violators()[plan.violator]),
        "依据": "、".join(_grounds(plan, tasks)),
        "方案": plan.code,
        "联系人": _contact(tasks),
        "措施": _listed(tasks, asked=round_ is None) or "按已批准的方案办理。",
        "期限": day_text(due_on),
    }
    if talk is not None:
        told |= {
            "约谈日期": day_text(talk.on),
            "约谈对象": talk.whom,
            "参加人员": talk.present,
            "约谈内容": talk.said,
            "承诺": talk.promise,
            "承诺日期": day_text(talk.promised_on),
        }
    if round_ is not None:
        told |= {"轮次": str(round_.number), "应办结日期": day_text(round_.late_since)}
    return told


def _grounds(plan: Plan, tasks: list[Task]) -> list[str]:
    cites = [cite for task in tasks for cite in measures()[task.code].grounds(plan.room.kind)]
    cites += list(room_kinds()[plan.room.kind].cites)
    named = [article(cite) for cite in dict.fromkeys(cites)]
    return [one.formal for one in named if one.source.binding and one.source.kind != "software"]


def _contact(tasks: list[Task]) -> str:
    first = tasks[0] if tasks else None
    return f"{first.unit}　{first.contact}　{first.phone}".strip() if first else ""


def _listed(tasks: list[Task], *, asked: bool) -> str:
    """What is still to be done; in a letter to whoever is behind it, what they have to do."""
    if asked:
        wanted = [task for task in tasks if measures()[task.code].asks]
        return letters.listed(f"{measures()[t.code].name}{_said(t)}" for t in wanted)
    return letters.listed(
        f"{measures()[t.code].name}{_said(t)}，责任单位：{t.unit}，应于{day_text(t.due_on)}前办结"
        if t.due_on
        else f"{measures()[t.code].name}{_said(t)}，责任单位：{t.unit}"
        for t in tasks
    )


def _said(task: Task) -> str:
    return f"（{task.text}）" if task.text else ""


def preview(
    plan: Plan, kind: str, *, sender: str, to: str, due_on: date | None, talk: Talk | None, on: date
) -> Letter:
    """The letter as it would be issued today; nothing is kept."""
    template = queries.template(kind, plan.county)
    values = contents(plan, sender=sender, to=to, due_on=due_on, talk=talk)
    serial = queries.next_serial(sender, kind, on.year)
    return _filled(plan, template, values, sender=sender, to=to, on=on, serial=serial)


def _filled(
    plan: Plan,
    template: Template,
    values: dict[str, str],
    *,
    sender: str,
    to: str,
    on: date,
    serial: int,
) -> Letter:
    numbered = {"机关": values["机关"], "年": str(on.year), "序号": str(serial)}
    return Letter(
        plan=plan,
        place=plan.place,
        kind=template.kind,
        serial=serial,
        year=on.year,
        number=letters.fill(template.number, numbered)[:64],
        title=template.title,
        to=to.strip(),
        body=letters.fill(template.body, values),
        sender=sender.strip(),
        on=on,
    )


@act("remedy.issue_letter")
def issue_letter(
    *,
    by: User,
    plan: Plan,
    kind: str,
    sender: str,
    to: str,
    reply_by_on: date | None = None,
    talk: Talk | None = None,
    now: datetime,
) -> Letter:
    """Issue a letter of a plan in the words of the template in force today."""
    queries.lock_county(plan.county)
    plan = queries.locked(plan)
    today = timezone.localdate(now)
    every(
        [
            rules.running(plan.state),
            require(kind in letters.KINDS and kind != FOLLOWUP, _("请选择文书")).at("kind"),
            require(sender.strip(), _("请写明发文机关")).at("sender"),
            require(to.strip(), _("请写明收件人")).at("to"),
            require(
                talk.plan_id == plan.pk if talk is not None else kind != TALK,
                _("约谈记录要先有约谈"),
            ).at("talk"),
            require(
                kind == TALK or (reply_by_on is not None and reply_by_on > today),
                _("请写明要求哪天前回复，应在今天之后"),
            ).at("reply_by_on"),
            rules.within(places.calendar(), today, max(reply_by_on or today, today)).at(
                "reply_by_on"
            ),
        ]
    ).enforce()
    template = queries.template(kind, plan.county)
    values = contents(plan, sender=sender, to=to, due_on=reply_by_on, talk=talk)
    letter = _filled(
        plan,
        template,
        values,
        sender=sender,
        to=to,
        on=today,
        serial=queries.next_serial(sender.strip(), kind, today.year),
    )
    letter.reply_by_on = None if kind == TALK else reply_by_on
    letter.person = plan.person or (talk is not None and talk.person)
    letter.about, letter.issued_by, letter.issued_at = label(talk), by, now
    letter.save()
    return letter


def follow_up_letter(round_: Round, *, by: User, now: datetime) -> Letter:
    """The 督办单 of a round."""
    plan = round_.plan
    queries.lock_county(plan.county)
    street = round_.level == dealings.BY_STREET
    sender = street_office(plan.place) if street else district_office(plan.place)
    to = street_office(plan.place)
    first = plan.tasks.filter(state=rules.OPEN).order_by("due_on").first()
    if street and first is not None:
        to = first.unit
    template = queries.template(FOLLOWUP, plan.county)
    values = contents(plan, sender=sender, to=to, due_on=round_.due_on, round_=round_)
    serial = queries.next_serial(sender, FOLLOWUP, round_.issued_on.year)
    letter = _filled(
        plan, template, values, sender=sender, to=to, on=round_.issued_on, serial=serial
    )
    letter.reply_by_on, letter.about = round_.due_on, label(round_)
    letter.person = plan.person
    letter.issued_by, letter.issued_at = by, now
    letter.save()
    return letter


@act("remedy.reword")
def reword(
    *, by: User, county: str, kind: str, title: str, number: str, body: str, now: datetime
) -> Wording:
    """Word a kind of letter the county's own way from now on; letters issued before stay."""
    queries.lock_county(county)
    require(kind in letters.KINDS, _("请选择文书")).at("kind").enforce()
    told = Template(
        kind=kind, title=title.strip(), number=number.strip(), body=body.strip(), own=True
    )
    now_in_force = queries.template(kind, county)
    same = replace(now_in_force, own=True) == told
    (letters.check(told) & require(not same, _("与现在的模板一样，没有改动"))).enforce()
    _end_wording(by, county, kind, now)
    return Wording.objects.create(
        place=county,
        kind=kind,
        title=told.title,
        number=told.number,
        body=told.body,
        told_by=by,
        told_at=now,
    )


@act("remedy.restore_wording")
def restore_wording(*, by: User, county: str, kind: str, now: datetime) -> Wording:
    """Give a county's own wording up: the letter is as it comes again."""
    queries.lock_county(county)
    own = _end_wording(by, county, kind, now)
    require(own, _("用的就是自带模板")).enforce()
    assert own is not None
    return own


def _end_wording(by: User, county: str, kind: str, now: datetime) -> Wording | None:
    own = queries.wordings(county).get(kind)
    if own is not None:
        own.ended_by, own.ended_at = by, now
        own.save(update_fields=["ended_by", "ended_at"])
    return own


@act("remedy.answer_letter")
def answer_letter(
    *, by: User, letter: Letter, text: str, answered_on: date, now: datetime
) -> Letter:
    """What was replied to a letter, and when."""
    row = Letter.objects.select_for_update().get(pk=letter.pk)
    today = timezone.localdate(now)
    every(
        [
            require(row.kind != FOLLOWUP, _("督办单在督办里回复")),
            require(row.reply_by_on is not None, _("这份文书不要求回复")),
            dealings.may_answer(answered=row.answered_on is not None, text=text),
            require(row.on <= answered_on <= today, _("回复日期应在发文之后、今天之前")).at(
                "answered_on"
            ),
        ]
    ).enforce()
    row.answer, row.answered_on, row.answered_by = text.strip(), answered_on, by
    row.save(update_fields=["answer", "answered_on", "answered_by"])
    return row


def reply_days(plan: Plan, today: date) -> int:
    """The working days that a letter usually leaves."""
    return number("remedy_letter_work_days", on=today, place=plan.place)


def paper(letter: Letter) -> dict[str, Any]:
    """A letter in the shape of linli.prints."""
    return {
        "code": f"{letter.plan.code}-{letter.serial}",
        "unit": letter.sender,
        "title": letter.title,
        "number": letter.number,
        "to": letter.to,
        "paragraphs": _paragraphs(letter.body),
        "on_day": letter.on,
    }


def _paragraphs(body: str) -> list[str]:
    """The lines of a letter; one too long for the press goes on in the next."""
    lines = [line.strip() for line in body.split("\n") if line.strip()]
    return [
        line[at : at + LONGEST_LINE] for line in lines for at in range(0, len(line), LONGEST_LINE)
    ]


def sample(template: Template, *, on: date) -> dict[str, Any]:
    """A template filled with its own placeholders' names, as a draft."""
    values = {name: f"〔{name}〕" for name in letters.PLACEHOLDERS[template.kind]}
    numbered = {"机关": "某街道", "年": str(on.year), "序号": "1"}
    return {
        "code": f"{template.kind}",
        "unit": "某街道办事处",
        "title": template.title,
        "number": letters.fill(template.number, numbered),
        "to": "某单位",
        "paragraphs": _paragraphs(letters.fill(template.body, values)),
        "on_day": on,
        "draft": True,
    }
