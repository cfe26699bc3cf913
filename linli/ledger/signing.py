"""The keys of a log: which one is in force, and which signed what.

The log itself says so: the key of its last `key` leaf signs. A key file that no such leaf names,
left over by a change that was undone, signs nothing.
"""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from linli.kernel import keys as kernel_keys
from linli.kernel.keys import Signer, Verifier, parse_vkey
from linli.kernel.rulings import Refused, refuse
from linli.kernel.words import gettext_noop as _
from linli.keys import vault
from linli.ledger.models import Log


@dataclass(frozen=True, slots=True)
class LogKey:
    """A key of a log. `index`, `since`: the leaf that announces it; a county's first has none."""

    verifier: Verifier
    index: int = -1
    since: datetime | None = None

    @property
    def fingerprint(self) -> str:
        """The short form, as notices print it."""
        return kernel_keys.fingerprint(self.verifier)


# The kind stands in the text, so that the index of these few leaves is used.
_LEAVES = (
    "SELECT l.body FROM ledger_leaf l JOIN ledger_log g ON g.id = l.log_id "
    "WHERE g.origin = %s AND l.kind = 'key' ORDER BY l.\"index\""
)


def key_leaves(origin: str) -> list[bytes]:
    """The bodies of a log's `key` leaves, in order."""
    with connection.cursor() as cursor:
        cursor.execute(_LEAVES, [origin])
        return [body.encode() for (body,) in cursor.fetchall()]


def keys(origin: str) -> list[LogKey]:
    """The keys of a log, oldest first; the last is in force.

    A county announces only changes, so its first key is told by the first change, and until then
    by the key file alone. Empty when the county has signed and that file is not here.
    """
    leaves = [json.loads(body) for body in key_leaves(origin)]
    found = [
        LogKey(parse_vkey(leaf["vkey"]), leaf["index"], datetime.fromisoformat(leaf["at"]))
        for leaf in leaves
    ]
    if leaves and "previous" in leaves[0]:
        found.insert(0, LogKey(parse_vkey(leaves[0]["previous"])))
    if not leaves and (vault.has_key(origin) or not _has_signed(origin)):
        found.append(LogKey(vault.first_key(origin).verifier))
    return found


def _has_signed(origin: str) -> bool:
    return Log.objects.filter(origin=origin, checked_size__gt=0).exists()


def key_at(origin: str, size: int) -> LogKey:
    """The key that signed a log's head of a size; LookupError where `keys` tells none."""
    return [key for key in keys(origin) if key.index < size][-1]


def signer_at(origin: str, size: int) -> Signer:
    """What signed a log's head of a size; where that key's file was destroyed, a later one.

    So what is published again stays as it was, and is never signed by a key not published yet.
    """
    for key in [key_at(origin, size), *(key for key in keys(origin) if key.index >= size)]:
        with suppress(FileNotFoundError):
            return vault.signer(key.verifier)
    return signer(origin)


def lost() -> list[str]:
    """The logs whose key in force has no file here: they cannot sign."""
    told = "SELECT g.origin, l.body FROM ledger_log g JOIN ledger_leaf l ON l.log_id = g.id "
    with connection.cursor() as cursor:
        cursor.execute(told + "AND l.kind = 'key' ORDER BY g.origin, l.\"index\"")
        last = {origin: parse_vkey(json.loads(body)["vkey"]) for origin, body in cursor.fetchall()}
    silent = Log.objects.filter(checked_size__gt=0).exclude(origin__in=last)
    gone = [origin for origin in silent.values_list("origin", flat=True) if not keys(origin)]
    for origin, key in last.items():
        try:
            vault.signer(key)
        except FileNotFoundError:
            gone.append(origin)
    return sorted(gone)


def signer(origin: str) -> Signer:
    """What signs for a log now. Refused where its key file is not here."""
    found = keys(origin)
    try:
        return vault.signer(found[-1].verifier)
    except (IndexError, FileNotFoundError):
        raise Refused(
            refuse(
                _(
                    "%(origin)s 的签名密钥不在本机（指纹 %(print)s），无法签名；"
                    "请系统管理员从加密备份恢复密钥文件"
                ),
                "linli:ledger.keys",
                origin=origin,
                print=found[-1].fingerprint if found else "—",
            )
        ) from None
