"""From a voucher of a sheet to the draft that others approve. No database, no clock."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from linli.intake import posting
from linli.intake.ledger_sheet import SheetEntry, SheetLine
from linli.kernel.identity import looks_like_a_person
from linli.kernel.rulings import ALLOWED, Ruling, refuse
from linli.kernel.words import gettext_noop as _
from linli.vouchers.rules import Filled, Place, filled

KEY_LENGTH = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """Where the words of a sheet lead in a book, by id.

    `money`: (fund, what the sheet calls the account) → account; `categories`: (fund, code) →
    account; `projects`: code → project; `kinds`: account → kind.
    """

    money: Mapping[tuple[str, str], int]
    categories: Mapping[tuple[str, str], int]
    projects: Mapping[str, int]
    kinds: Mapping[int, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """What the voucher's form would hold."""

    key: str
    on: date
    filled: Filled
    words: Mapping[str, str]
    person: bool


def key_of(entry: SheetEntry, hidden: Callable[[str], str]) -> str:
    """The voucher's key: that of the entry, shortened to a keyed hash where it is too long."""
    key = posting.key_of(entry, hidden)
    return key if len(key) <= KEY_LENGTH else f"sheet:{hidden(entry.key)[:40]}"


def form_of(
    entry: SheetEntry, *, places: Places, hidden: Callable[[str], str]
) -> tuple[Form | None, Ruling]:
    """The form of an entry, or why none can be filled in: each reason with its row."""
    ruling = _known(entry.lines, places)
    if not ruling.allowed:
        return None, ruling
    told = filled(_places(entry.lines, places), places.kinds)
    if not told.items or told.money is None:
        text = _(
            "这张凭证涉及几个资金账户，或收支正好相抵，不能生成一张凭证；请在“填凭证”中分开填写"
        )
        return None, refuse(text, "linli:ledger.2").at("voucher", entry.rows[0])
    counterparty = entry.words("counterparty")
    words = {name: posting.tidy(entry.words(name))[:most] for name, most in posting.LENGTHS.items()}
    words["summary"] = words["summary"] or words["counterparty"]
    form = Form(
        key=key_of(entry, hidden),
        on=entry.on,
        filled=told,
        words=words,
        person=looks_like_a_person(counterparty),
    )
    return form, ALLOWED


def _known(lines: Sequence[SheetLine], places: Places) -> Ruling:
    ruling = ALLOWED
    for line in lines:
        if line.project and line.project not in places.projects:
            text = _("项目“%(project)s”没有登记")
            ruling &= refuse(text, "linli:ledger.7", project=line.project).at("project", line.row)
        if (line.fund, line.category) not in places.categories:
            text = _("科目“%(category)s”不属于本账套")
            ruling &= refuse(text, "linli:ledger.2", category=line.category).at(
                "category", line.row
            )
    return ruling


def _places(lines: Sequence[SheetLine], places: Places) -> tuple[Place, ...]:
    """The lines of the voucher; money moved between accounts of one fund needs no category."""
    found: list[Place] = []
    cash: dict[int, int] = {}
    moved = {line.category for line in lines} == {"between_accounts"} and not sum(
        line.amount_fen for line in lines
    )
    for line in lines:
        if not moved:
            found.append(
                Place(
                    account=places.categories[line.fund, line.category],
                    amount_fen=-line.amount_fen,
                    project=places.projects[line.project] if line.project else None,
                )
            )
        account = places.money[line.fund, line.account]
        cash[account] = cash.get(account, 0) + line.amount_fen
    return (*found, *(Place(account=a, amount_fen=fen) for a, fen in cash.items() if fen))
