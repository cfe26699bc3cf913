"""What the sample books come to, added up on its own: statements, projects, trial balance."""

from __future__ import annotations

from base64 import b64encode

CHART = [
    ("common", "bank_9876", "money", "工商银行 …9876"),
    ("common", "net_assets", "net_assets", "上期结转"),
    ("common", "parking", "income", "停车场地使用费"),
    ("common", "advertising", "income", "广告收入"),
    ("common", "energy", "cost", "能耗"),
    ("common", "common_project", "use", "项目支出"),
    ("common", "deposit", "liability", "押金及暂收"),
    ("seed", "custody_seed", "money", "慈善总会代管"),
    ("seed", "net_assets", "net_assets", "上期结转"),
    ("seed", "donation", "income", "定向募捐"),
    ("seed", "seed_project", "use", "项目支出"),
    ("seed", "match_in", "transfer", "财政配套转入"),
]
SIGNS = {"income": -1, "cost": 1, "use": 1, "transfer": -1, "liability": -1}
TOTALS = ("income", "cost", "use", "transfer")
TRANSIT_FEN = 300000


def statement(book, period, version=1, later=None, limit=None):
    """A statement of the entries with an index below the limit (by default, all)."""
    limit = book.size if limit is None else limit
    before = sums(book, lambda e: e["period"] < period and e["index"] < limit)
    month = sums(book, lambda e: e["period"] == period and e["index"] < limit)
    root = b64encode(book.tree.root()).decode()
    return {
        "format": "linli-statement/1",
        "book": {"code": book.code, "name": book.name},
        "period": period,
        "version": version,
        "funds": [
            fund_row(fund, before, month, later if version > 1 else None)
            for fund in dict.fromkeys(row[0] for row in CHART)
        ],
        "projects": projects(book, period, limit),
        "bank": [bank_row(row, before, month, period) for row in CHART if row[2] == "money"],
        "beside": [],
        "log": {"origin": book.signer.name, "size": book.size, "root": root},
        "previous_seal": None,
        "signers": ["director", "resident_representative"],
        "open_points": [],
    }


def fund_row(fund, before, month, later):
    rows = [row for row in CHART if row[0] == fund]
    nominal = [row[1] for row in rows if row[2] not in ("money", "liability")]
    opening = -sum(fen for account in nominal for fen, _ in before.get((fund, account), []))
    totals, lines = dict.fromkeys(TOTALS, 0), []
    for _, account, side, name in rows:
        found, extra = month.get((fund, account), []), (later or {}).get((fund, account), 0)
        if side not in SIGNS or not (found or extra):
            continue
        amount = SIGNS[side] * sum(fen for fen, _ in found)
        if side in totals:
            totals[side] += amount
        count = len({e["number"] for _, e in found if e["kind"] != "opening"})
        line = {"side": side, "category": account, "name": name, "amount_fen": amount}
        line |= {"count": count, "note": ""}
        lines.append(line if later is None else line | {"later_fen": SIGNS[side] * extra})
    closing = opening + totals["income"] - totals["cost"] - totals["use"] + totals["transfer"]
    told = {"fund": fund, "opening_fen": opening, "closing_fen": closing}
    return told | {f"{side}_fen": fen for side, fen in totals.items()} | {"lines": lines}


def bank_row(row, before, month, period):
    """The common fund's bank has one payment on its way; the seed fund is in custody."""
    fund, account, _, name = row
    held = sum(
        fen for sums_ in (before, month) for fen, _ in sums_.get((fund, account), [])
    )  # fmt: skip
    told = {"account": name[-5:], "fund": fund, "book_balance_fen": held}
    if fund != "common":
        unknown = {"status": "unconfirmed", "bank_balance_fen": None, "difference_fen": None}
        return told | unknown | {"outstanding": []}
    item = {"kind": "book_payment_not_in_bank", "date": f"{period}-28", "summary": "在途"}
    item |= {"amount_fen": TRANSIT_FEN, "since": period, "note": ""}
    known = {"status": "reconciled", "bank_balance_fen": held + TRANSIT_FEN, "difference_fen": 0}
    return told | known | {"outstanding": [item]}


def projects(book, period, limit):
    paid = {}
    for entry in book.entries:
        for fund, account, project, _, fen in entry["lines"]:
            used = account.endswith("_project") and project
            if used and entry["period"] <= period and entry["index"] < limit:
                month, to_date = paid.get((project, fund), (0, 0))
                now = fen if entry["period"] == period else 0
                paid[project, fund] = (month + now, to_date + fen)
    return [
        {
            "code": code,
            "name": "修亭子",
            "funding": [
                {"fund": f, "budget_fen": 900000, "paid_fen": m, "paid_to_date_fen": d}
                for (c, f), (m, d) in paid.items()
                if c == code
            ],
        }
        for code in dict.fromkeys(["P-2026-01", *(code for code, _ in paid)])
    ]


def trial(book, period):
    """Gross turnover of every account to the period's end."""
    for (fund, account), found in sums(book, lambda e: e["period"] <= period).items():
        debit = sum(fen for fen, _ in found if fen > 0)
        yield fund, account, debit, debit - sum(fen for fen, _ in found)


def sums(book, keep):
    """{(fund, account): [(fen, entry), …]} of the entries to keep."""
    moved = {}
    for entry in book.entries:
        if keep(entry):
            for fund, account, _, _, fen in entry["lines"]:
                moved.setdefault((fund, account), []).append((fen, entry))
    return moved
