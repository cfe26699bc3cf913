from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, Index, Q, UniqueConstraint

from linli.keys.vault import Kept
from linli.scope.models import Placed
from linli.vouchers.guards import GUARDS as GUARDS

USER = settings.AUTH_USER_MODEL
DRAFT, WAITING, RETURNED, POSTED, VOID = "draft", "waiting", "returned", "posted", "void"


class Voucher(Placed):
    """A draft of an entry with its papers. It is approved by others, or voided, never deleted.

    `kind`: voucher, or reversal (then `corrects` names the entry to reverse, and the lines, if
    any, are what should have stood). `serial` counts within book and month; `key` is made by the
    form, so that sending it twice gives one voucher.
    """

    book = models.ForeignKey("ledger.Book", models.PROTECT, related_name="vouchers")
    key = models.CharField(max_length=64)
    kind = models.CharField(max_length=16, default="voucher")
    state = models.CharField(max_length=16, default=DRAFT)
    date = models.DateField()
    period = models.CharField(max_length=7)
    serial = models.PositiveIntegerField()
    counterparty = models.CharField(max_length=100, blank=True)
    person = models.BooleanField(default=False)
    summary = models.CharField(max_length=200)
    handler = models.CharField(max_length=64, blank=True)
    document = models.CharField(max_length=100, blank=True)
    decision = models.CharField(max_length=100, blank=True)
    ground = models.CharField(max_length=100, blank=True)
    note = models.CharField(max_length=200, blank=True)
    reason = models.CharField(max_length=200, blank=True)
    paper_count = models.PositiveSmallIntegerField(default=0)
    large = models.BooleanField(default=False)
    prepared_by = models.ForeignKey(USER, models.PROTECT, related_name="+")
    prepared_at = models.DateTimeField()
    corrects = models.ForeignKey(
        "ledger.Entry", models.PROTECT, null=True, related_name="corrections"
    )
    entry = models.OneToOneField("ledger.Entry", models.PROTECT, null=True, related_name="voucher")
    voided_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    voided_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-period", "-serial"]
        indexes = [Index(fields=["book", "state", "period"], name="vouchers_by_state")]
        constraints = [
            UniqueConstraint(fields=["book", "key"], name="a_form_makes_one_voucher"),
            UniqueConstraint(fields=["book", "period", "serial"], name="vouchers_are_numbered"),
            CheckConstraint(
                condition=Q(state="posted", entry__isnull=False)
                | (~Q(state="posted") & Q(entry__isnull=True)),
                name="a_posted_voucher_has_its_entry",
            ),
            CheckConstraint(
                condition=Q(state="void", voided_by__isnull=False, voided_at__isnull=False)
                | (~Q(state="void") & Q(voided_by__isnull=True, voided_at__isnull=True)),
                name="a_void_voucher_says_who_and_when",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def number(self) -> str:
        """What is written on it: 记-202610-003."""
        return f"记-{self.period.replace('-', '')}-{self.serial:03d}"


class VoucherLine(models.Model):
    """One line of a draft: debit positive."""

    voucher = models.ForeignKey(Voucher, models.CASCADE, related_name="lines")
    position = models.PositiveSmallIntegerField()
    account = models.ForeignKey("ledger.Account", models.PROTECT, related_name="+")
    project = models.ForeignKey("ledger.Project", models.PROTECT, null=True, related_name="+")
    restriction = models.CharField(max_length=32, blank=True)
    amount_fen = models.BigIntegerField()

    class Meta:
        ordering = ["voucher", "position"]
        constraints = [
            UniqueConstraint(fields=["voucher", "position"], name="voucher_lines_stand_in_order")
        ]


class VoucherPaper(models.Model):
    """A paper or photograph that belongs to a voucher.

    `public`: somebody looked and found nothing personal in it, so everybody may read it once its
    month is published; of all others the public sees the hash.
    """

    voucher = models.ForeignKey(Voucher, models.CASCADE, related_name="papers")
    position = models.PositiveSmallIntegerField()
    file = models.ForeignKey("files.File", models.PROTECT, related_name="+")
    public = models.BooleanField(default=False)

    class Meta:
        ordering = ["voucher", "position"]
        constraints = [
            UniqueConstraint(fields=["voucher", "file"], name="a_paper_once_in_a_voucher")
        ]


class Receipt(Kept, Placed):
    """A receipt given to a payer. `code` finds it in public; `voucher` is what gathered it.

    `salts`: field → hex, for the commitments in its body; void receipts keep their number.
    """

    UNMARKED = frozenset({"voucher"})

    book = models.ForeignKey("ledger.Book", models.PROTECT, related_name="receipts")
    number = models.PositiveIntegerField()
    code = models.CharField(max_length=12, unique=True)
    key = models.CharField(max_length=80)
    account = models.ForeignKey("ledger.Account", models.PROTECT, related_name="+")
    received_on = models.DateField()
    amount_fen = models.BigIntegerField()
    payer = models.CharField(max_length=100)
    summary = models.CharField(max_length=200)
    method = models.CharField(max_length=32, blank=True)
    salts = models.JSONField(default=dict)
    body = models.TextField()
    issued_by = models.ForeignKey(USER, models.PROTECT, related_name="+")
    issued_at = models.DateTimeField()
    voucher = models.ForeignKey(Voucher, models.PROTECT, null=True, related_name="receipts")
    voided_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    voided_at = models.DateTimeField(null=True)
    void_reason = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["book", "-number"]
        constraints = [
            UniqueConstraint(fields=["book", "number"], name="receipts_are_numbered"),
            UniqueConstraint(fields=["book", "key"], name="a_receipt_is_issued_once"),
            CheckConstraint(condition=Q(amount_fen__gt=0), name="a_receipt_is_for_an_amount"),
        ]
