"""What the bank says, what of it is which entry, and who said why the rest is open.

`period` on every row: the month from which it counts. A row that came after its own month was
sealed counts from the first open month, so that what was sealed stays true as it was sealed.
"""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, F, Index, Q, UniqueConstraint

from linli.bank.guards import GUARDS as GUARDS
from linli.keys.vault import Kept

LEAST, MOST = -(2**53) + 1, 2**53 - 1
USER = settings.AUTH_USER_MODEL


def _amount(name: str) -> Q:
    return ~Q(**{name: 0}) & Q(**{f"{name}__gte": LEAST, f"{name}__lte": MOST})


def _one_of_three() -> Q:
    """Exactly one of a bank line, an entry's line and an opening item."""
    names = ("line", "entry_line", "opening")
    wanted = Q()
    for chosen in names:
        wanted |= Q(**{f"{name}__isnull": name != chosen for name in names})
    return wanted


class Statement(Kept):
    """A bank's file as it was kept, INSERT only.

    `number` counts within the account. `sha256`: of the file. `line_count`: of the file;
    `known_count` of them had come with an earlier file. `root`: RFC 6962 over the bodies of the
    lines that are new with it, in order. `month_ends`: month → fen at its end, as the bank says.
    `breaks`: rows whose balance does not follow (row, expected_fen, found_fen).
    """

    account = models.ForeignKey("ledger.Account", models.PROTECT, related_name="statements")
    number = models.PositiveIntegerField()
    period = models.CharField(max_length=7)
    sha256 = models.CharField(max_length=64)
    file_name = models.CharField(max_length=200)
    profile = models.CharField(max_length=64, blank=True)
    from_on = models.DateField()
    to_on = models.DateField()
    opening_fen = models.BigIntegerField()
    closing_fen = models.BigIntegerField()
    line_count = models.PositiveIntegerField()
    known_count = models.PositiveIntegerField(default=0)
    root = models.CharField(max_length=64)
    month_ends = models.JSONField(default=dict)
    breaks = models.JSONField(default=list)
    kept_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    kept_at = models.DateTimeField()

    class Meta:
        ordering = ["account", "number"]
        constraints = [
            UniqueConstraint(fields=["account", "number"], name="statements_are_numbered"),
            UniqueConstraint(
                fields=["account", "sha256", "from_on", "to_on"], name="a_file_is_kept_once"
            ),
            CheckConstraint(
                condition=Q(from_on__lte=F("to_on")), name="a_statement_ends_after_it_begins"
            ),
        ]

    def __str__(self) -> str:
        return self.file_name

    @property
    def place(self) -> str:
        return self.account.book.place


class BankLine(Kept):
    """One line of a statement, INSERT only. `key`: its identity in whatever file it comes.

    `amount_fen`: in positive, out negative. `digest`: SHA-256 of its body, hex.
    """

    account = models.ForeignKey("ledger.Account", models.PROTECT, related_name="bank_lines")
    statement = models.ForeignKey(Statement, models.PROTECT, related_name="lines")
    position = models.PositiveIntegerField()
    period = models.CharField(max_length=7)
    key = models.CharField(max_length=128)
    on = models.DateField()
    at = models.DateTimeField(null=True)
    amount_fen = models.BigIntegerField()
    balance_fen = models.BigIntegerField(null=True)
    summary = models.CharField(max_length=200, blank=True)
    counterparty = models.CharField(max_length=100, blank=True)
    serial = models.CharField(max_length=64, blank=True)
    digest = models.CharField(max_length=64)

    class Meta:
        ordering = ["account", "on", "statement", "position"]
        indexes = [Index(fields=["account", "on"], name="bank_line_account_on")]
        constraints = [
            UniqueConstraint(fields=["account", "key"], name="a_bank_line_comes_once"),
            UniqueConstraint(fields=["statement", "position"], name="bank_lines_lie_in_order"),
            CheckConstraint(condition=_amount("amount_fen"), name="a_bank_line_moves_money"),
        ]


class OpeningItem(Kept):
    """What was open already when the statements of an account begin (期初未达账项).

    `side`: which side knows it, book or bank; `amount_fen` as in a bank line.
    """

    account = models.ForeignKey("ledger.Account", models.PROTECT, related_name="opening_items")
    period = models.CharField(max_length=7)
    side = models.CharField(max_length=4)
    on = models.DateField()
    amount_fen = models.BigIntegerField()
    summary = models.CharField(max_length=200)
    counterparty = models.CharField(max_length=100, blank=True)
    declared_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    declared_at = models.DateTimeField()

    class Meta:
        ordering = ["account", "on", "id"]
        constraints = [
            CheckConstraint(
                condition=Q(side__in=["bank", "book"]), name="an_opening_item_has_a_side"
            ),
            CheckConstraint(condition=_amount("amount_fen"), name="an_opening_item_is_money"),
        ]

    @property
    def place(self) -> str:
        return self.account.book.place


