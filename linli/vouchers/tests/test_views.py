"""Writing, approving and finding vouchers on the pages."""

import re
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from linli.ledger import queries as ledger
from linli.sheets.reading import read_workbook
from linli.vouchers.models import Voucher
from linli.vouchers.tests.conftest import KEY

pytestmark = pytest.mark.django_db
PNG = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x02\x00\x00\x00"
    b"\x90wS\xde\x00\x00\x00\x0cIDATx\x9cc\xf8\xff\xff?\x00\x05\xfe\x02\xfe\r\xefF\xb8\x00"
    b"\x00\x00\x00IEND\xaeB`\x82"
)


@pytest.fixture
def form(estate, category):
    """form(amount=…): what the form of a new voucher sends."""

    def make(act="save", **more):
        told = {
            "act": act,
            "direction": "in",
            "on": "2026-10-15",
            "money": estate.accounts["common"].pk,
            "rows": "5",
            "row-0-account": category("parking").pk,
            "row-0-amount": "300.00",
            "summary": "十月停车费",
        }
        return told | more

    return make


def new_url(key=KEY, direction="in"):
    return f"{reverse('vouchers:new', args=['B000001'])}?key={key}&direction={direction}"


def text(response):
    return response.content.decode()


def balance(estate):
    return {a.fund: a.balance_fen for a in ledger.money_accounts(estate.book)}


def test_the_address_gets_a_key_once_so_that_loading_it_again_is_the_same_form(log_in, estate):
    client = log_in("bookkeeper")
    first = client.get(reverse("vouchers:new", args=["B000001"]))
    assert re.search(r"key=[0-9a-f]{16}", first["Location"])
    assert client.get(first["Location"]).status_code == 200


def test_a_form_sent_twice_gives_one_voucher(log_in, form):
    client = log_in("bookkeeper")
    first, again = (client.post(new_url(), form()) for _ in range(2))
    assert first["Location"] == again["Location"]
    assert Voucher.objects.count() == 1


def test_a_form_handed_in_and_sent_again_leads_to_its_voucher(log_in, form):
    """The first answer got lost on its way; the clerk sends the same once more."""
    client = log_in("bookkeeper")
    first, again = (client.post(new_url(), form("submit")) for _ in range(2))
    assert (again.status_code, again["Location"]) == (302, first["Location"])
    assert Voucher.objects.get().state == "waiting"
    other = client.post(new_url(), form("submit", **{"row-0-amount": "250.00"}))
    assert other.status_code == 422 and Voucher.objects.count() == 1


def test_what_was_mended_after_going_back_is_not_lost(log_in, form):
    client = log_in("bookkeeper")
    client.post(new_url(), form())
    client.post(new_url(), form(**{"row-0-amount": "250.00"}))
    voucher = Voucher.objects.get()
    assert {line.amount_fen for line in voucher.lines.all()} == {25_000, -25_000}


def test_a_voucher_goes_from_the_form_over_the_approver_into_the_books(log_in, form, estate):
    answer = log_in("bookkeeper").post(new_url(), form("submit"))
    voucher = Voucher.objects.get()
    assert answer["Location"] == reverse("vouchers:detail", args=[voucher.pk])
    assert voucher.state == "waiting"
    log_in("approver").post(reverse("vouchers:approve", args=[voucher.pk]), {"note": "同意"})
    assert balance(estate)["common"] == 130_000
    page = text(log_in("resident").get(answer["Location"]))
    assert "审批同意" in page and "李建国" in page


def test_a_small_voucher_waits_on_either_and_going_back_is_no_main_act(log_in, form):
    log_in("bookkeeper").post(new_url(), form("submit"))
    address = reverse("vouchers:detail", args=[Voucher.objects.get().pk])
    page = text(log_in("approver").get(address))
    assert "等审批人（小区党支部）或居民代表办理“审批”" in page
    buttons = dict(re.findall(r'<summary class="([^"]+)">.*?</svg>(\S+)</summary>', page))
    assert buttons["btn"] == "退回" and buttons["btn btn-primary"] == "同意"


def test_the_preparer_sees_why_they_cannot_approve(log_in, form):
    client = log_in("bookkeeper")
    client.post(new_url(), form("submit"))
    page = text(client.get(reverse("vouchers:detail", args=[Voucher.objects.get().pk])))
    assert 'aria-disabled="true"' in page and "会计法第25条" in page


