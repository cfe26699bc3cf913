"""Beginning a handover, and the page of one."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from linli.cases import queries as cases
from linli.handover import (
    flow,
    forms,
    queries,
    rules,
    services,
    showing,
    site_rules,
    tax_rules,
)
from linli.handover.dossier import Dossier
from linli.handover.models import Handover
from linli.handover.views import OPENERS, READERS, UNPROCESSABLE, WRITERS
from linli.kernel.calendar import WORK
from linli.kernel.roles import ROLES, Role
from linli.kernel.rulings import ALLOWED, Refused, Ruling, every
from linli.kernel.words import gettext_noop
from linli.people import queries as people
from linli.places import queries as places
from linli.premises import queries as premises
from linli.premises import rules as rooms
from linli.sources import number, room_kinds
from linli.sources.procedures import ACCEPT, AGREE, COMPLETE, TAX, TRANSFER
from linli.web.access import may, needs
from linli.web.reasons import put_on

CONFLICT = 409


# --- beginning --------------------------------------------------------------------------------------


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs(*OPENERS)
def new(request: HttpRequest) -> HttpResponse:
    """Choose a room, then say who hands over and who receives."""
    scope = request.access.scope(*OPENERS)  # type: ignore[attr-defined]
    asked = request.GET.get("room", "")
    room = premises.rooms(scope).filter(pk=asked).first() if asked.isdigit() else None
    if asked and room is None:
        raise Http404
    if room is None:
        return _choose(request, scope)
    form = forms.OpenForm(request.POST or None, initial=_receiver(room))
    if request.method == "POST" and form.is_valid():
        try:
            made = services.open_handover(
                by=request.user, room=room, **form.cleaned_data, now=timezone.now()
            )
        except Refused as refused:
            put_on(form, refused.ruling)
        else:
            messages.success(request, _("已开办，编号%(number)s") % {"number": made.number})
            return done(made)
    running = queries.running(room)
    context = {
        "form": form,
        "room": room,
        "kind": room_kinds()[room.kind],
        "path": places.path(room.place[:15]),
        "stop": rules.may_be_begun(kind=room.kind, owner=room.owner, state=room.state)
        & rules.is_free(running=running),
        "procedure": flow.in_force(room.place, timezone.localdate()),
    }
    status = UNPROCESSABLE if form.is_bound and form.errors else 200
    return render(request, "handover/new.html", context, status=status)


def _receiver(room: Any) -> dict[str, str]:
    street = places.name(room.place[:9])
    return {"receiver": f"{street}办事处" if street else "", "receiver_kind": "street"}


def _choose(request: HttpRequest, scope: Any) -> HttpResponse:
    """Rooms that could be handed over and are in no handover yet."""
    form = forms.RoomForm(request.GET or None)
    text = form.cleaned_data["q"] if form.is_bound and form.is_valid() else ""
    rows = premises.register(scope, today=timezone.localdate(), text=text)
    due = [code for code, kind in room_kinds().items() if kind.owner == rooms.STATE]
    rows = queries.free(rows.filter(kind__in=due))
    rows = rows.exclude(owner=rooms.STATE).exclude(state=rooms.UNBUILT)
    found = [(room, room_kinds()[room.kind].name) for room in rows[:50]]
    names = places.name_paths({room.place[:15] for room, _kind in found})
    shown = [(room, kind, names.get(room.place[:15], "")) for room, kind in found]
    return render(request, "handover/choose.html", {"form": form, "rooms": shown, "text": text})


# --- the page ---------------------------------------------------------------------------------------


@never_cache
@require_safe
@needs(*READERS, of=Handover)
def handover(request: HttpRequest, found: Handover) -> HttpResponse:
    """One handover: where it stands, what is next and whose turn it is, and all that was brought."""
    return show(request, found)


def show(
    request: HttpRequest,
    found: Handover,
    *,
    ruling: Ruling = ALLOWED,
    status: int = 200,
    bound: tuple[str, str, Any] | None = None,
) -> HttpResponse:
    """The page. `ruling`: why the last act was refused; `bound`: (form, of which, the form)."""
    today = timezone.localdate()
    dossier = Dossier(found)
    roles = frozenset(request.access.roles_at(found.place))  # type: ignore[attr-defined]
    lines, due_fen, unconfirmed = showing.taxes(dossier)
    accept, tax = dossier.step_that(ACCEPT), dossier.step_that(TAX)
    papers = _papers(dossier, roles, today)
    batch = dossier.entry.batch if dossier.entry else None
    context = {
        "handover": found,
        "room": found.room,
        "kind": room_kinds()[found.room.kind],
        "path": places.path(found.place[:15]),
        "state": _state(found),
        "steps": _steps(dossier, today),
        "turns": [_turn(request, dossier, step, roles, today) for step in dossier.open_steps],
        "now": ACCEPT if accept in dossier.open_steps else TAX if tax in dossier.open_steps else "",
        "refused": ruling,
        "facts": _facts(found, dossier),
        "warning": rules.receiver_warning(found.receiver_kind),
        "papers": papers,
        "ahead": [row for row in papers if not row["is_reached"]],
        "items": showing.items(dossier),
        "site_form": site_form(dossier, roles, today),
        "may_find": accept in dossier.open_steps,
        "unseen": set(dossier.procedure.items) - set(dossier.findings),
        "accept_on": accept in dossier.reached,
        "may_defect": dossier.may_touch(accept, roles),
        "defects": _defects(request, dossier, roles, today),
        "open_count": len(dossier.open_defects),
        "defect_form": forms.DefectForm(auto_id="defect-%s"),
        "lines": _lines(request, dossier, lines, roles),
        "due_fen": due_fen,
        "unconfirmed": unconfirmed,
        "tax_on": tax in dossier.reached,
        "notices": [(each, dossier.name(each.step)) for each in dossier.notices],
        "signed": [
            (dossier.name(each.step), ROLES[each.role].name, each) for each in dossier.signatures
        ],
        "batch": batch,
        "sees_batch": bool(batch and request.access.roles_at(batch.place)),  # type: ignore
        "events": showing.events(found, dossier),
        "drop_form": forms.DropForm(auto_id="drop-%s"),
        "may_drop": not found.outcome
        and not dossier.signed
        and may(request, found.place, *OPENERS),
        "writes": bool(roles & set(WRITERS)) and not found.outcome,
    }
    if bound:
        _put_back(context, bound)
    return render(request, "handover/handover.html", context, status=status)


def _put_back(context: dict[str, Any], bound: tuple[str, str, Any]) -> None:
    """A form with faults takes the place of the fresh one."""
    name, of, form = bound
    if name == "tax":
        context["lines"] = [
            replace(t, form=form) if t.plan.code == of else t for t in context["lines"]
        ]
    elif name in ("mend", "check"):
        for row in context["defects"]:
            if str(row["defect"].pk) == of:
                row[f"{name}_form"] = form
    elif name in ("paper", "promise"):
        for row in context["papers"]:
            if row["step"].code == of:
                row[f"{name}_form"] = form
    elif name in ("pass", "back", "sign", "complete"):
        for turn in context["turns"]:
            if turn["code"] == of:
                turn[f"{name}_form"] = form
    else:
        context[f"{name}_form"] = form


def _state(found: Handover) -> tuple[Any, str]:
    if found.outcome:
        return rules.ENDS[found.outcome], showing.BADGES[found.outcome]
    return rules.ENDS[rules.RUNNING], "open"


def _steps(dossier: Dossier, today: Any) -> list[Any]:
    return cases.progress(dossier.handover.case, on=today)


def _turn(
    request: HttpRequest, dossier: Dossier, step: str, roles: frozenset, today: Any
) -> dict[str, Any]:
    """A step whose turn it is: until when, by whom, what it lacks, and the forms to do it."""
    told, plan = dossier.procedure.flow.step(step), dossier.plan(step)
    calendar = places.calendar()
    due = dossier.handover.case.waits.filter(step=step).values_list("due_on", flat=True).first()
    wanted = flow.signers(dossier.procedure, step)
    passing = forms.TitleForm if plan.does == TRANSFER else forms.PassForm
    may_sign = dossier.is_turn(step) & rules.may_sign(
        roles=roles, wanted=wanted, signed=dossier.signed_by(step)
    )
    return {
        "code": step,
        "step": told,
        "does": plan.does,
        "who": tuple(role.name for role in told.by),
        "due": due,
        "left": calendar.left(today, due, WORK) if due else None,
        "gap": calendar.gaps(today, due) if due else ALLOWED,
        "signers": showing.signatures(dossier, step),
        "may_sign": may_sign,
        "sign_form": forms.SignForm(auto_id=f"sign-{step}-%s", initial={"step": step}),
        "lacks": dossier.is_ready(step),
        "may_pass": dossier.may_pass(step, by=request.user, roles=roles),
        "pass_form": passing(auto_id=f"pass-{step}-%s", initial={"step": step, "title_on": today}),
        "complete_form": forms.CompleteForm(
            auto_id="complete-%s",
            initial={"occupant": dossier.handover.receiver, "use": rooms.SELF_USED},
        )
        if plan.does == COMPLETE
        else None,
        "back": dossier.procedure.flow.step(told.back) if told.back else None,
        "may_back": dossier.may_return(step, by=request.user, roles=roles) if told.back else None,
        "back_form": forms.BackForm(auto_id=f"back-{step}-%s", initial={"step": step}),
        "is_agree": plan.does == AGREE,
    }


def _facts(found: Handover, dossier: Dossier) -> list[tuple[Any, Any]]:
    batch = dossier.entry.batch if dossier.entry else None
    told = [
        (gettext_noop("移交方"), found.developer),
        (gettext_noop("接收单位"), found.receiver),
        (gettext_noop("接收单位的性质"), _(rules.RECEIVERS[found.receiver_kind])),
        (gettext_noop("协议编号"), batch.agreement_no if batch else ""),
        (gettext_noop("不动产权证号"), found.title_no),
        (gettext_noop("登记日期"), found.title_on),
        (gettext_noop("固定资产卡片编号"), found.card_no),
        (gettext_noop("终止原因"), found.why_ended),
    ]
    return [(label, value) for label, value in told if value]


def _papers(dossier: Dossier, roles: frozenset, today: Any) -> list[dict[str, Any]]:
    rows = []
    most = number("handover_promise_most_days", on=today, place=dossier.handover.place)
    for each in showing.papers(dossier, today):
        plan = dossier.plan(each.code)
        lacking = [code for code in each.missing if code not in plan.must]
        allowed = dossier.may_touch(each.code, roles)
        rows.append(
            {
                "step": each,
                "is_reached": each.code in dossier.reached,
                "may": allowed,
                "most_days": most,
                "paper_form": forms.PaperForm(
                    auto_id=f"paper-{each.code}-%s", procedure=dossier.procedure, plan=plan
                ),
                "promise_form": forms.PromiseForm(
                    auto_id=f"promise-{each.code}-%s",
                    procedure=dossier.procedure,
                    step=each.code,
                    kinds=lacking,
                )
                if lacking
                else None,
            }
        )
    return rows


def site_form(
    dossier: Dossier, roles: frozenset[Role], today: date, data: Any = None
) -> forms.SiteForm:
    """The form of the items that the reader answers for; what was measured before stands in it."""
    plans = [
        item
        for item in dossier.procedure.items.values()
        if any(ROLES[code] in roles for code in item.by)
    ]
    initial: dict[str, Any] = {"seen_on": today}
    if measured := dossier.handover.room.measured_dm2:
        initial["value_area"] = measured
    return forms.SiteForm(data, auto_id="site-%s", plans=plans, initial=initial)


def _defects(
    request: HttpRequest, dossier: Dossier, roles: frozenset, today: Any
) -> list[dict[str, Any]]:
    allowed = dossier.may_touch(dossier.step_that(ACCEPT), roles)
    mine = people.one_person(request.user)
    return [
        {
            "defect": defect,
            "item": dossier.procedure.items[defect.item].name
            if defect.item in dossier.procedure.items
            else "",
            "state": (rules.DEFECTS[defect.state], showing.DEFECT_BADGES[defect.state]),
            "left": None if defect.closed_at else (defect.due_on - today).days,
            "may": allowed,
            "may_check": allowed
            & site_rules.may_check(
                state=defect.state, good=True, text="", mended_it=defect.mended_by_id in mine
            ),
            "mend_form": forms.MendForm(auto_id=f"mend-{defect.pk}-%s"),
            "check_form": forms.CheckForm(auto_id=f"check-{defect.pk}-%s"),
        }
        for defect in dossier.defects
    ]


def _lines(request: HttpRequest, dossier: Dossier, lines: list[Any], roles: frozenset) -> list[Any]:
    """The worksheet, with forms where the reader may write or confirm a line."""
    tax, transfer = dossier.step_that(TAX), dossier.step_that(TRANSFER)
    writes = every(
        [
            dossier.may_touch(tax, roles),
            rules.not_over(done=transfer in dossier.fold.done, name=dossier.name(transfer)),
        ]
    ).allowed
    mine = people.one_person(request.user)
    found = []
    for shown in lines:
        line = shown.line
        initial = _line(shown) if line else {"tax": shown.plan.code}
        form = forms.TaxForm(auto_id=f"tax-{shown.plan.code}-%s", plan=shown.plan, initial=initial)
        confirm = None
        if writes and line and not line.confirmed_at:
            confirm = tax_rules.may_confirm_tax(
                confirmed=False,
                told_it=line.told_by_id in mine,
                roles=roles,
                checkers=flow.TAX_CHECKERS,
            )
        found.append(replace(shown, form=form if writes else None, may_confirm=confirm))
    return found


def _line(shown: Any) -> dict[str, Any]:
    line = shown.line
    grounds = [str(words) for words, _cite in shown.plan.exempt]
    exempt = grounds.index(line.exempt_text) if line.exempt_text in grounds else None
    names = ("tax", "basis_fen", "ppm", "amount_fen", "note")
    return {name: getattr(line, name) for name in names} | {"exempt": exempt}


@require_POST
@needs(*OPENERS, of=Handover)
def drop(request: HttpRequest, found: Handover) -> HttpResponse:
    """Give the handover up."""
    form = forms.DropForm(request.POST, auto_id="drop-%s")
    return told(
        request,
        found,
        ("drop", "", form),
        lambda data: services.drop_handover(
            by=request.user, handover=found, **data, now=timezone.now()
        ),
    )


# --- what all forms of the page share ---------------------------------------------------------------


def told(
    request: HttpRequest, found: Handover, bound: tuple[str, str, Any], act: Any, part: str = ""
) -> HttpResponse:
    """Do what a form of the page asks and come back; or the page again, with what is wrong."""
    form = bound[2]
    if form.is_valid():
        try:
            act(form.cleaned_data)
        except Refused as refused:
            put_on(form, refused.ruling)
            found.refresh_from_db()
            return show(request, found, ruling=refused.ruling, status=CONFLICT, bound=bound)
        messages.success(request, _("已保存"))
        return done(found, part)
    return show(request, found, status=UNPROCESSABLE, bound=bound)


def done(found: Handover, part: str = "") -> HttpResponse:
    """Back to the handover after an act."""
    return redirect(f"{reverse('handover:handover', args=[found.pk])}{part}")
