"""Adding, renaming, merging and importing places; doors, grids and holidays."""

from datetime import UTC, date, datetime

import pytest

from linli.kernel.place import Scope
from linli.kernel.rulings import Refused
from linli.places import imports, queries, services
from linli.places.models import Door, DoorGrid, Holiday, Place
from linli.places.rules import DoorRow
from linli.sheets.writing import Column, Table, write_xlsx
from linli.trail.models import Line

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 5, 2, tzinfo=UTC)
TODAY = date(2026, 11, 5)


def add(name, **more):
    return services.add_place(by=None, name=name, now=NOW, **more)


@pytest.fixture
def county():
    add("蓬莱区", code="370614")
    for code, name in (("370614001", "登州街道"), ("370614002", "紫荆山街道")):
        add(name, code=code)
    add("海滨社区", code="370614001001")
    return add("碧海家园", parent="370614001001", level="estate")


def texts(refused):
    return [reason.text for reason in refused.value.ruling.reasons]


def test_estates_and_grids_are_numbered_in_order_and_never_twice(county):
    second = add("海韵名都", parent="370614001001", level="estate")
    grid = add("第一网格", parent="370614001001", level="grid")
    assert (county.place, second.place, grid.place) == (
        "370614001001001",
        "370614001001002",
        "370614001001G001",
    )
    services.close_place(by=None, place=second, until_on=TODAY, now=NOW)
    assert add("观海苑", parent="370614001001", level="estate").place == "370614001001003"
    assert second.initials == "hymd"


def test_adding_leaves_one_line_at_the_place(county):
    line = Line.objects.filter(act="places.add").latest("pk")
    assert (line.place, line.subject) == (county.place, f"places.place:{county.pk}")


def test_a_place_without_its_parent_is_refused(county):
    with pytest.raises(Refused) as refused:
        add("某社区", code="370614009001")
    assert texts(refused) == ["上级%(code)s还没有录入或已撤销"]


def test_names_are_kept_with_their_days(county):
    services.rename_place(by=None, place=county, name="碧海花园", on=date(2026, 7, 1), now=NOW)
    assert queries.name_path(county.place) == "登州街道 › 海滨社区 › 碧海花园"
    assert queries.name_on(county.place, date(2026, 6, 30)) == "碧海家园"
    assert queries.name_on(county.place, date(2026, 7, 1)) == "碧海花园"


def test_a_merged_street_s_estates_are_found_under_the_new_name(county):
    old, new = queries.find("370614001"), queries.find("370614002")
    services.succeed(by=None, old=old, new=new, since_on=date(2026, 7, 1), now=NOW)
    assert queries.find("370614001").until_on == date(2026, 6, 30)
    assert queries.name_path(county.place) == "紫荆山街道 › 海滨社区 › 碧海家园"
    assert queries.predecessors(["370614002"]) == {"370614001"}
    with pytest.raises(Refused) as refused:
        services.succeed(by=None, old=new, new=old, since_on=TODAY, now=NOW)
    assert set(texts(refused)) == {"要并入的地方已撤销", "“并入”的关系不能循环"}


def test_a_place_with_others_in_it_is_not_given_up(county):
    with pytest.raises(Refused):
        services.close_place(by=None, place=queries.find("370614001"), until_on=TODAY, now=NOW)
    assert queries.find("370614001").until_on is None


LIST = (
    "代码,名称\n370614001,登州街道\n370614002000,紫荆街道\n370614003,新港街道\n230881001,繁荣街道\n"
)


def test_the_official_list_is_taken_over_whole(county):
    rows, ruling = imports.read_divisions(LIST.encode("gb18030"), name="区划.csv")
    assert ruling.allowed
    done = services.import_places(by=None, rows=rows, county="370614", now=NOW)
    assert done.facts == {"new": 1, "renamed": 1, "closed": 0}
    assert queries.name("370614002") == "紫荆街道"
    assert queries.name_on("370614002", date(2026, 11, 4)) == "紫荆山街道"
    again = queries.plan_places(rows=rows, county="370614")
    assert (again.changes, again.left) == (0, 1)


def test_a_faulty_row_leaves_everything_as_it_was(county):
    rows = [(2, "370614003", "新港街道"), (3, "3706", "什么")]
    with pytest.raises(Refused):
        services.import_places(by=None, rows=rows, county="370614", now=NOW)
    assert queries.find("370614003") is None


def test_what_the_list_leaves_out_is_closed_only_when_asked(county):
    rows = [(2, "370614002", "紫荆山街道")]
    services.import_places(by=None, rows=rows, now=NOW)
    assert queries.find("370614001").until_on is None
    services.import_places(
        by=None, rows=rows, close_missing=True, since_on=date(2026, 12, 1), now=NOW
    )
    assert queries.find("370614001").until_on == date(2026, 11, 30)


@pytest.mark.parametrize(
    ("heads", "good"), [("统计用区划代码,单位名称", True), ("编号,街道", False)]
)
def test_headings_are_known_by_several_names(heads, good):
    data = f"表一\n{heads}\n370614001,登州街道\n".encode()
    rows, ruling = imports.read_divisions(data, name="a.csv")
    assert ruling.allowed is good
    assert rows == ([(3, "370614001", "登州街道")] if good else [])


def sheet(*rows):
    heads = ("楼栋", "单元", "房号", "楼层", "面积", "网格")
    return write_xlsx([Table("户", [Column(head) for head in heads], rows)])


def bring(estate, *rows):
    read = imports.read_doors(*imports.DOORS.open(sheet(*rows), name="户.xlsx"))
    assert read.faults.allowed
    return services.import_doors(by=None, estate=estate, rows=read.rows, now=NOW)


