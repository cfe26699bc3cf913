"""Papers as they leave the press."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from linli.kernel.money import yuan
from linli.prints import TypefacesMissing, papers, render
from linli.prints.samples import ON, SAMPLES
from linli.prints.samples.books import VOUCHERS, journal, ledger
from linli.prints.samples.notice import CORRECTED, NOTICE
from linli.prints.samples.others import RECEIPT, RECEIPT_STUBS, SLIP, receipts, slips
from linli.prints.tests.reading import (
    changed,
    needs_typefaces,
    poppler,
    printed,
    running_text,
    text_of,
)

HERE = Path(__file__).parent
NASTY = "#let $x$ *b* _i_ `c` \\n @ref <l> [z] {y} // /* = - + ~ \"q\" 'p' %(page)s"


@pytest.fixture(autouse=True)
def _typefaces():
    needs_typefaces()


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("name", SAMPLES)
def test_every_sample_prints_in_both_languages(name, language):
    pdf = printed(name, language)
    assert pdf.startswith(b"%PDF-")
    assert SAMPLES[name][1]["unit"] in text_of(pdf)


@pytest.mark.parametrize("name", ["notice", "notice-corrected", "receipt"])
def test_a_paper_for_everyone_is_small_and_read_by_screen_readers(name):
    pdf = printed(name)
    assert len(pdf) < 300_000
    facts = poppler("pdfinfo", "-", pdf=pdf)
    assert re.search(r"Tagged:\s+yes", facts)
    assert "碧海家园" in re.search(r"Title:\s+(.*)", facts)[1]


def test_only_our_own_typefaces_are_used_and_all_are_embedded():
    table = poppler("pdffonts", "-", pdf=printed("notice")).splitlines()[2:]
    assert table and all("yes yes yes" in line for line in table)
    names = {line.split("+")[1].split()[0].split("-")[0] for line in table}
    assert names <= {"NotoSansSC", "NotoSerifSC", "DejaVuSansMono"}


# ---- The same data, the same bytes


@pytest.mark.parametrize("name", SAMPLES)
def test_the_same_data_and_moment_give_the_same_bytes(name):
    template, data = SAMPLES[name]
    assert render(template, deepcopy(data), on=ON) == printed(name)


def test_another_process_prints_the_same_bytes():
    program = (
        "import sys, hashlib, django; django.setup();"
        "from linli.prints import render; from linli.prints.samples import ON, SAMPLES;"
        "print(hashlib.sha256(render(*SAMPLES['notice'], on=ON)).hexdigest())"
    )
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "linli.settings", "LINLI_SECRET": "x"}
    digests = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={**environment, "PYTHONHASHSEED": seed, "TZ": zone},
            cwd=HERE.parent.parent.parent,
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed, zone in (("1", "UTC"), ("2", "Asia/Shanghai"))
    }
    assert len(digests) == 1


def test_threads_print_side_by_side():
    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(lambda _n: render(*SAMPLES["receipt"], on=ON), range(12)))
    assert set(made) == {printed("receipt")}


def test_another_moment_or_another_figure_gives_other_bytes():
    later = render("notice", NOTICE, on=ON + timedelta(days=1))
    other = render("notice", {**NOTICE, "custodian": "居委会代管"}, on=ON)
    assert len({later, other, printed("notice")}) == 3


def test_the_date_on_the_paper_is_the_day_in_china():
    evening = datetime(2026, 11, 4, 18, 0, tzinfo=UTC)
    assert "制表日期2026-11-05" in running_text(render("notice", NOTICE, on=evening))


# ---- What stands on it


def test_a_notice_says_both_accounts_and_how_they_are_proved():
    text = running_text(printed("notice"))
    for figure in ("34,720.18", "5,126.44", "29,593.74", "148,080.50", "165,074.24", "−5,000.00"):
        assert figure in text
    for words in (
        "碧海家园",
        "2026年10月两笔账公示",
        "一、服务项目账",
        "二、资金收支账",
        "公共收益（公共收入−合理成本）",
        "账已付、银行未付",
        "未核对",
        "4,123,660.51",
        "未说明",
        "2026-11-05至2026-12-05",
        "0535-5600000",
        "8C1D:77F0:2A6B:E934:05CC:41AF:9D28:6E5B",
        "审批人（小区党支部）",
    ):
        assert words in text
    assert "后续更正" not in text


def test_the_seal_carries_the_period_and_eight_characters_of_the_root():
    words = text_of(printed("notice")).split()
    assert {"2026", "10", "3f9a", "c27e"} <= set(words)


def test_a_correction_keeps_the_sealed_figures_and_adds_a_column():
    text = running_text(printed("notice-corrected"))
    assert "更正公示（第2版）" in text and "后续更正" in text
    assert "34,720.18" in text and "5,400.00" in text and "−800.00" in text
    assert CORRECTED["correction"]["reason"] in text


def test_an_imported_month_says_so_and_has_no_signers():
    imported = {**NOTICE, "imported": True, "signers": []}
    text = running_text(render("notice", imported, on=ON))
    assert "导入封存" in text and "签章角色：无（导入封存）" in text


def test_a_month_without_anything_still_prints():
    empty = {
        **NOTICE,
        **{part: [] for part in ("funds", "projects", "bank", "beside", "open_points")},
    }
    text = running_text(render("notice", empty, on=ON))
    assert "本月没有资金收支。" in text and "本月没有在办的服务项目。" in text


def test_a_draft_says_so_on_every_page():
    data = {**journal(70), "draft": True}
    pages = text_of(render("journal", data, on=ON)).split("\f")[:-1]
    assert len(pages) > 2 and all("草稿" in page for page in pages)
    assert "草稿" not in text_of(printed("journal"))


def test_a_voucher_shows_capitals_boxes_and_the_mark_of_a_reversal():
    text = running_text(printed("voucher-a5"))
    assert "人民币玖仟捌佰壹拾元零伍角" in text
    assert "¥981050" in text
    assert "付字第0012号" in text and "附单据3张" in text
    assert "原凭证记-0008" in text and "−80000" in text
    assert "未编号" in text and "作废" in text


def test_a_long_voucher_goes_on_over_sheets_and_is_summed_once():
    text = text_of(printed("voucher-a5"))
    assert "(1/2)" in text and "(2/2)" in text and "接下页" in text
    assert "".join(text.split()).count("人民币壹万壹仟贰佰捌拾元整") == 1


def test_an_amount_too_long_for_the_boxes_is_written_plainly_with_its_sign():
    data = deepcopy(VOUCHERS)
    voucher = data["vouchers"][2]
    voucher["lines"][0]["credit_fen"] = voucher["lines"][1]["debit_fen"] = -12345678901
    text = running_text(render("voucher", {**data, "vouchers": [voucher]}, on=ON))
    assert text.count("−123,456,789.01") == 4


def test_a_receipt_has_its_number_capitals_code_and_three_stubs():
    one, three = running_text(printed("receipt")), running_text(printed("receipt-stubs"))
    for words in ("2026-000128", "人民币陆佰元整", "¥600.00", "7Q2MX4KD9TWB"):
        assert words in one and three.count(words) == 3
    assert all(stub in three for stub in ("存根", "交款人", "记账"))
    assert "作废" in running_text(printed("receipt-void")) and "作废" not in one


def test_many_receipts_stand_three_to_a_sheet_each_with_its_own_code():
    pages = running_text(render("receipt", slips(8), on=ON))
    for slip in slips(8)["receipts"]:
        assert pages.count(slip["receipt_code"]) == 1 and pages.count(slip["number"]) == 1
    sheets = text_of(render("receipt", slips(10), on=ON)).split("\f")[:-1]
    assert [sheet.count("今收到") for sheet in sheets] == [3, 3, 3, 1]
    assert [sheet.count("作废") for sheet in sheets] == [0, 0, 1, 0]
    job, _rows = papers._job("receipt", slips(8), "zh-hans", ON)
    assert len({*job["qr"].values()}) == 8


def test_a_reconciliation_that_does_not_come_out_says_so():
    pages = text_of(printed("reconciliation")).split("\f")
    assert "两边相等" in pages[0] and "171,164.42" in pages[0]
    assert "两边不等" in pages[1] and "−100.00" in pages[1]


# ---- Pages


def carried(text: str, words: str) -> list[tuple[str, ...]]:
    return [
        tuple(re.findall(r"−?[\d,]+\.\d\d", line)) for line in text.splitlines() if words in line
    ]


def test_sums_are_carried_from_page_to_page():
    text = text_of(printed("journal"))
    forward, brought = carried(text, "过次页"), carried(text, "承前页")
    assert len(forward) == text.count("\f") - 1
    assert forward == brought and all(len(sums) == 3 for sums in forward)


def test_each_account_of_a_ledger_begins_its_own_sums():
    text = text_of(printed("ledger"))
    second = text.split("场地租赁费")[-1]
    assert "本期没有发生额。" in second and "过次页" not in second


def test_two_thousand_rows_keep_their_head_and_their_sums():
    data = journal(2000)
    text = text_of(render("journal", data, on=ON))
    pages = text.split("\f")[:-1]
    assert len(pages) > 40
    assert all("摘要" in page and f"共 {len(pages)} 页" in page for page in pages)
    assert carried(text, "过次页") == carried(text, "承前页")
    rows = data["accounts"][0]["rows"]
    balance = data["accounts"][0]["opening_fen"] + sum(
        row["debit_fen"] - row["credit_fen"] for row in rows
    )
    assert yuan(balance) in pages[-1] or yuan(balance) in pages[-2]


def test_a_list_of_receipts_sums_up_page_by_page():
    data = receipts(2000)
    text = text_of(render("receipts", data, on=ON))
    sums = [int(line[-1].replace(",", "").replace(".", "")) for line in carried(text, "累计至本页")]
    assert all(a < b for a, b in pairwise(sums))
    assert yuan(data["total_fen"]) in text.split("\f")[-2]


def test_no_rows_are_a_paper_too():
    assert "本期没有发生额。" in text_of(render("journal", journal(0), on=ON))
    assert "本期没有收据。" in text_of(render("receipts", receipts(0), on=ON))


# ---- What people write


@pytest.mark.parametrize("name", ["notice", "journal", "receipt"])
def test_text_with_markup_stays_as_it_was_written(name):
    template, data = SAMPLES[name]
    text = running_text(render(template, {**data, "note": NASTY, "unit": NASTY}, on=ON))
    assert text.count("".join(NASTY.split())) >= 2


@pytest.mark.parametrize("name", SAMPLES)
def test_no_text_however_written_breaks_a_paper(name):
    """Free text everywhere with markup, directions, controls, emoji, rare and long words."""
    template, data = SAMPLES[name]
    bad = " \u202e\u0007\x00\ue000 עברית عربي 😀 𠮷 " + NASTY + "x" * 60

    def spoil(text: str) -> str:
        return text + bad if re.search(r"[\u4e00-\u9fff]{3}", text) and len(text) < 60 else text

    pdf = render(template, changed(data, spoil), on=ON)
    text = text_of(pdf)
    assert "〓" in text and "字库中没有的字" in text
    assert not set("\u202e\u0007\ue000") & set(text)


def test_long_words_wrap_inside_their_column():
    data = deepcopy(ledger(4))
    data["accounts"][0]["rows"][0]["voucher"] = "V" * 80
    lines = text_of(render("ledger", data, on=ON)).splitlines()
    assert max(line.count("V") for line in lines) <= 20
    assert sum(line.count("V") for line in lines) == 80


def test_the_address_in_the_code_is_the_address_that_was_given():
    url = "http://localhost:8000/" + "verify-" * 20
    data = {**RECEIPT, "receipts": [{**SLIP, "proof": {"url": url}}]}
    assert url in running_text(render("notice", {**NOTICE, "proof": {"url": url}}, on=ON))
    assert papers._qr(url) != papers._qr(url + "x")
    assert render("receipt", data, on=ON) != printed("receipt")


def test_a_receipt_of_three_stubs_stays_on_one_page():
    long = "碧海家园二期北区" * 8
    data = {**RECEIPT_STUBS, "receipts": [{**SLIP, "payer": long, "item": long}]}
    assert text_of(render("receipt", data, on=ON)).count("\f") == 1


# ---- Refusals


def test_missing_typefaces_are_named_with_what_to_do(tmp_path, monkeypatch):
    monkeypatch.setattr(papers, "FONTS", tmp_path)
    with pytest.raises(TypefacesMissing, match=r"NotoSansSC-Regular\.ttf.*make setup"):
        render("receipt", RECEIPT, on=ON)


def test_unknown_templates_languages_and_days_without_a_zone_are_refused():
    with pytest.raises(ValueError, match="no such template: 'poster'"):
        render("poster", RECEIPT, on=ON)
    with pytest.raises(ValueError, match="no such language: 'fr'"):
        render("receipt", RECEIPT, language="fr", on=ON)
    with pytest.raises(ValueError, match="time zone"):
        render("receipt", RECEIPT, on=ON.replace(tzinfo=None))
