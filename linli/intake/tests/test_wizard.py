"""The import pages from upload to posting, without any script."""

from __future__ import annotations

import io
import re
from datetime import timedelta

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone, translation

from linli.bank.models import BankLine, Statement
from linli.intake.models import Layout, Upload
from linli.intake.tests.conftest import BANK, FAULTY, ODD, ODD_MAP, SHEET
from linli.kernel.rulings import Refused
from linli.ledger import services as ledger
from linli.ledger.models import Entry
from linli.vouchers.models import Voucher
from tests.books import NOW

pytestmark = pytest.mark.django_db


def said(response, status=200):
    page = response.content.decode()
    main = re.sub(r"(<[^>]*>|\s)+", " ", page.partition("<main")[2])
    assert response.status_code == status, main[:1500]
    return page


def at(name, upload):
    return reverse(f"intake:{name}", args=[upload.pk])


def send(client, book, path, *, kind="ledger", name="", data=None):
    """Upload a file; returns the page one lands on."""
    file = SimpleUploadedFile(name or path.name, path.read_bytes() if data is None else data)
    url = reverse(f"intake:new_{kind}", args=[book.code])
    return client.post(url, {"file": file}, follow=True)


def selects(page):
    """What the mapping page's form would send as it stands."""
    found = {}
    for name, body in re.findall(r'<select[^>]*name="(\w+)"[^>]*>(.*?)</select>', page, re.S):
        chosen = re.search(r'<option value="([^"]*)" selected', body)
        found[name] = chosen[1] if chosen else ""
    return found


def confirm(client, upload, **changed):
    """Save the mapping as it is shown, with changes; returns the page of the dry run."""
    page = said(client.get(at("mapping", upload)))
    return client.post(at("mapping", upload), selects(page) | changed, follow=True)


def brought(client, book, path, **facts):
    said(send(client, book, path, **facts))
    upload = Upload.objects.get()
    return upload, said(confirm(client, upload))


def post(client, upload, accept="all", status=200):
    return said(client.post(at("post", upload), {"accept": accept}, follow=True), status)


# --- ledger sheets ------------------------------------------------------------------------------


def test_a_sheet_goes_from_upload_to_entries(desk, client):
    page = said(send(client, desk.book, SHEET))
    assert "每一栏读作什么" in page and "8月末结余" in page and "对应栏目" in page
    upload = Upload.objects.get()
    page = said(confirm(client, upload))
    assert "试算结果" in page and "全部导入" in page and "2026年9月" in page
    assert "10,000.00" in page and "P-01" in page and not Entry.objects.exists()
    page = post(client, upload)
    assert "新记 12 笔分录" in page and "王秀兰" in page
    assert Entry.objects.filter(kind="import").count() == 12
    assert Entry.objects.get(kind="opening").lines.count() == 6
    assert set(Entry.objects.values_list("prepared_by__username", flat=True)) == {"books"}


def test_what_was_confirmed_is_remembered_for_files_with_the_same_headings(desk, client):
    said(send(client, desk.book, ODD))
    upload = Upload.objects.get()
    toml = SimpleUploadedFile("a.toml", ODD_MAP.read_bytes())
    page = client.post(at("mapping", upload), {"act": "toml", "toml": toml}, follow=True)
    assert "全部导入" in said(page)
    assert Layout.objects.get().book == desk.book
    post(client, upload)
    again = openpyxl.load_workbook(ODD)
    again["收支明细"].cell(6, 10).value = "换一句话"
    out = io.BytesIO()
    again.save(out)
    page = said(send(client, desk.book, ODD, data=out.getvalue()))
    assert "以前对应过" in page
    assert selects(page)["c1"] == "date"


