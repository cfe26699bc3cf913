"""The steps of a bank's file through the pages."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from linli.intake import queries, reading, rules, steps, trials, uploads
from linli.intake.bank_file import BankFile
from linli.intake.forms import BankMappingForm, StatementForm
from linli.intake.ledger_sheet import AccountHint
from linli.intake.mapping import FileMapping, write_mapping
from linli.intake.models import Upload
from linli.intake.proposing import BANK
from linli.kernel.rulings import Ruling
from linli.sheets.writing import BadRow, BadSheet, write_bad_rows


def _file(upload: Upload, data: bytes) -> tuple[BankFile | None, Ruling]:
    return reading.bank_of(
        data,
        name=upload.name,
        mapping=reading.mapping_of(upload.mapping),
        profile=upload.profile,
        sheet=upload.sheet,
    )


def mapping_context(request: HttpRequest, upload: Upload) -> dict[str, Any]:
    """The layout as it was recognised, or the columns to be chosen."""
    data, workbook = steps.opened(upload)
    proposal = reading.propose(workbook, kind=BANK, sheet=upload.sheet)
    context = steps.common(upload, "mapping") | steps.sides(workbook, upload)
    context["signature"] = reading.signature_of(proposal, kind=BANK)
    context["proposed_toml"] = write_mapping(proposal.mapping) if proposal else ""
    if proposal is None:
        return context | {"form": None}
    file, ruling = _file(upload, data)
    form = BankMappingForm(
        request.POST if request.method == "POST" and not request.POST.get("act") else None,
        headings=proposal.headings,
        mapping=_shown(upload, file, proposal.mapping),
        profile=upload.profile or ("" if file else reading.BY_MAPPING),
        csv=workbook.kind == "csv",
    )
    return context | {
        "form": form,
        "columns": steps.table(form, proposal),
        "words": [],
        "recognised": file.profile_name if file and upload.profile != reading.BY_MAPPING else "",
        "unread": ruling,
        "remembered": bool(upload.mapping) and not upload.trial,
        "extra": [form[name] for name in ("profile", "sign", "encoding") if name in form.fields],
    }


def _shown(upload: Upload, file: BankFile | None, proposed: FileMapping) -> FileMapping:
    """What stands in the selects: as confirmed, else as recognised, else as guessed."""
    kept = reading.mapping_of(upload.mapping)
    if kept and any(kept.bank_columns.values()):
        return kept
    if file is None:
        return proposed
    columns: dict[str, str] = {}
    for use in file.column_map:
        columns.setdefault(use.field, use.heading)
    return FileMapping(bank_columns=columns, encoding=kept.encoding if kept else "")


def chosen(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any] | None:
    """What the mapping page says, as fields of the upload; None where it is not valid."""
    if request.POST.get("act"):
        found = steps.chosen_beside(request, context)
        if found and "mapping" in found:
            found["profile"] = reading.BY_MAPPING
        return found
    form = context["form"]
    if form is None or not form.is_valid():
        return None
    profile, mapping = form.cleaned_data["profile"], form.result()
    text = write_mapping(mapping) if profile == reading.BY_MAPPING or mapping.encoding else ""
    return {"profile": profile, "mapping": text}


def _stated(upload: Upload) -> dict[str, bool]:
    return upload.trial.get("stated", {})


def _form(request: HttpRequest, upload: Upload) -> StatementForm:
    accounts = queries.banked_accounts(upload.book)
    found = upload.trial
    hint = found.get("hint", {})
    account, _ruling = queries.account_for(
        upload.book, hint=AccountHint(tail=hint.get("tail", ""), name=hint.get("name", ""))
    )
    initial = {
        "account": str(upload.account_id or (account.pk if account else "")),  # type: ignore[attr-defined]
        "from_on": upload.from_on or _day(found.get("first_on")),
        "to_on": upload.to_on or _day(found.get("last_on")),
        "opening": upload.opening_fen,
    }
    return StatementForm(
        request.POST if request.method == "POST" and "account" in request.POST else None,
        accounts=accounts,
        stated=_stated(upload),
        initial=initial,
    )


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def said(request: HttpRequest, upload: Upload) -> dict[str, Any] | StatementForm:
    """What the person says of the statement, or the form with what is wrong."""
    if "account" not in request.POST:
        return {}
    form = _form(request, upload)
    return form.said() if form.is_valid() else form


def retold(request: HttpRequest, upload: Upload) -> bool:
    """Whether the form says otherwise than what was tried."""
    return "account" in request.POST and _form(request, upload).has_changed()


def _told(upload: Upload) -> dict[str, Any]:
    return {
        "from_on": upload.from_on,
        "to_on": upload.to_on,
        "opening_fen": upload.opening_fen,
        "through": timezone.localdate(),
    }


def trial(by: Any, upload: Upload, *, now: datetime) -> dict[str, Any]:
    """Read it; the account is taken by the tail of its number where that is certain."""
    data, _workbook = steps.opened(upload)
    file, ruling = _file(upload, data)
    if file is None:
        return {"unread": trials.reasons(ruling), "good": False}
    account = upload.account
    if account is None:
        account, _ruling = queries.account_for(upload.book, hint=file.account_hint)
        if account is not None:
            upload = uploads.choose(by=by, upload=upload, account=account, now=now)
    return trials.of_bank(
        by=by,
        account=account,
        file=file,
        sha256=upload.file.sha256,
        name=upload.name,
        now=now,
        **_told(upload),
    )


def bad_rows(upload: Upload) -> bytes | None:
    """The rows with faults, under the headings of the file."""
    data, workbook = steps.opened(upload)
    file, _ruling = _file(upload, data)
    sheet = workbook.sheet(file.sheet) if file else None
    if file is None or sheet is None or not file.faults:
        return None
    rows = sorted({fault.row for fault in file.faults})
    proposal = reading.propose(workbook, kind=BANK, sheet=file.sheet)
    last = proposal.heading_rows[1] if proposal else 0
    bad = [
        BadRow(row, [(f.column, f.say()) for f in file.faults if f.row == row])
        for row in rows
        if row > last
    ]
    return write_bad_rows([BadSheet(sheet, last, bad)]) if bad and last else None


def post(by: Any, upload: Upload, *, accept: bool, now: datetime) -> str:
    """Keep the statement; returns what is said of it."""
    rules.was_tried(tried=bool(upload.trial)).enforce()
    data, _workbook = steps.opened(upload)
    file, ruling = _file(upload, data)
    ruling.enforce()
    assert file is not None
    filed = uploads.post_bank(
        by=by, upload=upload, file=file, through=timezone.localdate(), now=now
    )
    if filed.again or not filed.new_count:
        return _("没有变化：这些流水以前已经导入")
    return _("已导入 %(new)s 笔流水，另有 %(known)s 笔以前导入过") % {
        "new": filed.new_count,
        "known": filed.known_count,
    }


def trial_context(request: HttpRequest, upload: Upload) -> dict[str, Any]:
    """The dry run, and what may be done next."""
    found = upload.trial
    refused = trials.again(found.get("refusals", []))
    left = trials.again(found.get("left", [])).reasons
    ruling = rules.has_account(chosen=upload.account_id is not None) & refused
    return (
        steps.common(upload, "trial")
        | steps.faults_of(upload, found)
        | {
            "trial": found,
            "unread": trials.again(found.get("unread", [])),
            "form": _form(request, upload) if not upload.done_at else None,
            "left": list(zip([one["row"] for one in found.get("left", [])], left, strict=True)),
            "may_post": ruling,
            "kept": found.get("kept", {}),
            "refused": refused,
            "other_tail": _other_tail(upload),
        }
    )


def _other_tail(upload: Upload) -> str:
    """The tail of the account that the file names, where it is another than the chosen one's."""
    named = upload.trial.get("hint", {}).get("tail", "")
    own = upload.account.tail if upload.account else ""
    return named if named and own and not queries.same_tail(own, named) else ""
