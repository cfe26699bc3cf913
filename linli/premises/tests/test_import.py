"""Excel in: any list of rooms gives rooms or reasons; all of it, the good rows, or nothing."""

from __future__ import annotations

from datetime import date

import pytest
from django.utils import timezone

from linli.kernel.place import Scope
from linli.kernel.rulings import Refused
from linli.places import services as places
from linli.premises import importing, rules, services, sheet
from linli.premises.models import Room, Use
from linli.sheets.lists import Told
from tests.books import NOW
from tests.people import ESTATE

TODAY = timezone.localdate(NOW)
STREET = Scope.of("370614001")
HEAD = "小区,坐落,用房名称,类别,规划面积,实测面积,独立出入口,现状,占用方,启用日期,产权状态,备注"


def rows_of(*lines: str, head: str = HEAD, told: Told = Told()):  # noqa: B008
    data = "\n".join([head, *lines]).encode()
    found_in, found = sheet.LAYOUT.open(data, name="台账.csv", told=told)
    assert found is not None
    return sheet.read(found_in, found, told)


def plan_of(*lines: str, **more):
    read = rows_of(*lines, **more)
    made = importing.plan(read.rows, scope=STREET, today=TODAY)
    return read, made


def said(ruling) -> dict[tuple[int, str], str]:
    return {(reason.row, reason.field): str(reason) for reason in ruling.reasons}


GOOD = (
    "碧海家园,3号楼,日间照料中心,养老用房,200,198.5,有,闲置,,2025/3/1,未登记,",
    "碧海家园,会所,居委会,社区办公室,300,,是,自用,海滨社区居委会,2020年5月1日,无证,二楼漏水",
    "碧海家园,1号楼底商,便民药店,物业底商,80,80,否,出租,王建国,2024-01-01,首次登记在建设单位,",
)


def test_a_list_as_streets_keep_it_becomes_rooms_with_their_use(county):
    read, made = plan_of(*GOOD)
    assert not read.faults.reasons and not made.faults.reasons
    done = importing.import_rooms(by=None, rows=read.rows, scope=STREET, now=NOW)
    assert done.facts == {"new": 3, "changed": 0, "same": 0, "bad": 0}
    first, office, shop = Room.objects.order_by("code")
    assert (first.code, first.kind, first.measured_dm2, first.own_entrance) == (
        "R000001",
        "elderly",
        19850,
        True,
    )
    assert (office.kind, office.note) == ("community_office", "二楼漏水")
    assert (shop.occupant, shop.occupant_person, shop.owner) == ("王建国", True, rules.UNKNOWN)
    assert Use.objects.get(room=first).since_on == date(2025, 3, 1)


def test_the_same_list_again_changes_nothing_and_a_changed_cell_only_that(county):
    read, _made = plan_of(*GOOD)
    importing.import_rooms(by=None, rows=read.rows, scope=STREET, now=NOW)
    again, made = plan_of(*GOOD)
    assert made.counts == {"new": 0, "changed": 0, "same": 3}
    changed = (GOOD[0].replace("闲置,", "出租,康宁药房").replace("2025/3/1", "2026/9/1"), *GOOD[1:])
    read, made = plan_of(*changed)
    assert made.counts == {"new": 0, "changed": 1, "same": 2} and not made.faults.reasons
    importing.import_rooms(by=None, rows=read.rows, scope=STREET, now=NOW)
    room = Room.objects.get(code="R000001")
    assert (room.state, room.occupant) == (rules.LET, "康宁药房")
    assert [use.until_on for use in room.uses.all()] == [None, date(2026, 8, 31)]


def test_a_row_with_the_code_changes_that_room_and_empty_cells_change_nothing(room):
    head = "编码,备注,楼层"
    read, made = plan_of("R000001,门窗已换,", head=head)
    assert made.counts["changed"] == 1
    importing.import_rooms(by=None, rows=read.rows, scope=STREET, now=NOW)
    room.refresh_from_db()
    assert (room.note, room.floor, room.name) == ("门窗已换", 1, "日间照料中心")


