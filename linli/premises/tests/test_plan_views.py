"""The pages around the register: plans of estates, quotas, sheets brought in."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from linli.places import services as places
from linli.places.models import Figures, Place
from linli.premises import services
from linli.premises.models import Room, SitePlan
from linli.sheets.reading import read_workbook
from tests.books import NOW
from tests.people import ESTATE
from tests.rooms import register

from .conftest import lease, picture

TODAY = timezone.localdate(NOW)
HX = {"HTTP_HX_REQUEST": "true"}


def test_an_estates_plan_is_a_picture_or_its_buildings_and_the_list_is_beside_it(log_in, rooms):
    building = places.add_place(by=None, parent=ESTATE, level="building", name="3号楼", now=NOW)
    Room.objects.filter(pk=rooms[0].pk).update(place=building.place)
    client = log_in("street")
    url = reverse("premises:plan", args=[ESTATE])
    first = client.get(url).context
    assert [spot.key for spot in first["drawing"].spots] == [str(rooms[0].pk)]
    assert first["drawing"].basis == "grid" and first["left"] == 1
    assert (
        client.post(reverse("premises:keep_plan", args=[ESTATE]), {"plan": picture()}).status_code
        == 302
    )
    answer = client.get(url)
    assert answer.context["drawing"].basis == "picture" and answer.context["left"] == 2
    plan = SitePlan.objects.get()
    assert (
        client.get(reverse("premises:plan_picture", args=[plan.pk]))["Content-Type"] == "image/png"
    )
    services.place_on_plan(by=None, room=rooms[1], spot_x=250, spot_y=900, now=NOW)
    assert client.get(url).context["drawing"].spots[0].x == 250
    bad = SimpleUploadedFile("说明.pdf", b"%PDF-1.4\n", "application/pdf")
    answer = client.post(reverse("premises:keep_plan", args=[ESTATE]), {"plan": bad})
    assert answer.status_code == 422 and "须是图片" in answer.content.decode()


def test_places_that_are_drawn_lie_where_they_are_and_others_in_a_grid(log_in, rooms):
    client = log_in("street")
    assert client.get(reverse("premises:map")).context["register"].shown["drawing"].basis == "grid"
    square = [[120_700_000, 37_800_000], [120_710_000, 37_800_000], [120_710_000, 37_810_000]]
    places.draw(by=None, rings={ESTATE: square}, source="测绘", now=NOW)
    drawing = client.get(reverse("premises:map")).context["register"].shown["drawing"]
    assert drawing.basis == "outline" and [spot.key for spot in drawing.spots] == [ESTATE]


def test_the_quota_page_says_required_present_gap_and_what_is_missing(log_in, rooms):
    client = log_in("secretary")
    url = reverse("premises:quota", args=[ESTATE])
    assert "缺户数" in client.get(url).content.decode().replace("竣工日期、", "")
    form = {
        "household_count": "1260",
        "floor_dm2": "148,000",
        "completed_on": "2021-06-30",
        "as_of_on": "2026-01-01",
        "source": "竣工验收备案表",
    }
    assert client.post(reverse("premises:figures", args=[ESTATE]), form).status_code == 302
    page = client.get(url).content.decode()
    for words in ("252", "198.5", "53.5", "444 – 740", "山东养老条例第11条"):
        assert words in page
    listed = client.get(reverse("premises:quotas") + "?look=gap").content.decode()
    assert "碧海家园" in listed
    bad = form | {"above_dm2": "200,000", "as_of_on": "2030-01-01"}
    answer = client.post(reverse("premises:figures", args=[ESTATE]), bad)
    assert answer.status_code == 422 and {"above_dm2", "as_of_on"} <= set(
        answer.context["figures_form"].errors
    )
    assert Figures.objects.count() == 1


def test_a_community_is_counted_over_its_estates(log_in, rooms):
    estate = Place.objects.get(place=ESTATE)
    places.tell_figures(
        by=None, estate=estate, as_of_on=TODAY, source="摸底", household_count=1000, now=NOW
    )
    page = log_in("secretary").get(reverse("premises:quota", args=[ESTATE[:12]])).content.decode()
    assert "300" in page and "101.5" in page  # 30 m² a hundred households, 198.5 m² are there


def csv(*lines):
    head = "小区,坐落,用房名称,类别,规划面积,现状,占用方"
    return SimpleUploadedFile("台账.csv", "\n".join([head, *lines]).encode())


def test_a_sheet_is_looked_through_mended_and_written_and_nothing_before(log_in, rooms):
    client = log_in("street")
    sheet = csv("碧海家园,5号楼,茶室,茶室,50,闲置,", "碧海家园,6号楼,书屋,文体用房,0,闲置,")
    answer = client.post(reverse("premises:import"), {"sheet": sheet})
    assert answer.status_code == 200 and Room.objects.count() == 3
    context = answer.context
    assert (context["bad"], len(context["plan"].new)) == (2, 0)
    kept = {"file": context["file"].pk, "told": context["told"]}
    book, _ruling = read_workbook(
        client.post(reverse("premises:import_bad"), kept).content, name="x.xlsx"
    )
    assert len([row for row in book.sheets[0].rows if any(row)]) == 3
    mapped = {
        "file": kept["file"],
        "heading": [column["heading"] for column in context["columns"]],
        "field": [column["field"] for column in context["columns"]],
        "word": ["茶室"],
        "code": ["culture"],
    }
    again = client.post(reverse("premises:import_look"), mapped).context
    assert (again["bad"], len(again["plan"].new)) == (1, 1)
    kept = {"file": kept["file"], "told": again["told"]}
    assert client.post(reverse("premises:import_confirm"), kept).status_code == 409
    assert Room.objects.count() == 3
    assert client.post(reverse("premises:import_confirm"), kept | {"good": "1"}).status_code == 302
    assert Room.objects.get(name="茶室").kind == "culture"


def test_nobody_goes_on_with_a_file_that_somebody_else_brought(log_in, people, rooms):
    answer = log_in("street").post(
        reverse("premises:import"), {"sheet": csv("碧海家园,1,甲,养老用房,5,闲置,")}
    )
    kept = {"file": answer.context["file"].pk, "told": answer.context["told"]}
    assert log_in("secretary").post(reverse("premises:import_confirm"), kept).status_code == 404


@pytest.mark.parametrize("told", ["{", "[]", '{"columns": 1, "words": {}}', '{"columns": {}}'])
def test_a_mapping_that_was_tampered_with_is_not_found(log_in, rooms, told):
    client = log_in("street")
    answer = client.post(
        reverse("premises:import"), {"sheet": csv("碧海家园,1,甲,养老用房,5,闲置,")}
    )
    kept = {"file": answer.context["file"].pk, "told": told}
    assert client.post(reverse("premises:import_confirm"), kept).status_code == 404


def test_the_search_finds_rooms_and_the_desk_brings_leases_to_mind(log_in, rooms):
    client = log_in("street")
    lease(rooms[1])
    page = client.get(reverse("search:search") + "?q=R000001").content.decode()
    assert reverse("premises:room", args=[rooms[0].pk]) in page
    assert "look=over" in client.get(reverse("notices:desk")).content.decode()


def test_the_empty_sheet_names_every_column_and_what_may_stand_in_it(log_in, rooms):
    data = log_in("street").get(reverse("premises:import_template")).content
    book, _ruling = read_workbook(data, name="x.xlsx")
    assert "用房类别" in book.sheets[0].rows[0] and "闲置" in str(book.sheets[1].rows)


def test_text_that_people_wrote_is_escaped_on_the_map(log_in, rooms):
    register(name="<script>alert(1)</script>", kind="culture")
    for name in ("register", "board"):
        assert (
            "<script>alert"
            not in log_in("street").get(reverse(f"premises:{name}")).content.decode()
        )
    page = log_in("street").get(reverse("premises:plan", args=[ESTATE])).content.decode()
    assert "<script>alert" not in page
