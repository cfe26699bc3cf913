"""A person's desk: what waits on them, what is overdue, what this month owes, what changed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import QuerySet
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext

from linli.cases import queries as cases
from linli.kernel.calendar import WORK, Calendar
from linli.kernel.duty import Duty
from linli.kernel.flow import PASSED
from linli.kernel.period import Span
from linli.kernel.place import Scope
from linli.kernel.roles import ADMINISTRATORS, ROLES, SECRETARY, STREET, Role
from linli.notices import rules
from linli.people import queries as people
from linli.places import queries as places
from linli.web.desk import Line, offered

MOST = 50
"""Lines shown in one part of the desk; the count tells how many there are."""

LATELY = timedelta(days=7)
MOST_CHANGES = 12
HEADS = (SECRETARY, STREET)
"""Who sees the desks of the people in their place."""


Owing = Callable[[people.Access, date], Iterable[rules.Owed]]
_owing: dict[str, Owing] = {}


def owe(duty: Duty, ask: Owing) -> None:
    """Let a domain say for which places and periods its duty is owed, and until when.

    Called in the app's `ready`; without it `rules.owed` counts from the appointment.
    """
    _owing[duty.code] = ask


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """Somebody did a step (web/components/timeline.html)."""

    at: datetime
    title: str
    text: Any
    by: str
    href: str
    kind: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonShown:
    """One of the people of a secretary or a street, and how full their desk is."""

    user: Any
    role: Role
    place: str
    waiting: int
    late: int


@dataclass(slots=True)
class Group:
    """What a person owes of one kind, what is overdue first: its heading, and how much is late."""

    name: str
    lines: list[Line]
    late: int


@dataclass(slots=True)
class Desk:
    waiting: list[Line] = field(default_factory=list)
    overdue: list[Line] = field(default_factory=list)
    duties: list[Line] = field(default_factory=list)
    others: list[Line] = field(default_factory=list)
    groups: list[Group] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    people: list[PersonShown] = field(default_factory=list)
    waiting_count: int = 0
    overdue_count: int = 0
    steps_count: int = 0
    """Steps of cases among what waits and what is overdue: the number in the head of the page."""

    @property
    def is_clear(self) -> bool:
        return not (self.waiting or self.overdue or self.duties or self.others or self.groups)

    @property
    def busy(self) -> list[PersonShown]:
        return [each for each in self.people if each.waiting]

    @property
    def idle(self) -> list[PersonShown]:
        """Those on whom nothing waits."""
        return [each for each in self.people if not each.waiting]


def _scopes(access: people.Access) -> dict[Role, Scope]:
    return {role: access.scope(role) for role in access.roles}


def waits(access: people.Access) -> QuerySet:
    """The steps that wait on a person within the place they chose to be in."""
    return cases.waiting(_scopes(access))


def waiting_count(access: people.Access) -> int:
    """How many things wait on a person: for the head of every page. One query."""
    return waits(access).order_by().values("case", "step").distinct().count() if access.roles else 0


def desk(access: people.Access, *, now: datetime) -> Desk:
    """Everything on a person's desk. The number of queries does not grow with the rows."""
    today = timezone.localdate(now)
    found = Desk()
    steps = _mine(access, waits(access)[: MOST * 8])
    owed = _owed(access, today)
    stamps = cases.lately(access.scope(), since=now - LATELY, limit=MOST_CHANGES * 2)
    posts = _posts_of_others(access)
    named = places.name_paths(
        {wait.place for wait in steps}
        | {each.place for each in owed}
        | {post.place for post in posts}
    )
    calendar = places.calendar()
    late = [wait for wait in steps if wait.due_on is not None and wait.due_on < today]
    coming = [wait for wait in steps if wait.due_on is None or wait.due_on >= today]
    found.waiting = [_step_line(w, named, calendar, today) for w in coming[:MOST]]
    found.overdue = [_step_line(w, named, calendar, today) for w in late[:MOST]]
    found.waiting_count, found.overdue_count = len(coming), len(late)
    found.steps_count = len(steps)
    grouped = []
    for each in owed:
        line = _duty_line(each, named, calendar, today)
        if line.group:
            grouped.append(line)
        else:
            (found.overdue if each.due_on < today else found.duties).append(line)
            found.overdue_count += each.due_on < today
    del found.overdue[MOST:], found.duties[MOST:]
    others = offered(access, today)
    found.others = [line for line in others if not line.group]
    found.groups = _groups([*grouped, *(line for line in others if line.group)], today)
    found.changes = _changes(stamps, access)
    found.people = _people(posts, access, named, today) if posts else []
    return found


def _groups(lines: list[Line], today: date) -> list[Group]:
    """Lines of one kind together: what is overdue first, then by the day it is due."""
    found: dict[str, list[Line]] = defaultdict(list)
    for line in lines:
        found[line.group].append(line)
    return [
        Group(
            name,
            sorted(some, key=lambda line: (line.due is None, line.due or today))[:MOST],
            sum(line.due is not None and line.due < today for line in some),
        )
        for name, some in sorted(found.items())
    ]


def _mine(access: people.Access, some: Iterable[Any]) -> list[Any]:
    """A step once, however many of one's roles may do it, and only where the role counts."""
    seen: set[tuple[int, str]] = set()
    found = []
    for wait in some:
        role = ROLES.get(wait.role)
        key = (wait.case_id, wait.step)
        if key not in seen and role in access.roles_at(wait.place):
            seen.add(key)
            found.append(wait)
    return found


