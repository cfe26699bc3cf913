"""What is written down about a room, and what is refused."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import timezone

from linli.kernel.rulings import Refused
from linli.premises import rules, services
from linli.premises.models import Passage, Room, Use
from linli.premises.rules import Facts
from linli.trail.models import Line
from tests.books import NOW
from tests.people import ESTATE, OTHER
from tests.rooms import register

TODAY = timezone.localdate(NOW)


def reasons(refused: pytest.ExceptionInfo[Refused]) -> dict[str, str]:
    return {reason.field: str(reason) for reason in refused.value.ruling.reasons}


def facts_of(room: Room, **changes: object) -> Facts:
    kept = {name: getattr(room, name) for name in Facts.__slots__}
    return Facts(**kept | changes)


def test_rooms_of_a_county_are_numbered_in_order_and_stay_so(county):
    first = register()
    second = register(name="社区食堂", place=OTHER)
    assert [first.code, second.code] == ["R000001", "R000002"]
    assert first.county == "370614"
    with pytest.raises(IntegrityError, match="room_keeps_its_code"), transaction.atomic():
        Room.objects.filter(pk=first.pk).update(code="R000009")
    with pytest.raises(DatabaseError), transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM premises_room WHERE id = %s", [second.pk])


def test_a_room_is_registered_with_its_first_line_of_use_and_one_line_of_the_trail(room):
    use = room.uses.get()
    assert (use.state, use.since_on, use.until_on) == (rules.IDLE, date(2026, 1, 1), None)
    line = Line.objects.get(act="premises.register")
    assert line.place == ESTATE and line.done


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"planned_dm2": 0}, "planned_dm2"),
        ({"measured_dm2": 10**11}, "measured_dm2"),
        ({"kind": "pigsty"}, "kind"),
        ({"kind": "community"}, "kind"),
        ({"floor": 0}, "floor"),
        ({"floor": 900}, "floor"),
        ({"name": "  "}, "name"),
        ({"place": "370614001"}, "place"),
        ({"place": "370614001001099"}, "place"),
        ({"since_on": TODAY + timedelta(1)}, "since_on"),
        ({"state": rules.LET}, "occupant"),
        ({"state": "asleep"}, "state"),
        ({"title_no": "鲁（2026）0001号"}, "title_state"),
        ({"owner": rules.OWNERS, "title_state": rules.TITLE_STATE}, "title_state"),
    ],
)
def test_what_cannot_be_is_refused_beside_its_field_and_leaves_nothing(county, changes, field):
    with pytest.raises(Refused) as refused:
        register(**changes)
    assert field in reasons(refused)
    assert not Room.objects.exists() and not Use.objects.exists()


def test_the_same_room_is_not_registered_twice_until_the_first_is_off_the_register(room):
    with pytest.raises(Refused) as refused:
        register(kind="elderly", name=" 日间照料中心 ")
    assert "R000001" in reasons(refused)["name"]
    services.end_room(by=None, room=room, until_on=TODAY, reason="并入2号楼", now=NOW)
    assert register().code == "R000002"


def test_a_new_use_ends_the_one_before_and_nothing_is_told_of_the_future(room):
    services.record_use(
        by=None,
        room=room,
        state=rules.LET,
        since_on=date(2026, 6, 1),
        occupant="康宁药房",
        purpose="药店",
        now=NOW,
    )
    room.refresh_from_db()
    assert (room.state, room.occupant) == (rules.LET, "康宁药房")
    now_used, before = room.uses.all()
    assert before.until_on == date(2026, 5, 31) and now_used.until_on is None
    with pytest.raises(Refused) as refused:
        services.record_use(
            by=None, room=room, state=rules.IDLE, since_on=date(2026, 5, 1), now=NOW
        )
    assert "2026-06-01" in reasons(refused)["since_on"]


def test_a_room_of_the_owners_never_passes_to_the_state(county):
    room = register(kind="property_office", name="物业办公室")
    with pytest.raises(Refused) as refused:
        services.take_over(
            by=None,
            room=room,
            owner=rules.STATE,
            on=TODAY,
            ground="移交协议1号",
            title_state=rules.TITLE_STATE,
            now=NOW,
        )
    (reason,) = refused.value.ruling.reasons
    assert reason.cites == ("民法典:274",) and "业主共有" in str(reason)
    assert not Passage.objects.exists()


def test_a_consultation_settles_what_was_unknown_and_only_a_handover_changes_it_after(room):
    room = services.find_owner(
        by=None, room=room, owner=rules.DEVELOPER, on=TODAY, ground="会商纪要1号", now=NOW
    )
    with pytest.raises(Refused) as refused:
        services.find_owner(
            by=None, room=room, owner=rules.STATE, on=TODAY, ground="会商纪要2号", now=NOW
        )
    assert "移交" in reasons(refused)["owner"]
    room = services.take_over(
        by=None,
        room=room,
        owner=rules.STATE,
        on=TODAY,
        ground="移交协议1号",
        subject="handover.handover:1",
        title_state=rules.TITLE_STATE,
        title_no="鲁（2026）蓬莱区不动产权第0001号",
        title_on=TODAY,
        now=NOW,
    )
    assert (room.owner, room.rent_goes_to) == (rules.STATE, "fiscal.state_rent")
    assert [p.to_owner for p in room.passages.all()] == [rules.DEVELOPER, rules.STATE]


def test_the_database_itself_refuses_another_owner_without_its_passage(room):
    with pytest.raises(IntegrityError, match="owner_changes_by_its_act"), transaction.atomic():
        Room.objects.filter(pk=room.pk).update(owner=rules.STATE)
    # A control: anything else of the same row may change.
    Room.objects.filter(pk=room.pk).update(note="窗户已修")


def test_a_room_stays_in_its_estate_and_its_kind_stays_once_it_passed(room):
    with pytest.raises(Refused) as refused:
        services.amend_room(by=None, room=room, facts=facts_of(room, place=OTHER), now=NOW)
    assert "place" in reasons(refused)
    services.find_owner(by=None, room=room, owner=rules.STATE, on=TODAY, ground="会商", now=NOW)
    with pytest.raises(Refused) as refused:
        facts = facts_of(room, kind="property_office")
        services.amend_room(by=None, room=room, facts=facts, now=NOW)
    assert "kind" in reasons(refused)
    amended = services.amend_room(by=None, room=room, facts=facts_of(room, floor=2), now=NOW)
    assert (amended.floor, amended.owner) == (2, rules.STATE)


def test_what_is_off_the_register_is_not_changed_any_more(room):
    services.end_room(by=None, room=room, until_on=TODAY, reason="误登", now=NOW)
    with pytest.raises(Refused) as refused:
        services.amend_room(by=None, room=room, facts=facts_of(room, floor=2), now=NOW)
    assert "已注销" in str(refused.value)