class Match(Kept):
    """Bank lines and entries that are the same money; it stands from `period` on.

    Its items are written before it: its own INSERT checks their sums and closes it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    account = models.ForeignKey("ledger.Account", models.PROTECT, related_name="matches")
    period = models.CharField(max_length=7)
    how = models.CharField(max_length=16)
    made_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField()

    class Meta:
        ordering = ["account", "period", "made_at"]
        indexes = [Index(fields=["account", "period"], name="bank_match_account_period")]

    @property
    def place(self) -> str:
        return self.account.book.place


class MatchItem(Kept):
    """One bank line, entry's line or opening item of a match; each is in one match at most."""

    # The match's row goes before its items do; the database looks at the end of the transaction.
    match = models.ForeignKey(Match, models.DO_NOTHING, related_name="items")
    line = models.OneToOneField(BankLine, models.PROTECT, null=True, related_name="match_item")
    entry_line = models.OneToOneField(
        "ledger.Line", models.PROTECT, null=True, related_name="match_item"
    )
    opening = models.OneToOneField(
        OpeningItem, models.PROTECT, null=True, related_name="match_item"
    )

    class Meta:
        constraints = [CheckConstraint(condition=_one_of_three(), name="a_match_item_is_one_thing")]


class Explanation(Kept):
    """Why an item is open at the end of `period`; a later one about the same item replaces it."""

    account = models.ForeignKey("ledger.Account", models.PROTECT, related_name="explanations")
    period = models.CharField(max_length=7)
    line = models.ForeignKey(BankLine, models.PROTECT, null=True, related_name="explanations")
    entry_line = models.ForeignKey(
        "ledger.Line", models.PROTECT, null=True, related_name="explanations"
    )
    opening = models.ForeignKey(OpeningItem, models.PROTECT, null=True, related_name="explanations")
    note = models.CharField(max_length=200)
    explained_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    explained_at = models.DateTimeField()
    accepted_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    accepted_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["account", "id"]
        indexes = [Index(fields=["account", "period"], name="bank_explained_in")]
        constraints = [
            CheckConstraint(condition=_one_of_three(), name="an_explanation_is_of_one_thing"),
            CheckConstraint(
                condition=Q(accepted_by__isnull=True, accepted_at__isnull=True)
                | Q(accepted_by__isnull=False, accepted_at__isnull=False),
                name="an_acceptance_says_who_and_when",
            ),
            CheckConstraint(
                condition=Q(accepted_by__isnull=True) | ~Q(accepted_by=F("explained_by")),
                name="nobody_accepts_what_they_explained",
            ),
        ]

    @property
    def place(self) -> str:
        return self.account.book.place


class CashCount(Kept):
    """A cash box counted for the end of a month; it counts once a second person confirmed it.

    `after_fen`: what the books show to have moved after the month's end and up to the day of the
    count, when it was confirmed. `role`s are role codes.
    """

    account = models.ForeignKey("ledger.Account", models.PROTECT, related_name="cash_counts")
    period = models.CharField(max_length=7)
    on = models.DateField()
    counted_fen = models.BigIntegerField()
    after_fen = models.BigIntegerField(default=0)
    note = models.CharField(max_length=200, blank=True)
    counted_by = models.ForeignKey(USER, models.PROTECT, related_name="+")
    counted_role = models.CharField(max_length=32)
    counted_at = models.DateTimeField()
    confirmed_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    confirmed_role = models.CharField(max_length=32, blank=True)
    confirmed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["account", "period", "id"]
        constraints = [
            CheckConstraint(
                condition=Q(counted_fen__gte=0, counted_fen__lte=MOST),
                name="cash_is_not_negative",
            ),
            CheckConstraint(
                condition=Q(confirmed_by__isnull=True, confirmed_at__isnull=True)
                | Q(confirmed_by__isnull=False, confirmed_at__isnull=False),
                name="a_second_count_says_who_and_when",
            ),
            CheckConstraint(
                condition=Q(confirmed_by__isnull=True)
                | (
                    ~Q(confirmed_by=F("counted_by"))
                    & (
                        Q(counted_role="cashier") & ~Q(confirmed_role="cashier")
                        | ~Q(counted_role="cashier") & Q(confirmed_role="cashier")
                    )
                ),
                name="two_people_count_and_one_is_the_cashier",
            ),
        ]

    @property
    def place(self) -> str:
        return self.account.book.place


class Confirmation(Kept):
    """A balance at a month's end confirmed by who holds the money, on their signed paper."""

    account = models.ForeignKey("ledger.Account", models.PROTECT, related_name="confirmations")
    period = models.CharField(max_length=7)
    balance_fen = models.BigIntegerField()
    on = models.DateField()
    custodian = models.CharField(max_length=64)
    paper = models.ForeignKey("files.File", models.PROTECT, related_name="+")
    recorded_by = models.ForeignKey(USER, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        ordering = ["account", "period", "id"]
        indexes = [Index(fields=["account", "period"], name="bank_confirmed_for")]

    @property
    def place(self) -> str:
        return self.account.book.place
