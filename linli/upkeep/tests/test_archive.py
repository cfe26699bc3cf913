"""A backup file gives back every byte, or says that it cannot."""

import gzip
import io
import os
import tarfile

import pytest

from linli.kernel.rulings import Refused
from linli.upkeep.archive import CHUNK, MANIFEST, read_key, unpack, writing

SECRET = b"0123456789abcdef0123456789abcdef"
CONTENT = {
    "files/a.bin": os.urandom(3 * CHUNK + 17),
    "public/空.json": b"",
    "public/B1/statement.json": b"{}",
}


@pytest.fixture(params=[None, SECRET], ids=["plain", "sealed"])
def secret(request):
    return request.param


@pytest.fixture
def backup(tmp_path, secret):
    for name, data in CONTENT.items():
        (tmp_path / "from" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "from" / name).write_bytes(data)
    with writing(tmp_path / "linli.tar.gz", secret=secret) as writer:
        writer.facts["database"] = "none"
        for name in CONTENT:
            writer.add(name, tmp_path / "from" / name)
    return tmp_path / "linli.tar.gz"


def test_every_byte_comes_back(backup, secret, tmp_path):
    manifest = unpack(backup, tmp_path / "to", secret=secret)
    assert manifest["database"] == "none"
    assert {name: (tmp_path / "to" / name).read_bytes() for name in CONTENT} == CONTENT


def test_only_its_owner_can_read_a_backup_and_what_comes_out_of_it(backup, secret, tmp_path):
    unpack(backup, tmp_path / "to", secret=secret)
    assert backup.stat().st_mode & 0o077 == 0
    assert (tmp_path / "to" / "files" / "a.bin").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("where", [40, 1000, CHUNK + 500, -40, -3])
def test_one_changed_byte_is_found(backup, secret, tmp_path, where):
    data = bytearray(backup.read_bytes())
    data[where] ^= 1
    backup.write_bytes(data)
    try:
        unpack(backup, tmp_path / "to", secret=secret)
    except Refused:
        return
    # Some bits of a gzip file mean nothing; under a seal every bit counts.
    assert secret is None
    assert {name: (tmp_path / "to" / name).read_bytes() for name in CONTENT} == CONTENT


@pytest.mark.parametrize("left", [0, 10, CHUNK, CHUNK + 70, -1])
def test_a_cut_file_is_found(backup, secret, tmp_path, left):
    backup.write_bytes(backup.read_bytes()[:left])
    with pytest.raises(Refused):
        unpack(backup, tmp_path / "to", secret=secret)


@pytest.mark.parametrize("secret", [SECRET], indirect=True)
def test_a_sealed_backup_needs_its_key(tmp_path, backup, secret):
    for wrong in (None, SECRET[::-1]):
        with pytest.raises(Refused):
            unpack(backup, tmp_path / f"to-{wrong}", secret=wrong)


def test_swapped_chunks_are_found(tmp_path):
    source = tmp_path / "a"
    source.write_bytes(os.urandom(4 * CHUNK))
    with writing(tmp_path / "b", secret=SECRET) as writer:
        writer.add("a", source)
    data = (tmp_path / "b").read_bytes()
    head, sealed = len(data) % (CHUNK + 16), CHUNK + 16
    start = 38
    chunks = [data[start + n * sealed : start + (n + 1) * sealed] for n in range(2)]
    swapped = data[:start] + chunks[1] + chunks[0] + data[start + 2 * sealed :]
    assert head and len(swapped) == len(data) and swapped != data
    (tmp_path / "b").write_bytes(swapped)
    with pytest.raises(Refused):
        unpack(tmp_path / "b", tmp_path / "to", secret=SECRET)


@pytest.mark.parametrize("name", ["../evil", "/etc/evil", "files/../../evil"])
def test_nothing_is_written_outside(tmp_path, name):
    with tarfile.open(tmp_path / "x", "w:gz") as tar:
        member = tarfile.TarInfo(name)
        member.size = 4
        tar.addfile(member, io.BytesIO(b"evil"))
    with pytest.raises(Refused):
        unpack(tmp_path / "x", tmp_path / "to")
    assert not (tmp_path / "evil").exists()


@pytest.mark.parametrize("secret", [None], indirect=True)
def test_a_file_that_the_manifest_does_not_name_is_found(backup, secret, tmp_path):
    with tarfile.open(backup, "r:gz") as old, tarfile.open(tmp_path / "more", "w:gz") as new:
        for member in old:
            new.addfile(member, old.extractfile(member))
        new.addfile(tarfile.TarInfo("files/extra"), io.BytesIO())
    with pytest.raises(Refused, match="extra"):
        unpack(tmp_path / "more", tmp_path / "to")


def test_a_failed_backup_leaves_no_file(tmp_path):
    with pytest.raises(FileNotFoundError), writing(tmp_path / "b") as writer:
        writer.add("gone", tmp_path / "gone")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("secret", [None], indirect=True)
def test_a_plain_backup_opens_with_any_tool(backup, secret):
    with gzip.open(backup) as packed, tarfile.open(fileobj=packed) as tar:
        assert tar.getnames() == [*CONTENT, MANIFEST]


def test_a_weak_key_is_refused(tmp_path):
    (tmp_path / "key").write_text("123456\n")
    with pytest.raises(Refused):
        read_key(tmp_path / "key")
