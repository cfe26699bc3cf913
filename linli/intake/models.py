from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, Index, Q, UniqueConstraint

from linli.scope.models import Placed

USER = settings.AUTH_USER_MODEL


class Upload(Placed):
    """A ledger sheet or a bank's file that is being brought in, and what became of it.

    `kind`: ledger or bank; `name`: as the file was called; `sheet`: the one chosen ("" = find out);
    `profile`, `mapping`: how it is read (a bank's layout; the text of a mapping file); `account`,
    `from_on`, `to_on`, `opening_fen`: what a person says of a bank's file. `trial`: what the last
    dry run found, as JSON; empty after every change. `result`: counts of what was taken in.
    """

    book = models.ForeignKey("ledger.Book", models.PROTECT, related_name="uploads")
    kind = models.CharField(max_length=8)
    file = models.ForeignKey("files.File", models.PROTECT, related_name="+")
    name = models.CharField(max_length=200)
    sheet = models.CharField(max_length=100, blank=True)
    profile = models.CharField(max_length=32, blank=True)
    mapping = models.TextField(blank=True)
    account = models.ForeignKey("ledger.Account", models.PROTECT, null=True, related_name="+")
    from_on = models.DateField(null=True)
    to_on = models.DateField(null=True)
    opening_fen = models.BigIntegerField(null=True)
    trial = models.JSONField(default=dict)
    result = models.JSONField(default=dict)
    statement = models.ForeignKey("bank.Statement", models.PROTECT, null=True, related_name="+")
    made_by = models.ForeignKey(USER, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    done_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    done_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-made_at", "-pk"]
        indexes = [Index(fields=["book", "kind", "made_at"], name="uploads_of_a_book")]
        constraints = [
            UniqueConstraint(fields=["book", "kind", "file"], name="a_file_is_brought_in_once"),
            CheckConstraint(condition=Q(kind__in=["ledger", "bank"]), name="an_upload_has_a_kind"),
            CheckConstraint(
                condition=Q(done_by__isnull=True, done_at__isnull=True)
                | Q(done_by__isnull=False, done_at__isnull=False),
                name="an_upload_says_who_took_it_in_and_when",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Layout(Placed):
    """How files with certain headings are read in a book: what was confirmed last.

    `signature`: a hash of the headings; `mapping`: the text of the mapping file.
    """

    book = models.ForeignKey("ledger.Book", models.PROTECT, related_name="layouts")
    kind = models.CharField(max_length=8)
    signature = models.CharField(max_length=64)
    mapping = models.TextField()
    kept_by = models.ForeignKey(USER, models.PROTECT, related_name="+")
    kept_at = models.DateTimeField()

    class Meta:
        constraints = [
            UniqueConstraint(
                fields=["book", "kind", "signature"], name="headings_have_one_layout_a_book"
            )
        ]
