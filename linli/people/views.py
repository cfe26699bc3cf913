"""The registers of accounts and appointments, for the administrators."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from linli.kernel.identity import mask_phone
from linli.kernel.roles import ROLES, SECURITY_ADMIN, SYSTEM_ADMIN
from linli.kernel.rulings import Refused
from linli.people import queries, rules, services
from linli.people.forms import (
    AccountForm,
    AccountsFilter,
    AppointmentForm,
    AppointmentsFilter,
    PurposeForm,
    known_people,
)
from linli.people.models import Appointment, User
from linli.places import queries as places
from linli.scope.names import WithPaths
from linli.sheets.answers import excel
from linli.web.access import needs
from linli.web.reasons import put_on
from linli.web.registers import Column, Register
from linli.web.templatetags.words import say

TOO_MANY, UNPROCESSABLE = 429, 422


def locked_out(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
    """What is shown after too many wrong passwords; named in settings."""
    from axes.helpers import get_cool_off

    wait = get_cool_off(request)
    minutes = int(wait.total_seconds() // 60) if wait else 0
    return render(request, "people/locked_out.html", {"minutes": minutes}, status=TOO_MANY)


def _account_state(user: User) -> tuple[Any, str]:
    if not user.is_active:
        return gettext_lazy("已停用"), "void"
    if user.must_change_password:
        return gettext_lazy("待首次登录"), "wait"
    return gettext_lazy("使用中"), "done"


ACCOUNT_COLUMNS = (
    Column(
        code="name",
        label=gettext_lazy("姓名"),
        sort="name",
        href=lambda user: reverse("people:account", args=[user.pk]),
    ),
    Column(code="username", label=gettext_lazy("登录名"), sort="username"),
    Column(code="phone", label=gettext_lazy("电话"), value=lambda user: mask_phone(user.phone)),
    Column(
        code="posts",
        label=gettext_lazy("现任职务"),
        value=lambda user: capfirst(
            say(tuple(dict.fromkeys(ROLES[a.role].name for a in user.held_now)))
        ),
    ),
    Column(code="state", label=gettext_lazy("状态"), kind="state", value=_account_state),
    Column(code="last_login", label=gettext_lazy("最近登录"), kind="moment", sort="last_login"),
    Column(
        code="created_at",
        label=gettext_lazy("建立时间"),
        kind="moment",
        sort="created_at",
        shown=False,
    ),
)


def _chosen_accounts(request: HttpRequest) -> tuple[AccountsFilter, Any]:
    form = AccountsFilter(request.GET)
    chosen = form.cleaned_data if form.is_valid() else {}
    rows = queries.accounts(
        text=chosen.get("q", ""),
        role=chosen.get("role", ""),
        state=chosen.get("state", ""),
        on=timezone.localdate(),
    )
    return form, rows


@require_safe
@needs(SYSTEM_ADMIN, SECURITY_ADMIN)
def accounts(request: HttpRequest) -> HttpResponse:
    """The register of accounts."""
    form, rows = _chosen_accounts(request)
    manages = request.access.holds(SYSTEM_ADMIN)  # type: ignore[attr-defined]
    register = Register(
        request,
        rows=rows,
        columns=ACCOUNT_COLUMNS,
        filters=form,
        new_url=reverse("people:new_account") if manages else "",
        new_label=gettext_lazy("新建账号"),
        excel_out_url=reverse("people:accounts_excel"),
        empty_title=gettext_lazy("还没有账号"),
        empty_text=gettext_lazy("每个人一个账号，不要共用；职务由安全管理员任命。"),
    )
    return render(request, register.template("people/accounts.html"), {"register": register})


@require_safe
@needs(SYSTEM_ADMIN, SECURITY_ADMIN)
def accounts_excel(request: HttpRequest) -> HttpResponse:
    return excel(_("账号"), ACCOUNT_COLUMNS, _chosen_accounts(request)[1])


@never_cache
@needs(SYSTEM_ADMIN)
def new_account(request: HttpRequest) -> HttpResponse:
    """Make an account; the first password is shown once on the answer."""
    form = AccountForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            handed = services.create_account(
                by=request.user, **form.cleaned_data, now=timezone.now()
            )
        except Refused as refused:
            put_on(form, refused.ruling)
        else:
            return _show_password(request, handed)
    return render(request, "people/new_account.html", {"form": form}, status=_status(form))


def _status(form: Any) -> int:
    return UNPROCESSABLE if form.is_bound and form.errors else 200


def _show_password(request: HttpRequest, handed: services.Handed) -> HttpResponse:
    context = {"account": handed.subject, "password": handed.password}
    return render(request, "people/first_password.html", context)


@require_safe
@never_cache
@needs(SYSTEM_ADMIN, SECURITY_ADMIN)
def account(request: HttpRequest, pk: int) -> HttpResponse:
    """One account: facts, what it may do now, what it held."""
    return _account(request, _found(pk))


def _found(pk: int) -> User:
    return get_object_or_404(User, pk=pk)


def _account(
    request: HttpRequest, user: User, *, status: int = 200, **more: object
) -> HttpResponse:
    held = list(queries.held_by(user))
    paths = places.name_paths({a.place for a in held})
    today = timezone.localdate()
    theirs = {h.role for h in queries.not_over(user, today)}
    ruling = rules.may_manage(
        roles=request.access.roles,  # type: ignore[attr-defined]
        own=user.pk == request.user.pk,
        theirs=theirs,
    )
    context = {
        "account": user,
        "masked_phone": mask_phone(user.phone),
        "held": [(a, ROLES[a.role], paths[a.place], _span(a)) for a in held if a.role in ROLES],
        "ruling": ruling,
        "state_word": _account_state(user),
        "purpose_form": PurposeForm(),
        "has_second_factor": queries.has_second_factor(user),
        "manages": request.access.holds(SYSTEM_ADMIN),  # type: ignore[attr-defined]
        "appoints": request.access.holds(SECURITY_ADMIN),  # type: ignore[attr-defined]
    }
    return render(request, "people/account.html", context | more, status=status)


def _span(row: Appointment) -> tuple[Any, str]:
    """(state in words, kind of badge) of an appointment today."""
    today = timezone.localdate()
    if row.revoked_at is not None:
        return gettext_lazy("已撤销"), "void"
    if row.until_on is not None and row.until_on < today:
        return gettext_lazy("已期满"), "void"
    if row.since_on > today:
        return gettext_lazy("尚未开始"), "wait"
    return gettext_lazy("在任"), "done"


@needs(SYSTEM_ADMIN)
def edit_account(request: HttpRequest, pk: int) -> HttpResponse:
    """Mend a name or a telephone number; an empty number leaves it as it is."""
    user = _found(pk)
    form = AccountForm(request.POST or None, initial={"username": user.username, "name": user.name})
    form.fields["username"].disabled = True
    form.fields["phone"].help_text = _("不填则不改；现为 %(phone)s") % {
        "phone": mask_phone(user.phone) or _("未填")
    }
    if request.method == "POST" and form.is_valid():
        try:
            services.describe_account(
                by=request.user,
                user=user,
                name=form.cleaned_data["name"],
                phone=form.cleaned_data["phone"] or None,
                now=timezone.now(),
            )
        except Refused as refused:
            put_on(form, refused.ruling)
        else:
            messages.success(request, _("已保存"))
            return redirect("people:account", pk)
    context = {"form": form, "account": user}
    return render(request, "people/edit_account.html", context, status=_status(form))


@require_POST
@needs(SYSTEM_ADMIN)
def disable(request: HttpRequest, pk: int) -> HttpResponse:
    user = _found(pk)
    services.disable_account(by=request.user, user=user, now=timezone.now())
    messages.success(request, _("账号已停用，其登录已全部退出"))
    return redirect("people:account", pk)


@require_POST
@needs(SYSTEM_ADMIN)
def enable(request: HttpRequest, pk: int) -> HttpResponse:
    services.enable_account(by=request.user, user=_found(pk), now=timezone.now())
    messages.success(request, _("账号已启用"))
    return redirect("people:account", pk)


@require_POST
@never_cache
@needs(SYSTEM_ADMIN)
def reset(request: HttpRequest, pk: int) -> HttpResponse:
    handed = services.reset_password(by=request.user, user=_found(pk), now=timezone.now())
    return _show_password(request, handed)


@require_POST
@never_cache
@needs(SYSTEM_ADMIN, SECURITY_ADMIN)
def phone(request: HttpRequest, pk: int) -> HttpResponse:
    """The whole telephone number, for a purpose that is recorded."""
    user, form = _found(pk), PurposeForm(request.POST)
    if not form.is_valid():
        return _account(request, user, status=UNPROCESSABLE, purpose_form=form)
    services.open_phone(
        by=request.user, user=user, purpose=form.cleaned_data["purpose"], now=timezone.now()
    )
    return _account(request, user, phone=user.phone)


APPOINTMENT_COLUMNS = (
    Column(
        code="user",
        label=gettext_lazy("姓名"),
        value="user.name",
        sort="user__name",
        href=lambda row: reverse("people:account", args=[row.user_id]),
    ),
    Column(code="username", label=gettext_lazy("登录名"), value="user.username"),
    Column(
        code="role",
        label=gettext_lazy("职务"),
        value=lambda row: capfirst(say(ROLES[row.role])) if row.role in ROLES else row.role,
        sort="role",
    ),
    Column(code="path", label=gettext_lazy("在哪里"), value="path", sort="place"),
    Column(code="since_on", label=gettext_lazy("从"), kind="day", sort="since_on"),
    Column(code="until_on", label=gettext_lazy("到"), kind="day", sort="until_on"),
    Column(code="state", label=gettext_lazy("状态"), kind="state", value=_span),
)


def _chosen_appointments(request: HttpRequest) -> tuple[AppointmentsFilter, WithPaths]:
    form = AppointmentsFilter(request.GET)
    chosen = form.cleaned_data if form.is_valid() else {}
    rows = queries.appointments(
        request.access.scope(SECURITY_ADMIN),  # type: ignore[attr-defined]
        text=chosen.get("q", ""),
        role=chosen.get("role", ""),
        state=chosen.get("state", ""),
        on=timezone.localdate(),
    )
    return form, WithPaths(rows)


@require_safe
@needs(SECURITY_ADMIN)
def appointments(request: HttpRequest) -> HttpResponse:
    """Who holds which role where."""
    form, rows = _chosen_appointments(request)
    register = Register(
        request,
        rows=rows,
        columns=APPOINTMENT_COLUMNS,
        filters=form,
        new_url=reverse("people:appoint"),
        new_label=gettext_lazy("任命"),
        excel_out_url=reverse("people:appointments_excel"),
        empty_title=gettext_lazy("还没有任命"),
        empty_text=gettext_lazy("账号能做什么，只由职务决定：哪一项职务、在哪里、从何时到何时。"),
    )
    return render(request, register.template("people/appointments.html"), {"register": register})


@require_safe
@needs(SECURITY_ADMIN)
def appointments_excel(request: HttpRequest) -> HttpResponse:
    return excel(_("职务任命"), APPOINTMENT_COLUMNS, _chosen_appointments(request)[1])


@needs(SECURITY_ADMIN)
def appoint(request: HttpRequest) -> HttpResponse:
    """Give somebody a role at a place."""
    initial = {"user": request.GET.get("user", ""), "since_on": timezone.localdate()}
    form = AppointmentForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            made = services.appoint(by=request.user, **form.cleaned_data, now=timezone.now())
        except Refused as refused:
            put_on(form, refused.ruling)
        else:
            messages.success(
                request,
                _("已任命%(name)s为%(role)s")
                % {"name": made.user.name, "role": _(ROLES[made.role].name)},
            )
            return redirect("people:appointments")
    return render(request, "people/appoint.html", {"form": form}, status=_status(form))


@require_POST
@needs(SECURITY_ADMIN, of=Appointment)
def revoke(request: HttpRequest, appointment: Appointment) -> HttpResponse:
    services.revoke(by=request.user, appointment=appointment, now=timezone.now())
    messages.success(request, _("职务已撤销，立即生效"))
    return redirect("people:account", appointment.user_id)


@require_safe
@needs(SYSTEM_ADMIN, SECURITY_ADMIN)
def find(request: HttpRequest) -> HttpResponse:
    """?user=… → options for the list of a person field."""
    people = known_people(request.GET.get("user", ""), timezone.localdate())
    return render(request, "people/options.html", {"people": people})
