"""The OLE compound file: the box around an .xls, and around anything locked with a password."""

from __future__ import annotations

import struct
from array import array

from linli.kernel.rulings import Refused
from linli.sheets import refusals

SIGNATURE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_END = 0xFFFFFFFA  # This and above mark an end or a special sector, never a place.


class CompoundFile:
    """Names and contents of the streams. Raises Refused where the box is damaged.

    Source: the published compound file format [MS-CFB].
    """

    def __init__(self, data: bytes) -> None:
        if len(data) < 512 or not data.startswith(SIGNATURE):
            raise Refused(refusals.damaged())
        self._data = data
        sector_shift, mini_shift = struct.unpack_from("<HH", data, 30)
        if sector_shift not in (9, 12) or mini_shift != 6:
            raise Refused(refusals.damaged())
        self._sector = 1 << sector_shift
        directory = struct.unpack_from("<L", data, 48)[0]
        self._cutoff, mini_start = struct.unpack_from("<LL", data, 56)
        self._table = self._allocation()
        self._mini_table = _numbers(self._chain(mini_start, None))
        self._mini: bytes | None = None
        self._root = (0, 0)
        self._streams = self._entries(self._chain(directory, None))

    @property
    def names(self) -> frozenset[str]:
        return frozenset(self._streams)

    def stream(self, name: str) -> bytes:
        """The content of a stream; raises Refused where its chain is broken."""
        start, size = self._streams[name]
        if size >= self._cutoff:
            return self._chain(start, size)
        if self._mini is None:
            self._mini = self._chain(*self._root)
        return _follow(self._mini, 64, 0, self._mini_table, start, size)

    def _allocation(self) -> array[int]:
        """The table that says which sector follows which."""
        listed = list(struct.unpack_from("<109L", self._data, 76))
        further, count = struct.unpack_from("<LL", self._data, 68)
        most = len(self._data) // self._sector + 1
        for _turn in range(min(count, most)):
            if further >= _END:
                break
            numbers = _numbers(self._at(further))
            listed += numbers[:-1]
            further = numbers[-1]
        table = array("L" if array("L").itemsize == 4 else "I")
        for sector in listed[:most]:
            if sector < _END:
                table.extend(_numbers(self._at(sector)))
        return table

    def _at(self, sector: int) -> bytes:
        start = (sector + 1) * self._sector
        found = self._data[start : start + self._sector]
        if not found:
            raise Refused(refusals.damaged())
        return found

    def _chain(self, start: int, size: int | None) -> bytes:
        return _follow(self._data, self._sector, self._sector, self._table, start, size)

    def _entries(self, directory: bytes) -> dict[str, tuple[int, int]]:
        streams = {}
        for at in range(0, len(directory) - 127, 128):
            length, kind = struct.unpack_from("<HB", directory, at + 64)
            name = directory[at : at + max(0, min(length, 64) - 2)].decode("utf-16-le", "replace")
            start, size = struct.unpack_from("<LL", directory, at + 116)
            if kind == 5:
                self._root = (start, size)
            elif kind == 2:
                streams[name] = (start, size)
        return streams


def _numbers(sector: bytes) -> array[int]:
    numbers = array("L" if array("L").itemsize == 4 else "I")
    numbers.frombytes(sector[: len(sector) // 4 * 4])
    return numbers


def _follow(
    data: bytes, sector: int, offset: int, table: array[int], start: int, size: int | None
) -> bytes:
    """Gather a chain of sectors; a chain that runs in a circle or out of the file is refused."""
    pieces = []
    gathered = 0
    for _turn in range(len(table) + 1):
        if start >= _END or (size is not None and gathered >= size):
            break
        at = offset + start * sector
        if start >= len(table) or at >= len(data):
            raise Refused(refusals.damaged())
        pieces.append(data[at : at + sector])
        gathered += sector
        start = table[start]
    else:
        raise Refused(refusals.damaged())
    content = b"".join(pieces)
    if size is not None and len(content) < size:
        raise Refused(refusals.damaged())
    return content if size is None else content[:size]
