"""A handover from its opening to its end, and everything that is refused on the way."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from django.db import DatabaseError, transaction
from hypothesis import given
from hypothesis import strategies as st

import linli
from linli.cases import queries as cases
from linli.cases.models import KeptFlow, Wait
from linli.handover import services
from linli.handover.dossier import Dossier
from linli.handover.models import Handover
from linli.handover.tests.conftest import TODAY, at, begin, new_room
from linli.handover.walking import page
from linli.kernel.roles import STREET
from linli.kernel.rulings import Refused
from linli.premises import rules as rooms
from linli.sources import use
from linli.sources.tests.test_procedures import with_notice, written
from tests.books import NOW
from tests.people import make_person

PACKAGE = Path(linli.__file__).parent


def refused(**values):
    return pytest.raises(Refused, **values)


def test_a_room_goes_through_twelve_steps_and_is_the_states(staff, walker, handover):
    at(walker, handover, "enter")
    assert handover.room.owner == rooms.DEVELOPER
    walker.pass_(handover, "enter")
    handover.room.refresh_from_db()
    assert handover.outcome == "done"
    assert (handover.room.owner, handover.room.title_state) == (rooms.STATE, rooms.TITLE_STATE)
    assert handover.room.title_no == handover.title_no
    assert handover.case.closed_at
    passage = handover.room.passages.get()
    assert passage.subject == f"handover.handover:{handover.pk}"
    assert len(Dossier(handover).fold.done) == 12


# --- opening -----------------------------------------------------------------------------------


def test_a_property_service_room_is_the_owners_and_not_handed_to_the_state(staff):
    room = new_room(kind="property_office", name="物业服务中心")
    with refused(match="归业主共有") as no:
        begin(staff, room)
    assert "民法典:274" in no.value.ruling.reasons[0].cites
    assert not Handover.objects.exists()


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"kind": "unclear", "name": "架空层"}, "归属还没有认定"),
        ({"owner": rooms.STATE}, "已是国有"),
        ({"state": rooms.UNBUILT}, "没有建成"),
    ],
)
def test_some_rooms_are_not_handed_over(staff, changes, says):
    with refused(match=says):
        begin(staff, new_room(**changes))


def test_a_room_is_in_one_handover_at_a_time(staff, handover):
    with refused(match=handover.number):
        begin(staff, handover.room)
    with pytest.raises(DatabaseError), transaction.atomic():
        Handover.objects.create(
            place=handover.place,
            county="370614",
            number="Y999999",
            room=handover.room,
            receiver_kind="street",
            opened_at=NOW,
        )


def test_who_opens_and_what_must_be_said(staff):
    room = new_room()
    with refused(match="街道办事处或住建部门"):
        begin(staff, room, by=staff.secretary)
    with refused() as no:
        begin(staff, room, developer=" ", receiver="", receiver_kind="king")
    assert {r.field for r in no.value.ruling.reasons} == {
        "developer",
        "receiver",
        "receiver_kind",
    }


def test_a_handover_given_up_frees_its_room(staff, handover):
    with refused(match="终止原因"):
        services.drop_handover(by=staff.street, handover=handover, why=" ", now=NOW)
    services.drop_handover(by=staff.street, handover=handover, why="重新核实", now=NOW)
    assert not Wait.objects.exists()
    with refused(match="已终止"):
        services.sign(by=staff.secretary, handover=handover, step="file", now=NOW)
    assert begin(staff, handover.room).number != handover.number


# --- steps -------------------------------------------------------------------------------------


def test_a_step_out_of_turn_is_refused(staff, walker, handover):
    with refused(match="现在不是办理“权责核定”的时候：底数建档"):
        services.pass_step(by=staff.housing, handover=handover, step="settle", now=NOW)


def test_a_step_waits_for_its_papers_and_signatures(staff, handover):
    with refused() as no:
        services.pass_step(by=staff.street, handover=handover, step="file", now=NOW)
    told = str(no.value.ruling)
    assert "还缺资料" in told and "建设工程规划许可证" in told and "还没有会签：社区书记" in told


def test_who_reviews_the_papers_did_not_take_the_application(staff, walker, handover):
    at(walker, handover, "apply")
    walker.prepare(handover, "apply")
    services.pass_step(by=staff.housing, handover=handover, step="apply", now=NOW)
    walker.prepare(handover, "review")
    with refused(match="须由另一人办理"):
        services.pass_step(by=staff.housing, handover=handover, step="review", now=NOW)
    services.pass_step(by=staff.resources, handover=handover, step="review", now=NOW)


def test_each_step_waits_on_its_roles_until_its_working_day(staff, walker, handover):
    wait = Wait.objects.filter(case=handover.case)
    assert {(w.step, w.role) for w in wait} == {("file", "street"), ("file", "housing")}
    assert {w.due_on for w in wait} == {date(2026, 11, 12)}


def test_what_is_sent_back_says_once_all_that_is_missing(staff, walker, handover):
    at(walker, handover, "review")
    with refused(match="退回的原因"):
        services.send_back(by=staff.housing, handover=handover, step="review", text="", now=NOW)
    doer = Dossier(handover).fold.done["apply"].by
    by = staff.resources if doer == staff.housing.pk else staff.housing
    notice = services.send_back(by=by, handover=handover, step="review", text="缺竣工资料", now=NOW)
    assert len(notice.missing) == 7 and notice.due_on == date(2026, 11, 19)
    assert Dossier(handover).open_steps == ("apply",)
    assert not cases.done(handover.case) & {"apply", "review"}


def test_a_promised_paper_lets_a_step_pass_but_not_the_last(staff, walker, handover):
    at(walker, handover, "file")
    promise = {
        "by": staff.street,
        "handover": handover,
        "step": "file",
        "kind": "land_terms",
        "promised_on": TODAY + timedelta(20),
        "promised_by": "蓬城置业 陈立",
        "now": NOW,
    }
    with refused(match="承诺日期须在今天之后"):
        services.promise_paper(**promise | {"promised_on": TODAY})
    with refused(match="最迟2027-02-03"):
        services.promise_paper(**promise | {"promised_on": date(2027, 6, 1)})
    with refused(match="由谁承诺"):
        services.promise_paper(**promise | {"promised_by": ""})
    services.promise_paper(**promise)
    assert "land_terms" not in Dossier(handover).missing("file")
    # The walker brings only what is neither there nor promised.
    dossier = Dossier(handover)
    assert dossier.promised == {"land_terms"}


def test_a_promise_into_a_year_without_a_calendar_is_refused(staff, handover):
    with refused(match="尚未录入2027年节假日安排") as no:
        services.promise_paper(
            by=staff.street,
            handover=handover,
            step="file",
            kind="land_terms",
            promised_on=date(2027, 1, 8),
            promised_by="陈立",
            now=NOW,
        )
    assert "民法典:203" in no.value.ruling.reasons[0].cites


def test_a_tax_certificate_is_never_promised(staff, walker, handover):
    at(walker, handover, "transfer")
    with refused(match="不能缺项承诺"):
        services.promise_paper(
            by=staff.resources,
            handover=handover,
            step="transfer",
            kind="tax_proof",
            promised_on=TODAY + timedelta(9),
            promised_by="陈立",
            now=walker.at(),
        )
    with refused() as no:
        services.pass_step(by=staff.resources, handover=handover, step="transfer", now=walker.at())
    assert "契税法:11" in {cite for r in no.value.ruling.reasons for cite in r.cites}
    assert {"title_no", "title_on"} <= {r.field for r in no.value.ruling.reasons}


# --- the end -----------------------------------------------------------------------------------


def test_the_owner_changes_by_the_last_step_and_by_nothing_else(staff, walker, handover):
    order = [step.code for step in Dossier(handover).procedure.flow.steps]
    for code in order[:-1]:
        walker.pass_(handover, code)
        handover.room.refresh_from_db()
        assert handover.room.owner == rooms.DEVELOPER, code
    with refused(match="固定资产卡片编号"):
        services.complete(
            by=staff.finance, handover=handover, card_no="", value_fen=100, now=walker.at(16)
        )
    with pytest.raises(DatabaseError), transaction.atomic():
        type(handover.room).objects.filter(pk=handover.room_id).update(owner=rooms.STATE)


def test_what_is_done_stays(staff, walker, handover):
    at(walker, handover, "enter")
    walker.pass_(handover, "enter")
    with refused(match="已移交"):
        services.drop_handover(by=staff.street, handover=handover, why="悔", now=walker.at())
    with pytest.raises(DatabaseError), transaction.atomic():
        Handover.objects.filter(pk=handover.pk).update(title_no="x")


# --- a county's own flow -----------------------------------------------------------------------


def test_a_handover_ends_by_the_flow_it_began_under(staff, walker, handover, tmp_path):
    (tmp_path / "own.toml").write_text(written(with_notice()), "utf-8")
    use(tmp_path)
    try:
        own = begin(staff, new_room(name="长者食堂"))
        assert len(Dossier(own).procedure.flow.steps) == 13
        assert len(Dossier(handover).procedure.flow.steps) == 12
        walker.upto(own, "agree", days=(0,))
        assert "post" in Dossier(own).fold.done
    finally:
        use(None)
    # The county took its file away: what began under it goes on as it was worded.
    cases._kept.cache_clear()
    assert KeptFlow.objects.count() == 2
    own.refresh_from_db()
    assert Dossier(own).open_steps == ("agree",)
    walker.pass_(own, "agree")


@given(st.lists(st.sampled_from(["file", "settle", "notify", "apply", "review"]), max_size=14))
def test_any_order_of_stamps_keeps_the_promise(staff, walker, told):
    """Whatever is tried in whatever order: a step is done only after all it follows."""
    with transaction.atomic():
        handover = begin(staff, new_room(name=f"用房{Handover.objects.count()}"))
        for step in told:
            dossier = Dossier(handover)
            if step in dossier.open_steps:
                walker.prepare(handover, step)
            try:
                by = staff.street if step in ("file", "notify", "apply") else staff.housing
                services.pass_step(by=by, handover=handover, step=step, now=NOW)
            except Refused:
                assert step not in dossier.open_steps
            done = Dossier(handover).fold.done
            for code in done:
                assert dossier.procedure.before(code) <= set(done)
        transaction.set_rollback(True)


def test_another_street_does_not_act_here(staff, handover):
    other = make_person("elsewhere", "于洋", STREET, "370614002")
    with refused(match="您没有这个职务"):
        services.add_papers(
            by=other,
            handover=handover,
            step="file",
            papers=[("land_terms", page("x"), "x.pdf")],
            now=NOW,
        )


def test_nothing_but_the_last_step_takes_a_room_over():
    callers = {
        str(path.relative_to(PACKAGE))
        for path in PACKAGE.rglob("*.py")
        if "tests" not in path.parts and "premises" in (text := path.read_text("utf-8"))
        if "take_over(" in text
    }
    assert callers == {"handover/services.py", "premises/services.py"}
