"""What the office does with an announcement: draft, publish, call off."""

from __future__ import annotations

from datetime import date, datetime

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import models
from django.utils import timezone

from linli.cases import queries as case_queries
from linli.cases import services as cases
from linli.kernel.rulings import every, require
from linli.kernel.words import gettext_noop as _
from linli.recruitment import eligibility, flow, queries, rules
from linli.recruitment.models import Announcement, Post
from linli.recruitment.services import Told
from linli.trail.acts import act

User = AbstractBaseUser


@act("recruitment.draft")
def draft(
    *,
    by: User,
    county: str,
    title: str,
    reference_on: date,
    opens_on: date,
    closes_on: date,
    text: str = "",
    contact: str = "",
    written_on: date | None = None,
    interview_on: date | None = None,
    now: datetime,
) -> Announcement:
    """Begin an announcement; nobody outside sees it before it is published."""
    rules.check_announcement(
        title=title,
        text=text,
        reference_on=reference_on,
        opens_on=opens_on,
        closes_on=closes_on,
        today=timezone.localdate(now),
    ).enforce()
    queries.lock_county(county)
    return Announcement.objects.create(
        county=county,
        place=county,
        number=queries.next_number(county),
        title=" ".join(title.split()),
        text=text.strip(),
        contact=contact.strip()[:100],
        reference_on=reference_on,
        opens_on=opens_on,
        closes_on=closes_on,
        written_on=written_on,
        interview_on=interview_on,
        drafted_by=by,
        drafted_at=now,
    )


@act("recruitment.amend")
def amend(
    *,
    by: User,
    announcement: Announcement,
    title: str,
    reference_on: date,
    opens_on: date,
    closes_on: date,
    text: str = "",
    contact: str = "",
    written_on: date | None = None,
    interview_on: date | None = None,
    now: datetime,
) -> Announcement:
    """Mend an announcement that is not published."""
    held = queries.locked(announcement)
    (
        rules.is_draft(published=held.published_at is not None)
        & rules.check_announcement(
            title=title,
            text=text,
            reference_on=reference_on,
            opens_on=opens_on,
            closes_on=closes_on,
            today=timezone.localdate(now),
        )
    ).enforce()
    held.title, held.text, held.contact = " ".join(title.split()), text.strip(), contact.strip()
    held.reference_on, held.opens_on, held.closes_on = reference_on, opens_on, closes_on
    held.written_on, held.interview_on = written_on, interview_on
    held.save()
    return held


@act("recruitment.add_post")
def add_post(
    *,
    by: User,
    announcement: Announcement,
    place: str,
    wanted: int,
    conditions: eligibility.Conditions,
    title: str = "worker",
    note: str = "",
    now: datetime,
) -> Told:
    """Put a post into a draft."""
    held = queries.locked(announcement)
    (
        rules.is_draft(published=held.published_at is not None)
        & eligibility.check_post(
            asked=conditions,
            wanted=wanted,
            title=title,
            known_place=queries.is_place(place, held.county),
            limits=queries.limits(held.county, held.reference_on),
        )
    ).enforce()
    last = held.posts.aggregate(last=models.Max("code"))["last"]
    made = Post.objects.create(
        announcement=held,
        place=place,
        code=f"{int(last) + 1 if last else 1:02d}",
        title=title,
        wanted=wanted,
        age_min=conditions.age_min,
        age_max=conditions.age_max,
        age_max_experienced=conditions.age_max_experienced,
        experience_years=conditions.experience_years,
        schooling=conditions.schooling,
        party_only=conditions.party_only,
        residence=conditions.residence,
        group=conditions.group,
        note=note.strip()[:200],
    )
    return Told(held, {"post": made.code})


@act("recruitment.remove_post")
def remove_post(*, by: User, post: Post, now: datetime) -> Told:
    """Take a post out of a draft."""
    held = queries.locked(post.announcement)
    rules.is_draft(published=held.published_at is not None).enforce()
    code = post.code
    post.delete()
    return Told(held, {"post": code})


@act("recruitment.publish")
def publish(*, by: User, announcement: Announcement, now: datetime) -> Announcement:
    """Publish an announcement: from now on everybody reads it, and posts stay as they are."""
    held = queries.locked(announcement)
    rules.may_publish(
        published=held.published_at is not None,
        posts=held.posts.count(),
        closes_on=held.closes_on,
        today=timezone.localdate(now),
    ).enforce()
    held.published_by, held.published_at = by, now  # type: ignore[assignment]
    held.case = cases.open_case(
        by=by, flow=flow.RECRUITMENT, subject=held, title=held.title, place=held.county, now=now
    )
    held.save(update_fields=["published_by", "published_at", "case"])
    return held


@act("recruitment.cancel")
def cancel(*, by: User, announcement: Announcement, why: str, now: datetime) -> Announcement:
    """Call a recruitment off; the announcement stays to be read, with the reason."""
    held = queries.locked(announcement)
    case = case_queries.find(flow=flow.RECRUITMENT, subject=held)
    every(
        [
            require(held.published_at, _("还没有发布，不用取消")),
            require(not held.cancelled_at, _("这次选聘已取消")),
            require(case is not None and case.closed_at is None, _("这次选聘已办结")),
            require(why.strip(), _("请写明原因")).at("why"),
        ]
    ).enforce()
    held.cancelled_at, held.cancelled_why = now, why.strip()[: rules.LONGEST_WHY]
    held.save(update_fields=["cancelled_at", "cancelled_why"])
    cases.close_case(by=by, case=case, note=why, now=now)  # type: ignore[arg-type]
    return held
