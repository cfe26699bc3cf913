"""Setting up an installation, step by step; the same steps on the command line and in the web.

A step is a Django form with `code`, `title`, `lead`, `order`, a `done()` that answers from the
database, and `save(by=, now=)`, which returns secrets to show once ({what: secret}). It may have
`parts()`, its fields in groups, and `after()`, what is to be done once everything is set up. Every
app may bring a module `first_run` with its steps in FIRST_RUN; the names of the fields of all steps
differ, since they are the flags of `linli init`, too.
"""

from __future__ import annotations

from datetime import datetime
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django import forms
from django.apps import apps
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from linli.kernel import place as codes
from linli.kernel.identity import parse_phone
from linli.kernel.roles import (
    APPROVER,
    AUDIT_ADMIN,
    BOOKKEEPER,
    CASHIER,
    FUND_GROUP,
    RESIDENT,
    SECURITY_ADMIN,
    SYSTEM_ADMIN,
    Role,
)
from linli.kernel.rulings import Refused
from linli.people import queries, rules, services
from linli.people.models import Appointment, User
from linli.people.passwords import breaches, told
from linli.places import queries as places
from linli.places import services as place_services
from linli.web.fields import Part
from linli.web.reasons import put_on
from linli.web.templatetags.words import say


def steps() -> list[Any]:
    """All steps of all apps, in order."""
    found: list[Any] = []
    for config in apps.get_app_configs():
        module = f"{config.name}.first_run"
        if config.name.startswith("linli.") and find_spec(module):
            found += getattr(import_module(module), "FIRST_RUN", ())
    return sorted(found, key=lambda step: step.order)


def step(code: str) -> Any | None:
    return next((each for each in steps() if each.code == code), None)


def parts(form: Any) -> list[tuple[Part, list[Any]]]:
    """The fields of a step in its groups, each with its label there; one group if it has none."""
    whole = [Part({name: field.label for name, field in form.fields.items()})]
    found = []
    for part in form.parts() if hasattr(form, "parts") else whole:
        fields = [form[name] for name in part.labels]
        for field in fields:
            field.label = part.labels[field.name]
        found.append((part, fields))
    return found


def after() -> list[str]:
    """What the steps say is to be done now."""
    return [text for step in steps() if hasattr(step, "after") for text in step.after()]


def save(form: Any, *, by: Any, now: datetime) -> dict[str, str] | None:
    """Save a valid step whole or not at all; None where it was refused (the form says why)."""
    try:
        with transaction.atomic():
            return form.save(by=by, now=now)
    except Refused as refused:
        put_on(form, refused.ruling)
        return None


class _PeopleForm(forms.Form):
    """A form with fields <role>_username, <role>_name, <role>_phone for some roles."""

    ROLES: tuple[Role, ...] = ()
    PHONES = True

    def people(self) -> dict[Role, services.Person]:
        data = self.cleaned_data
        return {
            role: services.Person(
                data[f"{role.code}_username"],
                data[f"{role.code}_name"],
                data.get(f"{role.code}_phone", ""),
                data.get(f"{role.code}_password", ""),
            )
            for role in self.ROLES
            if data.get(f"{role.code}_username")
        }

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        seen: set[str] = set()
        for role in self.ROLES:
            username = data.get(f"{role.code}_username", "")
            if not username:
                continue
            put_on(self, _at(rules.check_username(username), f"{role.code}_username"))
            if not data.get(f"{role.code}_name"):
                self.add_error(f"{role.code}_name", _("请填写姓名"))
            if data.get(f"{role.code}_phone"):
                phoned = parse_phone(data[f"{role.code}_phone"])[1]
                put_on(self, _at(phoned, f"{role.code}_phone"))
            if username in seen:
                self.add_error(f"{role.code}_username", _("须由不同的人担任"))
            seen.add(username)
            if User.objects.filter(username=username).exists():
                self.add_error(f"{role.code}_username", _("这个登录名已有人用"))
        return data


def _at(ruling: Any, field: str) -> Any:
    return type(ruling)(
        tuple(type(r)(r.text, r.values, r.cites, field, r.row) for r in ruling.reasons)
    )


def _people_fields(roles: tuple[Role, ...], *, required: bool) -> dict[str, forms.Field]:
    fields: dict[str, forms.Field] = {}
    for role in roles:
        who = say(role)
        fields[f"{role.code}_name"] = forms.CharField(
            label=gettext("%(who)s的姓名") % {"who": who}, max_length=64, required=required
        )
        fields[f"{role.code}_username"] = forms.CharField(
            label=gettext("%(who)s的登录名") % {"who": who}, max_length=32, required=required
        )
        fields[f"{role.code}_phone"] = forms.CharField(
            label=gettext("%(who)s的电话") % {"who": who}, max_length=20, required=False
        )
    return fields


