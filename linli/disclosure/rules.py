"""What is published, as plain data; and the rules of objections. No database, no clock."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from linli.bank.rules import KINDS, STATUSES
from linli.kernel.money import plain
from linli.kernel.rulings import Ruling, require
from linli.kernel.words import gettext_noop as _

FORMAT = "linli-statement/1"
SIDES = ("income", "cost", "use", "transfer", "liability")


@dataclass(frozen=True, slots=True, kw_only=True)
class LineFact:
    """One line of a fund in a month: amount in fen, net of reversals; entries touching it."""

    side: str
    category: str
    name: str
    amount_fen: int
    count: int
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FundFact:
    """One fund in a month, in fen."""

    fund: str
    opening_fen: int
    lines: tuple[LineFact, ...]

    def total(self, side: str) -> int:
        return sum(line.amount_fen for line in self.lines if line.side == side)


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementFacts:
    """Everything a month's statement says.

    `projects`, `bank`, `beside`: rows as LEDGER §7 shapes them; `root`: base64 of the tree before
    the seal; `previous_seal`: {"index", "leaf"} or None; `open_points`: [{"code", "text", "state",
    "answer"}], state answered, unexplained or imported.
    """

    book_code: str
    book_name: str
    period: str
    version: int
    funds: tuple[FundFact, ...]
    projects: Sequence[Mapping[str, Any]]
    bank: Sequence[Mapping[str, Any]]
    beside: Sequence[Mapping[str, Any]]
    origin: str
    size: int
    root: str
    previous_seal: Mapping[str, Any] | None
    signers: Sequence[str] = ()
    open_points: Sequence[Mapping[str, Any]] = ()
    corrections: Mapping[tuple[str, str], int] = field(default_factory=dict)
    reason: str = ""


def statement(facts: StatementFacts) -> dict[str, Any]:
    """The month's statement (format linli-statement/1), amounts in fen."""
    told = {
        "format": FORMAT,
        "book": {"code": facts.book_code, "name": facts.book_name},
        "period": facts.period,
        "version": facts.version,
        "funds": [_fund(fund, facts) for fund in facts.funds],
        "projects": [dict(project) for project in facts.projects],
        "bank": [dict(account) for account in facts.bank],
        "beside": [dict(row) for row in facts.beside],
        "log": {"origin": facts.origin, "size": facts.size, "root": facts.root},
        "previous_seal": dict(facts.previous_seal) if facts.previous_seal else None,
        "signers": list(facts.signers),
        "open_points": [dict(point) for point in facts.open_points],
    }
    if facts.version > 1:
        told["reason"] = facts.reason
    return told


def _fund(fund: FundFact, facts: StatementFacts) -> dict[str, Any]:
    income, cost, use = (fund.total(side) for side in ("income", "cost", "use"))
    transfer = fund.total("transfer")
    told: dict[str, Any] = {
        "fund": fund.fund,
        "opening_fen": fund.opening_fen,
        "income_fen": income,
        "cost_fen": cost,
        "use_fen": use,
        "transfer_fen": transfer,
        "closing_fen": fund.opening_fen + income - cost - use + transfer,
        "lines": [],
    }
    for line in fund.lines:
        row = {
            "side": line.side,
            "category": line.category,
            "name": line.name,
            "amount_fen": line.amount_fen,
            "count": line.count,
            "note": line.note,
        }
        if facts.version > 1:
            row["later_fen"] = facts.corrections.get((fund.fund, line.category), 0)
        told["lines"].append(row)
    return told


