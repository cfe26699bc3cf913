"""Consultations: the register, calling one, signing in batches, ending it, its minutes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from linli.kernel.calendar import WORK
from linli.kernel.roles import DEPARTMENTS
from linli.kernel.rulings import Refused
from linli.leads import agendas, consulting, minutes, queries, rules, showing, verdicts
from linli.leads.forms import WAYS, ConsultationsFilter, ConveneForm, ProposalForm, ReasonForm
from linli.leads.models import Consultation, Item, Lead, Opinion
from linli.leads.verdicts import Decision
from linli.leads.views import UNPROCESSABLE
from linli.leads.who import CONFER, CONVENERS
from linli.places import queries as places
from linli.sources import lead_kinds
from linli.web.access import needs
from linli.web.reasons import put_on
from linli.web.registers import Register
from linli.web.templatetags.words import say


@never_cache
@require_safe
@needs(*CONFER)
def consultations(request: HttpRequest) -> HttpResponse:
    """Those that the reader's department is asked in, or convenes."""
    form = ConsultationsFilter(request.GET)
    told = form.cleaned_data if form.is_valid() else {}
    today, calendar = timezone.localdate(), places.calendar()
    seen = agendas.addressed(request.access, CONVENERS)  # type: ignore[attr-defined]
    rows = agendas.register(seen, text=told.get("q", ""), state=told.get("state", ""), today=today)
    table = Register(
        request,
        rows=rows,
        columns=showing.consultation_columns(calendar, today),
        filters=form,
        empty_title=gettext_lazy("还没有会商"),
        empty_text=gettext_lazy("在线索里选中几条，召集有关部门会商；各部门在期限内签署意见。"),
    )
    answer = render(request, table.template("leads/consultations.html"), {"register": table})
    answer["Vary"] = "HX-Request"
    return answer


# --- calling one --------------------------------------------------------------------------------


@require_POST
@never_cache
@needs(*CONVENERS)
def convene(request: HttpRequest) -> HttpResponse:
    """The ticked leads go on an agenda: what is proposed for each, who is asked, until when."""
    scope = request.access.scope(*CONVENERS)  # type: ignore[attr-defined]
    wanted = [int(n) for n in request.POST.getlist("row") if n.isdigit() and len(n) < 19]
    leads = list(queries.ready(scope).filter(pk__in=wanted)[: verdicts.MOST_ITEMS])
    if not leads:
        messages.warning(request, _("没有选中可以会商的线索：已在会商或已认定的不能再选"))
        return redirect("leads:register")
    left = len(set(wanted)) - len(leads)
    if left and "title" not in request.POST:
        messages.warning(request, _("另有%(n)s条已在会商或已认定，没有列入") % {"n": left})
    held = [role for role in CONVENERS if request.access.holds(role)]  # type: ignore[attr-defined]
    county, today = leads[0].county, timezone.localdate()
    sent = request.POST if "title" in request.POST else None
    proposals = [ProposalForm(sent, lead=lead) for lead in leads]
    form = ConveneForm(sent, conveners=held, initial=_initial(leads, today))
    if sent and form.is_valid() and all([each.is_valid() for each in proposals]):
        data = form.cleaned_data
        try:
            made = consulting.convene(
                by=request.user,
                county=county,
                proposals=[each.proposal for each in proposals],
                **data,
                now=timezone.now(),
            )
        except Refused as refused:
            put_on(form, refused.ruling)
        else:
            text = _("已召集会商%(number)s，%(n)s个部门在%(day)s前签署") % {
                "number": made.number,
                "n": len(data["departments"]),
                "day": made.due_on.isoformat(),
            }
            messages.success(request, text)
            return redirect("leads:consultation", pk=made.pk)
    showing.named(leads)
    context = {
        "form": form,
        "proposals": [
            (each, showing.kind_name(each.lead.kind_now), showing.where(each.lead))
            for each in proposals
        ],
    }
    status = UNPROCESSABLE if form.is_bound else 200
    return render(request, "leads/convene.html", context, status=status)


def _initial(leads: Sequence[Lead], today: date) -> dict[str, Any]:
    """The departments that the kinds of these leads concern, and the day the rules give."""
    kinds = lead_kinds()
    concerned = {code for lead in leads for code in kinds[lead.kind_now].departments}
    place = consulting.common_place(leads[0].county, leads)
    return {
        "title": _("%(place)s公共用房线索会商（%(day)s）")
        % {"place": places.name(place), "day": today.isoformat()},
        "departments": [role.code for role in DEPARTMENTS if role.code in concerned],
        "due_on": consulting.reply_by(today, place),
    }


