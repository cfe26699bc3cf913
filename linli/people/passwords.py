"""What a password must be, beyond Django's own validators."""

from __future__ import annotations

from django.contrib.auth.hashers import check_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from linli.people import rules


class KindsOfCharacters:
    """Letters small and capital, figures, signs: at least so many of the four kinds."""

    def __init__(self, kinds: int = 3) -> None:
        self.kinds = kinds

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
