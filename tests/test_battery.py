"""The battery keeps the promise of its frame: what cannot fail is no proof, and says so."""

import random

import pytest

from battery import forks, report, stages, strain
from battery.frame import Outcome, Size

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


def test_a_page_keeps_what_was_not_run_this_time(tmp_path, monkeypatch):
    page = tmp_path / "battery.md"
    monkeypatch.setattr(report, "_database", lambda: "SQLite")
    monkeypatch.setattr("sys.argv", ["battery", "--database", "postgres://who:secret@host/db"])
    report.write({1: report.Told((outcome(what="first"),), 1.0)}, NIGHTLY, page=page)
    report.write({3: report.Told((outcome(what="race", control=""),), 1.0)}, NIGHTLY, page=page)
    report.write({1: report.Told((outcome(what="quick"),), 1.0)}, CI, page=page)
    report.write({1: report.Told((outcome(what="second"),), 1.0)}, NIGHTLY, page=page)
    said = page.read_text("utf-8")
    assert "first" not in said and "secret" not in said
    assert all(one in said for one in ("second", "race", "quick", "SQLite, ci", "**no**"))
    assert said.count("### 1.") == 2


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
