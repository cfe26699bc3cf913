"""The pages: what they show, what they do, whom they refuse; without any script."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from linli.bank import queries, services
from linli.bank.apps import _counts_to_confirm, _explanations_to_accept, _lines_to_match
from linli.bank.models import CashCount, Confirmation, Explanation, Match, OpeningItem
from linli.ledger import services as ledger
from linli.people.queries import Access
from tests.books import open_estate
from tests.desks import LATER, Desk, day, line
from tests.people import OTHER

pytestmark = pytest.mark.django_db
MONTH = {"month": "2026-09"}


@pytest.fixture
def desk(people):
    return Desk(open_estate(), people.bookkeeper, people.cashier, people.resident, people.approver)


@pytest.fixture
def client(people):
    return people.client(people.bookkeeper)


def at(name, row, query="?month=2026-09"):
    return reverse(f"bank:{name}", args=[row.pk]) + query


def said(response, status=200):
    assert response.status_code == status, response.content.decode()[:2000]
    return response.content.decode()


def post(client, url, data, follow=True):
    return client.post(url, data, follow=follow)


def test_the_overview_tells_where_every_account_stands(desk, client):
    desk.post("0903", 200)
    desk.keep(line("0903", 200))
    desk.auto()
    page = said(client.get(reverse("bank:index"), MONTH))
    assert "业委会专户" in page and "慈善总会代管" in page and "1,200.00" in page
    assert "已核对" in page and "未核对" in page


def test_who_sees_many_books_gets_a_register_that_can_be_searched(desk, people):
    for code, place in (("B000002", "370614001001002"), ("B000003", OTHER)):
        book = ledger.open_book(
            by=None, name=code, place=place, code=code, first_period="2026-09", now=LATER
        )
        told = {"fund": "common", "name": f"{code}专户", "holder": "bank", "tail": code[-4:]}
        ledger.open_account(by=None, book=book, now=LATER, **told)
    desk.keep(line("0903", 200))
    client = people.client(people.street)
    page = said(client.get(reverse("bank:index")))
    assert "业委会专户" in page and "B000002专户" in page and "B000003专户" not in page
    assert "2026-09-30" in page
    found = said(client.get(reverse("bank:index"), {"q": "0002"}))
    assert "业委会专户" not in found and "B000002专户" in found


def test_the_screen_shows_both_sides_and_matches_what_is_ticked(desk, client):
    for yuan in (30, 70):
        desk.post("0903", yuan, "临停")
    desk.keep(line("0904", 100.5, "网银入账"), line("0905", 99.5, "短信"))
    desk.post("0905", 100, "广告")
    page = said(client.get(at("reconcile", desk.account)))
    assert page.count('name="bank"') == 2 and page.count('name="book"') == 3
    found = queries.desk(desk.account, "2026-09")
    data = {"bank": [i.ref for i in found.bank], "book": [i.ref for i in found.book]}
    page = said(post(client, at("match", desk.account), data))
    assert "已对上" in page and "没有待核对的" in page
    assert Match.objects.get().items.count() == 5


def test_unequal_sums_come_back_with_the_reason_and_the_ticks(desk, client):
    desk.post("0903", 30)
    desk.keep(line("0904", 29))
    found = queries.desk(desk.account, "2026-09")
    data = {"bank": found.bank[0].ref, "book": found.book[0].ref}
    page = said(post(client, at("match", desk.account), data), 409)
    assert "相差 1.00 元" in page and page.count("checked") == 2
    assert not Match.objects.exists()


def test_suggestions_are_shown_with_their_reason_and_taken_with_one_button(desk, client):
    desk.post("0903", 300)
    desk.post("0904", 300)
    desk.keep(line("0904", 300, "网银入账"))
    page = said(client.get(at("reconcile", desk.account)))
    assert "金额相同的不止一笔" in page and "采纳" in page
    offer = queries.desk(desk.account, "2026-09").pairing.suggestions[0]
    ticked = client.get(at("reconcile", desk.account) + f"&mark={offer.bank[0]},{offer.book[0]}")
    assert said(ticked).count("checked") == 2


def test_matching_by_itself_and_undoing(desk, client):
    desk.post("0903", 200)
    desk.keep(line("0903", 200))
    page = said(post(client, at("auto", desk.account), {}))
    assert "自动对上 1 组" in page
    made = Match.objects.get()
    said(post(client, at("unmatch", made), {}))
    assert not Match.objects.exists()
    desk.auto()
    desk.seal("2026-09")
    page = said(post(client, at("unmatch", Match.objects.get()), {}), 409)
    assert "已封存" in page


def test_an_open_item_is_explained_here_and_accepted_by_the_resident(desk, client, people):
    desk.keep(line("0913", -4, "短信服务费"))
    (item,) = queries.outstanding(desk.account, "2026-09")
    url = at("explain", desk.account, "")
    assert "须说明并经居民代表认可" in said(client.get(at("reconcile", desk.account)))
    empty = post(client, url, {**MONTH, "ref": item.ref, "note": ""})
    assert empty.status_code == 422 and not Explanation.objects.exists()
    said(post(client, url, {**MONTH, "ref": item.ref, "note": "十月补记"}))
    told = Explanation.objects.get()
    resident = people.client(people.resident)
    assert "认可" in said(resident.get(at("reconcile", desk.account)))
    assert "等您认可" not in said(client.get(at("reconcile", desk.account)))
    page = said(post(resident, at("accept", told, ""), {}))
    assert "居民代表已认可" in page


def test_a_sealed_month_shows_what_was_and_offers_nothing(desk, client):
    desk.keep(line("0913", -4))
    desk.seal("2026-09")
    page = said(client.get(at("reconcile", desk.account)))
    assert "已封存" in page
    for form in ("match", "auto", "explain"):
        assert reverse(f"bank:{form}", args=[desk.account.pk]) not in page


def test_what_was_open_before_is_declared_in_a_form(desk, client):
    desk.keep(line("0902", -20), opening=1020)
    url = at("declare", desk.account)
    assert "期初未达账项" in said(client.get(url))
    data = {"side": "book", "way": "out", "on": "2026-09-02", "amount": "20", "summary": "支票"}
    assert "2026-09-01" in said(post(client, url, data), 422)
    said(post(client, url, data | {"on": "2026-08-28"}))
    assert OpeningItem.objects.get().amount_fen == -2_000


def test_cash_is_counted_by_one_and_confirmed_by_another(desk, client, people):
    box = desk.open_account("cash")
    data = {**MONTH, "on": "2026-09-30", "counted": "0", "note": ""}
    page = said(post(client, at("count", box), data))
    assert "等另一人确认" in page
    counted = CashCount.objects.get()
    assert "不能自己确认" in said(post(client, at("confirm_count", counted), {}), 409)
    cashier = people.client(people.cashier)
    assert "我一同盘点" in said(cashier.get(at("reconcile", box)))
    assert "盘点签认" in said(post(cashier, at("confirm_count", counted), {}))


def test_a_custodians_paper_is_kept_with_the_balance(desk, client, settings, tmp_path):
    settings.FILES = tmp_path
    held = desk.estate.accounts["seed"]
    data = {**MONTH, "balance": "1000", "on": "2026-10-09", "custodian": "区慈善总会"}
    assert "余额确认单" in said(post(client, at("custody", held), data), 422)
    paper = SimpleUploadedFile(
        "确认单.pdf", b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n1 0 obj<<>>endobj\n%%EOF\n"
    )
    said(post(client, at("custody", held), data | {"paper": paper}))
    assert Confirmation.objects.get().balance_fen == 100_000


def test_statements_and_their_breaks_are_shown(desk, client):
    kept = desk.keep(
        line("0903", 200, "网银入账", balance=1200), line("0904", 10, balance=1310)
    ).subject
    assert "bank.csv" in said(client.get(at("statements", desk.account)))
    page = said(client.get(at("statement", kept)))
    assert "余额断点" in page and "1,310.00" in page and "网银入账" in page and kept.sha256 in page


def test_the_sheet_is_made_for_paper_and_comes_as_pdf(desk, client):
    desk.post("0929", -30, "审计费")
    desk.keep(line("0928", 55, "押金"))
    page = said(client.get(at("sheet", desk.account)))
    for words in ("银行存款余额调节表", "审计费", "押金", "1,025.00", "1,055.00"):
        assert words in page
    answer = client.get(at("sheet_pdf", desk.account), follow=True)
    assert answer.status_code == 200
    assert answer["Content-Type"] in ("application/pdf", "text/html; charset=utf-8")
    assert client.get(at("sheet_pdf", desk.account, "?month=2026-08")).status_code == 404


def test_who_may_not_reconcile_sees_the_reason_instead_of_the_board(desk, people):
    desk.post("0903", 30)
    desk.keep(line("0904", 29))
    cashier = people.client(people.cashier)
    page = said(cashier.get(at("reconcile", desk.account)))
    assert "出纳员不能核对自己经手收付的账户" in page and 'name="bank"' not in page
    found = queries.desk(desk.account, "2026-09")
    data = {"bank": found.bank[0].ref, "book": found.book[0].ref}
    assert post(cashier, at("match", desk.account), data).status_code == 403


def test_strangers_find_nothing_and_visitors_are_sent_to_log_in(desk, people):
    stranger = people.client(people.stranger)
    assert stranger.get(at("reconcile", desk.account)).status_code == 404
    assert post(stranger, at("match", desk.account), {}).status_code == 404
    visitor = type(stranger)()
    assert visitor.get(at("reconcile", desk.account)).status_code == 302


@pytest.mark.parametrize("who", ["secretary", "street", "auditor", "approver", "resident"])
def test_who_oversees_reads_and_does_not_touch(desk, people, who):
    client = people.client(getattr(people, who))
    assert client.get(at("reconcile", desk.account)).status_code == 200
    assert post(client, at("auto", desk.account), {}).status_code == 403


def test_a_month_that_is_none_falls_back_to_the_open_one(desk, client):
    page = said(client.get(at("reconcile", desk.account, "?month=2026-13")))
    assert "2026年9月" in page


def test_the_desk_leads_to_what_waits(desk, people):
    desk.keep(line("0913", -4, "短信服务费"))
    (item,) = queries.outstanding(desk.account, "2026-09")
    told = {"account": desk.account, "period": "2026-09", "now": LATER}
    services.explain(by=desk.bookkeeper, ref=item.ref, note="初稿", **told)
    services.explain(by=desk.bookkeeper, ref=item.ref, note="十月补记", **told)
    box = desk.open_account("cash")
    services.count_cash(by=desk.cashier, counted_fen=0, on=day("0930"), **(told | {"account": box}))
    access = {
        name: Access(getattr(desk, name), LATER.date())
        for name in ("bookkeeper", "resident", "cashier")
    }
    assert ["1 笔" in each.title for each in _lines_to_match(access["bookkeeper"], None)] == [True]
    (waiting,) = _explanations_to_accept(access["resident"], None)
    assert "十月补记" in waiting.title and "month=2026-09" in waiting.url
    assert _explanations_to_accept(access["bookkeeper"], None) == []
    assert len(_counts_to_confirm(access["resident"], None)) == 1
    assert _counts_to_confirm(access["cashier"], None) == []


def test_payers_are_named_to_the_group_and_masked_for_who_only_oversees(desk, people):
    desk.post("0903", 200, party="王小明")
    kept = desk.keep(line("0903", 200, party="王小明"), line("0904", 7, party="李四光")).subject
    pages = [at("reconcile", desk.account), at("sheet", desk.account), at("statement", kept, "")]
    for who in (people.bookkeeper, people.auditor):
        shown = "".join(said(people.client(who).get(page)) for page in pages)
        assert "王小明" in shown and "李四光" in shown
    for who in (people.street, people.secretary):
        shown = "".join(said(people.client(who).get(page)) for page in pages)
        assert "王小明" not in shown and "李四光" not in shown and "李**" in shown
    desk.auto()
    assert "王小明" not in said(people.client(people.street).get(pages[0]))