def test_a_refused_form_keeps_everything_and_says_why_with_its_ground(log_in, form):
    sent = form("save", **{"on": "2026-08-03", "note": "待补票", "row-0-amount": "12.5"})
    answer = log_in("bookkeeper").post(new_url(), sent)
    page = text(answer)
    assert answer.status_code == 422 and not Voucher.objects.exists()
    assert "账套自 2026-09 起记账" in page and "账本规则·用语" in page and "id_on-error" in page
    assert "待补票" in page and 'value="12.5"' in page and 'value="2026-08-03"' in page


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"row-0-amount": "1.005"}, "row-0-amount"),
        ({"row-0-amount": ""}, "请填写金额"),
        ({"row-0-account": ""}, "请选择这笔钱的科目"),
        ({"summary": ""}, "summary"),
        ({"on": ""}, "on"),
        ({"money": ""}, "money"),
    ],
)
def test_a_form_that_cannot_be_read_says_which_field(log_in, form, more, said):
    answer = log_in("bookkeeper").post(new_url(), form(**more))
    assert answer.status_code == 422 and said in text(answer)
    assert 'aria-invalid="true"' in text(answer)
    assert not Voucher.objects.exists()


def test_a_draft_that_may_not_be_handed_in_is_told_on_its_own_page(log_in, form, category):
    sent = form("submit", direction="out", summary="业委会经费")
    sent["row-0-account"] = category("committee").pk
    client = log_in("bookkeeper")
    answer = client.post(new_url(direction="out"), sent)
    voucher = Voucher.objects.get()
    assert voucher.state == "draft"
    assert answer["Location"] == f"{reverse('vouchers:edit', args=[voucher.pk])}?refused=1"
    for _loaded in range(2):
        page = text(client.get(answer["Location"]))
        assert "民法典第278条" in page and "id_decision-error" in page
        assert 'value="300.00"' in page and "业委会经费" in page
        assert f'data-draft-done="voucher-{KEY}"' in page
    assert Voucher.objects.count() == 1
    client.post(answer["Location"], sent | {"decision": "业主大会2026-3号"})
    assert Voucher.objects.get().state == "waiting"


def test_a_category_that_several_funds_call_the_same_says_its_fund(log_in, estate):
    page = text(log_in("bookkeeper").get(new_url(direction="out")))
    for fund in ("公共收益", "种子基金", "财政经费"):
        assert f">项目支出（{fund}）</option>" in page
    assert ">能耗</option>" in page


def test_rows_are_added_dropped_and_previewed_without_saving_or_losing_anything(log_in, form):
    client = log_in("bookkeeper")
    page = text(client.post(new_url(), form("add")))
    assert 'name="rows" value="6"' in page and "十月停车费" in page and 'value="300.00"' in page
    page = text(client.post(new_url(), form("drop-0", **{"row-1-amount": "7.00"})))
    assert 'name="rows" value="4"' in page and 'name="row-0-amount" value="7.00"' in page
    page = text(client.post(new_url(), form("preview")))
    assert "人民币叁佰元整" in page and "停车场地使用费" in page
    assert not Voucher.objects.exists()


def test_the_preview_says_what_would_be_refused_and_when_two_must_approve(
    log_in, form, category, estate
):
    sent = form("preview", direction="out", **{"row-0-amount": "6000"})
    sent["row-0-account"] = category("energy").pk
    page = text(log_in("bookkeeper").post(new_url(direction="out"), sent))
    assert "余额不足" in page and "居民代表复批" in page


def test_a_photograph_is_kept_even_when_the_form_is_refused(log_in, form):
    photo = SimpleUploadedFile("发票.png", PNG, content_type="image/png")
    client = log_in("bookkeeper")
    answer = client.post(new_url(), form("save", summary="", papers=photo))
    kept = re.search(r'name="paper" value="(\d+)"', text(answer))[1]
    client.post(new_url(), form("save", paper=kept))
    voucher = Voucher.objects.get()
    assert voucher.paper_count == 1 and voucher.papers.get().file.name == "发票.png"


