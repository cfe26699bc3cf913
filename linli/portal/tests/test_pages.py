"""Pages for everybody: what they show, what they never show, what they cost."""

from __future__ import annotations

import gzip
import io
import json
import re
from datetime import UTC, date, datetime
from html import unescape
from urllib.parse import urljoin, urlsplit

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from PIL import Image

from linli.disclosure import folder
from linli.disclosure.models import Release
from linli.files import queries as files
from linli.files.models import File
from linli.ledger.models import Entry
from linli.portal import entries, queries
from linli.portal.tests.conftest import (
    CAMERA,
    HANDLER,
    LATER,
    PAYER,
    PERSON,
    SECRET,
    correct_september,
    entry,
)
from linli.vouchers.models import Voucher

pytestmark = pytest.mark.django_db
HREF = re.compile(r"""(?:href|src|action)=["']([^"']+)["']|"(/(?:api|e|p|public)/[^"\\]*)\"""")
MOST = 400
NEVER = (PERSON, PAYER, HANDLER, SECRET, "不该看见的人", "777.77", "77777")


def crawl(client, *starts: str) -> dict[str, object]:
    """Every page of the public side that links lead to, by address; forms are not sent."""
    found: dict[str, object] = {}
    waiting = list(starts)
    while waiting and len(found) < MOST:
        address = waiting.pop(0)
        if address in found:
            continue
        answer = found[address] = client.get(address)
        if answer.status_code in (301, 302):
            waiting.append(urljoin(address, answer["Location"]))
            continue
        kind = answer.headers.get("Content-Type", "")
        if "html" in kind or "json" in kind:
            text = answer.content.decode()
            for one, other in HREF.findall(text):
                link = urlsplit(urljoin(address, unescape(one or other)))
                if "{" in link.path:
                    continue
                if link.netloc in ("", urlsplit(settings.PUBLIC_URL).netloc) and public(link.path):
                    waiting.append(link.path + (f"?{link.query}" if link.query else ""))
    return found


def public(path: str) -> bool:
    return path == "/" or bool(re.match(r"/(e|o|r|p|v|api|public|verify)(/|$)", path))


def body(answer) -> str:
    return (b"".join(answer.streaming_content) if answer.streaming else answer.content).decode(
        errors="replace"
    )


def test_every_link_leads_somewhere_and_nothing_unpublished_or_personal_is_on_the_way(told):
    book = told.book.code
    more = [f"/api/books/{book}/entries/{n}" for n in range(1, 9)]
    more += [f"/e/{book}/n/{n}/" for n in range(1, 9)]
    more += [f"/p/{book}/key", f"/p/{book}/checkpoint", f"/r/{told.receipt.code}/", "/api/books"]
    more += [f"/api/books/{book}/{kind}" for kind in ("months", "objections")]
    more += [f"/api/books/{book}/months/{m}/entries" for m in ("2026-09", "2026-10", "2026-11")]
    found = crawl(told.client, "/", *more)
    assert len(found) > 80
    hidden = {f"/e/{book}/n/{n}/" for n in range(6, 9)}
    hidden |= {f"/api/books/{book}/entries/{n}" for n in range(6, 9)}
    hidden |= {f"/api/books/{book}/months/2026-11/entries"}
    for address, answer in found.items():
        right = (404,) if address in hidden else (200, 302)
        assert answer.status_code in right, (address, answer.status_code)
        assert not answer.cookies, address
        said = body(answer)
        leaked = [word for word in NEVER if word in said]
        assert not leaked, (address, leaked)


def test_what_is_withheld_above_is_there_and_would_be_found(told):
    assert entry(told, "九月车位费").wording.counterparty == PERSON
    assert (told.receipt.payer, entry(told, "九月车位费").wording.handler) == (PAYER, HANDLER)
    told.publish("2026-11", LATER)
    found = crawl(told.client, told.url)
    assert any(SECRET in body(answer) for answer in found.values())


def test_from_every_line_of_a_month_two_clicks_lead_to_a_voucher(told):
    page = told.text("2026-10/")
    for line in ("common/parking", "fiscal/fiscal_project", "project/P-1", "common/closing"):
        assert f"{told.url}2026-10/{line}/" in page
        listed = re.findall(rf"{told.url}n/\d+/", told.text(f"2026-10/{line}/"))
        assert listed, line
        assert "叶哈希" in told.client.get(listed[0]).content.decode()


def test_three_figures_stand_for_common_income_and_objections_beside_them(told):
    page = told.text("2026-09/")
    for words in ("公共收入合计", "合理成本合计", "公共收益（收入减成本）", "95.00"):
        assert words in page
    assert f"{told.url}2026-09/object/common/income/parking/" in page


