"""The parts of an .xlsx, taken out with every size counted instead of believed."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator

from linli.kernel.rulings import Refused
from linli.sheets import refusals
from linli.sheets.limits import Limits

_CHUNK = 2**20
_DIRECTORY_BYTES = 4 * 2**20


class Package:
    """A zip whose directory was judged before anything was unpacked.

    Raises Refused when the directory is damaged, names a part twice, hides parts behind a
    password, or promises more than the limits allow.
    """

    def __init__(self, data: bytes, limits: Limits) -> None:
        self._data = data
        self._limits = limits
        _judge_directory_size(data)
        try:
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                parts = archive.infolist()
        except (zipfile.BadZipFile, ValueError, struct.error, OSError, NotImplementedError):
            raise Refused(refusals.damaged()) from None
        self.parts = {_path(info.filename): info for info in parts}
        self._judge(parts)

    def _judge(self, parts: list[zipfile.ZipInfo]) -> None:
        if any(info.flag_bits & 0x1 for info in parts):
            raise Refused(refusals.locked())
        if len(parts) > self._limits.parts or len(self.parts) != len(parts):
            raise Refused(refusals.suspicious())
        if sum(info.file_size for info in parts) > self._limits.unpacked_bytes:
            raise Refused(refusals.unpacks_too_large(limit=self._limits.unpacked_bytes))
        for info in parts:
            packed = max(info.compress_size, 1)
            large = info.file_size > self._limits.ratio_from_bytes
            if large and info.file_size > packed * self._limits.ratio:
                raise Refused(refusals.suspicious())

    def __contains__(self, name: str) -> bool:
        return _path(name) in self.parts

    def size(self, name: str) -> int:
        """The unpacked size that the directory promises, in bytes."""
        return self.parts[_path(name)].file_size

    def chunks(self, name: str) -> Iterator[bytes]:
        """The unpacked part in pieces of at most 1 MB.

        The stream must end where the directory says it ends and match its checksum, so that no
        other reader finds more in it than was counted here. Raises Refused otherwise.
        """
        info = self.parts[_path(name)]
        counted, checksum = 0, 0
        for chunk in _unpacked(_packed(self._data, info), info.compress_type):
            counted += len(chunk)
            checksum = zlib.crc32(chunk, checksum)
            if counted > info.file_size:
                raise Refused(refusals.suspicious())
            yield chunk
        if counted != info.file_size or checksum != info.CRC:
            raise Refused(refusals.damaged())


def _path(name: str) -> str:
    """Spreadsheet programs look parts up without regard to case, and some write backslashes."""
    return name.replace("\\", "/").lower()


def _judge_directory_size(data: bytes) -> None:
    """The directory is bounded before zipfile makes an object of each of its entries."""
    end = data.rfind(b"PK\x05\x06", max(0, len(data) - 65_557))
    if end < 0 or len(data) < end + 22:
        raise Refused(refusals.damaged())
    size = struct.unpack_from("<L", data, end + 12)[0]
    locator = end - 20
    if locator >= 0 and data[locator : locator + 4] == b"PK\x06\x07":
        record = struct.unpack_from("<Q", data, locator + 8)[0]
        for start in (record, locator - 56):  # Where it is said to be, and where Python looks.
            if 0 <= start <= len(data) - 56 and data[start : start + 4] == b"PK\x06\x06":
                size = max(size if size != 0xFFFFFFFF else 0, _long(data, start + 40))
    if size > _DIRECTORY_BYTES:
        raise Refused(refusals.suspicious())


def _long(data: bytes, start: int) -> int:
    return int(struct.unpack_from("<Q", data, start)[0])


def _packed(data: bytes, info: zipfile.ZipInfo) -> memoryview:
    start = info.header_offset
    header = data[start : start + 30]
    if len(header) < 30 or header[:4] != b"PK\x03\x04":
        raise Refused(refusals.damaged())
    name_length, extra_length = struct.unpack_from("<HH", header, 26)
    start += 30 + name_length + extra_length
    if start + info.compress_size > len(data):
        raise Refused(refusals.damaged())
    return memoryview(data)[start : start + info.compress_size]


def _unpacked(packed: memoryview, method: int) -> Iterator[bytes]:
    if method == zipfile.ZIP_STORED:
        for start in range(0, len(packed), _CHUNK):
            yield bytes(packed[start : start + _CHUNK])
        return
    if method != zipfile.ZIP_DEFLATED:
        raise Refused(refusals.damaged())
    stream = zlib.decompressobj(-zlib.MAX_WBITS)
    rest: bytes | memoryview
    try:
        for start in range(0, len(packed), _CHUNK):
            rest = packed[start : start + _CHUNK]
            while len(rest) and not stream.eof:
                yield stream.decompress(rest, _CHUNK)
                rest = stream.unconsumed_tail
            if stream.eof and (len(stream.unused_data) or start + _CHUNK < len(packed)):
                raise Refused(refusals.suspicious())
        while not stream.eof:
            piece = stream.decompress(b"", _CHUNK)
            if not piece:
                raise Refused(refusals.damaged())
            yield piece
    except zlib.error:
        raise Refused(refusals.damaged()) from None
