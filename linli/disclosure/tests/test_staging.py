"""Files put into the published folder: all of them or none, and nothing beside them."""

import os

import pytest

from linli.disclosure import staging

FILES = {"B1/2026-09/notice.pdf": b"notice", "B1/2026-09/SHA256SUMS": b"sums", "SHA256SUMS": b"top"}


@pytest.fixture
def out(tmp_path):
    return tmp_path / "public"


def told(out):
    return {p.relative_to(out).as_posix(): p.read_bytes() for p in out.rglob("*") if p.is_file()}


def test_what_is_there_with_the_same_bytes_is_left_alone(out):
    assert len(staging.put(out, FILES)) == 3
    assert told(out) == FILES
    assert staging.put(out, FILES | {"SHA256SUMS": b"newer"}) == [out / "SHA256SUMS"]
    assert told(out) == FILES | {"SHA256SUMS": b"newer"}


@pytest.mark.parametrize("call", ["fsync", "rename"])
def test_a_disk_that_fails_before_the_end_leaves_the_folder_as_it_was(out, monkeypatch, call):
    staging.put(out, {"SHA256SUMS": b"old"})

    def fail(*args, **more):
        raise OSError(28, "full")

    monkeypatch.setattr(os, call, fail) if call == "fsync" else monkeypatch.setattr(
        staging.Path, "replace", fail
    )
    with pytest.raises(OSError, match="full"):
        staging.put(out, FILES)
    assert told(out) == {"SHA256SUMS": b"old"}
    assert [path.name for path in out.parent.iterdir()] == ["public"]


def test_what_a_killed_run_left_is_cleared_away_by_the_next(out):
    staging.put(out, FILES)
    (out.parent / ".public-new-killed" / "B1").mkdir(parents=True)
    (out / ".new-older").write_bytes(b"half")
    staging.put(out, FILES)
    assert told(out) == FILES
    assert [path.name for path in out.parent.iterdir()] == ["public"]
