"""Writes of people.

`by` None is the operator at the server's own command line, who may set up and rescue; no page
ever passes it.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from django.contrib.sessions.models import Session
from django.utils import timezone
from django_otp.plugins.otp_totp.models import TOTPDevice

from linli.kernel.identity import parse_phone
from linli.kernel.roles import (
    ADMINISTRATORS,
    AUDIT_ADMIN,
    SECURITY_ADMIN,
    SYSTEM_ADMIN,
    Role,
)
from linli.kernel.rulings import ALLOWED, require
from linli.kernel.words import gettext_noop as _
from linli.people import queries, rules
from linli.people.models import Appointment, FirstRun, OldPassword, RecoveryCode, SignIn, User
from linli.people.passwords import READABLE, breaches, make
from linli.places import queries as places
from linli.places import rules as place_rules
from linli.search.words import initials
from linli.trail.acts import act, look


@dataclass(frozen=True, slots=True)
class Handed:
    """An account together with a secret that is shown once and kept nowhere."""

    subject: User
    password: str = ""
    codes: tuple[str, ...] = ()
    facts: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody to make an account for. Without a password one is made up."""

    username: str
    name: str
    phone: str = ""
    password: str = ""


def _administrators_of(by: User | None, now: datetime) -> frozenset[Role]:
    """The administrator's roles `by` acts in; all of them for the operator at the server."""
    if by is None:
        return ADMINISTRATORS
    return queries.Access(by, timezone.localdate(now)).roles & ADMINISTRATORS


@act("people.create")
def create_account(
    *,
    by: User | None,
    username: str,
    name: str,
    phone: str = "",
    password: str = "",
    now: datetime,
) -> Handed:
    """Make an account that holds nothing yet.

    Without a password one is made up, returned once, and must be changed at the first log-in.
    """
    return _create(
        Person(username, name, phone, password), roles=_administrators_of(by, now), now=now
    )


def _create(person: Person, *, roles: frozenset[Role], now: datetime) -> Handed:
    number, phoned = parse_phone(person.phone) if person.phone.strip() else ("", ALLOWED)
    (
        rules.may_create(
            roles=roles,
            username=person.username,
            name=person.name,
            taken=User.objects.filter(username=person.username).exists(),
        )
        & phoned.at("phone")
    ).enforce()
    user = User(
        username=person.username,
        name=person.name.strip(),
        initials=initials(person.name),
        phone=number or "",
        created_at=now,
        must_change_password=not person.password,
    )
    password = person.password or make()
    if person.password:
        breaches(password, user).enforce()
        user.password_changed_at = now
    user.set_password(password)
    user.save()
    return Handed(user, "" if person.password else password)


@act("people.disable")
def disable_account(*, by: User | None, user: User, now: datetime) -> User:
    """From now on nobody can sign in with the account; whoever is signed in is out at once."""
    _may_manage(by, user, now)
    require(user.is_active, _("这个账号已停用")).enforce()
    user.is_active = False
    user.save(update_fields=["is_active"])
    _end_all(user, "disabled", now)
    return user


@act("people.enable")
def enable_account(*, by: User | None, user: User, now: datetime) -> User:
    """The account may be signed in with again; its password is what it was."""
    _may_manage(by, user, now)
    require(not user.is_active, _("这个账号没有停用")).enforce()
    user.is_active = True
    user.save(update_fields=["is_active"])
    return user


@act("people.reset_password")
def reset_password(*, by: User | None, user: User, now: datetime) -> Handed:
    """Give an account a made-up password; its sessions end and its second factor is taken off."""
    _may_manage(by, user, now)
    password = make()
    _keep_old(user, now)
    user.set_password(password)
    user.must_change_password = True
    user.save(update_fields=["password", "must_change_password"])
    TOTPDevice.objects.filter(user=user).delete()
    user.recovery_codes.all().delete()
    _end_all(user, "reset", now)
    return Handed(user, password)


def _may_manage(by: User | None, user: User, now: datetime) -> None:
    theirs = {held.role for held in queries.not_over(user, timezone.localdate(now))}
    rules.may_manage(
        roles=_administrators_of(by, now),
        own=by is not None and by.pk == user.pk,
        theirs=() if by is None else theirs,
    ).enforce()


def _keep_old(user: User, now: datetime) -> None:
    if user.has_usable_password():
        OldPassword.objects.create(user=user, password=user.password, at=now)


@act("people.change_password")
def change_password(
    *, by: User, old: str, new: str, keep: int | None = None, now: datetime
) -> User:
    """Somebody changes their own password.

    Every session of theirs ends but this one (`keep`, the id of its SignIn).
    """
    kept = queries.limits(timezone.localdate(now)).passwords_kept
    (
        require(by.check_password(old), _("现用密码不对")).at("old") & breaches(new, by, kept=kept)
    ).enforce()
    _keep_old(by, now)
    by.set_password(new)
    by.must_change_password = False
    by.password_changed_at = now
    by.save(update_fields=["password", "must_change_password", "password_changed_at"])
    _end_all(by, "password", now, but=keep)
    return by


