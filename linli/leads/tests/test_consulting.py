"""Nine departments confer: who is asked, who signs, what comes of it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction

from linli.kernel.roles import DEPARTMENTS, SECRETARY
from linli.kernel.rulings import Refused
from linli.leads import agendas, consulting, queries, rules, services
from linli.leads.consulting import Proposal
from linli.leads.models import Consultation, Item, Lead, Opinion, Seat, Signature
from linli.leads.tests.conftest import COUNTY, a_lead, a_room, later
from linli.leads.verdicts import ABSTAIN, AGREE, CARRIED, DISAGREE, REJECTED, RETURNED, Decision
from linli.premises import rules as room_rules
from linli.premises import services as premises
from linli.trail.models import Line
from tests.books import NOW
from tests.people import make_person

pytestmark = pytest.mark.django_db
ALL = tuple(role.code for role in DEPARTMENTS)
WHY = "合同在前，规定在后"


def convene(nine, leads, *, departments=ALL, now=NOW, by=None, **changes):
    told = {
        "by": by or nine["housing"],
        "county": COUNTY,
        "convener": "housing",
        "title": "第一次会商",
        "proposals": [
            lead if isinstance(lead, Proposal) else Proposal(lead=lead, conclusion="violation")
            for lead in leads
        ],
        "departments": departments,
        "now": now,
    }
    return consulting.convene(**told | changes)


def sign(nine, held, role, said=AGREE, text="", *, items=None, by=None, now=NOW):
    items = agendas.items(held) if items is None else items
    return consulting.sign(
        by=by or nine[role],
        consultation=held,
        role=role,
        opinions={item.pk: (said, text) for item in items},
        now=now,
    )


def conclude(nine, held, decisions=None, *, by=None, now=NOW):
    return consulting.conclude(
        by=by or nine["housing"], consultation=held, decisions=decisions or {}, now=now
    )


@pytest.fixture
def held(nine, lead, calendar):
    return convene(nine, [lead])


def test_a_consultation_has_a_number_an_agenda_and_time_to_sign(held, lead, calendar):
    assert held.number == "H000001" and agendas.seats(held) == list(ALL)
    assert held.place == "370614001", "the street that all its leads lie in"
    assert held.due_on == calendar.add_working_days(NOW.date(), 5)
    lead.refresh_from_db()
    assert lead.state == rules.CONSULTING


def test_nine_agree_and_the_lead_is_settled(nine, held, lead):
    for role in ALL:
        sign(nine, held, role)
    done = conclude(nine, held)
    lead.refresh_from_db()
    assert done.facts == {CARRIED: 1}
    assert (lead.state, lead.conclusion, lead.settled_on) == ("settled", "violation", NOW.date())
    assert list(queries.standing(queries.Scope.of(COUNTY))) == [lead]
    assert Line.objects.filter(act="leads.conclude", done=True).exists()


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"departments": ()}, "请选择参加会商的部门"),
        ({"departments": ("housing", "weather")}, "不是会商部门"),
        ({"departments": ("housing", "housing")}, "选了两次"),
        ({"leads": ()}, "至少选一条线索"),
        ({"title": " "}, "会商名称"),
        ({"title": "关于13805351234所报线索的会商"}, "手机号码"),
        ({"due_on": NOW.date()}, "签署期限不能早于"),
        ({"due_on": NOW.date() + timedelta(4000)}, "节假日安排"),
        ({"due_on": "saturday"}, "应是工作日"),
        ({"convener": "district"}, "您没有这个职务"),
        ({"convener": "police"}, "您没有这个职务"),
    ],
)
def test_a_consultation_that_lacks_something_is_refused(nine, lead, calendar, changes, said):
    if changes.get("due_on") == "saturday":
        day = NOW.date() + timedelta(14)
        changes = {"due_on": day + timedelta(5 - day.weekday())}
    with pytest.raises(Refused, match=said):
        convene(nine, **{"leads": [lead]} | changes)
    assert not Consultation.objects.exists()


def test_what_is_proposed_fits_the_lead(nine, lead, calendar):
    for told, said in (
        ({"conclusion": "guilty"}, "拟定结论"),
        ({"conclusion": "other_kind"}, "请写明是哪一类"),
        ({"conclusion": "other_kind", "settled_kind": lead.kind}, "请写明是哪一类"),
        ({"conclusion": "violation", "settled_kind": "idle"}, "才另选类别"),
        ({"conclusion": "violation", "violator": "nobody"}, "责任主体"),
        ({"conclusion": "violation", "text": "字" * 501}, "不超过500个字"),
        ({"conclusion": "violation", "text": "电话13805351234"}, "手机号码"),
        ({"conclusion": "violation", "room_kind": "castle"}, "没有“castle”这种用房"),
    ):
        with pytest.raises(Refused, match=said):
            convene(nine, [Proposal(lead=lead, **told)])


def test_a_lead_is_on_one_agenda_at_a_time(nine, held, lead):
    with pytest.raises(Refused, match="已在会商或已办结"):
        convene(nine, [lead])
    with pytest.raises(Refused, match="选了两次"):
        convene(nine, [a_lead(lead.room, kind="idle")] * 2)


def test_owners_rooms_are_not_proposed_for_the_state(nine, calendar, room):
    mine = a_room(kind="property_office", name="物业服务中心")
    told = Proposal(lead=a_lead(mine), conclusion="violation", owner=room_rules.STATE)
    with pytest.raises(Refused) as refused:
        convene(nine, [told])
    assert "民法典:274" in refused.value.ruling.reasons[0].cites


# --- signing ----------------------------------------------------------------------------------


def test_a_batch_is_one_signature_over_many_items(nine, room, calendar):
    held = convene(nine, [a_lead(room), a_lead(room, kind="idle"), a_lead(room, kind="occupied")])
    made = sign(nine, held, "police")
    assert Signature.objects.count() == 1 and made.opinions.count() == 3
    assert consulting.holds(made)
    assert Line.objects.get(act="leads.sign").by == nine["police"]


@pytest.mark.parametrize(
    ("role", "signer", "said"),
    [
        ("police", "tax", "您没有这个职务"),
        ("weather", "tax", "没有请weather发表意见"),
    ],
)
def test_nobody_signs_for_another_department(nine, held, role, signer, said):
    with pytest.raises(Refused, match=said):
        sign(nine, held, role, by=nine[signer])
    assert not Opinion.objects.exists()


def test_a_department_that_was_not_asked_does_not_sign(nine, lead, calendar):
    held = convene(nine, [lead], departments=("housing", "police"))
    with pytest.raises(Refused, match="没有请税务部门发表意见"):
        sign(nine, held, "tax")


def test_a_department_signs_an_item_once(nine, held):
    sign(nine, held, "tax")
    with pytest.raises(Refused, match="已签署第1项"):
        sign(nine, held, "tax")


def test_only_what_is_on_the_agenda_is_signed(nine, held, room, calendar):
    other = convene(nine, [a_lead(room, kind="idle")], title="另一次")
    with pytest.raises(Refused, match="不在这次会商的议程上"):
        sign(nine, held, "tax", items=agendas.items(other))
    with pytest.raises(Refused, match="至少勾选一个"):
        sign(nine, held, "tax", items=[])


@pytest.mark.parametrize(
    ("stance", "text", "said"),
    [
        (DISAGREE, "", "请写明理由"),
        (DISAGREE, "不行", "请写明理由"),
        ("perhaps", "", "没有选择意见"),
        (AGREE, "字" * 501, "不超过500个字"),
        (DISAGREE, "当事人电话13805351234", "手机号码"),
    ],
)
def test_what_is_no_opinion_is_refused(nine, held, stance, text, said):
    with pytest.raises(Refused, match=said):
        sign(nine, held, "tax", stance, text)


def test_after_the_day_nobody_signs(nine, held):
    with pytest.raises(Refused, match="未签的作缺席"):
        sign(nine, held, "tax", now=later(30))


def test_an_opinion_is_withdrawn_with_a_reason_and_signed_anew_and_both_stay(nine, held):
    opinion = sign(nine, held, "tax").opinions.get()
    for by, reason, said in (
        (nine["police"], "按错了按错了", "您没有这个职务"),
        (nine["tax"], "错了", "撤回的理由"),
    ):
        with pytest.raises(Refused, match=said):
            consulting.withdraw(by=by, opinion=opinion, reason=reason, now=NOW)
    consulting.withdraw(by=nine["tax"], opinion=opinion, reason="误选了同意", now=NOW)
    with pytest.raises(Refused, match="已撤回"):
        consulting.withdraw(by=nine["tax"], opinion=opinion, reason="误选了同意", now=NOW)
    sign(nine, held, "tax", DISAGREE, WHY)
    assert Opinion.objects.filter(role="tax").count() == 2
    assert [row.stance for row in agendas.withdrawn(held)] == [AGREE]


def test_what_waits_on_a_department_is_what_it_has_not_signed(nine, room, calendar):
    held = convene(nine, [a_lead(room), a_lead(room, kind="idle")])
    today, scope = NOW.date(), queries.Scope.of(COUNTY)
    assert [each.left for each in agendas.waiting_on("tax", scope, today)] == [2]
    sign(nine, held, "tax", items=agendas.items(held)[:1])
    assert [each.left for each in agendas.waiting_on("tax", scope, today)] == [1]
    sign(nine, held, "tax", items=agendas.items(held)[1:])
    assert agendas.waiting_on("tax", scope, today) == []


# --- concluding -------------------------------------------------------------------------------


def test_before_all_signed_and_before_the_day_nothing_is_concluded(nine, held):
    for role in ALL[:8]:
        sign(nine, held, role)
    with pytest.raises(Refused, match="还有部门未签署"):
        conclude(nine, held)


def test_who_is_absent_has_not_agreed(nine, held, lead):
    for role in ALL[:5]:
        sign(nine, held, role)
    with pytest.raises(Refused, match="未达法定比例"):
        conclude(nine, held, now=later(30))
    (item,) = agendas.items(held)
    conclude(nine, held, {item.pk: Decision(RETURNED, "四个部门缺席，另行召集")}, now=later(30))
    lead.refresh_from_db()
    assert (lead.state, lead.conclusion) == (rules.OPEN, "")


def test_a_quorum_decides_without_the_absent(nine, held, lead):
    for role in ALL[:6]:
        sign(nine, held, role)
    conclude(nine, held, now=later(30))
    lead.refresh_from_db()
    assert lead.conclusion == "violation"


def test_in_a_tie_the_convener_decides_with_reasons_or_sends_it_back(nine, held, lead):
    for role in ALL[:4]:
        sign(nine, held, role)
    for role in ALL[4:8]:
        sign(nine, held, role, DISAGREE, WHY)
    sign(nine, held, ALL[8], ABSTAIN)
    (item,) = agendas.items(held)
    with pytest.raises(Refused, match="票数相等"):
        conclude(nine, held)
    with pytest.raises(Refused, match="决定或退回的理由"):
        conclude(nine, held, {item.pk: Decision(CARRIED, "")})
    done = conclude(nine, held, {item.pk: Decision(CARRIED, "物业公司已承认收取租金")})
    assert done.facts == {"cast": 1}
    lead.refresh_from_db()
    assert lead.stands


def test_a_majority_against_opens_the_lead_again(nine, held, lead):
    for role in ALL:
        sign(nine, held, role, DISAGREE, WHY)
    assert conclude(nine, held).facts == {REJECTED: 1}
    lead.refresh_from_db()
    assert lead.state == rules.OPEN
    again = convene(nine, [lead], title="再议")
    assert again.number == "H000002"


def test_only_the_convener_concludes_and_only_once(nine, held):
    for role in ALL:
        sign(nine, held, role)
    with pytest.raises(Refused, match="召集单位作出结论"):
        conclude(nine, held, by=nine.district)
    conclude(nine, held)
    with pytest.raises(Refused, match="会商已结束"):
        conclude(nine, held)
    opinion = Opinion.objects.first()
    with pytest.raises(Refused, match="会商已结束"):
        consulting.withdraw(by=nine[opinion.role], opinion=opinion, reason="反悔了反悔", now=NOW)
    with pytest.raises(Refused, match="会商已结束"):
        sign(nine, held, "tax")


def test_a_lead_that_lacks_evidence_may_be_conferred_on_again(nine, lead, calendar):
    held = convene(nine, [Proposal(lead=lead, conclusion="more_evidence")], departments=("police",))
    sign(nine, held, "police")
    conclude(nine, held)
    lead.refresh_from_db()
    assert lead.conclusion == "more_evidence" and lead in queries.ready(queries.Scope.of(COUNTY))
    again = convene(nine, [lead], departments=("police",))
    sign(nine, again, "police")
    conclude(nine, again)
    lead.refresh_from_db()
    assert lead.conclusion == "violation"


def test_a_conclusion_changes_kind_and_owner_by_the_acts_of_the_register(nine, calendar, people):
    room = a_room(kind="unclear", name="架空层")
    lead = a_lead(room, kind="kind_differs")
    told = Proposal(
        lead=lead, conclusion="violation", violator="developer", room_kind="elderly", owner="state"
    )
    held = convene(nine, [told], departments=("housing", "resources"))
    for role in ("housing", "resources"):
        sign(nine, held, role)
    conclude(nine, held)
    room.refresh_from_db()
    lead.refresh_from_db()
    assert (room.kind, room.owner, lead.violator) == ("elderly", "state", "developer")
    passage = room.passages.get()
    assert passage.way == room_rules.FOUND and passage.subject == f"leads.consultation:{held.pk}"
    assert passage.ground == "会商纪要 H000001 第1项"


def test_a_register_that_says_no_leaves_the_consultation_open(nine, calendar, people):
    room = a_room(kind="unclear", name="架空层")
    told = Proposal(lead=a_lead(room), conclusion="violation", owner="owners")
    held = convene(nine, [told], departments=("housing",))
    sign(nine, held, "housing")
    premises.find_owner(
        by=None, room=room, owner="developer", on=NOW.date(), ground="另案", now=NOW
    )
    with pytest.raises(Refused, match="产权人已明确"):
        conclude(nine, held)
    held.refresh_from_db()
    assert held.closed_at is None and not Item.objects.exclude(outcome="").exists()


def test_who_holds_the_role_elsewhere_signs_nothing_here(nine, held):
    stranger = make_person("far", "方远", SECRETARY, "370614002001")
    with pytest.raises(Refused, match="您没有这个职务"):
        sign(nine, held, "tax", by=stranger)


# --- what the database refuses ----------------------------------------------------------------


def refused_by(name):
    """By its guard; on PostgreSQL a delete is not even allowed to be asked for."""
    return pytest.raises(DatabaseError, match=f"linli:{name}|permission denied")


def test_the_database_keeps_what_was_signed(nine, held, lead):
    opinion = sign(nine, held, "tax").opinions.get()
    signature = opinion.signature
    for name, change in (
        ("opinion_stays_as_signed", lambda: Opinion.objects.update(stance=DISAGREE, text=WHY)),
        ("opinion_stays_as_signed", lambda: Opinion.objects.update(text="改了")),
        ("leads_opinion_delete", lambda: Opinion.objects.all()._raw_delete("default")),
        ("leads_signature_update", lambda: Signature.objects.update(role="police")),
        ("leads_seat_delete", lambda: Seat.objects.all()._raw_delete("default")),
        ("item_is_as_it_was_signed", lambda: Item.objects.update(conclusion="no_violation")),
        ("consultation_ends_once", lambda: Consultation.objects.update(due_on=later(90).date())),
        ("lead_keeps_its_number", lambda: Lead.objects.update(text="改了")),
        (
            "opinion_is_asked_for",
            lambda: Opinion.objects.create(
                item=opinion.item,
                place=lead.place,
                signature=signature,
                role="police",
                stance=AGREE,
            ),
        ),
        (
            "lead_is_settled_by_its_item",
            lambda: Lead.objects.update(
                state="settled", conclusion="no_violation", settled_on=NOW.date()
            ),
        ),
    ):
        with refused_by(name), transaction.atomic():
            change()


def test_the_database_lets_nothing_be_signed_or_reopened_after_the_end(nine, held):
    for role in ALL:
        made = sign(nine, held, role)
    conclude(nine, held)
    opinion = made.opinions.get()
    with refused_by("opinion_stays_as_signed"), transaction.atomic():
        Opinion.objects.filter(pk=opinion.pk).update(withdrawn_at=NOW, withdrawn_why="后悔了")
    with refused_by("item_is_as_it_was_signed"), transaction.atomic():
        Item.objects.update(outcome="returned")
    with refused_by("consultation_ends_once"), transaction.atomic():
        Consultation.objects.update(closed_at=None)


def test_a_lead_put_aside_stays_out_of_consultations(nine, room, calendar):
    lead = a_lead(room)
    services.dismiss(by=None, lead=lead, reason="反映的是自家装修", now=NOW)
    with pytest.raises(Refused, match="已在会商或已办结"):
        convene(nine, [lead])


def test_a_lead_that_stands_is_put_to_the_room_that_was_written_down_for_it(nine, room):
    lead = a_lead(None, kind="not_on_register", spot_text="北门平房")
    held = convene(nine, [lead])
    with pytest.raises(Refused, match="已进入会商"):
        services.join_room(by=nine["housing"], lead=lead, room=room, now=NOW)
    for role in ALL:
        sign(nine, held, role)
    conclude(nine, held)
    lead.refresh_from_db()
    assert lead.is_settled
    assert services.join_room(by=nine["housing"], lead=lead, room=room, now=NOW).room == room


def test_a_lead_found_to_be_none_is_put_to_no_room(nine, room):
    lead = a_lead(None, kind="not_on_register", spot_text="北门平房")
    held = convene(nine, [Proposal(lead=lead, conclusion=rules.NO_VIOLATION)])
    for role in ALL:
        sign(nine, held, role)
    conclude(nine, held)
    with pytest.raises(Refused, match="已办结"):
        services.join_room(by=nine["housing"], lead=lead, room=room, now=NOW)
