"""The rules of places. No database."""

from datetime import date

import pytest

from linli.kernel.rulings import ALLOWED
from linli.places import rules
from linli.places.rules import DoorRow


def texts(ruling):
    return [reason.text for reason in ruling.reasons]


@pytest.mark.parametrize(
    ("code", "name", "read"),
    [
        ("370614", "蓬莱区", "370614"),
        ("370614001", " 登州 街道 ", "370614001"),
        ("370614001001", "海滨社区", "370614001001"),
        ("370614001000", "登州街道", "370614001"),
        ("370614000000", "蓬莱区", "370614"),
        ("37061400100111100", "海滨社区", "370614001001"),
        ("3706 14001", "登州街道", "370614001"),
        ("37061", "蓬莱区", None),
        ("370614001001001", "碧海家园", None),
        ("蓬莱", "蓬莱区", None),
        ("370614", "", None),
        ("370614", "蓬莱\u202e区", None),
        ("", "", None),
    ],
)
def test_a_row_of_the_official_list_is_read_or_refused(code, name, read):
    division, ruling = rules.read_division(code, name, row=3)
    assert (division.code if division else None) == read
    assert ruling.allowed is (read is not None)
    assert all(reason.row == 3 for reason in ruling.reasons)


KNOWN = {"370614": "蓬莱区", "370614001": "登州街道", "370614002": "紫荆山街道"}


def plan(*rows, **more):
    return rules.plan_import(
        [(number, *row) for number, row in enumerate(rows, 2)], known=KNOWN, **more
    )


def test_a_list_is_compared_with_what_is_kept():
    found = plan(("370614001", "登州街道"), ("370614003", "新港街道"), ("370614002", "紫荆街道"))
    assert [d.code for d in found.new] == ["370614003"]
    assert [(d.name, old) for d, old in found.renamed] == [("紫荆街道", "紫荆山街道")]
    assert (found.same, found.changes, found.missing) == (1, 2, ())
    assert found.faults.allowed


def test_what_the_list_leaves_out_is_told_for_the_levels_it_covers():
    found = plan(("370614001", "登州街道"), ("370614001001", "海滨社区"))
    assert found.missing == (("370614002", "紫荆山街道"),)
    assert plan(("370614", "蓬莱区")).missing == ()


@pytest.mark.parametrize(
    ("rows", "fault"),
    [
        ([("371000001", "某街道")], "上级%(code)s（%(level)s）还没有录入"),
        ([("370614003", "甲"), ("370614003", "乙")], "代码%(code)s在表中已有，名称是“%(name)s”"),
        ([("370614009", "旧街道")], "代码%(code)s已停用，不能再用"),
    ],
)
def test_faults_of_a_list_point_at_their_rows(rows, fault):
    found = plan(*rows, closed={"370614009"})
    assert texts(found.faults) == [fault]
    assert found.faults.reasons[0].row == len(rows) + 1


def test_a_row_may_name_its_parent_further_down():
    assert plan(("370614005001", "新社区"), ("370614005", "新街道")).faults.allowed


def test_rows_of_other_counties_are_left():
    found = plan(("370614003", "新港街道"), ("230881001", "繁荣街道"), county="370614")
    assert (len(found.new), found.left) == (1, 1)


@pytest.mark.parametrize(
    ("code", "parents", "taken", "fault"),
    [
        ("370614001003", {"370614001"}, False, ""),
        ("370614001003", set(), False, "上级%(code)s还没有录入或已撤销"),
        ("370614001003", {"370614001"}, True, "代码%(code)s已经用过，代码不能重复使用"),
        ("370614", set(), False, ""),
        ("3706", set(), False, "“%(code)s”是%(found)s的代码，这里要%(wanted)s的代码"),
    ],
)
def test_a_place_is_added_below_what_is_there_under_a_new_code(code, parents, taken, fault):
    ruling = rules.may_add(code=code, name="某处", parents=parents, taken=taken)
    assert texts(ruling) == ([fault] if fault else [])


@pytest.mark.parametrize(
    ("changed", "fault"),
    [
        ({}, ""),
        ({"new": "370614001"}, "不能并入自己"),
        ({"new": "370614002001"}, "只能并入同一级的地方"),
        ({"old_closed": True}, "这个地方已撤销"),
        ({"new_closed": True}, "要并入的地方已撤销"),
        ({"new_follows_old": True}, "“并入”的关系不能循环"),
    ],
)
def test_a_place_takes_over_another_of_its_level_never_in_a_circle(changed, fault):
    given = {
        "old": "370614001",
        "new": "370614002",
        "old_closed": False,
        "new_closed": False,
        "new_follows_old": False,
    }
    assert texts(rules.may_succeed(**(given | changed))) == ([fault] if fault else [])


TOOK = [
    ("370614002", "370614001"),
    ("370614005001", "370614003001"),
    ("370614003001", "370614009009"),
]


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({"370614002"}, {"370614001"}),
        ({"370614005"}, {"370614003001", "370614009009"}),
        ({"370614003001"}, {"370614009009"}),
        ({"370614001"}, set()),
        ({"370614"}, {"370614001", "370614003001", "370614009009"}),
    ],
)
def test_rows_of_what_was_taken_over_belong_to_who_took_over(wanted, found):
    assert rules.predecessors(wanted, TOOK) == found


