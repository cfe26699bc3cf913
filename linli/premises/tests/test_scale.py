"""Five thousand rooms in three hundred estates: a page asks no more of the database than for ten."""

from __future__ import annotations

from django.urls import reverse

from linli.kernel.roles import HOUSING
from linli.premises.models import Room
from tests.people import make_person
from tests.rooms import COUNTY, MOST, a_room, asked, estate_codes, lay

PAGES = ("register", "board", "map", "quotas")
FILTERS = ("?state=let&kind=community", "?look=over", "?look=no_photo", "?q=用房")


def test_no_page_asks_more_for_five_thousand_rooms_than_for_ten(people, clock):
    client = people.client(make_person("housing", "高强", HOUSING, COUNTY))
    urls = [reverse(f"premises:{name}") for name in PAGES]
    urls += [reverse("premises:register") + query for query in FILTERS]
    lay(estates=6, rooms=10)
    few = {url: asked(client, url) for url in urls}
    lay(estates=294, rooms=4990)
    many = {url: asked(client, url) for url in urls}
    assert many == few
    assert max(many.values()) <= MOST, many


def test_a_rooms_page_and_its_plan_ask_no_more_however_many_rooms_the_estate_has(people, clock):
    client = people.client(make_person("housing", "高强", HOUSING, COUNTY))
    lay(estates=1, rooms=2)
    (estate,) = estate_codes(1)
    room = Room.objects.earliest("pk")
    urls = [reverse("premises:room", args=[room.pk]), reverse("premises:plan", args=[estate])]
    few = [asked(client, url) for url in urls]
    Room.objects.bulk_create([a_room(100 + n, estate) for n in range(200)])
    assert [asked(client, url) for url in urls] == few
