"""What was done stays: the database itself refuses to change it; who reads it sees their scope."""

from datetime import UTC, date, datetime

import pytest
from django.apps import apps
from django.contrib.auth import get_user_model
from django.db import DatabaseError, connection, transaction

from linli.kernel.place import Scope
from linli.trail import queries
from linli.trail.acts import look, record
from linli.trail.models import Line, Look
from linli.trail.words import act_name

NOW = datetime(2026, 11, 5, 2, tzinfo=UTC)
DAY = date(2026, 11, 5)
ESTATE, OTHER = "370614001001001", "370614002001001"


@pytest.fixture
def clerk(db):
    return get_user_model().objects.create(
        username="chen", name="陈伟", initials="cw", created_at=NOW
    )


def written(clerk, place=ESTATE, act="ledger.post", now=NOW, **more):
    record(act, None, {"by": clerk, "now": now, "place": place}, **more)
    return Line.objects.latest("pk")


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE trail_line SET act = 'other'",
        "UPDATE trail_line SET by_id = NULL",
        "DELETE FROM trail_line",
        "UPDATE trail_look SET purpose = 'other'",
        "DELETE FROM trail_look",
    ],
)
def test_the_database_refuses_to_change_the_trail(clerk, change):
    line = written(clerk)
    look(by=clerk, subject=clerk, field="phone", now=NOW, purpose="通知")
    with pytest.raises(DatabaseError, match="linli:trail|permission denied"), transaction.atomic():
        connection.cursor().execute(change)
    assert Line.objects.get(pk=line.pk).act == "ledger.post"
    assert Look.objects.get().purpose == "通知"


def test_a_stamp_stays_as_it_was(clerk):
    case = apps.get_model("cases", "Case").objects.create(
        flow="x", subject="x:1", title="x", place=ESTATE, opened_at=NOW
    )
    stamp = apps.get_model("cases", "Stamp").objects.create(
        case=case, number=1, step="a", outcome="passed", role="x", by=clerk, at=NOW
    )
    for change in (lambda: stamp.delete(), lambda: stamp.save()):
        with (
            pytest.raises(DatabaseError, match="linli:cases_stamp|permission denied"),
            transaction.atomic(),
        ):
            change()


def test_lines_are_found_by_day_doer_act_result_and_scope(clerk):
    written(clerk)
    written(clerk, place=OTHER, act="people.appoint")
    written(None, place="", act="people.sign_in", done=False)
    written(clerk, now=datetime(2026, 11, 4, 15, 59, tzinfo=UTC))

    def count(scope="370614", **more):
        span = {"since": DAY, "until": DAY} | more
        return queries.lines(Scope.of(scope), **span).count()

    assert count() == 3
    assert count(scope="370614001") == 2  # what has no place is everybody's
    assert count(since=date(2026, 11, 4)) == 4
    assert count(act="ledger.post") == 1 and count(act="people") == 2
    assert count(by="陈") == 2 and count(by="cw") == 2 and count(by="王") == 0
    assert count(done="no") == 1 and count(done="yes") == 2


def test_log_ins_and_looks_are_found_apart(clerk):
    written(clerk, place="", act="people.sign_in")
    written(clerk)
    look(by=clerk, subject=clerk, field="phone", now=NOW, purpose="通知")
    everything = Scope.of("370614")
    assert queries.sign_ins(everything, since=DAY, until=DAY).count() == 1
    assert [each.purpose for each in queries.looks(everything, since=DAY, until=DAY)] == ["通知"]


def test_what_was_done_to_one_row_is_told_newest_first(clerk):
    for number in range(3):
        record("people.describe", clerk, {"by": clerk, "now": NOW}, facts={"n": number})
    told = queries.about(f"people.user:{clerk.pk}", limit=2)
    assert [line.facts["n"] for line in told] == [2, 1]


def test_a_name_that_looks_like_markup_or_a_line_break_stays_text(client, clerk):
    """Nobody writes a second line, or a script, into the trail through a name."""
    clerk.name = "<script>alert(1)</script>\n2026-11-05 已办"
    clerk.save()
    line = written(clerk, facts={"note": "a\nb<script>"})
    auditor = get_user_model().objects.create(username="audit", name="审计", created_at=NOW)
    apps.get_model("people", "Appointment").objects.create(
        user=auditor, role="audit_admin", place="370614", since_on=date(2026, 1, 1)
    )
    client.force_login(auditor)
    page = client.get("/trail/?since=2026-11-05&until=2026-11-05").content.decode()
    assert "<script>alert" not in page and "&lt;script&gt;alert" in page
    assert Line.objects.get(pk=line.pk).facts == {"note": "a\nb<script>"}


def test_an_act_without_a_name_is_shown_by_its_code():
    assert act_name("unknown.act") == "unknown.act"
