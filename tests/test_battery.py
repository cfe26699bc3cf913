"""The battery keeps the promise of its frame: what cannot fail is no proof, and says so."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from battery import forks, reach, report, stages, strain
from battery.frame import Outcome, Size, Untried
from tests.databases import ROOT

NIGHTLY, CI = Size("nightly"), Size("ci")


def outcome(**more):
    return Outcome(**({"what": "kill", "rounds": 3, "faults": 3, "control": "half"} | more))


@pytest.mark.parametrize(
    ("more", "holds"),
    [({}, True), ({"lost": 1}, False), ({"broken": ("half",)}, False), ({"control": ""}, False)],
)
def test_an_outcome_holds_only_if_nothing_broke_and_its_control_failed(more, holds):
    assert outcome(**more).held is holds
    assert bool(report.faults_of(outcome(**more))) is not holds


def test_an_experiment_that_breaks_off_or_says_nothing_does_not_hold(capsys):
    def breaks(size):
        raise RuntimeError("no server")

    assert "no server" in report.tried(breaks, CI)[0].broken[0]
    assert not report.tried(breaks, CI)[0].held
    assert not report.tried(lambda size: [], CI)[0].held
    assert report.tried(lambda size: [outcome()], CI)[0].held


def test_what_cannot_be_tried_is_skipped_and_a_row_of_nothing_else_fails(capsys):
    def lacks(size):
        raise Untried("no strace")

    skipped = report.tried(lacks, CI)[0]
    assert skipped.untried == "no strace" and not skipped.held
    row, empty = report.Told((outcome(), skipped), 1.0), report.Told((skipped,), 1.0)
    assert row.held and not empty.held
    assert not report.Told((outcome(lost=1), skipped), 1.0).held
    suite = report.junit({1: row, 2: empty, 3: report.Told((outcome(control=""),), 1.0)}, CI)
    counts = [int(suite.get(name)) for name in ("tests", "failures", "errors", "skipped")]
    assert counts == [5, 2, 0, 2] and len(suite) == 5
    assert {one.get("message") for one in suite.iter("skipped")} == {"no strace"}


def test_a_server_that_was_named_and_does_not_answer_is_a_fault(monkeypatch):
    monkeypatch.setenv("LINLI_DATABASE_URL", "postgres://nobody@127.0.0.1:1/none")
    with pytest.raises(reach.NotReached):
        reach.server_here()


LEAVES = """
import os, pathlib, subprocess, sys, time
from contextlib import ExitStack
from battery.keeper import Keeper
from battery.strain import volume

def job():
    with ExitStack() as held:
        if not os.geteuid():
            held.enter_context(volume(1))
        left = subprocess.Popen(["sleep", "1000"], start_new_session=True)
        pathlib.Path(sys.argv[1]).write_text(f"{left.pid} {os.environ['TMPDIR']}")
        if sys.argv[2] == "ends":
            os._exit(3)
        time.sleep(1000)

with Keeper() as kept:
    sys.exit(kept.run([job], at_once=True, servers=[])[0])