def test_words_that_the_chart_does_not_know_are_mapped_by_selects(desk, client):
    said(send(client, desk.book, ODD))
    upload = Upload.objects.get()
    page = said(client.get(at("mapping", upload)))
    uses = ["", "date", "voucher", "fund", "category", "counterparty", "summary", "income"]
    uses += ["expense", "project", "decision", "document", "handler", "note"]
    columns = {f"c{n}": use for n, use in enumerate(uses)}
    page = said(client.post(at("mapping", upload), columns, follow=True))
    assert "指明是哪个科目" in page and "不认识的资金来源“公账”" in page
    page = said(client.get(at("mapping", upload)))
    words = dict(re.findall(r'for="id_(v\d+)">“([^”]+)”', page))
    codes = {"公账": "common", "种子": "seed", "拨款": "fiscal"}
    funds = {name: codes[word] for name, word in words.items() if word in codes}
    page = said(client.post(at("mapping", upload), columns | funds, follow=True))
    page = said(client.get(at("mapping", upload)))
    words = dict(re.findall(r'for="id_(v\d+)">“([^”]+)”', page))
    assert set(words.values()) == {"公共收益/车位钱"}
    (name,) = words
    page = said(client.post(at("mapping", upload), selects(page) | {name: "parking"}, follow=True))
    assert "全部导入" in page
    post(client, upload)
    assert Entry.objects.filter(kind="import").count() == 12
    text = said(client.get(at("toml", upload)))
    assert '"公账" = "common"' in text and '"公共收益/车位钱" = "parking"' in text


def test_two_columns_for_one_field_are_refused_and_nothing_is_forgotten(desk, client):
    said(send(client, desk.book, SHEET))
    upload = Upload.objects.get()
    page = said(client.get(at("mapping", upload)))
    wrong = selects(page) | {"c0": "date"}
    page = said(client.post(at("mapping", upload), wrong), 422)
    assert "只能留一栏" in page and selects(page)["c0"] == "date" and selects(page)["c1"] == "date"
    none = {name: "" for name in wrong}
    assert "请指明哪一栏是日期" in said(client.post(at("mapping", upload), none), 422)
    assert not Upload.objects.get().mapping


def test_a_faulty_sheet_tells_every_row_and_posts_nothing(desk, client):
    upload, page = brought(client, desk.book, FAULTY)
    for row, words in (
        ("第 22 行", "没有“2026-10-32”这一天"),
        ("第 23 行", "神秘收入"),
        ("第 24 行", "最多两位小数"),
        ("第 25 行", "须填决议依据"),
    ):
        assert row in page and words in page
    assert "民法典" in page and "全部导入" not in page
    page = post(client, upload, "all", 409)
    assert "全部改好才能导入" in page and not Entry.objects.exists()


def test_bad_rows_are_downloaded_mended_and_brought_in_after_the_good_ones(desk, client):
    upload, page = brought(client, desk.book, FAULTY)
    assert "只导入合格的 15 行" in page
    post(client, upload, "good")
    assert Entry.objects.filter(kind="import").count() == 12
    answer = client.get(at("bad", upload))
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    sheet = book["收支明细"]
    assert sheet.max_row == 9 and "神秘收入" in str([c.value for c in sheet[7]])
    sheet.cell(6, 2).value, sheet.cell(7, 5).value = "2026-10-21", "停车场地使用费"
    sheet.cell(8, 8).value, sheet.cell(9, 11).value = 12.35, "业主大会决议〔2026〕1号"
    out = io.BytesIO()
    book.save(out)
    page = said(send(client, desk.book, FAULTY, name="改好的.xlsx", data=out.getvalue()))
    assert "以前对应过" in page
    second = Upload.objects.exclude(pk=upload.pk).get()
    said(confirm(client, second))
    page = post(client, second, "all", 409)
    assert "超过协议金额" in page and Entry.objects.filter(kind="import").count() == 12


def test_the_refusal_of_the_ledger_is_told_by_the_dry_run_with_its_row(desk, client):
    book = openpyxl.load_workbook(SHEET)
    book["服务项目"].cell(2, 4).value = 3500
    out = io.BytesIO()
    book.save(out)
    said(send(client, desk.book, SHEET, data=out.getvalue()))
    page = said(confirm(client, Upload.objects.get()))
    assert "第 21 行" in page and "超过协议金额" in page and 'aria-disabled="true"' in page
    page = post(client, Upload.objects.get(), "all", 409)
    assert not Entry.objects.exists()


