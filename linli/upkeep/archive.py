"""The file of a backup: a gzipped tar whose last member lists every other with its SHA-256.

Without a key it is a plain `.tar.gz` that any tool opens. With one the same bytes are cut into
chunks and each is sealed with AES-256-GCM; the number of the chunk and whether it is the last are
part of its nonce, so that none can be changed, dropped, swapped or cut off unseen.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import os
import tarfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path, PurePosixPath
from typing import IO, Any, BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from linli.kernel.rulings import refuse
from linli.kernel.words import gettext_noop as _

FORMAT = "linli-backup/1"
MANIFEST = "MANIFEST.json"
MAGIC = b"linli-backup-sealed/1\n"
SALT, TAG, CHUNK = 16, 16, 1 << 20
SHORTEST_KEY = 32
LARGEST_MANIFEST = 256 << 20


def read_key(path: Path) -> bytes:
    """The secret in a key file, at least 32 characters; raises Refused for a weak one."""
    secret = path.read_bytes().strip()
    if len(secret) < SHORTEST_KEY:
        refuse(
            _("密钥文件 %(path)s 太短，至少 32 个字符；可用 openssl rand -base64 32 生成"),
            path=str(path),
        ).enforce()
    return secret


def is_sealed(path: Path) -> bool:
    """Whether a backup needs a key to be read."""
    with path.open("rb") as file:
        return file.read(len(MAGIC)) == MAGIC


def _cipher(secret: bytes, salt: bytes) -> AESGCM:
    return AESGCM(HKDF(hashes.SHA256(), 32, salt, MAGIC).derive(secret))


def _nonce(number: int, last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([last])


class Sealer(io.RawIOBase):
    """Writes what it is given, sealed chunk by chunk; `close` writes the last one."""

    def __init__(self, target: BinaryIO, secret: bytes) -> None:
        salt = os.urandom(SALT)
        self.target, self.cipher = target, _cipher(secret, salt)
        self.held, self.number = bytearray(), 0
        target.write(MAGIC + salt)

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self.held += data
        while len(self.held) > CHUNK:
            self._seal(bytes(self.held[:CHUNK]), last=False)
            del self.held[:CHUNK]
        return len(data)

    def _seal(self, chunk: bytes, *, last: bool) -> None:
        self.target.write(self.cipher.encrypt(_nonce(self.number, last), chunk, MAGIC))
        self.number += 1

    def close(self) -> None:
        if not self.closed:
            self._seal(bytes(self.held), last=True)
        super().close()


class Opener(io.RawIOBase):
    """Reads what a Sealer wrote; raises Refused when it was altered or the key is another."""

    def __init__(self, source: BinaryIO, secret: bytes) -> None:
        head = source.read(len(MAGIC) + SALT)
        self.source, self.cipher = source, _cipher(secret, head[len(MAGIC) :])
        self.next, self.number = source.read(CHUNK + TAG), 0
        self.held = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if not self.held and self.next:
            sealed, self.next = self.next, self.source.read(CHUNK + TAG)
            try:
                self.held = self.cipher.decrypt(_nonce(self.number, not self.next), sealed, MAGIC)
            except InvalidTag:
                refuse(_("备份打不开：密钥不对，或者文件被改动、截断")).enforce()
            self.number += 1
        count = min(len(buffer), len(self.held))
        buffer[:count], self.held = self.held[:count], self.held[count:]
        return count


class _Hashing:
    """A file on its way into the archive, hashed as it passes."""

    def __init__(self, source: IO[bytes]) -> None:
        self.source, self.digest = source, hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        data = self.source.read(size)
        self.digest.update(data)
        return data


class Writer:
    """Takes the files of a backup, one after another; `facts` go into the manifest."""

    def __init__(self, tar: tarfile.TarFile) -> None:
        self.tar = tar
        self.files: list[dict[str, object]] = []
        self.facts: dict[str, object] = {}

    def add(self, name: str, path: Path) -> None:
        """Add a file as it is now; one that grows meanwhile is taken up to its present size."""
        with path.open("rb") as source:
            stat = os.fstat(source.fileno())
            member = tarfile.TarInfo(name)
            member.size, member.mtime, member.mode = stat.st_size, int(stat.st_mtime), 0o600
            passing = _Hashing(source)
            self.tar.addfile(member, passing)  # type: ignore[arg-type]
        digest = passing.digest.hexdigest()
        self.files.append({"path": name, "size": member.size, "sha256": digest})

    def finish(self) -> None:
        manifest = {"format": FORMAT, **self.facts, "files": self.files}
        text = json.dumps(manifest, ensure_ascii=False, indent=1).encode()
        member = tarfile.TarInfo(MANIFEST)
        member.size, member.mode = len(text), 0o600
        self.tar.addfile(member, io.BytesIO(text))


@contextmanager
def writing(path: Path, *, secret: bytes | None = None) -> Iterator[Writer]:
    """Write a backup. It has its name only once it is whole and on the disk."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(path.name + ".partial")
    try:
        with ExitStack() as stack:
            handle = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            raw = stack.enter_context(os.fdopen(handle, "wb"))
            stack.callback(_to_disk, raw)
            target: Any = raw if secret is None else stack.enter_context(Sealer(raw, secret))
            packed = stack.enter_context(gzip.GzipFile("", "wb", 1, target, mtime=0))
            writer = Writer(stack.enter_context(tarfile.open(fileobj=packed, mode="w|")))
            yield writer
            writer.finish()
        os.replace(partial, path)
    except BaseException:
        partial.unlink(missing_ok=True)
        raise


