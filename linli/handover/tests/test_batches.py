"""One ceremony, one agreement, several rooms: all of them or none."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import DatabaseError, transaction

from linli.handover import accepting, batches, services
from linli.handover.dossier import Dossier
from linli.handover.models import Batch
from linli.handover.tests.conftest import at, begin, new_room
from linli.kernel.rulings import Refused
from linli.premises import rules as rooms


@pytest.fixture
def three(staff, walker):
    found = []
    for name in ("长者食堂", "党群服务站", "文体活动室"):
        one = Dossier(begin(staff, new_room(name=name))).handover
        found.append(at(walker, one, "agree"))
    return found


@pytest.fixture
def batch(walker, three):
    return walker.batch(three, name="集中移交签约")


def test_three_rooms_are_signed_together_and_finished(staff, walker, three, batch):
    walker.sign_batch(batch)
    batch.refresh_from_db()
    assert batch.signed_at and batch.agreement_no
    for one in three:
        assert Dossier(one).open_steps == ("transfer",)
        walker.pass_(one, "transfer")
        walker.pass_(one, "enter")
        one.room.refresh_from_db()
        assert one.room.owner == rooms.STATE
        assert batch.agreement_no in one.room.passages.get().ground


def test_one_room_with_an_open_defect_keeps_all_from_being_signed(staff, walker, three, batch):
    accepting.raise_defect(by=staff.street, handover=three[1], text="漏水", now=walker.at())
    with pytest.raises(Refused, match=f"{three[1].number} 党群服务站.*没有销号") as no:
        walker.sign_batch(batch)
    assert len(no.value.ruling.reasons) == 1
    batch.refresh_from_db()
    assert batch.signed_at is None
    assert all(Dossier(one).open_steps == ("agree",) for one in three)


def test_a_room_that_has_not_come_so_far_is_named(staff, walker, three, batch):
    early = begin(staff, new_room(name="托育中心"))
    batches.put_in(by=staff.street, batch=batch, handovers=[early], now=walker.at())
    with pytest.raises(Refused, match=f"{early.number} 托育中心：现在不是办理“签订移交协议”"):
        walker.sign_batch(batch)
    batches.take_out(by=staff.street, batch=batch, handover=early, now=walker.at())
    walker.sign_batch(batch)


def test_both_hands_and_the_number_are_asked_for(staff, walker, three, batch):
    with pytest.raises(Refused) as no:
        batches.sign_batch(
            by=staff.street,
            batch=batch,
            agreement_no="",
            giver="",
            taker=" ",
            signed_on=date(2027, 1, 1),
            now=walker.at(),
        )
    fields = {reason.field for reason in no.value.ruling.reasons}
    assert fields == {"agreement_no", "giver", "taker", "signed_on"}


def test_a_handover_is_in_one_batch_and_of_its_parties(staff, walker, three, batch):
    with pytest.raises(Refused, match="已列入"):
        walker.batch(three[:1], name="又一次")
    assert Batch.objects.count() == 1, "nothing half done"
    other = begin(staff, new_room(name="托育中心"), developer="海润房地产有限公司")
    with pytest.raises(Refused, match="不一致"):
        batches.put_in(by=staff.street, batch=batch, handovers=[other], now=walker.at())


def test_an_agreement_is_signed_only_together(staff, walker, three):
    with pytest.raises(Refused, match="集中签约时签订"):
        services.pass_step(by=staff.street, handover=three[0], step="agree", now=walker.at())


def test_what_is_signed_stays(staff, walker, three, batch):
    walker.sign_batch(batch)
    batch.refresh_from_db()
    for act, more in ((batches.drop_batch, {}), (batches.take_out, {"handover": three[0]})):
        with pytest.raises(Refused, match="已签订"):
            act(by=staff.street, batch=batch, now=walker.at(), **more)
    with pytest.raises(Refused, match="不能终止"):
        services.drop_handover(by=staff.street, handover=three[0], why="悔", now=walker.at())
    with pytest.raises(DatabaseError), transaction.atomic():
        Batch.objects.filter(pk=batch.pk).update(giver="别人")


def test_a_dropped_batch_frees_its_rooms(staff, walker, three, batch):
    batches.drop_batch(by=staff.street, batch=batch, now=walker.at())
    again = walker.batch(three, name="改期签约")
    walker.sign_batch(again)


def test_a_ceremony_on_a_day_without_calendar_and_by_others_is_refused(staff, walker):
    told = {
        "place": "370614001",
        "name": "签约",
        "developer": "甲",
        "receiver": "乙",
        "now": walker.at(),
    }
    with pytest.raises(Refused, match="尚未录入2028年"):
        batches.make_batch(by=staff.street, held_on=date(2028, 3, 1), **told)
    with pytest.raises(Refused, match="集中签约由"):
        batches.make_batch(by=staff.secretary, held_on=date(2026, 12, 1), **told)
