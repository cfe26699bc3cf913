"""The verbs of disclosure: release, publish, correct, object, screen, answer."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.db.models import Max

from linli.cases import queries as case_queries
from linli.cases import services as cases
from linli.disclosure import folder, queries, rules
from linli.disclosure.flow import OBJECTION
from linli.disclosure.models import Beside, Objection, Release
from linli.kernel import body as bodies
from linli.kernel import leaves
from linli.kernel.rulings import require
from linli.kernel.words import gettext_noop as _
from linli.ledger import queries as ledger
from linli.ledger import services as ledger_services
from linli.places import queries as places
from linli.sources import rule_of
from linli.trail.acts import act

User = AbstractBaseUser | None
ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
Entropy = Callable[[int], bytes]


@act("disclosure.keep_release")
def keep_release(
    *,
    by: User,
    book: object,
    period: str,
    version: int,
    leaf: object,
    papers: queries.Papers,
    now: datetime,
    reason: str = "",
    salts: Mapping[str, str] | None = None,
) -> Release:
    """Keep the three files that a seal or a correction has bound, byte for byte."""
    release = Release(
        book=book,
        place=book.place,  # type: ignore[attr-defined]
        period=period,
        version=version,
        leaf=leaf,
        statement=papers.json.decode(),
        table_text=papers.csv.decode(),
        notice=papers.pdf,
        reason=reason,
        salts=salts or {},
        made_at=now,
    )
    release.save()
    return release


@dataclass(frozen=True, slots=True)
class Published:
    """A release that the public can see, and the files written for it."""

    subject: Release
    written: list[Path]


@act("disclosure.publish")
def publish(
    *, by: User, release: Release, now: datetime, out: Path | None = None, write: bool = True
) -> Published:
    """Show a release to the public and write its folder; the days it has to hang are counted.

    `write` False: many are published in this run, whose folders are written together in the end.
    """
    rule = rule_of("common", on=queries.today(now), place=release.place)
    release.published_at = release.published_at or now
    release.shown_until_on = release.shown_until_on or rule.displayed_until(
        queries.today(now), places.calendar()
    )
    release.save(update_fields=["published_at", "shown_until_on"])
    out = out or Path(settings.PUBLIC)
    return Published(release, folder.write([release], out) if write else [])


@act("disclosure.correct")
def correct(
    *,
    by: User,
    release: Release,
    reason: str,
    signers: Sequence[str],
    now: datetime,
    entropy: Entropy = secrets.token_bytes,
) -> Release:
    """Make the next version of a month: sealed figures kept, a column for later corrections."""
    book, salt = release.book, entropy(32)
    kept: dict = {}

    def make(index: int) -> bytes:
        size, root = ledger.head(book)
        told = queries.correction(release, reason=reason, size=size, root=root)
        told["signers"] = list(signers)
        kept["papers"] = papers = queries.papers(book, told, now=now)
        return bodies.encode(
            leaves.correction(
                book=book.code,
                index=index,
                period=release.period,
                version=release.version + 1,
                at=now,
                root=bytes.fromhex(root),
                files=papers.hashes,
                previous=(release.leaf.index, bytes.fromhex(release.leaf.hash)),
                commit=bodies.commit({"reason": (salt, reason)}),
                signers=signers,
            )
        )

    leaf = ledger_services.append(by=by, book=book, kind="correction", make=make, now=now).leaf
    ledger_services.checkpoint(by=by, book=book, now=now)
    return keep_release(
        by=by,
        book=book,
        period=release.period,
        version=release.version + 1,
        leaf=leaf,
        papers=kept["papers"],
        reason=reason,
        salts={"reason": salt.hex()},
        now=now,
    )


@act("disclosure.object")
def object_to(
    *,
    by: User,
    release: Release,
    figure: str,
    text: str,
    phone: str,
    now: datetime,
    entropy: Entropy = secrets.token_bytes,
) -> Objection:
    """Take an objection to a published figure; it goes into the log before anybody can lose it."""
    book = release.book
    told = rules.figures(rules.read(release.statement))
    rules.may_object(figure=figure, known=told, text=text, phone=phone).enforce()
    ledger.lock(book)
    last = Objection.objects.filter(book=book).aggregate(last=Max("number"))["last"] or 0
    text, salt = " ".join(text.split()), entropy(32)
    row = Objection(
        book=book,
        place=release.place,
        number=last + 1,
        query="".join(ALPHABET[byte % 32] for byte in entropy(8)),
        period=release.period,
        version=release.version,
        figure=figure,
        text=text,
        phone="".join(c for c in phone if c.isdigit()),
        made_at=now,
        due_on=_reply_by(release, now),
        salts={"text": salt.hex()},
    )
    row.leaf = _written(by, row, text=text, salt=salt)
    row.save()
    label = told[figure][0]
    cases.open_case(
        by=by,
        flow=OBJECTION,
        subject=row,
        title=f"{release.period} {label}",
        place=row.place,
        promised_on=row.due_on,
        now=now,
    )
    return row


def _written(by: User, row: Objection, *, text: str, salt: bytes) -> object:
    """The objection's leaf; the log keeps what binds the text, never the text."""
    return ledger_services.append(
        by=by,
        book=row.book,
        kind="objection",
        make=lambda index: bodies.encode(
            leaves.objection(
                book=row.book.code,
                index=index,
                number=row.number,
                period=row.period,
                version=row.version,
                figure=row.figure,
                at=row.made_at,
                commit=bodies.commit({"text": (salt, text)}),
            )
        ),
        now=row.made_at,
    ).leaf