def _people_parts(form: forms.Form, roles: tuple[Role, ...]) -> list[Part]:
    """A group for each person."""
    words = {
        "name": _("姓名"),
        "username": _("登录名"),
        "phone": _("电话"),
        "password": _("密码"),
    }
    return [
        Part(
            {
                f"{role.code}_{field}": word
                for field, word in words.items()
                if f"{role.code}_{field}" in form.fields
            },
            legend=role,
        )
        for role in roles
    ]


class AdministratorsStep(_PeopleForm):
    """The county, and its three administrators, who are three persons."""

    code = "administrators"
    title = _("管理员")
    lead = _("系统、安全、审计三种管理员由三个人分别担任，互相监督，也不参加资金管理小组。")
    order = 10
    ROLES = (SYSTEM_ADMIN, SECURITY_ADMIN, AUDIT_ADMIN)

    county_code = forms.CharField(
        label=_("县（区、市）代码"), max_length=6, help_text=_("6位，例如蓬莱区 370614")
    )
    county_name = forms.CharField(label=_("县（区、市）名称"), max_length=64)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields |= _people_fields(self.ROLES, required=True)
        self.fields["system_admin_password"] = forms.CharField(
            label=_("系统管理员的密码"),
            required=False,
            strip=False,
            max_length=200,
            help_text=gettext("%(rules)s。不填则由系统生成，首次登录须修改") % {"rules": told()},
            widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        )

    def parts(self) -> list[Part]:
        county = {"county_code": _("代码"), "county_name": _("名称")}
        return [Part(county, legend=_("县（区、市）")), *_people_parts(self, self.ROLES)]

    @staticmethod
    def done() -> bool:
        return not queries.nobody_yet()

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        put_on(self, _at(codes.check(data.get("county_code", ""), "county"), "county_code"))
        if password := data.get("system_admin_password"):
            user = User(
                username=data.get("system_admin_username", ""),
                name=data.get("system_admin_name", ""),
            )
            put_on(self, _at(breaches(password, user), "system_admin_password"))
            if self.errors and "system_admin_password" not in self.errors:
                self.add_error("system_admin_password", _("密码不保留在网页上，请再输一次"))
        return data

    def save(self, *, by: Any, now: datetime) -> dict[str, str]:
        data = self.cleaned_data
        if not places.find(data["county_code"]):
            place_services.add_place(
                by=by, code=data["county_code"], name=data["county_name"], now=now
            )
        handed = services.set_up_administrators(
            by=by, county=data["county_code"], people=self.people(), now=now
        )
        return _secrets(self, handed.codes)


def _secrets(form: _PeopleForm, passwords: tuple[str, ...]) -> dict[str, str]:
    """{role and log-in name: made-up password} of those who were given one."""
    people = form.people()
    return {
        f"{say(role)} {people[role].username}": password
        for role, password in zip(people, passwords, strict=True)
        if password
    }


def _estates() -> list[tuple[str, Any]]:
    codes_of = list(places.in_force().filter(level="estate").values_list("place", flat=True)[:2000])
    paths = places.name_paths(codes_of)
    return [("", _("请选择")), *((code, paths[code]) for code in codes_of)]


class FundGroupStep(_PeopleForm):
    """The people who keep, hold, approve and watch an estate's money."""

    code = "people"
    title = _("资金管理小组")
    lead = _("同一小区的记账、出纳、审批和居民代表由不同的人担任。暂时没有的可以空着，以后再任命。")
    order = 40
    ROLES = (BOOKKEEPER, CASHIER, APPROVER, RESIDENT)

    group_estate = forms.ChoiceField(label=_("哪个小区"), choices=_estates)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields |= _people_fields(self.ROLES, required=False)

    def parts(self) -> list[Part]:
        estate = Part({"group_estate": self.fields["group_estate"].label})
        return [estate, *_people_parts(self, self.ROLES)]

    @staticmethod
    def done() -> bool:
        group = [role.code for role in FUND_GROUP]
        return Appointment.objects.filter(role__in=group, revoked_at=None).exists()

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if not any(data.get(f"{role.code}_username") for role in self.ROLES):
            self.add_error(f"{BOOKKEEPER.code}_username", _("至少填一个人"))
        return data

    def save(self, *, by: Any, now: datetime) -> dict[str, str]:
        passwords = []
        for role, person in self.people().items():
            handed = services.create_account(
                by=by, username=person.username, name=person.name, phone=person.phone, now=now
            )
            services.appoint(
                by=by,
                user=handed.subject,
                role=role,
                place=self.cleaned_data["group_estate"],
                since_on=timezone.localdate(now),
                now=now,
            )
            passwords.append(handed.password)
        return _secrets(self, tuple(passwords))


FIRST_RUN = (AdministratorsStep, FundGroupStep)
