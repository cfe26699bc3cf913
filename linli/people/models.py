from __future__ import annotations

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models

from linli.kernel.place import Scope
from linli.kernel.roles import ROLES
from linli.scope.models import Placed
from linli.search.lookups import Given, Tail


def role_choices() -> list[tuple[str, str]]:
    return [(role.code, role.name) for role in ROLES.values()]


class UserManager(BaseUserManager["User"]):
    def within(self, scope: Scope) -> models.QuerySet[User]:
        """People who hold, or held, a role at a place of the scope."""
        return self.filter(pk__in=Appointment.objects.within(scope).values("user"))

    def get_by_natural_key(self, username: str) -> User:
        return self.get(username=username)


class User(AbstractBaseUser):
    """Somebody with an account. What the account may do follows from appointments alone.

    `initials`: pinyin initials of the name, for searching. `phone` is shown masked in lists.
    """

    username = models.CharField(max_length=64, unique=True)
    name = models.CharField(max_length=64, db_index=True)
    initials = models.CharField(max_length=64, blank=True, db_index=True)
    phone = models.CharField(max_length=20, blank=True)
    is_active = models.BooleanField(default=True)
    must_change_password = models.BooleanField(default=False)
    password_changed_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()

    USERNAME_FIELD = "username"

    objects = UserManager()

    class Meta:
        indexes = [
            models.Index(Given("name"), name="people_user_given"),
            models.Index(Tail("phone"), name="people_user_tail"),
        ]

    def __str__(self) -> str:
        return self.name


class Appointment(Placed):
    """A role held at a place, from a day on and until a day (that day included, or open).

    Taken back before its time it has `revoked_at`, and counts for nothing from that day on.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="appointments")
    role = models.CharField(max_length=32, choices=role_choices)
    since_on = models.DateField()
    until_on = models.DateField(null=True, blank=True)
    appointed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        indexes = [
            models.Index(fields=["user", "role"], name="people_appointment_user_role"),
            models.Index(fields=["role", "place"], name="people_appointment_role_place"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(until_on__isnull=True)
                | models.Q(until_on__gte=models.F("since_on")),
                name="an_appointment_ends_after_it_begins",
            ),
            models.CheckConstraint(
                condition=models.Q(revoked_at__isnull=False) | models.Q(revoked_by__isnull=True),
                name="who_revoked_an_appointment_did_so_once",
            ),
        ]


class OldPassword(models.Model):
    """A password somebody had (hashed), so that the last few are not used again."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="old_passwords")
    password = models.CharField(max_length=128)
    at = models.DateTimeField()


class RecoveryCode(models.Model):
    """A code that stands in once for the second factor; only its SHA-256 is kept."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="recovery_codes"
    )
    digest = models.CharField(max_length=64)
    made_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "digest"], name="a_recovery_code_is_used_once")
        ]


class SignIn(models.Model):
    """One session of one person, from log-in until it ended.

    `session_key`: that of the session, kept so that its owner can end it from elsewhere; emptied
    when it has ended.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="sign_ins")
    session_key = models.CharField(max_length=40, blank=True)
    at = models.DateTimeField()
    seen_at = models.DateTimeField()
    address = models.GenericIPAddressField(null=True)
    agent = models.CharField(max_length=200, blank=True)
    ended_at = models.DateTimeField(null=True)
    why_ended = models.CharField(max_length=16, blank=True)

    class Meta:
        indexes = [models.Index(fields=["user", "ended_at"], name="people_signin_user_ended")]


class FirstRun(models.Model):
    """The installation was set up. One row; until it is there the set-up pages are open."""

    finished_at = models.DateTimeField()
    finished_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