def content(told: Mapping[str, Any]) -> str:
    """What signers sign: the statement without its log, signers and version, one spelling."""
    kept = {k: v for k, v in told.items() if k not in {"log", "signers", "previous_seal"}}
    return json.dumps(kept, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def to_json(told: Mapping[str, Any]) -> bytes:
    """The file statement.json."""
    return (json.dumps(told, ensure_ascii=False, indent=1) + "\n").encode()


def read(text: str) -> dict[str, Any]:
    """A statement from its file."""
    told: dict[str, Any] = json.loads(text)
    return told


def named(told: Mapping[str, Any]) -> dict[str, Any]:
    """A copy of a statement in which funds and states of accounts carry their names."""
    copy: dict[str, Any] = json.loads(json.dumps(told))
    for fund in copy["funds"]:
        fund["name"] = FUND_NAMES[fund["fund"]]
        fund["net_fen"] = fund["income_fen"] - fund["cost_fen"]
        fund["rows"] = fund_rows(fund)
    for project in copy["projects"]:
        for part in project["funding"]:
            part["fund_name"] = FUND_NAMES[part["fund"]]
    for account in copy["bank"]:
        account["status_name"] = STATUSES[account["status"]]
        account["fund_name"] = FUND_NAMES[account["fund"]]
        for item in account["outstanding"]:
            item["kind_name"] = KINDS[item["kind"]]
    return copy


def fund_rows(fund: Mapping[str, Any]) -> list[dict[str, Any]]:
    """A fund of a statement as rows of components/account.html: gross, cost and net apart.

    `part` names the figure within its fund: a key of TOTALS, or a category.
    """
    parts = {
        side: [
            {
                "label": line["name"],
                "fen": line["amount_fen"],
                "kind": "part",
                "note": line["note"],
                "part": line["category"],
                "later_fen": line.get("later_fen", 0),
            }
            for line in fund["lines"]
            if line["side"] == side
        ]
        for side in SIDES
    }
    common = fund["fund"] == "common"

    def row(part: str, label: str, **more: str) -> dict[str, Any]:
        return {"part": part, "label": label, "fen": fund[f"{part}_fen"], **more}

    rows = [row("opening", _("期初结余"))]
    rows += [row("income", _("公共收入") if common else _("本月收入")), *parts["income"]]
    if common:
        rows += [row("cost", _("减：合理成本")), *parts["cost"]]
        net = fund["income_fen"] - fund["cost_fen"]
        rows.append({"part": "net", "label": _("公共收益"), "fen": net, "kind": "sum"})
    rows += [row("use", _("减：使用")), *parts["use"]]
    if parts["transfer"]:
        rows += [row("transfer", _("调拨净额")), *parts["transfer"]]
    rows.append(row("closing", _("期末结余"), kind="total"))
    rows += [
        row | {"kind": "line", "note": _("押金及暂收，不计入结余")} for row in parts["liability"]
    ]
    return rows


HEADINGS = ("账套", "月份", "区块", "资金", "方向", "代码", "名称", "金额（元）", "笔数", "说明")
FUND_NAMES = {"common": "公共收益", "seed": "种子基金", "fiscal": "财政经费"}
SIDE_NAMES = {
    "income": "收入",
    "cost": "合理成本",
    "use": "使用",
    "transfer": "调拨",
    "liability": "押金及暂收",
}
TOTALS = {
    "opening": _("期初结余"),
    "income": _("收入合计"),
    "cost": _("合理成本合计"),
    "net": _("公共收益"),
    "use": _("使用合计"),
    "transfer": _("调拨净额"),
    "closing": _("期末结余"),
}
"""The figures of a fund that are sums, by the word that stands for them in an address."""
_TOTALS = [(f"{word}_fen", label) for word, label in TOTALS.items() if word != "net"]


def to_csv(told: Mapping[str, Any]) -> bytes:
    """The file statement.csv: UTF-8 with a mark for Excel, amounts in yuan, one row a figure."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(HEADINGS)
    head = (told["book"]["code"], told["period"])
    for row in _csv_rows(told):
        writer.writerow((*head, *map(_cell, row)))
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def _csv_rows(told: Mapping[str, Any]) -> Iterable[tuple[Any, ...]]:
    for fund in told["funds"]:
        name = FUND_NAMES[fund["fund"]]
        for key, label in _TOTALS:
            yield ("资金收支", name, "", key[:-4], label, _Amount(fund[key]), "", "")
        for line in fund["lines"]:
            yield (
                "资金收支",
                name,
                SIDE_NAMES[line["side"]],
                line["category"],
                line["name"],
                _Amount(line["amount_fen"]),
                line["count"],
                line["note"],
            )
    for project in told["projects"]:
        for part in project["funding"]:
            for key, label in _PROJECT:
                yield (
                    "服务项目",
                    FUND_NAMES[part["fund"]],
                    label,
                    project["code"],
                    project["name"],
                    _Amount(part[key]),
                    "",
                    project["stage"],
                )
    for account in told["bank"]:
        yield from _bank_rows(account)


_PROJECT = (("budget_fen", "预算"), ("paid_fen", "本月拨付"), ("paid_to_date_fen", "累计拨付"))


def _bank_rows(account: Mapping[str, Any]) -> Iterable[tuple[Any, ...]]:
    fund, name = FUND_NAMES[account["fund"]], account["account"]
    status = STATUSES[account["status"]]
    yield ("银行核对", fund, "账面余额", "", name, _Amount(account["book_balance_fen"]), "", status)
    if account["bank_balance_fen"] is not None:
        yield ("银行核对", fund, "银行余额", "", name, _Amount(account["bank_balance_fen"]), "", "")
        yield ("银行核对", fund, "差异", "", name, _Amount(account["difference_fen"]), "", "")
    for item in account["outstanding"]:
        told = f"{item['date']} {item['summary']} {item['note']}".strip()
        kind = KINDS[item["kind"]]
        yield ("未达账项", fund, kind, "", name, _Amount(item["amount_fen"]), "", told)


class _Amount(int):
    """Fen that the table shows in yuan."""


def _cell(value: object) -> object:
    """Amounts as plain numbers; text that a spreadsheet would run is defused."""
    if isinstance(value, _Amount):
        return plain(int(value))
    if isinstance(value, str) and value[:1] in "=+-@\t\0" and value:
        return "'" + value
    return value


# --- objections -------------------------------------------------------------------------------

FIGURE = re.compile(r"[a-z_]+(?:/[a-z0-9_A-Z-]+){0,3}")
OUTCOMES = {
    "accepted": _("意见成立，将更正"),
    "partly": _("部分成立"),
    "rejected": _("经核实，账目无误"),
    "withdrawn": _("异议人撤回"),
}


def figures(told: Mapping[str, Any]) -> dict[str, tuple[str, int]]:
    """Every figure of a statement one may object to: name → (label, fen)."""
    found: dict[str, tuple[str, int]] = {}
    for fund in told["funds"]:
        for key, label in _TOTALS:
            found[f"{fund['fund']}/{key[:-4]}"] = (label, fund[key])
        for line in fund["lines"]:
            found[f"{fund['fund']}/{line['side']}/{line['category']}"] = (
                line["name"],
                line["amount_fen"],
            )
    for project in told["projects"]:
        total = sum(part["paid_to_date_fen"] for part in project["funding"])
        found[f"project/{project['code']}"] = (project["name"], total)
    return found


def may_object(*, figure: str, known: Iterable[str], text: str, phone: str) -> Ruling:
    """An objection names a published figure, says something, and leaves a number to ask by."""
    digits = re.sub(r"\D", "", phone)
    return (
        require(figure in known, _("没有这个公示数字"), "民法典:943").at("figure")
        & require(len(text.strip()) >= 5, _("请写明您认为哪里不对，至少五个字")).at("text")
        & require(len(text) <= 1000, _("说明请不超过一千字")).at("text")
        & require(
            re.fullmatch(r"1\d{10}|0\d{9,11}", digits), _("请留一个能打通的电话，查询答复时用")
        ).at("phone")
    )


def may_screen(*, shown: str, withheld: str, ground: str) -> Ruling:
    """A person decides: shown as it is or without personal data, or withheld on a ground."""
    return require(
        bool(shown.strip()) != bool(withheld.strip()),
        _("请选择公开（可隐去个人信息）或不予公开"),
    ).at("shown") & require(
        not withheld or ground.strip(),
        _("不予公开须写明依据"),
        "个人信息保护法:25",
    ).at("ground")


def may_answer(*, screened: bool, answered: bool, outcome: str, text: str) -> Ruling:
    """An answer comes once, after screening, with an outcome and reasons."""
    return (
        require(screened, _("异议须先经个人信息审查，再答复"), "个人信息保护法:25")
        & require(not answered, _("该异议已经答复"), "linli:ledger.log")
        & require(outcome in OUTCOMES, _("请选择答复结论")).at("outcome")
        & require(len(text.strip()) >= 5, _("请写明答复理由，至少五个字")).at("text")
    )


# --- when a month has to be published ---------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Lateness:
    """When a month was due on the notice board, and how many days it is late (0: not)."""

    due_on: date
    days_late: int


def lateness(*, due_on: date, published_on: date | None, today: date) -> Lateness:
    """Late counts in natural days, until the publication or until today."""
    return Lateness(due_on=due_on, days_late=max(0, ((published_on or today) - due_on).days))
