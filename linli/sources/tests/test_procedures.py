"""Procedures told as data: the general handover, a county's own, and what is wrong with one."""

from __future__ import annotations

import tomllib
from datetime import date
from pathlib import Path

import pytest

from linli.kernel.rulings import Refused
from linli.sources import check_local, procedure_of, procedures, use
from linli.sources.library import OWN
from linli.sources.procedure_checks import procedure_form
from linli.sources.procedures import DOES, HANDOVER, read_plain

TODAY = date(2026, 11, 5)
HERE, ELSEWHERE = "370614001001001", "370613001"
HEAD = """
key = "蓬莱移交办法"
title = "蓬莱区公共用房移交办法"
issuer = "蓬莱区住房和城乡建设局"
kind = "local"
place = "370614"
in_force = 2026-07-01
checked_on = 2026-07-01
confidence = "read"

[articles]
5 = { gist = "移交分十三个环节，签约前公示五日。" }

[numbers.penglai_post_work_days]
unit = "work_days"
cite = "蓬莱移交办法:5"
since = { 2026-07-01 = 5 }

[[procedure]]
of = "handover"
name = "蓬莱区公共用房移交"
since = 2026-07-01
cites = ["蓬莱移交办法:5"]
"""


def general() -> list[dict]:
    told = tomllib.loads((OWN / "handover_rules.toml").read_text("utf-8"))
    return [dict(step) for step in told["procedure"][0]["steps"]]


def written(steps: list[dict]) -> str:
    """Steps as a file tells them."""
    text = HEAD
    for step in steps:
        text += "\n[[procedure.steps]]\n"
        for name, value in step.items():
            shown = f'"{value}"' if isinstance(value, str) else str(value).replace("'", '"')
            text += f"{name} = {shown}\n"
    return text


def with_notice() -> list[dict]:
    """The general flow with a thirteenth step before the signing."""
    steps = general()
    at = next(n for n, step in enumerate(steps) if step["code"] == "agree")
    extra = {"code": "post", "name": "移交公示", "by": ["street"], "days": "penglai_post_work_days"}
    return [*steps[:at], extra, *steps[at:]]


@pytest.fixture
def local(tmp_path: Path):
    def write(steps: list[dict]) -> Path:
        (tmp_path / "own.toml").write_text(written(steps), "utf-8")
        return tmp_path

    yield write
    use(None)


def test_the_general_handover_has_twelve_steps_as_the_report_has_them() -> None:
    told = procedure_of(HANDOVER, on=TODAY, place=ELSEWHERE)
    codes = [step.code for step in told.flow.steps]
    assert len(codes) == 12
    does = [told.step_that(one).code for one in DOES[HANDOVER]]
    order = [codes.index(code) for code in does]
    accept, tax, precheck, agree, transfer, complete = order
    assert max(accept, tax, precheck) < agree < transfer < complete == 11
    assert told.before("enter") == set(codes) - {"enter"}


def test_a_county_s_own_flow_holds_there_from_its_day_and_nowhere_else(local) -> None:
    before = procedure_of(HANDOVER, on=TODAY, place=HERE).code
    assert use(local(with_notice())).allowed
    here = procedure_of(HANDOVER, on=TODAY, place=HERE)
    assert [len(here.flow.steps), here.flow.step("post").name] == [13, "移交公示"]
    assert here.items and here.taxes and here.papers, "what it leaves out is as in the general one"
    assert procedure_of(HANDOVER, on=TODAY, place=ELSEWHERE).code == before
    assert procedure_of(HANDOVER, on=date(2026, 6, 30), place=HERE).code == before
    assert here.code != before and len(here.code) <= 32


def test_a_flow_kept_as_text_is_the_same_flow(local) -> None:
    use(local(with_notice()))
    for told in procedures():
        again = read_plain(told.plain())
        assert (again.code, again.flow, again.plans) == (told.code, told.flow, told.plans)
        assert (again.items, again.taxes, again.place) == (told.items, told.taxes, told.place)


def changed(code: str, /, **words: object) -> list[dict]:
    return [step | words if step["code"] == code else step for step in general()]


def moved(code: str, behind: str) -> list[dict]:
    steps = [step for step in general() if step["code"] != code]
    at = next(n for n, step in enumerate(steps) if step["code"] == behind)
    one = next(step for step in general() if step["code"] == code)
    return [*steps[: at + 1], one, *steps[at + 1 :]]


@pytest.mark.parametrize(
    ("steps", "says"),
    [
        (general()[:6] + general()[7:], "流程只有11个环节，至少须有12个"),
        (changed("accept", does=""), "does = accept"),
        (changed("file", does="dance"), "dance"),
        (moved("tax", "agree"), "“税费测算”须在“签订移交协议”之前办完"),
        (moved("precheck", "agree"), "“首次登记与产权预审”须在“签订移交协议”之前办完"),
        (moved("transfer", "precheck"), "“签订移交协议”须在“转移登记”之前办完"),
        (changed("enter", after=["agree"]), "“转移登记”须在“入账与启用”之前办完"),
        (changed("review", by=["mayor"]), "不认识的职务：mayor"),
        (changed("review", by=[]), "没有写由谁办理"),
        (changed("review", back="tax"), "“tax”不在它之前"),
        (changed("review", papers=["poem"]), "资料“poem”没有写入"),
        (changed("review", cites=["移交规则:99"]), "依据“移交规则:99”没有写入"),
        (changed("review", days="no_such_days"), "时限“no_such_days”没有写入"),
        (changed("review", colour="red"), "不认识的内容“colour”"),
        ([*general(), general()[0]], "“file”写了两次"),
        (changed("review", code="far_too_long_for_a_code"), "代码过长"),
    ],
)
def test_a_bad_flow_is_refused_with_what_is_wrong(local, steps, says) -> None:
    before = procedures()
    ruling = use(local(steps))
    assert says in str(ruling)
    assert all(reason.field == "own.toml" for reason in ruling.reasons)
    assert procedures() == before


@pytest.mark.parametrize("raw", [7, {}, {"of": "handover"}, {"of": "feast", "steps": []}])
def test_what_is_no_flow_at_all_is_refused(raw) -> None:
    assert not procedure_form(raw, None).allowed


def test_a_flow_may_name_its_own_items_and_taxes_and_their_faults_are_told(tmp_path) -> None:
    item = '\n[[procedure.items]]\ncode = "area"\nname = "面积"\nby = ["housing"]\nunit = "m2"\nleast = 9\nmost = 3\n'
    tax = '\n[[procedure.taxes]]\ncode = "vat"\nname = "增值税"\nhow = "rate"\nbasis = "价"\ncites = ["增值税法:5"]\n'
    (tmp_path / "own.toml").write_text(written(with_notice()) + item + tax, "utf-8")
    told = str(check_local(tmp_path))
    assert "单位或上下限填写有误" in told and "计算办法填写有误" in told


def test_nothing_was_in_force_before_there_was_a_rule() -> None:
    with pytest.raises(LookupError):
        procedure_of(HANDOVER, on=date(2019, 12, 31), place=HERE)
    assert not isinstance(LookupError(), Refused)