# --- one consultation ---------------------------------------------------------------------------


def addressed_at(pk: int) -> Consultation:
    found = Consultation.objects.filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


class Reader:
    """What a reader is in a consultation: the departments they sign for, whether they convene."""

    def __init__(self, request: HttpRequest, held: Consultation) -> None:
        self.seats = agendas.seats(held)
        roles = {role.code for role in request.access.roles_at(held.place)}  # type: ignore[attr-defined]
        self.mine = [code for code in self.seats if code in roles]
        self.oversees = bool(roles & {role.code for role in CONVENERS})
        self.convenes = held.convener in roles
        if not (self.mine or self.oversees):
            raise Http404
        wanted = request.POST.get("role") or request.GET.get("for", "")
        self.role = wanted if wanted in self.mine else next(iter(self.mine), "")

    def sees_all(self, held: Consultation) -> bool:
        """Until the end a department sees its own opinions and who has signed, no more."""
        return self.oversees or held.closed_at is not None


@never_cache
@require_safe
@needs(*CONFER, of=addressed_at)
def consultation(request: HttpRequest, held: Consultation) -> HttpResponse:
    """The agenda: what waits on the reader's department, who has signed, what came of it."""
    return show(request, held)


def show(
    request: HttpRequest,
    held: Consultation,
    *,
    status: int = 200,
    ruling: Any = None,
    withdraw_form: Any = None,
) -> HttpResponse:
    """The page of a consultation; `ruling`: why what was sent is refused."""
    reader = Reader(request, held)
    today, calendar = timezone.localdate(), places.calendar()
    over = today > held.due_on
    items = agendas.items(held)
    showing.named([item.lead for item in items])
    said = agendas.opinions_of(held)
    numbers = consulting.numbers_of(held.place, held.on)
    stands = agendas.standings(held, items, numbers, over=over, said=said)
    rows = [_row(request, item, reader, said.get(item.pk, {}), stands[item.pk]) for item in items]
    absent = agendas.absent(held, items, said)
    open_ = held.closed_at is None
    waiting = [row for row in rows if row["mine"] is None]
    context = {
        "held": held,
        "rows": rows,
        "progress": showing.progress_of(held),
        "left": calendar.left(today, held.due_on, WORK),
        "convener": showing.role_name(held.convener),
        "seats": [
            (code, showing.role_name(code), len(absent.get(code, ()))) for code in reader.seats
        ],
        "reader": reader,
        "role_name": showing.role_name(reader.role),
        "others": [(code, showing.role_name(code)) for code in reader.mine if code != reader.role],
        "sees_all": reader.sees_all(held),
        "to_sign": waiting if open_ and reader.role and not over else [],
        "agenda": [row for row in rows if reader.sees_all(held) or over or row["mine"]],
        "may_withdraw": open_ and not over,
        "stances": verdicts.STANCES.items(),
        "tick": "tick" in request.GET,
        "to_conclude": open_
        and reader.convenes
        and (over or all(stand != verdicts.PENDING for stand, _n in stands.values())),
        "to_decide": [row for row in rows if row["how"] in (verdicts.TIED, verdicts.SHORT)],
        "ways": WAYS.items(),
        "signatures": [(one, consulting.holds(one)) for one in agendas.signatures(held)]
        if reader.sees_all(held)
        else [],
        "withdrawn": agendas.withdrawn(held) if reader.sees_all(held) else [],
        "ruling": ruling,
        "withdraw_form": withdraw_form or ReasonForm(auto_id="withdraw-%s"),
    }
    return render(request, "leads/consultation.html", context, status=status)


