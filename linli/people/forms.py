from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from linli.kernel import place as codes
from linli.kernel.roles import ROLES, Role
from linli.people import queries
from linli.people.models import User
from linli.places import queries as places
from linli.web.fields import DayField
from linli.web.templatetags.words import say


def role_choices() -> list[tuple[str, str]]:
    return [("", _("全部职务")), *_roles()]


def roles_to_give() -> list[tuple[str, str]]:
    return [("", _("请选择")), *_roles()]


def _roles() -> list[tuple[str, str]]:
    return [(role.code, capfirst(say(role))) for role in ROLES.values()]


class LogInForm(forms.Form):
    username = forms.CharField(
        label=_("登录名"),
        max_length=64,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none"}),
    )
    password = forms.CharField(
        label=_("密码"),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


class CodeForm(forms.Form):
    code = forms.CharField(
        label=_("验证码或恢复码"),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "autofocus": True}),
    )


class PasswordForm(forms.Form):
    old = forms.CharField(
        label=_("现用密码"),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    password = forms.CharField(
        label=_("新密码"),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label=_("再输一次新密码"),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if data.get("password") and data.get("again") and data["password"] != data["again"]:
            self.add_error("again", _("两次输入的新密码不一致"))
        return data


class OwnPasswordForm(forms.Form):
    password = forms.CharField(
        label=_("现用密码"),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


class AccountForm(forms.Form):
    username = forms.CharField(
        label=_("登录名"),
        max_length=32,
        help_text=_("3到32个小写字母、数字、点、横线或下划线；一人一号，不要共用"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none"}),
    )
    name = forms.CharField(label=_("姓名"), max_length=64)
    phone = forms.CharField(
        label=_("电话"),
        max_length=20,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "tel"}),
    )


class AccountsFilter(forms.Form):
    q = forms.CharField(
        label=_("姓名、登录名、首字母或电话后四位"),
        required=False,
        max_length=64,
        widget=forms.TextInput(attrs={"type": "search"}),
    )
    role = forms.ChoiceField(label=_("职务"), required=False, choices=role_choices)
    state = forms.ChoiceField(
        label=_("状态"),
        required=False,
        choices=(
            ("", _("全部")),
            ("active", _("使用中")),
            ("none", _("没有职务")),
            ("stale", _("久未登录")),
            ("disabled", _("已停用")),
        ),
    )


class AppointmentsFilter(forms.Form):
    q = forms.CharField(
        label=_("姓名或登录名"),
        required=False,
        max_length=64,
        widget=forms.TextInput(attrs={"type": "search"}),
    )
    role = forms.ChoiceField(label=_("职务"), required=False, choices=role_choices)
    state = forms.ChoiceField(
        label=_("状态"),
        required=False,
        choices=(("", _("在任")), ("past", _("已结束")), ("all", _("全部"))),
    )


class PersonField(forms.CharField):
    """An account by log-in name, or by a name only one account has; `cleaned_data`: the User."""

    def clean(self, value: Any) -> User | None:
        text = super().clean(value)
        if not text:
            return None
        found = User.objects.filter(username=text).first()
        if found:
            return found
        same = list(User.objects.filter(name=text, is_active=True)[:2])
        if len(same) == 1:
            return same[0]
        raise ValidationError(
            _("有不止一位“%(text)s”，请填登录名") if same else _("没有找到“%(text)s”这个账号"),
            params={"text": text},
        )


class PlaceField(forms.CharField):
    """A place by its code, or by a name only one place in force has; `cleaned_data`: the code."""

    def clean(self, value: Any) -> str:
        text = super().clean(value)
        if not text:
            return ""
        if codes.check(text).allowed:
            return text
        same = list(places.in_force().filter(name=text).values_list("place", flat=True)[:2])
        if len(same) == 1:
            return same[0]
        raise ValidationError(
            _("有不止一处叫“%(text)s”，请填代码") if same else _("没有找到“%(text)s”"),
            params={"text": text},
        )


class AppointmentForm(forms.Form):
    user = PersonField(
        label=_("任命谁"),
        max_length=64,
        help_text=_("登录名或姓名"),
        widget=forms.TextInput(attrs={"list": "people-found", "autocomplete": "off"}),
    )
    role = forms.ChoiceField(label=_("职务"), choices=roles_to_give)
    place = PlaceField(
        label=_("在哪里"),
        max_length=64,
        help_text=_("地点代码或名称"),
        widget=forms.TextInput(attrs={"list": "places-found", "autocomplete": "off"}),
    )
    since_on = DayField(label=_("从哪天起"))
    until_on = DayField(
        label=_("到哪天止"), required=False, help_text=_("含当天；不填则一直有效，直到撤销")
    )

    def clean_role(self) -> Role:
        return ROLES[self.cleaned_data["role"]]


class PurposeForm(forms.Form):
    purpose = forms.CharField(
        label=_("查看用途"),
        max_length=64,
        help_text=_("例如：通知领取新密码。每次查看都会留下记录"),
    )


def known_people(text: str, on: Any) -> list[User]:
    """What the typing-ahead list of a person field offers."""
    return queries.find_people(text, on=on) if text.strip() else []