@pytest.mark.parametrize(
    ("line", "where", "words"),
    [
        ("碧海家园,1,甲,养老用房,0,,有,闲置,,,,", "planned", "大于0"),
        ("碧海家园,1,甲,养老用房,1000000000,,有,闲置,,,,", "planned", "大于0"),
        ("碧海家园,1,甲,养老用房,200000,,有,闲置,,,,", "planned", "不超过"),
        ("碧海家园,1,甲,猪圈,10,,有,闲置,,,,", "kind", "猪圈"),
        ("碧海家园,1,甲,社区用房,10,,有,闲置,,,,", "kind", "哪一种"),
        ("碧海家园,1,甲,,10,,有,闲置,,,,", "kind", "缺少"),
        ("碧海家园,1,,养老用房,10,,有,闲置,,,,", "name", "缺少"),
        (",1,甲,养老用房,10,,有,闲置,,,,", "estate", "缺少"),
        ("不知名小区,1,甲,养老用房,10,,有,闲置,,,,", "estate", "没有小区"),
        ("钟楼小区,1,甲,养老用房,10,,有,闲置,,,,", "estate", "没有小区"),  # another street's
        ("碧海家园,1,甲,养老用房,10,,也许,闲置,,,,", "entrance", "是或否"),
        ("碧海家园,1,甲,养老用房,10,,有,睡着,,,,", "state", "睡着"),
        ("碧海家园,1,甲,养老用房,10,,有,,,,,", "state", "使用状态"),
        ("碧海家园,1,甲,养老用房,10,,有,出租,,,,", "occupant", "使用人"),
        ("碧海家园,1,甲,养老用房,10,,有,闲置,,2099/1/1,,", "since", "今天之后"),
        ("碧海家园,1,甲,养老用房,10,,有,闲置,,3月1日,,", "since", "没有年份"),
    ],
)
def test_a_row_that_cannot_be_says_why_in_its_cell(county, line, where, words):
    read, made = plan_of(line)
    found = said(read.faults & made.faults)
    assert words in found[2, where], found
    assert not made.new


def test_nothing_is_written_while_a_row_is_wrong_unless_the_good_ones_are_asked_for(county):
    lines = (*GOOD, "碧海家园,1,甲,养老用房,200000,,有,闲置,,,,")
    read, made = plan_of(*lines)
    assert made.counts["new"] == 3
    with pytest.raises(Refused):
        importing.import_rooms(by=None, rows=read.rows, scope=STREET, now=NOW)
    assert not Room.objects.exists()
    done = importing.import_rooms(by=None, rows=read.rows, scope=STREET, accept_good=True, now=NOW)
    assert done.facts["new"] == 3 and done.facts["bad"] == 1


def test_the_same_room_twice_in_a_sheet_is_told_with_the_first_row(county):
    _read, made = plan_of(GOOD[0], GOOD[0])
    assert "第2行" in str(made.faults)


def test_headings_and_words_that_nobody_knows_are_told_by_a_person(county):
    head = "楼盘,叫什么,属于,建面,现状"
    line = "碧海家园,邻里茶室,茶室,55.5,自用"
    found_in, found = sheet.LAYOUT.open(f"{head}\n{line}".encode(), name="表.csv")
    assert not sheet.LAYOUT.lacking(found).allowed
    told = Told({"estate": "楼盘", "name": "叫什么", "kind": "属于", "measured": "建面"}, {})
    read = rows_of(line, head=head, told=told)
    assert dict(read.unknown) == {"茶室": 1}
    told = Told(told.columns, {"茶室": "culture"})
    read, made = plan_of(line, head=head, told=told)
    assert made.counts["new"] == 1 and made.new[0].facts.measured_dm2 == 5550


def test_an_owner_is_never_changed_by_a_sheet(room):
    services.find_owner(by=None, room=room, owner=rules.STATE, on=TODAY, ground="会商", now=NOW)
    read, made = plan_of("R000001,业主共有", head="编码,产权人")
    assert "只因会商认定或移交变更" in str(made.faults)


def test_two_estates_of_one_name_are_told_apart_by_their_community(county):
    places.add_place(by=None, parent="370614001001", level="estate", name="海棠苑", now=NOW)
    places.add_place(by=None, parent="370614001001", level="estate", name="海棠苑", now=NOW)
    _read, made = plan_of("海棠苑,1,甲,养老用房,10,,有,闲置,,,,")
    assert "有几个小区" in str(made.faults)


def test_a_known_building_becomes_the_rooms_place(county):
    building = places.add_place(by=None, parent=ESTATE, level="building", name="3号楼", now=NOW)
    read, _made = plan_of(*GOOD)
    importing.import_rooms(by=None, rows=read.rows, scope=STREET, now=NOW)
    assert Room.objects.get(code="R000001").place == building.place
    assert Room.objects.get(code="R000002").place == ESTATE
