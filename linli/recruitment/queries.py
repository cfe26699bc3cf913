"""What is there to see of recruitment. Everything asks within a scope; the public side by number."""

from __future__ import annotations

import hmac
from collections.abc import Collection
from datetime import date
from typing import Any

from django.db.models import Count, IntegerField, Max, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone

from linli.cases import queries as case_queries
from linli.exams import queries as exams
from linli.kernel.identity import parse_id_number
from linli.kernel.place import Scope
from linli.keys.sealed import blind
from linli.places import queries as places
from linli.recruitment import flow, rules
from linli.recruitment.eligibility import Conditions
from linli.recruitment.models import (
    Announcement,
    Application,
    Objection,
    Post,
    Publication,
)
from linli.search.lookups import Given, closest
from linli.search.words import latin
from linli.sources import number
from linli.workforce import queries as workforce

SEALED = ("id_number", "phone")


# --- announcements ----------------------------------------------------------------------------


def lock_county(county: str) -> None:
    """Numbers of announcements are given one after the other."""
    places.lock(county)


def next_number(county: str) -> str:
    """The next announcement of a county: Z000001 …"""
    last = Announcement.objects.filter(county=county).aggregate(last=Max("number"))["last"]
    return f"Z{int(last[1:]) + 1 if last else 1:06d}"


def locked(announcement: Announcement) -> Announcement:
    """The announcement as it is now, nobody else applying or deciding until the act is done."""
    return Announcement.objects.select_for_update().get(pk=announcement.pk)


def announcements(scope: Scope) -> QuerySet[Announcement]:
    """Announcements within a scope, the latest first."""
    return Announcement.objects.within(scope).order_by("-number")


def measured(scope: Scope) -> QuerySet[Announcement]:
    """The same with `wanted` (in its posts), `people` (applications not withdrawn), `appointed`,
    and `turn_step`, whose turn it is in its case."""

    posts_ = Post.objects.filter(announcement=OuterRef("pk"))
    rows = Application.objects.filter(announcement=OuterRef("pk")).exclude(state=rules.WITHDRAWN)
    step, _due = case_queries.turn_of()
    return announcements(scope).annotate(
        wanted=_counted(posts_, "announcement", Sum("wanted")),
        people=_counted(rows, "announcement", Count("pk")),
        appointed=_counted(
            rows.filter(stage=rules.APPOINTMENT, state=rules.APPOINTED),
            "announcement",
            Count("pk"),
        ),
        turn_step=step,
    )


def to_do(scope: Scope) -> QuerySet[Announcement]:
    """Announcements with something that waits for the office: `unread` applications, `objected`
    names. One query."""
    unread = Application.objects.filter(
        announcement=OuterRef("pk"), stage=rules.CHECK, state=rules.OPEN, ruling=rules.ELIGIBLE
    )
    open_ = Objection.objects.filter(
        publication__announcement=OuterRef("pk"), settled_at__isnull=True
    )
    return (
        Announcement.objects.within(scope)
        .filter(published_at__isnull=False, cancelled_at__isnull=True, case__closed_at=None)
        .annotate(
            unread=_counted(unread, "announcement", Count("pk")),
            objected=_counted(open_, "publication__announcement", Count("pk")),
        )
        .filter(Q(unread__gt=0) | Q(objected__gt=0))
    )


def _counted(rows: QuerySet[Any], by: str, what: Any) -> Coalesce:
    """A count of other rows beside each, 0 where there are none."""
    told = rows.order_by().values(by).annotate(n=what).values("n")
    return Coalesce(Subquery(told, output_field=IntegerField()), 0)


def posts_measured(announcement: Announcement) -> list[Post]:
    """Posts with `people` (applications not withdrawn) and `appointed`. Two queries."""
    found = list(posts(announcement))
    rows = Application.objects.filter(post__in=found).order_by()
    told: dict[int, dict[str, int]] = {}
    for post, state, n in (
        rows.values("post", "stage", "state")
        .annotate(n=Count("pk"))
        .values_list("post", "state", "n")
    ):
        states = told.setdefault(post, {})
        states[state] = states.get(state, 0) + n
    for one in found:
        states = told.get(one.pk, {})
        one.people = sum(n for state, n in states.items() if state != rules.WITHDRAWN)  # type: ignore[attr-defined]
        one.appointed = states.get(rules.APPOINTED, 0)  # type: ignore[attr-defined]
    return found


def objections(announcement: Announcement) -> QuerySet[Objection]:
    """Objections to names of an announcement, the open ones first."""
    rows = Objection.objects.filter(publication__announcement=announcement)
    return rows.select_related("application").order_by("settled_at", "pk").defer("text", "phone")


def published(now_on: date | None = None) -> QuerySet[Announcement]:
    """What everybody may read, the latest first; with a day only those that take applications."""
    rows = Announcement.objects.filter(published_at__isnull=False)
    if now_on is not None:
        rows = rows.filter(cancelled_at=None, opens_on__lte=now_on, closes_on__gte=now_on)
    return rows.order_by("-published_at", "-pk")