"""


@pytest.mark.parametrize("how", ["SIGTERM", "SIGINT", "its parent dies", "ends"])
def test_a_run_that_is_cut_off_leaves_nothing_behind(how, tmp_path):
    told = tmp_path / "told"
    command = [sys.executable, "-c", LEAVES, str(told), how]
    if how == "its parent dies":
        command = [
            sys.executable,
            "-c",
            "import subprocess, sys; subprocess.run(sys.argv[1:])",
            *command,
        ]
    run = subprocess.Popen(command, cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT)})
    until(lambda: told.exists() and " " in told.read_text())
    left, place = told.read_text().split()
    if how != "ends":
        run.send_signal(signal.SIGKILL if how == "its parent dies" else signal.Signals[how])
    assert run.wait(30) == {"ends": 3, "its parent dies": -signal.SIGKILL}.get(how, 1)
    until(lambda: not Path(place).exists() and not Path(f"/proc/{left}").exists())
    assert place not in Path("/proc/self/mounts").read_text()


def until(holds):
    deadline = time.monotonic() + 30
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_a_page_keeps_what_was_not_run_this_time(tmp_path, monkeypatch):
    page = tmp_path / "battery.md"
    monkeypatch.setattr(report, "_database", lambda: "SQLite")
    monkeypatch.setattr("sys.argv", ["battery", "--database", "postgres://who:secret@host/db"])
    report.write({1: report.Told((outcome(what="first"),), 1.0)}, NIGHTLY, page=page)
    report.write({3: report.Told((outcome(what="race", control=""),), 1.0)}, NIGHTLY, page=page)
    report.write({1: report.Told((outcome(what="quick"),), 1.0)}, CI, page=page)
    report.write({2: report.Told((outcome(what="disk", rounds=1200),), 1.0)}, CI, page=page)
    report.write({1: report.Told((outcome(what="second | third"),), 1.0)}, NIGHTLY, page=page)
    said = page.read_text("utf-8")
    assert not any(one in said for one in ("first", "secret", "quick"))
    assert all(one in said for one in ("second", "race", "disk", "SQLite, ci", "**no**"))
    assert said.count("### 1.") == 1
    short = [
        line.split(" | ") for line in said.splitlines() if line.startswith(("| 1.", "| 2.", "| 3."))
    ]
    assert [line[1:7] for line in short] == [
        ["SQLite", "nightly", "3", "3", "0", "1 of 1"],
        ["SQLite", "ci", "1,200", "3", "0", "1 of 1"],
        ["SQLite", "nightly", "3", "3", "0", "0 of 1"],
    ]


def test_a_nightly_answer_takes_the_place_of_a_ci_runs_on_the_same_database(tmp_path, monkeypatch):
    page = tmp_path / "battery.md"
    monkeypatch.setattr(report, "_database", lambda: "SQLite")
    row = {1: report.Told((outcome(what="quick"),), 1.0)}
    report.write(row, CI, page=page)
    report.write(row, Size("ci", "postgres://host/db"), page=page)
    report.write({1: report.Told((outcome(what="long"),), 1.0)}, NIGHTLY, page=page)
    said = page.read_text("utf-8")
    assert said.count("quick") == 1 and "## SQLite, ci" not in said and "PostgreSQL, ci" in said


def test_what_a_copy_said_before_it_was_killed_is_heard(own_database):
    def work(say):
        for number in range(1_000_000):
            say(f"did {number}")

    life = forks.Copy(work).killed_after(random.uniform(0.01, 0.05))
    assert life.killed and not life.failure
    done = life.finished("did")
    assert done and done == [str(number) for number in range(len(done))]


def test_a_copy_tells_what_ended_it_and_a_fault_of_the_disk_in_words(own_database):
    def work(say):
        raise OSError(28, "No space left on device")

    assert "OSError" in forks.Copy(work).end().failure
    told = forks.Copy(strain.in_words(work)).end()
    assert told.finished(strain.TOLD) and not told.failure


def test_half_an_act_is_seen(own_database):
    """The control of the controls: an approval that stands in the trail and nowhere else."""
    posting = stages.Posting()
    posting.approve(posting.voucher("whole"))
    assert posting.faults(1, forks.Life((f"{stages.POST} whole",), killed=True)) == []
    lost = posting.faults(1, forks.Life((f"{stages.POST} gone",), killed=True))
    assert lost == ["post 1: lost: the approval of gone is there 0 times"]
    with forks.connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO trail_line (act, subject, place, at, done, facts) "
            "SELECT act, 'vouchers.voucher:0', place, at, done, facts FROM trail_line "
            "WHERE act = 'vouchers.approve'"
        )
    assert posting.halves() == ["half: 1 done and 2 in the trail of vouchers.approve"]