def _to_disk(file: BinaryIO) -> None:
    file.flush()
    os.fsync(file.fileno())


def unpack(path: Path, into: Path | None, *, secret: bytes | None = None) -> dict[str, Any]:
    """Unpack a backup into an empty directory (None: only read it) and give its manifest.

    Raises Refused, naming the file, when the manifest and the files do not agree in every byte,
    when the file is no backup, or when the key is missing or wrong. What was unpacked up to then
    stays in `into`, which the caller throws away.
    """
    seen: dict[str, tuple[int, str]] = {}
    manifest: dict[str, Any] = {}
    try:
        with _reading(path, secret) as tar:
            for member in tar:
                source = tar.extractfile(member) if member.isfile() else None
                if source is None or not _is_inside(member.name):
                    refuse(_("备份里有不该有的内容：%(name)s"), name=member.name).enforce()
                elif member.name == MANIFEST:
                    manifest = json.loads(source.read(LARGEST_MANIFEST))
                else:
                    seen[member.name] = (member.size, _copy(source, into and into / member.name))
    except (tarfile.TarError, gzip.BadGzipFile, EOFError, zlib.error, ValueError) as error:
        refuse(_("这不是完好的备份文件：%(error)s"), error=str(error)).enforce()
    _compare(manifest, seen)
    return manifest


@contextmanager
def _reading(path: Path, secret: bytes | None) -> Iterator[tarfile.TarFile]:
    with ExitStack() as stack:
        raw: Any = stack.enter_context(path.open("rb"))
        sealed = raw.peek(len(MAGIC))[: len(MAGIC)] == MAGIC
        if sealed and secret is None:
            refuse(_("备份已加密，请用 --key 给出密钥文件")).enforce()
        if sealed and secret is not None:
            raw = stack.enter_context(io.BufferedReader(Opener(raw, secret), CHUNK))
        packed = stack.enter_context(gzip.GzipFile(fileobj=raw, mode="rb"))
        yield stack.enter_context(tarfile.open(fileobj=packed, mode="r|"))
        while packed.read(CHUNK):  # what follows the tar is checked, too: its length and its sum
            pass


def _is_inside(name: str) -> bool:
    path = PurePosixPath(name)
    return not path.is_absolute() and ".." not in path.parts and "\\" not in name


def _copy(source: IO[bytes], target: Path | None) -> str:
    """Copy to a file only we can read; gives the SHA-256 of what was copied."""
    passing = _Hashing(source)
    with ExitStack() as stack:
        write: Callable[[bytes], object] = len
        if target is not None:
            target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            write = stack.enter_context(os.fdopen(handle, "wb")).write
        while data := passing.read(CHUNK):
            write(data)
    return passing.digest.hexdigest()


def _compare(manifest: dict[str, Any], seen: dict[str, tuple[int, str]]) -> None:
    if manifest.get("format") != FORMAT:
        refuse(_("备份不完整：没有清单，或者清单的版本不认识")).enforce()
    listed = {entry["path"]: (entry["size"], entry["sha256"]) for entry in manifest["files"]}
    wrong = sorted(
        name for name in listed.keys() | seen.keys() if listed.get(name) != seen.get(name)
    )
    if wrong:
        refuse(_("备份里的文件与清单不符：%(names)s"), names=tuple(wrong[:5])).enforce()