def _row(
    request: HttpRequest,
    item: Item,
    reader: Reader,
    said: dict[str, Opinion],
    stand: tuple[str, verdicts.Count],
) -> dict[str, Any]:
    """An item as the page shows it; what was typed stays when it was refused."""
    how, counted = stand
    sent = request.POST
    kinds = rules.CONCLUSIONS
    proposed = [kinds[item.conclusion]]
    if item.settled_kind:
        proposed.append(showing.kind_name(item.settled_kind))
    return {
        "item": item,
        "lead": item.lead,
        "kind": showing.kind_name(item.lead.kind),
        "where": showing.where(item.lead),
        "proposed": proposed,
        "changes": minutes.changes(item),
        "mine": said.get(reader.role),
        "stance": verdicts.STANCES.get(said[reader.role].stance) if reader.role in said else "",
        "said": [
            (
                showing.role_name(code),
                (verdicts.STANCES[said[code].stance], showing.STANCE_BADGES[said[code].stance])
                if code in said
                else None,
                said.get(code),
            )
            for code in reader.seats
        ],
        "standing": (
            (verdicts.OUTCOMES[item.outcome], showing.STANDING_BADGES[item.outcome])
            if item.outcome
            else (verdicts.STANDINGS[how], showing.STANDING_BADGES[how])
        ),
        "how": how,
        "count": counted,
        "ticked": str(item.pk) in sent.getlist("item"),
        "chosen": sent.get(f"stance-{item.pk}", verdicts.AGREE),
        "typed": sent.get(f"text-{item.pk}", "")[: verdicts.LONGEST_OPINION],
        "way": sent.get(f"way-{item.pk}", ""),
        "why": sent.get(f"why-{item.pk}", "")[: verdicts.LONGEST_WHY],
    }


@require_POST
@never_cache
@needs(*DEPARTMENTS, of=addressed_at)
def sign(request: HttpRequest, held: Consultation) -> HttpResponse:
    """One act of signing over the ticked items."""
    reader = Reader(request, held)
    ticked = [int(n) for n in request.POST.getlist("item") if n.isdigit() and len(n) < 19]
    opinions = {
        pk: (
            request.POST.get(f"stance-{pk}", ""),
            request.POST.get(f"text-{pk}", ""),
        )
        for pk in ticked
    }
    try:
        consulting.sign(
            by=request.user,
            consultation=held,
            role=request.POST.get("role") or reader.role,
            opinions=opinions,
            now=timezone.now(),
        )
    except Refused as refused:
        return show(request, held, status=UNPROCESSABLE, ruling=refused.ruling)
    messages.success(request, _("已签署%(n)s项") % {"n": len(opinions)})
    return redirect("leads:consultation", pk=held.pk)


def opinion_at(opinion: int) -> Opinion:
    found = Opinion.objects.select_related("item__consultation").filter(pk=opinion).first()
    if found is None:
        raise Http404
    return found


@require_POST
@never_cache
@needs(*DEPARTMENTS, of=opinion_at)
def withdraw(request: HttpRequest, opinion: Opinion) -> HttpResponse:
    """A department takes its opinion back, with a reason."""
    held = opinion.item.consultation
    Reader(request, held)
    form = ReasonForm(request.POST, auto_id="withdraw-%s")
    ruling = None
    if form.is_valid():
        try:
            consulting.withdraw(
                by=request.user, opinion=opinion, **form.cleaned_data, now=timezone.now()
            )
        except Refused as refused:
            ruling = refused.ruling
        else:
            messages.success(request, _("已撤回，可以重新签署"))
            return redirect("leads:consultation", pk=held.pk)
    return show(request, held, status=UNPROCESSABLE, ruling=ruling, withdraw_form=form)


@require_POST
@never_cache
@needs(*CONVENERS, of=addressed_at)
def conclude(request: HttpRequest, held: Consultation) -> HttpResponse:
    """The convener ends it; where opinions do not decide, with what they say to each item."""
    decisions = {}
    for item in agendas.items(held):
        if way := request.POST.get(f"way-{item.pk}", ""):
            decisions[item.pk] = Decision(way, request.POST.get(f"why-{item.pk}", ""))
    try:
        done = consulting.conclude(
            by=request.user, consultation=held, decisions=decisions, now=timezone.now()
        )
    except Refused as refused:
        return show(request, held, status=UNPROCESSABLE, ruling=refused.ruling)
    told = _("、").join(
        _("%(outcome)s%(n)s项") % {"outcome": say(verdicts.OUTCOMES[outcome]), "n": n}
        for outcome, n in done.facts.items()
    )
    messages.success(request, _("会商已结束：%(told)s") % {"told": told})
    return redirect("leads:consultation", pk=held.pk)


@never_cache
@require_safe
@needs(*CONFER, of=addressed_at)
def minutes_pdf(request: HttpRequest, held: Consultation) -> HttpResponse:
    """The minutes on paper; before the end a draft, for who convenes."""
    reader = Reader(request, held)
    if held.closed_at is None and not reader.oversees:
        raise Http404
    return minutes.answer(held, now=timezone.now())
