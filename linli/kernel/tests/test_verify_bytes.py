"""verify.py finds every changed byte, and every missing or added file."""

import pytest

from linli.kernel.tests.lies import SEPTEMBER
from linli.kernel.tests.published import faults, resign, told


def test_what_was_published_honestly_holds(small, full):
    assert faults(small[2]) == [] and faults(full[2]) == []


def positions(data):
    """Every byte of a small file, each 97th of a large one, and always both ends."""
    step = 1 if len(data) <= 700 else 97
    return sorted({*range(0, len(data), step), *range(min(20, len(data))), len(data) - 1})


def test_every_flipped_byte_is_found_in_its_file(small):
    files = small[2]
    assert all(files.values()), "an empty file has no byte to flip"
    for name, data in files.items():
        for at in positions(data):
            flipped = bytearray(data)
            flipped[at] ^= 1 << (at % 8)
            found = faults({**files, name: bytes(flipped)})
            assert name in {fault.file for fault in found}, f"{name}: byte {at}"


def test_every_cut_or_lengthened_file_is_found(full):
    files = full[2]
    for name, data in files.items():
        for changed in (data[:-1], data + b"\n", b"", data + data):
            if changed != data:
                assert name in {fault.file for fault in faults({**files, name: changed})}, name


def test_every_deleted_file_is_named(full):
    files = full[2]
    for name in files:
        found = faults({path: data for path, data in files.items() if path != name})
        assert name in {fault.file for fault in found}


@pytest.mark.parametrize(
    "name", ["x", "B000001/x", SEPTEMBER + "x", SEPTEMBER + "proofs/x", SEPTEMBER + "v2/x", "z/y/x"]
)
def test_every_added_file_is_named(full, name):
    assert told({**full[2], name: b"x"}) == {("file.extra", name)}


def test_swapped_files_and_folders_are_named(full):
    files = full[2]
    one, other = "B000001/2026-09/", "B000001/2026-10/"
    swapped = {
        (other + n[len(one) :] if n.startswith(one) else one + n[len(other) :] if n.startswith(other) else n): d
        for n, d in files.items()
    }  # fmt: skip
    assert {("file.hash", one + "SHA256SUMS"), ("folder.name", one + "seal.json")} <= told(swapped)
    copied = {**files, one + "statement.json": files[other + "statement.json"]}
    assert ("file.hash", one + "statement.json") in told(copied)


def test_a_month_that_is_left_out_is_missed(full):
    log, books, files = full
    place = "B000001/2026-10/"
    without = {name: data for name, data in files.items() if not name.startswith(place)}
    assert ("file.missing", place + "SHA256SUMS") in told(without)
    without["SHA256SUMS"] = resign(without, log, *books)["SHA256SUMS"]
    found = told(without)
    assert ("leaf.missing", "B000001/2026-11/entries.jsonl") in found
    assert ("seal.previous", "B000001/2026-11/seal.json") in found