ROWS = (
    ("1号楼", "1单元", "101", "1", "89.52", "第一网格"),
    ("1号楼", "2单元", "101", "1", "89.52", ""),
    ("别墅甲", "", "1", "", "", ""),
)


def test_an_estate_s_list_becomes_buildings_units_doors_and_grids(county):
    grid = add("第一网格", parent="370614001001", level="grid")
    done = bring(county, *ROWS)
    assert done.facts == {"new": 3, "changed": 0, "same": 0}
    found = {
        (row.building, row.unit, row.door.name): row for row in queries.door_rows(county.place)
    }
    first = found["1号楼", "1单元", "101"]
    assert (first.door.place, first.door.area_dm2, first.grid) == (
        f"{county.place}001010101",
        8952,
        "第一网格",
    )
    assert found["别墅甲", "", "1"].door.place == f"{county.place}002000001"
    assert queries.doors(grid.place).count() == 1
    assert bring(county, *ROWS).facts == {"new": 0, "changed": 0, "same": 3}


def test_only_what_differs_is_written_and_an_empty_cell_changes_nothing(county):
    bring(county, ("1号楼", "1单元", "101", "1", "89.52", ""))
    add("第一网格", parent="370614001001", level="grid")
    done = bring(county, ("1号楼", "1单元", "101", "", "90.00", "第一网格"))
    assert done.facts == {"new": 0, "changed": 1, "same": 0}
    door = Door.objects.get()
    assert (door.floor, door.area_dm2) == (1, 9000)
    assert queries.door_rows(county.place)[0].grid == "第一网格"


def test_a_faulty_list_of_doors_writes_nothing(county):
    rows = [DoorRow(2, "1号楼", "", "101"), DoorRow(3, "1号楼", "", "101")]
    with pytest.raises(Refused):
        services.import_doors(by=None, estate=county, rows=rows, now=NOW)
    assert not Door.objects.exists()


def test_importing_costs_the_same_queries_for_ten_doors_or_a_hundred(
    county, django_assert_max_num_queries
):
    rows = [DoorRow(n, "1号楼", "1单元", str(100 + n), 1, 9000) for n in range(1, 101)]
    with django_assert_max_num_queries(30):
        services.import_doors(by=None, estate=county, rows=rows, now=NOW)


def test_a_door_s_grid_is_dated(county):
    add("第一网格", parent="370614001001", level="grid")
    second = add("第二网格", parent="370614001001", level="grid")
    bring(county, ROWS[0])
    door = Door.objects.get().place
    services.put_in_grid(by=None, doors=[door], grid=second, since_on=date(2026, 12, 1), now=NOW)
    spans = DoorGrid.objects.order_by("since_on").values_list("grid", "since_on", "until_on")
    assert list(spans) == [
        ("370614001001G001", TODAY, date(2026, 11, 30)),
        ("370614001001G002", date(2026, 12, 1), None),
    ]
    with pytest.raises(Refused):
        services.put_in_grid(
            by=None,
            doors=["370614002001001001010101"],
            grid=second,
            since_on=TODAY,
            now=NOW,
        )


def test_a_year_s_holidays_are_replaced_whole(county):
    days = [(date(2027, 1, 1), True, "元旦"), (date(2027, 1, 3), False, "上班")]
    services.set_holidays(by=None, year=2027, days=days, source="国办发明电", now=NOW)
    calendar = queries.calendar()
    assert 2027 in calendar.years
    assert calendar.is_working_day(date(2027, 1, 3)) and not calendar.is_working_day(days[0][0])
    services.set_holidays(by=None, year=2027, days=days[:1], source="更正", now=NOW)
    assert Holiday.objects.filter(day__year=2027).count() == 1


@pytest.mark.parametrize(
    "days",
    [
        [(date(2026, 1, 1), True, "元旦")],
        [(date(2027, 1, 4), False, "上班")],
        [],
    ],
)
def test_a_table_that_cannot_be_one_is_refused(county, days):
    with pytest.raises(Refused):
        services.set_holidays(by=None, year=2027, days=days, source="国办发明电", now=NOW)


def test_the_tables_that_were_published_are_there_from_the_start(db):
    calendar = queries.calendar()
    assert {2024, 2025, 2026} <= calendar.years
    assert calendar.is_working_day(date(2026, 10, 10))  # a Saturday worked for National Day
    assert not calendar.is_working_day(date(2026, 10, 1))


def test_search_finds_by_name_initials_and_code_within_scope(county):
    add("海韵名都", parent="370614001001", level="estate")
    everything = Scope.of("370614")
    for text, names in (
        ("碧海", ["碧海家园"]),
        ("bhjy", ["碧海家园"]),
        ("海", ["海滨社区", "海韵名都", "碧海家园"]),
        ("370614002", ["紫荆山街道"]),
        ("没有", []),
    ):
        assert [place.name for place in queries.search(text, everything)] == names
    assert queries.search("碧海", Scope.of("370614002")) == []
    assert queries.search("碧海", Scope()) == []


def test_paths_of_many_places_take_as_many_queries_as_of_one(county, django_assert_num_queries):
    with django_assert_num_queries(1):
        queries.name_paths([county.place])
    with django_assert_num_queries(1):
        assert queries.name_paths([county.place, "370614001", "370614"]) == {
            county.place: "登州街道 › 海滨社区 › 碧海家园",
            "370614001": "登州街道",
            "370614": "蓬莱区",
        }


def test_an_unknown_code_is_its_own_name(db):
    assert queries.name_path("999999001") == "999999001"
    assert queries.path("") == ()


def test_the_database_refuses_a_code_of_another_level(db):
    from django.db import IntegrityError, transaction

    with pytest.raises(IntegrityError), transaction.atomic():
        Place.objects.create(place="370614", level="street", name="错")
