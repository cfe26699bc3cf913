"""What each printed paper is made of: plain data, checked before anything is drawn.

Amounts are whole fen (`_fen`), days are dates or their ISO form, periods are ``2026-10``. A key
that is not named here, a float, a text longer than its kind allows: all are refused by name.
Nothing that can be added up is asked for, except where a sealed statement already holds it; then
`linli.prints.figures` checks that it is right.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, NotRequired

from pydantic import Field
from typing_extensions import TypedDict

from linli.prints.exams import Admission, ExamRoom
from linli.prints.kinds import (
    Code,
    Contact,
    Count,
    Day,
    Document,
    Fen,
    Fund,
    Hand,
    Hex,
    Month,
    Name,
    Percent,
    Positive,
    Proof,
    Span,
    Text,
    Url,
)
from linli.prints.records import Certificate, Form, Letter, Minutes
from linli.prints.rosters import Decision
from linli.prints.surveys import SurveyBase, SurveySheet


class NoticeLine(TypedDict):
    """A line of a fund in the month; `later_fen`: what later months booked for this one."""

    side: Literal["income", "cost", "use", "transfer", "liability"]
    category: Code
    name: Name
    amount_fen: Fen
    count: Count
    note: Text
    later_fen: NotRequired[Fen]


class NoticeFund(TypedDict):
    """closing = opening + income − cost − use + transfer; lines add up to these, side by side."""

    fund: Fund
    opening_fen: Fen
    income_fen: Fen
    cost_fen: Fen
    use_fen: Fen
    transfer_fen: Fen
    closing_fen: Fen
    lines: list[NoticeLine]


class Funding(TypedDict):
    """What a fund gives to a project: agreed, paid this month, paid so far."""

    fund: Fund
    budget_fen: Fen
    paid_fen: Fen
    paid_to_date_fen: Fen


class NoticeProject(TypedDict):
    code: Code
    name: Name
    need: Name | None
    stage: Name
    funding: list[Funding]
    progress_percent: Percent | None
    beneficiaries: Count | None
    satisfaction_percent: Percent | None
    satisfaction_count: NotRequired[Count]
    note: NotRequired[Text]


class Outstanding(TypedDict):
    """An item on which book and bank differ for now; `since`: the month it first stood open."""

    kind: Literal[
        "book_receipt_not_in_bank",
        "book_payment_not_in_bank",
        "bank_receipt_not_in_book",
        "bank_payment_not_in_book",
    ]
    date: Day
    amount_fen: Positive
    summary: Name
    since: Month
    note: Text


class NoticeAccount(TypedDict):
    """difference = bank − (book − first + second + third − fourth kind of outstanding items)."""

    account: Code
    name: NotRequired[Name]
    fund: Fund
    status: Literal["reconciled", "unconfirmed", "custodian_confirmed"]
    book_balance_fen: Fen
    bank_balance_fen: Fen | None
    difference_fen: Fen | None
    outstanding: list[Outstanding]


class Beside(TypedDict):
    """Money beside the accounts, as told by its keeper; never summed in."""

    name: Name
    keeper: Name
    amount_fen: Fen | None
    on: Day
    source: Name
    note: Text


class OpenPoint(TypedDict):
    """What the month left open. `state`: answered, or printed 未说明, or printed 导入封存."""

    text: Text
    state: Literal["answered", "unexplained", "imported"]
    answer: Text


class Display(TypedDict):
    """From when to when the notice hangs, where, and by which rule."""

    from_on: Day
    until_on: Day
    places: list[Name]
    rule: NotRequired[Text]


class Objections(TypedDict):
    """How to object: by phone, at a place, on the page; and within how many working days it is
    answered (0 = the rule names none)."""

    phone: Name
    place: Name
    reply_days: Count
    url: NotRequired[Url]


class Correction(TypedDict):
    """Why a later version of a notice stands here, and which one it follows."""

    reason: Text
    follows: Code
    on: Day


class Signer(TypedDict):
    role: Name
    name: NotRequired[Name]


class Notice(Document):
    """The month's two accounts as they hang on the board.

    `funds`, `projects`, `bank`, `beside` are those of ``statement.json``. `custodian`: who keeps
    the money (业主委员会, 居委会代管 …). `imported`: the month was sealed from imported history.
    """

    period: Month
    version: Annotated[int, Field(ge=1)]
    custodian: Name
    imported: NotRequired[bool]
    correction: NotRequired[Correction]
    funds: list[NoticeFund]
    projects: list[NoticeProject]
    bank: list[NoticeAccount]
    beside: list[Beside]
    open_points: list[OpenPoint]
    display: Display
    objections: Objections
    contacts: NotRequired[list[Contact]]
    signers: list[Signer]


class VoucherLine(TypedDict):
    """Debit or credit, never both; a negative amount is a red one."""

    summary: Text
    account: Name
    detail: Name
    debit_fen: Fen
    credit_fen: Fen


class Mark(TypedDict):
    """`void` 作废; `reversal` 冲销 of the voucher named; `reversed` by the voucher named."""

    kind: Literal["void", "reversal", "reversed"]
    number: NotRequired[Code]
    on: NotRequired[Day]
    reason: NotRequired[Text]


class Voucher(TypedDict):
    """One 记账凭证. `word` 字: 记, 收, 付, 转. `papers`: how many 附单据."""

    word: Name
    number: Annotated[int, Field(ge=0)] | None
    on: Day
    papers: Count
    fund: NotRequired[Fund]
    lines: Annotated[list[VoucherLine], Field(min_length=1)]
    hands: list[Hand]
    mark: NotRequired[Mark]
    original_on: NotRequired[Day]


class Vouchers(Document):
    """`paper`: ``a5`` one to a sheet, ``a4`` two to a sheet. `digits`: amounts in digit cells."""

    paper: Literal["a5", "a4"]
    digits: NotRequired[bool]
    vouchers: list[Voucher]


class BookRow(TypedDict):
    """A line of a journal or ledger. `contra`: the account on the other side."""

    on: Day
    voucher: Code
    summary: Text
    contra: NotRequired[Name]
    debit_fen: Fen
    credit_fen: Fen
    matched: NotRequired[bool]
    mark: NotRequired[Literal["reversal", "reversed"]]
    original_on: NotRequired[Day]


class BookAccount(TypedDict):
    """An account and its rows in order of time. `opening_fen`: debit positive, before the first.

    `year_debit_fen`, `year_credit_fen`: this year's turnover before the first row.
    """

    code: Code
    name: Name
    fund: Fund
    bank: NotRequired[Name]
    tail: NotRequired[Code]
    opening_fen: Fen
    year_debit_fen: NotRequired[Fen]
    year_credit_fen: NotRequired[Fen]
    rows: list[BookRow]


class Journal(Document):
    """银行存款日记账 or 现金日记账: money accounts, each from a page of its own."""

    kind: Literal["bank", "cash"]
    from_on: Day
    until_on: Day
    accounts: list[BookAccount]


class Ledger(Document):
    """明细账: any accounts, each from a page of its own."""

    from_on: Day
    until_on: Day
    accounts: list[BookAccount]


class TrialRow(TypedDict):
    """`opening_fen`: debit positive. Year-to-date turnover includes this period's."""

    code: Code
    name: Name
    opening_fen: Fen
    debit_fen: Fen
    credit_fen: Fen
    year_debit_fen: NotRequired[Fen]
    year_credit_fen: NotRequired[Fen]


