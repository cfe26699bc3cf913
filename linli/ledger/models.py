"""The nouns of the ledger. Ids of entries, lines and leaves follow from book and number."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, F, Index, Q, UniqueConstraint

from linli.keys.vault import Kept
from linli.ledger.guards import GUARDS as GUARDS
from linli.scope.models import Placed

LEAST, MOST = -(2**53) + 1, 2**53 - 1
USER = settings.AUTH_USER_MODEL


class Log(models.Model):
    """An RFC 6962 log: a book's, or the county's whose leaves are the books' checkpoints.

    `frontier`: the tree's open edge as hex, enough to append. `entry_count`: the last entry number.
    """

    origin = models.CharField(max_length=64, unique=True)
    size = models.PositiveIntegerField(default=0)
    root = models.CharField(max_length=64)
    frontier = models.TextField(blank=True)
    entry_count = models.PositiveIntegerField(default=0)
    checked_size = models.PositiveIntegerField(default=0)
    last_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.origin

    @property
    def place(self) -> str:
        """Where it belongs: its book's place, or the county itself."""
        found = Book.objects.filter(log=self).values_list("place", flat=True).first()
        return found or self.origin.split("/")[1]


class Book(Kept, Placed):
    """The money of one place. The code never changes; the place may be recoded.

    `live_from`: the first month kept in the system ("" = history is still being brought in).
    `limit_fen`: payments above it need two approvers, one of them the resident representative.
    `custodian`: who keeps the money; `office`, `phone`: where one objects.
    """

    UNMARKED = frozenset({"log"})

    code = models.CharField(max_length=16, unique=True)
    name = models.CharField(max_length=100)
    kind = models.CharField(max_length=16, default="estate")
    county = models.CharField(max_length=6)
    log = models.OneToOneField(Log, models.PROTECT, related_name="book")
    first_period = models.CharField(max_length=7)
    live_from = models.CharField(max_length=7, blank=True)
    limit_fen = models.BigIntegerField()
    custodian = models.CharField(max_length=64, blank=True)
    office = models.CharField(max_length=100, blank=True)
    phone = models.CharField(max_length=32, blank=True)
    chart_version = models.PositiveIntegerField(default=1)
    opened_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name


class Account(Kept):
    """A leaf account of a book: a money account, a category of the chart, or net assets.

    `kind`: money, income, cost, use, transfer, liability, net_assets. For money accounts `holder`
    says who holds the cash (bank, supervised, wallet, cash, custody) and `tail` the last digits.
    """

    book = models.ForeignKey(Book, models.PROTECT, related_name="accounts")
    fund = models.CharField(max_length=16)
    code = models.CharField(max_length=32)
    kind = models.CharField(max_length=16)
    name = models.CharField(max_length=64)
    position = models.PositiveIntegerField()
    holder = models.CharField(max_length=16, blank=True)
    holder_name = models.CharField(max_length=64, blank=True)
    bank = models.CharField(max_length=64, blank=True)
    tail = models.CharField(max_length=8, blank=True)
    opened_on = models.DateField(null=True)
    closed_on = models.DateField(null=True)

    class Meta:
        ordering = ["book", "position"]
        constraints = [
            UniqueConstraint(fields=["book", "fund", "code"], name="an_account_once_in_a_fund"),
            UniqueConstraint(fields=["book", "position"], name="accounts_stand_in_a_row"),
        ]


class Project(Kept):
    """What money is spent on. Its whole life comes from the domain of projects."""

    book = models.ForeignKey(Book, models.PROTECT, related_name="projects")
    code = models.CharField(max_length=32)
    name = models.CharField(max_length=100)
    agreement = models.CharField(max_length=64, blank=True)
    contractor = models.CharField(max_length=100, blank=True)
    need = models.CharField(max_length=200, blank=True)
    stage = models.CharField(max_length=32, blank=True)
    added_at = models.DateTimeField()

    class Meta:
        ordering = ["book", "code"]
        constraints = [UniqueConstraint(fields=["book", "code"], name="a_project_code_once")]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class Budget(Kept):
    """What the agreement lets a project draw from one fund."""

    project = models.ForeignKey(Project, models.PROTECT, related_name="budgets")
    fund = models.CharField(max_length=16)
    budget_fen = models.BigIntegerField()

    class Meta:
        constraints = [
            UniqueConstraint(fields=["project", "fund"], name="a_project_has_one_budget_a_fund"),
            CheckConstraint(condition=Q(budget_fen__gt=0), name="a_budget_is_positive"),
        ]


