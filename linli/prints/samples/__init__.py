"""A sample of each paper, for tests, for looking, and as an example of its shape."""

from __future__ import annotations

from typing import Any

from linli.prints.samples import books, exams, forms, notice, others, surveys
from linli.prints.samples.estate import ON

SAMPLES: dict[str, tuple[str, dict[str, Any]]] = {
    "notice": ("notice", notice.NOTICE),
    "notice-corrected": ("notice", notice.CORRECTED),
    "voucher-a5": ("voucher", books.VOUCHERS),
    "voucher-a4": ("voucher", books.VOUCHERS_A4),
    "journal": ("journal", books.journal(70)),
    "ledger": ("ledger", books.ledger(40)),
    "trial_balance": ("trial_balance", books.TRIAL_BALANCE),
    "reconciliation": ("reconciliation", books.RECONCILIATION),
    "year": ("year", others.YEAR),
    "archive": ("archive", others.ARCHIVE),
    "receipt": ("receipt", others.RECEIPT),
    "receipt-stubs": ("receipt", others.RECEIPT_STUBS),
    "receipt-void": ("receipt", others.RECEIPT_VOID),
    "receipt-sheet": ("receipt", others.slips(4)),
    "receipts": ("receipts", others.receipts(70)),
    "letter": ("letter", others.LETTER),
    "minutes": ("minutes", others.minutes(12)),
    "decision": ("decision", others.decision(40)),
    "form": ("form", forms.ACCEPTANCE),
    "form-agreement": ("form", forms.AGREEMENT),
    "certificate": ("certificate", others.CERTIFICATE),
    "survey_sheet": ("survey_sheet", surveys.sheet(13)),
    "survey_base": ("survey_base", surveys.base(60)),
    "admission": ("admission", exams.slips(7)),
    "exam_room": ("exam_room", exams.room(28)),
}
"""File name → (template, data)."""

__all__ = ["ON", "SAMPLES"]
