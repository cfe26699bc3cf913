import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from linli.mentoring import services
from linli.mentoring.models import Log, Mentor, Pair
from linli.mentoring.tests.conftest import NOW, TEXT, a_mentor, served, wants

pytestmark = pytest.mark.django_db


def client_of(user):
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: NOW)


def test_a_pair_is_shown_to_its_sides_and_to_who_reads_the_corps_there(
    pair, old_hand, learner, keeper, secretary, stranger
):
    address = reverse("mentoring:pair", args=[pair.pk])
    for user in (old_hand, learner, keeper, secretary):
        assert client_of(user).get(address).status_code == 200
    assert client_of(stranger).get(address).status_code == 404


def test_neither_side_reads_the_other_before_both_have_written(pair, old_hand, learner, keeper):
    write = reverse("mentoring:log", args=[pair.pk, "2026-08"])
    told = {"on": "2026-08-12", "text": TEXT}
    assert client_of(old_hand).post(write, told).status_code == 302
    address = reverse("mentoring:pair", args=[pair.pk])
    assert TEXT not in client_of(learner).get(address).content.decode()
    assert TEXT in client_of(keeper).get(address).content.decode()
    client_of(learner).post(write, told | {"text": "学到先共情再讲政策，记录还要细。"})
    assert TEXT in client_of(learner).get(address).content.decode()
    page = client_of(learner).post(write, told)
    assert page.status_code == 422 and "已封存" in page.content.decode()


def test_what_was_typed_stays_when_it_is_refused(pair, old_hand):
    page = client_of(old_hand).post(
        reverse("mentoring:log", args=[pair.pk, "2026-08"]), {"on": "2026-07-01", "text": TEXT}
    )
    assert page.status_code == 422 and TEXT in page.content.decode()
    assert not Log.objects.exists()


def test_nobody_else_writes_into_a_pair(pair, stranger, secretary):
    address = reverse("mentoring:log", args=[pair.pk, "2026-08"])
    for user in (stranger, secretary):
        told = {"on": "2026-08-12", "text": TEXT}
        assert client_of(user).post(address, told).status_code == 404


def test_what_is_owed_stands_on_the_desk_of_both_sides(pair, old_hand, learner, keeper):
    for user, other in ((old_hand, "王海燕"), (learner, "慕长海")):
        page = client_of(user).get(reverse("notices:desk")).content.decode()
        assert "帮带记录：经验传授" in page and other in page
    assert "1对帮带停滞" in client_of(keeper).get(reverse("notices:desk")).content.decode()


def test_a_street_matches_and_confirms(station, street):
    a_mentor(station)
    wants(served(name="李国庆"))
    client = client_of(street)
    answer = client.post(reverse("mentoring:match"), {"place": "370614001"})
    page = client.get(answer["Location"]).content.decode()
    assert "已是本人最高分" in page and "矛盾调处" in page
    line = services.Line.objects.get()
    client.post(answer["Location"], {"line": [line.pk, "x"]})
    assert Pair.objects.count() == 1


def test_a_retired_hand_becomes_a_mentor_by_name(station, street):
    told = {"name": "曲桂芝", "skills": ["grid"], "most": "3", "about": "退休主任"}
    answer = client_of(street).post(reverse("mentoring:add_mentor", args=[station.pk]), told)
    assert answer.status_code == 302
    assert Mentor.objects.get().name == "曲桂芝"


def test_the_registers_take_no_more_queries_for_more_rows(
    pair, keeper, station, django_assert_max_num_queries
):
    client = client_of(keeper)
    for name in ("stations", "pairs", "match"):
        client.get(reverse(f"mentoring:{name}"))
    for n in range(6):
        wants(served(name="李国庆"))
        a_mentor(station, name=f"导师{n}")
    for name in ("stations", "pairs", "match"):
        with django_assert_max_num_queries(18):
            assert client.get(reverse(f"mentoring:{name}")).status_code == 200
