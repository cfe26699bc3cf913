"""The A4 notice of a month: the statement, and what a reader of the board needs beside it."""

from __future__ import annotations

import base64
from datetime import datetime

from django.conf import settings
from django.db.models import Max
from django.utils import timezone

from linli.disclosure.models import Release
from linli.kernel.roles import ROLES
from linli.ledger import queries as ledger
from linli.places import queries as places
from linli.prints import render as draw
from linli.sources import SPOTS, rule_of


def data(book: object, told: dict, *, now: datetime) -> dict:
    """What the notice says, in the shape of prints.shapes.Notice."""
    period, version = told["period"], told["version"]
    today = timezone.localdate(now)
    rule = rule_of("common", on=today, place=book.place)  # type: ignore[attr-defined]
    calendar = places.calendar()
    root = base64.b64decode(told["log"]["root"]).hex()
    names = {a.tail or a.code: a.name for a in ledger.money_accounts(book)}
    notice = {
        "code": f"{book.code}-{period}" + (f"-v{version}" if version > 1 else ""),  # type: ignore[attr-defined]
        "unit": book.name,  # type: ignore[attr-defined]
        "place": places.name_path(book.place),  # type: ignore[attr-defined]
        "book": book.code,  # type: ignore[attr-defined]
        "seal": {"period": period, "root": root, "corrected": version > 1},
        "proof": {
            "url": address(book, period, root),
            "origin": told["log"]["origin"],
            "size": told["log"]["size"],
            "root": root,
            "keys": keys(book),
        },
        "period": period,
        "version": version,
        "custodian": book.custodian or "资金管理小组",  # type: ignore[attr-defined]
        "imported": version == 1 and not told["signers"],
        "funds": told["funds"],
        "projects": told["projects"],
        "bank": [
            {**row, "name": names.get(row["account"].lstrip("…"), row["account"])}
            for row in told["bank"]
        ],
        "beside": told["beside"],
        "open_points": [
            {key: point[key] for key in ("text", "state", "answer")}
            for point in told["open_points"]
        ],
        "display": {
            "from_on": today,
            "until_on": rule.displayed_until(today, calendar),
            "places": [SPOTS[spot] for spot in rule.places],
        },
        "objections": {
            "phone": book.phone,  # type: ignore[attr-defined]
            "place": book.office,  # type: ignore[attr-defined]
            "reply_days": rule.reply_days or 0,
        },
        "signers": [{"role": ROLES[code].name} for code in told["signers"]],
    }
    if version > 1:
        notice["correction"] = {
            "reason": told["reason"],
            "follows": f"{book.code}-{period}",  # type: ignore[attr-defined]
            "on": today,
        }
    return notice


def address(book: object, period: str, root: str) -> str:
    """Where the QR code of a notice leads."""
    return f"{settings.PUBLIC_URL}/v/{book.code}/{period}/{root[:8]}"  # type: ignore[attr-defined]


def keys(book: object) -> list[dict]:
    """The keys of book and county with their fingerprints, as a notice prints them.

    Where a key was changed since the book's last release, the one printed there stands beside it.
    """
    last = Release.objects.filter(book=book).aggregate(at=Max("made_at"))["at"]
    found = []
    for name, origin in (("本账套", ledger.origin(book)), ("本县", ledger.county_origin(book))):
        known = ledger.keys(origin)
        told = {"name": name, "fingerprint": known[-1].fingerprint}
        then = [key for key in known if last and (key.since is None or key.since <= last)]
        if then and then[-1] != known[-1]:
            told |= {
                "former": then[-1].fingerprint,
                "changed_on": timezone.localdate(known[-1].since),
            }
        found.append(told)
    return found


def render(book: object, told: dict, *, now: datetime, draft: bool = False) -> bytes:
    """The notice as a PDF; the same statement at the same moment gives the same bytes."""
    said = data(book, told, now=now)
    if draft:
        said |= {"draft": True}
        del said["seal"], said["proof"]
    return draw("notice", said, on=now)