@pytest.mark.parametrize(
    ("place", "same", "wider"),
    [
        ("370614002", {"370614002"}, {"370614"}),
        ("370614001", {"370614001", "370614002"}, {"370614"}),
        ("370614001007", {"370614001007"}, {"370614001", "370614002", "370614"}),
        (
            "370614009009",
            {"370614009009", "370614003001", "370614005001"},
            {"370614009", "370614003", "370614005", "370614"},
        ),
    ],
)
def test_a_place_lies_in_all_that_its_heirs_lie_in(place, same, wider):
    found_same, found_wider = rules.around(place, TOOK)
    assert found_same == same
    assert {code for code in found_wider if len(code) in (6, 9, 12, 15)} == wider


@pytest.mark.parametrize(
    ("line", "first", "count", "off"),
    [
        ("2027-01-01 元旦", date(2027, 1, 1), 1, True),
        ("2027年2月5日至2027年2月11日 春节", date(2027, 2, 5), 7, True),
        ("2027.2.5-2.11 春节", date(2027, 2, 5), 7, True),
        ("2027/10/1~10/7国庆节", date(2027, 10, 1), 7, True),
        ("2027-02-14 上班", date(2027, 2, 14), 1, False),
    ],
)
def test_holidays_are_read_as_they_are_pasted(line, first, count, off):
    days, ruling = rules.read_holidays(f"\n{line}\n")
    assert ruling.allowed
    assert (days[0][0], len(days), days[0][1]) == (first, count, off)


@pytest.mark.parametrize("line", ["春节放假七天", "2027-13-01 元旦", "2027-02-11至2027-02-05 春节"])
def test_a_line_that_cannot_be_read_is_named(line):
    days, ruling = rules.read_holidays(f"2027-01-01 元旦\n{line}")
    assert len(days) == 1 and [reason.row for reason in ruling.reasons] == [2]


def test_a_year_s_table_has_each_day_once_and_its_source():
    days = [(date(2027, 1, 1), True), (date(2027, 1, 1), True)]
    ruling = rules.check_holidays(year=2027, days=days, check=ALLOWED, source=" ")
    assert texts(ruling) == ["日期重复：%(days)s", "请写明依据（国务院办公厅通知）"]


@pytest.mark.parametrize(
    ("text", "area", "good"),
    [
        ("89.52", 8952, True),
        ("89.5㎡", 8950, True),
        ("1,089.52 平方米", 108952, True),
        ("120", 12000, True),
        ("", None, True),
        ("89.525", None, False),
        ("0", None, False),
        ("-3", None, False),
        ("约90", None, False),
        ("9" * 12, None, False),
    ],
)
def test_areas_are_read_to_the_hundredth(text, area, good):
    found, ruling = rules.read_area(text)
    assert (found, ruling.allowed) == (area, good)


def test_all_faults_of_a_door_come_at_once_with_their_columns():
    values = {"building": "", "room": " ", "floor": "三层半", "area": "大"}
    door, ruling = rules.read_door(values, row=7)
    assert door is None
    assert {reason.field for reason in ruling.reasons} == {"building", "room", "floor", "area"}
    assert {reason.row for reason in ruling.reasons} == {7}


@pytest.mark.parametrize(
    ("name", "taken", "serial"),
    [
        ("3号楼", set(), 3),
        ("3号楼", {3}, 1),
        ("乙楼", {1, 2}, 3),
        ("A-3-2", set(), 1),
        ("1234号", {1}, 2),
        ("0号", set(), 1),
    ],
)
def test_a_new_building_gets_the_number_on_its_wall_or_the_next_free_one(name, taken, serial):
    assert rules.serial_for(name, taken=taken, width=3) == serial


def test_no_number_left_is_an_error():
    with pytest.raises(ValueError):
        rules.serial_for("楼", taken=set(range(1, 100)), width=2)


def test_a_list_of_doors_is_compared_with_those_kept():
    known = {("1号楼", "1单元", "101"): (1, 8952, ""), ("1号楼", "1单元", "102"): (1, 8952, "")}
    rows = [
        DoorRow(2, "1号楼", "1单元", "101", 1, 8952),
        DoorRow(3, "1号楼", "1单元", "102", None, 9000),
        DoorRow(4, "1号楼", "1单元", "201", 2, 8952, "第一网格"),
        DoorRow(5, "1号楼", "1单元", "201"),
        DoorRow(6, "1号楼", "1单元", "202", grid="第九网格"),
    ]
    plan = rules.plan_doors(rows, known=known, grids={"第一网格"})
    assert [row.row for row in plan.new] == [4]
    assert [row.row for row in plan.changed] == [3]
    assert plan.same == 1
    assert [(r.row, r.field) for r in plan.faults.reasons] == [(5, "room"), (6, "grid")]
