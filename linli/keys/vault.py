"""The key files: Ed25519 keys for each log, one secret that marks protected rows, and those that
seal personal numbers (`linli.keys.sealed`).

They lie in `<data>/keys`, mode 600. Whoever has only the database can alter rows but can neither
sign a checkpoint nor forge the mark of a row. Which of a log's keys is in force is told by the log
itself (`linli.ledger.signing`): a file that no leaf announces signs nothing.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import tempfile
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, date, datetime
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.db import models

from linli.kernel import keys

FIRST = 1


def _path(origin: str, number: int) -> Path:
    return Path(settings.KEYS) / f"{origin.replace('/', '_')}.{number}.key"


def _write(path: Path, text: str) -> None:
    """Write a new file that only its owner reads: whole, on the disk, and never over an old one.

    Raises FileExistsError. What root writes belongs to whoever the directory belongs to.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".new-")
    try:
        with os.fdopen(handle, "w") as file:
            if os.geteuid() == 0:
                owner = path.parent.stat()
                os.fchown(handle, owner.st_uid, owner.st_gid)
            file.write(text)
            file.flush()
            os.fsync(handle)
        os.link(name, path)
    finally:
        os.unlink(name)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def first_key(origin: str, *, seed: bytes | None = None) -> keys.Signer:
    """The first key of a log, made if its file is not there. `seed`: 32 bytes, for tests."""
    path = _path(origin, FIRST)
    if not has_key(origin):
        with suppress(FileExistsError):
            _write(path, keys.Signer(origin, seed or os.urandom(32)).text)
    return _read(path)


def has_key(origin: str) -> bool:
    """Whether the first key of a log is here."""
    return _path(origin, FIRST).exists()


def further_key(origin: str, *, seed: bytes | None = None) -> keys.Signer:
    """A new key beside those that are there. It counts once a leaf of the log announces it; what
    an act that was undone left over is neither used nor written over."""
    made = keys.Signer(origin, seed or os.urandom(32))
    _write(_path(origin, max(_numbered(origin), default=0) + 1), made.text)
    return made


def signer(key: keys.Verifier) -> keys.Signer:
    """The secret half of a public key. FileNotFoundError when no file here holds it."""
    return _find(Path(settings.KEYS), key)


@lru_cache(maxsize=4096)
def _find(folder: Path, key: keys.Verifier) -> keys.Signer:
    for path in _numbered(key.name).values():
        if (found := _read(path)).verifier == key:
            return found
    raise FileNotFoundError(folder / key.name)


def _numbered(origin: str) -> dict[int, Path]:
    """The key files of a log by their number."""
    stem = _path(origin, FIRST).name.removesuffix(f"{FIRST}.key")
    found = {path.name: path for path in Path(settings.KEYS).glob(f"{stem}*.key")}
    middles = {name: name.removeprefix(stem).removesuffix(".key") for name in found}
    return {int(n): found[name] for name, n in sorted(middles.items()) if n.isdecimal()}


def _read(path: Path) -> keys.Signer:
    return keys.parse_skey(path.read_text().strip())


def _row_key() -> bytes:
    return _read_row_key(settings.KEYS)


@lru_cache(maxsize=8)
def _read_row_key(directory: Path) -> bytes:
    return _secret(directory / "rows.key")


def _secret(path: Path) -> bytes:
    """32 random bytes that lie in a file, made if it is not there."""
    if not path.exists():
        with suppress(FileExistsError):
            _write(path, os.urandom(32).hex())
    return bytes.fromhex(path.read_text())


def personal_keys() -> dict[int, bytes]:
    """The keys that personal numbers are sealed with, by number; the highest seals from now on.

    The first is made when there is none. `personal.index.key` is not among them.
    """
    return _read_personal_keys(settings.KEYS)


@lru_cache(maxsize=8)
def _read_personal_keys(directory: Path) -> dict[int, bytes]:
    numbers = {int(path.name.split(".")[1]) for path in directory.glob("personal.[0-9]*.key")}
    return {
        number: _secret(directory / f"personal.{number}.key")
        for number in sorted(numbers or {FIRST})
    }


def personal_key(number: int) -> bytes:
    """One of them; read anew where somebody else has just made it. Raises KeyError."""
    if number not in personal_keys():
        _read_personal_keys.cache_clear()
    return personal_keys()[number]


def further_personal_key() -> int:
    """A new key beside the old ones, which go on opening what they sealed; its number."""
    number = max(personal_keys()) + 1
    _write(Path(settings.KEYS) / f"personal.{number}.key", os.urandom(32).hex())
    _read_personal_keys.cache_clear()
    return number


def personal_index_key() -> bytes:
    """The key under which personal numbers are found again without being opened."""
    return _read_personal_index_key(settings.KEYS)


@lru_cache(maxsize=8)
def _read_personal_index_key(directory: Path) -> bytes:
    return _secret(directory / "personal.index.key")


def keyed_hash(text: str) -> str:
    """HMAC-SHA-256 of a text under the row key, as hex."""
    return hmac.digest(_row_key(), text.encode(), "sha256").hex()


def marker() -> Callable[[str], str]:
    """As `keyed_hash`, with the key made ready once: for whoever marks many rows."""
    return _marker(settings.KEYS)


@lru_cache(maxsize=8)
def _marker(directory: Path) -> Callable[[str], str]:
    key = _read_row_key(directory).ljust(64, b"\0")
    begun, ended = (hashlib.sha256(bytes(byte ^ pad for byte in key)) for pad in (0x36, 0x5C))

    def mark(text: str) -> str:
        inner, outer = begun.copy(), ended.copy()
        inner.update(text.encode())
        outer.update(inner.digest())
        return outer.hexdigest()

    return mark


def _plain(value: object) -> str:
    if isinstance(value, bytes | memoryview):
        return hashlib.sha256(value).hexdigest()
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, dict | list | tuple):
        return json.dumps(value, sort_keys=True, ensure_ascii=False, default=str)
    if isinstance(value, models.Model):
        return str(value.pk)
    return "" if value is None else str(value)


class Kept(models.Model):
    """A protected row: `mark` is the keyed hash of all its other columns, made on saving.

    A row changed by other means than the program no longer fits its mark, and `verify` says so.
    """

    mark = models.CharField(max_length=64, editable=False)

    UNMARKED: frozenset[str] = frozenset()

    class Meta:
        abstract = True

    def expected_mark(self) -> str:
        """The mark the row's columns call for."""
        parts = [self._meta.label_lower]
        for field in self._meta.concrete_fields:
            if field.name not in {"id", "mark"} | self.UNMARKED:
                parts.append(f"{field.column}={_plain(getattr(self, field.attname))}")
        return keyed_hash("\n".join(parts))

    def save(self, *args: object, **kwargs: object) -> None:
        self.mark = self.expected_mark()
        if (fields := kwargs.get("update_fields")) is not None:
            kwargs["update_fields"] = {*fields, "mark"}  # type: ignore[misc]
        super().save(*args, **kwargs)  # type: ignore[arg-type]


def marked(rows: list) -> list:
    """Mark rows that are about to be created in bulk."""
    for row in rows:
        row.mark = row.expected_mark()
    return rows
