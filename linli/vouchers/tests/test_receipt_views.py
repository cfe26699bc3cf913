"""Receipts on the pages: issuing one or a sheet, voiding, gathering, printing."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from linli.sheets.reading import read_workbook
from linli.sheets.writing import Column, Table, write_xlsx
from linli.vouchers.models import Receipt, Voucher
from linli.vouchers.tests.conftest import KEY

pytestmark = pytest.mark.django_db
HEADS = ("收款日期", "交款人", "收款事由", "金额（元）", "科目")


def text(response):
    return response.content.decode()


def sheet(rows, heads=HEADS):
    data = write_xlsx([Table("收款", [Column(head) for head in heads], rows, "十月收款")])
    return SimpleUploadedFile("收款.xlsx", data)


ISSUE = f"/vouchers/receipts/new/B000001/?key={KEY}"
SHEET = "/vouchers/receipts/sheet/B000001/"
GATHER = f"/vouchers/receipts/gather/B000001/?key={KEY}"


@pytest.fixture
def sent(category):
    def make(**more):
        return {
            "received_on": "2026-10-15",
            "category": category("parking").pk,
            "amount": "120",
            "payer": "刘德华",
            "summary": "C-17 车位费",
            "method": "现金",
        } | more

    return make


def test_the_cashier_issues_a_receipt_and_sending_twice_gives_one(log_in, sent, estate):
    client = log_in("cashier")
    first, again = (client.post(ISSUE, sent()) for _ in range(2))
    assert first["Location"] == again["Location"]
    page = text(client.get(first["Location"]))
    assert "人民币壹佰贰拾元整" in page and Receipt.objects.get().code in page


@pytest.mark.parametrize(
    "more", [{"amount": "0"}, {"payer": ""}, {"summary": ""}, {"received_on": "2026-11-09"}]
)
def test_a_receipt_that_says_too_little_is_refused_at_its_field(log_in, sent, more, estate):
    answer = log_in("cashier").post(ISSUE, sent(**more))
    (field,) = more
    assert answer.status_code == 422 and f"id_{field}-error" in text(answer)
    assert not Receipt.objects.exists()


def test_approvers_and_overseers_issue_nothing(log_in, estate):
    for who in ("approver", "resident", "street", "auditor"):
        assert log_in(who).get(ISSUE).status_code == 403
    assert log_in("stranger").get(ISSUE).status_code == 404


def test_payers_are_masked_for_who_only_oversees_and_they_print_nothing(log_in, issue):
    receipt = issue()
    page, paper = (reverse(f"vouchers:{n}", args=[receipt.pk]) for n in ("receipt", "receipt_pdf"))
    assert "刘德华" in text(log_in("resident").get(page))
    assert "刘德华" not in text(log_in("street").get(page))
    assert "刘德华" not in text(log_in("street").get(reverse("vouchers:receipts")))
    for name, found in (("street", 0), ("resident", 1)):
        register = log_in(name).get(reverse("vouchers:receipts") + "?q=刘德华").context["register"]
        assert register.count == found
    assert log_in("street").get(paper).status_code == 403


def test_a_receipt_is_printed_alone_and_with_three_stubs(log_in, issue):
    url = reverse("vouchers:receipt_pdf", args=[issue().pk])
    for query in ("", "?stubs=3"):
        assert log_in("cashier").get(url + query).content.startswith(b"%PDF")


def test_voiding_needs_a_reason_and_is_printed_as_void(log_in, issue):
    receipt = issue()
    client, url = log_in("cashier"), reverse("vouchers:void_receipt", args=[receipt.pk])
    assert client.post(url, {"reason": ""}).status_code == 422
    client.post(url, {"reason": "金额写错"})
    page = text(client.get(reverse("vouchers:receipt", args=[receipt.pk])))
    assert "金额写错" in page and "已作废" in page
    assert client.post(url, {"reason": "再来"}).status_code == 409
    paper = client.get(reverse("vouchers:receipt_pdf", args=[receipt.pk]))
    assert paper.content.startswith(b"%PDF")


def test_a_good_sheet_is_tried_first_and_then_issued_whole(log_in, estate):
    rows = [["2026-10-15", f"{n}号楼", "车位费", "1,200.00", "停车费"] for n in range(1, 4)]
    client = log_in("cashier")
    page = text(client.post(SHEET, {"file": sheet([*rows, ["", "", "合计", "3600", ""]])}))
    assert not Receipt.objects.exists()
    assert "开具 3 张收据" in page and "3,600.00" in page
    kept = re.search(r'name="file" value="(\d+)"', page)[1]
    client.post(SHEET, {"act": "issue", "file": kept})
    assert [r.amount_fen for r in Receipt.objects.order_by("number")] == [120_000] * 3
    client.post(SHEET, {"act": "issue", "file": kept})
    assert Receipt.objects.count() == 3


def test_a_sheet_with_faults_issues_nothing_and_gives_back_the_bad_rows(log_in, estate):
    rows = [
        ["2026-10-15", "1号楼", "车位费", "100", "停车费"],
        ["2026-13-40", "", "车位费", "1.005", "不存在的科目"],
        ["2026-11-09", "3号楼", "", "0", "电费"],
    ]
    client = log_in("cashier")
    page = text(client.post(SHEET, {"file": sheet(rows)}))
    for said in ("不是日期", "请写交款人", "不存在的科目", "收款日期还没有到", "请写收款事由"):
        assert said in page, said
    kept = re.search(r'name="file" value="(\d+)"', page)[1]
    assert client.post(SHEET, {"act": "issue", "file": kept}).status_code == 422
    assert not Receipt.objects.exists()
    bad = client.post(SHEET, {"act": "bad", "file": kept})
    workbook, _ruling = read_workbook(bad.content)
    told = workbook.sheets[0].rows
    assert len(told) == 4 and "问题" in told[1] and "3号楼" in told[3]


def test_the_category_of_the_whole_sheet_serves_where_a_row_names_none(log_in, estate, category):
    rows = [["2026-10-15", "1号楼", "车位费", "100"]]
    client = log_in("cashier")
    plain = {"file": sheet(rows, HEADS[:4])}
    assert "没有写科目" in text(client.post(SHEET, plain))
    chosen = {"file": sheet(rows, HEADS[:4]), "category": category("parking").pk}
    assert "开具 1 张收据" in text(client.post(SHEET, chosen))


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("收款.csv", "甲,乙\n1,2\n".encode(), "没有找到表头"),
        ("收款.csv", "收款日期,交款人,收款事由,金额\n".encode(), "表头下面没有内容"),
        ("收款.pdf", b"%PDF-1.7 x", "PDF"),
    ],
)
def test_a_file_that_is_no_list_says_what_is_missing(log_in, estate, name, data, said):
    answer = log_in("cashier").post(SHEET, {"file": SimpleUploadedFile(name, data)})
    assert said in text(answer)


def test_the_empty_sheet_can_be_filled_and_read_back(log_in, estate):
    url = reverse("vouchers:receipt_template", args=["B000001"])
    workbook, _ruling = read_workbook(log_in("cashier").get(url).content)
    assert set(workbook.sheets[0].rows[0]) >= {"收款日期", "交款人", "收款事由", "金额"}


def test_free_receipts_of_one_category_become_a_voucher(log_in, issue, estate):
    receipts = [issue(f"r{n}", amount_fen=10_000 + n) for n in range(3)]
    client = log_in("bookkeeper")
    page = text(client.get(GATHER))
    assert "停车场地使用费" in page and page.count('name="receipt"') == 3
    sent = {
        "category": receipts[0].account_id,
        "on": "2026-10-20",
        "money": estate.accounts["common"].pk,
        "summary": "停车费汇总",
        "receipt": [receipt.pk for receipt in receipts[:2]],
    }
    assert client.post(GATHER, sent | {"receipt": []}).status_code == 422
    client.post(GATHER, sent)
    voucher = Voucher.objects.get()
    assert voucher.receipts.count() == 2 and voucher.paper_count == 2


def test_the_draft_of_gathered_receipts_keeps_them_when_it_is_mended(log_in, issue, estate):
    receipt = issue()
    client = log_in("bookkeeper")
    told = {"on": "2026-10-20", "money": estate.accounts["common"].pk, "summary": "汇总"}
    client.post(GATHER, told | {"category": receipt.account_id, "receipt": [receipt.pk]})
    voucher = Voucher.objects.get()
    url = reverse("vouchers:edit", args=[voucher.pk])
    assert "汇总 1 张收据" in text(client.get(url))
    client.post(url, told | {"act": "submit", "direction": "in", "summary": "十月停车费汇总"})
    voucher.refresh_from_db()
    assert (voucher.state, voucher.summary) == ("waiting", "十月停车费汇总")
    assert voucher.receipts.get() == receipt
    log_in("approver").post(reverse("vouchers:approve", args=[voucher.pk]))
    voucher.refresh_from_db()
    listed = reverse("vouchers:receipts_pdf", args=["B000001", voucher.entry.number])
    assert log_in("auditor").get(listed).content.startswith(b"%PDF")


@pytest.mark.parametrize("count", [3, 60])
def test_the_register_costs_the_same_however_many_there_are(
    log_in, issue, django_assert_max_num_queries, count
):
    for n in range(count):
        issue(f"r{n}", amount_fen=100 + n)
    client, url = log_in("secretary"), reverse("vouchers:receipts")
    client.get(url)
    with django_assert_max_num_queries(12):
        answer = client.get(url)
    assert f"共 {count} 条" in text(answer)
    with django_assert_max_num_queries(12):
        client.get(reverse("vouchers:receipts_excel"))
    books = log_in("bookkeeper")
    books.get(GATHER)
    with django_assert_max_num_queries(24):  # the desk of the bookkeeper counts what waits
        books.get(GATHER)


def test_the_register_is_narrowed_by_payer_amount_code_state_and_month(log_in, issue):
    one = issue("r1", payer="甲公司", amount_fen=12_345)
    issue("r2", payer="乙公司", amount_fen=100)
    client, url = log_in("cashier"), reverse("vouchers:receipts")
    for query in ("q=甲公司", "q=123.45", f"q={one.code}", "q=1"):
        page = text(client.get(f"{url}?{query}"))
        assert "甲公司" in page, query
    assert "乙公司" not in text(client.get(f"{url}?q=甲公司"))
    assert "乙公司" in text(client.get(f"{url}?state=free&period=2026-10"))
    assert "乙公司" not in text(client.get(f"{url}?state=void"))