def test_the_same_file_again_is_recognised_and_adds_nothing(desk, client):
    upload, _page = brought(client, desk.book, SHEET)
    post(client, upload)
    page = said(send(client, desk.book, SHEET, name="换了名字.xlsx"))
    assert "王秀兰导入，没有重复导入" in page
    assert Upload.objects.count() == 1
    page = post(client, upload)
    assert "没有变化" in page and Entry.objects.filter(kind="import").count() == 12


def test_other_bytes_with_the_same_rows_add_nothing_either(desk, client):
    upload, _page = brought(client, desk.book, SHEET)
    post(client, upload)
    out = io.BytesIO()
    openpyxl.load_workbook(SHEET).save(out)
    said(send(client, desk.book, SHEET, data=out.getvalue() + b"\x00"))
    second = Upload.objects.exclude(pk=upload.pk).get()
    assert "以前已导入的凭证" in said(confirm(client, second))
    assert "没有变化" in post(client, second)
    assert Entry.objects.filter(kind="import").count() == 12


# --- months kept in the system ------------------------------------------------------------------


def test_months_kept_in_the_system_become_drafts_that_others_approve(live, client):
    upload, page = brought(client, live.book, SHEET)
    assert "凭证草稿" in page and "由他人审批" in page
    page = post(client, upload)
    assert "新记 7 笔分录，新生成 5 张凭证草稿" in page and "记-202610-001" in page
    drafts = Voucher.objects.filter(state="draft")
    assert drafts.count() == 5 and not Entry.objects.filter(period="2026-10").exists()
    paid = drafts.get(summary="楼道灯更换尾款")
    lines = {line.account.code: line.amount_fen for line in paid.lines.all()}
    money = live.accounts["common"].code
    assert lines == {"common_project": 150000, money: -150000}
    assert paid.lines.get(account__code="common_project").project.code == "P-01"
    assert (paid.decision, paid.document) == ("业主大会决议〔2026〕1号", "FP09")
    assert said(client.get(reverse("vouchers:detail", args=[paid.pk])))


def test_a_second_upload_doubles_no_draft_even_when_it_was_changed_or_voided(live, client):
    upload, _page = brought(client, live.book, SHEET)
    post(client, upload)
    first, second = Voucher.objects.order_by("pk")[:2]
    Voucher.objects.filter(pk=first.pk).update(summary="改过的摘要")
    now = timezone.now()
    Voucher.objects.filter(pk=second.pk).update(
        state="void", voided_at=now, voided_by=second.prepared_by
    )
    client.post(at("check", upload))
    assert "作废" in said(client.get(at("detail", upload)))
    assert "没有变化" in post(client, upload)
    assert Voucher.objects.count() == 5


def test_rows_stay_known_when_the_month_of_going_live_is_moved(desk, client):
    """What was posted as history is not drafted again, and the other way round."""
    upload, _page = brought(client, desk.book, SHEET)
    post(client, upload)
    ledger.go_live(by=None, book=desk.book, live_from="2026-10", now=NOW)
    client.post(at("check", upload))
    assert "没有变化" in post(client, upload)
    assert not Voucher.objects.exists()


def test_drafts_are_not_posted_as_history_when_the_month_of_going_live_moves_on(live, client):
    upload, _page = brought(client, live.book, SHEET)
    post(client, upload)
    with pytest.raises(Refused, match="不能再推后"):
        ledger.go_live(by=None, book=live.book, live_from="2026-11", now=NOW)
    type(live.book).objects.filter(pk=live.book.pk).update(live_from="2026-11")
    client.post(at("check", upload))
    assert "没有变化" in post(client, upload)
    assert not Entry.objects.filter(period="2026-10").exists()


def test_months_before_the_book_are_refused(desk, client):
    book = openpyxl.load_workbook(SHEET)
    book["收支明细"].cell(9, 2).value = "2026-08-02"
    out = io.BytesIO()
    book.save(out)
    said(send(client, desk.book, SHEET, data=out.getvalue()))
    page = said(confirm(client, Upload.objects.get()))
    assert "2026-08 的账在建账之前" in page


# --- a bank's file ------------------------------------------------------------------------------