def test_a_file_that_is_no_paper_is_refused_beside_its_field(log_in, form):
    bad = SimpleUploadedFile("发票.png", b"\x00\x01\x02nonsense", content_type="image/png")
    answer = log_in("bookkeeper").post(new_url(), form("save", papers=bad))
    assert answer.status_code == 422 and "发票.png" in text(answer)
    assert not Voucher.objects.exists()


def test_a_transfer_moves_money_between_accounts_of_a_fund(log_in, form, estate):
    from linli.ledger import services as ledger_services
    from tests.books import NOW

    box = ledger_services.open_account(
        by=None, book=estate.book, fund="common", name="备用金", holder="cash", now=NOW
    )
    sent = form("submit", direction="move", summary="提现", **{"row-0-account": box.pk})
    log_in("bookkeeper").post(new_url(direction="move"), sent)
    voucher = Voucher.objects.get()
    log_in("approver").post(reverse("vouchers:approve", args=[voucher.pk]))
    found = {a.name: a.balance_fen for a in ledger.money_accounts(estate.book)}
    assert found["备用金"] == 30_000 and found["业委会专户"] == 70_000


def test_fiscal_money_is_matched_into_the_seed_fund(log_in, form, estate):
    sent = form("submit", direction="match", summary="配比", money=estate.accounts["fiscal"].pk)
    sent["row-0-account"] = estate.accounts["seed"].pk
    log_in("bookkeeper").post(new_url(direction="match"), sent)
    voucher = Voucher.objects.get()
    log_in("approver").post(reverse("vouchers:approve", args=[voucher.pk]))
    assert balance(estate) == {"common": 100_000, "seed": 130_000, "fiscal": 70_000}


def test_sending_back_needs_a_reason_and_the_draft_comes_back_filled(log_in, draft, people):
    voucher = draft()
    books, party = log_in("bookkeeper"), log_in("approver")
    books.post(reverse("vouchers:submit", args=[voucher.pk]))
    back = reverse("vouchers:send_back", args=[voucher.pk])
    assert party.post(back, {"reason": ""}).status_code == 422
    party.post(back, {"reason": "缺发票"})
    page = text(books.get(reverse("vouchers:edit", args=[voucher.pk])))
    assert 'value="十月停车费"' in page and 'value="300.00"' in page
    assert "缺发票" in text(books.get(reverse("vouchers:detail", args=[voucher.pk])))


def test_a_paper_added_to_a_draft_is_counted_unless_the_number_was_given(log_in, form):
    client = log_in("bookkeeper")
    photo = SimpleUploadedFile("发票.png", PNG, content_type="image/png")
    client.post(new_url(), form("save", papers=photo))
    voucher = Voucher.objects.get()
    url, paper = reverse("vouchers:edit", args=[voucher.pk]), voucher.papers.get().file_id
    more = SimpleUploadedFile("合同.txt", b"contract")
    client.post(url, form("save", paper=paper, papers=more))
    voucher.refresh_from_db()
    assert voucher.paper_count == 2
    client.post(url, form("save", paper=paper, paper_count="7"))
    voucher.refresh_from_db()
    assert (voucher.paper_count, voucher.papers.count()) == (7, 1)
    assert 'value="7"' in text(client.get(url))


def test_the_timeline_tells_writing_and_mending_apart(log_in, form):
    client = log_in("bookkeeper")
    client.post(new_url(), form())
    url = reverse("vouchers:detail", args=[Voucher.objects.get().pk])
    assert "修改草稿" not in text(client.get(url))
    client.post(new_url(), form(summary="十月地面停车费"))
    assert "修改草稿" in text(client.get(url))


def test_only_the_preparer_mends_a_draft(log_in, draft):
    voucher = draft()
    url = reverse("vouchers:edit", args=[voucher.pk])
    assert log_in("second_bookkeeper").get(url).status_code == 409
    assert log_in("approver").get(url).status_code == 403
    assert log_in("stranger").get(url).status_code == 404


def test_voiding_keeps_the_number_and_says_why(log_in, draft):
    voucher = draft()
    client, url = log_in("bookkeeper"), reverse("vouchers:void", args=[voucher.pk])
    assert client.post(url, {"reason": " "}).status_code == 422
    client.post(url, {"reason": "重复填写"})
    page = text(client.get(reverse("vouchers:detail", args=[voucher.pk])))
    assert "重复填写" in page and "记-202610-001" in page


