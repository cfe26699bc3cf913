"""Made-up things for the gallery of components; nothing here is read from the database."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from pathlib import Path
from types import SimpleNamespace as Thing
from typing import Any

from django import forms
from django.contrib.staticfiles import finders
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from linli.kernel.rulings import require
from linli.kernel.words import AnyOf
from linli.web.context import Link
from linli.web.fields import AmountField, DayField, FilesField, MonthField
from linli.web.registers import Bulk, Column, Register

ROOT = "9f3a7c21"
TOKENS = (
    ("--paper", _("纸")),
    ("--surface", _("面")),
    ("--sunk", _("衬")),
    ("--line", _("线")),
    ("--ink", _("墨")),
    ("--ink-2", _("淡墨")),
    ("--ink-3", _("轻墨")),
    ("--jade", _("青玉：能办的事")),
    ("--jade-soft", _("青玉衬")),
    ("--vermilion", _("朱：只用于逾期")),
    ("--seal", _("印泥：只用于印")),
)


class Voucher(forms.Form):
    """Every kind of field once."""

    payer = forms.CharField(label=_("付款方"), help_text=_("写收据上的全称"))
    amount = AmountField(label=_("金额"))
    day = DayField(label=_("日期"), help_text=_("款项实际到账的日子"))
    month = MonthField(label=_("所属月份"), required=False)
    category = forms.ChoiceField(
        label=_("科目"), choices=[("parking", _("停车场地使用费")), ("advertising", _("广告收入"))]
    )
    way = forms.ChoiceField(
        label=_("收款方式"),
        widget=forms.RadioSelect,
        choices=[("bank", _("银行转账")), ("wallet", _("商户码")), ("cash", _("现金"))],
    )
    note = forms.CharField(
        label=_("说明"), widget=forms.Textarea(attrs={"rows": 3}), required=False
    )
    papers = FilesField(label=_("凭证照片"), required=False, help_text=_("发票、合同或收据"))
    agreed = forms.BooleanField(label=_("已与收据存根核对"))


class Search(forms.Form):
    q = forms.CharField(
        label=_("关键词"), required=False, widget=forms.TextInput(attrs={"type": "search"})
    )
    fund = forms.ChoiceField(
        label=_("资金"),
        required=False,
        choices=[("", _("全部")), ("common", _("公共收益")), ("seed", _("种子基金"))],
    )
    since = DayField(label=_("起始日期"), required=False)


def _rows() -> list[Thing]:
    names = (
        _("碧海家园东区地下停车场临时车位租金（九月至十月，含夜间时段）"),
        _("电梯轿厢广告位"),
        _("小区南门快递柜场地费"),
        _("公共照明电费"),
        _("凉亭翻修工程首付款"),
    )
    amounts = (1_286_000, 420_000, 96_000, -183_245, -6_500_000)
    states = (
        (_("已入账"), "done"),
        (_("待审批"), "open"),
        (_("草稿"), "draft"),
        (_("已入账"), "done"),
        (_("审批逾期"), "late"),
    )
    return [
        Thing(
            pk=at,
            summary=names[at % 5],
            fen=amounts[at % 5],
            day=date(2026, 10, 1 + at % 28),
            state=states[at % 5],
            left=(None, 4, None, None, -2)[at % 5],
        )
        for at in range(63)
    ]


COLUMNS = (
    Column(code="summary", label=_("摘要"), href=lambda row: f"#row-{row.pk}"),
    Column(code="day", label=_("日期"), kind="day"),
    Column(code="fen", label=_("金额（元）"), kind="money"),
    Column(code="state", label=_("状态"), kind="state"),
    Column(code="left", label=_("期限"), kind="deadline"),
    Column(code="pk", label=_("编号"), kind="number", shown=False),
)


def _register(request: HttpRequest) -> Register:
    return Register(
        request,
        rows=_rows(),
        columns=COLUMNS,
        filters=Search(request.GET),
        total_count=180,
        tabs=[
            Link(_("列表"), "?", "layout-list", True),
            Link(_("看板"), "?view=board", "layout-kanban"),
        ],
        bulk=[Bulk(code="print", label=_("打印凭证"), icon="printer")],
        bulk_url="#",
        excel_out_url="#",
    )


def _trend() -> dict[str, Any]:
    months = [f"2025-{m:02d}" for m in (11, 12)] + [f"2026-{m:02d}" for m in range(1, 11)]
    income = [1180, 1320, 1260, 980, 1410, 1388, 1502, 1476, 1533, 1611, 1590, 1686]
    cost = [310, 298, 405, 288, 330, 342, 401, 460, 452, 398, 377, 365]
    use = [0, 450, 0, 200, 0, 980, 1200, 300, 0, 2100, 640, 650]
    closing, balance = [], 5200
    for i, c, u in zip(income, cost, use, strict=True):
        balance += i - c - u
        closing.append(balance)
    rows = (
        (_("公共收入"), "income", income, False),
        (_("合理成本"), "cost", cost, False),
        (_("使用"), "use", use, False),
        (_("期末余额"), "closing", closing, True),
    )
    return {
        "unit": "fen",
        "x": months,
        "series": [
            {"name": name, "tone": tone, "values": [v * 1000 for v in values], "line": line}
            for name, tone, values, line in rows
        ],
    }


def _flow() -> dict[str, Any]:
    nodes = (
        ("parking", _("停车场地使用费"), "common"),
        ("advertising", _("广告收入"), "common"),
        ("grant", _("财政拨款"), "fiscal"),
        ("donation", _("定向募捐"), "seed"),
        ("common", _("公共收益"), "common"),
        ("fiscal", _("财政经费"), "fiscal"),
        ("seed", _("种子基金"), "seed"),
        ("pavilion", _("凉亭翻修"), "plain"),
        ("canteen", _("老年助餐点"), "plain"),
        ("reserve", _("结余"), "plain"),
        ("elder", _("为老服务"), "plain"),
        ("yard", _("环境提升"), "plain"),
    )
    links = (
        ("parking", "common", 1_286_000),
        ("advertising", "common", 420_000),
        ("grant", "fiscal", 900_000),
        ("donation", "seed", 500_000),
        ("common", "pavilion", 650_000),
        ("common", "reserve", 1_056_000),
        ("fiscal", "canteen", 900_000),
        ("seed", "canteen", 300_000),
        ("seed", "reserve", 200_000),
        ("pavilion", "yard", 650_000),
        ("canteen", "elder", 1_200_000),
    )
    return {
        "unit": "fen",
        "nodes": [{"id": i, "name": name, "tone": tone} for i, name, tone in nodes],
        "links": [{"source": a, "target": b, "value": v} for a, b, v in links],
    }


def _match() -> dict[str, Any]:
    bank = [
        Thing(key="b1", fen=1_286_000, day=date(2026, 10, 8), title=_("商户结算 0901-0930"), text=_("财付通支付科技有限公司"), chosen=True),
        Thing(key="b2", fen=-183_245, day=date(2026, 10, 15), title=_("电费"), text=_("国网山东省电力公司蓬莱供电公司"), chosen=False),
        Thing(key="b3", fen=-300, day=date(2026, 10, 21), title=_("短信服务费"), text="", chosen=False),
    ]  # fmt: skip
    book = [
        Thing(key="e1", fen=646_000, day=date(2026, 9, 12), title=_("临时停车费"), text="J-0041", chosen=True),
        Thing(key="e2", fen=640_000, day=date(2026, 9, 27), title=_("临时停车费"), text="J-0047", chosen=True),
        Thing(key="e3", fen=-183_245, day=date(2026, 10, 14), title=_("公共照明电费"), text="J-0055", chosen=False),
    ]  # fmt: skip
    return {"bank": bank, "book": book}


def _steps(*, many: bool) -> list[Thing]:
    short = (
        (_("记账"), _("记账员"), "done", "10-28"),
        (_("对账"), _("出纳员"), "done", "10-31"),
        (_("审批"), _("审批人（小区党支部）"), "open", _("还剩 2 个工作日")),
        (_("封存"), (_("审批人（小区党支部）"), _("居民代表")), "wait", ""),
        (_("公示"), _("记账员"), "wait", ""),
    )
    rows = short if not many else (*short[:2], (_("联合验收"), _("联合验收组"), "late", _("逾期 3 个工作日")), *short[3:], *short[2:])  # fmt: skip
    return [Thing(name=n, by=b, state="wait" if many and at > 4 else s, note=note) for at, (n, b, s, note) in enumerate(rows)]  # fmt: skip


def _events() -> list[Thing]:
    at = [datetime(2026, 11, d, 6, 30, tzinfo=UTC) for d in (5, 3, 2)]
    return [
        Thing(at=at[0], title=_("封存 2026年10月"), by=(_("审批人（小区党支部）"), _("居民代表")), kind="seal", text="", href="#", fen=None),
        Thing(at=at[1], title=_("审批通过"), by=_("审批人（小区党支部）"), kind="done", text=_("合同、发票、验收单齐全"), href="", fen=-6_500_000),
        Thing(at=at[2], title=_("提交审批"), by=_("记账员"), kind="", text="", href="", fen=-6_500_000),
    ]  # fmt: skip


def _account() -> list[Thing]:
    rows = (
        (_("上期结余"), 5_200_000, "line", ""),
        (_("公共收入"), None, "head", ""),
        (_("停车场地使用费"), 1_286_000, "part", "#parking"),
        (_("广告收入"), 420_000, "part", "#advertising"),
        (_("公共收入合计"), 1_706_000, "sum", ""),
        (_("减：合理成本"), -365_000, "line", "#cost"),
        (_("公共收益"), 1_341_000, "sum", ""),
        (_("减：项目支出"), -6_500_000, "line", "#use"),
        (_("期末结余"), 41_000, "total", ""),
    )
    return [
        Thing(label=label, fen=fen, kind=kind, href=href, note="")
        for label, fen, kind, href in rows
    ]


def _icons() -> list[str]:
    sprite = finders.find("dist/icons.svg")
    return re.findall(r'<symbol id="([^"]+)"', Path(sprite).read_text("utf-8")) if sprite else []


def examples(request: HttpRequest) -> dict[str, Any]:
    """The context of the gallery."""
    ruling = require(False, _("“%(step)s”由%(who)s办理，您没有这个职务"), "linli:ledger.8", step=_("审批"), who=AnyOf((_("审批人（小区党支部）"), _("居民代表")))) & require(
        False, _("公共收益的使用须有业主共同决定"), "民法典:278", "民法典:282"
    )  # fmt: skip
    faulty = Voucher({"amount": "1200.505", "day": "2026-10-08", "way": "cash", "payer": ""})
    desk = [
        Thing(title=_("审批：凉亭翻修工程首付款"), url="#", place="碧海家园", step=_("审批"), by=_("记账员"), left=-2, due=date(2026, 11, 18), action=_("去审批")),
        Thing(title=_("封存 2026年10月"), url="#", place="碧海家园", step=_("封存"), by="", left=1, due=date(2026, 11, 24), action=""),
        Thing(title=_("答复异议：电费为何比上月高"), url="#", place="海韵花园小区二期（含沿街商铺及地下人防车位）", step=_("答复"), by=_("居民代表"), left=8, due=date(2026, 12, 3), action=""),
    ]  # fmt: skip
    return {
        "tokens": TOKENS,
        "icons": _icons(),
        "root": ROOT,
        "ruling": ruling,
        "cite": "民法典:282",
        "form": faulty,
        "clean": Voucher(initial={"amount": 140_950, "day": date(2026, 10, 1)}, auto_id="clean_%s"),
        "register": _register(request),
        "trend": _trend(),
        "flow": _flow(),
        "match": _match(),
        "none": [],
        "steps": _steps(many=False),
        "many_steps": _steps(many=True),
        "events": _events(),
        "account": _account(),
        "desk": desk,
        "facts": [
            (_("账套"), "B000001 碧海家园"),
            (_("资金"), _("公共收益")),
            (_("付款方"), _("财付通支付科技有限公司")),
            (_("说明"), ""),
        ],
        "board": [
            Thing(label=_("草稿"), count=2, more_url="#", cards=[Thing(title=_("小区南门快递柜场地费"), url="#", text="960.00", left=None)]),
            Thing(label=_("待审批"), count=1, more_url="", cards=[Thing(title=_("凉亭翻修工程首付款"), url="#", text="−65,000.00", left=-2)]),
            Thing(label=_("已入账"), count=0, more_url="", cards=[]),
        ],
        "chat": _("【碧海家园】2026年10月两笔账已公示\n公共收入 17,060.00 元，合理成本 3,650.00 元，公共收益 13,410.00 元\n本月支出 65,000.00 元（凉亭翻修首付款），期末结余 410.00 元\n有疑问可在公示页每个数字旁提出异议。"),
        "page_url": "https://example.org/b/B000001/2026-10",
    }  # fmt: skip
