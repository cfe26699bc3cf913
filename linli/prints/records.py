"""Shapes of papers that record what was decided and what was told to whom."""

from __future__ import annotations

from typing import Annotated, Literal, NotRequired

from pydantic import Field
from typing_extensions import TypedDict

from linli.prints.kinds import Code, Count, Day, Document, Hex, Name, Proof, Text


class Letter(Document):
    """An official letter: title, number, addressee, paragraphs, sender and day; room for the seal.

    A paragraph that begins with ``1．`` and so on is a numbered line. `unit`: who sends it.
    """

    title: Name
    number: Name
    to: Name
    paragraphs: Annotated[list[Text], Field(min_length=1)]
    on_day: Day


class MinutesItem(TypedDict):
    """An item of an agenda. `said`: what each department said to it, in the order of the
    departments; "absent" where it did not sign, "waiting" where it still may.
    `reasons`: department and what it wrote."""

    title: Name
    where: Name
    proposal: Text
    changes: list[Text]
    said: list[Literal["agree", "disagree", "abstain", "absent", "waiting"]]
    reasons: list[tuple[Name, Text]]
    outcome: Name
    why: NotRequired[Text]


class MinutesHand(TypedDict):
    """One act of signing: for which department, by whom, when, over how many items."""

    role: Name
    name: Name
    at: Name
    count: Count
    digest: Hex


class Minutes(Document):
    """The minutes of a consultation: items against departments, who signed when, who was absent.

    `departments`: their names without 部门, for narrow columns. `opened`, `due`,
    `closed`: days; `closed` is missing in a draft. `absences`, `withdrawn`: lines.
    """

    number: Code
    title: Name
    convener: Name
    opened: Day
    due: Day
    closed: NotRequired[Day]
    concluded_by: NotRequired[Name]
    departments: Annotated[list[Name], Field(min_length=1)]
    items: Annotated[list[MinutesItem], Field(min_length=1)]
    signatures: list[MinutesHand]
    absences: list[Text]
    withdrawn: list[Text]


class FormTable(TypedDict):
    """A table of a form. `widths`: of the columns, in parts of the whole; `right`: which of them
    are set to the right; `total`: the last row is a sum."""

    heads: list[Name]
    rows: list[list[Text]]
    widths: list[Count]
    right: NotRequired[list[Count]]
    total: NotRequired[bool]


class FormPart(TypedDict):
    """A part of a form: what stands in it, in this order, as far as it is there."""

    heading: NotRequired[Name]
    text: NotRequired[list[Text]]
    facts: NotRequired[list[tuple[Name, Text]]]
    table: NotRequired[FormTable]


class FormParty(TypedDict):
    """One that signs an agreement, with room for the seal; an empty `signer` leaves room."""

    role: Name
    name: Name
    signer: Name
    on_day: NotRequired[Day]


class Form(Document):
    """A form, worksheet, card or agreement: its title and number, parts, those who sign."""

    title: Name
    number: Name
    lead: NotRequired[Text]
    parts: list[FormPart]
    parties: NotRequired[list[FormParty]]


class Certificate(Document):
    """A certificate of training. `unit`: who gives it; `hours`: as it is said; `proof`: its check page."""

    name: Name
    file_number: Code
    where: Name
    from_on: Day
    until_on: Day
    hours: Name
    sessions: Count
    given_on: Day
    check_code: Code
    void: bool
    proof: Proof
