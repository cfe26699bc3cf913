"""Which bank lines are which entries. Pure: items in, pairs and suggestions out.

What is certain is paired; what could be otherwise is only suggested, with the reason. The result
depends on what the items say, never on the order in which they come.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from linli.bank.matching.ranges import named_range
from linli.bank.matching.subsets import Effort, subsets
from linli.kernel.words import gettext_noop as _

BANK, BOOK = "bank", "book"
STEPS = 2_000_000
EXACT, SAME, SUM, PARTS, NET, BY_HAND = "exact", "same", "sum", "parts", "net", "by_hand"
HOWS = {
    EXACT: _("金额、方向一致，日期相近"),
    SAME: _("金额相同、笔数相等，按日期先后对应"),
    SUM: _("一笔银行流水对应多笔账，只有一种组合"),
    PARTS: _("多笔银行流水对应一笔账，只有一种组合"),
    NET: _("冲销与原账相抵，银行无流水"),
    BY_HAND: _("记账员核对"),
}
AMBIGUOUS = _("金额相同的不止一笔，请核对后选定")
SEVERAL = _("有不止一种组合凑得出这个金额，请核对后选定")
FAR = _("金额相同，但日期或对方户名不一致，请核对")
FEE = _("少 %(fee)s 元，可能是银行手续费：先记一笔手续费再核对")
TIRED = _("候选笔数太多，没有逐一试算，请人工核对")


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A bank line, or an entry's line on the same money account, that is not matched yet.

    `ref` names it; `amount_fen`: in positive, out negative; `order` settles the order within a
    day; `number`, `reverses`: of the entry; `original_on`: the date that a correction corrects;
    `early`: booked before the bank statements begin, so it is taken only where it fits exactly.
    """

    ref: str
    side: str
    on: date
    amount_fen: int
    order: int = 0
    summary: str = ""
    counterparty: str = ""
    number: int = 0
    reverses: int = 0
    original_on: date | None = None
    early: bool = False

    @property
    def place(self) -> tuple[date, int, str]:
        return self.on, self.order, self.ref


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """The numbers of matching.

    `near_days`: how far an exact match may lie apart; `reach_days`: how far back the entries of
    one settlement may lie; `fee_permille`: what may be missing as a charge; `steps`: how long to
    search for sums, see `Effort`.
    """

    near_days: int
    reach_days: int
    fee_permille: int
    steps: int = STEPS