@act("people.describe")
def describe_account(
    *, by: User | None, user: User, name: str, phone: str | None = None, now: datetime
) -> User:
    """Mend a name or a telephone number (None leaves the number as it is)."""
    number, phoned = parse_phone(phone) if phone and phone.strip() else ("", ALLOWED)
    (
        require(SYSTEM_ADMIN in _administrators_of(by, now), _("这件事只由系统管理员办理"))
        & require(name.strip(), _("请填写姓名")).at("name")
        & phoned.at("phone")
    ).enforce()
    user.name, user.initials = name.strip(), initials(name)
    if phone is not None:
        user.phone = number or ""
    user.save(update_fields=["name", "initials", "phone"])
    return user


@act("people.appoint")
def appoint(
    *,
    by: User | None,
    user: User,
    role: Role,
    place: str,
    since_on: date,
    until_on: date | None = None,
    now: datetime,
) -> Appointment:
    """Give somebody a role at a place, from a day until a day (or open)."""
    by_roles = _administrators_of(by, now)
    if by is not None and SYSTEM_ADMIN in by_roles and queries.first_run_open():
        by_roles |= {SECURITY_ADMIN}
    return _appoint(by, by_roles, user, rules.Held(role, place, since_on, until_on), now)


def _appoint(
    by: User | None, by_roles: frozenset[Role], user: User, new: rules.Held, now: datetime
) -> Appointment:
    User.objects.select_for_update().get(pk=user.pk)
    known = places.find(new.place)
    rules.may_appoint(
        by_roles=by_roles,
        by_self=by is not None and by.pk == user.pk,
        active=user.is_active,
        known_place=known is not None and known.until_on is None,
        new=new,
        held=_held_with(user, new, min(new.since_on, timezone.localdate(now))),
    ).enforce()
    return Appointment.objects.create(
        user=user,
        role=new.role.code,
        place=new.place,
        since_on=new.since_on,
        until_on=new.until_on,
        appointed_by=by,
    )


def _held_with(user: User, new: rules.Held, on: date) -> list[rules.Held]:
    """What the person behind an account holds, by whichever account; at a place that the new one
    took over as if it were at the new one."""
    took = places.successions()
    found = []
    for account in User.objects.filter(pk__in=queries.one_person(user)):
        for held in queries.not_over(account, on):
            same = new.place in place_rules.around(held.place, took)[0]
            found.append(replace(held, place=new.place) if same else held)
    return found


@act("people.revoke")
def revoke(*, by: User | None, appointment: Appointment, now: datetime) -> Appointment:
    """Take a role back. It counts for nothing from this moment on, open pages included."""
    today = timezone.localdate(now)
    rules.may_revoke(
        by_roles=_administrators_of(by, now),
        by_self=by is not None and by.pk == appointment.user_id,
        over=appointment.revoked_at is not None
        or (appointment.until_on is not None and appointment.until_on < today),
    ).enforce()
    appointment.revoked_at = now
    appointment.revoked_by = by
    appointment.save(update_fields=["revoked_at", "revoked_by"])
    return appointment


@act("people.look")
def open_phone(*, by: User, user: User, purpose: str, now: datetime) -> User:
    """Show a telephone number whole. Every look is recorded with what it was for."""
    roles = _administrators_of(by, now)
    (
        require(
            by.pk == user.pk or roles & {SYSTEM_ADMIN, SECURITY_ADMIN},
            _("只有系统管理员和安全管理员可以查看完整电话"),
            "个人信息保护法:6",
        )
        & require(purpose.strip(), _("请写明查看的用途"), "个人信息保护法:6").at("purpose")
    ).enforce()
    look(by=by, subject=user, field="phone", now=now, purpose=purpose.strip()[:64])
    return user


@act("people.sign_in")
def sign_in(
    *, by: User, session_key: str, address: str | None, agent: str, now: datetime
) -> SignIn:
    """Somebody signed in; called when it has happened."""
    return SignIn.objects.create(
        user=by,
        session_key=session_key,
        at=now,
        seen_at=now,
        address=address,
        agent=agent[:200],
    )


@act("people.sign_out")
def sign_out(*, by: User, sign_in: SignIn, why: str, now: datetime) -> SignIn:
    """A session ended: out | idle | long | elsewhere | disabled | reset | password."""
    sign_in.ended_at, sign_in.why_ended, sign_in.session_key = now, why, ""
    sign_in.save(update_fields=["ended_at", "why_ended", "session_key"])
    return sign_in


@act("people.end_session")
def end_session(*, by: User, sign_in: SignIn, now: datetime) -> SignIn:
    """Somebody ends one of their own sessions from elsewhere."""
    require(sign_in.user_id == by.pk and sign_in.ended_at is None, _("这次登录已经结束")).enforce()
    _end([sign_in], "elsewhere", now)
    return sign_in