def link(page: str, subject: str) -> str:
    """The page that shows what a case is about; "" where the flow names none."""
    try:
        return reverse(page, args=[subject.rpartition(":")[2]]) if page else ""
    except NoReverseMatch:
        return ""


def _step_line(wait: Any, named: dict[str, str], calendar: Calendar, today: date) -> Line:
    flow = cases.flow_of(wait.case)
    return Line(
        title=wait.case.title,
        url=link(flow.page, wait.case.subject),
        place=named.get(wait.place, wait.place),
        step=flow.step(wait.step).name,
        left=calendar.left(today, wait.due_on, WORK) if wait.due_on else None,
        due=wait.due_on,
    )


def _owed(access: people.Access, today: date) -> list[rules.Owed]:
    """Duties not done yet for the latest periods. One query, beside those of who tells of them."""
    found = [
        each
        for duty in cases.duties().values()
        if access.holds(*duty.by)
        for each in _owing.get(duty.code, _by_posts(duty))(access, today)
    ]
    done = (
        cases.duties_done(
            {each.duty.code for each in found},
            {each.place for each in found},
            {each.period for each in found},
        )
        if found
        else set()
    )
    rest = {
        (each.duty.code, each.place, each.period): each
        for each in found
        if (each.duty.code, each.place, each.period) not in done
    }
    return sorted(rest.values(), key=lambda each: (each.due_on, each.duty.code, each.place))


def _by_posts(duty: Duty) -> Owing:
    """Owed at the places where its roles are held."""
    return lambda access, today: [
        each
        for post in access.posts
        if post.role in duty.by and (not access.here or post.place.startswith(access.here))
        for each in rules.owed(duty, place=post.place, since=post.since_on, today=today)
    ]


def _duty_line(each: rules.Owed, named: dict[str, str], calendar: Calendar, today: date) -> Line:
    return Line(
        title=each.duty.name,
        url=_duty_link(each),
        place=named.get(each.place, each.place),
        step=_named(Span.of_code(each.period)) + _people_of(each),
        left=calendar.left(today, each.due_on, WORK),
        due=each.due_on,
        group=each.duty.group,
    )


def _people_of(each: rules.Owed) -> str:
    """How many people a duty is owed for."""
    return gettext("，%(n)s人") % {"n": each.people} if each.people else ""


def _named(span: Span) -> str:
    """A month in the reader's language."""
    return date_format(span.first_on, "YEAR_MONTH_FORMAT") if span.kind == "month" else span.text


def _duty_link(each: rules.Owed) -> str:
    for args in (each.args, [each.place], [each.place, each.period]):
        try:
            return reverse(each.duty.page, args=args)
        except NoReverseMatch:
            continue
    return ""


def _changes(stamps: list[Any], access: people.Access) -> list[Change]:
    """What others did lately, as far as it is the reader's to know."""
    found = []
    for stamp in stamps:
        flow = cases.flow_of(stamp.case)
        hidden = flow.discreet and not any(access.holds(*step.by) for step in flow.steps)
        if hidden or stamp.by_id == access.user.pk:
            continue
        found.append(
            Change(
                at=stamp.at,
                title=stamp.case.title,
                text=flow.step(stamp.step).name,
                by=stamp.by.name if stamp.by else "",
                href=link(flow.page, stamp.case.subject),
                kind="done" if stamp.outcome == PASSED else "late",
            )
        )
    return found[:MOST_CHANGES]


def _posts_of_others(access: people.Access) -> list[Any]:
    """Appointments of the people below somebody who heads a place. One query."""
    if not access.holds(*HEADS):
        return []
    return list(posts_below(access, access.scope(*HEADS))[:300])


def posts_below(access: people.Access, scope: Scope, *, text: str = "") -> QuerySet:
    """Appointments in force of those whose desks somebody sees, by name or pinyin initials."""
    rows = people.appointments(scope, text=text, on=access.on).exclude(user=access.user.pk)
    rows = rows.exclude(role__in=[role.code for role in ADMINISTRATORS])
    return rows.filter(since_on__lte=access.on, user__is_active=True)


def _people(
    posts: list[Any], access: people.Access, named: dict[str, str], today: date
) -> list[PersonShown]:
    """One line for each of them; the fullest desk first. One query."""
    counts: dict[str, list[tuple[str, int, int]]] = defaultdict(list)
    for (role, place), (n, late) in cases.waiting_counts(access.scope(*HEADS), today).items():
        counts[role].append((place, n, late))
    found = []
    for post in posts:
        mine = [each for each in counts[post.role] if each[0].startswith(post.place)]
        found.append(
            PersonShown(
                user=post.user,
                role=ROLES[post.role],
                place=named.get(post.place, post.place),
                waiting=sum(n for _place, n, _late in mine),
                late=sum(late for _place, _n, late in mine),
            )
        )
    return sorted(found, key=lambda each: (-each.late, -each.waiting, each.place, each.user.name))


def may_see_desk(access: people.Access, user: Any) -> bool:
    """Whether somebody heads a place where the other holds a role."""
    return people.appointments(access.whole(*HEADS), on=access.on).filter(user=user).exists()