def test_a_statement_finds_its_layout_and_its_account_and_is_kept(desk, client):
    page = said(send(client, desk.book, BANK, kind="bank"))
    assert "已认出版式：中国工商银行。" in page
    upload = Upload.objects.get()
    page = said(confirm(client, upload))
    assert "9 笔" in page and "由新到旧" in page and "10,000.00" in page
    assert Upload.objects.get().account == desk.accounts["common"]
    assert not Statement.objects.exists()
    page = post(client, upload)
    assert "已导入 9 笔流水" in page and "去对账" in page
    assert BankLine.objects.count() == 9
    assert "没有变化" in post(client, upload)
    assert Statement.objects.count() == 1


def test_the_last_day_is_given_where_the_file_is_silent(desk, client):
    upload, _page = brought(client, desk.book, BANK, kind="bank")
    given = {"account": desk.accounts["common"].pk, "from_on": "2026-09-01", "to_on": "2026-11-05"}
    page = said(client.post(at("check", upload), given, follow=True))
    assert "2026-09-01 — 2026-11-05" in page
    post(client, upload)
    kept = Statement.objects.get()
    assert (str(kept.from_on), str(kept.to_on)) == ("2026-09-01", "2026-11-05")
    wrong = given | {"to_on": "2026-08-01"}
    assert "截止日期早于起始日期" in said(client.post(at("check", upload), wrong), 422)


def test_a_statement_brought_from_an_account_is_for_that_account(desk, client):
    other = ledger.open_account(
        by=None, book=desk.book, fund="common", name="监管户", holder="supervised", tail="1111",
        now=NOW,
    )  # fmt: skip
    listed = said(client.get(reverse("bank:statements", args=[other.pk])))
    url = re.search(r'href="([^"]+\?account=\d+)"', listed)[1]
    file = SimpleUploadedFile(BANK.name, BANK.read_bytes())
    page = said(client.get(url))
    assert "监管户" in page
    said(client.post(url, {"file": file}, follow=True))
    upload = Upload.objects.get()
    page = said(confirm(client, upload))
    assert f'<option value="{other.pk}" selected>' in page
    assert "文件里的账号尾号是" in page and "所选账户的尾号是 1111" in page


def test_what_is_changed_beside_the_save_button_is_tried_before_it_is_saved(desk, client):
    upload, page = brought(client, desk.book, BANK, kind="bank")
    told = {"account": desk.accounts["common"].pk, "from_on": "2026-09-01", "to_on": "2026-11-05"}
    page = said(client.post(at("post", upload), told, follow=True))
    assert "已重新试算" in page and not Statement.objects.exists()
    assert "已导入" in said(client.post(at("post", upload), told, follow=True))
    assert str(Statement.objects.get().to_on) == "2026-11-05"


def test_lines_that_were_brought_before_are_counted_and_not_doubled(desk, client):
    upload, _page = brought(client, desk.book, BANK, kind="bank")
    post(client, upload)
    text = BANK.read_bytes().decode("gb18030").splitlines()
    part = [line for line in text if not line.startswith(("2026-09-0", "人民币合计"))]
    data = "\n".join(part).encode("gb18030")
    said(send(client, desk.book, BANK, kind="bank", name="部分.csv", data=data))
    second = Upload.objects.exclude(pk=upload.pk).get()
    page = said(confirm(client, second))
    assert "7 笔，不会重复" in page
    post(client, second)
    assert BankLine.objects.count() == 9


def test_breaks_of_the_balance_are_listed_by_row_and_kept(desk, client):
    text = BANK.read_bytes().decode("gb18030")
    lines = [line for line in text.splitlines() if not line.startswith("2026-09-16")]
    data = "\n".join(lines).encode("gb18030")
    said(send(client, desk.book, BANK, kind="bank", data=data))
    page = said(confirm(client, Upload.objects.get()))
    assert "余额断点" in page and "应为" in page
    post(client, Upload.objects.get())
    assert Statement.objects.get().breaks


UNSEEN = "办理日,干嘛,进账,出账\n2026-09-02,9月停车月租,6200.00,\n2026-09-16,管理费,,800.00\n"