def test_the_words_of_entries_are_opened_and_withheld_as_in_the_published_folder(told):
    shelf = queries.shelf(told.book.code)
    compared = 0
    for release in Release.objects.filter(book=told.book):
        files = folder.of_release(release)
        lines = files[f"{told.book.code}/{release.period}/entries.jsonl"].decode().splitlines()
        for line in map(json.loads, lines):
            content = json.loads(line.get("body", "{}"))
            if content.get("type") != "entry":
                continue
            words = entries.whole(shelf, content["number"]).words
            shown = {word.name: word.value for word in words if not word.withheld}
            hidden = {word.name: word.withheld for word in words if word.withheld}
            assert shown == {name: value for name, (_salt, value) in line["open"].items()}
            assert hidden == line["withheld"]
            compared += 1
    assert compared == 5


def test_an_erased_word_is_withheld_with_its_reason(told):
    erase(told, entry(told, "照明首款").number)
    words = {word.name: word for word in entries.words(entry(told, "照明首款"))}
    assert words["counterparty"].withheld == "依申请删除" and not words["counterparty"].value
    assert words["summary"].value == "照明首款"


def test_an_unpublished_entry_looks_like_one_that_does_not_exist(told):
    secret = entry(told, SECRET).number
    there, nowhere = told.get(f"n/{secret}/"), told.get("n/999/")
    assert there.status_code == nowhere.status_code == 404
    same = there.content.decode().replace(f"/n/{secret}/", "/n/999/")
    assert same == nowhere.content.decode()
    assert told.get(f"n/{secret}/proof").status_code == 404
    assert told.get(f"n/{secret}/p/1/").status_code == 404
    assert told.get("2026-11/").status_code == 404
    assert "还没有公示" in told.get("2026-11/").content.decode()


def test_unknown_books_figures_and_accounts_are_not_found(told):
    for path in ("2026-10/common/dividend/", "2026-10/common/nonsense/", "2026-10/bank/9/"):
        assert told.get(path).status_code == 404, path
    assert told.client.get("/e/B999999/").status_code == 404
    assert told.get("2026-10/secret.txt").status_code == 404
    assert told.get("2026-13/").status_code == 404


def test_an_opening_leads_to_the_month_before_and_the_first_to_what_was_brought_in(told):
    answer = told.get("2026-10/common/opening/")
    assert answer.status_code == 302
    assert answer["Location"] == f"{told.url}2026-09/common/closing/"
    assert "1,000.00" in told.text("2026-09/common/opening/")


def test_a_correction_shows_both_versions_and_opens_only_the_entries_it_names(told):
    reversal_page = f"n/{7}/"
    assert told.get(reversal_page).status_code == 404
    correct_september(told)
    assert entry(told, SECRET).number == 6
    page = told.text("2026-09/")
    assert "后续更正" in page and "九月重复入账" in page and "−100.00" in page
    assert "后续更正" not in told.text("2026-09/?v=1").split("<main")[1].split("说明")[0]
    later = told.text("2026-09/common/parking/")
    assert "后续更正" in later and reversal_page in later
    shown = told.text(reversal_page)
    assert "2026-09-10" in shown and "冲销" in shown
    assert told.get(f"n/{entry(told, SECRET).number}/").status_code == 404
    first = entry(told, "九月车位费").number
    assert reversal_page in told.text(f"n/{first}/")


def test_numbers_of_persons_in_the_words_of_history_stay_within(told):
    """A sheet of history is taken in as it was; everybody reads it without the numbers."""
    estate = told.estate
    said = {"summary": "退押金 13805351234", "counterparty": "明光电气", "note": "经社区核实"}
    estate.post(estate.draft(key="n", date=date(2026, 11, 5), words=said))
    told.publish("2026-11", datetime(2026, 12, 5, 2, tzinfo=UTC))
    number = Entry.objects.get(book=told.book, key="n").number
    pages = [told.text(f"n/{number}/"), told.text("2026-11/common/parking/")]
    pages += [told.client.get(f"/api/books/B000001/entries/{number}").content.decode()]
    pages += [path.read_text() for path in settings.PUBLIC.rglob("*.jsonl")]
    assert not any("13805351234" in page for page in pages)
    assert "房号，不公开" in pages[0] and "明光电气" in pages[0] and "经社区核实" in pages[0]


def test_papers_are_shown_only_where_somebody_said_so(told):
    """And never what was called personal when it was brought."""
    number = Voucher.objects.get(book=told.book).entry.number
    page = told.text(f"n/{number}/")
    assert "fapiao.pdf" in page and "原件不公开" in page
    assert "shenfen.pdf" not in page and "mingdan.pdf" not in page
    shown = told.get(f"n/{number}/p/0/")
    assert shown.status_code == 200 and shown.content.startswith(b"%PDF")
    assert shown["Content-Disposition"].startswith("attachment")
    assert "sandbox" in shown["Content-Security-Policy"]
    for position in (1, 3, 4):
        assert told.get(f"n/{number}/p/{position}/").status_code == 404


