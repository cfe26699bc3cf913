"""Everything that can be found, by whom, and that nobody finds what they may not see."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from linli.disclosure.models import Objection
from linli.kernel.roles import BOOKKEEPER, CASHIER, SECURITY_ADMIN, SYSTEM_ADMIN
from linli.ledger import services as ledger
from linli.ledger.models import Account
from linli.oversight.models import Followup
from linli.people.models import User
from linli.people.queries import Access
from linli.places.models import Place
from linli.search import finders
from linli.vouchers.models import Receipt, Voucher, VoucherLine
from tests.books import ESTATE, NOW
from tests.people import make_person

HTMX = {"HX-Request": "true"}
SAYING = "电梯维修更换钢丝绳"
AROUND, EACH = 6, 2
"""Queries of a search: for who asks and for the names of places, and for each kind looked for."""


@pytest.fixture
def full(estate: Any, people: Any) -> Any:
    """One of everything at the estate; gives it by its name."""
    book, by = estate.book, people.bookkeeper
    User.objects.filter(pk=people.cashier.pk).update(phone="13805351234", initials="zm")
    told = {"book": book, "place": ESTATE, "prepared_by": by, "prepared_at": NOW}
    voucher = Voucher.objects.create(
        key="k",
        date=date(2026, 10, 12),
        period="2026-10",
        serial=3,
        summary=SAYING,
        counterparty="蓬莱电梯公司",
        **told,
    )
    private = Voucher.objects.create(
        key="k2",
        date=date(2026, 10, 13),
        period="2026-10",
        serial=4,
        summary="退押金",
        counterparty="孙大圣",
        person=True,
        **told,
    )
    parking = Account.objects.get(book=book, code="parking", fund="common")
    for position, fen in enumerate((765_400, -765_400)):
        VoucherLine.objects.create(
            voucher=voucher, position=position, account=parking, amount_fen=fen
        )
    estate.post(estate.draft(key="old", words={"summary": "门岗值守补贴", "voucher": "记-09017"}))
    ledger.add_project(
        by=by, book=book, code="P-2026-07", name="楼道粉刷", budgets={"common": 500_000}, now=NOW
    )
    Receipt.objects.create(
        book=book,
        place=ESTATE,
        number=7,
        code="3AQWIOLXES7F",
        key="r",
        account=parking,
        received_on=date(2026, 10, 2),
        amount_fen=15_000,
        payer="孙大圣",
        summary="停车费",
        body="{}",
        issued_by=people.cashier,
        issued_at=NOW,
    )
    objected = {"figure": "common/income", "text": "x", "phone": "13800000000", "made_at": NOW}
    Objection.objects.create(
        book=book,
        place=ESTATE,
        number=1,
        query="QZ3924W6",
        period="2026-09",
        due_on=date(2026, 11, 20),
        **objected,
    )
    Followup.objects.create(
        book=book,
        place=ESTATE,
        number=1,
        period="2026-09",
        text="逾期未封存",
        raised_by=people.street,
        raised_at=NOW,
        due_on=date(2026, 11, 20),
    )
    return voucher, private


@pytest.fixture
def found(full: Any, log_in: Callable[[str], Any], people: Any) -> Callable[..., str]:
    """found("approver", "电梯"): what somebody gets while typing."""

    def ask(who: str, q: str) -> str:
        answer = log_in(who).get("/search/", {"q": q}, headers=HTMX)
        assert answer.status_code == 200
        return answer.content.decode()

    return ask


BY = {
    "place by name": ("碧海家", f'href="/places/{ESTATE}/"'),
    "place by code": (ESTATE, f'href="/places/{ESTATE}/"'),
    "book by name": ("碧海家", "B000001"),
    "book by code": ("b0000", "碧海家园"),
    "account by tail": ("9876", "/accounts/"),
    "account by name": ("业委会专户", "/accounts/"),
    "project by name": ("粉刷", 'href="/ledger/B000001/projects/"'),
    "project by code": ("P-2026-07", 'href="/ledger/B000001/projects/"'),
    "voucher by summary": ("钢丝绳", "电梯维修更换"),
    "voucher by number": ("记-202610-003", "<mark>记-202610-003</mark>"),
    "voucher by serial": ("202610-3", "电梯维修"),
    "voucher by amount": ("7654", "7,654.00"),
    "voucher by company": ("蓬莱电梯公司", "电梯维修"),
    "import by summary": ("门岗值守", "/vouchers/entries/B000001/"),
    "import by number": ("记-09017", "/vouchers/entries/B000001/"),
    "receipt by code": ("3aqw iolx", "3AQWIOLXES7F"),
    "objection by query": ("QZ39 24W6", "/disclosure/objections/"),
    "follow-up by text": ("逾期未封", "/oversight/followups/"),
    "month": ("2026年10月", 'href="/months/B000001/2026-10/"'),
    "month of a book": ("碧海 9月", 'href="/months/B000001/2026-09/"'),
}


@pytest.mark.parametrize("case", BY)
def test_it_is_found_by_who_may_see_it_and_by_nobody_elsewhere(found, case):
    q, mark = BY[case]
    for who in ("bookkeeper", "cashier", "approver", "resident", "secretary", "street", "auditor"):
        assert mark in found(who, q), f"{who} does not find the {case}"
    elsewhere = found("stranger", q)
    assert "没有找到" in elsewhere and mark not in elsewhere


@pytest.mark.parametrize("case", [case for case in BY if "place" not in case])
def test_the_administrators_find_no_money(found, full, people, log_in, case):
    q, mark = BY[case]
    admin = people.client(make_person("system", "孙一", SYSTEM_ADMIN, "370614"))
    page = admin.get("/search/", {"q": q}, headers=HTMX).content.decode()
    assert "/vouchers/" not in page and "/ledger/" not in page and "/months/" not in page


def test_a_natural_person_is_not_found_by_name_in_vouchers_and_receipts(found):
    for who in ("bookkeeper", "street"):
        assert "没有找到" in found(who, "孙大圣")


@pytest.mark.parametrize("q", ["赵敏", "敏", "zm", "cash", "1234", "13805351234"])
def test_administrators_find_people_and_see_their_number_masked(full, people, q):
    for role in (SYSTEM_ADMIN, SECURITY_ADMIN):
        admin = people.client(make_person(role.code, "管理", role, "370614"))
        page = admin.get("/search/", {"q": q}, headers=HTMX).content.decode()
        assert f'href="/accounts/{people.cashier.pk}/"' in page
        shown = page.replace("<mark>", "").replace("</mark>", "").split("</form>")[-1]
        assert "138****1234" in shown and ">13805351234<" not in shown


def test_an_administrator_of_another_county_does_not_find_them(full, people):
    Place.objects.create(place="230881", level="county", name="同江市")
    far = people.client(make_person("far", "远方", SYSTEM_ADMIN, "230881"))
    page = far.get("/search/", {"q": "赵敏"}, headers=HTMX).content.decode()
    assert "没有找到" in page


def test_heads_find_their_people_s_desks_and_nobody_else_finds_people(found, people):
    for who in ("secretary", "street"):
        assert f'href="/desk/of/{people.cashier.pk}/"' in found(who, "赵")
        assert "没有找到" in found(who, "1234"), "they see no telephone numbers"
        assert "没有找到" in found(who, "吴磊")
    for who in ("bookkeeper", "cashier", "approver", "resident", "auditor"):
        assert "没有找到" in found(who, "赵敏")


def test_who_keeps_the_book_of_a_community_finds_nothing_of_its_estates(full, people):
    keeper = people.client(make_person("wide", "韩大", BOOKKEEPER, ESTATE[:12]))
    assert keeper.get(f"/vouchers/{full[0].pk}/").status_code == 404
    page = keeper.get("/search/", {"q": "钢丝绳"}, headers=HTMX).content.decode()
    assert "没有找到" in page
    assert "钢丝绳" not in keeper.get("/vouchers/").content.decode()
    assert "B000001" not in keeper.get("/ledger/").content.decode()


def test_a_wide_scope_says_which_months_were_looked_through(found, full):
    Voucher.objects.filter(pk=full[0].pk).update(period="2025-10", date=date(2025, 10, 12))
    assert "电梯维修" in found("secretary", "钢丝绳")
    page = found("street", "钢丝绳")
    assert "没有找到" in page and "最近12个月" in page and "/vouchers/?q=" in page


@pytest.mark.parametrize("who", ["bookkeeper", "street"])
@pytest.mark.parametrize("q", ["碧海", "赵", "zm", "1234", "2026-10", "3AQW", ""])
def test_a_search_asks_a_fixed_number_of_questions(full, estate, log_in, who, q):
    client = log_in(who)
    asker = User.objects.get(pk=client.session["_auth_user_id"])
    kinds = len(finders.offered(Access(asker, timezone.localdate(NOW))))

    def count() -> int:
        with CaptureQueriesContext(connection) as asked:
            client.get("/search/", {"q": q}, headers=HTMX)
        return len(asked)

    few = count()
    for n in range(5):
        make_person(f"zhao{n}", f"赵{n}", CASHIER, ESTATE)
        estate.post(estate.draft(key=f"more{n}", words={"summary": f"碧海 {n}"}))
    assert count() <= few <= AROUND + EACH * kinds