class TrialFund(TypedDict):
    fund: Fund
    rows: list[TrialRow]


class TrialBalance(Document):
    """科目余额表: balanced within each fund."""

    period: Span
    funds: list[TrialFund]


class Reconciled(TypedDict):
    """A money account against its bank on a day."""

    account: Name
    bank: NotRequired[Name]
    tail: NotRequired[Code]
    fund: Fund
    on: Day
    book_balance_fen: Fen
    bank_balance_fen: Fen
    outstanding: list[Outstanding]
    note: NotRequired[Text]


class Reconciliation(Document):
    """银行存款余额调节表, one page or more per account."""

    accounts: list[Reconciled]


class YearLine(TypedDict):
    """Twelve months, January first; None where the month is not sealed yet."""

    side: Literal["income", "cost", "use", "transfer"]
    name: Name
    months: Annotated[list[Fen | None], Field(min_length=12, max_length=12)]


class YearFund(TypedDict):
    fund: Fund
    opening_fen: Fen
    lines: list[YearLine]


class Year(Document):
    """Twelve months beside each other. `roots`: the root of each sealed month, else None."""

    year: Annotated[int, Field(ge=1949, le=2999)]
    funds: list[YearFund]
    roots: Annotated[list[Hex | None], Field(min_length=12, max_length=12)]


