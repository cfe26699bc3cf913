"""A statement as the rows of a page: words in the reader's language, each figure with its way
down and its way to object."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from linli.bank import rules as bank
from linli.disclosure import rules as papers
from linli.kernel.money import yuan
from linli.kernel.roles import ROLES
from linli.kernel.words import gettext_noop
from linli.ledger import queries as ledger
from linli.portal import rules
from linli.portal.queries import Notice, Shelf
from linli.sources import FUNDS
from linli.web.templatetags.words import say

POINTS = {
    "answered": gettext_noop("已说明"),
    "unexplained": gettext_noop("未说明"),
    "imported": gettext_noop("导入封存，未说明"),
}
INCOME_WORDS = {
    "common": gettext_noop("公共收入"),
    "seed": gettext_noop("收入"),
    "fiscal": gettext_noop("收入"),
}
SUM_WORDS = {
    "common": gettext_noop("公共收入合计"),
    "seed": gettext_noop("收入合计"),
    "fiscal": gettext_noop("收入合计"),
}


class Names:
    """What the funds and categories of a book are called, in the reader's language."""

    do_not_call_in_templates = True

    def __init__(self, book: Any) -> None:
        self._names = ledger.offers.names_of(book)

    def __call__(self, fund: str, category: str = "") -> str:
        word = self._names.get((fund, category), category) if category else FUNDS[fund].name
        return str(capfirst(say(word)))


def month_url(shelf: Shelf, period: str, version: int | None = None) -> str:
    """The page of a month; with a version that one, else the newest."""
    url = reverse("portal:month", args=[shelf.book.code, period])
    return f"{url}?v={version}" if version else url


def figure_url(shelf: Shelf, period: str, path: str) -> str:
    fund, _slash, part = path.partition("/")
    return reverse("portal:figure", args=[shelf.book.code, period, fund, part])


def object_url(shelf: Shelf, notice: Notice, figure: str) -> str:
    return reverse("portal:object", args=[shelf.book.code, notice.period, figure])


def funds(shelf: Shelf, notice: Notice, told: Mapping) -> list[dict]:
    """Every fund of a statement as ruled rows, in the order of a real notice."""
    return [_Fund(shelf, notice, fund).told for fund in told["funds"]]


class _Fund:
    def __init__(self, shelf: Shelf, notice: Notice, fund: Mapping) -> None:
        self._shelf, self._notice, self._fund = shelf, notice, fund
        self._names = Names(shelf.book)
        self._code = fund["fund"]

    @property
    def told(self) -> dict:
        rows = [self._total(rules.OPENING, gettext_noop("期初结余"))]
        rows += self._side(rules.INCOME, INCOME_WORDS[self._code], SUM_WORDS[self._code])
        rows += self._side(rules.COST, gettext_noop("合理成本"), gettext_noop("合理成本合计"))
        if self._code == "common":
            rows.append(self._net())
        rows += self._side(rules.USE, gettext_noop("使用"), gettext_noop("使用合计"))
        rows += self._side(rules.TRANSFER, gettext_noop("调拨"), gettext_noop("调拨净额"))
        rows.append(self._total(rules.CLOSING, gettext_noop("期末结余"), kind="total"))
        return {
            "code": self._code,
            "name": self._names(self._code),
            "rows": rows,
            "corrected": any(row.get("later_fen") for row in rows),
            "closing_fen": self._fund["closing_fen"],
            "closing_href": self._ways(f"{self._code}/{rules.CLOSING}")["href"],
        }

    def sums(self, parts: Sequence[tuple[str, int]], word: str) -> list[dict]:
        """Sums of the fund, added or taken off, and what they come to."""
        rows = [
            {
                "kind": "line",
                "label": _("减：%(what)s") % {"what": say(rules.TOTALS[part])}
                if sign < 0
                else rules.TOTALS[part],
                "fen": self._fund[f"{part}_fen"],
                "href": self._ways(f"{self._code}/{part}")["href"],
            }
            for part, sign in parts
            if self._fund[f"{part}_fen"] or part in (rules.OPENING, rules.INCOME)
        ]
        total = {"kind": "total", "label": rules.TOTALS[word], "fen": self._fund[f"{word}_fen"]}
        return [*rows, total]

    def lines_of(self, side: str) -> list[dict]:
        """The categories of one side and their sum."""
        lines = [line for line in self._fund["lines"] if line["side"] == side]
        total = {"kind": "total", "label": rules.TOTALS[side], "fen": self._fund[f"{side}_fen"]}
        return [*(self._line(line) for line in lines), total] if lines else []

    def _side(self, side: str, head: str, sum_word: str) -> list[dict]:
        lines = [line for line in self._fund["lines"] if line["side"] == side]
        if not lines and not (side in (rules.INCOME, rules.COST) and self._code == "common"):
            return []
        told = [{"kind": "head", "label": head}] if lines else []
        told += [self._line(line) for line in lines]
        return [*told, self._total(side, sum_word, kind="sum")]

    def _line(self, line: Mapping) -> dict:
        figure = f"{self._code}/{line['side']}/{line['category']}"
        return {
            "kind": "part",
            "label": self._names(self._code, line["category"]),
            "fen": line["amount_fen"],
            "later_fen": line.get("later_fen") or None,
            "count": line["count"],
            "note": line["note"],
            **self._ways(figure),
        }

    def _total(self, word: str, label: str, kind: str = "line") -> dict:
        told = {"kind": kind, "label": label, "fen": self._fund[f"{word}_fen"]}
        return told | self._ways(f"{self._code}/{word}")

    def _net(self) -> dict:
        return {
            "kind": "sum",
            "label": gettext_noop("公共收益（收入减成本）"),
            "fen": self._fund["net_fen"],
            "href": figure_url(self._shelf, self._notice.period, f"{self._code}/{rules.NET}"),
        }

    def _ways(self, figure: str) -> dict:
        path = rules.figure_path(figure)
        return {
            "href": figure_url(self._shelf, self._notice.period, path),
            "object": object_url(self._shelf, self._notice, figure),
        }