class Leaf(models.Model):
    """One leaf of a log: the exact bytes that were hashed, and their hash."""

    id = models.BigIntegerField(primary_key=True)
    log = models.ForeignKey(Log, models.PROTECT, related_name="leaves", db_index=False)
    index = models.PositiveIntegerField()
    kind = models.CharField(max_length=16)
    body = models.TextField()
    hash = models.CharField(max_length=64)

    class Meta:
        constraints = [UniqueConstraint(fields=["log", "index"], name="a_leaf_has_its_own_index")]
        indexes = [
            Index(fields=["log", "index"], condition=Q(kind="key"), name="keys_of_a_log"),
            Index(fields=["log", "hash"], condition=Q(kind="checkpoint"), name="heads_in_a_log"),
        ]


class Entry(models.Model):
    """What an approved voucher, an opening, a reversal or an import posted. Never changed.

    `mark`: keyed hash of what the log does not hold: the people (see `posting.mark_text`).
    """

    id = models.BigIntegerField(primary_key=True)
    book = models.ForeignKey(Book, models.PROTECT, related_name="entries", db_index=False)
    number = models.PositiveIntegerField()
    leaf = models.OneToOneField(Leaf, models.PROTECT)
    key = models.CharField(max_length=80)
    content = models.CharField(max_length=64)
    kind = models.CharField(max_length=16)
    date = models.DateField()
    period = models.CharField(max_length=7)
    original_on = models.DateField(null=True)
    recorded_at = models.DateTimeField()
    prepared_by = models.ForeignKey(
        USER, models.PROTECT, null=True, related_name="+", db_index=False
    )
    approved_by = models.ForeignKey(
        USER, models.PROTECT, null=True, related_name="+", db_index=False
    )
    seconded_by = models.ForeignKey(
        USER, models.PROTECT, null=True, related_name="+", db_index=False
    )
    reverses = models.OneToOneField("self", models.PROTECT, null=True, related_name="reversed_by")
    mark = models.CharField(max_length=64)

    class Meta:
        ordering = ["id"]
        indexes = [Index(fields=["book", "period", "number"], name="ledger_entry_period")]
        constraints = [
            UniqueConstraint(fields=["book", "number"], name="an_entry_has_its_own_number"),
            UniqueConstraint(fields=["book", "key"], name="a_key_posts_once"),
            CheckConstraint(
                condition=Q(approved_by__isnull=True) | ~Q(approved_by=F("prepared_by")),
                name="nobody_approves_what_they_prepared",
            ),
            CheckConstraint(
                condition=Q(seconded_by__isnull=True)
                | (~Q(seconded_by=F("prepared_by")) & ~Q(seconded_by=F("approved_by"))),
                name="the_second_approver_is_a_third_person",
            ),
            CheckConstraint(
                condition=Q(kind__in=["import", "opening"]) | Q(approved_by__isnull=False),
                name="a_voucher_is_approved",
            ),
            CheckConstraint(
                condition=Q(kind="reversal", reverses__isnull=False)
                | (~Q(kind="reversal") & Q(reverses__isnull=True)),
                name="a_reversal_names_what_it_reverses",
            ),
        ]


