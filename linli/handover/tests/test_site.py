"""The acceptance on site, what is to be mended, and the tax worksheet."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from django.db import DatabaseError, transaction

import linli
from linli.handover import accepting, services, taxing
from linli.handover.dossier import Dossier
from linli.handover.models import Finding
from linli.handover.site_rules import Seen
from linli.handover.tests.conftest import TODAY, at
from linli.handover.walking import page
from linli.kernel.rulings import Refused
from linli.remedy import rules as remedy_rules
from linli.remedy import services as remedy
from linli.sources import use
from linli.sources.tests.test_procedures import HEAD
from tests.books import NOW

PACKAGE = Path(linli.__file__).parent


def refused(**values):
    return pytest.raises(Refused, **values)


# --- acceptance --------------------------------------------------------------------------------


@pytest.mark.parametrize(("item", "value"), [("area", 0), ("area", 10**9 * 100), ("height", 4)])
def test_a_value_that_cannot_be_is_refused(staff, walker, handover, item, value):
    at(walker, handover, "accept")
    by = staff.resources if item == "area" else staff.housing
    with refused(match="须填实测值") as no:
        accepting.find(
            by=by,
            handover=handover,
            seen=[Seen(item=item, outcome="pass", value=value)],
            seen_on=TODAY,
            now=NOW,
        )
    assert "移交规则:4" in no.value.ruling.reasons[0].cites
    with pytest.raises(DatabaseError), transaction.atomic():
        Finding.objects.create(
            handover=handover,
            item="area",
            value=10**9 * 100,
            outcome="pass",
            role="resources",
            by=by,
            at=NOW,
            seen_on=TODAY,
        )


def test_a_failed_item_becomes_a_defect_that_blocks_until_another_checked_it(
    staff, walker, handover
):
    at(walker, handover, "accept")
    walker.inspect(handover, failing=("fire",))
    defect = handover.defects.get()
    assert defect.item == "fire" and defect.due_on == date(2026, 12, 7)
    with refused() as no:
        services.pass_step(by=staff.housing, handover=handover, step="accept", now=NOW)
    assert "移交规则:6" in {c for r in no.value.ruling.reasons for c in r.cites}
    mend = {"by": staff.housing, "defect": defect, "text": "已配齐", "name": "a.pdf", "now": NOW}
    with refused(match="照片或材料"):
        accepting.mend(**mend, content=None)
    accepting.mend(**mend, content=page("x"))
    defect.refresh_from_db()
    with refused(match="须由另一人"):
        accepting.recheck(by=staff.housing, defect=defect, good=True, now=NOW)
    accepting.recheck(by=staff.street, defect=defect, good=False, text="仍缺水带", now=NOW)
    defect.refresh_from_db()
    assert defect.state == "open" and defect.round == 2
    accepting.mend(**mend | {"defect": defect}, content=page("y"))
    accepting.recheck(by=staff.street, defect=defect, good=True, now=NOW)
    with refused(match="不合格的须整改后重新验收：消防设施"):
        Dossier(handover).may_pass(
            "accept", by=staff.housing, roles=Dossier(handover).roles(staff.housing, TODAY)
        ).enforce()
    walker.inspect(handover)
    walker.pass_(handover, "accept")


def test_a_defect_found_later_blocks_whatever_follows(staff, walker, handover):
    at(walker, handover, "precheck")
    accepting.raise_defect(by=staff.street, handover=handover, text="门锁损坏", now=walker.at())
    with refused(match="整改没有销号"):
        walker.pass_(handover, "precheck")


def test_only_who_answers_for_an_item_finds_it(staff, walker, handover):
    at(walker, handover, "accept")
    with refused(match="自然资源部门"):
        accepting.find(
            by=staff.street,
            handover=handover,
            seen=[Seen(item="area", outcome="pass", value=12000)],
            seen_on=TODAY,
            now=NOW,
        )


def test_items_found_together_are_kept_together_or_not_at_all(staff, walker, handover):
    at(walker, handover, "accept")
    told = {"by": staff.housing, "handover": handover, "seen_on": TODAY, "now": NOW}
    good = Seen(item="power", outcome="pass")
    with refused(match="须写明问题") as no:
        accepting.find(**told, seen=[good, Seen(item="fire", outcome="fail")])
    assert [reason.field for reason in no.value.ruling.reasons] == ["note_fire"]
    with refused(match="没有填写任何一项"):
        accepting.find(**told, seen=[])
    assert not handover.findings.exists() and not handover.defects.exists()
    accepting.find(**told, seen=[good, Seen(item="fire", outcome="fail", note="缺水带")])
    assert set(handover.findings.values_list("item", flat=True)) == {"power", "fire"}
    assert handover.defects.get().item == "fire"


def test_a_room_is_accepted_when_its_plan_cleared_it(staff, walker, handover):
    told = {"role": "street", "unit": "登州街道办事处", "contact": "刘洋", "phone": "13805351234"}
    cause = remedy_rules.Cause(
        violation="undelivered", violator="developer", party="蓬城置业", reason="巡查发现"
    )
    plan = remedy.draft_plan(by=staff.secretary, room=handover.room, cause=cause, now=NOW)
    for code in ("rectify", "handover"):
        task = remedy_rules.Task(code=code, work_days=5, **told)
        remedy.add_measure(by=staff.secretary, plan=plan, task=task, now=NOW)
    at(walker, handover, "accept")
    walker.inspect(handover)
    dossier = Dossier(handover)
    ruling = dossier.is_ready("accept")
    assert f"处置方案{plan.code}的责令限期整改还没有完成" in str(ruling)
    assert "移交规则:12" in {cite for reason in ruling.reasons for cite in reason.cites}
    plan.tasks.filter(code="rectify").update(state=remedy_rules.DONE, ended_at=NOW)
    # The measure that is the handover itself does not wait for itself.
    assert "处置方案" not in str(Dossier(handover).is_ready("accept"))


def test_a_new_finding_takes_the_signatures_back(staff, walker, handover):
    at(walker, handover, "accept")
    walker.prepare(handover, "accept")
    assert Dossier(handover).signed_by("accept")
    accepting.find(
        by=staff.housing,
        handover=handover,
        seen=[Seen(item="power", outcome="pass")],
        seen_on=walker.on,
        now=walker.at(),
    )
    assert not Dossier(handover).signed_by("accept")


def test_a_defect_whose_day_falls_into_an_unknown_year_is_refused(staff, walker, handover):
    at(walker, handover, "accept")
    walker.on = date(2026, 12, 15)
    with refused(match="尚未录入2027年"):
        accepting.raise_defect(by=staff.street, handover=handover, text="漏水", now=walker.at())


# --- taxes -------------------------------------------------------------------------------------


def test_a_worksheet_is_reckoned_by_one_and_confirmed_by_another(staff, walker, handover):
    at(walker, handover, "tax")
    told = {"by": staff.tax, "handover": handover, "now": NOW}
    with refused(match="请选择“增值税”的税率"):
        taxing.tell_tax(**told, tax="vat", basis_fen=10_000_000, ppm=12)
    line = taxing.tell_tax(**told, tax="vat", basis_fen=10_000_001, ppm=90_000)
    assert (line.amount_fen, line.rate_cite, line.confirmed_at) == (900_000, "增值税法:10", None)
    with refused(match="须由另一人确认"):
        taxing.confirm_tax(by=staff.tax, line=line, now=NOW)
    with refused(match="税务部门或财政部门确认"):
        taxing.confirm_tax(by=staff.street, line=line, now=NOW)
    line = taxing.confirm_tax(by=staff.finance, line=line, now=NOW)
    assert line.confirmed_by == staff.finance
    line = taxing.tell_tax(**told, tax="vat", basis_fen=20_000_000, ppm=90_000)
    assert line.confirmed_at is None
    with refused() as no:
        walker.pass_(handover, "accept")
    assert no
    ready = str(Dossier(handover).is_ready("tax"))
    assert "税费还没有确认：增值税" in ready and "测算表还没有填" in ready


def test_the_database_keeps_a_confirmed_line_from_changing_silently(staff, walker, handover):
    at(walker, handover, "tax")
    line = taxing.tell_tax(
        by=staff.tax, handover=handover, tax="vat", basis_fen=100, ppm=90_000, now=NOW
    )
    line = taxing.confirm_tax(by=staff.finance, line=line, now=NOW)
    line.basis_fen = 5
    with pytest.raises(DatabaseError), transaction.atomic():
        line.save()


def test_an_exemption_names_its_ground_and_nothing_is_due(staff, walker, handover):
    at(walker, handover, "tax")
    line = taxing.tell_tax(
        by=staff.tax,
        handover=handover,
        tax="deed",
        basis_fen=10**8,
        ppm=30_000,
        exempt=0,
        now=NOW,
    )
    assert (line.amount_fen, line.due_fen, line.exempt_cite) == (3_000_000, 0, "契税法:6")


def test_a_county_may_count_the_days_of_mending_as_working_days(staff, walker, handover, tmp_path):
    at(walker, handover, "accept")
    days = (
        '\n[numbers.handover_mend_days]\nunit = "work_days"\ncite = "蓬莱移交办法:5"\n'
        "since = { 2026-07-01 = 10 }\n"
    )
    (tmp_path / "own.toml").write_text(
        HEAD.replace("\n[[procedure]]", days + "\n[[procedure]]").split("\n[[procedure]]")[0],
        "utf-8",
    )
    assert use(tmp_path).allowed
    try:
        defect = accepting.raise_defect(by=staff.street, handover=handover, text="漏水", now=NOW)
    finally:
        use(None)
    assert defect.due_on == date(2026, 11, 19)
