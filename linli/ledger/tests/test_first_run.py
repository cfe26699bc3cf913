"""The last step of the first run: a book with accounts and openings."""

from datetime import UTC, datetime

import pytest

from linli.ledger import queries
from linli.ledger.first_run import BookStep
from linli.ledger.models import Account, Book
from linli.places import services as places

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 5, 2, tzinfo=UTC)
ESTATE = "370614001001001"
DATA = {
    "book_estate": ESTATE,
    "book_first_period": "2026-10",
    "common_account": "业委会专户",
    "common_holder": "bank",
    "common_bank": "工商银行",
    "common_tail": "9876",
    "common_opening_fen": "1,000.50",
    "seed_account": "慈善总会专项",
    "seed_holder": "charity",
    "seed_holder_name": "蓬莱区慈善总会",
}


@pytest.fixture(autouse=True)
def estate(db, settings, tmp_path):
    settings.KEYS = tmp_path / "keys"
    for code, name in (
        ("370614", "蓬莱区"),
        ("370614001", "登州街道"),
        ("370614001001", "海滨社区"),
    ):
        places.add_place(by=None, code=code, name=name, now=NOW)
    places.add_place(by=None, parent="370614001001", level="estate", name="碧海家园", now=NOW)


def test_a_book_is_opened_with_its_accounts_and_what_was_in_them():
    form = BookStep(DATA)
    assert form.is_valid(), form.errors
    assert not BookStep.done()
    assert form.save(by=None, now=NOW) == {}
    book = Book.objects.get()
    assert (book.name, book.place, book.first_period) == ("碧海家园", ESTATE, "2026-10")
    kept = Account.objects.filter(book=book, kind="money").order_by("position")
    assert {(a.fund, a.name) for a in kept} == {("common", "业委会专户"), ("seed", "慈善总会专项")}
    assert kept.get(fund="seed").holder_name == "蓬莱区慈善总会"
    assert queries.entry(book, 1).kind == "opening"
    assert BookStep.done()


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"common_holder": ""}, "common_holder"),
        ({"seed_account": ""}, "seed_account"),
        ({"seed_holder_name": ""}, "seed_holder_name"),
        ({"fiscal_opening_fen": "5.00"}, "fiscal_account"),
        ({"common_opening_fen": "1.005"}, "common_opening_fen"),
        ({"common_opening_fen": "-1"}, "common_opening_fen"),
        ({"book_live_from": "2026-09"}, "book_live_from"),
        ({"book_first_period": "2999-01"}, "book_first_period"),
        ({"book_estate": "370614001001009"}, "book_estate"),
    ],
)
def test_what_is_wrong_stands_beside_its_field(changed, field):
    form = BookStep(DATA | changed)
    assert field in form.errors


def test_a_book_without_any_account_is_no_book():
    form = BookStep({"book_estate": ESTATE, "book_first_period": "2026-10"})
    assert "至少开一个资金账户" in str(form.errors)


def test_every_field_stands_in_one_group_under_a_short_word():
    form = BookStep()
    grouped = [name for part in form.parts() for name in part.labels]
    assert sorted(grouped) == sorted(form.fields)
    common = form.parts()[1]
    assert (common.legend, str(common.labels["common_account"])) == ("公共收益", "账户名称")
    assert form.fields["common_account"].label == "公共收益：账户名称"


@pytest.mark.parametrize(
    ("live", "said", "not_said"),
    [
        ("", "导入以往的台账", "2026年"),
        ("2026-10", "从2026年10月起逐笔填凭证", "台账"),
        ("2026-11", "导入2026年11月以前的台账", "由审批人"),
    ],
)
def test_what_comes_next_follows_from_the_live_month(live, said, not_said):
    form = BookStep(DATA | {"book_live_from": live})
    assert form.is_valid(), form.errors
    form.save(by=None, now=NOW)
    [text] = BookStep.after()
    assert said in text and not_said not in text and text.startswith("碧海家园：")
