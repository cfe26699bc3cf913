"""What a password must be, beyond Django's own validators."""

from __future__ import annotations

import secrets

from django.contrib.auth.hashers import Argon2PasswordHasher, check_password
from django.contrib.auth.password_validation import (
    MinimumLengthValidator,
    get_default_password_validators,
    validate_password,
)
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from linli.kernel.rulings import Ruling, every, refuse
from linli.kernel.words import gettext_noop
from linli.people import rules
from linli.people.models import User
from linli.sources import number

READABLE = "abcdefghjkmnpqrstuvwxyz23456789"
"""Characters that are not mistaken for each other on paper or on the telephone."""


class KindsOfCharacters:
    """Letters small and capital, figures, signs: as many of the four kinds as the law book says."""

    @property
    def kinds(self) -> int:
        return number("password_kinds", on=timezone.localdate())

    def validate(self, password: str, user: object = None) -> None:
        if rules.kinds_of_characters(password) < self.kinds:
            raise ValidationError(self.get_help_text(), code="password_too_plain")

    def get_help_text(self) -> str:
        return _("密码须含大写字母、小写字母、数字、符号中的至少%(kinds)s种") % {
            "kinds": self.kinds
        }


class NotUsedBefore:
    """Not the present password, nor one of the last few."""

    def __init__(self, count: int = 5) -> None:
        self.count = count

    def validate(self, password: str, user: object = None) -> None:
        if getattr(user, "pk", None) is None:
            return
        older = user.old_passwords.order_by("-at", "-pk").values_list("password", flat=True)
        if any(check_password(password, known) for known in (user.password, *older[: self.count])):
            raise ValidationError(self.get_help_text(), code="password_used_before")

    def get_help_text(self) -> str:
        return _("不能与现用密码和最近%(count)s次用过的密码相同") % {"count": self.count}


def told(*, kept: int = 0) -> str:
    """The rules of a password in one sentence, to be said before one is chosen."""
    validators = get_default_password_validators()
    least = next(v.min_length for v in validators if isinstance(v, MinimumLengthValidator))
    kinds = next(v.kinds for v in validators if isinstance(v, KindsOfCharacters))
    text = _(
        "至少%(least)s个字符，含大写字母、小写字母、数字、符号中的%(kinds)s种，"
        "不用登录名、姓名和常见的密码"
    ) % {"least": least, "kinds": kinds}
    return text + _("，也不用最近%(count)s次用过的") % {"count": kept} if kept else text


def breaches(password: str, user: User, *, kept: int = 0) -> Ruling:
    """Every rule a new password breaks. `kept`: how many earlier ones may not come again."""
    checks = [validate_password]
    if kept:
        checks.append(NotUsedBefore(kept).validate)
    faults: list[str] = []
    for check in checks:
        try:
            check(password, user)
        except ValidationError as errors:
            faults += [_fault(error) for error in errors.error_list]
    text = gettext_noop("密码不符合要求：%(why)s")
    return every(refuse(text, "等保:7.1.4.1", why=why).at("password") for why in faults)


WORDS = {
    "password_too_short": gettext_noop("至少要%(min_length)s个字符"),
    "password_too_similar": gettext_noop("与登录名或姓名太像"),
    "password_too_common": gettext_noop("太常见，容易被人猜到"),
}
"""What Django's own validators say, by their codes; not all of it is in its Chinese catalogue."""


def _fault(error: ValidationError) -> str:
    word = WORDS.get(error.code or "")
    return _(word) % (error.params or {}) if word else error.messages[0]


def make() -> str:
    """A password that can be read out and typed: three groups, all four kinds of characters."""
    letters = READABLE[:-8]
    groups = [
        secrets.choice(letters).upper()
        + "".join(secrets.choice(letters) for _letter in range(2))
        + secrets.choice(READABLE[-8:])
        for _group in range(3)
    ]
    return "-".join(groups)


class QuickArgon2(Argon2PasswordHasher):
    """Argon2 at its least cost, for the demo county only (settings.DEMO)."""

    algorithm = "argon2quick"
    time_cost, memory_cost, parallelism = 1, 1024, 1
