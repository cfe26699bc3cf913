"""Rules of intake: what a row of a ledger sheet says, and whether it may become an entry.

No database, no clock, no request. Amounts are fen; money that comes in is positive.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Protocol

from linli.intake.faults import Fault
from linli.intake.words import bank_values, row_words
from linli.kernel.money import parse_yuan, yuan
from linli.kernel.rulings import ALLOWED, Ruling, refuse, require
from linli.kernel.words import gettext_noop as _
from linli.sheets.model import Value
from linli.sources.chart import folded

INCOME, COST, USE = "income", "cost", "use"
NET_ASSETS = "net_assets"
COMMON = "common"
YEAR, MONTH = "year", "month"
SCOPES = (YEAR, MONTH)

LENGTHS = {
    "voucher": 64,
    "counterparty": 100,
    "summary": 200,
    "handler": 64,
    "document": 100,
    "decision": 100,
    "note": 200,
    "project": 32,
}
"""How many characters the book keeps of each text."""

UNKNOWN_FUND = _("不认识的资金来源“%(value)s”")
UNKNOWN_CATEGORY = _("类别“%(value)s”不在科目表中")
"""The two faults that a mapping mends."""

_NONE = frozenset({"", "-", "--", "—", "——", "–", "/", "无", "-0", "－"})
_DIGITS = re.compile(r"^(.*?)(\d+)\D*$")


class Leaf(Protocol):
    """A category of the chart (`linli.sources.chart.Category`)."""

    @property
    def code(self) -> str: ...
    @property
    def fund(self) -> str: ...
    @property
    def side(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def aliases(self) -> tuple[str, ...]: ...
    @property
    def needs_note(self) -> bool: ...


class NamedFund(Protocol):
    """A fund of the chart (`linli.sources.chart.Fund`)."""

    @property
    def code(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def aliases(self) -> tuple[str, ...]: ...


class Chart:
    """The chart made ready for looking names up, with the words that a mapping file adds."""

    def __init__(
        self,
        categories: Sequence[Leaf],
        funds: Mapping[str, NamedFund],
        *,
        fund_words: Mapping[str, str] | None = None,
        category_words: Mapping[str, str] | None = None,
    ) -> None:
        self.names = {code: fund.name for code, fund in funds.items()}
        self._funds = {
            folded(name): code
            for code, fund in funds.items()
            for name in (fund.name, *fund.aliases, code)
        }
        self._funds |= {folded(word): code for word, code in (fund_words or {}).items() if code}
        self._leaves: dict[str, list[Leaf]] = {}
        self._codes: dict[str, list[Leaf]] = {}
        for leaf in categories:
            if leaf.side != NET_ASSETS:
                self._codes.setdefault(leaf.code, []).append(leaf)
                for name in {folded(name) for name in (leaf.name, *leaf.aliases, leaf.code)}:
                    self._leaves.setdefault(name, []).append(leaf)
        self._words = {folded(word): code for word, code in (category_words or {}).items() if code}

    def fund(self, text: str) -> tuple[str, Ruling]:
        """The code of a fund by any of its names."""
        code = self._funds.get(folded(text), "")
        if code in self.names:
            return code, ALLOWED
        if not folded(text):
            return "", refuse(_("未填资金来源"))
        return "", refuse(UNKNOWN_FUND, value=text)

    def fund_in(self, texts: Iterable[str]) -> str:
        """The one fund that a title names, or nothing where it names none or several."""
        plain = [folded(text) for text in texts]
        found = {code for name, code in self._funds.items() if any(name in text for text in plain)}
        return found.pop() if len(found) == 1 else ""

    def funds_of(self, text: str) -> frozenset[str]:
        """The funds in which a category name stands, by any of its names."""
        return frozenset(leaf.fund for leaf in self._named(text))

    def codes_of(self, text: str) -> frozenset[str]:
        """The codes of the categories that go by a name."""
        return frozenset(leaf.code for leaf in self._named(text))

    def category(self, text: str, *, fund: str) -> tuple[Leaf | None, Ruling]:
        """The category of a name within a fund; a name means different leaves in different funds."""
        leaves = self._named(text, fund=fund)
        own = [leaf for leaf in leaves if leaf.fund in (fund, "")]
        if own:
            return own[0], ALLOWED
        if not folded(text):
            return None, refuse(_("未填类别"))
        if leaves:
            return None, refuse(
                _("类别“%(value)s”属于%(other)s，与资金来源“%(fund)s”不符"),
                value=text,
                other=[self.names.get(leaf.fund, leaf.fund) for leaf in leaves],
                fund=self.names.get(fund, fund),
            )
        return None, refuse(UNKNOWN_CATEGORY, value=text, fund=fund)

    def _named(self, text: str, *, fund: str = "") -> list[Leaf]:
        """A mapping's words come first; ``资金/类别`` there speaks of one fund only."""
        name = folded(text)
        for word in (folded(self.names.get(fund, "")) + name, name):
            if word and word in self._words:
                return self._codes.get(self._words[word], [])
        return self._leaves.get(name, [])