def test_a_photograph_does_not_tell_who_took_it_where(told):
    number = Voucher.objects.get(book=told.book).entry.number
    original = File.objects.get(name="photo.jpg")
    assert CAMERA.encode() in files.content(original)
    shown = told.get(f"n/{number}/p/2/")
    assert shown.status_code == 200 and shown["Content-Type"] == "image/webp"
    assert CAMERA.encode() not in shown.content
    assert not Image.open(io.BytesIO(shown.content)).getexif()


def test_the_three_files_are_the_sealed_bytes(told):
    release = Release.objects.get(book=told.book, period="2026-10")
    assert told.get("2026-10/statement.json").content.decode() == release.statement
    assert told.get("2026-10/statement.csv").content.decode() == release.table_text
    assert told.get("2026-10/notice.pdf").content == bytes(release.notice)


def test_estates_are_found_by_name_initials_community_code_and_street(told):
    for asked in ("碧海", "bhjy", "海滨社区", "B000001", "b000001", "登州"):
        page = told.client.get("/", {"q": asked}).content.decode()
        assert f'href="{told.url}"' in page, asked
    assert f'href="{told.url}"' in told.client.get("/?in=370614001").content.decode()
    assert "没有找到" in told.client.get("/?q=不存在").content.decode()
    assert f"{told.url}2026-10/" in told.client.get("/").content.decode()


def test_a_page_is_kept_by_tag_language_and_packing(told):
    first = told.get("2026-10/")
    tag = first["ETag"]
    assert first["Cache-Control"] == "public, max-age=60" and first["Last-Modified"]
    assert {"Accept-Encoding", "Accept-Language", "Cookie"} <= set(first["Vary"].split(", "))
    again = told.get("2026-10/", headers={"If-None-Match": tag})
    assert again.status_code == 304 and not again.content
    packed = told.get("2026-10/", headers={"Accept-Encoding": "gzip"})
    assert packed["Content-Encoding"] == "gzip" and packed["ETag"] == tag
    assert gzip.decompress(packed.content) == first.content
    told.client.cookies["django_language"] = "en"
    english = told.get("2026-10/", headers={"If-None-Match": tag})
    assert english.status_code == 200 and b'lang="en"' in english.content


def test_a_page_is_made_anew_when_something_is_published(told):
    before = told.get("")
    assert "2026年11月" not in before.content.decode().split("各月公示")[1]
    told.publish("2026-11", LATER)
    after = told.get("", headers={"If-None-Match": before["ETag"]})
    assert after.status_code == 200 and SECRET not in after.content.decode()
    assert "2026年11月" in after.content.decode().split("各月公示")[1]
    assert SECRET in told.text(f"n/{entry(told, SECRET).number}/")


PAGES = ("", "2026-10/", "2026-10/common/parking/", "2026-10/common/closing/", "2026-10/bank/1/")


def count(told, path: str) -> int:
    from linli.portal import pages

    pages.forget()
    queries._statements.clear()
    with CaptureQueriesContext(
        connection,
    ) as caught:
        told.text(path)
    return len(caught)


def test_pages_cost_the_same_few_queries_with_many_entries(told):
    few = {path: count(told, path) for path in (*PAGES, "n/2/", "2026-10/project/P-1/")}
    assert max(few.values()) <= 14, few
    drafts = [told.estate.draft(date=date_of(n), fen=100 + n, key=f"n{n}") for n in range(70)]
    told.estate.post(*drafts, now=LATER)
    told.publish("2026-11", LATER)
    told.client.get("/")
    many = {path: count(told, path.replace("2026-10", "2026-11")) for path in PAGES}
    for path in PAGES:
        assert many[path] <= few[path], path
    listed = told.text("2026-11/common/parking/?page=2")
    assert "第 2 页" in listed


def date_of(n: int):
    from datetime import date

    return date(2026, 11, 1 + n % 28)


def test_a_warm_page_asks_the_database_for_nothing_but_whether_it_changed(told):
    told.text("2026-10/")
    with CaptureQueriesContext(connection) as caught:
        told.text("2026-10/")
    assert len(caught) <= 7


def test_a_reader_who_is_logged_in_sees_what_everybody_sees(told):
    inside = told.people.client(told.people.bookkeeper)
    assert inside.get(f"{told.url}2026-10/").content == told.get("2026-10/").content


def test_a_kept_page_does_not_outlive_some_minutes(told, monkeypatch):
    from linli.portal import pages

    number = entry(told, "照明首款").number
    assert "明光电气" in told.text(f"n/{number}/")
    erase(told, number)
    assert "明光电气" in told.text(f"n/{number}/")
    monkeypatch.setattr(pages, "KEEP_SECONDS", 0)
    page = told.text(f"n/{number}/")
    assert "明光电气" not in page and "依本人申请删除" in page


def erase(told, number: int) -> None:
    from linli.ledger import services as ledger

    one = told.book.entries.get(number=number)
    ground = "个人信息保护法:47"
    ledger.erase(by=None, entry=one, field="counterparty", ground=ground, now=LATER)