def test_approving_what_somebody_else_settled_is_a_refusal_and_not_a_fault(log_in, draft):
    voucher = draft()
    log_in("bookkeeper").post(reverse("vouchers:submit", args=[voucher.pk]))
    url = reverse("vouchers:approve", args=[voucher.pk])
    log_in("approver").post(url)
    answer = log_in("resident").post(url)
    assert answer.status_code == 409 and "已入账" in text(answer)


@pytest.mark.parametrize("count", [3, 60])
def test_the_register_costs_the_same_however_many_there_are(
    log_in, draft, django_assert_max_num_queries, count
):
    for n in range(count):
        draft(key=f"k{n}", fen=100 + n)
    client = log_in("street")
    client.get(reverse("vouchers:index"))
    with django_assert_max_num_queries(12):
        answer = client.get(reverse("vouchers:index"))
    assert f"共 {count} 条" in text(answer)
    with django_assert_max_num_queries(12):
        client.get(reverse("vouchers:excel"))


def test_the_register_is_narrowed_by_its_address(log_in, draft, posted):
    posted(key="a", fen=12_345, counterparty="快递公司", summary="快递柜")
    draft(key="b", summary="广告费")
    client, url = log_in("cashier"), reverse("vouchers:index")
    for query, there, gone in (
        ("q=123.45", "快递柜", "广告费"),
        ("q=记-202610-002", "广告费", "快递柜"),
        ("state=open", "广告费", "快递柜"),
        ("state=posted&period=2026-10&book=B000001", "快递柜", "广告费"),
    ):
        page = text(client.get(f"{url}?{query}"))
        assert there in page and gone not in page, query
    assert "快递柜" not in text(client.get(f"{url}?period=2026-09"))


def test_the_register_shows_nothing_of_another_estate(log_in, draft):
    draft()
    page = text(log_in("stranger").get(reverse("vouchers:index")))
    assert "十月停车费" not in page


def test_the_register_leaves_as_excel_with_the_same_filter(log_in, draft):
    draft(key="a")
    draft(key="b", summary="广告费")
    answer = log_in("auditor").get(f"{reverse('vouchers:excel')}?q=广告")
    workbook, _ruling = read_workbook(answer.content)
    assert len(workbook.sheets[0].rows) == 2
    assert "广告费" in workbook.sheets[0].rows[1]


def test_names_of_natural_persons_are_masked_for_who_only_oversees(log_in, draft):
    voucher = draft(counterparty="张三丰", person=True)
    url = reverse("vouchers:detail", args=[voucher.pk])
    assert "张三丰" in text(log_in("approver").get(url))
    assert "张三丰" in text(log_in("auditor").get(url))
    for who in ("street", "secretary"):
        assert "张三丰" not in text(log_in(who).get(url))
        assert "张三丰" not in text(log_in(who).get(reverse("vouchers:index")))


def test_a_bookkeeper_of_one_book_begins_at_once(log_in, estate):
    answer = log_in("bookkeeper").get(reverse("vouchers:choose"))
    assert answer["Location"] == reverse("vouchers:new", args=["B000001"])


def test_a_voucher_is_printed_before_and_after_it_is_posted(log_in, draft, posted):
    waiting, done = draft(key="a"), posted(key="b")
    for voucher in (waiting, done):
        for paper in ("a5", "a4"):
            url = f"{reverse('vouchers:pdf', args=[voucher.pk])}?paper={paper}"
            answer = log_in("bookkeeper").get(url)
            assert answer.content.startswith(b"%PDF"), text(answer)


def test_all_vouchers_of_a_month_are_printed_at_constant_cost(
    log_in, posted, django_assert_max_num_queries
):
    for n in range(6):
        posted(key=f"k{n}", fen=100 + n)
    url = f"{reverse('vouchers:month_pdf', args=['B000001'])}?period=2026-10"
    client = log_in("bookkeeper")
    client.get(url)
    with django_assert_max_num_queries(20):
        answer = client.get(url)
    assert BytesIO(answer.content).read(4) == b"%PDF"
    empty = client.get(f"{reverse('vouchers:month_pdf', args=['B000001'])}?period=2026-11")
    assert empty["Location"] == reverse("ledger:papers", args=["B000001"])
