"""The steps of a ledger sheet through the pages."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from linli.intake import queries, reading, rules, steps, trials, uploads
from linli.intake.forms import MappingForm
from linli.intake.ledger_sheet import LedgerSheet
from linli.intake.mapping import FileMapping, write_mapping
from linli.intake.mending import rejected_workbook
from linli.intake.models import Upload
from linli.intake.proposing import LEDGER, Proposal
from linli.intake.words import aliases
from linli.kernel.rulings import ALLOWED
from linli.sheets.headings import heading_key
from linli.sheets.model import Workbook
from linli.sources import FUNDS

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_WORDS = 200


def _read(upload: Upload, workbook: Workbook, mapping: FileMapping | None) -> LedgerSheet:
    return reading.ledger_of(
        workbook,
        mapping=mapping,
        scope=queries.voucher_scope(upload.book),
        sheet=upload.sheet,
        version=upload.book.chart_version,
    )


def _sheet(upload: Upload) -> tuple[Workbook, LedgerSheet]:
    _data, workbook = steps.opened(upload)
    return workbook, _read(upload, workbook, reading.mapping_of(upload.mapping))


def mapping_context(request: HttpRequest, upload: Upload) -> dict[str, Any]:
    """The headings with what they are read as, and the words that need a fund or a category."""
    _data, workbook = steps.opened(upload)
    book = upload.book
    proposal = reading.propose(
        workbook, kind=LEDGER, sheet=upload.sheet, version=book.chart_version
    )
    context = steps.common(upload, "mapping") | steps.sides(workbook, upload)
    context["signature"] = reading.signature_of(proposal, kind=LEDGER)
    context["proposed_toml"] = write_mapping(proposal.mapping) if proposal else ""
    if proposal is None:
        return context | {"form": None}
    mapping = reading.mapping_of(upload.mapping) or _with_handler(proposal)
    sheet = _read(upload, workbook, mapping)
    names = {code: str(fund.name) for code, fund in FUNDS.items()}
    unknown = reading.unknown_words(sheet.faults, names)[:MOST_WORDS]
    form = MappingForm(
        request.POST if request.method == "POST" and not request.POST.get("act") else None,
        kind=LEDGER,
        headings=proposal.headings,
        mapping=mapping,
        unknown=unknown,
        kind_of_book=book.kind,
        version=book.chart_version,
    )
    return context | {
        "form": form,
        "columns": steps.table(form, proposal),
        "words": form.words(),
        "remembered": bool(upload.mapping) and not upload.trial,
        "extra": [form["voucher_scope"]],
    }


def _with_handler(proposal: Proposal) -> FileMapping:
    """The proposal, and who dealt with it where a heading says so."""
    known = aliases(LEDGER)
    used = set(proposal.mapping.columns.values())
    found = {
        known[heading_key(heading)][0]: heading
        for heading in reversed(proposal.headings)
        if heading not in used and known.get(heading_key(heading), ("",))[0] == "handler"
    }
    columns = dict(proposal.mapping.columns) | found
    return FileMapping(
        columns=columns, funds=proposal.mapping.funds, categories=proposal.mapping.categories
    )


def chosen(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any] | None:
    """What the mapping page says, as fields of the upload; None where it is not valid."""
    if request.POST.get("act"):
        return steps.chosen_beside(request, context)
    form = context["form"]
    if form is None or not form.is_valid():
        return None
    return {"mapping": write_mapping(form.result())}


def said(request: HttpRequest, upload: Upload) -> dict[str, Any]:
    return {}


def retold(request: HttpRequest, upload: Upload) -> bool:
    """A sheet says everything itself."""
    return False


def trial(by: Any, upload: Upload, *, now: datetime) -> dict[str, Any]:
    _workbook, sheet = _sheet(upload)
    return trials.of_ledger(by=by, book=upload.book, sheet=sheet, now=now)


def bad_rows(upload: Upload) -> bytes | None:
    return rejected_workbook(*_sheet(upload))


def post(by: Any, upload: Upload, *, accept: bool, now: datetime) -> str:
    """Take it in; returns what is said of it."""
    rules.was_tried(tried=bool(upload.trial)).enforce()
    _workbook, sheet = _sheet(upload)
    taken = uploads.post_ledger(by=by, upload=upload, sheet=sheet, accept_good=accept, now=now)
    if not taken.fresh_count:
        return _("没有变化：表中的内容以前已经导入，没有重复记账")
    return _("已导入：新记 %(entries)s 笔分录，新生成 %(vouchers)s 张凭证草稿") % {
        "entries": taken.posted.fresh_count,
        "vouchers": len(taken.drafted.numbers),
    }


def trial_context(request: HttpRequest, upload: Upload) -> dict[str, Any]:
    """The dry run, and what may be done next."""
    found = upload.trial
    rows = found.get("rows", [0, 0, 0])
    refused = trials.again(found.get("refusals", []))
    accept = trials.again(found.get("accept", []))
    drafts = [month for month in found.get("months", ()) if month["drafts"]]
    unknown = [
        fault
        for fault in found.get("faults", ())
        if fault["text"] in (rules.UNKNOWN_FUND, rules.UNKNOWN_CATEGORY)
    ]
    numbers = upload.result.get("vouchers", [])
    return (
        steps.common(upload, "trial")
        | steps.faults_of(upload, found)
        | {
            "trial": found,
            "total": rows[0],
            "good": rows[1],
            "bad": rows[2],
            "all_good": bool(found.get("good")),
            "may_all": refused if found.get("good") else ALLOWED,
            "may_good": accept & refused,
            "drafts": drafts,
            "draft_count": sum(month["vouchers"] for month in drafts),
            "entry_count": sum(m["vouchers"] for m in found.get("months", ()) if not m["drafts"]),
            "unknown_count": len(unknown),
            "vouchers_url": f"{reverse('vouchers:index')}?book={upload.book.code}&state=draft",
            "drafted": numbers[:50],
            "drafted_count": len(numbers),
        }
    )