def _end_all(user: User, why: str, now: datetime, *, but: int | None = None) -> None:
    _end([each for each in queries.own_sessions(user) if each.pk != but], why, now)


def _end(sign_ins: list[SignIn], why: str, now: datetime) -> None:
    keys = [each.session_key for each in sign_ins if each.session_key]
    Session.objects.filter(session_key__in=keys).delete()
    SignIn.objects.filter(pk__in=[each.pk for each in sign_ins]).update(
        ended_at=now, why_ended=why, session_key=""
    )


@act("people.end_other_sessions")
def end_other_sessions(*, by: User, keep: int | None, now: datetime) -> User:
    """All sessions of somebody end but this one (the id of its SignIn)."""
    _end_all(by, "elsewhere", now, but=keep)
    return by


@act("people.begin_second_factor")
def begin_second_factor(*, by: User, now: datetime) -> TOTPDevice:
    """A new secret for an authenticator app; it counts once a code of it was entered."""
    require(not queries.has_second_factor(by), _("已启用两步验证；如要更换，请先停用")).enforce()
    TOTPDevice.objects.filter(user=by, confirmed=False).delete()
    return TOTPDevice.objects.create(user=by, name="totp", confirmed=False)


@act("people.confirm_second_factor")
def confirm_second_factor(*, by: User, code: str, now: datetime) -> Handed:
    """The first right code: from now on it is asked at log-in. Returns the recovery codes."""
    device = TOTPDevice.objects.select_for_update().filter(user=by, confirmed=False).first()
    right = device is not None and code.strip().isdigit() and device.verify_token(code.strip())
    require(right, _("验证码不对，请用手机上最新的六位数字")).at("code").enforce()
    assert device is not None
    device.confirmed = True
    device.save(update_fields=["confirmed"])
    return _new_recovery_codes(by, now)


@act("people.new_recovery_codes")
def new_recovery_codes(*, by: User, now: datetime) -> Handed:
    """Ten new recovery codes; the old ones stop working."""
    require(queries.has_second_factor(by), _("尚未启用两步验证")).enforce()
    return _new_recovery_codes(by, now)


def _new_recovery_codes(user: User, now: datetime) -> Handed:
    user.recovery_codes.all().delete()
    codes = tuple(
        "-".join("".join(secrets.choice(READABLE) for _c in range(5)) for _g in range(3))
        for _n in range(10)
    )
    RecoveryCode.objects.bulk_create(
        RecoveryCode(user=user, digest=_digest(code), made_at=now) for code in codes
    )
    return Handed(user, codes=codes)


def _digest(code: str) -> str:
    plain = "".join(c for c in code.lower() if c.isalnum())
    return hashlib.sha256(plain.encode()).hexdigest()


@act("people.use_recovery_code")
def use_recovery_code(*, by: User, code: str, now: datetime) -> User:
    """A recovery code stands in for the authenticator, once."""
    used = RecoveryCode.objects.filter(user=by, digest=_digest(code), used_at=None).update(
        used_at=now
    )
    require(used, _("恢复码不对或已用过")).at("code").enforce()
    return by


@act("people.remove_second_factor")
def remove_second_factor(*, by: User, password: str, now: datetime) -> User:
    """Somebody takes off their own second factor, with their password."""
    require(by.check_password(password), _("现用密码不对")).at("password").enforce()
    TOTPDevice.objects.filter(user=by).delete()
    by.recovery_codes.all().delete()
    return by


@act("people.set_up_administrators")
def set_up_administrators(
    *, by: User | None, county: str, people: Mapping[Role, Person], now: datetime
) -> Handed:
    """The first three accounts of an installation, and their appointments.

    Only while there is no account. Returns the system administrator's; `facts` holds nothing of
    the passwords. Made-up passwords are in `codes`, in the order system, security, audit.
    """
    order = (SYSTEM_ADMIN, SECURITY_ADMIN, AUDIT_ADMIN)
    usernames = [people[role].username for role in order]
    (
        require(queries.nobody_yet(), _("已有账号，不能再次初始化"))
        & require(len(set(usernames)) == 3, _("三种管理员须由三个人分别担任"), *rules.THREE_APART)
    ).enforce()
    made = [_create(people[role], roles=rules.SYSTEM, now=now) for role in order]
    today = timezone.localdate(now)
    for role, handed in zip(order, made, strict=True):
        held = rules.Held(role, county, today)
        _appoint(None, rules.SECURITY, handed.subject, held, now)
    return Handed(made[0].subject, codes=tuple(handed.password for handed in made))


@act("people.finish_first_run")
def finish_first_run(*, by: User | None, now: datetime) -> FirstRun:
    """The installation is set up; from now on the administrators work apart."""
    require(not FirstRun.objects.exists(), _("已经设置完成")).enforce()
    return FirstRun.objects.create(finished_at=now, finished_by=by)