def test_a_layout_never_seen_is_mapped_and_its_opening_given(desk, client):
    page = said(send(client, desk.book, BANK, kind="bank", name="x.csv", data=UNSEEN.encode()))
    assert "认不出这份对账单的格式" in page
    upload = Upload.objects.get()
    chosen = {"profile": "mapping", "c0": "date", "c1": "summary", "c2": "income", "c3": "expense"}
    page = said(client.post(at("mapping", upload), chosen, follow=True))
    assert "属于哪个账户" in page
    given = {"account": desk.accounts["common"].pk, "from_on": "2026-09-01", "to_on": "2026-09-30"}
    page = said(client.post(at("check", upload), given, follow=True))
    assert "请填写 2026-09-01 的期初余额" in page and "笔新流水" not in page
    post(client, upload, status=409)
    page = said(client.post(at("check", upload), given | {"opening": "10000"}, follow=True))
    assert "15,400.00" in page
    post(client, upload)
    assert Statement.objects.get().closing_fen == 1_540_000


def test_a_column_that_is_changed_counts_although_the_layout_was_recognised(desk, client):
    said(send(client, desk.book, BANK, kind="bank"))
    upload = Upload.objects.get()
    page = said(client.get(at("mapping", upload)))
    summary = next(name for name, use in selects(page).items() if use == "summary")
    page = said(confirm(client, upload, **{summary: ""}))
    upload.refresh_from_db()
    assert upload.profile == "mapping" and 'summary = ""' in upload.mapping
    post(client, upload)
    assert BankLine.objects.count() == 9 and not BankLine.objects.exclude(summary="").exists()


def test_a_bad_line_stops_the_whole_statement(desk, client):
    data = UNSEEN.replace("800.00", "8百").replace("办理日", "交易日期").replace("干嘛", "摘要")
    data = data.replace("进账", "收入").replace("出账", "支出").encode()
    said(send(client, desk.book, BANK, kind="bank", name="x.csv", data=data))
    upload = Upload.objects.get()
    page = said(confirm(client, upload))
    assert "第 3 行" in page and "8百" in page and "保存流水" not in page
    assert "全部改好才能导入" in post(client, upload, status=409)
    answer = client.get(at("bad", upload))
    assert openpyxl.load_workbook(io.BytesIO(answer.content)).active.max_row == 2
    assert not Statement.objects.exists()


# --- the register -------------------------------------------------------------------------------


def test_the_register_lists_what_is_on_its_way_and_leads_to_new_ones(desk, client, people):
    page = said(client.get(reverse("intake:index")))
    assert "还没有导入过文件" in page and "导入收支明细表" in page
    brought(client, desk.book, SHEET)
    page = said(client.get(reverse("intake:index") + f"?book={desk.book.code}"))
    assert SHEET.name in page and "已试算" in page
    stranger = people.client(people.stranger)
    assert SHEET.name not in said(stranger.get(reverse("intake:index")))
    for name in ("detail", "mapping", "toml", "bad"):
        assert stranger.get(at(name, Upload.objects.get())).status_code == 404
    assert people.client(people.cashier).get(reverse("intake:index")).status_code == 403


def test_an_upload_may_be_let_go_until_it_is_posted(desk, client):
    upload, _page = brought(client, desk.book, SHEET)
    assert "已放弃" in said(client.post(at("drop", upload), follow=True))
    assert not Upload.objects.exists()
    upload, _page = brought(client, desk.book, SHEET)
    post(client, upload)
    assert "记录须保留" in said(client.post(at("drop", upload)), 409)


def test_uploads_that_nobody_finishes_are_let_go(desk, client):
    said(send(client, desk.book, SHEET))
    Upload.objects.update(made_at=timezone.now() - timedelta(days=31))
    said(send(client, desk.book, FAULTY))
    assert [upload.name for upload in Upload.objects.all()] == [FAULTY.name]


def test_every_page_is_there_in_english(desk, client):
    upload, _page = brought(client, desk.book, FAULTY)
    client.cookies["django_language"] = "en"
    try:
        for url in (reverse("intake:index"), at("mapping", upload), at("detail", upload)):
            assert 'lang="en"' in said(client.get(url))
    finally:
        translation.activate("zh-hans")
