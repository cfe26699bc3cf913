"""Open data: the same as the pages, for programs."""

from __future__ import annotations

import json

import pytest

from linli.disclosure.models import Release
from linli.portal.tests.conftest import PERSON, SECRET, entry

pytestmark = pytest.mark.django_db


@pytest.fixture
def ask(told):
    def get(path: str, status: int = 200):
        answer = told.client.get(f"/api/{path}")
        assert answer.status_code == status, (path, answer.content.decode()[:300])
        assert not answer.cookies
        return answer.json()

    return get


def test_books_are_found_and_tell_their_latest_month(ask):
    found = ask("books?q=bhjy")["items"]
    assert [(one["code"], one["latest"]) for one in found] == [("B000001", "2026-10")]
    assert ask("books?place=370614001")["count"] == 1
    assert ask("books?place=370699")["count"] == 0
    assert ask("books")["count"] == 1


def test_months_and_statements_are_those_that_were_published(ask, told):
    months = ask("books/B000001/months")["items"]
    assert [one["period"] for one in months] == ["2026-10", "2026-09"]
    release = Release.objects.get(book=told.book, period="2026-10")
    assert ask("books/B000001/months/2026-10") == json.loads(release.statement)
    assert ask("books/B000001/months/2026-11", 404)["reasons"]


def test_entries_of_a_month_add_up_to_its_lines(ask):
    told = ask("books/B000001/months/2026-09/entries?fund=common&category=parking")
    lines = [line for one in told["items"] for line in one["lines"] if line["account"] == "parking"]
    assert told["count"] == 1 and -sum(line["amount_fen"] for line in lines) == 10_000
    one = told["items"][0]
    assert one["words"] == {"summary": "九月车位费"}
    assert set(one["withheld"]) == {"counterparty", "handler"}
    assert PERSON not in json.dumps(told, ensure_ascii=False)


def test_an_unpublished_entry_is_refused_with_a_reason(ask, told):
    secret = entry(told, SECRET).number
    there, nowhere = (ask(f"books/B000001/entries/{n}", 404) for n in (secret, 999))
    assert there == nowhere and there["reasons"]
    assert ask("books/B000001/months/2026-11/entries", 404)["reasons"]
    assert ask("books/NOPE/months", 404)["reasons"]


@pytest.mark.parametrize(
    "path",
    ["books/B000001/months/2026-13", "books/B000001/months/x/entries", "books/B000001/entries/0",
     "books/B000001/months/2026-09/entries?page=0", "books?place=abc", "books/a b/months",
     "books/B000001/months/2026-09/entries?fund=%27", "books/B000001/entries/99999999999"],
)  # fmt: skip
def test_a_bad_question_is_answered_with_reasons(ask, path):
    assert ask(path, 422)["reasons"]


def test_the_interface_describes_itself(ask, told):
    schema = ask("openapi.json")
    assert "/api/books/{code}/entries/{number}" in schema["paths"]
    page = told.client.get("/api/")
    assert page.status_code == 200 and "/api/books/B000001/months" in page.content.decode()


def test_only_reading_is_offered(told):
    for path in ("/api/books", "/api/", "/e/B000001/", "/p/B000001/key", "/public/verify.py"):
        assert told.client.post(path).status_code == 405, path
