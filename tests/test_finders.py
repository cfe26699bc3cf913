"""The register of finders, the lookups they ask with, and the page."""

from __future__ import annotations

import pytest
from django.test import Client

from linli.kernel.place import Scope
from linli.kernel.roles import BOOKKEEPER, CASHIER, STREET
from linli.people.models import User
from linli.places.models import Place
from linli.search import finders
from linli.search.finders import Hit
from linli.search.lookups import Given, Tail, closest
from tests.people import ESTATE, OTHER

HTMX = {"HX-Request": "true"}


class Reader:
    """What a finder sees of an access: roles, and where each of them is held."""

    roles = frozenset({BOOKKEEPER})
    here = ESTATE

    def scope(self, *roles):
        return Scope.of(ESTATE)

    def whole(self, *roles):
        return Scope.of(ESTATE, OTHER)


@pytest.fixture
def asked(monkeypatch):
    """An empty register with one finder; gives what it was asked."""
    monkeypatch.setattr(finders, "_finders", {})
    questions = []

    def find(question):
        questions.append(question)
        return [Hit(label=f"{question.text}{n}", url=f"/{n}/") for n in range(9)]

    told = {"label": "房屋", "by": "编号", "icon": "home", "find": find}
    finders.offer(code="rooms", roles=(BOOKKEEPER,), more="places:register", **told)
    finders.offer(code="streets", roles=(STREET, CASHIER), **told)
    return questions


def test_a_finder_is_asked_for_its_roles_only_and_within_their_scope(asked):
    [group] = finders.find("x", Reader(), limit=5)
    assert group.finder.code == "rooms" and len(asked) == 1
    assert asked[0].scope == Scope.of(ESTATE)
    finders.find("x", Reader(), limit=5, whole=True)
    assert asked[1].scope == Scope.of(ESTATE, OTHER)


def test_what_is_more_than_the_limit_is_in_the_register(asked):
    [group] = finders.find("x", Reader(), limit=5)
    assert len(group.hits) == 5 and group.more_url == "/places/?q=x"
    [group] = finders.find("x", Reader(), limit=9)
    assert len(group.hits) == 9 and group.more_url == ""


def test_a_finder_that_looked_through_a_part_says_so_even_where_it_found_nothing(asked):
    finders.offer(
        code="rooms", label="房屋", by="", icon="home", find=lambda q: [], partly=lambda q: "三个月"
    )
    [group] = finders.find("x", Reader(), limit=5)
    assert (group.hits, group.partly) == ([], "三个月")


# --- lookups ----------------------------------------------------------------------------------


@pytest.fixture
def users(db, people):
    User.objects.filter(pk=people.cashier.pk).update(phone="13805351234", initials="zm")
    User.objects.filter(pk=people.approver.pk).update(initials="ljg")
    return User.objects.order_by("pk")


@pytest.mark.parametrize(
    ("text", "names"),
    [("王", ["王秀兰"]), ("王秀兰", ["王秀兰"]), ("秀", []), ("%", []), ("_", [])],
)
def test_a_text_begins_with_another(users, text, names):
    assert [user.name for user in users.filter(name__begins=text)] == names


def test_capitals_and_small_letters_differ(users):
    assert users.filter(initials__begins="lj").exists()
    assert not users.filter(initials__begins="LJ").exists()


def test_given_names_and_tails_are_asked_of_the_index(users):
    given = users.alias(given=Given("name")).filter(given__begins="建")
    assert [user.name for user in given] == ["李建国"]
    tail = users.alias(tail=Tail("phone")).filter(tail="1234")
    assert [user.name for user in tail] == ["赵敏"]
    for rows, index in ((given, "people_user_given"), (tail, "people_user_tail")):
        assert index in _plan(rows.order_by())


def test_the_beginning_of_a_name_is_asked_of_the_index(users):
    assert "people_user_name" in _plan(users.filter(name__begins="王").order_by())


def _plan(rows) -> str:
    """How the database would find them; a small table is read whole where that is allowed."""
    from django.db import connection

    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off")
    return rows.explain()


def test_the_closest_come_first_and_each_once(users):
    rows = closest(3, users.filter(name__begins="李"), users.filter(name__contains="李"), users)
    assert [user.name for user in rows][0] == "李建国"
    assert len(rows) == len({user.pk for user in rows}) == 3


# --- the page ---------------------------------------------------------------------------------


def ask(client, q, **more):
    return client.get("/search/", {"q": q} | more).content.decode()


def test_the_page_works_without_scripts_and_the_fragment_is_a_part_of_it(log_in):
    client = log_in("bookkeeper")
    page = ask(client, "碧海")
    assert "<html" in page and f'href="/places/{ESTATE}/"' in page and "<mark>碧海</mark>" in page
    part = client.get("/search/", {"q": "碧海"}, headers=HTMX)
    assert "<html" not in part.content.decode() and 'data-found="碧海"' in part.content.decode()
    assert "HX-Request" in part["Vary"] and "no-store" in part["Cache-Control"]


def test_before_anything_is_typed_it_says_what_can_be_found(log_in):
    page = ask(log_in("bookkeeper"), "")
    assert "凭证号、摘要、票据号、金额" in page and "电话后四位" not in page


def test_where_nothing_is_found_it_says_how_to_go_on(log_in):
    page = ask(log_in("bookkeeper"), "<img src=x>")
    assert "没有找到“&lt;img src=x&gt;”" in page and "<img src=x>" not in page


def test_what_others_wrote_stays_text(log_in):
    Place.objects.filter(place=ESTATE).update(name='<script>"海"</script>')
    page = ask(log_in("bookkeeper"), "海")
    assert "&lt;script&gt;&quot;<mark>海</mark>&quot;" in page and "<script>&" not in page


def test_a_visitor_is_sent_to_log_in(db):
    assert Client().get("/search/?q=x")["Location"].startswith("/login/")


def test_only_what_is_in_the_place_one_chose_with_a_way_beyond_it(people, log_in):
    client = log_in("street")
    session = client.session
    session["here"] = ESTATE
    session.save()
    page = ask(client, "海滨社区")
    assert "没有找到" in page and "all=1" in page
    page = ask(client, "海滨社区", all="1")
    assert "海滨" in page and "all=1" not in page.split('id="q"')[1].split("</main>")[0]
