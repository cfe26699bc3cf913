"""The verbs of uploads: a file on its way through the pages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.contrib.auth.models import AbstractBaseUser

from linli.bank.services import Filed
from linli.files import services as files
from linli.intake import reading, rules, services
from linli.intake.bank_file import BankFile
from linli.intake.ledger_sheet import LedgerSheet
from linli.intake.models import Layout, Upload
from linli.intake.services import Taken
from linli.kernel.rulings import ALLOWED
from linli.ledger.rules import tidy
from linli.trail.acts import act

User = AbstractBaseUser | None


@dataclass(frozen=True, slots=True)
class Begun:
    """An upload; `again`: this very file was brought for the book before."""

    subject: Upload
    again: bool

    @property
    def facts(self) -> dict:
        return {"kind": self.subject.kind, "again": self.again}


@act("intake.begin")
def begin(
    *,
    by: AbstractBaseUser,
    book: object,
    kind: str,
    content: bytes,
    name: str,
    kept_name: str,
    signature: str,
    now: datetime,
    account: object = None,
) -> Begun:
    """Keep a file that is to be brought in; the same file again is the first upload.

    `signature`: of its headings, by which the layout confirmed last is found again; `account`: the
    one it was brought for, where that is known. Uploads that nobody finished within KEPT_DAYS are
    let go.
    """
    place = book.place  # type: ignore[attr-defined]
    kept = files.keep(by=by, content=content, name=kept_name, place=place, personal=True, now=now)
    old = now - timedelta(days=rules.KEPT_DAYS)
    Upload.objects.filter(book=book, done_at__isnull=True, made_at__lt=old).delete()
    known = Upload.objects.filter(book=book, kind=kind, file=kept).first()
    if known is not None:
        return Begun(known, True)
    layout = Layout.objects.filter(book=book, kind=kind, signature=signature or "-").first()
    upload = Upload(
        book=book,
        place=place,
        kind=kind,
        file=kept,
        name=tidy(name)[:200],
        mapping=layout.mapping if layout else "",
        profile=reading.BY_MAPPING if layout and kind == reading.BANK else "",
        account=account,
        made_by=by,
        made_at=now,
    )
    upload.save()
    return Begun(upload, False)


CHOSEN = ("sheet", "profile", "mapping", "account", "from_on", "to_on", "opening_fen")


@act("intake.choose")
def choose(
    *, by: User, upload: Upload, now: datetime, signature: str = "", **chosen: object
) -> Upload:
    """Say how an upload is read (the fields of CHOSEN); its dry run is then to be made anew.

    With a `signature` the mapping is remembered for files with the same headings.
    """
    for name in CHOSEN:
        if name in chosen:
            setattr(upload, name, chosen[name])
    upload.trial = {}
    upload.save(update_fields=[*(name for name in CHOSEN if name in chosen), "trial"])
    if signature and "mapping" in chosen:
        told = {"book": upload.book, "kind": upload.kind, "signature": signature}
        if upload.mapping:
            Layout.objects.update_or_create(
                **told,
                defaults={
                    "mapping": upload.mapping,
                    "kept_by": by,
                    "kept_at": now,
                    "place": upload.place,
                },
            )
        else:
            Layout.objects.filter(**told).delete()
    return upload


@act("intake.try")
def note_trial(*, by: User, upload: Upload, trial: dict, now: datetime) -> Upload:
    """Keep what a dry run found."""
    upload.trial = trial
    upload.save(update_fields=["trial"])
    return upload


@act("intake.post_ledger")
def post_ledger(
    *,
    by: AbstractBaseUser,
    upload: Upload,
    sheet: LedgerSheet,
    accept_good: bool,
    now: datetime,
) -> Taken:
    """Take an upload's sheet in: all of it, or with `accept_good` its good rows, or nothing."""
    upload = Upload.objects.select_for_update().get(pk=upload.pk)
    (
        rules.was_tried(tried=bool(upload.trial))
        & rules.fits_a_page(rows=sheet.rows_total, kind="ledger")
        & rules.may_post_rows(bad=len(sheet.faults), accept_good=accept_good)
        & (rules.may_accept_good(sheet) if accept_good else ALLOWED)
    ).enforce()
    taken = services.take_ledger(by=by, book=upload.book, sheet=sheet, now=now)
    upload.result = {
        "entries": taken.posted.fresh_count,
        "vouchers": list(taken.drafted.numbers),
        "known": taken.known_count,
        "bad": sheet.rows_bad,
    }
    _done(upload, by, now)
    return taken


@act("intake.post_bank")
def post_bank(
    *, by: AbstractBaseUser, upload: Upload, file: BankFile, through: date, now: datetime
) -> Filed:
    """Keep an upload's statement for its account."""
    upload = Upload.objects.select_for_update().get(pk=upload.pk)
    (
        rules.was_tried(tried=bool(upload.trial))
        & rules.has_account(chosen=upload.account is not None)
        & rules.may_post_rows(bad=len(file.faults), accept_good=False)
    ).enforce()
    filed = services.import_bank(
        by=by,
        account=upload.account,
        file=file,
        data_sha256=upload.file.sha256,
        file_name=upload.name,
        through=through,
        from_on=upload.from_on,
        to_on=upload.to_on,
        opening_fen=upload.opening_fen,
        now=now,
    )
    upload.statement = filed.subject
    upload.result = filed.facts
    _done(upload, by, now)
    return filed


def _done(upload: Upload, by: AbstractBaseUser, now: datetime) -> None:
    upload.done_by, upload.done_at = by, now
    upload.save(update_fields=["statement", "result", "done_by", "done_at"])


@dataclass(frozen=True, slots=True)
class Dropped:
    """An upload that was let go, and the book it was for."""

    subject: object
    facts: dict


@act("intake.drop")
def drop(*, by: User, upload: Upload, now: datetime) -> Dropped:
    """Let an upload go that was not taken in; the file itself stays among the papers."""
    rules.may_drop(done=upload.done_at is not None).enforce()
    book, facts = upload.book, {"file": upload.file.sha256}
    upload.delete()
    return Dropped(book, facts)
