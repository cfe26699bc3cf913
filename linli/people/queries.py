"""Reads of people: who holds which role where, what an account may see, who is signed in."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property, reduce
from operator import or_

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet
from django.utils import timezone
from django_otp.plugins.otp_totp.models import TOTPDevice

from linli.kernel import place as place_codes
from linli.kernel.place import Scope
from linli.kernel.roles import ADMINISTRATORS, ROLES, SECURITY_ADMIN, Role
from linli.people import rules
from linli.people.models import Appointment, FirstRun, SignIn, User
from linli.places import queries as places
from linli.places import rules as place_rules
from linli.search import words
from linli.search.lookups import TAIL, Given, Tail, closest
from linli.sources import number

DEMO_PREFIX = "demo-"
DEMO_PASSWORD = "Linli-demo-2026"
"""Of every account whose name begins with DEMO_PREFIX; only a told demo has any."""


@dataclass(frozen=True, slots=True)
class Post:
    """A role held now: at a place, which may have taken over the rows of others (`codes`)."""

    role: Role
    place: str
    codes: frozenset[str]
    since_on: date

    @property
    def scope(self) -> Scope:
        """Where it counts: in all of the place, or at the place alone (see rules.counts_at)."""
        if self.role.level in ("", place_codes.level(self.place)):
            return Scope(self.codes)
        return Scope(alone=self.codes)


def in_force(on: date) -> Q:
    """Appointments that hold on a day; one taken back does not hold on the day it was."""
    return (
        Q(since_on__lte=on)
        & (Q(until_on=None) | Q(until_on__gte=on))
        & (Q(revoked_at=None) | Q(revoked_at__gte=_end_of(on)))
    )


def _end_of(on: date) -> datetime:
    return datetime.combine(on, time.max, tzinfo=timezone.get_current_timezone())


class Access:
    """What one person holds on one day; asked once a request, kept while it lasts.

    `here`: the place the reader chose to be in ("" = everything they may see).
    """

    def __init__(self, user: User | AnonymousUser, on: date, here: str = "") -> None:
        self.user = user
        self.on = on
        self._here = here

    @cached_property
    def _took(self) -> list[tuple[str, str]]:
        return places.successions()

    @cached_property
    def posts(self) -> tuple[Post, ...]:
        """What the person holds. Two queries; none for a visitor."""
        if not self.user.is_authenticated or not self.user.is_active:
            return ()
        rows = Appointment.objects.filter(in_force(self.on), user=self.user)
        held = list(rows.order_by("place", "role").values_list("role", "place", "since_on"))
        return tuple(
            Post(ROLES[role], place, place_rules.predecessors([place], self._took) | {place}, since)
            for role, place, since in held
            if role in ROLES
        )

    @cached_property
    def roles(self) -> frozenset[Role]:
        """All roles held, wherever."""
        return frozenset(post.role for post in self.posts)

    @cached_property
    def here(self) -> str:
        return self._here if self._here and self.whole().touches(self._here) else ""

    def holds(self, *roles: Role) -> bool:
        return bool(self.roles & set(roles))

    def roles_at(self, place: str) -> frozenset[Role]:
        """The roles that count at a place."""
        if not self.posts:
            return frozenset()
        same, wider = place_rules.around(place, self._took)
        return frozenset(
            post.role
            for post in self.posts
            if rules.counts_at(post.role, post.place, same=same, wider=wider)
        )

    def whole(self, *roles: Role) -> Scope:
        """Everything that may be seen (by virtue of these roles, if any are given)."""
        wanted = (post.scope for post in self.posts if not roles or post.role in roles)
        return reduce(or_, wanted, Scope())

    def scope(self, *roles: Role) -> Scope:
        """The same, within the place the reader chose to be in."""
        whole = self.whole(*roles)
        return whole.within(self.here) if self.here else whole


def roles_at(user: User | AnonymousUser, place: str, on: date) -> frozenset[Role]:
    """The roles somebody holds at a place on a day.

    A role held at a wider place counts if it is a role of that place's level: a street's office
    in its estates. What a place took over from another counts as its own.
    """
    return Access(user, on).roles_at(place)


def scope_of(user: User | AnonymousUser, on: date, roles: Collection[Role] | None = None) -> Scope:
    """The places somebody may see on a day, by all roles or by these."""
    access = Access(user, on)
    return access.whole() if roles is None else access.whole(*roles) if roles else Scope()


def holders(role: Role, place: str, on: date) -> list[User]:
    """The people whose `role` counts at a place on a day, by name. Two queries."""
    same, wider = place_rules.around(place, places.successions())
    rows = Appointment.objects.filter(
        in_force(on), role=role.code, user__is_active=True, place__in=same | wider
    ).select_related("user")
    found = {
        row.user_id: row.user
        for row in rows
        if rules.counts_at(role, row.place, same=same, wider=wider)
    }
    return sorted(found.values(), key=lambda user: (user.name, user.pk))


@dataclass(frozen=True, slots=True)
class Limits:
    """The dated numbers about accounts that hold on a day."""

    idle_minutes: int
    longest_hours: int
    password_days: int
    passwords_kept: int


def limits(on: date) -> Limits:
    return Limits(
        idle_minutes=number("session_idle_minutes", on=on),
        longest_hours=number("session_max_hours", on=on),
        password_days=number("password_max_age_days", on=on),
        passwords_kept=number("password_history", on=on),
    )


def second_factor_level(on: date) -> int:
    """Who must sign in with two factors (see rules.SECOND_FACTOR); settings may say otherwise."""
    level = getattr(settings, "SECOND_FACTOR", None)
    return number("second_factor_level", on=on) if level is None else int(level)


def has_second_factor(user: User) -> bool:
    """Whether a confirmed authenticator belongs to the account."""
    return TOTPDevice.objects.filter(user=user, confirmed=True).exists()


def recovery_codes_left(user: User) -> int:
    return user.recovery_codes.filter(used_at=None).count()


def own_sessions(user: User) -> QuerySet[SignIn]:
    """Where somebody is signed in now, the latest first."""
    return SignIn.objects.filter(user=user, ended_at=None).order_by("-seen_at")


def accounts(
    *, text: str = "", role: str = "", state: str = "", inside: Scope | None = None, on: date
) -> QuerySet[User]:
    """The register of accounts with its filters, each with `held_now` (appointments in force)."""
    now = Appointment.objects.filter(in_force(on)).order_by("place", "role")
    found = User.objects.order_by("username").prefetch_related(
        Prefetch("appointments", queryset=now, to_attr="held_now")
    )
    if text := text.strip():
        like = Q(name__icontains=text) | Q(username__icontains=text)
        if plain := words.latin(text):
            like |= Q(initials__begins=plain)
        if re.fullmatch(rf"[0-9]{{{TAIL}}}", text):
            found = found.alias(tail=Tail("phone"))
            like |= Q(tail=text)
        found = found.filter(like)
    holding = Appointment.objects.filter(in_force(on), user=OuterRef("pk"))
    if role:
        found = found.filter(Exists(holding.filter(role=role)))
    if inside is not None:
        found = found.filter(Exists(holding.within(inside)))
    if state == "none":
        return found.filter(~Exists(holding), is_active=True)
    if state == "stale":
        return found.filter(_unused_since(on), is_active=True)
    if state:
        found = found.filter(is_active=state == "active")
    return found


def _unused_since(on: date) -> Q:
    """Accounts that were not used for as long as the dated number says."""
    before = _end_of(on - timedelta(days=number("stale_account_days", on=on)))
    return Q(last_login__lt=before) | Q(last_login=None, created_at__lt=before)


def find_people(text: str, *, limit: int = 10, on: date) -> list[User]:
    """For typing ahead: active accounts by name, pinyin initials, log-in name or phone tail."""
    return list(accounts(text=text, state="active", on=on)[:limit])


def closest_accounts(text: str, scope: Scope, *, on: date, limit: int) -> list[User]:
    """Accounts of a scope, and those nobody has appointed yet, each with `held_now`.

    By name or given name; by log-in name, pinyin initials, phone number or its tail.
    """
    every = Appointment.objects.filter(user=OuterRef("pk"))
    mine = accounts(on=on).filter(Exists(every.within(scope)) | ~Exists(every))
    if not text.isascii():
        given = mine.alias(given=Given("name")).filter(given__begins=text)
        return closest(limit, mine.filter(name=text), mine.filter(name__begins=text), given)
    choices = [mine.filter(username__begins=text.lower())]
    if plain := words.latin(text):
        choices += [mine.filter(initials=plain), mine.filter(initials__begins=plain)]
    if re.fullmatch(rf"[0-9]{{{TAIL}}}", text):
        choices.insert(0, mine.alias(tail=Tail("phone")).filter(tail=text))
    elif text.isdigit():
        choices.insert(0, mine.alias(tail=Tail("phone")).filter(tail=text[-TAIL:], phone=text))
    return closest(limit, *choices)


def appointments(
    scope: Scope, *, text: str = "", role: str = "", state: str = "", on: date
) -> QuerySet[Appointment]:
    """The register of appointments within a scope; `state`: "now" (default), "past", "all"."""
    found = Appointment.objects.within(scope).select_related("user")
    if state in ("", "now"):
        found = found.filter(Q(until_on=None) | Q(until_on__gte=on), revoked_at=None)
    elif state == "past":
        found = found.exclude(Q(until_on=None) | Q(until_on__gte=on), revoked_at=None)
    if role:
        found = found.filter(role=role)
    if text := text.strip():
        found = found.filter(
            Q(user__name__icontains=text)
            | Q(user__username__icontains=text)
            | Q(user__initials__begins=text.lower())
        )
    return found.order_by("place", "role", "user__name", "pk")


def held_by(user: User) -> QuerySet[Appointment]:
    """Everything somebody holds, held or will hold, the latest first."""
    return user.appointments.select_related("appointed_by", "revoked_by").order_by(
        "-since_on", "-pk"
    )


def one_person(user: User | AnonymousUser) -> frozenset[int]:
    """The accounts that are one person, as far as can be told: those with the same mobile number.

    What one hand must not do twice, two accounts of one person must not do either.
    """
    phone = getattr(user, "phone", "")
    if not re.fullmatch(r"1[0-9]{10}", phone):
        return frozenset({user.pk})
    return frozenset(User.objects.filter(phone=phone).values_list("pk", flat=True)) | {user.pk}


def not_over(user: User, on: date) -> list[rules.Held]:
    """What somebody holds on a day or later, not taken back."""
    rows = user.appointments.filter(Q(until_on=None) | Q(until_on__gte=on), revoked_at=None)
    return [
        rules.Held(ROLES[row.role], row.place, row.since_on, row.until_on)
        for row in rows
        if row.role in ROLES
    ]


def is_administrator(user: User, on: date) -> bool:
    return bool({held.role for held in not_over(user, on)} & ADMINISTRATORS)


def first_run_open() -> bool:
    """Whether the installation is still being set up.

    It ends when somebody says so, and at the latest when a security administrator signs in, who
    from then on appoints people.
    """
    if FirstRun.objects.exists():
        return False
    return not Appointment.objects.filter(
        role=SECURITY_ADMIN.code, user__last_login__isnull=False
    ).exists()


def nobody_yet() -> bool:
    """Whether there is no account at all."""
    return not User.objects.exists()


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """A log-in that the log-in page of a demo offers."""

    role: Role
    place: str
    user: User

    @property
    def password(self) -> str:
        return DEMO_PASSWORD


def demo_accounts(*, on: date, of_each: int = 3) -> list[DemoAccount]:
    """In demo mode: for each role the first few demo accounts; otherwise none."""
    if not settings.DEMO:
        return []
    rows = (
        Appointment.objects.filter(in_force(on), user__username__startswith=DEMO_PREFIX)
        .filter(user__is_active=True)
        .select_related("user")
        .order_by("user__username", "place")
    )
    found: dict[str, list[Appointment]] = {code: [] for code in ROLES}
    for row in rows[:2000]:
        if len(found[row.role]) < of_each:
            found[row.role].append(row)
    shown = [row for code in ROLES for row in found[code]]
    paths = places.name_paths({row.place for row in shown})
    return [DemoAccount(ROLES[row.role], paths[row.place], row.user) for row in shown]