class Line(models.Model):
    """One line of an entry: debit positive, credit negative."""

    id = models.BigIntegerField(primary_key=True)
    entry = models.ForeignKey(Entry, models.PROTECT, related_name="lines")
    position = models.PositiveSmallIntegerField()
    account = models.ForeignKey(Account, models.PROTECT, related_name="lines")
    project = models.ForeignKey(Project, models.PROTECT, null=True, related_name="lines")
    restriction = models.CharField(max_length=32, blank=True)
    amount_fen = models.BigIntegerField()

    class Meta:
        ordering = ["id"]
        constraints = [
            CheckConstraint(
                condition=~Q(amount_fen=0) & Q(amount_fen__gte=LEAST) & Q(amount_fen__lte=MOST),
                name="an_amount_is_whole_fen_and_not_zero",
            )
        ]


class Wording(models.Model):
    """The words of an entry. The log holds only salted commitments, so a field can be erased.

    `salts`: field → 64 hex digits; a field without a salt was erased or never given.
    """

    entry = models.OneToOneField(Entry, models.PROTECT, primary_key=True, related_name="wording")
    voucher = models.CharField(max_length=64, blank=True)
    counterparty = models.CharField(max_length=100, blank=True)
    summary = models.CharField(max_length=200, blank=True)
    handler = models.CharField(max_length=64, blank=True)
    document = models.CharField(max_length=100, blank=True)
    decision = models.CharField(max_length=100, blank=True)
    ground = models.CharField(max_length=100, blank=True)
    note = models.CharField(max_length=200, blank=True)
    person = models.BooleanField(default=False)
    salts = models.JSONField(default=dict)


WORDS = (
    "voucher",
    "counterparty",
    "summary",
    "handler",
    "document",
    "decision",
    "ground",
    "note",
)


class Paper(Kept):
    """A paper attached to an entry, by the hash of its bytes."""

    entry = models.ForeignKey(Entry, models.PROTECT, related_name="papers", db_index=False)
    position = models.PositiveSmallIntegerField()
    sha256 = models.CharField(max_length=64)

    class Meta:
        ordering = ["entry", "position"]
        constraints = [UniqueConstraint(fields=["entry", "position"], name="papers_lie_in_order")]


class Balance(models.Model):
    """Running sums of one account in one month, written with the posting; `verify` folds them."""

    account = models.ForeignKey(Account, models.PROTECT, related_name="balances", db_index=False)
    period = models.CharField(max_length=7)
    debit_fen = models.BigIntegerField(default=0)
    credit_fen = models.BigIntegerField(default=0)
    entry_count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [UniqueConstraint(fields=["account", "period"], name="one_balance_a_month")]


class Tally(models.Model):
    """Running sums of a project or a restriction in one fund and month; `verify` folds them.

    `project` is a project's code or "". `in_fen`: what came in under a restriction; `out_fen`:
    what was used.
    """

    book = models.ForeignKey(Book, models.PROTECT, related_name="tallies", db_index=False)
    fund = models.CharField(max_length=16)
    project = models.CharField(max_length=32, blank=True)
    restriction = models.CharField(max_length=32, blank=True)
    period = models.CharField(max_length=7)
    in_fen = models.BigIntegerField(default=0)
    out_fen = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            UniqueConstraint(
                fields=["book", "fund", "project", "restriction", "period"],
                name="one_tally_a_month",
            )
        ]


class Seal(Kept):
    """The end of a month. Everything it binds stands in its leaf."""

    book = models.ForeignKey(Book, models.PROTECT, related_name="seals")
    period = models.CharField(max_length=7)
    leaf = models.OneToOneField(Leaf, models.PROTECT)
    sealed_at = models.DateTimeField()

    class Meta:
        ordering = ["book", "period"]
        constraints = [UniqueConstraint(fields=["book", "period"], name="a_month_is_sealed_once")]


class Checkpoint(Kept):
    """A signed head of a log (C2SP), kept as the exact note."""

    log = models.ForeignKey(Log, models.PROTECT, related_name="checkpoints")
    size = models.PositiveIntegerField()
    root = models.CharField(max_length=64)
    note = models.TextField()
    made_at = models.DateTimeField()

    class Meta:
        ordering = ["log", "size"]
        constraints = [UniqueConstraint(fields=["log", "size"], name="one_checkpoint_for_a_size")]