def years(shelf: Shelf) -> list[tuple[str, list[Notice]]]:
    """The published months by year, the newest year first, its months as a calendar has them."""
    found: dict[str, list[Notice]] = {}
    for one in shelf.months:
        found.setdefault(one.period[:4], []).insert(0, one)
    return list(found.items())


def projects(shelf: Shelf, notice: Notice, told: Mapping) -> dict[str, Any]:
    """Every project with its funds: budget, paid in the month, paid to date and its share.

    `running`: those under way or paid in the month; `ended`: the others, `ended_fen` paid in all.
    """
    rows = _projects(shelf, notice, told)
    ended = [one for one in rows if one["ended"] and not one["paid_fen"]]
    return {
        "running": [one for one in rows if one not in ended],
        "ended": ended,
        "ended_fen": sum(one["paid_to_date_fen"] for one in ended),
    }


def _projects(shelf: Shelf, notice: Notice, told: Mapping) -> list[dict]:
    names, found = Names(shelf.book), []
    for project in told["projects"]:
        budget = sum(part["budget_fen"] for part in project["funding"])
        paid = sum(part["paid_to_date_fen"] for part in project["funding"])
        figure = f"project/{project['code']}"
        found.append(
            {
                **project,
                "funding": [{**p, "name": names(p["fund"])} for p in project["funding"]],
                "budget_fen": budget,
                "paid_fen": sum(part["paid_fen"] for part in project["funding"]),
                "paid_to_date_fen": paid,
                "share": min(100, paid * 100 // budget) if budget > 0 else None,
                "ended": rules.has_ended(project["stage"] or ""),
                "href": figure_url(shelf, notice.period, figure),
                "object": object_url(shelf, notice, figure),
            }
        )
    return found


def accounts(shelf: Shelf, notice: Notice, told: Mapping) -> list[dict]:
    """Every money account with its state against the bank."""
    names = Names(shelf.book)
    return [
        {
            **row,
            "name": account_name(row["account"]),
            "fund_name": names(row["fund"]),
            "status_name": bank.STATUSES[row["status"]],
            "kind": "wait" if row["status"] == bank.UNCONFIRMED else "done",
            "href": reverse("portal:account", args=[shelf.book.code, notice.period, position]),
            "outstanding": [
                {**item, "kind_name": bank.KINDS[item["kind"]]} for item in row["outstanding"]
            ],
        }
        for position, row in enumerate(told["bank"], 1)
    ]


def account_name(label: str) -> str:
    """A money account in words: a statement calls a bank account by the end of its number only."""
    return _("银行账户 %(tail)s") % {"tail": label} if label.startswith("…") else label


def points(told: Mapping) -> list[dict]:
    """What the month left open, with what was said of it."""
    return [{**point, "state_name": POINTS[point["state"]]} for point in told["open_points"]]


def signers(told: Mapping) -> tuple[str, ...]:
    """The roles that signed; none for imported history."""
    return tuple(ROLES[code].name for code in told["signers"] if code in ROLES)


def formula(shelf: Shelf, notice: Notice, fund: Mapping, word: str) -> list[dict]:
    """How a sum of a fund comes about: rows of web/components/account.html."""
    whole = _Fund(shelf, notice, fund)
    if word == rules.CLOSING:
        parts = [(rules.OPENING, 1), (rules.INCOME, 1), (rules.COST, -1), (rules.USE, -1)]
        parts.append((rules.TRANSFER, 1))
        return whole.sums(parts, word)
    if word == rules.NET:
        return whole.sums([(rules.INCOME, 1), (rules.COST, -1)], word)
    return whole.lines_of(word)


def figure_name(shelf: Shelf, figure: str, told: Mapping | None = None) -> str:
    """A figure in words: 公共收益 · 停车场地使用费."""
    names, (first, *rest) = Names(shelf.book), figure.split("/")
    if first == "project":
        found = [p["name"] for p in (told or {}).get("projects", ()) if p["code"] == rest[0]]
        return found[0] if found else rest[0]
    if first not in FUNDS:
        return figure
    last = rest[-1] if rest else ""
    word = names(first, last) if len(rest) > 1 else say(rules.TOTALS.get(last, last))
    return f"{names(first)} · {word}"


def fen_of(told: Mapping, figure: str) -> int | None:
    """The amount of a figure of a statement."""
    found = papers.figures(told).get(figure)
    return found[1] if found else None


def chat(shelf: Shelf, notice: Notice, told: Mapping, *, root: str, base: str) -> str:
    """The month for a chat group: plain lines that read well on a phone. `base`: this site."""
    code, period = shelf.book.code, notice.period
    year, month = period.split("-")
    heading = _("【%(name)s】%(year)s年%(month)s月两笔账") % {
        "name": shelf.book.name,
        "year": year,
        "month": int(month),
    }
    lines = [heading if notice.version == 1 else f"{heading}{_('（更正）')}", ""]
    lines += [line for fund in told["funds"] for line in _fund_lines(fund, Names(shelf.book))]
    lines += _project_lines(told["projects"])
    lines += [_bank_line(told["bank"]), ""]
    page = f"{base}{month_url(shelf, period)}"
    lines += [_("逐笔凭证、提异议：%(url)s") % {"url": page}]
    proof = reverse("portal:notice_proof", args=[code, period, root[:8]])
    lines += [_("封印 %(root)s，验证：%(url)s") % {"root": root[:8], "url": f"{base}{proof}"}]
    return "\n".join(lines)


def _fund_lines(fund: Mapping, names: Names) -> list[str]:

    told = {
        "fund": names(fund["fund"]),
        "income": yuan(fund["income_fen"]),
        "cost": yuan(fund["cost_fen"]),
        "net": yuan(fund["income_fen"] - fund["cost_fen"]),
        "use": yuan(fund["use_fen"]),
        "closing": yuan(fund["closing_fen"]),
    }
    if fund["fund"] == "common":
        first = _("◇%(fund)s：收入 %(income)s，成本 %(cost)s，净收益 %(net)s 元") % told
        return [first, _("　使用 %(use)s，结余 %(closing)s 元") % told]
    return [_("◇%(fund)s：收入 %(income)s，使用 %(use)s，结余 %(closing)s 元") % told]


def _project_lines(some: Sequence[Mapping]) -> list[str]:

    paid = [
        (project["name"], sum(part["paid_fen"] for part in project["funding"])) for project in some
    ]
    lines = [
        _("　%(name)s %(fen)s 元") % {"name": name, "fen": yuan(fen)} for name, fen in paid if fen
    ]
    return [_("◇本月付款的服务项目："), *lines] if lines else []


def _bank_line(some: Sequence[Mapping]) -> str:
    good = sum(row["status"] != bank.UNCONFIRMED for row in some)
    return _("◇银行核对：%(good)s 个账户已核对，%(rest)s 个未核对") % {
        "good": good,
        "rest": len(some) - good,
    }
