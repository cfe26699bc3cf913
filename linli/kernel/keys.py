"""Signing keys by name, in the C2SP text form, and their short forms for paper.

A public key is written ``<name>+<key id>+<base64(type ‖ public key)>`` (vkey), a secret one
``PRIVATE+KEY+<name>+<key id>+<base64(type ‖ secret)>``; the key id is the first 4 bytes of
``SHA-256(name ‖ 0x0A ‖ type ‖ public key)``. The name of a log's key is the log's origin.
Ed25519 (type 0x01) is built in; ``register`` adds others, such as SM2, beside it.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)

_KEY_ID = re.compile(r"[0-9a-f]{8}")
_CODE = re.compile(r"[0-9A-Za-z][0-9A-Za-z._-]*")


class NoteError(ValueError):
    """A note, key, checkpoint or proof that is malformed, or a signature that does not hold."""


# --- signature algorithms ---------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Algorithm:
    """How one kind of key signs. ``type`` is the C2SP signature type byte (0xff ‖ a longer
    identifier for kinds that have none); ``secret_size`` and ``public_size`` count bytes."""

    type: bytes
    secret_size: int
    public_size: int
    public: Callable[[bytes], bytes]
    sign: Callable[[bytes, bytes], bytes]
    verify: Callable[[bytes, bytes, bytes], bool]


def _ed25519_public(secret: bytes) -> bytes:
    return Ed25519PrivateKey.from_private_bytes(secret).public_key().public_bytes_raw()


def _ed25519_sign(secret: bytes, message: bytes) -> bytes:
    return Ed25519PrivateKey.from_private_bytes(secret).sign(message)


def _ed25519_verify(public: bytes, message: bytes, signature: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


ED25519 = Algorithm(b"\x01", 32, 32, _ed25519_public, _ed25519_sign, _ed25519_verify)
_algorithms: list[Algorithm] = [ED25519]


def register(algorithm: Algorithm) -> None:
    """Make keys of another algorithm readable; its type must not be a prefix of another's."""
    for known in _algorithms:
        if known.type.startswith(algorithm.type) or algorithm.type.startswith(known.type):
            raise ValueError(f"signature type {algorithm.type.hex()} is taken")
    _algorithms.append(algorithm)


# --- keys -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Verifier:
    """A public key with its name; ``str()`` is its C2SP text (vkey)."""

    name: str
    public: bytes
    algorithm: Algorithm = ED25519

    def __post_init__(self) -> None:
        check_name(self.name)
        if len(self.public) != self.algorithm.public_size:
            raise NoteError("the public key has a wrong length")

    @property
    def id(self) -> bytes:
        told = self.name.encode() + b"\n" + self.algorithm.type + self.public
        return hashlib.sha256(told).digest()[:4]

    def verify(self, text: str, signature: bytes) -> bool:
        return self.algorithm.verify(self.public, text.encode(), signature)

    def __str__(self) -> str:
        return f"{self.name}+{self.id.hex()}+{b64(self.algorithm.type + self.public)}"


@dataclass(frozen=True, slots=True)
class Signer:
    """A secret key with its name. ``text`` is its C2SP form: a file of mode 600, nowhere else."""

    name: str
    secret: bytes = field(repr=False)
    algorithm: Algorithm = ED25519

    def __post_init__(self) -> None:
        check_name(self.name)
        if len(self.secret) != self.algorithm.secret_size:
            raise NoteError("the secret key has a wrong length")

    @property
    def verifier(self) -> Verifier:
        return Verifier(self.name, self.algorithm.public(self.secret), self.algorithm)

    @property
    def text(self) -> str:
        told = b64(self.algorithm.type + self.secret)
        return f"PRIVATE+KEY+{self.name}+{self.verifier.id.hex()}+{told}"

    def sign(self, text: str) -> bytes:
        """The bare signature over a note's text."""
        return self.algorithm.sign(self.secret, text.encode())

    def token(self, text: str) -> str:
        """``base64(key id ‖ signature)``, as it stands in a signature line."""
        return b64(self.verifier.id + self.sign(text))


def parse_vkey(text: str) -> Verifier:
    """Read a public key; raises NoteError unless its key id fits name and key."""
    name, key_id, algorithm, public = _parse_key(text, "public_size")
    verifier = Verifier(name, public, algorithm)
    if verifier.id != key_id:
        raise NoteError("the key id does not fit the key")
    return verifier


def parse_skey(text: str) -> Signer:
    """Read a secret key; raises NoteError unless its key id fits name and key."""
    prefix = "PRIVATE+KEY+"
    if not text.startswith(prefix):
        raise NoteError("not a secret key")
    name, key_id, algorithm, secret = _parse_key(text[len(prefix) :], "secret_size")
    signer = Signer(name, secret, algorithm)
    if signer.verifier.id != key_id:
        raise NoteError("the key id does not fit the key")
    return signer


def _parse_key(text: str, size: str) -> tuple[str, bytes, Algorithm, bytes]:
    parts = text.split("+", 2)
    if len(parts) != 3 or not _KEY_ID.fullmatch(parts[1]):
        raise NoteError("not a key")
    told = unb64(parts[2])
    for algorithm in _algorithms:
        kind = algorithm.type
        if told.startswith(kind) and len(told) == len(kind) + getattr(algorithm, size):
            return parts[0], bytes.fromhex(parts[1]), algorithm, told[len(kind) :]
    raise NoteError("a key of an unknown kind")


def book_origin(county: str, book: str) -> str:
    """The origin, and key name, of a book's log: ``linli/<county>/<book>``."""
    return f"{county_origin(county)}/{_origin_part(book)}"


def county_origin(county: str) -> str:
    """The origin, and key name, of a county's log: ``linli/<county>``."""
    return f"linli/{_origin_part(county)}"


def _origin_part(text: str) -> str:
    if not _CODE.fullmatch(text):
        raise NoteError(f"{text!r} is not a code")
    return text


def fingerprint(key: Verifier | str) -> str:
    """A key in 20 characters for paper, as ``ABCD-EFGH-IJKL-MNOP-QRST``: the first 100 bits of
    SHA-256 over the vkey text, in base32 (which has no 0, 1, 8 or 9 to misread)."""
    told = base64.b32encode(hashlib.sha256(str(key).encode()).digest()).decode()
    return "-".join(told[at : at + 4] for at in range(0, 20, 4))


def short_root(root: bytes) -> str:
    """A root in 8 characters for the printed seal: its first 40 bits in base32."""
    return base64.b32encode(root[:5]).decode()


# --- parts ------------------------------------------------------------------------------------


def b64(data: bytes) -> str:
    """Standard base64 with padding."""
    return base64.b64encode(data).decode()


def unb64(text: str) -> bytes:
    """The inverse of b64; raises NoteError for any other spelling."""
    try:
        data = base64.b64decode(text.encode("ascii"), validate=True)
    except (ValueError, UnicodeEncodeError) as fault:
        raise NoteError("not base64") from fault
    if b64(data) != text:
        raise NoteError("not base64 in its one spelling")
    return data


def check_name(name: str) -> None:
    """Raises NoteError unless a key may bear this name: no spaces, no plus, no controls."""
    if not name or "+" in name or any(char.isspace() or char < " " for char in name):
        raise NoteError(f"{name!r} is not a key name")
