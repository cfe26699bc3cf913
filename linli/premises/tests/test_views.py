"""The pages of rooms: who sees what, what is masked, what is refused and where it is said."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from linli.kernel.roles import CIVIL
from linli.places import services as places
from linli.premises import rules, services
from linli.premises.models import Room, RoomPaper
from linli.sheets.reading import read_workbook
from linli.trail.models import Look
from tests.books import NOW
from tests.people import ESTATE, OTHER, make_person

from .conftest import lease, picture

TODAY = timezone.localdate(NOW)
HX = {"HTTP_HX_REQUEST": "true"}

# --- the register -----------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["register", "board", "map"])
def test_everybody_sees_the_rooms_of_their_places_and_no_others(log_in, rooms, name):
    page = log_in("street").get(reverse(f"premises:{name}")).content.decode()
    assert "碧海家园" in page and "钟楼小区" not in page
    other = log_in("stranger").get(reverse(f"premises:{name}")).content.decode()
    assert "钟楼小区" in other and "碧海家园" not in other


def test_a_department_sees_the_whole_county_and_writes_nothing_unless_it_is_housing(
    log_in, people, rooms, housing
):
    civil = people.client(make_person("civil", "林敏", CIVIL, "370614"))
    page = civil.get(reverse("premises:register")).content.decode()
    assert "日间照料中心" in page and "钟楼照料站" in page and "登记用房" not in page
    assert civil.get(reverse("premises:room", args=[rooms[0].pk])).status_code == 200
    assert civil.post(reverse("premises:use", args=[rooms[0].pk])).status_code == 403
    assert (
        people.client(housing).get(reverse("premises:edit", args=[rooms[0].pk])).status_code == 200
    )


def test_a_room_of_another_street_is_not_there(log_in, rooms):
    far = rooms[2].pk
    for name in ("room", "edit", "new_lease"):
        assert log_in("street").get(reverse(f"premises:{name}", args=[far])).status_code == 404
    for name in ("use", "title", "spot", "end", "add_papers"):
        assert log_in("street").post(reverse(f"premises:{name}", args=[far])).status_code == 404


@pytest.mark.parametrize(
    ("query", "there"),
    [
        ("", {"日间照料中心", "底商"}),
        ("?kind=property", {"底商"}),
        ("?kind=community", {"日间照料中心"}),
        ("?state=idle", {"日间照料中心"}),
        ("?owner=owners", {"底商"}),
        ("?q=R000002", {"底商"}),
        ("?q=rjzl", {"日间照料中心"}),
        ("?q=碧海", {"日间照料中心", "底商"}),
        ("?q=王建国", set()),  # a person is not found by name
        ("?look=untitled", {"日间照料中心", "底商"}),
        ("?look=short", {"日间照料中心", "底商"}),
        ("?look=no_lease", {"底商"}),
        ("?look=over", set()),
        ("?look=ended", set()),
        ("?inside=370614001001", {"日间照料中心", "底商"}),
    ],
)
def test_filters_stand_in_the_address_and_hold_in_all_three_views(log_in, rooms, query, there):
    client = log_in("street")
    for name in ("register", "board"):
        page = client.get(reverse(f"premises:{name}") + query).content.decode()
        found = {room.name for room in rooms if f">{room.name}<" in page}
        assert found == there, name
    shown = client.get(reverse("premises:map") + query).context["register"].shown
    assert sum(one.total for one in shown["estates"]) == len(there)


def test_the_list_alone_is_answered_to_a_filter_with_tabs_that_carry_it(log_in, rooms):
    answer = log_in("street").get(reverse("premises:register") + "?state=let", **HX)
    page = answer.content.decode()
    assert "<html" not in page and 'id="register-tabs" hx-swap-oob="true"' in page
    assert f"{reverse('premises:map')}?state=let" in page


def test_a_persons_name_is_masked_in_list_board_excel_and_page(log_in, rooms):
    lease(rooms[1])
    client = log_in("street")
    pages = [
        client.get(reverse("premises:register")),
        client.get(reverse("premises:board")),
        client.get(reverse("premises:room", args=[rooms[1].pk])),
    ]
    for answer in pages:
        assert "王建国" not in answer.content.decode() and "王**" in answer.content.decode()
    assert "13805351234" not in pages[2].content.decode()
    book, _ruling = read_workbook(client.get(reverse("premises:excel")).content, name="x.xlsx")
    cells = [str(cell) for row in book.sheets[0].rows for cell in row]
    assert "王**" in cells and "王建国" not in cells


def test_what_is_written_out_can_be_brought_in_again(log_in, rooms):
    client = log_in("street")
    data = client.get(reverse("premises:excel")).content
    sheet = SimpleUploadedFile("台账.xlsx", data)
    answer = client.post(reverse("premises:import"), {"sheet": sheet})
    plan = answer.context["plan"]
    assert plan.same + len(plan.changed) == 2 and not plan.new, answer.context["faults"]


# --- one room ---------------------------------------------------------------------------------


def test_the_page_says_whose_the_room_is_where_its_rent_goes_and_what_does_not_fit(log_in, rooms):
    lease(rooms[1], until_on=date(2050, 1, 1))
    page = log_in("secretary").get(reverse("premises:room", args=[rooms[1].pk])).content.decode()
    for words in ("业主共有", "公共用房出租", "民法典第705条", "民法典第282条", "R000002"):
        assert words in page
    services.take_over(
        by=None,
        room=rooms[0],
        owner=rules.OWNERS,
        on=TODAY,
        ground="误移交",
        title_state=rules.NO_TITLE,
        now=NOW,
    )
    page = log_in("secretary").get(reverse("premises:room", args=[rooms[0].pk])).content.decode()
    assert "养老服务用房应归国有，现为业主共有" in page


def test_the_lessee_is_shown_in_full_once_for_a_purpose_and_the_look_is_kept(log_in, rooms):
    contract = lease(rooms[1])
    url = reverse("premises:lessee", args=[contract.pk])
    client = log_in("street")
    assert client.post(url, {"purpose": ""}).status_code == 422 and not Look.objects.exists()
    page = client.post(url, {"purpose": "联系清退"}).content.decode()
    assert "王建国" in page and "13805351234" in page
    assert Look.objects.get().purpose == "联系清退"
    again = client.get(reverse("premises:room", args=[rooms[1].pk])).content.decode()
    assert "王建国" not in again


def test_what_is_refused_stands_beside_its_field_and_nothing_is_lost(log_in, rooms):
    client = log_in("street")
    url = reverse("premises:use", args=[rooms[0].pk])
    told = {"state": "let", "since_on": "2026-06-01", "purpose": "药店", "occupant": ""}
    answer = client.post(url, told)
    page = answer.content.decode()
    assert answer.status_code == 422 and "请写明使用人" in page and 'value="药店"' in page
    assert client.post(url, told | {"occupant": "康宁药房"}).status_code == 302
    rooms[0].refresh_from_db()
    assert (rooms[0].state, rooms[0].occupant) == ("let", "康宁药房")


@pytest.mark.parametrize(
    ("told", "field"),
    [
        ({"planned_dm2": "0"}, "planned_dm2"),
        ({"planned_dm2": "1000000000"}, "planned_dm2"),
        ({"measured_dm2": "200000"}, "measured_dm2"),
        ({"kind": "pigsty"}, "kind"),
        ({"floor": "0"}, "floor"),
        ({"name": "日间照料中心", "kind": "elderly", "building": "3号楼"}, "name"),
        ({"place": OTHER}, "place"),
    ],
)
def test_a_new_room_that_cannot_be_is_refused(log_in, rooms, told, field):
    form = {
        "kind": "culture",
        "name": "邻里书屋",
        "place": ESTATE,
        "building": "2号楼",
        "state": "idle",
        "since_on": "2026-01-01",
        "owner": "unknown",
        "title_state": "none",
    }
    client = log_in("street")
    url = f"{reverse('premises:new')}?in={ESTATE}"
    answer = client.post(url, form | told)
    assert answer.status_code == 422 and field in answer.context["form"].errors
    assert Room.objects.count() == 3
    assert client.post(url, form).status_code == 302
    assert Room.objects.get(name="邻里书屋").code == "R000004"


def test_a_room_is_written_down_only_in_ones_own_estates(log_in, rooms):
    client = log_in("street")
    assert client.get(f"{reverse('premises:new')}?in={OTHER}").status_code == 404
    answer = client.get(reverse("premises:new"), {"estate": OTHER})
    assert answer.status_code == 422 and "不在您的辖区" in answer.content.decode()
    found = client.get(reverse("premises:new"), {"estate": ESTATE})
    assert found.status_code == 302 and found["Location"].endswith(f"?in={ESTATE}")


def test_a_building_gives_its_name_where_nothing_else_is_said(log_in, rooms):
    building = places.add_place(by=None, parent=ESTATE, level="building", name="9号楼", now=NOW)
    form = {
        "kind": "culture",
        "name": "邻里书屋",
        "place": building.place,
        "state": "idle",
        "since_on": "2026-01-01",
        "owner": "unknown",
        "title_state": "none",
    }
    log_in("street").post(f"{reverse('premises:new')}?in={ESTATE}", form)
    assert Room.objects.get(name="邻里书屋").building == "9号楼"


def test_photographs_are_seen_by_who_sees_the_room_and_by_nobody_else(log_in, people, rooms):
    client = log_in("street")
    url = reverse("premises:add_papers", args=[rooms[0].pk])
    assert client.post(url, {"kind": "photo", "papers": picture()}).status_code == 302
    paper = RoomPaper.objects.get()
    civil = people.client(make_person("civil", "林敏", CIVIL, "370614"))
    for one, status in ((client, 200), (civil, 200), (log_in("stranger"), 404)):
        for name in ("paper", "paper_small"):
            assert one.get(reverse(f"premises:{name}", args=[paper.pk])).status_code == status
    # A department opens a room's photograph, not the papers of the place.
    assert civil.get(reverse("files:download", args=[paper.file.pk])).status_code == 403
    assert client.post(reverse("premises:remove_paper", args=[paper.pk])).status_code == 302
    assert client.get(reverse("premises:paper", args=[paper.pk])).status_code == 404


def test_a_contract_of_a_person_is_a_personal_paper(log_in, rooms):
    form = {
        "lessor": "海滨物业",
        "lessee": "王建国",
        "person": "on",
        "from_on": "2026-01-01",
        "rent_fen": "3000",
        "per": "month",
        "paid_to": "owners",
        "papers": picture("合同.png"),
    }
    client = log_in("street")
    assert client.post(reverse("premises:new_lease", args=[rooms[1].pk]), form).status_code == 302
    paper = RoomPaper.objects.get()
    assert paper.file.personal and paper.contract.rent_fen == 300_000
    client.get(reverse("premises:paper", args=[paper.pk]))
    assert Look.objects.get().field == "file"


def test_ticked_rooms_are_told_of_together_and_rooms_of_others_are_left_out(log_in, rooms):
    client = log_in("street")
    rows = {"row": [room.pk for room in rooms], "act": "use"}
    page = client.post(reverse("premises:bulk"), rows).content.decode()
    assert "R000001" in page and "R000003" not in page
    told = {**rows, "state": "self_used", "occupant": "居委会", "since_on": "2026-10-01"}
    assert client.post(reverse("premises:bulk"), told).status_code == 302
    states = list(Room.objects.order_by("code").values_list("state", flat=True))
    assert states == ["self_used", "self_used", "idle"]


def test_a_domain_above_stands_on_the_page_of_a_room(rooms, people, log_in, monkeypatch):
    from linli.premises import offers

    monkeypatch.setattr(offers, "_offers", {})

    def later(access, room, today):
        yield offers.Section(code="later", title="后来的", empty="还没有")

    def earlier(access, room, today):
        item = offers.Item(
            title=f"{room.code}的事", url="/x/1/", text="说明", state=("在办", "open")
        )
        yield offers.Section(code="earlier", title="先来的", items=(item,))
        yield offers.Section(code="nothing", title="没有内容的")

    offers.offer(later, order=300)
    offers.offer(earlier, order=200)
    page = log_in("street").get(f"/rooms/{rooms[0].pk}/").content.decode()
    assert page.index("先来的") < page.index("后来的")
    assert f'<a href="/x/1/">{rooms[0].code}的事</a>' in page
    assert "没有内容的" not in page
