"""From what a sheet says to what the ledger takes. No database, no clock."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date

from linli.intake.ledger_sheet import LedgerSheet, SheetEntry, SheetLine
from linli.kernel.money import yuan
from linli.kernel.rulings import Ruling, every, refuse, require
from linli.kernel.words import gettext_noop as _
from linli.ledger.rules import IMPORT, Draft, DraftLine, tidy
from linli.sources import FUNDS

LENGTHS = {
    "counterparty": 100,
    "summary": 200,
    "handler": 64,
    "document": 100,
    "decision": 100,
    "note": 200,
}
SURNAMES = frozenset(
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎"
    "余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文"
)
_HAN = re.compile(r"[\u4e00-\u9fff]{2,3}")
_TITLED = re.compile(r".{0,3}(先生|女士|同志|师傅|阿姨|大爷|大妈)")
_GENERAL = frozenset(
    {"业主", "住户", "居民", "商户", "租户", "车主", "物业", "业委会", "居委会", "财政", "税务局"}
)


def looks_like_a_person(name: str) -> bool:
    """Whether a counterparty reads like a natural person's name; then the public does not see it."""
    plain = name.strip()
    if plain in _GENERAL:
        return False
    named = _HAN.fullmatch(plain) and plain[0] in SURNAMES
    return bool(named or _TITLED.fullmatch(plain) or "*" in plain)


def key_of(entry: SheetEntry, hidden: Callable[[str], str]) -> str:
    """The entry's key in the book. Where the sheet gives no number it is made of the content, and
    as keys are published, `hidden` (a keyed hash) keeps anybody from guessing it back."""
    if entry.voucher:
        return f"sheet:{entry.key}"[:80]
    return f"sheet:{hidden(entry.key)[:40]}"


def draft_of(
    entry: SheetEntry,
    *,
    money: Mapping[tuple[str, str], str],
    prepared_by: int | None,
    hidden: Callable[[str], str],
) -> Draft:
    """An entry of a sheet as the ledger takes it.

    `money`: (fund, what the sheet calls the account) → code of the money account; ("fund", "") is
    the fund's default. Rows of one voucher share one line for each money account.
    """
    lines: list[DraftLine] = []
    cash: dict[tuple[str, str], int] = {}
    for line in entry.lines:
        lines.append(
            DraftLine(
                fund=line.fund,
                account=line.category,
                amount_fen=-line.amount_fen,
                project=line.project,
            )
        )
        place = (line.fund, money[line.fund, line.account])
        cash[place] = cash.get(place, 0) + line.amount_fen
    for (fund, account), fen in cash.items():
        if fen:
            lines.append(DraftLine(fund=fund, account=account, amount_fen=fen))
    counterparty = entry.words("counterparty")
    words = {name: tidy(entry.words(name))[:most] for name, most in LENGTHS.items()}
    return Draft(
        key=key_of(entry, hidden),
        kind=IMPORT,
        date=entry.on,
        lines=tuple(lines),
        words={"voucher": entry.voucher, **words},
        prepared_by=prepared_by,
        prepared_role="bookkeeper",
        person=looks_like_a_person(counterparty),
    )


def accounts_are_known(
    entries: Sequence[SheetEntry], known: Mapping[tuple[str, str], str]
) -> Ruling:
    """Every account that a sheet names is one of the book; each missing one is told once."""
    found: dict[tuple[str, str], SheetLine] = {}
    for entry in entries:
        for line in entry.lines:
            if (line.fund, line.account) not in known:
                found.setdefault((line.fund, line.account), line)
    return every(
        refuse(
            _("第 %(row)s 行的账户“%(name)s”不在本账套“%(fund)s”的账户中，请先开立"),
            "linli:ledger.words",
            row=line.row,
            name=name or _("（默认账户）"),
            fund=FUNDS[fund].name,
        ).at("account", line.row)
        for (fund, name), line in found.items()
    )


def may_open_again(*, sheet: LedgerSheet, balances: Mapping[str, int], on: date) -> Ruling:
    """An opening row of a later sheet equals what the book has computed for that day."""
    told: dict[str, int] = {}
    for opening in sheet.openings:
        told[opening.fund] = told.get(opening.fund, 0) + opening.amount_fen
    return every(
        require(
            balances.get(fund, 0) == fen,
            _("“%(fund)s”上期结余 %(told)s 元，与账上 %(on)s 的余额 %(held)s 元不符"),
            "linli:ledger.import",
            fund=FUNDS[fund].name,
            told=yuan(fen),
            held=yuan(balances.get(fund, 0)),
            on=on.isoformat(),
        )
        for fund, fen in told.items()
    ).at("opening")


def in_rows(ruling: Ruling, entries: Sequence[SheetEntry]) -> Ruling:
    """The ledger's reasons, each with the row of the sheet instead of the place of the draft."""
    return Ruling(
        tuple(
            replace(
                reason,
                row=entries[reason.row if len(entries) > 1 and reason.row is not None else 0].rows[
                    0
                ],
            )
            for reason in ruling.reasons
        )
    )
