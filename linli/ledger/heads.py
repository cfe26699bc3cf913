"""The verbs of a log's head: signing it, changing the key that signs it. `services` offers them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import AbstractBaseUser

from linli.kernel import body as bodies
from linli.kernel import note
from linli.keys import vault
from linli.ledger import log as logs
from linli.ledger import signing
from linli.ledger.models import Book, Checkpoint, Log
from linli.ledger.signing import LogKey
from linli.trail.acts import act

User = AbstractBaseUser | None


@act("ledger.checkpoint")
def checkpoint(*, by: User, book: Book, now: datetime) -> Checkpoint:
    """Sign the book's head as it stands, and the county's; a head that is signed stays as it is."""
    return logs.checkpoint(book, logs.locked(book.log_id), now=now)


@dataclass(frozen=True, slots=True)
class KeyChanged:
    """A log whose key was changed, from which to which."""

    subject: Log
    old: LogKey
    new: LogKey

    @property
    def facts(self) -> dict:
        return {"old": self.old.fingerprint, "new": self.new.fingerprint}


@act("ledger.change_key")
def change_key(*, by: User, log: Log, now: datetime, seed: bytes | None = None) -> KeyChanged:
    """Hand the log of a book, or of a county, over to a new key.

    A leaf signed by both keys says so, and the new one signs the head. The new key's file is on
    the disk before its leaf is written; if this does not come to its end, no leaf names that key
    and the old one stays in force. `seed`: 32 bytes, for tests.
    """
    log = logs.locked(log.pk)
    old, before = signing.signer(log.origin), signing.keys(log.origin)[-1]
    new = vault.further_key(log.origin, seed=seed)
    book = Book.objects.filter(log=log).first()
    code = book.code if book else None
    leaf = note.key_leaf(index=log.size, signer=new, at=now, book=code, old=old)
    logs.append(log, [("key", bodies.encode(leaf))], now=now)
    logs.keep(log)
    if book:
        logs.checkpoint(book, log, now=now)
    else:
        logs.sign(log, now=now)
    return KeyChanged(log, before, signing.keys(log.origin)[-1])