def public_one(county: str, code: str) -> Announcement | None:
    """A published announcement by county and number."""
    return (
        Announcement.objects.filter(county=county, number=code, published_at__isnull=False)
        .prefetch_related("posts")
        .first()
    )


def limits(county: str, on: date) -> Conditions:
    """The widest conditions that the rules of a county allow on a day; what a new post begins with."""
    return Conditions(
        age_min=number("recruit_age_min", on=on, place=county),
        age_max=number("recruit_age_max", on=on, place=county),
        age_max_experienced=number("recruit_age_max_experienced", on=on, place=county),
        experience_years=number("recruit_experience_years", on=on, place=county),
        schooling="college",
    )


def posts(announcement: Announcement) -> QuerySet[Post]:
    return announcement.posts.order_by("code")


def is_place(code: str, county: str) -> bool:
    """A street or community of a county that is in force."""
    return (
        code.startswith(county)
        and places.in_force().filter(place=code, level__in=("street", "community")).exists()
    )


def taking(announcement: Announcement, today: date) -> Any:
    """The ruling whether applications are taken on a day."""
    return rules.is_taking(
        published=announcement.published_at is not None,
        cancelled=announcement.cancelled_at is not None,
        opens_on=announcement.opens_on,
        closes_on=announcement.closes_on,
        today=today,
    )


def is_checking(announcement: Announcement) -> bool:
    """Whether the eligibility check of an announcement is not over."""
    case = case_queries.find(flow=flow.RECRUITMENT, subject=announcement)
    return (
        case is not None and case.closed_at is None and rules.CHECK not in case_queries.done(case)
    )


# --- applications -----------------------------------------------------------------------------


def next_application(announcement: Announcement) -> int:
    """The next number of an announcement, 1 for the first."""
    last = announcement.applications.aggregate(last=Max("number"))["last"]
    return int(last) + 1 if last else 1


def live_marks(announcement: Announcement, marks: Collection[str]) -> dict[str, date]:
    """Mark → day of the live application, of some people. One query."""
    rows = announcement.applications.filter(id_mark__in=marks, state__in=rules.LIVE)
    return {mark: timezone.localdate(at) for mark, at in rows.values_list("id_mark", "at")}


def tail_mark(query: str, tail: str) -> str:
    """The keyed hash of a query number and the last figures of a phone."""
    return blind("recruitment_tail", f"{query}|{tail}")


def digits(text: str) -> str:
    return "".join(c for c in text if c.isascii() and c.isdigit())


def asked(query: str, tail: str) -> Application | None:
    """An application by its query number, if the phone's last digits fit."""
    query, tail = query.strip().upper(), digits(tail)
    rows = Application.objects.select_related("announcement", "post", "publication")
    found = rows.defer(*SEALED).filter(query=query).first() if query else None
    fits = found is not None and hmac.compare_digest(found.tail_mark, tail_mark(query, tail))
    return found if fits else None


def by_query(query: str) -> Application | None:
    """The application that a form has made already."""
    return Application.objects.filter(query=query).first() if query else None


def objection_asked(query: str, tail: str) -> Objection | None:
    """An objection to a name by its query number, if the phone's last digits fit."""
    query, tail = query.strip().upper(), digits(tail)
    rows = Objection.objects.select_related("publication__announcement")
    found = rows.filter(query=query).first() if query else None
    fits = found is not None and hmac.compare_digest(found.tail_mark, tail_mark(query, tail))
    return found if fits else None


def objection_by_query(query: str) -> Objection | None:
    """The objection that a form has made already."""
    return Objection.objects.filter(query=query).first() if query else None


def applications(announcement: Announcement) -> QuerySet[Application]:
    """All applications of an announcement; sealed numbers are read only where asked for."""
    return (
        Application.objects.filter(announcement=announcement)
        .select_related("post")
        .defer(*SEALED)
        .order_by("number")
    )


def register(
    announcement: Announcement,
    *,
    text: str = "",
    post: int | None = None,
    stage: str = "",
    state: str = "",
    ruling: str = "",
    group: str = "",
) -> QuerySet[Application]:
    """The applications of an announcement, narrowed."""
    rows = applications(announcement)
    for name, value in (("post", post), ("stage", stage), ("state", state), ("ruling", ruling)):
        if value:
            rows = rows.filter(**{name: value})
    if group in rules.GROUPS:
        rows = rows.filter(**{f"in_{group}": True})
    return rows.filter(_named(text)) if text.strip() else rows


def _named(text: str) -> Q:
    """By number, query number, name, initials or the whole identity number."""
    sought = text.strip()
    identity, _ruling = parse_id_number(sought)
    if identity:
        return Q(id_mark=workforce.id_mark(identity.number))
    if sought.isdigit():
        return Q(number=sought.zfill(5))
    known = Q(name__begins=sought)
    if short := latin(sought):
        known |= Q(initials__begins=short) | Q(query=short.upper())
    return known


