from __future__ import annotations

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models

from linli.kernel.roles import ROLES
from linli.scope.models import Placed


def role_choices() -> list[tuple[str, str]]:
    return [(role.code, role.name) for role in ROLES.values()]


class UserManager(BaseUserManager["User"]):
    def get_by_natural_key(self, username: str) -> User:
        return self.get(username=username)


class User(AbstractBaseUser):
    """Somebody with an account. What the account may do follows from appointments alone."""

    username = models.CharField(max_length=64, unique=True)
    name = models.CharField(max_length=64)
    phone = models.CharField(max_length=20, blank=True)
    is_active = models.BooleanField(default=True)
    must_change_password = models.BooleanField(default=False)
    password_changed_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()

    USERNAME_FIELD = "username"

    objects = UserManager()

    def __str__(self) -> str:
        return self.name


class Appointment(Placed):
    """A role held at a place, from a day on and until a day (that day included, or open)."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="appointments")
    role = models.CharField(max_length=32, choices=role_choices)
    since_on = models.DateField()
    until_on = models.DateField(null=True, blank=True)
    appointed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        indexes = [models.Index(fields=["user", "role"], name="people_appointment_user_role")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(until_on__isnull=True)
                | models.Q(until_on__gte=models.F("since_on")),
                name="an_appointment_ends_after_it_begins",
            )
        ]
