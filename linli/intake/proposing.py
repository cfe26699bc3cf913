"""A first mapping for a layout that nobody has seen: what the wizard shows, to be confirmed.

Columns with a usual name are taken by it; the others are guessed from what stands in them. Only
proposals are guessed: nothing is read by a guess before a person has saved it as a mapping.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from linli.intake import rules
from linli.intake.ledger_rows import sum_label
from linli.intake.mapping import BANK_COLUMNS, LEDGER_COLUMNS, FileMapping
from linli.intake.words import aliases, row_words, weak_aliases
from linli.kernel.money import parse_yuan
from linli.sheets.dates import read_day
from linli.sheets.headings import Headings, Wanted, find_headings
from linli.sheets.model import Sheet, Value, shown
from linli.sources.chart import FUNDS, folded

LEDGER, BANK = "ledger", "bank"
_SEARCHED_ROWS = 40
_LOOKED_AT = 400
_SAMPLES = 3
_MOSTLY = 0.8


@dataclass(frozen=True, slots=True)
class Proposal:
    """A mapping to confirm, with what a person needs to judge it.

    `headings`: every heading of the sheet, to choose from; `samples`: heading → first values;
    `unknown_funds` and `unknown_categories`: words of the sheet for which no code was found (in
    the mapping they stand with an empty code). `missing`: fields that must still be chosen.
    """

    mapping: FileMapping
    headings: tuple[str, ...]
    samples: Mapping[str, tuple[str, ...]]
    heading_rows: tuple[int, int]
    unknown_funds: tuple[str, ...] = ()
    unknown_categories: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()


def guess_mapping(
    sheet: Sheet,
    *,
    kind: str = LEDGER,
    categories: Sequence[rules.Leaf] = (),
    funds: Mapping[str, rules.NamedFund] = FUNDS,
) -> Proposal | None:
    """Propose a mapping of a ledger sheet or a statement; None where no headings can be made out."""
    names = aliases(kind)
    wanted = Wanted(names, (frozenset({"date"}),), weak_aliases() if kind == LEDGER else None)
    headings = find_headings(sheet, wanted)
    if headings is None or "date" not in headings.columns:
        headings = _by_shape(sheet) or headings
    if headings is None:
        return None
    chart = rules.Chart(categories, funds)
    guess = _Guess(sheet, headings, chart, kind)
    columns = guess.columns()
    proposal = Proposal(
        FileMapping(bank_columns=columns, sign=guess.sign()) if kind == BANK else FileMapping(),
        headings=tuple(dict.fromkeys(filter(None, headings.labels))),
        samples=guess.samples(),
        heading_rows=(headings.first_row, headings.last_row),
        missing=_missing(columns, kind),
    )
    return proposal if kind == BANK else _with_values(proposal, guess, chart, columns)


def _with_values(
    proposal: Proposal, guess: _Guess, chart: rules.Chart, columns: Mapping[str, str]
) -> Proposal:
    """The proposal with a code for each word of the columns of funds and categories.

    A category that stands in several funds needs none: it is read together with its fund.
    """
    funds = {text: chart.fund(text)[0] for text in guess.words("fund")}
    found = {text: chart.codes_of(text) for text in guess.words("category")}
    categories = {t: next(iter(c), "") for t, c in found.items() if len(c) < 2}
    return replace(
        proposal,
        mapping=FileMapping(columns=columns, funds=funds, categories=categories),
        unknown_funds=tuple(text for text, code in funds.items() if not code),
        unknown_categories=tuple(text for text, codes in found.items() if not codes),
    )


def _missing(columns: Mapping[str, str], kind: str) -> tuple[str, ...]:
    needed = ("date",) if kind == BANK else ("date", "category")
    missing = [name for name in needed if not columns.get(name)]
    if not any(columns.get(name) for name in ("income", "expense", "amount")):
        missing.append("income")
    return tuple(missing)


def _by_shape(sheet: Sheet) -> Headings | None:
    """The first row of texts with a day and a figure in one of the rows below it."""
    for row in range(1, min(len(sheet.rows), _SEARCHED_ROWS) + 1):
        texts = [shown(value) if isinstance(value, str) else "" for value in sheet.rows[row - 1]]
        below = sheet.rows[row : row + 5]
        named = [text for text in texts if text and not text[:1].isdigit()]
        if len(named) >= 3 and any(_is_record(cells) for cells in below):
            return Headings(row, row, {}, tuple(texts), {})
    return None


def _is_record(cells: Iterable[Value]) -> bool:
    values = list(cells)
    return any(_is_day(value) for value in values) and any(_is_figure(value) for value in values)


def _is_day(value: Value) -> bool:
    return value != "" and read_day(value)[0] is not None


def _is_figure(value: Value) -> bool:
    if value == "" or _is_day(value):
        return False
    return parse_yuan(value)[0] is not None


class _Guess:
    def __init__(self, sheet: Sheet, headings: Headings, chart: rules.Chart, kind: str) -> None:
        self._headings = headings
        self._chart = chart
        self._kind = kind
        self._sheet = sheet
        rows = sheet.rows[headings.last_row : headings.last_row + _LOOKED_AT]
        width = len(headings.labels)
        self._values = [
            [cells[at] for cells in rows if at < len(cells) and shown(cells[at])]
            for at in range(width)
        ]
        known = LEDGER_COLUMNS if kind == LEDGER else BANK_COLUMNS
        self._found = {n: at for n, at in headings.columns.items() if n in (*known, "direction")}
        self._amount = headings.columns.get("amount")
        self._taken = set(headings.columns.values())
        self._fill()

    def columns(self) -> dict[str, str]:
        """field → heading, in the order of the mapping file."""
        order = LEDGER_COLUMNS if self._kind == LEDGER else BANK_COLUMNS
        more = ("amount", "direction") if self._kind == LEDGER else ("direction",)
        labels = self._headings.labels
        return {
            name: labels[self._found[name]]
            for name in (*order, *more)
            if name in self._found and labels[self._found[name]]
        }

    def samples(self) -> dict[str, tuple[str, ...]]:
        return {
            label: tuple(shown(value)[:40] for value in values[:_SAMPLES])
            for label, values in zip(self._headings.labels, self._values, strict=True)
            if label
        }

    def sign(self) -> str:
        if "direction" in self._found:
            return "direction"
        two = self._found.get("income"), self._found.get("expense")
        return "columns" if two[0] != two[1] else "signed"

    def words(self, field: str) -> list[str]:
        """The different words of a column, without the labels of openings and subtotals."""
        at = self._found.get(field)
        labels = row_words("opening") | row_words("closing") | row_words("carried")
        texts = dict.fromkeys(
            shown(value) for value in (self._values[at] if at is not None else ())
        )
        return [t for t in texts if folded(t) not in labels and not sum_label(t)[2]]

    def _fill(self) -> None:
        self._take("date", _is_day, _MOSTLY)
        if self._kind == LEDGER:
            self._take("fund", lambda value: self._chart.fund(shown(value))[1].allowed, 0.5)
            self._take("category", lambda value: bool(self._chart.funds_of(shown(value))), 0.3)
        if not {"income", "expense", "amount"} & self._headings.columns.keys():
            self._money()
        elif self._amount is not None and self._kind == LEDGER and "income" not in self._found:
            self._single(self._amount)

    def _free(self) -> list[int]:
        return [at for at, values in enumerate(self._values) if values and at not in self._taken]

    def _take(self, field: str, fits: Callable[[Value], bool], least: float) -> None:
        """Give a field the free column in which it fits the largest share of values."""
        if field in self._found:
            return
        shares = [
            (sum(map(fits, self._values[at])) / len(self._values[at]), at) for at in self._free()
        ]
        share, at = max(shares, key=lambda one: (one[0], -one[1]), default=(0.0, -1))
        if share >= least:
            self._found[field] = at
            self._taken.add(at)

    def _money(self) -> None:
        """Figures that are neither days nor a running number: one signed, or two and a balance."""
        money = [
            at
            for at in self._free()
            if sum(map(_is_figure, self._values[at])) >= _MOSTLY * len(self._values[at])
            and not _counts_up(self._values[at])
        ]
        most = max((len(self._values[at]) for at in money), default=0)
        full = [at for at in money if len(self._values[at]) == most]
        if len(money) == 1 or (len(money) == 2 and len(full) == 2):
            self._single(money[0])
            if len(money) == 2:
                self._found.setdefault("balance", money[1])
        elif len(money) >= 2:
            parts = [at for at in money if at not in full] if len(full) < len(money) else money
            parts = parts if len(parts) >= 2 else money
            self._found |= {"income": parts[0], "expense": parts[1]}
            if rest := [at for at in full if at not in parts[:2]]:
                self._found.setdefault("balance", rest[0])

    def _single(self, at: int) -> None:
        """One column: with signs it is both sides of a ledger; without, the category tells."""
        signed = any((parse_yuan(value)[0] or 0) < 0 for value in self._values[at])
        if self._kind == LEDGER and signed and "direction" not in self._found:
            self._found |= {"income": at, "expense": at}
        else:
            self._found["amount"] = at


def _counts_up(values: Sequence[Value]) -> bool:
    """1, 2, 3 …: the number of the row, no amount."""
    numbers = [parse_yuan(value)[0] for value in values[:20]]
    steps = {
        b - a for a, b in zip(numbers, numbers[1:], strict=False) if a is not None and b is not None
    }
    return len(numbers) >= 2 and steps == {100}