def found(text: str, scope: Scope, *, limit: int) -> list[Application]:
    """Applications of all announcements by query number, name, initials or identity number."""
    rows = Application.objects.within(scope).select_related("announcement").defer(*SEALED)
    sought = text.strip()
    identity, _ruling = parse_id_number(sought)
    if identity:
        return list(rows.filter(id_mark=workforce.id_mark(identity.number))[:limit])
    choices = []
    if short := latin(sought):
        choices += [rows.filter(query=short.upper()), rows.filter(initials__begins=short)]
    choices.append(rows.filter(name__begins=sought))
    choices.append(rows.alias(given=Given("name")).filter(given__begins=sought))
    return closest(limit, *choices) if sought else []


def counts(announcement: Announcement) -> dict[tuple[str, str], int]:
    """(stage, state) → applications. One query."""
    rows = announcement.applications.order_by().values("stage", "state").annotate(n=Count("pk"))
    return {(row["stage"], row["state"]): row["n"] for row in rows}


def rulings(announcement: Announcement) -> dict[str, int]:
    """Ruling → applications that were not withdrawn. One query."""
    rows = announcement.applications.exclude(state=rules.WITHDRAWN).order_by()
    return dict(rows.values("ruling").annotate(n=Count("pk")).values_list("ruling", "n"))


def undecided(announcement: Announcement) -> int:
    """Applications that the office has not looked at: eligible by rule, or asked to be again."""
    rows = announcement.applications.filter(stage=rules.CHECK, state=rules.OPEN)
    return rows.filter(ruling=rules.ELIGIBLE).count() + to_look_again(announcement).count()


def to_look_again(announcement: Announcement) -> QuerySet[Application]:
    """Refused applications whose applicants asked to look again and were not answered."""
    return applications(announcement).filter(
        again_on__isnull=False, stage=rules.CHECK, ruling__in=(rules.INELIGIBLE, rules.REFUSED)
    )


def standing_by(post: Post) -> QuerySet[Application]:
    """Who takes a free place of a post next, the best first."""
    return post.applications.filter(state=rules.STANDBY).order_by("rank", "number")


# --- exams ------------------------------------------------------------------------------------


def about(announcement: Announcement) -> str:
    """The key by which the exams know a recruitment."""
    return f"recruitment:{announcement.pk}"


def key_of(row: Application) -> str:
    """The key by which an exam knows an applicant."""
    return f"application:{row.pk}"


def exam_of(announcement: Announcement) -> exams.Exam | None:
    return exams.exam_about(announcement.county, about(announcement))


def seat_of(row: Application) -> exams.Candidate | None:
    """Where an applicant sits at the written test, once it was drawn."""
    exam = exam_of(row.announcement)
    return exams.seat_of(exam, key_of(row)) if exam else None


# --- publication ------------------------------------------------------------------------------


def shown(announcement: Announcement, today: date) -> list[Publication]:
    """Publications of an announcement whose clock runs, each with `names`: who is proposed."""
    rows = announcement.publications.filter(from_on__lte=today, until_on__gte=today)
    found = list(rows)
    for row in found:
        row.names = list(  # type: ignore[attr-defined]
            applications(announcement)
            .filter(publication=row)
            .exclude(state=rules.WITHDRAWN)
            .order_by("post__code", "rank")
        )
    return found


def proposed(pk: int, announcement: Announcement, today: date) -> Application | None:
    """Somebody whose name is shown."""
    rows = applications(announcement).filter(publication__until_on__gte=today)
    return rows.select_related("publication", "announcement").filter(pk=pk).first()


# --- figures ----------------------------------------------------------------------------------


def group_figures(announcement: Announcement) -> list[dict[str, Any]]:
    """Each of the four groups, those in none ("") and everybody ("all"): how many applied, were
    admitted, came to the interview, were appointed. Somebody may be in several. One query, counted
    from an index alone."""
    order = list(rules.STAGES)
    beyond = set(order[order.index(rules.INTERVIEW) :])
    flags = [f"in_{code}" for code in rules.GROUPS]
    rows = (
        announcement.applications.order_by()
        .values_list(*flags, "ruling", "stage", "state")
        .annotate(n=Count("pk"))
    )
    names = ("applied", "admitted", "interview", "appointed")
    found = {code: dict.fromkeys(names, 0) for code in (*rules.GROUPS, "", "all")}
    for *member, ruling, stage, state, n in rows:
        if state == rules.WITHDRAWN:
            continue
        reached = {
            "applied": True,
            "admitted": ruling == rules.ADMITTED,
            "interview": stage in beyond,
            "appointed": state == rules.APPOINTED,
        }
        codes = [code for code, so in zip(rules.GROUPS, member, strict=True) if so] or [""]
        for code in (*codes, "all"):
            for name, so in reached.items():
                found[code][name] += n if so else 0
    return [{"group": code} | told for code, told in found.items()]


def recruited(scope: Scope, on: date) -> int:
    """People appointed from recruitments within a scope up to a day."""
    return (
        Application.objects.within(scope)
        .filter(appointed_on__lte=on)
        .values("worker")
        .distinct()
        .count()
    )