@dataclass(frozen=True, slots=True)
class Pair:
    """Bank lines and entries that are the same money. `how` is a key of HOWS."""

    bank: tuple[str, ...]
    book: tuple[str, ...]
    how: str


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What may belong together, and why a person has to say so.

    `fee_fen`: what is missing at the bank and may be a charge; until it is booked the sums differ.
    Without refs on the other side there is nothing to offer, only the reason.
    """

    bank: tuple[str, ...]
    book: tuple[str, ...]
    why: str
    fee_fen: int = 0


@dataclass(frozen=True, slots=True)
class Pairing:
    pairs: tuple[Pair, ...]
    suggestions: tuple[Suggestion, ...]


def pair(items: Iterable[Item], *, limits: Limits) -> Pairing:
    """Match what is certain and suggest the rest; every item is in at most one pair."""
    desk = _Desk(items, limits)
    desk.cancel(replaced=False)
    desk.exact()
    desk.same()
    desk.cancel(replaced=True)
    desk.sums()
    desk.parts()
    return Pairing(tuple(desk.pairs), tuple(desk.suggest()))


def same_party(one: str, other: str) -> bool:
    """Whether two names are the same party: equal, or one is a longer form of the other."""
    a, b = _plain_name(one), _plain_name(other)
    if not a or not b:
        return False
    short, long = sorted((a, b), key=len)
    return a == b or (len(short) >= 3 and short in long)


def _plain_name(text: str) -> str:
    return re.sub(r"[\s()\[\].,*·\-]", "", unicodedata.normalize("NFKC", text)).casefold()


def _may_be_same_party(one: str, other: str) -> bool:
    return not one.strip() or not other.strip() or same_party(one, other)


@dataclass
class _Desk:
    """The free items of both sides, oldest first, and what was paired so far."""

    items: Iterable[Item]
    limits: Limits
    pairs: list[Pair] = field(default_factory=list)

    def __post_init__(self) -> None:
        known = [item for item in sorted(self.items, key=lambda i: i.place) if item.amount_fen]
        self.free = {item.ref: item for item in known}
        self.effort = Effort(steps=self.limits.steps)
        self.alike: dict[tuple[str, int], list[Item]] = defaultdict(list)
        self.directed: dict[tuple[str, bool], list[Item]] = defaultdict(list)
        for item in known:
            self.alike[item.side, item.amount_fen].append(item)
            self.directed[item.side, item.amount_fen > 0].append(item)

    def side(self, side: str) -> list[Item]:
        return [item for item in self.free.values() if item.side == side]

    def take(self, bank: Sequence[Item], book: Sequence[Item], how: str) -> None:
        for item in (*bank, *book):
            del self.free[item.ref]
        self.pairs.append(Pair(tuple(i.ref for i in bank), tuple(i.ref for i in book), how))

    # --- one to one -----------------------------------------------------------------------------

    def exact(self) -> None:
        """Same amount, a few days apart, the counterparty as tie-break; again until no more."""
        while any([self._exactly(line) for line in self.side(BANK) if line.ref in self.free]):
            pass

    def _exactly(self, line: Item) -> bool:
        near = self._near(line, BOOK)
        named = [entry for entry in near if same_party(line.counterparty, entry.counterparty)]
        chosen = near if len(near) == 1 else named
        if len(chosen) != 1 or self._belongs_elsewhere(line, chosen[0]):
            return False
        self.take([line], chosen, EXACT)
        return True

    def _near(self, item: Item, side: str) -> list[Item]:
        return [
            other
            for other in self.alike.get((side, item.amount_fen), ())
            if other.ref in self.free and abs(other.on - item.on).days <= self.limits.near_days
        ]

    def _belongs_elsewhere(self, line: Item, entry: Item) -> bool:
        """Another bank line of the same amount names the entry's counterparty and this one not."""
        if same_party(line.counterparty, entry.counterparty):
            return False
        rivals = [other for other in self._near(entry, BANK) if other is not line]
        return any(same_party(rival.counterparty, entry.counterparty) for rival in rivals)

    def same(self) -> None:
        """Equal amounts that cannot be told apart, but are equally many on both sides.

        Whichever is whichever, nothing of them stays open; so they go in the order of their days.
        """
        for amount in sorted({line.amount_fen for line in self.side(BANK)}):
            for bank, book in self._groups(amount):
                fit = len(bank) == len(book) and all(
                    abs(line.on - entry.on).days <= self.limits.near_days
                    for line, entry in zip(bank, book, strict=True)
                )
                if fit and not any(entry.early for entry in book):
                    for line, entry in zip(bank, book, strict=True):
                        self.take([line], [entry], SAME)

    def _groups(self, amount: int) -> list[tuple[list[Item], list[Item]]]:
        """Free items of one amount, parted where no line is near an entry."""
        bank = [i for i in self.alike.get((BANK, amount), ()) if i.ref in self.free]
        book = [i for i in self.alike.get((BOOK, amount), ()) if i.ref in self.free]
        groups: list[tuple[list[Item], list[Item]]] = []
        edge = date.min
        for item in sorted((*bank, *book), key=lambda item: item.place):
            if not groups or item.on > edge:
                groups.append(([], []))
            groups[-1][item.side == BOOK].append(item)
            edge = item.on + timedelta(days=self.limits.near_days)
        return [(lines, entries) for lines, entries in groups if lines and entries]

    # --- corrections ----------------------------------------------------------------------------

    def cancel(self, *, replaced: bool) -> None:
        """A reversal and what it cancels: the bank knows of neither.

        First those that nothing replaced; then, once the originals that the bank knows are
        paired, a reversal goes with its free original, else with its replacement.
        """
        by_number: dict[int, list[Item]] = defaultdict(list)
        for entry in self.side(BOOK):
            by_number[entry.number].append(entry)
        for reversal in [entry for entry in self.side(BOOK) if entry.reverses]:
            original = self._opposite(reversal, by_number[reversal.reverses])
            instead = self._opposite(
                reversal,
                [
                    entry
                    for entry in by_number[reversal.number + 1]
                    if entry.original_on and entry.original_on == reversal.original_on
                ],
            )
            if original and (replaced or not instead):
                self.take([], [original, reversal], NET)
            elif instead and replaced:
                self.take([], [reversal, instead], NET)

    def _opposite(self, reversal: Item, entries: Sequence[Item]) -> Item | None:
        if reversal.ref not in self.free:
            return None
        for entry in entries:
            if (
                entry.ref in self.free
                and entry is not reversal
                and entry.amount_fen == -reversal.amount_fen
            ):
                return entry
        return None

    # --- one to many ----------------------------------------------------------------------------

    def sums(self) -> None:
        """One bank line, many entries: only where exactly one choice of them fits."""
        for line in self.side(BANK):
            if chosen := self._only_choice(line):
                self.take([line], chosen, SUM if len(chosen) > 1 else EXACT)

    def parts(self) -> None:
        """Many bank lines, one entry, likewise."""
        for entry in self.side(BOOK):
            if not entry.early and (chosen := self._only_choice(entry)):
                self.take(chosen, [entry], PARTS if len(chosen) > 1 else EXACT)

    def _only_choice(self, item: Item) -> list[Item]:
        """The items of the other side that add up to this one, if it can be no others.

        Where the days are not named, nothing near may fit alone; and one alone, further away,
        must not be another party's, nor may anything else be waiting for it.
        """
        named = named_range(item.summary, on=item.on)
        if not named and self._near(item, _other(item.side)):
            return []
        fits = self._fits(item, self._candidates(item))
        if not fits or len(fits) > 1:
            return []
        chosen = fits[0]
        if named or len(chosen) > 1:
            return chosen
        fitting = _may_be_same_party(item.counterparty, chosen[0].counterparty)
        return chosen if fitting and not self._rivals(item, chosen[0]) else []

    def _rivals(self, item: Item, chosen: Item) -> list[Item]:
        """Free items beside this one that the chosen could belong to as well."""
        return [
            rival
            for rival in self.alike[item.side, item.amount_fen]
            if rival.ref in self.free
            and rival is not item
            and abs(rival.on - chosen.on).days <= self.limits.reach_days
        ]

    def _candidates(self, item: Item) -> list[Item]:
        """Free items of the other side and the same direction in the range that counts."""
        # An entry may be paid a few days after it was booked; a bank line only gathers the past.
        later = timedelta(days=0 if item.side == BANK else self.limits.near_days)
        earlier = timedelta(days=self.limits.reach_days)
        first, last = named_range(item.summary, on=item.on) or (
            item.on - earlier,
            item.on + later,
        )
        others = self.directed[_other(item.side), item.amount_fen > 0]
        begin = bisect_left(others, first, key=lambda other: other.on)
        end = bisect_right(others, last, key=lambda other: other.on)
        return [o for o in others[begin:end] if o.ref in self.free and not o.early]

    def _fits(self, item: Item, found: Sequence[Item]) -> list[list[Item]] | None:
        """Up to two choices of the found that add up to the item; None: too many to try."""
        amounts = [abs(other.amount_fen) for other in found]
        tried = subsets(amounts, abs(item.amount_fen), effort=self.effort)
        return None if tried is None else [[found[place] for place in places] for places in tried]

    # --- what a person has to decide ------------------------------------------------------------

    def suggest(self) -> list[Suggestion]:
        """For each item left, the best offer; no item is offered twice."""
        offered: set[str] = set()
        told: list[Suggestion] = []
        ways: tuple[Callable[[Item], Suggestion | None], ...] = (
            self._alike_offer(offered),
            self._sum_offer(offered),
            self._fee_offer(offered),
        )
        for item in (*self.side(BANK), *self.side(BOOK)):
            for way in ways:
                offer = None if item.ref in offered or item.early else way(item)
                if offer:
                    told.append(offer)
                    if offer.bank and offer.book:
                        offered.update(offer.bank, offer.book)
                    break
        return told

    def _alike_offer(self, offered: set[str]) -> Callable[[Item], Suggestion | None]:
        def way(item: Item) -> Suggestion | None:
            if item.side == BOOK:
                return None
            reach = self.limits.reach_days
            found = [
                entry
                for entry in self.alike.get((BOOK, item.amount_fen), ())
                if entry.ref in self.free
                and entry.ref not in offered
                and abs(entry.on - item.on).days <= reach
            ]
            if not found:
                return None
            best = min(
                found,
                key=lambda entry: (
                    not same_party(item.counterparty, entry.counterparty),
                    abs(entry.on - item.on).days,
                    entry.place,
                ),
            )
            near = abs(best.on - item.on).days <= self.limits.near_days
            return Suggestion((item.ref,), (best.ref,), AMBIGUOUS if near else FAR)

        return way

    def _sum_offer(self, offered: set[str]) -> Callable[[Item], Suggestion | None]:
        def way(item: Item) -> Suggestion | None:
            found = [other for other in self._candidates(item) if other.ref not in offered]
            fits = self._fits(item, found)
            if fits is None:
                return _offer(item, [], TIRED)
            if not fits:
                return None
            best = min(fits, key=lambda chosen: (len(chosen), [other.place for other in chosen]))
            return _offer(item, best, SEVERAL if len(best) > 1 else FAR)

        return way

    def _fee_offer(self, offered: set[str]) -> Callable[[Item], Suggestion | None]:
        def way(item: Item) -> Suggestion | None:
            if item.side == BOOK:
                return None
            found = [entry for entry in self._candidates(item) if entry.ref not in offered]
            choices = [found] if named_range(item.summary, on=item.on) else []
            choices += [
                [entry] for entry in found if abs(entry.on - item.on).days <= self.limits.near_days
            ]
            for chosen in choices:
                total = sum(entry.amount_fen for entry in chosen)
                fee = total - item.amount_fen
                if 0 < fee and fee * 1000 <= abs(total) * self.limits.fee_permille:
                    return _offer(item, chosen, FEE, fee)
            return None

        return way


def _other(side: str) -> str:
    return BOOK if side == BANK else BANK


def _offer(item: Item, others: Sequence[Item], why: str, fee_fen: int = 0) -> Suggestion:
    refs = tuple(other.ref for other in others)
    return (
        Suggestion((item.ref,), refs, why, fee_fen)
        if item.side == BANK
        else Suggestion(refs, (item.ref,), why, fee_fen)
    )