def is_blank_amount(value: Value) -> bool:
    """Empty, a zero, or one of the signs by which a clerk says that there is nothing."""
    if isinstance(value, str):
        return value == "" or value.strip() in _NONE or value.strip().strip("0.,") == ""
    return not isinstance(value, bool) and value == 0


def amount_of(*, income: Value, expense: Value) -> tuple[int | None, Ruling]:
    """The amount of a row with two columns, in fen: income positive, expense negative.

    Exactly one of the two is filled, with a positive amount of at most two decimals. All reasons
    come at once.
    """
    blank_income, blank_expense = is_blank_amount(income), is_blank_amount(expense)
    if blank_income and blank_expense:
        return None, refuse(_("收入、支出都没有填金额"), "linli:ledger.2")
    ruling, fen = ALLOWED, 0
    for value, blank, sign, negative in (
        (
            income,
            blank_income,
            1,
            _("收入不能为负数（%(amount)s 元）；退款请填在支出栏并注明“退款”"),
        ),
        (
            expense,
            blank_expense,
            -1,
            _("支出不能为负数（%(amount)s 元）；退回请填在收入栏并注明“退回”"),
        ),
    ):
        if not blank:
            read, wrong = _fen(value)
            ruling &= wrong
            if read is not None and read < 0:
                ruling &= refuse(negative, "linli:ledger.2", amount=yuan(read))
            fen += sign * (read or 0)
    both = not blank_income and not blank_expense
    ruling &= require(not both, _("收入和支出同时填了金额，一行只能填一栏"), "linli:ledger.2")
    return (fen if ruling.allowed else None), ruling


def signed_amount_of(value: Value) -> tuple[int | None, Ruling]:
    """The amount of a row with one column: positive came in, negative went out."""
    if is_blank_amount(value):
        return None, refuse(_("未填写金额"), "linli:ledger.2")
    return _fen(value)


def _fen(value: Value) -> tuple[int | None, Ruling]:
    """parse_yuan, with a short way for the plain case: a number that is whole fen as it stands."""
    if type(value) is float and -1e12 < value < 1e12:
        fen = round(value * 100)
        if fen / 100 == value:
            return fen, ALLOWED
    return parse_yuan(value)


def directed_amount_of(value: Value, *, direction: str) -> tuple[int | None, Ruling]:
    """The amount of a row with one column of figures and one that says 收 or 支."""
    fen, ruling = signed_amount_of(value)
    way = folded(direction)
    sign = 1 if way in bank_values("income") else -1 if way in bank_values("expense") else 0
    if not sign:
        ruling &= refuse(_("收支方向“%(value)s”不明，请写“收入”或“支出”"), value=direction)
    if fen is not None and fen < 0:
        ruling &= refuse(_("金额不能为负数；退款请填相反的收支方向并注明“退款”"), "linli:ledger.2")
    return (sign * fen if fen is not None and ruling.allowed else None), ruling


def unsigned_amount_of(value: Value, *, side: str) -> tuple[int | None, Ruling]:
    """The amount of a row with one column without signs: the category tells the direction.

    `side` is empty where the category is not known; the amount then counts as money that came in.
    """
    fen, ruling = signed_amount_of(value)
    if side not in ("", INCOME, COST, USE):
        ruling &= refuse(_("只有一栏金额时，划转和押金须用正负号或收支方向表明收付"))
    if fen is None or not ruling.allowed:
        return None, ruling
    return (-fen if side in (COST, USE) else fen), ruling


def is_contra(*, side: str, amount_fen: int) -> bool:
    """Whether a line goes against its category: a refund of income, or money back from a cost."""
    return (side == INCOME and amount_fen < 0) or (side in (COST, USE) and amount_fen > 0)


def may_go_against(*, texts: Iterable[str], document: str) -> Ruling:
    """A refund says that it is one, or names the receipt it gives back."""
    said = "".join(texts)
    told = bool(document) or any(word in said for word in row_words("refund"))
    return require(
        told,
        _("金额所在的栏与类别的收支方向相反；如为退款，请在摘要写明“退款”并填原票据号"),
    )


def needs_decision(*, fund: str, side: str, contra: bool, decision: str) -> Ruling:
    """Spending common proceeds needs a resolution of the owners or an authorised limit."""
    free = fund != COMMON or side != USE or contra or bool(decision)
    return require(free, _("使用公共收益须填决议依据"), "linli:ledger.7", "民法典:278")


def short_enough(*, field: str, text: str) -> Ruling:
    """Texts longer than the book keeps are refused, never cut off."""
    most = LENGTHS.get(field, 200)
    return require(
        len(text) <= most,
        _("文字过长（%(count)s 字），最多 %(most)s 字"),
        count=len(text),
        most=most,
    )