def _reply_by(release: Release, now: datetime) -> date:
    on = queries.today(now)
    return rule_of("common", on=on, place=release.place).reply_by(on, places.calendar())


@act("disclosure.screen")
def screen(
    *,
    by: User,
    objection: Objection,
    now: datetime,
    shown: str = "",
    withheld: str = "",
    ground: str = "",
) -> Objection:
    """A person has looked for personal data: the text to show, or why it is withheld."""
    row = Objection.objects.select_for_update().get(pk=objection.pk)
    require(row.screened_at is None, _("该异议已经审查过"), "linli:ledger.objection").enforce()
    rules.may_screen(shown=shown, withheld=withheld, ground=ground).enforce()
    case = case_queries.find(flow=OBJECTION, subject=row)
    cases.stamp(by=by, case=case, step="screen", note=ground or withheld, now=now)
    row.shown, row.withheld, row.ground = " ".join(shown.split()), withheld, ground
    row.screened_by, row.screened_at = by, now
    row.save()
    return row


@act("disclosure.answer")
def answer(
    *,
    by: User,
    objection: Objection,
    outcome: str,
    text: str,
    now: datetime,
    entropy: Entropy = secrets.token_bytes,
) -> Objection:
    """Answer an objection once; answer and shown text are bound in the log."""
    ledger.lock(objection.book)
    row = Objection.objects.select_for_update().get(pk=objection.pk)
    rules.may_answer(
        screened=row.screened_at is not None,
        answered=row.answered_at is not None,
        outcome=outcome,
        text=text,
    ).enforce()
    case = case_queries.find(flow=OBJECTION, subject=row)
    cases.stamp(by=by, case=case, step="answer", now=now)
    text = " ".join(text.split())
    fields = {"text": (entropy(32), text)}
    if row.shown:
        fields["shown"] = (entropy(32), row.shown)
    row.answer_leaf = ledger_services.append(
        by=by,
        book=row.book,
        kind="answer",
        make=lambda index: bodies.encode(
            leaves.answer(
                book=row.book.code,
                index=index,
                objection=row.leaf.index,
                outcome=outcome,
                at=now,
                commit=bodies.commit(fields),
            )
        ),
        now=now,
    ).leaf
    row.outcome, row.answer, row.answered_by, row.answered_at = outcome, text, by, now
    row.salts = row.salts | {
        "answer": fields["text"][0].hex(),
        **({"shown": fields["shown"][0].hex()} if row.shown else {}),
    }
    row.save()
    return row


@act("disclosure.tell_beside")
def tell_beside(
    *,
    by: User,
    book: object,
    name: str,
    keeper: str,
    amount_fen: int,
    as_of_on: date,
    source: str,
    now: datetime,
) -> Beside:
    """Note what another keeper says it holds; shown beside the accounts, never summed in."""
    (
        require(amount_fen >= 0, _("金额不能为负"), "linli:ledger.beside").at("amount")
        & require(
            name.strip() and keeper.strip() and source.strip(),
            _("请写明名称、保管人和数据来源"),
            "linli:ledger.beside",
        )
        & require(as_of_on <= queries.today(now), _("日期还没有到"), "linli:ledger.beside").at(
            "as_of_on"
        )
    ).enforce()
    row = Beside(
        book=book,
        place=book.place,  # type: ignore[attr-defined]
        name=name,
        keeper=keeper,
        amount_fen=amount_fen,
        as_of_on=as_of_on,
        source=source,
        told_by=by,
        told_at=now,
    )
    row.save()
    return row
