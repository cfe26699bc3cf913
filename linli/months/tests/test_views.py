"""A book's first page, its months at a glance, its yearly archive."""

import hashlib
import io
import zipfile
from datetime import date

import pytest
from django.urls import reverse

from linli.ledger import services as ledger
from linli.ledger.models import Account
from linli.months import archive, overview, services
from linli.prints import missing_typefaces
from linli.vouchers import services as vouchers
from linli.vouchers.rules import Item
from tests.books import NOW

pytestmark = pytest.mark.django_db
HOME = "/months/B000001/"


def text(response):
    return response.content.decode()


@pytest.fixture
def draft(estate, people):
    def make(key="k1", fen=30_000, category="parking", direction="in"):
        item = Item(
            account=Account.objects.get(book=estate.book, code=category, fund="common").pk,
            amount_fen=fen,
        )
        return vouchers.draft(
            by=people.bookkeeper,
            book=estate.book,
            key=key,
            on=date(2026, 9, 15),
            direction=direction,
            money=estate.accounts["common"].pk,
            items=[item],
            summary="停车费",
            now=NOW,
        )

    return make


@pytest.fixture
def posted(draft, people):
    def make(**more):
        voucher = draft(**more)
        vouchers.submit(by=people.bookkeeper, voucher=voucher, now=NOW)
        return vouchers.approve(by=people.approver, voucher=voucher, now=NOW)

    return make


@pytest.fixture
def sealed(estate, people):
    """September of a book whose money lies in custody, imported and sealed."""
    book = ledger.open_book(
        by=None, name="代管里", place="370614001001002", first_period="2026-09", now=NOW
    )
    account = ledger.open_account(
        by=None, book=book, fund="common", name="社区代管", holder="custody", now=NOW
    )
    estate.book, estate.accounts = book, {"common": account}
    estate.post(estate.draft(), estate.draft(fen=5_000, key="two"))
    services.seal_imported(by=None, book=book, period="2026-09", now=NOW)
    return book


def test_the_three_figures_of_the_month_stand_apart(log_in, posted):
    posted(fen=50_000)
    posted(key="k2", fen=20_000, category="energy", direction="out")
    page = text(log_in("resident").get(HOME))
    for figure in ("500.00", "200.00", "300.00", "1,300.00"):
        assert figure in page
    for word in ("公共收入", "合理成本", "公共收益"):
        assert word in page


def test_the_page_tells_what_the_month_still_wants_and_what_is_on_its_way(log_in, draft):
    voucher = draft()
    page = text(log_in("approver").get(HOME))
    assert "没有未办结的凭证" in page and voucher.number in page
    assert "草稿" in page


@pytest.mark.parametrize(
    ("who", "there", "gone"),
    [
        ("bookkeeper", "direction=out", "state=waiting"),
        ("cashier", "/vouchers/receipts/new/", "direction=out"),
        ("approver", "state=waiting", "direction=out"),
        ("resident", "state=waiting", "/vouchers/receipts/new/"),
        ("street", "/months/B000001/2026-09/", "direction=out"),
    ],
)
def test_each_role_is_offered_its_own_acts(log_in, estate, who, there, gone):
    page = text(log_in(who).get(HOME))
    assert there in page and gone not in page


def test_another_month_is_shown_by_its_address_and_none_before_the_first(log_in, posted):
    posted(fen=50_000)
    client = log_in("auditor")
    assert "500.00" in text(client.get(f"{HOME}?period=2026-09"))
    later = text(client.get(f"{HOME}?period=2026-10"))
    assert "上月结余" in later and "1,500.00" in later
    assert client.get(f"{HOME}?period=2026-08").status_code == 404
    assert log_in("stranger").get(HOME).status_code == 404


