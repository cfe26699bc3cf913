"""Rules of posting. No database, no clock, no request; amounts are fen, debit positive."""

from __future__ import annotations

import hashlib
import json
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from linli.kernel.money import yuan
from linli.kernel.rulings import ALLOWED, Ruling, every, refuse, require
from linli.kernel.words import gettext_noop as _

VOUCHER, OPENING, REVERSAL, IMPORT = "voucher", "opening", "reversal", "import"
MONEY, INCOME, COST, USE, TRANSFER = "money", "income", "cost", "use", "transfer"
LIABILITY, NET_ASSETS = "liability", "net_assets"
MATCH_OUT, MATCH_IN = "match_out", "match_in"
LIMIT = 2**53


Day = date


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftLine:
    """One line to post: fund and account code, amount (debit positive), project, restriction."""

    fund: str
    account: str
    amount_fen: int
    project: str = ""
    restriction: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What is to become an entry.

    `words`: field → text (the fields of `models.WORDS`); `papers`: SHA-256 hex, in order;
    `receipts`: (n, sum in fen, root hex); people are user ids, roles role codes; `reverses` is an
    entry number; `original`: the booking date that a reversal or a replacement corrects;
    `person`: the counterparty is a natural person, so its name is withheld from the public.
    """

    key: str
    kind: str
    date: date
    lines: tuple[DraftLine, ...]
    words: Mapping[str, str] = field(default_factory=dict)
    papers: tuple[str, ...] = ()
    receipts: tuple[int, int, str] | None = None
    prepared_by: int | None = None
    prepared_role: str = ""
    approved_by: int | None = None
    approved_role: str = ""
    seconded_by: int | None = None
    seconded_role: str = ""
    reverses: int | None = None
    original: Day | None = None
    person: bool = False

    @property
    def period(self) -> str:
        return f"{self.date:%Y-%m}"


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountFact:
    """What a rule needs to know of an account."""

    id: int
    fund: str
    code: str
    kind: str
    name: str
    opened_on: date | None = None
    closed_on: date | None = None


@dataclass(slots=True, kw_only=True)
class BookFacts:
    """The book as it stands under the lock; `after` moves it on entry by entry."""

    accounts: dict[tuple[str, str], AccountFact]
    projects: dict[str, int]
    sealed_through: str
    live_from: str
    limit_fen: int
    today: date
    money_fen: dict[int, int] = field(default_factory=dict)
    restricted_fen: dict[tuple[str, str], int] = field(default_factory=dict)
    budget_fen: dict[tuple[str, str], int] = field(default_factory=dict)
    paid_fen: dict[tuple[str, str], int] = field(default_factory=dict)

    def after(self, draft: Draft) -> None:
        """Move the running sums on by one entry."""
        for line in draft.lines:
            account = self.accounts[line.fund, line.account]
            if account.kind == MONEY:
                self.money_fen[account.id] = self.money_fen.get(account.id, 0) + line.amount_fen
                continue
            if line.restriction:
                held = self.restricted_fen.get((line.fund, line.restriction), 0)
                self.restricted_fen[line.fund, line.restriction] = held - line.amount_fen
            if line.project and account.kind == USE:
                paid = self.paid_fen.get((line.project, line.fund), 0)
                self.paid_fen[line.project, line.fund] = paid + line.amount_fen


def tidy(text: str) -> str:
    """Text as the log may hold it: NFC, no control characters, no white space at the ends."""
    composed = unicodedata.normalize("NFC", text)
    return "".join(c if unicodedata.category(c)[0] != "C" else " " for c in composed).strip()


def content(draft: Draft) -> str:
    """The hash of what a draft says, without who approved it or when: for replays of a key."""
    said = {
        "kind": draft.kind,
        "date": draft.date.isoformat(),
        "lines": [
            [line.fund, line.account, line.project, line.restriction, line.amount_fen]
            for line in draft.lines
        ],
        "words": {name: text for name, text in draft.words.items() if text},
        "papers": list(draft.papers),
        "receipts": list(draft.receipts or ()),
        "reverses": draft.reverses or 0,
        "original": draft.original.isoformat() if draft.original else "",
    }
    text = json.dumps(said, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def may_repeat(*, key: str, same: bool, number: int) -> Ruling:
    """A key posts once; sent again with the same content it is the first result again."""
    return require(
        same,
        _("编号“%(key)s”已用于第 %(number)s 号分录，内容不同，不能再次使用"),
        "linli:ledger.6",
        key=key,
        number=number,
    ).at("voucher")


def may_post(draft: Draft, facts: BookFacts) -> Ruling:
    """May this draft become an entry of the book as it stands? All reasons at once."""
    shape = _shape(draft, facts)
    if not shape.allowed:
        return shape & _time(draft, facts) & _people(draft, facts)
    return (
        _time(draft, facts) & _people(draft, facts) & _sides(draft, facts) & _limits(draft, facts)
    )


def _shape(draft: Draft, facts: BookFacts) -> Ruling:
    """Two lines or more, whole fen, known accounts, zero within each fund."""
    sums: dict[str, int] = {}
    for line in draft.lines:
        sums[line.fund] = sums.get(line.fund, 0) + line.amount_fen
    return every(
        (
            require(len(draft.lines) >= 2, _("一张凭证至少要有借贷两行"), "linli:ledger.2"),
            every(_line(line, draft, facts) for line in draft.lines),
            every(
                refuse(
                    _("“%(fund)s”借贷相差 %(gap)s 元"), "linli:ledger.2", fund=fund, gap=yuan(gap)
                )
                for fund, gap in sums.items()
                if gap
            ),
        )
    )


def _line(line: DraftLine, draft: Draft, facts: BookFacts) -> Ruling:
    account = facts.accounts.get((line.fund, line.account))
    if account is None:
        return refuse(
            _("本账套的“%(fund)s”没有科目“%(code)s”"),
            "linli:ledger.2",
            fund=line.fund,
            code=line.account,
        ).at("category")
    late = account.opened_on is not None and draft.date < account.opened_on
    early = account.closed_on is not None and draft.date > account.closed_on
    return (
        require(
            isinstance(line.amount_fen, int) and 0 < abs(line.amount_fen) < LIMIT,
            _("金额须为不等于零的整数分"),
            "linli:ledger.1",
        ).at("amount")
        & require(
            not late and not early, _("账户“%(name)s”在这一天没有启用"), name=account.name
        ).at("account")
        & require(
            not line.project or line.project in facts.projects,
            _("本账套没有项目“%(project)s”，请先登记项目"),
            "linli:ledger.7",
            project=line.project,
        ).at("project")
        & require(
            not line.restriction or line.fund in {"seed", "fiscal"},
            _("只有种子基金和财政经费有限定用途"),
            "linli:ledger.words",
        ).at("restriction")
    )


def _time(draft: Draft, facts: BookFacts) -> Ruling:
    """Not in a sealed month, not in the future, history only before the book went live."""
    history = draft.kind in {IMPORT, OPENING}
    return every(
        (
            require(
                draft.period > facts.sealed_through,
                _("%(period)s 已封存（封存至 %(through)s），请在开放月份更正并写明原日期"),
                "linli:ledger.9",
                period=draft.period,
                through=facts.sealed_through,
            ),
            require(
                draft.date <= facts.today,
                _("日期 %(date)s 还没有到"),
                "会计法:9",
                date=draft.date.isoformat(),
            ),
            require(
                not history or not facts.live_from or draft.period < facts.live_from,
                _("本账套自 %(live)s 起在系统内记账，此后的账须填凭证由他人审批，不能直接导入"),
                "linli:ledger.8",
                live=facts.live_from,
            ),
        )
    ).at("date")


def _people(draft: Draft, facts: BookFacts) -> Ruling:
    """Preparer, approver and second approver are three persons; above the limit all are needed."""
    if draft.kind in {IMPORT, OPENING}:
        return ALLOWED
    people = [p for p in (draft.prepared_by, draft.approved_by, draft.seconded_by) if p]
    large = paid(draft, facts) > facts.limit_fen
    roles = {draft.approved_role, draft.seconded_role}
    return every(
        (
            require(
                draft.prepared_by and draft.approved_by,
                _("凭证须由一人制单、另一人审批"),
                "会计法:25",
            ),
            require(len(people) == len(set(people)), _("制单人不能审批自己的凭证"), "会计法:25"),
            require(
                not large or (draft.seconded_by and "resident" in roles),
                _("付款超过 %(limit)s 元，须两人审批，其中一人为居民代表"),
                "linli:ledger.8",
                limit=yuan(facts.limit_fen),
            ),
        )
    )


def paid(draft: Draft, facts: BookFacts) -> int:
    """What goes out of money accounts to others by this draft, in fen; transfers do not count."""
    moved = sum(
        line.amount_fen
        for line in draft.lines
        if (account := facts.accounts.get((line.fund, line.account))) and account.kind == MONEY
    )
    return max(0, -moved)


def _sides(draft: Draft, facts: BookFacts) -> Ruling:
    """Each kind of account on its side; refunds name a document; funds do not mix."""
    if draft.kind in {REVERSAL, OPENING}:
        return ALLOWED
    kinds = [(line, facts.accounts[line.fund, line.account]) for line in draft.lines]
    backwards = [
        account.name
        for line, account in kinds
        if (account.kind == INCOME and line.amount_fen > 0)
        or (account.kind in {COST, USE} and line.amount_fen < 0)
    ]
    uses_common = any(a.kind == USE and a.fund == "common" for _line, a in kinds)
    return every(
        (
            require(
                all(account.kind != NET_ASSETS for _line, account in kinds),
                _("净资产只由期初余额记入"),
                "linli:ledger.2",
            ),
            require(
                not backwards or draft.words.get("document"),
                _("退款或冲减“%(names)s”须写明原票据号"),
                "linli:ledger.2",
                names=tuple(backwards),
            ).at("document"),
            require(
                not uses_common or draft.words.get("decision"),
                _("使用公共收益须有业主共同决定或授权限额的依据"),
                "民法典:278",
                "linli:ledger.7",
            ).at("decision"),
            _match(kinds),
        )
    )


def _match(kinds: list[tuple[DraftLine, AccountFact]]) -> Ruling:
    """Money passes between funds only from fiscal to seed, and both halves are equal."""
    out = sum(line.amount_fen for line, a in kinds if a.code == MATCH_OUT)
    into = sum(line.amount_fen for line, a in kinds if a.code == MATCH_IN)
    return require(
        out == -into, _("配比资金转出与转入须在同一凭证且金额相等"), "linli:ledger.2"
    ).at("amount")


def _limits(draft: Draft, facts: BookFacts) -> Ruling:
    """After the act no money account, restriction or agreement is overdrawn."""
    return every(
        (
            every(_overdrawn(draft, facts)),
            every(_over_restricted(draft, facts)),
            every(_over_budget(draft, facts)),
        )
    )


def _overdrawn(draft: Draft, facts: BookFacts) -> Iterable[Ruling]:
    change: dict[int, int] = {}
    names: dict[int, str] = {}
    for line in draft.lines:
        account = facts.accounts[line.fund, line.account]
        if account.kind == MONEY:
            change[account.id] = change.get(account.id, 0) + line.amount_fen
            names[account.id] = account.name
    for id_, moved in change.items():
        left = facts.money_fen.get(id_, 0) + moved
        allowed = draft.kind == REVERSAL and draft.seconded_by
        if moved < 0 and left < 0 and not allowed:
            yield refuse(
                _("“%(account)s”余额不足：记账后为 %(left)s 元"),
                "linli:ledger.7",
                account=names[id_],
                left=yuan(left),
            ).at("amount")


def _over_restricted(draft: Draft, facts: BookFacts) -> Iterable[Ruling]:
    change: dict[tuple[str, str], int] = {}
    for line in draft.lines:
        kind = facts.accounts[line.fund, line.account].kind
        if line.restriction and kind != MONEY:
            key = (line.fund, line.restriction)
            change[key] = change.get(key, 0) - line.amount_fen
    for key, moved in change.items():
        left = facts.restricted_fen.get(key, 0) + moved
        if moved < 0 and left < 0:
            yield refuse(
                _("限定用途资金“%(code)s”余额不足：记账后为 %(left)s 元"),
                "慈善法:56",
                code=key[1],
                left=yuan(left),
            ).at("restriction")


def _over_budget(draft: Draft, facts: BookFacts) -> Iterable[Ruling]:
    change: dict[tuple[str, str], int] = {}
    for line in draft.lines:
        if line.project and facts.accounts[line.fund, line.account].kind == USE:
            key = (line.project, line.fund)
            change[key] = change.get(key, 0) + line.amount_fen
    for key, moved in change.items():
        paid, budget = facts.paid_fen.get(key, 0) + moved, facts.budget_fen.get(key, 0)
        if moved > 0 and paid > budget:
            yield refuse(
                _("项目“%(project)s”累计付款 %(paid)s 元，超过协议金额 %(budget)s 元"),
                "linli:ledger.7",
                project=key[0],
                paid=yuan(paid),
                budget=yuan(budget),
            ).at("project")


def inverse(lines: Iterable[DraftLine]) -> tuple[DraftLine, ...]:
    """The exact inverse, in the same order."""
    return tuple(
        DraftLine(
            fund=line.fund,
            account=line.account,
            amount_fen=-line.amount_fen,
            project=line.project,
            restriction=line.restriction,
        )
        for line in lines
    )


def may_reverse(*, kind: str, reversed_by: int | None) -> Ruling:
    """An entry is reversed once; a reversal never."""
    return require(
        kind not in {REVERSAL, OPENING}, _("冲销分录和期初余额不能冲销"), "linli:ledger.5"
    ) & require(
        reversed_by is None,
        _("该分录已由第 %(number)s 号分录冲销"),
        "linli:ledger.5",
        number=reversed_by,
    )


HOLDERS = {
    "bank": _("银行账户"),
    "supervised": _("监管账户"),
    "wallet": _("商户收款码"),
    "cash": _("库存现金"),
    "custody": _("代管"),
}


def may_open_account(*, known_fund: bool, fund: str, name: str, holder: str, tail: str) -> Ruling:
    """A money account serves one fund and says who holds it; only the tail of its number is kept."""
    unknown = refuse(_("没有“%(fund)s”这类资金"), "linli:ledger.words", fund=fund)
    short = not tail or (tail.isdigit() and len(tail) <= 8)
    return (
        (ALLOWED if known_fund else unknown.at("fund"))
        & require(name.strip(), _("请写账户名称")).at("name")
        & require(holder in HOLDERS, _("请选择账户由谁保管")).at("holder")
        & require(short, _("只填账号的后几位数字")).at("tail")
    )


def may_close_account(
    *, kind: str, closed: bool, balance_fen: int, moved_on: date | None, on: date
) -> Ruling:
    """A money account is closed once, empty, and not before its last entry."""
    left, last = yuan(balance_fen), moved_on.isoformat() if moved_on else ""
    return (
        require(kind == MONEY and not closed, _("账户已停用"))
        & require(
            not balance_fen, _("账户还有 %(left)s 元，请先转出再停用"), "linli:ledger.7", left=left
        )
        & require(
            moved_on is None or moved_on <= on,
            _("账户在 %(day)s 还有收支，停用日期不能更早"),
            "linli:ledger.3",
            day=last,
        ).at("on")
    )
