"""Rules of posting. No database, no clock, no request; amounts are fen, debit positive."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from linli.kernel.money import yuan
from linli.kernel.rulings import ALLOWED, Ruling, every, refuse, require
from linli.kernel.words import gettext_noop as _
from linli.ledger.drafts import (
    BETWEEN,
    CLOSING,
    COST,
    IMPORT,
    INCOME,
    LIABILITY,
    LIMIT,
    MATCH_IN,
    MATCH_OUT,
    MONEY,
    NET,
    NET_ASSETS,
    OPENING,
    RESTRICTED,
    REVERSAL,
    TRANSFER,
    USE,
    VOUCHER,
    AccountFact,
    BookFacts,
    Draft,
    DraftLine,
    content,
    inverse,
    tidy,
)

__all__ = ["AccountFact", "BETWEEN", "BookFacts", "CLOSING", "COST", "CUSTODY", "Draft", "DraftLine", "HOLDERS", "IMPORT", "INCOME", "LIABILITY", "LIMIT", "MATCH_IN", "MATCH_OUT", "MONEY", "NET", "NET_ASSETS", "OPENING", "RESTRICTED", "REVERSAL", "TRANSFER", "USE", "VOUCHER", "content", "inverse", "may_close_account", "may_go_live", "may_open_account", "may_post", "may_repeat", "may_reverse", "paid", "tidy"]  # fmt: skip


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
            not line.restriction or line.fund in RESTRICTED,
            _("只有种子基金和财政经费有限定用途"),
            "linli:ledger.words",
        ).at("restriction")
    )


def _time(draft: Draft, facts: BookFacts) -> Ruling:
    """Not before the book began (but for its opening), not in a sealed month, not in the future,
    history only before the book went live."""
    history = draft.kind in {IMPORT, OPENING}
    return every(
        (
            require(
                draft.period >= facts.first_period or draft.kind == OPENING,
                _("账套自 %(first)s 起记账，此前的钱已在期初余额里"),
                "linli:ledger.words",
                first=facts.first_period,
            ),
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
                draft.original is None or draft.date >= draft.original,
                _("更正日期不能早于原日期 %(day)s"),
                "linli:ledger.5",
                day=draft.original.isoformat() if draft.original else "",
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


def may_go_live(*, live_from: str, held: str, sealed_through: str, this_month: str) -> Ruling:
    """A book goes live after its sealed months; once it is live, that is not put off again: what
    is then imported would be approved by nobody. `held`: what was said before ("" = nothing)."""
    return (
        require(
            live_from > sealed_through,
            _("%(month)s 已封存，启用月份须在其后"),
            "linli:ledger.9",
            month=sealed_through,
        )
        & require(
            not held or held > this_month or live_from <= held,
            _("本账套已自 %(live)s 起在系统内记账，启用月份不能再推后"),
            "linli:ledger.8",
            live=held,
        )
    ).at("live_from")


def may_tell_stage(*, stage: str, own: bool) -> Ruling:
    """`own`: the project is one of the book's."""
    return require(own, _("本账套没有这个项目")) & require(
        stage.strip(), _("请写明项目进展"), "linli:ledger.soft"
    ).at("stage")


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
        if (account.kind in {INCOME, LIABILITY} and line.amount_fen > 0)
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
                not (uses_common or _overpaid(draft, facts)) or draft.words.get("decision"),
                _("使用公共收益须有业主共同决定或授权限额的依据"),
                "民法典:278",
                "linli:ledger.7",
            ).at("decision"),
            _match(kinds),
            _between(draft, kinds),
        )
    )


def _overpaid(draft: Draft, facts: BookFacts) -> bool:
    """Whether more is given back than is held for others: then it is the owners' money."""
    back: dict[int, int] = {}
    for line in draft.lines:
        account = facts.accounts[line.fund, line.account]
        if (account.fund, account.kind) == ("common", LIABILITY):
            back[account.id] = back.get(account.id, 0) + line.amount_fen
    return any(fen > 0 and fen > facts.owed_fen.get(id_, 0) for id_, fen in back.items())


def _between(draft: Draft, kinds: list[tuple[DraftLine, AccountFact]]) -> Ruling:
    """A voucher that moves money between accounts names both; a sheet may tell it in two rows."""
    moved: dict[str, int] = {}
    for line, account in kinds:
        if account.code == BETWEEN:
            moved[line.fund] = moved.get(line.fund, 0) + line.amount_fen
    return require(
        draft.kind != VOUCHER or not any(moved.values()),
        _("账户间划转须在同一凭证写明转出和转入的账户"),
        "linli:ledger.7",
    ).at("account")


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
            every(_over_free(draft, facts)),
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


def _over_free(draft: Draft, facts: BookFacts) -> Iterable[Ruling]:
    """What is paid out of no purpose in particular leaves enough for every purpose."""
    if draft.kind != VOUCHER:
        return
    for fund in RESTRICTED:
        moved = sum(_left(line, facts, fund) for line in draft.lines)
        kept = sum(fen for (f, _code), fen in facts.restricted_fen.items() if f == fund)
        kept -= sum(
            line.amount_fen
            for line in draft.lines
            if line.fund == fund
            and line.restriction
            and facts.accounts[line.fund, line.account].kind != MONEY
        )
        held = sum(
            facts.money_fen.get(account.id, 0) - facts.owed_fen.get(account.id, 0)
            for account in facts.accounts.values()
            if account.fund == fund
        )
        if moved < 0 and held + moved < kept:
            yield refuse(
                _("限定用途以外的钱不够：记账后余 %(left)s 元，其中限定用途 %(kept)s 元"),
                "慈善法:56",
                left=yuan(held + moved),
                kept=yuan(kept),
            ).at("amount")


def _left(line: DraftLine, facts: BookFacts, fund: str) -> int:
    """What a line adds to what a fund holds of its own."""
    account = facts.accounts[line.fund, line.account]
    own = account.kind in {MONEY, LIABILITY} and line.fund == fund
    return line.amount_fen if own else 0


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
    "committee": _("居委会代管"),
    "property": _("物业代管"),
    "street": _("街道代管"),
    "charity": _("慈善组织子账"),
    "custody": _("其他代管"),
}
CUSTODY = frozenset({"committee", "property", "street", "charity", "custody"})
"""Money that others hold: there is no statement of a bank, its keeper confirms the balance."""


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