def scope_of(*, scope: str, on: date) -> str:
    """``2026`` or ``2026-09``: within what a voucher number is used once."""
    return f"{on.year:04d}-{on.month:02d}" if scope == MONTH else f"{on.year:04d}"


def voucher_scope(numbered: Iterable[tuple[date, str]]) -> str:
    """Whether voucher numbers run through the year, or start again each month.

    `numbered`: (day, voucher number) in the order of the sheet. They start again where in every
    later month of the same year the first number is the lowest one with which any month began,
    and the numbers rise from there.
    """
    series: dict[str, dict[tuple[int, int], list[int]]] = {}
    for on, voucher in numbered:
        if match := _DIGITS.match(voucher):
            months = series.setdefault(match[1], {})
            months.setdefault((on.year, on.month), []).append(int(match[2]))
    return MONTH if any(_restarts(months) for months in series.values()) else YEAR


def _restarts(months: Mapping[tuple[int, int], list[int]]) -> bool:
    within_a_year = len({year for year, _month in months}) < len(months)
    lowest = min(min(numbers) for numbers in months.values())
    rising = sum(numbers == sorted(numbers) for numbers in months.values())
    return (
        within_a_year
        and lowest <= 1
        and all(numbers[0] == lowest for numbers in months.values())
        and rising * 2 > len(months)
    )


MOST_DRAFTS = 1000
"""How many vouchers one sheet may draft at once: each is approved by a person."""

MOST_ROWS_ONLINE = 50_000
"""How many rows a page takes in at once: read, tried and posted within one request."""


def may_draft_sheet(*, by: bool, count: int) -> Ruling:
    """Vouchers have a preparer, and no more of them than people can look at."""
    return require(
        by or not count,
        _("账套启用后的账须由记账员生成凭证草稿，请指明由谁制单（--by）"),
        "会计法:25",
        "linli:ledger.8",
    ) & require(
        count <= MOST_DRAFTS,
        _("一次最多生成 %(most)s 张凭证草稿，这份表有 %(count)s 张，请按月拆开后再导入"),
        most=MOST_DRAFTS,
        count=count,
    )


def begins_in_time(*, periods: Iterable[str], first_period: str) -> Ruling:
    """No month before the first one of the book."""
    early = sorted(code for code in periods if code < first_period)
    return require(
        not early,
        _("本账套自 %(first)s 建账，表中 %(months)s 的账在建账之前，不能导入"),
        "linli:ledger.import",
        first=first_period,
        months=early,
    ).at("date")


class Judged(Protocol):
    """A ledger sheet that was read (`linli.intake.ledger_sheet.LedgerSheet`)."""

    @property
    def faults(self) -> Sequence[Fault]: ...
    @property
    def bad_days(self) -> Mapping[tuple[str, int], date | None]: ...
    @property
    def rows_good(self) -> int: ...
    @property
    def sheets(self) -> Sequence[str]: ...


def may_accept_good(sheet: Judged) -> Ruling:
    """Good rows may be taken without the bad ones unless a fault is of the sheet as a whole."""
    whole = [
        fault.say() for fault in sheet.faults if (fault.sheet, fault.row) not in sheet.bad_days
    ]
    return require(
        not whole,
        _("表头、小计或整张表有问题，须先改好：%(faults)s"),
        "linli:ledger.import",
        faults=whole[:5],
    ) & require(sheet.rows_good, _("没有一行合格，没有可记的账"), "linli:ledger.import")


def fits_a_page(*, rows: int, kind: str) -> Ruling:
    """A page takes so many rows and no more; the command line takes any number."""
    return require(
        rows <= MOST_ROWS_ONLINE,
        _(
            "这份表有 %(rows)s 行，网页一次最多记 %(most)s 行；请按年或按月拆开，"
            "或请系统管理员在服务器上用 linli %(command)s 导入"
        ),
        command=f"import-{kind}",
        rows=rows,
        most=MOST_ROWS_ONLINE,
    )


KEPT_DAYS = 30
"""How long an upload waits that nobody finishes."""


def was_tried(*, tried: bool) -> Ruling:
    """Nothing is taken in that was not tried as it stands."""
    return require(tried, _("请先试算，看过结果再导入"), "linli:ledger.import")


def may_post_rows(*, bad: int, accept_good: bool) -> Ruling:
    """All or nothing, unless it was said that the good rows are to be taken."""
    return require(
        accept_good or not bad,
        _("还有 %(bad)s 处问题，全部改好才能导入；也可以只导入合格的行"),
        "linli:ledger.import",
        bad=bad,
    )


def has_account(*, chosen: bool) -> Ruling:
    return require(chosen, _("请选择这份对账单属于哪个账户"), "linli:ledger.import").at("account")


def may_drop(*, done: bool) -> Ruling:
    """What was taken in stays on the list."""
    return require(not done, _("这个文件已经导入，记录须保留"), "linli:ledger.import")