@pytest.mark.parametrize(("page", "most"), [(HOME, 36), (f"{HOME}2026-09/", 32)])
def test_a_page_costs_the_same_however_many_entries_and_drafts(
    log_in, estate, draft, django_assert_max_num_queries, page, most
):
    client = log_in("street")
    client.get(page)
    counts = []
    for many in (3, 40):
        estate.post(*(estate.draft(fen=100 + n, key=f"{many}-{n}") for n in range(many)))
        for n in range(many):
            draft(key=f"d{many}-{n}")
        with django_assert_max_num_queries(most) as asked:
            client.get(page)
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_a_book_without_accounts_says_how_to_begin(log_in, people):
    ledger.open_book(
        by=None, name="碧海家园", place="370614001001001", first_period="2026-09", now=NOW
    )
    page = text(log_in("bookkeeper").get(HOME))
    assert "还没有资金账户" in page


def test_the_months_say_where_each_stands(log_in, sealed, django_assert_max_num_queries):
    months = overview.months(sealed, now=NOW)
    assert [month.period for month in months] == ["2026-11", "2026-10", "2026-09"]
    assert [month.state for month in months] == ["open", "open", "sealed"]
    client, url = log_in("street"), f"{reverse('months:index')}?book={sealed.code}"
    client.get(url)
    with django_assert_max_num_queries(15):
        page = text(client.get(url))
    assert months[2].root[:8] in page
    assert client.get(f"{reverse('months:excel')}?book={sealed.code}").status_code == 200
    assert client.get(reverse("months:index"))["Location"] == reverse("ledger:index")
    assert log_in("stranger").get(url).status_code == 302


def test_the_archive_names_no_natural_person_to_who_only_oversees(estate):
    words = {"summary": "停车费", "counterparty": "王小明"}
    estate.post(estate.draft(words=words, person=True))
    told = (estate.book, "2026-09", "2026-09")
    assert "王小明" in archive.entries_csv(*told).decode()
    masked = archive.entries_csv(*told, named=False).decode()
    assert "王**" in masked and "王小明" not in masked


def test_only_sealed_months_are_archived(log_in, sealed):
    page = text(log_in("street").get(reverse("months:archive", args=[sealed.code])))
    assert "2026-09/记账凭证.pdf" in page and "2026-10/" not in page
    none = reverse("months:archive_zip", args=[sealed.code]) + "?year=2025"
    assert log_in("street").get(none).status_code == 302
    assert archive.parts(sealed, 2025, now=NOW) == []


@pytest.mark.skipif(bool(missing_typefaces()), reason="the typefaces are not installed")
def test_the_archive_holds_papers_tables_an_index_and_hashes_that_are_right(log_in, sealed):
    answer = log_in("street").get(reverse("months:archive_zip", args=[sealed.code]))
    data = b"".join(answer.streaming_content)
    with zipfile.ZipFile(io.BytesIO(data)) as found:
        assert found.testzip() is None
        top = f"{sealed.code}-2026/"
        names = {name.removeprefix(top) for name in found.namelist()}
        wanted = {
            "2026-09/记账凭证.pdf",
            "2026-09/科目余额表.pdf",
            "账簿/银行存款日记账.pdf",
            "账簿/明细账.pdf",
            "账簿/年度收支.pdf",
            "数据/分录.csv",
            "目录.pdf",
            "目录.csv",
            "SHA256SUMS",
        }
        assert wanted <= names and "账簿/现金日记账.pdf" not in names
        for line in found.read(f"{top}SHA256SUMS").decode().splitlines():
            sha, path = line.split("  ", 1)
            assert hashlib.sha256(found.read(top + path)).hexdigest() == sha
        assert names == {
            line.split("  ", 1)[1] for line in found.read(f"{top}SHA256SUMS").decode().splitlines()
        } | {"SHA256SUMS"}
        table = found.read(f"{top}数据/分录.csv").decode("utf-8-sig")
        assert table.count("\n") == 5 and "100.00" in table
        assert found.read(f"{top}目录.pdf").startswith(b"%PDF")
