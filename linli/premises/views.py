"""The register of rooms as a list, a board and a map; one room's page."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from linli.kernel.place import Scope
from linli.kernel.roles import ROOM_KEEPERS, ROOM_READERS
from linli.kernel.rulings import Ruling, every, require
from linli.kernel.words import AnyOf, gettext_noop
from linli.places import queries as places
from linli.premises import offers, queries, quota, rules, showing
from linli.premises.forms import (
    EndForm,
    EndLeaseForm,
    PapersForm,
    PurposeForm,
    RoomsFilter,
    SpotForm,
    TitleForm,
    UseForm,
)
from linli.premises.models import Room
from linli.sheets.answers import excel
from linli.sources import category, room_kinds
from linli.trail import queries as trail
from linli.trail.acts import label as subject_of
from linli.trail.words import act_name
from linli.web.access import may, needs
from linli.web.context import Link
from linli.web.registers import Bulk, Register
from linli.web.templatetags.words import say

UNPROCESSABLE = 422
READERS = tuple(sorted(ROOM_READERS, key=lambda role: role.code))
KEEPERS = tuple(sorted(ROOM_KEEPERS, key=lambda role: role.code))
USE, TITLE, PAPERS, END, SPOT = "use-%s", "title-%s", "papers-%s", "end-%s", "spot-%s"
"""Ids of the small forms on a room's page, so that none stands there twice."""

LIST, BOARD, MAP = "premises:register", "premises:board", "premises:map"


def keeps(request: HttpRequest, place: str) -> Ruling:
    """Whether the reader writes the register at a place, and if not, who does."""
    return require(
        may(request, place, *KEEPERS),
        gettext_noop("用房台账由%(who)s登记"),
        who=AnyOf(role.name for role in KEEPERS),
    )


# --- the register -----------------------------------------------------------------------------