class ArchiveItem(TypedDict):
    """One paper in the file; `hash`: SHA-256 of the stored file."""

    title: Name
    number: Code
    on: Day
    pages: Count
    hash: NotRequired[Hex]
    note: NotRequired[Text]


class Archive(Document):
    """Cover and index of a yearly file (会计档案案卷). `roots` as in Year."""

    year: Annotated[int, Field(ge=1949, le=2999)]
    title: Name
    kind: Name
    volume: Annotated[int, Field(ge=1)]
    volumes: Annotated[int, Field(ge=1)]
    retention: Name
    from_on: Day
    until_on: Day
    numbers: NotRequired[Name]
    items: list[ArchiveItem]
    roots: Annotated[list[Hex | None], Field(min_length=12, max_length=12)]
    remarks: NotRequired[Text]


class VoidMark(TypedDict):
    on: Day
    reason: Text


class Slip(TypedDict):
    """One 收据. `number`: printed on every stub. `receipt_code`: the twelve characters that find it."""

    number: Code
    on: Day
    payer: Name
    item: Text
    amount_fen: Annotated[int, Field(gt=0, lt=2**53)]
    method: Name
    fund: Fund
    account: NotRequired[Name]
    receipt_code: Annotated[str, Field(pattern=r"^[0-9A-Z]{12}$")]
    proof: NotRequired[Proof]
    hands: list[Hand]
    void: NotRequired[VoidMark]


class Receipts(Document):
    """Receipts of one book. `layout`: ``a5`` one to a sheet, ``a4`` three to a sheet, ``stubs`` the
    three stubs (存根, 收据, 记账) of each on an A4 sheet."""

    layout: Literal["a5", "a4", "stubs"]
    receipts: Annotated[list[Slip], Field(min_length=1)]


class ReceiptRow(TypedDict):
    """A receipt as it is listed for everyone: no payer. `commitment`: its leaf in the tree."""

    number: NotRequired[Code]
    receipt_code: NotRequired[Annotated[str, Field(pattern=r"^[0-9A-Z]{12}$")]]
    on: Day
    item: Text
    amount_fen: Fen
    commitment: NotRequired[Hex]
    void: NotRequired[bool]


class ReceiptList(Document):
    """The receipts behind an income line; those that stand add up to `total_fen`."""

    period: Span
    fund: Fund
    category: Name
    total_fen: Fen
    rows: list[ReceiptRow]
    tree_root: NotRequired[Hex]


SHAPES: dict[str, Any] = {
    "notice": Notice,
    "voucher": Vouchers,
    "journal": Journal,
    "ledger": Ledger,
    "trial_balance": TrialBalance,
    "reconciliation": Reconciliation,
    "year": Year,
    "archive": Archive,
    "receipt": Receipts,
    "receipts": ReceiptList,
    "letter": Letter,
    "minutes": Minutes,
    "decision": Decision,
    "form": Form,
    "survey_sheet": SurveySheet,
    "certificate": Certificate,
    "survey_base": SurveyBase,
    "admission": Admission,
    "exam_room": ExamRoom,
}
"""Each template and the shape of its data."""
