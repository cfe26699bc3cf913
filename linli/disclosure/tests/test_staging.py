"""Files put into the published folder: all of them or none, and nothing beside them."""

import os
import signal
import sys

import pytest

from linli.disclosure import staging
from linli.kernel.tests import sample
from linli.kernel.tests.published import verify

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
    staging.put(out, FILES)
    assert told(out) == FILES
    assert [path.name for path in out.parent.iterdir()] == ["public"]


def test_a_disk_that_fails_between_two_renames_leaves_the_folder_as_it_was(out, monkeypatch):
    staging.put(out, FILES)
    rename, left = staging.Path.replace, [3]

    def failing(path, target):
        left[0] -= 1
        if left[0] == 0:
            raise OSError(5, "broken")
        return rename(path, target)

    monkeypatch.setattr(staging.Path, "replace", failing)
    with pytest.raises(OSError, match="broken"):
        staging.put(out, {"B2/2026-09/notice.pdf": b"new", "SHA256SUMS": b"newer", "key": b"k"})
    assert told(out) == FILES
    assert [path.name for path in out.parent.iterdir()] == ["public"]


def test_taking_back_removes_nothing_outside_the_folder(out):
    staging.put(out, FILES)
    beside = out.parent / "database"
    beside.write_bytes(b"rows")
    (out / staging.UNFINISHED).mkdir()
    (out / staging.UNFINISHED / staging.NEW).write_text(f"../database\n{beside}\n..\n")
    staging.put(out, FILES)
    assert beside.read_bytes() == b"rows"
    assert told(out) == FILES


# --- killed at any moment ---------------------------------------------------------------------

CALLS = {"open", "os.mkdir", "os.rename", "os.remove", "os.rmdir", "os.chmod", "os.link"}


@pytest.fixture(scope="module")
def months():
    """The published folder with one month, and with two and a file that was written anew."""
    log = sample.county()
    book = sample.open_book(log)
    first = book.seal("2026-09", sample.date(2026, 10, 2))
    before = sample.top(log, first)
    book.entry(
        sample.date(2026, 10, 5),
        ("common", "bank_9876", "", "", 100),
        ("common", "parking", "", "", -100),
    )
    after = sample.top(log, first | book.seal("2026-10", sample.date(2026, 11, 2)))
    return before, after


def killed(at, work):
    """Do it in another process that is killed at its `at`-th call; whether it came to its end."""
    child = os.fork()
    if child == 0:
        left = [at]

        def count(event, _args):
            if event in CALLS:
                left[0] -= 1
                if left[0] == 0:
                    os.kill(os.getpid(), signal.SIGKILL)

        sys.addaudithook(count)
        work()
        os._exit(0)
    return os.waitpid(child, 0)[1] == 0


def read(out):
    """What a verifier takes the folder for."""
    source = verify.Source(str(out))
    return {name: source.read(name) for name in source.names}


def every_moment(out, before, after):
    """What is read after a kill at each moment of going from one to the other."""
    for at in range(1, 1000):
        staging.put(out, before)
        if killed(at, lambda: staging.put(out, after)):
            return
        yield at
        staging.take_back(out)
        for path in after.keys() - before.keys():
            (out / path).unlink(missing_ok=True)


@pytest.mark.parametrize("inside", [False, True])
def test_killed_at_any_moment_it_reads_as_before_or_as_after(out, months, monkeypatch, inside):
    if inside:
        monkeypatch.setattr(staging, "_beside", lambda out: out)
    before, after = months
    seen = []
    for at in every_moment(out, before, after):
        there = read(out)
        assert there in (before, after), f"half, killed at call {at}"
        assert not verify.Checker(verify.Source(str(out))).run().faults
        for path in before.keys() | after.keys():
            found = staging.standing(out, path)
            assert (found.read_bytes() if found.is_file() else None) == there.get(path), path
        seen.append((there == after, told(out) == there))
        if at % 3 == 0:
            staging.put(out, after)
            assert told(out) == after
    assert {after for after, _plain in seen} == {False, True}
    assert sum(not plain for _after, plain in seen) > 3, "never between two renames"


def test_without_the_mark_a_kill_shows(out, months, monkeypatch):
    monkeypatch.setattr(staging, "_begin", lambda *parts: None)
    half = [at for at in every_moment(out, *months) if read(out) not in months]
    assert half


def test_taking_back_can_be_killed_too(out, months):
    before, after = months
    staging.put(out, before)
    at = next(at for at in range(1, 1000) if _between(out, before, after, at))
    assert at
    for again in range(1, 1000):
        ended = killed(again, lambda: staging.take_back(out))
        assert read(out) == before, f"killed at call {again}"
        if ended:
            break
    assert told(out) == before


def _between(out, before, after, at):
    """Whether a kill there leaves the newest list in place and the publication unfinished."""
    staging.put(out, before)
    for path in after.keys() - before.keys():
        (out / path).unlink(missing_ok=True)
    killed(at, lambda: staging.put(out, after))
    return (out / staging.UNFINISHED).exists() and _at(out, "SHA256SUMS") == after["SHA256SUMS"]


def _at(out, path):
    return (out / path).read_bytes()