class Chosen:
    """What a reader narrowed the register to: the form, the rooms, their tally."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request
        self.scope: Scope = request.access.scope(*READERS)  # type: ignore[attr-defined]
        self.form = RoomsFilter(request.GET, inside=queries.inside_choices(self.scope))
        told = self.form.cleaned_data if self.form.is_valid() else {}
        self.rows = queries.register(
            self.scope,
            today=timezone.localdate(),
            text=told.get("q", ""),
            **{name: told.get(name, "") for name in ("inside", "kind", "state", "owner")},
            look=told.get("look", ""),
        )
        self.tally = queries.tally(self.rows)

    def register(self, *, view: str, **more: Any) -> Register:
        """The shell of all three views: filters, tabs, counts, buttons."""
        holds = self.request.access.holds(*KEEPERS)  # type: ignore[attr-defined]
        query = self.request.GET.copy()
        query.pop("page", None)
        tail = f"?{query.urlencode()}" if query else ""
        tabs = [
            Link(word, f"{reverse(name)}{tail}", icon, name == view)
            for name, word, icon in (
                (LIST, gettext_lazy("列表"), "layout-list"),
                (BOARD, gettext_lazy("看板"), "layout-kanban"),
                (MAP, gettext_lazy("地图"), "map-2"),
            )
        ]
        return Register(
            self.request,
            rows=showing.Rows(self.rows),
            columns=showing.COLUMNS,
            filters=self.form,
            total_count=self._total_count(),
            counted=self.tally.total,
            tabs=tabs,
            new_url=reverse("premises:new") if holds else "",
            new_label=gettext_lazy("登记用房"),
            excel_in_url=reverse("premises:import") if holds else "",
            excel_out_url=reverse("premises:excel"),
            empty_title=gettext_lazy("还没有登记公共用房"),
            empty_text=gettext_lazy(
                "一房一码：从 Excel 导入现有台账，或逐处登记社区配套用房和物业服务用房。"
            ),
            **more,
        )

    def _total_count(self) -> int:
        narrowed = any(self.request.GET.get(name) for name in self.form.fields)
        return queries.rooms(self.scope).count() if narrowed else self.tally.total


@never_cache
@require_safe
@needs(*READERS)
def register(request: HttpRequest) -> HttpResponse:
    """Every public room within scope, in the order of places."""
    chosen = Chosen(request)
    holds = request.access.holds(*KEEPERS)  # type: ignore[attr-defined]
    table = chosen.register(
        view=LIST,
        bulk=[Bulk(code="use", label=gettext_lazy("登记使用情况"), icon="edit")] if holds else (),
        bulk_url=reverse("premises:bulk"),
    )
    return _answer(request, table, chosen)


@never_cache
@require_safe
@needs(*READERS)
def board(request: HttpRequest) -> HttpResponse:
    """The same rooms in columns, by what is done with them."""
    chosen = Chosen(request)
    cards = queries.board(chosen.rows)
    showing.named([room for several in cards.values() for room in several])
    columns = [
        {
            "label": rules.STATES[state],
            "count": chosen.tally.counts[state],
            "cards": [_card(room) for room in several],
            "more_url": _narrowed(request, state)
            if chosen.tally.counts[state] > len(several)
            else "",
        }
        for state, several in cards.items()
    ]
    table = chosen.register(view=BOARD, instead="premises/board.html", shown=columns)
    return _answer(request, table, chosen)


def _card(room: Room) -> dict[str, Any]:
    facts = [getattr(room, "estate_name", ""), showing.kind_name(room.kind)]
    if room.area_dm2:
        facts.append(_("%(n)s平方米") % {"n": showing.area(room.area_dm2)})
    if who := showing.occupant_of(room):
        facts.append(who)
    url = reverse("premises:room", args=[room.pk])
    return {"title": room.name, "url": url, "text": " · ".join(say(fact) for fact in facts if fact)}


def _narrowed(request: HttpRequest, state: str) -> str:
    query = request.GET.copy()
    query["state"] = state
    return f"{reverse(LIST)}?{query.urlencode()}"


@never_cache
@require_safe
@needs(*READERS)
def map_view(request: HttpRequest) -> HttpResponse:
    """The same rooms by estate on a map, the list beside it."""
    chosen = Chosen(request)
    query = request.GET.copy()
    query.pop("page", None)
    drawing, listed = showing.overview(
        queries.by_estate(chosen.rows), chosen.scope, query=query.urlencode()
    )
    shown = {
        "drawing": drawing,
        "estates": listed,
        "placed": {spot.key for spot in drawing.spots},
        "legend": showing.legend(chosen.tally.counts, url=reverse(MAP), query=dict(query.lists())),
    }
    table = chosen.register(view=MAP, instead="premises/map.html", shown=shown)
    return _answer(request, table, chosen)


def _answer(request: HttpRequest, table: Register, chosen: Chosen) -> HttpResponse:
    context = {
        "register": table,
        "tally": chosen.tally,
        "area": showing.area(chosen.tally.area_dm2),
    }
    answer = render(request, table.template("premises/register.html"), context)
    answer["Vary"] = "HX-Request"
    return answer


@never_cache
@require_safe
@needs(*READERS)
def register_excel(request: HttpRequest) -> HttpResponse:
    """All rooms of the filter with every column; what is written out can be brought in again."""
    return excel(_("公共用房台账"), showing.COLUMNS, showing.Rows(Chosen(request).rows))


# --- one room ---------------------------------------------------------------------------------


@never_cache
@require_safe
@needs(*READERS, of=Room)
def room(request: HttpRequest, found: Room) -> HttpResponse:
    """One room: what it is, whose, who uses it, on what paper, and what happened."""
    return show(request, found)


def show(
    request: HttpRequest,
    found: Room,
    *,
    status: int = 200,
    opened: int = 0,
    lease_forms: dict[int, dict[str, Any]] | None = None,
    **forms: Any,
) -> HttpResponse:
    """The page of a room. `opened`: the lease whose lessee is shown in full; `forms`: those with
    faults, `lease_forms` by their lease."""
    today = timezone.localdate()
    (found,) = showing.named([found])
    kind = room_kinds()[found.kind]
    uses = queries.uses(found)
    rows = queries.contracts(found)
    told = [
        showing.lease(row, kind=found.kind, today=today, opened=row.pk == opened) for row in rows
    ]
    papers = queries.papers(found)
    owed = queries.owed([found.estate], on=today)[found.estate]
    context = {
        "room": found,
        "kind": kind,
        "top": room_kinds()[kind.top],
        "state_word": showing.state_of(found),
        "path": places.path(found.estate),
        "facts": _facts(found),
        "owner": rules.OWNERS_OF[found.owner],
        "owner_due": rules.OWNERS_OF[found.owner_due],
        "rent": category(*kind.rent.split(".")) if kind.rent else None,
        "doubts": _doubts(found, kind),
        "leases": [(each, *_of_lease(each, today, lease_forms or {})) for each in told],
        "uses": [(use, rules.STATES[use.state], showing.occupant_of(use)) for use in uses],
        "photos": [one for one in papers if one.file.is_picture],
        "papers": [(one, rules.PAPERS[one.kind]) for one in papers if not one.file.is_picture],
        "owed": owed,
        "checks": [one for one in owed.checks if found.kind in quota.family(one.rule.room)],
        "events": _events(found, uses, rows),
        "may": keeps(request, found.place)
        if not found.until_on
        else rules.not_ended(found.until_on),
        "title": rules.TITLES[found.title_state],
        "more": offers.offered(request.access, found, today),  # type: ignore[attr-defined]
        **_map(found),
        "use_form": UseForm(auto_id=USE, initial={"since_on": today, "state": found.state}),
        "title_form": TitleForm(auto_id=TITLE, initial=_title(found)),
        "papers_form": PapersForm(auto_id=PAPERS, initial={"kind": "photo", "shown_on": today}),
        "end_form": EndForm(auto_id=END, initial={"until_on": today}),
        "spot_form": SpotForm(
            auto_id=SPOT, initial={"spot_x": found.spot_x, "spot_y": found.spot_y}
        ),
        "spot_ids": (SPOT % "spot_x", SPOT % "spot_y"),
    }
    return render(request, "premises/room.html", context | forms, status=status)


def _of_lease(each: showing.Lease, today: Any, faulty: dict[int, dict[str, Any]]) -> tuple:
    """(form to end a lease, form to open its lessee), each with ids of its own."""
    pk = each.row.pk
    given = faulty.get(pk, {})
    return (
        given.get("end") or EndLeaseForm(auto_id=f"end-{pk}-%s", initial={"ended_on": today}),
        given.get("purpose") or PurposeForm(auto_id=f"purpose-{pk}-%s"),
    )


def _title(found: Room) -> dict[str, Any]:
    return {name: getattr(found, name) for name in ("title_state", "title_no", "title_on")}


def _map(found: Room) -> dict[str, Any]:
    drawing, left = showing.site(found.estate, [found])
    return {"drawing": drawing, "is_placed": not left}


def _facts(found: Room) -> list[tuple[Any, Any]]:
    answers = {True: _("是"), False: _("否"), None: _("未核")}
    return [
        (gettext_noop("楼栋位置"), found.building),
        (gettext_noop("楼层"), found.floor),
        (gettext_noop("规划面积"), _metres(found.planned_dm2)),
        (gettext_noop("实测面积"), _metres(found.measured_dm2)),
        (gettext_noop("独立出入口"), answers[found.own_entrance]),
        (gettext_noop("使用人"), showing.occupant_of(found)),
        (gettext_noop("备注"), found.note),
    ]


def _metres(area_dm2: int | None) -> str:
    return _("%(n)s平方米") % {"n": showing.area(area_dm2)} if area_dm2 else ""


def _doubts(found: Room, kind: Any) -> Ruling:
    """What on the register does not go together, each with its ground."""
    due, planned, measured = found.owner_due, found.planned_dm2 or 0, found.measured_dm2
    short = max(planned - measured, 0) if measured is not None else 0
    return every(
        [
            require(
                due == rules.UNKNOWN or found.owner in (due, rules.UNKNOWN),
                gettext_noop("%(kind)s应归%(due)s，现为%(owner)s"),
                *kind.cites,
                kind=kind.name,
                due=rules.OWNERS_OF[due],
                owner=rules.OWNERS_OF[found.owner],
            ),
            require(
                found.owner != rules.UNKNOWN or due == rules.UNKNOWN,
                gettext_noop("产权人待认定；按类别应归%(due)s"),
                *kind.cites,
                due=rules.OWNERS_OF[due],
            ),
            require(
                not short,
                gettext_noop("实测比规划少%(short)s平方米"),
                short=showing.area(short),
            ),
        ]
    )


def _events(found: Room, uses: list[Any], contracts: list[Any]) -> list[dict[str, Any]]:
    """What happened, newest first: acts of the trail, and the lines of use with their moments."""
    told: list[dict[str, Any]] = [
        {
            "at": line.at,
            "title": act_name(line.act),
            "text": "",
            "by": line.by.name if line.by else "",
        }
        for line in trail.about(subject_of(found))
        if line.done
    ]
    told += [
        {
            "at": passage.at,
            "title": rules.WAYS[passage.way],
            "text": _("%(from)s → %(to)s（%(ground)s）")
            % {
                "from": _(rules.OWNERS_OF[passage.from_owner]),
                "to": _(rules.OWNERS_OF[passage.to_owner]),
                "ground": passage.ground,
            },
            "by": passage.by.name if passage.by else "",
            "kind": "seal",
        }
        for passage in queries.passages(found)
    ]
    told += [
        {
            "at": use.told_at,
            "title": _("使用：%(state)s") % {"state": _(rules.STATES[use.state])},
            "text": "，".join(
                filter(None, (f"{use.since_on:%Y-%m-%d}", use.purpose, showing.occupant_of(use)))
            ),
            "by": use.told_by.name if use.told_by else "",
        }
        for use in uses
    ]
    told += [
        {
            "at": row.told_at,
            "title": _("租赁合同 %(number)s") % {"number": row.number},
            "text": f"{row.from_on:%Y-%m-%d} – {row.until_on:%Y-%m-%d}" if row.until_on else "",
            "by": row.told_by.name if row.told_by else "",
            "fen": row.rent_fen,
        }
        for row in contracts
    ]
    return sorted(told, key=lambda event: event["at"], reverse=True)[:60]


def done(found: Room, part: str = "") -> HttpResponse:
    """Back to the room after an act."""
    return redirect(f"{reverse('premises:room', args=[found.pk])}{part}")
